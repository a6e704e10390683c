"""The figures of chapter 13: patients over time."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style, words_at_end

ARMS: tuple[dict[str, Any], ...] = (
    {"color": INK, "linestyle": "--", "linewidth": 2.5},
    {"color": ROLE["highlight"].colour, "linestyle": "-", "linewidth": 3.0},
)
ENDS: tuple[dict[str, Any], ...] = (
    {"color": ROLE["group"].colour, "linestyle": "-"},
    {"color": INK, "linestyle": ":"},
    {"color": ROLE["highlight"].colour, "linestyle": "--"},
)


@course_style()
def paths_by_end(
    data: pd.DataFrame,
    lines: Mapping[str, tuple[float, float, float]],
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Everybody's path, coloured by how it ended, and a mean line for each way of ending.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y, end.
    lines : mapping
        Value of end → (intercept, slope, last x at which the line is drawn); up to three.

    >>> data = pd.DataFrame({"group": [1, 1, 2, 2], "x": [0, 1, 0, 1], "y": [0.0, 1, 2, 2]})
    >>> ax = paths_by_end(data.assign(end=["a", "a", "b", "b"]), {"a": (0, 1, 1), "b": (2, 0, 1)},
    ...                   labels=("t", "y"), title="t")
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    """
    ax = axes_or_new(ax)
    for (end, (intercept, slope, last)), style in zip(lines.items(), ENDS, strict=False):
        part = data[data["end"] == end].groupby("group")
        paths = [path[["x", "y"]].to_numpy() for _, path in part if len(path) > 1]
        ax.add_collection(LineCollection(paths, linewidths=0.5, colors=style["color"], alpha=0.45))
        ends = np.array([0.0, last])
        ax.plot(ends, intercept + slope * ends, linewidth=3.5, path_effects=HALO, zorder=4, **style)
        words_at_end(ax, last, intercept + slope * last, end, zorder=5)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    ax.set_xlim(-0.02 * data["x"].max(), 1.02 * data["x"].max())
    return ax


@course_style()
def medians_by_arm(
    curves: Mapping[str, pd.DataFrame],
    still_seen: Mapping[str, Mapping[float, int]],
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Back-transformed curves of two arms with bands, on a log axis; below, who is still seen.

    Parameters
    ----------
    curves : mapping
        Words → DataFrame indexed by time, columns estimate, lower, upper, in the outcome's units.
    still_seen : mapping
        The same words → {time: number of patients}.

    >>> curve = pd.DataFrame({"estimate": [1.0, 2], "lower": [0.9, 1.5], "upper": [1.1, 3]})
    >>> ax = medians_by_arm({"a": curve, "b": 2 * curve}, {"a": {0: 9, 1: 5}, "b": {0: 9, 1: 4}},
    ...                     labels=("t", "y"), title="t")
    >>> ax.get_yscale(), len(ax.lines)
    ('log', 2)
    """
    ax = axes_or_new(ax)
    for place, ((words, curve), style) in enumerate(zip(curves.items(), ARMS, strict=True)):
        ax.plot(curve.index, curve["estimate"], **style)
        ax.fill_between(
            curve.index, curve["lower"], curve["upper"], color=style["color"], alpha=0.15, lw=0
        )
        lift = 9 if curve["estimate"].iloc[-1] >= _other(curves, words) else -9
        ax.annotate(
            words,
            (curve.index[-1], curve["estimate"].iloc[-1]),
            (6, lift),
            textcoords="offset points",
            va="center",
        )
        _row_of_numbers(ax, words, still_seen[words], -0.24 - 0.08 * place)
    ax.set_yscale("log")
    ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50) if ax.get_ylim()[0] <= tick]
    ticks = [tick for tick in ticks if tick <= ax.get_ylim()[1]]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    times = next(iter(curves.values())).index
    ax.set_xlim(times[0], times[-1] + 0.3 * (times[-1] - times[0]))
    ax.set_xticks(list(next(iter(still_seen.values()))))
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    return ax


def _other(curves: Mapping[str, pd.DataFrame], words: str) -> float:
    """Where the other arm's curve ends."""
    return float(next(c["estimate"].iloc[-1] for name, c in curves.items() if name != words))


def _row_of_numbers(ax: Axes, words: str, counts: Mapping[float, int], height: float) -> None:
    """Numbers of patients under the axis, at their times, and whose they are."""
    under = ax.get_xaxis_transform()
    for time, count in counts.items():
        ax.text(time, height, f"{count}", transform=under, ha="center", va="center")
    ax.text(
        1.0, height, f"seen: {words}", transform=ax.transAxes, ha="right", va="center", color=INK
    )


@course_style()
def back_in_units(
    times: np.ndarray,
    curves: Mapping[str, np.ndarray],
    seen: pd.DataFrame,
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """What a model of logs says in units, two ways, and the mean and the median that were seen.

    Parameters
    ----------
    times : ndarray
        Where the curves are given.
    curves : mapping
        Words → values: first the back-transformed mean of logs, then the mean.
    seen : DataFrame
        Indexed by time, columns median and mean of those seen.

    >>> seen = pd.DataFrame({"median": [1.0, 1.0], "mean": [2.0, 3.0]}, index=[0, 1])
    >>> ax = back_in_units(np.array([0, 1]), {"a": np.array([1, 2]), "b": np.array([2, 5])}, seen,
    ...                    labels=("t", "y"), title="t")
    >>> len(ax.lines)
    4
    """
    ax = axes_or_new(ax)
    styles = (
        ROLE["multilevel"].line(linewidth=2.5),
        ROLE["multilevel"].line(linestyle="--", linewidth=2.5),
    )
    for (words, values), style in zip(curves.items(), styles, strict=True):
        ax.plot(times, values, **style)
        words_at_end(ax, times[-1], values[-1], words, zorder=5)
    ax.plot(seen.index, seen["mean"], "s", color=INK, markersize=7, label="mean of those seen")
    ax.plot(seen.index, seen["median"], "o", color=INK, markersize=7, label="median of those seen")
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title, ylim=(0, None))
    ax.set_xlim(-0.2, times[-1] * 1.45)
    ax.set_xticks(np.arange(0, times[-1] + 1))
    ax.legend(loc="upper left")
    return ax
