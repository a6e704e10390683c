"""Closed forms against `fit_lmm`; draws with the moments they promise; who suffers from what."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import broken_rates, fit_lmm
from hlm_teach.balanced import broken_assumptions as broken


def as_table(y: np.ndarray) -> pd.DataFrame:
    j = len(y)
    return pd.DataFrame(
        {
            "g": np.repeat(np.arange(j), 10),
            "x": np.tile(broken.X, j),
            "w": np.repeat(broken.arms(j), 10),
            "y": y.ravel(),
        }
    )


@pytest.mark.parametrize("kind", broken.BREAKS)
def test_the_closed_form_is_the_fit(kind):
    y = broken.draw_broken(kind, 0.6, n_groups=12, n_studies=2, rng=np.random.default_rng(3))
    found = broken.analyse_balanced(y)
    for i in range(2):
        fit = fit_lmm("y ~ w + x", as_table(y[i]), "g")
        for name, effect in (("gamma01", "w"), ("gamma10", "x")):
            assert found.estimates[name][i] == pytest.approx(fit.params[effect], abs=1e-9)
            assert found.se[name][i] == pytest.approx(fit.bse[effect], rel=1e-6)
            assert found.df[name] == pytest.approx(fit.df[effect], rel=1e-6)
        assert found.estimates["tau00"][i] == pytest.approx(fit.cov_re.iloc[0, 0], rel=1e-5)
        assert found.estimates["sigma2"][i] == pytest.approx(fit.sigma2, rel=1e-6)


def test_a_singular_study_is_pooled_as_in_the_fit():
    rng = np.random.default_rng(1)
    y = rng.normal(size=(40, 8, 10))
    found = broken.analyse_balanced(y)
    (singular, *_) = np.flatnonzero(found.estimates["tau00"] == 0)
    fit = fit_lmm("y ~ w + x", as_table(y[singular]), "g")
    assert fit.singular
    assert found.estimates["sigma2"][singular] == pytest.approx(fit.sigma2, rel=1e-6)
    assert found.se["gamma01"][singular] == pytest.approx(fit.bse["w"], rel=1e-6)


def test_the_interval_of_tau00_is_the_profile_of_the_reml_deviance():
    y = broken.draw_broken("memory", 0, n_groups=15, n_studies=12, rng=np.random.default_rng(5))
    covers = broken.analyse_balanced(y).covers["tau00"]
    for study, held in zip(y, covers, strict=True):
        fit = fit_lmm("y ~ w + x", as_table(study), "g")
        low, high = np.square(fit.criterion_profile.interval(0, 0.95))
        assert held == (low <= broken.TAU00 <= high)


@pytest.mark.parametrize("kind", broken.BREAKS)
@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_variances_are_as_promised_whatever_is_broken(kind, strength):
    rng = np.random.default_rng(2)
    y = broken.draw_broken(kind, strength, n_groups=400, n_studies=100, rng=rng)
    # Var(y) = τ00 + σ² on average over the ten times
    assert np.mean(y) == pytest.approx(0, abs=0.02)
    assert np.mean(np.var(y, axis=(0, 1))) == pytest.approx(1.5, rel=0.03)


def test_shapes_are_as_promised():
    rng = np.random.default_rng(4)
    z = rng.standard_normal((1, 400_000))
    skewed = broken.broken_outcomes("skewed groups", 0.5, z, np.zeros((*z.shape, 10)))[0, :, 0]
    g = np.exp(0.25)
    assert stats.skew(skewed) == pytest.approx((g + 2) * np.sqrt(g - 1), rel=0.1)
    heavy = broken.broken_outcomes(
        "heavy-tailed residuals", 0.5, np.zeros((1, 40_000)), z.reshape(1, 40_000, 10)
    )
    h = 0.1
    kurtosis = 3 * (1 - 2 * h) ** 3 / (1 - 4 * h) ** 2.5
    assert stats.kurtosis(heavy.ravel(), fisher=False) == pytest.approx(kurtosis, rel=0.15)
    memory = broken.draw_broken("memory", 0.5, n_groups=2000, n_studies=5, rng=rng)
    cov = np.cov(memory.reshape(-1, 10).T)
    assert cov[2, 3] - cov[2, 9] == pytest.approx(0.4 - 0.4**7, abs=0.04)
    unequal = broken.draw_broken("unequal variances", 0.5, n_groups=4000, n_studies=5, rng=rng)
    within = unequal.var(axis=(0, 1)) - 0.5
    assert np.sqrt(within[8:].mean() / within[:8].mean()) == pytest.approx(2, rel=0.05)


def covers(kind: str, strength: float, **more) -> pd.Series:
    design = {"n_groups": 40, "n_studies": 1500, "rng": np.random.default_rng(9)} | more
    return broken_rates(kind, strength, **design)["covers"]


def test_nothing_broken_nothing_suffers():
    assert covers("memory", 0).between(93.3, 96.7).all()  # three Monte Carlo errors


def test_each_fault_hurts_the_number_that_leans_on_it():
    skewed = covers("skewed groups", 0.8)
    assert skewed["tau00"] < 75 and skewed.drop("tau00").min() > 93
    heavy = covers("heavy-tailed residuals", 0.8)
    assert heavy["sigma2"] < 75 and heavy.drop("sigma2").min() > 93
    unequal = covers("unequal variances", 0.8)
    assert unequal["gamma10"] < 85 and unequal["gamma01"] > 93
    memory = broken_rates("memory", 0.8, n_groups=40, n_studies=1500, rng=np.random.default_rng(9))
    assert memory.loc["tau00", "mean estimate"] > 0.7 > 0.8 * memory.loc["sigma2", "mean estimate"]
    assert memory.loc["gamma10", "covers"] < 90


def test_more_groups_do_not_mend_the_interval_of_a_skewed_variance():
    few, many = (
        covers("skewed groups", 0.8, n_groups=n, n_studies=800)["tau00"] for n in (20, 160)
    )
    assert many < few


def test_the_sandwich_of_unequal_variances_by_formula():
    """SE of the change: truth σ₁²/2 + σ₀²/8 a person, the model's σ²(1/2 + 1/8)."""
    y = broken.draw_broken(
        "unequal variances", 0.5, n_groups=40, n_studies=4000, rng=np.random.default_rng(6)
    )
    found = broken.analyse_balanced(y)
    sd0, sd1 = np.array([1.0, 2.0]) / np.sqrt(0.8 + 0.2 * 4)
    truth = np.sqrt((sd1**2 / 2 + sd0**2 / 8) / 40)
    assert found.estimates["gamma10"].std() == pytest.approx(truth, rel=0.04)
    model = np.sqrt(np.mean(found.se["gamma10"] ** 2))
    assert model < 0.8 * truth


def test_pictures_do_not_depend_on_the_model_s_parameters():
    rng = np.random.default_rng(7)
    y = broken.draw_broken("memory", 0, n_groups=20, n_studies=3, rng=rng)
    plain, moved = broken.picture_curves(y), broken.picture_curves(5 + 3 * y)
    for name, curve in plain.items():
        np.testing.assert_allclose(moved[name], curve, atol=1e-9)
    assert plain["residuals"].shape == (3, 61) and plain["groups"].shape == (3, 20)


def test_bad_input_is_named():
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="broken"):
        broken_rates("everything", 0.5, n_groups=10, n_studies=10, rng=rng)
    with pytest.raises(ValueError, match="strength"):
        broken_rates("memory", 2, n_groups=10, n_studies=10, rng=rng)
