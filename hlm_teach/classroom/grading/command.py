"""What `python course.py grade FOLDER` does: find, hand out, write the table and the pages."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path

from . import feedback_page, sandbox, table, worker
from .handed_in import handed_in
from .in_process import SECONDS
from .submission import Graded

NO_SANDBOX = """\
There is no sandbox here ({why}).
So each notebook runs in a process of its own, with your rights: it can read, change and send your
files. Grade under an account, or on a machine, that holds nothing of value. Limits are of time
({seconds:g} s of computing a notebook), so that points may depend on the machine in rare cases.
"""
COMPILING = "The sandbox is compiled, once: that takes one to ten minutes."


def main(arguments: list[str]) -> int:
    """Grade everything in a folder; print a table, write it as CSV, and a page for each learner."""
    options = _options(arguments)
    folder, out = Path(options.start, options.folder), Path(options.start, options.out)
    pages = Path(options.start, options.feedback)
    if not folder.is_dir():
        _say(f"{folder} is not a folder: name the one in which the submissions lie.")
        return 2
    files = handed_in(folder)
    if not files:
        _say(f"There is nothing in {folder}.")
        return 2
    kind = _kind(options)
    pages.mkdir(parents=True, exist_ok=True)
    rows = _grade(files, kind, options, out, pages)
    for line in _lines(rows):
        print(line)
    print(f"All points, exercise by exercise: {out}\nA page for each learner: {pages}")
    return 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python course.py grade", description="Grade every file in a folder and below it."
    )
    add = parser.add_argument
    add("folder", help="where the submissions lie, in any order of folders, zipped or not")
    add("--out", default="grades.csv", help="the table to write (grades.csv)")
    add("--feedback", default="feedback", help="the folder for learners' pages (feedback)")
    add("--from", dest="start", default=".", help=argparse.SUPPRESS)
    add("--at-once", type=int, default=0, help="how many notebooks at once (as many as processors)")
    add(
        "--no-sandbox",
        action="store_true",
        help="run notebooks with your rights: only if you trust them",
    )
    add("--work", type=float, default=sandbox.CELL / 1e9,
        help=f"limit for one cell, in billions of instructions ({sandbox.CELL / 1e9:g})")  # fmt: skip
    add("--seconds", type=float, default=SECONDS,
        help=f"computing time for one notebook where there is no sandbox ({SECONDS:g})")  # fmt: skip
    return parser.parse_args(arguments)


def _kind(options: argparse.Namespace) -> str:
    """Where notebooks are run; where that isn't the sandbox, it is said, and what that means."""
    if options.no_sandbox:
        why = "you asked for none"
    else:
        with suppress(OSError):
            if not sandbox.is_compiled():
                _say(COMPILING)
        why = sandbox.why_not()
    if not why:
        return worker.SANDBOX
    _say(NO_SANDBOX.format(why=why, seconds=options.seconds))
    return worker.PROCESS


def _grade(
    files: list, kind: str, options: argparse.Namespace, out: Path, pages: Path
) -> list[Graded]:
    rows: list[Graded] = []
    taken: set[str] = set()
    at_once = options.at_once if options.at_once > 0 else worker.how_many()
    unwritten = ""
    limit = options.work * 1e9 if kind == worker.SANDBOX else options.seconds
    for number, found in enumerate(worker.graded(files, kind, limit, at_once), start=1):
        rows += found
        _say(f"{number} of {len(files)}: {table.clean(found[0].name)}")
        try:
            feedback_page.write(found, pages, taken)
            table.write(rows, out)
            unwritten = ""
        except OSError as error:  # such as a table that is open in a spreadsheet
            unwritten = f"{error.filename or out}: {error.strerror}"
    if unwritten:
        other = out.with_name(f"{out.stem}-{os.getpid()}{out.suffix}")
        table.write(rows, other)
        _say(f"Not everything could be written ({unwritten}). The table is in {other}.")
    return sorted(rows, key=lambda one: (one.name, one.chapter))


def _lines(rows: list[Graded]) -> list[str]:
    """The table for the terminal: without the points of single exercises."""
    cells = [[str(table.row_of(row)[name]) for name in table.COLUMNS] for row in rows]
    cells = [
        [cell[:40] if place < 5 else cell[:100] for place, cell in enumerate(row)] for row in cells
    ]
    cells.insert(0, table.COLUMNS)
    widths = [max(len(row[place]) for row in cells) for place in range(5)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[5]]).rstrip()
        for row in cells
    ]
