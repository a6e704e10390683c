"""Which exercise each cell of a submission belongs to, also where its headings were changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hlm_teach.feedback.exercise import chapters, exercises_of

from .handed_in import Refused
from .notebooks import Cell

_GRADE_ID = re.compile(r"(?:answer|check)-(\d\d)-(\d+)$")
# As in the notebooks that are handed out: "## 02.3 Title".
_HEADING = re.compile(r"^[ \t]{0,3}#+[ \t]+(\d\d\.\d+)\b", re.MULTILINE)
# As learners and editors write it: "Exercise 2.3:", "**02.3** ...", "## Task 02,3".
_ODD_HEADING = re.compile(
    r"^[ \t]{0,3}(?:#+[ \t]*|[*_]{2})[*_]{0,2}(?:[^\W\d]+[ \t]+)?0?(\d{1,2})[.,](\d{1,2})(?![\d.,]*\d|[ \t]*%)",
    re.MULTILINE,
)
_CHECKED = re.compile(r"\bcheck\(\s*(?:key\s*=\s*)?[\"'](\d\d\.\d+)[\"']")


@dataclass(frozen=True)
class Step:
    """A code cell to run, and the exercise it belongs to ('' for none)."""

    place: int
    source: str
    key: str


def steps_of(cells: list[Cell]) -> list[Step]:
    """The code cells in order, each with its exercise.

    What a cell's own metadata say comes first, then the `check` in it, then the heading above it.
    Headings that were changed count only where nothing else names the exercise.
    """
    strict = {key for cell in cells for key in _named(cell)}
    steps, here = [], ""
    for cell in cells:
        named = _named(cell) or _odd(cell, strict)
        here = named[-1] if named else here
        if cell.is_code:
            steps.append(Step(cell.place, cell.source, here))
    return steps


def _named(cell: Cell) -> list[str]:
    """The exercises that a cell names beyond doubt, the last of which is the one it begins."""
    found = _GRADE_ID.match(cell.grade_id)
    if found:
        return _known([f"{found[1]}.{int(found[2])}"])
    pattern = _CHECKED if cell.is_code else _HEADING
    keys = _known(pattern.findall(cell.source))
    return keys if not cell.is_code or len(set(keys)) == 1 else []


def _odd(cell: Cell, strict: set[str]) -> list[str]:
    """The exercises in a heading that was changed, of those that nothing else names."""
    if cell.is_code:
        return []
    found = [
        f"{int(chapter):02}.{int(number)}" for chapter, number in _ODD_HEADING.findall(cell.source)
    ]
    return [key for key in _known(found) if key not in strict]


def _known(keys: Iterable[str]) -> list[str]:
    """Those that are exercises of this course."""
    return [
        key
        for key in keys
        if key[:2] in chapters() and any(key == one.key for one in exercises_of(key[:2]))
    ]


def chapter_of(steps: list[Step], name: str) -> str:
    """The chapter most of whose exercises a notebook holds, or else that its name says.

    Raises
    ------
    Refused
        If it holds no exercise of this course.
    """
    held = {step.key for step in steps if step.key}
    named = re.findall(r"(?<!\d)\d\d(?!\d)", name.rpartition("/")[2])
    known = [*(key[:2] for key in sorted(held)), *(one for one in named if one in chapters())]
    if not known:
        raise Refused("no exercise of this course is in it")
    return max(known, key=known.count)
