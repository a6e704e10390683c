"""Numbers where an error belongs: outcomes without variance, tests of models that aren't nested,
options of another type, more than a computer can hold."""

import time

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from cases_data import users_data

from hlm_teach import (
    anova_icc,
    bootstrap_statistics,
    compare,
    design_effect,
    fit_lmm,
    fit_many,
    likelihood_ratio_test,
    simulate_crossed,
    simulate_two_level,
    vpc,
)

DATA = users_data().assign(
    b=np.random.default_rng(1).integers(0, 6, 200), c=np.random.default_rng(2).integers(0, 5, 200)
)
MEANS = DATA.groupby("g").y.transform("mean")
X, Y = np.column_stack([np.ones(200), DATA.x]), np.stack([DATA.y] * 3)


def ml(data=DATA, groups="g", random="1", formula="y ~ x"):
    return fit_lmm(formula, data, groups, random, reml=False)


def rng():
    return np.random.default_rng(1)


# ---------------------------------------------------------------- nothing left to explain


@pytest.mark.parametrize("random", ["1", "1 + t"])
@pytest.mark.parametrize("groups", ["g", ["g", "b"]])
def test_an_outcome_that_is_constant_within_groups(random, groups):
    random = random if groups == "g" else "1"
    variance = MEANS.groupby(DATA.g).first().var()
    with pytest.raises(ValueError, match=f"constant within each of the 25 groups.*{variance:.4g}"):
        fit_lmm("m ~ x", DATA.assign(m=MEANS), groups, random)


@pytest.mark.parametrize(
    ("outcome", "random"), [(2 * DATA.w + DATA.x, "1"), (2 * DATA.w + DATA.w * DATA.t, "1 + t")]
)
def test_an_outcome_without_residual(outcome, random):
    with pytest.raises(ValueError, match="reproduced exactly"):
        fit_lmm("m ~ x", DATA.assign(m=outcome), "g", random)


@pytest.mark.parametrize(("factor", "words"), [(0.0, "constant"), (1e200, "other units")])
def test_outcomes_of_no_size(factor, words):
    with pytest.raises(ValueError, match=words):
        fit_lmm("y ~ x", DATA.assign(y=DATA.y * factor), "g")


def test_three_rows_are_enough():
    fit = fit_lmm("y ~ 1", pd.DataFrame({"y": [1.0, 2, 4], "g": [1, 1, 2]}), "g")
    assert fit.sigma2 == pytest.approx(0.5)


# ---------------------------------------------------------------- tests of two models


def test_models_that_are_not_nested():
    slopes = ml(random="1 + t")
    for full in (ml(groups=["g", "b", "c"]), ml(groups=["g", "b"]), ml(groups="b", random="1 + t")):
        with pytest.raises(ValueError, match=r"not contained|no fewer"):
            likelihood_ratio_test(slopes, full)


def test_shuffled_labels_are_other_groups():
    shuffled = DATA.assign(g=DATA.g.sample(frac=1, random_state=1).to_numpy())
    with pytest.raises(ValueError, match="from different data"):
        likelihood_ratio_test(ml(shuffled), ml(random="1 + t"))


def test_the_same_groups_under_other_labels_are_the_same():
    wanted = likelihood_ratio_test(ml(), ml(random="1 + t")).statistic
    other = DATA.assign(g="s" + DATA.g.astype(str), h=DATA.g)
    for reduced in (ml(other), ml(other, groups="h")):
        found = likelihood_ratio_test(reduced, ml(random="1 + t")).statistic
        assert found == pytest.approx(wanted, abs=1e-7)


def test_a_weighted_regression_is_no_reduced_model():
    weighted = smf.wls("y ~ x", DATA, weights=DATA.x**2).fit()
    with pytest.raises(TypeError, match="WLS"):
        likelihood_ratio_test(weighted, ml())
    assert likelihood_ratio_test(smf.ols("y ~ x", DATA).fit(), ml()).df == 1


def test_two_equal_fits_have_p_of_one():
    """Where the variance is estimated as zero, D is 0 up to rounding, and every p is 1."""
    zeros = 0
    for seed in range(40):
        y = np.random.default_rng(seed).normal(size=30)
        data = pd.DataFrame({"g": np.repeat(range(6), 5), "y": y})
        full = fit_lmm("y ~ 1", data, "g")
        if full.vcomp.iloc[0] > 0:
            continue
        zeros += 1
        test = likelihood_ratio_test(smf.ols("y ~ 1", data).fit(), full, n_boot=9, rng=rng())
        assert (test.statistic, test.p_naive, test.p_mixture, test.p_bootstrap) == (0, 1, 1, 1)
        drawn = bootstrap_statistics(smf.ols("y ~ 1", data).fit(), full, 50, rng())
        assert not ((drawn > 0) & (drawn < 1e-8)).any() and (drawn == 0).any()
    assert zeros > 10


# ---------------------------------------------------------------- options and arrays


@pytest.mark.parametrize("value", [2, 10**9, "ML", None, 1, "no"])
def test_true_and_false_are_asked_for(value):
    for option in ("reml", "correlated"):
        with pytest.raises(TypeError, match=f"{option} must be True or False"):
            fit_lmm("y ~ x", DATA, "g", "1 + t", **{option: value})
        with pytest.raises(TypeError, match=f"{option} must be True or False"):
            fit_many(Y, X, DATA.g, **{option: value})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.ma.masked_array(Y, Y > 2), X, DATA.g), "Y is a masked array"),
        ((Y, np.ma.masked_array(X, X > 2), DATA.g), "X is a masked array"),
        ((Y, X, np.ma.masked_array(DATA.g, DATA.g > 2)), "groups is a masked array"),
        ((Y, X, DATA.g.where(DATA.g > 3)), "groups has 32 missing labels"),
        ((Y, X, DATA.kind.where(DATA.kind != "a")), "missing labels"),
        ((Y[:0], X, DATA.g), "Y has no row"),
        ((Y, pd.get_dummies(DATA.g).to_numpy(float), DATA.g), "constant within groups"),
        ((Y.astype(str), X, DATA.g), "Y must hold numbers"),
    ],
)
def test_fit_many_refuses(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        fit_many(*arguments)


def test_other_calls_that_gave_numbers_or_raw_messages():
    fit = fit_lmm("y ~ x", DATA, "g", "1 + t")
    for call, words in (
        (lambda: vpc(fit, "1"), "x must hold numbers"),
        (lambda: fit.df_of([1]), r"contrast has shape \(1,\); wanted 2 numbers"),
        (lambda: fit.df_of("x"), "contrast must hold numbers"),
        (lambda: compare(fit, fit, names="ab"), "names must be a list"),
        (lambda: anova_icc(DATA.assign(y=DATA.y * 1e-200), "y", "g"), "outcome='y'.*units"),
        (lambda: likelihood_ratio_test(fit, fit, n_boot=-5), "n_boot must be 0 or more"),
    ):
        with pytest.raises((TypeError, ValueError), match=words):
            call()
    assert design_effect(0.2, 4 * 10**9) == pytest.approx(1 + 0.2 * (4e9 - 1))


# ---------------------------------------------------------------- too much


def test_too_much_is_refused_before_it_starts():
    reduced, full = ml(), ml(random="1 + t")
    start = time.perf_counter()
    for call, words in (
        (lambda: likelihood_ratio_test(reduced, full, n_boot=10**9, rng=rng()), "n_boot"),
        (lambda: full.simulate(10**7, rng()), "n_replicates=10000000 would hold.*GB"),
        (lambda: two_level(3 * 10**7, 20), "n_groups"),
        (lambda: two_level(10**6, 10**6), "n_groups × group_size makes.*GB"),
        (lambda: crossed(10, 10, 10**7), "n_rows × n_cols × n_per_cell makes.*GB"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    assert time.perf_counter() - start < 1


def two_level(n_groups, group_size):
    return simulate_two_level(
        n_groups=n_groups, group_size=group_size, tau00=1.0, sigma2=1.0, rng=rng()
    )


def crossed(n_rows, n_cols, n_per_cell):
    return simulate_crossed(
        n_rows=n_rows,
        n_cols=n_cols,
        n_per_cell=n_per_cell,
        tau_row=1.0,
        tau_col=1.0,
        sigma2=1.0,
        rng=rng(),
    )
