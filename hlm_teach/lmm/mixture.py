"""Tails of χ² mixtures: the null distribution of a variance at its boundary.

Which χ² are mixed is decided in likelihood_ratio.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded


@guarded(statistic=guard.numbers, dfs=guard.list_of(guard.whole(low=0)))
def chi2_tail(statistic: ArrayLike, dfs: Sequence[int]) -> Array:
    """Upper tail P(χ² ≥ D), averaged over `dfs`; χ²_0 is the constant 0.

    >>> [round(float(p), 3) for p in (chi2_tail(2.71, [1]), chi2_tail(2.71, [0, 1]))]
    [0.1, 0.05]
    """
    d = np.asarray(statistic, float)
    tails = [stats.chi2.sf(d, df) if df else (d <= 0).astype(float) for df in dfs]
    return np.where(d <= 0, 1.0, np.mean(tails, axis=0))


@guarded(dfs=guard.list_of(guard.whole(low=0)), level=guard.number(low=1e-12, high=0.5))
def critical_value(dfs: Sequence[int], level: float = 0.05) -> float:
    """The D beyond which `chi2_tail` falls below `level`.

    >>> [round(critical_value(dfs), 2) for dfs in ([1], [0, 1], [2], [1, 2])]
    [3.84, 2.71, 5.99, 5.14]

    Raises
    ------
    ValueError
        If no D is that rare: where `level` is no smaller than the share of the mixture above 0.
    """
    share = float(np.mean([df > 0 for df in dfs]))  # of the distribution above 0
    if level >= share:
        raise ValueError(
            f"level={level:g} is no smaller than {share:g}, the share of this mixture above 0: there "
            "is no such D"
        )
    beyond = float(stats.chi2.isf(level, max(dfs)))  # no other χ² of the mixture reaches so far
    return float(optimize.brentq(lambda d: chi2_tail(d, dfs) - level, 1e-9, beyond + 1))
