"""03.5 Mend a colleague's league table."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

from .common import weight

LONGEST = ("32003", "32002", "30073", "30078", "32000", "30084")


def numbers() -> Numbers:
    """The hospital with the longest mean stay, of two patients; and who leads by BLUP."""
    data = load_data("medpar")
    fit = fit_lmm("log_los ~ 1", data, groups="hospital")
    u, centre = fit.random_effects["Intercept"], fit.params["Intercept"]
    raw = data.groupby("hospital")["log_los"].mean()[LONGEST[0]]
    tau00, sigma2 = fit.vcomp.iloc[0], fit.sigma2
    by_sd = weight(np.sqrt(tau00), np.sqrt(sigma2 / 2))
    return {
        "flaw": "b",
        "blup": centre + u[LONGEST[0]],
        "top": u[list(LONGEST)].idxmax(),
        "raw": raw,
        "u": u[LONGEST[0]],
        "centre": centre,
        "by_sd": centre + by_sd * (raw - centre),
        "by_icc": centre + weight(tau00, sigma2) * (raw - centre),
    }


def tops_another(given: dict, n: Numbers) -> bool:
    """Tell whether a hospital was put on top that leads neither by BLUP nor by raw mean."""
    return given["top"] not in (n["top"], LONGEST[0])


MISTAKES = (
    Mistake(
        {"flaw": "a"},
        "In days tiny hospitals fill the top, too. What makes a mean extreme, whatever the scale?",
    ),
    Mistake(
        {"flaw": "c"},
        "A threshold hides small hospitals. It doesn't say why "
        "they came out on top, nor what to expect of them.",
    ),
    Mistake(
        {"flaw": "d"},
        "Look at the shortest stays, the other end of the list. How large are the hospitals there?",
    ),
    Mistake(
        {"blup": "raw"},
        "Your blup is the raw mean of two patients. How much of its distance from the "
        "other hospitals do you believe?",
    ),
    Mistake({"blup": "u"}, "Your blup is û, the deviation. Add the mean it deviates from."),
    Mistake(
        {"blup": "centre"},
        "Your blup is the fixed part, the same for every hospital; statsmodels' "
        "predict() gives that. Two patients say a little more.",
    ),
    Mistake(
        {"blup": "by_sd"},
        "In your blup λ is made of standard deviations. It is a share of variances.",
    ),
    Mistake(
        {"blup": "by_icc"}, "In your blup λ is the ICC, the weight of one patient. There were two."
    ),
    Mistake(
        {"top": LONGEST[0]}, "On top you left the longest raw mean. How far up does its BLUP stay?"
    ),
    Mistake(
        {"top": LONGEST[1]},
        "That hospital isn't on top. Compute the BLUPs of all six: which one combines "
        "a long stay with many patients?",
        when=tops_another,
    ),
)

EXERCISE = Exercise(
    "03.5",
    "Mend a colleague's league table",
    Several(flaw=Choice("abcd"), blup=Number(3), top=Choice(LONGEST)),
    numbers=numbers,
    why="two patients move a prediction a little, to {blup:.2f}, and the hospital on "
    "top now stands there on the evidence of 38.",
    mistakes=MISTAKES,
    nudge="If all hospitals were identical, which ones would you expect at both ends?",
    section="The most dangerous equation",
    formula="Var(ȳⱼ) = τ₀₀ + σ²/nⱼ;  BLUP = γ₀₀ + λⱼ·(ȳⱼ − γ₀₀), λⱼ = τ₀₀/(τ₀₀ + σ²/nⱼ)",
    points=3,
)
