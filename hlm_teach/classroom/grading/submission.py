"""Grade one submission: cells are run elsewhere, answers come back as plain data, points are given
from truths computed where no foreign code has run.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from hlm_teach.feedback.exercise import Exercise, exercises_of
from hlm_teach.feedback.judging import BLANK, RIGHT, UNREADABLE

from .beside import beside
from .handed_in import HandedIn, Refused, content
from .notebooks import read_notebook
from .tasks import Step, chapter_of, steps_of

MOST_ERRORS = 3  # that are told in the table


@dataclass
class Said:
    """What there is to say to one answer."""

    state: str
    says: str
    given: Any = None


@dataclass
class Graded:
    """One row: a file, or one of the chapters in it."""

    name: str
    chapter: str = ""
    who: str = ""
    points: dict[str, int] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def of(self) -> int:
        """The points that could be had."""
        return sum(exercise.points for exercise in _exercises(self.chapter))


@dataclass
class Ran:
    """What came of running a notebook: lines of plain data, and what went wrong where."""

    lines: list[dict] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


class Place(Protocol):
    """Where cells are run and answers judged: the sandbox, or a process."""

    def run(self, steps: list[Step], files: dict[str, bytes] | None = None) -> Ran:
        """Run a submission's cells, which find copies of these files where they are run."""

    def judge(self, key: str, given: Any, who: str | None) -> tuple[str, str]:
        """The state of an answer and what to say to it."""


def grade(one: HandedIn, place: Place) -> list[Graded]:
    """Grade one file; whatever it holds or does, a row comes back, or one for each chapter."""
    try:
        if one.problem:
            raise Refused(one.problem)
        notebook = read_notebook(content(one), one.name)
        steps = steps_of(notebook.cells)
        main = chapter_of(steps, one.name)
        files, unread = beside(one)
    except Refused as why:
        return [Graded(one.name, remarks=[str(why)])]
    except OSError as error:
        return [Graded(one.name, remarks=[f"can't be opened ({error.strerror})"])]
    ran = place.run(steps, files)
    remarks = [*notebook.remarks, *filter(None, [unread]), *ran.remarks, *_told(ran.errors)]
    given, who, more = last_answers(ran.lines)
    rows = [_row(one.name, chapter, given, who, place) for chapter in _chapters(main, steps, given)]
    rows[0].remarks += [*remarks, *more]
    return rows


def _chapters(main: str, steps: list[Step], given: dict[str, dict]) -> list[str]:
    """The chapter of a notebook, and others of which something in it is answered."""
    answered = {key[:2] for key, line in given.items() if "given" in line}
    others = {step.key[:2] for step in steps if step.key} & answered - {main}
    return [main, *sorted(others)]


def _told(errors: dict[int, str]) -> list[str]:
    words = [f"cell {place + 1}: {error}" for place, error in sorted(errors.items())]
    left = len(words) - MOST_ERRORS
    return words[:MOST_ERRORS] + ([f"{left} more cells ended in errors"] if left > 0 else [])


# ---- answers -------------------------------------------------------------------------------


def last_answers(lines: list[dict]) -> tuple[dict[str, dict], str, list[str]]:
    """The last answer to each exercise that can be read, who gave it, and a word where it changed.

    A copy of a task that was left blank takes nothing away from an answer before it.
    """
    last: dict[str, dict] = {}
    visits: dict[str, list[Any]] = {}
    who, before = "", ""
    for line in lines:
        key = line.get("key")
        if not isinstance(key, str):
            continue
        if isinstance(line.get("who"), str):
            who = line["who"]
        if "given" in line:
            again = visits.setdefault(key, [])
            again[:] = [*(again if key != before else again[:-1]), line["given"]]
        if "given" in line or "given" not in last.get(key, {}):
            last[key] = line
        before = key
    changed = [key for key, given in visits.items() if any(one != given[-1] for one in given)]
    return (
        last,
        who,
        [f"{key} is answered more than once: the last answer counts" for key in changed],
    )


def _row(name: str, chapter: str, given: dict[str, dict], who: str, place: Place) -> Graded:
    row = Graded(name, chapter, who)
    for exercise in exercises_of(chapter):
        row.said[exercise.key] = said = _said(exercise, given.get(exercise.key), who, place)
        row.points[exercise.key] = exercise.points * (said.state == RIGHT)
    return row


def _said(exercise: Exercise, line: dict | None, who: str, place: Place) -> Said:
    if line is None:
        return Said(BLANK, "Not answered.")
    if "given" not in line:
        state = BLANK if line.get("refused") == BLANK else UNREADABLE
        return Said(state, "Not answered." if state == BLANK else str(line.get("says", ""))[:2000])
    name = line.get("who") if isinstance(line.get("who"), str) else who or None
    state, says = place.judge(exercise.key, line["given"], name)
    return Said(state, says, line["given"])


def _exercises(chapter: str) -> tuple[Exercise, ...]:
    return exercises_of(chapter) if chapter else ()


# ---- from and to plain data ----------------------------------------------------------------


def as_plain(rows: list[Graded]) -> list[dict]:
    """Rows as JSON can hold them."""
    return [asdict(row) for row in rows]


def from_plain(rows: list[dict]) -> list[Graded]:
    """Rows again."""
    return [
        Graded(**{**row, "said": {key: Said(**said) for key, said in row["said"].items()}})
        for row in rows
    ]
