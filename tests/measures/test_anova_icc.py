"""What a reader corrected: ANOVA's variances are unbiased, its ICC isn't."""

import numpy as np
import pytest


def test_variances_are_unbiased_and_their_ratio_is_low():
    """J = 6, n = 5, ρ = 0.42, drawn by the exact laws of the mean squares."""
    rng, j, n, tau00, sigma2 = np.random.default_rng(42), 6, 5, 0.42, 0.58
    msb = (n * tau00 + sigma2) * rng.chisquare(j - 1, 400_000) / (j - 1)
    msw = sigma2 * rng.chisquare(j * (n - 1), 400_000) / (j * (n - 1))
    tau_hat = (msb - msw) / n
    assert tau_hat.mean() == pytest.approx(tau00, abs=0.003)
    assert (tau_hat / (tau_hat + msw)).mean() == pytest.approx(0.371, abs=0.002)
