"""02.1 Three classes, by hand."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.phrases import BETWEEN_BY_WITHIN
from hlm_teach.measures.anova_icc import anova_icc

from .common import share

CLASSES = pd.DataFrame(
    {"class": list("AAAABBBBCCCC"), "mark": [2, 6, 3, 5, 5, 9, 8, 6, 4, 8, 5, 7]}
)


def numbers() -> Numbers:
    """Twelve marks in three classes of four: 2 degrees of freedom between, 9 within."""
    right = anova_icc(CLASSES, "mark", "class")
    msb, msw, tau00 = right.msb, right.msw, right.tau00
    msw_of_11 = 9 * msw / 11
    return {
        "msb": msb,
        "msw": msw,
        "icc": right.icc,
        "raw": share(msb / 4, msw),
        "of_sds": share(np.sqrt(tau00), np.sqrt(msw)),
        "ratio": tau00 / msw,
        "of_mean_squares": share(msb, msw),
        "msw_of_11": msw_of_11,
        "icc_of_11": share((msb - msw_of_11) / 4, msw_of_11),
        "msw_of_12": 9 * msw / 12,
        "sum_between": 2 * msb,
        "sum_within": 9 * msw,
        "variance_of_means": msb / 4,
    }


MISTAKES = (
    Mistake(
        {"icc": "raw"},
        "This ICC takes the variance of the three means for τ₀₀. Four pupils stand "
        "behind each mean: what did their luck add?",
    ),
    Mistake(
        {"icc": "of_sds"},
        "This ICC is a share of standard deviations. They don't add up to a total; variances do.",
    ),
    Mistake({"icc": "ratio"}, BETWEEN_BY_WITHIN),
    Mistake(
        {"icc": "of_mean_squares"},
        "This is made of the mean squares as they are. MSB estimates σ² + 4τ₀₀, not "
        "τ₀₀: take something off, then divide.",
    ),
    Mistake(
        {"msw": "msw_of_11"},
        "The squares within classes were divided by 11. Each class has spent one "
        "degree of freedom on its own mean: how many are left of 12?",
    ),
    Mistake(
        {"icc": "icc_of_11"},
        "In this ICC the squares within classes were divided by 11. Each class has "
        "spent one degree of freedom on its own mean.",
    ),
    Mistake(
        {"msb": "sum_between"},
        "This MSB is a sum of squares. A mean square is that sum divided by its "
        "degrees of freedom.",
    ),
    Mistake(
        {"msw": "sum_within"},
        "This MSW is a sum of squares. A mean square is that sum divided by its "
        "degrees of freedom.",
    ),
    Mistake(
        {"msw": "msw_of_12"},
        "The squares within classes were divided by 12, the number of pupils. Each "
        "class has spent one degree of freedom on its own mean: how many are left?",
    ),
    Mistake(
        {"msb": "variance_of_means"},
        "This MSB is the variance of the three means. A mean square between groups "
        "counts each mean once for every pupil behind it.",
    ),
)

EXERCISE = Exercise(
    "02.1",
    "Three classes, by hand",
    Several(msb=Number(2), msw=Number(2), icc=Number(3)),
    numbers=numbers,
    why="an estimated {icc:.0%} of the variance of a mark lies between classes, and you have "
    "seen every step that a program takes to say so.",
    mistakes=MISTAKES,
    nudge="How many numbers stand behind each mean, and how many means did you estimate?",
    section="Estimating it",
    formula="MSB = n·Σ(ȳⱼ − ȳ)²/(J − 1),  MSW = ΣΣ(yᵢⱼ − ȳⱼ)²/(N − J),  "
    "τ̂₀₀ = (MSB − MSW)/n,  ICC = τ̂₀₀/(τ̂₀₀ + MSW)",
    points=3,
)
