"""What chapter 14 says in words holds in its data."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, lag_one_correlation, load_data, panel_law, within_slopes

ORACLE = Path(__file__).resolve().parents[1] / "oracle" / "models.json"
FIRMS = load_data("employment_uk").sort_values(["firm", "t"], ignore_index=True)
FIRMS["industry_year"] = FIRMS["sector"] + " " + FIRMS["year"].astype(str)
INPUTS = "log_emp ~ log_capital + log_wage + log_output"
THREE = {"sector": "1", "firm": "1"}


def test_three_levels_of_wages_are_those_of_lme4():
    fit = fit_lmm("log_wage ~ 1", FIRMS, random=THREE)
    stored = json.loads(ORACLE.read_text(encoding="utf-8"))["models"]["empluk_3l"]["REML"]
    wanted = {part["grp"]: part["sdcor"] for part in stored["varcomp"]}
    assert np.sqrt(fit.vcomp["sector"]) == pytest.approx(wanted["sector"], rel=1e-4)
    assert np.sqrt(fit.vcomp["firm"]) == pytest.approx(wanted["firm"], rel=1e-4)
    assert np.sqrt(fit.sigma2) == pytest.approx(wanted["Residual"], rel=1e-4)
    assert [round(wanted[name], 3) for name in ("sector", "firm", "Residual")] == [
        0.188,
        0.166,
        0.089,
    ]


def test_output_loses_its_t_at_its_own_level():
    own = THREE | {"industry_year": "1"}
    t = [
        fit_lmm(formula, FIRMS, random=random).tvalues["log_output"]
        for formula, random in ((INPUTS, THREE), (INPUTS, own), (INPUTS + " + C(year)", own))
    ]
    assert round(t[0], 1) == 8.4 and 4 < t[1] < 6 and t[2] < 1.96


def test_there_are_80_industry_years_and_output_differs_little_inside():
    assert FIRMS["industry_year"].nunique() == 80 and len(FIRMS) == 1031
    inside = FIRMS["log_output"] - FIRMS.groupby("industry_year")["log_output"].transform("mean")
    assert 0 < inside.var() / FIRMS["log_output"].var() < 0.05


def test_clustering_more_than_doubles_the_error_since_residuals_remember():
    row = within_slopes(INPUTS + " + C(year)", FIRMS, "firm").loc["log_capital"]
    assert row["clustered"] > 2 * row["SE"]
    fixed = smf.ols(INPUTS + " + C(year) + C(firm)", FIRMS).fit()
    assert lag_one_correlation(fixed.resid, FIRMS["firm"], FIRMS["t"]) > 0.4


def test_no_firm_has_a_gap_so_a_row_before_is_a_year_before():
    assert FIRMS.groupby("firm")["t"].diff().dropna().eq(1).all()


def test_all_firms_are_there_from_1978_to_1982_and_for_seven_to_nine_years():
    counts = FIRMS.groupby("year").size()
    assert counts.loc[1978:1982].eq(140).all() and counts.drop(range(1978, 1983)).lt(140).all()
    assert set(FIRMS.groupby("firm").size()) == {7, 8, 9}


def test_the_lab_s_things_to_try_show_what_they_say():
    design = {"n_groups": 140, "group_size": 7, "tau00": 1, "sigma2": 1}
    exogenous = panel_law(0, **design, x_icc=0.7)
    assert exogenous.coverage["pooled"][0] < 0.8 < 0.949 < exogenous.coverage["robust"][0]
    assert panel_law(0.3, **design, x_icc=0.7).coverage["robust"][0] < 0.2
    weak = panel_law(0.1, **design, x_icc=0.9)
    assert weak.power[0] < 0.2 and weak.coverage["random"][0] < 0.9
    for x_icc in (0.7, 0.9):
        between = []  # the weight of the between slope
        for n in (7, 15, 100):
            bias = panel_law(0.1, **design | {"group_size": n}, x_icc=x_icc).bias
            between.append(bias["random"][0] / bias["between"][0])
        assert between[0] > between[1] > between[2]


def change_slope(h: int, rows) -> float:
    """Slope of capital in changes over h years, in the rows given."""
    names = ["log_emp", "log_capital", "log_wage", "log_output"]
    change = FIRMS[names] - FIRMS.groupby("firm")[names].shift(h)
    change = change[rows].assign(year=FIRMS["year"])
    return smf.ols(INPUTS + " + C(year)", change).fit().params["log_capital"]


def test_a_longer_look_sees_more_in_the_same_rows_and_late_years_add_to_it():
    same = FIRMS.groupby("firm")["t"].shift(5).notna()
    slopes = [change_slope(h, same) for h in range(1, 6)]
    assert slopes[0] < slopes[1] - 0.1 and max(slopes[2:]) - min(slopes[2:]) < 0.03
    late = FIRMS.groupby("firm")["t"].shift(6).notna()
    assert change_slope(1, late) > change_slope(1, same) + 0.1  # the same look, other years
