"""The picture of a lab: one figure kept alive, of which each move redraws only what moves.

Axes, ticks and labels are drawn once and kept as pixels; a move restores them, draws the moving
artists on top (blitting) and encodes the result. That takes a few milliseconds where a full
redraw takes a hundred.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

import ipywidgets as widgets
import traitlets
from matplotlib.artist import Artist
from PIL import Image as Pillow

from hlm_teach.display.style import course_style, figure

DPI = 128  # pixels per inch; shown at 100, so that zooming stays sharp
SHOWN_AT = 100


class NamedImage(widgets.Image):
    """An image whose `tooltip` is its accessible name and changes with the state.

    The page's view asks for a description too before it shows the tooltip: it stays empty.
    """

    description = traitlets.Unicode("").tag(sync=True)


class Picture:
    """A persistent figure, its static background, its moving artists and its widget."""

    def __init__(self, stage: Callable, *, panels: int, size: tuple[float, float], **subplots):
        self.figure, self.axes = figure(panels, *size, layout="constrained", **subplots)
        self.figure.set_dpi(DPI)
        with course_style():
            self.artists = stage(self.axes)
            self._moving = sorted(_artists_in(self.artists), key=lambda artist: artist.zorder)
            self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")
        for artist in self._moving:
            artist.set_animated(True)
        self._background = None
        width, height = (round(inches * SHOWN_AT) for inches in size)
        self.widget = NamedImage(
            format="jpeg",
            width=width,
            height=height,
            layout=widgets.Layout(
                max_width="100%", width="auto", height="auto", align_self="flex-start", margin="0"
            ),
        )

    @course_style()
    def redraw(self, draw: Callable, result: dict) -> None:
        """Move the artists to `result` and hand the new picture to the page."""
        stale = draw(self.artists, result)
        canvas: Any = self.figure.canvas  # of Agg: see display.style.figure
        if stale or self._background is None:
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
        canvas.restore_region(self._background)
        for artist in self._moving:
            artist.draw(canvas.get_renderer())
        self.widget.value = self.encode("jpeg", quality=90, subsampling="4:2:0")

    def encode(self, kind: str, **options) -> bytes:
        """The picture as it stands: JPEG for the live page (fast), PNG for what is stored."""
        canvas: Any = self.figure.canvas  # of Agg: see display.style.figure
        pixels = Pillow.frombuffer(
            "RGBX",
            canvas.get_width_height(physical=True),
            canvas.buffer_rgba(),
            "raw",
            "RGBX",
            0,
            1,
        )
        if kind == "png":
            pixels = pixels.convert("RGB")
        buffer = BytesIO()
        pixels.save(buffer, kind, **options)
        return buffer.getvalue()


def _artists_in(found) -> Iterable[Artist]:
    """All artists in a dict, list or container of artists, however nested."""
    if isinstance(found, Artist):
        yield found
    elif isinstance(found, Mapping):
        for part in found.values():
            yield from _artists_in(part)
    elif isinstance(found, Iterable) and not isinstance(found, str):
        for part in found:
            yield from _artists_in(part)
