"""02.4 Reading somebody's output."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.phrases import YOUR_ICC_IS_A_RATIO
from hlm_teach.measures.icc import icc

from .common import null_model, share


def numbers() -> Numbers:
    """The two variances of a printed null model (hospital stays, in logarithms), and misreadings."""
    fit = null_model("medpar", "log_los", "hospital")
    tau00, sigma2 = float(fit.vcomp.iloc[0]), fit.sigma2
    return {
        "tau00": tau00,
        "sigma2": sigma2,
        "icc": icc(fit),
        "printed_se": float(fit.statsmodels.bse.iloc[-1] * np.sqrt(sigma2)),
        "times_scale": tau00 * sigma2,
        "sd_between": np.sqrt(tau00),
        "tau00_squared": tau00**2,
        "sd_within": np.sqrt(sigma2),
        "sigma2_squared": sigma2**2,
        "of_sds": share(np.sqrt(tau00), np.sqrt(sigma2)),
        "ratio": tau00 / sigma2,
    }


MISTAKES = (
    Mistake(
        {"tau00": "printed_se"},
        "Your τ₀₀ is the number in the column Std.Err. The estimate stands left of it.",
    ),
    Mistake(
        {"tau00": "times_scale"},
        "Your τ₀₀ was multiplied by the scale. In the summary the variance is printed "
        "on the data's scale already.",
    ),
    Mistake(
        {"tau00": "sd_between"},
        "Your τ₀₀ is a square root: the row 'hospital Var' holds a variance already, "
        "as its name says.",
    ),
    Mistake(
        {"tau00": "tau00_squared"},
        "You squared the printed number. 'hospital Var' is a variance already.",
    ),
    Mistake({"sigma2": "sd_within"}, "Your σ² is a square root. Scale is a variance already."),
    Mistake(
        {"sigma2": "sigma2_squared"}, "You squared the printed number. Scale is a variance already."
    ),
    Mistake({"icc": "of_sds"}, "Your ICC is a share of standard deviations."),
    Mistake({"icc": "ratio"}, YOUR_ICC_IS_A_RATIO),
)

EXERCISE = Exercise(
    "02.4",
    "Reading somebody's output",
    Several(tau00=Number(3), sigma2=Number(3), icc=Number(3, within=0.001)),
    numbers=numbers,
    why="in any paper that prints both variances you can now compute the ICC yourself "
    "({icc:.3f} here, before rounding).",
    mistakes=MISTAKES,
    nudge="One of the two variances isn't in the table of coefficients. Where is it?",
    section="What the null model tells the parent",
    formula="τ₀₀ is the row 'hospital Var', σ² is 'Scale' in the header, ρ = τ₀₀/(τ₀₀ + σ²)",
)
