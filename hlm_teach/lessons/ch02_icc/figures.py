"""Chapter 02's figures: how alike the members of a group are, and how well that is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import ROLE, Role, axes_or_new, course_style


@course_style()
def sorted_group_means(
    data: pd.DataFrame,
    outcome: str,
    groups: str,
    *,
    title: str = "",
    label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Every individual as a dot above its group, groups in the order of their means."""
    ax = axes_or_new(ax)
    means = data.groupby(groups, observed=True)[outcome].mean().sort_values()
    place = pd.Series(np.arange(1, len(means) + 1), index=means.index)
    ax.plot(
        data[groups].map(place).to_numpy(),
        data[outcome].to_numpy(),
        **ROLE["group"].points(markersize=1.5, alpha=0.6),
    )
    ax.plot(place.to_numpy(), means.to_numpy(), **ROLE["between"].points(markersize=4))
    ax.set(
        xlabel=f"{groups}s, lowest mean first",
        ylabel=label or outcome,
        title=title,
        xlim=(0, len(means) + 1),
    )
    if ax.get_subplotspec():
        ax.label_outer()
    return ax


@course_style()
def anatomy_of_a_score(
    *, gamma00: float, u0: float, e: float, tau00: float, sigma2: float, ax: Axes | None = None
) -> Axes:
    """One score taken apart: overall mean, the group's deviation, the individual's own."""
    ax = axes_or_new(ax)
    school, pupil = gamma00 + u0, gamma00 + u0 + e
    for level, centre, variance, role in (
        (0.0, gamma00, tau00, "between"),
        (1.0, school, sigma2, "within"),
    ):
        _bell(ax, level, centre, variance, ROLE[role])
    ax.plot([0, 1], [gamma00] * 2, color="0.4", linewidth=1)
    ax.plot([1, 2.2], [school] * 2, **ROLE["between"].line())
    ax.plot(2, pupil, **ROLE["highlight"].points(markersize=9))
    _arrow(ax, 0.65, gamma00, school)
    _arrow(ax, 2, school, pupil)
    for x, y, va, words in (
        (0.4, school + 0.5, "bottom", "$u_{0j}$: this school's\ndeviation"),
        (2.06, (school + pupil) / 2, "center", "$e_{ij}$: this pupil's\ndeviation"),
        (0.56, gamma00 - 0.4, "top", "$\\gamma_{00}$: mean of\nall schools"),
        (2.25, school, "center", "$\\beta_{0j}$: this school's\ntrue mean"),
        (2.06, pupil, "center", "$Y_{ij}$: this pupil's score"),
        (0, gamma00 - 3.2 * np.sqrt(tau00), "top", "schools vary\nby $\\tau_{00}$"),
        (1.02, school - 3.05 * np.sqrt(sigma2), "top", "pupils of this school vary by $\\sigma^2$"),
    ):
        ax.text(x, y, words, va=va)
    ax.set(
        xlim=(-0.05, 2.9), xticks=[], ylabel="score", title="A score is a mean plus two deviations"
    )
    ax.spines["bottom"].set_visible(False)
    return ax


def _arrow(ax: Axes, x: float, start: float, end: float) -> None:
    """An upright arrow from `start` to `end`."""
    ax.annotate("", (x, end), (x, start), arrowprops={"arrowstyle": "->", "color": "0.2"})


def _bell(ax: Axes, level: float, centre: float, variance: float, role: Role) -> None:
    """A normal density on its side, standing at x = `level`."""
    sd = np.sqrt(variance)
    y = np.linspace(centre - 3 * sd, centre + 3 * sd, 121)
    ax.fill_betweenx(
        y,
        level,
        level + 0.5 * np.exp(-(((y - centre) / sd) ** 2) / 2),
        facecolor=role.colour,
        edgecolor="white",
        hatch=role.hatch,
        alpha=0.7,
    )


@course_style()
def luck_in_means(
    raw: np.ndarray, corrected: np.ndarray, truth: float, *, ax: Axes | None = None
) -> Axes:
    """Histograms of the raw variance of group means and of what is left without the luck."""
    ax = axes_or_new(ax)
    bins = np.histogram_bin_edges(np.concatenate([raw, corrected]), 50).tolist()
    for values, role, words in (
        (corrected, "multilevel", "minus the luck σ²/n"),
        (raw, "naive", "raw variance of means"),
    ):
        ax.hist(
            values,
            bins,
            label=f"{words}: mean {values.mean():.2f}",
            alpha=0.85,
            **ROLE[role].bars(),
        )
    ax.axvline(truth, label=f"true τ₀₀: {truth:.2f}", **ROLE["truth"].line())
    ax.set(
        xlabel="what is taken for the variance between schools",
        ylabel="simulated studies",
        title="Subtracting the luck removes the bias",
    )
    ax.set_ylim(0, 1.35 * ax.get_ylim()[1])
    ax.legend(loc="upper center")
    return ax


@course_style()
def scores_in_pairs(
    pairs: np.ndarray,
    *,
    title: str,
    limits: tuple[float, float],
    label: str = "score",
    ax: Axes | None = None,
) -> Axes:
    """Scatter of pairs (n, 2): one member against the other, with the line through them."""
    ax = axes_or_new(ax)
    ax.plot(pairs[:, 0], pairs[:, 1], **ROLE["group"].points(markersize=2, alpha=0.5))
    slope = np.corrcoef(pairs.T)[0, 1]
    centre, ends = pairs.mean(), np.array(limits)
    ax.plot(ends, centre + slope * (ends - centre), **ROLE["multilevel"].line())
    ax.set(
        xlim=limits,
        ylim=limits,
        aspect="equal",
        title=title,
        xlabel=f"{label} of one",
        ylabel=f"{label} of the other",
    )
    return ax


@course_style()
def share_against_correlation(
    share: Sequence[float], correlation: Sequence[float], *, ax: Axes | None = None
) -> Axes:
    """The two readings of the ICC against each other, with the line where they are equal."""
    ax = axes_or_new(ax)
    ax.plot([0, 1], [0, 1], **ROLE["truth"].line())
    ax.text(0.53, 0.44, "equal", rotation=45, rotation_mode="anchor")
    ax.plot(share, correlation, **ROLE["multilevel"].points(markersize=7))
    ax.set(
        xlim=(-0.05, 1.02),
        ylim=(-0.05, 1.02),
        aspect="equal",
        xlabel="share of the variance between groups",
        ylabel="correlation of two members",
        title="Two readings, one number",
    )
    return ax


@course_style()
def variance_bars(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Shares of variance between and within groups, one bar a row of `table`.

    Columns icc, low and high (limits drawn as a bracket); the index labels the bars.
    """
    ax = axes_or_new(ax)
    y = np.arange(len(table))
    ax.barh(y, table["icc"], height=0.5, label="between groups τ₀₀", **ROLE["between"].bars())
    ax.barh(
        y,
        1 - table["icc"],
        left=table["icc"],
        height=0.5,
        label="within groups σ²",
        **ROLE["within"].bars(),
    )
    for place, row in zip(y, table.itertuples(), strict=True):
        ax.plot(
            [row.low, row.high],
            [place + 0.36] * 2,
            color="black",
            linewidth=1.5,
            marker="|",
            markersize=8,
        )
        right = row.high < 0.85  # is there room beside the bracket?
        ax.text(
            row.high + 0.015 if right else row.low - 0.015,
            place + 0.36,
            f"ICC {row.icc:.2f}",
            va="center",
            ha="left" if right else "right",
        )
    ax.set(
        yticks=y,
        yticklabels=table.index,
        xlim=(0, 1),
        ylim=(len(table) - 0.4, -0.75),
        xlabel="share of the variance (bracket: 95 % interval of the ICC)",
        title="Three fields, three answers",
    )
    ax.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.0), borderpad=0)
    return ax


@course_style()
def vpc_curve(
    x: np.ndarray,
    share: np.ndarray,
    *,
    xlabel: str,
    title: str,
    single: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Share of variance between groups against x; `single`: the ICC without random slope."""
    ax = axes_or_new(ax)
    ax.fill_between(
        x,
        share,
        facecolor=ROLE["between"].colour,
        edgecolor="white",
        hatch=ROLE["between"].hatch,
        alpha=0.7,
    )
    ax.fill_between(
        x,
        share,
        1,
        facecolor=ROLE["within"].colour,
        edgecolor="white",
        hatch=ROLE["within"].hatch,
        alpha=0.45,
    )
    ax.plot(x, share, **ROLE["multilevel"].line(linewidth=2.5))
    if single is not None:
        ax.axhline(single, **ROLE["naive"].line())
        ax.text(
            x[-1] - 0.02 * np.ptp(x),
            single - 0.03,
            f"one ICC for all: {single:.2f}",
            va="top",
            ha="right",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    ax.set(
        xlim=(x[0], x[-1]), ylim=(0, 1), xlabel=xlabel, ylabel="share between groups", title=title
    )
    return ax
