"""02.3 How much of it lies between schools?"""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.phrases import BETWEEN_BY_WITHIN
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.icc import icc

from .common import iccs, null_model


def numbers() -> Numbers:
    """ICCs of mathematics in High School and Beyond: `iccs`, and two with a predictor."""
    hsb = load_data("hsb")
    return iccs(null_model("hsb", "math", "school"), hsb, "math", "school") | {
        "given_ses": icc(fit_lmm("math ~ ses", hsb, groups="school")),
        "given_mean_ses": icc(fit_lmm("math ~ ses_mean", hsb, groups="school")),
    }


MISTAKES = (
    Mistake(
        "raw",
        "This is what you get when the variance of the school means stands in for "
        "τ₀₀. Which part of that variance is the luck of the pupils drawn?",
    ),
    Mistake(
        "raw_of_total",
        "This comes from 'within = total − between·n/(n − 1)'. Its 'between' is the "
        "raw variance of the means, luck included.",
    ),
    Mistake(
        "of_sds",
        "These look like standard deviations. Shares are shares of variance: square first.",
    ),
    Mistake("ratio", BETWEEN_BY_WITHIN),
    Mistake("rest", "This is the share within schools. The other one is asked for."),
    Mistake(
        "tau00",
        "This is τ₀₀ itself, in squared points. How large is it "
        "beside the whole variance of a pupil?",
    ),
    Mistake(
        "by_anova",
        "This is the estimate by analysis of variance (anova_icc). A good one; REML "
        "was asked for, which weighs schools of unequal size otherwise.",
    ),
    Mistake(
        "raw_of_means",
        "This takes the variance of the school means and the mean of the variances "
        "within. The first has the luck of the pupils in it.",
    ),
    Mistake(
        "given_ses",
        "This is a conditional ICC, of a model with a pupil's SES in it. The question "
        "is about mathematics as it is: no predictors.",
    ),
    Mistake(
        "given_mean_ses",
        "This is a conditional ICC, of a model with the school's mean SES in it. The "
        "question is about mathematics as it is: no predictors.",
    ),
)

EXERCISE = Exercise(
    "02.3",
    "How much of it lies between schools?",
    Number(3),
    numbers=numbers,
    right="icc",
    why="{icc:.0%} of the variance in mathematics lies between schools, and the same number "
    "is the correlation of two pupils of one school.",
    mistakes=MISTAKES,
    nudge="Which two variances does the null model split a pupil's score into?",
    section="First reading: a share of variance",
    formula='ρ = τ₀₀/(τ₀₀ + σ²), both from fit_lmm("math ~ 1", …)',
)
