"""06.7 Choose: a ladder planned in advance."""

import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.phrases import AIC_FOR_BIC
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

from .common import gain, tail

LADDER = (
    ("1", "1"),
    ("years", "1"),
    ("years", "1 + years"),
    ("years + age", "1 + years"),
    ("years * age", "1 + years"),
)


def numbers() -> Numbers:
    """Where the ladder ends by test, AIC and BIC, and where else one may stop.

    Rungs 1 and 2 are left out of AIC and BIC: both are far behind rung 3.
    """
    data = load_data("pbc")
    by_ml = {number: rung(number, data, reml=False) for number in (3, 4, 5)}
    reml = {number: rung(number, data) for number in (2, 3, 4, 5)}
    aic, bic = (
        float(min(by_ml, key=lambda number: getattr(by_ml[number], criterion)))
        for criterion in ("aic", "bic")
    )
    d = gain(by_ml[3], by_ml[4])
    return {
        "fit": reml[3],
        "p": tail(d, 1),
        "aic": aic,
        "bic": bic,
        "rung_4": reml[4],
        "rung_5": reml[5],
        "rung_2": reml[2],
        "by_ml": by_ml[3],
        "uncorrelated": rung(3, data, correlated=False),
        "half": tail(d, 0, 1),
        "of_1_and_2": tail(d, 1, 2),
        "of_2": tail(d, 2),
        "next_step": tail(gain(by_ml[4], by_ml[5]), 1),
        "aic_itself": by_ml[4].aic,
        "p_reml": tail(abs(gain(reml[3], reml[4])), 1),
        "two_steps": tail(gain(by_ml[3], by_ml[5]), 2),
        "aic_from_0": aic - 1,
        "bic_from_0": bic - 1,
    }


def rung(
    number: int, data: pd.DataFrame, *, reml: bool = True, correlated: bool = True
) -> LmmResult:
    """A step of the ladder on prothrombin time, 1 to 5."""
    fixed, random = LADDER[number - 1]
    return fit_lmm(f"protime ~ {fixed}", data, "patient", random, reml=reml, correlated=correlated)


def gives_a_value(given: dict, n: Numbers) -> bool:
    return max(abs(given["aic"]), abs(given["bic"])) > 5


MISTAKES = (
    Mistake(
        {"fit": "rung_4"},
        "You took age in. By which p? A coefficient isn't at an edge, so nothing is "
        "halved; and AIC wasn't the rule.",
    ),
    Mistake(
        {"fit": "rung_5"},
        "You climbed to the top. By the rule one stops where a step's p isn't below 0.05.",
    ),
    Mistake(
        {"fit": "rung_2"}, "You stopped before the slopes vary. How large is the D of that step?"
    ),
    Mistake(
        {"fit": "by_ml"},
        "The right rung, fitted by ML. ML was for the steps; the model that goes into "
        "the report was asked for by REML.",
    ),
    Mistake(
        {"fit": "uncorrelated"},
        "You left out the covariance of intercepts and slopes. It was in the plan, "
        "and without it the model depends on where years are counted from.",
    ),
    Mistake(
        {"p": "half"},
        "You halved the p of the step that stops. The mixture is for a variance; a "
        "coefficient may have either sign.",
    ),
    Mistake(
        {"p": "of_1_and_2"},
        "That step adds a fixed effect, no slope and no covariance: χ², no mixture.",
    ),
    Mistake({"p": "of_2"}, "Your p counts two parameters for the step that stops."),
    Mistake(
        {"p": "next_step"},
        "That is the p of the step after. Which one is the first that isn't taken?",
    ),
    Mistake(
        {"aic": "aic_itself"},
        "That is a criterion's value. The number of the rung is asked for, 1 to 5.",
        when=gives_a_value,
    ),
    Mistake(
        {"p": "p_reml"},
        "Your p sets two REML fits with different fixed parts against each other. The "
        "steps are by ML.",
    ),
    Mistake({"p": "two_steps"}, "You tested two steps at once. The next one alone decides."),
    Mistake({"aic": "bic", "bic": "aic"}, AIC_FOR_BIC),
    Mistake(
        {"aic": "aic_from_0", "bic": "bic_from_0"},
        "Did you count from 0, as Python does? The rungs are numbered from 1.",
    ),
    Mistake(
        {"aic": 3.0},
        "For AIC the next step is worth its price: the gain in "
        "−2 log L need only exceed 2 per parameter.",
    ),
    Mistake({"aic": 5.0}, "For AIC the last step doesn't pay: its gain in −2 log L is below 2."),
    Mistake({"bic": 4.0}, "That is the rung AIC takes. BIC asks log N for each parameter."),
    Mistake(
        {"bic": 2.0},
        "BIC asks 2·log N for slope and covariance, about 15. How much does −2 log L fall there?",
    ),
)

EXERCISE = Exercise(
    "06.7",
    "Choose: a ladder planned in advance",
    Several(fit=Fit(), p=Number(3), aic=Number(0), bic=Number(0)),
    numbers=numbers,
    why="test and BIC stop at rung {bic:.0f}, AIC at {aic:.0f}: which rule "
    "holds has to be said before anybody looks.",
    mistakes=MISTAKES,
    nudge="Which steps add a variance, which a coefficient, and what is the null distribution "
    "of each?",
    section="A ladder of models on HSB",
    formula="a coefficient: χ²₁; slope and covariance: ½χ²₁ + ½χ²₂; compare(*fits) for AIC "
    "and BIC; final estimates by REML",
    points=3,
)
