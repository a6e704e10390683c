"""Reliability of what is known of one group: of its mean, of its slope."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_sizes, check_variance
from hlm_teach._shared.guard import guarded

from .icc import _share


def mean_reliability(
    tau00: float, sigma2: float, n: int | Sequence[int] | pd.Series
) -> float | np.ndarray | pd.Series:
    """Reliability of a group's mean: the share of its variance that is about the group.

    ::

        λ_j = τ_00 / (τ_00 + σ²/n_j)

    It is also the weight a group's own mean gets in its BLUP.

    Parameters
    ----------
    tau00, sigma2 : float
        Variances between and within groups.
    n : int, sequence of int or Series
        Group size or sizes n_j.

    Returns
    -------
    float, ndarray or Series
        In the shape (and with the index) of `n`, between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If a variance is negative, both are 0, or a size is not a whole number of at least 1.

    References
    ----------
    Raudenbush, S. W., & Bryk, A. S. (2002). Hierarchical Linear Models (2nd ed.). Sage, chapter 4.

    Examples
    --------
    >>> mean_reliability(4, 16, [1, 4, 16]).round(2)
    array([0.2, 0.5, 0.8])
    """
    between, within = check_variance(tau00, "tau00"), check_variance(sigma2, "sigma2")
    reliability = _share(between, within / check_sizes(n, "n"))
    if isinstance(n, pd.Series):
        return pd.Series(reliability, index=n.index, name="reliability")
    return float(reliability[0]) if np.ndim(n) == 0 else reliability


@guarded(sum_of_squares=guard.values_of(guard.number(low=0)))
def slope_reliability(
    tau11: float, sigma2: float, sum_of_squares: float | Sequence
) -> float | np.ndarray:
    """Reliability of a group's own slope: λ = τ_11/(τ_11 + σ²/Σ(x − x̄_j)²).

    The share of the variance of slopes, each estimated from its own group, that is not luck; and
    how far a slope keeps from the mean slope when it is shrunk (where intercepts are known).

    >>> round(slope_reliability(35.07, 654.9, 82.5), 2)
    0.82
    """
    squares = np.asarray(sum_of_squares, dtype=float)
    tau11, sigma2 = check_variance(tau11, "tau11"), check_variance(sigma2, "sigma2", positive=True)
    found = tau11 * squares / (tau11 * squares + sigma2)
    return float(found) if squares.ndim == 0 else found
