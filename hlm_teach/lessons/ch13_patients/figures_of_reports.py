"""The figures of chapter 13's two shorter cases: hospitals, and a programme for infants."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style


@course_style()
def without_each(
    values: pd.Series, full: float, *, name: str, label: str, title: str, ax: Axes | None = None
) -> Axes:
    """An estimate with each group left out in turn, in order; the farthest is named.

    Parameters
    ----------
    values : Series
        The estimate without a group, indexed by the group's label.
    full : float
        The estimate from all groups.
    name : str
        What a group is.

    >>> ax = without_each(pd.Series({"a": 0.1, "b": 0.3}), 0.3, name="hospital", label="ICC",
    ...                   title="t")
    >>> ax.get_xlabel(), [text.get_text() for text in ax.texts]
    ('ICC, without one hospital', ['all', 'without a'])
    """
    ax = axes_or_new(ax)
    ordered = values.sort_values()
    place = np.arange(len(ordered))
    ax.axvline(full, **ROLE["truth"].line())
    ax.annotate("all", (full, place[-1] + 0.02 * len(place)), (5, 0), textcoords="offset points")
    ax.plot(ordered, place, **ROLE["group"].points(markersize=4))
    far = (ordered - full).abs().idxmax()
    at = list(ordered.index).index(far)
    ax.plot([ordered[far]], [at], **ROLE["highlight"].points())
    ax.annotate(
        f"without {far}", (ordered[far], at), (9, 0), textcoords="offset points", va="center"
    )
    ax.set(xlabel=f"{label}, without one {name}", ylabel=f"{name}s, in order", title=title)
    ax.set_yticks([])
    ax.set_xlim(0, None)
    return ax


@course_style()
def means_with_and_without(
    tables: Mapping[str, pd.DataFrame], *, label: str, title: str, ax: Axes | None = None
) -> Axes:
    """Estimates and intervals at the levels of a factor, from two analyses side by side.

    Parameters
    ----------
    tables : mapping
        Words → DataFrame indexed by level, columns estimate, lower, upper; two of them.

    >>> table = pd.DataFrame({"estimate": [1.0, 2], "lower": [0.5, 1], "upper": [2.0, 4]},
    ...                      index=["a", "b"])
    >>> ax = means_with_and_without({"all": table, "fewer": table}, label="days", title="t")
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['a', 'b']
    """
    ax = axes_or_new(ax)
    styles = (ROLE["multilevel"].points(markersize=9), ROLE["no_pooling"].points(markersize=9))
    for (words, table), style, shift in zip(tables.items(), styles, (-0.08, 0.08), strict=True):
        x = np.arange(len(table)) + shift
        ax.vlines(x, table["lower"], table["upper"], color=style["color"], linewidth=2.5)
        ax.plot(x, table["estimate"], label=words, **style)
    ax.set_xticks(np.arange(len(table)), list(table.index))
    ax.set(xlim=(-0.5, len(table) - 0.5), ylabel=label, title=title, ylim=(0, None))
    ax.legend(loc="upper left")
    return ax


@course_style()
def differences_by_age(
    table: pd.DataFrame,
    line: tuple[float, float],
    *,
    sd: float,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Differences of two arms at each age with intervals; a second axis in standard deviations.

    Parameters
    ----------
    table : DataFrame
        Indexed by age, columns estimate, lower, upper, in points.
    line : (float, float)
        Intercept and slope of the difference by straight lines.
    sd : float
        Points in a standard deviation.

    >>> table = pd.DataFrame({"estimate": [4.0, 10], "lower": [0.0, 5], "upper": [8.0, 15]},
    ...                      index=[1.0, 2.0])
    >>> ax = differences_by_age(table, (0, 4), sd=10, labels=("age", "points"), title="t")
    >>> ax.child_axes[0].get_ylabel()
    'in standard deviations'
    """
    ax = axes_or_new(ax)
    ages = table.index.to_numpy(dtype=float)
    ax.axhline(0, color=INK, linewidth=0.8)
    ends = np.array([ages[0] - 0.05, ages[-1] + 0.05])
    ax.plot(ends, line[0] + line[1] * ends, **ROLE["naive"].line())
    middle = (ages[0] + ages[1]) / 2
    ax.annotate(
        "straight lines",
        (middle, line[0] + line[1] * middle),
        (0, -16),
        textcoords="offset points",
        ha="center",
        path_effects=HALO,
    )
    ax.vlines(ages, table["lower"], table["upper"], color=ROLE["multilevel"].colour, linewidth=2.5)
    ax.plot(ages, table["estimate"], **ROLE["multilevel"].points(markersize=10))
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title, xticks=ages)
    ax.set_xlim(ages[0] - 0.15, ages[-1] + 0.15)
    there_and_back: Any = (lambda points: points / sd, lambda sds: sds * sd)
    right = ax.secondary_yaxis("right", functions=there_and_back)
    right.set_ylabel("in standard deviations")
    return ax
