"""Chapter 06's figures: null distributions, p-values, rejection rates, searches."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ..null_distributions import chi2_tail
from ._style import ROLE, axes_or_new, course_style

INK = "#222222"


@course_style()
def null_histogram(statistics: np.ndarray, dfs: Sequence[int], *, title: str, top: float = 8.0,
                   observed: float | None = None, ax: Axes | None = None) -> Axes:
    """Simulated D as bars, with what the naive χ² and the mixture over `dfs` expect in each bar."""
    ax = axes_or_new(ax)
    edges = np.linspace(0, top, 17)
    shares = np.histogram(statistics, edges)[0] / len(statistics)
    ax.bar(edges[:-1], 100 * shares, np.diff(edges), align="edge",
           **ROLE["group"].bars(label=f"{len(statistics):,} simulated studies"))
    middle = (edges[:-1] + edges[1:]) / 2
    for role, which, name in (("naive", dfs[-1:], f"naive χ² ({dfs[-1]} df)"),
                              ("truth", dfs, f"mixture of χ² ({dfs[0]}) and χ² ({dfs[1]})")):
        tail = chi2_tail(edges, which)
        ax.plot(middle, -100 * np.diff(tail), marker=ROLE[role].marker,
                **ROLE[role].line(label=name))
    if observed is not None:
        ax.axvline(observed, color=ROLE["highlight"].colour, linewidth=2)
        ax.text(observed + 0.1, ax.get_ylim()[1] * 0.5, f"observed D = {observed:.2f}",
                color=ROLE["highlight"].colour)
    ax.set(xlim=(0, top), xlabel="D", ylabel="studies (%)", title=title)
    ax.legend(frameon=False)
    return ax


@course_style()
def tail_curves(simulated: np.ndarray, dfs: Sequence[int], *, title: str,
                observed: float | None = None, top: float = 12.0, ax: Axes | None = None) -> Axes:
    """P(D ≥ d) simulated, by the naive χ² and by the mixture, on a log scale: p is the height."""
    ax = axes_or_new(ax)
    grid = np.linspace(0, top, 241)
    ax.plot(grid, 100 * chi2_tail(grid, dfs[-1:]), **ROLE["naive"].line(label="naive χ²"))
    ax.plot(grid, 100 * chi2_tail(grid, dfs), **ROLE["truth"].line(label="mixture"))
    share = 1 - np.searchsorted(np.sort(simulated), grid) / len(simulated)
    ax.plot(grid, 100 * np.where(share > 0, share, np.nan),
            **ROLE["multilevel"].line(label="simulated"))
    if observed is not None:
        ax.axvline(observed, color=ROLE["highlight"].colour, linewidth=2)
        ax.text(observed - 0.15, 45, f"D = {observed:.2f}", ha="right",
                color=ROLE["highlight"].colour)
    ax.set(yscale="log", xlim=(0, top), ylim=(0.1, 130), xlabel="D", ylabel="studies beyond D (%)",
           yticks=[0.1, 1, 10, 100], yticklabels=["0.1", "1", "10", "100"], title=title)
    ax.legend(frameon=False, loc="lower left")
    return ax


@course_style()
def rates_against_groups(group_counts: Sequence[int], rates: Mapping[str, Sequence[float]], *,
                         title: str, top: float = 15.0, ax: Axes | None = None) -> Axes:
    """False-positive rates (%) of several tests over the number of groups, nominal level marked."""
    ax = axes_or_new(ax)
    cues = (ROLE["naive"], ROLE["multilevel"], ROLE["no_pooling"])
    for role, (name, values) in zip(cues, rates.items(), strict=False):
        ax.plot(group_counts, values, marker=role.marker, label=name, **role.line())
    ax.axhline(5, color=INK, linewidth=1)
    ax.set(xscale="log", xticks=list(group_counts), xticklabels=[str(j) for j in group_counts],
           xlabel="number of groups J", ylabel="false positives (%)", ylim=(0, top), title=title)
    ax.minorticks_off()
    ax.legend(frameon=False)
    return ax


@course_style()
def counts_of_picks(picked: np.ndarray, *, title: str, ax: Axes | None = None) -> Axes:
    """How many predictors searches kept, as bars with the share on each."""
    ax = axes_or_new(ax)
    shares = 100 * np.bincount(picked) / len(picked)
    ax.bar(range(len(shares)), shares, **ROLE["naive"].bars())
    for place, share in enumerate(shares):
        ax.text(place, share + 0.6, f"{share:.0f} %", ha="center")
    ax.set(xticks=range(len(shares)), xlabel="noise predictors in the final model",
           ylabel="searches (%)", ylim=(0, shares.max() * 1.15), title=title)
    return ax


@course_style()
def slope_and_correlation(tau11: np.ndarray, correlation: np.ndarray, *,
                          marked: tuple[float, float] | None = None, title: str,
                          ax: Axes | None = None) -> Axes:
    """Estimated slope variance against estimated correlation, one dot a study, one marked."""
    ax = axes_or_new(ax)
    ax.plot(tau11, correlation, **ROLE["group"].points(markersize=4))
    if marked is not None:
        ax.plot(*marked, **ROLE["highlight"].points(markersize=10))
        ax.annotate("the data", marked, (12, -18), textcoords="offset points",
                    color=ROLE["highlight"].colour)
    ax.set(ylim=(-1.12, 1.12), xlabel="estimated slope variance τ̂₁₁",
           ylabel="estimated correlation", title=title)
    return ax
