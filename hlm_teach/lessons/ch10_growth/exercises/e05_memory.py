"""10.5 Memory, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.mixture import chi2_tail

TAU00, SIGMA2, PHI = 16.0, 9.0, 0.5
LLF_WITHOUT, LLF_WITH = -512.40, -510.75


def correlation(k: float) -> float:
    """Of two scores of one person, k steps apart."""
    return (TAU00 + SIGMA2 * PHI**k) / (TAU00 + SIGMA2)


def numbers() -> Numbers:
    """Correlations three weeks apart, of residuals and of scores, and the test of φ = 0."""
    icc, d = TAU00 / (TAU00 + SIGMA2), 2 * (LLF_WITH - LLF_WITHOUT)
    return {
        "residuals": PHI**3,
        "scores": correlation(3),
        "rho": correlation,
        "p": float(chi2_tail(d, [1])),
        "times_three": 3 * PHI,
        "by_three": PHI / 3,
        "one_less": PHI**2,
        "as_next": PHI,
        "icc": icc,
        "added": icc + PHI**3,
        "multiplied": icc * PHI**3,
        "covariance": TAU00 + SIGMA2 * PHI**3,
        "of_sds": (4 + 3 * PHI**3) / 7,
        "rho_of_sds": lambda k: (
            (np.sqrt(TAU00) + np.sqrt(SIGMA2) * PHI**k) / (np.sqrt(TAU00) + np.sqrt(SIGMA2))
        ),
        "only_residuals": lambda k: PHI**k,
        "only_icc": lambda k: icc,
        "adds": lambda k: icc + PHI**k,
        "multiplies": lambda k: (TAU00 + SIGMA2 * PHI * k) / (TAU00 + SIGMA2),
        "mixture": float(chi2_tail(d, [0, 1])),
        "of_half_d": float(chi2_tail(d / 2, [1])),
        "other_tail": 1 - float(chi2_tail(d, [1])),
        "statistic": d,
        "two_df": float(chi2_tail(d, [2])),
        "mixture_12": float(chi2_tail(d, [1, 2])),
    }


MISTAKES = (
    Mistake(
        {"residuals": "times_three"},
        "You multiplied φ by the steps: a correlation above one. With every step the memory is "
        "multiplied by φ once more.",
    ),
    Mistake(
        {"residuals": "by_three"},
        "You divided φ by the steps. With every step the memory is multiplied by φ once more.",
    ),
    Mistake(
        {"residuals": "one_less"},
        "You counted the weeks between them. How many steps lead from week 2 to week 5?",
    ),
    Mistake({"residuals": "as_next"}, "That is the correlation of neighbours, one step apart."),
    Mistake(
        {"scores": "residuals"},
        "For the scores you gave the residuals' correlation. Two scores of one person share that "
        "person's level as well.",
    ),
    Mistake(
        {"scores": "icc"},
        "For the scores you gave the share of the levels alone: what holds for weeks very far "
        "apart, when the memory is gone.",
    ),
    Mistake(
        {"scores": "added"},
        "You added two correlations. Covariances add up: put them over the variance of a score.",
    ),
    Mistake(
        {"scores": "multiplied"},
        "You multiplied the share of the levels by the residuals' correlation. Levels and "
        "residuals are a sum: whose covariances add up?",
    ),
    Mistake(
        {"scores": "covariance"},
        "That is the covariance of two scores. What turns it into a correlation?",
    ),
    Mistake(
        {"scores": "of_sds"},
        "The scores' correlation is made of standard deviations. Variances and covariances add up.",
    ),
    Mistake(
        {"rho": "only_residuals"}, "Your function is that of residuals: the levels are missing."
    ),
    Mistake(
        {"rho": "rho_of_sds"},
        "Your function is made of standard deviations. What adds up is variances and covariances.",
    ),
    Mistake({"rho": "only_icc"}, "Your function is the same for every k: the memory is missing."),
    Mistake({"rho": "adds"}, "Your function adds correlations. Try k = 0: does it give one?"),
    Mistake(
        {"rho": "multiplies"},
        "Your function multiplies φ by k, so that memory grows. It fades: how?",
    ),
    Mistake(
        {"p": "mixture"},
        "You halved p, as for a variance. A variance can't fall below zero; can φ?",
    ),
    Mistake({"p": "of_half_d"}, "Your D is the bare difference of the log-likelihoods."),
    Mistake({"p": "other_tail"}, "That is the probability of a smaller D. Which tail is p?"),
    Mistake({"p": "statistic"}, "That is D itself. How often is χ² with 1 df that large?"),
    Mistake({"p": "two_df"}, "How many parameters does AR(1) add? Your p counts one too many."),
    Mistake(
        {"p": "mixture_12"},
        "That is the mixture for a random slope, a variance and a covariance. What does AR(1) add?",
    ),
)

EXERCISE = Exercise(
    "10.5",
    "Memory, by hand",
    Several(
        residuals=Number(3),
        scores=Number(2),
        rho=Function(
            probes=((0,), (1,), (3,), (10,)),
            wanted="A function of k, the number of weeks between two scores,",
            names=("k",),
        ),
        p=Number(3),
    ),
    numbers=numbers,
    why="the levels make all scores of a person alike for good, memory makes neighbours alike for "
    "a while; and φ = 0 lies in the middle of what φ may be, so that p = {p:.3f} is not to be "
    "halved.",
    mistakes=MISTAKES,
    nudge="What do two scores of one person share for good, and what only when they are close?",
    section="Residuals that remember",
    formula="Corr(e_t, e_{t+k}) = φᵏ;  Corr(y_t, y_{t+k}) = (τ₀₀ + σ²φᵏ)/(τ₀₀ + σ²);  "
    "D = 2(log L₁ − log L₀) against χ² with one degree of freedom for φ",
    points=3,
)
