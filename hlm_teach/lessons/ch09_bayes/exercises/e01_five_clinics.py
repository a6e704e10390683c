"""09.1 Five clinics: likelihood times prior."""

import numpy as np
from scipy.special import ndtr

from hlm_teach._shared.arrays import Array
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several

EFFECTS = np.array([9.0, 1.0, 14.0, -3.0, 5.0])
ERRORS = np.array([4.0, 3.0, 5.0, 4.0, 3.0])
TAU = np.arange(0, 100, 0.01)
SCALE, LIMIT = 4.0, 4.0


def log_likelihood(variances: Array = ERRORS**2) -> tuple[Array, Array]:
    """Of each tau, with the best mean put in and with the mean averaged out."""
    precision = 1 / (variances + TAU[:, None] ** 2)
    mu = (precision * EFFECTS).sum(axis=1) / precision.sum(axis=1)
    ml = 0.5 * (np.log(precision) - precision * (EFFECTS - mu[:, None]) ** 2).sum(axis=1)
    return ml, ml - 0.5 * np.log(precision.sum(axis=1))


def median_and_above(log_weight: Array) -> tuple[float, float]:
    """The posterior median, and the probability of lying above the limit."""
    weights = np.exp(log_weight - log_weight.max())
    weights = weights / weights.sum()
    median = TAU[np.searchsorted(weights.cumsum(), 0.5)]
    return float(median), float(weights[TAU > LIMIT].sum())


def numbers() -> Numbers:
    """REML's tau, the posterior's median and share above the limit; and what slips lead to."""
    ml, reml = log_likelihood()
    of_squares = log_likelihood(ERRORS)[1]  # standard errors taken for variances
    log_prior = -0.5 * (TAU / SCALE) ** 2
    median, above = median_and_above(reml + log_prior)
    flat, above_flat = median_and_above(reml)
    of_ml, above_ml = median_and_above(ml + log_prior)
    without_two, _ = median_and_above(reml - (TAU / SCALE) ** 2)
    not_squared, _ = median_and_above(reml - TAU**2 / (2 * SCALE))
    whole = np.exp(reml + log_prior - (reml + log_prior).max())
    return {
        "reml": float(TAU[reml.argmax()]),
        "median": median,
        "above": above,
        "below": 1 - above,
        "ml": float(TAU[ml.argmax()]),
        "errors_not_squared": float(TAU[of_squares.argmax()]),
        "mode": float(TAU[(reml + log_prior).argmax()]),
        "flat": flat,
        "above_flat": above_flat,
        "mean": float((whole * TAU).sum() / whole.sum()),
        "without_two": without_two,
        "not_squared": not_squared,
        "of_ml": of_ml,
        "above_ml": above_ml,
        "above_prior": float(2 * ndtr(-LIMIT / SCALE)),
    }


MISTAKES = (
    Mistake(
        {"reml": "median"}, "Your reml is the posterior's median. Where is the likelihood highest?"
    ),
    Mistake(
        {"reml": "ml"},
        "Your reml is where the likelihood without its last term is highest: that is ML. What "
        "makes it restricted?",
    ),
    Mistake(
        {"reml": "errors_not_squared"},
        "You added standard errors to a variance: square them first.",
    ),
    Mistake(
        {"reml": "mode"}, "Your reml is the top of likelihood times prior. REML knows of no prior."
    ),
    Mistake(
        {"median": "flat"},
        "That is the median under a flat prior. Multiply by the half-normal before you divide by "
        "the sum.",
    ),
    Mistake(
        {"median": "mean"},
        "That is the posterior's mean. The median is the τ with half of the weight below it.",
    ),
    Mistake(
        {"median": "mode"},
        "That is the highest point of the posterior. The median is the τ with half of the weight "
        "below it.",
    ),
    Mistake(
        {"median": "without_two"},
        "Your prior lacks the 2 below its τ²: it is narrower than a half-normal of scale 4.",
    ),
    Mistake(
        {"median": "not_squared"},
        "Your prior has 4 below the line where its square belongs: a half-normal of scale 2.",
    ),
    Mistake(
        {"median": "of_ml"},
        "Your median comes from the likelihood without its last term, in which μ isn't averaged "
        "out.",
    ),
    Mistake({"above": "below"}, "That is the probability of lying below 4."),
    Mistake(
        {"above": "above_flat"},
        "That is the probability under a flat prior. The half-normal is missing.",
    ),
    Mistake(
        {"above": "above_ml"},
        "Your probability comes from the likelihood without its last term, in which μ isn't "
        "averaged out.",
    ),
    Mistake({"above": "above_prior"}, "So much lies above 4 in the prior. What do the data add?"),
)

EXERCISE = Exercise(
    "09.1",
    "Five clinics: likelihood times prior",
    Several(reml=Number(1), median=Number(1), above=Number(2)),
    numbers=numbers,
    why="one number, {reml:.1f}, or a curve with its middle at {median:.1f} and {above:.0%} of its "
    "weight above 4: only the curve says how little five clinics decide.",
    mistakes=MISTAKES,
    nudge="What does the prior multiply, and when are the products made to add up to 1?",
    section="The whole curve instead of its highest point",
    formula="weight = exp(log L_R − its maximum)·exp(−τ²/2s²), divided by the sum;  median: where "
    "the cumulative sum reaches 0.5",
    points=3,
)
