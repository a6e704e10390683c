"""What an accepted report is accepted without is named: sentences and clauses that nobody judged."""

import time

import pytest
from right_reports import REPORT

from hlm_teach.classroom.grading.feedback_page import prose
from hlm_teach.display.show import displaying_to
from hlm_teach.feedback.checking import check
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import RIGHT, WRONG, verdict
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.unjudged import LONGEST_QUOTED, MOST_QUOTED, remark, unneeded


def has_two(text):
    """A check that asks for a two and for a seven."""
    return "2" in text and "7" in text


# ---- the function ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, named",
    [
        ("The mean was 2, the SD was 7.", []),
        ("The mean was 2. The SD was 7.", []),
        ("The mean was 2. Pigs can fly. The SD was 7.", ["Pigs can fly."]),
        ("Pigs can fly.\nThe mean was 2 and the SD 7", ["Pigs can fly."]),
        ("The mean was 2. The SD was 7. The mean is 2, too.", ["The mean is 2, too."]),
        ("The mean was 2, so pigs can fly. The SD was 7.", ["so pigs can fly"]),
        ("The mean was 2; all pigs can fly; the SD was 7.", ["all pigs can fly"]),
        ("The mean was 2 because pigs can fly, and the SD was 7.", ["because pigs can fly"]),
        ("2 approx. (vs. another one). The SD, est. by eye, was 7.", []),
        ("Pigs fly; the mean was 2; the SD was 7.", []),  # too short a claim
        ("The SD was 7 (pigs, which fly, weigh 2).", []),  # brackets stay whole
        (
            "The mean was 2. Pigs\n can fly\r\n(with wings). The SD was 7.",
            ["Pigs can fly (with wings)."],
        ),
        ("The mean was 2.\n- Pigs can fly\n- The SD was 7", ["Pigs can fly"]),
        ("The mean was 2. -3 pigs can fly. The SD was 7.", ["-3 pigs can fly."]),
    ],
)
def test_what_an_accepted_text_does_without_is_named(text, named):
    assert has_two(text)
    assert unneeded(text, has_two) == named


def test_neighbouring_clauses_are_quoted_as_one():
    text = "The mean was 2 and the SD 7, while pigs can fly, because cows can swim."
    assert unneeded(text, has_two) == ["while pigs can fly, because cows can swim"]


def test_a_long_text_takes_few_judgements():
    """A page has some 25 sentences; here are 400, of which two are needed."""
    asked = []

    def counted(text):
        asked.append(len(text))
        return has_two(text)

    filler = [f"Sentence {one} says nothing." for one in ("x", "y", "z", "w") * 100]
    text = " ".join(["The mean was 2.", *filler, "The SD was 7."])
    assert len(unneeded(text, counted)) == 400
    assert len(asked) < 50


def test_many_marks_take_no_longer_than_as_many_letters():
    """Each of them begins a row of marks; where every one was tried, 15,000 took seconds."""
    began = time.perf_counter()
    assert unneeded(f"2 and 7 {'.' * 15_000}x", has_two) == []
    assert time.perf_counter() - began < 2


def test_what_is_named_is_quoted_in_a_line_or_counted():
    long = "This sentence goes on " + "and on " * 40
    said = remark([long, "Pigs `can` fly [far].", "Cows swim far.", "Ducks walk.", "Hens sing."])
    assert said.count("`") == 2 * MOST_QUOTED
    assert "`Pigs 'can' fly (far).`" in said and "and 2 more: nobody" in said and " …`" in said
    assert "Ducks" not in said
    assert max(len(quote) for quote in said.split("`")[1::2]) <= LONGEST_QUOTED
    assert remark([]) == ""


# ---- in feedback -------------------------------------------------------------------------


@pytest.mark.parametrize("key", REPORT)
def test_of_a_report_of_needed_parts_nothing_is_named(key):
    found = verdict(find(key), REPORT[key])
    assert found.state == RIGHT and found.unjudged == () and "with or without" not in found.says


@pytest.mark.parametrize(
    "key, false",
    [
        ("01.9", "Nuns founded most of these schools in the last century."),
        ("01.9", "Teachers of the other schools earn more."),
        ("02.9", "Wages were measured in kilograms."),
        ("03.9", "Albumin is an enzyme of the thyroid."),
    ],
)
@pytest.mark.parametrize("where", ["before", "behind", "as a clause"])
def test_a_false_sentence_in_nobodys_words_is_named(key, false, where):
    clause = f"{false[0].lower()}{false[1:-1]}"
    text = {
        "before": f"{false} {REPORT[key]}",
        "behind": f"{REPORT[key]} {false}",
        "as a clause": f"{REPORT[key][:-1]}, because {clause}.",
    }[where]
    found = verdict(find(key), text)
    assert found.state == RIGHT, found.says
    named = [one.removeprefix("because ") for one in found.unjudged]
    assert named == [clause if where == "as a clause" else false]
    assert f"{found.unjudged[0]}`: nobody has judged that" in found.says


def test_it_is_named_where_the_report_is_one_part_of_an_answer():
    exercise = find("12.2")
    right = exercise.right_answer(exercise.numbers_for())
    more = "Turkey has eighty million inhabitants."
    found = verdict(exercise, right | {"sentence": f"{right['sentence']} {more}"})
    assert found.state == RIGHT and found.unjudged[-1] == more


def test_a_wrong_report_is_as_wrong_as_before():
    text = f"{REPORT['01.9']} Pigs can fly far. The interval covers zero."
    found = verdict(find("01.9"), text)
    assert found.state == WRONG and found.unjudged == () and "Pigs" not in found.says


def test_kinds_without_a_report_name_nothing():
    assert Number(2).reports(0.5) == []
    assert Several(icc=Number(2), why=Choice("ab")).reports({"icc": 0.5, "why": "a"}) == []


def test_a_reader_sees_it_whatever_marks_are_in_it(monkeypatch):
    monkeypatch.setenv("HLM_TEACH_PROGRESS", "off")
    shown = []
    with displaying_to(shown.append):
        check("01.9", f"{REPORT['01.9']} Pigs *can* fly <b>far</b>, say [chapter 1](x).")
    (bundle,) = shown
    for words in (repr(bundle), bundle.data["text/markdown"]):
        assert "✓ Right" in words and "`Pigs *can* fly <b>far</b>, say (chapter 1)(x).`" in words
    page = prose(bundle.data["text/markdown"])
    assert "<code>Pigs" in page and "&lt;b&gt;far" in page and "<b>" not in page
