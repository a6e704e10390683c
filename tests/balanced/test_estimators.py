"""Exact laws of REML and ML: against simulation, F probabilities and the package's own fits."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach import sampling_distribution
from hlm_teach.balanced import estimators as ve
from hlm_teach.balanced.likelihood import maximum, untruncated
from hlm_teach.balanced.sums import draw_sums


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(
    ("n_groups", "n", "tau00", "sigma2"),
    [(5, 10, 0.05, 0.95), (3, 2, 0.0, 1.0), (2, 30, 4.0, 1.0), (40, 3, 0.5, 20.0)],
)
def test_laws_against_simulation(n_groups, n, tau00, sigma2, reml):
    law = ve.estimator_law(n_groups, n, tau00=tau00, sigma2=sigma2, reml=reml)
    sums = draw_sums(
        n_groups, n, tau00=tau00, sigma2=sigma2, rng=np.random.default_rng(1), n_studies=200_000
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
        [4, 20], 5, n_studies=40_000, rng=np.random.default_rng(3), **options
    )
    assert exact.index.equals(drawn.index) and exact.columns.equals(drawn.columns)
    assert np.abs(exact - drawn).to_numpy().max() < 3  # percent


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ve.estimator_law(1, 5, tau00=1.0, sigma2=1.0), "n_groups"),
        (lambda: ve.estimator_law(5, 1, tau00=1.0, sigma2=1.0), "group_size"),
        (lambda: ve.estimator_law(5, 5, tau00=-1.0, sigma2=1.0), "tau00"),
        (lambda: ve.estimator_law(5, 5, tau00=1.0, sigma2=0.0), "sigma2"),
        (lambda: ve.estimator_law(5, 5, tau00=1.0, sigma2=1.0, n_between=5), "n_between"),
        (lambda: ve.estimator_table([5], 5, tau00=0.0, sigma2=1.0), "tau00"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
