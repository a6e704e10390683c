"""Many fits with Kenward and Roger's tests are single fits with them."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm
from hlm_teach.lmm.many_kenward_roger import fit_many_kenward_roger

GROUPS = np.repeat(np.arange(9), [4, 8, 6, 11, 5, 9, 7, 10, 6])
RNG = np.random.default_rng(1)
SEVERITY = RNG.normal(size=len(GROUPS))
X = np.column_stack([np.ones(len(GROUPS)), GROUPS % 2, SEVERITY])


def outcomes(tau11):
    size = (6, 9)
    u0, u1 = 0.6 * RNG.normal(size=size), np.sqrt(tau11) * RNG.normal(size=size)
    noise = RNG.normal(size=(6, len(GROUPS)))
    return u0[:, GROUPS] + u1[:, GROUPS] * SEVERITY + noise


@pytest.mark.parametrize(("random", "column"), [("1", "1"), ("1 + x", 2)])
def test_each_of_many_is_the_single_fit(random, column):
    y = outcomes(0.0 if random == "1" else 0.6)
    many = fit_many_kenward_roger(y, X, GROUPS, column)
    for row, outcome in enumerate(y):
        data = pd.DataFrame({"y": outcome, "w": X[:, 1], "x": SEVERITY, "g": GROUPS})
        one = fit_lmm("y ~ w + x", data, "g", random)
        if one.singular:
            continue  # an edge is found by two roads, not to the same digit
        kr = one.with_df("kenward-roger")
        for ours, single in ((many.bse, kr.bse), (many.df, kr.df), (many.pvalues(), kr.pvalues)):
            np.testing.assert_allclose(ours[row], single, rtol=1e-4)
    assert not many.singular.all()


def test_the_null_may_be_another_value():
    many = fit_many_kenward_roger(outcomes(0.0), X, GROUPS)
    at_estimate = many.pvalues(many.params)
    np.testing.assert_allclose(at_estimate, 1)
    assert (many.pvalues() < 1).all()
