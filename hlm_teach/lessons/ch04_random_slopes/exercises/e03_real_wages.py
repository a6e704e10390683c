"""04.3 Reading somebody's output: real wages."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

from .common import ranges, rho_at


def numbers() -> Numbers:
    """`ranges` of firms' growth in wages, and its correlation with the level in 1980."""
    fit = fit_lmm("wage ~ t", load_data("employment_uk"), "firm", "1 + t")
    (tau00, tau01), (_, tau11) = np.asarray(fit.cov_re)
    return ranges(fit) | {
        "rho": rho_at(fit.cov_re, 0),
        "claim": "b",
        "covariance": tau01,
        "by_variances": tau01 / (tau00 * tau11),
    }


MISTAKES = (
    Mistake(
        {"rho": "covariance"},
        "As the correlation you gave the row 'firm x t Cov', a covariance. By what "
        "is it to be divided?",
    ),
    Mistake(
        {"rho": "by_variances"},
        "You divided the covariance by the product of the two variances. Their roots belong there.",
    ),
    Mistake(
        {"low": "low_by_variance", "high": "high_by_variance"},
        "For the range you used 't Var' as it is printed. It is a variance: what "
        "comes before ±1.96?",
    ),
    Mistake(
        {"low": "low_of_mean", "high": "high_of_mean"},
        "That is the interval printed in the row t: it says where the mean slope "
        "lies, not where firms lie. Which row says how much firms differ?",
    ),
    Mistake(
        {"claim": "a"},
        "p = 0.001 is about the mean of all slopes. Look at your lower end: did wages "
        "rise in every firm?",
    ),
    Mistake(
        {"claim": "c"},
        "Every year has its own correlation of level and growth. To which year does "
        "the printed covariance belong?",
    ),
    Mistake(
        {"claim": "d"},
        "An intercept is the height of the mean line at t = 0, not a mean over all "
        "years. Which year is t = 0?",
    ),
)

EXERCISE = Exercise(
    "04.3",
    "Reading somebody's output: real wages",
    Several(
        rho=Number(2), low=Number(2, within=0.02), high=Number(2, within=0.02), claim=Choice("abcd")
    ),
    numbers=numbers,
    why="the printout held a range of firms from {low:.1f} to {high:+.1f} a "
    "year, and no row of it shows that.",
    mistakes=MISTAKES,
    nudge="Which three rows of the printout make up G, and at which year?",
    section="Does family background matter equally in every school?",
    formula="ρ₀₁ = τ₀₁/√(τ₀₀·τ₁₁),  95 % of slopes: γ₁₀ ± 1.96·√τ₁₁",
)
