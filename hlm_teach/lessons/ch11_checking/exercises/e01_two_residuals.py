"""11.1 Two residuals, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several

# A published model without predictors; one ward of eight patients, and one of these.
GAMMA00, TAU00, SIGMA2 = 50.0, 16.0, 64.0
PATIENTS, WARD_MEAN, SCORE = 8, 59.0, 70.0


def numbers() -> Numbers:
    """The ward's û, a patient's ê, û over its SD under the model; and what is taken for them."""
    raw = WARD_MEAN - GAMMA00
    weight = TAU00 / (TAU00 + SIGMA2 / PATIENTS)
    u = weight * raw
    return {
        "u": u,
        "e": SCORE - GAMMA00 - u,
        "z": u / np.sqrt(TAU00 * weight),
        "raw": raw,
        "by_icc": TAU00 / (TAU00 + SIGMA2) * raw,
        "other_weight": (1 - weight) * raw,
        "height": GAMMA00 + u,
        "from_fixed": SCORE - GAMMA00,
        "from_mean": SCORE - WARD_MEAN,
        "negative": -(SCORE - GAMMA00 - u),
        "e_in_sds": (SCORE - GAMMA00 - u) / np.sqrt(SIGMA2),
        "by_tau": u / np.sqrt(TAU00),
        "by_left": u / np.sqrt(TAU00 * (1 - weight)),
        "raw_by_tau": raw / np.sqrt(TAU00),
        "by_variance": u / (TAU00 * weight),
        "by_sigma": u / np.sqrt(SIGMA2),
    }


MISTAKES = (
    Mistake(
        {"u": "raw"},
        "Your û is the whole distance of the ward's mean. Part of that is the luck of eight "
        "patients: by how much does the model shrink it?",
    ),
    Mistake(
        {"u": "by_icc"},
        "You shrank by the ICC, which is the weight of a single patient. The ward's mean is one "
        "of eight.",
    ),
    Mistake(
        {"u": "other_weight"},
        "You gave the mean the weight that belongs to its luck. Which share of the variance of "
        "ward means is τ₀₀?",
    ),
    Mistake({"u": "height"}, "That is the ward's fitted height. û is its distance from γ₀₀."),
    Mistake(
        {"e": "from_fixed"},
        "Your ê is the distance from the fixed part, in which û and ê are still together.",
    ),
    Mistake(
        {"e": "from_mean"},
        "Your ê is the distance from the ward's plain mean. The model's height of the ward is "
        "another: it is shrunk.",
    ),
    Mistake(
        {"e": "negative"}, "Your ê has the other sign: is the patient above the ward, or below?"
    ),
    Mistake({"e": "e_in_sds"}, "Your ê is in residual SDs. It is asked for in points."),
    Mistake(
        {"z": "by_tau"},
        "You divided by √τ₀₀, the SD of the wards' true u. BLUPs are shrunk: which SD have they?",
    ),
    Mistake(
        {"z": "by_left"},
        "You divided by the uncertainty that is left when û is known. What û scatters by is the "
        "rest of τ₀₀.",
    ),
    Mistake(
        {"z": "raw_by_tau"},
        "You divided the ward's plain distance by √τ₀₀. A ward's mean scatters by more than that: "
        "its patients' luck comes on top.",
    ),
    Mistake({"z": "by_variance"}, "You divided by a variance. A standard deviation is its root."),
    Mistake({"z": "by_sigma"}, "You divided by the SD of patients. û is a number of the ward."),
)

EXERCISE = Exercise(
    "11.1",
    "Two residuals, by hand",
    Several(u=Number(2), e=Number(2), z=Number(2)),
    numbers=numbers,
    why="over √τ₀₀ this ward would seem to lie {by_tau:.1f} SDs out. Over the SD that û really has "
    "it is {z:.2f}, and wards of all sizes can stand in one picture.",
    mistakes=MISTAKES,
    nudge="How much of the distance of a mean of eight patients does the model believe?",
    section="Two residuals for every patient",
    formula="λ = τ₀₀/(τ₀₀ + σ²/n);  û = λ(ȳ − γ₀₀);  ê = y − γ₀₀ − û;  Var(û) = λτ₀₀",
)
