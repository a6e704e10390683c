"""Chapter 05's figures: the likelihood, its maxima, and how far estimates of a variance stray."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import ROLE, Role, axes_or_new, course_style

# Two estimators of one model: both multilevel, so ML gets a colour and cues of its own.
ESTIMATOR: Mapping[str, Role] = {
    "REML": ROLE["multilevel"],
    "ML": Role("#D55E00", marker="o", markersize=6, linestyle="--"),
}


@course_style()
def values_by_batch(
    data: pd.DataFrame, outcome: str, groups: str, *, title: str, ax: Axes | None = None
) -> Axes:
    """Every value as a dot in its group's column, group means as bars, the grand mean as a line.

    Equal values of a group stand side by side.
    """
    ax = axes_or_new(ax)
    codes, labels = pd.factorize(data[groups])
    aside = 0.16 * data.groupby([groups, outcome], observed=True).cumcount()
    ax.plot(codes + aside, data[outcome], **ROLE["group"].points(markersize=5))
    means = data.groupby(groups, observed=True)[outcome].mean()[labels]
    ax.plot(
        range(len(labels)),
        means,
        linestyle="none",
        marker="_",
        markersize=18,
        markeredgewidth=3,
        color=ROLE["between"].colour,
    )
    ax.axhline(data[outcome].mean(), color="0.6", linewidth=0.8, zorder=0)
    ax.set(
        xticks=range(len(labels)), xticklabels=labels, xlabel="batch", ylabel="yield", title=title
    )
    return ax


@course_style()
def covariance_heat_map(covariance: np.ndarray, *, title: str, ax: Axes | None = None) -> Axes:
    """A small covariance matrix as tiles, each with its number."""
    ax = axes_or_new(ax)
    ax.imshow(covariance, cmap="Blues", vmin=0, vmax=1.6 * covariance.max())
    for (row, column), value in np.ndenumerate(covariance):
        ax.text(column, row, f"{value:,.0f}", ha="center", va="center")
    n = len(covariance)
    ax.set(
        xticks=range(n),
        xticklabels=range(1, n + 1),
        yticks=range(n),
        yticklabels=range(1, n + 1),
        xlabel="number of the yield",
        ylabel="number of the yield",
        title=title,
    )
    return ax


@course_style()
def estimates_with_zeros(
    estimates: Mapping[str, np.ndarray],
    truth: float,
    *,
    title: str,
    limit: float,
    ax: Axes | None = None,
) -> Axes:
    """Where estimates of τ_00 fall: a bar for the exact zeros, then a histogram."""
    ax = axes_or_new(ax)
    edges = np.linspace(0, limit, 31)
    width = edges[1]
    for place, (name, values) in enumerate(estimates.items()):
        style = ESTIMATOR[name]
        shares = np.histogram(values[values > 0], edges)[0] / len(values)
        ax.stairs(
            100 * shares,
            edges,
            color=style.colour,
            linewidth=2,
            linestyle=style.linestyle,
            label=f"{name}: mean {values.mean():.3f}",
        )
        zeros, centre = 100 * np.mean(values == 0), width * (-6 + 2.8 * place)
        ax.bar(
            centre,
            zeros,
            2 * width,
            hatch=("", "///")[place],
            facecolor=style.colour,
            edgecolor="white",
        )
        ax.text(centre, zeros + 0.6, f"{zeros:.0f} %", ha="center")
    ax.axvline(truth, label=f"true τ₀₀: {truth:g}", **ROLE["truth"].line())
    ticks = np.linspace(0, limit, 5)
    ax.set(
        xlim=(-8 * width, limit),
        xticks=[-4.6 * width, *ticks],
        xticklabels=["exactly 0", *(f"{tick:g}" for tick in ticks.round(3))],
        xlabel="estimate of τ₀₀",
        ylabel="% of samples (curves: per bin)",
        title=title,
    )
    ax.legend(loc="upper right")
    return ax


@course_style()
def law_against_groups(
    exact: pd.DataFrame,
    simulated: pd.DataFrame,
    column: str,
    *,
    title: str,
    ylabel: str,
    ax: Axes | None = None,
) -> Axes:
    """An exact property of REML and ML (lines) and its simulation (markers) by number of groups.

    Both tables have `column` and the index (groups, estimator).
    """
    ax = axes_or_new(ax)
    for name, style in ESTIMATOR.items():
        line = exact.xs(name, level="estimator")[column]
        points = simulated.xs(name, level="estimator")[column]
        ax.plot(line.index, line, label=f"{name}, exact", **style.line())
        ax.plot(points.index, points, label=f"{name}, simulated", **style.points(markersize=8))
    ax.axhline(0, color="0.6", linewidth=0.8)
    ax.set_xscale("log")
    shown = simulated.index.unique("groups")
    ax.set(
        xticks=shown, xticklabels=shown, xlabel="groups J (log scale)", ylabel=ylabel, title=title
    )
    ax.minorticks_off()
    return ax


@course_style()
def interval_bars(
    table: pd.DataFrame,
    *,
    title: str,
    xlabel: str,
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Intervals as bars, one a row of `table`: columns low, high and estimate.

    The index names them; an interval of nan is none, and the picture says so.
    """
    ax = axes_or_new(ax)
    looks = (ROLE["naive"], ROLE["multilevel"], Role("#555555", marker="^"))
    for place, row in enumerate(table.itertuples()):
        style = looks[place % len(looks)]
        if np.isnan(row.low):
            ax.text(row.estimate, place, "  no interval", va="center")
        else:
            ax.plot([row.low, row.high], [place, place], color=style.colour, linewidth=3)
            ax.plot(
                [row.low, row.high],
                [place, place],
                linestyle="none",
                marker="|",
                markersize=16,
                markeredgewidth=2,
                color=style.colour,
                clip_on=False,
            )
        ax.plot(row.estimate, place, clip_on=False, **style.points(markersize=7))
    ax.axvline(0, color="0.75", linewidth=1, zorder=0)
    ax.set(
        yticks=range(len(table)),
        yticklabels=table.index,
        xlabel=xlabel,
        title=title,
        ylim=(len(table) - 0.5, -0.5),
    )
    if limits:
        ax.set_xlim(limits)
    return ax
