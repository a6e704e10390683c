"""The variance law against the variance of the OLS slope written out."""

import numpy as np
import pytest
from designed_predictor import study_predictor

from hlm_teach import load_data
from hlm_teach.measures.design_effect import moulton_factor, predictor_icc


@pytest.mark.parametrize("sizes", [[6] * 8, [2, 5, 9, 14, 3]])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_law_is_the_variance_of_the_slope(sizes, share):
    """Var(b) = x'Vx/(x'x)², V = τ_00 within groups + σ² on the diagonal."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    x = share * rng.normal(size=len(sizes))[groups] + (1 - share) * rng.normal(size=len(groups))
    xc = x - x.mean()
    v = 0.3 * (groups[:, None] == groups) + 0.7 * np.eye(len(groups))
    factor = xc @ v @ xc / (xc @ xc)  # in units of the total variance, 1
    ours = moulton_factor(0.3, predictor_icc(x, groups), sizes)
    assert ours == pytest.approx(factor, rel=1e-10)


def test_predictor_icc_of_designed_predictors():
    for x_icc in (-1 / 9, 0.0, 0.6, 1.0):
        x = study_predictor(n_groups=6, group_size=10, x_icc=x_icc)
        assert predictor_icc(x.ravel(), np.repeat(range(6), 10)) == pytest.approx(x_icc)


def test_high_school_and_beyond():
    """0.446 for sector, by the law with the predictor's own correlation."""
    hsb = load_data("hsb")
    x_icc = predictor_icc(hsb["catholic"], hsb["school"])
    sizes = hsb.groupby("school").size()
    assert x_icc == pytest.approx(1.003, abs=5e-4)
    assert 0.158905 * np.sqrt(moulton_factor(0.145695, x_icc, sizes)) == pytest.approx(
        0.4458, abs=1e-4
    )


@pytest.mark.parametrize(
    ("x", "groups", "words"),
    [
        ([1, 1, 1, 1], [1, 1, 2, 2], "constant"),
        ([1, 2], [1, 2], "two members"),
        ([1, 2, np.nan], [1, 1, 2], "missing"),
        ([1, 2, 3], [1, 1], "same length"),
    ],
)
def test_wrong_input_is_named(x, groups, words):
    with pytest.raises(ValueError, match=words):
        predictor_icc(x, groups)
