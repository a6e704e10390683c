"""Wrong answers worked out as a learner would, from the data alone, and the words they must meet."""

import pytest

from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import WRONG, verdict


def meets(cases):
    """Parametrise a test by (key, how the learner went wrong, answer to compute, words)."""
    return pytest.mark.parametrize(
        "key, answer, words",
        [pytest.param(key, answer, words, id=f"{key} {how}") for key, how, answer, words in cases],
    )


def said_to(key, answer, who="Ada"):
    """What feedback says to a wrong answer."""
    said = verdict(find(key), answer() if callable(answer) else answer, who)
    assert said.state == WRONG, said
    return said.says
