"""04.1 Pain after an operation, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.measures.random_slopes import between_variance

from .common import half_moved, rho_at

PAIN = np.array([[9.0, -0.9], [-0.9, 0.25]])  # G at week 0
SIGMA2 = 4


def numbers() -> Numbers:
    """Correlations of level and slope at weeks 0 and 6, and the variance of lines at week 6."""
    (tau00, tau01), (_, tau11) = PAIN
    between6 = between_variance(PAIN, 6)
    return {
        "rho0": rho_at(PAIN, 0),
        "between6": between6,
        "rho6": rho_at(PAIN, 6),
        "rho": lambda k: rho_at(PAIN, k),
        "covariance": tau01,
        "by_variances": tau01 / (tau00 * tau11),
        "no_covariance": tau00 + 36 * tau11,
        "covariance_once": tau00 + 6 * tau01 + 36 * tau11,
        "slope_not_squared": tau00 + 12 * tau01 + 6 * tau11,
        "of_scores": between6 + SIGMA2,
        "half_moved": half_moved(PAIN, 6),
        "wrong_way": rho_at(PAIN, -6),
        "moves_half": lambda k: half_moved(PAIN, k),
        "moves_the_wrong_way": lambda k: rho_at(PAIN, -k),
    }


MISTAKES = (
    Mistake(
        {"rho0": "covariance"},
        "As the correlation at the start you gave τ₀₁, a covariance. By what is a "
        "covariance divided?",
    ),
    Mistake(
        {"rho0": "by_variances"},
        "At the start you divided the covariance by the variances. Standard "
        "deviations belong there.",
    ),
    Mistake(
        {"between6": "no_covariance"},
        "In the variance at week 6 the covariance is missing. Patients who start high "
        "have the lower slopes here: is the variance at week 6 larger or smaller for it?",
    ),
    Mistake(
        {"between6": "covariance_once"},
        "In the variance at week 6 the covariance occurs once. How often in the variance of a sum?",
    ),
    Mistake(
        {"between6": "slope_not_squared"},
        "You multiplied τ₁₁ by x and got a negative variance. With what does the "
        "variance of a slope grow when the slope is multiplied by x?",
    ),
    Mistake(
        {"between6": "of_scores"},
        "At week 6 you added σ². That is the variance of single scores; the lines are asked for.",
    ),
    Mistake(
        {"rho6": "half_moved"},
        "For week 6 you moved the covariance and left τ₀₀ at week 0. Which variance "
        "do the heights at week 6 have?",
    ),
    Mistake(
        {"rho6": "wrong_way"}, "Your week 6 lies six weeks before the operation. Which sign has k?"
    ),
    Mistake({"rho": "moves_half"}, "Your function moves the covariance and leaves τ₀₀ at week 0."),
    Mistake(
        {"rho": "moves_the_wrong_way"},
        "Your function moves the origin the wrong way. Try it at k = 6: which sign "
        "did you get by hand?",
    ),
)

EXERCISE = Exercise(
    "04.1",
    "Pain after an operation, by hand",
    Several(
        rho0=Number(2),
        between6=Number(1),
        rho6=Number(2),
        rho=Function(
            probes=((0.0,), (2.0,), (6.0,), (-5.0,)),
            wanted="A function of k, the week that x is counted from,",
        ),
    ),
    numbers=numbers,
    why="the same patients, and a correlation of {rho0:.2f} or of {rho6:.2f}: "
    "whoever quotes one of them must say at which week.",
    mistakes=MISTAKES,
    nudge="What is the height of a patient's line at week 6, in terms of u₀ and u₁?",
    section="An intercept is the height of a line at x = 0, and x = 0 is your choice",
    formula="τ₀₀(k) = τ₀₀ + 2kτ₀₁ + k²τ₁₁,  τ₀₁(k) = τ₀₁ + kτ₁₁,  ρ₀₁(k) = τ₀₁(k)/√(τ₀₀(k)·τ₁₁)",
    points=3,
)
