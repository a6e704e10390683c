"""Growth over time: measured only as long as people stay, or with residuals that remember."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

from .draws import drop_out
from .two_level import simulate_two_level

_START = {"gamma00": 0.5, "tau00": 1.0, "rho01": 0.4, "sigma2": 0.12}  # as fitted to the pbc data


@guarded(
    n_patients=guard.whole(low=2),
    visits=guard.rising,
    tau11=guard.variance,
    dropout=guard.number(low=0, high=1),
    dropout_slope=guard.number(),
    rng=guard.generator,
    gamma10=guard.number(),
    unseen=guard.number(low=0, high=1),
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
    unseen: float = 0.0,
) -> pd.DataFrame:
    r"""Patients whose log bilirubin grows, each at a rate of their own; the ill leave early.

    Parameters as fitted to the pbc data: γ_00 = 0.5, τ_00 = 1, ρ_01 = 0.4, σ² = 0.12. After visit t
    a patient leaves with probability P,

    .. math:: \operatorname{logit} P = \operatorname{logit} d + s\,\frac{(1 - k) y_t + k y_{t+1} -
              \gamma_{00}}{\sqrt{\tau_{00} + \sigma^2}}.

    Parameters
    ----------
    n_patients, visits
        How many, and the times of the planned visits in order.
    tau11 : float
        Variance of the patients' rates of growth.
    dropout, dropout_slope : float
        d, the chance to leave at an average value, and s, in log odds per standard deviation.
        s = 0: missing completely at random (MCAR).
    unseen : float
        k, from 0 to 1: the weight of the value at the next visit, which nobody sees where the
        patient has left. 0: missing at random (MAR); above, with s ≠ 0, missing not at random (MNAR).
    rng : numpy.random.Generator
        Source of randomness.
    gamma10 : float
        The mean rate of growth.

    Returns
    -------
    DataFrame
        Columns group, x (time), y, of the visits that took place.

    Raises
    ------
    TypeError, ValueError
        For parameters that can't be, or times that don't rise from visit to visit.

    References
    ----------
    Rubin, D. B. (1976). Inference and missing data. Biometrika, 63(3), 581-592,
    doi:10.1093/biomet/63.3.581. Little, R. J. A. (1995). Modeling the drop-out mechanism in
    repeated-measures studies. Journal of the American Statistical Association, 90(431), 1112-1121,
    doi:10.1080/01621459.1995.10476615.

    >>> patients = simulate_growth(n_patients=50, visits=range(9), tau11=0.03, dropout=0.1,
    ...                            dropout_slope=1.0, rng=np.random.default_rng(1))
    >>> list(patients.columns), len(patients) < 50 * 9
    (['group', 'x', 'y'], True)
    """
    times = np.asarray(visits, dtype=float)
    planned = simulate_two_level(
        n_groups=n_patients,
        group_size=len(times),
        x_values=times.tolist(),
        gamma00=_START["gamma00"],
        gamma10=gamma10,
        tau00=_START["tau00"],
        tau11=tau11,
        rho01=_START["rho01"],
        sigma2=_START["sigma2"],
        rng=rng,
    )
    steepness = dropout_slope if dropout > 0 else 0.0
    return drop_out(
        planned, n_patients, times, dropout, steepness, _START, _START, rng, unseen=unseen
    )


@guarded(
    n_persons=guard.whole(low=2),
    n_times=guard.whole(low=2, high=200),
    tau00=guard.variance,
    tau11=guard.variance,
    phi=guard.number(low=-0.99, high=0.99),
    sigma2=guard.positive,
    rng=guard.generator,
    gamma10=guard.number(),
)
def simulate_memory(
    *,
    n_persons: int,
    n_times: int,
    tau00: float,
    tau11: float,
    phi: float,
    sigma2: float,
    rng: np.random.Generator,
    gamma10: float = 0.0,
) -> Array:
    r"""Persons with lines of their own, measured at times 0, 1, ... with AR(1) residuals.

    .. math:: y_{tj} = u_{0j} + (\gamma_{10} + u_{1j}) t + e_{tj}, \quad
              e_{tj} = \varphi e_{t-1,j} + \sqrt{1 - \varphi^2}\,\sigma z_{tj},

    so that Var(e) = σ² at every time; intercepts and slopes are independent.

    Returns
    -------
    ndarray, shape (n_persons, n_times)
        One row a person. Wide: `hlm_teach.balanced.slope_or_memory` takes it as it is.

    >>> simulate_memory(n_persons=5, n_times=4, tau00=1, tau11=0, phi=0.5, sigma2=1,
    ...                 rng=np.random.default_rng(1)).shape
    (5, 4)
    """
    u = rng.standard_normal((n_persons, 2)) * np.sqrt([tau00, tau11])
    e = np.sqrt(sigma2) * rng.standard_normal((n_persons, n_times))
    for t in range(1, n_times):
        e[:, t] = phi * e[:, t - 1] + np.sqrt(1 - phi**2) * e[:, t]
    return u[:, :1] + (gamma10 + u[:, 1:]) * np.arange(n_times) + e
