"""Thousands of fits at once, and what they are for: sampling distributions, coverage, power.

All replicates share X, Z and the grouping; only the outcome differs. Each is reduced to the few
sums of products its likelihood needs (likelihood.py), and where only those sums matter they are
drawn directly, which is exact and much faster than drawing every individual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import as_array, check_bool, check_floats, check_outcomes
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.progress_bar import progress_bar

from .degrees_of_freedom import Curvature, satterthwaite
from .design import Design, make_design
from .group_sums import constant_within
from .optimum import ProfiledFit, curvature, fit_profiled
from .response import Response, make_response

MOST_OUTCOMES = 4_000_000  # outcomes held at a time


def _one_or_each(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """One number, or one for each fixed effect."""
    guard.numbers(value, name, given)
    n_effects = given["self"].params.shape[1]
    if np.shape(value) not in ((), (n_effects,)):
        raise ValueError(
            f"{name} has shape {np.shape(value)}; give one number, or one for each of the "
            f"{n_effects} fixed effects"
        )


@dataclass(frozen=True)
class ManyFits:
    """Arrays over R replicates; variances on the data's scale.

    Attributes
    ----------
    params, bse : (R, p)
        Fixed effects and their standard errors.
    cov_re : (R, q, q)
        G.
    sigma2, llf : (R,)
    singular, converged : (R,) of bool
    df : (R, p)
        Satterthwaite degrees of freedom of each fixed effect.
    """

    params: Array
    bse: Array
    cov_re: Array
    sigma2: Array
    llf: Array
    singular: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    bends: tuple[Callable[[], Curvature], ...] = field(repr=False)  # of the deviance, for `df`

    @cached_property
    def df(self) -> Array:
        """Satterthwaite degrees of freedom of each fixed effect, (R, p)."""
        contrasts = np.eye(self.params.shape[1])
        return np.concatenate([satterthwaite(bend(), contrasts) for bend in self.bends])

    @property
    def tau00(self) -> Array:
        """Intercept variances, (R,)."""
        return self.cov_re[:, 0, 0]

    @guarded(null=_one_or_each, use_t=guard.flag)
    def pvalues(self, null: float | ArrayLike = 0.0, *, use_t: bool = True) -> Array:
        """Two-sided p (R, p) of γ = `null`: t with Satterthwaite degrees of freedom, or z.

        `null` is one number, or one for each fixed effect, (p,).
        """
        statistic = np.abs(self.params - np.asarray(null)) / self.bse
        return 2 * (stats.t.sf(statistic, self.df) if use_t else stats.norm.sf(statistic))

    @guarded(level=guard.level)
    def rejection_rate(
        self, null: float | ArrayLike = 0.0, *, level: float = 0.05, use_t: bool = True
    ) -> Array:
        """Share of replicates (p,) that reject γ = `null`: power, or the type-I error rate."""
        return np.mean(self.pvalues(null, use_t=use_t) < level, axis=0)

    @guarded(truth=_one_or_each, level=guard.level)
    def coverage(
        self, truth: float | ArrayLike, *, level: float = 0.95, use_t: bool = True
    ) -> Array:
        """Share of replicates (p,) whose interval holds the true value."""
        return 1 - self.rejection_rate(truth, level=1 - level, use_t=use_t)


def fit_many(
    Y: ArrayLike,
    X: ArrayLike,
    groups: ArrayLike,
    random: str | int = "1",
    *,
    reml: bool = True,
    correlated: bool = True,
    progress: bool = True,
) -> ManyFits:
    """Fit the same two-level model to R outcomes.

    Parameters
    ----------
    Y
        Outcomes, (R, N), or (N,) for one.
    X
        Fixed-effects design, (N, p); write the column of ones yourself.
    groups
        Group labels, (N,).
    random
        "1": random intercept. A column number of X: intercept and that column's slope.
    reml
        REML (the default), or ML.
    correlated
        With a random slope: whether it may correlate with the intercept.
    progress
        Show a progress bar when the work takes longer than two seconds.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not fit, missing values, or too few groups.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> groups, ones = np.repeat(np.arange(30), 20), np.ones((600, 1))
    >>> Y = rng.normal(size=(200, 30))[:, groups] + rng.normal(size=(200, 600))
    >>> fits = fit_many(Y, ones, groups)
    >>> fits.cov_re.shape, round(float(fits.tau00.mean()), 1)
    ((200, 1, 1), 1.0)

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), doi:10.18637/jss.v067.i01.
    """
    for name, value in (("reml", reml), ("correlated", correlated), ("progress", progress)):
        check_bool(value, name)
    y, x, z, labels = _check(Y, X, groups, random)
    design = make_design(x, z, labels, correlated=correlated)
    step = max(1, MOST_OUTCOMES // len(x))
    parts = [
        fit_part(design, make_response(design, y[i : i + step]), reml)
        for i in progress_bar(range(0, len(y), step), progress)
    ]
    return join(parts)


def fit_part(design: Design, response: Response, reml: bool) -> ManyFits:
    """The fits of some of the replicates."""
    fit: ProfiledFit = fit_profiled(design, response, reml=reml)
    bend = partial(curvature, design, response.sums(), fit, reml=reml)
    bse = np.sqrt(np.einsum("rkk->rk", fit.cov_params))
    return ManyFits(
        fit.params, bse, fit.cov_re, fit.sigma2, fit.llf, fit.singular, fit.converged, (bend,)
    )


def join(parts: list[ManyFits]) -> ManyFits:
    """The replicates of all parts, one after the other."""
    arrays = [f.name for f in fields(ManyFits) if f.name != "bends"]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
    return ManyFits(**joined, bends=tuple(bend for part in parts for bend in part.bends))


def _check(Y: ArrayLike, X: ArrayLike, groups: ArrayLike, random: str | int):
    x, z, labels = check_design(X, groups, random)
    return check_outcomes(Y, len(x), "Y"), x, z, labels


def check_design(X: ArrayLike, groups: ArrayLike, random: str | int):
    x, labels = check_floats(X, "X"), _labels(groups)
    if x.ndim != 2:
        raise ValueError(f"X has shape {x.shape}; wanted (N, p), one column a fixed effect")
    if labels.shape != (len(x),):
        raise ValueError(f"groups has shape {labels.shape}; wanted ({len(x)},), one label a row")
    if not isinstance(random, str | int | np.integer) or isinstance(random, bool):
        raise TypeError(
            f"random must be '1' or a column number of X, 0 to {x.shape[1] - 1}, "
            f"not {type(random).__name__}"
        )
    if isinstance(random, str) and random == "1":
        z = np.ones((len(x), 1))
    elif not isinstance(random, bool | str) and random in range(x.shape[1]):
        z = np.column_stack([np.ones(len(x)), x[:, random]])
    else:
        raise ValueError(
            f"random={str(random)[:60]!r} must be '1' or a column number of X, 0 to {x.shape[1] - 1}"
        )
    n_groups = int(labels.max(initial=-1)) + 1  # none where X has no rows
    if n_groups <= z.shape[1]:
        raise ValueError(
            f"groups has {n_groups} distinct labels, too few for "
            f"{z.shape[1]} random effects a group"
        )
    if len(x) <= n_groups * z.shape[1]:
        raise ValueError(
            f"{len(x)} rows for {n_groups} groups × {z.shape[1]} random effects: "
            "more rows than random effects are needed"
        )
    between = int(constant_within(x, labels).sum())
    if n_groups <= between:
        raise ValueError(
            f"groups has {n_groups} distinct labels, too few for {between} columns of X that are "
            "constant within groups: they explain every group, and leave no variance between them"
        )
    return x, z, labels


def _labels(groups: ArrayLike) -> NDArray:
    """Labels as codes.

    Raises
    ------
    TypeError, ValueError
        For masked arrays and missing labels.
    """
    if isinstance(groups, np.ma.MaskedArray):
        raise TypeError("groups is a masked array, whose mask would be ignored: drop those rows")
    if groups is None or isinstance(groups, str) or not np.iterable(groups):
        raise TypeError(f"groups must hold one label a row, not {type(groups).__name__}")
    values = as_array(groups, "groups")
    if values.ndim != 1:
        return values
    codes, _ = pd.factorize(values)
    if (codes < 0).any():
        raise ValueError(
            f"groups has {int((codes < 0).sum())} missing labels: drop those rows first"
        )
    return codes
