"""The table of points: a row a file, written anew after each, so that nothing done is lost."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from pathlib import Path

from .submission import Graded

COLUMNS = ["submission", "who", "chapter", "points", "of", "remarks"]
LONGEST = 1000  # characters of a field
# A spreadsheet takes a field that begins so for a formula.
_FORMULA = re.compile(r"^\s*[=+\-@\t\r|%]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def clean(text: object) -> str:
    """A text of a learner's as one line that any file can hold and no spreadsheet runs.

    >>> clean("=HYPERLINK(1)"), clean("Ada\\nL. \\ud800")
    ("'=HYPERLINK(1)", 'Ada L. ?')
    """
    line = re.sub(r"\s", " ", printable(str(text)[:LONGEST]))
    return f"'{line}" if _FORMULA.match(line) else line


def printable(text: str) -> str:
    """A text without what no file can hold, or what turns the direction in which it is read."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def row_of(one: Graded) -> dict[str, object]:
    """A row, by the names of its columns."""
    named = {
        "submission": clean(one.name),
        "who": clean(one.who),
        "chapter": one.chapter,
        "points": sum(one.points.values()),
        "of": one.of,
        "remarks": clean("; ".join(one.remarks)),
    }
    return named | one.points


def write(rows: list[Graded], out: Path) -> None:
    """Put the whole table in the place of the one before: never half a table.

    Raises
    ------
    OSError
        If it can't be written there.
    """
    keys = sorted({key for one in rows for key in one.points}, key=_order)
    ordered = sorted(rows, key=lambda one: (one.name, one.chapter))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *keys], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(row_of, ordered))
    handle, new = tempfile.mkstemp(prefix=out.name, dir=out.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.getvalue().encode("utf-8"))
        os.chmod(new, 0o644)
        os.replace(new, out)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise


def _order(key: str) -> tuple[int, ...]:
    return tuple(map(int, key.split(".")))
