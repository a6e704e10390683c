"""The two fits of balanced growth data are the engine's, at every kind of truth and at the edge."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm
from hlm_teach.balanced.slope_or_memory import correlation_by_lag, slope_or_memory
from hlm_teach.simulate.growth import simulate_memory

# variance of slopes, φ, times, persons: slopes, memory, both, a singular G, a negative φ
TRUTHS = [(0.05, 0.0, 8, 25), (0.0, 0.7, 6, 30), (0.02, 0.5, 10, 20), (0.0, 0.9, 8, 40)]
TRUTHS += [(0.0, -0.4, 6, 20), (0.1, 0.2, 4, 20)]


def study(tau11, phi, times, persons, seed=3):
    return simulate_memory(
        n_persons=persons,
        n_times=times,
        tau00=1.0,
        tau11=tau11,
        phi=phi,
        sigma2=1.0,
        gamma10=0.2,
        rng=np.random.default_rng(seed),
    )


def long(y):
    persons, times = y.shape
    return pd.DataFrame(
        {
            "y": y.ravel(),
            "t": np.tile(np.arange(times), persons),
            "person": np.repeat(np.arange(persons), times),
        }
    )


@pytest.mark.parametrize("truth", TRUTHS)
def test_both_are_what_fit_lmm_finds(truth):
    y = study(*truth)
    found, data = slope_or_memory(y), long(y)
    slopes = fit_lmm("y ~ t", data, "person", "1 + t")
    memory = fit_lmm("y ~ t", data, "person", residual="ar1", time="t")
    for ours, theirs in ((found["slope"], slopes), (found["memory"], memory)):
        assert ours.llf == pytest.approx(theirs.llf, abs=1e-6)
        assert ours.slope == pytest.approx(theirs.params["t"], abs=1e-6)
        assert ours.se == pytest.approx(theirs.bse["t"], rel=1e-5)
        assert ours.sigma2 == pytest.approx(theirs.sigma2, rel=1e-3)
    assert found["slope"].tau11 == pytest.approx(slopes.cov_re.iloc[1, 1], abs=1e-5)
    assert found["memory"].phi == pytest.approx(memory.phi, abs=1e-4)
    assert found["memory"].tau00 == pytest.approx(memory.cov_re.iloc[0, 0], abs=2e-3)


def test_some_of_these_fits_are_at_the_edge_and_others_inside():
    singular = [
        fit_lmm("y ~ t", long(study(*truth)), "person", "1 + t").singular for truth in TRUTHS
    ]
    assert 0 < sum(singular) < len(TRUTHS)


def test_moving_and_scaling_y_moves_and_scales_what_is_found():
    y = study(0.02, 0.5, 7, 30)
    first, second = slope_or_memory(y), slope_or_memory(3 * y + 50)
    for name in first:
        assert second[name].slope == pytest.approx(3 * first[name].slope, rel=1e-4)
        assert second[name].se == pytest.approx(3 * first[name].se, rel=1e-4)
    gaps = [fits["slope"].llf - fits["memory"].llf for fits in (first, second)]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-6)


@pytest.mark.parametrize("truth", [(0.08, 0.8, 8, 115), (0.0, 0.9, 6, 20), (0.0, 0.0, 5, 25)])
def test_another_rounding_leads_to_the_same_estimate(truth):
    y = study(*truth, seed=840089)
    first, second = slope_or_memory(y)["memory"], slope_or_memory(y[::-1] / 3)["memory"]
    assert second.phi == pytest.approx(first.phi, abs=1e-11)
    assert 9 * second.cov == pytest.approx(first.cov, rel=1e-10)


def test_what_a_model_says_of_the_covariance_is_made_of_its_parameters():
    found = slope_or_memory(study(0.05, 0.4, 5, 40))
    memory = found["memory"]
    assert memory.cov[1, 3] == pytest.approx(memory.tau00 + memory.sigma2 * memory.phi**2)
    slope = found["slope"]
    assert slope.cov[0, 0] == pytest.approx(slope.tau00 + slope.sigma2)


def test_memory_alone_is_found_as_slopes_by_the_model_without_memory():
    """And the true slopes as memory: what the lab shows, over 40 studies each."""
    sd = [np.sqrt(slope_or_memory(study(0.0, 0.8, 6, 40, k))["slope"].tau11) for k in range(40)]
    assert np.mean(sd) > 0.15
    phi = [slope_or_memory(study(0.08, 0.0, 10, 40, k))["memory"].phi for k in range(40)]
    assert np.mean(phi) > 0.25


def test_correlations_by_lag_are_means_of_diagonals():
    cov = np.diag([1.0, 4.0, 9.0])
    cov[0, 1] = cov[1, 0] = 1.0
    assert correlation_by_lag(cov).tolist() == pytest.approx([0.25, 0.0])


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (np.zeros((5, 3)), "shape"),
        (np.zeros((2, 6)), "shape"),
        (np.arange(6.0), "shape"),
        (np.tile(np.arange(5.0)[:, None], 6), "nothing to explain"),
    ],
)
def test_too_little_is_refused(y, words):
    with pytest.raises(ValueError, match=words):
        slope_or_memory(y)


def test_a_covariance_is_square_and_positive():
    with pytest.raises(ValueError, match="square"):
        correlation_by_lag(np.ones((2, 3)))
    with pytest.raises(ValueError, match="above 0"):
        correlation_by_lag(np.zeros((2, 2)))
