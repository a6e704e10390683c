"""10.4 Mend it: a blood value that moves with another."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """Clotting time on bilirubin, within and between patients over the years; and blends."""
    data = load_data("pbc")
    data["usual"] = data.groupby("patient")["log_bili"].transform("mean")
    data["more"] = data["log_bili"] - data["usual"]

    def slopes(predictors: str, random: str = "1 + years"):
        return fit_lmm(f"protime ~ {predictors}", data, "patient", random).params

    both = slopes("more + usual + years")
    timeless, only_random = slopes("more + usual", "1"), slopes("more + usual")
    means = data.groupby("patient")[["log_bili", "protime"]].mean()
    return {
        "what": "c",
        "within": both["more"],
        "between": both["usual"],
        "context": both["usual"] - both["more"],
        "colleagues": slopes("log_bili", "1")["log_bili"],
        "blend": slopes("log_bili + years")["log_bili"],
        "timeless_within": timeless["more"],
        "timeless_between": timeless["usual"],
        "only_random": only_random["more"],
        "of_means": np.polyfit(means["log_bili"], means["protime"], 1)[0],
        "sum": both["usual"] + both["more"],
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "A logarithm of the clotting time changes the unit, not the question. Which patients, or "
        "which visits, does the slope compare?",
    ),
    Mistake(
        {"what": "b"},
        "312 patients are plenty. Which patients, or which visits, does the slope compare?",
    ),
    Mistake(
        {"what": "d"},
        "A random slope would tell how much patients differ in this slope. First: which "
        "comparison is the slope made of?",
    ),
    Mistake({"within": "between", "between": "within"}, "Within and between are swapped."),
    Mistake({"within": "colleagues"}, "Within patients you gave your colleague's own slope."),
    Mistake(
        {"within": "blend"},
        "That is one slope for both comparisons. Split the predictor: the patient's mean, and "
        "what a visit is above it.",
    ),
    Mistake(
        {"within": "timeless_within"},
        "Within patients the years are missing: as the disease goes on both values rise, whether "
        "or not one has to do with the other.",
    ),
    Mistake(
        {"within": "only_random"},
        "Slopes of years vary between patients in your model, but around zero: years are missing "
        "in the fixed part, where the mean slope belongs.",
    ),
    Mistake(
        {"between": "timeless_between"},
        "Between patients the years are missing. Patients with high values are seen for a "
        "shorter time.",
    ),
    Mistake(
        {"between": "context"},
        "As the slope between patients you gave the contextual effect, between less within. That "
        "is what stands beside the mean where the predictor is left raw.",
    ),
    Mistake(
        {"between": "of_means"},
        "Between patients you regressed means on means. There a patient seen once counts like "
        "one seen ten times, and nobody's years are the same.",
    ),
    Mistake({"context": "sum"}, "You added the two. The contextual effect is a difference."),
    Mistake(
        {"context": "between"},
        "As the contextual effect you gave the slope between patients. What is it beyond the one "
        "within?",
    ),
)

EXERCISE = Exercise(
    "10.4",
    "Mend it: a blood value that moves with another",
    Several(what=Choice("abcd"), within=Number(2), between=Number(2), context=Number(2)),
    numbers=numbers,
    why="where a patient's bilirubin stands above that patient's own mean, the clotting time is "
    "{within:.2f} s longer a unit, after the trend of the years; the colleague's {colleagues:.2f} "
    "was a blend that had the trend in it, too.",
    mistakes=MISTAKES,
    nudge="Two columns that both rise with the years: what does a slope of one on the other show?",
    section="A predictor that changes over time",
    formula="y ~ (x − x̄ⱼ) + x̄ⱼ + time, random 1 + time;  contextual effect = between − within",
    points=3,
)
