"""The figures of chapter 14."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style

LEVELS = ("between", "group", "within")  # the roles of three levels, from the top


@course_style()
def shares_of_levels(shares: pd.DataFrame, *, title: str, ax: Axes | None = None) -> Axes:
    """Bars of the shares of variance at each level, one bar an outcome.

    Parameters
    ----------
    shares : DataFrame
        One row an outcome, one column a level (three), shares that sum to one.

    >>> table = pd.DataFrame({"a": [0.5], "b": [0.3], "c": [0.2]}, index=["wage"])
    >>> ax = shares_of_levels(table, title="t")
    >>> [round(float(bar.get_width()), 1) for bar in ax.patches]
    [0.5, 0.3, 0.2]
    """
    ax = axes_or_new(ax)
    place = np.arange(len(shares))[::-1]
    left = np.zeros(len(shares))
    for level, role in zip(shares.columns, LEVELS, strict=True):
        width = shares[level].to_numpy()
        ax.barh(place, width, left=left, height=0.55, label=level, **ROLE[role].bars())
        for row, begin, share in zip(place, left, width, strict=True):
            if share > 0.06:
                ax.text(
                    begin + share / 2,
                    row,
                    f"{share:.0%}",
                    ha="center",
                    va="center",
                    color=INK,
                    path_effects=HALO,
                )
        left = left + width
    ax.set_yticks(place, list(shares.index))
    ax.set(xlabel="share of the variance", title=title, xlim=(0, 1), ylim=(-0.5, len(shares) + 0.1))
    ax.legend(loc="upper center", ncols=3)
    return ax


@course_style()
def firm_slopes(
    data: pd.DataFrame,
    slopes: Mapping[str, float],
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Paths of groups in x and y, and slopes through the middle of all, each with its name.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y, in the order of time.
    slopes : mapping
        Words → slope; the first is drawn as naive, the second as multilevel.

    >>> data = pd.DataFrame({"group": [1, 1, 2, 2], "x": [0.0, 1, 2, 3], "y": [0.0, 1, 2, 2]})
    >>> ax = firm_slopes(data, {"pooled": 1.0, "fixed": 0.5}, labels=("x", "y"), title="t")
    >>> len(ax.lines)
    2
    """
    ax = axes_or_new(ax)
    paths = [path[["x", "y"]].to_numpy() for _, path in data.groupby("group")]
    ax.add_collection(LineCollection(paths, colors=ROLE["group"].colour, linewidths=1.1, alpha=0.8))
    x0, y0 = data["x"].mean(), data["y"].mean()
    ends = np.array([data["x"].min(), data["x"].max()])
    for (words, slope), role in zip(slopes.items(), ("naive", "multilevel"), strict=False):
        y = y0 + slope * (ends - x0)
        ax.plot(ends, y, path_effects=HALO, **ROLE[role].line(linewidth=2.5))
        ax.annotate(
            f"{words}: {slope:.2f}",
            (ends[1], y[1]),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            path_effects=HALO,
        )
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    ax.set_xlim(ends[0] - 0.2, ends[1] + 0.32 * np.ptp(ends))
    return ax


@course_style()
def slopes_with_intervals(
    table: pd.DataFrame, *, label: str, title: str, ax: Axes | None = None
) -> Axes:
    """Estimates with intervals, a row each; what isn't within firms is drawn hollow.

    Parameters
    ----------
    table : DataFrame
        Index: words; columns estimate, lower, upper, and within (bool).

    >>> table = pd.DataFrame({"estimate": [0.5], "lower": [0.4], "upper": [0.6], "within": [True]},
    ...                      index=["fixed effects"])
    >>> slopes_with_intervals(table, label="slope", title="t").get_xlabel()
    'slope'
    """
    ax = axes_or_new(ax)
    for place, (_, row) in zip(range(len(table) - 1, -1, -1), table.iterrows(), strict=True):
        role = ROLE["multilevel" if row["within"] else "naive"]
        ax.plot([row["lower"], row["upper"]], [place] * 2, color=role.colour, linewidth=2.5)
        fill = role.colour if row["within"] else "white"
        ax.plot(
            [row["estimate"]],
            [place],
            **role.points(markersize=9, markerfacecolor=fill, markeredgewidth=2),
            markeredgecolor=role.colour,
        )
        ax.text(
            row["estimate"],
            place + 0.2,
            f"{row['estimate']:.2f}",
            ha="center",
            va="bottom",
            color=INK,
        )
    ax.set_yticks(range(len(table)), list(table.index)[::-1])
    ax.set(xlabel=label, title=title, ylim=(-0.6, len(table) - 0.3))
    return ax


@course_style()
def slope_by_horizon(
    apart: Sequence[int],
    estimates: Sequence[float],
    errors: Sequence[float],
    *,
    marks: Mapping[str, float],
    label: str,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Slope of differences over how many years lie between, with intervals and marks beside.

    Parameters
    ----------
    apart : sequence of int
        Years between the two looks.
    estimates, errors : sequence of float
        Slope and half width of its interval.
    marks : mapping
        Words → height of a line across.

    >>> ax = slope_by_horizon([1, 2], [0.4, 0.5], [0.1, 0.1], marks={"fixed": 0.55}, label="slope",
    ...                       title="t")
    >>> [text.get_text() for text in ax.texts]
    [' fixed: 0.55']
    """
    ax = axes_or_new(ax)
    role = ROLE["multilevel"]
    ax.errorbar(
        apart, estimates, yerr=errors, linewidth=2, capsize=0, color=role.colour, marker=role.marker
    )
    for words, height in marks.items():
        ax.axhline(height, **ROLE["truth"].line(linewidth=1))
        ax.text(min(apart) - 0.28, height, f" {words}: {height:.2f}", va="bottom", color=INK)
    ax.set(xlabel="years between the two looks", ylabel=label, title=title, xticks=list(apart))
    ax.set_xlim(min(apart) - 0.3, max(apart) + 0.3)
    return ax
