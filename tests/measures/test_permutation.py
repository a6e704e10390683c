"""The permutation test is scipy's, holds its level, and says what few groups can't do."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach import permutation_test

MEANS = [12.1, 10.4, 15.0, 9.7, 13.3, 8.8, 11.9, 14.2]
ARM = [1, 0, 1, 0, 1, 0, 0, 0]


def rng(seed=1):
    return np.random.default_rng(seed)


def difference(x, y, axis):
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def test_all_ways_to_choose_give_scipys_p():
    """Arms of three and five: scipy doubles the smaller tail, here both tails are counted."""
    x, y = (np.array(MEANS)[np.array(ARM) == arm] for arm in (1, 0))
    theirs = stats.permutation_test((x, y), lambda a, b, axis: abs(difference(a, b, axis)),
                                    vectorized=True, alternative="greater")  # fmt: skip
    assert permutation_test(MEANS, ARM, rng=rng()) == pytest.approx(theirs.pvalue)


def test_flipped_signs_give_scipys_p():
    slopes = [0.4, -0.1, 0.3, 0.5, 0.2, -0.05, 0.35]
    theirs = stats.permutation_test((slopes,), lambda a, axis: abs(np.mean(a, axis=axis)),
                                    permutation_type="samples", vectorized=True,
                                    alternative="greater")  # fmt: skip
    assert permutation_test(slopes, rng=rng()) == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize(("groups", "least"), [(4, 2 / 6), (6, 2 / 20), (8, 2 / 70)])
def test_p_has_a_floor(groups, least):
    far = np.where(np.arange(groups) % 2, 100.0, 0.0) + np.arange(groups) / 1e3
    assert permutation_test(far, np.arange(groups) % 2, rng=rng()) == pytest.approx(least)


def test_a_sample_of_the_ways_is_near_all_of_them():
    values, arm = rng(3).normal(size=16) + np.repeat([0.9, 0.0], 8), np.repeat([1, 0], 8)
    every = permutation_test(values, arm, most=100_000, rng=rng())
    some = permutation_test(values, arm, most=9_999, rng=rng())
    assert every != some and abs(every - some) < 4 * np.sqrt(every * (1 - every) / 9_999)


def test_it_holds_its_level_without_normality():
    values = rng(4).exponential(size=(4000, 10)) - np.log(2)
    p = permutation_test(values, np.arange(10) % 2, rng=rng())
    assert abs(np.mean(p <= 0.05) - 12 / 252) < 0.012  # the largest attainable level below 5 %


def test_location_and_scale_do_not_matter():
    moved = 1e6 + 3 * np.array(MEANS)
    assert permutation_test(moved, ARM, rng=rng()) == permutation_test(MEANS, ARM, rng=rng())


@pytest.mark.parametrize(
    ("values", "arm", "words"),
    [
        ([1.0, np.nan], [0, 1], "values"),
        ([1.0], None, "one number a group"),
        (MEANS, [1, 0], "one a group"),
        (MEANS, [0.5] * 8, "between 0 and 1"),
        (MEANS, [1] * 8, "both 0 and 1"),
    ],
)
def test_what_can_not_be_tested_is_named(values, arm, words):
    with pytest.raises(ValueError, match=words):
        permutation_test(values, arm, rng=rng())
