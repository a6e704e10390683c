"""A real nbgrader course made of solutions/: release, submit, autograde, export.

Skipped where nbgrader isn't installed; `pip install nbgrader` into .venv brings it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from hlm_teach.feedback.exercise import exercises_of

pytest.importorskip("nbgrader", reason="nbgrader isn't installed: pip install nbgrader")
ROOT = Path(__file__).resolve().parents[2]
NAME = "02_icc.ipynb"
LAUNCH = "from nbgrader.apps import NbGraderApp; NbGraderApp.launch_instance()"
STUDENTS = ("ada", "blank", "wrong", "deleted")


def nbgrader(folder, *arguments):
    """Run one nbgrader command in the course's folder."""
    # nbgrader calls alembic by name, so the environment's programs must be found first.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": path, "HLM_TEACH_PROGRESS": "off"},
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one assignment, released, handed in by four students, graded."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "docs/nbgrader_config.py", folder)
    source = folder / "source/multilevel"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / NAME, source)
    nbgrader(folder, "generate_assignment", "multilevel", "--create")
    released = json.loads((folder / "release/multilevel" / NAME).read_text(encoding="utf-8"))
    for student in STUDENTS:
        place = folder / "submitted" / student / "multilevel"
        place.mkdir(parents=True)
        (place / NAME).write_text(json.dumps(handed_in(released, student)), encoding="utf-8")
    nbgrader(folder, "autograde", "multilevel", "--create")
    nbgrader(folder, "export")
    return folder


def handed_in(released, student):
    """The released notebook as a student fills it in."""
    notebook = json.loads(json.dumps(released))
    solved = json.loads((ROOT / "solutions" / NAME).read_text(encoding="utf-8"))["cells"]
    for cell, solution in zip(notebook["cells"], solved):
        if not cell["metadata"].get("nbgrader", {}).get("solution"):
            continue
        if student in ("ada", "deleted"):
            cell["source"] = solution["source"]
        if student == "wrong":
            cell["source"] = "answer = 12345.6"
    if student == "deleted":
        notebook["cells"] = [
            cell
            for cell in notebook["cells"]
            if not cell["metadata"].get("nbgrader", {}).get("grade")
        ]
    return notebook


def sources(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]).rstrip() for cell in cells]


def test_nbgrader_releases_what_lies_in_exercises(course):
    assert sources(course / "release/multilevel" / NAME) == sources(ROOT / "exercises" / NAME)


def test_the_exported_grades(course):
    grades = pd.read_csv(course / "grades.csv").set_index("student_id")["score"]
    full = sum(exercise.points for exercise in exercises_of("02"))
    assert grades.loc[["ada", "blank", "wrong"]].tolist() == [full, 0, 0]


def test_deleted_checks_are_noticed(course):
    """nbgrader can't grade what isn't there; the course's own grader can."""
    grades = pd.read_csv(course / "grades.csv").set_index("student_id")["score"]
    assert grades.loc["deleted"] == 0
