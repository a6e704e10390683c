"""The figures of chapter 10."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style, words_at_end

ANSWERS = ("naive", "no_pooling", "multilevel")  # ordinary regression, intercepts, slopes


def _paths(ax: Axes, data: pd.DataFrame, **style) -> None:
    """A thin line for every group that has two points or more."""
    paths = [path[["x", "y"]].to_numpy() for _, path in data.groupby("group") if len(path) > 1]
    ax.add_collection(LineCollection(paths, **style))


@course_style()
def growth_answers(
    data: pd.DataFrame,
    lines: Mapping[str, tuple[float, float]],
    *,
    means: pd.DataFrame,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Paths over time, the mean of whoever is still there, and the lines of several analyses.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y.
    lines : mapping
        Words → (intercept, slope).
    means : DataFrame
        Indexed by x, with a column ``mean``.

    >>> data = pd.DataFrame({"group": [1, 1], "x": [0, 1], "y": [0.0, 1.0]})
    >>> means = pd.DataFrame({"mean": [0.0, 1.0]}, index=[0, 1])
    >>> ax = growth_answers(data, {"OLS": (0, 1)}, means=means, labels=("t", "y"), title="t")
    >>> ax.get_title(loc="left")
    't'
    """
    ax = axes_or_new(ax)
    _paths(ax, data, linewidths=0.4, colors=ROLE["group"].colour, alpha=0.55)
    ends = np.array([data["x"].min(), data["x"].max()], dtype=float)
    for (words, (intercept, slope)), role in zip(lines.items(), ANSWERS, strict=False):
        ax.plot(ends, intercept + slope * ends, **ROLE[role].line(linewidth=2.5, path_effects=HALO))
        words_at_end(ax, ends[1], intercept + slope * ends[1], words)
    ax.plot(
        means.index,
        means["mean"],
        label="mean of those still there",
        **ROLE["truth"].points(marker="o", markersize=5),
    )
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    ax.set_xticks([tick for tick in ax.get_xticks() if ends[0] <= tick <= ends[1]])
    ax.set_xlim(ends[0] - 0.03 * np.ptp(ends), ends[1] + 0.3 * np.ptp(ends))
    ax.legend(loc="upper right")
    return ax


@course_style()
def arms_over_time(
    data: pd.DataFrame,
    names: Mapping[object, str],
    *,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Everybody's path and the mean of two arms at each time.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y, arm.
    names : mapping
        Value of arm → words; the second is drawn in the highlight's colour.

    >>> data = pd.DataFrame({"group": [1, 1, 2, 2], "x": [0, 1, 0, 1], "y": [0.0, 1, 2, 2]})
    >>> ax = arms_over_time(data.assign(arm=[0, 0, 1, 1]), {0: "a", 1: "b"}, labels=("t", "y"),
    ...                     title="t")
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    """
    ax = axes_or_new(ax)
    _paths(ax, data, linewidths=0.5, colors=ROLE["group"].colour, alpha=0.6)
    styles = (
        ROLE["truth"].line(linestyle="--", linewidth=2.5),
        ROLE["highlight"].line(linewidth=3),
    )
    for (arm, words), style, marker in zip(names.items(), styles, "so", strict=True):
        means = data[data["arm"] == arm].groupby("x")["y"].mean()
        ax.plot(means.index, means, marker=marker, markersize=7, path_effects=HALO, **style)
        words_at_end(ax, means.index[-1], means.iloc[-1], words)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    times = np.sort(data["x"].unique())
    ax.set_xticks(times)
    ax.set_xlim(times[0] - 0.03 * np.ptp(times), times[-1] + 0.28 * np.ptp(times))
    return ax


@course_style()
def correlation_curves(
    seen: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    *,
    unit: str,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Correlation of two values of a person over the time between them: dots, and what models say.

    Parameters
    ----------
    seen : sequence
        One correlation for each distance 1, 2, ...
    curves : mapping
        Words → correlations at the same distances; up to three models.

    >>> ax = correlation_curves([0.8, 0.6], {"slopes": [0.7, 0.6]}, unit="days", title="t")
    >>> ax.get_xlabel()
    'days apart'
    """
    ax = axes_or_new(ax)
    apart = np.arange(1, len(seen) + 1)
    ax.plot(apart, seen, "o", color=INK, markersize=7, label="seen", zorder=4)
    styles = (
        ROLE["group"].line(linewidth=2, linestyle=":"),
        ROLE["between"].line(linewidth=2.5),
        ROLE["multilevel"].line(linewidth=2.5, linestyle="--"),
    )
    for (words, curve), style in zip(curves.items(), styles[-len(curves) :], strict=True):
        ax.plot(apart, curve, label=words, **style)
    ax.set(xlabel=f"{unit} apart", ylabel="correlation", title=title, xticks=apart, ylim=(None, 1))
    ax.legend(loc="lower left")
    return ax


@course_style()
def slopes_over_dial(
    dial: Sequence[float],
    slopes: Mapping[str, Sequence[float]],
    *,
    truth: float,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Mean estimated slope of several analyses over the dial from MCAR to MNAR.

    >>> ax = slopes_over_dial([0, 1, 2], {"OLS": [0.2, 0, -0.1]}, truth=0.2, title="t")
    >>> len(ax.lines)
    2
    """
    ax = axes_or_new(ax)
    ax.axhline(truth, **ROLE["truth"].line())
    ax.text(2.72, truth, "truth", ha="right", va="bottom", color=INK)
    for (words, values), role in zip(slopes.items(), ANSWERS, strict=False):
        ax.plot(dial, values, marker=ROLE[role].marker, markersize=7, **ROLE[role].line())
        words_at_end(ax, dial[-1], values[-1], words)
    ax.set_xticks(
        [0, 1, 2], ["0\nchance\n(MCAR)", "1\nthe value seen\n(MAR)", "2\nthe next value\n(MNAR)"]
    )
    ax.set_xlim(-0.25, 2.75)
    ax.set(xlabel="the dial: what leaving depends on", ylabel="mean slope per year", title=title)
    return ax


@course_style()
def filled_in(
    estimates: pd.DataFrame, truth: Mapping[str, float], *, title: str, ax: Axes | None = None
) -> Axes:
    """Two estimates for each way to treat a gap, each as a multiple of its true value.

    Parameters
    ----------
    estimates : DataFrame
        One row a way, columns slope and tau00.
    truth : mapping
        True slope and tau00.

    >>> table = pd.DataFrame({"slope": [1.0, 0.8], "tau00": [0.9, 1.2]}, index=["a", "b"])
    >>> ax = filled_in(table, {"slope": 1.0, "tau00": 1.0}, title="t")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['b', 'a']
    """
    ax = axes_or_new(ax)
    place = np.arange(len(estimates))[::-1]
    ax.axvline(1, **ROLE["truth"].line())
    for name, role, words, up in (
        ("slope", "multilevel", "slope", 0.12),
        ("tau00", "between", "τ₀₀", -0.12),
    ):
        share = estimates[name].to_numpy() / truth[name]
        marker = "D" if name == "slope" else "o"
        ax.plot(share, place + up, **ROLE[role].points(marker=marker, markersize=9), label=words)
    ax.set_yticks(place[::-1], list(estimates.index)[::-1])
    ax.set(xlabel="estimate, as a multiple of the truth", title=title, ylim=(-0.6, place[0] + 0.6))
    ax.legend(loc="lower right")
    return ax
