"""03.2 Before you run it: three variances."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.simulate.two_level import simulate_two_level

from .common import weight

N_PUPILS = 6


def numbers() -> Numbers:
    """Three hundred classes of six pupils, before and after hours, centred within classes."""
    data = classes()
    means = data.groupby("group")["y"].mean()
    null, fit = (fit_lmm(f"y ~ {fixed}", data, groups="group") for fixed in ("1", "hours"))
    before, luck, fall = null.vcomp.iloc[0], null.sigma2 / N_PUPILS, null.sigma2 - fit.sigma2
    lam, blups = weight(before, luck), null.random_effects["Intercept"].var()
    return {
        "means": means.var(),
        "blups": blups,
        "tau00": fit.vcomp.iloc[0],
        "sd_of_means": np.sqrt(means.var()),
        "sd_of_blups": np.sqrt(blups),
        "of_pupils": before + null.sigma2,
        "before": before,
        "luck": luck,
        "lam_squared": lam**2 * before,
        "unknown": (1 - lam) * before,
        "downwards": before - fall / N_PUPILS,
        "all_of_the_fall": before + fall,
        "in_proportion": before * fit.sigma2 / null.sigma2,
    }


def classes() -> pd.DataFrame:
    data = simulate_two_level(
        n_groups=300,
        group_size=N_PUPILS,
        gamma00=50,
        gamma10=3,
        x_icc=-1 / 5,
        tau00=9,
        sigma2=20,
        rng=np.random.default_rng(307),
    )
    data["hours"] = data["x"] - data.groupby("group")["x"].transform("mean")
    return data


MISTAKES = (
    Mistake(
        {"means": "sd_of_means", "blups": "sd_of_blups"},
        "These are standard deviations. Variances are asked for.",
    ),
    Mistake(
        {"means": "of_pupils"},
        "As the variance of the means you gave that of single pupils, τ̂₀₀ + σ̂². Six "
        "of them are averaged.",
    ),
    Mistake(
        {"means": "before"},
        "As the variance of the means you gave τ̂₀₀. What of the luck of six pupils?",
    ),
    Mistake(
        {"means": "luck"},
        "As the variance of the means you gave their luck. The classes differ, too.",
    ),
    Mistake(
        {"blups": "before"},
        "As the variance of the BLUPs you gave τ̂₀₀. BLUPs are pulled together: do "
        "they spread as the true deviations do?",
    ),
    Mistake(
        {"blups": "lam_squared"},
        "You multiplied τ̂₀₀ by λ². It is the means' deviations that are multiplied by "
        "λ, and their variance has luck in it.",
    ),
    Mistake(
        {"blups": "unknown"},
        "(1 − λ)·τ̂₀₀ stays unknown of a class. How much of τ̂₀₀ shows in the BLUPs?",
    ),
    Mistake(
        {"tau00": "before"},
        "You left τ̂₀₀ where it was. The means stay, but what does the model now think "
        "of the luck in them?",
    ),
    Mistake(
        {"tau00": "downwards"},
        "The size of the step is right, not its direction. If less of the means' "
        "variance is luck, what happens to the rest?",
    ),
    Mistake(
        {"tau00": "all_of_the_fall"},
        "You gave τ̂₀₀ all that σ̂² lost. In a mean of six, how much of σ² counts?",
    ),
    Mistake(
        {"tau00": "in_proportion"},
        "You let both variances fall in proportion. Hours have mean zero in each "
        "class: can they explain why one class lies above another?",
    ),
)

EXERCISE = Exercise(
    "03.2",
    "Before you run it: three variances",
    Several(
        means=Number(2, within=0.03), blups=Number(2, within=0.03), tau00=Number(2, within=0.03)
    ),
    numbers=numbers,
    why="means spread more than the classes themselves, BLUPs less, and hours moved τ̂₀₀ up to "
    "{tau00:.2f} without changing a single mean.",
    mistakes=MISTAKES,
    nudge="Which of these numbers could you work out from the class means and σ̂² alone?",
    section="Deeper: the spread of BLUPs, computed",
    formula="Var(ȳⱼ) = τ₀₀ + σ²/n, before and after; Var(BLUP) = λτ₀₀; Δτ̂₀₀ = (fall of σ̂²)/n",
    points=3,
)
