"""The exercises that ask for numbers alone, as questions with a tolerance for learning platforms.

Task, printouts and data come from the notebooks; the number, how exact it must be and what is said
to a wrong one come from what `check` judges by. Nothing is typed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from hlm_teach.feedback.exercise import Exercise, exercises_of
from hlm_teach.feedback.judging import judge
from hlm_teach.feedback.kinds.base import Numbers, Unreadable
from hlm_teach.feedback.kinds.number import ROUNDING, Number
from hlm_teach.feedback.kinds.parts import Several

from .grading.feedback_page import prose
from .places import ROOT

_TASK = re.compile(r"## (\d\d\.\d+) [^\n]*\n?")
_ASKED = re.compile(r"\*\*Your answer:\*\* (?P<what>.+?)(?: Then [^\n]*)?$", re.DOTALL)
_WORDS = ("a whole number", "one decimal", "two decimals", "three decimals", "four decimals")


@dataclass(frozen=True)
class Item:
    """One number of an exercise: what is asked, as HTML, the number, and how exact it must be.

    `wrong` are numbers that mistakes lead to, with what is said to each.
    """

    key: str
    name: str
    part: str
    asked: str
    number: float
    tolerance: float
    decimals: int
    right: str
    wrong: tuple[tuple[float, str], ...]
    otherwise: str


def items_of(chapter: str) -> list[Item]:
    """The numbers that a chapter's exercises ask for, where an exercise asks for nothing else."""
    return [item for exercise in exercises_of(chapter) for item in _items(exercise)]


def _items(exercise: Exercise) -> Iterator[Item]:
    """None where the data are each learner's own, or where a letter or a sentence is wanted."""
    kinds = _kinds(exercise)
    if exercise.own_data is not None or not kinds:
        return
    numbers = exercise.numbers_for()
    truth = exercise.truth_in(numbers)
    for part, kind in kinds.items():
        yield Item(
            key=exercise.key,
            name=f"{exercise.key} {exercise.title}{f': {part}' if part else ''}",
            part=part,
            asked=_as_html(exercise, part, kind),
            number=truth[part] if part else truth,
            tolerance=tolerance(kind),
            decimals=kind.decimals,
            right=f"Right: {judge(exercise, truth).says}",
            wrong=tuple(_wrong(exercise, part, kind, numbers)),
            otherwise=exercise.nudge,
        )


def _kinds(exercise: Exercise) -> dict[str, Number]:
    """The parts that are asked for, if all of them are numbers; '' names one that is alone."""
    kind = exercise.kind
    parts = {"": kind} if isinstance(kind, Number) else getattr(kind, "kinds", {})
    plain = type(kind) in (Number, Several) and all(type(one) is Number for one in parts.values())
    return parts if plain else {}


def tolerance(kind: Number) -> float:
    """How far a number may be from the truth, as `check` has it."""
    return ROUNDING * 10.0**-kind.decimals if kind.within is None else kind.within


def _wrong(
    exercise: Exercise, part: str, kind: Number, numbers: Numbers
) -> Iterator[tuple[float, str]]:
    """Numbers that a mistake leads to in this part alone, each once; the first is the one told."""
    truth = exercise.truth_in(numbers)
    taken = [truth[part] if part else truth]
    for mistake in exercise.mistakes:
        wrong = exercise.wrong_answer(mistake, numbers)
        alone = {"": wrong} if part == "" else wrong
        if mistake.when is not None or not isinstance(alone, dict) or list(alone) != [part]:
            continue
        try:
            value = kind.read(alone[part])
        except Unreadable:
            continue
        if not any(kind.same(value, other) for other in taken):
            taken.append(value)
            yield value, mistake.says


# ---- the task ------------------------------------------------------------------------------


def _as_html(exercise: Exercise, part: str, kind: Number) -> str:
    """The exercise's cells up to the one for the answer, and which number is wanted."""
    held = [html for cell in _cells(exercise) for html in _cell(cell)]
    wanted = f"`{part}`, {_WORDS[kind.decimals]}" if part else _WORDS[kind.decimals]
    return "\n".join([*held, prose(f"**Type in here:** {wanted}.")])


def _cells(exercise: Exercise) -> Iterator[dict]:
    """The cells of the exercise's solution before any of it is solved; they hold what is printed."""
    (path,) = Path(ROOT, "solutions").glob(f"{exercise.chapter}_*.ipynb")
    here = False
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        begins = _TASK.match("".join(cell["source"]))
        here = begins[1] == exercise.key if begins else here
        if here and cell["metadata"].get("nbgrader"):
            return
        if here:
            yield cell


def _cell(cell: dict) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        text = _TASK.sub("", source).replace("*Core exercise.*", "").strip()
        yield prose(_ASKED.sub(_what, text))
        return
    yield f"<pre>{escape(source)}</pre>"
    for output in cell["outputs"]:
        data = output.get("data", {"text/plain": output.get("text", "")})
        if "text/markdown" in data:
            yield prose("".join(data["text/markdown"]))
        else:
            yield f"<pre>{escape(''.join(data['text/plain']))}</pre>"


def _what(found: re.Match[str]) -> str:
    """'a dict with `msb` and `icc` (two decimals)' as a list of what the whole exercise wants."""
    what = found["what"].removeprefix("a dict with ")
    return f"**Asked for:** {what}"
