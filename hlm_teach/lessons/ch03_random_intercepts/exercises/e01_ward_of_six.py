"""03.1 A ward of six, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.phrases import YOUR_SD_IS_A_VARIANCE

from .common import weight


def numbers() -> Numbers:
    """Six patients of mean 70 in a ward; wards: mean 60, variance 20; patients: variance 180."""
    centre, mean, tau00, sigma2, n = 60, 70, 20, 180, 6
    lam, luck = weight(tau00, sigma2 / n), sigma2 / n
    return {
        "lam": lam,
        "blup": centre + lam * (mean - centre),
        "sd": np.sqrt(tau00 * (1 - lam)),
        "of_sds": weight(np.sqrt(tau00), np.sqrt(luck)),
        "upside_down": weight(tau00, n / sigma2),
        "icc": weight(tau00, sigma2),
        "of_luck": 1 - lam,
        "sd_before": np.sqrt(tau00),
        "mean": float(mean),
        "deviation": lam * (mean - centre),
        "towards_0": lam * mean,
        "weights_exchanged": centre + (1 - lam) * (mean - centre),
        "variance": tau00 * (1 - lam),
        "se_of_mean": np.sqrt(luck),
        "sd_of_blups": np.sqrt(tau00 * lam),
    }


MISTAKES = (
    Mistake(
        {"lam": "of_sds"}, "Your λ is made of standard deviations. It is a share of variances."
    ),
    Mistake(
        {"lam": "upside_down"},
        "In your λ the six and the σ² have changed places. What is the variance of a "
        "mean of n answers?",
    ),
    Mistake(
        {"lam": "icc"},
        "Your λ is the ICC, the weight of one patient. Here the mean of six speaks: "
        "what does averaging do to σ²?",
    ),
    Mistake(
        {"lam": "of_luck"},
        "Your λ is the share of luck, 1 − λ. λ is the weight of the ward's own mean.",
    ),
    Mistake(
        {"sd": "sd_before"},
        "√τ₀₀ is what you didn't know of the ward before anybody was asked. Six "
        "patients have told you something.",
    ),
    Mistake(
        {"blup": "mean"},
        "Your BLUP is the ward's own mean, no pooling at all. "
        "How much of its distance do you believe?",
    ),
    Mistake(
        {"blup": "deviation"}, "As the BLUP you gave û, a deviation. Add the mean it deviates from."
    ),
    Mistake(
        {"blup": "towards_0"}, "Your BLUP is shrunk towards 0. Towards what is the ward pulled?"
    ),
    Mistake(
        {"blup": "weights_exchanged"},
        "In your BLUP the weights have changed places: λ belongs to the ward's mean.",
    ),
    Mistake({"sd": "variance"}, YOUR_SD_IS_A_VARIANCE),
    Mistake(
        {"sd": "se_of_mean"},
        "Your sd is the standard error of the ward's own mean. You also know how wards "
        "in general are spread, which makes you surer.",
    ),
    Mistake(
        {"sd": "sd_of_blups"},
        "√(λτ₀₀) is the spread of BLUPs over wards. What stays unknown of ONE ward is "
        "the other part of τ₀₀.",
    ),
)

EXERCISE = Exercise(
    "03.1",
    "A ward of six, by hand",
    Several(lam=Number(2), blup=Number(1), sd=Number(2)),
    numbers=numbers,
    why="six answers earned the ward's own mean a weight of {lam:.0%}; sixty would have "
    "earned it nearly nine tenths.",
    mistakes=MISTAKES,
    nudge="If six other patients had been asked, by how much might their mean have differed?",
    section="Shrinkage, by hand, once",
    formula="λ = τ₀₀/(τ₀₀ + σ²/n),  BLUP = γ₀₀ + λ·(ȳ − γ₀₀),  sd = √(τ₀₀·(1 − λ))",
)
