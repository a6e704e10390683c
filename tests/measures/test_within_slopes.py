"""Slopes within groups: those of dummies, in estimate and both standard errors."""

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import cluster_robust, load_data, within_slopes

FIRMS = load_data("employment_uk")
FEW = FIRMS[FIRMS["firm"].isin(FIRMS["firm"].unique()[:20])]
FORMULA = "log_emp ~ log_capital + log_wage + C(year)"


def test_estimates_and_usual_errors_are_those_of_a_dummy_for_each_group():
    table = within_slopes(FORMULA, FIRMS, "firm")
    dummies = smf.ols(FORMULA + " + C(firm)", FIRMS).fit()
    assert table["estimate"].to_numpy() == pytest.approx(dummies.params[table.index], rel=1e-6)
    assert table["SE"].to_numpy() == pytest.approx(dummies.bse[table.index], rel=1e-6)


def test_clustered_errors_are_cr2_of_the_model_with_dummies():
    table = within_slopes(FORMULA, FEW, "firm")
    model = smf.ols(FORMULA + " + C(firm)", FEW)
    robust = cluster_robust(FEW["log_emp"], model.exog, FEW["firm"])
    place = [model.exog_names.index(name) for name in table.index]
    assert table["clustered"].to_numpy() == pytest.approx(robust.bse[0, place], rel=1e-6)
    assert table["df"].to_numpy() == pytest.approx(robust.df[place], rel=1e-4)
    assert (table["lower"] < table["estimate"]).all() and (table["estimate"] < table["upper"]).all()


def test_rows_with_gaps_are_left_out_and_the_order_of_rows_is_nothing():
    gaps = FIRMS.assign(log_wage=FIRMS["log_wage"].mask(np.arange(len(FIRMS)) % 9 == 0))
    table = within_slopes(FORMULA, gaps, "firm")
    again = within_slopes(FORMULA, gaps.dropna().sample(frac=1, random_state=1), "firm")
    assert table.to_numpy() == pytest.approx(again.loc[table.index].to_numpy(), rel=1e-6)


def test_what_a_group_never_changes_has_no_slope_within():
    with pytest.raises(ValueError, match="doesn't vary within firm"):
        within_slopes("log_emp ~ log_capital + C(sector)", FIRMS, "firm")
    with pytest.raises((ValueError, TypeError), match="groups"):
        within_slopes(FORMULA, FIRMS, "school")
