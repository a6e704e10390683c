"""`check` and `hint`: feedback at once, on whatever a learner hands in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hlm_teach.display.show import Bundle, display

from .exercise import Exercise, find
from .judging import BLANK, RIGHT, UNREADABLE, WRONG, Verdict, verdict
from .progress import mark_done

_CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
_HEAD = {BLANK: "○", UNREADABLE: "△", WRONG: "✗ Not yet.", RIGHT: "✓ Right:"}
_UNKNOWN = "How it came about can't be told from the answer alone."
_LAST_RUNG = 3
# Of each exercise: how many hints were shown in this session, and the wrong answers so far.
_rungs: dict[str, int] = {}
_wrong: dict[str, list] = {}


def check(key: str, answer: object = ..., who: object = None) -> None:
    """Display what is to be said to an answer: right, not yet (and why), or what is wanted.

    Whatever is handed in, `check` displays a sentence and raises nothing. A wrong answer is
    compared with the mistakes that people typically make, and every new wrong answer adds a hint
    (a question, where to read, the formula). A right one is kept for `progress`.

    Parameters
    ----------
    key : str
        The exercise, "02.3".
    answer : object
        What the exercise asks for.
    who : str or int, optional
        Your name or number, where the exercise has data of your own (`my_data`).

    Examples
    --------
    >>> check("02.3")
    ○ Not answered yet.
    >>> check("02.3", "18%")
    △ A number, please: 18 or 0.18, as the task asks for it, rather than the text '18%'.
    """
    try:
        exercise = find(key)
    except KeyError as error:
        return _display(_unknown(error))
    result = verdict(exercise, answer, who)
    lines = [f"{_HEAD[result.state]} {result.says or _UNKNOWN}"]
    if result.state == RIGHT:
        lines += filter(None, [mark_done(key)])
    if result.state == WRONG and not result.near:
        lines += _hints(exercise, _step(key, result))
    return _display(*lines)


def hint(key: str) -> None:
    """Display one more of an exercise's three hints: a question, where to read, the formula."""
    try:
        exercise = find(key)
    except KeyError as error:
        return _display(_unknown(error))
    _rungs[key] = min(_rungs.get(key, 0) + 1, _LAST_RUNG)
    return _display(*_hints(exercise, _rungs[key]))


def is_right(key: str, answer: object = ..., who: object = None) -> bool:
    """Tell whether an answer is right, without displaying anything: for graders."""
    return verdict(find(key), answer, who).state == RIGHT


def _unknown(error: KeyError) -> str:
    words = str(error.args[0])
    return f"{_HEAD[UNREADABLE]} {words[0].upper()}{words[1:]}"


def _step(key: str, result: Verdict) -> int:
    """One hint more for every wrong answer that is new."""
    seen = _wrong.setdefault(key, [])
    if result.given not in seen:
        seen.append(result.given)
        _rungs[key] = min(_rungs.get(key, 0) + 1, _LAST_RUNG)
    return _rungs[key]


def _hints(exercise: Exercise, rung: int) -> list[str]:
    place = f"chapter {exercise.chapter}, “{exercise.section}”"
    if _chapter_file(exercise.chapter):  # an installed package has no chapters beside it
        place = f"[{place}]({_link(exercise)})"
    ladder = [exercise.nudge, f"Read again: {place}.", exercise.formula]
    return [
        f"Hint {number} of {_LAST_RUNG}: {words}"
        for number, words in enumerate(ladder[:rung], start=1)
    ]


def _link(exercise: Exercise) -> str:
    """Where the section is, seen from the exercises' folder."""
    anchor = exercise.section.replace(" ", "-")
    return f"../chapters/{_chapter_file(exercise.chapter)}#{anchor}"


@cache
def _chapter_file(chapter: str) -> str:
    found = sorted(path.name for path in _CHAPTERS.glob(f"{chapter}_*.ipynb"))
    return found[0] if found else ""


def _display(*lines: str) -> None:
    plain = "\n".join(_without_links(line) for line in lines)
    display(Bundle({"text/plain": plain, "text/markdown": "  \n".join(lines)}))


def _without_links(line: str) -> str:
    before, bracket, rest = line.partition("[chapter ")
    if not bracket:
        return line
    return f"{before}chapter {rest.partition('](')[0]}."
