"""The file of chapter 13's "On your own data": `chapters/clinic.csv`, a trial in kidney patients.

It stands for a reader's own trial: a row a visit, at times as patients came, a positive and skewed
outcome, stages, deaths. It is simulated, so what is true of it is known: `TRUTH`.
``python -m hlm_teach.simulate.clinic chapters/clinic.csv`` writes it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

TRUTH = {
    "start": 0.45,  # log creatinine (mg/dl) at month 0 in stage I, both arms
    "stage_II": 0.30,
    "stage_III": 0.65,
    "per_year": 0.16,  # rise of the logarithm a year in usual care
    "drug_per_year": -0.07,  # what the drug adds to it
    "tau00": 0.06,
    "tau11": 0.008,  # variance of the rates of a year
    "rho01": 0.3,
    "sigma2": 0.012,
}
MONTHS = np.arange(0, 43, 6)
N_PATIENTS = 160
SEED = 1313


def simulate_clinic() -> pd.DataFrame:
    """Creatinine of patients over three and a half years, as a trial's database would export it.

    After each visit a patient may die, the more likely the higher the value just seen (missing at
    random); besides, a visit in twenty-five is missed, and a value in forty lost.

    Returns
    -------
    DataFrame
        One row a visit: ``patient`` (integer id), ``arm`` (usual, drug), ``stage`` (I, II, III at
        entry), ``month`` since entry, ``creatinine`` (mg/dl), and ``ended``: how the patient's
        follow-up ended (died, completed).

    >>> visits = simulate_clinic()
    >>> list(visits.columns), visits["patient"].nunique()
    (['patient', 'arm', 'stage', 'month', 'creatinine', 'ended'], 160)
    """
    rng = np.random.default_rng(SEED)
    drug = rng.permutation(np.arange(N_PATIENTS) % 2)
    stage = rng.choice(3, N_PATIENTS, p=[0.4, 0.35, 0.25])
    month = MONTHS + np.round(rng.normal(0, 0.7, (N_PATIENTS, len(MONTHS)))).astype(int)
    month[:, 0] = 0
    logs = _logs(drug, stage, month / 12, rng)
    chance = expit(-3.4 + 2.0 * (logs[:, :-1] - 0.75))
    stays = rng.random(chance.shape) >= chance
    there = np.column_stack([np.ones(N_PATIENTS, bool), np.cumprod(stays, axis=1).astype(bool)])
    came = rng.random(there.shape) >= 1 / 25
    came[:, 0] = True
    patient, visit = np.nonzero(there & came)
    value = np.exp(logs[patient, visit]).round(2)
    value[rng.random(len(value)) < 1 / 40] = np.nan
    return pd.DataFrame(
        {
            "patient": 4001 + patient,
            "arm": np.array(["usual", "drug"])[drug[patient]],
            "stage": np.array(["I", "II", "III"])[stage[patient]],
            "month": month[patient, visit],
            "creatinine": value,
            "ended": np.where(there[patient, -1], "completed", "died"),
        }
    )


def _logs(
    drug: np.ndarray, stage: np.ndarray, years: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Planned log creatinine, patients × visits, by the model whose parameters are `TRUTH`."""
    truth = TRUTH
    z0, z1 = rng.standard_normal((2, N_PATIENTS))
    u0 = np.sqrt(truth["tau00"]) * z0
    u1 = np.sqrt(truth["tau11"]) * (truth["rho01"] * z0 + np.sqrt(1 - truth["rho01"] ** 2) * z1)
    start = truth["start"] + np.array([0.0, truth["stage_II"], truth["stage_III"]])[stage] + u0
    rise = truth["per_year"] + truth["drug_per_year"] * drug + u1
    noise = np.sqrt(truth["sigma2"]) * rng.standard_normal(years.shape)
    return start[:, None] + rise[:, None] * years + noise


if __name__ == "__main__":
    simulate_clinic().to_csv(Path(sys.argv[1]), index=False, lineterminator="\n")
