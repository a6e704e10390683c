"""Comparison factors and ranks: against closed forms and simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach.measures.rankings import comparison_factor, draw_ranks, rank_table


def test_equal_standard_errors_give_root_two():
    assert comparison_factor([1, 1, 1, 1]) == pytest.approx(stats.norm.ppf(0.975) / np.sqrt(2))
    assert comparison_factor([3, 3], level=0.9) == pytest.approx(stats.norm.ppf(0.95) / np.sqrt(2))


def test_very_unequal_ones_give_the_ordinary_interval():
    assert comparison_factor([1e-6, 1]) == pytest.approx(1.96, abs=1e-3)


def test_bars_of_equal_means_miss_each_other_in_five_percent():
    rng, se = np.random.default_rng(1), np.array([0.5, 1.0, 1.5])
    z = comparison_factor(se)
    means = se * rng.standard_normal((200_000, 3))
    apart = [
        np.abs(means[:, i] - means[:, j]) > z * (se[i] + se[j]) for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    assert np.mean(apart) == pytest.approx(0.05, abs=0.0015)


def test_ranks_of_two_groups_follow_the_normal_distribution():
    ranks = draw_ranks([0.0, 1.0], [1.0, 1.0], n_draws=100_000, rng=np.random.default_rng(2))
    assert np.mean(ranks[:, 1] == 1) == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.006)
    assert (ranks.sum(axis=1) == 3).all()


def test_equal_groups_have_every_rank_alike():
    same = pd.Series(np.zeros(20))
    table = rank_table(same, same + 1, top=5, n_draws=20_000, rng=np.random.default_rng(3))
    assert np.allclose(table["p_top"], 0.25, atol=0.02)
    assert (table["lower"] == 1).all() and (table["upper"] == 20).all()
    assert table["p_top"].sum() == pytest.approx(5)
    assert np.allclose(table["p_above"], 0.5, atol=0.02)
    assert table["p_above"].sum() == pytest.approx(10)


@pytest.mark.parametrize("se", [[1], [1, -1], [1, np.nan], [[1, 1]]])
def test_standard_errors_that_make_no_sense(se):
    with pytest.raises(ValueError, match="se must hold"):
        comparison_factor(se)


def test_lengths_that_differ():
    with pytest.raises(ValueError, match="one number per group"):
        draw_ranks([1, 2], [1], rng=np.random.default_rng(1))
