"""A small variance is no zero: what counts as a singular fit and what doesn't.

As in lme4, a standard deviation below 1e-4 residual standard deviations counts as zero. The data
here are made so that the REML estimates are known: 0.003 residual standard deviations, ten times
smaller than anything one would report, thirty times that limit.
"""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, fit_many, simulate_two_level

SMALL = 1e-5  # a variance, beside a residual variance of 1


def intercepts(tau00):
    options = {"n_groups": 50, "group_size": 200, "sigma2": 1.0, "exact": "null"}
    return simulate_two_level(**options, tau00=tau00, rng=np.random.default_rng(1))


def slopes(tau11, rho01=0.0):
    options = {"n_groups": 50, "group_size": 200, "tau00": 1.0, "sigma2": 1.0, "exact": True}
    return simulate_two_level(**options, tau11=tau11, rho01=rho01, rng=np.random.default_rng(1))


def crossed(tau_row, tau_col, n=60, per_cell=4):
    """n × n cells whose mean squares are their expectations, so that REML gives τ back."""
    rng = np.random.default_rng(1)
    u, v = rng.standard_normal((2, n))
    e = rng.standard_normal((n, n, per_cell))
    e -= e.mean(axis=2, keepdims=True)
    inner = rng.standard_normal((n, n))
    inner += inner.mean() - inner.mean(axis=0) - inner.mean(axis=1, keepdims=True)
    e += inner[:, :, None]
    e /= np.sqrt((e**2).sum() / (e.size - 2 * n + 1))
    u, v = ((part - part.mean()) / part.std(ddof=1) for part in (u, v))
    sd = np.sqrt(np.array([tau_row, tau_col]) + 1 / (n * per_cell))  # of the means
    y = (sd[0] * u[:, None, None] + sd[1] * v[:, None] + e).ravel()
    row, col, _ = (index.ravel() for index in np.indices(e.shape))
    return pd.DataFrame({"row": row, "col": col, "y": y})


def test_a_small_intercept_variance_is_estimated_not_zeroed():
    fit = fit_lmm("y ~ 1", intercepts(SMALL), "group")
    assert not fit.singular and not any("Singular" in note for note in fit.notes)
    assert fit.vcomp["Intercept"] == pytest.approx(SMALL, rel=1e-3)
    assert (fit.random_effects["Intercept"] != 0).all()
    assert fit_lmm("y ~ 1", intercepts(0.0), "group").singular


@pytest.mark.parametrize("correlated", [True, False])
def test_a_small_slope_variance_is_estimated_not_zeroed(correlated):
    fit = fit_lmm("y ~ x", slopes(SMALL), "group", "1 + x", correlated=correlated)
    assert not fit.singular
    assert fit.vcomp["x"] == pytest.approx(SMALL, rel=1e-3)
    assert fit_lmm("y ~ x", slopes(0.0), "group", "1 + x", correlated=correlated).singular


def test_a_correlation_near_one_is_not_one():
    sound = fit_lmm("y ~ x", slopes(0.01, rho01=0.9995), "group", "1 + x")
    assert not sound.singular
    assert sound.cov_re.loc["Intercept", "x"] == pytest.approx(0.9995 * 0.1, rel=1e-4)
    assert fit_lmm("y ~ x", slopes(0.01, rho01=1.0), "group", "1 + x").singular


def test_many_fits_say_the_same():
    y = np.stack([intercepts(SMALL)["y"], intercepts(0.0)["y"]])
    fits = fit_many(y, np.ones((10_000, 1)), intercepts(0.0)["group"])
    assert fits.singular.tolist() == [False, True]


def test_a_small_variance_of_one_crossed_factor_is_estimated_not_zeroed():
    fit = fit_lmm("y ~ 1", crossed(SMALL, 0.5), ["row", "col"])
    assert not fit.singular and not any("Singular" in note for note in fit.notes)
    assert fit.vcomp["row"] == pytest.approx(SMALL, rel=1e-3)
    assert fit.vcomp["col"] == pytest.approx(0.5, rel=1e-3)
    closer_than_luck = -0.5 / 240  # rows differ less than their cells' noise alone would make them
    zero = fit_lmm("y ~ 1", crossed(closer_than_luck, 0.5), ["row", "col"])
    assert zero.singular and zero.vcomp["row"] == 0
