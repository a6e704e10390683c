"""Likelihood-ratio tests against lme4 and RLRsim (tests/oracle/inference.json), and what they
refuse."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from reference_models import INFERENCE, MODELS, data, fitted
from scipy import stats

from hlm_teach import bootstrap_statistics, compare, fit_lmm, likelihood_ratio_test

PAIRS = {
    "sleep_slope_corr": ("sleep_ri", "sleep_rs"),
    "sleep_slope_unc": ("sleep_ri", "sleep_rs_unc"),
    "hsb_slope_corr": ("hsb_ri_cses", "hsb_rc"),
    "hsb_iso_slope": ("hsb_iso_ri", "hsb_iso"),
    "sim42_slope": ("sim42_ri", "sim42_rs"),
}


@pytest.mark.parametrize("criterion", ["REML", "ML"])
@pytest.mark.parametrize("name", list(PAIRS))
def test_statistics_and_p_values(name, criterion):
    reml = criterion == "REML"
    test = likelihood_ratio_test(*(fitted(model, reml) for model in PAIRS[name]))
    lme4 = INFERENCE["lrt"][name][criterion]
    assert test.statistic == pytest.approx(lme4["stat"], abs=1e-6)
    assert test.df == lme4["df"]
    assert test.p_naive == pytest.approx(lme4["p_naive"], rel=1e-5)
    assert test.p_mixture == pytest.approx(lme4["p_mixture"], rel=1e-5)
    assert test.p_bootstrap is None


def test_uncorrelated_slope_on_hsb():
    full = fit_lmm("math ~ ses_within", data("hsb"), "school", "1 + ses_within", correlated=False)
    test = likelihood_ratio_test(fitted("hsb_ri_cses", True), full)
    lme4 = INFERENCE["lrt"]["hsb_slope_unc"]["REML"]
    assert (test.statistic, test.df) == (pytest.approx(lme4["stat"], abs=1e-6), 1)
    assert test.p_mixture == pytest.approx(lme4["p_mixture"], rel=1e-5)


@pytest.mark.parametrize("criterion", ["REML", "ML"])
@pytest.mark.parametrize("name", list(INFERENCE["lrt_intercept"]))
def test_against_ordinary_regression(name, criterion):
    full = fitted(name, criterion == "REML")
    model = MODELS[name]
    test = likelihood_ratio_test(smf.ols(model.formula, data(model.data)).fit(), full)
    lme4 = INFERENCE["lrt_intercept"][name][criterion]
    assert test.statistic == pytest.approx(lme4["stat"], abs=1e-5)
    assert test.p_naive == pytest.approx(lme4["p_naive"], rel=1e-5)
    assert test.p_mixture == pytest.approx(lme4["p_mixture"], rel=1e-5)


@pytest.mark.parametrize("name", ["sleep_slope_corr", "sim42_slope"])
@pytest.mark.parametrize("criterion", ["REML", "ML"])
def test_parametric_bootstrap(name, criterion):
    """1,000 replicates against 10,000 stored ones: within four Monte-Carlo errors."""
    reml = criterion == "REML"
    test = likelihood_ratio_test(
        *(fitted(model, reml) for model in PAIRS[name]), n_boot=1000, rng=np.random.default_rng(1)
    )
    stored = INFERENCE["parametric_bootstrap"]["results"][name][criterion]["p"]
    assert abs(test.p_bootstrap - stored) < 4 * np.sqrt(stored * (1 - stored) / 1000) + 0.002


def test_bootstrap_p_against_the_exact_restricted_test():
    """Dyestuff: RLRsim's exact p 0.0046 (from its own simulation)."""
    model = MODELS["dyestuff"]
    test = likelihood_ratio_test(
        smf.ols(model.formula, data(model.data)).fit(),
        fitted("dyestuff", True),
        n_boot=4000,
        rng=np.random.default_rng(2),
    )
    exact = INFERENCE["rlrsim"]["dyestuff"]["p"]
    assert test.p_bootstrap == pytest.approx(exact, abs=4 * np.sqrt(exact / 4000))


def test_no_bootstrap_p_is_below_one_in_all_data_sets_looked_at():
    """(b + 1)/(B + 1): 19 drawn data sets and the one at hand, which is the most extreme."""
    fits = fitted("sleep_ri", True), fitted("sleep_rs", True)
    test = likelihood_ratio_test(*fits, n_boot=19, rng=np.random.default_rng(1))
    assert test.p_bootstrap == 1 / 20


def test_null_distribution_of_one_variance():
    """Under H0 the share at zero is P(F ≤ 1) exactly (REML, balanced): 6 batches of 5."""
    rng = np.random.default_rng(5)
    frame = data("dyestuff").assign(Yield=rng.normal(size=30))
    reduced = smf.ols("Yield ~ 1", frame).fit()
    drawn = bootstrap_statistics(reduced, fit_lmm("Yield ~ 1", frame, "Batch"), 4000, rng)
    at_zero = stats.f.cdf(1, 5, 24)
    assert np.mean(drawn < 1e-8) == pytest.approx(at_zero, abs=4 * np.sqrt(0.25 / 4000))
    assert at_zero > 0.5


def test_at_statistic_zero_every_p_is_one():
    ols = smf.ols("Yield ~ 1", data("dyestuff2")).fit()
    test = likelihood_ratio_test(
        ols, fitted("dyestuff2", True), n_boot=20, rng=np.random.default_rng(1)
    )
    assert (test.statistic, test.p_naive, test.p_mixture, test.p_bootstrap) == (0, 1, 1, 1)


def test_fixed_effects_by_ml_have_no_mixture():
    test = likelihood_ratio_test(fitted("sleep_null", False), fitted("sleep_ri", False))
    assert test.p_mixture is None and test.df == 1
    assert any("rejects too often" in note for note in test.notes)


def test_a_covariance_alone_is_an_ordinary_parameter():
    test = likelihood_ratio_test(fitted("sleep_rs_unc", True), fitted("sleep_rs", True))
    assert test.p_mixture is None and test.df == 1
    assert any("covariance" in note for note in test.notes)


def test_two_variances_at_once_have_no_simple_mixture():
    ols = smf.ols("Reaction ~ Days", data("sleepstudy")).fit()
    test = likelihood_ratio_test(ols, fitted("sleep_rs", True))
    assert np.isnan(test.p_mixture) and test.df == 3


def test_one_of_several_factors():
    reduced = fit_lmm("strength ~ 1", data("pastes"), "sample")
    test = likelihood_ratio_test(
        reduced, fitted("pastes", True), n_boot=20, rng=np.random.default_rng(3)
    )
    assert test.df == 1 and 0 < test.p_mixture < 1 and 0 < test.p_bootstrap <= 1


SLEEP = data("sleepstudy")
_REFUSED = [
    (lambda: (fitted("sleep_null", True), fitted("sleep_ri", True)), "REML likelihoods"),
    (lambda: (fitted("sleep_ri", True), fitted("sleep_rs", False)), "same criterion"),
    (lambda: (fitted("sleep_rs", True), fitted("sleep_ri", True)), "wrong order"),
    (lambda: (fitted("sleep_rs", True), fitted("sleep_rs", True)), "no fewer parameters"),
    (
        lambda: (fit_lmm("Reaction ~ Days", SLEEP.iloc[:-1], "Subject"), fitted("sleep_rs", True)),
        "different data",
    ),
    (
        lambda: (
            fit_lmm("Reaction ~ I(Days**2)", SLEEP, "Subject", reml=False),
            fitted("sleep_rs", False),
        ),
        "fixed part of `reduced`",
    ),
    (
        lambda: (
            fit_lmm("Reaction ~ Days", SLEEP, "Subject", "0 + I(Days**2)"),
            fitted("sleep_rs", True),
        ),
        "random part of `reduced`",
    ),
    (
        lambda: (fit_lmm("diameter ~ 1", data("penicillin"), "plate"), fitted("pastes", True)),
        "different data",
    ),
]


@pytest.mark.parametrize(("fits", "words"), _REFUSED)
def test_what_cannot_be_compared_is_refused(fits, words):
    with pytest.raises(ValueError, match=words):
        likelihood_ratio_test(*fits())


def test_wrong_types():
    with pytest.raises(TypeError, match="fit_lmm"):
        likelihood_ratio_test(3, fitted("sleep_rs", True))
    with pytest.raises(TypeError, match="rng"):
        likelihood_ratio_test(fitted("sleep_ri", True), fitted("sleep_rs", True), n_boot=5)
    with pytest.raises(TypeError, match="compare takes"):
        compare(fitted("sleep_ri", True), 3)
    with pytest.raises(ValueError, match="two fits"):
        compare(fitted("sleep_ri", True))
    with pytest.raises(ValueError, match="entries for"):
        compare(fitted("sleep_ri", True), fitted("sleep_rs", True), names=["a"])


def test_the_ladder():
    table = compare(
        fitted("sleep_null", False),
        fitted("sleep_ri", False),
        fitted("sleep_rs", False),
        names=["null", "intercepts", "slopes"],
    )
    assert table["AIC"].tolist() == [1916.5, 1802.1, 1763.9]
    assert table["parameters"].tolist() == [3, 4, 6]
    assert table.loc["slopes", "ΔAIC"] == 0
    with pytest.raises(ValueError, match="not on one scale"):
        compare(fitted("sleep_null", True), fitted("sleep_ri", True))
    with pytest.raises(ValueError, match="some fits are by REML"):
        compare(fitted("sleep_null", True), fitted("sleep_null", False))
