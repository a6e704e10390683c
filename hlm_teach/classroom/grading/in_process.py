"""Run submissions in a process each, where there is no sandbox.

The process runs with the rights of whoever grades: it can read and delete their files. Computing
time is limited, where the system can count it, not the time on the clock.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import UNREADABLE, judge

from .submission import Ran
from .tasks import Step

SECONDS = 120.0  # of computing, for a notebook's own cells
STARTING = 600.0  # to get to the first cell, which is no fault of the notebook's
ON_THE_CLOCK = 20  # times as long for a process that waits instead of computing
MOST_SKIPPED = 5
LARGEST_ANSWERS = 8 * 2**20
_running: set[subprocess.Popen] = set()


class InProcess:
    """Submissions, each in a process of its own; answers are judged here."""

    def __init__(self, seconds: float = SECONDS):
        self.seconds = seconds

    def run(self, steps: list[Step], files: dict[str, bytes] | None = None) -> Ran:
        """Run cells in order; one that doesn't come to an end is left out the next time."""
        skipped: dict[int, str] = {}
        while True:
            left = [step for step in steps if step.place not in skipped]
            lines, state = self._once(left, files or {})
            ran = _read(lines)
            ran.remarks = [f"{words} in cell {place + 1}" for place, words in skipped.items()]
            if state == "ended":
                return ran
            place = _to_blame(lines, self.seconds)
            if place is None or place in skipped or len(skipped) == MOST_SKIPPED:
                where = "before its first cell" if place is None else f"in cell {place + 1}"
                ran.remarks.append(f"{state} {where}")
                return ran
            skipped[place] = state

    def judge(self, key: str, given: Any, who: str | None) -> tuple[str, str]:
        """The state of an answer and what to say to it."""
        try:
            result = judge(find(key), given, who)
        except Exception:  # data of another form than this exercise's answers
            return UNREADABLE, "This is not what an answer to this exercise looks like."
        return result.state, result.says

    def _once(self, steps: list[Step], files: dict[str, bytes]) -> tuple[list[dict], str]:
        """One run: the lines that came back, and how it went ('ended' if well)."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            answers, cells, room = (Path(folder, name) for name in ("answers", "cells", "room"))
            cells.write_text(json.dumps([asdict(step) for step in steps]), encoding="utf-8")
            _fill(room, files)
            process = _started(room, cells, answers, self.seconds)
            _running.add(process)
            try:
                _wait_for_first_cell(process, answers)
                process.wait(ON_THE_CLOCK * self.seconds)
                state = _how_it_ended(process.returncode, self.seconds)
            except subprocess.TimeoutExpired:
                state = f"no end within {ON_THE_CLOCK * self.seconds:g} s, most of it waiting"
            finally:
                end(process)
                _running.discard(process)
            lines = list(_lines(answers))
        return lines, "ended" if {"end": True} in lines else state


def _fill(room: Path, files: dict[str, bytes]) -> None:
    """Make the folder in which cells run, with copies of a learner's files in it."""
    room.mkdir()
    for name, content in files.items():
        with suppress(OSError, ValueError):  # a name that this system doesn't take
            path = (room / name).resolve()
            if path.is_relative_to(room.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def _started(room: Path, cells: Path, answers: Path, seconds: float) -> subprocess.Popen:
    module = "hlm_teach.classroom.grading.process_room"
    return subprocess.Popen(
        [sys.executable, "-m", module, str(cells), str(answers), str(seconds)],
        cwd=room,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _how_it_ended(code: int | None, seconds: float) -> str:
    killed = getattr(signal, "SIGXCPU", None)
    if code is not None and killed is not None and code in (-killed, -signal.SIGKILL):
        return f"no end within {seconds:g} s of computing"
    return "ended by itself"


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


def end(process: subprocess.Popen) -> None:
    """End a process and whatever it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def end_all() -> None:
    """End what still runs, when nobody waits for it any more."""
    for process in list(_running):
        end(process)


# ---- what came back ------------------------------------------------------------------------


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


def _read(lines: list[dict]) -> Ran:
    errors = {
        line["cell"]: str(line["error"])[:300]
        for line in lines
        if isinstance(line.get("cell"), int) and line.get("error")
    }
    return Ran([line for line in lines if isinstance(line.get("key"), str)], errors)


def _to_blame(lines: list[dict], seconds: float) -> int | None:
    """The cell that took most of the time, or the one in which the process ended."""
    begun = [line for line in lines if isinstance(line.get("begin"), int)]
    if not begun:
        return None
    spent = {
        one["begin"]: float(after.get("at", 0)) - float(one.get("at", 0))
        for one, after in zip(begun, begun[1:])
    }
    dearest = max(spent, key=lambda place: spent[place], default=None)
    if dearest is not None and spent[dearest] > seconds / 2:
        return dearest
    return begun[-1]["begin"]
