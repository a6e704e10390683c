"""Chapter 01's figures: what ordinary regression gets wrong when observations come in groups."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from hlm_teach._shared.words import signed
from hlm_teach.display.style import ROLE, axes_or_new, course_style

_STYLE_OF = {"ols": "naive", "right": "multilevel", "other": "no_pooling"}


@course_style()
def dots_by_arm(
    data: pd.DataFrame,
    outcome: str,
    arm: str,
    labels: Sequence[str],
    *,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """One dot a row, side by side for the two values of `arm`, with the two means as bars.

    The places across are evenly spread, not random, so that the picture is always the same.
    """
    ax = axes_or_new(ax)
    large = len(data) > 500
    for place, (_, part) in enumerate(data.groupby(arm)):
        spread = (np.arange(len(part)) * 0.618034) % 1 - 0.5
        ax.plot(
            place + 0.7 * spread,
            part[outcome].to_numpy(),
            **ROLE["group"].points(markersize=1.5 if large else 4, alpha=0.7 if large else 0.9),
        )
        ax.plot(
            [place - 0.42, place + 0.42],
            [part[outcome].mean()] * 2,
            **ROLE["truth"].line(linestyle="-", linewidth=2.5),
        )
    ax.set(xlim=(-0.6, 1.6), xticks=[0, 1], ylabel=outcome, title=title)
    ax.set_xticks([0, 1], labels)
    return ax


@course_style()
def taken_apart(data: pd.DataFrame, school: int, pupil: int, *, ax: Axes | None = None) -> Axes:
    """Scores in a few schools: γ_00, one school's u_0j and one pupil's e_ij as arrows.

    `data` has columns group, y, u0, e, as `simulate_two_level(..., keep_effects=True)` gives.
    """
    ax = axes_or_new(ax)
    one = data[data["group"] == school].iloc[pupil]
    gamma, mean = one["y"] - one["u0"] - one["e"], one["y"] - one["e"]
    places = _side_by_side(data)
    ax.plot(places, data["y"].to_numpy(), **ROLE["group"].points(markersize=5))
    for group, part in data.groupby("group"):
        ax.plot(
            [group - 0.4, group + 0.4],
            [gamma + part["u0"].iloc[0]] * 2,
            **ROLE["between"].line(linewidth=3),
        )
    last = data["group"].max() + 0.6
    ax.plot([-0.7, last], [gamma, gamma], **ROLE["truth"].line())
    at = places[data.index.get_loc(one.name)]
    ax.plot(at, one["y"], **ROLE["highlight"].points())
    _arrow(ax, school - 0.5, gamma, mean, "$u_{0j}$", side=-1)
    _arrow(ax, at, mean, one["y"], "$e_{ij}$", side=1)
    ax.text(last + 0.1, gamma, "$\\gamma_{00}$, mean of all schools", va="center")
    schools = np.arange(data["group"].max() + 1)
    ax.set_xticks(schools, schools + 1)
    ax.set(
        xlim=(-0.7, last + 1.9),
        xlabel="school j",
        ylabel="score",
        title="Pupils of one school share their school's deviation",
    )
    return ax


def _side_by_side(data: pd.DataFrame) -> np.ndarray:
    """Places of the rows: their group's number, spread over ± 0.3."""
    rank = data.groupby("group").cumcount()
    size = data.groupby("group")["group"].transform("size")
    return (data["group"] + 0.6 * (rank / (size - 1) - 0.5)).to_numpy()


def _arrow(ax: Axes, x: float, low: float, high: float, words: str, *, side: int) -> None:
    ax.annotate(
        "", (x, high), (x, low), arrowprops={"arrowstyle": "->", "color": "0.1", "linewidth": 1.5}
    )
    ax.text(
        x + 0.1 * side,
        (low + high) / 2,
        words,
        va="center",
        fontsize=13,
        ha="left" if side > 0 else "right",
    )


@course_style()
def claims_and_truth(
    estimates: np.ndarray,
    claimed_se: float,
    truth: float,
    *,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Histogram of an estimate over simulated studies, and the spread its own SE claims."""
    ax = axes_or_new(ax)
    low, high = np.quantile(estimates, [0.0005, 0.9995])
    bins = np.linspace(low, high, 60).tolist()
    ax.hist(
        estimates,
        bins,
        density=True,
        label="what the estimates do",
        **ROLE["multilevel"].bars(facecolor="#9CC5E0", hatch=""),
    )
    at = np.linspace(bins[0], bins[-1], 400)
    ax.plot(
        at,
        stats.norm.pdf(at, truth, claimed_se),
        label="what its standard error claims",
        **ROLE["naive"].line(),
    )
    ax.axvline(truth, label="true value", **ROLE["truth"].line())
    ax.set(
        xlabel=f"estimated difference{unit}",
        yticks=[],
        title="Ordinary regression: right in the middle, wrong in the width",
    )
    ax.legend(loc="upper right")
    return ax


@course_style()
def interval_ladder(
    table: pd.DataFrame, *, xlabel: str, title: str, ax: Axes | None = None
) -> Axes:
    """Estimates with 95 % intervals, one analysis a row.

    `table` is indexed by the analysis and has columns estimate, lower, upper and role ("ols",
    "right" or "other"), which decides colour and marker.
    """
    ax = axes_or_new(ax)
    for place, (_, row) in enumerate(table.iterrows()):
        role = ROLE[_STYLE_OF[row["role"]]]
        ax.plot([row["lower"], row["upper"]], [place, place], **role.line(linewidth=2.5))
        ax.plot(row["estimate"], place, **role.points(markersize=8))
    ax.set_yticks(range(len(table)), table.index)
    ax.set(xlabel=xlabel, title=title, ylim=(len(table) - 0.5, -0.5))
    return ax


@course_style()
def false_alarms_over_rho_x(curves: pd.DataFrame, *, title: str, ax: Axes | None = None) -> Axes:
    """False-positive rates of ordinary regression over ρ_x, one line a column, named at its end."""
    ax = axes_or_new(ax)
    styles = ("--", (0, (1, 1)), "-")
    for (name, curve), style in zip(curves.items(), styles, strict=False):
        ax.plot(curves.index, 100 * curve, **ROLE["naive"].line(linestyle=style))
        ax.text(1.02, 100 * curve.iloc[-1], name, va="center")
    ax.axhline(5, **ROLE["truth"].line())
    ax.text(1.02, 5, "5 % promised", va="center")
    ax.axvline(0, color="0.8", linewidth=0.8, zorder=0)
    ax.set(
        xlim=(curves.index[0] - 0.02, 1.0),
        ylim=(0, None),
        ylabel="false positives (%)",
        xlabel="ICC of the predictor ρₓ (left end: centred within schools; right: school-level)",
        title=title,
    )
    return ax


@course_style()
def rates_by_groups(rates: pd.DataFrame, *, title: str, ax: Axes | None = None) -> Axes:
    """False-positive rates over the number of groups, one line an analysis (a column).

    The first column is drawn as the naive one, the last as the right one.
    """
    ax = axes_or_new(ax)
    roles = ["naive", *["no_pooling"] * (rates.shape[1] - 2), "multilevel"]
    for (name, rate), role in zip(rates.items(), roles, strict=True):
        own = {"marker": ROLE[role].marker, "markersize": 6}
        ax.plot(np.arange(len(rates)), 100 * rate, label=name, **ROLE[role].line(**own))
    ax.axhline(5, **ROLE["truth"].line(linewidth=1))
    ax.set_xticks(range(len(rates)), rates.index)
    ax.set(xlabel="number of schools J", ylabel="false positives (%)", ylim=(0, None), title=title)
    ax.legend(loc="center right", bbox_to_anchor=(1, 0.6))
    return ax


@course_style()
def more_pupils_or_more_schools(standard_errors: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Standard error of a school-level effect over pupils per school, one line a J (a column)."""
    ax = axes_or_new(ax)
    for j, errors in standard_errors.items():
        ax.plot(errors.index, errors, **ROLE["multilevel"].line())
        ax.text(errors.index[-1] * 1.03, errors.iloc[-1], f"{j} schools", va="center")
    ax.set_xscale("log")
    ticks = [2, 5, 10, 20, 50, 100, 200, 500]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set(
        ylim=(0, None),
        xlabel="pupils per school n (logarithmic)",
        ylabel="standard error of the difference",
        title="More pupils stop helping; more schools never do",
    )
    return ax


@course_style()
def three_slopes(
    data: pd.DataFrame,
    x: str,
    y: str,
    groups: str,
    slopes: Mapping[str, tuple[float, float]],
    *,
    title: str,
    every: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Group lines, group means, and slopes within, between and pooled.

    `slopes` maps "within", "between" and "pooled" to (intercept, slope). The lines of every
    `every`-th group are drawn, over the group's own range of x.
    """
    ax = axes_or_new(ax)
    within = slopes["within"][1]
    means = data.groupby(groups)[[x, y]].mean()
    for _, part in list(data.groupby(groups))[::every]:
        ends = np.array([part[x].min(), part[x].max()])
        ax.plot(ends, part[y].mean() + within * (ends - part[x].mean()), **ROLE["group"].line())
    ax.plot(means[x], means[y], **ROLE["between"].points(markersize=5))
    ends = np.array([means[x].min(), means[x].max()])
    for name, role in (("between", "between"), ("pooled", "naive"), ("within", "within")):
        intercept, slope = slopes[name]
        at = ends if name == "between" else data[x].quantile([0.02, 0.98]).to_numpy()
        ax.plot(
            at,
            intercept + slope * at,
            label=f"{name}: {signed(slope)}",
            **ROLE[role].line(linewidth=3, zorder=5),
        )
    ax.set(xlabel=x, ylabel=y, title=title)
    ax.legend(loc="upper left")
    return ax


@course_style()
def claimed_against_honest(table: pd.DataFrame, *, title: str, ax: Axes | None = None) -> Axes:
    """Factor by which ordinary regression's SE is too small (right of 1) or too large (left).

    `table` is indexed by the predictor and has the columns fitted (multilevel SE over OLS SE) and
    law (what the variance law predicts).
    """
    ax = axes_or_new(ax)
    places = np.arange(len(table))
    ax.barh(places, table["fitted"] - 1, left=1, height=0.55, **ROLE["multilevel"].bars())
    ax.plot(
        table["law"],
        places,
        label="the law √(1 + (n − 1)ρₓρ)",
        **ROLE["truth"].points(markersize=10, markeredgewidth=2.5),
    )
    ax.axvline(1, color="0.3", linewidth=1)
    ax.set_xscale("log")
    ticks = [0.25, 0.5, 1, 2, 4]
    ax.set_xticks(ticks, [f"× {tick:g}" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_yticks(places, table.index)
    ax.set(
        ylim=(len(table) - 0.4, -0.6),
        xlim=(0.25, 4),
        title=title,
        xlabel="multilevel standard error ÷ ordinary regression's",
    )
    ax.legend(loc="lower right")
    return ax
