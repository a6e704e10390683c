"""Cluster-robust standard errors against statsmodels, against algebra, and against chance."""

import numpy as np
import pytest
import statsmodels.api as sm

from hlm_teach.measures.cluster_robust import cluster_robust


def unbalanced(rng, sizes=(3, 8, 5, 12, 4, 9)):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    x = np.column_stack(
        [np.ones(len(groups)), rng.normal(size=len(groups)) + groups, (groups % 2).astype(float)]
    )
    return x, groups, rng.normal(size=len(sizes))[groups] + rng.normal(size=len(groups))


def test_cr1_is_what_statsmodels_reports():
    x, groups, y = unbalanced(np.random.default_rng(1))
    theirs = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    ours = cluster_robust(y, x, groups, correction="CR1")
    np.testing.assert_allclose(ours.params[0], theirs.params, rtol=1e-10)
    np.testing.assert_allclose(ours.bse[0], theirs.bse, rtol=1e-10)
    np.testing.assert_allclose(ours.pvalues()[0], theirs.pvalues, rtol=1e-9)


def test_cr0_is_what_gee_reports_for_a_group_level_predictor_in_balanced_data():
    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(8), 9)
    x = np.column_stack([np.ones(72), (groups % 2).astype(float)])
    y = rng.normal(size=8)[groups] + rng.normal(size=72)
    theirs = sm.GEE(y, x, groups=groups, cov_struct=sm.cov_struct.Exchangeable()).fit()
    ours = cluster_robust(y, x, groups, correction="CR0")
    np.testing.assert_allclose(ours.params[0], theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours.bse[0], theirs.bse, rtol=1e-6)
    np.testing.assert_allclose(ours.pvalues()[0], theirs.pvalues, rtol=1e-4)


def test_cr2_is_unbiased_under_independence():
    """E[V] is a quadratic form in the errors, so its expectation needs no simulation."""
    x, groups, _ = unbalanced(np.random.default_rng(2))
    n = len(x)
    basis = cluster_robust(np.eye(n), x, groups)  # V of each unit vector: e'Be has
    expected = np.sum(basis.bse**2, axis=0)  # expectation tr B = sum of B_ii
    np.testing.assert_allclose(expected, np.diag(np.linalg.inv(x.T @ x)), rtol=1e-9)
    raw = cluster_robust(np.eye(n), x, groups, correction="CR1").bse
    assert not np.allclose(np.sum(raw**2, axis=0), expected, rtol=0.02)


def test_cr2_of_two_arms_is_the_two_sample_formula():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(9), 7)
    arm = np.isin(groups, [0, 1, 2]).astype(float)
    y = rng.normal(size=9)[groups] + rng.normal(size=63)
    fit = cluster_robust(y, np.column_stack([np.ones(63), arm]), groups)
    means = y.reshape(9, 7).mean(axis=1)
    welch = means[:3].var(ddof=1) / 3 + means[3:].var(ddof=1) / 6
    assert fit.bse[0, 1] == pytest.approx(np.sqrt(welch), rel=1e-10)
    # Welch's degrees of freedom at equal variances
    assert fit.df[1] == pytest.approx((1 / 3 + 1 / 6) ** 2 / (1 / 9 / 2 + 1 / 36 / 5), rel=1e-10)


def test_order_of_rows_and_labels_do_not_matter():
    x, groups, y = unbalanced(np.random.default_rng(4))
    mixed = np.random.default_rng(5).permutation(len(x))
    names = np.array(list("fedcba"))[groups]
    first, second = cluster_robust(y, x, groups), cluster_robust(y[mixed], x[mixed], names[mixed])
    np.testing.assert_allclose(first.bse, second.bse, rtol=1e-10)
    np.testing.assert_allclose(first.df, second.df, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"correction": "HC3"}, "correction='HC3'"),
        ({"Y": np.ones(5)}, "do not fit"),
        ({"Y": np.full(40, np.nan)}, "missing"),
        ({"groups": np.zeros(40)}, "one group"),
        ({"X": np.ones((40, 2))}, "linearly dependent"),
    ],
)
def test_wrong_input_is_named(change, words):
    good = {"Y": np.arange(40.0), "X": np.ones((40, 1)), "groups": np.repeat(range(4), 10)}
    with pytest.raises(ValueError, match=words):
        cluster_robust(**(good | change))
