"""From an answer to a verdict. Nothing here displays, keeps or raises."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from textwrap import shorten
from typing import Any

from hlm_teach.feedback.kinds.base import Kind, Numbers, Unreadable
from hlm_teach.feedback.kinds.parts import Chosen, Several

from .exercise import Exercise, Mistake
from .own_data import own_numbers
from .unjudged import remark, unneeded

BLANK, UNREADABLE, WRONG, RIGHT = "blank", "unreadable", "wrong", "right"


@dataclass(frozen=True)
class Verdict:
    """What an answer is (one of four states) and what to say to it.

    `near`: wrong by rounding only, or right but for a report that comes later, which is no reason to
    show a hint. `unjudged`: sentences that a right report is right without, so that nothing was
    judged by them.
    """

    state: str
    says: str
    given: Any = None
    near: bool = False
    unjudged: tuple[str, ...] = ()


def verdict(exercise: Exercise, answer: object, who: object = None) -> Verdict:
    """Judge an answer as a learner hands it in."""
    given, refused = plain_answer(exercise, answer)
    return refused or judge(exercise, given, who)


def plain_answer(exercise: Exercise, answer: object) -> tuple[Any, Verdict | None]:
    """Return the answer as plain data, or None and the verdict that it can't be read."""
    if answer is ...:
        return None, Verdict(BLANK, "Not answered yet.")
    try:
        return exercise.kind.read(answer), None
    except Unreadable as wanted:
        return None, Verdict(UNREADABLE, str(wanted))
    except Exception as error:  # a learner's object may do anything when it is looked at
        return None, Verdict(
            UNREADABLE,
            f"This can't be read: looking at it raised "
            f"{type(error).__name__} ({shorten(str(error), 120)}).",
        )


def judge(exercise: Exercise, given: Any, who: Any = None) -> Verdict:
    """Judge an answer that is plain data already."""
    if exercise.own_data is not None and not _is_name(who):
        return Verdict(
            UNREADABLE,
            "Whose data are these? Give the name or number that my_data "
            f'was given: check("{exercise.key}", answer, me).',
        )
    numbers = _numbers(exercise, given, who)
    found = _by_numbers(exercise, given, numbers)
    return _with_unjudged(found, exercise, numbers) if found.state == RIGHT else found


def _by_numbers(exercise: Exercise, given: Any, numbers: Numbers) -> Verdict:
    """Judge an answer by the numbers that are meant for it."""
    truth = exercise.truth_in(numbers)
    is_right = exercise.kind.same(given, truth)
    if not is_right and exercise.kind.coarse(given, truth):
        return Verdict(
            WRONG,
            f"{exercise.kind.coarse(given, truth)} {exercise.kind.so_far(given, truth)}".strip(),
            given,
            near=True,
        )
    later = exercise.kind.put_off(given)
    for mistake in exercise.mistakes:
        if later and set(later) & set(mistake.answer):
            continue  # it is made in a part that isn't written yet
        # A mistake that is told by a rule of its own spoils even an answer that has every part.
        if (mistake.when is not None or not is_right) and _made(mistake, exercise, given, numbers):
            some_right = exercise.kind.so_far(given, truth)
            # Of several parts these are wrong in a known way, and the others in some other.
            asked = not is_right and _spoils_some(mistake, given)
            whose = _whose(exercise, some_right) if asked else ""
            return Verdict(WRONG, f"{mistake.says} {some_right}".strip() + whose, given)
    if is_right:
        return Verdict(RIGHT, f"{_why(exercise, numbers)} {exercise.kind.caveat}".strip(), given)
    some_right = exercise.kind.so_far(given, truth)
    said = exercise.kind.remark(given, truth) + _whose(exercise, some_right)
    return Verdict(WRONG, said, given, near=_right_but_for(later, exercise, given, truth))


def _right_but_for(later: list[str], exercise: Exercise, given: Any, truth: Any) -> bool:
    """Tell whether all parts of an answer are right but those that aren't written yet."""
    return bool(later) and exercise.kind.same(
        given, {name: wanted for name, wanted in truth.items() if name not in later}
    )


def _with_unjudged(found: Verdict, exercise: Exercise, numbers: Numbers) -> Verdict:
    """A right verdict that also names what of a report it would be the same without."""

    def right_with(put: Callable[[str], Any], text: str) -> bool:
        return text.strip() != "" and _by_numbers(exercise, put(text), numbers).state == RIGHT

    unjudged = tuple(
        sentence
        for text, put in exercise.kind.reports(found.given)
        for sentence in unneeded(text, partial(right_with, put))
    )
    return replace(found, says=f"{found.says} {remark(unjudged)}".strip(), unjudged=unjudged)


def _whose(exercise: Exercise, some_right: str) -> str:
    """What to ask where nothing is right in data that everybody has others of."""
    if exercise.own_data is None or some_right:
        return ""
    return " Were they worked out from the data of this very name?"


def _spoils_some(mistake: Mistake, given: Any) -> bool:
    """Tell whether a mistake speaks of some of the parts of an answer, and not of all."""
    return isinstance(mistake.answer, dict) and len(mistake.answer) < len(given)


def _with_minus(text: str) -> str:
    """The text with a minus, not a hyphen, before its negative numbers."""
    return re.sub(r"(?<![\w.)])-(?=\d)", "−", text)


def _is_name(who: object) -> bool:
    return isinstance(who, (str, int)) and not isinstance(who, bool) and bool(str(who).strip())


def _numbers(exercise: Exercise, given: Any, who: Any) -> Numbers:
    """What the answer is judged by: of this learner's data, this choice, or the same for all."""
    if exercise.own_data is not None:
        return own_numbers(who, exercise)
    if isinstance(exercise.kind, Chosen):
        return exercise.numbers_for(given[exercise.kind.part])
    return exercise.numbers_for()


def _made(mistake: Mistake, exercise: Exercise, given: Any, numbers: Numbers) -> bool:
    """Tell whether an answer is what this mistake leads to."""
    if mistake.when is not None:
        return bool(mistake.when(given, numbers))
    wrong = _plain(exercise.kind, exercise.wrong_answer(mistake, numbers))
    if not exercise.kind.same(given, wrong):
        return False
    # Of two numbers that lie close, a rounded one may be the right one: then it is no mistake.
    truth = exercise.truth_in(numbers)
    return not exercise.kind.same(
        given,
        {part: truth[part] for part in wrong} if isinstance(exercise.kind, Several) else truth,
    )


def _plain(kind: Kind, answer: Any) -> Any:
    """A wrong answer as plain data; of several parts, those that are there."""
    if not isinstance(kind, Several):
        return kind.read(answer)
    return {part: kind.kinds[part].read(value) for part, value in answer.items()}


def _why(exercise: Exercise, numbers: Numbers) -> str:
    return _with_minus(exercise.why.format(**numbers))
