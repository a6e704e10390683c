"""Figures of chapter 02: how well an ICC is estimated, and what it does to means and their errors."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from hlm_teach.display.style import ROLE, axes_or_new, course_style
from hlm_teach.measures.design_effect import design_effect
from hlm_teach.measures.reliability import mean_reliability

_FORMULAS = {
    "textbook trap": (
        "naive",
        {"linestyle": ":", "marker": "^"},
        "within = total − between·n/(n−1)",
    ),
    "raw means": ("naive", {"marker": "s"}, "raw variance of means as τ₀₀"),
    "ANOVA": ("multilevel", {"marker": "D"}, "ANOVA: the luck subtracted"),
}


@course_style()
def estimates_by_size(table: pd.DataFrame, truth: float, *, ax: Axes | None = None) -> Axes:
    """Mean estimate of each formula (columns) against group size (index), and the true ICC."""
    ax = axes_or_new(ax)
    for column, (role, look, words) in _FORMULAS.items():
        ax.plot(table.index, table[column], markersize=6, label=words, **ROLE[role].line(**look))
    ax.axhline(truth, label=f"true ICC {truth:.2f}", **ROLE["truth"].line())
    ax.set_xscale("log", base=2)
    ax.set(
        xticks=table.index,
        xticklabels=table.index,
        xlabel="pupils per school n",
        ylabel="mean of the estimated ICC",
        ylim=(0, None),
        title="Small groups give the naive formulas away",
    )
    ax.minorticks_off()
    ax.legend(loc="upper right")
    return ax


_INTERVAL_LOOKS = (
    {"color": ROLE["truth"].colour, "marker": "o", "linestyle": "-"},
    {"color": ROLE["multilevel"].colour, "marker": "D", "linestyle": "-"},
    {
        "color": ROLE["multilevel"].colour,
        "marker": "o",
        "linestyle": (0, (2, 1)),
        "markerfacecolor": "white",
    },
)


@course_style()
def icc_intervals(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Intervals of the ICC by several methods, data set by data set.

    `table` has the columns data, method, estimate, low and high, one row an interval.
    """
    ax = axes_or_new(ax)
    methods, names = list(table["method"].unique()), list(table["data"].unique())
    for row in table.itertuples():
        step = methods.index(row.method)
        y, look = names.index(row.data) + 0.22 * (step - 1), _INTERVAL_LOOKS[step]
        ax.plot(
            [row.low, row.high],
            [y, y],
            linewidth=2,
            color=look["color"],
            linestyle=look["linestyle"],
        )
        ax.plot(
            row.estimate,
            y,
            markersize=7,
            **look,
            label=row.method if row.data == names[0] else None,
        )
    ax.set(
        yticks=range(len(names)),
        yticklabels=names,
        xlim=(-0.02, 1.02),
        xlabel="ICC",
        title="Three 95 % intervals for each ICC",
    )
    ax.invert_yaxis()
    ax.legend(loc="upper right", handlelength=3)
    return ax


@course_style()
def pivot_and_f(pivot: np.ndarray, df: tuple[int, int], *, ax: Axes | None = None) -> Axes:
    """Histogram of simulated pivots with the F density, the middle 95 % marked."""
    ax = axes_or_new(ax)
    law = stats.f(*df)
    x = np.linspace(0, law.ppf(0.9999), 300)
    ax.hist(
        pivot,
        np.linspace(0, x[-1], 60).tolist(),
        density=True,
        label="simulated",
        **ROLE["multilevel"].bars(alpha=0.6),
    )
    ax.plot(x, law.pdf(x), label=f"F({df[0]}, {df[1]:,})", **ROLE["truth"].line(linewidth=2))
    for end in law.ppf([0.025, 0.975]):
        ax.axvline(end, color="0.4", linewidth=1)
    ax.set(
        xlabel="F at the true ICC", ylabel="density", title="Unequal groups, and still exactly F"
    )
    ax.legend(loc="upper right")
    return ax


@course_style()
def design_effect_curves(
    iccs: Sequence[float], *, mark: tuple[float, int] | None = None, ax: Axes | None = None
) -> Axes:
    """Factor √(design effect) by which a standard error grows, against group size."""
    ax = axes_or_new(ax)
    n = np.unique(np.round(np.geomspace(1, 300, 60)).astype(int))
    shades = ("#9ecae1", "#6baed6", "#3182bd", "#0072B2", "#08306b")
    for icc, shade, dash in zip(
        iccs,
        shades[-len(iccs) :],
        ((1, 1), (3, 1), (5, 1, 1, 1), (7, 2), (None, None)),
        strict=False,
    ):
        factor = np.sqrt([design_effect(icc, int(size)) for size in n])
        ax.plot(n, factor, color=shade, linewidth=2, dashes=dash)
        ax.text(n[-1] * 1.05, factor[-1], f"ICC {icc:g}", va="center")
    if mark:
        icc, size = mark
        factor = np.sqrt(design_effect(icc, size))
        ax.plot(size, factor, **ROLE["highlight"].points(markersize=9))
        ax.annotate(
            f"ICC {icc:g}, n = {size}:\n{factor:.2f} times",
            (size, factor),
            (22, 4.6),
            arrowprops={"arrowstyle": "-", "color": "0.4"},
        )
    ax.set_xscale("log")
    ax.set(
        xlim=(1, 300),
        xticks=[1, 3, 10, 30, 100, 300],
        xticklabels=[1, 3, 10, 30, 100, 300],
        ylim=(1, None),
        xlabel="members per group n",
        ylabel="standard error grows by a factor",
        title="A small ICC costs much in large groups",
    )
    ax.minorticks_off()
    return ax


@course_style()
def reliability_curves(
    iccs: Mapping[str, float], sizes: Mapping[str, Sequence[int]], *, ax: Axes | None = None
) -> Axes:
    """Reliability λ of a group mean against group size; dots at the groups that exist."""
    ax = axes_or_new(ax)
    n = np.arange(1, 101)
    colour = ROLE["multilevel"].colour
    for (name, icc), marker, dash in zip(iccs.items(), "Do^", ("-", "--", ":"), strict=False):
        have = np.unique(np.asarray(sizes[name]))
        ax.plot(n, mean_reliability(icc, 1 - icc, n), color=colour, linestyle=dash, linewidth=1.2)
        ax.plot(
            have,
            mean_reliability(icc, 1 - icc, have),
            color=colour,
            marker=marker,
            markersize=5,
            linestyle="none",
            label=f"{name}: ICC {icc:.2f}",
        )
    ax.set(
        xlim=(0, 100),
        ylim=(0, 1.02),
        xlabel="members behind the mean $n_j$",
        ylabel="reliability of the mean λ",
        title="The larger the group, the more its mean can be trusted",
    )
    ax.legend(loc="lower right")
    return ax
