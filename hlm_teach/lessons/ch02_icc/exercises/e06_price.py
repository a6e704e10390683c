"""02.6 What does this ICC cost?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.measures.design_effect import design_effect
from hlm_teach.measures.icc import icc

from .common import null_model


def numbers() -> Numbers:
    """Design effect and effective N of the 54 hospitals' unequal sizes."""
    rho = icc(null_model("medpar", "log_los", "hospital"))
    sizes = load_data("medpar").groupby("hospital").size().to_numpy()
    n_patients, deff = sizes.sum(), design_effect(rho, sizes.tolist())
    return {
        "design_effect": deff,
        "effective_n": n_patients / deff,
        "of_average_size": 1 + (sizes.mean() - 1) * rho,
        "of_largest_size": 1 + (sizes.max() - 1) * rho,
        "with_oneself": 1 + (sizes**2).sum() / n_patients * rho,
        "for_the_se": np.sqrt(deff),
        "weighted": (sizes / (1 + (sizes - 1) * rho)).sum(),
        "of_one_half": n_patients / 2 / deff,
        "by_root": n_patients / np.sqrt(deff),
        "of_hospitals": len(sizes) / deff,
    }


MISTAKES = (
    Mistake(
        {"design_effect": "of_average_size"},
        "You used the average size. Large hospitals hold more of the patients: weigh "
        "each size by its patients.",
    ),
    Mistake(
        {"design_effect": "of_largest_size"},
        "You used the largest hospital for all. Weigh each size by its patients.",
    ),
    Mistake(
        {"design_effect": "with_oneself"},
        "Nearly: a patient doesn't share a hospital with himself. A 1 is to be taken off the size.",
    ),
    Mistake(
        {"design_effect": "for_the_se"},
        "That is the factor for the standard error. The design effect is the factor "
        "for the variance: square it.",
    ),
    Mistake(
        {"effective_n": "weighted"},
        "That is what they are worth to a model that weighs hospitals. For plain means "
        "every patient counts alike.",
    ),
    Mistake(
        {"effective_n": "of_one_half"},
        "That is what one half of the patients is worth. All of them together are meant.",
    ),
    Mistake(
        {"effective_n": "by_root"},
        "You divided by the square root. N is divided by the design effect itself.",
    ),
    Mistake(
        {"effective_n": "of_hospitals"},
        "You divided the number of hospitals. It is the number of patients that is worth less.",
    ),
)

EXERCISE = Exercise(
    "02.6",
    "What does this ICC cost?",
    Several(design_effect=Number(2), effective_n=Number(0, within=2)),
    numbers=numbers,
    why="an ICC that some texts call moderate or less makes 1,495 patients worth "
    "{effective_n:.0f} for a comparison of two groups of hospitals by plain means.",
    mistakes=MISTAKES,
    nudge="In a hospital of which size does the typical patient lie?",
    section="Three fields side by side",
    formula="design effect = 1 + (Σnⱼ²/N − 1)·ρ,  effective N = N/design effect",
)
