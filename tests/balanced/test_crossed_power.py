"""Power with people crossed with words: formula, sampler and models fitted to trials."""

import numpy as np
import pytest

from hlm_teach import crossed_power, crossed_rejection_rate, fit_lmm, simulate_crossed_power
from hlm_teach.balanced.crossed_power import _mean_squares, _variance_and_df

STUDY = {"effect": 0.5, "n_persons": 30, "n_stimuli": 20, "tau_stimulus": 0.2, "sigma2": 0.6}


@pytest.mark.parametrize("tau_difference", [0.0, 0.3])
@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_formula_is_what_the_sampler_finds(tau_difference, effect):
    study = STUDY | {"tau_difference": tau_difference, "effect": effect}
    p = simulate_crossed_power(n_studies=60_000, rng=np.random.default_rng(1), **study)
    assert (p < 0.05).mean() == pytest.approx(crossed_power(**study), abs=0.012)


def test_without_an_effect_it_is_the_rate_of_false_alarms_of_chapter_seven():
    rate = crossed_rejection_rate(
        n_persons=30, n_stimuli=20, tau_person=0.3, tau_stimulus=0.2, sigma2=0.6, analysis="both"
    )
    assert crossed_power(**STUDY | {"effect": 0.0}) == pytest.approx(rate, abs=1e-3)


def test_more_people_meet_a_ceiling_more_words_do_not():
    most = crossed_power(**STUDY | {"n_persons": 1_000_000})
    assert most < 0.75
    assert crossed_power(**STUDY | {"n_stimuli": 200}) > 0.99


def test_the_variance_is_that_of_a_fitted_model():
    """Standard error and degrees of freedom of lmm, put into the formula's mean squares."""
    import pandas as pd

    rng = np.random.default_rng(4)
    p, s = (i.ravel() for i in np.indices((12, 10)))
    kind = (s >= 5).astype(float)
    y = (
        rng.normal(size=12)[p]
        + 0.9 * rng.normal(size=10)[s]
        + 0.9 * rng.normal(size=12)[p] * (kind - 0.5)
        + rng.normal(size=120) * 0.6
    )
    data = pd.DataFrame({"y": y, "p": p, "s": s, "k": kind - 0.5})
    fit = fit_lmm("y ~ k", data, random={"p": "1 + k", "s": "1"})
    g = fit.vcomp
    squares, df = _mean_squares(12, 10, g["s: Intercept"], g["p: k"], fit.sigma2)
    variance, of_t = _variance_and_df(squares, df, 120)
    assert np.sqrt(variance) == pytest.approx(fit.bse["k"], rel=1e-4)
    assert of_t == pytest.approx(fit.df["k"], rel=2e-2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_stimuli": 7}, "even"),
        ({"n_persons": 1}, "n_persons"),
        ({"tau_stimulus": -1.0}, "tau_stimulus"),
        ({"sigma2": 0.0}, "sigma2"),
    ],
)
def test_bad_input_is_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        crossed_power(**(STUDY | wrong))
    with pytest.raises(ValueError, match=words):
        simulate_crossed_power(n_studies=3, rng=np.random.default_rng(1), **(STUDY | wrong))
