"""Thousands of fits at once, and what they are for: sampling distributions, coverage, power.

All replicates share X, Z and the grouping; only the outcome differs. Each is reduced to the few
sums of products its likelihood needs (likelihood.py), and where only those sums matter they are
drawn directly, which is exact and much faster than drawing every individual.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import as_array, check_bool, check_floats, check_outcomes, check_rng
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.progress_bar import progress_bar

from .degrees_of_freedom import satterthwaite
from .optimum import ProfiledFit, curvature, fit_profiled
from .sums import Design, Response, make_design, make_response, response_from_sums

_ROWS = 4_000_000  # outcomes held at a time


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
    df: Array = field(repr=False)

    @property
    def tau00(self) -> Array:
        """Intercept variances, (R,)."""
        return self.cov_re[:, 0, 0]

    def pvalues(self, null: float | ArrayLike = 0.0, *, use_t: bool = True) -> Array:
        """Two-sided p (R, p) of γ = `null`: t with Satterthwaite degrees of freedom, or z."""
        statistic = np.abs(self.params - np.asarray(null)) / self.bse
        return 2 * (stats.t.sf(statistic, self.df) if use_t else stats.norm.sf(statistic))

    def rejection_rate(
        self, null: float | ArrayLike = 0.0, *, level: float = 0.05, use_t: bool = True
    ) -> Array:
        """Share of replicates (p,) that reject γ = `null`: power, or the type-I error rate."""
        return np.mean(self.pvalues(null, use_t=use_t) < level, axis=0)

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
    step = max(1, _ROWS // len(x))
    parts = [
        _fit_part(design, make_response(design, y[i : i + step]), reml)
        for i in progress_bar(range(0, len(y), step), progress)
    ]
    return _join(parts)


@guarded(
    params=guard.numbers,
    cov_re=guard.numbers,
    sigma2=guard.positive,
    n_replicates=guard.whole(),
    reml=guard.flag,
    correlated=guard.flag,
    progress=guard.flag,
)
def sampling_distribution(
    X: ArrayLike,
    groups: ArrayLike,
    random: str | int = "1",
    *,
    params: ArrayLike,
    cov_re: ArrayLike,
    sigma2: float,
    n_replicates: int,
    rng: np.random.Generator,
    reml: bool = True,
    correlated: bool = True,
    progress: bool = True,
) -> ManyFits:
    """Fits of `n_replicates` data sets drawn from the model with the given parameters.

    The sums of products that the likelihood needs are drawn directly: exactly what simulating
    every individual would give, in distribution.

    Parameters
    ----------
    params, cov_re, sigma2
        True fixed effects (p,), G (q, q) or a scalar variance, and residual variance.

    Examples
    --------
    >>> import numpy as np
    >>> fits = sampling_distribution(
    ...     np.ones((50, 1)), np.repeat(np.arange(5), 10), params=[0.0], cov_re=0.2, sigma2=1.0,
    ...     n_replicates=2000, rng=np.random.default_rng(1))
    >>> bool(0.05 < np.mean(fits.tau00 == 0) < 0.25)          # zeros are ordinary
    True
    """
    check_rng(rng)
    x, z, labels = _check_design(X, groups, random)
    design = make_design(x, z, labels, correlated=correlated)
    step = max(1, _ROWS // (4 * design.n_groups * design.n_random))
    sizes = [min(step, n_replicates - i) for i in range(0, n_replicates, step)]
    truth = (np.asarray(params, float), np.atleast_2d(np.asarray(cov_re, float)), float(sigma2))
    _check_truth(*truth[:2], design)
    return _join(
        [
            _fit_part(design, draw_response(design, *truth, size, rng), reml)
            for size in progress_bar(sizes, progress)
        ]
    )


def _check_truth(params: Array, cov_re: Array, design: Design) -> None:
    p, q = design.n_fixed, design.n_random
    if params.shape != (p,):
        raise ValueError(f"params has shape {params.shape}; wanted ({p},), one a column of X")
    if cov_re.shape != (q, q):
        raise ValueError(f"cov_re has shape {cov_re.shape}; wanted ({q}, {q}), one row an effect")
    slack = 1e-8 * max(float(np.abs(cov_re).max()), 1e-300)
    if np.abs(cov_re - cov_re.T).max() > slack or np.linalg.eigvalsh(cov_re)[0] < -slack:
        raise ValueError("cov_re must be symmetric and without negative variances")


def draw_response(
    design: Design, params: Array, cov_re: Array, sigma2: float, size: int, rng: np.random.Generator
) -> Response:
    """Draw the sums of products of `size` outcomes y = Xβ + Zu + e, without drawing y.

    U'y has mean U'Xβ and variance K'GK + σ²I group by group; what lies within the groups,
    (I − UU')e, enters by its products with X, N(0, σ²·X'(I − UU')X), and by its remaining sum of
    squares, σ²χ².
    """
    p, q = design.n_fixed, design.n_random
    coef = design.r_factor @ params  # in the orthonormal basis
    half = np.linalg.solve(design.z_basis, _root(cov_re))  # working-basis root of G
    k = design.k[:, :, design.class_of]
    u = np.einsum("ab,rjb->arj", half, rng.standard_normal((size, design.n_groups, q)))
    noise = np.sqrt(sigma2) * np.moveaxis(rng.standard_normal((size, design.n_groups, q)), -1, 0)
    spans = (np.abs(k).max(axis=0) > 0)[:, None, :]  # groups smaller than q
    uy = (
        np.einsum("akj,k->aj", design.ux, coef)[:, None, :]
        + np.einsum("baj,brj->arj", k, u)
        + noise * spans
    )
    values, vectors = np.linalg.eigh(design.xx_within)  # X is orthonormal: at most 1
    kept = values > 1e-10
    span = vectors[:, kept]  # used only in products that signs don't change
    inside = span @ (span.T @ (np.sqrt(sigma2) * rng.standard_normal((p, size))))
    xe = span @ (np.sqrt(values[kept])[:, None] * (span.T @ inside))
    left = design.n_obs - int(spans.sum()) - int(kept.sum())
    ee = np.sum(inside**2, axis=0) + (sigma2 * rng.chisquare(left, size) if left > 0 else 0.0)
    xy = design.xx_within @ coef[:, None] + xe
    yy = ee + 2 * coef @ xe + coef @ design.xx_within @ coef
    return response_from_sums(design, uy, xy, yy)


def _root(matrix: Array) -> Array:
    """The symmetric square root of a positive semi-definite matrix (the same on any machine:
    the signs of eigenvectors, which are not, cancel)."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def _fit_part(design: Design, response: Response, reml: bool) -> ManyFits:
    fit: ProfiledFit = fit_profiled(design, response, reml=reml)
    bend = curvature(design, response, fit, reml=reml)
    df = satterthwaite(bend, np.eye(design.n_fixed))
    bse = np.sqrt(np.einsum("rkk->rk", fit.cov_params))
    return ManyFits(
        fit.params, bse, fit.cov_re, fit.sigma2, fit.llf, fit.singular, fit.converged, df
    )


def _join(parts: list[ManyFits]) -> ManyFits:
    return ManyFits(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(ManyFits))
    )


def _check(Y: ArrayLike, X: ArrayLike, groups: ArrayLike, random: str | int):
    x, z, labels = _check_design(X, groups, random)
    return check_outcomes(Y, len(x), "Y"), x, z, labels


def _check_design(X: ArrayLike, groups: ArrayLike, random: str | int):
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
    n_groups = len(np.unique(labels))
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
    first = x[np.unique(labels, return_index=True)[1]]
    between = int((x == first[np.unique(labels, return_inverse=True)[1]]).all(axis=0).sum())
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
    codes, _ = pd.factorize(pd.Series(values))
    if (codes < 0).any():
        raise ValueError(
            f"groups has {int((codes < 0).sum())} missing labels: drop those rows first"
        )
    return codes
