"""05.7 Choose: is the size of the school needed?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """What the size of the school, in pupils or in thousands, adds to criteria, by ML and REML."""
    hsb = load_data("hsb").assign(thousands=lambda d: d["school_size"] / 1000)
    without = "math ~ minority + ses + catholic"
    small, large = (
        fit_lmm(without + added, hsb, "school", reml=False) for added in ("", " + school_size")
    )
    aic, aic_of_pupils, aic_of_thousands = (
        fit_lmm(without + added, hsb, "school").aic
        for added in ("", " + school_size", " + thousands")
    )
    step = np.log(1000)
    return {
        "what": "b",
        "moves": step,
        "aic": large.aic - small.aic,
        "none": 0.0,
        "down": -step,
        "of_deviance": 2 * step,
        "of_deviance_down": -2 * step,
        "half": step / 2,
        "base_10": np.log10(1000),
        "by_reml": aic_of_pupils - aic,
        "by_reml_in_thousands": aic_of_thousands - aic,
        "deviance": -2 * (large.llf - small.llf),
        "llf": large.llf - small.llf,
        "bic": large.bic - small.bic,
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "A shift doesn't change REML's log-likelihood, and the unit still does. Are "
        "the two fits likelihoods of the same data at all?",
    ),
    Mistake(
        {"what": "c"},
        "In thousands another REML-AIC comes out, in hundreds a third. If no unit is "
        "the right one, what of the criterion?",
    ),
    Mistake(
        {"what": "d"},
        "BIC adds another penalty to the same log-likelihood. What is wrong with that one?",
    ),
    Mistake(
        {"moves": "none"},
        "ML wouldn't move. But REML's log-likelihood has a term more, and in it stand "
        "the numbers of X as they are written.",
    ),
    Mistake(
        {"moves": "down"},
        "The size is right. In thousands the numbers in X get smaller: which way does "
        "−½·log|X′R⁻¹X| go?",
    ),
    Mistake(
        {"moves": "of_deviance"},
        "That is how far the deviance or AIC falls. The log-likelihood moves by half.",
    ),
    Mistake(
        {"moves": "of_deviance_down"},
        "That is the step of the deviance. The log-likelihood moves by half of it, the other way.",
    ),
    Mistake(
        {"moves": "half"},
        "That would be ½·log 1000. In X′R⁻¹X the size stands twice: once in X′, once in X.",
    ),
    Mistake(
        {"moves": "base_10"}, "That is a logarithm to base 10. Likelihoods use the natural one."
    ),
    Mistake({"aic": "by_reml"}, "Your aic is the colleague's again, from REML fits."),
    Mistake(
        {"aic": "by_reml_in_thousands"},
        "Your aic is from REML fits with the size in thousands: another unit, the same flaw.",
    ),
    Mistake(
        {"aic": "deviance"},
        "That is the change of the deviance. AIC also counts the parameter that was added.",
    ),
    Mistake({"aic": "llf"}, "That is the change of the log-likelihood itself."),
    Mistake({"aic": "bic"}, "That is the change of BIC. AIC counts a parameter as 2."),
)

EXERCISE = Exercise(
    "05.7",
    "Choose: is the size of the school needed?",
    Several(what=Choice("abcd"), moves=Number(2), aic=Number(2)),
    numbers=numbers,
    why="by ML the AIC changes by {aic:.1f}, in pupils or thousands alike; the two REML "
    "fits were likelihoods of different data, and the unit gave it away.",
    mistakes=MISTAKES,
    nudge="If the answer depends on whether you count pupils or thousands, what is it about?",
    section="Few groups: which estimator is better?",
    formula="x → x/c: log|X′R⁻¹X| falls by log c², log L(ML) stays; AIC = −2 log L + 2·"
    "(number of parameters), with different fixed parts by ML",
)
