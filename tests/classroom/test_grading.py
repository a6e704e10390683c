"""Grading survives whatever is handed in, and gives points for answers alone."""

import json
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hlm_teach.classroom import grading
from hlm_teach.classroom.submission import task_of
from hlm_teach.feedback.exercise import exercises_of

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {"02.2": "answer = 40 / 8", "02.3": "answer = 0.1804"}
FULL = {exercise.key: exercise.points for exercise in exercises_of("02")}


def small(*extra, answers=ANSWERS, checks=True):
    """Two exercises of chapter 02 as a learner hands them in, and further cells before them."""
    cells = [new_markdown_cell("# Exercises"), *extra]
    for key, answer in answers.items():
        cells += [new_markdown_cell(f"## {key} Task"), new_code_cell(answer)]
        cells += [new_code_cell(f'check("{key}", answer)')] if checks else []
    return new_notebook(cells=cells)


def graded(notebook, tmp_path, seconds=60):
    path = tmp_path / "submission.ipynb"
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        nbformat.write(notebook, path)
    return grading.grade(path, tmp_path, seconds)


def points(result):
    return {key: n for key, n in result.points.items() if n}


BOTH = {"02.2": 2, "02.3": 2}


# ---- the real notebooks ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").glob("*.ipynb")), ids=lambda path: path.name
)
def test_every_solution_has_full_marks(path):
    result = grading.grade(path, path.parent)
    wanted = {exercise.key: exercise.points for exercise in exercises_of(path.name[:2])}
    assert result.points == wanted and result.remarks == []
    assert result.chapter == path.name[:2] and result.who


@pytest.mark.parametrize(
    "path", sorted((ROOT / "exercises").glob("*.ipynb")), ids=lambda path: path.name
)
def test_every_blank_notebook_has_none_and_no_error(path):
    result = grading.grade(path, path.parent)
    assert set(result.points.values()) == {0} and result.remarks == []


# ---- hostile ones ------------------------------------------------------------------------


def test_an_honest_one(tmp_path):
    result = graded(small(), tmp_path)
    assert points(result) == BOTH and result.remarks == []


def test_deleted_check_cells_change_nothing(tmp_path):
    assert points(graded(small(checks=False), tmp_path)) == BOTH


def test_an_endless_loop_costs_its_own_exercise_only(tmp_path):
    answers = {"02.1": "while True: pass", **ANSWERS}
    # The limit counts from the first cell on, and the honest cells here take milliseconds.
    result = graded(small(answers=answers, checks=False), tmp_path, seconds=10)
    assert points(result) == BOTH
    assert result.remarks == ["no end within 10 s in cell 3"]


def test_a_slow_start_is_not_held_against_a_notebook(tmp_path, monkeypatch):
    """The process takes longer than the limit before it gets to the first cell."""
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text("import time; time.sleep(6)")
    monkeypatch.setenv("PYTHONPATH", str(slow))
    result = graded(small(checks=False), tmp_path, seconds=5)
    assert points(result) == BOTH and result.remarks == []


def test_leaving_the_process_costs_its_own_exercise_only(tmp_path):
    answers = {"02.1": "import os; os._exit(0)", **ANSWERS}
    result = graded(small(answers=answers), tmp_path)
    assert points(result) == BOTH and result.remarks == ["stopped by itself in cell 3"]


REDEFINED = """\
import builtins, hlm_teach, hlm_teach.feedback.checking as f
check = hlm_teach.check = f.check = lambda *given: print("Right: full marks")
builtins.abs = lambda value: 0
builtins.sum = builtins.max = lambda *given: 100
f.is_right = f.checking.is_right = f.judging.judge = lambda *given: True
"""


def test_redefining_check_and_builtins_gives_no_points(tmp_path):
    wrong = {"02.2": "answer = 1", "02.3": "answer = 0.99"}
    assert points(graded(small(new_code_cell(REDEFINED), answers=wrong), tmp_path)) == {}


def test_redefining_check_and_builtins_takes_none(tmp_path):
    assert points(graded(small(new_code_cell(REDEFINED)), tmp_path)) == BOTH


FORGED = """\
import sys, json
with open(sys.argv[2], "a") as file:
    file.write(json.dumps({"points": 100, "key": "02.1", "given": "all"}) + "\\n")
    file.write("[" * 10000 + "\\n")
    file.write('{"key": 3}\\n')
"""
DISTURBANCES = {
    "enormous output": "for _ in range(300): print('x' * 10**6)",
    "a syntax error": "def broken(:\n    'never closed",
    "an error": "1 / 0",
    "an exit": "raise SystemExit",
    "lines forged into the answers file": FORGED,
    "more memory than there is": "x = bytearray(20 * 2**30)" if sys.platform != "win32" else "",
    "litter in the folder": "open('litter.txt', 'w').write('x')",
}


def test_disturbances_cost_nothing_but_their_own_cells(tmp_path):
    cells = [new_code_cell(code) for code in DISTURBANCES.values()]
    result = graded(small(*cells), tmp_path)
    assert points(result) == BOTH and result.remarks == []
    assert [path.name for path in tmp_path.iterdir()] == ["submission.ipynb"]


def test_printed_praise_gives_no_points(tmp_path):
    praise = {"02.2": "print('✓ Right')", "02.3": "print({'02.3': 2, 'points': 100})"}
    assert points(graded(small(answers=praise), tmp_path)) == {}


def test_an_enormous_answer(tmp_path):
    answers = {"02.1": "answer = '9' * 10**8", **ANSWERS}
    assert points(graded(small(answers=answers), tmp_path)) == BOTH


def test_an_answer_to_one_exercise_is_none_to_the_next(tmp_path):
    result = graded(small(answers={"02.3": "answer = 5.0", "02.2": "pass"}), tmp_path)
    assert points(result) == {}


def test_an_answer_that_raises_when_looked_at(tmp_path):
    hostile = (
        "class Hostile:\n    def __getattribute__(self, name): raise RuntimeError\n"
        "answer = Hostile()"
    )
    assert points(graded(small(answers={"02.1": hostile, **ANSWERS}), tmp_path)) == BOTH


@pytest.mark.parametrize(
    "content, words",
    [
        (b"not json", "not a notebook"),
        (b"", "not a notebook"),
        (b"[1, 2]", "not a notebook"),
        (b"{}", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (b'{"cells": [{}]}', "not a notebook"),
        (b"\xff\xfe\x00", "not a notebook"),
        (b"[" * 100_000, "not a notebook"),
        (b'{"cells": []}', "no exercise of this course"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_what_is_no_notebook_is_named(content, words, tmp_path):
    result = graded(content, tmp_path)
    assert words in result.remarks[0] and result.points == {}


def test_cells_that_lack_their_source_end_without_points(tmp_path):
    content = json.dumps(
        {"cells": [{"cell_type": "markdown", "source": "## 02.3 Task"}, {"cell_type": "code"}]}
    ).encode()
    result = graded(content, tmp_path)
    assert points(result) == {} and result.remarks


# ---- the folder and its table ------------------------------------------------------------


def test_a_folder_becomes_a_table(tmp_path, capsys):
    class_folder = tmp_path / "class"
    for name in ("ada", "emmy"):
        (class_folder / name).mkdir(parents=True)
    nbformat.write(small(new_code_cell("me = 'Ada L.'")), class_folder / "ada/02_icc.ipynb")
    (class_folder / "emmy/broken.ipynb").write_text("{")
    out = tmp_path / "grades.csv"
    assert grading.main([str(class_folder), "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"chapter": str}).set_index("submission")
    assert table.loc["ada/02_icc.ipynb", ["who", "chapter", "points", "of"]].tolist() == [
        "Ada L.",
        "02",
        4,
        sum(FULL.values()),
    ]
    assert table.loc["ada/02_icc.ipynb", "02.3"] == 2
    assert "not a notebook" in table.loc["emmy/broken.ipynb", "remarks"]
    assert "ada/02_icc.ipynb" in capsys.readouterr().out


def test_names_are_taken_from_where_the_command_is_run(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert grading.main(["--from", str(tmp_path), "empty"]) == 2
    assert "no notebook" in capsys.readouterr().err
    assert grading.main(["--from", str(tmp_path), "nowhere"]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_what_names_a_task():
    assert task_of(new_markdown_cell("text\n## 02.10 Open task\nmore")) == "02.10"
    assert task_of(new_markdown_cell("see 02.10")) is None
    marked = new_code_cell("", metadata={"nbgrader": {"grade_id": "check-02-3"}})
    assert task_of(marked) == "02.3" and task_of(new_code_cell("## 02.3")) is None
