"""Priors are what their names say: densities, quantiles and draws of one distribution."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from hlm_teach import sd_prior

PROPER = [
    (sd_prior("half-normal", 3.0), stats.halfnorm(scale=3.0)),
    (sd_prior("half-Cauchy", 2.0), stats.halfcauchy(scale=2.0)),
    (sd_prior("uniform", 4.0), stats.uniform(0, 4.0)),
    (sd_prior("gamma", 1.5), stats.gamma(2, scale=1.5)),
]


@pytest.mark.parametrize("prior, known", PROPER, ids=lambda p: getattr(p, "name", ""))
def test_density_and_quantiles_are_scipys(prior, known):
    sd = np.array([0.1, 1.0, 3.9])
    np.testing.assert_allclose(prior.density(sd), known.pdf(sd))
    assert prior.quantile(0.3) == pytest.approx(known.ppf(0.3))


@pytest.mark.parametrize(
    "prior",
    [
        PROPER[0][0],
        sd_prior("half-t", 2.0),
        sd_prior("half-t", 2.0, df=7),
        sd_prior("inverse-gamma", 1.5),
    ],
    ids=lambda p: p.name,
)
def test_total_quantiles_and_draws_belong_together(prior):
    assert quad(prior.density, 0, np.inf)[0] == pytest.approx(1, abs=1e-6)
    for q in (0.1, 0.5, 0.9):
        assert quad(prior.density, 0, prior.quantile(q))[0] == pytest.approx(q, abs=1e-6)
    draws = prior.draw(20_000, rng=np.random.default_rng(1))
    shares = [np.mean(draws < prior.quantile(q)) for q in (0.1, 0.5, 0.9)]
    np.testing.assert_allclose(shares, [0.1, 0.5, 0.9], atol=0.012)


def test_an_inverse_gamma_of_the_variance():
    prior, known = sd_prior("inverse-gamma", 2.0), stats.invgamma(2.0, scale=2.0)
    sd = np.array([0.4, 1.0, 2.5])
    np.testing.assert_allclose(prior.density(sd), known.pdf(sd**2) * 2 * sd)
    assert prior.density(0.0) == 0


def test_tails_fall_as_they_say():
    for prior in (
        sd_prior("half-Cauchy", 1.0),
        sd_prior("half-t", 1.0),
        sd_prior("inverse-gamma", 0.5),
    ):
        near, far = prior.log_density([1e4, 1e5])
        assert (near - far) / np.log(10) == pytest.approx(prior.tail, abs=1e-3)


@pytest.mark.parametrize("kind", ["flat", "linear", "log-flat"])
def test_what_is_no_distribution_says_so(kind):
    prior = sd_prior(kind)
    assert not prior.proper
    with pytest.raises(ValueError, match="not a distribution"):
        prior.draw(3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="not a distribution"):
        prior.quantile(0.5)


def test_scales_are_asked_for_where_they_matter_and_only_there():
    with pytest.raises(ValueError, match="needs a scale"):
        sd_prior("half-normal")
    with pytest.raises(ValueError, match="has no scale"):
        sd_prior("flat", 2.0)
    with pytest.raises(ValueError, match="must be one of"):
        sd_prior("jeffreys")
    with pytest.raises(ValueError):
        sd_prior("half-normal", -1.0)
