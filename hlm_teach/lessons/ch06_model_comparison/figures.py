"""Chapter 06's figures: null distributions, p-values, rejection rates, searches."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from hlm_teach._shared.words import signed
from hlm_teach.display.style import INK, ROLE, axes_or_new, course_style
from hlm_teach.lmm.mixture import chi2_tail, critical_value


@course_style()
def null_histogram(
    statistics: np.ndarray,
    dfs: Sequence[int],
    *,
    title: str,
    top: float = 8.0,
    observed: float | None = None,
    critical: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Simulated D as bars, with what the naive χ² and the mixture over `dfs` expect in each bar.

    Where `dfs` holds a 0, exact zeros have a bar of their own left of 0. Studies beyond `observed`
    are coloured and counted; `critical` marks both 5 % points and the share of studies beyond.
    """
    ax = axes_or_new(ax)
    statistics, edges = np.asarray(statistics, float), np.linspace(0, top, 17)
    spike = 0 in dfs
    cut = np.inf if observed is None else observed
    below = np.zeros(len(edges) - 1)
    for part, role, name in (
        (statistics < cut, "group", f"{len(statistics):,} simulated studies"),
        (statistics >= cut, "highlight", None),
    ):
        kept = statistics[part & (statistics > 0)] if spike else statistics[part]
        shares = 100 * np.histogram(kept, edges)[0] / len(statistics)
        ax.bar(
            edges[:-1],
            shares,
            np.diff(edges),
            bottom=below,
            align="edge",
            **ROLE[role].bars(label=name),
        )
        below = below + shares
    ax.set_ylim(0, 1.08 * max(below.max(), 100 * np.mean(statistics == 0) if spike else 0))
    for role, which, name in (
        ("naive", dfs[-1:], f"naive χ² ({dfs[-1]} df)"),
        ("truth", dfs, f"half χ² ({dfs[0]} df), half χ² ({dfs[1]} df)"),
    ):
        expected = -100 * np.diff(_beyond(edges, which))
        ax.plot(
            (edges[:-1] + edges[1:]) / 2,
            expected,
            marker=ROLE[role].marker,
            **ROLE[role].line(label=name),
        )
    if spike:
        _bar_of_zeros(ax, 100 * np.mean(statistics == 0), edges[1])
    if observed is not None:
        _mark_observed(ax, observed, int(np.sum(statistics >= observed)), len(statistics))
    if critical:
        _mark_critical_points(ax, statistics, dfs)
    outside = 100 * np.mean(statistics > top)
    note = f" ({outside:.1f} % of the studies lie beyond {top:g})" if outside else ""
    ax.set(
        xlim=(-1.3 * edges[1] if spike else 0, top),
        xlabel="D" + note,
        ylabel="studies (%)",
        title=title,
    )
    ax.legend(frameon=False, loc="upper right")
    return ax


def _beyond(edges: np.ndarray, dfs: Sequence[int]) -> np.ndarray:
    """P(D > d) at each edge: unlike P(D ≥ d), without the exact zeros at d = 0."""
    zeros = dfs.count(0) / len(dfs)
    return np.where(edges <= 0, 1 - zeros, chi2_tail(edges, dfs))


def _bar_of_zeros(ax: Axes, share: float, width: float) -> None:
    ax.bar(-0.6 * width, share, width, **ROLE["group"].bars())
    ax.plot(
        -0.6 * width,
        50,
        linestyle="none",
        marker=ROLE["truth"].marker,
        markersize=8,
        color=ROLE["truth"].colour,
    )
    ax.annotate(
        f"D = 0 exactly: {share:.0f} %", (-0.1 * width, share), (10, -4), textcoords="offset points"
    )


def _mark_observed(ax: Axes, observed: float, count: int, total: int) -> None:
    ax.axvline(observed, color=ROLE["highlight"].colour, linewidth=2)
    ax.annotate(
        f"observed D = {observed:.2f}\n{count:,} of {total:,} studies\nlie beyond it",
        (observed, ax.get_ylim()[1] * 0.3),
        (6, 0),
        textcoords="offset points",
        color=ROLE["highlight"].colour,
    )


def _mark_critical_points(ax: Axes, statistics: np.ndarray, dfs: Sequence[int]) -> None:
    top = ax.get_ylim()[1]
    for role, which, height in (("truth", dfs, 0.42), ("naive", dfs[-1:], 0.24)):
        point = critical_value(which)
        ax.plot([point, point], [0, height * top], **ROLE[role].line())
        ax.annotate(
            f"{point:.2f}: {100 * np.mean(statistics > point):.1f} % lie beyond",
            (point, height * top),
            (4, -8),
            textcoords="offset points",
        )


@course_style()
def tail_curves(
    simulated: np.ndarray,
    dfs: Sequence[int],
    *,
    title: str,
    observed: float | None = None,
    top: float = 12.0,
    ax: Axes | None = None,
) -> Axes:
    """P(D ≥ d) simulated, by the naive χ² and by the mixture, on a log scale: p is the height.

    The three points where the curves cross 5 % are marked and numbered.
    """
    ax = axes_or_new(ax)
    grid = np.linspace(0, top, 241)
    ax.axhline(5, color=INK, linewidth=0.8)
    ax.text(0.1, 5, "5 %", va="bottom")
    ordered = np.sort(simulated)
    share = 1 - np.searchsorted(ordered, grid) / len(simulated)
    for role, tail, point, name in (
        ("naive", chi2_tail(grid, dfs[-1:]), critical_value(dfs[-1:]), f"naive χ² ({dfs[-1]} df)"),
        ("truth", chi2_tail(grid, dfs), critical_value(dfs), "mixture"),
        ("multilevel", share, np.quantile(ordered, 0.95), f"{len(ordered):,} simulated"),
    ):
        ax.plot(
            grid,
            100 * np.where(tail > 0, tail, np.nan),
            **ROLE[role].line(label=f"{name}: 5 % at D = {point:.2f}"),
        )
        ax.plot(point, 5, **ROLE[role].points(markersize=8, markeredgewidth=2))
    if observed is not None:
        ax.axvline(observed, color=ROLE["highlight"].colour, linewidth=2)
        ax.text(
            observed - 0.15, 45, f"D = {observed:.2f}", ha="right", color=ROLE["highlight"].colour
        )
    ax.set(
        yscale="log",
        xlim=(0, top),
        ylim=(0.1, 130),
        xlabel="D",
        ylabel="studies beyond D (%)",
        yticks=[0.1, 1, 10, 100],
        yticklabels=["0.1", "1", "10", "100"],
        title=title,
    )
    ax.legend(frameon=False, loc="upper right")
    return ax


@course_style()
def rates_against_groups(
    group_counts: Sequence[int],
    rates: Mapping[str, Sequence[float]],
    *,
    title: str,
    derived: Sequence[float] | None = None,
    top: float = 15.0,
    ax: Axes | None = None,
) -> Axes:
    """False-positive rates (%) of several tests over the number of groups, nominal level marked.

    `derived` rates (of the first test) are drawn as black crosses.
    """
    ax = axes_or_new(ax)
    cues = (ROLE["naive"], ROLE["multilevel"], ROLE["no_pooling"])
    for role, (name, values) in zip(cues, rates.items(), strict=False):
        ax.plot(group_counts, values, marker=role.marker, label=name, **role.line())
    if derived is not None:
        ax.plot(
            group_counts,
            derived,
            label="LRT by ML, derived",
            **ROLE["truth"].points(markersize=9, markeredgewidth=2),
        )
    ax.axhline(5, color=INK, linewidth=1)
    ax.annotate(
        "nominal 5 %",
        (0.12, 5),
        (0, -4),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="top",
    )
    ax.set(
        xscale="log",
        xticks=list(group_counts),
        xticklabels=[str(j) for j in group_counts],
        xlabel="number of groups J",
        ylabel="false positives (%)",
        ylim=(0, top),
        title=title,
    )
    ax.minorticks_off()
    ax.legend(loc="upper right", frameon=False)
    return ax


@course_style()
def counts_of_picks(picked: np.ndarray, *, title: str, ax: Axes | None = None) -> Axes:
    """How many predictors searches kept, as bars with the share on each."""
    ax = axes_or_new(ax)
    shares = 100 * np.bincount(picked) / len(picked)
    ax.bar(range(len(shares)), shares, **ROLE["naive"].bars())
    for place, share in enumerate(shares):
        words = f"{share:.0f} %" if share == 0 or share >= 0.5 else "< 1 %"
        ax.text(place, share + 0.6, words, ha="center")
    ax.set(
        xticks=range(len(shares)),
        xlabel="noise predictors in the final model",
        ylabel="searches (%)",
        ylim=(0, shares.max() * 1.15),
        title=title,
    )
    return ax


@course_style()
def slope_and_correlation(
    tau11: np.ndarray,
    correlation: np.ndarray,
    *,
    marked: tuple[float, float] | None = None,
    mark: str = "the data",
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Estimated slope variance against estimated correlation, one dot a study, one marked.

    `mark` is the name written at the marked one.
    The shares at correlation +1 and −1 are written there. A study whose slope variance is
    estimated as exactly 0 has no correlation and no dot; the label of the x-axis says how many.
    """
    ax = axes_or_new(ax)
    ax.plot(tau11, correlation, **ROLE["group"].points(markersize=4))
    right = np.nanmax(np.where(np.isfinite(correlation), tau11, np.nan))
    for edge in (1, -1):
        share = 100 * np.mean(edge * correlation > 0.999)
        ax.text(
            right,
            1.2 * edge,
            f"{share:.0f} % of the studies at {signed(edge, 0, plus=True)}",
            ha="right",
            va="center",
        )
    missing = 100 * np.mean(np.isnan(correlation))
    note = f" ({missing:.0f} % at exactly 0: no correlation, no dot)" if missing >= 0.5 else ""
    if marked is not None:
        ax.plot(*marked, **ROLE["highlight"].points(markersize=10))
        ax.annotate(
            mark, marked, (12, -18), textcoords="offset points", color=ROLE["highlight"].colour
        )
    ax.set(
        ylim=(-1.35, 1.35),
        xlabel=f"estimated slope variance τ̂₁₁{note}",
        ylabel="estimated correlation",
        title=title,
    )
    return ax
