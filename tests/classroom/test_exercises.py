"""Every exercise: blank, right, each mistake it knows, and nonsense get the words meant for them."""

import ast
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from notebook_checks import headings, text

from hlm_teach import is_right
from hlm_teach.classroom import release
from hlm_teach.feedback import checking
from hlm_teach.feedback.exercise import chapters, exercises_of, find
from hlm_teach.feedback.judging import BLANK, RIGHT, UNREADABLE, WRONG, verdict
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Sentence
from hlm_teach.feedback.own_data import own_data

ROOT = Path(__file__).resolve().parents[2]
CASE_STUDIES = ("12", "13", "14")  # three long exercises, each ending in a report
EXERCISES = [exercise for chapter in chapters() for exercise in exercises_of(chapter)]
NAMES = ("Ada", "Emmy Noether", 4711)
EACH = [
    (exercise, who)
    for exercise in EXERCISES
    for who in (NAMES if exercise.own_data is not None else NAMES[:1])
]


def named(exercises):
    """Parametrise a test by exercises, their keys as names."""
    return pytest.mark.parametrize("exercise", exercises, ids=[e.key for e in exercises])


every = named(EXERCISES)
each = pytest.mark.parametrize("exercise, who", EACH, ids=[f"{e.key}-{who}" for e, who in EACH])
in_parts = named([exercise for exercise in EXERCISES if isinstance(exercise.kind, Several)])
one_number = named([exercise for exercise in EXERCISES if isinstance(exercise.kind, Number)])


def numbers_for(exercise, who):
    """The numbers that an answer may be judged by: in an open task those of every choice."""
    if exercise.own_data is not None:
        return [exercise.numbers_for(own_data(who, exercise))]
    part = getattr(exercise.kind, "part", None)
    if part is None:
        return [exercise.numbers_for()]
    return [exercise.numbers_for(choice) for choice in exercise.kind.kinds[part].options]


def right_answer(exercise, who="Ada"):
    return exercise.right_answer(numbers_for(exercise, who)[0])


def wrong_answer(exercise, mistake, numbers):
    """The mistake's answer; where it names some parts only, the others are right."""
    wrong = exercise.wrong_answer(mistake, numbers)
    if isinstance(exercise.kind, Several):
        return dict(exercise.right_answer(numbers)) | wrong
    return wrong


# ---- each exercise -----------------------------------------------------------------------


@every
def test_blank(exercise):
    assert verdict(exercise, ..., "Ada").state == BLANK


@each
def test_right(exercise, who):
    for numbers in numbers_for(exercise, who):
        said = verdict(exercise, exercise.right_answer(numbers), who)
        assert said.state == RIGHT, said.says
        assert "{" not in said.says and said.says.endswith((".", "?"))


@each
def test_each_mistake_is_told(exercise, who):
    numbers = numbers_for(exercise, who)
    wrong = [said for m in exercise.mistakes for said in untold(exercise, m, numbers, who)]
    assert wrong == []


def untold(exercise, mistake, numbers, who):
    """What is said to the mistake's answers instead of its words."""
    answers = [wrong_answer(exercise, mistake, n) for n in numbers]
    said = [verdict(exercise, answer, who) for answer in answers]
    # Of some choices all rows are asked for: there, to take all of them is right.
    told = [one for one in said if one.state != RIGHT]
    if not told:
        return [f"right, not {mistake.says}"]
    return [
        f"{one.state}: {one.says}, not {mistake.says}"
        for one in told
        if one.state != WRONG or not one.says.startswith(mistake.says)
    ]


@in_parts
def test_right_numbers_are_told_before_the_report_is_written(exercise):
    reports = [name for name, kind in exercise.kind.kinds.items() if isinstance(kind, Sentence)]
    if reports:
        said = verdict(exercise, right_answer(exercise) | dict.fromkeys(reports, "later"), "Ada")
        assert said.says.startswith("Right so far: ") and said.says.endswith(
            f"Now the {reports[0]}."
        )
        assert said.state == WRONG and said.near


NONSENSE = [
    None,
    float("nan"),
    np.inf,
    "?",
    b"1",
    True,
    [],
    {},
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    pd.DataFrame({"a": range(11)}),
    pd.Series(np.arange(11.0)),
    np.zeros((3, 4)),
    object(),
    1j,
    print,
    int,
]


@every
def test_nonsense_is_named_and_never_right(exercise):
    for answer in NONSENSE:
        said = verdict(exercise, answer, "Ada")
        assert said.state == UNREADABLE and len(said.says) > 20, (answer, said.says)


@in_parts
def test_every_part_is_wanted(exercise):
    whole = dict(right_answer(exercise))
    for name in whole:
        said = verdict(exercise, {part: whole[part] for part in whole if part != name}, "Ada")
        assert said.state == UNREADABLE and repr(name) in said.says


@every
def test_every_wrong_choice_is_met(exercise):
    kinds = getattr(exercise.kind, "kinds", {"": exercise.kind})
    for name, kind in kinds.items():
        if not isinstance(kind, Choice) or name == getattr(exercise.kind, "part", None):
            continue
        right = right_answer(exercise)
        for option in kind.options:
            answer = dict(right) | {name: option} if name else option
            said = verdict(exercise, answer, "Ada")
            met = any(said.says.startswith(mistake.says) for mistake in exercise.mistakes)
            assert said.state == RIGHT or met, f"{option}: {said.says}"


@every
def test_it_knows_two_mistakes_or_more_and_hints_three_times(exercise):
    assert len(exercise.mistakes) >= 2
    assert len({mistake.says for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.nudge.endswith("?") and exercise.formula and exercise.points in (1, 2, 3, 4)


@every
def test_the_section_to_read_is_in_the_chapter(exercise):
    chapter = json.loads(
        next((ROOT / "chapters").glob(f"{exercise.chapter}_*.ipynb")).read_text(encoding="utf-8")
    )
    assert exercise.section in [title for _, title in headings(chapter)]


def numbers_of(exercise):
    """The numbers of the truth as a learner would type them, with their decimals."""
    truth = right_answer(exercise)
    kinds = getattr(exercise.kind, "kinds", {"": exercise.kind})
    values = truth if isinstance(truth, dict) else {"": truth}
    return [
        f"{values[name]:.{kind.decimals}f}"
        for name, kind in kinds.items()
        if isinstance(kind, Number) and kind.decimals > 0
    ]


@every
def test_no_hint_gives_the_number_away(exercise):
    said = " ".join(
        [
            exercise.nudge,
            exercise.formula,
            exercise.section,
            *(mistake.says for mistake in exercise.mistakes),
        ]
    )
    for number in numbers_of(exercise):
        assert not re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", said), number


@one_number
def test_an_unknown_wrong_answer_gives_nothing_away(exercise):
    truth = exercise.kind.read(right_answer(exercise))
    said = verdict(exercise, 7.7 * truth + 12345.678, "Ada")
    assert said.state == WRONG and said.says == ""


def test_keys_count_up_and_chapters_are_large_enough():
    for chapter in chapters():
        keys = [exercise.key for exercise in exercises_of(chapter)]
        assert keys == [f"{chapter}.{number}" for number in range(1, len(keys) + 1)]
        assert len(keys) >= (3 if chapter in CASE_STUDIES else 7), chapter


def test_each_chapter_has_a_report_an_open_task_and_data_of_ones_own():
    for chapter in chapters():
        kinds = [exercise.kind for exercise in exercises_of(chapter)]
        parts = [part for kind in kinds for part in getattr(kind, "kinds", {"": kind}).values()]
        assert any(isinstance(part, Sentence) for part in parts), chapter
        own = any(exercise.own_data is not None for exercise in exercises_of(chapter))
        assert own, f"{chapter}: no data of one's own"
        opened = any(hasattr(kind, "part") for kind in kinds)
        assert opened or chapter in CASE_STUDIES, f"{chapter}: no open task"


@pytest.mark.parametrize("chapter", [one for one in chapters() if one in CASE_STUDIES])
def test_each_exercise_of_a_case_study_ends_in_a_report(chapter):
    for exercise in exercises_of(chapter):
        parts = getattr(exercise.kind, "kinds", {"": exercise.kind})
        assert any(isinstance(part, Sentence) for part in parts.values()), exercise.key


# ---- the notebooks -----------------------------------------------------------------------

SOLUTIONS = release.sources()
by_name = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.name)


def cells_of(path):
    return nbformat.read(path, as_version=4).cells


@pytest.mark.house
def test_every_chapter_with_exercises_has_its_notebook():
    assert [path.name[:2] for path in SOLUTIONS] == chapters()
    assert {path.name for path in (ROOT / "exercises").glob("*.ipynb")} == {
        path.name for path in SOLUTIONS
    }


@pytest.mark.house
@by_name
def test_the_notebook_has_every_exercise_once_with_its_points(path):
    cells, exercises = cells_of(path), exercises_of(path.name[:2])
    marked = [cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata]
    names = [exercise.key.replace(".", "-") for exercise in exercises]
    assert [m.grade_id for m in marked] == [
        f"{kind}-{name}" for name in names for kind in ("answer", "check")
    ]
    assert [m.points for m in marked if m.grade] == [exercise.points for exercise in exercises]
    assert all(m.solution != m.grade and m.schema_version == 3 for m in marked)
    titles = [title for level, title in headings({"cells": cells}) if level == 2]
    assert titles[: len(exercises)] == [f"{e.key} {e.title}" for e in exercises]


@pytest.mark.house
@by_name
def test_exercises_are_made_from_solutions(path):
    stored = (ROOT / "exercises" / path.name).read_text(encoding="utf-8")
    assert stored == release.released(path.read_text(encoding="utf-8"))


def solution_lines(cell):
    """The lines of a cell's solution that say something."""
    inside, lines = False, []
    for line in cell.source.split("\n"):
        if line.strip().startswith("### "):
            inside = line.strip() == "### BEGIN SOLUTION"
        elif inside and len(line.strip()) > 3:
            lines.append(line.strip())
    return lines


@pytest.mark.house
@by_name
def test_nothing_of_a_solution_survives(path):
    exercise = (ROOT / "exercises" / path.name).read_text(encoding="utf-8")
    solutions = [cell for cell in cells_of(path) if cell.cell_type == "code"]
    lines = [line for cell in solutions for line in solution_lines(cell)]
    assert len(lines) >= 2 * len(exercises_of(path.name[:2]))
    released = [text(cell) for cell in json.loads(exercise)["cells"]]
    left = [line for line in lines if any(line in source.split("\n") for source in released)]
    assert not left
    assert "SOLUTION" not in exercise and "HIDDEN" not in exercise and "is_right" not in exercise
    assert not any(cell.get("outputs") for cell in json.loads(exercise)["cells"])


@pytest.mark.house
@by_name
def test_an_answer_cell_runs_when_blank(path):
    for cell in json.loads((ROOT / "exercises" / path.name).read_text(encoding="utf-8"))["cells"]:
        if "nbgrader" in cell["metadata"] and cell["metadata"]["nbgrader"]["solution"]:
            lines = text(cell).split("\n")
            assert lines[-1] == release.STUB and "answer = ..." in lines
            ast.parse(text(cell))


@pytest.mark.house
@by_name
def test_the_stored_solutions_are_right_in_every_exercise(path):
    said = [
        "".join(output["data"]["text/plain"])
        for cell in cells_of(path)
        if cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
    ]
    assert len(said) == len(exercises_of(path.name[:2]))
    assert all(words.startswith("✓ Right:") for words in said)


def test_a_region_that_is_not_closed_is_refused():
    with pytest.raises(ValueError, match="END SOLUTION"):
        release.without_regions("answer = ...\n### BEGIN SOLUTION\nanswer = 1")
    with pytest.raises(ValueError, match="inside another"):
        release.without_regions("### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\n### END SOLUTION")


# ---- check, hint -------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    """No hints shown yet, nothing wrong yet."""
    monkeypatch.setattr(checking, "_rungs", {})
    monkeypatch.setattr(checking, "_wrong", {})


def said_by(capsys, call, *arguments):
    capsys.readouterr()
    call(*arguments)
    return capsys.readouterr().out


def test_each_new_wrong_answer_brings_one_more_hint(fresh, capsys):
    hints = [
        said_by(capsys, checking.check, "02.3", wrong).count("Hint")
        for wrong in (0.5, 0.5, 0.6, 0.7, 0.8)
    ]
    assert hints == [1, 1, 2, 3, 3]


def test_hint_climbs_the_same_ladder(fresh, capsys):
    counts = [said_by(capsys, checking.hint, "02.3").count("Hint") for _ in range(4)]
    assert counts == [1, 2, 3, 3]
    assert said_by(capsys, checking.check, "02.3", 0.5).count("Hint") == 3


def test_a_hint_links_to_the_section(fresh, monkeypatch):
    shown = []
    monkeypatch.setattr(checking, "display", shown.append)
    for wrong in (0.5, 0.6):
        checking.check("02.3", wrong)
    link = "(../chapters/02_icc.ipynb#First-reading:-a-share-of-variance)"
    assert link in shown[-1].data["text/markdown"] and "(" not in shown[-1].data["text/plain"]


@pytest.mark.parametrize(
    "key, words",
    [
        ("2.3", "did you mean '02.3'"),
        ("99.1", "chapters are"),
        (2.3, "a text such as"),
        (None, "a text such as"),
    ],
)
def test_an_unknown_key_is_answered_in_words(capsys, key, words):
    assert words in said_by(capsys, checking.check, key, 1)
    assert words in said_by(capsys, checking.hint, key)


class Hostile:
    """Raises whenever it is looked at."""

    def __getattribute__(self, name):
        raise RuntimeError("don't look at me")


@every
def test_an_answer_that_raises_when_looked_at_raises_nothing(exercise):
    assert verdict(exercise, Hostile(), "Ada").state == UNREADABLE


def test_own_data_want_a_name(capsys):
    own = next(exercise for exercise in EXERCISES if exercise.own_data is not None)
    assert "Whose data" in said_by(capsys, checking.check, own.key, right_answer(own))
    assert not is_right(own.key, right_answer(own), "Emmy")


def test_find_and_is_right():
    assert find("02.3").title and is_right("02.3", 0.1804) and not is_right("02.3", 0.2)
    assert not is_right("02.3")


@by_name
def test_four_exercises_are_marked_as_the_core(path):
    """The head names four of the ten (of a case study's three the first); these, and no others,
    say so under their titles."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    texts = ["".join(cell["source"]) for cell in notebook["cells"]]
    if path.name[:2] in CASE_STUDIES:
        assert re.search(r"\*\*Three long exercises, \d+ to \d+ minutes each\.\*\*", texts[0])
        return
    named = re.search(r"\*\*The core, about \d+ minutes: ([\d., ]+)\.\*\*", texts[0])
    marked = [
        re.match(r"## (\d\d\.\d+) ", text).group(1) for text in texts if "*Core exercise.*" in text
    ]
    wanted = 1 if len(exercises_of(path.name[:2])) == 3 else 4
    assert named and named.group(1).split(", ") == marked and len(marked) == wanted
