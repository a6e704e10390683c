"""No term and no symbol is used in a core before the cell that says what it means.

`terms/NN.json` lists what each chapter introduces: ``{"term", "pattern", "cell"}``. Cores are read
in the order of the course: prose, and what folded cells say.
"""

import json
import re
from itertools import accumulate
from pathlib import Path

import pytest
from notebook_checks import first_heading, is_deeper, words

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
LISTS = {path.stem: path for path in sorted((Path(__file__).parent / "terms").glob("*.json"))}
TERMS = [
    (chapter, entry)
    for chapter, path in LISTS.items()
    for entry in json.loads(path.read_text(encoding="utf-8"))
]


def read(cell: dict) -> str:
    """What a reader of the core meets: prose without its answers to a quiz, and what is said."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return re.sub(r"<details>.*?</details>", "", source, flags=re.DOTALL)
    shown = [
        words(output)
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    return "\n".join(shown)


def cores() -> list[tuple[str, dict]]:
    """Chapter and cell, of every core, in the order in which they are read."""
    found = []
    for path in CHAPTERS:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found += [(path.name[:2], cell) for cell in notebook["cells"] if not is_deeper(cell)]
    return found


CORES = cores()
PLACES = {(chapter, cell["id"]): place for place, (chapter, cell) in enumerate(CORES)}


def sections_that_look_ahead() -> set[int]:
    """Places of cells in which a term may stand before its time: the list of goals."""
    titles = accumulate((first_heading(cell) for _, cell in CORES), lambda last, new: new or last)
    return {i for i, title in enumerate(titles) if title and title[1] == "You will be able to"}


AHEAD = sections_that_look_ahead()


def test_every_chapter_lists_its_terms():
    missing = {path.name[:2] for path in CHAPTERS} ^ set(LISTS)
    assert not missing, f"tests/house/terms/NN.json and chapters differ: {sorted(missing)}"


@pytest.mark.parametrize("chapter, entry", TERMS, ids=[f"{c} {e['term']}" for c, e in TERMS])
def test_a_term_is_said_before_it_is_used(chapter, entry):
    introduced = PLACES[chapter, entry["cell"]]
    assert re.search(entry["pattern"], read(CORES[introduced][1])), "not in the cell named"
    early = [
        f"chapter {of}, cell {cell['id']}"
        for place, (of, cell) in enumerate(CORES[:introduced])
        if place not in AHEAD and re.search(entry["pattern"], read(cell))
    ]
    assert not early, f"{entry['term']!r} is used before it is said: {early}"
