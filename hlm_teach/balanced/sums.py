"""Sufficient statistics of balanced studies, of one sample or of many, and how to draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import (
    check_count,
    check_floats,
    check_rng,
    check_total,
    check_variance,
)
from hlm_teach._shared.guard import guarded


def _variances(value: object, name: str, given: Mapping[str, Any]) -> None:
    """Variances, one or one a study."""
    if np.any(check_floats(value, name) < 0) or np.size(check_floats(value, name)) == 0:
        raise ValueError(f"{name} must hold variances, 0 or more")


def _check_spread(variances: Mapping[str, ArrayLike], n_studies: int | tuple[int, ...]) -> None:
    """Arrays of variances that do not spread to the studies."""
    shape = n_studies if isinstance(n_studies, tuple) else (n_studies,)
    for name, value in variances.items():
        try:
            fits = np.broadcast_shapes(np.asarray(value).shape, shape) == shape
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"{name} has shape {np.asarray(value).shape}, which does not spread to "
                f"n_studies={n_studies}"
            )


def _shape(value: object, name: str, given: Mapping[str, Any]) -> None:
    """A number of studies, or the shape of an array of them, that fit into memory."""
    shape = value if isinstance(value, tuple) else (value,)
    if not shape:
        raise ValueError(f"{name} is empty: how many studies?")
    total = float(np.prod([check_count(n, name) for n in shape], dtype=float))
    check_total(total, name, each=60)


@dataclass(frozen=True)
class BalancedSums:
    """What J groups of n individuals say about the variances: of one sample, or of many.

    Attributes
    ----------
    n_groups, group_size : int
        J and n, both 2 or more.
    between, within : float or array
        The sums of squares B and W, in squared units of the outcome (arrays: one sample each).
    """

    n_groups: int
    group_size: int
    between: float | Array
    within: float | Array

    def __post_init__(self):
        check_count(self.n_groups, "n_groups", low=2)
        check_count(self.group_size, "group_size", low=2)
        if not np.all(np.asarray(self.between) >= 0):
            raise ValueError(f"between={self.between!r}: a sum of squares is not negative")
        if not np.all(np.asarray(self.within) > 0):
            raise ValueError(
                f"within={self.within!r}: with no spread of y inside the groups the "
                "likelihood has no maximum"
            )

    @property
    def n_obs(self) -> int:
        """N = Jn."""
        return self.n_groups * self.group_size

    @property
    def within_df(self) -> int:
        """J(n − 1), the degrees of freedom within groups."""
        return self.n_groups * (self.group_size - 1)

    def between_df(self, reml: bool) -> int:
        """What B is divided by: J − 1 under REML, J under ML."""
        return self.n_groups - bool(reml)


@guarded(y=guard.numbers)
def balanced_sums(y: ArrayLike) -> BalancedSums:
    """The sums of squares of outcomes y (J, n), one row a group.

    Raises
    ------
    ValueError
        If `y` has no two rows and two columns, or a value is missing.

    >>> balanced_sums([[1.0, 3.0], [5.0, 7.0]])
    BalancedSums(n_groups=2, group_size=2, between=16.0, within=4.0)
    """
    values = np.asarray(y, float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError(
            f"y has shape {values.shape}; wanted (J, n), two groups or more of two "
            "individuals or more"
        )
    if not np.isfinite(values).all():
        raise ValueError("y has missing or infinite values")
    means = values.mean(axis=1)
    n_groups, n = values.shape
    return BalancedSums(
        n_groups,
        n,
        float(n * np.sum((means - means.mean()) ** 2)),
        float(np.sum((values - means[:, None]) ** 2)),
    )


@guarded(n_studies=guard.optional(guard.whole()))
def draw_sums(
    n_groups: int,
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    rng: np.random.Generator,
    n_studies: int | None = None,
) -> BalancedSums:
    """Draw the sums of squares of new samples: B ~ a·χ²_{J−1}, W ~ σ²·χ²_{J(n−1)}.

    One sample, or arrays of `n_studies`. Uniform numbers are drawn and put through the quantile
    functions, so that the same `rng` gives samples of the same luck at other parameters: a slider
    moves them smoothly.

    >>> sums = draw_sums(10, 5, tau00=1.0, sigma2=4.0, rng=np.random.default_rng(1))
    >>> round(sums.between, 1), round(sums.within, 1)
    (76.2, 223.2)
    """
    check_rng(rng)
    check_variance(tau00, "tau00")
    check_variance(sigma2, "sigma2", positive=True)
    check_count(n_groups, "n_groups", low=2)
    check_count(group_size, "group_size", low=2)
    luck = rng.uniform(size=(2,) if n_studies is None else (2, n_studies))
    between = stats.chi2.ppf(luck[0], n_groups - 1) * (sigma2 + group_size * tau00)
    within = stats.chi2.ppf(luck[1], n_groups * (group_size - 1)) * sigma2
    if n_studies is None:
        between, within = float(between), float(within)
    return BalancedSums(n_groups, group_size, between, within)


@dataclass(frozen=True)
class SlopeSums:
    """Sums of squares of R studies of J groups of n with a common x.

    Attributes
    ----------
    n_groups, group_size : int
        J and n.
    s00, s01, s11 : ndarray (R,)
        Sums of squares and products between groups, of intercepts and slopes times √n.
    within : ndarray (R,)
        W, on J(n − 2) degrees of freedom.
    """

    n_groups: int
    group_size: int
    s00: Array
    s01: Array
    s11: Array
    within: Array

    @property
    def within_df(self) -> int:
        """ν = J(n − 2)."""
        return self.n_groups * (self.group_size - 2)


@guarded(tau00=_variances, tau11=_variances, sigma2=_variances, n_studies=_shape)
def draw_slope_sums(
    n_groups: int,
    group_size: int,
    *,
    tau00: float | Array,
    tau11: float | Array,
    sigma2: float | Array = 1.0,
    n_studies: int | tuple[int, ...],
    rng: np.random.Generator,
) -> SlopeSums:
    """Draw the sums of squares of studies with uncorrelated intercepts and slopes.

    Parameters
    ----------
    n_groups, group_size : int
        J (four or more) and n (three or more).
    tau00, tau11, sigma2 : float or ndarray
        True variances (arrays: one value a study, in a shape that spreads to `n_studies`).
    n_studies : int or tuple of int
        Shape of the arrays returned.
    rng : numpy.random.Generator

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    >>> sums = draw_slope_sums(30, 20, tau00=0.25, tau11=0.0, n_studies=20_000,
    ...                        rng=np.random.default_rng(1))
    >>> round(float(sums.s11.mean() / 29), 2)              # σ² + nτ_11
    1.0
    """
    check_rng(rng)
    k = check_count(n_groups, "n_groups", low=4) - 1
    nu = n_groups * (check_count(group_size, "group_size", low=3) - 2)
    for value, name in ((tau00, "tau00"), (tau11, "tau11"), (sigma2, "sigma2")):
        check_variance(float(np.min(value)), name, positive=name == "sigma2")
    _check_spread({"tau00": tau00, "tau11": tau11, "sigma2": sigma2}, n_studies)
    tau00, tau11, sigma2 = (np.asarray(part, float) for part in (tau00, tau11, sigma2))
    root0, root1 = np.sqrt(sigma2 + group_size * tau00), np.sqrt(sigma2 + group_size * tau11)
    first = np.sqrt(rng.chisquare(k, n_studies))  # Bartlett's decomposition
    below, rest = rng.standard_normal(n_studies), rng.chisquare(k - 1, n_studies)
    return SlopeSums(
        n_groups,
        group_size,
        (root0 * first) ** 2,
        root0 * root1 * first * below,
        root1**2 * (below**2 + rest),
        sigma2 * rng.chisquare(nu, n_studies),
    )


def pooled_deviance(squares: Sequence[Array], m: int, within: Array, nu: int) -> Array:
    """The smallest −2 log L (up to a constant) with variances squares/m, none below s.

    `squares` come in rising order: the smallest is pooled with s first, then the next.
    """
    s: Array = within / nu
    df, kept = np.array(float(nu)), np.array(0.0)
    for square in squares:
        pool = square / m < s
        s = np.where(pool, (s * df + square) / (df + m), s)
        df = df + m * pool
        kept = kept + m * np.log(np.where(pool, 1.0, square / m))
    return kept + df * np.log(s)
