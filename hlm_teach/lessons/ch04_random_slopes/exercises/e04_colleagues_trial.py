"""04.4 Mend a colleague's trial."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import FITTED_BY_ML
from hlm_teach.lmm.fit import fit_lmm

MODEL, SLOPES = "platelet ~ years * treatment", "1 + years"


def numbers() -> Numbers:
    """Platelets by years and treatment where slopes differ between patients, and four others."""
    data = load_data("pbc")
    fit, colleagues = (fit_lmm(MODEL, data, "patient", random) for random in (SLOPES, "1"))
    return {
        "what": "c",
        "fit": fit,
        "p": fit.pvalues["years:treatment"],
        "colleagues": colleagues,
        "uncorrelated": fit_lmm(MODEL, data, "patient", SLOPES, correlated=False),
        "no_product": fit_lmm("platelet ~ years + treatment", data, "patient", SLOPES),
        "by_ml": fit_lmm(MODEL, data, "patient", SLOPES, reml=False),
        "colleagues_p": colleagues.pvalues["years:treatment"],
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "The row `treatment` allows for another level at entry. What else differs "
        "between patients, and is held equal here?",
    ),
    Mistake(
        {"what": "b"},
        "Filled in or not, these visits would meet the same model. What does it hold "
        "equal that differs between patients?",
    ),
    Mistake(
        {"what": "d"},
        "Counted from elsewhere, the years give another row `treatment`; the product "
        "and its p stay as they are. Which variance is missing?",
    ),
    Mistake(
        {"fit": "colleagues"},
        "This is your colleague's model again: its patients all change at one rate "
        "within a treatment.",
    ),
    Mistake(
        {"fit": "uncorrelated"},
        "The correlation was left out. That ties the model to year 0: lines closest "
        "together there. Keep it.",
    ),
    Mistake(
        {"fit": "no_product"},
        "The product is gone, and with it the question whether the treatment changes the slope.",
    ),
    Mistake({"fit": "by_ml"}, FITTED_BY_ML),
    Mistake({"p": "colleagues_p"}, "That is the p of the model without random slopes."),
)

EXERCISE = Exercise(
    "04.4",
    "Mend a colleague's trial",
    Several(what=Choice("abcd"), fit=Fit(), p=Number(2)),
    numbers=numbers,
    why="with slopes that may differ between patients p is {p:.2f}; the certainty had "
    "come from taking every visit for fresh evidence on one slope that an arm shares.",
    mistakes=MISTAKES,
    nudge="The treatment is to explain slopes. How many slopes are there, and does the model know?",
    section="Leaving out the random slope",
    formula='fit_lmm("y ~ x * w", data, group, random="1 + x"): a cross-level interaction '
    "brings its random slope along",
    points=3,
)
