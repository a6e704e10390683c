"""03.4 Reading somebody's output."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """The trend of log employment, and firm 5 in 1983, where t is 3."""
    fit = fit_lmm("log_emp ~ t", load_data("employment_uk"), groups="firm")
    tau00, sigma2, ratio_se = fit.vcomp.iloc[0], fit.sigma2, fit.statsmodels.bse["firm Var"]
    u, in_1980 = fit.random_effects["Intercept"]["5"], fit.params["Intercept"]
    fixed = in_1980 + 3 * fit.params["t"]
    return {
        "tau00": tau00,
        "se": ratio_se * sigma2,
        "prediction": fixed + u,
        "ratio": tau00 / sigma2,
        "times_scale": tau00 * sigma2,
        "sd": np.sqrt(tau00),
        "printed_se": ratio_se * np.sqrt(sigma2),
        "ratio_se": ratio_se,
        "printed_se_times_scale": ratio_se * np.sqrt(sigma2) * sigma2,
        "fixed": fixed,
        "u": u,
        "in_1980": in_1980 + u,
    }


MISTAKES = (
    Mistake(
        {"tau00": "ratio"},
        "Your τ₀₀ comes from params, which holds the ratio τ₀₀/σ². Which line of the "
        "summary is on the data's scale?",
    ),
    Mistake(
        {"tau00": "times_scale"},
        "You multiplied the row 'firm Var' by the scale. In the summary that is done "
        "already; only params holds a ratio.",
    ),
    Mistake(
        {"tau00": "sd"},
        "Your τ₀₀ is a square root: 'firm Var' is a variance, and one is asked for.",
    ),
    Mistake(
        {"tau00": "printed_se"},
        "As τ₀₀ you gave the number under Std.Err. The estimate stands left of it.",
    ),
    Mistake(
        {"se": "printed_se"},
        "Your se is the printed one, on neither scale: the ratio's standard error "
        "times √Scale. What is still missing?",
    ),
    Mistake(
        {"se": "ratio_se"}, "Your se is that of the ratio τ₀₀/σ². What leads from the ratio to τ₀₀?"
    ),
    Mistake(
        {"se": "printed_se_times_scale"},
        "You multiplied the printed number by Scale. What is in it already?",
    ),
    Mistake(
        {"prediction": "fixed"},
        "Your prediction is what predict() says: the fixed part, the same for every "
        "firm. What do you know of firm 5?",
    ),
    Mistake(
        {"prediction": "u"}, "Your prediction is û, the firm's deviation. A deviation from what?"
    ),
    Mistake(
        {"prediction": "in_1980"},
        "Your prediction is for t = 0, the year 1980. Three years have passed.",
    ),
)

EXERCISE = Exercise(
    "03.4",
    "Reading somebody's output",
    Several(tau00=Number(3), se=Number(3, within=0.02), prediction=Number(2, within=0.02)),
    numbers=numbers,
    why="on its own scale the standard error is about {se:.1f}: that firms differ is "
    "beyond doubt, whatever the printout seems to say.",
    mistakes=MISTAKES,
    nudge="Which of the printed numbers are on the data's scale, and which know firm 5?",
    section="Deeper: two traps in statsmodels' variances",
    formula="τ₀₀: the row 'firm Var';  its SE: Std.Err. × √Scale;  prediction: γ₀₀ + γ₁₀·t + û",
    points=3,
)
