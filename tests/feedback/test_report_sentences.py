"""Checks of reports err no more often on the working texts than is recorded beside them."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import report_sentences  # noqa: E402

RECORDED = json.loads(
    (BENCHMARKS / "report_sentences" / "recorded.json").read_text(encoding="utf-8")
)


def test_every_report_with_texts_is_recorded():
    assert sorted(RECORDED) == report_sentences.keys()


@pytest.mark.parametrize("key", sorted(RECORDED))
def test_working_texts_are_judged_as_well_as_recorded(key):
    texts = report_sentences.judged(key, ("tune",))["tune"]
    right, refused, wrong, accepted = report_sentences.count(texts)
    assert right and wrong
    assert refused <= RECORDED[key]["refused"], "a right report more is refused"
    assert accepted <= RECORDED[key]["accepted"], "a wrong report more is accepted"


def test_texts_of_both_kinds_stand_in_both_halves():
    for key in report_sentences.keys():
        name = f"ch{key.removesuffix('.9')}.json"
        texts = json.loads((report_sentences.TEXTS / name).read_text(encoding="utf-8"))
        for half in (texts[::2], texts[1::2]):
            assert {one["right"] for one in half} == {True, False}, key
