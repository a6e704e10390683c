"""What several figures of chapter 03 have in common: the axis of sizes, the marked groups."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import course_style


@course_style()
def log_sizes(ax: Axes, sizes: Sequence[int]) -> Axes:
    """A log scale for group sizes, with round numbers at its ticks.

    >>> from hlm_teach.display.style import axes_or_new
    >>> log_sizes(axes_or_new(None), [3, 45]).get_xticks()
    array([ 3, 10, 20, 30, 40])
    """
    low, high = min(sizes), max(sizes)
    round_numbers = [factor * power for power in (1, 10, 100, 1000) for factor in (1, 2, 5)]
    ticks = np.array([tick for tick in round_numbers if low <= tick <= high])
    if len(ticks) < 4:  # a short range: every multiple of ten
        tens = range(10, int(high) + 1, 10)
        ticks = np.array([int(low), *(tick for tick in tens if 1.15 * low <= tick)])
    ax.set_xscale("log")
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    return ax


def known_labels(table: pd.DataFrame, labels: Iterable) -> list:
    """The labels as a list; ValueError for one that is not in the table's index."""
    found = list(labels)
    unknown = [label for label in found if label not in table.index]
    if unknown:
        raise ValueError(f"highlight={unknown[0]!r} is not in the table's index")
    return found
