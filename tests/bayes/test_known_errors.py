"""Eight schools: against numerical integration over (μ, τ), and what is known of them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from hlm_teach import known_error_posterior, load_data, sd_prior

SCHOOLS = load_data("eight_schools").set_index("school")
Y, SE = SCHOOLS["effect"].to_numpy(float), SCHOOLS["se"].to_numpy(float)


def height(tau):
    """The likelihood of τ with μ integrated out, by brute force."""
    mu = np.linspace(-60, 80, 3001)
    logs = norm.logpdf(Y[:, None], mu, np.sqrt(SE[:, None] ** 2 + tau**2)).sum(0)
    return np.exp(logs + 35).sum() * (mu[1] - mu[0])


def test_the_posterior_of_tau_is_the_integrated_likelihood():
    total = quad(height, 0, 400, limit=200)[0]
    mean = quad(lambda tau: tau * height(tau), 0, 400, limit=200)[0] / total
    above = quad(height, 5, 400, limit=200)[0] / total
    found = known_error_posterior(SCHOOLS["effect"], SCHOOLS["se"])
    assert found.weights @ found.tau == pytest.approx(mean, rel=2e-3)
    assert found.weights[found.tau > 5].sum() == pytest.approx(above, abs=1e-3)


def test_reml_says_zero_and_the_posterior_does_not():
    found = known_error_posterior(SCHOOLS["effect"], SCHOOLS["se"])
    assert found.log_likelihood.argmax() == 0
    summary = found.summary()
    assert summary["median"] == pytest.approx(5.24, abs=0.02)
    assert summary["mean"] == pytest.approx(6.58, abs=0.02)
    assert found.mu[0] == pytest.approx(np.sum(Y / SE**2) / np.sum(1 / SE**2), abs=1e-3)


def test_groups_agree_with_draws_and_labels_are_kept():
    found = known_error_posterior(
        SCHOOLS["effect"], SCHOOLS["se"], prior_tau=sd_prior("half-normal", 10.0)
    )
    draws = found.draws(40_000, rng=np.random.default_rng(2))
    assert list(found.groups.index) == list("ABCDEFGH")
    for label, row in found.groups.iterrows():
        assert abs(draws[label].mean() - row["mean"]) < 4 * row["sd"] / 200
        assert draws[label].std() == pytest.approx(row["sd"], rel=0.03)


def test_given_tau_the_groups_are_shrunk_by_lambda():
    found = known_error_posterior(Y, SE)
    k = np.searchsorted(found.tau, 8.0)
    tau, trust = found.tau[k], found.tau[k] ** 2 / (found.tau[k] ** 2 + SE**2)
    np.testing.assert_allclose(found.groups_given_tau[k], trust * Y + (1 - trust) * found.mu[k])
    assert tau == pytest.approx(8.0, abs=0.05)


def test_refusals():
    with pytest.raises(ValueError, match="total is"):
        known_error_posterior([1.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="above 0"):
        known_error_posterior([1.0, 2, 3], [1.0, 0.0, 1])
    with pytest.raises(ValueError, match="one each"):
        known_error_posterior([1.0, 2, 3], [1.0, 1])
    with pytest.raises(ValueError, match="no posterior"):
        known_error_posterior(Y, SE, prior_tau=sd_prior("log-flat"))
