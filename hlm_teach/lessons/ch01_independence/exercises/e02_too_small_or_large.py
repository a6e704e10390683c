"""01.2 Before you run it: too small, right, too large?"""

import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.parts import Choice, Several

from .common import both_fits, firms

WAYS = ("small", "right", "large")


def numbers() -> Numbers:
    """What ordinary regression's standard error is, of three predictors of three sorts."""
    stays = load_data("medpar")
    hospitals = stays.groupby("hospital")
    stays["hmo_share"] = hospitals["hmo"].transform("mean")
    stays["age80_within"] = stays["age80"] - hospitals["age80"].transform("mean")
    return {
        "hmo_share": direction("log_los", "hmo_share", stays, "hospital"),
        "age80_within": direction("log_los", "age80_within", stays, "hospital"),
        "capital_within": direction("log_wage", "capital_within", firms(), "firm"),
    }


def direction(outcome: str, predictor: str, data: pd.DataFrame, group: str) -> str:
    """How ordinary regression's standard error compares with the multilevel one."""
    simple, honest = both_fits(f"{outcome} ~ {predictor}", data, group)
    ratio = simple.bse[predictor] / honest.bse[predictor]
    return "small" if ratio < 0.9 else "large" if ratio > 1.1 else "right"


MISTAKES = (
    Mistake(
        {"hmo_share": "right"},
        "hmo_share is one number a hospital, so its ρₓ is about 1. An ICC of 0.06 "
        "seems small, but with how many patients a hospital is it multiplied?",
    ),
    Mistake(
        {"hmo_share": "large"},
        "hmo_share is one number a hospital. Has ordinary regression 1,495 independent "
        "values of it, or 54?",
    ),
    Mistake(
        {"age80_within": "small"},
        "age80_within has the same mean in every hospital: comparing patients of one "
        "hospital never meets what hospitals differ in. And with ρ = 0.06, how far "
        "from 1 is 1 − ρ?",
    ),
    Mistake(
        {"age80_within": "large"},
        "The direction is right. How large is the factor 1 − ρ with ρ = 0.06, and what "
        "does that do to a standard error?",
    ),
    Mistake(
        {"capital_within": "small"},
        "capital_within is centred within firms: the great differences between firms "
        "sit in ordinary regression's error variance, and this comparison never "
        "meets them.",
    ),
    Mistake(
        {"capital_within": "right"},
        "Years of one firm are very alike, ρ = 0.89 or so. What does the factor 1 − ρ "
        "do to a variance then?",
    ),
)

EXERCISE = Exercise(
    "01.2",
    "Before you run it: too small, right, too large?",
    Several(hmo_share=Choice(WAYS), age80_within=Choice(WAYS), capital_within=Choice(WAYS)),
    numbers=numbers,
    why="one and the same method was too sure, about right and too unsure: what decides is ρ "
    "together with the predictor's own ICC.",
    mistakes=MISTAKES,
    nudge="Does the predictor differ between groups, within them, or both?",
    section="The law behind it",
    formula="variance factor 1 + (n − 1)·ρₓ·ρ: ρₓ = 1 for a property of groups, "
    "−1/(n − 1) for what is centred within them",
)
