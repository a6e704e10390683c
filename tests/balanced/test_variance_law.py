"""The best interval of a variance covers as often as it says, and the sampler obeys its law."""

import numpy as np
import pytest

from hlm_teach import estimator_law, interval_factors
from hlm_teach.balanced.likelihood import maximum
from hlm_teach.balanced.sums import draw_sums


@pytest.mark.parametrize("n_groups", [5, 10, 30])
def test_the_factors_cover_in_95_of_100_samples_of_known_means(n_groups):
    means = np.random.default_rng(1).normal(scale=1.7, size=(40_000, n_groups))
    estimate = means.var(axis=1, ddof=1)
    low, high = interval_factors(n_groups)
    covered = (estimate * low < 1.7**2) & (1.7**2 < estimate * high)
    assert covered.mean() == pytest.approx(0.95, abs=0.004)
    assert (1.7**2 > estimate * high).mean() == pytest.approx(0.025, abs=0.003)


def test_published_factors():
    got = {j: tuple(round(end, 2) for end in interval_factors(j)) for j in (10, 30, 100)}
    assert got == {10: (0.47, 3.33), 30: (0.63, 1.81), 100: (0.77, 1.35)}


def test_estimates_have_the_exact_mean_error_and_share_of_zeros():
    law = estimator_law(6, 10, tau00=0.1, sigma2=0.9)
    rng = np.random.default_rng(2)
    found = maximum(draw_sums(6, 10, tau00=0.1, sigma2=0.9, n_studies=100_000, rng=rng))[0]
    assert found.mean() - 0.1 == pytest.approx(law.bias, abs=0.002)
    assert np.mean((found - 0.1) ** 2) == pytest.approx(law.mse, rel=0.03)
    assert np.mean(found == 0) == pytest.approx(law.zero, abs=0.005)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="n_groups"):
        interval_factors(1)
    with pytest.raises(ValueError, match="level"):
        interval_factors(5, level=1.5)
