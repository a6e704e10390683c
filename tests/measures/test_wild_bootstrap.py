"""The wild bootstrap is what it says, sample by sample, and better than CR1's t where groups are few."""

import numpy as np
import pytest

from hlm_teach import cluster_robust, wild_bootstrap
from hlm_teach.measures.wild_bootstrap import WEBB

GROUPS = np.repeat(np.arange(8), [3, 9, 12, 5, 7, 10, 4, 6])
ARM = (GROUPS % 2).astype(float)
X = np.column_stack([np.ones(len(GROUPS)), ARM, np.random.default_rng(2).normal(size=len(GROUPS))])


def outcomes(size, effect=0.0, seed=3, x=X, groups=GROUPS):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(size, groups.max() + 1))[:, groups]
    return effect * x[:, 1] + 0.7 * shared + rng.normal(size=(size, len(groups)))


def literally(y, n_boot, rng):
    """Every sample made, fitted and tested: new outcomes from residuals times one number a group."""
    t = lambda outcome: (lambda fit: fit.params[:, 1] / fit.bse[:, 1])(  # noqa: E731
        cluster_robust(outcome, X, GROUPS, correction="CR1")
    )
    kept = X[:, [0, 2]]
    fitted = kept @ np.linalg.lstsq(kept, y, rcond=None)[0]
    signs = rng.choice(np.concatenate([WEBB, -WEBB]), (1, n_boot, 8))[0]
    return np.mean(np.abs(t(fitted + (y - fitted) * signs[:, GROUPS])) >= np.abs(t(y)) - 1e-12)


@pytest.mark.parametrize("effect", [0.0, 0.8, 2.0])
def test_it_is_the_bootstrap_done_word_for_word(effect):
    y = outcomes(1, effect)[0]
    p = wild_bootstrap(y, X, GROUPS, column=1, n_boot=999, rng=np.random.default_rng(5))
    assert p == pytest.approx(literally(y, 999, np.random.default_rng(5)), abs=1e-12)


def test_rows_may_stand_in_any_order_and_groups_have_any_name():
    y, order = outcomes(1, 0.8)[0], np.random.default_rng(6).permutation(len(GROUPS))
    names = np.array(list("abcdefgh"))[GROUPS]
    p = [
        wild_bootstrap(y[i], X[i], names[i], column=1, rng=np.random.default_rng(5))
        for i in (np.arange(len(y)), order)
    ]
    assert p[0] == p[1]


def test_it_is_nearer_to_its_level_than_cr1():
    groups = np.repeat(np.arange(8), 6)
    x = np.column_stack([np.ones(48), groups % 2])
    y = outcomes(1500, seed=7, x=x, groups=groups)
    wild = wild_bootstrap(y, x, groups, column=1, n_boot=199, rng=np.random.default_rng(8))
    cr1 = cluster_robust(y, x, groups, correction="CR1").pvalues()[:, 1]
    assert abs(np.mean(wild < 0.05) - 0.05) < abs(np.mean(cr1 < 0.05) - 0.05)
    assert abs(np.mean(wild < 0.05) - 0.05) < 0.03


@pytest.mark.parametrize("column", [3, 99])
def test_a_column_that_is_not_there_is_named(column):
    with pytest.raises(ValueError, match="column"):
        wild_bootstrap(outcomes(1)[0], X, GROUPS, column=column, rng=np.random.default_rng(1))
