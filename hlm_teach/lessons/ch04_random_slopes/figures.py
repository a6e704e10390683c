"""Figures of chapter 04: lines of groups, where they lie apart, shrunken slopes, the line-up."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from scipy import stats

from hlm_teach._shared.checks import check_columns
from hlm_teach.display.style import HALO, INK, ROLE, axes_or_new, course_style
from hlm_teach.measures.lineup import LineUp

from .looks import at_end, room_at_right


@course_style()
def own_lines(
    lines: pd.DataFrame,
    x_range: tuple[float, float],
    *,
    points: pd.DataFrame,
    mean_line: tuple[float, float],
    labels: tuple[str, str],
    title: str,
    outcome: str = "y",
    x: str = "x",
    groups: str = "group",
    ax: Axes | None = None,
) -> Axes:
    """Every group's own line; those of highest and lowest slope with their data; the mean line.

    Parameters
    ----------
    lines : DataFrame
        As `group_lines` returns them.
    points : DataFrame
        The data, with the columns named by `groups`, `x` and `outcome`.
    mean_line : (float, float)
        Intercept and slope.
    labels : (str, str)
        Of the axes.

    Raises
    ------
    ValueError
        If `points` lacks one of its columns.

    >>> lines = pd.DataFrame({"intercept": [0, 1.0], "slope": [1.0, 3.0]}, index=["a", "b"])
    >>> points = pd.DataFrame({"group": ["a", "b"], "x": [0, 1.0], "y": [0, 4.0]})
    >>> len(own_lines(lines, (0, 1), points=points, mean_line=(0.5, 2), labels=("x", "y"),
    ...               title="Two lines").lines)
    5
    """
    ax = axes_or_new(ax)
    check_columns(points, (groups, x, outcome), "points")
    ends = np.array(x_range, dtype=float)
    ax.add_collection(_line_collection(lines, ends))
    role = ROLE["highlight"]
    for name, words, dash, fill in (
        (lines["slope"].idxmax(), "steepest", "-", role.colour),
        (lines["slope"].idxmin(), "lowest", (0, (5, 2)), "white"),
    ):
        own, seen = lines.loc[name], points[points[groups] == name]
        ax.plot(
            seen[x],
            seen[outcome],
            **role.points(
                markersize=5, markerfacecolor=fill, markeredgecolor=role.colour, markeredgewidth=1
            ),
        )
        ax.plot(ends, own["intercept"] + own["slope"] * ends, **role.line(linestyle=dash))
        at_end(
            ax, ends[1], own["intercept"] + own["slope"] * ends[1], f"{words}: {own['slope']:.1f}"
        )
    ax.plot(
        ends,
        mean_line[0] + mean_line[1] * ends,
        **ROLE["multilevel"].line(linewidth=3, path_effects=HALO),
    )
    at_end(ax, ends[1], mean_line[0] + mean_line[1] * ends[1], f"mean: {mean_line[1]:.1f}")
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    room_at_right(ax, ends, 0.2)
    return ax


@course_style()
def slope_distribution(
    gamma10: float,
    tau11: float,
    predicted: Sequence[float],
    *,
    unit: str,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """The normal curve of the groups' true slopes, its middle 95 % filled; predictions below.

    >>> slope_distribution(10.0, 36.0, [5, 15], unit="ms", title="Slopes").get_xlabel()
    'slope (ms)'
    """
    ax = axes_or_new(ax)
    sd, z = np.sqrt(tau11), stats.norm.ppf(0.975)
    at = np.linspace(gamma10 - 3.4 * sd, gamma10 + 3.4 * sd, 300)
    height = stats.norm.pdf(at, gamma10, sd)
    ax.plot(at, height, color=INK)
    ax.fill_between(
        at, height, where=np.abs(at - gamma10) <= z * sd, **ROLE["between"].bars(alpha=0.7)
    )
    ax.plot(
        predicted,
        np.full(len(predicted), -0.06 * height.max()),
        clip_on=False,
        **ROLE["multilevel"].points(markersize=4.5),
    )
    ax.text(at[0], -0.06 * height.max(), "BLUPs", va="center", ha="left")
    for place in (gamma10 - z * sd, gamma10 + z * sd):
        ax.plot([place, place], [0, 0.24 * height.max()], color=INK, linewidth=1)
        ax.text(place, 0.27 * height.max(), f"{place:.1f}", ha="center", path_effects=HALO)
    ax.text(
        gamma10,
        0.4 * height.max(),
        f"95 % of true slopes\nmean {gamma10:.1f}",
        ha="center",
        path_effects=HALO,
    )
    ax.axvline(0, color="0.4", linewidth=1, linestyle=":")
    ax.set(
        yticks=[],
        ylim=(-0.13 * height.max(), 1.08 * height.max()),
        xlabel=f"slope ({unit})",
        title=title,
    )
    ax.spines["left"].set_visible(False)
    return ax


@course_style()
def shrunken_lines(
    own: pd.DataFrame,
    shrunk: pd.DataFrame,
    centre: tuple[float, float],
    *,
    labels: tuple[str, str],
    title: str,
    name: Sequence = (),
    ax: Axes | None = None,
) -> Axes:
    """From each group's own (intercept, slope) to its BLUP, an arrow; the mean line as a cross.

    Both frames have the columns ``intercept`` and ``slope`` and the groups as index; groups in
    `name` are labelled.

    >>> own = pd.DataFrame({"intercept": [0.0], "slope": [2.0]}, index=["a"])
    >>> len(shrunken_lines(own, own / 2, (0, 1), labels=("b0", "b1"), title="t").lines)
    4
    """
    ax = axes_or_new(ax)
    shrunk = shrunk.loc[own.index]
    for start, end in zip(
        own[["intercept", "slope"]].to_numpy(),
        shrunk[["intercept", "slope"]].to_numpy(),
        strict=True,
    ):
        ax.annotate(
            "", end, start, arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.8}
        )
    ax.plot(
        own["intercept"],
        own["slope"],
        label="own line (no pooling)",
        **ROLE["no_pooling"].points(markersize=6),
    )
    ax.plot(
        shrunk["intercept"],
        shrunk["slope"],
        label="BLUP (multilevel)",
        **ROLE["multilevel"].points(markersize=5),
    )
    ax.plot(*centre, label="mean line", **ROLE["truth"].points(markersize=10, markeredgewidth=2.5))
    for group in name:
        ax.annotate(
            str(group), own.loc[group, ["intercept", "slope"]], (6, 4), textcoords="offset points"
        )
    ax.axhline(0, color="0.7", linewidth=0.8)
    low, high = ax.get_ylim()
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title, ylim=(low - 0.12 * (high - low), high))
    ax.legend(loc="lower left")
    return ax


@course_style()
def line_up_panels(
    panels: LineUp,
    *,
    title: str,
    reveal: bool = False,
    centred: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """All panels of a line-up, numbered, side by side in one Axes, five in a row.

    With `centred` every line is drawn through its panel's middle, so that only slopes differ.
    With `reveal` the real panel is framed.

    >>> from hlm_teach.measures.lineup import LineUp
    >>> lines = pd.DataFrame({"intercept": [0.0, 1], "slope": [1.0, 2]})
    >>> ax = line_up_panels(LineUp((lines, lines), 1, (0.0, 1.0)), title="Which one?")
    >>> [text.get_text() for text in ax.texts]
    ['1', '2']
    """
    ax = axes_or_new(ax)
    ends = np.array(panels.x_range)
    drawn = [_heights(lines, ends, centred) for lines in panels.lines]
    low, high = min(y.min() for y in drawn), max(y.max() for y in drawn)
    columns = 5
    for place, heights in enumerate(drawn):
        left, top = place % columns * 1.08, -(place // columns) * 1.16
        unit = top - 1 + (heights - low) / (high - low)
        across = np.broadcast_to([left, left + 1], unit.shape)
        ax.add_collection(
            LineCollection(
                list(np.stack([across, unit], axis=-1)),
                linewidths=0.5,
                colors="#4a6d92",
                alpha=min(1.0, 30 / len(unit)),
            )
        )
        real = reveal and place + 1 == panels.real
        ax.plot(
            left + np.array([0, 1, 1, 0, 0]),
            top - np.array([0, 0, 1, 1, 0]),
            color=ROLE["highlight"].colour if real else "0.75",
            linewidth=3 if real else 0.6,
        )
        ax.text(left + 0.04, top - 0.04, str(place + 1), va="top", weight="bold", path_effects=HALO)
    ax.autoscale_view()
    ax.set_axis_off()
    ax.set_title(title)
    return ax


def _heights(lines: pd.DataFrame, ends: np.ndarray, centred: bool) -> np.ndarray:
    """Heights of the lines at both ends, shape (J, 2)."""
    known = lines.dropna(subset="slope")
    slope = known["slope"].to_numpy()[:, None]
    if centred:
        return slope * (ends - ends.mean())
    return known["intercept"].to_numpy()[:, None] + slope * ends


def _line_collection(lines: pd.DataFrame, ends: np.ndarray) -> LineCollection:
    heights = _heights(lines, ends, centred=False)
    across = np.broadcast_to(ends, heights.shape)
    return LineCollection(
        list(np.stack([across, heights], axis=-1)), linewidths=0.8, colors=ROLE["group"].colour
    )
