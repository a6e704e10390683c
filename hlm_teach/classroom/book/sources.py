"""Lay out the folder that Sphinx makes the book from: the notebooks and pages of the course.

The course's folders keep their names, so that links from one to another go on working. What a
page needs to know of a cell beyond what Sphinx carries there is written as a tag of the cell
(`tag_` and the tag become a class in the page): `pages` reads it again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat

from hlm_teach.classroom.places import ROOT
from hlm_teach.classroom.tools import npm

from . import anchors, formulas, pictures

NOTEBOOKS = ("chapters", "exercises", "solutions")
DOCUMENTS = (
    "docs/find_it.md",
    "docs/corrected.md",
    "docs/glossary.md",
    "docs/references.md",
    "docs/teaching.md",
    "docs/grading.md",
    "docs/limits.md",
    "docs/set_up.md",
    "hlm_teach/data/README.md",
)
# A page for the teacher of each chapter.
FOLDERS = ("docs/teaching",)
OTHERS = ("docs/picture.png", "docs/nbgrader_config.py", "docs/question_bank.xml")
# A comment of HTML that reaches the page, in the section that is to be folded.
FOLD = "<!-- deeper -->"
LAB = re.compile(r"^(\w+)_lab\(", re.MULTILINE)
# pandas gives every table its own style; the book has one for all.
STYLE = re.compile(r"<style scoped>.*?</style>\n?", re.DOTALL)
EXERCISES = re.compile(r"the folder `(exercises|solutions)`, (?:in the )?notebook `(\w+)`")


def lay_out(target: Path, *, root: Path = ROOT) -> None:
    """Make the source folder anew."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root / "book", target, ignore=shutil.ignore_patterns("static", "live", "sheet"))
    static = target / "_static"
    (static / "pictures").mkdir(parents=True)
    shutil.copytree(root / "book" / "static", static, dirs_exist_ok=True)
    copy_formula_style(static / "katex")
    known = anchors.of_notebooks(root, NOTEBOOKS)
    for name in notebooks(root):
        write(target / name, notebook_text(root / name, name, known, static / "pictures"))
    for name in documents(root):
        text = (root / name).read_text(encoding="utf-8")
        write(target / name, anchors.mended(text, name, known))
    for name in OTHERS:
        shutil.copy(root / name, target / name)


def notebooks(root: Path = ROOT) -> list[str]:
    """Every notebook of the book, as a path below the course's folder, in order."""
    return [
        path.relative_to(root).as_posix()
        for folder in NOTEBOOKS
        for path in sorted((root / folder).glob("*.ipynb"))
    ]


def documents(root: Path = ROOT) -> list[str]:
    """Every page of the book that isn't a notebook, as a path below the course's folder."""
    found = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.md"))]
    return [*DOCUMENTS, *(path.relative_to(root).as_posix() for path in found)]


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def copy_formula_style(target: Path) -> None:
    """KaTeX's style sheet, its fonts in the one format that every browser reads, its licence."""
    package = npm.fetched(formulas.KATEX)
    (target / "fonts").mkdir(parents=True)
    style = (package / "dist" / "katex.min.css").read_text(encoding="utf-8")
    write(target / "katex.min.css", re.sub(r',url\([^)]*\) format\("(woff|truetype)"\)', "", style))
    for font in (package / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")
    shutil.copy(package / "LICENSE", target)


# ---- one notebook ------------------------------------------------------------------------


def notebook_text(path: Path, name: str, known: dict, folder: Path) -> str:
    """A notebook as Sphinx should read it."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = prose(cell, name, known)
        elif cell.cell_type == "code":
            prepare(cell, folder)
    return nbformat.writes(notebook)


def prose(cell: nbformat.NotebookNode, name: str, known: dict) -> str:
    """The text of a prose cell: links that lead somewhere, and a mark in what is to be folded."""
    text = cell.source
    if name.startswith("solutions/"):
        text = re.sub(r"^# Exercises\b", "# Solutions", text)
    text = EXERCISES.sub(r"the folder `\1`, notebook [`\2`](../\1/\2.ipynb)", text)
    text = anchors.mended(text, name, known)
    if text.startswith("#") and "deeper" in cell.metadata.get("tags", []):
        heading, _, rest = text.partition("\n")
        return f"{heading}\n\n{FOLD}\n\n{rest}"
    return text


def prepare(cell: nbformat.NotebookNode, folder: Path) -> None:
    """Name a code cell and its lab by tags, and take the pictures out of its outputs."""
    tags = [f"id-{cell.id}"]
    for data in bundles(cell):
        if "text/html" in data:
            html = re.sub(r"\n +<", "\n<", STYLE.sub("", data["text/html"]))
            data["text/html"] = pictures.taken_out(html, folder)
        if data.get("text/plain", "").startswith("Lab: "):
            tags += [f"lab-{name}" for name in LAB.findall(cell.source)[-1:]]
    cell.metadata["tags"] = cell.metadata.get("tags", []) + tags


def bundles(cell: nbformat.NotebookNode) -> Iterator[dict]:
    """What a cell has displayed, by MIME type."""
    for output in cell.outputs:
        if "data" in output:
            yield output.data
