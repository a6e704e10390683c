"""The faces that labs and predictions wear in a notebook.

This module and `control_widgets` are the only ones that know ipywidgets and IPython; they are
loaded when something is displayed in a notebook, never before. A face follows its lab: the reader
moves a widget, the face moves the lab, the lab draws and tells its faces. Whatever else would
show labs (a page of a book, a grader) stands beside this module and uses the same `Lab`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch
from html import escape

import ipywidgets
import traitlets
from IPython.core.getipython import get_ipython
from ipywidgets import HTML, Box, Button, HBox, Layout, VBox, Widget

from .control_widgets import part_of
from .frame import Lab
from .predict import Answer, Prediction

CSS = """<style>
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

# What each cell shows: the run that showed it, and the labs, predictions and answers.
_shown: dict[str, tuple[str, list]] = {}


def view(thing) -> dict:
    """MIME bundle of the live face of a lab, a prediction or an answer; one face for each."""
    faces = [face for face in thing.faces if isinstance(face, Face)]
    face = faces[0] if faces else face_of(thing)
    _note_cell(thing)
    return face.view._repr_mimebundle_()


def _note_cell(thing) -> None:
    """Remember which cell shows `thing`, and let go of what its earlier run showed."""
    cell, run = _cell_and_run()
    if not cell:
        return
    before_run, before = _shown.get(cell, ("", []))
    if run == before_run:
        before.append(thing)
        return
    _shown[cell] = (run, [thing])
    still_shown = {id(shown) for _, things in _shown.values() for shown in things}
    for old in before:
        if id(old) not in still_shown:
            old.release()


def _cell_and_run() -> tuple[str, str]:
    """Which cell is running, and a name for this run of it; empty where there are no cells.

    Not every front end names its cells: there a cell is known by its code.
    """
    request: dict = getattr(get_ipython(), "get_parent", dict)()
    code = request.get("content", {}).get("code", "")
    cell = request.get("metadata", {}).get("cellId") or code
    return (cell, request["header"]["msg_id"]) if code else ("", "")


class Face:
    """Widgets that follow one thing; `show` is called whenever that has changed."""

    def __init__(self, thing):
        self.thing = thing
        self.line = HTML()
        self.view = self._assemble()
        self.show()
        thing.faces.append(self)

    def _assemble(self) -> Widget:
        return self.line

    def show(self) -> None:
        """Bring the widgets in step."""
        raise NotImplementedError

    def close(self) -> None:
        """Take every widget from the page and out of ipywidgets' memory."""
        for widget in list(_family(self.view)):
            widget.close()


def _family(widget: Widget) -> Iterator[Widget]:
    """A widget and all that it owns: children, layouts, styles."""
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(part, Widget):
                yield from _family(part)
    yield widget


class LabFace(Face):
    """Sliders beside a picture that follows them, and under it the line in words and the tasks.

    The line and the news of a task met are spoken by screen readers; the list of tasks, which
    stands below, is there to be read.
    """

    thing: Lab

    def _assemble(self) -> Widget:
        lab = self.thing
        self.parts = {name: part_of(control, self._moved) for name, control in lab.controls.items()}
        self.image = _image(*lab.picture.shown_size)
        buttons = [self._button("Reset", lab.reset, "Back to the starting values")]
        if lab.again:
            buttons.append(self._button(lab.again, lab.draw_again, "New random numbers"))
        row = HBox(buttons, layout=Layout(flex_flow="row wrap"))
        left = VBox([*(part.view for part in self.parts.values()), row], layout=_column())
        left.add_class("hlm-controls")
        wide = Layout(flex="50 1 440px", max_width=self.image.width + "px", min_width="0")
        self.tasks = [HTML(), HTML()] if lab.ticks.targets else []  # the news, the list
        right = VBox([self.image, self.line, *self.tasks], layout=wide)
        body = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        head = HTML(f"{CSS}<strong>{escape(lab.title)}</strong>")
        return _lab_box([head, body], width="100%")

    def show(self) -> None:
        """Picture, its accessible name, the readout, and the controls that others have moved."""
        lab = self.thing
        self.line.value = _status(lab.status)
        told = _status(lab.ticks.news, name="hlm-news"), lab.ticks.html()
        for part, html in zip(self.tasks, told, strict=False):
            part.value = html
        for name, part in self.parts.items():
            part.put(lab.state[name])
        if lab.error is None:
            self.image.tooltip = lab.alt_text
            self.image.value = lab.picture.jpeg()

    def _moved(self, name: str, value) -> None:
        self.thing.move(**{name: value})

    def _button(self, words: str, action: Callable, tooltip: str) -> Button:
        layout = Layout(width="auto", flex="0 1 auto")
        button = Button(description=words, tooltip=tooltip, layout=layout)
        button.on_click(lambda _: self.thing.attempt(action))
        return button


class PredictionFace(Face):
    """The question, a slider and a Commit button."""

    thing: Prediction

    def _assemble(self) -> Widget:
        asked = self.thing
        self.part = part_of(asked.slider, lambda _, value: asked.consider(value))
        layout = Layout(width="auto", align_self="flex-start")
        button = Button(description="Commit", tooltip="Keep this guess", layout=layout)
        button.on_click(lambda _: asked.commit(asked.considered))
        head = HTML(f"{CSS}<strong>Predict first.</strong> {escape(asked.question)}")
        return _lab_box([head, self.part.view, button, self.line], max_width="520px", width="100%")

    def show(self) -> None:
        """The slider and what is kept."""
        self.part.put(self.thing.considered)
        self.line.value = _status(self.thing.status)


class AnswerFace(Face):
    """The answer, with the guess beside it."""

    thing: Answer

    def show(self) -> None:
        """The guess, if there is one, beside the answer."""
        self.line.value = CSS + _status(self.thing.beside_guess(), html=True)


@singledispatch
def face_of(thing) -> Face:
    """The face that goes with a thing."""
    raise TypeError(f"{thing!r} has no face in a notebook")


face_of.register(Lab, LabFace)
face_of.register(Prediction, PredictionFace)
face_of.register(Answer, AnswerFace)


def _status(words: str, html: bool = False, name: str = "hlm-line") -> str:
    """A line that screen readers speak when it changes."""
    said = words if html else escape(words)
    return f'<p role="status" class="{name}" aria-live="polite">{said}</p>'


def _column() -> Layout:
    return Layout(flex="1 1 220px", max_width="360px", min_width="0", margin="0 16px 0 0")


def _lab_box(children: list, **layout) -> VBox:
    box = VBox(children, layout=Layout(**layout))
    box.add_class("hlm-lab")
    return box


class NamedImage(ipywidgets.Image):
    """An image whose `tooltip` is its accessible name and changes with the state.

    The page's view asks for a description too before it shows the tooltip: it stays empty.
    """

    description = traitlets.Unicode("").tag(sync=True)


def _image(width: int, height: int) -> NamedImage:
    layout = Layout(
        max_width="100%", width="auto", height="auto", align_self="flex-start", margin="0"
    )
    return NamedImage(format="jpeg", width=width, height=height, layout=layout)
