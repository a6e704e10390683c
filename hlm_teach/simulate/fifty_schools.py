"""Fifty schools made so that three models give eleven published estimates: `simulate_fifty_schools`.

The source is a table without data: mathematics scores in 50 schools, analysed by a null model, a
random intercept and a random slope of SES. Its eleven estimates are eleven equations, `PUBLISHED`.
Fixed random numbers are bent by eleven dials until all of them hold; `DIALS` is where that ended
(a test starts from other dials and ends there). Standard errors can't be
asked for: no schools have them (`hlm_teach.measures.published_table`).
``python -m hlm_teach.simulate.fifty_schools hlm_teach/data/fifty_schools.csv`` writes the file.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

N_SCHOOLS, GROUP_SIZE, SEED = 50, 20, 3
PUBLISHED = {
    "null": {"Intercept": 72.5, "tau00": 18.3, "sigma2": 52.1},
    "random intercept": {"Intercept": 72.4, "ses": 3.2, "tau00": 16.8, "sigma2": 45.2},
    "random slope": {"Intercept": 72.3, "ses": 3.1, "tau00": 15.1, "tau11": 2.4},
}
DIALS: dict[str, float] = {
    "score": 71.736105,
    "ses_mean": 0.031250,
    "ses_between": 1.006080,
    "ses_within": 0.738558,
    "slope": 2.548165,
    "log_intercept_sd": 1.260361,
    "log_slope_sd": 0.428169,
    "log_residual_sd": 1.913911,
    "by_spread": 1.962423,  # how a school's slope goes with the spread of its SES
    "context": -0.870889,  # what a school's mean SES adds by itself
    "tie": 1.121808,  # how intercepts go with slopes
}


def simulate_fifty_schools(dials: dict[str, float] | None = None) -> pd.DataFrame:
    """Return pupils of 50 schools, 20 each, that reproduce the published estimates.

    Schools differ in mean SES and in how much SES spreads inside them. Where it spreads more its
    slope is another, so that one common slope (3.2) and the mean of all slopes (3.1) aren't equal;
    school means of SES carry an effect of their own, so that τ₀₀ falls when SES enters.

    Parameters
    ----------
    dials : dict, optional
        Other values of the eleven dials than `DIALS`, by the same names.

    Returns
    -------
    DataFrame
        Columns ``school`` (1 to 50), ``score`` (points), ``ses`` (standard units), unrounded.

    >>> pupils = simulate_fifty_schools()
    >>> len(pupils), round(float(pupils["score"].mean()), 1)
    (1000, 72.5)
    """
    at, parts = DIALS if dials is None else dials, _random_parts()
    ses = at["ses_mean"] + at["ses_between"] * parts["between"] + at["ses_within"] * parts["within"]
    slope = (
        at["slope"] + np.exp(at["log_slope_sd"]) * parts["u1"] + at["by_spread"] * parts["spread"]
    )
    score = (
        at["score"]
        + slope * ses
        + np.exp(at["log_intercept_sd"]) * parts["u0"]
        + at["context"] * parts["between"]
        + at["tie"] * parts["u1"]
        + np.exp(at["log_residual_sd"]) * parts["e"]
    )
    school = np.repeat(np.arange(1, N_SCHOOLS + 1), GROUP_SIZE)
    return pd.DataFrame({"school": school, "score": score.ravel(), "ses": ses.ravel()})


def _random_parts() -> dict[str, np.ndarray]:
    """The random numbers, before any dial: schools in rows, pupils in columns."""
    rng = np.random.default_rng(SEED)
    between = _standard(rng.normal(size=(N_SCHOOLS, 1)), axis=0)
    within = _standard(rng.normal(size=(N_SCHOOLS, GROUP_SIZE)), axis=1)
    spread = np.exp(0.5 * rng.normal(size=(N_SCHOOLS, 1)))
    within = within * spread
    u0, u1 = _standard(rng.normal(size=(2, N_SCHOOLS, 1)), axis=1)
    e = rng.normal(size=within.shape)
    return {
        "between": between,
        "within": within / within.std(),
        "spread": spread - spread.mean(),
        "u0": u0,
        "u1": u1,
        "e": e - e.mean(axis=1, keepdims=True),
    }


def _standard(values: np.ndarray, *, axis: int) -> np.ndarray:
    """Values with mean 0 and variance 1 along an axis."""
    centred = values - values.mean(axis=axis, keepdims=True)
    return centred / centred.std(axis=axis, keepdims=True)


def as_published(pupils: pd.DataFrame) -> pd.DataFrame:
    """Round as a school's file would: scores to a tenth, SES to a hundredth."""
    return pupils.assign(score=pupils["score"].round(1), ses=pupils["ses"].round(2))


if __name__ == "__main__":
    as_published(simulate_fifty_schools()).to_csv(
        Path(sys.argv[1]), index=False, lineterminator="\n"
    )
