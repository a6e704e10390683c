"""Rooms with an index in their ``__init__.py``: each of their files and folders is named there, once.

An index is what follows "each file one job::" (a line for each) or "each file once ...::" (by topic).
"""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
PROMISE = re.compile(r"each file (one job|once)\b[^:]*::\n\n((?:    .*\n)+)")
PACKAGES = sorted((ROOT / "hlm_teach").rglob("__init__.py"))


def docstring(path: Path) -> str:
    """What stands at the top of a file."""
    return f"{ast.get_docstring(ast.parse(path.read_text(encoding='utf-8')))}\n"


ROOMS = {
    path.parent.relative_to(ROOT).as_posix(): found
    for path in PACKAGES
    if (found := PROMISE.search(docstring(path)))
}


def names(kind: str, index: str) -> list[str]:
    """The names in an index, in order.

    >>> names("one job", "    table   the CSV file\\n    book    the web book\\n")
    ['table', 'book']
    >>> names("once", "    fits:  fit, many\\n           sampling\\n")
    ['fit', 'many', 'sampling']
    """
    if kind == "one job":
        return re.findall(r"^    (\w+)", index, re.MULTILINE)
    return re.findall(r"\w+", " ".join(line.split(":")[-1] for line in index.splitlines()))


def test_the_indexes_are_found():
    assert {"lmm", "feedback", "classroom", "grading", "engine"} <= {
        room.rpartition("/")[2] for room in ROOMS
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_is_named_once(room):
    files = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__", "__main__"}
    folders = {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}
    assert sorted(names(*ROOMS[room].groups())) == sorted(files | folders)


@pytest.mark.parametrize("room", ROOMS)
def test_an_index_is_short(room):
    assert len(ROOMS[room][2].splitlines()) <= 25
