"""docs/corrected.md: its numbers are those that the linked sections print, its links lead there."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from notebook_checks import text, words

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "corrected.md"
LINK = re.compile(r"\[(\d+) [^\]:]+: ([^\]]+)\]\(\.\./(chapters/\S+\.ipynb)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
NUMBER = re.compile(r"(?:(?<=[\s(:|=,/*])|^)-?\d[\d,]*(?:\.\d+)?|\bnan\b")


def rows(page: str) -> list[str]:
    """The statements, heads and rules left out."""
    return [line for line in page.splitlines() if re.match(r"\| (?!---|one reads )", line)]


@cache
def sections(path: Path) -> dict[str, dict[str, str]]:
    """Under each heading of a notebook: what its cells have printed, and all that stands there."""
    found, current = {}, ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown" and (heads := re.findall(r"(?m)^#+ (.*)", text(cell))):
            current = heads[-1].strip()
            for head in heads:
                found[head.strip()] = {"printed": "", "all": ""}
        if current:
            printed = " ".join(words(output) for output in cell.get("outputs", []))
            found[current]["printed"] += " " + printed
            found[current]["all"] += f" {text(cell)} {printed}"
    return found


def numbers(said: str) -> set[str]:
    """The numbers in a text, with a hyphen for a minus; commas of thousands left out."""
    plain = re.sub(r"</?[a-z][^<>]*>", " ", said).replace("−", "-")
    return {number.rstrip(",").replace(",", "") for number in NUMBER.findall(plain)}


def number_complaints(holds: str, section: dict[str, str]) -> list[str]:
    """Bold numbers must have been printed in the section, others stand in it somewhere."""
    bold = BOLD.findall(holds)
    wrong = [] if bold else ["no bold number"]
    wrong += [f"{b}: no number" for b in bold if not numbers(b)]
    missing = numbers(" ".join(bold)) - numbers(section["printed"])
    missing |= numbers(holds.replace("*", "")) - numbers(section["all"].replace("*", " "))
    return wrong + [f"{number} doesn't stand there" for number in sorted(missing)]


def complaints(row: str) -> list[str]:
    """What is wrong with a row: a link that leads nowhere, a number that its section lacks."""
    parts = [part.strip() for part in row.strip("| ").split(" | ")]
    link = LINK.fullmatch(parts[-1])
    if len(parts) != 3 or link is None:
        return [f"{row}: three cells and a link to a section are wanted"]
    path = ROOT / link[3]
    if not path.exists() or path.name[:2] != f"{int(link[1]):02d}":
        return [f"{link[0]}: no such chapter"]
    if link[2] not in sections(path):
        return [f"{link[0]}: no such section in {path.name}"]
    return number_complaints(parts[1], sections(path)[link[2]])


PAGE_ROWS = rows(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", PAGE_ROWS, ids=lambda row: row[2:40])
def test_each_statement_has_its_numbers_from_its_section(row):
    assert complaints(row) == []


def test_all_chapters_are_covered_by_enough_statements():
    linked = {LINK.search(row)[3] for row in PAGE_ROWS}
    chapters = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
    missing = {path.relative_to(ROOT).as_posix() for path in chapters} - linked
    assert not missing, f"docs/corrected.md has no row of {sorted(missing)}"
    assert 40 <= len(PAGE_ROWS) <= 80
    statements = [row.split(" | ")[0] for row in PAGE_ROWS]
    assert len(set(statements)) == len(statements)


GOOD = "| a | Only **0.87** is right. | [2 ICC: A mean carries luck](../chapters/02_icc.ipynb) |"


@pytest.mark.parametrize(
    "row",
    [
        GOOD.replace("**0.87**", "0.87"),
        GOOD.replace("0.87", "0.88"),
        GOOD.replace("A mean carries luck", "A mean"),
        GOOD.replace("[2 ICC", "[3 ICC"),
        GOOD.replace("02_icc", "02_ic"),
        GOOD.replace("Only", "Only 17 and"),
        GOOD.replace("**0.87**", "**much**"),
        "| a | b |",
    ],
)
def test_a_wrong_row_is_seen(row):
    assert complaints(row)


def test_a_right_row_passes():
    assert complaints(GOOD) == []
