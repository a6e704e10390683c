"""Do residuals of one group remember their neighbours in time?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd


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
    if not len(resid) == len(groups) == len(time):
        raise ValueError(
            f"resid ({len(resid)}), groups ({len(groups)}) and time ({len(time)}) "
            "must have the same length"
        )
    table = pd.DataFrame(
        {
            "resid": np.asarray(resid, float),
            "group": np.asarray(groups),
            "time": np.asarray(time, float),
        }
    )
    pairs = table.merge(table.assign(time=table["time"] + step), on=["group", "time"])
    if len(pairs) < 3:
        raise ValueError(f"{len(pairs)} pairs of residuals lie {step:g} apart: three are needed")
    return float(np.corrcoef(pairs["resid_x"], pairs["resid_y"])[0, 1])
