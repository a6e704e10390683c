"""Targets of labs: met, ticked off, explained; in plain text and on the page; reachable in each lab."""

import importlib
import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest

import hlm_teach
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.labs.widgets import LabFace
from hlm_teach.lessons import lab_names

HIGH = Target("Move x past 0.8.", lambda lab: lab["x"] > 0.8, "The dot <moves> with x.")
SQUARE = Target("Make the square of x smaller than 0.05.", lambda lab: lab["square"] < 0.05, "So.")
BOTH = Target("Move x below 0.1.", lambda lab: lab["x"] < 0.1, "Two at once.")
TARGETS = (HIGH, SQUARE, BOTH)


def small_lab(**options) -> Lab:
    return Lab(
        "A small lab",
        (Slider("x", "a number", "x", low=0.0, high=1.0, value=0.5, step=0.1, format=".1f"),),
        compute=lambda values: {"square": values["x"] ** 2, "x": "the setting stands"},
        stage=lambda ax: {"dot": ax.plot([0.5], [0.5], "o")[0]},
        draw=lambda artists, result: artists["dot"].set_xdata([result["square"]]),
        readout=lambda result: f"The square is {result['square']:.2f}.",
        alt=lambda result: f"A dot at {result['square']:.2f}.",
        **options,
    )


def test_nothing_is_ticked_before_the_reader_moves():
    lab = small_lab(targets=TARGETS)
    assert lab.ticks.done == [False] * 3 and lab.ticks.news == ""
    assert "[x]" not in lab.ticks.text() and lab.ticks.text().count("[ ]") == 3
    assert lab.ticks.heading == "Tasks, 0 of 3 done:"


def test_a_target_is_recognised_by_settings_and_by_what_is_computed():
    lab = small_lab(targets=TARGETS)
    assert lab.set(x=0.9).ticks.done == [True, False, False]
    assert lab.set(x=0.2).ticks.done == [True, True, False]


def test_what_was_met_stays_ticked_and_is_news_once():
    lab = small_lab(targets=TARGETS).set(x=0.9)
    assert lab.ticks.news == "Task 1 is done. The dot <moves> with x."
    assert lab.set(x=1.0).ticks.news == "" and lab.ticks.done[0]
    assert lab.set(x=0.5).ticks.done[0] and lab.reset().ticks.done[0]
    assert lab.ticks.text().splitlines()[1] == (
        "[x] 1. Move x past 0.8. Done: The dot <moves> with x."
    )


def test_two_targets_met_by_one_move_are_both_said():
    lab = small_lab(targets=TARGETS).set(x=0.0)
    assert lab.ticks.news == "Task 2 is done. So. Task 3 is done. Two at once."


def test_each_lab_keeps_its_own_ticks():
    moved = small_lab(targets=TARGETS).set(x=0.9)
    assert moved.ticks.done[0] and not small_lab(targets=TARGETS).ticks.done[0]


def test_printed_text_and_the_stored_page_list_the_tasks():
    lab = small_lab(targets=TARGETS).set(x=0.9)
    heard = io.StringIO()
    with redirect_stdout(heard):
        print(lab)
    assert heard.getvalue().strip() == (
        "Lab: A small lab | The square is 0.81.\nTasks, 1 of 3 done:\n"
        "[x] 1. Move x past 0.8. Done: The dot <moves> with x.\n"
        "[ ] 2. Make the square of x smaller than 0.05.\n[ ] 3. Move x below 0.1."
    )
    page = lab._static().data["text/html"]
    assert "Task 1, done:" in page and "The dot &lt;moves&gt; with x." in page
    assert "Task 2: Make the square" in page and "1 of 3 done" in page
    assert lab.describe()["tasks"] == [target.task for target in TARGETS]


def test_on_the_page_the_news_is_spoken_and_the_list_is_there_to_be_read():
    lab = small_lab(targets=TARGETS)
    face = LabFace(lab)
    news, listed = face.tasks
    assert 'role="status"' in news.value and "done" not in news.value
    face.parts["x"].slider.value = 0.9  # as a reader does
    assert 'aria-live="polite">Task 1 is done. The dot &lt;moves&gt; with x.<' in news.value
    assert "Task 1, done:" in listed.value and "Task 2: Make" in listed.value
    assert "role" not in listed.value  # or the whole list were spoken at each tick
    face.parts["x"].slider.value = 0.5
    assert "Task 1 is done" not in news.value and "Task 1, done:" in listed.value


def test_the_box_is_for_the_eye_only():
    """What a screen reader speaks says 'done' in words."""
    html = small_lab(targets=TARGETS).set(x=0.9).ticks.html()
    spoken = re.sub(r'<span aria-hidden="true">.</span>', "", html)
    assert html.count("☑") == 1 and html.count("☐") == 2
    assert "☑" not in spoken and "☐" not in spoken and spoken.count(", done:") == 1


def test_a_lab_without_targets_says_nothing_of_tasks():
    lab = small_lab()
    face = LabFace(lab)
    assert repr(lab.set(x=0.9)) == "Lab: A small lab | The square is 0.81."
    assert face.tasks == [] and lab.ticks.html() == "" and lab.describe()["tasks"] == []


@pytest.mark.parametrize("texts", [{"task": " "}, {"shown": ""}, {"task": None}])
def test_a_target_without_words_is_refused(texts):
    with pytest.raises(ValueError, match=next(iter(texts))):
        Target(**({"task": "Move.", "met": lambda lab: True, "shown": "It moves."} | texts))


# The targets of the course's labs.


@pytest.fixture(scope="module", params=lab_names())
def lab(request):
    """Each lab of the course."""
    made = getattr(hlm_teach, request.param)()
    module = importlib.import_module(made.recipe.compute.__module__)
    assert made.ticks.targets == getattr(module, "TARGETS", ()), "the lab has other TARGETS"
    assert made.ticks.targets, "the lab has no TARGETS"
    return made


def test_a_lab_has_two_targets_or_more_in_sentences(lab):
    assert len(lab.ticks.targets) >= 2
    for target in lab.ticks.targets:
        assert target.task.endswith(".") and target.shown.endswith(".")
        assert target.shown.count(". ") == 0, "what was shown is one sentence"


def test_no_target_is_met_at_the_start(lab):
    known = lab.reset().result | lab.state
    assert not any(target.met(known) for target in lab.ticks.targets)


def test_each_target_can_be_met_by_its_example(lab):
    for place, target in enumerate(lab.ticks.targets):
        fresh = lab.reset()
        fresh.ticks.done[place] = False
        fresh.set(**target.example)
        assert fresh.ticks.done[place], (target.task, fresh.readout_text)
        assert target.shown in fresh.ticks.news


def test_targets_answer_everywhere(lab):
    """True or False at any setting, and no target is met by nearly any move."""
    rng, met = np.random.default_rng(5), []
    for _ in range(60):
        lab.set(**{name: control.random(rng) for name, control in lab.controls.items()})
        known = lab.result | lab.state
        met.append([target.met(known) for target in lab.ticks.targets])
    assert all(isinstance(answer, (bool, np.bool_)) for answers in met for answer in answers)
    assert (np.mean(met, axis=0) < 0.8).all(), "a target that is met by moving anything"
