"""Columns of every kind pandas has: they work as numpy's kinds do, or are refused by name."""

import datetime
import decimal
import fractions
import importlib.util

import numpy as np
import pandas as pd
import pytest
from cases_data import users_data

from hlm_teach import fit_lmm

DATA = users_data()
FORMULA = "y ~ x + sex + kind"
WANTED = fit_lmm(FORMULA, DATA, "g")

KINDS = [
    {"sex": "boolean"},
    {"sex": pd.SparseDtype(bool)},
    {"sex": object},
    {"x": "Float64", "y": "Float64", "g": "Int64"},
    {"x": pd.SparseDtype(float), "g": "UInt8"},
    {"x": object, "y": object, "g": object},
    {"kind": "string", "g": "string"},
    {"kind": "category", "g": "category"},
]
ARROW = [
    {"sex": "bool[pyarrow]", "kind": "string[pyarrow]", "g": "int64[pyarrow]"},
    {"x": "double[pyarrow]", "y": "double[pyarrow]", "g": "string[pyarrow]"},
]
needs_arrow = pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="pyarrow is not installed"
)


@pytest.mark.parametrize("kinds", KINDS + [pytest.param(k, marks=needs_arrow) for k in ARROW])
def test_every_dtype_gives_the_same_fit(kinds):
    data = DATA.astype(kinds)
    fit = fit_lmm(FORMULA, data, "g", "1 + x")
    plain = fit_lmm(FORMULA, DATA, "g", "1 + x")
    np.testing.assert_allclose(fit.params, plain.params, rtol=1e-10)
    assert list(fit.params.index) == list(plain.params.index)
    np.testing.assert_allclose(fit.predict(data), plain.predict(DATA), rtol=1e-8)


@pytest.mark.parametrize("kind", [decimal.Decimal, fractions.Fraction, np.float64])
def test_objects_that_are_numbers_are_numbers(kind):
    as_objects = pd.Series([kind(round(v, 3)) for v in DATA.x], dtype=object)
    fit = fit_lmm("y ~ x", DATA.assign(x=as_objects), "g")
    rounded = fit_lmm("y ~ x", DATA.assign(x=DATA.x.round(3)), "g")
    np.testing.assert_allclose(fit.params, rounded.params, rtol=1e-9)
    outcome = fit_lmm("x ~ t", DATA.assign(x=as_objects), "g")
    assert list(outcome.params.index) == ["Intercept", "t"]


DAYS = pd.Timestamp("2020-01-01") + pd.to_timedelta(DATA.t, unit="D")
REFUSED = [
    ([f"{v:.2f}".replace(".", ",") for v in DATA.x], r"'x'.*str\.replace\(',', '\.'\)"),
    ([f"{v:.2f}" for v in DATA.x], r"'x' holds numbers as text.*pd\.to_numeric"),
    (["n/a", *[f"{v:.2f}" for v in DATA.x[1:]]], r"'x'.*and 'n/a'.*errors='coerce'"),
    (DAYS, r"'x' holds dates.*\.dt\.days"),
    (DAYS.dt.tz_localize("UTC"), r"'x' holds dates.*\.dt\.days"),
    ([day.date() for day in DAYS], r"'x' holds dates.*pd\.to_datetime"),
    (pd.to_timedelta(DATA.t, unit="h"), r"'x' holds durations.*total_seconds"),
    (pd.period_range("2000", periods=200, freq="M"), r"'x' holds periods"),
    ([complex(v, 1) for v in DATA.x], "complex"),
    ([1 if i % 2 else "a" for i in range(200)], r"'x' mixes numbers and texts.*astype\(str\)"),
    ([[1, 2]] * 200, "'x' holds list values"),
    ([datetime.time(1)] * 200, "'x' holds time values"),
]


@pytest.mark.parametrize(("values", "words"), REFUSED)
@pytest.mark.parametrize("formula", ["y ~ x", "x ~ t"])
def test_what_is_no_number_is_refused_by_name(values, words, formula):
    with pytest.raises((TypeError, ValueError), match=words) as told:
        fit_lmm(formula, DATA.assign(x=values), "g")
    assert len(str(told.value)) < 600


def test_numbers_as_text_may_be_labels():
    coded = DATA.assign(kind=DATA.kind.map({"a": "1", "b": "2", "c": "3"}))
    np.testing.assert_allclose(
        fit_lmm("y ~ kind", coded, "g").params, fit_lmm("y ~ kind", DATA, "g").params, rtol=1e-12
    )
    years = DATA.assign(year=(2000 + DATA.t * 3 + DATA.g % 3).astype(str))
    with pytest.raises(TypeError, match=r"write C\(year\)"):
        fit_lmm("y ~ year", years, "g")
    assert len(fit_lmm("y ~ C(year)", years, "g").params) == years.year.nunique()


def test_dates_inside_a_function_are_the_function_s_business():
    fit = fit_lmm("y ~ when.dt.day", DATA.assign(when=DAYS), "g")
    np.testing.assert_allclose(
        fit.params.iloc[1], fit_lmm("y ~ t", DATA, "g").params.iloc[1], rtol=1e-9
    )


# ---------------------------------------------------------------- levels without rows


def test_levels_without_rows_are_left_out_and_said():
    kinds = pd.CategoricalDtype(["a", "b", "none", "c"])
    fit = fit_lmm("y ~ kind", DATA.assign(kind=DATA.kind.astype(kinds)), "g")
    np.testing.assert_allclose(fit.params, fit_lmm("y ~ kind", DATA, "g").params, rtol=1e-12)
    assert "No row has kind = none: that level was left out." in fit.notes
    some = DATA.assign(kind=DATA.kind.astype("category"))[lambda d: d.kind != "b"]
    assert list(fit_lmm("y ~ kind", some, "g").params.index) == ["Intercept", "kind[T.c]"]


def test_cells_without_rows_are_left_out_and_said():
    some = DATA[~((DATA.kind == "b") & DATA.sex)]
    fit = fit_lmm("y ~ kind * sex", some, "g")
    by_hand = some.assign(bb=some.kind == "b", cc=some.kind == "c")
    other = fit_lmm("y ~ bb + cc + sex + cc:sex", by_hand, "g")
    assert fit.llf == pytest.approx(other.llf, abs=1e-8)
    assert any("kind[T.b]:sex[T.True]" in note for note in fit.notes)
    assert fit.term_tests().loc["kind:sex", "df_num"] == 1
    with pytest.raises(ValueError, match="without any row in the fit"):
        fit.predict(DATA[(DATA.kind == "b") & DATA.sex])
    np.testing.assert_allclose(fit.predict(some), fit.fittedvalues, rtol=1e-12)


def test_dependent_columns_are_named():
    with pytest.raises(ValueError, match="'double' says what other columns"):
        fit_lmm("y ~ x + double", DATA.assign(double=2 * DATA.x), "g")
    with pytest.raises(ValueError, match="'nothing' is 0 in every row"):
        fit_lmm("y ~ x", DATA.assign(nothing=0.0), "g", "1 + nothing")
