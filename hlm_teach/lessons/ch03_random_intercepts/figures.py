"""Figures of chapter 03: covariance, poolings, BLUPs, predictions, within and between effects."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach._shared.checks import check_columns
from hlm_teach._shared.words import signed
from hlm_teach.display.style import HALO, ROLE, axes_or_new, course_style

from .looks import known_labels


@course_style()
def covariance_map(matrix: np.ndarray, sizes: Sequence[int], ax: Axes | None = None) -> Axes:
    """A covariance matrix as a heat map, its values written in, groups named at the edge.

    Parameters
    ----------
    matrix : ndarray of shape (N, N)
        Covariances of the outcomes, group by group.
    sizes : sequence of int
        Members of each group.

    >>> ax = covariance_map(np.eye(3), [2, 1])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['school 1', 'school 2']
    """
    ax = axes_or_new(ax)
    ax.imshow(matrix, cmap="Blues", vmin=0, vmax=1.5 * np.max(matrix))
    for (row, column), value in np.ndenumerate(np.asarray(matrix)):
        ax.text(
            column,
            row,
            f"{value:.1f}" if value else "0",
            ha="center",
            va="center",
            fontsize=10,
            color="0.1",
        )
    edges = np.cumsum(sizes)
    for edge in edges[:-1]:
        ax.axhline(edge - 0.5, color="0.3", linewidth=1.5)
        ax.axvline(edge - 0.5, color="0.3", linewidth=1.5)
    names = [f"school {number}" for number in range(1, len(sizes) + 1)]
    middles = edges - np.asarray(sizes) / 2 - 0.5
    ax.set(
        xticks=middles,
        xticklabels=names,
        yticks=middles,
        yticklabels=names,
        title="Same school: they share τ₀₀. Two schools: nothing",
    )
    ax.tick_params(length=0)
    return ax


@course_style()
def caterpillar(
    table: pd.DataFrame, ax: Axes | None = None, *, z: float = 1.96, highlight: Iterable = ()
) -> Axes:
    """BLUPs in order of size, each with the interval ± z standard deviations.

    Parameters
    ----------
    table : DataFrame
        One row per group; columns estimate and se.
    z : float
        Half width of the intervals in standard deviations.
    highlight : iterable
        Index labels to name in the picture.

    Raises
    ------
    ValueError
        If a column is missing or a label unknown.

    >>> table = pd.DataFrame({"estimate": [1.0, -1], "se": [0.4, 2]}, index=["a", "b"])
    >>> caterpillar(table, highlight=["b"]).get_title(loc="left")
    '1 of 2 intervals do not hold zero'
    """
    ax = axes_or_new(ax)
    check_columns(table, ("estimate", "se"), "table")
    ordered = table.sort_values("estimate", kind="stable")
    place = np.arange(1, len(ordered) + 1)
    low, high = (ordered["estimate"] + side * z * ordered["se"] for side in (-1, 1))
    clear = int(((low > 0) | (high < 0)).sum())
    ax.axhline(0, color="0.4", linewidth=0.8)
    ax.vlines(place, low, high, color=ROLE["group"].colour, linewidth=1.6)
    ax.plot(place, ordered["estimate"], **ROLE["multilevel"].points(markersize=3))
    for name in known_labels(table, highlight):
        at, row = ordered.index.get_loc(name) + 1, ordered.loc[name]
        ax.vlines(
            at,
            row["estimate"] - z * row["se"],
            row["estimate"] + z * row["se"],
            color=ROLE["highlight"].colour,
            linewidth=2.4,
        )
        ax.plot(at, row["estimate"], **ROLE["highlight"].points(marker="D", markersize=5))
        up = row["estimate"] < 0
        end = row["estimate"] + (z if up else -z) * row["se"]
        ax.annotate(
            str(name),
            (at, end),
            (0, 5 if up else -5),
            textcoords="offset points",
            ha="center",
            va="bottom" if up else "top",
            path_effects=HALO,
        )
    ax.set(
        xlim=(0, len(ordered) + 1),
        xlabel=f"{len(ordered)} groups, in order of their BLUP",
        ylabel="BLUP of u with its 95 % interval",
        title=f"{clear} of {len(ordered)} intervals do not hold zero",
    )
    return ax


@course_style()
def prediction_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Predictions with their intervals, one row each, words at the left.

    Parameters
    ----------
    table : DataFrame
        Columns prediction, lower, upper, and known (True: a group that was observed).

    Raises
    ------
    ValueError
        If a column is missing.

    >>> rows = pd.DataFrame({"prediction": [5.0, 9], "lower": [1.0, 2], "upper": [9.0, 16],
    ...                      "known": [True, False]}, index=["known", "new"])
    >>> [label.get_text() for label in prediction_bars(rows).get_yticklabels()]
    ['known', 'new']
    """
    ax = axes_or_new(ax)
    check_columns(table, ("prediction", "lower", "upper", "known"), "table")
    for place, row in enumerate(table.itertuples()):
        role = ROLE["highlight" if row.known else "multilevel"]
        ax.plot(
            [row.lower, row.upper],
            [place, place],
            **role.line(linewidth=5, solid_capstyle="butt", linestyle="-"),
        )
        ax.plot(
            row.prediction, place, marker="D", color="white", markersize=7, markeredgecolor="0.1"
        )
        ax.annotate(
            f"{signed(row.lower, 1)} to {signed(row.upper, 1)}",
            (row.upper, place),
            (8, 0),
            textcoords="offset points",
            va="center",
        )
    ax.set(
        yticks=range(len(table)),
        yticklabels=table.index,
        ylim=(len(table) - 0.4, -0.6),
        xlabel="mathematics (test points)",
        title="Knowing the school moves the middle; pupils still differ",
    )
    ax.set_xlim(right=table["upper"].max() + 0.22 * (table["upper"].max() - table["lower"].min()))
    return ax


@course_style()
def within_and_between(
    means: pd.DataFrame,
    within: float,
    between: float,
    intercept: float,
    ax: Axes | None = None,
    *,
    raw: float | None = None,
    x: str = "x",
    outcome: str = "y",
    groups: str = "school",
    labels: tuple[str, str] = ("mean SES of the school (scale score)", "mathematics (test points)"),
) -> Axes:
    """Groups as dots, the within slope as a short line through each, the between slope through all.

    Parameters
    ----------
    means : DataFrame
        One row per group; columns named by `x` and `outcome`: its means.
    within, between, intercept : float
        Slopes within and between groups, and the height of the between line at x = 0.
    raw : float, optional
        Slope of a model with x alone, drawn through the middle of the dots.
    groups : str
        What a group is called.
    labels : (str, str)
        Of the axes.

    >>> dots = pd.DataFrame({"x": [0.0, 1], "y": [2.0, 7]})
    >>> within_and_between(dots, 1, 5, 2).get_title(loc="left")
    'Schools rise more steeply than the pupils inside them'
    """
    ax = axes_or_new(ax)
    check_columns(means, (x, outcome), "means")
    at, y = means[x].to_numpy(), means[outcome].to_numpy()
    reach = np.ptp(at) or 1.0
    short = 0.07 * reach
    ax.plot(
        [at - short, at + short],
        [y - short * within, y + short * within],
        **ROLE["group"].line(linewidth=1.2),
    )
    ax.plot(at, y, **ROLE["between"].points(markersize=4, label=f"means of {groups}s"))
    ends = np.array([at.min() - 0.05 * reach, at.max() + 0.05 * reach])
    ax.plot(
        ends,
        intercept + between * ends,
        **ROLE["multilevel"].line(label=f"between {groups}s: {between:.2f}"),
    )
    middle = at.mean() + 0.3 * reach * np.array([-1, 1])
    if raw is not None:
        ax.plot(
            ends,
            y.mean() + raw * (ends - at.mean()),
            **ROLE["naive"].line(label=f"one slope for both: {raw:.2f}"),
        )
    ax.plot(
        middle,
        intercept + between * at.mean() + within * (middle - at.mean()),
        **ROLE["highlight"].line(
            linewidth=3, path_effects=HALO, label=f"within {groups}s: {within:.2f}"
        ),
    )
    title = "Schools rise more steeply than the pupils inside them"
    if groups != "school":
        title = f"Slopes within and between {groups}s"
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    ax.legend(loc="upper left")
    return ax
