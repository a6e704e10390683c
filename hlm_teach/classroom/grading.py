"""Grade a folder of submitted notebooks: what `python course.py grade` does.

Each notebook's code runs in a process of its own, with a time limit and without a terminal. It
hands back answers as plain data; points are given here, from truths computed here. So what a
submission prints, redefines or deletes changes nothing. (It is no sandbox: the code runs with your
rights. Grade as a user who may lose nothing.)
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from hlm_teach.feedback.exercise import Exercise, chapters, exercises_of
from hlm_teach.feedback.judging import RIGHT, judge

from .submission import task_of

SECONDS = 120  # for a notebook's own cells
STARTING = 600  # for the process to get to the first one, which is no fault of the notebook's
MOST_CELLS_SKIPPED = 5
LARGEST_NOTEBOOK = 50 * 2**20
LARGEST_ANSWERS = 2 * 2**20


@dataclass
class Graded:
    """One submission: points by exercise, and remarks for the teacher."""

    name: str
    chapter: str = ""
    who: str = ""
    points: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Grade every notebook in a folder; print a table and write it as CSV."""
    options = _options(arguments)
    folder, out = Path(options.start, options.folder), Path(options.start, options.out)
    if not folder.is_dir():
        print(
            f"{folder} is not a folder: name the one in which the submissions lie.", file=sys.stderr
        )
        return 2
    notebooks = sorted(
        path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )
    if not notebooks:
        print(f"There is no notebook (.ipynb) in {folder}.", file=sys.stderr)
        return 2
    table = grades([grade(path, folder, options.seconds) for path in notebooks])
    table.to_csv(out, index=False)
    print(table[["submission", "who", "chapter", "points", "of", "remarks"]].to_string(index=False))
    print(f"All points, exercise by exercise: {out}")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python course.py grade", description="Grade every notebook in a folder and below it."
    )
    parser.add_argument("folder", help="where the submissions lie, in any order of folders")
    parser.add_argument("--out", default="grades.csv", help="the table to write (grades.csv)")
    parser.add_argument("--from", dest="start", default=".", help=argparse.SUPPRESS)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"time for one notebook ({SECONDS})"
    )
    return parser.parse_args(arguments)


def grades(graded: list[Graded]) -> pd.DataFrame:
    """One row a submission: points in all, of how many, by exercise, and remarks."""
    rows = [
        {
            "submission": one.name,
            "who": one.who,
            "chapter": one.chapter,
            "points": sum(one.points.values()),
            "of": sum(exercise.points for exercise in _exercises(one.chapter)),
            "remarks": "; ".join(one.remarks),
            **one.points,
        }
        for one in graded
    ]
    return pd.DataFrame(rows)


def _exercises(chapter: str) -> tuple[Exercise, ...]:
    return exercises_of(chapter) if chapter else ()


# ---- one submission ----------------------------------------------------------------------


def grade(path: Path, folder: Path, seconds: float = SECONDS) -> Graded:
    """Grade one notebook; whatever it holds or does, a result comes back."""
    graded = Graded(path.relative_to(folder).as_posix())
    try:
        graded.chapter = chapter_of(path)
    except ValueError as problem:
        graded.remarks.append(str(problem))
        return graded
    lines, remarks = answers_of(path, seconds)
    graded.remarks += remarks
    given, graded.who = _last_answers(lines)
    graded.points = {
        exercise.key: _points(exercise, given.get(exercise.key))
        for exercise in exercises_of(graded.chapter)
    }
    return graded


def chapter_of(path: Path) -> str:
    """The chapter whose exercises a notebook holds, from its tasks or else its file name.

    Raises
    ------
    ValueError
        If it isn't a notebook, or no exercise is in it.
    """
    if path.stat().st_size > LARGEST_NOTEBOOK:
        raise ValueError(f"larger than {LARGEST_NOTEBOOK // 2**20} MB: clear its outputs first")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tasks = [task[:2] for task in map(task_of, cells) if task is not None]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("not a notebook: it can't be read as one") from None
    known = [
        chapter for chapter in [*tasks, *re.findall(r"\d\d", path.name)] if chapter in chapters()
    ]
    if not known:
        raise ValueError("no exercise of this course is in it")
    return max(known, key=known.count)


def _points(exercise: Exercise, line: dict | None) -> int:
    if line is None or "given" not in line:
        return 0
    try:
        return exercise.points * (judge(exercise, line["given"], line["who"]).state == RIGHT)
    except Exception:  # data of another form than this exercise's answers: not an answer to it
        return 0


def _last_answers(lines: list[dict]) -> tuple[dict[str, dict], str]:
    """The last answer to each exercise, and the name that was given last."""
    given = {line["key"]: line for line in lines if isinstance(line.get("key"), str)}
    names = [line["who"] for line in lines if isinstance(line.get("who"), str)]
    return given, names[-1] if names else ""


# ---- its process -------------------------------------------------------------------------


def answers_of(path: Path, seconds: float) -> tuple[list[dict], list[str]]:
    """Run a notebook in another process; a cell that never ends is left out the next time."""
    skipped: list[int] = []
    remarks: list[str] = []
    while True:
        lines, state = _run(path, skipped, seconds)
        if state == "ended":
            return lines, remarks
        place = max(
            (line["cell"] for line in lines if isinstance(line.get("cell"), int)), default=None
        )
        where = "before its first cell" if place is None else f"in cell {place + 1}"
        remarks.append(f"{state} {where}")
        if place is None or place in skipped or len(skipped) == MOST_CELLS_SKIPPED:
            return lines, remarks
        skipped.append(place)


def _run(path: Path, skipped: list[int], seconds: float) -> tuple[list[dict], str]:
    """One run: the lines that came back, and how it went ('ended' if well)."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        answers = Path(folder, "answers.jsonl")
        command = [
            sys.executable,
            "-m",
            "hlm_teach.classroom.submission",
            str(path.resolve()),
            str(answers),
            *map(str, skipped),
        ]
        room = Path(folder, "room")
        room.mkdir()
        process = subprocess.Popen(
            command,
            cwd=room,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for_first_cell(process, answers)
            process.wait(seconds)
            state = "stopped by itself"
        except subprocess.TimeoutExpired:
            state = f"no end within {seconds:g} s"
        finally:
            _end(process)
        lines = list(_lines(answers))
        return lines, "ended" if {"end": True} in lines else state


def _wait_for_first_cell(process: subprocess.Popen, answers: Path) -> None:
    """Wait until the other process has imported what it needs: on a busy machine that alone can
    take as long as a learner's whole notebook may."""
    deadline = time.monotonic() + STARTING
    while not (answers.exists() and answers.stat().st_size) and time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            return


def _environment() -> dict[str, str]:
    """The environment of the other process: no window, no progress kept, one thread."""
    return os.environ | {
        "MPLBACKEND": "Agg",
        "HLM_TEACH_PROGRESS": "off",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _end(process: subprocess.Popen) -> None:
    """End a process and whatever it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    process.kill()
    process.wait()


def _lines(answers: Path) -> Iterator[dict[str, Any]]:
    """What the other process wrote, line by line, as far as it can be read."""
    if not answers.exists() or answers.stat().st_size > LARGEST_ANSWERS:
        return
    for line in answers.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            parsed = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(parsed, dict):
            yield parsed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
