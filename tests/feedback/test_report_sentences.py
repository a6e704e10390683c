"""Checks of reports err no more often on the working texts than is recorded beside them."""

import json

import pytest
from benchmark import benchmark

from hlm_teach.feedback.judging import Verdict

report_sentences = benchmark("report_sentences")
RECORDED = json.loads((report_sentences.TEXTS / "recorded.json").read_text(encoding="utf-8"))


def test_every_report_with_texts_is_recorded():
    assert sorted(RECORDED) == report_sentences.keys()


@pytest.mark.parametrize("key", sorted(RECORDED))
def test_working_texts_are_judged_as_well_as_recorded(key):
    texts = report_sentences.judged(key, ("tune",))["tune"]
    found, recorded = report_sentences.count(texts), RECORDED[key]
    accepted = found["named"] + found["silent"]
    assert found["right"] and found["wrong"]
    assert found["right_refused"] <= recorded["refused"], "a right report more is refused"
    assert found["remarked"] <= recorded["remarked"], "of a right report more something is named"
    assert accepted <= recorded["accepted"], "a wrong report more is accepted"
    assert found["silent"] <= recorded["silent"], "a wrong report more is accepted in silence"


@pytest.mark.parametrize(
    "right, unjudged, outcome",
    [
        (True, None, "refused"),
        (True, (), "plain"),
        (True, ("Pigs fly.",), "remarked"),
        (False, None, "refused"),
        (False, (), "silent"),
        (False, ("Cows swim,",), "silent"),  # a right text says so: that isn't what is wrong
        (False, ("cows swim", "Pigs fly."), "named"),
    ],
)
def test_three_things_become_of_a_text(right, unjudged, outcome):
    reply = Verdict("wrong", "") if unjudged is None else Verdict("right", "", unjudged=unjudged)
    rights = [report_sentences._plain("Cows swim; birds sing.")]
    assert report_sentences._outcome(right, reply, rights) == outcome


def test_texts_of_both_kinds_stand_in_both_halves():
    for key in report_sentences.keys():
        name = f"ch{key.removesuffix('.9')}.json"
        texts = json.loads((report_sentences.TEXTS / name).read_text(encoding="utf-8"))
        for half in (texts[::2], texts[1::2]):
            assert {one["right"] for one in half} == {True, False}, key
