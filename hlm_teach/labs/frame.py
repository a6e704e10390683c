"""The frame of a lab: sliders beside a picture that follows them, and a line in words under it.

A lab is a small declarative file: its controls, and five short functions. This is a whole one::

    import numpy as np
    from hlm_teach.display.style import ROLE
    from hlm_teach.simulate.two_level import ...            # numbers come from the package, never from a lab
    from hlm_teach.labs.frame import Lab, Slider

    def mean_lab() -> Lab:
        '''What a mean of n pupils scatters by.'''
        return Lab(
            "How far a mean strays",
            controls=(
                Slider("sigma2", "variance within a school", "σ²", low=1.0, high=60.0, value=39.0,
                       step=0.5, format=".1f"),
                Slider("n", "pupils per school", "n", low=2, high=60, value=20, step=1),
            ),
            compute=compute, stage=stage, draw=draw, readout=readout, alt=alt, again="Draw again")

    def compute(values: dict) -> dict:    # pure: the same values give the same numbers
        rng = np.random.default_rng(values["seed"])      # common random numbers for all sliders
        noise = rng.standard_normal((30, 60))[:, :values["n"]]
        return {"means": ..., "variance": ...}

    def stage(ax) -> dict:                # once: limits, labels, what stands still
        ax.set(xlim=(0, 31), ylim=(-15, 15), xlabel="school", ylabel="mean")
        return {"means": ax.plot(np.arange(1, 31), np.zeros(30), **ROLE["group"].points())}

    def draw(artists: dict, result: dict) -> None:       # each move: only set data
        artists["means"][0].set_ydata(result["means"])

    def readout(result: dict) -> str:     # one line in words under the picture
        return f"The variance of a mean is {result['variance']:.2f}."

    def alt(result: dict) -> str:         # what is seen, for who doesn't see it
        return f"Thirty school means around zero, variance {result['variance']:.2f}."

In a notebook ``mean_lab()`` on the last line of a cell shows it; `widgets` makes that face, and
nothing else here knows what a notebook is. Anywhere else ``set`` or ``move`` a lab and take
``pixels()`` or ``picture_png()``, ``readout_text`` and ``alt_text``; ``describe()`` says which
controls to draw. `stage` gets one Axes, or an array
of them with ``panels=2``; it returns the moving artists in a dict (lists and containers too), and
nothing else is redrawn on a move. Where `draw` changes something that stands still (limits, ticks),
it returns True, which costs a full redraw. Titles that change are moving artists like others.
Tasks for the reader, which the lab recognises when they are met, are declared as in `targets`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from hlm_teach.display.show import Bundle, picture_bundle

from .faces import Shown, live_view
from .picture import Picture
from .targets import Target, Ticks


@dataclass(frozen=True)
class Recipe:
    """What a lab file declares, besides its controls: see `Lab`."""

    compute: Callable[[dict], dict]
    stage: Callable
    draw: Callable
    readout: Callable[[dict], str]
    alt: Callable[[dict], str]
    panels: int
    size: tuple[float, float]
    subplots: dict


class Lab(Shown):
    """Controls, a picture, and a readout line that move together.

    `state` holds the values, `result` what was computed from them; `readout_text` and `alt_text`
    say it in words, and `status` is the line to show: the readout, or why there is none. `ticks`
    knows which targets have been met: `ticks.news` is what this move has met, `ticks.text()` lists
    them all.

    Parameters
    ----------
    title : str
        What the lab is called, shown above it.
    controls : sequence of Slider, Switch or Menu
        What the reader can set.
    compute : dict of values -> dict
        Pure and deterministic. The values hold one entry per control, and ``"seed"``.
    stage : Axes (an array of them for several panels) -> dict of moving artists
    draw : (artists, result) -> None, or True where what stands still has changed too
    readout, alt : result -> str
        What the numbers mean now; what the picture shows now.
    again : str, optional
        Label of a button that draws new random numbers; without it there is no such button.
    targets : sequence of Target
        Tasks that are ticked off when met, and stay so.
    seed : int
        Seed of the random numbers until the reader draws again.
    panels, size, subplots
        Number of panels, inches (width, height), further keywords of ``Figure.subplots``.
    """

    def __init__(
        self,
        title: str,
        controls: Sequence,
        *,
        compute: Callable,
        stage: Callable,
        draw: Callable,
        readout: Callable,
        alt: Callable,
        again: str = "",
        targets: Sequence[Target] = (),
        seed: int = 20240901,
        panels: int = 1,
        size: tuple[float, float] = (6.4, 4),
        **subplots,
    ):
        super().__init__()
        self.title, self.controls = title, {control.name: control for control in controls}
        self.recipe = Recipe(compute, stage, draw, readout, alt, panels, size, subplots)
        self.again, self._seed = again, seed
        self.ticks = Ticks(targets)
        self.state = self._start()
        self.result: dict = {}
        self.readout_text = self.alt_text = self.status = ""
        self.error: Exception | None = None
        self._picture: Picture | None = None
        self.refresh()

    def __repr__(self) -> str:
        return f"Lab: {self.title} | {self.readout_text}\n{self.ticks.text()}".strip()

    def _repr_mimebundle_(self, include=None, exclude=None):
        static = self._static()
        data = live_view(self) | static.data | {"text/plain": repr(self)}
        return data, static.metadata

    def set(self, **values) -> "Lab":
        """Set controls by name, as the reader would, and redraw; errors are raised.

        ``seed`` can be set too.
        """
        unknown = [name for name in values if name not in self.state]
        if unknown:
            raise ValueError(f"{unknown[0]}: no such control; there are {', '.join(self.state)}")
        self.state |= {
            name: self.controls[name].clean(value) if name != "seed" else int(value)
            for name, value in values.items()
        }
        self.refresh()
        return self

    def move(self, **values) -> "Lab":
        """Like `set`, but for a reader: what goes wrong is said in `status` and not raised."""
        return self.attempt(lambda: self.set(**values))

    def reset(self) -> "Lab":
        """Back to the starting values."""
        self.state = self._start()
        self.refresh()
        return self

    def draw_again(self) -> "Lab":
        """The same settings with new random numbers."""
        self.state["seed"] += 1
        self.refresh()
        return self

    def attempt(self, action: Callable[[], object]) -> "Lab":
        """Do what a reader asks for; an error is kept, and said where the readout stands."""
        try:
            action()
        except Exception as error:
            self.error, self.status = error, f"These settings can't be shown: {error}"
            self._tell()
        return self

    def refresh(self) -> None:
        """Compute, draw and say what the state means."""
        recipe = self.recipe
        self.result = recipe.compute(dict(self.state))
        self._picture = self._picture or self._new_picture()
        self._picture.redraw(recipe.draw, self.result)
        self.readout_text, self.alt_text = recipe.readout(self.result), recipe.alt(self.result)
        self.error, self.status = None, self.readout_text
        self.ticks.look(self.result | self.state)
        self._tell()

    @property
    def picture(self) -> Picture:
        """The figure as it stands; drawn afresh where it was let go of."""
        if self._picture is None:
            self._picture = self._new_picture()
            self._picture.redraw(self.recipe.draw, self.result)
        return self._picture

    def pixels(self) -> np.ndarray:
        """The picture as height × width × 4 bytes (RGBA)."""
        return self.picture.pixels()

    def picture_png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        return self.picture.png()

    def describe(self) -> dict:
        """What a page needs to draw the controls itself, as plain data ready for JSON."""
        width, height = self.picture.shown_size
        return {
            "title": self.title,
            "controls": [control.describe() for control in self.controls.values()],
            "again": self.again,
            "tasks": [target.task for target in self.ticks.targets],
            "width": width,
            "height": height,
        }

    def settings(self) -> str:
        """The settings in words."""
        return "; ".join(control.say(self.state[name]) for name, control in self.controls.items())

    def release(self) -> None:
        """Close all faces and free the figure; a lab that is used again draws a new one."""
        super().release()
        self._picture = None

    def _new_picture(self) -> Picture:
        recipe = self.recipe
        return Picture(recipe.stage, panels=recipe.panels, size=recipe.size, **recipe.subplots)

    def _start(self) -> dict:
        values = {name: control.clean(control.value) for name, control in self.controls.items()}
        return values | {"seed": self._seed}

    def _static(self) -> Bundle:
        """What a reader without a kernel sees: picture, readout, settings."""
        below = (
            f"<p>{escape(self.readout_text)}</p>{self.ticks.html()}<p><small>Here: {escape(self.settings())}. "
            "Run the cell to move the controls.</small></p>"
        )
        width, _ = self.picture.shown_size
        return picture_bundle(self.picture_png(), self.alt_text, width=width, below=below)
