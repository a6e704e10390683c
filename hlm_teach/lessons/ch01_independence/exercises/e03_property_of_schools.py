"""01.3 A property of schools."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.design_effect import design_effect
from hlm_teach.measures.icc import icc

from .common import both_fits


def numbers() -> Numbers:
    """Standard errors of pracad in High School and Beyond, by ordinary regression and honestly."""
    hsb = load_data("hsb")
    simple, honest = both_fits("math ~ pracad", hsb, "school")
    ols_se, multilevel_se = simple.bse["pracad"], honest.bse["pracad"]
    rho, sizes = icc(fit_lmm("math ~ 1", hsb, "school")), hsb.groupby("school").size()
    return {
        "ols_se": ols_se,
        "multilevel_se": multilevel_se,
        "factor": multilevel_se / ols_se,
        "of_variance": (multilevel_se / ols_se) ** 2,
        "ols_se_of_intercept": simple.bse["Intercept"],
        "multilevel_se_of_intercept": honest.bse["Intercept"],
        "coefficient": simple.params["pracad"],
        "by_ml": fit_lmm("math ~ pracad", hsb, "school", reml=False).bse["pracad"],
        "upside_down": ols_se / multilevel_se,
        "by_null_icc": ols_se * np.sqrt(design_effect(rho, sizes.tolist())),
    }


MISTAKES = (
    Mistake(
        {"factor": "of_variance"},
        "Your factor is that of the variance. Standard errors are asked for.",
    ),
    Mistake(
        {"ols_se": "ols_se_of_intercept"},
        "Your first standard error is the intercept's. The row of pracad is asked for.",
    ),
    Mistake(
        {"multilevel_se": "multilevel_se_of_intercept"},
        "Your second standard error is the intercept's. The row of pracad is asked for.",
    ),
    Mistake(
        {"ols_se": "coefficient"},
        "Your first number is the coefficient, not its standard error (bse).",
    ),
    Mistake(
        {"multilevel_se": "by_ml"},
        "Your second standard error is from a fit by ML. REML was asked for.",
    ),
    Mistake(
        {"factor": "upside_down"},
        "Your factor is upside down: by how much is the honest one LARGER?",
    ),
    Mistake(
        {"multilevel_se": "by_null_icc"},
        "You multiplied by the design effect of the null model's ICC. The ICC that "
        "counts is that of the residuals, with pracad in the model; fit that model "
        "and take its standard error.",
    ),
)

EXERCISE = Exercise(
    "01.3",
    "A property of schools",
    Several(ols_se=Number(3), multilevel_se=Number(3), factor=Number(2)),
    numbers=numbers,
    why="ordinary regression estimates nearly the same slope, and understates its uncertainty "
    "{factor:.1f}-fold.",
    mistakes=MISTAKES,
    nudge="How many schools tell you about a property of schools?",
    section="A model that knows about schools",
    formula='smf.ols("math ~ pracad", hsb).fit().bse and fit_lmm("math ~ pracad", hsb, '
    'groups="school").bse',
)
