"""Formulas: what they use, names with brackets, variables from outside, lme4's bars."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from cases_data import users_data

from hlm_teach import fit_lmm
from hlm_teach.lmm.random_terms import bar_message

DATA = users_data()


# ---------------------------------------------------------------- effects are data, not text


@pytest.mark.parametrize(
    ("random", "effect"),
    [
        ("1 + center(x)", "center(x)"),
        ("1 + np.log(x + 9)", "np.log(x + 9)"),
        ("1 + I(x**2)", "I(x ** 2)"),
        ("1 + C(kind, Treatment('b'))", "C(kind, Treatment('b'))[T.a]"),
        ("1 + x:t", "x:t"),
    ],
)
def test_names_with_brackets_in_random_terms(random, effect):
    fit = fit_lmm("y ~ bs(x, df=3)", DATA, "g", random, correlated=False)
    assert f"variance({effect} | g)" in fit.table().index
    assert effect in fit.report() and "bs(x, df=3)[2]" in fit.report()


# ---------------------------------------------------------------- columns that a formula uses


@pytest.mark.parametrize(
    ("formula", "unused"),
    [
        ("y ~ bs(x, df=4, degree=2)", ["degree", "df"]),
        ("np.log(y + 30) ~ x", ["log", "np"]),
        ("y ~ C(kind, Treatment('b'))", ["b", "C", "Treatment"]),
        ("y ~ center(x) + I(t**2)", ["center", "I"]),
        ("y ~ x.clip(0, 9)", ["clip"]),
    ],
)
def test_rows_stay_whatever_columns_the_formula_does_not_use(formula, unused):
    with_holes = DATA.assign(**dict.fromkeys(unused, np.nan))
    fit = fit_lmm(formula, with_holes, "g")
    assert fit.nobs == 200 and fit.frame.n_dropped == 0
    np.testing.assert_array_equal(fit.params, fit_lmm(formula, DATA, "g").params)


def test_rows_go_where_a_used_column_has_holes():
    holes = DATA.assign(x=DATA.x.where(DATA.t > 0), w=np.nan)
    for formula in ("y ~ np.exp(x)", "y ~ Q('x')", "y ~ x.clip(0, 9)", "y ~ kind:x"):
        fit = fit_lmm(formula, holes, "g")
        assert fit.nobs == 175 and "25 of 200" in fit.notes[0]


# ---------------------------------------------------------------- variables from outside


def test_an_outside_series_is_aligned_by_its_index():
    wanted = fit_lmm("y ~ x", DATA, "g").params.to_numpy()
    outside = DATA.x * 1.0
    by_y = DATA.sort_values("y")
    np.testing.assert_allclose(fit_lmm("y ~ outside", by_y, "g").params, wanted, rtol=1e-9)
    np.testing.assert_allclose(fit_lmm("y ~ np.exp(np.log(outside + 9)) - 1", by_y, "g").df.size, 1)
    some = DATA[DATA.x > 1]
    own = some.x * 1.0  # noqa: F841 (the formula reads it)
    np.testing.assert_allclose(
        fit_lmm("y ~ own", some, "g").params, fit_lmm("y ~ x", some, "g").params, rtol=1e-12
    )
    shuffled = outside.sample(frac=1, random_state=1)  # noqa: F841 (the formula reads it)
    np.testing.assert_allclose(fit_lmm("y ~ shuffled", DATA, "g").params, wanted, rtol=1e-9)


def test_an_outside_array_loses_the_rows_that_the_data_lose():
    array = DATA.x.to_numpy()  # noqa: F841 (the formula reads it)
    holes = DATA.assign(t=DATA.t.where(DATA.t > 0))
    np.testing.assert_allclose(
        fit_lmm("y ~ array + t", holes, "g").params,
        fit_lmm("y ~ x + t", holes, "g").params,
        rtol=1e-12,
    )


def test_what_cannot_be_aligned_is_refused():
    other = DATA.x.reset_index(drop=True)
    short = np.ones(3)
    table = DATA
    for formula, words in (
        ("y ~ other", "'other' is a Series of yours"),
        ("y ~ short", "'short' holds 3 values of yours, but data has 200 rows"),
        ("y ~ table.x", "'table' is a table of yours"),
    ):
        with pytest.raises(ValueError, match=words):
            fit_lmm(formula, DATA.set_index(DATA.index + 1000), "g")
    assert other is not None and len(short) == 3 and len(table) == 200


def test_predictions_want_the_outside_variable_as_a_column():
    outside = DATA.x * 1.0
    fit = fit_lmm("y ~ outside", DATA, "g")
    with pytest.raises(ValueError, match="data has no column 'outside'"):
        fit.predict(DATA.head(2))
    assert len(fit.predict(DATA.head(2).assign(outside=outside))) == 2
    np.testing.assert_array_equal(fit.fittedvalues, fit_lmm("y ~ x", DATA, "g").fittedvalues)


# ---------------------------------------------------------------- names


def test_names_that_python_reads_otherwise():
    wanted = fit_lmm("y ~ x", DATA, "g").params.to_numpy()
    micro, accent = "\u00b5", unicodedata.normalize("NFD", "é")
    for column, formula in (
        (micro, f"y ~ {micro}"),
        (accent, f"y ~ {accent}"),
        (accent, "y ~ " + unicodedata.normalize("NFC", accent)),
        ("class", "y ~ Q('class')"),
        ("my x", "y ~ Q('my x')"),
    ):
        renamed = DATA.rename(columns={"x": column})
        fit = fit_lmm(formula, renamed, "g")
        np.testing.assert_array_equal(fit.params, wanted)
        assert len(fit.predict(renamed.head(2))) == 2


def test_a_value_of_the_caller_does_not_hide_a_function_of_formulas():
    C = 5
    np.testing.assert_array_equal(
        fit_lmm("y ~ C(kind)", DATA, "g").params, fit_lmm("y ~ kind", DATA, "g").params
    )
    assert C == 5


@pytest.mark.parametrize(
    ("formula", "data", "words"),
    [
        ("y ~ class", DATA.rename(columns={"x": "class"}), r"Q\('class'\)"),
        ("y ~ lambda", DATA.rename(columns={"x": "lambda"}), r"Q\('lambda'\)"),
        ("y ~ my x", DATA.rename(columns={"x": "my x"}), r"Q\('its name'\)"),
        ("y ~ x", pd.concat([DATA, DATA[["x"]]], axis=1), "2 columns called 'x'"),
        ("y ~ x", DATA.set_index("x"), r"'x' is in the index of data.*reset_index"),
        ("y ~ xx", DATA, "'xx' is neither a column.*mean 'x'"),
        ("y ~ log(x)", DATA, r"'log' is neither a function.*np\.log\(x\)"),
        ("y ~ %", DATA, "can't be read as a formula"),
        ("y + x ~ 1", DATA, "one numeric column; it became 2 columns"),
        ("y ~", DATA, "formula='y ~'"),
    ],
)
def test_messages_name_the_column_and_the_way_out(formula, data, words):
    with pytest.raises(ValueError, match=words) as told:
        fit_lmm(formula, data, "g")
    assert len(str(told.value)) < 600


# ---------------------------------------------------------------- lme4's bars


@pytest.mark.parametrize(
    ("bars", "call"),
    [
        ("y ~ x + (1|a)+(1|b)", "'y ~ x', data, random={'a': '1', 'b': '1'}"),
        ("y ~ x + (x||g)", "'y ~ x', data, groups='g', random='x', correlated=False"),
        ("y ~ x + (1|a/b)", "'y ~ x', data, random={'a': '1', 'a:b': '1'}"),
        ("y ~ x + (0+x|g)+(1|g)", "'y ~ x', data, groups='g', random='x + 1', correlated=False"),
        ("y ~ (1|g) + x", "'y ~ x', data, groups='g', random='1'"),
        ("y ~ (1 | g)", "'y ~ 1', data, groups='g', random='1'"),
        ("y ~ x + (1 + np.log(x) | g)", "'y ~ x', data, groups='g', random='1 + np.log(x)'"),
        (
            "y ~ x + (x||a) + (1|b)",
            "'y ~ x', data, random={'a': 'x', 'b': '1'}, correlated={'a': False}",
        ),
        ("y ~ x + (1|a/b/c)", "random={'a': '1', 'a:b': '1', 'a:b:c': '1'}"),
        ("y ~ x + (1|a:b)", "groups='a:b', random='1'"),
    ],
)
def test_the_call_that_is_shown_is_the_same_model(bars, call):
    assert f"fit_lmm({call})" in bar_message("formula", bars) or call in bar_message(
        "formula", bars
    )
    with pytest.raises(ValueError, match="uses lme4's"):
        fit_lmm(bars, DATA, "g")


def test_what_no_call_can_say_is_said():
    message = bar_message("formula", "y ~ (1 + x | g) + (0 + t | g)")
    assert "several blocks" in message and "fit_lmm(" not in message


def test_the_shown_call_of_independent_blocks_fits():
    shown = fit_lmm("y ~ x", DATA, groups="g", random="t + 1", correlated=False)
    assert set(shown.cov_re.index) == {"Intercept", "t"}
    assert shown.n_params == 2 + 2 + 1
