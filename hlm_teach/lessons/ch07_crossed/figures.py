"""Figures of chapter 07: designs as grids, who takes whose variance, effects, growth at two levels."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style, figure

from .looks import PARTS


@course_style()
def design_grids(
    designs: Mapping[str, pd.DataFrame],
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Small grids side by side, one a design: which crossings of two factors hold data.

    Parameters
    ----------
    designs : dict of str to DataFrame
        Name of each design, and its counts: rows one factor, columns the other.
    labels : (str, str)
        Of rows and columns.

    >>> grid = pd.DataFrame([[1, 0], [0, 1]])
    >>> len(design_grids({"nested": grid}, labels=("a", "b"), title="t").patches)
    4
    """
    ax, left = axes_or_new(ax), 0.0
    for name, counts in designs.items():
        rows, columns = counts.shape
        ax.text(left + columns / 2, rows + 0.35, name, ha="center", weight="bold")
        ax.text(left + columns / 2, -0.3, labels[1], ha="center", va="top")
        for (row, column), count in np.ndenumerate(counts.to_numpy()):
            colour = ROLE["multilevel"].colour if count else "#F2F2F2"
            corner = (left + column + 0.06, rows - row - 0.94)
            ax.add_patch(Rectangle(corner, 0.88, 0.88, edgecolor="none", facecolor=colour))
        left += columns + 1.5
    ax.text(-0.4, rows / 2, labels[0], rotation=90, ha="right", va="center")
    ax.set(xlim=(-1.2, left - 1), ylim=(-1.1, rows + 1.2), aspect="equal", title=title)
    ax.set_axis_off()
    return ax


@course_style()
def crossing(
    counts: pd.DataFrame, *, labels: tuple[str, str], title: str, ax: Axes | None = None
) -> Axes:
    """How many members each crossing of two factors has: a dot a filled cell, its area the count.

    Columns are put in the order of the row that most of their members belong to, so that nested
    factors would make one unbroken staircase.

    Parameters
    ----------
    counts : DataFrame
        Rows one factor, columns the other.
    labels : (str, str)
        Of rows and columns.

    >>> ax = crossing(pd.DataFrame([[9, 0, 1], [0, 4, 0]]), labels=("a", "b"), title="t")
    >>> len(ax.collections[0].get_offsets())
    3
    """
    ax = axes_or_new(ax)
    numbers = counts.to_numpy()
    order = np.lexsort((-numbers.max(axis=0), numbers.argmax(axis=0)))
    numbers = numbers[:, order]
    row, column = np.nonzero(numbers)
    home = row == numbers.argmax(axis=0)[column]
    for these, role in ((home, "group"), (~home, "highlight")):
        ax.scatter(
            column[these],
            row[these],
            s=1.3 * numbers[row[these], column[these]] + 4,
            color=ROLE[role].colour,
            marker="o" if role == "group" else "D",
            linewidths=0,
        )
    ax.set(
        xlim=(-2, numbers.shape[1] + 1),
        ylim=(numbers.shape[0] - 0.2, -0.8),
        yticks=range(0, numbers.shape[0], 3),
        yticklabels=[str(place + 1) for place in range(0, numbers.shape[0], 3)],
        ylabel=labels[0],
        xlabel=labels[1],
        title=title,
    )
    return ax


@course_style()
def variance_stacks(
    variances: pd.DataFrame, *, names: Sequence[str], title: str, ax: Axes | None = None
) -> Axes:
    """One bar a model, its parts the variances; the first column at the left, the residual right.

    Parameters
    ----------
    variances : DataFrame
        One row a model, three columns: two groupings and the residual; 0 where a model lacks one.
    names : sequence of str
        What the three parts are called.

    >>> table = pd.DataFrame([[1.0, 0.5, 8.0]], index=["both"])
    >>> ax = variance_stacks(table, names=("a", "b", "rest"), title="t")
    >>> [text.get_text() for text in ax.texts][:3]
    ['1.00', '0.50', '8.00']
    """
    ax = axes_or_new(ax)
    top = variances.sum(axis=1).max()
    for place, (_, row) in enumerate(variances.iterrows()):
        edges = np.concatenate([[0.0], np.cumsum(row)])
        for width, left, part in zip(row, edges, PARTS, strict=False):
            ax.barh([-place], [width], left=left, height=0.46, **part.bars())
        second = max(edges[1], 0.09 * top if row.iloc[0] else 0.0)  # clear of the first number
        spots = zip(row, (0.0, second, edges[3]), ("left", "left", "right"), strict=True)
        for width, x, side in spots:
            if width > 0:
                ax.text(x, 0.28 - place, _short(width), ha=side, va="bottom")
    for x, name, part in zip((0, 0.3, 0.62), names, PARTS, strict=True):
        ax.plot([x * top], [0.86], marker="s", markersize=9, color=part.colour, clip_on=False)
        ax.text((x + 0.018) * top, 0.86, name, va="center")
    ax.set(
        yticks=-np.arange(len(variances)),
        yticklabels=list(variances.index),
        ylim=(-len(variances) + 0.6, 1.05),
        xlim=(-0.01 * top, 1.02 * top),
        xlabel="variance",
        title=title,
    )
    ax.tick_params(axis="y", length=0)
    return ax


def _short(variance: float) -> str:
    """Two decimals, three where two would say nothing."""
    return f"{variance:.2f}" if variance >= 0.1 else f"{variance:.3f}"


@course_style()
def effect_by_model(
    effects: pd.DataFrame, *, xlabel: str, title: str, ax: Axes | None = None
) -> Axes:
    """One effect, estimated by several models: estimates with intervals, and a zero line.

    Parameters
    ----------
    effects : DataFrame
        One row a model: estimate, lower, upper, words (what stands at the right).

    >>> table = pd.DataFrame({"estimate": [1.0], "lower": [0.5], "upper": [1.5], "words": ["p"]})
    >>> effect_by_model(table, xlabel="x", title="t").texts[0].get_text()
    'p'
    """
    ax = axes_or_new(ax)
    right = max(effects["upper"].max(), 0.0)
    span = right - min(effects["lower"].min(), 0.0)
    for place, row in enumerate(effects.itertuples()):
        role = ROLE["naive"] if place == 0 else ROLE["multilevel"]
        ax.plot([row.lower, row.upper], [-place] * 2, **role.line())
        ax.plot([row.estimate], [-place], **role.points(markersize=8))
        ax.text(right + 0.06 * span, -place, row.words, va="center")
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set(
        yticks=-np.arange(len(effects)),
        yticklabels=list(effects.index),
        ylim=(-len(effects) + 0.5, 0.5),
        xlim=(right - 1.06 * span, right + 0.62 * span),
        xlabel=xlabel,
        title=title,
    )
    ax.set_xticks([tick for tick in ax.get_xticks() if right - 1.06 * span <= tick <= right])
    ax.tick_params(axis="y", length=0)
    return ax


@course_style()
def growth_at_two_levels(
    schools: pd.DataFrame,
    children: pd.DataFrame,
    mean_line: tuple[float, float],
    years: tuple[float, float],
    *,
    school: str,
    labels: tuple[str, str],
    ax: np.ndarray | None = None,
) -> Axes:
    """Left the lines of all schools around the mean line, right those of one school's children.

    Parameters
    ----------
    schools, children : DataFrame
        Columns intercept, slope; one row a school, one row a child of `school`.
    mean_line : (float, float)
        Intercept and slope of the mean line.
    years : (float, float)
        Ends of the lines.
    school : str
        Index of the school that is picked out.
    labels : (str, str)
        Of the axes.

    >>> lines = pd.DataFrame({"intercept": [0.0, 1], "slope": [1.0, 2]}, index=["a", "b"])
    >>> growth_at_two_levels(lines, lines, (0.5, 1.5), (0, 1), school="a",
    ...                      labels=("year", "score")).get_title(loc="left")
    '2 schools around the mean line'
    """
    left, right = figure(2, 7.4, 4, sharey=True)[1] if ax is None else ax
    x = np.array(years)
    own = schools.loc[school]
    for axes, lines in ((left, schools), (right, children)):
        ends = lines["intercept"].to_numpy()[:, None] + lines["slope"].to_numpy()[:, None] * x
        segments = [list(zip(x, y, strict=True)) for y in ends]
        axes.add_collection(
            LineCollection(segments, colors=ROLE["group"].colour, linewidths=0.8, zorder=1)
        )
        axes.plot(x, own["intercept"] + own["slope"] * x, color=ROLE["highlight"].colour, zorder=3)
        axes.set(xlabel=labels[0], xlim=years)
        axes.autoscale_view(scalex=False)
    left.plot(x, mean_line[0] + mean_line[1] * x, **ROLE["multilevel"].line())
    left.set(ylabel=labels[1], title=f"{len(schools)} schools around the mean line")
    right.set_title(f"{len(children)} children around one school")
    at = x[0] + 0.7 * np.ptp(x)
    for axes, words, line in ((left, "mean line", mean_line), (right, "the school", tuple(own))):
        axes.annotate(
            words,
            (at, line[0] + line[1] * at),
            (0.97, 0.05),
            textcoords="axes fraction",
            ha="right",
            color=INK,
            path_effects=HALO,
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.8},
            zorder=4,
        )
    return left


@course_style()
def crossed_profiles(
    data: pd.DataFrame,
    outcome: str,
    rows: str,
    columns: str,
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """One line a level of `columns` over the levels of `rows`, these ordered by their means.

    Without an interaction beyond the residual the lines run side by side.

    >>> data = pd.DataFrame({"y": [1.0, 2, 3, 4], "a": list("pqpq"), "b": list("uuvv")})
    >>> len(crossed_profiles(data, "y", "a", "b", labels=("a", "y"), title="t").lines)
    2
    """
    ax = axes_or_new(ax)
    table = data.pivot_table(index=rows, columns=columns, values=outcome)
    table = table.loc[table.mean(axis=1).sort_values().index]
    places = np.arange(len(table))
    for name in table.columns:
        ax.plot(places, table[name], **ROLE["group"].line(marker="o", markersize=4))
    for height, names in table.iloc[-1].groupby(table.iloc[-1]):
        words = f"{columns} " + ", ".join(map(str, names.index))
        ax.text(places[-1] + 0.4, height, words, va="center")
    ax.set(
        xticks=places,
        xticklabels=list(table.index),
        xlim=(-0.5, 1.16 * len(table)),
        xlabel=labels[0],
        ylabel=labels[1],
        title=title,
    )
    return ax
