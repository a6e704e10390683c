"""Intervals of τ_00 against definitions, against lme4, and against refitted data."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import fit_lmm, fit_many, load_data
from hlm_teach.balanced import intervals
from hlm_teach.balanced.estimators import estimator_law
from hlm_teach.balanced.likelihood import balanced_llf, maximum, profile_log_likelihood
from hlm_teach.balanced.sums import BalancedSums


@pytest.mark.parametrize("reml", [True, False])
def test_wald_uses_the_curvature_of_the_likelihood(reml):
    sums = BalancedSums(6, 5, between=56357.5, within=58830.0)
    tau00, s = maximum(sums, reml=reml)

    def f(dt, ds):
        return balanced_llf(sums, tau00 + dt, s + ds, reml=reml)

    h = 1.0
    hessian = (
        np.array(
            [
                [f(h, 0) - 2 * f(0, 0) + f(-h, 0), (f(h, h) - f(h, -h) - f(-h, h) + f(-h, -h)) / 4],
                [0, f(0, h) - 2 * f(0, 0) + f(0, -h)],
            ]
        )
        / h**2
    )
    hessian[1, 0] = hessian[0, 1]
    se = np.sqrt(np.linalg.inv(-hessian)[0, 0])
    low, high = intervals.wald_interval(sums, reml=reml)
    assert (high - low) / 2 == pytest.approx(stats.norm.ppf(0.975) * se, rel=1e-3)


def test_no_wald_interval_at_zero():
    assert np.isnan(intervals.wald_interval(BalancedSums(6, 5, between=10.0, within=120.0))).all()


def test_coverage_counts_what_profile_intervals_of_fits_would():
    rng, truth = np.random.default_rng(4), 0.3
    groups = np.repeat(np.arange(6), 5)
    for _ in range(25):
        y = rng.normal(0, np.sqrt(truth), 6)[groups] + rng.normal(size=30)
        fit = fit_lmm("y ~ 1", pd.DataFrame({"y": y, "g": groups}), "g")
        low, high = fit.profile_intervals.loc["sd(Intercept)"] ** 2
        means = y.reshape(6, 5).mean(axis=1)
        sums = BalancedSums(
            6,
            5,
            5 * np.sum((means - means.mean()) ** 2)[None],
            np.sum((y - means[groups]) ** 2)[None],
        )
        below, above = intervals._profile_side(sums, truth)
        assert (below[0] <= truth <= above[0]) == (low <= truth <= high)


def test_coverage_table():
    table = intervals.interval_coverage(
        6, 10, tau00=0.2, sigma2=0.8, n_studies=1500, rng=np.random.default_rng(5)
    )
    assert table.sum(axis=1).to_numpy() == pytest.approx(100)
    zero = estimator_law(6, 10, tau00=0.2, sigma2=0.8).zero
    assert table.loc["Wald", "no interval"] == pytest.approx(100 * zero, abs=2.5)
    assert table.loc["profile", "covers"] > table.loc["Wald", "covers"] + 5
    # about 91 and 95: most of the profile's shortfall is ML's
    assert 2 < table.loc["REML profile", "covers"] - table.loc["profile", "covers"] < 6


@pytest.mark.parametrize("reml", [True, False])
def test_profile_limits_lie_where_the_deviance_has_risen_enough(reml):
    for between in (56357.5, 20000.0, 14000.0, 0.0):
        sums = BalancedSums(6, 5, between=between, within=58830.0)
        low, high = intervals.profile_limits(sums, reml=reml)
        peak = profile_log_likelihood(sums, maximum(sums, reml=reml)[0], reml=reml)
        rise = 2 * (peak - profile_log_likelihood(sums, np.array([low, high]), reml=reml))
        assert rise[1] == pytest.approx(3.8415, abs=1e-3)
        assert rise[0] == pytest.approx(3.8415, abs=1e-3) or (low == 0 and rise[0] < 3.8415)


def test_profile_limits_by_ml_are_lme4s():
    sums = BalancedSums(6, 5, between=56357.5, within=58830.0)
    # lme4 1.1-31, confint(): SD from 12.1985352131 to 84.0630467108
    assert np.sqrt(intervals.profile_limits(sums, reml=False)) == pytest.approx(
        (12.1985, 84.063), rel=1e-3
    )


def test_bootstrap_percentiles_equal_those_of_refitted_data():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
    sums = BalancedSums(6, 5, np.array([56357.5]), np.array([58830.0]))
    low, high = intervals._percentiles(sums, 20_000, np.random.default_rng(6))
    refits = fit_many(
        fit.simulate(20_000, np.random.default_rng(7)),
        np.ones((30, 1)),
        fit.frame.group_labels,
        progress=False,
    )
    again = np.percentile(refits.tau00, [2.5, 97.5])
    assert low[0] == pytest.approx(again[0], abs=30)
    assert high[0] == pytest.approx(again[1], rel=0.03)


def test_every_sample_is_bootstrapped_by_draws_of_its_own():
    twice = BalancedSums(6, 5, np.full(2, 56357.5), np.full(2, 58830.0))
    low, high = intervals._percentiles(twice, 400, np.random.default_rng(6))
    assert high[0] != high[1] and high[0] == pytest.approx(high[1], rel=0.3)


@pytest.mark.parametrize("reml", [True, False])
def test_bootstrap_interval_is_of_the_fits_own_estimator(reml):
    """Outcomes drawn from the fit, each refitted by the criterion the fit itself was made by."""
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch", reml=reml)
    table = intervals.variance_intervals(fit, rng=np.random.default_rng(8), n_boot=200)
    drawn = pd.DataFrame({"batch": fit.frame.group_labels.to_numpy()})
    estimates = [
        fit_lmm("y ~ 1", drawn.assign(y=y), "batch", reml=reml).vcomp["Intercept"]
        for y in fit.simulate(200, np.random.default_rng(8))
    ]
    ends = table.loc["bootstrap", ["low", "high"]].astype(float)
    np.testing.assert_allclose(ends, np.percentile(estimates, [2.5, 97.5]), rtol=1e-5, atol=1e-3)


def test_intervals_of_dyestuff():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
    table = intervals.variance_intervals(fit, rng=np.random.default_rng(8), n_boot=500)
    # lme4 1.1-31, confint(): SD from 12.1985352131 to 84.0630467108
    assert np.sqrt(table.loc["profile", "low"]) == pytest.approx(12.1985, rel=1e-3)
    assert np.sqrt(table.loc["profile", "high"]) == pytest.approx(84.0630, rel=1e-3)
    assert table.loc["Wald", ["low", "high"]].mean() == pytest.approx(1764.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: intervals.variance_intervals(
                fit_lmm("math ~ 1", load_data("hsb"), "school"), rng=np.random.default_rng(1)
            ),
            "equal sizes",
        ),
        (
            lambda: intervals.variance_intervals(
                fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject"),
                rng=np.random.default_rng(1),
            ),
            "null model",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
