"""Fits with several terms against independent searches: the small version of
benchmarks/hard_fits_several.py, which runs 1,000 data sets."""

import pytest
from benchmark import benchmark


@pytest.fixture(scope="module")
def hard_fits():
    return benchmark("hard_fits_several")


@pytest.mark.parametrize("seed", [1, 4, 9, 16, 25, 36, 49, 64])
def test_no_fit_lies_below_what_other_searches_find(hard_fits, seed):
    found = hard_fits.shortfall(seed, direct=False)
    assert found["gap"] <= 1e-6
    assert found["converged"]


def test_the_data_sets_are_hard(hard_fits):
    """They hold what they say: nested and crossed, two and three terms, one to two effects."""
    import numpy as np

    terms = [hard_fits.study(np.random.default_rng(seed))[2] for seed in range(40)]
    assert {len(found) for found in terms} == {2, 3}
    assert {term.z.shape[1] for found in terms for term in found} == {1, 2}
    assert {term.correlated for found in terms for term in found} == {True, False}
    assert min(np.bincount(term.codes).min() for found in terms for term in found) == 1
