"""02.7 Choose: one ICC, or several?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.icc import icc, vpc

from .common import share


def numbers() -> Numbers:
    """Shares of the variance of reaction times on days 2 and 7, where slopes vary."""
    sleep = load_data("sleepstudy")
    fit = fit_lmm("Reaction ~ Days", sleep, groups="Subject", random="1 + Days")
    (tau00, tau01), (_, tau11) = np.asarray(fit.cov_re)
    parallel = fit_lmm("Reaction ~ Days", sleep, groups="Subject")
    return {
        "report": "c",
        "day2": vpc(fit, 2),
        "day7": vpc(fit, 7),
        "no_covariance": share(tau00 + 49 * tau11, fit.sigma2),
        "covariance_once": share(tau00 + 7 * tau01 + 49 * tau11, fit.sigma2),
        "slope_not_squared": share(tau00 + 14 * tau01 + 7 * tau11, fit.sigma2),
        "parallel": icc(parallel),
        "day0": vpc(fit, 0),
        "within2": 1 - vpc(fit, 2),
        "within7": 1 - vpc(fit, 7),
    }


MISTAKES = (
    Mistake(
        {"report": "a"},
        "That ICC belongs to a model in which everybody slows "
        "down alike. The slopes differ, and with them the "
        "share.",
    ),
    Mistake(
        {"report": "b"},
        "That is the share on one day, the day somebody "
        "called 0. Where on the axis would you rather have "
        "it?",
    ),
    Mistake(
        {"report": "d"},
        "Averaged over the days a number comes out, and it "
        "describes no day. Show how the share moves.",
    ),
    Mistake(
        {"day7": "no_covariance"},
        "On day 7 the covariance of intercept and slope is missing: 2xτ₀₁.",
    ),
    Mistake(
        {"day7": "covariance_once"},
        "On day 7 the covariance counts once only. In the variance of a sum it counts "
        "twice: 2xτ₀₁.",
    ),
    Mistake(
        {"day7": "slope_not_squared"},
        "On day 7 the slope variance was multiplied by x. A variance takes the square of a factor.",
    ),
    Mistake(
        {"day2": "parallel"},
        "On day 2 you gave the ICC of the random-intercept model, which is the same "
        "on every day. Use the model in which slopes vary.",
    ),
    Mistake({"day2": "day0"}, "On day 2 you gave the share of day 0, where the intercept is."),
    Mistake({"day2": "day7", "day7": "day2"}, "The two days are swapped."),
    Mistake({"day2": "within2", "day7": "within7"}, "These are the shares within persons."),
)

EXERCISE = Exercise(
    "02.7",
    "Choose: one ICC, or several?",
    Several(report=Choice("abcd"), day2=Number(3), day7=Number(3)),
    numbers=numbers,
    why="from {day2:.0%} on day 2 to {day7:.0%} on day 7: whoever reports one "
    "number has chosen a day without saying so.",
    mistakes=MISTAKES,
    nudge="In which model could the share of variance between persons be the same every day?",
    section="Deeper: when there is no single ICC",
    formula="VPC(x) = (τ₀₀ + 2τ₀₁x + τ₁₁x²)/(τ₀₀ + 2τ₀₁x + τ₁₁x² + σ²); vpc(fit, x) computes it",
)
