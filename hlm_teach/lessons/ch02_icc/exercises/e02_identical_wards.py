"""02.2 Before you run it: identical wards."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number


def numbers() -> Numbers:
    """Fifty wards of eight patients, σ² = 40, τ₀₀ = 0: the variance of the wards' means."""
    sigma2, n, n_wards = 40, 8, 50
    return {
        "variance": sigma2 / n,
        "none": 0.0,
        "of_patients": float(sigma2),
        "sd": np.sqrt(sigma2 / n),
        "by_root_n": sigma2 / np.sqrt(n),
        "by_wards": sigma2 / n_wards,
        "by_n_less_1": sigma2 / (n - 1),
    }


MISTAKES = (
    Mistake(
        "none",
        "The wards are identical, their means aren't: each carries the "
        "luck of its own eight patients.",
    ),
    Mistake(
        "of_patients",
        "That is the variance of single patients. Eight of them are "
        "averaged: what does averaging do to a variance?",
    ),
    Mistake("sd", "That is a standard deviation; the variance is asked for."),
    Mistake(
        "by_root_n",
        "Averaging n values divides the standard deviation by "
        "√n. What does it divide the variance by?",
    ),
    Mistake("by_wards", "You divided by the number of wards. Which number stands behind ONE mean?"),
    Mistake(
        "by_n_less_1",
        "You divided by n − 1. That belongs to estimating a variance "
        "from eight values; here σ² is known.",
    ),
)

EXERCISE = Exercise(
    "02.2",
    "Before you run it: identical wards",
    Number(1),
    numbers=numbers,
    right="variance",
    why="identical wards show means whose variance is {variance:.0f}, all of it luck; a league "
    "table of them would look convincing.",
    mistakes=MISTAKES,
    nudge="With eight other patients in it, would a ward have the same mean? By how much would "
    "it move?",
    section="A mean carries luck",
    formula="E[Var(Ȳⱼ)] = τ₀₀ + σ²/n, here with τ₀₀ = 0",
)
