"""04.2 Before you run it: a thousand slopes."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.measures.random_slopes import share_negative


def numbers() -> Numbers:
    """A thousand schools of forty pupils: spread of slopes, true and own, and shares below zero."""
    gamma10, tau11, luck = 1.2, 0.64, 36.0 / 40
    own = tau11 + luck
    return {
        "sd_own": np.sqrt(own),
        "negative_true": share_negative(gamma10, tau11),
        "negative_own": share_negative(gamma10, own),
        "sd_true": np.sqrt(tau11),
        "variance_own": own,
        "sd_of_luck": np.sqrt(luck),
        "sum_of_sds": np.sqrt(tau11) + np.sqrt(luck),
        "true_by_variance": share_negative(gamma10, tau11**2),
        "true_by_sd": share_negative(gamma10, np.sqrt(tau11)),
        "none": 0.0,
        "own_by_sd": share_negative(gamma10, np.sqrt(own)),
        "own_by_variance": share_negative(gamma10, own**2),
    }


MISTAKES = (
    Mistake(
        {"sd_own": "sd_true"},
        "That is the spread of the true slopes. A slope computed from forty pupils "
        "carries their luck as well: how much variance does that add?",
    ),
    Mistake(
        {"sd_own": "variance_own"},
        "That is the variance of the own slopes; the standard deviation is asked for.",
    ),
    Mistake({"sd_own": "sd_of_luck"}, "That is the luck alone, as if all true slopes were equal."),
    Mistake(
        {"sd_own": "sum_of_sds"},
        "You added standard deviations. What adds up when two independent things are summed?",
    ),
    Mistake(
        {"negative_true": "negative_own"},
        "As the true share you gave that of slopes with luck in them. True slopes "
        "have variance τ₁₁, no more.",
    ),
    Mistake(
        {"negative_true": "true_by_variance"},
        "You used τ₁₁ as a standard deviation. Take the root first.",
    ),
    Mistake(
        {"negative_true": "true_by_sd"},
        "For the true slopes you handed a standard deviation to share_negative; it "
        "takes the variance.",
    ),
    Mistake(
        {"negative_true": "none"},
        "A mean slope above zero doesn't lift every school above zero. How many "
        "standard deviations of true slopes lies zero below the mean?",
    ),
    Mistake(
        {"negative_own": "negative_true"},
        "For the own slopes you used the spread of the true ones. Own slopes scatter more widely.",
    ),
    Mistake(
        {"negative_own": "own_by_sd"},
        "For the own slopes you handed a standard deviation to share_negative; it "
        "takes the variance.",
    ),
    Mistake(
        {"negative_own": "own_by_variance"},
        "For the own slopes you used a variance as a standard deviation.",
    ),
)

EXERCISE = Exercise(
    "04.2",
    "Before you run it: a thousand slopes",
    Several(sd_own=Number(2), negative_true=Number(2), negative_own=Number(2)),
    numbers=numbers,
    why="{negative_own:.0%} of own lines fall and only {negative_true:.0%} of "
    "true ones, so most schools whose own line falls have a true one that rises.",
    mistakes=MISTAKES,
    nudge="If all true slopes were equal, would forty pupils a school give equal slopes?",
    section="Deeper: slopes are shrunk, too",
    formula="Var(own slope) = τ₁₁ + σ²/Σx²,  share below zero = Φ(−γ₁₀/SD)",
)
