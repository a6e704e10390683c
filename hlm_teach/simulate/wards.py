"""The file that goes through the whole course: `chapters/wards.csv`, patients in wards.

It stands for a reader's own file: integer ids, raw predictors, a factor with three levels, missing
values, wards of very different sizes. It is simulated, so what is true of it is known: `TRUTH`.
``python -m hlm_teach.simulate.wards chapters/wards.csv`` writes it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TRUTH = {
    "age_within": -0.30,  # points a year, the mean over wards
    "age_between": -0.60,  # points a year of the ward's mean age
    "urgent": -2.0,  # against planned, points
    "emergency": -6.0,
    "nurses": -1.2,  # points a further patient a nurse
    "tau00": 16.0,  # variance of ward intercepts at a patient of the ward's mean age
    "tau11": 0.06,  # variance of the slope of age
    "rho01": -0.2,
    "sigma2": 90.0,
}
N_WARDS = 36
SEED = 2027


def simulate_wards() -> pd.DataFrame:
    """Recovery scores of patients in 36 wards, as a hospital's export would give them.

    Returns
    -------
    DataFrame
        One row a patient: ``patient`` and ``ward`` (integer ids), ``age`` (years), ``admission``
        (planned, urgent, emergency), ``nurses`` (patients a nurse looks after, one value a ward),
        ``recovery`` (score at discharge, higher is better). Some ages and scores are missing,
        completely at random.

    >>> wards = simulate_wards()
    >>> wards["ward"].nunique(), list(wards.columns)[:3]
    (36, ['patient', 'ward', 'age'])
    """
    rng = np.random.default_rng(SEED)
    sizes = np.clip(np.round(rng.lognormal(3.1, 0.6, N_WARDS)), 4, 90).astype(int)
    labels = np.sort(rng.choice(np.arange(101, 200), N_WARDS, replace=False))
    ward = np.repeat(np.arange(N_WARDS), sizes)
    mean_age, nurses = rng.normal(64, 5, N_WARDS), rng.integers(4, 11, N_WARDS)
    age = np.clip(mean_age[ward] + rng.normal(0, 13, len(ward)), 18, 97).round()
    kind = rng.choice(3, len(ward), p=[0.5, 0.3, 0.2])
    data = pd.DataFrame(
        {
            "patient": 10_001 + np.arange(len(ward)),
            "ward": labels[ward],
            "age": age,
            "admission": np.array(["planned", "urgent", "emergency"])[kind],
            "nurses": nurses[ward],
            "recovery": _recovery(age, kind, nurses[ward], ward, rng).round(1),
        }
    )
    data.loc[rng.random(len(data)) < 0.03, "age"] = np.nan
    data.loc[rng.random(len(data)) < 0.02, "recovery"] = np.nan
    return data.sample(frac=1, random_state=SEED).reset_index(drop=True)


def _recovery(
    age: np.ndarray,
    kind: np.ndarray,
    nurses: np.ndarray,
    ward: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Scores (N,) by the model whose parameters are `TRUTH`, age centred at its ward's mean."""
    of_ward = pd.Series(age).groupby(ward).transform("mean").to_numpy()
    sd0, sd1 = np.sqrt(TRUTH["tau00"]), np.sqrt(TRUTH["tau11"])
    z0, z1 = rng.standard_normal((2, N_WARDS))
    u0 = sd0 * z0
    u1 = sd1 * (TRUTH["rho01"] * z0 + np.sqrt(1 - TRUTH["rho01"] ** 2) * z1)
    shift = np.array([0.0, TRUTH["urgent"], TRUTH["emergency"]])[kind]
    return (
        60
        + (TRUTH["age_within"] + u1[ward]) * (age - of_ward)
        + TRUTH["age_between"] * (of_ward - 64)
        + TRUTH["nurses"] * (nurses - 7)
        + shift
        + u0[ward]
        + rng.normal(0, np.sqrt(TRUTH["sigma2"]), len(age))
    )


if __name__ == "__main__":
    simulate_wards().to_csv(Path(sys.argv[1]), index=False, lineterminator="\n")
