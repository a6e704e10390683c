"""Numbers as sentences want them."""

import numpy as np
import pytest

from hlm_teach._shared.words import listed, p_text, percent, signed


@pytest.mark.parametrize(
    ("value", "digits", "plus", "text"),
    [
        (-1.005, 1, False, "−1.0"),
        (-0.004, 2, False, "0.00"),
        (-0.004, 2, True, "0.00"),
        (0.004, 2, True, "0.00"),
        (0.25, 2, True, "+0.25"),
        (np.float64(-2.0), 0, False, "−2"),
        (float("-inf"), 2, False, "−inf"),
    ],
)
def test_a_true_minus_and_no_minus_zero(value, digits, plus, text):
    assert signed(value, digits, plus=plus) == text


@pytest.mark.parametrize(
    ("p", "digits", "text"),
    [
        (0.0, 3, "< 0.001"),
        (0.00099, 3, "< 0.001"),
        (0.001, 3, "0.001"),
        (0.00005, 4, "< 0.0001"),
        (1.0, 4, "1.0000"),
        (float("nan"), 3, "nan"),
        (None, 3, ""),
    ],
)
def test_p_values_are_never_zero(p, digits, text):
    assert p_text(p, digits) == text


def test_shares_and_names():
    assert percent(1 / 3) == "33.3 %"
    assert percent(0.5, 0) == "50 %"
    assert listed(("a", 1)) == "'a', 1"
    assert listed([]) == ""
