"""What an exercise is, what mistakes it knows, and where each is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import shortened
from hlm_teach.feedback.kinds.base import Kind
from hlm_teach.feedback.kinds.base import Numbers as Numbers  # exercises take it from here


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer that people really give, and what to say to it: one row of a table.

    Parameters
    ----------
    answer : object
        What this mistake leads to, in the words of the exercise's numbers: where a number, a fit
        or a function is wanted, a text is the name of one of them; a report is a template that
        they fill in, "The ICC was {icc:.2f}"; of several parts, a dict of those that the mistake
        spoils, ``{"icc": "of_sds"}``. A choice, or a number itself, stands for itself.
    says : str
        What went wrong, and a question or a direction: never the right answer.
    when : callable, optional
        ``when(given, numbers)`` tells, of plain data, whether this mistake was made, even where
        all that is asked for is there (a report that claims a cause). Without it the exercise's
        kind compares a wrong answer with `answer`.
    """

    answer: Any
    says: str
    when: Callable[[Any, Any], bool] | None = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise: its numbers, the mistakes it knows, and a ladder of three hints.

    Parameters
    ----------
    key, title : str
        Chapter and number, "02.3", and the heading in the notebook.
    kind : Kind
        How the answer is read and compared.
    numbers : callable
        Computes by name, once a check, the right answers and those that mistakes lead to. It
        takes the learner's own data where there are such, and in an open task the choice.
    right : str
        The name of the right number where only one is asked for; parts are named as `kind`
        names them.
    why : str
        One sentence said to a right answer: why it matters. The numbers fill it in, ``{icc:.2f}``.
    mistakes : tuple of Mistake
        The first that fits is told.
    nudge, section, formula : str
        The three hints: a question, the heading in the chapter to read again, the formula.
    points : int
        What it counts when graded.
    own_data : callable, optional
        Draws one learner's data from a numpy Generator.
    """

    key: str
    title: str
    kind: Kind
    _: KW_ONLY
    numbers: Callable[..., Numbers]
    right: str = ""
    why: str
    mistakes: tuple[Mistake, ...]
    nudge: str
    section: str
    formula: str
    points: int = 2
    own_data: Callable[[np.random.Generator], pd.DataFrame] | None = None

    @property
    def chapter(self) -> str:
        """Two digits: "02"."""
        return self.key[:2]

    def numbers_for(self, *varied: Any) -> Numbers:
        """The numbers: of one learner's data, of one choice, or the same for everybody.

        Those of a choice or for everybody are computed once a session. Without a choice, an open
        task takes its first.
        """
        if self.own_data is not None:
            return self.numbers(*varied)
        part = getattr(self.kind, "part", None)
        if part is None:
            return _computed(self.numbers)
        (choice,) = varied or self.kind.kinds[part].options[:1]  # type: ignore[attr-defined]
        return _computed(self.numbers, choice) | {part: choice}

    def truth_in(self, numbers: Numbers) -> Any:
        """What answers are compared with, as plain data."""
        return self.kind.truth(self.right, numbers)

    def right_answer(self, numbers: Numbers) -> Any:
        """A right answer, as a learner would hand it in."""
        return self.kind.right(self.right, numbers)

    def wrong_answer(self, mistake: Mistake, numbers: Numbers) -> Any:
        """What a mistake leads to, as handed in; of several parts, those that it spoils."""
        return self.kind.named(mistake.answer, numbers)


@cache
def _computed(numbers: Callable[..., Numbers], *choice: str) -> Numbers:
    return numbers(*choice)


def in_files(package: str, path: Iterable[str]) -> tuple[Exercise, ...]:
    """The exercises of a package that has a file for each, `e01_….py` to `e10_….py`, in order."""
    names = sorted(found.name for found in iter_modules(path) if found.name[:1] == "e")
    return tuple(import_module(f"{package}.{name}").EXERCISE for name in names)


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
        raise KeyError(f"an exercise is named by a text such as '02.3', not by {shortened(key)}.")
    if key[:2] in chapters():
        for exercise in exercises_of(key[:2]):
            if exercise.key == key:
                return exercise
    raise KeyError(f"there is no exercise {shortened(key)}{_nearest(key)}")


def _nearest(key: str) -> str:
    chapter, _, number = key[:60].partition(".")
    full = f"{chapter.zfill(2)}.{number}"
    if chapter.isdigit() and full[:2] not in chapters():
        near = []
    else:
        near = [full] if full in _keys(chapters()) else _alike(key[:60])
    return f"; did you mean {near[0]!r}?" if near else f"; chapters are {', '.join(chapters())}."


def _alike(key: str) -> list[str]:
    return get_close_matches(key, _keys(chapters()), n=1)


def _keys(of: Sequence[str]) -> list[str]:
    return [exercise.key for chapter in of for exercise in exercises_of(chapter)]
