"""The file of chapter 10's "On your own data": `chapters/visits.csv`, patients in rehabilitation.

It stands for a reader's own file of repeated measurements: wide, one row a patient and one column a
week, with gaps and with patients who leave. It is simulated, so what is true of it is known:
`TRUTH`. ``python -m hlm_teach.simulate.visits chapters/visits.csv`` writes it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

TRUTH = {
    "start": 42.0,  # mobility score at week 0, both arms
    "per_week": 1.0,  # points a week with the usual programme
    "exercise_per_week": 0.8,  # points a week more with exercise
    "tau00": 60.0,  # variance of scores at week 0
    "tau11": 0.16,  # variance of weekly gains
    "rho01": -0.2,
    "sigma2": 30.0,
    "phi": 0.5,  # correlation of residuals two weeks apart
}
WEEKS = (0, 2, 4, 6, 8, 10)
N_PATIENTS = 90
SEED = 1010


def simulate_visits() -> pd.DataFrame:
    """Mobility scores of patients over ten weeks, as a clinic's sheet would give them.

    After each visit a patient may leave, the more likely the lower the score just seen (missing at
    random); besides, one visit in thirty is missed by chance.

    Returns
    -------
    DataFrame
        One row a patient: ``patient`` (integer id), ``arm`` (usual, exercise), ``age`` (years), and
        ``week0`` to ``week10``, the scores, empty where there was no visit.

    >>> visits = simulate_visits()
    >>> len(visits), list(visits.columns)[:4]
    (90, ['patient', 'arm', 'age', 'week0'])
    """
    rng = np.random.default_rng(SEED)
    exercise = rng.permutation(np.arange(N_PATIENTS) % 2)
    score = _scores(exercise, rng)
    chance = expit(-2.6 - 0.09 * (score[:, :-1] - 50))
    stays = rng.random(chance.shape) >= chance
    there = np.column_stack([np.ones(N_PATIENTS, bool), np.cumprod(stays, axis=1).astype(bool)])
    missed = rng.random(score.shape) < 1 / 30
    missed[:, 0] = False
    score[~there | missed] = np.nan
    weeks = {f"week{week}": score[:, place].round(1) for place, week in enumerate(WEEKS)}
    return pd.DataFrame(
        {
            "patient": 2001 + np.arange(N_PATIENTS),
            "arm": np.array(["usual", "exercise"])[exercise],
            "age": np.clip(rng.normal(66, 9, N_PATIENTS), 40, 90).round().astype(int),
            **weeks,
        }
    )


def _scores(exercise: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Planned scores, patients × weeks, by the model whose parameters are `TRUTH`."""
    truth, week = TRUTH, np.array(WEEKS)
    z0, z1 = rng.standard_normal((2, N_PATIENTS))
    u0 = np.sqrt(truth["tau00"]) * z0
    u1 = np.sqrt(truth["tau11"]) * (truth["rho01"] * z0 + np.sqrt(1 - truth["rho01"] ** 2) * z1)
    e = np.sqrt(truth["sigma2"]) * rng.standard_normal((N_PATIENTS, len(week)))
    for t in range(1, len(week)):
        e[:, t] = truth["phi"] * e[:, t - 1] + np.sqrt(1 - truth["phi"] ** 2) * e[:, t]
    gain = truth["per_week"] + truth["exercise_per_week"] * exercise + u1
    return truth["start"] + u0[:, None] + gain[:, None] * week + e


if __name__ == "__main__":
    simulate_visits().to_csv(Path(sys.argv[1]), index=False, lineterminator="\n")
