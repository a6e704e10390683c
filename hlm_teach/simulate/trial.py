"""A trial with two arms, from which patients leave (or die) the sooner the steeper they rise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

_START = {"gamma00": 0.5, "tau00": 1.0, "rho01": 0.4, "sigma2": 0.12}  # as fitted to the pbc data


@guarded(
    n_per_arm=guard.whole(low=2),
    visits=guard.rising,
    tau11=guard.variance,
    dropout=guard.number(low=0, high=1),
    rng=guard.generator,
    effect=guard.number(),
    steepness=guard.list_of(guard.number()),
    gamma10=guard.number(),
)
def simulate_trial(
    *,
    n_per_arm: int,
    visits: ArrayLike,
    tau11: float,
    dropout: float,
    rng: np.random.Generator,
    effect: float = 0.0,
    steepness: Sequence[float] = (0.0, 0.0),
    gamma10: float = 0.18,
) -> pd.DataFrame:
    r"""Two randomised arms whose patients leave by a probability that depends on their own slope.

    The arms start alike; in arm a (0 or 1) patient j follows

    .. math:: y_{tj} = \gamma_{00} + u_{0j} + (\gamma_{10} + \delta a + u_{1j}) t + e_{tj},

    with γ_00 = 0.5, τ_00 = 1, ρ_01 = 0.4, σ² = 0.12 as fitted to the pbc data, and leaves after a
    visit with probability P,

    .. math:: \operatorname{logit} P = \operatorname{logit} d + s_a\, u_{1j} / \sqrt{\tau_{11}}.

    A patient's slope is never seen, so that with s ≠ 0 values are missing not at random: outcome
    and leaving share a random effect, as in joint models.

    Parameters
    ----------
    n_per_arm, visits
        Patients in each arm, and the times of the planned visits in order; all come to the first.
    tau11 : float
        Variance of the patients' slopes in an arm.
    dropout : float
        d, the chance to leave after a visit for a patient with the arm's mean slope.
    rng : numpy.random.Generator
        Source of randomness.
    effect : float
        δ, the difference of the arms' mean slopes.
    steepness : two numbers
        s of arm 0 and of arm 1: log odds of leaving per standard deviation of the slopes.
    gamma10 : float
        The mean slope of arm 0.

    Returns
    -------
    DataFrame
        Columns group, arm, x (time), y, of the visits that took place.

    Raises
    ------
    TypeError, ValueError
        For parameters that can't be, or times that don't rise from visit to visit.

    References
    ----------
    Henderson, R., Diggle, P., & Dobson, A. (2000). Joint modelling of longitudinal measurements
    and event time data. Biostatistics, 1(4), 465-480, doi:10.1093/biostatistics/1.4.465.

    >>> trial = simulate_trial(n_per_arm=50, visits=range(9), tau11=0.03, dropout=0.1,
    ...                        steepness=(2, 0), rng=np.random.default_rng(1))
    >>> list(trial.columns), trial.groupby("arm").size().tolist()
    (['group', 'arm', 'x', 'y'], [289, 331])
    """
    if len(steepness) != 2:
        raise ValueError(f"steepness={list(steepness)!r}: give two numbers, one for each arm")
    times = np.asarray(visits, dtype=float)
    arm = np.repeat([0, 1], n_per_arm)
    z = rng.standard_normal((2 * n_per_arm, 2))
    y = _outcomes(z, gamma10 + effect * arm, tau11, times, rng)
    chance = expit(logit(dropout) + np.asarray(steepness, dtype=float)[arm] * z[:, 1])
    stays = rng.random((len(arm), len(times) - 1)) >= chance[:, None]
    there = np.column_stack([np.ones(len(arm), bool), np.cumprod(stays, axis=1).astype(bool)])
    group, visit = np.nonzero(there)
    return pd.DataFrame({"group": group, "arm": arm[group], "x": times[visit], "y": y[there]})


def _outcomes(
    z: Array, slope: Array, tau11: float, times: Array, rng: np.random.Generator
) -> Array:
    """Planned outcomes, patients × visits; z[:, 1] is the patient's slope in standard deviations."""
    rho, sd0 = _START["rho01"], np.sqrt(_START["tau00"])
    u0 = sd0 * (rho * z[:, 1] + np.sqrt(1 - rho**2) * z[:, 0])
    own = slope + np.sqrt(tau11) * z[:, 1]
    e = np.sqrt(_START["sigma2"]) * rng.standard_normal((len(z), len(times)))
    return _START["gamma00"] + u0[:, None] + own[:, None] * times + e
