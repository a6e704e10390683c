"""Figures of chapter 03: no, complete and partial pooling, and their errors."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from hlm_teach._shared.checks import check_columns
from hlm_teach.display.style import HALO, ROLE, axes_or_new, course_style

from .looks import known_labels, log_sizes

_POOLINGS = {
    "complete": ("naive", "complete pooling"),
    "none": ("no_pooling", "no pooling"),
    "partial": ("multilevel", "partial pooling"),
}


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
    check_columns(table, ("n", "none", "partial"), "table")
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
    for name in known_labels(table, highlight):
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
            path_effects=HALO,
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
    check_columns(table, _POOLINGS, "table")
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
    check_columns(table, ("none", "partial"), "table")
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
