"""Every lab at many settings: no exception, finite numbers, a picture, words for it."""

import base64
import io
import re
from html import escape
from itertools import product

import numpy as np
import pytest
from PIL import Image
from samples import WHOLE

import hlm_teach
from hlm_teach.display.show import displaying_to
from hlm_teach.labs import predict as _predict
from hlm_teach.labs.control_widgets import part_of
from hlm_teach.labs.controls import Menu, Slider, Switch
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.widgets import LabFace, face_of
from hlm_teach.lessons import lab_names

N_RANDOM = 500 if WHOLE else 100


@pytest.fixture(scope="module", params=lab_names())
def lab(request):
    """Each lab of the course, freshly made, once for this file."""
    return getattr(hlm_teach, request.param)()


def numbers_in(found):
    """All arrays of numbers in a result, however nested; text and None don't count."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, (list, tuple)):
        for part in found:
            yield from numbers_in(part)
    elif np.issubdtype(np.asarray(found).dtype, np.number):
        yield np.asarray(found)


def assert_shows_something(lab: Lab) -> None:
    """Finite numbers, a readout and words without 'nan'."""
    assert_says_something(lab.state, lab.result, lab.readout_text, lab.alt_text)


def assert_says_something(state: dict, result: dict, *said: str) -> None:
    """The same of a state that needn't be drawn."""
    assert all(np.isfinite(numbers).all() for numbers in numbers_in(result)), state
    for words in said:
        assert words.strip() and "nan" not in words.lower().split(), (state, words)
        assert "inf" not in words.lower().split(), (state, words)


def assert_not_blank(lab: Lab) -> None:
    """The picture has light and dark places."""
    assert lab.pixels()[..., :3].mean(axis=2).std() > 5, f"a blank picture at {lab.state}"


def test_there_are_labs():
    assert "icc_lab" in lab_names()


def test_random_settings(lab):
    """All are computed and put into words; one of four is drawn, which takes as long again."""
    rng = np.random.default_rng(1)
    for number in range(N_RANDOM):
        values = {name: control.random(rng) for name, control in lab.controls.items()}
        if number % 4:
            state = lab.state | {name: lab.controls[name].clean(v) for name, v in values.items()}
            result = lab.recipe.compute(dict(state))
            said = lab.recipe.readout(result), lab.recipe.alt(result)
            assert_says_something(state, result, *said)
            continue
        lab.set(**values)
        assert_shows_something(lab)
        if number % 20 == 0:  # copying takes longer than drawing
            assert_not_blank(lab)


def test_all_corners(lab):
    for corner in product(*(control.corners for control in lab.controls.values())):
        lab.set(**dict(zip(lab.controls, corner, strict=True)))
        assert_shows_something(lab)
        assert_not_blank(lab)


def test_every_control_has_words_and_symbol(lab):
    assert lab.controls
    for control in lab.controls.values():
        assert control.words.strip() and control.symbol.strip(), control.name


def test_same_settings_same_numbers(lab):
    start = lab.reset().readout_text, lab.alt_text
    lab.draw_again()
    rng = np.random.default_rng(2)
    lab.set(**{name: control.random(rng) for name, control in lab.controls.items()})
    assert (lab.reset().readout_text, lab.alt_text) == start
    assert "0x" not in repr(lab)


def test_each_control_changes_picture_or_readout(lab):
    for name, control in lab.controls.items():
        lab.reset()
        before = lab.pixels().tobytes(), lab.readout_text
        other = next(corner for corner in control.corners if corner != lab.state[name])
        lab.set(**{name: other})
        assert (lab.pixels().tobytes(), lab.readout_text) != before, name


def test_picture_is_the_same_as_a_full_redraw(lab):
    """What is restored and blitted shows exactly what drawing everything afresh shows."""
    rng = np.random.default_rng(3)
    lab.set(**{name: control.random(rng) for name, control in lab.controls.items()})
    moved = lab.pixels()
    lab.picture._background = None
    lab.refresh()
    assert np.array_equal(lab.pixels(), moved)


def test_readers_without_a_kernel_get_picture_words_and_settings(lab):
    data, _ = lab.reset()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == repr(lab)
    code = re.search(r'src="data:image/png;base64,([^"]+)"', data["text/html"])[1]
    stored = Image.open(io.BytesIO(base64.b64decode(code)))
    apart = np.abs(np.asarray(stored.convert("RGB")) - lab.pixels()[..., :3].astype(int))
    assert stored.mode == "P" and apart.mean() < 0.5
    assert f'alt="{escape(lab.alt_text)}"' in data["text/html"]
    for control in lab.controls.values():
        assert control.words in data["text/html"]


def test_picture_has_an_accessible_name_that_follows_the_state(lab):
    face = LabFace(lab.reset())
    before = face.image.tooltip
    lab.set(**{name: control.corners[-1] for name, control in lab.controls.items()})
    assert before != face.image.tooltip == lab.alt_text
    assert face.image.description == ""
    assert 'role="status"' in face.line.value
    lab.release()


def test_the_picture_on_the_page_is_the_lab_s(lab):
    face = LabFace(lab.reset())
    page = Image.open(io.BytesIO(face.image.value)).convert("RGB")
    ours = lab.pixels()[..., :3].astype(int)
    assert page.size == ours.shape[1::-1]
    assert np.abs(np.asarray(page) - ours).mean() < 3  # JPEG, but the same picture
    lab.release()


def test_icc_readout_equals_the_package():
    lab = hlm_teach.icc_lab().set(tau00=8.5, sigma2=39.0, group_size=25)
    icc = 8.5 / (8.5 + 39.0)
    assert f"ICC {icc:.2f}:" in lab.readout_text
    assert f"design effect {hlm_teach.design_effect(icc, 25):.2f}" in lab.readout_text
    worth = hlm_teach.effective_sample_size(icc, [25] * 30)
    assert f"750 pupils are worth {worth:.0f} independent ones" in lab.readout_text


# The frame itself, on a lab small enough to be looked through.


def small_lab(compute=lambda values: {"x": values["x"]}, **options) -> Lab:
    return Lab(
        "A small lab",
        (
            Slider("x", "a number", "x", low=0.0, high=1.0, value=0.5, step=0.1, format=".1f"),
            Switch("on", "a switch", "s"),
            Menu("shape", "a shape", "f", ("round", "square"), "round"),
        ),
        compute=compute,
        stage=lambda ax: {"dot": ax.plot([0.5], [0.5], "o", markersize=30)[0]},
        draw=lambda artists, result: artists["dot"].set_xdata([result["x"]]),
        readout=lambda result: f"x is {result['x']:.1f} <here>.",
        alt=lambda result: f"A dot at {result['x']:.1f}.",
        **options,
    )


def test_a_move_of_the_slider_moves_box_state_picture_and_readout():
    lab = small_lab()
    face = LabFace(lab)
    before = face.image.value
    face.parts["x"].slider.value = 0.30000000000000004
    assert lab.state["x"] == face.parts["x"].box.value == 0.3
    assert lab.readout_text == "x is 0.3 <here>." and "&lt;here&gt;" in face.line.value
    assert face.image.value != before


def test_a_number_typed_into_the_box_moves_the_slider():
    lab = small_lab()
    face = LabFace(lab)
    face.parts["x"].box.value = 0.8
    assert lab.state["x"] == face.parts["x"].slider.value == 0.8


def test_a_checkbox_and_a_menu_move_the_lab():
    lab = small_lab()
    face = LabFace(lab)
    face.parts["on"].view.value = True
    face.parts["shape"].view.value = "square"
    assert lab.state["on"] is True and lab.state["shape"] == "square"


def test_set_and_reset_move_the_widgets_and_compute_once():
    calls = []

    def compute(values):
        calls.append(values)
        return {"x": values["x"]}

    lab = small_lab(compute)
    face = LabFace(lab)
    lab.set(x=0.2, on=True, shape="square")
    assert len(calls) == 2 and calls[-1]["on"] is True and calls[-1]["shape"] == "square"
    assert face.parts["x"].slider.value == 0.2 and face.parts["on"].view.value is True
    assert face.parts["shape"].view.value == "square"
    lab.reset()
    assert len(calls) == 3 and face.parts["x"].slider.value == 0.5
    assert lab.state == {"x": 0.5, "on": False, "shape": "round", "seed": lab.state["seed"]}


def test_draw_again_changes_the_seed_and_reset_brings_it_back():
    lab = small_lab(again="Draw again")
    seed = lab.state["seed"]
    assert lab.draw_again().state["seed"] == seed + 1
    assert lab.reset().state["seed"] == seed


def test_an_error_is_said_to_the_reader_and_raised_in_code():
    def compute(values):
        if values["x"] > 0.9:
            raise ValueError("x=1 is too much")
        return {"x": values["x"]}

    lab = small_lab(compute)
    face = LabFace(lab)
    face.parts["x"].slider.value = 1.0
    assert "x=1 is too much" in face.line.value and isinstance(lab.error, ValueError)
    assert lab.status == "These settings can't be shown: x=1 is too much"
    face.parts["x"].slider.value = 0.4
    assert lab.error is None and "0.4" in face.line.value
    with pytest.raises(ValueError, match="too much"):
        lab.set(x=1.0)
    assert isinstance(lab.move(x=1.0).error, ValueError)


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"y": 1}, ValueError, "y: no such control"),
        ({"x": 2.0}, ValueError, "x=2.0"),
        ({"x": "a"}, TypeError, "x='a'"),
        ({"x": True}, TypeError, "x=True"),
        ({"x": float("nan")}, ValueError, "x=nan"),
        ({"on": 1}, TypeError, "on=1"),
        ({"shape": "flat"}, ValueError, "round, square"),
    ],
)
def test_settings_that_do_not_fit_are_named(values, error, words):
    with pytest.raises(error, match=words):
        small_lab().set(**values)


@pytest.mark.parametrize(
    "wrong", [{"low": 1.0, "high": 1.0}, {"value": 3.0}, {"step": 0.0}, {"low": 0.0, "log": True}]
)
def test_sliders_that_make_no_sense_are_refused(wrong):
    good = {"low": 0.5, "high": 2.0, "value": 1.0, "step": 0.1}
    with pytest.raises(ValueError, match="^x: "):
        Slider("x", "a number", "x", **(good | wrong))


def test_log_slider_keeps_ends_and_whole_numbers():
    control = Slider("J", "schools", "J", low=4, high=200, value=30, step=0.05, log=True)
    rng = np.random.default_rng(4)
    drawn = [control.random(rng) for _ in range(200)]
    assert all(isinstance(value, int) and 4 <= value <= 200 for value in drawn)
    assert control.corners == (4, 200)


def test_log_slider_moved_in_the_page_gives_whole_numbers():
    slider = Slider("J", "schools", "J", low=4, high=200, value=30, step=0.05, log=True)
    heard = []
    part = part_of(slider, lambda name, value: heard.append(value))
    part.slider.value = 10**1.55
    assert heard == [35] and part.box.value == 35


def test_a_value_between_steps_is_not_overwritten_by_the_handle_s_place():
    """The page reports the step it put the handle on; that is no move of the reader's."""
    slider = Slider("J", "schools", "J", low=4, high=200, value=30, step=0.05, log=True)
    heard = []
    part = part_of(slider, lambda name, value: heard.append(value))
    part.slider.value = 4 * 10**0.9  # 31.8, the step nearest to 30
    assert heard == [] and part.box.value == 30
    part.slider.value = 4 * 10**0.85  # 28.3, one step to the left
    assert heard == [28]


# Predict first.


@pytest.fixture
def question():
    """A question nobody was asked before."""
    _predict._KEPT.pop("test", None)
    yield lambda: hlm_teach.predict_first(
        "How many?", low=0, high=5, step=0.5, unit="points", key="test"
    )
    _predict._KEPT.pop("test", None)


def test_a_guess_survives_running_the_cell_again(question):
    question().commit(1.5)
    again = question()
    assert again.guess == 1.5 and face_of(again).part.box.value == 1.5


def answer_of(prediction, *said):
    """What `reveal` displays."""
    shown = []
    with displaying_to(shown.append):
        prediction.reveal(*said)
    return shown[0]


def test_commit_keeps_where_the_slider_stands(question):
    face = face_of(question())
    face.part.slider.value = 3.5
    face.view.children[2].click()
    assert question().guess == 3.5 and "3.5 points" in face.line.value


def test_reveal_shows_the_guess_beside_the_answer_even_if_it_comes_later(question):
    answer = answer_of(question(), 2.25, "So it is.")  # held, as the cell that shows it does
    line = face_of(answer).line
    assert "not committed" in line.value and "2.25 points" in line.value
    question().commit(4)
    assert "4.0 points" in line.value and "not committed" not in line.value


def test_what_a_prediction_stores_does_not_depend_on_the_guess(question):
    guess = question()
    answer = answer_of(guess, 2.25, "So it is.")
    before = [_stored(guess), _stored(answer)]
    guess.commit(3)
    assert [_stored(guess), _stored(answer)] == before
    assert "The answer: 2.25 points. So it is." == repr(answer)


def _stored(shown) -> dict:
    bundle = shown._repr_mimebundle_()
    return {kind: bundle[kind] for kind in ("text/plain", "text/html")}


@pytest.mark.parametrize("wrong", [{"question": " "}, {"key": ""}, {"low": 5}, {"step": 0}])
def test_questions_that_make_no_sense_are_refused(wrong):
    good = {"question": "How many?", "low": 0, "high": 5, "step": 0.5, "key": "test-wrong"}
    with pytest.raises(ValueError):
        hlm_teach.predict_first(**(good | wrong))
