"""The question bank is what the chapters ask, in a form that Moodle imports."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hlm_teach.classroom import question_bank

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
HELD = question_bank.OUT.read_text(encoding="utf-8")
ASKED = [one for one in ET.fromstring(HELD) if one.get("type") == "multichoice"]


def test_the_file_is_what_the_chapters_ask():
    assert question_bank.as_xml(CHAPTERS) == HELD, "python -m hlm_teach.classroom.question_bank"


def test_no_question_of_a_chapter_is_missing():
    written = sum(
        path.read_text(encoding="utf-8").count("<details><summary>(a)") for path in CHAPTERS
    )
    quizzes = [one for path in CHAPTERS for one in question_bank.quiz_of(path)]
    leaning = [one for one in quizzes if re.search("same|question 2", one.asked)]
    assert len(quizzes) == written and len(ASKED) >= max(60, written - len(leaning))


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.findtext("name/text")[:5])
def test_a_question_is_whole(asked):
    fractions = [answer.get("fraction") for answer in asked.findall("answer")]
    assert fractions.count("100") == 1 and set(fractions) == {"0", "100"} and len(fractions) >= 2
    assert asked.findtext("single") == "true"
    texts = [asked.findtext("questiontext/text")]
    for answer in asked.findall("answer"):
        texts += [answer.findtext("text"), answer.findtext("feedback/text")]
    for text in texts:
        assert len(re.sub(r"<[^>]+>", "", text).strip()) > 0
        assert not re.search(r"\*\*|✓|&lt;/?[a-z]|details|summary", text), text
        ET.fromstring(f"<p>{text}</p>")  # well-formed HTML


def test_names_are_unique_and_categories_come_first():
    names = [one.findtext("name/text") for one in ASKED]
    assert len(set(names)) == len(names)
    kinds = [one.get("type") for one in ET.fromstring(HELD)]
    assert kinds[0] == "category" and set(kinds) == {"category", "multichoice"}
