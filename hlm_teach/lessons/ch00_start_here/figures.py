"""Figures of chapter 00: many school lines against one, groups in three fields, a first answer."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from hlm_teach._shared.checks import check_columns
from hlm_teach.display.style import HALO, ROLE, axes_or_new, course_style

_SCHOOL_LABELS = (
    "socio-economic status of the pupil's family, SES (scale score)",
    "mathematics (test points)",
)


@course_style()
def school_lines(
    pupils: pd.DataFrame,
    ax: Axes | None = None,
    *,
    outcome: str = "math",
    x: str = "ses",
    groups: str = "school",
    line: str = "line",
    labels: tuple[str, str] | None = None,
) -> Axes:
    """One line per school against one regression line through all pupils.

    Each school's line runs over the `x` of its own pupils; the schools with the steepest and the
    flattest line are picked out. The regression line is ordinary least squares of `outcome` on `x`.

    Parameters
    ----------
    pupils : DataFrame
        Columns named by `groups`, `x`, `outcome`, and `line`: the height of the group's own line
        at the row's x (the fitted values of a model with slopes of groups).
    labels : (str, str), optional
        Of the axes; the names of the columns unless given.

    Raises
    ------
    ValueError
        If a column is missing, a group's x doesn't vary, or its ``line`` isn't straight.

    >>> wards = pd.DataFrame({"ward": ["a", "a", "b", "b"], "age": [40, 60, 40, 60.0],
    ...                       "recovery": [3, 5, 9, 10.0], "line": [3, 5, 9, 10.0]})
    >>> ax = school_lines(wards, outcome="recovery", x="age", groups="ward")
    >>> ax.get_title(loc="left"), ax.get_xlabel()
    ('One regression line hides 2 wards', 'age')
    """
    ax = axes_or_new(ax)
    check_columns(pupils, (groups, x, outcome, line), "pupils")
    lines = _lines(pupils, x, groups, line)
    ax.plot(lines[["x0", "x1"]].T, lines[["y0", "y1"]].T, **ROLE["group"].line())
    ends = np.array([pupils[x].min(), pupils[x].max()])
    height = np.polyval(np.polyfit(pupils[x], pupils[outcome], 1), ends)
    ax.plot(ends, height, **ROLE["naive"].line(linewidth=3, path_effects=HALO))
    ax.set_xlim(ends[0] - 0.02 * np.ptp(ends), ends[1] + 0.24 * np.ptp(ends))
    schools = (outcome, x, groups) == ("math", "ses", "school")
    everybody = "all pupils" if schools else "all rows"
    rate = "points per unit of SES" if schools else f"per unit of {x}"
    _label(ax, f"one regression line\nthrough {everybody}", (ends[1], height[1]), (8, -3))
    _pick_out_extremes(ax, lines, groups, rate)
    ax.text(
        0.98,
        0.06,
        f"each thin line: one of {len(lines)} {groups}s",
        ha="right",
        transform=ax.transAxes,
    )
    across, up = labels or (_SCHOOL_LABELS if schools else (x, outcome))
    ax.set(title=f"One regression line hides {len(lines)} {groups}s", xlabel=across, ylabel=up)
    return ax


@course_style()
def group_strips(
    data: pd.DataFrame,
    value: str,
    group: str,
    ax: Axes | None = None,
    *,
    centre: str = "mean",
    log: bool = False,
    title: str = "",
    label: str = "",
) -> Axes:
    """One column of dots per group, in the order of the groups' `centre`, which are bars.

    `centre` is "mean" or "median"; `log` draws the values on a logarithmic axis; `label` names
    them.

    >>> pupils = pd.DataFrame({"school": list("aabb"), "math": [9.0, 11, 4, 6]})
    >>> ax = group_strips(pupils, "math", "school")
    >>> [bar.get_ydata()[0].item() for bar in ax.lines if bar.get_marker() == "_"]
    [5.0, 10.0]
    """
    ax = axes_or_new(ax)
    check_columns(data, (value, group), "data")
    centres = data.groupby(group, observed=True)[value].agg(centre).sort_values(kind="stable")
    for place, (name, middle) in enumerate(centres.items(), start=1):
        values = data.loc[data[group] == name, value].sort_values()
        across = place + 0.28 * np.sin(2.4 * np.arange(len(values)))
        ax.plot(across, values, **ROLE["group"].points(markersize=2.5))
        ax.plot(
            [place],
            [middle],
            linestyle="none",
            marker="_",
            markersize=11,
            markeredgewidth=3,
            color=ROLE["between"].colour,
        )
    ax.set(
        xticks=[],
        xlim=(0.3, len(centres) + 0.7),
        ylabel=label or value,
        title=title,
        xlabel=f"{len(centres)} {group}s, ordered by {centre} (bar)",
    )
    return _logarithmic(ax) if log else ax


@course_style()
def group_paths(
    data: pd.DataFrame,
    time: str,
    value: str,
    group: str,
    ax: Axes | None = None,
    *,
    highlight: Iterable = (),
    log: bool = False,
    title: str = "",
    label: str = "",
) -> Axes:
    """One line over time per group; the groups in `highlight` stand out, with dots.

    >>> visits = pd.DataFrame({"patient": [1, 1, 2, 2], "year": [0, 1, 0, 1],
    ...                        "log_bili": [0.2, 0.4, 1.0, 1.1]})
    >>> len(group_paths(visits, "year", "log_bili", "patient", highlight=[2]).lines)
    2
    """
    ax = axes_or_new(ax)
    check_columns(data, (time, value, group), "data")
    chosen = set(highlight)
    if unknown := chosen - set(data[group]):
        raise ValueError(f"highlight={sorted(unknown)!r}: no such values in column {group!r}")
    special = ROLE["highlight"].line(linewidth=1.4, marker="o", markersize=4, zorder=3)
    for name, path in data.sort_values(time).groupby(group, observed=True):
        style = special if name in chosen else ROLE["group"].line()
        ax.plot(path[time], path[value], **style)
    ax.set(xlabel=time, ylabel=label or value, title=title)
    return _logarithmic(ax) if log else ax


@course_style()
def two_answers(answers: pd.DataFrame, ax: Axes | None = None, *, label: str = "") -> Axes:
    """Estimates with their intervals, one row each: the naive answer first, then the multilevel.

    Parameters
    ----------
    answers : DataFrame
        Two rows, indexed by what they are called; columns ``estimate``, ``lower``, ``upper``.

    Raises
    ------
    ValueError
        If a column is missing, or there are not two rows.

    >>> rows = pd.DataFrame({"estimate": [2.8, 2.8], "lower": [2.5, 1.9], "upper": [3.1, 3.7]},
    ...                     index=["naive", "multilevel"])
    >>> [tick.get_text() for tick in two_answers(rows).get_yticklabels()]
    ['naive', 'multilevel']
    """
    ax = axes_or_new(ax)
    check_columns(answers, ("estimate", "lower", "upper"), "answers")
    if len(answers) != 2:
        raise ValueError(f"answers has {len(answers)} rows; two are wanted: naive, multilevel")
    for height, (row, role) in enumerate(zip(answers.itertuples(), ("naive", "multilevel"))):
        ax.plot(
            [row.lower, row.upper],
            [height, height],
            **ROLE[role].line(
                linewidth=4, **({"linestyle": (0, (1.2, 0.5))} if role == "naive" else {})
            ),
        )
        ax.plot(
            [row.estimate],
            [height],
            **ROLE[role].points(markersize=10, markeredgecolor="white", markeredgewidth=1.5),
        )
        _label(ax, f"{row.lower:.2f} to {row.upper:.2f}", (row.upper, height), (10, 0))
    ax.axvline(0, color="0.6", linewidth=0.8)
    ax.set(
        yticks=[0, 1],
        yticklabels=answers.index,
        ylim=(1.6, -0.6),
        xlabel=label,
        xlim=(min(0, 1.1 * answers["lower"].min()), 1.3 * answers["upper"].max()),
        title="The estimate stays, the interval grows",
    )
    return ax


def _lines(pupils: pd.DataFrame, x: str, groups: str, line: str) -> pd.DataFrame:
    """Where each group's line begins and ends, and its slope (outcome per unit of x)."""
    lines = (
        pupils.sort_values(x)
        .groupby(groups, observed=True)
        .agg(x0=(x, "first"), x1=(x, "last"), y0=(line, "first"), y1=(line, "last"))
    )
    still = lines.index[lines["x0"] == lines["x1"]]
    if len(still):
        raise ValueError(f"{x} doesn't vary in {groups} {still[0]!r}: it has no line")
    lines["slope"] = (lines["y1"] - lines["y0"]) / (lines["x1"] - lines["x0"])
    own = lines.loc[pupils[groups]].reset_index(drop=True)
    straight = own["y0"] + own["slope"] * (pupils[x].to_numpy() - own["x0"])
    if not np.allclose(straight, pupils[line], rtol=0, atol=1e-6 * np.ptp(lines[["y0", "y1"]])):
        raise ValueError(
            f"{line} is not straight within {groups}s: do its rows belong to these pupils?"
        )
    return lines


def _pick_out_extremes(ax: Axes, lines: pd.DataFrame, groups: str, rate: str) -> None:
    steep, flat = lines.loc[lines["slope"].idxmax()], lines.loc[lines["slope"].idxmin()]
    _pick_out(ax, steep)
    _pick_out(ax, flat)
    words = {name: f"{name} {groups}:\n" for name in ("steepest", "flattest")}
    _label(
        ax,
        f"{words['steepest']}{steep.slope:.1f} {rate}",
        (steep.x1, steep.y1),
        (-72, 21),
        leader=True,
    )
    _label(ax, f"{words['flattest']}{flat.slope:.1f} {rate}", (flat.x1, flat.y1), (8, -4))


def _pick_out(ax: Axes, line: pd.Series) -> None:
    ax.plot(
        [line.x0, line.x1],
        [line.y0, line.y1],
        **ROLE["highlight"].line(linewidth=2.5, path_effects=HALO),
    )


def _label(ax: Axes, words: str, at: tuple, offset: tuple, *, leader: bool = False) -> None:
    """Words beside a point, `offset` in points, with a thin line to it if asked for."""
    arrow = {"arrowstyle": "-", "color": "0.4", "linewidth": 0.8} if leader else None
    ax.annotate(
        words,
        at,
        offset,
        textcoords="offset points",
        va="center",
        ha="right" if leader else "left",
        arrowprops=arrow,
        path_effects=HALO,
    )


def _logarithmic(ax: Axes) -> Axes:
    """Give the value axis a logarithmic scale with plain numbers at 1, 2, 3 and 5."""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    return ax
