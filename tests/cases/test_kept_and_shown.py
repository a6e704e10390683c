"""Fits that are kept (pickle, copy) and shown (small numbers), and shares of slopes."""

import copy
import pickle

import numpy as np
import pytest
from cases_data import users_data

from hlm_teach import fit_lmm, icc, lag_one_correlation, vpc

DATA = users_data()
DATA["b"] = np.random.default_rng(3).integers(0, 9, 200)


def fitted_beside_something_large(random):
    large = np.ones(3_000_000)  # must not be kept
    helper = {"large": large}
    fit = fit_lmm("y ~ np.exp(x / 9) + kind", DATA, random=random)
    assert len(helper) == 1
    return fit


@pytest.mark.parametrize("random", [{"g": "1 + t"}, {"g": "1 + t", "b": "1"}])
def test_a_fit_can_be_kept(random):
    fit = fitted_beside_something_large(random)
    wanted, predictions = fit.table(), fit.predict(DATA)
    text = pickle.dumps(fit)
    assert len(text) < 12 * DATA[["y", "x", "t", "g"]].memory_usage().sum()
    for other in (pickle.loads(text), copy.deepcopy(fit), copy.copy(fit)):
        assert other.table().equals(wanted) and other.notes == fit.notes
        np.testing.assert_array_equal(other.predict(DATA), predictions)
        np.testing.assert_allclose(other.llf_of(DATA.y), fit.llf_of(DATA.y), rtol=1e-12)
        assert other.joint_test("kind").pvalue == pytest.approx(fit.joint_test("kind").pvalue)


def test_a_fit_with_memory_can_be_kept():
    fit = fit_lmm("y ~ t", DATA, "g", residual="ar1", time="t")
    other = pickle.loads(pickle.dumps(fit))
    assert other.phi == fit.phi
    np.testing.assert_array_equal(other.profile_intervals, fit.profile_intervals)


def test_columns_that_the_formula_does_not_use_are_not_kept():
    fit = fit_lmm("y ~ x", DATA, "g")
    assert set(fit.frame.data.columns) == {"y", "x", "g"}
    assert "DATA" not in fit.frame.namespace and "np" not in fit.frame.namespace


def test_a_function_that_pickle_cannot_keep_is_named():
    square = lambda v: v**2  # noqa: E731, F841 (the formula reads it)
    fit = fit_lmm("y ~ square(x)", DATA, "g")
    with pytest.raises(TypeError, match="your 'square'.*def"):
        pickle.dumps(fit)
    assert copy.deepcopy(fit).llf == fit.llf


# ---------------------------------------------------------------- small numbers


def test_small_coefficients_keep_their_digits():
    small = DATA.assign(y=DATA.y * 1e-6, x=DATA.x * 1e3)
    fit, plain = fit_lmm("y ~ x", small, "g"), fit_lmm("y ~ x", DATA, "g")
    table = fit.table()
    assert table.loc["x", "estimate"] == pytest.approx(1e-9 * plain.params["x"], rel=5e-3)
    assert float(table.loc["x", "SE"]) == pytest.approx(1e-9 * plain.bse["x"], rel=5e-3)
    variance = table.loc["variance(residual)"]
    assert variance["estimate"] == pytest.approx(1e-12 * plain.sigma2, rel=5e-3)
    assert variance["lower"] > 0 and float(variance["SD"]) > 0
    assert "0.000000" not in fit.report() and f"{fit.params['x']:.2e}" in fit.report()


def test_ordinary_numbers_look_as_before():
    table = fit_lmm("y ~ x", DATA, "g").table()
    assert table.loc["x", "estimate"] == round(table.loc["x", "estimate"], 3)


# ---------------------------------------------------------------- shares of slopes; neighbours


def test_vpc_of_a_slope_without_intercept():
    fit = fit_lmm("y ~ t", DATA, "g", "0 + t")
    tau11, x = fit.cov_re.iloc[0, 0], np.array([0.0, 5, 10])
    np.testing.assert_allclose(vpc(fit, x), tau11 * x**2 / (tau11 * x**2 + fit.sigma2), rtol=1e-12)
    assert vpc(fit, 0) == 0
    for random in ("0 + t", "0 + x"):  # x isn't among the fixed effects
        with pytest.raises(ValueError, match="depends on x"):
            icc(fit_lmm("y ~ t", DATA, "g", random))


def test_neighbours_in_time_need_not_be_exact_floats():
    resid = np.random.default_rng(1).normal(size=20)
    groups, time = np.repeat(["a", "b"], 10), np.tile(np.arange(10) * 0.1, 2)
    first = np.r_[resid[:9], resid[10:19]]
    second = np.r_[resid[1:10], resid[11:]]
    wanted = np.corrcoef(first, second)[0, 1]
    assert lag_one_correlation(resid, groups, time, step=0.1) == pytest.approx(wanted, rel=1e-12)
    mixed = np.random.default_rng(2).permutation(20)
    assert lag_one_correlation(resid[mixed], groups[mixed], time[mixed], step=0.1) == pytest.approx(
        wanted, rel=1e-12
    )
