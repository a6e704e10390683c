"""03.3 What you don't know about the next patient."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.objects import Function


def numbers() -> Numbers:
    """Functions of n, τ₀₀ and σ²: the right one, and those that are taken for it."""
    return {
        "sd": sd,
        "variance": lambda n, t, s: sd(n, t, s) ** 2,
        "of_the_mean": lambda n, t, s: np.sqrt(left(n, t, s)),
        "residual": lambda n, t, s: np.sqrt(s),
        "of_a_new_hospital": lambda n, t, s: np.sqrt(t + s),
        "times_lam": lambda n, t, s: np.sqrt(t - left(n, t, s) + s),
        "of_one_patient": lambda n, t, s: sd(1, t, s),
        "sum_of_sds": lambda n, t, s: np.sqrt(left(n, t, s)) + np.sqrt(s),
        "half_interval": lambda n, t, s: 1.96 * sd(n, t, s),
        "variances_exchanged": lambda n, t, s: sd(n, s, t),
        "another_order": lambda n, t, s: sd(s, n, t),
    }


def left(n: float, tau00: float, sigma2: float) -> float:
    """Variance of u that n members leave unknown: τ_00(1 − λ), also for n = 0."""
    return tau00 * sigma2 / (sigma2 + n * tau00)


def sd(n: float, tau00: float, sigma2: float) -> float:
    return float(np.sqrt(left(n, tau00, sigma2) + sigma2))


MISTAKES = (
    Mistake("variance", "Your function returns variances. Standard deviations are asked for."),
    Mistake(
        "of_the_mean",
        "That is what you don't know of the hospital's mean. By how much does one "
        "patient deviate from that mean?",
    ),
    Mistake(
        "residual", "That is the residual alone, as if the hospital's mean were known exactly."
    ),
    Mistake(
        "of_a_new_hospital",
        "That holds for a new hospital. Where n patients are known, some of τ₀₀ isn't "
        "unknown any more.",
    ),
    Mistake("times_lam", "You multiplied τ₀₀ by λ: then more patients would make you less sure."),
    Mistake("of_one_patient", "In your λ every hospital has one patient. Where does n come in?"),
    Mistake(
        "sum_of_sds", "You added two standard deviations. Of independent parts the variances add."
    ),
    Mistake(
        "half_interval", "That is half of a 95 % interval. The standard deviation itself is wanted."
    ),
    Mistake(
        "variances_exchanged",
        "tau00 and sigma2 have changed places. Which of them do n patients make smaller?",
    ),
    Mistake("another_order", "Your arguments stand in another order. Wanted is: n, tau00, sigma2."),
)

EXERCISE = Exercise(
    "03.3",
    "What you don't know about the next patient",
    Function(
        ((0, 20, 180), (6, 20, 180), (92, 0.045, 0.75), (14, 8.6, 39.1)),
        wanted="A function of n, tau00 and sigma2",
        relative=1e-3,
    ),
    numbers=numbers,
    right="sd",
    why="a new hospital is a known one with n = 0, and as n grows only σ stays.",
    mistakes=MISTAKES,
    nudge="Which two things stand between the prediction and the next patient's outcome?",
    section="A new pupil, in a known school or in a new one",
    formula="√(τ₀₀·(1 − λ) + σ²); without division by 0: λ = n·τ₀₀/(n·τ₀₀ + σ²)",
)
