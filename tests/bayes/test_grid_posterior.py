"""The grid posterior against closed forms, dense matrices, invariances and its own prior."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import balanced_posterior, grid_posterior, load_data, posterior_calibration, sd_prior

HALF = sd_prior("half-normal", 2.0)


def balanced(j, n, tau, seed):
    rng = np.random.default_rng(seed)
    return 10 + tau * rng.standard_normal((j, 1)) + rng.standard_normal((j, n))


def small(seed=4):
    """Five groups of unequal size, a predictor within and one between."""
    rng = np.random.default_rng(seed)
    sizes = [2, 3, 4, 6, 5, 3]
    group = np.repeat(np.arange(6), sizes)
    x, w = rng.standard_normal(len(group)), np.repeat(rng.standard_normal(6), sizes)
    u = 1.5 * rng.standard_normal(6)
    y = 3 + 0.7 * x - 0.4 * w + u[group] + rng.standard_normal(len(group))
    return pd.DataFrame({"g": group, "x": x, "w": w, "y": y})


# ---- closed form -----------------------------------------------------------------------------


@pytest.mark.parametrize("j, n, tau", [(5, 4, 0.0), (6, 10, 1.0), (12, 3, 0.4), (40, 20, 0.5)])
def test_with_a_linear_prior_the_icc_follows_an_f_that_is_cut_off(j, n, tau):
    """p(τ) ∝ τ, p(σ) ∝ 1/σ: W/σ² ~ χ²_{J(n−1)} and B/(σ² + nτ²) ~ χ²_{J−3}, given τ² > 0."""
    y = balanced(j, n, tau, seed=j)
    means, within = y.mean(1), j * (n - 1)
    b = n * np.sum((means - means.mean()) ** 2)
    w = np.sum((y - means[:, None]) ** 2)
    ratio = stats.f(within, j - 3, scale=(b / (j - 3)) / (w / within))  # of (σ² + nτ²)/σ²
    posterior = balanced_posterior(y, prior_tau=sd_prior("linear"), n_tau=400, n_sigma=60)
    for icc in (0.02, 0.1, 0.3, 0.6):
        at = 1 + n * icc / (1 - icc)
        exact = (ratio.cdf(at) - ratio.cdf(1)) / ratio.sf(1)
        assert posterior.cdf("icc", icc) == pytest.approx(exact, abs=2e-4)


def test_the_mean_of_a_balanced_design_lies_symmetrically_about_the_grand_mean():
    y = balanced(7, 5, 1.0, seed=1)
    posterior = balanced_posterior(y, prior_tau=HALF)
    table = posterior.table()
    assert table.loc["Intercept", "mean"] == pytest.approx(y.mean())
    assert posterior.cdf("Intercept", y.mean()) == pytest.approx(0.5)


# ---- a second computation --------------------------------------------------------------------


def dense(data, columns, prior_tau, prior_sigma, k=160, m=90):
    """Posterior moments from N × N matrices at the nodes of a product Gauss–Legendre rule."""
    y = data["y"].to_numpy()
    x = np.column_stack([np.ones(len(y))] + [data[c] for c in columns])
    z = np.equal.outer(data["g"].to_numpy(), np.unique(data["g"])).astype(float)
    node, weight = np.polynomial.legendre.leggauss(k)
    t, wt = (node + 1) / 2, weight / 2
    tau, jacobian = t / (1 - t), 1 / (1 - t) ** 2
    node, weight = np.polynomial.legendre.leggauss(m)
    logs, ws = np.log(0.1) + (node + 1) / 2 * np.log(200), weight
    log_p = np.empty((k, m))
    beta, cov, u, u_var = [], [], [], []
    for a in range(k):
        for b in range(m):
            sigma = np.exp(logs[b])
            v_inv = np.linalg.inv(sigma**2 * np.eye(len(y)) + tau[a] ** 2 * z @ z.T)
            xvx = x.T @ v_inv @ x
            c = np.linalg.inv(xvx)
            best = c @ x.T @ v_inv @ y
            rest = y - x @ best
            log_l = 0.5 * (
                np.linalg.slogdet(v_inv)[1] - np.linalg.slogdet(xvx)[1] - rest @ v_inv @ rest
            )
            log_p[a, b] = (
                log_l + prior_tau.log_density(tau[a]) + prior_sigma.log_density(sigma) + logs[b]
            )
            gain = tau[a] ** 2 * z.T @ v_inv
            beta.append(best)
            cov.append(np.diag(c))
            u.append(gain @ rest)
            p = v_inv - v_inv @ x @ c @ x.T @ v_inv
            u_var.append(tau[a] ** 2 - tau[a] ** 4 * np.einsum("ij,ik,kj->j", z, p, z))
    weights = (np.exp(log_p - log_p.max()) * (wt * jacobian)[:, None] * ws).ravel()
    weights /= weights.sum()
    at_tau = np.repeat(tau, m)

    def moments(means, variances):
        mean = weights @ means
        return mean, np.sqrt(weights @ variances + weights @ (means - mean) ** 2)

    return {
        "beta": moments(np.array(beta), np.array(cov)),
        "u": moments(np.array(u), np.array(u_var)),
        "tau": moments(at_tau[:, None], np.zeros((k * m, 1))),
        "above": weights[at_tau > 1].sum(),
    }


def test_unequal_groups_and_predictors_agree_with_dense_matrices():
    data = small()
    priors = sd_prior("half-normal", 1.5), sd_prior("half-t", 1.0, df=4)
    exact = dense(data, ["x", "w"], *priors)
    posterior = grid_posterior("y ~ x + w", data, "g", prior_tau=priors[0], prior_sigma=priors[1])
    table = posterior.table()
    np.testing.assert_allclose(
        table.loc[["Intercept", "x", "w"], "mean"], exact["beta"][0], rtol=1e-5
    )
    np.testing.assert_allclose(
        table.loc[["Intercept", "x", "w"], "sd"], exact["beta"][1], rtol=1e-4
    )
    np.testing.assert_allclose(table.loc["tau", ["mean", "sd"]], np.ravel(exact["tau"]), rtol=1e-4)
    groups = posterior.group_effects()
    np.testing.assert_allclose(groups["mean"], exact["u"][0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(groups["sd"], exact["u"][1], rtol=1e-4)
    assert 1 - posterior.cdf("tau", 1.0) == pytest.approx(exact["above"], abs=0.02)  # nodes: coarse


def test_a_finer_grid_changes_nothing_that_shows():
    data = small()
    table = grid_posterior("y ~ x + w", data, "g", prior_tau=HALF).table()
    finer = grid_posterior("y ~ x + w", data, "g", prior_tau=HALF, n_tau=1600, n_sigma=200).table()
    assert ((finer - table).abs().div(table["sd"], axis=0) < 1e-3).all(axis=None)
    assert ((finer - table).abs().div(table["sd"], axis=0)[["mean", "sd"]] < 1e-5).all(axis=None)


def test_thousands_of_rows_are_covered_by_the_grid():
    hsb = load_data("hsb")
    table = grid_posterior("math ~ ses_within", hsb, "school").table()
    finer = grid_posterior("math ~ ses_within", hsb, "school", n_tau=900, n_sigma=150).table()
    assert ((finer - table).abs().div(table["sd"], axis=0) < 1e-3).all(axis=None)


# ---- invariances -----------------------------------------------------------------------------


def test_units_and_origins_change_nothing_but_themselves():
    data = small()
    here = grid_posterior("y ~ x", data, "g", prior_tau=HALF).table()
    moved = data.assign(y=1000 + 50 * data["y"], x=2000 + data["x"] / 7)
    there = grid_posterior("y ~ x", moved, "g", prior_tau=sd_prior("half-normal", 100.0)).table()
    np.testing.assert_allclose(
        there.loc[["tau", "sigma"]], 50 * here.loc[["tau", "sigma"]], rtol=1e-6
    )
    np.testing.assert_allclose(there.loc["icc"], here.loc["icc"], rtol=1e-6)
    np.testing.assert_allclose(there.loc["x"], 350 * here.loc["x"], rtol=1e-6)


def test_the_order_of_rows_and_the_names_of_groups_do_not_matter():
    data = small()
    here = grid_posterior("y ~ x", data, "g", prior_tau=HALF).table()
    mixed = data.sample(frac=1, random_state=1).assign(g=lambda d: "school " + d["g"].astype(str))
    there = grid_posterior("y ~ x", mixed, "g", prior_tau=HALF).table()
    pd.testing.assert_frame_equal(here, there, rtol=1e-9)


# ---- calibration -----------------------------------------------------------------------------


@pytest.mark.parametrize("j, n, scale", [(4, 3, 1.0), (8, 6, 0.4)])
def test_the_truth_lies_anywhere_in_the_posterior_alike(j, n, scale):
    places = posterior_calibration(
        n_groups=j,
        group_size=n,
        prior_tau=sd_prior("half-normal", scale),
        prior_sigma=sd_prior("half-t", 1.0, df=4),
        n_studies=500,
        rng=np.random.default_rng(j),
    )
    for name in places:
        assert stats.kstest(places[name], "uniform").pvalue > 0.002, name


def test_calibration_notices_a_prior_that_is_not_the_worlds():
    design = dict(n_groups=5, group_size=4, n_studies=150, rng=np.random.default_rng(5))
    priors = dict(prior_tau=sd_prior("half-normal", 1.0), prior_sigma=sd_prior("half-t", 1.0))
    places = posterior_calibration(**design, **priors, assumed=sd_prior("half-normal", 0.3))
    assert stats.kstest(places["tau"], "uniform").pvalue < 1e-6


# ---- what exists, and what doesn't -----------------------------------------------------------


def test_two_groups_need_a_prior_that_ends_by_itself():
    y = balanced(2, 6, 1.0, seed=2)
    with pytest.raises(ValueError, match="total is infinite"):
        balanced_posterior(y, prior_tau=sd_prior("flat"))
    assert balanced_posterior(y, prior_tau=HALF).quantile("tau", 0.9) < 6


def test_flat_in_log_tau_leaves_no_posterior_with_any_data():
    with pytest.raises(ValueError, match="infinite weight at 0"):
        balanced_posterior(balanced(30, 5, 1.0, seed=3), prior_tau=sd_prior("log-flat"))


@pytest.mark.parametrize("j, mean, sd", [(3, False, False), (4, True, False), (5, True, True)])
def test_moments_that_do_not_exist_are_inf(j, mean, sd):
    posterior = balanced_posterior(balanced(j, 6, 1.0, seed=4), prior_tau=sd_prior("flat"))
    table = posterior.table()
    assert np.isfinite(table.loc["tau", "mean"]) == mean
    assert np.isfinite(table.loc["tau", "sd"]) == sd
    assert np.isfinite(table.loc["Intercept", "sd"]) == sd
    assert np.isfinite(table[["lower", "median", "upper"]]).all(axis=None)
    far = posterior.tau_density([100.0, 1000.0])
    assert np.log10(far[0] / far[1]) == pytest.approx(j - 1, abs=0.02)


def test_an_effect_within_groups_keeps_its_sd_whatever_tau_does():
    data = small().query("g < 4")
    table = grid_posterior("y ~ x", data, "g").table()
    assert np.isinf(table.loc["Intercept", "sd"]) and np.isfinite(table.loc["x", "sd"])


def test_groups_of_one_are_refused():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "g": list("abcd")})
    with pytest.raises(ValueError):
        grid_posterior("y ~ 1", data, "g", prior_tau=HALF)


# ---- the parts agree with each other ---------------------------------------------------------


def test_quantiles_invert_the_distribution_function():
    posterior = grid_posterior("y ~ x + w", small(), "g", prior_tau=HALF)
    for name in ("tau", "sigma", "icc", "x", "w"):
        for q in (0.025, 0.3, 0.5, 0.975):
            assert posterior.cdf(name, posterior.quantile(name, q)) == pytest.approx(q, abs=1e-4)


def test_draws_have_the_tables_moments():
    posterior = grid_posterior("y ~ x + w", small(), "g", prior_tau=HALF)
    draws, table = posterior.draws(40_000, rng=np.random.default_rng(6)), posterior.table()
    for name in draws:
        error = table.loc[name, "sd"] / 200
        assert abs(draws[name].mean() - table.loc[name, "mean"]) < 4 * error
        assert draws[name].std() == pytest.approx(table.loc[name, "sd"], rel=0.04)


def test_the_density_is_the_slope_of_the_distribution_function():
    posterior = balanced_posterior(balanced(6, 5, 0.5, seed=7), prior_tau=sd_prior("flat"))
    for tau in (0.1, 0.5, 1.5):
        slope = (posterior.cdf("tau", tau + 1e-3) - posterior.cdf("tau", tau - 1e-3)) / 2e-3
        assert posterior.tau_density(tau) == pytest.approx(slope, rel=1e-3)


def test_a_hard_limit_is_kept():
    posterior = balanced_posterior(balanced(3, 5, 3.0, seed=8), prior_tau=sd_prior("uniform", 2.0))
    assert posterior.quantile("tau", 0.999) <= 2 and posterior.cdf("tau", 2.0) == pytest.approx(1)
