"""Cells from whatever a notebook was saved as: encodings, old formats, other editors, scripts."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from .handed_in import OTHER_ARCHIVES, Refused

MOST_CELLS = 2000
LONGEST_CELL = 200_000  # characters

# How other documents begin, or are called.
_OTHERS = (
    (b"%PDF", "a PDF: the notebook itself (.ipynb) is wanted"),
    (b"\xd0\xcf\x11\xe0", "an office document: the notebook itself (.ipynb) is wanted"),
    (b"\x89PNG", "a picture: the notebook itself (.ipynb) is wanted"),
    (b"\xff\xd8\xff", "a picture: the notebook itself (.ipynb) is wanted"),
    (b"PK", "an office document or archive: the notebook itself (.ipynb) is wanted"),
)
_UNREADABLE = "not a notebook: it can't be read as one"
DATA = (".csv", ".tsv", ".dat", ".txt")
# What may stand before the first brace: byte order marks, zeros of UTF-16 and UTF-32, blanks.
_BEFORE_BRACE = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\xc2\x85\xa0"


@dataclass(frozen=True)
class Cell:
    """A cell: its place in the notebook, its text, and the exercise that its metadata name."""

    place: int
    is_code: bool
    source: str
    grade_id: str = ""


@dataclass(frozen=True)
class Notebook:
    """The cells, and what was odd about how they were saved."""

    cells: list[Cell]
    remarks: list[str]


def read_notebook(held: bytes, name: str) -> Notebook:
    """Read a notebook of any format.

    Raises
    ------
    Refused
        If it is something else; with the reason in words.
    """
    for start, words in _OTHERS:
        if held.startswith(start):
            raise Refused(words)
    for start, kind in OTHER_ARCHIVES.items():
        if held.startswith(start):
            raise Refused(f"a {kind} archive: hand in a zip file, or the notebook itself")
    if not held.strip(b"\0 \t\r\n"):
        raise Refused("not a notebook: the file is empty")
    text, remarks = _decoded(held)
    if text.lstrip().startswith("{"):
        cells, more = _from_json(text)
    elif _is_script(text, name):
        cells, more = _from_script(text), ["read from a script, not a notebook"]
    elif re.match(r"\s*<(!doctype|html)", text[:200], re.IGNORECASE):
        raise Refused("a web page: the notebook itself (.ipynb) is wanted")
    elif is_data(name.rpartition("/")[2]):
        raise Refused("a file of data, not a notebook: nothing to grade")
    else:
        raise Refused(_UNREADABLE)
    return Notebook(_bounded(cells), [*remarks, *_of_name(name), *more])


def is_data(name: str) -> bool:
    """Whether a file of this name is one of data, for a notebook to read."""
    named = name.lower()
    return named.endswith(DATA) and ".ipynb" not in named and ".py" not in named


def begins_as_notebook(start: bytes) -> bool:
    """Whether a file that begins so is read as a notebook's JSON, whatever it is called."""
    return start.lstrip(_BEFORE_BRACE).startswith(b"{")


def _bounded(cells: list[Cell]) -> list[Cell]:
    if len(cells) > MOST_CELLS:
        raise Refused(f"a notebook of {len(cells)} cells; up to {MOST_CELLS} are read")
    return cells


def _of_name(name: str) -> list[str]:
    last = name.rpartition("/")[2]
    plain = last.lower().endswith((".ipynb", ".py"))
    return [] if plain else [f"read although it is called {last[-40:]!r}"]


# ---- text ----------------------------------------------------------------------------------

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _decoded(held: bytes) -> tuple[str, list[str]]:
    """The text, by its mark, as UTF-8, by where its zero bytes lie, or as Latin-1."""
    named = next((name for mark, name in _MARKS if held.startswith(mark)), "")
    if not named and b"\0" in held[:4]:
        named = "utf-16-be" if held[:1] == b"\0" else "utf-16-le"
    for name in filter(None, [named, "utf-8", "cp1252"]):
        try:
            text = held.decode(name)
        except UnicodeDecodeError:
            continue
        said = [] if name in ("utf-8", "utf-8-sig") else [f"saved as {name.upper()}, not UTF-8"]
        return text.removeprefix("\ufeff"), said
    return held.decode("latin-1"), ["saved as LATIN-1, not UTF-8"]


# ---- JSON of several kinds -----------------------------------------------------------------


def _from_json(text: str) -> tuple[list[Cell], list[str]]:
    try:
        parsed = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise Refused(_UNREADABLE + _cut_short(text)) from None
    raw, remarks = _raw_cells(parsed)
    if not isinstance(raw, list):
        raise Refused(_UNREADABLE)
    language = _language(parsed)
    if language not in ("", "python", "python3", "ipython"):
        remarks.append(f"its kernel is set to {language}; run as Python")
    cells = [cell for place, one in enumerate(raw) for cell in _cell(place, one)]
    if raw and not cells:
        raise Refused(_UNREADABLE)
    return cells, remarks


def _cut_short(text: str) -> str:
    return (
        " (it may have been cut short)"
        if '"cells"' in text and not text.rstrip().endswith("}")
        else ""
    )


def _raw_cells(parsed: Any) -> tuple[Any, list[str]]:
    """The list of cells: at the top since format 4, in worksheets before."""
    if "cells" in parsed:
        return parsed["cells"], []
    sheets = parsed.get("worksheets")
    if isinstance(sheets, list):
        old = f"of the old format {parsed.get('nbformat', 3)}"
        found = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
        return found, [old]
    return None, []


def _language(parsed: dict) -> str:
    metadata = parsed.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    named = spec.get("language") if isinstance(spec, dict) else None
    return str(named).lower()[:20] if isinstance(named, str) else ""


def _cell(place: int, one: Any) -> list[Cell]:
    """One cell, whatever its fields are called; none if it holds neither code nor prose."""
    if not isinstance(one, dict):
        return []
    kind = one.get("cell_type", one.get("kind", ""))
    source = _text(next((one[key] for key in ("source", "input", "value") if key in one), ""))
    if len(source) > LONGEST_CELL:
        source = ""
    if kind == "heading":  # of format 3
        level = one.get("level") if isinstance(one.get("level"), int) else 1
        return [Cell(place, False, f"{'#' * max(1, min(level or 1, 6))} {source}")]
    if kind in ("code", 2) and one.get("language") not in ("markdown",):
        return [Cell(place, True, source, _grade_id(one))]
    return (
        [Cell(place, False, source, _grade_id(one))] if kind in ("markdown", "code", 1, 2) else []
    )


def _text(source: Any) -> str:
    if isinstance(source, list):
        parts = [part for part in source if isinstance(part, str)]
        # Some editors store lines without their ends.
        apart = len(parts) > 1 and not any(part.endswith("\n") for part in parts[:-1])
        return ("\n" if apart else "").join(parts)
    return source if isinstance(source, str) else ""


def _grade_id(one: dict) -> str:
    metadata = one.get("metadata")
    graded = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    found = graded.get("grade_id") if isinstance(graded, dict) else None
    return found[:60] if isinstance(found, str) else ""


# ---- scripts -------------------------------------------------------------------------------

_CUT = re.compile(r"^# ?(%%|In ?\[[\d ]*\]:?|<codecell>|<markdowncell>)(.*)$")


def _is_script(text: str, name: str) -> bool:
    """Python with cells marked in it, as Jupytext, VS Code, Spyder and Jupyter's export write it."""
    return name.lower().endswith((".py", ".py.txt")) and any(map(_CUT.match, text.splitlines()))


def _from_script(text: str) -> list[Cell]:
    cells: list[Cell] = []
    lines: list[str] = []
    prose = False

    def close() -> None:
        if lines:
            cells.extend(_of_lines(len(cells), lines, prose))
        lines.clear()

    for line in text.splitlines():
        found = _CUT.match(line)
        if found:
            close()
            prose = "markdown" in found[1] + found[2] or "[md]" in found[2]
        else:
            lines.append(line)
    close()
    return cells


def _of_lines(place: int, lines: list[str], prose: bool) -> list[Cell]:
    """Marked prose, or code; comments at the end of a cell that hold a heading are prose too."""
    if prose:
        return [Cell(place, False, "\n".join(re.sub(r"^# ?", "", line) for line in lines))]
    end = len(lines)
    while end and (lines[end - 1].startswith("#") or not lines[end - 1].strip()):
        end -= 1
    tail = "\n".join(re.sub(r"^# ?", "", line) for line in lines[end:]).strip()
    code = [Cell(place, True, "\n".join(lines[:end]))]
    return [*code, Cell(place + 1, False, tail)] if tail.startswith("#") else code
