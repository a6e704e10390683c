"""Labs and checks need no Jupyter: the same pixels, readouts, words and verdicts without it."""

import json
import subprocess
import sys
from html import escape

import pytest
from without_jupyter import N_STATES, ROOT, SOLUTIONS, seen, states

import hlm_teach
from hlm_teach.feedback.exercise import exercises_of
from hlm_teach.labs.widgets import LabFace
from hlm_teach.lessons import lab_names


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """What a process without ipywidgets and IPython reports; it runs beside these tests."""
    log = tmp_path_factory.mktemp("without") / "report.json"
    command = [sys.executable, "-W", "error", str(ROOT / "tests" / "without_jupyter.py")]
    with log.open("w") as stream:
        child = subprocess.Popen(
            command, cwd=log.parent, stdout=stream, stderr=subprocess.PIPE, text=True
        )

    def wait() -> dict:
        _, errors = child.communicate(timeout=600)
        assert child.returncode == 0, errors[-3000:]
        return json.loads(log.read_text(encoding="utf-8"))

    found = []
    yield lambda: found[0] if found else found.append(wait()) or found[0]
    child.kill()


@pytest.mark.parametrize("name", lab_names())
def test_a_lab_shows_what_the_notebook_s_shows(without, name):
    lab = getattr(hlm_teach, name)()
    face, ours = LabFace(lab), []
    for values in states(lab):
        ours.append(seen(lab.set(**values)))
        assert f">{escape(lab.readout_text)}<" in face.line.value
        assert face.image.tooltip == lab.alt_text
    assert bytes(face.image.value) == lab.picture.jpeg()
    assert len({pixels for pixels, _, _ in ours}) > N_STATES / 2
    assert without()["labs"][name] == ours
    lab.release()


def test_everything_but_the_faces_is_imported(without):
    assert without()["missing"] == [] and without()["loaded"] == []


@pytest.mark.parametrize("name", lab_names())
def test_controls_are_described_as_plain_data(without, name):
    described = without()["described"][name]
    lab = getattr(hlm_teach, name)()
    assert described == lab.describe()
    assert [control["name"] for control in described["controls"]] == list(lab.controls)
    height, width, depth = lab.pixels().shape
    assert depth == 4 and width / described["width"] == pytest.approx(1.28, abs=0.002)
    assert height / described["height"] == pytest.approx(1.28, abs=0.002)


@pytest.mark.parametrize("name", [path.name for path in SOLUTIONS])
def test_a_solution_is_right(without, name):
    said = without()["solutions"][name]
    assert len(said) == len(exercises_of(name[:2])), said
    assert all(line.startswith("✓ Right") for line in said), said


WORDS = {
    "check": "✗ Not yet.",
    "hint": "Hint 2 of 3: Read again: chapter 02, “",
    "progress": "0 of 10 exercises done\nChapter 02: 0 of 10",
    "say": "A **word**.\n",
    "show_number": "icc: 0.12\n",
    "show(": "Figure: An empty plot.\n",
    "my_data": "",
    "predict_first": "Predict first: How many? (from 0 to 10)\nThe answer: 5.0. So it is.\n",
    "print": "Lab: How alike are pupils of one school? | ICC 0.20",
}


@pytest.mark.parametrize("start", WORDS)
def test_what_readers_are_told_is_plain_text(without, start):
    (said,) = (words for line, words in without()["sayings"].items() if line.startswith(start))
    assert WORDS[start] in said and not (said and not WORDS[start])
    assert "object at" not in said
