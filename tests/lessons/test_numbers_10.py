"""Chapter 10's numbers: against nlme where it was asked, and against a second way to the same."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.anova import AnovaRM

from hlm_teach import fit_lmm, likelihood_ratio_test, load_data

NLME = json.loads(
    (Path(__file__).resolve().parents[1] / "oracle" / "residuals.json").read_text(encoding="utf-8")
)["models"]
AR1 = {"residual": "ar1"}


def of_nlme(name):
    """(log-likelihood, φ, SE of the second coefficient) by REML."""
    stored = NLME[name]["REML"]
    return stored["logLik"], stored["phi"], list(stored["se"].values())[1]


@pytest.fixture(scope="module")
def firms():
    return load_data("employment_uk")


@pytest.fixture(scope="module")
def alone(firms):
    return fit_lmm("log_wage ~ t", firms, "firm", "1 + t")


@pytest.fixture(scope="module")
def memory(firms):
    return fit_lmm("log_wage ~ t", firms, "firm", "1 + t", time="t", **AR1)


def test_firms_with_memory_are_nlme_s_or_a_little_better(memory):
    """nlme stops at a correlation of −0.998, 0.0003 below the top, which lies at −1."""
    llf, phi, se = of_nlme("empl_rs_ar1")
    assert -1e-6 < memory.llf - llf < 1e-3 and memory.phi == pytest.approx(phi, abs=5e-4)
    assert memory.bse["t"] == pytest.approx(se, rel=1e-3)
    sd = np.sqrt(NLME["empl_rs_ar1"]["REML"]["cov_re"][1][1])
    assert np.sqrt(memory.cov_re.iloc[1, 1]) == pytest.approx(sd, abs=1e-4)


def test_memory_raises_the_log_likelihood_by_67_and_takes_the_slopes_sd_from_2_2_to_0_6(
    alone, memory
):
    assert round(memory.phi, 2) == 0.71 and round(memory.llf - alone.llf) == 67
    sds = [round(100 * float(np.sqrt(fit.cov_re.iloc[1, 1])), 1) for fit in (alone, memory)]
    assert sds == [2.2, 0.6]
    test = likelihood_ratio_test(alone, memory)
    assert test.statistic == pytest.approx(2 * (memory.llf - alone.llf)) and test.df == 1


def test_with_years_phi_is_nlme_s_0_46(firms):
    fit = fit_lmm("log_wage ~ C(year)", firms, "firm", "1 + t", time="t", **AR1)
    llf, phi, _ = of_nlme("empl_year_ar1")
    assert fit.llf == pytest.approx(llf, abs=1e-5) and fit.phi == pytest.approx(phi, abs=1e-4)
    assert round(fit.phi, 2) == 0.46


def test_sleepstudy_twice_explained_and_both_together():
    sleep = load_data("sleepstudy")
    slopes = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")
    fits = {
        "sleep_ri_ar1": fit_lmm("Reaction ~ Days", sleep, "Subject", time="Days", **AR1),
        "sleep_rs_ar1": fit_lmm(
            "Reaction ~ Days", sleep, "Subject", "1 + Days", time="Days", **AR1
        ),
    }
    for name, fit in fits.items():
        llf, phi, se = of_nlme(name)
        assert fit.llf == pytest.approx(llf, abs=1e-4) and fit.phi == pytest.approx(phi, abs=1e-4)
        assert fit.bse["Days"] == pytest.approx(se, rel=1e-3)
    memory, both = fits.values()
    assert 0 < memory.llf - slopes.llf < 4 and slopes.bse["Days"] > 1.1 * memory.bse["Days"]
    g = both.cov_re.to_numpy()
    assert both.singular and g[0, 1] / np.sqrt(g[0, 0] * g[1, 1]) == pytest.approx(1, abs=1e-4)


def test_residual_sds_of_those_who_died_are_nlme_s():
    fit = fit_lmm("log_los ~ died", load_data("medpar"), "hospital", residual_sd="died")
    stored = NLME["medpar_died"]["REML"]
    assert fit.llf == pytest.approx(stored["logLik"], abs=1e-4)
    ratio = fit.residual_sd.loc[1] / fit.residual_sd.loc[0]
    assert ratio == pytest.approx(stored["sd_ratio"]["1"], rel=1e-3)


def test_memory_in_place_of_slopes_in_pbc_is_nlme_s():
    fit = fit_lmm("log_bili ~ years", load_data("pbc"), "patient", residual="car1", time="years")
    llf, phi, se = of_nlme("pbc_ri_car1")
    assert fit.llf == pytest.approx(llf, abs=1e-4) and fit.phi == pytest.approx(phi, abs=1e-4)
    assert fit.bse["years"] == pytest.approx(se, rel=1e-3)


def test_paired_t_and_anova_are_mixed_models_number_for_number():
    jaw = load_data("orthodont")
    wide = jaw.pivot(index="Subject", columns="age", values="distance")
    two = fit_lmm("distance ~ C(age)", jaw[jaw["age"].isin([8, 14])], "Subject")
    paired = stats.ttest_rel(wide[14], wide[8])
    assert two.tvalues.iloc[1] == pytest.approx(paired.statistic, rel=1e-8)
    assert two.df.iloc[1] == pytest.approx(26, abs=1e-3)
    assert two.pvalues.iloc[1] == pytest.approx(paired.pvalue, rel=1e-4)
    anova = AnovaRM(jaw, "distance", "Subject", within=["age"]).fit().anova_table.iloc[0]
    test = fit_lmm("distance ~ C(age)", jaw, "Subject").joint_test("C(age)")
    assert test.statistic == pytest.approx(anova["F Value"], rel=1e-8)
    assert (test.df_num, test.df_den) == pytest.approx((3, 78), abs=1e-3)
    assert test.pvalue == pytest.approx(anova["Pr > F"], rel=1e-3)


def test_where_pairs_correlate_negatively_the_two_part():
    """The random intercept stops at zero; the paired t test goes on."""
    rng = np.random.default_rng(7)
    first = rng.normal(size=20)
    second = 1 - 0.8 * first + 0.5 * rng.normal(size=20)
    data = pd.DataFrame(
        {"person": np.tile(np.arange(20), 2), "time": np.repeat([0, 1], 20), "y": [*first, *second]}
    )
    fit = fit_lmm("y ~ time", data, "person")
    assert fit.cov_re.iloc[0, 0] == 0
    assert abs(stats.ttest_rel(second, first).statistic) < abs(fit.tvalues["time"])
