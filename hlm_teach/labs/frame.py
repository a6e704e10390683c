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

In a notebook ``mean_lab()`` on the last line of a cell shows it. `stage` gets one Axes, or an array
of them with ``panels=2``; it returns the moving artists in a dict (lists and containers too), and
nothing else is redrawn on a move. Where `draw` changes something that stands still (limits, ticks),
it returns True, which costs a full redraw. Titles that change are moving artists like others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets as widgets

from hlm_teach.display.show import picture_bundle

from .picture import Picture

_CSS = """<style>
.hlm-lab .widget-inline-hbox { height: auto; width: 100%; align-items: center; }
.hlm-lab .widget-text > .widget-label { width: auto; flex: 1 1 8em; min-width: 0;
  margin: 0 .5em 0 0; text-align: left; white-space: normal; height: auto;
  line-height: 1.25; overflow: visible; }
.hlm-lab .widget-text > input { flex: 0 0 5.2em; width: 5.2em; min-width: 0; }
.hlm-lab .widget-dropdown { flex-wrap: wrap; }
.hlm-lab .widget-dropdown > .widget-label { width: auto; text-align: left; white-space: normal;
  height: auto; line-height: 1.25; flex: 1 1 100%; }
.hlm-lab .widget-checkbox label { white-space: normal; line-height: 1.25; }
.hlm-lab .widget-slider { height: 28px; overflow: visible; }
.hlm-lab .widget-slider .slider-container { margin: 0 8px; }
.hlm-lab .widget-html { width: 100%; margin: 0; min-width: 0; }
.hlm-lab .widget-html-content { line-height: 1.4; width: 100%; }
.hlm-lab { container-type: inline-size; }
@container (max-width: 675px) {     /* the picture stands below: controls may stand side by side */
  .hlm-controls { display: grid !important; max-width: none !important; margin: 0 !important;
    grid-template-columns: repeat(auto-fit, minmax(185px, 1fr)); column-gap: 16px; }
}
.hlm-lab p { margin: .3em 0; }
.hlm-lab img { outline-offset: 2px; }
.hlm-lab .noUi-handle:focus-visible { outline: 3px solid #D55E00; outline-offset: 1px; }
</style>"""


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


class Lab:
    """Controls, a picture, and a readout line that move together.

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
        seed: int = 20240901,
        panels: int = 1,
        size: tuple[float, float] = (6.4, 4),
        **subplots,
    ):
        self.title, self.controls = title, {control.name: control for control in controls}
        self.recipe = Recipe(compute, stage, draw, readout, alt, panels, size, subplots)
        self._seed = seed
        self.state = self._start()
        self.result: dict = {}
        self.readout_text = self.alt_text = ""
        self.error: Exception | None = None
        self.picture = Picture(stage, panels=panels, size=size, **subplots)
        self._parts = {name: control.widget(self._moved) for name, control in self.controls.items()}
        self._line = widgets.HTML()
        self.widget = self._assemble(again)
        self.refresh()

    def __repr__(self) -> str:
        return f"Lab: {self.title} | {self.readout_text}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        static = self._static()
        data = self.widget._repr_mimebundle_() | static.data | {"text/plain": repr(self)}
        return data, static.metadata

    def set(self, **values) -> "Lab":
        """Set controls by name, as the reader would, and redraw; errors are raised.

        ``seed`` can be set too.
        """
        unknown = [name for name in values if name not in self.state]
        if unknown:
            raise ValueError(f"{unknown[0]}: no such control; there are {', '.join(self.state)}")
        clean = {
            name: self.controls[name].clean(value) if name != "seed" else int(value)
            for name, value in values.items()
        }
        self._put(clean)
        self.refresh()
        return self

    def reset(self) -> "Lab":
        """Back to the starting values."""
        self._put(self._start())
        self.refresh()
        return self

    def draw_again(self) -> "Lab":
        """The same settings with new random numbers."""
        self.state["seed"] += 1
        self.refresh()
        return self

    def refresh(self) -> None:
        """Compute, draw and say what the state means."""
        recipe = self.recipe
        self.result = recipe.compute(dict(self.state))
        self.picture.redraw(recipe.draw, self.result)
        self.readout_text, self.alt_text = recipe.readout(self.result), recipe.alt(self.result)
        self.error = None
        self.picture.widget.tooltip = self.alt_text
        self._say(self.readout_text)

    def describe(self) -> str:
        """The settings in words."""
        return "; ".join(control.say(self.state[name]) for name, control in self.controls.items())

    def _start(self) -> dict:
        values = {name: control.clean(control.value) for name, control in self.controls.items()}
        return values | {"seed": self._seed}

    def _put(self, values: dict) -> None:
        self.state |= values
        for name in values.keys() & self._parts.keys():
            self._parts[name].put(values[name])

    def _moved(self, name: str, value) -> None:
        self.state[name] = value
        self._guarded(self.refresh)

    def _guarded(self, action: Callable) -> None:
        """Run what a reader's move asks for; an error is said in the readout and kept."""
        try:
            action()
        except Exception as error:
            self.error = error
            self._say(f"These settings can't be shown: {error}")

    def _say(self, words: str) -> None:
        self._line.value = f'<p role="status" aria-live="polite">{escape(words)}</p>'

    def _button(self, words: str, action: Callable, tooltip: str) -> widgets.Button:
        button = widgets.Button(
            description=words, tooltip=tooltip, layout=widgets.Layout(width="auto", flex="0 1 auto")
        )
        button.on_click(lambda _: self._guarded(action))
        return button

    def _assemble(self, again: str) -> widgets.Box:
        buttons = [self._button("Reset", self.reset, "Back to the starting values")]
        if again:
            buttons.append(self._button(again, self.draw_again, "New random numbers"))
        row = widgets.HBox(buttons, layout=widgets.Layout(flex_flow="row wrap"))
        left = widgets.VBox(
            [*(part.view for part in self._parts.values()), row],
            layout=widgets.Layout(
                flex="1 1 220px", max_width="360px", min_width="0", margin="0 16px 0 0"
            ),
        )
        left.add_class("hlm-controls")
        right = widgets.VBox(
            [self.picture.widget, self._line],
            layout=widgets.Layout(
                flex="50 1 440px", max_width=self.picture.widget.width + "px", min_width="0"
            ),
        )
        body = widgets.Box(
            [left, right], layout=widgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        )
        head = widgets.HTML(f"{_CSS}<strong>{escape(self.title)}</strong>")
        whole = widgets.VBox([head, body], layout=widgets.Layout(width="100%"))
        whole.add_class("hlm-lab")
        return whole

    def _static(self):
        """What a reader without a kernel sees: picture, readout, settings."""
        below = (
            f"<p>{escape(self.readout_text)}</p><p><small>Here: {escape(self.describe())}. "
            "Run the cell to move the controls.</small></p>"
        )
        return picture_bundle(
            self.picture.encode("png"),
            self.alt_text,
            width=int(self.picture.widget.width),
            below=below,
        )
