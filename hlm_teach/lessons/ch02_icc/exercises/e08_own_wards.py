"""02.8 Your own wards."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import YOUR_ICC_IS_A_RATIO
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.icc import icc
from hlm_teach.measures.reliability import mean_reliability
from hlm_teach.simulate.two_level import simulate_two_level

from .common import iccs


def draw_wards(rng: np.random.Generator) -> pd.DataFrame:
    """Thirty wards of 2 to 24 patients, a score for each patient."""
    sizes = rng.integers(2, 25, size=30)
    data = simulate_two_level(
        n_groups=30,
        group_size=sizes.tolist(),
        gamma00=50,
        rng=rng,
        tau00=rng.uniform(6, 12),
        sigma2=rng.uniform(30, 60),
    )
    return data.rename(columns={"group": "ward", "y": "score"})[["ward", "score"]].round(1)


def own_wards(rng: np.random.Generator) -> pd.DataFrame:
    """Wards that differ visibly."""
    return drawn_until(lambda data: 0.1 < icc(null_model(data)) < 0.5, draw_wards, rng)


def null_model(data: pd.DataFrame) -> LmmResult:
    return fit_lmm("score ~ 1", data, groups="ward")


def numbers(data: pd.DataFrame) -> Numbers:
    """`iccs` of one's own wards, and how reliable the mean of the smallest is, or the largest."""
    found, sizes = iccs(null_model(data), data, "score", "ward"), data.groupby("ward").size()
    variances = found["tau00"], found["sigma2"]
    return found | {
        "reliability": mean_reliability(*variances, int(sizes.min())),
        "of_the_largest": mean_reliability(*variances, int(sizes.max())),
    }


MISTAKES = (
    Mistake(
        {"tau00": "raw_tau00"}, "Your τ₀₀ is the raw variance of the ward means, luck included."
    ),
    Mistake({"tau00": "sd"}, "Your τ₀₀ is a standard deviation: square it."),
    Mistake(
        {"icc": "raw"}, "Your ICC has the raw variance of the ward means in it, luck included."
    ),
    Mistake({"icc": "of_sds"}, "Your ICC is a share of standard deviations: square first."),
    Mistake({"icc": "ratio"}, YOUR_ICC_IS_A_RATIO),
    Mistake(
        {"tau00": "tau00_by_anova"},
        "Your τ₀₀ is the one of the analysis of variance. REML was asked for.",
    ),
    Mistake({"tau00": "sigma2"}, "As τ₀₀ you gave σ², the variance within wards."),
    Mistake(
        {"icc": "by_anova"}, "Your ICC is the one of the analysis of variance. REML was asked for."
    ),
    Mistake(
        {"reliability": "icc"},
        "As the reliability you gave the ICC. That is the reliability of a single "
        "patient; a mean of several is more reliable.",
    ),
    Mistake(
        {"reliability": "of_the_largest"}, "That is the reliability of the LARGEST ward's mean."
    ),
)

EXERCISE = Exercise(
    "02.8",
    "Your own wards",
    Several(tau00=Number(2), icc=Number(3), reliability=Number(3)),
    numbers=numbers,
    own_data=own_wards,
    why="in your data {icc:.0%} of the variance lies between wards, and a mean of the "
    "smallest ward is {reliability:.0%} signal.",
    mistakes=MISTAKES,
    nudge="Which of the three is about wards in truth, which about two patients, which about "
    "an average?",
    section="How far can you trust one group's mean?",
    formula="ρ = τ₀₀/(τ₀₀ + σ²),  λⱼ = τ₀₀/(τ₀₀ + σ²/nⱼ)",
    points=3,
)
