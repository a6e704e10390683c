"""Grading survives whatever is handed in, and gives points for answers alone."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import submissions
from samples import some

from hlm_teach.classroom.grading import command, feedback_page, sandbox, table, worker
from hlm_teach.classroom.grading.handed_in import HandedIn, handed_in
from hlm_teach.classroom.grading.in_process import InProcess
from hlm_teach.classroom.grading.notebooks import Cell, read_notebook
from hlm_teach.classroom.grading.submission import Graded, Ran, Said, grade, last_answers
from hlm_teach.classroom.grading.tasks import steps_of
from hlm_teach.feedback.exercise import exercises_of
from hlm_teach.feedback.judging import BLANK, judge

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
FULL = {exercise.key: exercise.points for exercise in exercises_of("02")}


class Reader:
    """Runs nothing: of each cell it reads numbers that are typed into `answer`."""

    def run(self, steps, files=None):
        lines = []
        for step in steps:
            found = re.search(r"answer = (\d[\d./ ]*)$", step.source)
            if step.key and found:
                answer = float(eval(found[1]))
                lines.append({"key": step.key, "given": answer})
        return Ran(lines)

    def judge(self, key, given, who):
        from hlm_teach.feedback.exercise import find

        try:
            result = judge(find(key), given, who)
        except Exception:
            return "unreadable", ""
        return result.state, result.says


def points(row):
    return {key: n for key, n in row.points.items() if n}


def one(tmp_path, content, name="submission.ipynb"):
    path = tmp_path / name
    path.write_bytes(content)
    return HandedIn(name, str(path))


# ---- reading what was handed in --------------------------------------------------------------

TYPED = [
    case
    for case in submissions.HONEST
    if case.name not in ("only checked.ipynb", "magics.ipynb", "writes and reads.ipynb",
                         "two chapters.ipynb", "lines.ipynb", "long text.ipynb", "error.ipynb")
]  # fmt: skip


@pytest.mark.parametrize("case", TYPED, ids=lambda case: case.name)
def test_every_format_is_read(case, tmp_path):
    (tmp_path / case.name).write_bytes(case.content)
    (found,) = handed_in(tmp_path)
    (row,) = grade(found, Reader())
    assert points(row) == case.points
    assert row.name == (case.row or case.name) and row.chapter == "02"
    assert case.remark in "; ".join(row.remarks)


def test_lines_without_ends_are_lines():
    held = json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1", "y = 2"]}]}).encode()
    assert read_notebook(held, "a.ipynb").cells[0].source == "x = 1\ny = 2"


NO_NOTEBOOKS = [*submissions.NONE, *(submissions.PLACES if sys.platform != "win32" else [])]


@pytest.mark.parametrize("name, content, words", NO_NOTEBOOKS, ids=[one[0] for one in NO_NOTEBOOKS])
def test_what_is_no_notebook_has_a_row_with_the_reason(name, content, words, tmp_path):
    submissions.make(tmp_path, only=lambda case: case.name == name)
    rows = [row for found in handed_in(tmp_path) for row in grade(found, Reader())]
    assert len(rows) == 1 and not points(rows[0])
    assert re.search(words, rows[0].remarks[0])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of that kind")
def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path):
    path = os.fsencode(tmp_path) + b"/Zo\xeb.ipynb"
    try:
        Path(os.fsdecode(path)).write_bytes(submissions.GOOD)
    except OSError:
        pytest.skip("this file system takes no such name")
    (found,) = handed_in(tmp_path)
    (row,) = grade(found, Reader())
    assert found.name == "Zoë.ipynb" and points(row) == submissions.BOTH


def test_what_systems_put_beside_files_is_left_out(tmp_path):
    for name in (".DS_Store", "Thumbs.db", "my_progress.json", "._a.ipynb"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.ipynb").write_text("{}")
    assert handed_in(tmp_path) == []


# ---- which exercise a cell belongs to --------------------------------------------------------


def keys(*cells):
    return [step.key for step in steps_of([Cell(k, *cell) for k, cell in enumerate(cells)])]


def test_metadata_come_before_checks_and_these_before_headings():
    heading, answer = (False, "## 02.2 Task"), (True, "answer = 1")
    assert keys(heading, answer) == ["02.2"]
    assert keys(heading, (True, "answer = 1", "answer-02-3")) == ["02.3"]
    assert keys(heading, (True, 'check("02.4", answer)')) == ["02.4"]
    assert keys(answer) == [""]


def test_a_heading_that_only_looks_like_a_task_changes_nothing():
    task, answer = (False, "## 02.3 Task"), (True, "answer = 1")
    for words in ("## 02.99 Not there", "**2.5 points** more", "see 02.4", "## 2.4 % of all"):
        held = [task, (False, words), answer]
        assert keys(*held)[-1] in ("02.3", "02.5") and "02.4" not in keys(*held)
    everywhere = [(False, f"## 02.{k} Task") for k in range(1, 11)]
    assert keys(*everywhere, task, (False, "**2.5 points** more"), answer) == ["02.3"]


def test_the_last_answer_counts_and_a_blank_copy_takes_none_away():
    first, other = {"key": "02.2", "given": 5.0, "who": "Ada"}, {"key": "02.3", "given": 0.18}
    blank = {"key": "02.2", "refused": "blank"}
    given, who, said = last_answers([first, other, blank])
    assert given["02.2"] == first and who == "Ada" and said == []
    given, _, said = last_answers([first, other, first | {"given": 6.0}])
    assert given["02.2"]["given"] == 6.0 and "02.2" in said[0]


# ---- points and pages ------------------------------------------------------------------------


def test_two_chapters_have_a_row_each(tmp_path):
    cells = [*submissions.task("02.2", "answer = 5.0"), *submissions.task("03.1", "answer = 1")]
    held = submissions.dumped(submissions.notebook(answers={}, after=cells))
    rows = grade(one(tmp_path, held), Reader())
    assert [row.chapter for row in rows] == ["02", "03"] and points(rows[0]) == {"02.2": 2}


HOSTILE_TEXTS = [
    "<script>alert(1)</script>",
    "\ud800",
    "=1+1",
    "a\x00b\u202e",
    "**[x](javascript:1)**",
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
def test_a_page_shows_every_text_as_text(text, tmp_path):
    row = Graded(text, "02", text, FULL | {}, {"02.2": Said("wrong", text, text)}, [text])
    held = feedback_page.page([row])
    held.encode("utf-8")
    assert "<script" not in held and "\x00" not in held and "\u202e" not in held
    assert not re.search(r"(src|href)=", held)
    assert feedback_page.write([row], tmp_path, set()).suffix == ".html"


def test_a_page_says_what_was_asked_and_what_check_said(tmp_path):
    rows = grade(
        one(tmp_path, submissions.dumped(submissions.notebook(answers=submissions.WRONG))), Reader()
    )
    held = feedback_page.page(rows)
    assert "0 of 24 points" in held and "Fifty hospital wards" in held
    assert feedback_page.prose(rows[0].said["02.3"].says) in held
    for exercise in exercises_of("02"):
        assert f'id="{exercise.key}"' in held


def test_pages_of_one_name_get_names_of_their_own(tmp_path):
    taken = set()
    names = {
        feedback_page.write([Graded(name)], tmp_path, taken).name for name in ("a/b", "a b", "A_B")
    }
    assert len(names) == 3


def test_a_table_is_whole_after_every_row_and_no_field_is_a_formula(tmp_path):
    out = tmp_path / "grades.csv"
    table.write([Graded("b.ipynb", "03"), Graded("a.ipynb", "02", "=1+1", {"02.2": 2})], out)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [row["submission"] for row in rows] == ["a.ipynb", "b.ipynb"]
    assert rows[0]["who"] == "'=1+1" and rows[0]["points"] == "2" and rows[0]["of"] == "24"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


# ---- processes, where there is no sandbox ----------------------------------------------------


@pytest.fixture(scope="module")
def process():
    return InProcess(60)


@pytest.mark.parametrize(
    "path",
    some(sorted((ROOT / "solutions").glob("*.ipynb"), reverse=True), 3),
    ids=lambda p: p.name,
)
def test_every_solution_has_full_marks(path, process):
    (row,) = grade(HandedIn(path.name, str(path)), process)
    assert row.points == {e.key: e.points for e in exercises_of(path.name[:2])}
    assert row.remarks == [] and row.chapter == path.name[:2]
    asks = any(exercise.own_data is not None for exercise in exercises_of(path.name[:2]))
    assert bool(row.who) == asks  # a name is given where data are drawn by it


@pytest.mark.parametrize(
    "path", some(sorted((ROOT / "exercises").glob("*.ipynb"))[1::3], 2), ids=lambda path: path.name
)
def test_a_blank_notebook_has_none_and_no_error(path, process):
    """Some of them; nbval runs each, and every exercise's own check is asked about a blank."""
    (row,) = grade(HandedIn(path.name, str(path)), process)
    assert set(row.points.values()) == {0} and row.remarks == []
    keys = [exercise.key for exercise in exercises_of(path.name[:2])]
    assert {key: said.state for key, said in row.said.items()} == dict.fromkeys(keys, BLANK)


def test_waiting_is_no_computing(tmp_path):
    """A busy machine: the cells take longer on the clock than they may compute."""
    if os.name == "nt":
        pytest.skip("Windows can't count a process's computing time as a limit")
    held = submissions.dumped(submissions.notebook(submissions.code("import time; time.sleep(4)")))
    (row,) = grade(one(tmp_path, held), InProcess(3))
    assert points(row) == submissions.BOTH and row.remarks == []


@pytest.mark.parametrize(
    "source, remark",
    [("while True: pass", "no end within 3 s of computing in cell 4"), ("import os; os._exit(0)", "ended by itself in cell 4")],
)  # fmt: skip
def test_an_end_costs_its_own_exercise_only(source, remark, tmp_path):
    if os.name == "nt" and "while" in source:
        pytest.skip("Windows can't count a process's computing time as a limit")
    (row,) = grade(one(tmp_path, submissions.hostile(source)), InProcess(3))
    assert points(row) == submissions.BOTH and row.remarks == [remark]


@pytest.mark.parametrize(
    "answers, wanted", [(submissions.WRONG, {}), (submissions.ANSWERS, submissions.BOTH)]
)
def test_redefining_check_and_builtins_gives_and_takes_nothing(answers, wanted, tmp_path, process):
    made = submissions.notebook(submissions.code(submissions.REDEFINED), answers=answers)
    (row,) = grade(one(tmp_path, submissions.dumped(made)), process)
    assert points(row) == wanted


# ---- workers ---------------------------------------------------------------------------------


def test_a_worker_that_dies_costs_one_row(tmp_path, monkeypatch):
    mine = worker.Worker("process", 60)
    started = mine._started
    dead = subprocess.Popen([sys.executable, "-c", ""], stdin=-1, stdout=-1, text=True)
    monkeypatch.setattr(mine, "_started", lambda: dead)
    (row,) = mine.grade(one(tmp_path, submissions.GOOD))
    assert "by hand" in row.remarks[0] and row.points == {}
    monkeypatch.setattr(mine, "_started", started)
    try:
        (row,) = mine.grade(one(tmp_path, submissions.GOOD))
        assert points(row) == submissions.BOTH
    finally:
        mine.close()


def test_a_worker_ends_when_nobody_listens(tmp_path):
    mine = worker.Worker("process", 600)
    process = mine._started()
    loops = one(tmp_path, submissions.hostile("while True: pass"))
    process.stdin.write(json.dumps(loops.__dict__) + "\n")
    process.stdin.flush()
    time.sleep(2)
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


# ---- the command -----------------------------------------------------------------------------


def test_a_folder_becomes_a_table_and_pages(tmp_path, capsys):
    folder = tmp_path / "class"
    (folder / "ada").mkdir(parents=True)
    made = submissions.notebook(submissions.code("me = 'Ada L.'"))
    (folder / "ada" / "02_icc.ipynb").write_bytes(submissions.dumped(made))
    (folder / "broken.ipynb").write_text("{")
    assert command.main(["class", "--from", str(tmp_path), "--no-sandbox"]) == 0
    held = (tmp_path / "grades.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(held)))
    assert [row["submission"] for row in rows] == ["ada/02_icc.ipynb", "broken.ipynb"]
    assert rows[0]["who"] == "Ada L." and rows[0]["02.3"] == "2" and rows[0]["points"] == "4"
    assert "not a notebook" in rows[1]["remarks"]
    pages = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert pages == {"ada_02_icc.ipynb.html", "broken.ipynb.html"}
    said = capsys.readouterr()
    assert "ada/02_icc.ipynb" in said.out and "with your rights" in said.err


def test_a_folder_that_is_empty_or_none_is_named(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert command.main(["--from", str(tmp_path), "empty"]) == 2
    assert "nothing in" in capsys.readouterr().err
    assert command.main(["--from", str(tmp_path), "nowhere"]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_without_a_sandbox_it_says_so_and_what_that_means(monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "why_not", lambda: "no network")
    assert command._kind(command._options(["x"])) == worker.PROCESS
    said = capsys.readouterr().err
    assert "no network" in said and "with your rights" in said and "120 s" in said


def test_a_table_that_is_open_elsewhere_goes_under_another_name(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    monkeypatch.setattr(sandbox, "why_not", lambda: "none")
    out = tmp_path / "grades.csv"
    out.mkdir()  # as little to be replaced as a file that a spreadsheet holds
    assert command.main([str(tmp_path), "--out", str(out), "--feedback", str(tmp_path / "f")]) == 0
    (other,) = tmp_path.glob("grades-*.csv")
    assert "a.pdf" in other.read_text(encoding="utf-8") and other.name in capsys.readouterr().err
