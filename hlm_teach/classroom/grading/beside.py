"""The data files that lie beside a notebook and are its learner's own: what its cells may read.

Copies of them are given, never the files. Whose a file is can be told only by where it lies, so a
folder counts as one learner's where nothing in it may be a notebook of somebody else's. What lies
in the folder that is graded, and not below it, belongs to nobody.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from hlm_teach.classroom.places import ROOT

from .handed_in import (
    NOT_HANDED_IN,
    HandedIn,
    Refused,
    is_archive,
    is_litter,
    neighbours_in_archive,
)
from .notebooks import begins_as_notebook, is_data

# What can't be a notebook. Anything else may be one, whatever it is called.
OTHERS = (
    ".png .jpg .jpeg .gif .svg .pdf .html .htm .md .doc .docx .odt .xls .xlsx .ods .pptx .sav .dta "
    ".rds .parquet .npy .npz .log .bib .zip .gz .tgz .tar"
).split()
MOST_FILES = 100
MOST_BYTES = 32 * 2**20
MOST_LOOKED_AT = 2000

BEGINNING = 4096  # bytes, by which a notebook is known that is called a file of data

# A path below the notebook's folder, and what reads the file, or as many of its bytes.
Lying = tuple[str, Callable[..., bytes]]


def beside(one: HandedIn) -> tuple[dict[str, bytes], str]:
    """Copies of the files that a notebook may read, by their paths from it, and a remark or ''."""
    try:
        lying = neighbours_in_archive(one) if one.inside else list(_on_disk(one))
    except (Refused, OSError):
        return {}, f"it can't read the files beside it: more than {MOST_LOOKED_AT}, or damaged"
    data = [(name, read) for name, read in lying if is_data(name)]
    if not data:
        return {}, ""
    foreign = [name for name, _ in lying if may_be_notebook(name)]
    foreign += [name for name, read in data if _holds_notebook(read)]
    own = one.name.rpartition("/")[2]
    if foreign and not all(map(_as_handed_out, [own, *foreign])):
        return {}, f"it can't read the files beside it: {foreign[0][:60]!r} may be somebody else's"
    return _read([(name, read) for name, read in data if _is_text(name)])


def may_be_notebook(name: str) -> bool:
    """Whether a file of this name may be what somebody hands in to be graded."""
    return not is_data(name) and not name.lower().endswith(tuple(OTHERS))


def _holds_notebook(read: Callable[..., bytes]) -> bool:
    """Whether a file that is called one of data holds what is graded: a notebook, or an archive."""
    try:
        start = read(BEGINNING)
    except (Refused, OSError):  # what can't be read isn't graded either
        return False
    return is_archive(start) or begins_as_notebook(start)


def _is_text(name: str) -> bool:
    """Whether cells can open a file of this name: the sandbox has names in UTF-8 alone."""
    try:
        return b"\0" not in name.encode("utf-8")
    except UnicodeEncodeError:
        return False


@cache
def _handed_out() -> frozenset[str]:
    return frozenset(path.name for path in Path(ROOT, "exercises").glob("*.ipynb"))


def _as_handed_out(name: str) -> bool:
    """Whether a notebook kept its name: of two learners' in one folder, one would have lost it."""
    return name in _handed_out()


def _read(data: list[Lying]) -> tuple[dict[str, bytes], str]:
    """Their contents, as many as there is room for."""
    held: dict[str, bytes] = {}
    left = MOST_BYTES
    for name, read in sorted(data, key=lambda one: one[0]):
        try:
            content = read()
        except (Refused, OSError):
            return held, f"it can't read {name[:60]!r}: damaged, or too large"
        left -= len(content)
        if left < 0 or len(held) == MOST_FILES:
            words = f"{MOST_FILES} files and {MOST_BYTES // 2**20} MB are"
            return held, f"it can't read {name[:60]!r}: {words} given to a notebook"
        held[name] = content
    return held, ""


def _on_disk(one: HandedIn) -> Iterator[Lying]:
    """The files in a notebook's folder and below it; no link is followed."""
    folder, seen = os.path.dirname(one.path), 0
    if "/" not in one.name:  # in the folder that is graded
        return
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_HANDED_IN]
        for name in files:
            path, seen = os.path.join(place, name), seen + 1
            plain = stat.S_ISREG(os.lstat(path).st_mode) and not is_litter(name)
            if plain and path != one.path:
                yield Path(path).relative_to(folder).as_posix(), partial(_content, path)
        if seen > MOST_LOOKED_AT:
            raise Refused("too many files")


def _content(path: str, most: int = -1) -> bytes:
    if most < 0 and os.path.getsize(path) > MOST_BYTES:
        raise Refused("too large")
    with open(path, "rb") as file:
        return file.read(most)
