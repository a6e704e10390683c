"""The page that a learner gets back: points, what was asked, what was handed in, what `check` said.

One HTML file that needs nothing else and loads nothing. Every text of a learner's is shown as text.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from hlm_teach.classroom.places import ROOT
from hlm_teach.feedback.exercise import exercises_of
from hlm_teach.feedback.judging import BLANK, RIGHT, UNREADABLE, WRONG

from .submission import Graded, Said
from .table import clean, printable

LONGEST_SHOWN = 2000
_STATES = {
    RIGHT: ("✓", "right"),
    WRONG: ("✗", "not yet"),
    UNREADABLE: ("△", "can't be read"),
    BLANK: ("○", "not answered"),
}
_STYLE = """
body { font: 17px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem } .points { font-weight: normal }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left }
details { margin: .4rem 0 } pre { white-space: pre-wrap; background: #f4f4f4; padding: .6rem }
.said { border-left: 4px solid #767676; padding-left: .8rem }
.right { border-color: #009e73 } .wrong, .unreadable { border-color: #d55e00 }
"""
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{style}</style></head><body>
"""


def page(rows: list[Graded]) -> str:
    """The page for one file that was handed in: one row, or one for each chapter in it."""
    title = f"Feedback: {rows[0].name}"
    parts = [_HEAD.format(title=_text(title), style=_STYLE), f"<h1>{_text(title)}</h1>"]
    for row in rows:
        parts += _chapter(row)
    return "\n".join([*parts, "</body></html>\n"])


def _chapter(row: Graded) -> list[str]:
    parts = []
    if row.chapter:
        whose = f", handed in by {_text(row.who)}" if row.who else ""
        parts.append(
            f"<p><strong>Chapter {row.chapter}: {sum(row.points.values())} of {row.of} points</strong>"
            f"{whose}.</p>"
        )
    if row.remarks:
        parts += ["<p>What was noticed when it was run:</p><ul>"]
        parts += [f"<li>{_text(remark)}</li>" for remark in row.remarks]
        parts += ["</ul>"]
    if not row.chapter:
        parts.append("<p>No points could be given. Hand in the notebook itself, a file .ipynb.</p>")
        return parts
    for exercise in exercises_of(row.chapter):
        parts += _exercise(exercise.key, exercise.title, exercise.points, row)
    return parts


def _exercise(key: str, title: str, of: int, row: Graded) -> list[str]:
    said = row.said.get(key) or Said(BLANK, "Not answered.")
    mark, words = _STATES.get(said.state, _STATES[UNREADABLE])
    asked = tasks(row.chapter).get(key, "")
    parts = [
        f'<section id="{key}"><h2>{mark} {key} {_text(title)} '
        f'<span class="points">({row.points.get(key, 0)} of {of} points, {words})</span></h2>'
    ]
    if asked:
        parts.append(f"<details><summary>What was asked</summary>{prose(asked)}</details>")
    if said.given is not None:
        parts.append(
            f"<details><summary>What was handed in</summary>{_given(said.given)}</details>"
        )
    state = said.state if said.state in _STATES else UNREADABLE
    parts += [f'<div class="said {state}">{prose(said.says)}</div></section>']
    return parts


def _given(given: object) -> str:
    shown = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    more = " …" if len(shown) > LONGEST_SHOWN else ""
    held = printable(shown[:LONGEST_SHOWN])
    return f"<pre>{escape(held)}{more}</pre>"


def _text(text: object) -> str:
    return escape(clean(text).removeprefix("'"))


# ---- what was asked ------------------------------------------------------------------------

_TASK = re.compile(r"## (\d\d\.\d+) [^\n]*\n?")


@cache
def tasks(chapter: str) -> dict[str, str]:
    """The prose of each exercise, from the notebook that is handed out; {} where it isn't there."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(ROOT, "exercises").glob(f"{chapter}_*.ipynb")):
        key = ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            begins = _TASK.match(source)
            key = begins[1] if begins else key
            if key and cell["cell_type"] == "markdown":
                found.setdefault(key, []).append(source[begins.end() if begins else 0 :].strip())
    return {key: "\n\n".join(parts) for key, parts in found.items()}


def prose(text: str) -> str:
    """Plain Markdown as HTML: paragraphs, lists, tables, bold, italic, code; all else as text."""
    return "\n".join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> str:
    lines = block.strip().split("\n")
    if all(line.startswith("|") for line in lines) and len(lines) > 1:
        rows = [line.strip("|").split("|") for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        cells = ["".join(f"<td>{_inline(cell.strip())}</td>" for cell in row) for row in rows]
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
    if re.match(r"[-*] ", lines[0]):
        items = re.split(r"\n(?=[-*] )", block.strip())
        return f"<ul>{''.join(f'<li>{_inline(item[2:])}</li>' for item in items)}</ul>"
    return f"<p>{_inline(block.strip())}</p>"


def _inline(text: str) -> str:
    held = escape(printable(text))
    held = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", held)
    held = re.sub(r"\[([^\]\n]+)\]\([^)\s]*\)", r"\1", held)
    held = re.sub(r"\*\*([^*\n]+)\*\*", r"<strong>\1</strong>", held)
    return re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<em>\1</em>", held)


# ---- files ---------------------------------------------------------------------------------


def write(rows: list[Graded], folder: Path, taken: set[str]) -> Path:
    """Write the page of one submission into a folder, under a name that is free."""
    stem = re.sub(r"[^\w.-]+", "_", clean(rows[0].name)).strip("._")[:100] or "submission"
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.lower())
    path = folder / f"{name}.html"
    path.write_text(page(rows), encoding="utf-8", newline="\n")
    return path
