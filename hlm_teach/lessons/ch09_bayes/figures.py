"""Figures of chapter 09: posteriors of τ, what they do to groups, and what a sampler leaves behind."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style

CURVES = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", ":"),
    ("#CC79A7", "-."),
    ("#000000", (0, (5, 1, 1, 1))),
)


@course_style()
def posterior_of_tau(
    tau: ArrayLike,
    density: ArrayLike,
    *,
    title: str,
    marks: Mapping[str, float] | None = None,
    interval: tuple[float, float] | None = None,
    unit: str = "points",
    ax: Axes | None = None,
) -> Axes:
    """A density of τ, filled over an interval, with marked values.

    Parameters
    ----------
    tau, density : array_like
        The curve.
    marks : dict of str to float
        Vertical lines and what to write at them.
    interval : tuple of float
        The part to fill.

    >>> ax = posterior_of_tau([0, 1, 2], [1.0, 2.0, 0.0], title="t", marks={"REML": 0.0})
    >>> ax.texts[0].get_text()
    'REML'
    """
    ax = axes_or_new(ax)
    tau, density = np.asarray(tau, float), np.asarray(density, float)
    ax.plot(tau, density, **ROLE["multilevel"].line())
    if interval:
        inside = (tau >= interval[0]) & (tau <= interval[1])
        ax.fill_between(tau[inside], density[inside], color=ROLE["multilevel"].colour, alpha=0.2)
    top = density.max()
    for place, (words, value) in enumerate((marks or {}).items()):
        height = top * (1.32 - 0.1 * place)
        if words.startswith("REML"):
            at = np.interp(value, tau, density)
            ax.plot([value], [at], **ROLE["highlight"].points(markersize=10, clip_on=False))
        else:
            ax.plot([value, value], [0, top * 1.02], **ROLE["truth"].line())
        ax.text(value + 0.01 * tau[-1], height, words, va="center", path_effects=HALO)
        ax.plot([value, value], [top * 1.02, height], color=INK, linewidth=0.6)
    ax.set(
        xlim=(0, tau[-1]),
        ylim=(0, top * 1.42),
        yticks=[],
        xlabel=f"SD between groups τ ({unit})",
        ylabel="posterior density",
        title=title,
    )
    return ax


@course_style()
def groups_over_tau(
    tau: ArrayLike,
    given: ArrayLike,
    labels: Iterable,
    *,
    title: str,
    weights: ArrayLike | None = None,
    longest: float = 30.0,
    ax: Axes | None = None,
) -> Axes:
    """Expected effects of the groups given τ, over τ, with the posterior of τ as grey ground.

    Parameters
    ----------
    tau : array_like
        (K,)
    given : array_like
        (K, J) effects given each τ.
    labels : iterable
        (J,) names written at the right end.
    weights : array_like, optional
        Density of τ at these values.

    >>> ax = groups_over_tau([0, 10, 30], [[5, 5], [2, 8], [1, 9]], ["A", "B"], title="t")
    >>> [text.get_text() for text in ax.texts]
    ['A', 'B']
    """
    ax = axes_or_new(ax)
    tau, given = np.asarray(tau, float), np.asarray(given, float)
    shown = tau <= longest
    low, high = given[shown].min(), given[shown].max()
    if weights is not None:
        height = np.asarray(weights, float)[shown]
        room = (high - low) * 0.35
        base = low - 0.42 * (high - low)
        ax.fill_between(
            tau[shown], base, base + room * height / height.max(), color="0.85", linewidth=0
        )
        ax.text(0.99 * longest, base + 0.3 * room, "how likely each τ is", ha="right", color=INK)
        low = base
    last = given[shown][-1]
    for column, label, at in zip(given.T, labels, _apart(last, 0.045 * (high - low)), strict=True):
        ax.plot(tau[shown], column[shown], **ROLE["group"].line(linewidth=1.6))
        ax.text(longest * 1.01, at, str(label), va="center")
    ax.set(
        xlim=(0, longest * 1.04),
        ylim=(low, high + 0.05 * (high - low)),
        xlabel="SD between groups τ (points)",
        ylabel="expected effect (points)",
        title=title,
    )
    return ax


def _apart(values: np.ndarray, least: float) -> np.ndarray:
    """The values, moved upwards where two are closer than `least`."""
    moved, order = np.array(values, float), np.argsort(values)
    for before, after in zip(order, order[1:], strict=False):
        moved[after] = max(moved[after], moved[before] + least)
    return moved


@course_style()
def densities(
    tau: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    title: str,
    mark: float | None = None,
    mark_words: str = "REML",
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Several densities of τ, each scaled to a highest point of 1.

    Parameters
    ----------
    curves : dict of str to array_like
        Up to five, over `tau`.
    mark : float, optional
        A dot on the axis.

    >>> ax = densities([0.0, 1, 2], {"a": [1, 2, 1], "b": [4, 2, 0]}, title="t", mark=1.0)
    >>> [float(line.get_ydata().max()) for line in ax.lines[:2]]
    [1.0, 1.0]
    """
    ax = axes_or_new(ax)
    for (name, curve), (colour, line) in zip(curves.items(), CURVES, strict=False):
        values = np.asarray(curve, float)
        ax.plot(tau, values / values.max(), color=colour, linestyle=line, label=name)
    if mark is not None:
        ax.plot([mark], [0], **ROLE["highlight"].points(markersize=10, clip_on=False, zorder=5))
        ax.text(mark, 0.06, f" {mark_words} {mark:.2g}", va="center", path_effects=HALO)
    ax.set(xlim=(0, float(np.asarray(tau)[-1])), ylim=(0, 1.08), yticks=[], xlabel="τ", title=title)
    if legend:
        ax.legend(loc="upper right")
    return ax


@course_style()
def places_of_truth(
    places: Mapping[str, ArrayLike], *, title: str, bins: int = 10, axes=None
) -> Axes:
    """Histograms of where the truth lay in the posterior, with the band that luck allows.

    Parameters
    ----------
    places : dict of str to array_like
        Posterior probabilities below the truth; one panel each.
    axes : sequence of Axes
        As many as there are places.

    >>> from hlm_teach.display.style import figure
    >>> _, axes = figure(2)
    >>> first = places_of_truth({"a": [0.1, 0.9], "b": [0.5]}, title="t", axes=axes)
    >>> [len(ax.patches) for ax in axes]  # ten bars and a band
    [11, 11]
    """
    for ax, (name, values) in zip(axes, places.items(), strict=True):
        n = len(np.asarray(values))
        expected, spread = n / bins, np.sqrt(n / bins * (1 - 1 / bins))
        ax.hist(values, bins=bins, range=(0, 1), **ROLE["within"].bars())
        ax.axhspan(expected - 1.96 * spread, expected + 1.96 * spread, color="0.6", alpha=0.4)
        ax.axhline(expected, color=INK, linewidth=1)
        ax.set(xlim=(0, 1), yticks=[], xlabel="posterior share below the truth", title=name)
    axes[0].figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
    return axes[0]


@course_style()
def sampler_funnel(
    draws: pd.DataFrame, *, title: str, effect: str = "effect of one group", ax: Axes | None = None
) -> Axes:
    """Draws of τ (log scale) against a group's effect; those that diverged stand out.

    Parameters
    ----------
    draws : DataFrame
        Columns tau, effect, divergent.

    >>> draws = pd.DataFrame({"tau": [0.1, 1.0], "effect": [0.0, 1.0], "divergent": [True, False]})
    >>> len(sampler_funnel(draws, title="t").lines)
    2
    """
    ax = axes_or_new(ax)
    lost = draws["divergent"].astype(bool)
    ax.plot(draws["effect"][~lost], draws["tau"][~lost], **ROLE["group"].points())
    ax.plot(
        draws["effect"][lost],
        draws["tau"][lost],
        **ROLE["highlight"].points(marker="X", markersize=7),
    )
    ax.set(yscale="log", xlabel=effect, ylabel="τ (log scale)", title=title)
    ax.set_yticks([0.01, 0.1, 1, 10], labels=["0.01", "0.1", "1", "10"])
    return ax
