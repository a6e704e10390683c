"""What several figures of chapter 04 have in common: words at the ends of lines, room for them."""

import numpy as np
from matplotlib.axes import Axes

from hlm_teach.display.style import HALO, INK


def at_end(ax: Axes, x: float, y: float, words: str) -> None:
    """Words at the right end of a line."""
    ax.annotate(
        words, (x, y), (6, 0), textcoords="offset points", va="center", color=INK, path_effects=HALO
    )


def room_at_right(ax: Axes, ends: np.ndarray, share: float) -> None:
    """Room for labels to the right of the data, without ticks where no data are."""
    ticks = [tick for tick in ax.get_xticks() if ends[0] <= tick <= ends[1]]
    ax.set_xticks(ticks)
    ax.set_xlim(ends[0] - 0.03 * np.ptp(ends), ends[1] + share * np.ptp(ends))
