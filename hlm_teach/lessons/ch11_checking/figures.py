"""The figures of chapter 11."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style
from hlm_teach.measures.residual_checks import ResidualCheck
from hlm_teach.measures.residual_lineup import ResidualLineUp


@course_style()
def two_residuals(
    data: pd.DataFrame,
    *,
    highlight: Any,
    title: str,
    labels: tuple[str, str],
    ax: Axes | None = None,
) -> Axes:
    """Individuals by group, the groups' fitted heights, and the fixed part.

    Parameters
    ----------
    data : DataFrame
        Columns group, y, fitted (with the BLUP), fixed (without).
    highlight
        The group in which one individual's two residuals are drawn.

    >>> data = pd.DataFrame({"group": [1, 1, 2, 2], "y": [0.0, 1, 2, 4]})
    >>> data = data.assign(fitted=[0.7, 0.7, 2.5, 2.5], fixed=1.5)
    >>> ax = two_residuals(data, highlight=2, title="t", labels=("group", "y"))
    >>> [text.get_text() for text in ax.texts]
    ['û', 'ê']
    """
    ax = axes_or_new(ax)
    places = {label: place for place, label in enumerate(pd.unique(data["group"]))}
    at = data["group"].map(places).to_numpy(float)
    rng = np.random.default_rng(11)
    ax.plot(at + rng.uniform(-0.2, 0.2, len(at)), data["y"], **ROLE["group"].points())
    means = data.groupby("group", sort=False)[["fitted", "fixed"]].first()
    for label, place in places.items():
        fitted, fixed = means.loc[label]
        ax.plot([place - 0.33, place + 0.33], [fitted] * 2, **ROLE["multilevel"].line())
    ax.axhline(means["fixed"].iloc[0], **ROLE["truth"].line())
    place, own = places[highlight], data[data["group"] == highlight]
    far = own.loc[(own["y"] - own["fitted"]).idxmax()]
    ax.plot([place] * 2, [far["fixed"], far["fitted"]], color=ROLE["between"].colour, linewidth=4)
    ax.plot([place] * 2, [far["fitted"], far["y"]], color=ROLE["within"].colour, linewidth=4)
    ax.plot([place], [far["y"]], **ROLE["highlight"].points())
    for words, ends in (("û", ("fixed", "fitted")), ("ê", ("fitted", "y"))):
        height = (far[ends[0]] + far[ends[1]]) / 2
        ax.annotate(
            words,
            (place, height),
            (8, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            weight="bold",
            path_effects=HALO,
        )
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    ax.set_xticks(list(places.values()), [str(label) for label in places])
    return ax


@course_style()
def check_plot(
    check: ResidualCheck,
    *,
    title: str,
    labels: tuple[str, str] | None = None,
    name_outside: bool = False,
    ticks: Mapping[float, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A residual check: the curve of the data on the band of the model's own simulations.

    Points outside the band are drawn in the highlight's colour, and with `name_outside` named (the
    three farthest at most, where names don't overlap).

    >>> from hlm_teach import fit_lmm, load_data
    >>> from hlm_teach.measures.residual_checks import qq_check
    >>> fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
    >>> ax = check_plot(qq_check(fit, rng=np.random.default_rng(1)), title="t")
    >>> ax.get_xlabel()
    'normal quantiles'
    """
    ax = axes_or_new(ax)
    band, out = check.band, check.band.outside
    few = len(check.x) <= 12
    if few:
        ax.errorbar(
            check.x,
            band.centre,
            [band.centre - band.lower, band.upper - band.centre],
            fmt="none",
            ecolor="0.75",
            elinewidth=9,
        )
    else:
        ax.fill_between(check.x, band.lower, band.upper, color="0.85", linewidth=0)
    ax.plot(check.x, band.centre, **ROLE["truth"].line(linewidth=1))
    size = 8 if few else 4
    style = ROLE["multilevel"].points(marker="o", markersize=size)
    ax.plot(check.x[~out], check.observed[~out], **style)
    ax.plot(
        check.x[out], check.observed[out], **ROLE["highlight"].points(marker="D", markersize=size)
    )
    if name_outside and check.labels:
        _name_farthest(ax, check)
    across, up = labels or (check.along, check.what)
    ax.set(xlabel=across, ylabel=up, title=title)
    if ticks:
        ax.set_xticks(list(ticks), list(ticks.values()))
        ax.margins(x=0.4)
    return ax


def _name_farthest(ax: Axes, check: ResidualCheck) -> None:
    """Names at the left of the three points that are farthest outside the band."""
    band, y = check.band, check.observed
    off = np.maximum(np.maximum(band.lower - y, y - band.upper), 0)
    room = 0.055 * (y.max() - y.min())
    named: list[float] = []
    for i in np.argsort(off)[::-1][:3]:
        if off[i] > 0 and all(abs(y[i] - other) > room for other in named):
            named.append(y[i])
            ax.annotate(
                str(check.labels[i]),
                (check.x[i], y[i]),
                (-6, 0),
                ha="right",
                va="center",
                textcoords="offset points",
                color=INK,
                path_effects=HALO,
            )


@course_style()
def residual_panels(
    suspects: ResidualLineUp, *, title: str, reveal: bool = False, ax: Axes | None = None
) -> Axes:
    """All panels of a line-up of residuals, numbered, five in a row; the real one framed at `reveal`.

    >>> suspects = ResidualLineUp(np.array([-1.0, 0, 1]), np.array([[-1.0, 0, 1], [-2, 0, 3]]), 2)
    >>> ax = residual_panels(suspects, title="Which one?")
    >>> [text.get_text() for text in ax.texts]
    ['1', '2']
    """
    ax = axes_or_new(ax)
    low, high = suspects.panels.min() - 0.25, suspects.panels.max() + 0.25
    across = (suspects.quantiles - suspects.quantiles[0]) / np.ptp(suspects.quantiles)
    line = (suspects.quantiles - low) / (high - low)
    for number, panel in enumerate(suspects.panels, 1):
        left, top = (number - 1) % 5 * 1.08, -((number - 1) // 5) * 1.12
        bottom = top - 1
        ax.plot(left + 0.04 + 0.92 * across, bottom + line, color="0.6", linewidth=0.8)
        ax.plot(
            left + 0.04 + 0.92 * across,
            bottom + (panel - low) / (high - low),
            **ROLE["multilevel"].points(marker="o", markersize=2.5),
        )
        real = reveal and number == suspects.real
        ax.plot(
            left + np.array([0, 1, 1, 0, 0]),
            top - np.array([0, 0, 1, 1, 0]),
            color=ROLE["highlight"].colour if real else "0.75",
            linewidth=3 if real else 0.6,
        )
        ax.text(left + 0.05, top - 0.05, str(number), va="top", weight="bold", path_effects=HALO)
    ax.autoscale_view()
    ax.set_axis_off()
    ax.set_title(title)
    return ax


@course_style()
def influence_plot(
    distance: pd.Series,
    without: pd.Series,
    whole: float,
    *,
    name: Sequence,
    labels: tuple[str, str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Cook's distance of each group against an estimate without it.

    Parameters
    ----------
    distance, without : Series
        One value a group.
    whole : float
        The estimate with all groups, a line.
    name : sequence
        Groups to be named.

    >>> ax = influence_plot(pd.Series({"a": 0.1, "b": 0.5}), pd.Series({"a": 2.0, "b": 1.0}), 2.1,
    ...                     name=["b"], labels=("Cook", "variance"), title="t")
    >>> [text.get_text() for text in ax.texts]
    ['all groups', 'b']
    """
    ax = axes_or_new(ax)
    ax.axhline(whole, **ROLE["truth"].line())
    far = distance.max()
    ax.annotate(
        "all groups",
        (far, whole),
        (0, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color=INK,
    )
    others = [label for label in distance.index if label not in set(name)]
    ax.plot(distance[others], without[others], **ROLE["multilevel"].points(marker="o"))
    ax.plot(distance[list(name)], without[list(name)], **ROLE["highlight"].points(marker="D"))
    for label in name:
        left = distance[label] > 0.75 * far
        ax.annotate(
            str(label),
            (distance[label], without[label]),
            (-8 if left else 8, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=INK,
            path_effects=HALO,
        )
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    return ax


@course_style()
def what_suffers(
    covers: pd.DataFrame, words: Mapping[str, str], *, title: str, ax: Axes | None = None
) -> Axes:
    """How many of 95 % intervals hold the truth: a row an assumption, a column a number.

    Cells below 90 are marked by a bold figure and a warm ground.

    >>> covers = pd.DataFrame({"gamma01": [95.0, 94.0], "tau00": [95.0, 60.0]}, index=["none", "u"])
    >>> ax = what_suffers(covers, {"gamma01": "γ01", "tau00": "τ00"}, title="t")
    >>> [text.get_text() for text in ax.texts]
    ['95', '95', '94', '60']
    """
    ax = axes_or_new(ax)
    for row, (_, values) in enumerate(covers.iterrows()):
        for column, value in enumerate(values):
            hurt = value < 90
            ax.barh(
                -row,
                0.94,
                left=column - 0.47,
                height=0.9,
                color="#F6D9C6" if hurt else "#E6EFF7",
                edgecolor="white",
            )
            ax.text(
                column,
                -row,
                f"{value:.0f}",
                ha="center",
                va="center",
                color=INK,
                weight="bold" if hurt else "normal",
                fontsize=13 if hurt else 11,
            )
    ax.set_xticks(range(len(covers.columns)), [words[name] for name in covers.columns])
    ax.set_yticks(-np.arange(len(covers)), list(covers.index))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title(title, pad=14)
    return ax
