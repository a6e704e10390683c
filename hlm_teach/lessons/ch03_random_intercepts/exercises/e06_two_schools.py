"""03.6 Two schools by eye."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import YOUR_SD_IS_A_VARIANCE
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """The difference of two schools' BLUPs and its standard deviation; both of the raw means."""
    data, pair = load_data("hsb"), ["1308", "6578"]
    fit = fit_lmm("math ~ 1", data, groups="school")
    u, s = (table["Intercept"][pair] for table in (fit.random_effects, fit.random_effects_se))
    raw = data.groupby("school")["math"].agg(["mean", "size"]).loc[pair]
    sd = np.hypot(*s)
    return {
        "difference": u.iloc[0] - u.iloc[1],
        "sd": sd,
        "verdict": "c",
        "raw": raw["mean"].iloc[0] - raw["mean"].iloc[1],
        "sum": s.sum(),
        "variance": sd**2,
        "raw_se": np.sqrt(fit.sigma2 * (1 / raw["size"]).sum()),
        "half_interval": 1.96 * sd,
    }


MISTAKES = (
    Mistake(
        {"verdict": "a"},
        "Two 95 % bars may overlap although the interval of the difference excludes "
        "zero. What is the standard deviation of a DIFFERENCE?",
    ),
    Mistake(
        {"verdict": "b"},
        "That compares each school with the mean of all. Of two schools, one may "
        "exclude that mean and the other not without the two differing surely.",
    ),
    Mistake(
        {"verdict": "d"},
        "Given one school's u its BLUP is pulled in, yes. And yet, given the data, the "
        "true difference is about normal around that of the BLUPs.",
    ),
    Mistake(
        {"difference": "raw"},
        "Your difference is that of the raw means. The bars stand around BLUPs.",
    ),
    Mistake(
        {"sd": "sum"}, "You added two standard deviations. Of independent errors the variances add."
    ),
    Mistake({"sd": "variance"}, YOUR_SD_IS_A_VARIANCE),
    Mistake(
        {"sd": "raw_se"},
        "Your sd belongs to the difference of the raw means. BLUPs have their own "
        "standard deviations, in the column sd.",
    ),
    Mistake(
        {"sd": "half_interval"},
        "That is half of the difference's 95 % interval: the sd itself is wanted.",
    ),
)

EXERCISE = Exercise(
    "03.6",
    "Two schools by eye",
    Several(difference=Number(2, within=0.02), sd=Number(2, within=0.015), verdict=Choice("abcd")),
    numbers=numbers,
    why="the difference exceeds 1.96 times its standard deviation though the bars overlap; "
    "bars of ±1.4 SD would have shown it.",
    mistakes=MISTAKES,
    nudge="Which one interval would answer the question, and what must it exclude?",
    section="Deeper: comparing two groups by eye",
    formula="given the data, u₁ − u₂ has standard deviation √(s₁² + s₂²) around û₁ − û₂",
)
