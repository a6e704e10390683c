"""The file for chapter 07's own data: `chapters/essays.csv`, essays marked by several teachers.

It stands for a reader's own file of crossed data: integer ids that are used for both factors, a
design with holes (every essay is marked by four of the teachers), a factor with three levels,
missing marks. It is simulated, so what is true of it is known: `TRUTH`.
``python -m hlm_teach.simulate.essays chapters/essays.csv`` writes it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TRUTH = {
    "typed": 1.5,  # points, a property of essays
    "experience": -0.15,  # points a year, a property of teachers
    "letter": 1.0,  # against story
    "report": -2.0,
    "tau_essay": 25.0,  # variance between essays
    "tau_teacher": 9.0,  # variance between teachers
    "sigma2": 16.0,
}
N_ESSAYS, N_TEACHERS, MARKS_EACH = 90, 24, 4
SEED = 717  # a draw whose estimates lie near the truth


def simulate_essays() -> pd.DataFrame:
    """Marks of 90 essays, each by four of 24 teachers, as a school's export would give them.

    Returns
    -------
    DataFrame
        One row a mark: ``essay`` and ``teacher`` (integer ids, both from 1), ``topic`` (story,
        letter, report: of the essay), ``typed`` (0/1, of the essay), ``experience`` (years, of the
        teacher), ``mark`` (points of 100). Some marks are missing, completely at random.

    >>> essays = simulate_essays()
    >>> essays["essay"].nunique(), essays["teacher"].nunique(), len(essays)
    (90, 24, 360)
    """
    rng = np.random.default_rng(SEED)
    kind, typed = rng.choice(3, N_ESSAYS), rng.permutation(np.arange(N_ESSAYS) % 2)
    years = np.clip(rng.gamma(2.0, 6.0, N_TEACHERS).round(), 1, 38)
    essay = np.repeat(np.arange(N_ESSAYS), MARKS_EACH)
    teacher = _markers(rng)
    u = np.sqrt(TRUTH["tau_essay"]) * rng.standard_normal(N_ESSAYS)
    v = np.sqrt(TRUTH["tau_teacher"]) * rng.standard_normal(N_TEACHERS)
    mark = (
        60
        + np.array([0.0, TRUTH["letter"], TRUTH["report"]])[kind][essay]
        + TRUTH["typed"] * typed[essay]
        + TRUTH["experience"] * (years[teacher] - 12)
        + u[essay]
        + v[teacher]
        + np.sqrt(TRUTH["sigma2"]) * rng.standard_normal(len(essay))
    )
    data = pd.DataFrame(
        {
            "essay": essay + 1,
            "teacher": teacher + 1,
            "topic": np.array(["story", "letter", "report"])[kind][essay],
            "typed": typed[essay],
            "experience": years[teacher].astype(int),
            "mark": mark.round(1),
        }
    )
    data.loc[rng.random(len(data)) < 0.03, "mark"] = np.nan
    return data.sample(frac=1, random_state=SEED).reset_index(drop=True)


def _markers(rng: np.random.Generator) -> np.ndarray:
    """Four different teachers for each essay."""
    order = rng.random((N_ESSAYS, N_TEACHERS)).argsort(axis=1)
    return order[:, :MARKS_EACH].ravel()


if __name__ == "__main__":
    simulate_essays().to_csv(Path(sys.argv[1]), index=False, lineterminator="\n")
