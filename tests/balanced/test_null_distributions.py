"""Closed forms of D against models fitted to individuals, exact rates against simulation."""

import numpy as np
import pytest

from hlm_teach import fit_many
from hlm_teach.balanced.null_distributions import (
    bootstrap_pvalues,
    intercept_rejection,
    intercept_statistic,
    slope_statistic,
    without_slope,
    zero_share,
)
from hlm_teach.balanced.sums import SlopeSums, balanced_sums, draw_slope_sums, draw_sums
from hlm_teach.lmm.mixture import chi2_tail, critical_value

J, N = 12, 8


@pytest.fixture(scope="module")
def studies():
    """300 studies of individuals, some with singular fits, and their sums of squares."""
    rng = np.random.default_rng(3)
    x = np.linspace(-1, 1, N)
    x /= np.sqrt(np.mean(x**2))
    tau = np.repeat([[0.5, 0.0], [0.5, 0.1], [0.0, 0.0]], 100, axis=0)
    u = rng.normal(size=(300, J, 2)) * np.sqrt(tau)[:, None, :]
    y = u[..., :1] + u[..., 1:] * x + rng.normal(size=(300, J, N))
    own = np.sqrt(N) * np.stack([y.mean(axis=2), (y * x).mean(axis=2)], axis=-1)
    within = np.sum(y**2, axis=(1, 2)) - np.sum(own**2, axis=(1, 2))
    own -= own.mean(axis=1, keepdims=True)
    s = np.einsum("rja,rjb->rab", own, own)
    sums = SlopeSums(J, N, s[:, 0, 0], s[:, 0, 1], s[:, 1, 1], within)
    return y.reshape(300, -1), np.column_stack([np.ones(J * N), np.tile(x, J)]), sums


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("covariance", [True, False])
def test_slope_statistic_is_that_of_fitted_models(studies, reml, covariance):
    y, x, sums = studies
    groups = np.repeat(np.arange(J), N)
    small = fit_many(y, x, groups, "1", reml=reml, progress=False)
    large = fit_many(y, x, groups, 1, reml=reml, correlated=covariance, progress=False)
    found = slope_statistic(sums, covariance=covariance, reml=reml)
    assert found == pytest.approx(2 * (large.llf - small.llf), abs=1e-6)
    tau00, sigma2 = without_slope(sums, reml=reml)
    assert tau00 == pytest.approx(small.tau00, abs=1e-5)
    assert sigma2 == pytest.approx(small.sigma2, rel=1e-5)


def test_drawn_sums_have_the_moments_of_a_wishart_matrix():
    sums = draw_slope_sums(
        10, 6, tau00=0.5, tau11=0.2, sigma2=2.0, n_studies=200_000, rng=np.random.default_rng(1)
    )
    a0, a1 = 2 + 6 * 0.5, 2 + 6 * 0.2
    assert sums.s00.mean() / 9 == pytest.approx(a0, rel=0.01)
    assert sums.s11.mean() / 9 == pytest.approx(a1, rel=0.01)
    assert sums.s01.mean() == pytest.approx(0, abs=0.1)
    assert sums.s01.var() / 9 == pytest.approx(a0 * a1, rel=0.02)
    assert sums.within.mean() / sums.within_df == pytest.approx(2.0, rel=0.01)


def test_intercept_statistic_is_lme4s_of_dyestuff():
    from hlm_teach import load_data

    dye = load_data("dyestuff")
    sums = balanced_sums(np.array([g["Yield"] for _, g in dye.groupby("Batch")], float))
    assert float(intercept_statistic(sums)) == pytest.approx(6.36895531362, abs=1e-8)
    assert float(intercept_statistic(sums, reml=False)) == pytest.approx(5.40282609365, abs=1e-8)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("n_groups", "size"), [(6, 5), (30, 4)])
def test_exact_rates_are_what_simulation_gives(n_groups, size, reml):
    sums = draw_sums(
        n_groups, size, tau00=0.0, sigma2=1.0, n_studies=200_000, rng=np.random.default_rng(2)
    )
    d = intercept_statistic(sums, reml=reml)
    assert np.mean(d == 0) == pytest.approx(zero_share(n_groups, size, reml=reml), abs=0.004)
    for dfs in ([1], [0, 1]):
        assert np.mean(d > critical_value(dfs)) == pytest.approx(
            intercept_rejection(n_groups, size, dfs, reml=reml), abs=0.0018
        )


def test_with_many_groups_the_mixtures_hold():
    sums = draw_slope_sums(
        2000, 4, tau00=1.0, tau11=0.0, n_studies=100_000, rng=np.random.default_rng(4)
    )
    for covariance, dfs in ((True, [1, 2]), (False, [0, 1])):
        d = slope_statistic(sums, covariance=covariance)
        assert np.mean(d > critical_value(dfs)) == pytest.approx(0.05, abs=0.004)


def test_bootstrap_keeps_its_level_with_few_groups():
    rng = np.random.default_rng(5)
    sums = draw_slope_sums(6, 10, tau00=0.5, tau11=0.0, n_studies=4000, rng=rng)
    p = bootstrap_pvalues(sums, n_boot=99, rng=rng)
    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.011)
    assert np.mean(chi2_tail(slope_statistic(sums), [2]) < 0.05) < 0.03
    assert p.min() >= 0.01


def test_units_do_not_matter():
    sums = draw_slope_sums(8, 6, tau00=0.5, tau11=0.3, n_studies=50, rng=np.random.default_rng(6))
    scaled = SlopeSums(8, 6, *(100 * s for s in (sums.s00, sums.s01, sums.s11, sums.within)))
    assert slope_statistic(scaled) == pytest.approx(slope_statistic(sums), abs=1e-9)


def test_tail_is_one_at_zero_and_falls():
    tail = chi2_tail([0, 1e-6, 1, 5], [0, 1])
    assert tail[0] == 1 and tail[1] == pytest.approx(0.5, abs=0.001)
    assert (np.diff(tail) < 0).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_groups": 3}, "n_groups"),
        ({"group_size": 2}, "group_size"),
        ({"tau11": -0.1}, "tau11"),
        ({"sigma2": 0.0}, "sigma2"),
    ],
)
def test_bad_input_is_named(wrong, words):
    good = {
        "n_groups": 10,
        "group_size": 5,
        "tau00": 0.5,
        "tau11": 0.1,
        "n_studies": 3,
        "rng": np.random.default_rng(1),
    }
    with pytest.raises(ValueError, match=words):
        draw_slope_sums(**(good | wrong))
