"""04.6 Mend it: firms that all grow alike."""

from typing import Any

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import FITTED_BY_ML
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

from .common import half_moved, rho_at


def numbers() -> Numbers:
    """Growth of wages that varies between firms, four other models, and the correlation in 1976."""
    fit = wages("t", "1 + t")
    return {
        "what": "b",
        "fit": fit,
        "rho76": rho_at(fit.cov_re, -4),
        "colleagues": wages("year", "1 + year", correlated=False),
        "uncorrelated": wages("t", "1 + t", correlated=False),
        "parallel": wages("t", "1"),
        "by_ml": wages("t", "1 + t", reml=False),
        "in_1980": rho_at(fit.cov_re, 0),
        "in_year_0": rho_at(fit.cov_re, -1980),
        "half_moved": half_moved(fit.cov_re, -4),
        "in_1984": rho_at(fit.cov_re, 4),
    }


def wages(x: str, random: str, **options: Any) -> LmmResult:
    return fit_lmm(f"log_wage ~ {x}", load_data("employment_uk"), "firm", random, **options)


MISTAKES = (
    Mistake(
        {"what": "a"},
        "Seven or more years for each of 140 firms are plenty here, as your mended "
        "fit shows. What does τ₀₁ = 0 say, and at which year?",
    ),
    Mistake(
        {"what": "c"},
        "A variance of zero is an estimate under this model, no fact about firms. "
        "What else does the model assume, and at which year?",
    ),
    Mistake(
        {"what": "d"},
        "The logarithm isn't to blame: the same happens with the wage itself. What "
        "does τ₀₁ = 0 say, and at which year?",
    ),
    Mistake({"fit": "colleagues"}, "This is your colleague's model again."),
    Mistake(
        {"fit": "uncorrelated"},
        "The years are counted from 1980 now, and the correlation is still forbidden: lines "
        "closest together exactly in 1980. Who says so?",
    ),
    Mistake(
        {"fit": "parallel"},
        "Without the random slope all firms grow alike by assumption: that was the "
        "colleague's conclusion.",
    ),
    Mistake({"fit": "by_ml"}, FITTED_BY_ML),
    Mistake(
        {"rho76": "in_1980"},
        "That is the correlation at t = 0, the year 1980. How far is 1976 from it?",
    ),
    Mistake(
        {"rho76": "in_year_0"},
        "That is the correlation at the year 0, which `year` counts from. How far is "
        "1976 from the origin of your fit?",
    ),
    Mistake({"rho76": "half_moved"}, "You moved the covariance to 1976 and left τ₀₀ in 1980."),
    Mistake({"rho76": "in_1984"}, "You went to 1984. Which sign has k for a year before 1980?"),
)

EXERCISE = Exercise(
    "04.6",
    "Mend it: firms that all grow alike",
    Several(what=Choice("abcd"), fit=Fit(), rho76=Number(2)),
    numbers=numbers,
    why="in this model growth varies, and firms that paid less in 1976 raised wages faster "
    "(a correlation of {rho76:.2f}); how much of that is memory of the residuals, it "
    "can't tell.",
    mistakes=MISTAKES,
    nudge="If lines lie closest together in the year 0, how far apart are they 1,980 years later?",
    section="Dropping the correlation",
    formula="τ₀₁ = 0 at x = 0 means Var(between at x) = τ₀₀ + x²τ₁₁;  "
    "ρ₀₁(k) = (τ₀₁ + kτ₁₁)/√(τ₀₀(k)·τ₁₁)",
    points=3,
)
