"""What choosing a model by looking at the data costs: forward searches, and random slopes.

`forward_search` looks for group-level predictors among pure noise. With balanced groups, all that
the data say about the effects of such predictors is in the J group means, and the t test of a
random-intercept model with Satterthwaite degrees of freedom is the t test of an ordinary
regression of the means (wherever τ̂_00 > 0). So a search through models can be repeated a thousand
times on the means alone.

`slope_strategies` compares three ways to decide on a random slope before testing the mean slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.checks import (
    check_count,
    check_number,
    check_rng,
    check_total,
    check_variance,
)
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.many import fit_many
from hlm_teach.lmm.mixture import chi2_tail


@dataclass(frozen=True)
class Searches:
    """R finished searches.

    Attributes
    ----------
    n_picked : ndarray of int (R,)
        Predictors that the search kept.
    r2 : ndarray (R,)
        Share of the variance of the group means that the final model claims to explain.
    final_p : ndarray (R,)
        Overall p-value that the final model would report as if it had been planned; 1 where
        nothing was picked.
    """

    n_picked: NDArray[np.int_]
    r2: NDArray[np.float64]
    final_p: NDArray[np.float64]


@guarded(level=guard.level)
def forward_search(
    n_groups: int,
    n_candidates: int,
    *,
    level: float = 0.05,
    n_studies: int,
    rng: np.random.Generator,
) -> Searches:
    """Search by p-value through candidates that have nothing to do with the outcome.

    Each round tests every candidate left, given those picked, and keeps the one with the smallest
    p-value if it is below `level`; otherwise the search ends.

    Parameters
    ----------
    n_groups : int
        J, more than `n_candidates` + 2.
    n_candidates : int
        Group-level predictors of standard normal noise, independent of each other.
    level : float
        Threshold of each round.
    n_studies : int
        R.
    rng : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    >>> found = forward_search(40, 20, n_studies=2000, rng=np.random.default_rng(1))
    >>> bool(0.55 < np.mean(found.n_picked > 0) < 0.72)          # 1 − 0.95²⁰ = 0.64
    True
    """
    check_rng(rng)
    check_count(n_candidates, "n_candidates", low=1)
    check_count(n_groups, "n_groups", low=n_candidates + 3)
    check_number(level, "level", low=0, high=1)
    y = rng.standard_normal((check_count(n_studies, "n_studies"), n_groups))
    x = rng.standard_normal((n_studies, n_candidates, n_groups))
    y, x = _centred(y), _centred(x)
    total, picked = np.sum(y**2, axis=1), np.zeros(n_studies, int)
    for step in range(n_candidates):
        y, x, kept = _one_round(y, x, n_groups - 2 - step, level, picked == step)
        picked += kept
    r2 = 1 - np.sum(y**2, axis=1) / total
    rest = n_groups - 1 - picked
    f = r2 / np.maximum(picked, 1) / ((1 - r2) / rest)
    p = np.where(picked > 0, special.fdtrc(np.maximum(picked, 1), rest, f), 1.0)
    return Searches(picked, r2, p)


def _centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean(axis=-1, keepdims=True)


def _one_round(y: np.ndarray, x: np.ndarray, df: int, level: float, active: np.ndarray) -> tuple:
    """Take the best candidate out of outcome and candidates where its p-value is small enough."""
    product = np.einsum("rkj,rj->rk", x, y)
    square = np.einsum("rkj,rkj->rk", x, x)
    spent = square < 1e-9  # picked already
    r2 = np.where(spent, 0.0, product**2 / np.where(spent, 1.0, square))
    r2 /= np.sum(y**2, axis=1)[:, None]
    best = r2.argmax(axis=1)
    top = np.take_along_axis(r2, best[:, None], axis=1)[:, 0]
    kept = active & (special.fdtrc(1, df, df * top / (1 - top)) < level)
    unit = np.take_along_axis(x, best[:, None, None], axis=1)[:, 0]
    unit = np.where(kept[:, None], unit / np.linalg.norm(unit, axis=1, keepdims=True), 0.0)
    y = y - np.sum(y * unit, axis=1, keepdims=True) * unit
    return y, x - np.einsum("rkj,rj->rk", x, unit)[:, :, None] * unit[:, None, :], kept


@guarded(
    n_groups=guard.whole(low=4),
    group_size=guard.whole(low=3),
    gamma10=guard.number(),
    tau11=guard.list_of(guard.variance),
    keep_below=guard.number(low=0, high=1),
    n_studies=guard.whole(),
)
def slope_strategies(
    n_groups: int,
    group_size: int,
    *,
    gamma10: float,
    tau11: Sequence[float],
    keep_below: float = 0.2,
    n_studies: int = 1000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """How often the mean slope is declared non-zero (p < 0.05, t, Satterthwaite), in percent.

    Three strategies: random intercepts alone; always a random slope with its covariance; the
    random slope only if its likelihood-ratio test has a mixture p below `keep_below`. Data:
    τ_00 = 0.25, σ² = 1, x with mean 0 and mean square 1, the same in all groups.

    Parameters
    ----------
    n_groups, group_size : int
        J and n.
    gamma10 : float
        True mean slope; at 0 the rates are false positives, else power.
    tau11 : sequence of float
        True slope variances, one row each.
    keep_below : float
        The third strategy's threshold.
    n_studies : int
        Studies drawn for each variance.
    rng : numpy.random.Generator
        Source of randomness.

    >>> rates = slope_strategies(12, 10, gamma10=0.0, tau11=[0.2], n_studies=300,
    ...                          rng=np.random.default_rng(1))
    >>> bool(rates.loc[0.2, "never"] > 2 * rates.loc[0.2, "always"])
    True
    """
    check_rng(rng)
    x = np.linspace(-1, 1, check_count(group_size, "group_size", low=3))
    x = np.tile(x / np.sqrt(np.mean(x**2)), check_count(n_groups, "n_groups", low=4))
    check_total(3.0 * n_studies * len(x), "n_studies × n_groups × group_size")
    labels = np.repeat(np.arange(n_groups), group_size)
    design = np.column_stack([np.ones(len(x)), x])
    rows = {}
    for variance in tau11:
        scale = np.sqrt([0.25, check_variance(variance, "tau11")])
        u = rng.standard_normal((2, n_studies, n_groups)) * scale[:, None, None]
        y = (
            gamma10 * x
            + u[0][:, labels]
            + u[1][:, labels] * x
            + rng.standard_normal((n_studies, len(x)))
        )
        rows[variance] = _strategies(y, design, labels, keep_below)
    return pd.DataFrame(rows).T.rename_axis("true τ₁₁")


def _strategies(y: np.ndarray, design: np.ndarray, labels: np.ndarray, keep_below: float) -> dict:
    without = fit_many(y, design, labels, "1", progress=False)
    with_slope = fit_many(y, design, labels, 1, progress=False)
    p, q = without.pvalues()[:, 1], with_slope.pvalues()[:, 1]
    keep = chi2_tail(2 * (with_slope.llf - without.llf), (1, 2)) < keep_below
    return {
        "never": 100 * np.mean(p < 0.05),
        "always": 100 * np.mean(q < 0.05),
        f"if p < {keep_below:g}": 100 * np.mean(np.where(keep, q, p) < 0.05),
    }
