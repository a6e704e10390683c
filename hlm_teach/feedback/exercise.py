"""What an exercise is, what mistakes it knows, and where each is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.feedback.kinds.base import Kind


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, and what to say to it.

    Parameters
    ----------
    answer : callable
        Returns the answer that this mistake leads to; of an exercise with data of the learner's
        own, it takes these data. Like the truth it is computed, never typed.
    says : str
        What went wrong, and a question or a direction: never the right answer.
    when : callable, optional
        ``when(given, truth)`` tells, of plain data, whether this mistake was made, even where
        all that is asked for is there (a report that claims a cause). Without it the exercise's
        kind compares a wrong answer with `answer`.
    """

    answer: Callable[..., Any]
    says: str
    when: Callable[[Any, Any], bool] | None = None

    def made_in(self, given: Any, truth: Any, kind: Kind, *data: pd.DataFrame) -> bool:
        """Tell whether `given`, plain data, is what this mistake leads to."""
        if self.when is not None:
            return bool(self.when(given, truth))
        return kind.same(given, self.wrong(kind, *data))

    def wrong(self, kind: Kind, *data: pd.DataFrame) -> Any:
        """The wrong answer as plain data; of several parts, those that the mistake names."""
        answer, kinds = self.answer(*data), getattr(kind, "kinds", None)
        if kinds is None:
            return kind.read(answer)
        return {name: kinds[name].read(value) for name, value in answer.items()}


@dataclass(frozen=True)
class Exercise:
    """One exercise: its truth, the mistakes it knows, and a ladder of three hints.

    Parameters
    ----------
    key, title : str
        Chapter and number, "02.3", and the heading in the notebook.
    kind : Kind
        How the answer is read and compared.
    truth : callable
        Computes the right answer, in any form that `kind` reads; for a sentence, a dict of the
        numbers in it. It takes the learner's own data where there are such.
    why : str
        One sentence said to a right answer: why it matters. ``{truth}`` is filled in.
    mistakes : tuple of Mistake
        The first that fits is told.
    nudge, section, formula : str
        The three hints: a question, the heading in the chapter to read again, the formula.
    points : int
        What it counts when graded.
    example : callable, optional
        A right answer, where `truth` isn't one (sentences, parts that are sentences).
    own_data : callable, optional
        Draws one learner's data from a numpy Generator.
    """

    key: str
    title: str
    kind: Kind
    truth: Callable[..., Any]
    why: str
    mistakes: tuple[Mistake, ...]
    nudge: str
    section: str
    formula: str
    points: int = 2
    example: Callable[..., Any] | None = None
    own_data: Callable[[np.random.Generator], pd.DataFrame] | None = field(default=None)

    @property
    def chapter(self) -> str:
        """Two digits: "02"."""
        return self.key[:2]


# Where the chapters' folders are. Found by name when asked for: feedback knows no lesson.
LESSONS = "hlm_teach.lessons"


@cache
def _folders() -> dict[str, str]:
    """The folder of each chapter that has exercises, by its two digits."""
    (root,) = import_module(LESSONS).__path__
    found = {path.parent.name for path in Path(root).glob("ch[0-9][0-9]_*/exercises*")}
    return {name[2:4]: name for name in sorted(found)}


def chapters() -> list[str]:
    """The chapters that have exercises, as two digits."""
    return list(_folders())


@cache
def exercises_of(chapter: str) -> tuple[Exercise, ...]:
    """The exercises of one chapter, in order.

    Raises
    ------
    KeyError
        If there is no such chapter; its text says which there are.
    """
    if chapter not in chapters():
        raise KeyError(
            f"there are exercises to the chapters {', '.join(chapters())}, not to {chapter!r}"
        )
    return import_module(f"{LESSONS}.{_folders()[chapter]}.exercises").EXERCISES


def find(key: object) -> Exercise:
    """Return the exercise of this key.

    Raises
    ------
    KeyError
        If there is none; its text names the nearest key.
    """
    if not isinstance(key, str):
        raise KeyError(f"an exercise is named by a text such as '02.3', not by {key!r}.")
    if key[:2] in chapters():
        for exercise in exercises_of(key[:2]):
            if exercise.key == key:
                return exercise
    raise KeyError(f"there is no exercise {key!r}{_nearest(key)}")


def _nearest(key: str) -> str:
    near = get_close_matches(key, _keys(chapters()), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; chapters are {', '.join(chapters())}."


def _keys(of: Sequence[str]) -> list[str]:
    return [exercise.key for chapter in of for exercise in exercises_of(chapter)]
