"""Show figures, computed sentences and numbers so that every reader gets them.

What is displayed here carries words beside the picture: alternative text that screen readers
speak in JupyterLab and in exported pages, and that stands in where pictures don't show.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from numbers import Real
from typing import TYPE_CHECKING

from hlm_teach._shared import guard
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded

if TYPE_CHECKING:
    from PIL import Image

_receive: Callable[[object], object] | None = None


def display(thing: object) -> None:
    """Display `thing` in the notebook that runs us; where there is none, print its text.

    Everything the course displays passes here.
    """
    if _receive is not None:
        _receive(thing)
    elif sys.modules.get("IPython"):
        from IPython.display import display as in_notebook

        in_notebook(thing)
    else:
        print(thing)


@contextmanager
def displaying_to(receive: Callable[[object], object]) -> Iterator[None]:
    """Hand what is displayed meanwhile to `receive`, for places that are no notebook.

    >>> seen = []
    >>> with displaying_to(seen.append):
    ...     say("The mean is **12.6**.")
    >>> seen[0].data["text/markdown"]
    'The mean is **12.6**.'
    """
    global _receive
    before, _receive = _receive, receive
    try:
        yield
    finally:
        _receive = before


class Bundle:
    """Something to display: its MIME bundle, its metadata, and a stable `repr`."""

    def __init__(self, data: dict, metadata: dict | None = None):
        self.data, self.metadata = data, metadata or {}

    def __repr__(self) -> str:
        return self.data["text/plain"]

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.data, self.metadata


def show(figure, alt: str) -> None:
    """Display a matplotlib figure with alternative text, then close it.

    Parameters
    ----------
    figure : Figure or Axes
        What to show; of an Axes, the figure it belongs to.
    alt : str
        What is seen, in a sentence or two, for readers who don't see the picture.

    Raises
    ------
    TypeError
        If `figure` is neither a Figure nor an Axes.
    ValueError
        If `alt` is empty.

    >>> from hlm_teach.display.style import figure
    >>> fig, ax = figure()
    >>> show(fig, "An empty plot.")
    Figure: An empty plot.
    """
    words = _words("alt", alt)
    drawn = _figure_of(figure)
    display(picture_bundle(_png(drawn), words, width=_css_width(drawn)))
    _close(drawn)


def picture_bundle(png: bytes, alt: str, *, width: int, below: str = "") -> Bundle:
    """A PNG picture with its words, as text and as HTML (`below` is added there).

    The picture is stored once, inside the HTML: JupyterLab shows HTML before ``image/png``, and
    gives a bare ``image/png`` no alternative text at all.
    """
    code = b64encode(png).decode("ascii")
    html = (
        f'<img alt="{escape(alt)}" width="{width}" style="max-width: 100%; height: auto" '
        f'src="data:image/png;base64,{code}">{below}'
    )
    return Bundle({"text/plain": f"Figure: {alt}", "text/html": html})


def palette_png(picture: Image.Image) -> bytes:
    """A Pillow image as a PNG of 256 colours at the most, about a third of the size.

    Up to 256 colours, which most figures have, no pixel changes; beyond, rare tints that
    smooth an edge move to a near one. Nothing is dithered.

    >>> from PIL import Image
    >>> palette_png(Image.new("RGB", (3, 2), "#0072B2"))[25]  # the PNG's colour type: a palette
    3
    """
    buffer = BytesIO()
    _few_colours(picture.convert("RGB")).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _few_colours(picture: Image.Image) -> Image.Image:
    import numpy as np  # late, as Pillow: who displays words only needs no pictures
    from PIL import Image, ImageColor
    from PIL.Image import Dither, Quantize

    from hlm_teach.display.style import ROLE

    # Small marks of two roles would be given one tint between them: a role keeps its colour.
    kept = [] if picture.getcolors(256) else [role.colour for role in ROLE.values()]
    free = 256 - len(kept)
    # By median cut, then k-means: median cut alone may shift a colour that fills a line.
    few = picture.quantize(free, method=Quantize.MEDIANCUT, kmeans=1, dither=Dither.NONE)
    if not kept:
        return few
    colours = [ImageColor.getrgb(colour)[:3] for colour in kept]
    places, (red, green, blue) = np.array(few), np.moveaxis(np.asarray(picture), 2, 0)
    for place, (r, g, b) in enumerate(colours, start=free):
        places[(red == r) & (green == g) & (blue == b)] = place
    whole = Image.fromarray(places)
    whole.putpalette((few.getpalette() or [])[: 3 * free] + [*sum(colours, ())])
    return whole


def say(markdown: str) -> None:
    """Display computed prose, written in Markdown.

    >>> say(f"The mean is **{12.6365:.1f}**.")
    The mean is **12.6**.
    """
    words = _words("markdown", markdown)
    display(Bundle({"text/plain": words, "text/markdown": words}))


@guarded(label=guard.text(2000), digits=guard.whole(low=0, high=15))
def show_number(label: str, value: float, digits: int = 2) -> None:
    """Display one number with its name, rounded to `digits` decimals.

    >>> show_number("variance of the school means", 0.8536)
    variance of the school means: 0.85
    """
    words = _words("label", label)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"value={shortened(value)}: show_number wants one number")
    number = f"{value + 0.0:,.{digits}f}"
    if float(number.replace(",", "")) == 0:
        number = number.lstrip("-")
    display(Bundle({"text/plain": f"{words}: {number}", "text/markdown": f"{words}: **{number}**"}))


def _words(argument: str, text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{argument}={text!r}: it wants a text that is not empty")
    return text.strip()


def _figure_of(figure):
    from matplotlib.figure import Figure  # late: feedback and graders display words only

    found = figure if isinstance(figure, Figure) else getattr(figure, "figure", None)
    if not isinstance(found, Figure):
        raise TypeError(f"figure={figure!r}: show wants a matplotlib Figure or Axes")
    return found


def _png(figure) -> bytes:
    from PIL import Image

    from .style import course_style

    kept = _receive is None  # in a notebook, where pictures should be small
    buffer = BytesIO()
    with course_style():
        figure.savefig(buffer, format="png", pil_kwargs={"compress_level": 0 if kept else 1})
    return palette_png(Image.open(buffer)) if kept else buffer.getvalue()


def _css_width(figure) -> int:
    return round(figure.get_size_inches()[0] * 100)


def _close(figure) -> None:
    """Forget a figure that pyplot holds, or a notebook would show it a second time."""
    if getattr(figure.canvas, "manager", None) is not None:
        from matplotlib import pyplot

        pyplot.close(figure)
