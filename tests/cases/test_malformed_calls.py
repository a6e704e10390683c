"""Malformed calls of everything public: one in forty, all with HLM_TEACH_WHOLE=1.

``benchmarks/malformed_calls.py`` tries all too, or those of one function, and counts what they come to.
"""

import collections

import numpy as np
import pytest
from malformed_calls import WITHOUT, Call, malformed_calls, valid_calls, verdict
from samples import some

import hlm_teach

SHARE = 40  # the test command tries one call in so many


def test_nothing_public_is_left_out():
    missing = set(hlm_teach.__all__) - set(valid_calls()) - WITHOUT
    assert not missing, f"valid_calls() has no call of {sorted(missing)}"


@pytest.mark.parametrize("name", list(valid_calls()))
def test_the_valid_call_is_valid(name):
    function, given = valid_calls()[name]
    given = dict(given)
    positional = given.pop("*", ())
    assert verdict(Call(name, "", "", function, positional, given)) == "fine"


def test_malformed_calls_are_refused_by_name():
    """No warning, no hang, no nonsense: a finite result, or an error that names the argument."""
    every = list(malformed_calls())
    counts = collections.Counter(call.name for call in every)
    assert min(counts.values()) >= 80, counts.most_common()[-3:]
    drawn = some(np.random.default_rng(2026).permutation(len(every)), SHARE)
    wrong = {
        f"{call.name}({call.argument} = {call.what})": found
        for call in (every[i] for i in drawn)
        if (found := verdict(call)) not in ("fine", "refused")
    }
    assert not wrong


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: float("nan"), "silent nonsense"),
        (lambda x: [][1], "IndexError"),
        (lambda x: np.log(np.array([0.0])), "warning"),
        (lambda x: int("a"), "names no argument"),
        (lambda x: {}["x" * 700], "letters"),
    ],
)
def test_the_judge_sees_what_is_wrong(function, words):
    assert words in verdict(Call("f", "x", "", function, (), {"x": 1}))
