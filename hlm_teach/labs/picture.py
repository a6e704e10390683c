"""The picture of a lab: one figure kept alive, of which each move redraws only what moves.

Axes, ticks and labels are drawn once and kept as pixels; a move restores them and draws the
moving artists on top (blitting). That takes a few milliseconds where a full redraw takes a
hundred. Whoever shows the lab takes the pixels as they are, or encoded.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from PIL import Image as Pillow

from hlm_teach.display.show import palette_png
from hlm_teach.display.style import course_style, figure

DPI = 128  # pixels per inch; shown at 100, so that zooming stays sharp
SHOWN_AT = 100


class Picture:
    """A persistent figure, its static background and its moving artists."""

    def __init__(self, stage: Callable, *, panels: int, size: tuple[float, float], **subplots):
        self.figure, self.axes = figure(panels, *size, layout="constrained", **subplots)
        self.canvas: Any = self.figure.canvas  # of Agg: see display.style.figure
        self.figure.set_dpi(DPI)
        self.shown_size = tuple(round(inches * SHOWN_AT) for inches in size)
        with course_style():
            self.artists = stage(self.axes)
            self._moving = sorted(_artists_in(self.artists), key=lambda artist: artist.zorder)
            # What the layout engine does when a figure is drawn, without drawing it once for that.
            layout: Any = self.figure.get_layout_engine()
            layout.execute(self.figure)
        self.figure.set_layout_engine("none")
        for artist in self._moving:
            artist.set_animated(True)
        self._background = None

    @course_style()
    def redraw(self, draw: Callable, result: dict) -> None:
        """Move the artists to `result`."""
        stale = draw(self.artists, result)
        canvas = self.canvas
        if stale or self._background is None:
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
        canvas.restore_region(self._background)
        for artist in self._moving:
            artist.draw(canvas.get_renderer())

    def pixels(self) -> np.ndarray:
        """The picture as it stands: height × width × 4 bytes (red, green, blue, opacity)."""
        return np.array(self.canvas.buffer_rgba())

    def jpeg(self) -> bytes:
        """The picture for a live page, where speed counts."""
        buffer = BytesIO()
        self._view().save(buffer, "jpeg", quality=90, subsampling="4:2:0")
        return buffer.getvalue()

    def png(self) -> bytes:
        """The picture for what is stored."""
        return palette_png(self._view())

    def _view(self) -> Pillow.Image:
        """The canvas's own memory, not copied."""
        size = self.canvas.get_width_height(physical=True)
        return Pillow.frombuffer("RGBX", size, self.canvas.buffer_rgba(), "raw", "RGBX", 0, 1)


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
