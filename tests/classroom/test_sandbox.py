"""The sandbox: what is graded there sees nothing, harms nothing, and comes to the same everywhere.

A sample of `submissions`; `benchmarks/grading.py` grades them all under full limits.
"""

import hashlib
import os
import socket
import threading
import time
from pathlib import Path

import pytest
import submissions

from hlm_teach.classroom.grading import in_sandbox, sandbox, table, worker
from hlm_teach.classroom.grading.handed_in import HandedIn, handed_in
from hlm_teach.classroom.grading.submission import Ran, grade
from hlm_teach.classroom.grading.tasks import Step

pytestmark = pytest.mark.house
SAMPLE = (
    "only checked|two chapters|magics|widgets|writes and reads|long text|surrogate|formula|error|"
    "reads|writes|network|processes|threads|deep recursion|much output|ever more memory|"
    "forged lines|leaves|closes its output|clears modules|deletes builtins|sleeps|"
    "sleeps natively|object that raises|nested answer|patches the reader|endless loop|"
    "endless import|endless when read|redefined, wrong|redefined, right|linked|one.zip|"
    "own data|another's data|two learners' data|data out of it"
).split("|")


@pytest.fixture(scope="module", autouse=True)
def _there():
    why = sandbox.why_not()
    if why:
        pytest.skip(f"no sandbox here: {why}")


@pytest.fixture(scope="module")
def listener():
    """A server that counts who calls."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def listen():
            while not over.is_set():
                try:
                    calls.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], calls
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, listener):
    """The sample, graded with small limits: expected cases, rows, and the folder's hashes."""
    folder = tmp_path_factory.mktemp("handed_in")
    made = submissions.make(
        folder,
        listener[0],
        lambda case: case.name.rpartition(".")[0] in SAMPLE or case.name in SAMPLE,
    )
    before = hashes(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "READING", 10**9)
        room = in_sandbox.InSandbox(3 * 10**9)
        rows = [table.row_of(row) for one in handed_in(folder) for row in grade(one, room)]
    return made, [{k: str(v) for k, v in row.items()} for row in rows], before, hashes(folder)


def hashes(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    } | {path.name: str(path.lstat().st_mode) for path in folder.rglob("*") if path.is_symlink()}


@pytest.mark.parametrize("name", SAMPLE)
def test_each_is_graded_right_or_refused_with_the_reason(name, outcome):
    made, rows, _, _ = outcome
    (case,) = [case for case in made if name in (case.name, case.name.rpartition(".")[0])]
    assert submissions.wrong(case, rows) == ""


def test_the_folder_is_as_it_was(outcome):
    _, _, before, after = outcome
    assert before == after and len(before) > 30


def test_nobody_was_called(outcome, listener):
    assert listener[1] == []


def test_the_same_submission_takes_the_same_work_each_time():
    steps = [
        Step(0, "import hlm_teach", ""),
        Step(1, "answer = sum(k for k in range(10**6))", "02.2"),
    ]
    once, again = (in_sandbox._once(steps, sandbox.CELL) for _ in range(2))
    assert once == again and once[2] > 10**7


def test_work_that_others_do_isn_t_counted():
    """Of dear cells the dearest is left out, though the limit is met in another one."""
    sums = "x = sum(k for k in range({}))"
    steps = [Step(k, sums.format(n), "02.2") for k, n in enumerate((10**6, 9 * 10**5, 4 * 10**5))]
    _, _, dearest = in_sandbox._once(steps[:1], sandbox.CELL)
    ended = in_sandbox._once(steps, int(1.05 * dearest))
    assert ended[1] == (0, "no end within the work that is allowed") and len(ended[0].lines) == 2
    ran = in_sandbox.InSandbox(int(1.05 * dearest)).run(
        [*steps, Step(3, "answer = 0.1804", "02.3")]
    )
    assert ran.remarks == ["no end within the work that is allowed in cell 1"]
    assert ran.lines[-1]["given"] == 0.1804


def test_the_course_is_not_taken_away_from_who_grades_with_another_version(tmp_path):
    days = {"new": 0, "at work": 0.9, "a": 1.1, "b": 1.2, "c": 1.3, "d": 1.4}
    for name, age in days.items():
        folder = tmp_path / f"graded-{name}"
        folder.mkdir()
        os.utime(folder, (time.time() - age * 24 * 3600,) * 2)
    sandbox._forget_others(tmp_path / "graded-new")
    left = {path.name.removeprefix("graded-") for path in tmp_path.iterdir()}
    assert left == {"new", "at work", "a"}
    for name in "efgh":  # all of them younger than a day
        (tmp_path / f"graded-{name}").mkdir()
    sandbox._forget_others(tmp_path / "graded-new")
    assert {path.name for path in tmp_path.iterdir()} >= {f"graded-{name}" for name in "efgh"}


def test_a_copy_that_another_process_has_just_deleted_is_no_error(tmp_path, monkeypatch):
    here = [tmp_path / f"graded-{name}" for name in "ab"]
    for folder in here:
        folder.mkdir()
    listed = [tmp_path / "graded-gone", *here]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    sandbox._forget_others(tmp_path / "graded-new")
    assert sorted(tmp_path.iterdir()) == here


def test_a_copy_is_in_use_until_the_last_cell(tmp_path, monkeypatch):
    (tmp_path / "course").mkdir()
    monkeypatch.setattr(sandbox, "course", lambda: tmp_path / "course")
    os.utime(tmp_path, (0, 0))

    class Plain:
        def ask(self, code, fuel):
            return {"key": "02.2"}, 1

    in_sandbox._cell(Plain(), Step(0, "answer = 5", "02.2"), Ran(), {0: 0}, sandbox.CELL)
    assert time.time() - sandbox._last_used(tmp_path) < sandbox.AT_WORK


def test_a_cell_ends_while_its_copy_counts_as_used():
    """The dearest cell with what reads it, at 1e9 instructions a second and a hundredth of a core."""
    assert (sandbox.CELL + 2 * sandbox.READING) / 1e9 / 0.01 < sandbox.AT_WORK


def test_the_clock_of_a_busy_machine_ends_nothing():
    """The most work that is allowed, at 1e9 instructions a second and a hundredth of a processor."""
    seconds = (sandbox.TOGETHER + 2) * sandbox.CELL / 1e9
    assert 100 * seconds < min(sandbox.LAST_RESORT, worker.LONGEST)


@pytest.mark.parametrize("chapter", ["02_icc", "03_random_intercepts"])
def test_a_solution_has_full_marks_there_too(chapter):
    path = submissions.Path(__file__).parents[2] / "solutions" / f"{chapter}.ipynb"
    (row,) = grade(HandedIn(path.name, str(path)), in_sandbox.InSandbox())
    assert sum(row.points.values()) == row.of and row.remarks == []


def test_judging_has_a_limit_too(monkeypatch):
    monkeypatch.setattr(sandbox, "JUDGING", 10**6)
    room = in_sandbox.InSandbox()
    assert room.judge("02.3", 0.1804, None) == ("unreadable", in_sandbox.TOO_LONG)
    monkeypatch.undo()
    assert room.judge("02.3", 0.1804, None)[0] == "right"
    assert room.judge("02.3", {"of": "another form"}, None)[0] == "unreadable"
