"""Chapter 07's lab says what the package computes, and its targets say what is true."""

import numpy as np
import pytest

from hlm_teach import crossed_lab, crossed_rejection_rate
from hlm_teach.lessons.ch07_crossed.lab_crossed import COUNTS, LEFT_OUT, OF_WHOM, TARGETS


@pytest.fixture(scope="module")
def lab():
    return crossed_lab()


@pytest.mark.parametrize("left_out", LEFT_OUT)
@pytest.mark.parametrize("of_whom", OF_WHOM)
def test_readout_is_the_rate_by_formula(lab, left_out, of_whom):
    lab.reset().set(left_out=left_out, of_whom=of_whom, n_persons=30, tau_person=0.5, sigma2=0.8)
    rate = crossed_rejection_rate(
        n_persons=30,
        n_stimuli=40,
        tau_person=0.5,
        tau_stimulus=0.1,
        sigma2=0.8,
        belongs_to=OF_WHOM[of_whom],
        analysis=LEFT_OUT[left_out],
    )
    assert f"{100 * rate:.1f} % of studies without an effect" in lab.readout_text
    spread = np.sqrt(rate * (1 - rate) / 1000)
    assert abs(lab.result["simulated"] - rate) < 4 * spread + 0.01
    assert abs(lab.result["right"] - 0.05) < 0.03


def test_the_curve_passes_through_that_rate(lab):
    lab.reset().set(n_persons=50, n_words=20)
    assert lab.result["curve"][list(COUNTS).index(50)] == pytest.approx(lab.result["formula"])
    lab.set(of_whom="people", left_out="people")  # now the others are the words
    assert lab.result["curve"][list(COUNTS).index(20)] == pytest.approx(lab.result["formula"])


def test_the_words_of_a_grid_and_its_shares(lab):
    lab.reset().set(n_persons=6, n_words=12, tau_person=0.5, tau_word=0.25, sigma2=0.25)
    assert lab.result["grid"].shape == (6, 12)
    assert "people 50 %, words 25 %, the rest 25 %" in lab.readout_text
    assert "6 people by 12 words" in lab.alt_text


def test_a_property_of_words_never_meets_the_target_about_cancelling_luck(lab):
    """What the sentence says is why: only a property of people is safe without words."""
    rng = np.random.default_rng(4)
    met = TARGETS[1].met
    for _ in range(150):
        state = {name: control.random(rng) for name, control in lab.controls.items()}
        lab.set(**state)
        if met(lab.result | lab.state):
            assert lab.state["of_whom"] == "people"
    corners = {"tau_word": 0.1, "sigma2": 2.0, "n_persons": 4, "left_out": "words"}
    for n_words in (4, 20, 100):  # where it is most nearly so for words
        lab.reset().set(of_whom="words", n_words=n_words, **corners)
        assert not met(lab.result | lab.state)
