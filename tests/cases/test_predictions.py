"""Predictions for new rows: labels, levels and formulas are those of the fit, or are refused."""

import numpy as np
import pandas as pd
import pytest
from cases_data import users_data

from hlm_teach import fit_lmm

DATA = users_data()
FIT = fit_lmm("y ~ x + kind + sex", DATA, "g", "1 + t")


@pytest.mark.parametrize("labels", [["3", "4"], ["03", "4"], [" 3", "4"], [3, "4"], ["3.0", 4]])
def test_labels_of_another_type_are_no_new_groups(labels):
    new = DATA.iloc[[24, 32]].assign(g=pd.Series(labels, index=[24, 32], dtype=object))
    with pytest.raises(
        (TypeError, ValueError),
        match="'g' holds (the label.*known_groups=False|labels of several types)",
    ):
        FIT.predict(new)
    assert len(FIT.predict(new, known_groups=False)) == 2


def test_blanks_and_missing_labels():
    named = DATA.assign(g="s" + DATA.g.astype(str))
    fit = fit_lmm("y ~ x", named, "g")
    with pytest.raises(ValueError, match="'s3 ' .*'s3'"):
        fit.predict(named.head(1).assign(g="s3 "))
    with pytest.raises(ValueError, match="missing labels in 'g'"):
        fit.predict(named.head(1).assign(g=None))
    assert fit.predict(named.head(1).assign(g="elsewhere")).size == 1  # a new group


def test_labels_that_are_the_same_number_are_the_same_group():
    whole, decimals = DATA.tail(9), DATA.tail(9).assign(g=DATA.g.tail(9).astype(float))
    np.testing.assert_array_equal(FIT.predict(whole), FIT.predict(decimals))
    np.testing.assert_array_equal(
        FIT.predict(whole), FIT.predict(whole.astype({"g": "Int64", "sex": "boolean"}))
    )


def test_a_formula_that_looks_at_all_rows():
    """Of I(x − x.mean()) new rows would have another mean than the fit."""
    fit = fit_lmm("y ~ I(x - x.mean())", DATA, "g")
    with pytest.raises(ValueError, match=r"takes something from all rows together.*center\(x\)"):
        fit.predict(DATA.head(3))
    np.testing.assert_allclose(fit.predict(DATA), fit.fittedvalues, rtol=1e-12)
    centred = fit_lmm("y ~ center(x)", DATA, "g")
    np.testing.assert_allclose(centred.predict(DATA.head(3)), fit.fittedvalues.head(3), rtol=1e-9)


@pytest.mark.parametrize(
    "formula", ["y ~ I(x / np.std(x))", "y ~ x.rank()", "y ~ I(x.shift(1, fill_value=0))"]
)
def test_other_formulas_that_look_at_all_rows(formula):
    fit = fit_lmm(formula, DATA, "g")
    with pytest.raises(ValueError, match="all rows together"):
        fit.predict(DATA.iloc[5:9])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (DATA.iloc[0], r"not Series: .*data\.iloc\[\[0\]\]"),
        ({"x": 1, "kind": "a", "sex": True, "g": 3}, r"not dict: pd\.DataFrame"),
        (None, "not NoneType"),
        (DATA.head(2).assign(kind="z"), "'kind' holds 'z' that the model was not fitted with"),
        (DATA.head(2).assign(kind=1), "'kind' holds 1 that"),
        (DATA.head(2).assign(x="much"), "'x' held numbers when the model was fitted"),
        (DATA.head(2).drop(columns="x"), "no column 'x'"),
        (DATA.head(2).drop(columns="g"), "no column 'g'"),
        (DATA.head(2).assign(x=np.nan), "missing values in"),
        (pd.concat([DATA, DATA[["x"]]], axis=1), "several columns called 'x'"),
    ],
)
def test_what_cannot_be_predicted_says_why(data, words):
    with pytest.raises((TypeError, ValueError), match=words) as told:
        FIT.predict(data)
    assert len(str(told.value)) < 600


def test_zero_and_one_are_false_and_true():
    np.testing.assert_array_equal(
        FIT.predict(DATA.astype({"sex": int}).tail(4)), FIT.predict(DATA.tail(4))
    )


@pytest.mark.parametrize("level", [95, -0.95, 0, 1, "95%", None, True, np.nan])
def test_levels_are_shares(level):
    for call in (FIT.conf_int, lambda level: FIT.predict(DATA, interval="mean", level=level)):
        with pytest.raises((TypeError, ValueError), match="level"):
            call(level)
