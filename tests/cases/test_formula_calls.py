"""Calls as users write them, beside patsy: the same columns, and the same of rows never seen."""

import numpy as np
import pandas as pd
import patsy
import pytest
from cases_data import users_data

from hlm_teach import fit_lmm, marginal_means
from hlm_teach.lmm.packed_products import inverse_of_full

RNG = np.random.default_rng(0)
DATA = users_data()
DATA["rank"] = pd.Categorical(
    RNG.choice(["low", "mid", "high"], len(DATA)), ["low", "mid", "high"], ordered=True
)
DATA["code"] = RNG.choice([1, 2, 3], len(DATA))
NEW = DATA.sample(9, random_state=3).assign(x=lambda d: d.x + 0.01).drop(columns="y")

CALLS = [
    "C(code)",
    "C(code) * x",
    "C(kind, Treatment('b'))",
    "C(kind, Treatment(reference='c')) * x",
    "C(code, Treatment(2))",
    "C(kind, Sum)",
    "C(kind, Sum('a'))",
    "C(kind, Sum) * C(code, Sum)",
    "C(rank, Poly)",
    "C(rank, Diff)",
    "C(kind, Helmert)",
    "C(kind, levels=['c', 'b', 'a'])",
    "C(kind, [[1, 0], [0, 1], [-1, -1]])",
    "rank * x",
    "sex * kind",
    "C(sex, Sum)",
    "0 + kind + x:kind",
    "x / kind",
    "(x + t + w)**2",
    "C(Q('kind'))",
    "C(x > 2)",
    "C(np.round(x / 4))",
    "C(pd.cut(x, [-10, 1, 2, 10]))",
    "kind.str.upper()",
    "x.abs()",
    "x.clip(0, 3)",
    "I(x > 2)",
    "np.where(x > 2, 1, 0)",
    "I(x**2) + x",
    "np.log(x + 9)",
    "center(x) * standardize(t)",
    "np.log(center(x) + 9)",
    "bs(x, df=4) * kind",
]


@pytest.mark.parametrize("call", CALLS)
def test_the_columns_are_those_of_patsy_in_the_fit_and_for_new_rows(call):
    wanted = patsy.dmatrix(call, DATA)
    fit = fit_lmm(f"y ~ {call}", DATA, "g")
    assert list(fit.params.index) == wanted.design_info.column_names
    np.testing.assert_allclose(fit.frame.fixed, wanted, rtol=1e-12, atol=1e-12)
    (new,) = patsy.build_design_matrices([wanted.design_info], NEW)
    by_hand = np.asarray(new) @ fit.params.to_numpy()
    known = fit.predict(NEW).to_numpy()
    u = fit.random_effects["Intercept"].loc[NEW.g].to_numpy()
    np.testing.assert_allclose(known, by_hand + u, atol=1e-9)
    alone = np.concatenate([fit.predict(NEW.iloc[[i]]).to_numpy() for i in range(len(NEW))])
    np.testing.assert_allclose(alone, known, atol=1e-12)  # nothing is taken from the new rows


@pytest.mark.parametrize("call", ["C(kind, Sum)", "C(rank, Poly)", "C(x > 2)", "center(x)"])
def test_random_effects_are_read_alike(call):
    fit = fit_lmm("y ~ x", DATA, "g", f"1 + {call}", correlated=False)
    wanted = patsy.dmatrix(f"1 + {call}", DATA)
    np.testing.assert_allclose(fit.frame.random_design, wanted, rtol=1e-12)
    (z,) = patsy.build_design_matrices([wanted.design_info], NEW)
    u = fit.random_effects.loc[NEW.g].to_numpy()
    x = np.column_stack([np.ones(len(NEW)), NEW.x])
    by_hand = x @ fit.params.to_numpy() + np.sum(np.asarray(z) * u, axis=1)
    np.testing.assert_allclose(fit.predict(NEW), by_hand, atol=1e-9)


def test_a_coding_changes_coefficients_and_nothing_else():
    fits = [fit_lmm(f"y ~ {c} * x", DATA, "g", reml=False) for c in ("kind", "C(kind, Sum)")]
    assert fits[0].llf == pytest.approx(fits[1].llf, abs=1e-9)
    np.testing.assert_allclose(fits[0].fittedvalues, fits[1].fittedvalues, atol=1e-7)
    means = [marginal_means(fit, "kind") for fit in fits]
    np.testing.assert_allclose(means[0].iloc[:, :3], means[1].iloc[:, :3], rtol=1e-6)


def test_a_number_cut_into_classes_stays_a_number():
    """x of C(x > 2) is no category: its mean stands in the grid, and any value may be predicted."""
    fit = fit_lmm("y ~ kind + C(x > 2)", DATA, "g")
    above = float(DATA.x.mean() > 2)
    at_mean = fit.params["Intercept"] + above * fit.params["C(x > 2)[T.True]"]
    assert marginal_means(fit, "kind").iloc[0, 0] == pytest.approx(at_mean)
    with pytest.raises(ValueError, match="'x' is a covariate"):
        marginal_means(fit, "x")


def hundreds_of_levels(n_levels):
    wide = pd.concat([DATA] * 5, ignore_index=True)
    rng = np.random.default_rng(1)
    wide["g"] = np.repeat(np.arange(125), 8)
    wide["y"] += rng.normal(size=len(wide))
    wide["level"] = [f"L{i % n_levels:03d}" for i in rng.permutation(len(wide))]
    return wide


def test_hundreds_of_levels():
    wide = hundreds_of_levels(200)
    fit = fit_lmm("y ~ level + x", wide, "g")
    x = np.asarray(patsy.dmatrix("level + x", wide))
    np.testing.assert_allclose(fit.frame.fixed, x)
    same_group = wide.g.to_numpy()[:, None] == wide.g.to_numpy()
    v = fit.sigma2 * np.eye(len(x)) + fit.cov_re.to_numpy() * same_group
    weighted = np.linalg.solve(v, x)
    cov = np.linalg.inv(x.T @ weighted)
    np.testing.assert_allclose(fit.params, cov @ weighted.T @ wide.y, atol=1e-8)
    np.testing.assert_allclose(fit.bse, np.sqrt(np.diag(cov)), rtol=1e-8)
    with pytest.raises(ValueError, match="'level' holds 'L200'.*not fitted with"):
        fit.predict(wide.head(1).assign(level="L200"))


@pytest.mark.parametrize("random", ["1", "1 + x"])
def test_products_for_many_columns_give_what_those_for_few_do(random, monkeypatch):
    data = hundreds_of_levels(30)
    wide = fit_lmm("y ~ level + x", data, "g", random)
    monkeypatch.setattr("hlm_teach.lmm.group_sums.WIDE", 1000)
    monkeypatch.setattr("hlm_teach.lmm.packed_products.WIDE", 1000)
    narrow = fit_lmm("y ~ level + x", data, "g", random)
    assert wide.llf == pytest.approx(narrow.llf, abs=1e-9)
    for of in ("params", "bse", "df"):
        np.testing.assert_allclose(getattr(wide, of), getattr(narrow, of), rtol=1e-6)
    np.testing.assert_allclose(wide.cov_re, narrow.cov_re, rtol=1e-6)


def test_one_bad_matrix_among_many_is_nan_alone():
    root = RNG.standard_normal((24, 24))
    good, singular = root @ root.T, np.zeros((24, 24))
    indefinite = np.diag([-1.0, *np.ones(23)])
    inverse, log_det = inverse_of_full(np.stack([good, singular, indefinite], axis=-1))
    np.testing.assert_allclose(inverse[..., 0] @ good, np.eye(24), atol=1e-6)
    assert log_det[0] == pytest.approx(np.linalg.slogdet(good)[1])
    assert np.isnan(inverse[..., 1:]).all() and np.isnan(log_det[1:]).all()


@pytest.mark.parametrize("formula", ["y ~ Sum", "y ~ C(Sum)", "y ~ x + center"])
def test_a_contrast_is_no_column(formula):
    with pytest.raises(ValueError):
        fit_lmm(formula, DATA, "g")
