"""Figures of chapter 04: what a slope variance means, and what leaving it out costs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style

from .looks import at_end, room_at_right


@course_style()
def variance_function(
    x: np.ndarray,
    between: np.ndarray,
    sigma2: float,
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    seen: pd.Series | None = None,
    flat: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Var(Y | x): the part between groups, a parabola, on top of the part within.

    `seen`, indexed by x: variances computed from the data alone, as dots. `flat`: the variance
    that a model with random intercepts alone claims at every x.

    >>> variance_function(np.array([0, 1.0]), np.array([1.0, 2.0]), 3.0, xlabel="x",
    ...                   ylabel="variance", title="Variance").get_ylim()[0]
    np.float64(0.0)
    """
    ax = axes_or_new(ax)
    ax.fill_between(x, 0, sigma2, **ROLE["within"].bars(alpha=0.8))
    ax.fill_between(x, sigma2, sigma2 + between, **ROLE["between"].bars(alpha=0.8))
    ax.plot(x, sigma2 + between, color=INK)
    top = (sigma2 + between).max()
    if seen is not None:
        ax.plot(
            seen.index,
            seen,
            clip_on=False,
            zorder=4,
            label="variance seen in the data",
            **ROLE["truth"].points(marker="o", markersize=6),
        )
        top = max(top, seen.max())
    if flat is not None:
        ax.axhline(flat, label="random intercepts alone", **ROLE["naive"].line(zorder=3))
    if seen is not None or flat is not None:
        ax.legend(loc="upper left")
    middle = x[0] + 0.62 * np.ptp(x)
    ax.text(middle, sigma2 / 2, "within: σ²", ha="center", va="center", path_effects=HALO)
    ax.text(
        middle,
        sigma2 + np.interp(middle, x, between) / 2,
        "between groups",
        ha="center",
        va="center",
        path_effects=HALO,
    )
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title, xlim=(x[0], x[-1]), ylim=(0.0, 1.06 * top))
    return ax


@course_style()
def by_origin(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float], str]],
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    zero: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Curves over the origin of x; each value is (x, y, role), labelled at its right end.

    >>> by_origin({"a": ([0, 1], [1, 2], "multilevel")}, xlabel="k", ylabel="y",
    ...           title="t").texts[0].get_text()
    'a'
    """
    ax = axes_or_new(ax)
    for words, (places, heights, role) in curves.items():
        x, y = np.asarray(places), np.asarray(heights)
        ax.plot(x, y, **ROLE[role].line(marker=ROLE[role].marker, markersize=5))
        at_end(ax, x[-1], y[-1], words)
    if zero:
        ax.axhline(0, color="0.6", linewidth=0.8)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    room_at_right(ax, np.array([x.min(), x.max()]), 0.3)
    return ax


@course_style()
def slope_bands(
    bands: Mapping[str, pd.DataFrame],
    moderator: str,
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Simple slopes over a moderator, one line with its band per entry, labelled at the end.

    Each frame is what `simple_slopes` returns.

    >>> band = pd.DataFrame({"w": [0, 1.0], "slope": [1, 2.0], "lower": [0, 1.0],
    ...                      "upper": [2, 3.0]})
    >>> len(slope_bands({"all": band}, "w", xlabel="w", ylabel="slope", title="t").collections)
    1
    """
    ax = axes_or_new(ax)
    looks = (("multilevel", "-"), ("highlight", "--"), ("no_pooling", ":"))
    for (words, band), (role, dash) in zip(bands.items(), looks, strict=False):
        ax.fill_between(
            band[moderator],
            band["lower"],
            band["upper"],
            linewidth=0,
            facecolor=ROLE[role].colour,
            alpha=0.2,
        )
        ax.plot(band[moderator], band["slope"], **ROLE[role].line(linestyle=dash))
        at_end(ax, band[moderator].iloc[-1], band["slope"].iloc[-1], words)
    ax.axhline(0, color="0.6", linewidth=0.8)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    room_at_right(ax, band[moderator].iloc[[0, -1]].to_numpy(), 0.14)
    return ax


@course_style()
def false_positive_curves(
    n: Sequence[int],
    rates: Mapping[str, Sequence[float]],
    *,
    title: str,
    level: float = 0.05,
    ax: Axes | None = None,
) -> Axes:
    """False-positive rates over the number of members a group, on a log scale.

    >>> ax = false_positive_curves([5, 50], {"τ₁₁ = 0.05": [0.1, 0.3]}, title="t")
    >>> ax.get_xscale()
    'log'
    """
    ax = axes_or_new(ax)
    for (words, rate), dash in zip(rates.items(), ("-", "--", "-.", ":"), strict=False):
        ax.plot(n, np.asarray(rate) * 100, **ROLE["naive"].line(linestyle=dash))
        at_end(ax, n[-1], rate[-1] * 100, words)
    ax.axhline(level * 100, color=INK, linewidth=1)
    ax.text(n[-1], level * 100 + 1.5, f"nominal {level * 100:.0f} %", ha="right")
    ax.set(
        xscale="log",
        ylim=(0, 100),
        xlabel="members per group n (log scale)",
        ylabel="false positives (%)",
        title=title,
    )
    ax.set_xlim(n[0], n[-1] * (n[-1] / n[0]) ** 0.22)
    ticks = [tick for tick in (5, 20, 100, 500, 2000) if n[0] <= tick <= n[-1]]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    return ax


@course_style()
def reliabilities(
    values: Mapping[str, Sequence[float]], *, title: str, ax: Axes | None = None
) -> Axes:
    """Histograms of reliabilities from 0 to 1, one entry each.

    >>> reliabilities({"slopes": [0.2, 0.3]}, title="t").get_xlim()
    (np.float64(0.0), np.float64(1.0))
    """
    ax = axes_or_new(ax)
    for (words, found), role in zip(values.items(), ("between", "multilevel"), strict=False):
        ax.hist(
            found, bins=np.linspace(0, 1, 51).tolist(), label=words, **ROLE[role].bars(alpha=0.85)
        )
    ax.set(xlabel="reliability λ", ylabel="number of groups", title=title, xlim=(0, 1))
    ax.legend(loc="upper center")
    return ax
