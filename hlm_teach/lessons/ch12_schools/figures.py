"""The figures of chapter 12."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from scipy import stats

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style


@course_style()
def phantom_rates(
    rates: Mapping[str, float], promised: float, *, title: str, ax: Axes | None = None
) -> Axes:
    """How often each rule finds a slope variance that isn't there, in percent.

    Parameters
    ----------
    rates : mapping
        Rule in words → share of studies.
    promised : float
        The share that was promised.

    >>> ax = phantom_rates({"AIC": 0.12, "mixture": 0.03}, 0.05, title="t")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['mixture', 'AIC']
    """
    ax = axes_or_new(ax)
    place = np.arange(len(rates))[::-1]
    for at, rate in zip(place, rates.values(), strict=True):
        role = ROLE["naive" if rate > 1.3 * promised else "multilevel"]
        ax.barh(at, 100 * rate, height=0.6, **role.bars())
        ax.text(100 * rate + 0.2, at, f"{100 * rate:.1f} %", va="center", color=INK)
    ax.axvline(100 * promised, **ROLE["truth"].line())
    ax.text(100 * promised, -0.6, " promised", va="center", color=INK)
    ax.set_yticks(place[::-1], list(rates)[::-1])
    ax.set(xlabel="studies that report a slope variance (%)", title=title)
    ax.set(xlim=(0, 118 * max(*rates.values(), promised)), ylim=(-0.85, len(rates) - 0.5))
    return ax


@course_style()
def groups_wanted(
    bounds: pd.DataFrame, claimed: int, *, title: str, most: float = 60, ax: Axes | None = None
) -> Axes:
    """How many groups each printed standard error can come from, and how many there were.

    Parameters
    ----------
    bounds : DataFrame
        One row a standard error, columns ``least`` and ``most`` (may be infinite).

    >>> table = pd.DataFrame({"least": [12], "most": [33.0]}, index=["null"])
    >>> groups_wanted(table, 50, title="t").get_xlabel()
    'number of schools'
    """
    ax = axes_or_new(ax)
    place = np.arange(len(bounds))[::-1]
    for at, row in zip(place, bounds.itertuples(), strict=True):
        role = ROLE["multilevel" if row.least <= claimed <= row.most else "highlight"]
        end = min(row.most, most)
        ax.plot([row.least, end], [at, at], color=role.colour, linewidth=7, solid_capstyle="butt")
        if row.most > most:
            ax.plot([end], [at], ">", color=role.colour, markersize=12)
        words = f"{row.least} to {row.most:.0f}" if row.most < np.inf else f"{row.least} or more"
        ax.text(row.least, at + 0.25, words, va="bottom", color=INK, path_effects=HALO)
    ax.axvline(claimed, **ROLE["truth"].line())
    ax.text(claimed, -0.55, f" the table says {claimed}", va="center", color=INK)
    ax.set_yticks(place[::-1], list(bounds.index)[::-1])
    ax.set(
        xlabel="number of schools", title=title, xlim=(0, most * 1.15), ylim=(-0.8, place[0] + 0.7)
    )
    return ax


@course_style()
def lines_of_schools(
    lines: Mapping[str, pd.DataFrame],
    ends: Sequence[float],
    *,
    labels: tuple[str, str],
    title: str,
    axes: Sequence[Axes],
) -> Sequence[Axes]:
    """Predicted lines of all schools, a panel for each kind, with the mean line of the kind.

    Parameters
    ----------
    lines : mapping
        Kind in words → DataFrame with ``intercept`` and ``slope``, one row a school.
    ends : two numbers
        Where lines begin and end.

    >>> from hlm_teach.display.style import figure
    >>> fig, axes = figure(2, sharey=True)
    >>> table = pd.DataFrame({"intercept": [1.0, 2.0], "slope": [0.5, 1.0]})
    >>> panels = lines_of_schools({"a": table, "b": table}, (-1, 1), labels=("x", "y"), title="t",
    ...                           axes=axes)
    >>> len(panels)
    2
    """
    x = np.asarray(ends, dtype=float)
    for ax, (kind, table) in zip(axes, lines.items(), strict=True):
        y = table["intercept"].to_numpy()[:, None] + table["slope"].to_numpy()[:, None] * x
        paths = [np.column_stack([x, heights]) for heights in y]
        ax.add_collection(
            LineCollection(paths, linewidths=0.7, colors=ROLE["group"].colour, alpha=0.7)
        )
        ax.plot(x, y.mean(axis=0), path_effects=HALO, **ROLE["multilevel"].line(linewidth=3))
        ax.set(xlabel=labels[0], title=f"{kind}: {len(table)} schools", xlim=x, xticks=[-1, 0, 1])
    axes[0].set(ylabel=labels[1])
    axes[0].figure.suptitle(title, x=0.02, ha="left")
    return axes


@course_style()
def against_the_normal(
    values: Mapping[str, Sequence[float]], *, unit: str, axes: Sequence[Axes]
) -> Sequence[Axes]:
    """Sorted values of each level against those a normal distribution would have.

    Parameters
    ----------
    values : mapping
        Level in words → residuals or predictions.

    >>> from hlm_teach.display.style import figure
    >>> fig, axes = figure(2)
    >>> panels = against_the_normal({"pupils": [0, 1, 2], "schools": [1, 2, 4]}, unit="points",
    ...                             axes=axes)
    >>> panels[1].get_title(loc="left")
    'schools'
    """
    for ax, (level, numbers) in zip(axes, values.items(), strict=True):
        seen = np.sort(np.asarray(numbers, dtype=float))
        normal = stats.norm.ppf((np.arange(len(seen)) + 0.5) / len(seen))
        ax.plot(normal, seen, **ROLE["multilevel"].points(marker="o", markersize=3))
        ends = normal[[0, -1]]
        ax.plot(ends, seen.mean() + seen.std() * ends, **ROLE["truth"].line())
        ax.set(xlabel="if normal (SDs)", ylabel=f"seen ({unit})", title=level)
    return axes
