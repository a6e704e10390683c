"""Growth that is measured only as long as people stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

from .two_level import simulate_two_level


@guarded(
    n_patients=guard.whole(low=2),
    visits=guard.list_of(guard.number()),
    tau11=guard.variance,
    dropout=guard.number(low=0, high=1),
    dropout_slope=guard.number(),
    rng=guard.generator,
    gamma10=guard.number(),
)
def simulate_growth(
    *,
    n_patients: int,
    visits: ArrayLike,
    tau11: float,
    dropout: float,
    dropout_slope: float,
    rng: np.random.Generator,
    gamma10: float = 0.18,
) -> pd.DataFrame:
    """Patients whose log bilirubin grows, each at a rate of their own; the ill leave early.

    Parameters as fitted to the pbc data: γ_00 = 0.5, τ_00 = 1, ρ_01 = 0.4, σ² = 0.12. Whether a
    patient leaves after a visit depends on the value seen at that visit and on nothing else
    (missing at random); see `simulate_two_level`.

    >>> patients = simulate_growth(n_patients=50, visits=range(9), tau11=0.03, dropout=0.1,
    ...                            dropout_slope=1.0, rng=np.random.default_rng(1))
    >>> list(patients.columns), len(patients) < 50 * 9
    (['group', 'x', 'y'], True)
    """
    times = np.asarray(visits).tolist()
    return simulate_two_level(
        n_groups=n_patients,
        group_size=len(times),
        x_values=times,
        gamma00=0.5,
        gamma10=gamma10,
        tau00=1.0,
        tau11=tau11,
        rho01=0.4,
        sigma2=0.12,
        dropout=dropout,
        dropout_slope=dropout_slope if dropout > 0 else 0.0,
        rng=rng,
    )
