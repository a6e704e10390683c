"""Exact laws of REML and ML: against simulation, F probabilities and the package's own fits."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import fit_lmm, fit_many, load_data, sampling_distribution
from hlm_teach.balanced import estimators as ve
from hlm_teach.balanced.likelihood import balanced_llf, maximum, profile_log_likelihood, untruncated
from hlm_teach.balanced.sums import BalancedSums, draw_sums


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(
    ("n_groups", "n", "tau00", "sigma2"),
    [(5, 10, 0.05, 0.95), (3, 2, 0.0, 1.0), (2, 30, 4.0, 1.0), (40, 3, 0.5, 20.0)],
)
def test_laws_against_simulation(n_groups, n, tau00, sigma2, reml):
    law = ve.estimator_law(n_groups, n, tau00=tau00, sigma2=sigma2, reml=reml)
    sums = draw_sums(
        n_groups, n, tau00=tau00, sigma2=sigma2, rng=np.random.default_rng(1), n_samples=200_000
    )
    before, after = untruncated(sums, reml=reml) - tau00, maximum(sums, reml=reml)[0] - tau00
    for exact, draws in (
        (law.bias_before, before),
        (law.bias, after),
        (law.mse, after**2),
        (law.mse_before, before**2),
        (law.zero, after == -tau00),
    ):
        assert exact == pytest.approx(draws.mean(), abs=4.5 * draws.std() / np.sqrt(len(draws)))


@pytest.mark.parametrize("reml", [True, False])
def test_laws_with_group_level_predictors_against_fits(reml):
    rng = np.random.default_rng(9)
    law = ve.estimator_law(12, 4, tau00=0.5, sigma2=1.0, reml=reml, n_between=4)
    x = np.repeat(np.column_stack([np.ones(12), rng.normal(size=(12, 3))]), 4, axis=0)
    fits = sampling_distribution(
        x,
        np.repeat(np.arange(12), 4),
        params=np.zeros(4),
        cov_re=0.5,
        sigma2=1.0,
        n_replicates=4000,
        rng=rng,
        reml=reml,
    )
    error = fits.tau00 - 0.5
    assert error.mean() == pytest.approx(law.bias, abs=4 * error.std() / 4000**0.5)
    assert np.mean(error**2) == pytest.approx(law.mse, rel=0.12)
    assert fits.singular.mean() == pytest.approx(law.zero, abs=0.03)


def test_with_many_group_level_predictors_ml_strays_further():
    def error(p, reml):
        return ve.estimator_law(30, 10, tau00=0.2, sigma2=0.8, reml=reml, n_between=p).mse

    assert error(1, False) < error(1, True) and error(10, False) > 1.3 * error(10, True)


def test_the_numbers_the_course_quotes():
    # J = 5, ICC 0.05, n = 10: REML +31 %, ML −16 %, ML with the smaller mean squared error
    table = ve.estimator_table([5, 10, 30, 100], 10, tau00=0.05, sigma2=0.95)
    assert table.loc[(5, "REML"), "bias"] == pytest.approx(31, abs=0.5)
    assert table.loc[(5, "ML"), "bias"] == pytest.approx(-16, abs=0.5)
    error = table["RMSE / τ₀₀"].unstack()
    assert (error["ML"] < error["REML"]).all()


@pytest.mark.parametrize("n_groups", [2, 5, 60])
def test_before_truncation(n_groups):
    reml, ml = (
        ve.estimator_law(n_groups, 7, tau00=0.4, sigma2=2.0, reml=flag) for flag in (True, False)
    )
    assert reml.bias_before == pytest.approx(0, abs=1e-12)
    assert ml.bias_before == pytest.approx(-(0.4 + 2.0 / 7) / n_groups)


@pytest.mark.parametrize(("reml", "factor"), [(True, 1.0), (False, 8 / 7)])
def test_share_of_zeros_is_an_f_probability(reml, factor):
    law = ve.estimator_law(8, 6, tau00=0.3, sigma2=1.5, reml=reml)
    assert law.zero == pytest.approx(stats.f.cdf(factor * 1.5 / (1.5 + 6 * 0.3), 7, 40))


def test_fits_of_whole_data_sets_follow_the_law():
    law = ve.estimator_law(5, 10, tau00=0.05, sigma2=0.95)
    fits = sampling_distribution(
        np.ones((50, 1)),
        np.repeat(np.arange(5), 10),
        params=[0.0],
        cov_re=0.05,
        sigma2=0.95,
        n_replicates=8000,
        rng=np.random.default_rng(2),
    )
    assert fits.singular.mean() == pytest.approx(law.zero, abs=0.02)
    assert fits.tau00.mean() - 0.05 == pytest.approx(law.bias, abs=4 * fits.tau00.std() / 8000**0.5)


def test_simulated_table_stands_beside_the_exact_one():
    options = {"tau00": 0.2, "sigma2": 0.8}
    exact = ve.estimator_table([4, 20], 5, **options)
    drawn = ve.simulated_table(
        [4, 20], 5, n_samples=40_000, rng=np.random.default_rng(3), **options
    )
    assert exact.index.equals(drawn.index) and exact.columns.equals(drawn.columns)
    assert np.abs(exact - drawn).to_numpy().max() < 3  # percent


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
    low, high = ve.wald_interval(sums, reml=reml)
    assert (high - low) / 2 == pytest.approx(stats.norm.ppf(0.975) * se, rel=1e-3)


def test_no_wald_interval_at_zero():
    assert np.isnan(ve.wald_interval(BalancedSums(6, 5, between=10.0, within=120.0))).all()


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
        below, above = ve._profile_side(sums, truth)
        assert (below[0] <= truth <= above[0]) == (low <= truth <= high)


def test_coverage_table():
    table = ve.interval_coverage(
        6, 10, tau00=0.2, sigma2=0.8, n_samples=1500, rng=np.random.default_rng(5)
    )
    assert table.sum(axis=1).to_numpy() == pytest.approx(100)
    zero = ve.estimator_law(6, 10, tau00=0.2, sigma2=0.8).zero
    assert table.loc["Wald", "no interval"] == pytest.approx(100 * zero, abs=2.5)
    assert table.loc["profile", "covers"] > table.loc["Wald", "covers"] + 5
    # about 91 and 95: most of the profile's shortfall is ML's
    assert 2 < table.loc["REML profile", "covers"] - table.loc["profile", "covers"] < 6


@pytest.mark.parametrize("reml", [True, False])
def test_profile_limits_lie_where_the_deviance_has_risen_enough(reml):
    for between in (56357.5, 20000.0, 14000.0, 0.0):
        sums = BalancedSums(6, 5, between=between, within=58830.0)
        low, high = ve.profile_limits(sums, reml=reml)
        peak = profile_log_likelihood(sums, maximum(sums, reml=reml)[0], reml=reml)
        rise = 2 * (peak - profile_log_likelihood(sums, np.array([low, high]), reml=reml))
        assert rise[1] == pytest.approx(3.8415, abs=1e-3)
        assert rise[0] == pytest.approx(3.8415, abs=1e-3) or (low == 0 and rise[0] < 3.8415)


def test_profile_limits_by_ml_are_lme4s():
    sums = BalancedSums(6, 5, between=56357.5, within=58830.0)
    # lme4 1.1-31, confint(): SD from 12.1985352131 to 84.0630467108
    assert np.sqrt(ve.profile_limits(sums, reml=False)) == pytest.approx(
        (12.1985, 84.063), rel=1e-3
    )


def test_bootstrap_percentiles_equal_those_of_refitted_data():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
    sums = BalancedSums(6, 5, np.array([56357.5]), np.array([58830.0]))
    low, high = ve._percentiles(sums, 20_000, np.random.default_rng(6))
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
    low, high = ve._percentiles(twice, 400, np.random.default_rng(6))
    assert high[0] != high[1] and high[0] == pytest.approx(high[1], rel=0.3)


@pytest.mark.parametrize("reml", [True, False])
def test_bootstrap_interval_is_of_the_fits_own_estimator(reml):
    """Outcomes drawn from the fit, each refitted by the criterion the fit itself was made by."""
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch", reml=reml)
    table = ve.variance_intervals(fit, rng=np.random.default_rng(8), n_boot=200)
    drawn = pd.DataFrame({"batch": fit.frame.group_labels.to_numpy()})
    estimates = [
        fit_lmm("y ~ 1", drawn.assign(y=y), "batch", reml=reml).vcomp["Intercept"]
        for y in fit.simulate(200, np.random.default_rng(8))
    ]
    ends = table.loc["bootstrap", ["low", "high"]].astype(float)
    np.testing.assert_allclose(ends, np.percentile(estimates, [2.5, 97.5]), rtol=1e-5, atol=1e-3)


def test_intervals_of_dyestuff():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
    table = ve.variance_intervals(fit, rng=np.random.default_rng(8), n_boot=500)
    # lme4 1.1-31, confint(): SD from 12.1985352131 to 84.0630467108
    assert np.sqrt(table.loc["profile", "low"]) == pytest.approx(12.1985, rel=1e-3)
    assert np.sqrt(table.loc["profile", "high"]) == pytest.approx(84.0630, rel=1e-3)
    assert table.loc["Wald", ["low", "high"]].mean() == pytest.approx(1764.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ve.estimator_law(1, 5, tau00=1.0, sigma2=1.0), "n_groups"),
        (lambda: ve.estimator_law(5, 1, tau00=1.0, sigma2=1.0), "group_size"),
        (lambda: ve.estimator_law(5, 5, tau00=-1.0, sigma2=1.0), "tau00"),
        (lambda: ve.estimator_law(5, 5, tau00=1.0, sigma2=0.0), "sigma2"),
        (lambda: ve.estimator_law(5, 5, tau00=1.0, sigma2=1.0, n_between=5), "n_between"),
        (lambda: ve.estimator_table([5], 5, tau00=0.0, sigma2=1.0), "tau00"),
        (
            lambda: ve.variance_intervals(
                fit_lmm("math ~ 1", load_data("hsb"), "school"), rng=np.random.default_rng(1)
            ),
            "equal sizes",
        ),
        (
            lambda: ve.variance_intervals(
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
