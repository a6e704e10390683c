"""01.5 Mend a colleague's analysis."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

from .common import firms


def numbers() -> Numbers:
    """The model of wages on the capital a firm began with, and four others."""
    data, formula = firms(), "log_wage ~ first_capital"
    return {
        "flaw": "c",
        "fit": fit_lmm(formula, data, groups="firm"),
        "by_sector": fit_lmm(formula, data, groups="sector"),
        "by_year": fit_lmm(formula, data, groups="year"),
        "of_each_year": fit_lmm("log_wage ~ log_capital", data, groups="firm"),
        "by_ml": fit_lmm(formula, data, groups="firm", reml=False),
    }


MISTAKES = (
    Mistake(
        {"flaw": "a"},
        "A logarithm changes what the coefficient means, not how much is known about it.",
    ),
    Mistake(
        {"flaw": "b"},
        "Likeness within firms doesn't bias a coefficient: over many "
        "samples ordinary regression hits it on average. Which "
        "other number of the printout does likeness spoil?",
    ),
    Mistake(
        {"flaw": "d"},
        "Dummies for 140 firms would swallow a property of "
        "firms whole: nothing is left to tell its coefficient.",
    ),
    Mistake(
        {"fit": "by_sector"},
        "Your model groups by industry. What repeats here is the firm, once a year.",
    ),
    Mistake(
        {"fit": "by_year"},
        "Your model groups by year. What is measured again and again is the firm.",
    ),
    Mistake(
        {"fit": "of_each_year"},
        "Your model has the capital of each year in it. The question is about a "
        "property of firms: the capital in their first year.",
    ),
    Mistake(
        {"fit": "by_ml"},
        "The model is right, fitted by ML. REML was asked for; with 140 firms it makes "
        "little difference, with 14 it would.",
    ),
)

EXERCISE = Exercise(
    "01.5",
    "Mend a colleague's analysis",
    Several(flaw=Choice("abcd"), fit=Fit()),
    numbers=numbers,
    why="140 firms are not 1,031 observations: by your model the data are compatible with no "
    "relation at all.",
    mistakes=MISTAKES,
    nudge="How many different values has the predictor, and how many rows does the printout count?",
    section="Deeper: three fields, one law",
    formula='fit_lmm("outcome ~ predictor", data, groups="who is measured repeatedly")',
)
