"""Figures of chapter 03: covariance, poolings, BLUPs, predictions, within and between effects."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from scipy import stats

from hlm_teach._shared.words import signed
from hlm_teach.display.style import ROLE, axes_or_new, course_style

_HALO = [withStroke(linewidth=3, foreground="white")]
_POOLINGS = {
    "complete": ("naive", "complete pooling"),
    "none": ("no_pooling", "no pooling"),
    "partial": ("multilevel", "partial pooling"),
}


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
def shrinkage_balance(
    mean: float, n: int, gamma00: float, tau00: float, sigma2: float, ax: Axes | None = None
) -> Axes:
    """Two sources about one group's mean, and the compromise: three normal densities.

    >>> ax = shrinkage_balance(4, 14, 12, 9, 36)
    >>> len(ax.lines)
    3
    """
    ax = axes_or_new(ax)
    lam = tau00 / (tau00 + sigma2 / n)
    parts = [
        ("between", gamma00, tau00, "what schools are like:\nN(γ₀₀, τ₀₀)"),
        ("no_pooling", mean, sigma2 / n, "what its own pupils say:\nmean, variance σ²/n"),
        (
            "multilevel",
            gamma00 + lam * (mean - gamma00),
            tau00 * (1 - lam),
            "both together:\nthe BLUP",
        ),
    ]
    spread = 3 * np.sqrt(max(tau00, sigma2 / n))
    x = np.linspace(min(mean, gamma00) - spread, max(mean, gamma00) + spread, 400)
    for role, centre, variance, words in parts:
        density = stats.norm.pdf(x, centre, np.sqrt(variance))
        ax.plot(x, density, **ROLE[role].line())
        side = {"between": 0, "no_pooling": -1, "multilevel": 1}[role] * np.sign(gamma00 - mean)
        ax.annotate(
            words,
            (centre, density.max()),
            (18 * side, 8 if side == 0 else -14),
            textcoords="offset points",
            va="bottom" if side == 0 else "center",
            ha={-1: "right", 0: "center", 1: "left"}[int(side)],
            color="0.13",
        )
    ax.set(
        yticks=[],
        xlabel="mean mathematics score of the school",
        ylim=(0, 1.1 * density.max()),
        title="The BLUP lies between two sources, nearer to the sharper one",
    )
    ax.spines["left"].set_visible(False)
    return ax


@course_style()
def pooling_arrows(
    table: pd.DataFrame,
    gamma00: float,
    ax: Axes | None = None,
    *,
    highlight: Iterable = (),
    label: str = "",
) -> Axes:
    """Own mean and BLUP of every group over its size, joined by a line.

    Parameters
    ----------
    table : DataFrame
        One row per group; columns n, none (own mean), partial (BLUP).
    gamma00 : float
        Mean that the BLUPs are pulled towards.
    highlight : iterable
        Index labels to name in the picture.
    label : str
        What the means are, with their unit.

    Raises
    ------
    ValueError
        If a column is missing or a label unknown.

    >>> table = pd.DataFrame({"n": [2, 9], "none": [1.0, 5], "partial": [2.0, 4.8]})
    >>> pooling_arrows(table, 4.0).get_xlabel()
    'number of members n (log scale)'
    """
    ax = axes_or_new(ax)
    _want(table, ("n", "none", "partial"))
    ax.axhline(gamma00, **ROLE["naive"].line(linewidth=1.5, zorder=1, label="mean of all groups"))
    ax.vlines(table["n"], table["none"], table["partial"], color="0.55", linewidth=0.8, zorder=2)
    for column in ("none", "partial"):
        role, words = _POOLINGS[column]
        ax.plot(
            table["n"],
            table[column],
            zorder=3,
            **ROLE[role].points(markersize=4.5, label="own mean" if column == "none" else "BLUP"),
        )
    for name in _known(table, highlight):
        row = table.loc[name]
        ax.plot(row["n"], row["none"], **ROLE["highlight"].points(marker="^", zorder=4))
        ax.plot(row["n"], row["partial"], **ROLE["highlight"].points(marker="D", zorder=4))
        ax.annotate(
            str(name),
            (row["n"], row["none"]),
            (9, 0),
            textcoords="offset points",
            va="center",
            ha="left",
            path_effects=_HALO,
        )
    log_sizes(ax, table["n"])
    ax.set(
        xlabel="number of members n (log scale)",
        ylabel=label,
        title="Small and far from the mean of all: pulled in farthest",
    )
    ax.legend(loc="best")
    return ax


@course_style()
def log_sizes(ax: Axes, sizes: Sequence[int]) -> Axes:
    """A log scale for group sizes, with round numbers at its ticks.

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
    _want(table, ("estimate", "se"))
    ordered = table.sort_values("estimate", kind="stable")
    place = np.arange(1, len(ordered) + 1)
    low, high = (ordered["estimate"] + side * z * ordered["se"] for side in (-1, 1))
    clear = int(((low > 0) | (high < 0)).sum())
    ax.axhline(0, color="0.4", linewidth=0.8)
    ax.vlines(place, low, high, color=ROLE["group"].colour, linewidth=1.6)
    ax.plot(place, ordered["estimate"], **ROLE["multilevel"].points(markersize=3))
    for name in _known(table, highlight):
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
            path_effects=_HALO,
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
    _want(table, ("prediction", "lower", "upper", "known"))
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
) -> Axes:
    """Groups as dots, the within slope as a short line through each, the between slope through all.

    Parameters
    ----------
    means : DataFrame
        One row per group; columns x and y: its means.
    within, between, intercept : float
        Slopes within and between groups, and the height of the between line at x = 0.
    raw : float, optional
        Slope of a model with x alone, drawn through the middle of the dots.

    >>> dots = pd.DataFrame({"x": [0.0, 1], "y": [2.0, 7]})
    >>> within_and_between(dots, 1, 5, 2).get_title(loc="left")
    'Schools rise more steeply than the pupils inside them'
    """
    ax = axes_or_new(ax)
    _want(means, ("x", "y"))
    x, y = means["x"].to_numpy(), means["y"].to_numpy()
    ax.plot(
        [x - 0.14, x + 0.14],
        [y - 0.14 * within, y + 0.14 * within],
        **ROLE["group"].line(linewidth=1.2),
    )
    ax.plot(x, y, **ROLE["between"].points(markersize=4, label="means of schools"))
    ends = np.array([x.min() - 0.1, x.max() + 0.1])
    ax.plot(
        ends,
        intercept + between * ends,
        **ROLE["multilevel"].line(label=f"between schools: {between:.2f}"),
    )
    middle = np.array([-0.6, 0.6])
    if raw is not None:
        ax.plot(
            ends,
            y.mean() + raw * (ends - x.mean()),
            **ROLE["naive"].line(label=f"one slope for both: {raw:.2f}"),
        )
    ax.plot(
        middle,
        intercept + within * middle,
        **ROLE["highlight"].line(
            linewidth=3, path_effects=_HALO, label=f"within schools: {within:.2f}"
        ),
    )
    ax.set(
        xlabel="mean SES of the school (scale score)",
        ylabel="mathematics (test points)",
        title="Schools rise more steeply than the pupils inside them",
    )
    ax.legend(loc="upper left")
    return ax


@course_style()
def pooling_errors(
    table: pd.DataFrame, words: str, ax: Axes | None = None, *, title: str = ""
) -> Axes:
    """Prediction error of three poolings over what the index holds.

    Parameters
    ----------
    table : DataFrame
        Columns complete, none, partial (root mean squared errors); index of numbers or labels.
    words, title : str
        What the index holds, with its unit; the figure's message.

    >>> errors = pd.DataFrame({"complete": [3.0, 3], "none": [4.0, 2], "partial": [2.5, 1.9]},
    ...                       index=[2, 8])
    >>> pooling_errors(errors, "pupils seen").get_xlabel()
    'pupils seen'
    """
    ax = axes_or_new(ax)
    _want(table, _POOLINGS)
    place = np.arange(len(table))
    top = max(1.08 * table[list(_POOLINGS)].to_numpy().max(), ax.get_ylim()[1])
    height = 0.0
    for column in table[list(_POOLINGS)].iloc[-1].sort_values().index:
        role, name = _POOLINGS[column]
        ax.plot(place, table[column], **ROLE[role].line(marker=ROLE[role].marker, markersize=6))
        height = max(table[column].iloc[-1], height + 0.055 * top)  # labels kept apart
        ax.text(place[-1] + 0.06 * len(table), height, name, va="center", color="0.13")
    ax.set(
        xticks=place,
        xticklabels=table.index,
        xlabel=words,
        ylim=(0, top),
        title=title,
        xlim=(-0.2, len(table) - 1 + 0.42 * len(table)),
        ylabel="root mean squared error (points)",
    )
    return ax


@course_style()
def errors_over_u(table: pd.DataFrame, border: float, sd: float, ax: Axes | None = None) -> Axes:
    """Mean squared error of own mean and BLUP over a group's true deviation u.

    Parameters
    ----------
    table : DataFrame
        Index u; columns none, partial (see `shrinkage.errors_given_u`).
    border : float
        |u| from which on the BLUP is worse.
    sd : float
        √τ_00, to shade where u lies.

    >>> table = pd.DataFrame({"none": [2.0, 2.0], "partial": [1.0, 3.0]}, index=[0.0, 3.0])
    >>> errors_over_u(table, 2.0, 1.0).get_xlabel()
    'true deviation u of the school from the mean of schools (points)'
    """
    ax = axes_or_new(ax)
    _want(table, ("none", "partial"))
    u = table.index.to_numpy()
    top = 1.15 * table.to_numpy().max()
    density = stats.norm.pdf(u, 0, sd)
    ax.fill_between(
        u,
        0,
        0.35 * top * density / density.max(),
        color=ROLE["between"].colour,
        alpha=0.3,
        linewidth=0,
    )
    ax.text(0, 0.05 * top, "where schools are", ha="center")
    for column in ("none", "partial"):
        ax.plot(u, table[column], **ROLE[_POOLINGS[column][0]].line())
    ax.annotate(
        "own mean: σ²/n",
        (0, table["none"].iloc[0]),
        (0, 6),
        ha="center",
        textcoords="offset points",
    )
    ax.annotate("BLUP", (u[0], table["partial"].iloc[0]), (14, -4), textcoords="offset points")
    for side in (-1, 1):
        ax.axvline(side * border, **ROLE["truth"].line(linewidth=1))
    ax.set(
        ylim=(0, top),
        ylabel="mean squared error (points²)",
        xlabel="true deviation u of the school from the mean of schools (points)",
        title="Better for most schools, worse for the extreme ones",
    )
    return ax


def _want(table: pd.DataFrame, names: Iterable[str]) -> None:
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(
            f"table has no column {missing[0]!r}; columns are {', '.join(map(str, table.columns))}"
        )


def _known(table: pd.DataFrame, labels: Iterable) -> list:
    found = list(labels)
    unknown = [label for label in found if label not in table.index]
    if unknown:
        raise ValueError(f"highlight={unknown[0]!r} is not in the table's index")
    return found
