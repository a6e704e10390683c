"""04.5 One gap, two kinds of school."""

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.simple_slopes import simple_slopes


def numbers() -> Numbers:
    """Minority gaps in mathematics, in public and Catholic schools; and from other models."""
    data = load_data("hsb")
    data["gap"] = data["minority"] - data.groupby("school")["minority"].transform("mean")
    fit, raw = gap_model(data, "gap", "1 + gap"), gap_model(data, "minority", "1 + minority")
    gap, product = fit.params[["gap", "gap:catholic"]]
    half = 1.96 * np.hypot(*fit.bse[["gap", "gap:catholic"]])
    parallel, of_product = gap_model(data, "gap", "1"), fit.conf_int().loc["gap:catholic"]
    return {
        **gaps(fit, "gap"),
        **{f"raw_{name}": value for name, value in gaps(raw, "minority").items()},
        **{f"parallel_{name}": value for name, value in gaps(parallel, "gap").items()},
        "product": product,
        "gap": gap,
        "low_no_covariance": gap + product - half,
        "high_no_covariance": gap + product + half,
        "low_of_product": of_product["lower"],
        "high_of_product": of_product["upper"],
    }


def gap_model(data: pd.DataFrame, x: str, random: str) -> LmmResult:
    """Mathematics by the minority gap, within schools ("gap") or raw ("minority"), and sector."""
    return fit_lmm(f"math ~ {x} * catholic", data, "school", random)


def gaps(fit: LmmResult, x: str) -> Numbers:
    """The slope of x in both kinds of school, and its interval in Catholic ones."""
    found = simple_slopes(fit, x, pd.DataFrame({"catholic": [0, 1]}))
    return {
        "public": found["slope"][0],
        "catholic": found["slope"][1],
        "low": found["lower"][1],
        "high": found["upper"][1],
    }


MISTAKES = (
    Mistake(
        {"public": "raw_public", "catholic": "raw_catholic", "low": "raw_low", "high": "raw_high"},
        "All of this comes from the raw 0/1 column (or one less its grand mean), "
        "which blends differences within schools and between them. What should be "
        "taken off within each school?",
    ),
    Mistake(
        {"catholic": "product"},
        "For Catholic schools you gave the coefficient of the product. It says how "
        "much the slope differs from that of public schools.",
    ),
    Mistake(
        {"catholic": "gap"},
        "For Catholic schools you gave the slope at catholic = 0. What does the "
        "product add at catholic = 1?",
    ),
    Mistake(
        {"low": "low_no_covariance", "high": "high_no_covariance"},
        "Your interval adds two variances. The two estimates share the public "
        "schools: their covariance is part of the variance of the sum.",
    ),
    Mistake(
        {"low": "parallel_low", "high": "parallel_high"},
        "Your interval comes from a model without the random slope: too narrow, as "
        "if all schools of a kind had the same gap.",
    ),
    Mistake(
        {"low": "low_of_product", "high": "high_of_product"},
        "That is the interval of the product, of a difference between two slopes.",
    ),
)

EXERCISE = Exercise(
    "04.5",
    "One gap, two kinds of school",
    Several(
        public=Number(2),
        catholic=Number(2),
        low=Number(2, within=0.03),
        high=Number(2, within=0.03),
    ),
    numbers=numbers,
    why="within public schools the gap is {public:.1f} points, within Catholic ones "
    "{catholic:.1f}; families choose schools, so the schools needn't be the cause.",
    mistakes=MISTAKES,
    nudge="Put catholic = 1 into the formula of the model: what stands before the predictor?",
    section="What goes with steeper slopes? Cross-level interactions",
    formula="slope at w: γ₁₀ + γ₁₁w,  its variance: V₁₀ + 2w·Cov + w²·V₁₁ (simple_slopes)",
    points=3,
)
