"""01.8 Your own trial."""

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.icc import icc
from hlm_teach.simulate.two_level import simulate_two_level

MODEL = "score ~ treated"


def draw_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial in 16 clinics of 8 to 30 patients, half of them treated."""
    sizes = rng.integers(8, 31, size=16)
    drawn = simulate_two_level(
        n_groups=16,
        group_size=sizes.tolist(),
        gamma00=50,
        gamma01=3.0,
        w=(np.arange(16) % 2).tolist(),
        tau00=rng.uniform(6, 12),
        rng=rng,
        sigma2=rng.uniform(40, 60),
    )
    data = drawn.rename(columns={"group": "clinic", "y": "score", "w": "treated"})
    return data[["clinic", "treated", "score"]].round(1).astype({"treated": int})


def is_telling(data: pd.DataFrame) -> bool:
    """Clinics differ visibly, p is middling, and ordinary regression's at most half of it."""
    fit = fit_lmm(MODEL, data, groups="clinic")
    return (
        icc(fit) > 0.06
        and 1.0 < abs(fit.tvalues["treated"]) < 3.0
        and smf.ols(MODEL, data).fit().pvalues["treated"] < fit.pvalues["treated"] / 2
    )


def own_trial(rng: np.random.Generator) -> pd.DataFrame:
    return drawn_until(is_telling, draw_trial, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """The treatment's row of the fit, and of those that are taken for it."""
    fit, ml = (fit_lmm(MODEL, data, groups="clinic", reml=reml) for reml in (True, False))
    simple = smf.ols(MODEL, data).fit()
    return {
        "estimate": fit.params["treated"],
        "se": fit.bse["treated"],
        "p": fit.pvalues["treated"],
        "ols_se": simple.bse["treated"],
        "ml_se": ml.bse["treated"],
        "ols_p": simple.pvalues["treated"],
        "z_p": fit.pvalues_z["treated"],
        "one_side": fit.pvalues["treated"] / 2,
        "intercept": fit.params["Intercept"],
    }


MISTAKES = (
    Mistake(
        {"se": "ols_se"},
        "Your standard error is ordinary regression's: it counts patients, the "
        "treatment was given to clinics.",
    ),
    Mistake(
        {"se": "ml_se"},
        "Your standard error is from a fit by ML. With sixteen clinics it comes out "
        "too small: REML was asked for.",
    ),
    Mistake({"p": "ols_p"}, "Your p is ordinary regression's: it counts patients as independent."),
    Mistake(
        {"p": "z_p"},
        "Your p compares with the normal distribution. Sixteen clinics have few "
        "degrees of freedom: use t (pvalues of the fit).",
    ),
    Mistake({"p": "one_side"}, "Your p has one side only."),
    Mistake(
        {"estimate": "intercept"},
        "As the estimate you gave the mean of the untreated clinics, the intercept.",
    ),
)

EXERCISE = Exercise(
    "01.8",
    "Your own trial",
    Several(estimate=Number(2), se=Number(2), p=Number(3)),
    numbers=numbers,
    own_data=own_trial,
    why="in your trial p is {p:.3f}; whoever forgot the clinics would have printed a "
    "far smaller one.",
    mistakes=MISTAKES,
    nudge="Was it patients that were given the treatment or not, or clinics? How many?",
    section="The right analysis, and its degrees of freedom",
    formula='fit_lmm("score ~ treated", data, groups="clinic"): params, bse, pvalues',
    points=3,
)
