r"""The wild cluster bootstrap-t: how large does a cluster-robust t get by luck, with these groups?

Ordinary regression is fitted with the effect set to 0. Its residuals are kept, group by group, and
each group's are multiplied by one random number with mean 0 and variance 1; that makes a new outcome
in which the effect is 0 and residuals of one group still belong together. Each is analysed as the
data were, and p is the share whose \|t\| (with CR1 standard errors) is as large as that of the data.
With few groups Rademacher's ±1 leave only 2^J outcomes, so Webb's six numbers are used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

from .cluster_robust import check_clusters, cluster_robust

WEBB = np.sqrt([0.5, 1.0, 1.5])  # and their negatives
_PART = 200  # outcomes held at a time: (part, n_boot, J) numbers


@guarded(
    Y=guard.numbers,
    X=guard.numbers,
    groups=guard.list_of(guard.label),
    column=guard.whole(low=0),
    n_boot=guard.whole(low=99, high=99_999),
    rng=guard.generator,
)
def wild_bootstrap(
    Y: ArrayLike,
    X: ArrayLike,
    groups: ArrayLike,
    *,
    column: int,
    n_boot: int = 399,
    rng: np.random.Generator,
) -> float | Array:
    """P-value of one coefficient of ordinary regression by the wild cluster bootstrap-t.

    Parameters
    ----------
    Y : array of shape (N,), or (R, N) for R outcomes
    X : array of shape (N, p)
        Write the column of ones yourself. Two columns or more.
    groups : array of shape (N,)
        Group labels.
    column : int
        The column of X whose coefficient is tested against 0.
    n_boot : int
        Bootstrap samples.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    float or array of shape (R,)
        The share of samples with a t as large: 0 if none has.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, values are missing, columns of X depend on each other, or there is no
        such column.

    References
    ----------
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for inference
    with clustered errors. Review of Economics and Statistics, 90(3), 414-427.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> groups, arm = np.repeat(np.arange(10), 8), np.repeat(np.arange(10) % 2, 8)
    >>> y = 2 * arm + rng.normal(size=10)[groups] + rng.normal(size=80)
    >>> bool(wild_bootstrap(y, np.column_stack([np.ones(80), arm]), groups, column=1, rng=rng) < 0.05)
    True
    """
    y, x, rows = check_clusters(Y, X, groups)
    if not (x.shape[1] > 1 and column < x.shape[1]):
        raise ValueError(
            f"column={column} and X has {x.shape[1]} columns: wanted is one of them, counted from 0, "
            "and another one beside it"
        )
    parts = [
        _p_values(y[i : i + _PART], x, rows, column, n_boot, rng) for i in range(0, len(y), _PART)
    ]
    p = np.concatenate(parts)
    return p if np.ndim(Y) > 1 else float(p[0])


def _p_values(y: Array, x: Array, rows: list, column: int, n_boot: int, rng) -> Array:
    """P-values (R,) of a few outcomes; only the groups' scores X_j'e_j have to be redrawn."""
    bread = np.linalg.inv(x.T @ x)
    observed = np.abs(_t(y, x, rows, column))
    keep = [k for k in range(x.shape[1]) if k != column]
    left = y - y @ (x[:, keep] @ np.linalg.pinv(x[:, keep])).T  # residuals with the effect set to 0
    score = np.stack([left[:, i] @ x[i] for i in rows], 1)  # (R, J, p)
    lever = x @ bread[:, column]
    pull = np.stack([lever[i] @ x[i] @ bread for i in rows])  # (J, p)
    own = score @ bread[:, column]  # (R, J): a group's part of the estimate
    signs = rng.choice(np.concatenate([WEBB, -WEBB]), (len(y), n_boot, len(rows)))
    estimate = np.einsum("rbj,rj->rb", signs, own)
    total = np.einsum("rbj,rjp->rbp", signs, score)
    parts = signs * own[:, None, :] - np.einsum("jp,rbp->rbj", pull, total)
    n, p, j = len(x), x.shape[1], len(rows)
    factor = j / (j - 1) * (n - 1) / (n - p)
    drawn = np.abs(estimate) / np.sqrt(factor * np.sum(parts**2, axis=2))
    return np.mean(drawn >= observed[:, None] - 1e-12, axis=1)


def _t(y: Array, x: Array, rows: list, column: int) -> Array:
    """The coefficient over its CR1 standard error, (R,)."""
    groups = np.empty(len(x), int)
    for code, of_group in enumerate(rows):
        groups[of_group] = code
    fits = cluster_robust(y, x, groups, correction="CR1")
    return fits.params[:, column] / fits.bse[:, column]
