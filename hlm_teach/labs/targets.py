"""The targets of a lab: tasks that it recognises when they are met, and ticks off.

A lab file declares them beside its controls, and hands them to `Lab`::

    TARGETS = (
        Target(
            "Make schools that are all alike look different: raw ICC 0.10 or more at τ₀₀ = 0.",
            met=lambda lab: lab["tau00"] == 0 and lab["raw"] >= 0.10,
            shown="Means of few pupils differ by luck alone, and the raw ICC counts luck as schools.",
            example={"tau00": 0.0, "group_size": 5},
        ),
        ...
    )

``met`` gets one dict: what ``compute`` returned, and the settings under the controls' names (where
both have a name, the setting stands). What was met stays ticked, whatever is set later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any


@dataclass(frozen=True)
class Target:
    """A task, how to know that it is met, and what meeting it has shown.

    Parameters
    ----------
    task : str
        What the reader is to reach, as a sentence, with the numbers by which it counts as reached.
    met : dict -> bool
        Whether the lab as it stands meets it: see above. Not so at the lab's starting values.
    shown : str
        One sentence: what that shows. It holds wherever `met` does.
    example : dict, optional
        Settings that meet it (``"seed"`` too where it matters), for teachers and for tests.

    Raises
    ------
    ValueError
        If a text is empty.

    >>> far = Target("Move x past 0.8.", lambda lab: lab["x"] > 0.8, "The dot moves with x.")
    >>> far.met({"x": 0.9})
    True
    """

    task: str
    met: Callable[[dict], bool]
    shown: str
    example: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        for name, words in (("task", self.task), ("shown", self.shown)):
            if not isinstance(words, str) or not words.strip():
                raise ValueError(f"{name}={words!r}: a target wants a sentence here")


class Ticks:
    """Which targets of one lab have been met, and what is said about that.

    >>> ticks = Ticks((Target("Move x past 0.8.", lambda lab: lab["x"] > 0.8, "Dots follow."),))
    >>> ticks.look({"x": 0.9})
    >>> ticks.news
    'Task 1 is done. Dots follow.'
    >>> ticks.look({"x": 0.1})
    >>> print(ticks.text())
    Tasks, 1 of 1 done:
    [x] 1. Move x past 0.8. Done: Dots follow.
    """

    def __init__(self, targets: Sequence[Target]):
        self.targets = tuple(targets)
        self.done = [False] * len(self.targets)
        self.news = ""

    def look(self, known: dict) -> None:
        """Tick off what is met now; `news` says what was met first by this move."""
        fresh = [
            place
            for place, target in enumerate(self.targets)
            if not self.done[place] and target.met(known)
        ]
        for place in fresh:
            self.done[place] = True
        self.news = " ".join(
            f"Task {place + 1} is done. {self.targets[place].shown}" for place in fresh
        )

    @property
    def heading(self) -> str:
        """How many are done."""
        return f"Tasks, {sum(self.done)} of {len(self.done)} done:"

    def text(self) -> str:
        """All tasks as plain text, a line each; empty where there are none."""
        lines = [
            f"[{'x' if done else ' '}] {place}. {target.task}"
            + (f" Done: {target.shown}" if done else "")
            for place, (target, done) in enumerate(zip(self.targets, self.done, strict=True), 1)
        ]
        return "\n".join([self.heading, *lines]) if lines else ""

    def html(self) -> str:
        """All tasks as HTML; the box before each is for the eye, the words are for everybody."""
        lines = [
            _line(place, target, done)
            for place, (target, done) in enumerate(zip(self.targets, self.done, strict=True), 1)
        ]
        return f"<p>{self.heading}</p>" + "".join(lines) if lines else ""


def _line(place: int, target: Target, done: bool) -> str:
    box = f'<span aria-hidden="true">{"☑" if done else "☐"}</span>'
    if not done:
        return f"<p>{box} Task {place}: {escape(target.task)}</p>"
    return (
        f"<p>{box} <strong>Task {place}, done:</strong> {escape(target.task)} "
        f"<em>{escape(target.shown)}</em></p>"
    )
