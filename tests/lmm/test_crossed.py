"""Random intercepts of two crossed factors: what is predicted, with what interval, and what is
drawn from the fit. Penicillin: 24 plates, 6 samples, one reading of each sample on each plate."""

import numpy as np
import pandas as pd
import pytest
from reference_models import fitted
from scipy import stats

FACTORS = ["plate", "sample"]
NEW = "never seen"


@pytest.fixture(scope="module")
def fit():
    return fitted("penicillin", True)


def to_predict(fit):
    """One known plate and sample, and the same with one of them, or both, unknown."""
    plate, sample = (fit.frame.data[name].iloc[0] for name in FACTORS)
    pairs = [(plate, sample), (NEW, sample), (plate, NEW), (NEW, NEW)]
    return pd.DataFrame(pairs, columns=FACTORS, dtype=object)


def test_unknown_levels_get_the_mean_known_ones_their_blup(fit):
    ahead = to_predict(fit)
    u, v = (fit.random_effects[name]["Intercept"][ahead[name][0]] for name in FACTORS)
    expected = fit.params["Intercept"] + np.array([u + v, v, u, 0.0])
    np.testing.assert_allclose(fit.predict(ahead), expected, rtol=1e-10)


def henderson(fit, ahead):
    """Variance of x'β̂ + z'û − (x'β + z'u): from the inverse of [X Z]'[X Z] + σ²G⁻¹ for the levels
    that were fitted, plus the whole variance of a level that was not."""
    used, one = fit.frame.data, np.ones
    labels = [np.unique(used[name]) for name in FACTORS]
    tau = fit.vcomp[FACTORS].to_numpy()

    def design(rows):
        known = [rows[n].to_numpy()[:, None] == at for n, at in zip(FACTORS, labels, strict=True)]
        return np.hstack([one((len(rows), 1)), *known])

    w = design(used)
    m = w.T @ w + np.diag([0.0, *np.repeat(fit.sigma2 / tau, [len(at) for at in labels])])
    rows = design(ahead)
    unknown = np.column_stack([~ahead[n].isin(at) for n, at in zip(FACTORS, labels, strict=True)])
    return fit.sigma2 * np.einsum("ia,ab,ib->i", rows, np.linalg.inv(m), rows) + unknown @ tau


@pytest.mark.parametrize("interval", ["mean", "new"])
def test_intervals_count_the_variance_of_unknown_levels(fit, interval):
    ahead = to_predict(fit)
    variance = henderson(fit, ahead) + (fit.sigma2 if interval == "new" else 0.0)
    got = fit.predict(ahead, interval=interval)
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    np.testing.assert_allclose(got["upper"] - got["prediction"], half, rtol=1e-8)
    np.testing.assert_allclose(got["prediction"] - got["lower"], half, rtol=1e-8)


def test_without_known_groups_every_level_counts_as_unknown(fit):
    ahead = to_predict(fit)
    got = fit.predict(ahead, known_groups=False, interval="mean")
    np.testing.assert_allclose(got, np.tile(got.iloc[[3]], (4, 1)))
    pd.testing.assert_series_equal(got.loc[3], fit.predict(ahead, interval="mean").loc[3])


def test_outcomes_drawn_from_the_fit_have_its_variances(fit):
    """Of plate means, sample means and what is left, over 500 draws; four Monte-Carlo errors."""
    drawn = fit.simulate(500, np.random.default_rng(8)) - fit.params["Intercept"]
    order = fit.frame.data.reset_index(drop=True).sort_values(FACTORS).index
    y = drawn[:, order].reshape(500, 24, 6)
    plates, samples = y.mean(axis=2, keepdims=True), y.mean(axis=1, keepdims=True)
    rest = y - plates - samples + y.mean(axis=(1, 2), keepdims=True)
    tau, sigma2 = fit.vcomp, fit.sigma2
    for seen, wanted, df in (
        (plates.var(axis=1, ddof=1).mean(), tau["plate"] + sigma2 / 6, 500 * 23),
        (samples.var(axis=2, ddof=1).mean(), tau["sample"] + sigma2 / 24, 500 * 5),
        ((rest**2).sum() / (500 * 23 * 5), sigma2, 500 * 23 * 5),
    ):
        assert seen == pytest.approx(wanted, rel=4 * np.sqrt(2 / df))
    assert drawn.mean() == pytest.approx(0, abs=4 * np.sqrt(tau["sample"] / (6 * 500)))
