"""04.8 Your own classes."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.icc import vpc
from hlm_teach.measures.random_slopes import group_lines
from hlm_teach.simulate.two_level import simulate_two_level

from .common import ranges, tau11


def draw_classes(rng: np.random.Generator) -> pd.DataFrame:
    """Thirty classes of 10 to 24 pupils, who spend about five hours, and never fewer than none."""
    sizes = rng.integers(10, 25, size=30)
    data = simulate_two_level(
        n_groups=30,
        group_size=sizes.tolist(),
        gamma00=40,
        rng=rng,
        gamma10=rng.uniform(2, 4),
        tau00=rng.uniform(10, 16),
        tau11=rng.uniform(4, 8),
        rho01=rng.uniform(-0.2, 0.5),
        sigma2=rng.uniform(20, 30),
    )
    data["hours"] = (5 + 2 * data["x"]).clip(0).round(1)
    return data.rename(columns={"group": "class", "y": "points"})[
        ["class", "hours", "points"]
    ].round(1)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether every mistake leads to another answer than the truth."""
    fit = model(data)
    if fit.singular or not 1.3 < tau11(fit) < 2.5:
        return False
    n = numbers_of(fit, data)
    return (
        min(abs(n["share5"] - n[name]) for name in ("share0", "no_covariance")) > 0.02
        and abs(n["tau11"] - n["of_own_lines"]) > 0.02
        and n["tau11"] - tau11(model(data, reml=False)) > 0.011
    )


def own_classes(rng: np.random.Generator) -> pd.DataFrame:
    """Classes whose slopes differ visibly, at an origin where that matters."""
    return drawn_until(serves, draw_classes, rng)


def model(data: pd.DataFrame, reml: bool = True) -> LmmResult:
    return fit_lmm("points ~ hours", data, "class", "1 + hours", reml=reml)


def numbers(data: pd.DataFrame) -> Numbers:
    """`numbers_of` the model by REML, and τ₁₁ by ML."""
    return numbers_of(model(data), data) | {"by_ml": tau11(model(data, reml=False))}


def numbers_of(fit: LmmResult, data: pd.DataFrame) -> Numbers:
    """`ranges` of the classes' slopes, their variance, and shares of variance between classes."""
    between = np.asarray(fit.cov_re)[0, 0] + 25 * tau11(fit)
    return ranges(fit) | {
        "tau11": tau11(fit),
        "share5": vpc(fit, 5),
        "sd": np.sqrt(tau11(fit)),
        "of_own_lines": group_lines(data, "points", "hours", "class")["slope"].var(),
        "share0": vpc(fit, 0),
        "no_covariance": between / (between + fit.sigma2),
    }


MISTAKES = (
    Mistake(
        {"tau11": "of_own_lines"},
        "Your τ₁₁ is the variance of the classes' own slopes, and luck is part of that.",
    ),
    Mistake({"tau11": "sd"}, "Your τ₁₁ is a standard deviation. Square it."),
    Mistake({"tau11": "by_ml"}, "Your τ₁₁ is the ML estimate; REML is asked for."),
    Mistake(
        {"low": "low_by_variance", "high": "high_by_variance"},
        "Your range uses τ₁₁ as a standard deviation. Take its root first.",
    ),
    Mistake(
        {"low": "low_of_mean", "high": "high_of_mean"},
        "Your range is the confidence interval of the mean slope. More classes "
        "would narrow it; do they make classes alike?",
    ),
    Mistake({"share5": "share0"}, "Your share is the one at zero hours. Move to five."),
    Mistake(
        {"share5": "no_covariance"},
        "In your share at five hours the covariance is missing: 2·5·τ₀₁.",
    ),
)

EXERCISE = Exercise(
    "04.8",
    "Your own classes",
    Several(
        tau11=Number(2), low=Number(2, within=0.011), high=Number(2, within=0.011), share5=Number(2)
    ),
    numbers=numbers,
    own_data=own_classes,
    why="by the model, an hour more goes with between {low:.1f} and {high:.1f} "
    "points in 95 % of classes like yours, and at five hours {share5:.0%} of the variance lies "
    "between classes.",
    mistakes=MISTAKES,
    nudge="Which of the four are about slopes, and which asks for a place on the axis of hours?",
    section="The variance of Y is a function of x",
    formula="γ₁₀ ± 1.96·√τ₁₁;  VPC(x) = (τ₀₀ + 2τ₀₁x + τ₁₁x²)/(τ₀₀ + 2τ₀₁x + τ₁₁x² + σ²)",
    points=3,
)
