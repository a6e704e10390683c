"""04.7 Choose: how fast does albumin fall?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.random_slopes import group_lines


def numbers() -> Numbers:
    """The slope of albumin where every patient has one, and by simpler ways."""
    data, model = load_data("pbc"), "albumin ~ years"
    slope, parallel = (
        fit_lmm(model, data, "patient", random).params["years"] for random in ("1 + years", "1")
    )
    return {
        "model": "c",
        "why": "q",
        "slope": slope,
        "by_ols": np.polyfit(data["years"], data["albumin"], 1)[0],
        "parallel": parallel,
        "mean_of_own": group_lines(data, "albumin", "years", "patient")["slope"].mean(),
        "per_day": slope / 365.25,
    }


def gives_per_day(given: dict, n: Numbers) -> bool:
    """Tell whether a slope is so small that days were counted, of whatever model it is."""
    return 1e-4 < abs(given["slope"]) < 4e-4


MISTAKES = (
    Mistake(
        {"model": "a"},
        "Ordinary regression follows the mean of whoever is still there. Who is still there?",
    ),
    Mistake(
        {"model": "b"},
        "Random intercepts know that stayers began better, and hold that all fall "
        "at one rate. Do your two medians agree with that?",
    ),
    Mistake(
        {"why": "p"},
        "A small standard error is a claim, not a merit: which of the three claims "
        "the smallest one here, and what has it left out?",
    ),
    Mistake(
        {"why": "r"},
        "It does make an assumption about leaving: that, given the albumin recorded so "
        "far, it has nothing to do with the albumin that follows. If patients left as "
        "they felt a fall coming that no value showed yet, it fails.",
    ),
    Mistake(
        {"why": "s"},
        "A steep answer isn't true because it is steep. What must hold of the reasons for leaving?",
    ),
    Mistake(
        {"slope": "by_ols"},
        "This is the slope of ordinary regression: of the mean of those who are still there.",
    ),
    Mistake(
        {"slope": "parallel"},
        "This is the slope with random intercepts alone. Whose slope is it mostly, "
        "if all are held to fall at one rate?",
    ),
    Mistake(
        {"slope": "mean_of_own"},
        "This is the plain mean of the patients' own slopes. Slopes of two visits "
        "count in it like those of ten: their luck does, too.",
    ),
    Mistake(
        {"slope": "per_day"},
        "This is per day. `years` is the column that counts years.",
        when=gives_per_day,
    ),
)

EXERCISE = Exercise(
    "04.7",
    "Choose: how fast does albumin fall?",
    Several(model=Choice("abc"), why=Choice("pqrs"), slope=Number(3)),
    numbers=numbers,
    why="{slope:.3f} g/dl a year, more than twice what ordinary regression sees, "
    "and with an assumption that belongs in the paper.",
    mistakes=MISTAKES,
    nudge="Which patients have many visits, and how do their values move?",
    section="Deeper: growth, and those who leave",
    formula="under MAR the likelihood of a right model may ignore why patients left: "
    'fit_lmm("y ~ x", data, "patient", random="1 + x")',
)
