"""The pages one looks things up in are in step with the chapters."""

import re
from pathlib import Path

import pytest

from hlm_teach.classroom import references

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_references_is_made_from_the_chapters():
    made = references.PAGE.read_text(encoding="utf-8") == references.page()
    assert made, ".venv/bin/python -m hlm_teach.classroom.references"


def test_every_work_stands_once_and_names_its_chapters():
    lines = [line for line in references.page().splitlines() if line.startswith("- ")]
    identities = [references.identity(line) for line in lines]
    assert len(identities) == len(set(identities)) > 50
    assert all("Cited in [" in line for line in lines)


def test_the_glossary_is_alphabetical_and_leads_somewhere():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", text, flags=re.MULTILINE)
    assert len(words) > 50
    assert words == sorted(words, key=references.plain)
    for target in re.findall(r"\]\((\.\./chapters/\S+?)\)", text):
        assert (ROOT / "docs" / target).is_file(), target
