"""Within, between, contextual: sampled sums against fits of individuals, formulas against draws."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, load_data
from hlm_teach.balanced.endogenous import balanced_x, random_intercept_slope, simulate_endogenous
from hlm_teach.measures.contextual import contextual_of_samples, shrunken_context


def individuals(corr_ux, tau00=9.0, seed=1, j=30, n=6):
    rng = np.random.default_rng(seed)
    x = balanced_x(n_groups=j, group_size=n, x_icc=0.3, rng=rng)
    score = x.mean(axis=1) / np.sqrt(np.mean(x.mean(axis=1) ** 2))
    u = np.sqrt(tau00) * (corr_ux * score + np.sqrt(1 - corr_ux**2) * rng.standard_normal(j))
    y = 2 * x + u[:, None] + 6 * rng.standard_normal((j, n))
    mean = np.repeat(x.mean(axis=1), n)
    return (
        x,
        y,
        pd.DataFrame({"g": np.repeat(np.arange(j), n), "x": x.ravel(), "y": y.ravel(), "m": mean}),
    )


def sums(x, y):
    j, n = x.shape
    xb, yb = x.mean(axis=1), y.mean(axis=1)
    xw, yw = x - xb[:, None], y - yb[:, None]
    sxx_w, sxx_b = np.sum(xw**2), n * np.sum((xb - xb.mean()) ** 2)
    b_w, b_b = np.sum(xw * yw) / sxx_w, n * np.sum((xb - xb.mean()) * yb) / sxx_b
    rss_b = n * np.sum((yb - yb.mean() - b_b * (xb - xb.mean())) ** 2)
    arrays = [np.array([v]) for v in (b_w, b_b, np.sum((yw - b_w * xw) ** 2), rss_b)]
    return *arrays, sxx_w, sxx_b, j, n


@pytest.mark.parametrize(
    "corr_ux, tau00, seed",
    [(0, 9, 1), (0.8, 9, 2), (-0.9, 4, 3), (0, 0, 4), (0, 0, 5), (0.5, 400, 6)],
)
def test_slope_from_sums_is_the_fitted_one(corr_ux, tau00, seed):
    x, y, data = individuals(corr_ux, tau00, seed)
    slope, se = random_intercept_slope(*sums(x, y))
    fit = fit_lmm("y ~ x", data, "g")
    assert slope[0] == pytest.approx(fit.params["x"], rel=1e-5)
    assert se[0] == pytest.approx(fit.bse["x"], rel=1e-5)


def test_dummies_and_mundlak_are_the_slope_within():
    x, y, data = individuals(0.7)
    b_w, b_b = (value[0] for value in sums(x, y)[:2])
    assert smf.ols("y ~ x + C(g)", data).fit().params["x"] == pytest.approx(b_w)
    mundlak = fit_lmm("y ~ x + m", data, "g").params
    assert mundlak["x"] == pytest.approx(b_w) and mundlak["m"] == pytest.approx(b_b - b_w)


def test_sampled_sums_agree_with_fits_of_individuals():
    """Moments over 300 fitted studies of individuals against 20,000 sampled ones."""
    fitted = np.array(
        [fit_lmm("y ~ x", individuals(0.6, seed=s)[2], "g").params["x"] for s in range(100, 300)]
    )
    studies = simulate_endogenous(
        n_studies=20_000,
        n_groups=30,
        group_size=6,
        gamma10=2,
        tau00=9,
        sigma2=36,
        x_icc=0.3,
        corr_ux=0.6,
        rng=np.random.default_rng(1),
    )
    error = studies.random.estimate.std() / np.sqrt(len(fitted))
    assert abs(fitted.mean() - studies.random.estimate.mean()) < 3.5 * error
    assert fitted.std() == pytest.approx(studies.random.estimate.std(), rel=0.18)


def test_without_correlation_all_are_right_and_random_is_sharper():
    studies = simulate_endogenous(
        n_studies=20_000,
        n_groups=100,
        group_size=5,
        gamma10=2,
        tau00=9,
        sigma2=36,
        x_icc=0.3,
        corr_ux=0,
        rng=np.random.default_rng(2),
    )
    assert studies.random.estimate.mean() == pytest.approx(2, abs=0.01)
    assert studies.random.estimate.std() < studies.within.estimate.std()
    assert studies.random.coverage == pytest.approx(0.95, abs=0.01)
    assert studies.within.coverage == pytest.approx(0.95, abs=0.01)


def test_context_is_what_the_correlation_makes_of_it():
    given = {"n_groups": 100, "group_size": 5, "tau00": 9.0, "sigma2": 36.0, "x_icc": 0.3}
    studies = simulate_endogenous(
        n_studies=20_000, gamma10=2, corr_ux=0.6, rng=np.random.default_rng(3), **given
    )
    assert studies.contextual.mean() == pytest.approx(0.6 * 3 / np.sqrt(0.3 + 0.7 / 5), abs=0.02)
    assert studies.random.coverage < 0.5 and studies.within.estimate.mean() == pytest.approx(
        2, abs=0.01
    )


def test_shrunken_context_by_simulation():
    rng, n, tau_x, sigma_x2 = np.random.default_rng(4), 5, 0.3, 0.7
    true_mean = np.sqrt(tau_x) * rng.standard_normal(200_000)
    noise = np.sqrt(sigma_x2 / n) * rng.standard_normal(200_000)  # of the observed group mean
    y_mean = 2 * (true_mean + noise) + 3 * true_mean  # within 2, context 3
    slope = np.polyfit(true_mean + noise, y_mean, 1)[0]
    expected = shrunken_context(3, tau_x=tau_x, sigma_x2=sigma_x2, n=n)
    assert slope - 2 == pytest.approx(expected, abs=0.01)


def test_all_pupils_of_hsb_give_the_contextual_effect_of_the_chapter():
    hsb = load_data("hsb")
    few = contextual_of_samples(
        hsb, "math", "ses", "school", group_size=5, n_samples=20, rng=np.random.default_rng(5)
    )
    assert few.mean() < fit_lmm("math ~ ses + ses_mean", hsb, "school").params["ses_mean"] - 0.5
    with pytest.raises(ValueError, match="has 14 members only"):
        contextual_of_samples(
            hsb, "math", "ses", "school", group_size=15, rng=np.random.default_rng(1)
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"corr_ux": 1.2},
        {"x_icc": 1.0},
        {"sigma2": 0.0},
        {"n_groups": 2},
        {"group_size": 1},
        {"rng": 1},
    ],
)
def test_bad_input_is_named(wrong):
    good = {
        "n_studies": 5,
        "n_groups": 10,
        "group_size": 4,
        "gamma10": 1.0,
        "tau00": 1.0,
        "sigma2": 1.0,
        "x_icc": 0.2,
        "corr_ux": 0.0,
        "rng": np.random.default_rng(1),
    }
    with pytest.raises((ValueError, TypeError), match=next(iter(wrong))):
        simulate_endogenous(**(good | wrong))
