"""Chapter 10's numbers: against nlme where it was asked, and against a second way to the same."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
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
    level = fit_lmm("log_wage ~ C(year)", firms, "firm", time="t", **AR1)
    test = likelihood_ratio_test(level, fit)
    assert test.statistic == pytest.approx(15.4, abs=0.05) and test.p_mixture < 0.0005


def test_with_years_memory_takes_a_quarter_of_the_slopes_sd_not_three(firms):
    """The straight mean's years are counted as memory: nlme has the SD beside memory, too."""
    without = fit_lmm("log_wage ~ C(year)", firms, "firm", "1 + t")
    beside = fit_lmm("log_wage ~ C(year)", firms, "firm", "1 + t", time="t", **AR1)
    sds = [100 * float(np.sqrt(fit.cov_re.iloc[1, 1])) for fit in (without, beside)]
    assert [round(sd, 1) for sd in sds] == [2.1, 1.6] and not beside.singular
    stored = NLME["empl_year_ar1"]["REML"]["cov_re"][1][1]
    assert sds[1] == pytest.approx(100 * np.sqrt(stored), abs=0.005)


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


def test_sleepstudy_wants_slopes_and_memory_and_only_their_correlation_is_undetermined():
    sleep = load_data("sleepstudy")
    ar1 = {"time": "Days", **AR1}
    slopes = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")
    memory = fit_lmm("Reaction ~ Days", sleep, "Subject", **ar1)
    both = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days", **ar1)
    apart = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days", correlated=False, **ar1)
    memory_added, slopes_added = (likelihood_ratio_test(less, both) for less in (slopes, memory))
    assert memory_added.statistic == pytest.approx(19.5, abs=0.05) and memory_added.p_naive < 1e-4
    assert slopes_added.statistic == pytest.approx(12.1, abs=0.05) and slopes_added.p_mixture < 0.01
    assert both.singular and not apart.singular
    assert likelihood_ratio_test(apart, both).p_naive > 0.1
    found = [apart.phi, np.sqrt(apart.cov_re.iloc[1, 1]), apart.bse["Days"]]
    assert found == pytest.approx([0.45, 5.7, 1.67], abs=0.05)


def test_at_age_two_the_means_differ_by_less_than_the_line_says():
    early = load_data("early")
    means = fit_lmm("cog ~ C(age, Treatment(2)) * treated", early, "child")
    line = fit_lmm("cog ~ t * treated", early.assign(t=early["age"] - 2), "child")
    arms = early[early["age"] == 2].groupby("treated")["cog"].mean()
    assert means.params["treated"] == pytest.approx(arms[1] - arms[0])
    assert round(means.params["treated"], 1) == 9.7 and round(line.params["treated"], 1) == 12.1
    low, high = means.conf_int().loc["treated"]
    assert (round(low, 1), round(high, 1)) == (4.6, 14.7)


def test_a_random_slope_beside_means_for_each_age_is_regular():
    early = load_data("early").assign(t=lambda d: d["age"] - 1)
    formula = "cog ~ C(age) * treated"
    level, slopes = (fit_lmm(formula, early, "child", random) for random in ("1", "1 + t"))
    test = likelihood_ratio_test(level, slopes)
    assert not slopes.singular and test.statistic == pytest.approx(6.2, abs=0.05)
    assert test.p_mixture == pytest.approx(0.029, abs=5e-4)


def test_with_patients_curves_no_memory_is_left_in_pbc():
    pbc = load_data("pbc")
    curves = ("log_bili ~ years + I(years**2)", pbc, "patient", "1 + years + I(years**2)")
    without, memory = fit_lmm(*curves), fit_lmm(*curves, residual="car1", time="years")
    assert memory.phi < 1e-6 and memory.llf == pytest.approx(without.llf, abs=1e-4)
    straight = fit_lmm("log_bili ~ years", *curves[1:])
    assert (round(straight.params["years"], 3), round(straight.bse["years"], 3)) == (0.168, 0.012)


def test_common_years_are_half_of_what_a_straight_t_gives_to_employment(firms):
    means = firms.groupby("firm")["log_emp"].transform("mean")
    data = firms.assign(emp_mean=means, emp_within=firms["log_emp"] - means)
    by = {
        time: fit_lmm(f"log_wage ~ {time} + emp_within + emp_mean", data, "firm", "1 + t")
        for time in ("t", "C(year)")
    }
    slopes = [round(by[time].params["emp_within"], 3) for time in ("t", "C(year)")]
    assert slopes == [-0.191, -0.103]
    low, high = by["C(year)"].conf_int().loc["emp_mean"]
    assert low < 0 < high


def test_half_of_what_last_scores_tell_of_those_who_left_is_the_week():
    root = Path(__file__).resolve().parents[2]
    wide = pd.read_csv(root / "chapters" / "visits.csv")
    visits = wide.melt(["patient", "arm", "age"], var_name="week", value_name="score").dropna()
    visits["week"] = visits["week"].str.removeprefix("week").astype(int)
    visits["last"] = visits["week"] == visits.groupby("patient")["week"].transform("max")
    final = visits[visits["last"]].groupby(visits["week"] == 10)["score"].mean()
    before = visits[visits["week"] < 10]
    same_visit = smf.ols("score ~ last + C(week)", before).fit().params["last[T.True]"]
    assert before["last"].sum() == 38 and final[True] - final[False] > 17
    assert same_visit == pytest.approx(-8.8, abs=0.05)
