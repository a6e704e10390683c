"""01.4 Reading somebody's output: six clinics."""

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.simulate.two_level import simulate_two_level


def numbers() -> Numbers:
    """p of the printed t with 4 degrees of freedom, and with others."""
    t = abs(fit_lmm("score ~ treated", clinics(), groups="clinic").tvalues["treated"])
    one_side = {df: stats.t.sf(t, df) for df in (4, 5, np.inf)}
    return {
        "df": 4.0,
        "p": 2 * one_side[4],
        "printed": 2 * one_side[np.inf],
        "with_5": 2 * one_side[5],
        "one_side": one_side[4],
    }


def clinics() -> pd.DataFrame:
    """Six clinics of 20 patients, three treated."""
    drawn = simulate_two_level(
        n_groups=6,
        group_size=20,
        gamma00=50,
        gamma01=6.0,
        tau00=8.0,
        sigma2=60.0,
        w=[0, 1, 0, 1, 0, 1],
        rng=np.random.default_rng(1502),
    )
    return drawn.rename(columns={"group": "clinic", "y": "score", "w": "treated"})


MISTAKES = (
    Mistake(
        {"df": 118.0},
        "Your degrees of freedom count patients. The treatment was given to clinics.",
        when=lambda given, n: given["df"] > 100,
    ),
    Mistake({"df": 5.0}, "You took one off six. Two means are estimated, one of each arm."),
    Mistake({"df": 6.0}, "Six is the number of clinics. Two means are estimated from them."),
    Mistake(
        {"df": 2.0},
        "Two is the number of means estimated: what is left of the clinics is asked for.",
    ),
    Mistake(
        {"p": "printed"},
        "Your p is the printed one, or one as small. The normal distribution, or t with "
        "very many degrees of freedom, takes six clinics for a great number.",
    ),
    Mistake({"p": "with_5"}, "Your p takes one off six clinics. Two means are estimated."),
    Mistake({"p": "one_side"}, "Your p has one side only. Deviations in both directions count."),
)

EXERCISE = Exercise(
    "01.4",
    "Reading somebody's output: six clinics",
    Several(df=Number(0), p=Number(3, within=0.002)),
    numbers=numbers,
    why="with four degrees of freedom the same ratio of estimate to standard error has "
    "p = {p:.2f}: six clinics can't carry the certainty that z prints.",
    mistakes=MISTAKES,
    nudge="How many independent numbers tell the treatment's effect, and how many were spent?",
    section="The right analysis, and its degrees of freedom",
    formula="J − 2 degrees of freedom; p = 2·P(t > |estimate/SE|): 2 * stats.t.sf(…, df)",
)
