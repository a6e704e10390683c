"""Figures of chapter 08: what J groups tell of a variance, which test fails, power, budgets."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style

RATES = (
    (ROLE["naive"].colour, "s", "--"),
    ("#0072B2", "D", "-"),
    ("#D55E00", "o", (0, (5, 1))),
    ("#CC79A7", "v", "-."),
    ("#8DA9C4", "^", (0, (3, 1, 1, 1))),
    ("#000000", "x", (0, (1, 1))),
    ("#009E73", "P", ":"),
)
STYLES = (
    ("#0072B2", "D", "-"),
    ("#D55E00", "o", "--"),
    ("#009E73", "^", ":"),
    ("#CC79A7", "s", "-."),
    ("#E69F00", "v", (0, (5, 1))),
    ("#000000", "x", (0, (1, 1))),
    ("#56B4E9", "P", (0, (3, 1, 1, 1))),
)


@course_style()
def estimates_by_groups(
    estimates: Mapping[int, np.ndarray],
    truth: float,
    *,
    title: str,
    words: str = "truth",
    ax: Axes | None = None,
) -> Axes:
    """Estimates of a variance by number of groups: a sample of dots, and the middle 90 %.

    Parameters
    ----------
    estimates : dict of int to ndarray
        Number of groups, and estimates of as many studies.
    truth : float
        Where a line is drawn.
    words : str
        What is written at that line.

    >>> ax = estimates_by_groups({5: np.arange(100.0), 10: np.ones(50)}, 1.0, title="t")
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['5', '10']
    """
    ax, rng = axes_or_new(ax), np.random.default_rng(0)  # where dots stand: not data
    for place, values in enumerate(estimates.values()):
        some = np.asarray(values)[:150]
        across = place + rng.uniform(-0.18, 0.18, len(some))
        ax.plot(across, some, **ROLE["group"].points())
        low, high = np.percentile(values, [5, 95])
        bar = ROLE["between"].line(linewidth=4, solid_capstyle="butt")  # ends where it should
        ax.plot([place + 0.28] * 2, [low, high], **bar)
    ax.axhline(truth, **ROLE["truth"].line())
    ax.text(len(estimates) - 0.65, truth, words, va="bottom", path_effects=HALO)
    tops = [np.percentile(values, 99) for values in estimates.values()]
    ax.set(
        xticks=range(len(estimates)),
        xticklabels=[str(j) for j in estimates],
        xlim=(-0.5, len(estimates) + 0.2),  # room for the words beside the last bar
        ylim=(-0.03 * max(tops), 1.05 * max(tops)),
        xlabel="groups J",
        ylabel="estimated variance between groups",
        title=title,
    )
    return ax


@course_style()
def factors_by_groups(
    factors: pd.DataFrame, *, title: str, marks: Sequence[int] = (), ax: Axes | None = None
) -> Axes:
    """The exact interval of a variance as factors of its estimate, over the number of groups.

    Parameters
    ----------
    factors : DataFrame
        Index the number of groups; columns low, high.
    marks : sequence of int
        Numbers of groups whose factors are written down.

    >>> factors = pd.DataFrame({"low": [0.5, 0.8], "high": [3.0, 1.3]}, index=[10, 100])
    >>> factors_by_groups(factors, title="t", marks=[10]).texts[0].get_text()
    '×3.00'
    """
    ax = axes_or_new(ax)
    ax.fill_between(
        factors.index, factors["low"], factors["high"], color=ROLE["between"].colour, alpha=0.45
    )
    for column, side in (("high", "bottom"), ("low", "top")):
        ax.plot(factors.index, factors[column], **ROLE["truth"].line(linestyle="-"))
        for j in marks:
            value = factors.loc[j, column]
            ax.plot([j], [value], **ROLE["highlight"].points(markersize=6))
            shift = 1.07 if column == "high" else 0.93
            ax.text(j, value * shift, f"×{value:.2f}", ha="center", va=side, path_effects=HALO)
    ax.axhline(1, color=INK, linewidth=0.8)
    ticks = [5, 10, 20, 30, 50, 100, 200]
    ax.set(xscale="log", yscale="log", xlabel="groups J", ylabel="τ₀₀ over its estimate")
    ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    ax.set_yticks([0.3, 0.5, 1, 2, 4, 8], labels=["0.3", "0.5", "1", "2", "4", "8"])
    ax.minorticks_off()
    ax.set_title(title)
    return ax


@course_style()
def rates_by_method(
    rates: pd.DataFrame,
    *,
    title: str,
    ylabel: str = "false alarms (%)",
    nominal: float | None = 5.0,
    ax: Axes | None = None,
) -> Axes:
    """Percentages of several methods over the number of groups.

    Parameters
    ----------
    rates : DataFrame
        One row a method (up to seven), one column a number of groups, in percent.
    nominal : float, optional
        A line to compare with.

    >>> rates = pd.DataFrame({4: [13.5, 5.0], 10: [7.0, 5.0]}, index=["z", "t"])
    >>> len(rates_by_method(rates, title="t", nominal=None).lines)
    2
    """
    ax = axes_or_new(ax)
    places = np.arange(rates.shape[1])
    if nominal is not None:
        ax.axhline(nominal, color=INK, linewidth=1)
    for (name, row), (colour, marker, line) in zip(rates.iterrows(), RATES, strict=False):
        ax.plot(places, row, color=colour, marker=marker, linestyle=line, label=name)
    ax.set(
        xticks=places,
        xticklabels=[str(j) for j in rates.columns],
        ylim=(0, 1.08 * max(rates.to_numpy().max(), nominal or 0)),
        xlabel="groups J",
        ylabel=ylabel,
        title=title,
    )
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


@course_style()
def power_curves(
    curves: Mapping[str, pd.DataFrame],
    *,
    title: str,
    xlabel: str = "groups J",
    ticks: Sequence[int] = (4, 10, 20, 50, 100),
    ax: Axes | None = None,
) -> Axes:
    """Power by formula (lines) and in simulated studies (marks) of up to seven designs.

    Parameters
    ----------
    curves : dict of str to DataFrame
        Index what is varied; column formula, and simulated where there is one, as shares.

    >>> curve = pd.DataFrame({"formula": [0.2, 0.9], "simulated": [0.21, 0.9]}, index=[10, 50])
    >>> len(power_curves({"between": curve}, title="t").lines)
    3
    """
    ax = axes_or_new(ax)
    ax.axhline(80, color=INK, linewidth=0.8, linestyle=":")
    for (name, curve), (colour, marker, line) in zip(curves.items(), STYLES, strict=False):
        ax.plot(curve.index, 100 * curve["formula"], color=colour, linestyle=line, label=name)
        if "simulated" in curve:
            ax.plot(
                curve.index,
                100 * curve["simulated"],
                color=colour,
                marker=marker,
                linestyle="none",
                markersize=6,
            )
    ax.set(xscale="log", ylim=(0, 104), xlabel=xlabel, ylabel="power (%)", title=title)
    ax.set_xticks(list(ticks), labels=[str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


@course_style()
def choices_tried(results: pd.DataFrame, *, title: str, ax: Axes | None = None) -> Axes:
    """False alarms and missed coverage of several choices of analysis, as bars.

    Parameters
    ----------
    results : DataFrame
        One row a choice: ``false alarms`` and ``coverage``, in percent.

    >>> table = pd.DataFrame({"false alarms": [12.0], "coverage": [80.0]}, index=["raw, z"])
    >>> len(choices_tried(table, title="t").patches)
    2
    """
    ax = axes_or_new(ax)
    places = -np.arange(len(results), dtype=float)
    bars = (
        ("false alarms about the routine", results["false alarms"], 0.19, ROLE["naive"]),
        ("intervals of severity that miss", 100 - results["coverage"], -0.19, ROLE["within"]),
    )
    for name, values, shift, role in bars:
        ax.barh(places + shift, values, height=0.36, label=name, **role.bars())
        for place, value in zip(places, values, strict=True):
            end = max(value, 5.0) if value > 3 else value  # no number on the line at 5
            ax.text(end + 0.6, place + shift, f"{value:.0f}", va="center")
    ax.axvline(5, **ROLE["truth"].line())
    ax.set(
        yticks=places,
        yticklabels=list(results.index),
        xlim=(0, 1.12 * max(results["false alarms"].max(), (100 - results["coverage"]).max(), 10)),
        xlabel="percent of 1,000 studies (5 is promised)",
        title=title,
    )
    ax.legend(loc="lower right")
    return ax
