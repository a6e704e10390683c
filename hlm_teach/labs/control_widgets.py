"""Sliders, checkboxes and menus of ipywidgets for the controls of a lab."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import ipywidgets
from ipywidgets import Layout, VBox

from .controls import Menu, Slider, Switch

Moved = Callable[[str, Any], None]


def _full() -> Layout:
    return Layout(width="100%", min_width="0", margin="0")


class PlainPart:
    """A checkbox or menu joined to its control."""

    def __init__(self, control: Switch | Menu, widget, moved: Moved):
        self.view, self._quiet = widget, False
        widget.tooltip = control.help or None
        self._name, self._moved = control.name, moved
        widget.observe(self._changed, "value")

    def _changed(self, change) -> None:
        if not self._quiet:
            self._moved(self._name, change.new)

    def put(self, value) -> None:
        """Show `value` without calling back."""
        self._quiet = True
        self.view.value = value
        self._quiet = False


class SliderPart:
    """A labelled number box above a slider, kept equal.

    The label belongs to the box, so that a screen reader names it; the slider below is for the
    pointer and the arrow keys (ipywidgets gives a slider's handle no name of its own).
    """

    def __init__(self, control: Slider, moved: Moved):
        self._control, self._moved, self._quiet = control, moved, False
        self._value = control.value
        self.slider, self.box = _slider(control), _number_box(control)
        self.view = VBox([self.box, self.slider], layout=_full())
        for part in (self.slider, self.box):
            part.observe(self._changed, "value")

    def _changed(self, change) -> None:
        if self._quiet or change.owner is self.slider and self._is_echo(change.new):
            return
        value = self._control.clean(change.new)
        self._put(value, moving=change.owner)
        self._moved(self._control.name, value)

    def _is_echo(self, value: float) -> bool:
        """Whether the page only says where it placed the handle for the value that holds.

        The handle stands on steps. A value between two steps (typed, or a start value) moves it
        to the nearer one, which the page reports like a move of the reader's.
        """
        apart = abs(self._control.place(value) - self._control.place(self._value))
        return apart <= 0.5 * self._control.step * (1 + 1e-6)

    def put(self, value) -> None:
        """Show `value` on both parts without calling back, unless it is there already."""
        if value != self._value:
            self._put(value)

    def _put(self, value, moving=None) -> None:
        """Show `value`, but leave the slider alone while it is `moving`."""
        self._quiet, self._value = True, value
        self.box.value = value
        if moving is not self.slider:
            self.slider.value = value
        self._quiet = False


@singledispatch
def part_of(control, moved: Moved) -> Any:
    """The widget of a control; `moved(name, value)` is called after each move of the reader's."""
    raise TypeError(f"{control!r} is no control")


@part_of.register(Switch)
def _switch(control: Switch, moved: Moved) -> PlainPart:
    box = ipywidgets.Checkbox(
        control.value, description=control.label, indent=False, layout=_full()
    )
    return PlainPart(control, box, moved)


@part_of.register(Menu)
def _menu(control: Menu, moved: Moved) -> PlainPart:
    box = ipywidgets.Dropdown(
        options=control.options, value=control.value, layout=_full(), description=control.label
    )
    return PlainPart(control, box, moved)


part_of.register(Slider, SliderPart)


def _slider(control: Slider):
    shared = {"value": control.value, "step": control.step, "readout": False, "layout": _full()}
    if control.log:
        ends = {"min": control.place(control.low), "max": control.place(control.high), "base": 10}
        return ipywidgets.FloatLogSlider(**shared, **ends)
    kind = ipywidgets.IntSlider if control.whole else ipywidgets.FloatSlider
    return kind(**shared, min=control.low, max=control.high)


def _number_box(control: Slider):
    kind = ipywidgets.BoundedIntText if control.whole else ipywidgets.BoundedFloatText
    step = (1 if control.whole else None) if control.log else control.step
    return kind(
        value=control.value,
        min=control.low,
        max=control.high,
        step=step,
        description=control.label,
        layout=_full(),
        tooltip=control.help or None,
    )
