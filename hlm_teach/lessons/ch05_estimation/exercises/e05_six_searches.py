"""05.5 Six searches: which stand at the top?"""

from collections.abc import Callable

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

PLACES = ("inside", "edge", "short", "impossible")
# What six searches of statsmodels reported as their log-likelihood.
REPORTED = {
    "A": ("wages", 841.69),
    "B": ("wages", 758.36),
    "C": ("sim42", -1140.27),
    "D": ("sim42", -1139.84),
    "E": ("stays", np.inf),
    "F": ("stays", -1933.19),
}


def numbers() -> Numbers:
    """Where each of the six searches stopped."""
    tops = {
        "wages": fit_lmm("log_wage ~ t", load_data("employment_uk"), "firm", "1 + t"),
        "sim42": fit_lmm("Y ~ X", load_data("sim42"), "school", "1 + X"),
        "stays": fit_lmm("log_los ~ age80", load_data("medpar"), "hospital"),
    }
    return {row: place(llf, tops[name]) for row, (name, llf) in REPORTED.items()}


def place(llf: float, top: LmmResult) -> str:
    """Where a search stopped, judged by the log-likelihood alone."""
    if llf > top.llf + 0.05:
        return "impossible"
    if llf < top.llf - 0.05:
        return "short"
    return "edge" if top.singular else "inside"


def marks(rows: str, *words: str) -> Callable[[dict, Numbers], bool]:
    """Tell whether one of these rows was given one of these words."""
    return lambda given, n: any(given[row] in words for row in rows)


MISTAKES = (
    Mistake(
        {"E": "inside"},
        "One row reports a likelihood that no data can have. `converged` is True "
        "there, and what is that worth?",
        when=marks("E", "inside", "edge", "short"),
    ),
    Mistake(
        {"B": "impossible"},
        "A finite log-likelihood at or below the best one that is known is possible. "
        "Compare it with that.",
        when=marks("ABCDF", "impossible"),
    ),
    Mistake(
        {"B": "inside"},
        "You trust a search that stands lower than another one of the same model and "
        "data. (Moving the origin of time doesn't move this log-likelihood.) Whoever "
        "is higher is nearer the top; what does `fit_lmm` reach?",
        when=marks("BC", "inside", "edge"),
    ),
    Mistake(
        {"D": "short"},
        "You marked as short a search above which nothing is known: `fit_lmm` gets no "
        "higher either. A warning, a flag, or another row's impossible number proves "
        "nothing.",
        when=marks("ADF", "short"),
    ),
    Mistake(
        {"A": "edge"},
        "You marked as 'edge' a top at which no variance is zero and no correlation "
        "±1. A warning says that it MAY lie there: what do the estimates say?",
        when=marks("AF", "edge"),
    ),
    Mistake(
        {"D": "inside"},
        "One of the tops that you call inside has a correlation of ±1. Look at "
        "`cov_re`, or at `singular`.",
        when=marks("D", "inside"),
    ),
)

EXERCISE = Exercise(
    "05.5",
    "Six searches: which stand at the top?",
    Several(**{row: Choice(PLACES) for row in REPORTED}),
    numbers=numbers,
    why="neither a warning nor a flag told you: only the log-likelihood and a look at the "
    "variances did.",
    mistakes=MISTAKES,
    nudge="Which rows are about the same model and data, and who of them is highest?",
    section="Singular, or stopped early? Look at the curve",
    formula="same model, data and criterion: compare log L with the best one known; at the top "
    "look at variances and correlations (fit.singular)",
)
