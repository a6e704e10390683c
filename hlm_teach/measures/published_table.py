r"""Reading a published table like a detective: what its standard errors say about the groups.

A multilevel model's standard errors, its variances and the numbers of groups and members are tied
together. For the mean of one random coefficient of variance τ (τ_00 for an intercept, τ_11 for a
slope) estimated by generalised least squares, whatever else the model holds,

.. math:: \operatorname{SE}^2 \ge \tau / J,

and for the intercept of a model without predictors, in groups of n,

.. math:: \operatorname{SE}^2 = (\tau_{00} + \sigma^2/n) / J.

(With unequal sizes n is smaller than the mean size; a predictor that isn't centred makes the
left side larger.) Printed numbers are rounded, so every answer is a pair of bounds. They don't hold
for robust standard errors, and not where weights or several plausible values were used.
"""

from __future__ import annotations

from math import ceil, floor, inf, sqrt
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded

_SLACK = 1e-9  # a bound that is a whole number, but for rounding errors, counts as one
_SMALLEST, _LARGEST = 1e-100, 1e100  # beyond, squares leave what a computer can hold


def printed(number: str | float) -> tuple[float, float]:
    """Least and largest value that would be printed like that; a number is taken as exact.

    Raises
    ------
    TypeError, ValueError
        If `number` isn't a number or a text that shows one.

    >>> [round(end, 2) for end in printed("1.2")]
    [1.15, 1.25]
    >>> printed(1.2)
    (1.2, 1.2)
    """
    return _read(number, "number")


def _read(number: object, name: str) -> tuple[float, float]:
    """Ends of a printed number, or an error that names the argument."""
    if isinstance(number, bool | np.bool_) or not isinstance(number, str | Real):
        raise TypeError(
            f"{name} must be a printed number, such as the text '1.2', not {shortened(number)}"
        )
    try:
        value = float(number)
    except ValueError:
        raise ValueError(
            f"{name} must be a printed number, digits as in '1.2', not {shortened(number)}"
        ) from None
    if not isinstance(number, str):
        return value, value
    _, _, decimals = number.strip().partition(".")
    half = 0.5 * 10.0 ** -len(decimals)
    return value - half, value + half


def _positive(number: str | float, name: str) -> tuple[float, float]:
    """Bounds of a printed standard error or variance."""
    low, high = _read(number, name)
    if not _SMALLEST < high < _LARGEST:
        raise ValueError(
            f"{name} must be above 0, between {_SMALLEST:g} and {_LARGEST:g}, "
            f"not {shortened(number)}"
        )
    return max(low, 0.0), high


@guarded(smallest=guard.whole())
def groups_behind_se(
    se: str | float, variance: str | float, sigma2: str | float | None = None, *, smallest: int = 2
) -> tuple[int, float]:
    r"""How many groups a printed standard error can come from: at least, and at most.

    .. math:: \tau/\operatorname{SE}^2 \;\le\; J \;\le\; (\tau_{00} + \sigma^2/m)/\operatorname{SE}^2

    Parameters
    ----------
    se : str or float
        Standard error of the mean intercept or mean slope; a text is taken with its rounding.
    variance : str or float
        Variance of that coefficient between groups (τ_00 or τ_11), not its SD.
    sigma2 : str or float, optional
        Residual variance; give it for the intercept of a model without predictors, or with
        predictors centred at their means. Without it there is no upper bound.
    smallest : int
        m, the size that no group falls short of.

    Returns
    -------
    (int, float)
        Whole numbers, the second infinite where there is no upper bound. If the first is larger
        than the second, the row contradicts itself.

    Raises
    ------
    TypeError, ValueError
        If a number can't be read or isn't positive.

    Examples
    --------
    >>> groups_behind_se("1.2", "18.3", "52.1")
    (12, 33)
    >>> groups_behind_se("0.3", "2.4")
    (20, inf)
    """
    (se_low, se_high), (low, high) = _positive(se, "se"), _positive(variance, "variance")
    least = max(ceil(low / se_high**2 - _SLACK), 1)
    if sigma2 is None:
        return least, inf
    most = (high + _positive(sigma2, "sigma2")[1] / smallest) / se_low**2 if se_low else inf
    return least, most if most == inf else floor(most + _SLACK)


@guarded(n_groups=guard.whole(low=2))
def size_behind_se(
    se: str | float, tau00: str | float, sigma2: str | float, *, n_groups: int
) -> tuple[float, float]:
    r"""How many members a group the standard error of an intercept wants, given J.

    .. math:: n = \sigma^2 / (J\operatorname{SE}^2 - \tau_{00})

    Parameters
    ----------
    se, tau00, sigma2 : str or float
        As for `groups_behind_se`.
    n_groups : int
        J, as published.

    Returns
    -------
    (float, float)
        Least and largest size; infinite where the standard error is (or may be) too small for J
        groups of any size. Below 1, no groups are that small.

    Raises
    ------
    TypeError, ValueError
        If a number can't be read or isn't positive.

    Examples
    --------
    >>> [round(n, 2) for n in size_behind_se(1.2, 18.3, 52.1, n_groups=50)]
    [0.97, 0.97]
    """
    ses, taus = _positive(se, "se"), _positive(tau00, "tau00")
    within = _positive(sigma2, "sigma2")
    left = [n_groups * s**2 - tau for s, tau in zip(ses[::-1], taus, strict=True)]
    low, high = (w / gap if gap > 0 else inf for w, gap in zip(within, left, strict=True))
    return low, high


def se_of_intercept(tau00: float, sigma2: float, *, n_groups: int, group_size: float) -> float:
    """√((τ_00 + σ²/n)/J), balanced groups, predictors centred.

    >>> round(se_of_intercept(18.3, 52.1, n_groups=50, group_size=20), 2)
    0.65
    """
    return sqrt((tau00 + sigma2 / group_size) / n_groups)


def se_of_common_slope(sigma2: float, *, n_groups: int, group_size: float, x_sd: float) -> float:
    """√(σ²/(J·n·s²)): one slope for all groups, x centred in each with standard deviation s.

    >>> round(se_of_common_slope(45.2, n_groups=50, group_size=20, x_sd=1), 2)
    0.21
    """
    return sqrt(sigma2 / (n_groups * group_size)) / x_sd


def se_of_mean_slope(se_common: float, tau11: float, *, n_groups: int, group_size: float) -> float:
    r"""SE of the mean slope with random slopes, from the one without, in the same balanced data.

    What the model without random slopes takes for residuals holds the slopes' variance too. By
    restricted maximum likelihood, x centred in each group and equally spread,

    .. math:: \operatorname{SE}_{RS}^2 = \operatorname{SE}_{RI}^2
              + \frac{\tau_{11}}{J}\left(1 - \frac{J-1}{J(n-1)-1}\right):

    the standard error can only grow when slopes are let vary.

    >>> round(se_of_mean_slope(0.4, 2.4, n_groups=50, group_size=20), 2)
    0.45
    """
    lost = (n_groups - 1) / (n_groups * (group_size - 1) - 1)
    return sqrt(se_common**2 + tau11 / n_groups * (1 - lost))


@guarded(rows=guard.table, n_groups=guard.whole(low=2), smallest=guard.whole())
def check_table(rows: pd.DataFrame, *, n_groups: int, smallest: int = 2) -> pd.DataFrame:
    """Hold every standard error of a published table against the number of groups it claims.

    Parameters
    ----------
    rows : DataFrame
        Columns ``se``, ``variance`` and ``sigma2``, as printed (text); ``sigma2`` is empty (None,
        "") for slopes. One row a standard error, its index says which.
    n_groups : int
        J, as published.
    smallest : int
        The size that no group falls short of.

    Returns
    -------
    DataFrame
        `rows` with ``least`` and ``most`` groups, and ``fits``: whether J lies between.

    Raises
    ------
    TypeError, ValueError
        If a column is missing or a number can't be read.

    Examples
    --------
    >>> rows = pd.DataFrame({"se": ["1.2"], "variance": ["18.3"], "sigma2": ["52.1"]})
    >>> check_table(rows, n_groups=50)[["least", "most", "fits"]].values.tolist()
    [[12, 33.0, False]]
    """
    missing = {"se", "variance", "sigma2"} - set(rows.columns)
    if missing:
        raise ValueError(
            f"rows lacks the columns {sorted(missing)}: se, variance, sigma2 are wanted"
        )
    bounds = [_bounds(row, smallest) for row in rows.itertuples()]
    found = pd.DataFrame(bounds, index=rows.index, columns=["least", "most"])
    fits = (found["least"] <= n_groups) & (n_groups <= found["most"])
    return rows.assign(least=found["least"], most=found["most"].astype(float), fits=fits)


def _bounds(row: Any, smallest: int) -> tuple[int, float]:
    sigma2 = None if _empty(row.sigma2) else row.sigma2
    try:
        return groups_behind_se(row.se, row.variance, sigma2, smallest=smallest)
    except (TypeError, ValueError) as problem:
        raise type(problem)(f"rows, {shortened(row.Index)}: {problem}") from None


def _empty(value: object) -> bool:
    return value is None or value == "" or value != value
