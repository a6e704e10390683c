"""The course's visual language: one style sheet and one table of roles.

A colour means the same in every chapter, static figure or lab, and never stands alone: every
role has a second cue (marker, line style or hatch), so that nothing rests on colour vision.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

INK = "#222222"  # words, frames, and lines that play no role
HALO = [withStroke(linewidth=3, foreground="white")]  # path_effects of words over data


@dataclass(frozen=True)
class Role:
    """How one kind of thing is drawn: a colour and a second cue.

    `line()`, `points()` and `bars()` give keyword arguments for ``ax.plot``, ``ax.plot`` with
    markers only, and ``ax.bar``; further keywords are added, and win.

    >>> ROLE["naive"].line(label="OLS")["linestyle"]
    '--'
    """

    colour: str
    marker: str = "o"
    markersize: float = 5.0
    linestyle: str | tuple = "-"
    linewidth: float = 2.0
    hatch: str = ""

    def line(self, **more) -> dict:
        """Keywords for a line."""
        return {
            "color": self.colour,
            "linestyle": self.linestyle,
            "linewidth": self.linewidth,
        } | more

    def points(self, **more) -> dict:
        """Keywords for ``ax.plot`` that draws points and no line."""
        return {
            "color": self.colour,
            "marker": self.marker,
            "markersize": self.markersize,
            "linestyle": "none",
            "markeredgewidth": 0,
        } | more

    def bars(self, **more) -> dict:
        """Keywords for bars and filled areas."""
        return {
            "facecolor": self.colour,
            "edgecolor": "white",
            "linewidth": 0.8,
            "hatch": self.hatch,
        } | more


ROLE: Mapping[str, Role] = MappingProxyType(
    {
        "group": Role("#8DA9C4", markersize=3, linewidth=0.8),
        "highlight": Role("#D55E00", markersize=7),
        "multilevel": Role("#0072B2", marker="D"),
        "naive": Role("#E69F00", marker="s", linestyle="--", hatch="///"),
        "no_pooling": Role("#009E73", marker="^", linestyle=":"),
        "truth": Role("#000000", marker="x", linestyle="-.", linewidth=1.5),
        "between": Role("#CC79A7", hatch="..."),
        "within": Role("#56B4E9", marker="s", hatch="\\\\\\"),
    }
)


@cache
def _style() -> dict:
    sheet = files("hlm_teach.display") / "course.mplstyle"
    return dict(matplotlib.rc_params_from_file(str(sheet), use_default_template=False))


@contextmanager
def course_style() -> Iterator[None]:
    """Context manager, and decorator, in which matplotlib draws in the course's style.

    The settings of the session are untouched outside it.

    >>> with course_style():
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    """
    with matplotlib.rc_context(rc=_style()):
        yield


def figure(
    n_panels: int = 1,
    width: float = 7,
    height: float = 4,
    *,
    stacked: bool = False,
    layout: Literal["constrained", "compressed", "tight"] | None = "constrained",
    **subplots,
) -> tuple[Figure, Any]:
    """Make a figure in the course style, and its Axes (an array of them for several panels).

    `width` and `height` are inches. Panels stand side by side, or `stacked` one above the other;
    further keywords go to ``Figure.subplots`` (``sharey=True``, ``width_ratios=(3, 1)``). No
    pyplot state is made, so nothing shows until `hlm_teach.show` displays it.

    Raises
    ------
    ValueError
        If `n_panels` is less than one.

    >>> fig, ax = figure()
    >>> [float(inches) for inches in fig.get_size_inches()]
    [7.0, 4.0]
    """
    if n_panels < 1:
        raise ValueError(f"n_panels={n_panels!r}: a figure needs one panel or more")
    with course_style():
        fig = Figure(figsize=(width, height), layout=layout)
        FigureCanvasAgg(fig)
        axes = fig.subplots(*((n_panels, 1) if stacked else (1, n_panels)), **subplots)
    return fig, axes


def axes_or_new(ax: Axes | None) -> Axes:
    """`ax` itself, or the Axes of a new figure: the first line of every plot function."""
    return figure()[1] if ax is None else ax


def words_at_end(ax: Axes, x: float, y: float, words: str, *, zorder: float = 3.0) -> None:
    """Words at the right end of a line, which take the place of a legend."""
    ax.annotate(
        words,
        (x, y),
        (6, 0),
        textcoords="offset points",
        va="center",
        color=INK,
        path_effects=HALO,
        zorder=zorder,
    )
