"""F tests of several fixed effects, against lmerTest 3.1-3 and pbkrtest 0.5.2."""

import copy
import pickle

import numpy as np
import pytest
from scipy import stats
from small_sample_models import HERE, METHODS, ROOM, STORED, data, fitted, our_term

from hlm_teach import fit_lmm
from hlm_teach.lmm.df_methods import KenwardRoger, combine_df
from hlm_teach.lmm.joint_tests import contrast_matrix, f_test, term_columns
from hlm_teach.lmm.kenward_roger import Adjustment

# lmerTest takes derivatives numerically; pbkrtest is exact
_STORED = [(name, m) for name in HERE for m in METHODS if m in STORED["inference"][name]["coef"]]
DF_ROOM = {"satterthwaite": 1e-5, "kenward-roger": 1e-6}


def _log(p):
    """log p; a p that is too small for a float counts as 1e-300."""
    return np.log(max(p, 1e-300))


@pytest.mark.parametrize(("name", "theirs"), _STORED)
def test_single_coefficients(name, theirs):
    fit, room = fitted(name, METHODS[theirs]), DF_ROOM[METHODS[theirs]]
    for row in STORED["inference"][name]["coef"][theirs]:
        term = our_term(row["term"])
        assert fit.params[term] == pytest.approx(row["Estimate"], rel=1e-6)
        assert fit.df[term] == pytest.approx(row["df"], rel=room)
        assert fit.tvalues[term] == pytest.approx(row["t value"], rel=ROOM[name])
        assert _log(fit.pvalues[term]) == pytest.approx(_log(row["Pr(>|t|)"]), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "theirs"), [(n, m) for n, m in _STORED if STORED["inference"][n]["joint"][m]]
)
def test_joint(name, theirs):
    fit, room = fitted(name, METHODS[theirs]), DF_ROOM[METHODS[theirs]]
    rows = STORED["inference"][name]["joint"][theirs]
    assert rows
    for row in rows:
        test = fit.joint_test([our_term(term) for term in row["terms"]])
        assert test.df_num == row["NumDF"]
        assert test.df_den == pytest.approx(row["DenDF"], rel=room)
        assert test.statistic == pytest.approx(row["F value"], rel=ROOM[name])
        assert _log(test.pvalue) == pytest.approx(_log(row["Pr(>F)"]), rel=1e-5)


@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger", "normal"])
@pytest.mark.parametrize("name", ["few_rs", "medpar"])
def test_one_coefficient_is_t_squared(name, method):
    fit = fitted(name, method)
    for term in fit.params.index:
        test = fit.joint_test([term])
        assert test.statistic == pytest.approx(fit.tvalues[term] ** 2)
        assert test.df_den == pytest.approx(fit.df[term])
        assert test.pvalue == pytest.approx(fit.pvalues[term])
        assert (test.df_num, test.scaling, test.terms) == (1, 1.0, (term,))


def test_term_list_and_matrix_are_the_same_test():
    fit = fitted("few_arm", "kenward-roger")
    by_term = fit.joint_test("arm")
    by_names = fit.joint_test(["arm[T.b]", "arm[T.c]"])
    by_matrix = fit.joint_test([[0, 1, 0, 0], [0, 0, 1, 0]])
    assert by_term == by_names == by_matrix
    # any other pair of contrasts that says the same, repeated ones included
    again = fit.joint_test([[0, 1, -1, 0], [0, 1, 1, 0], [0, 3, 0, 0]])
    assert again.df_num == 2
    assert again.statistic == pytest.approx(by_term.statistic)
    assert again.df_den == pytest.approx(by_term.df_den)
    assert fit.joint_test(["arm", "x"]).df_num == 3


def test_reference_level_does_not_change_kenward_roger():
    few = data("few")
    other = fit_lmm("y ~ C(arm, Treatment('c')) + x", few, "group").with_df("kenward-roger")
    test, first = (
        other.joint_test("C(arm, Treatment('c'))"),
        fitted("few_arm", "kenward-roger").joint_test("arm"),
    )
    assert (test.statistic, test.df_den) == pytest.approx((first.statistic, first.df_den), rel=1e-6)


def test_normal_is_a_chi_square():
    fit = fitted("medpar", "normal")
    test = fit.joint_test("admission")
    names = list(test.terms)
    value = fit.params[names]
    wald = value @ np.linalg.solve(fit.cov_params.loc[names, names], value)
    assert np.isinf(test.df_den)
    assert test.pvalue == pytest.approx(stats.chi2.sf(wald, 2))


def test_term_tests():
    fit = fitted("orthodont", "kenward-roger")
    table = fit.term_tests()
    assert list(table.index) == ["age11", "female", "age11:female"]
    assert list(table.columns) == ["F", "df_num", "df_den", "pvalue"]
    assert table.loc["age11:female", "F"] == pytest.approx(fit.tvalues["age11:female"] ** 2)
    assert fitted("dyestuff").term_tests().empty


def test_interactions_are_found_in_any_order():
    fit = fitted("orthodont")
    assert fit.joint_test("female:age11").terms == ("age11:female",)


def test_columns_of_terms_by_either_formula_engine():
    class Patsy:
        term_name_slices = {"Intercept": slice(0, 1), "arm": slice(1, 3)}

    class Formulaic:
        term_indices = {"1": [0], "arm": [1, 2]}

    assert term_columns(Patsy) == term_columns(Formulaic) == {"Intercept": [0], "arm": [1, 2]}


def test_two_or_fewer_degrees_of_freedom_are_said():
    test = fitted("few_arm").joint_test("arm")
    assert test.df_den == 2
    assert "2 or fewer" in test.notes[0]
    assert fitted("few_ri").joint_test(["treated", "x"]).notes == ()


def test_combined_degrees_of_freedom_have_the_right_expectation():
    """E F(ℓ, ν) = ν/(ν − 2) is the mean of the t²'s expectations ν_i/(ν_i − 2)."""
    df = np.array([4.5, 9.0, 30.0])
    nu = combine_df(df)
    assert nu / (nu - 2) == pytest.approx(np.mean(df / (df - 2)))


@pytest.mark.parametrize("w", [1.0, 3.0])
def test_moments_that_cannot_be_matched_are_said(w):
    """Variances so badly known (W = w) that the degrees of freedom come out negative or zero."""
    p = np.diag([1.0, -1.0])[None]
    adjusted = Adjustment(np.eye(2), np.eye(2), p, np.array([[w]]), np.eye(2))
    test = f_test(np.array([1.0, 2.0]), KenwardRoger(adjusted, 1.0), np.eye(2))
    assert "too few groups" in test.notes[0]
    assert np.isnan(test.df_den) and np.isnan(test.pvalue)
    assert (test.scaling, test.statistic) == pytest.approx((1.0, 2.5))


# ---------------------------------------------------------------- with_df


def test_everything_follows_the_method():
    first, fit = fitted("few_rs"), fitted("few_rs", "kenward-roger")
    assert (fit.bse > first.bse).all()
    assert fit.params.equals(first.params) and fit.llf == first.llf
    half = stats.t.ppf(0.975, fit.df) * fit.bse
    assert (fit.conf_int()["upper"] - fit.params).to_numpy() == pytest.approx(half.to_numpy())
    row = fit.table().loc["treated"]
    assert row["SE"] == f"{fit.bse['treated']:.3f}" and row["df"] == f"{fit.df['treated']:.1f}"
    assert "Kenward and Roger" in fit.report() and "Satterthwaite" in first.report()
    assert fit.df_of([0, 1, 0]) == pytest.approx(fit.df["treated"])
    back = fit.with_df("satterthwaite")
    assert back.bse.equals(first.bse) and back.df.equals(first.df)
    # statsmodels knows the model-based standard errors only
    assert fit.statsmodels.bse_fe.to_numpy() == pytest.approx(first.bse.to_numpy(), rel=1e-6)


def test_what_no_method_changes_is_computed_once():
    first = fitted("few_ri")
    ends = first.profile_intervals
    assert first.with_df("kenward-roger").profile_intervals is ends
    assert first.with_df("kenward-roger").df is not first.df


def test_normal_prints_z():
    fit = fitted("few_rs", "normal")
    assert fit.pvalues.to_numpy() == pytest.approx(fitted("few_rs").pvalues_z.to_numpy())
    assert fit.table().loc["x", "df"] == "∞"
    assert ", z = " in fit.report() and "normal distribution" in fit.report()
    assert (fit.conf_int()["upper"] - fit.params).to_numpy() == pytest.approx(
        1.959963984540054 * fit.bse.to_numpy()
    )


def test_an_adjustment_survives_copying():
    method = fitted("few_rs", "kenward-roger").df_method
    for other in (copy.deepcopy(method), pickle.loads(pickle.dumps(method))):
        assert (other.cov_params == method.cov_params).all()
        assert (other.df_of(np.eye(3)) == method.df_of(np.eye(3))).all()


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("terms", "error", "words"),
    [
        ("arn", ValueError, "Did you mean 'arm'"),
        (["arm[T.b]", "nothing"], ValueError, "neither a term"),
        ([[0, 1]], ValueError, "4 columns"),
        ([[0, 0, 0, 0]], ValueError, "row of zeros"),
        ([[0, np.nan, 0, 0]], ValueError, "finite"),
        (["arm", 2], TypeError, "list of coefficients"),
        ([], ValueError, "shape"),
        (None, (TypeError, ValueError), "terms"),
    ],
)
def test_terms_that_cannot_be_tested(terms, error, words):
    with pytest.raises(error, match=words):
        fitted("few_arm").joint_test(terms)


def test_unknown_method():
    with pytest.raises(ValueError, match="'kenward-roger'"):
        fitted("few_arm").with_df("kr")


def test_contrast_matrix_of_one_row():
    matrix, names = contrast_matrix([0, 1, -1], ["Intercept", "a", "b"], {})
    assert matrix.tolist() == [[0, 1, -1]] and names == ("a", "b")
