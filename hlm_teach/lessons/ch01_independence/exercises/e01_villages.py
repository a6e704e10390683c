"""01.1 Twenty-four villages, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.measures.design_effect import design_effect, effective_sample_size


def numbers() -> Numbers:
    """Variances 3 between villages and 9 within, 24 villages of 25 people."""
    tau00, sigma2, n, n_villages = 3, 9, 25, 24
    rho, n_people = tau00 / (tau00 + sigma2), n * n_villages
    deff = design_effect(rho, n)
    return {
        "icc": rho,
        "design_effect": deff,
        "effective_n": effective_sample_size(rho, n, n_groups=n_villages),
        "of_sds": np.sqrt(tau00) / (np.sqrt(tau00) + np.sqrt(sigma2)),
        "ratio": tau00 / sigma2,
        "within": sigma2 / (tau00 + sigma2),
        "n_rho": n * rho,
        "n_less_1_rho": (n - 1) * rho,
        "times_icc": n_people * rho,
        "with_oneself": 1 + n * rho,
        "of_villages": 1 + (n_villages - 1) * rho,
        "for_the_se": np.sqrt(deff),
        "by_root": n_people / np.sqrt(deff),
        "n_villages": float(n_villages),
    }


MISTAKES = (
    Mistake(
        {"icc": "of_sds"},
        "Your ICC is a share of standard deviations. Variances add up, standard deviations don't.",
    ),
    Mistake(
        {"icc": "ratio"},
        "Your ICC divides between by within. A share divides by the total of both.",
    ),
    Mistake({"icc": "within"}, "Your ICC is the share within villages."),
    Mistake(
        {"design_effect": "n_rho"},
        "Your design effect is n·ρ. Start from 1, and count for each person only the "
        "others of the village.",
    ),
    Mistake(
        {"design_effect": "n_less_1_rho"},
        "Your design effect is (n − 1)·ρ. A person alone would count as one: start from 1.",
    ),
    Mistake(
        {"effective_n": "times_icc"}, "N was multiplied by the ICC. Divide it by the design effect."
    ),
    Mistake(
        {"design_effect": "with_oneself"},
        "In your design effect a person is paired with herself: how many OTHERS are "
        "there in her village?",
    ),
    Mistake(
        {"design_effect": "of_villages"},
        "Your design effect counts villages. It is the people of one village that "
        "resemble each other.",
    ),
    Mistake(
        {"design_effect": "for_the_se"},
        "Your design effect is the factor of the standard error; the design effect is "
        "that of the variance.",
    ),
    Mistake(
        {"effective_n": "by_root"},
        "N was divided by the square root. It is divided by the design effect itself.",
    ),
    Mistake(
        {"effective_n": "n_villages"},
        "As effective sample size you gave the number of villages. That is what is "
        "left where people of one village are copies of each other, ρ = 1.",
    ),
)

EXERCISE = Exercise(
    "01.1",
    "Twenty-four villages, by hand",
    Several(icc=Number(2), design_effect=Number(1), effective_n=Number(0)),
    numbers=numbers,
    why="600 people answered, and for the mean of the country they are worth "
    "{effective_n:.0f}: not many more than three or four a village.",
    mistakes=MISTAKES,
    nudge="Of the variance of one person, how much does a neighbour share?",
    section="The design effect",
    formula="ρ = τ₀₀/(τ₀₀ + σ²),  design effect = 1 + (n − 1)·ρ,  effective N = N/design effect",
)
