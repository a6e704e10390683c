"""10.1 Ten patients, from wide to long."""

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm

# Grip strength (kg); nan: the patient didn't come.
WIDE = pd.DataFrame(
    {
        "before": [18, 21, 24, 26, 27, 29, 31, 34, 22, np.nan],
        "after": [np.nan, np.nan, 27, 27, 31, 31, 32, 39, np.nan, 30],
    }
)


def numbers() -> Numbers:
    """Rows of the long table, t of the six pairs, change by all rows; and what is taken for them."""
    long = WIDE.melt(var_name="time", value_name="grip", ignore_index=False).reset_index()
    long = long.dropna().assign(after=lambda d: (d["time"] == "after").astype(int))
    fit = fit_lmm("grip ~ after", long, "index")
    pairs, carried = WIDE.dropna(), WIDE.ffill(axis=1).bfill(axis=1)
    return {
        "rows": len(long),
        "t": stats.ttest_rel(pairs["after"], pairs["before"]).statistic,
        "change": fit.params["after"],
        "cells": WIDE.size,
        "patients": len(WIDE),
        "rows_of_pairs": pairs.size,
        "t_of_all_rows": fit.params["after"] / fit.bse["after"],
        "t_of_two_samples": stats.ttest_ind(pairs["after"], pairs["before"]).statistic,
        "t_of_columns": stats.ttest_ind(*_columns()).statistic,
        "t_of_means": stats.ttest_rel(*(WIDE.fillna(WIDE.mean())[n] for n in _NAMES)).statistic,
        "t_carried": stats.ttest_rel(*(carried[name] for name in _NAMES)).statistic,
        "of_pairs": (pairs["after"] - pairs["before"]).mean(),
        "of_columns": WIDE["after"].mean() - WIDE["before"].mean(),
        "carried": (carried["after"] - carried["before"]).mean(),
        "of_zeros": (WIDE.fillna(0)["after"] - WIDE.fillna(0)["before"]).mean(),
    }


_NAMES = ("after", "before")


def _columns() -> list[pd.Series]:
    return [WIDE[name].dropna() for name in _NAMES]


MISTAKES = (
    Mistake(
        {"rows": "cells"},
        "You counted every cell of the wide table. A visit that never happened is no row of the "
        "long one.",
    ),
    Mistake(
        {"rows": "rows_of_pairs"},
        "You dropped whole patients because one of their visits is missing. Which of their "
        "visits did happen?",
    ),
    Mistake(
        {"rows": "patients"},
        "That is a row a patient, the wide table. A long one has a row a visit.",
    ),
    Mistake(
        {"t": "t_of_all_rows"},
        "That is t of the model with all visits. For the paired t test fit it to the patients "
        "who came twice.",
    ),
    Mistake(
        {"t": "t_of_two_samples"},
        "That is t of two independent samples: it doesn't know who is who. What does a patient's "
        "own level do to a difference within that patient?",
    ),
    Mistake(
        {"t": "t_of_columns"},
        "That is t of two independent samples, of all values in each column. Which values belong "
        "to one patient?",
    ),
    Mistake(
        {"t": "t_of_means"},
        "The gaps were filled with the column's mean. These pairs were never seen, and they make "
        "you surer than you are.",
    ),
    Mistake(
        {"t": "t_carried"},
        "The gaps were filled with the patient's other value: changes of zero that nobody saw.",
    ),
    Mistake(
        {"change": "of_pairs"},
        "That is the change of those who came twice. The model can use the visits of the others, "
        "too: fit it to the whole long table.",
    ),
    Mistake(
        {"change": "of_columns"},
        "That is the difference of the two column means (to fill in means gives the same). It "
        "compares different patients: who is missing after the training?",
    ),
    Mistake(
        {"change": "carried"},
        "The gaps were filled with the patient's other value: a change of zero that nobody saw.",
    ),
    Mistake(
        {"change": "of_zeros"},
        "The gaps were filled with zeros. Nobody has a grip of zero kilograms.",
    ),
)

EXERCISE = Exercise(
    "10.1",
    "Ten patients, from wide to long",
    Several(rows=Number(0), t=Number(2), change=Number(2)),
    numbers=numbers,
    why="the paired t test is the mixed model of those who came twice; with all {rows} visits the "
    "model also learns from those who came once, whose level it knows how to weigh.",
    mistakes=MISTAKES,
    nudge="What would a row say of a visit to which nobody came?",
    section="A repeated-measures ANOVA is one of these models",
    formula='wide.melt(…).dropna(); fit_lmm("grip ~ after", long, "patient"): t = estimate/SE',
    points=3,
)
