"""The closed-form likelihood of balanced data: against dense densities, fits and optimisers."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, stats

from hlm_teach import fit_lmm, load_data
from hlm_teach.balanced.likelihood import (
    balanced_llf,
    best_sigma2,
    best_sigma2_at_theta,
    maximum,
    profile_log_likelihood,
    untruncated,
)
from hlm_teach.balanced.sums import BalancedSums, balanced_sums, draw_sums


def outcomes(n_groups, n, tau00, sigma2, seed):
    rng = np.random.default_rng(seed)
    return (
        3
        + rng.normal(0, np.sqrt(tau00), (n_groups, 1))
        + rng.normal(0, np.sqrt(sigma2), (n_groups, n))
    )


def frame(y):
    groups = np.repeat([f"g{j}" for j in range(len(y))], y.shape[1])
    return pd.DataFrame({"y": y.ravel(), "g": groups})


def dense_log_density(y, mean, tau00, sigma2):
    n = y.shape[1]
    covariance = sigma2 * np.eye(n) + tau00 * np.ones((n, n))
    return stats.multivariate_normal(np.full(n, mean), covariance).logpdf(y).sum()


@pytest.mark.parametrize("tau00", [0.0, 0.7, 30.0])
def test_ml_is_the_normal_density_at_the_grand_mean(tau00):
    y = outcomes(5, 4, 1.0, 2.0, seed=1)
    expected = dense_log_density(y, y.mean(), tau00, 1.3)
    assert balanced_llf(balanced_sums(y), tau00, 1.3, reml=False) == pytest.approx(expected)


@pytest.mark.parametrize("tau00", [0.0, 0.7, 30.0])
def test_reml_is_the_density_integrated_over_the_mean(tau00):
    y = outcomes(4, 3, 1.0, 2.0, seed=2)
    top = dense_log_density(y, y.mean(), tau00, 1.3)
    area, _ = integrate.quad(
        lambda m: np.exp(dense_log_density(y, m, tau00, 1.3) - top), -80, 80, points=[y.mean()]
    )
    expected = top + np.log(area)
    assert balanced_llf(balanced_sums(y), tau00, 1.3) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("n_groups", "n", "tau00"), [(3, 2, 0.0), (6, 5, 0.05), (12, 4, 3.0)])
def test_maximum_and_height_equal_fit_lmm(n_groups, n, tau00, reml):
    for seed in range(6):
        y = outcomes(n_groups, n, tau00, 1.0, seed)
        fit, sums = fit_lmm("y ~ 1", frame(y), "g", reml=reml), balanced_sums(y)
        tau, sigma2 = maximum(sums, reml=reml)
        assert (tau, sigma2) == pytest.approx((fit.cov_re.iloc[0, 0], fit.sigma2), abs=2e-4)
        assert balanced_llf(sums, tau, sigma2, reml=reml) == pytest.approx(fit.llf, abs=1e-7)
        assert (tau == 0) == fit.singular


def test_lme4s_log_likelihoods():
    # lme4 1.1-31, R 4.2.2: logLik(lmer(Yield ~ 1 + (1 | Batch), ...))
    for name, reml, expected in (
        ("dyestuff", True, -159.82713842113),
        ("dyestuff", False, -163.66352994057),
        ("dyestuff2", True, -80.914138906144),
        ("dyestuff2", False, -81.436518326913),
    ):
        groups = load_data(name).groupby("Batch")["Yield"]
        sums = balanced_sums([values.to_numpy() for _, values in groups])
        top = balanced_llf(sums, *maximum(sums, reml=reml), reml=reml)
        assert top == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("reml", [True, False])
def test_best_sigma2_against_a_search(reml):
    rng = np.random.default_rng(3)
    for _ in range(60):
        sums = BalancedSums(
            int(rng.integers(2, 40)),
            int(rng.integers(2, 40)),
            10 ** rng.uniform(-2, 4),
            10 ** rng.uniform(-1, 3),
        )
        tau00 = rng.choice([0.0, 10 ** rng.uniform(-3, 3)])
        looks = np.geomspace(1e-6, 1e6, 4000)
        start = looks[np.argmax(balanced_llf(sums, tau00, looks, reml=reml))]
        found = optimize.minimize_scalar(
            lambda s, sums=sums, tau00=tau00: -balanced_llf(sums, tau00, np.exp(s), reml=reml),
            bounds=np.log([start / 1.1, start * 1.1]),
            method="bounded",
            options={"xatol": 1e-10},
        )
        height = profile_log_likelihood(sums, tau00, reml=reml)
        assert height == pytest.approx(-found.fun, abs=1e-7), (sums, tau00)
        assert best_sigma2(sums, tau00, reml=reml) == pytest.approx(np.exp(found.x), rel=1e-4)


@pytest.mark.parametrize("reml", [True, False])
def test_best_sigma2_at_theta_against_a_search_along_the_ray(reml):
    rng = np.random.default_rng(8)
    for _ in range(20):
        sums = BalancedSums(
            int(rng.integers(2, 40)),
            int(rng.integers(2, 40)),
            10 ** rng.uniform(-2, 4),
            10 ** rng.uniform(-1, 3),
        )
        theta, s = rng.uniform(0, 3), 10 ** rng.uniform(-1, 1, 200)
        best = best_sigma2_at_theta(sums, theta, reml=reml)
        top = balanced_llf(sums, theta**2 * best, best, reml=reml)
        around = balanced_llf(sums, theta**2 * best * s, best * s, reml=reml)
        assert (around <= top + 1e-9).all() and around.max() > top - 1
        tau00, sigma2 = maximum(sums, reml=reml)
        assert best_sigma2_at_theta(sums, np.sqrt(tau00 / sigma2), reml=reml) == pytest.approx(
            sigma2
        )


def test_many_samples_at_once_equal_one_by_one():
    sums = draw_sums(4, 3, tau00=0.5, sigma2=1.0, rng=np.random.default_rng(4), n_studies=20)
    tau00, sigma2 = maximum(sums)
    heights = profile_log_likelihood(sums, 0.5)
    for i in range(20):
        one = BalancedSums(4, 3, float(sums.between[i]), float(sums.within[i]))
        assert maximum(one) == pytest.approx((tau00[i], sigma2[i]))
        assert profile_log_likelihood(one, 0.5) == pytest.approx(heights[i])


def test_drawn_sums_have_the_law_of_sums_from_data():
    drawn = draw_sums(6, 4, tau00=2.0, sigma2=3.0, rng=np.random.default_rng(5), n_studies=4000)
    y = [balanced_sums(outcomes(6, 4, 2.0, 3.0, 100 + seed)) for seed in range(1500)]
    for name in ("between", "within"):
        p = stats.ks_2samp(getattr(drawn, name), [getattr(s, name) for s in y]).pvalue
        assert p > 0.001, name


def test_same_luck_moves_smoothly():
    def at(tau00):
        return draw_sums(5, 4, tau00=tau00, sigma2=1.0, rng=np.random.default_rng(6))

    assert at(2.0).within == at(1.0).within
    assert at(2.0).between / at(1.0).between == pytest.approx(9 / 5)


def test_units_of_the_outcome_do_not_matter():
    y = outcomes(7, 5, 1.0, 2.0, seed=7)
    small, large = balanced_sums(y), balanced_sums(1000 * y + 5)
    assert np.array(maximum(large)) == pytest.approx(1e6 * np.array(maximum(small)))
    assert untruncated(large) == pytest.approx(1e6 * untruncated(small))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: balanced_sums([1.0, 2.0]), "shape"),
        (lambda: balanced_sums([[1.0, np.nan], [1.0, 2.0]]), "missing"),
        (lambda: balanced_sums([[1.0, 1.0], [2.0, 2.0]]), "within"),
        (lambda: BalancedSums(1, 5, 1.0, 1.0), "n_groups"),
        (lambda: BalancedSums(3, 1, 1.0, 1.0), "group_size"),
        (lambda: BalancedSums(3, 3, -1.0, 1.0), "between"),
        (lambda: balanced_llf(BalancedSums(3, 3, 1.0, 1.0), 1.0, 0.0), "sigma2"),
        (lambda: balanced_llf(BalancedSums(3, 3, 1.0, 1.0), -1.0, 1.0), "tau00"),
        (lambda: best_sigma2(BalancedSums(3, 3, 1.0, 1.0), -0.1), "tau00"),
        (lambda: draw_sums(3, 3, tau00=-1.0, sigma2=1.0, rng=np.random.default_rng(1)), "tau00"),
        (lambda: draw_sums(3, 3, tau00=1.0, sigma2=0.0, rng=np.random.default_rng(1)), "sigma2"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_rng_is_wanted():
    with pytest.raises(TypeError, match="rng"):
        draw_sums(3, 3, tau00=1.0, sigma2=1.0, rng=1)
