"""The question bank is what the chapters and exercises ask, in a form that Moodle imports.

What that form is says Moodle's own importer: question/format/xml/format.php, import_numerical, and
question/type/numerical (the first answer within its tolerance is taken; * stands for any other).
"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hlm_teach.classroom import numeric_items, question_bank
from hlm_teach.classroom.grading.feedback_page import tasks
from hlm_teach.feedback.exercise import chapters, find
from hlm_teach.feedback.judging import RIGHT, WRONG, judge

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
HELD = question_bank.OUT.read_text(encoding="utf-8")
QUIZ = ET.fromstring(HELD)
ASKED = [one for one in QUIZ if one.get("type") == "multichoice"]
NUMBERS = [one for one in QUIZ if one.get("type") == "numerical"]
ITEMS = {item.name: item for chapter in chapters() for item in numeric_items.items_of(chapter)}


def test_the_file_is_what_the_chapters_ask():
    made = question_bank.as_xml(CHAPTERS) == HELD
    assert made, ".venv/bin/python -m hlm_teach.classroom.question_bank"


def test_no_question_of_a_chapter_is_missing():
    written = sum(
        path.read_text(encoding="utf-8").count("<details><summary>(a)") for path in CHAPTERS
    )
    quizzes = [one for path in CHAPTERS for one in question_bank.quiz_of(path)]
    leaning = [one for one in quizzes if re.search("same|question 2", one.asked)]
    assert len(quizzes) == written and len(ASKED) >= max(60, written - len(leaning))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem[:2])
def test_no_place_is_a_good_guess(chapter):
    places = [
        [one.right for one in asked.choices].index(True) for asked in question_bank.quiz_of(chapter)
    ]
    most = max((places.count(place) for place in places), default=0)
    assert most <= max(2, 0.6 * len(places)), f"the right answers' places: {places}"


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
        assert not re.search(r"\*\*|✓|✗|&lt;/?[a-z]|details|summary", text), text
        ET.fromstring(f"<p>{text}</p>")  # well-formed HTML


def test_names_are_unique_and_categories_come_first():
    names = [one.findtext("name/text") for one in ASKED + NUMBERS]
    assert len(set(names)) == len(names)
    kinds = [one.get("type") for one in QUIZ]
    assert kinds[0] == "category" and set(kinds) == {"category", "multichoice", "numerical"}


# ---- numbers from the exercises ----------------------------------------------------------------


def verdict(item, value):
    """What `check` says to a number in place of the right one, all other parts being right."""
    exercise = find(item.key)
    truth = exercise.truth_in(exercise.numbers_for())
    return judge(exercise, truth | {item.part: value} if item.part else value)


def named(one):
    return one.findtext("name/text")


def test_there_is_a_mix():
    assert len(NUMBERS) >= 60 and len(ASKED) >= 60
    assert len({named(one)[:2] for one in NUMBERS}) >= 8  # chapters


@pytest.mark.parametrize("one", NUMBERS, ids=lambda one: re.sub(r"\W+", "-", named(one))[:60])
def test_a_number_is_marked_as_check_marks_it(one):
    item = ITEMS[named(one)]
    right, *wrong, other = one.findall("answer")
    value, allowed = (float(right.findtext(name)) for name in ("text", "tolerance"))
    for sign in (-1, 1):  # the digits shown may be off by a twentieth of the last one asked for
        assert verdict(item, value + sign * 0.8 * allowed).state == RIGHT
        assert verdict(item, value + sign * 1.1 * allowed).state == WRONG
    assert other.findtext("text") == "*" and len(wrong) == len(item.wrong)
    for answer, (number, says) in zip(wrong, item.wrong):
        assert abs(float(answer.findtext("text")) - number) <= 0.06 * 10.0**-item.decimals
        judged = verdict(item, number)
        assert judged.state == WRONG and judged.says.startswith(says)


@pytest.mark.parametrize("one", NUMBERS, ids=lambda one: re.sub(r"\W+", "-", named(one))[:60])
def test_a_number_s_question_has_the_form_that_moodle_reads(one):
    answers = one.findall("answer")
    assert [answer.get("fraction") for answer in answers] == ["100"] + ["0"] * (len(answers) - 1)
    for answer in answers:
        kinds = [part.tag for part in answer]
        assert (
            kinds == ["text", "tolerance", "feedback"] and float(answer.findtext("tolerance")) >= 0
        )
        assert len(re.sub(r"<[^>]+>", "", answer.findtext("feedback/text")).strip()) > 0
    assert float(answers[0].findtext("tolerance")) > 0
    settings = ("defaultgrade", "penalty", "hidden", "unitgradingtype", "showunits", "unitsleft")
    assert [one.findtext(name) for name in settings] == ["1", "0.3333333", "0", "0", "3", "0"]


@pytest.mark.parametrize("one", NUMBERS, ids=lambda one: re.sub(r"\W+", "-", named(one))[:60])
def test_a_number_s_question_is_the_task_and_none_of_its_solution(one):
    text = one.findtext("questiontext/text")
    plain = " ".join(ET.fromstring(f"<div>{text}</div>").itertext())
    assert not re.search(r"\*\*|Your answer|a dict|SOLUTION|check\(|answer =", plain)
    item = ITEMS[named(one)]
    begins = re.sub(r"[*`]", "", tasks(item.key[:2])[item.key].replace("*Core exercise.*", ""))
    assert re.findall(r"\w+", plain)[:8] == re.findall(r"\w+", begins)[:8]
    assert plain.count("Type in here:") == 1
    assert item.part in plain.rpartition("Type in here:")[2]
