"""The parametric bootstrap of a likelihood-ratio test: D of data sets drawn from the reduced fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_count, check_rng
from hlm_teach._shared.progress_bar import progress_bar

from .comparable import Model, model_of

_ROUNDING = 1e-8  # a D below it is that of two equal fits


def bootstrap_statistics(reduced: Any, full: Any, n_boot: int, rng: np.random.Generator) -> Array:
    """D of `n_boot` data sets drawn from the reduced fit, both models refitted to each."""
    check_count(n_boot, "n_boot")
    check_rng(rng)
    small = reduced if isinstance(reduced, Model) else model_of(reduced, full)
    large = full if isinstance(full, Model) else model_of(full, full)
    step = max(1, 4_000_000 // len(small.y))
    parts = []
    for start in progress_bar(range(0, n_boot, step)):
        y = small.simulate(min(step, n_boot - start), rng)
        parts.append(likelihood_ratios(large.llf_of(y), small.llf_of(y)))
    return np.concatenate(parts)


def bootstrap_p(
    small: Model, large: Model, statistic: float, n_boot: int, rng: np.random.Generator | None
) -> float:
    """(b + 1)/(B + 1), b the number of `n_boot` drawn D that are at least `statistic`."""
    drawn = bootstrap_statistics(small, large, n_boot, check_rng(rng))
    if statistic <= 0:
        return 1.0
    return float((1 + np.sum(drawn >= statistic)) / (n_boot + 1))


def likelihood_ratios(large: ArrayLike, small: ArrayLike) -> Array:
    """D, with what is rounding taken for 0: two fits with the variance at zero are one fit."""
    d = 2 * (np.asarray(large) - np.asarray(small))
    return np.where(d < _ROUNDING, 0.0, d)
