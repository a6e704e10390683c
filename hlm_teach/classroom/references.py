"""Gather the works that the chapters cite into one page, ``docs/references.md``.

Each chapter keeps its own list under "Go further", beside what it cites. ``python -m
hlm_teach.classroom.references`` rewrites the page from these lists; a test says when it is due.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from unicodedata import normalize

from .places import ROOT

PAGE = ROOT / "docs" / "references.md"
ENTRY = re.compile(r"^- ([^\n]*\((?:19|20)\d\d\)[^\n]*)$", re.MULTILINE)
LINK = re.compile(r"\[(?:doi|arXiv):[^\]]*\]\(\S+?\)")
HEAD = """# References

Every work that a chapter cites, with the chapters that do. The page is made from the chapters' own
lists by `.venv/bin/python -m hlm_teach.classroom.references`: edit those, not this page. Sources of the data
sets are with [the data](../hlm_teach/data/README.md).
"""


def page() -> str:
    """The page, in the order of authors and years."""
    works: dict[str, tuple[str, list[str]]] = {}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for work in cited(path):
            text, chapters = works.setdefault(identity(work), (work, []))
            chapters.append(f"[{label(path)}](../chapters/{path.name})")
    entries = sorted(works.values(), key=lambda entry: sort_key(entry[0]))
    lines = [f"- {text} Cited in {', '.join(dict.fromkeys(where))}." for text, where in entries]
    return HEAD + "\n" + "\n".join(lines) + "\n"


def cited(path: Path) -> list[str]:
    """The entries of a chapter's list, without the remark that follows the work."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    texts = [text for text in texts if text.startswith("## Go further")]
    return [bare(entry) for text in texts for entry in ENTRY.findall(text)]


def bare(entry: str) -> str:
    """An entry up to its link, or the whole of it.

    >>> bare("A, B. (1999). *T*. [doi:1/x](https://doi.org/1/x) (the proof)")
    'A, B. (1999). *T*. [doi:1/x](https://doi.org/1/x).'
    >>> bare("A, B. (1999). *T*. Wiley")
    'A, B. (1999). *T*. Wiley.'
    """
    link = LINK.search(entry)
    return (entry[: link.end()] if link else entry).rstrip(". ") + "."


def identity(work: str) -> str:
    """What two chapters' entries of one work share: the link, else first author, year and title.

    >>> identity("Wald, A. (1943). *Tests*. [doi:1/X](https://doi.org/1/X).")
    'https://doi.org/1/x'
    >>> identity("Wald, A. (1943). *Tests of hypotheses*. Wiley.")
    'wald 1943 tests of hypoth'
    """
    link = LINK.search(work)
    if link:
        return link.group().rpartition("(")[2].rstrip(")").lower()
    author = re.split(r"[,.(]", work)[0].strip()
    year, title = re.findall(r"\(((?:19|20)\d\d)\)\W*(.*)", work)[0]
    return f"{author} {year} {re.sub(r'[^a-z ]', '', title.lower())[:15]}".lower()


def sort_key(work: str) -> tuple[str, str]:
    """Authors without case and marks, then the year."""
    return plain(work.partition("(")[0]), re.findall(r"\((?:19|20)\d\d\)", work)[0]


def plain(words: str) -> str:
    """Words as a dictionary sorts them: small letters, marks left out.

    >>> plain("Mächler, M.")
    'machler m'
    """
    letters = normalize("NFKD", words.lower())
    return re.sub(r"[^a-z0-9 ]", "", letters).strip()


def label(path: Path) -> str:
    """Number of a chapter, or its name."""
    number = re.match(r"\d\d", path.name)
    return str(int(number.group())) if number else path.stem


if __name__ == "__main__":
    argparse.ArgumentParser(
        "python -m hlm_teach.classroom.references",
        description="Write docs/references.md anew from the chapters' own lists.",
    ).parse_args()
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
