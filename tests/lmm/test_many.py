"""fit_many against fit_lmm, direct draws against simulated individuals, and bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, fit_many, sampling_distribution
from hlm_teach.lmm import many


def study(rng, *, sizes, n_replicates, slope_sd=0.5):
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = np.column_stack([np.ones(len(group)), rng.normal(size=len(group))])
    u = rng.normal(size=(n_replicates, len(sizes), 2))
    y = (
        u[:, group, 0]
        + slope_sd * u[:, group, 1] * x[:, 1]
        + rng.normal(size=(n_replicates, len(group)))
    )
    return y, x, group


@pytest.mark.parametrize("random", ["1", 1])
@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("correlated", [True, False])
def test_the_same_as_one_by_one(random, reml, correlated):
    rng = np.random.default_rng(3)
    y, x, group = study(rng, sizes=rng.integers(2, 9, size=12), n_replicates=6)
    fits = fit_many(y, x, group, random, reml=reml, correlated=correlated)
    for i, row in enumerate(y):
        one = fit_lmm(
            "y ~ x",
            pd.DataFrame({"y": row, "x": x[:, 1], "g": group}),
            "g",
            "1" if random == "1" else "1 + x",
            reml=reml,
            correlated=correlated,
        )
        assert fits.llf[i] == pytest.approx(one.llf, abs=1e-8)
        np.testing.assert_allclose(fits.params[i], one.params, rtol=1e-5, atol=1e-8)
        np.testing.assert_allclose(fits.bse[i], one.bse, rtol=1e-5)
        np.testing.assert_allclose(fits.cov_re[i], one.cov_re, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(fits.df[i], one.df, rtol=1e-3)
        assert fits.singular[i] == one.singular


def test_fits_that_were_stored_still_know_their_degrees_of_freedom():
    rng = np.random.default_rng(5)
    y, x, group = study(rng, sizes=rng.integers(2, 9, size=12), n_replicates=3)
    fits = fit_many(y, x, group, 1)
    stored = pickle.loads(pickle.dumps(fits))
    np.testing.assert_array_equal(stored.df, fits.df)


@pytest.mark.parametrize("random", ["1", 1])
def test_results_do_not_depend_on_the_batch(random, monkeypatch):
    rng = np.random.default_rng(5)
    y, x, group = study(rng, sizes=[4, 6, 5, 3, 7, 9], n_replicates=40, slope_sd=0.0)
    whole = fit_many(y, x, group, random)
    monkeypatch.setattr(many, "MOST_OUTCOMES", 3 * len(x))
    monkeypatch.setattr("hlm_teach.lmm.optimum.CHUNK", 5 * 24)
    parts = fit_many(y, x, group, random)
    np.testing.assert_allclose(whole.llf, parts.llf, atol=1e-9)
    np.testing.assert_allclose(whole.params, parts.params, atol=1e-6)
    np.testing.assert_allclose(whole.sigma2, parts.sigma2, rtol=1e-6)


@pytest.mark.parametrize(("random", "cov_re"), [("1", 0.4), (1, [[0.4, 0.1], [0.1, 0.2]])])
@pytest.mark.parametrize("sizes", [[10] * 12, [1, 2, 3, 5, 8, 13, 2, 2, 4, 4]])
def test_direct_draws_have_the_distribution_of_simulated_individuals(random, cov_re, sizes):
    """Two-sample Kolmogorov-Smirnov on every quantity; p above 0.001 (fixed seeds)."""
    from scipy import stats

    rng = np.random.default_rng(9)
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = np.column_stack([np.ones(len(group)), rng.normal(size=len(group))])
    r, g = 1500, np.atleast_2d(cov_re)
    root = np.linalg.cholesky(g)
    u = rng.normal(size=(r, len(sizes), len(g))) @ root.T
    y = 2 + 0.3 * x[:, 1] + sum(u[:, group, a] * x[:, a] for a in range(len(g)))
    y = y + 1.5 * rng.normal(size=(r, len(group)))
    simulated = fit_many(y, x, group, random)
    drawn = sampling_distribution(
        x, group, random, params=[2, 0.3], cov_re=cov_re, sigma2=2.25, n_replicates=r, rng=rng
    )
    for quantity in ("llf", "sigma2", "tau00"):
        p = stats.ks_2samp(getattr(simulated, quantity), getattr(drawn, quantity)).pvalue
        assert p > 0.001, quantity
    for k in range(2):
        assert stats.ks_2samp(simulated.params[:, k], drawn.params[:, k]).pvalue > 0.001
        assert stats.ks_2samp(simulated.bse[:, k], drawn.bse[:, k]).pvalue > 0.001


def test_estimates_of_balanced_data_have_their_known_distribution():
    """REML before truncation: τ̂_00 = (MSB − MSW)/n, σ̂² = MSW ~ σ²χ²/(J(n−1))."""
    fits = sampling_distribution(
        np.ones((200, 1)),
        np.repeat(np.arange(20), 10),
        params=[1.0],
        cov_re=2.0,
        sigma2=3.0,
        n_replicates=20_000,
        rng=np.random.default_rng(2),
    )
    assert fits.singular.mean() < 0.001
    assert fits.sigma2.mean() == pytest.approx(3, abs=4 * 3 * np.sqrt(2 / 180 / 20_000))
    assert fits.tau00.mean() == pytest.approx(2, abs=0.02)
    assert fits.params.std() == pytest.approx(np.sqrt((2 + 0.3) / 20), rel=0.02)


def test_a_predictor_within_groups_costs_the_residuals_one_degree_of_freedom():
    """20 pairs and a slope within them: σ̂² = σ²χ²₁₉/19, so its mean is σ² and its variance 2σ⁴/19."""
    x = np.column_stack([np.ones(40), np.tile([-1.0, 1.0], 20)])
    fits = sampling_distribution(
        x,
        np.repeat(np.arange(20), 2),
        params=[1.0, 0.5],
        cov_re=50.0,
        sigma2=3.0,
        n_replicates=20_000,
        rng=np.random.default_rng(6),
    )
    assert fits.sigma2.mean() == pytest.approx(3, abs=4 * 3 * np.sqrt(2 / 19 / 20_000))
    assert fits.sigma2.var() == pytest.approx(2 * 9 / 19, rel=0.05)
    assert fits.params[:, 1].var() == pytest.approx(3 / 40, rel=4 * np.sqrt(2 / 20_000))


def test_t_holds_its_level_and_z_does_not():
    """Six groups, a group-level predictor: Monte-Carlo SE 0.2 % around 5 %."""
    w = np.repeat([-1.0, 1.0], 60)
    x = np.column_stack([np.ones(120), w])
    fits = sampling_distribution(
        x,
        np.repeat(np.arange(6), 20),
        params=[0, 0],
        cov_re=0.25,
        sigma2=1.0,
        n_replicates=10_000,
        rng=np.random.default_rng(4),
    )
    assert fits.rejection_rate()[1] == pytest.approx(0.05, abs=0.008)
    assert fits.rejection_rate(use_t=False)[1] > 0.10
    assert fits.coverage(0.0)[1] == pytest.approx(1 - fits.rejection_rate()[1])


GROUP = np.repeat(np.arange(5), 4)
ONES = np.ones((20, 1))


@pytest.mark.parametrize(
    ("y", "x", "groups", "random", "words"),
    [
        (np.ones((2, 19)), ONES, GROUP, "1", "Y has shape"),
        (np.full((2, 20), np.nan), ONES, GROUP, "1", "missing"),
        (np.ones((2, 20)), np.ones(20), GROUP, "1", "X has shape"),
        (np.ones((2, 20)), np.full((20, 1), np.inf), GROUP, "1", "X must hold finite"),
        (np.ones((2, 20)), ONES, GROUP[:-1], "1", "groups has shape"),
        (np.ones((2, 20)), ONES, GROUP, "x", "column number"),
        (np.ones((2, 20)), ONES, GROUP, 1, "column number"),
        (np.ones((2, 20)), ONES, np.zeros(20), "1", "too few"),
        (np.ones((2, 20)), ONES, np.arange(20), "1", "more rows than"),
        (np.ones((2, 20)), ONES, GROUP, "1", "fitted exactly"),
        (np.ones((2, 20)), np.ones((20, 2)), GROUP, "1", "linearly dependent"),
    ],
)
def test_bad_input(y, x, groups, random, words):
    with pytest.raises(ValueError, match=words):
        fit_many(y, x, groups, random)


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match="rng"):
        sampling_distribution(ONES, GROUP, params=[0], cov_re=1, sigma2=1, n_replicates=5, rng=3)


def test_draws_don_t_depend_on_rounding_where_eigenvalues_are_equal():
    spread = np.linspace(-1, 1, 6)
    x = np.column_stack([np.ones(48), np.tile(spread / np.sqrt(np.mean(spread**2)), 8)])
    group, rng = np.repeat(np.arange(8), 6), np.random.default_rng(2)
    drawn = [
        sampling_distribution(
            x * (1 + shift * rng.choice([-1, 1], (48, 1))),
            group,
            1,
            params=[0, 0],
            cov_re=np.diag([1.0, 0.5]),
            sigma2=1.0,
            n_replicates=20,
            rng=np.random.default_rng(1),
        ).params
        for shift in (0.0, 1e-13, 1e-13)
    ]
    np.testing.assert_allclose(drawn[1:], [drawn[0]] * 2, atol=1e-6)
