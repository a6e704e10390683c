"""Searches in noise find what theory says, and step as an ordinary forward regression does."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach.balanced.model_search import forward_search, slope_strategies


def one_search(y, x, level):
    """A forward search by ordinary regressions, one at a time."""
    chosen = []
    while len(chosen) < len(x):
        best = None
        for k in set(range(len(x))) - set(chosen):
            design = np.column_stack([np.ones(len(y)), *x[chosen], x[k]])
            beta, rss = np.linalg.lstsq(design, y, rcond=None)[:2]
            df = len(y) - design.shape[1]
            cov = rss[0] / df * np.linalg.inv(design.T @ design)
            p = 2 * stats.t.sf(abs(beta[-1]) / np.sqrt(cov[-1, -1]), df)
            best = min(best or (2, -1), (p, k))
        if best[0] >= level:
            break
        chosen.append(best[1])
    return len(chosen)


def test_searches_are_those_of_ordinary_regression():
    found = forward_search(15, 6, level=0.2, n_studies=60, rng=np.random.default_rng(8))
    rng = np.random.default_rng(8)
    y, x = rng.standard_normal((60, 15)), rng.standard_normal((60, 6, 15))
    assert found.n_picked.tolist() == [one_search(a, b, 0.2) for a, b in zip(y, x, strict=True)]
    assert found.n_picked.max() >= 3


def test_one_candidate_keeps_the_level_and_many_do_not():
    one = forward_search(40, 1, n_studies=20_000, rng=np.random.default_rng(1))
    assert np.mean(one.n_picked > 0) == pytest.approx(0.05, abs=0.006)
    many = forward_search(40, 20, n_studies=3000, rng=np.random.default_rng(1))
    assert np.mean(many.n_picked > 0) == pytest.approx(1 - 0.95**20, abs=0.03)
    assert (many.final_p[many.n_picked == 0] == 1).all()
    assert (many.final_p[many.n_picked > 0] < 0.05).mean() > 0.95


def test_strategies_trade_false_positives_for_power():
    rng = np.random.default_rng(2)
    null = slope_strategies(12, 10, gamma10=0.0, tau11=[0.0, 0.2], n_studies=600, rng=rng)
    real = slope_strategies(12, 10, gamma10=0.25, tau11=[0.0, 0.2], n_studies=600, rng=rng)
    assert null.loc[0.0, "never"] == pytest.approx(5, abs=3)
    assert null.loc[0.2, "never"] > 12 > 9 > null.loc[0.2, "always"]
    assert (real["never"] > real["always"]).all()
    between = real.loc[0.0, "if p < 0.2"]
    assert real.loc[0.0, "always"] <= between <= real.loc[0.0, "never"]


@pytest.mark.parametrize(("args", "words"), [((10, 20), "n_groups"), ((10, 0), "n_candidates")])
def test_bad_input_is_named(args, words):
    with pytest.raises(ValueError, match=words):
        forward_search(*args, n_studies=5, rng=np.random.default_rng(1))
