"""Figures of chapter 03 about league tables: funnels, rankings redrawn, intervals of ranks."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import ROLE, axes_or_new, course_style

from .looks import log_sizes


@course_style()
def funnel(
    sizes: pd.Series,
    means: pd.Series,
    centre: float,
    sigma2: float,
    ax: Axes | None = None,
    *,
    n_ends: int = 10,
) -> Axes:
    """Group means over group sizes, with ± 1.96·σ/√n around the centre; the extremes stand out.

    Parameters
    ----------
    sizes, means : Series
        n_j and ȳ_j.
    centre, sigma2 : float
        Mean of all, and variance within groups.
    n_ends : int
        How many groups at either end to pick out.

    >>> ax = funnel(pd.Series([4, 9, 25]), pd.Series([1.0, 2, 3]), 2, 9, n_ends=1)
    >>> ax.get_ylabel()
    'mean of the school'
    """
    ax = axes_or_new(ax)
    n = np.geomspace(sizes.min(), sizes.max(), 200)
    ax.axhline(centre, color="0.4", linewidth=0.8)
    for side in (-1.96, 1.96):
        ax.plot(n, centre + side * np.sqrt(sigma2 / n), **ROLE["truth"].line())
    ax.annotate(
        "95 % of means of\nidentical schools",
        (n[100], centre + 1.96 * np.sqrt(sigma2 / n[100])),
        (12, 14),
        textcoords="offset points",
    )
    order = means.sort_values().index
    ends, middle = [*order[:n_ends], *order[-n_ends:]], order[n_ends:-n_ends]
    ax.plot(sizes[middle], means[middle], **ROLE["group"].points(markersize=4))
    ax.plot(
        sizes[ends],
        means[ends],
        **ROLE["highlight"].points(
            marker="s", markersize=5, label=f"the {n_ends} best and the {n_ends} worst"
        ),
    )
    ax.legend(loc="lower right")
    log_sizes(ax, sizes)
    ax.set(
        xlabel="pupils in the school (log scale)",
        ylabel="mean of the school",
        title=f"Among the {n_ends} best and the {n_ends} worst are mostly small schools",
    )
    return ax


@course_style()
def ranking_redrawn(
    first: pd.Series,
    second: pd.Series,
    ax: Axes | None = None,
    *,
    top: int = 10,
    words: tuple[str, str] = ("first", "second"),
) -> Axes:
    """Ranks in two tables joined by lines; the top groups of the first table stand out.

    >>> values = pd.Series([3.0, 2, 1], index=["a", "b", "c"])
    >>> ranking_redrawn(values, values[::-1], top=1).get_title(loc="left")
    '1 of the top 1 stay there; one falls to rank 1'
    """
    ax = axes_or_new(ax)
    ranks = pd.DataFrame(
        {
            "first": first.rank(ascending=False, method="first"),
            "second": second.rank(ascending=False, method="first"),
        }
    )
    best = ranks[ranks["first"] <= top]
    others = ranks.drop(best.index)
    ax.plot([0, 1], others.to_numpy().T, **ROLE["group"].line(alpha=0.35))
    ax.plot(
        [0, 1], best.to_numpy().T, **ROLE["highlight"].line(linewidth=2, marker="o", markersize=4)
    )
    again = int((best["second"] <= top).sum())
    ax.axhline(top + 0.5, color="0.4", linewidth=0.8, linestyle="--")
    ax.set_yticks([1, *range(20, len(ranks) + 1, 20)])
    ax.set(
        xlim=(-0.05, 1.05),
        ylim=(len(ranks) + 1, 0),
        xticks=[0, 1],
        xticklabels=words,
        ylabel="rank (1 is the highest mean)",
        title=f"{again} of the top {top} stay there; one falls to rank {best['second'].max():.0f}",
    )
    return ax


@course_style()
def rank_intervals(table: pd.DataFrame, ax: Axes | None = None, *, top: int = 10) -> Axes:
    """Each group's rank with its 95 % interval.

    Parameters
    ----------
    table : DataFrame
        From `rankings.rank_table`: columns rank, lower, upper.

    >>> table = pd.DataFrame({"rank": [1, 2], "lower": [1, 1], "upper": [2, 2]})
    >>> rank_intervals(table, top=1).get_xlabel()
    'place in the league table'
    """
    ax = axes_or_new(ax)
    ax.vlines(
        table["rank"], table["lower"], table["upper"], color=ROLE["group"].colour, linewidth=1.8
    )
    ax.plot(table["rank"], table["rank"], **ROLE["multilevel"].points(markersize=2.5))
    best = table[table["rank"] <= top]
    ax.vlines(
        best["rank"],
        best["lower"],
        best["upper"],
        color=ROLE["highlight"].colour,
        linewidth=2.2,
        label=f"the top {top}",
    )
    ax.legend(loc="lower left")
    wide = int((table["upper"] - table["lower"]).median())
    ax.set(
        xlim=(0, len(table) + 1),
        ylim=(len(table) + 1, 0),
        xlabel="place in the league table",
        ylabel="rank: 95 % interval",
        title=f"The typical school's rank could be any of {wide + 1}",
    )
    return ax


@course_style()
def comparison_bars(table: pd.DataFrame, factor: float, ax: Axes | None = None) -> Axes:
    """Estimates with two bars: ± factor·se (thick, for comparing two) and ± 1.96·se (thin).

    Parameters
    ----------
    table : DataFrame
        One row per group; columns estimate and se.
    factor : float
        From `rankings.comparison_factor`.

    >>> table = pd.DataFrame({"estimate": [1.0, 2], "se": [1.0, 1]}, index=["a", "b"])
    >>> comparison_bars(table, 1.39).get_title(loc="left")
    'Compare thick bars: do two of them miss each other?'
    """
    ax = axes_or_new(ax)
    ordered = table.sort_values("estimate")
    place = np.arange(len(ordered))
    estimate, se = ordered["estimate"].to_numpy(), ordered["se"].to_numpy()
    ax.hlines(
        place,
        estimate - 1.96 * se,
        estimate + 1.96 * se,
        color=ROLE["group"].colour,
        linewidth=1.5,
        label="± 1.96 SD",
    )
    ax.hlines(
        place,
        estimate - factor * se,
        estimate + factor * se,
        color=ROLE["multilevel"].colour,
        linewidth=5,
        label=f"± {factor:.2f} SD",
    )
    ax.plot(
        estimate,
        place,
        marker="D",
        linestyle="none",
        color="white",
        markersize=5.5,
        markeredgecolor="0.1",
    )
    ax.set(
        yticks=place,
        yticklabels=ordered.index,
        ylabel="school",
        ylim=(-0.7, len(place) - 0.3),
        xlabel="expected mathematics score of the school (points)",
        title="Compare thick bars: do two of them miss each other?",
    )
    ax.legend(loc="lower right")
    return ax
