"""Links that end at the right heading.

JupyterLab's anchor of a heading is its text with dashes for spaces, Sphinx's is lower case and
has no punctuation. And pages that lead back into the chapters name the heading after the chapter,
since notebooks open at their beginning only: in the book such a link goes to the heading.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat

LINK = re.compile(r"\[((?:[^\[\]]|\\.)*)\]\(([^()\s:#]*\.ipynb)?(#[^()\s]+)?\)")
HEADING = re.compile(r"^#{1,5} +(.+?)\s*$", re.MULTILINE)
# Where links lead that leave the book for the course's folder.
LEAVING = {
    "../exercises": "../exercises/index.md",
    "../solutions": "../solutions/index.md",
    "../README.md": "../index.md",
}
OUT = re.compile(r"\]\((" + "|".join(map(re.escape, LEAVING)) + r")(#[^()\s]*)?\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """The anchor that MyST gives to a heading.

    >>> slug("First reading: a share of variance")
    'first-reading-a-share-of-variance'
    >>> slug("Deeper: when τ₀₀ is *zero*")
    'deeper-when-τ₀₀-is-zero'
    """
    plain = re.sub(r"[*`]", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def of_notebooks(root: Path, folders: Iterable[str]) -> dict[str, set[str]]:
    """The anchors in every notebook, by its path below the course's folder."""
    return {
        path.relative_to(root).as_posix(): headings_of(path)
        for folder in folders
        for path in (root / folder).glob("*.ipynb")
    }


def headings_of(path: Path) -> set[str]:
    """The anchors of the headings in a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    texts = [FENCED.sub("", cell.source) for cell in cells if cell.cell_type == "markdown"]
    return {slug(heading) for text in texts for heading in HEADING.findall(text)}


def mended(text: str, page: str, known: dict[str, set[str]]) -> str:
    """A page's text with its links to headings as Sphinx needs them.

    >>> mended("[2 ICC: The idea](../chapters/02.ipynb)", "docs/a.md", {"chapters/02.ipynb": {"the-idea"}})
    '[2 ICC: The idea](../chapters/02.ipynb#the-idea)'
    >>> mended("[see](#Deeper:-why)", "docs/a.md", {})
    '[see](#deeper-why)'
    """

    def link(found: re.Match) -> str:
        words, file, anchor = found[1], found[2] or "", found[3] or ""
        if anchor:
            return f"[{words}]({file}#{slug(anchor[1:])})"
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), file))
        end = slug(words.partition(": ")[2])
        return f"[{words}]({file}#{end})" if end in known.get(target, ()) else found[0]

    return LINK.sub(link, OUT.sub(lambda found: f"]({LEAVING[found[1]]})", text))
