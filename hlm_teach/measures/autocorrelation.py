"""Do residuals of one group remember their neighbours in time?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_floats, check_number
from hlm_teach._shared.guard import guarded


@guarded(
    resid=guard.series_of_numbers, groups=guard.list_of(guard.label), time=guard.series_of_numbers
)
def lag_one_correlation(
    resid: Sequence[float], groups: Sequence, time: Sequence[float], *, step: float = 1.0
) -> float:
    """Correlation of residuals that lie one `step` of time apart in the same group.

    Residuals around lines that were fitted to them are correlated below zero even where the
    errors are independent: compare with residuals of data simulated from the fitted model.

    Parameters
    ----------
    resid, groups, time : sequences of length N
        Residuals (``fit.resid``), group labels, times of measurement.
    step : float
        Distance in time that counts as neighbours.

    Raises
    ------
    ValueError
        If lengths differ or fewer than three such pairs exist.

    Examples
    --------
    >>> round(lag_one_correlation([1, 2, 3, 5.0], list("aaaa"), [0, 1, 2, 3]), 2)
    0.98
    """
    step = check_number(step, "step")
    if step <= 0:
        raise ValueError(f"step must be above 0, but step={step:g} was given")
    values, times = check_floats(resid, "resid"), check_floats(time, "time")
    labels = pd.Series(list(groups), dtype=object)
    if not len(values) == len(labels) == len(times) or values.ndim != 1 or times.ndim != 1:
        raise ValueError(
            f"resid ({np.shape(resid)}), groups ({len(labels)}) and time ({np.shape(time)}) "
            "must have the same length"
        )
    if labels.isna().any():
        raise ValueError("groups has missing labels: drop those rows first")
    first, second = _neighbours(pd.factorize(labels)[0], times, step)
    if len(first) < 3:
        raise ValueError(f"{len(first)} pairs of residuals lie {step:g} apart: three are needed")
    if np.ptp(values[first]) == 0 or np.ptp(values[second]) == 0:
        raise ValueError("resid: these residuals do not vary, so that nothing is correlated")
    return float(np.corrcoef(values[first], values[second])[0, 1])


def _neighbours(groups: NDArray, times: Array, step: float) -> tuple[NDArray, NDArray]:
    """Positions of all pairs of a group that lie a step apart, to a millionth of the step (times
    such as 0.1, 0.2, 0.3 are not exactly 0.1 apart)."""
    order = np.lexsort((times, groups))
    g, t = groups[order], times[order]
    earlier: list[NDArray] = []
    later: list[NDArray] = []
    slack = 1e-6 * step
    for start, end in _runs(g):
        own = t[start:end]
        low = np.searchsorted(own, own + step - slack)
        high = np.searchsorted(own, own + step + slack)
        for shift in range(int((high - low).max())):
            has = low + shift < high
            earlier.append(order[start:end][has])
            later.append(order[start + low[has] + shift])
    none = [np.zeros(0, dtype=np.intp)]
    return np.concatenate(earlier or none), np.concatenate(later or none)


def _runs(groups: NDArray) -> list[tuple[int, int]]:
    """(start, end) of each group in sorted codes."""
    edges = np.flatnonzero(np.diff(groups)) + 1
    return list(zip([0, *edges.tolist()], [*edges.tolist(), len(groups)], strict=True))
