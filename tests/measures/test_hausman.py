"""Hausman's test: its arithmetic, its size, and what it refuses."""

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, hausman, load_data, simulate_two_level

FIRMS = load_data("employment_uk")
TWO = "log_emp ~ log_capital + log_wage"
FIXED = smf.ols(TWO + " + C(firm)", FIRMS).fit()
RANDOM = fit_lmm(TWO, FIRMS, "firm")


def test_one_coefficient_is_the_formula_of_the_chapter():
    gap = FIXED.params["log_capital"] - RANDOM.params["log_capital"]
    spread = FIXED.bse["log_capital"] ** 2 - RANDOM.bse["log_capital"] ** 2
    test = hausman(FIXED, RANDOM, "log_capital")
    assert test.statistic == pytest.approx(gap**2 / spread) and test.df == 1


def test_two_coefficients_and_their_units():
    test = hausman(FIXED, RANDOM, ["log_capital", "log_wage"])
    data = FIRMS.assign(log_capital=1000 * FIRMS["log_capital"])
    again = hausman(
        smf.ols(TWO + " + C(firm)", data).fit(),
        fit_lmm(TWO, data, "firm"),
        ["log_wage", "log_capital"],
    )
    assert test.df == 2 and again.statistic == pytest.approx(test.statistic, rel=1e-4)


def test_near_mundlak_s_square_where_u_and_x_are_unrelated():
    rng, found, squares = np.random.default_rng(5), [], []
    for _ in range(60):
        data = simulate_two_level(
            n_groups=80, group_size=5, gamma10=1, tau00=1, sigma2=1, x_icc=0.3, rng=rng
        )
        data["mean"] = data.groupby("group")["x"].transform("mean")
        fixed = smf.ols("y ~ x + C(group)", data).fit()
        found.append(hausman(fixed, fit_lmm("y ~ x", data, "group"), "x").statistic)
        squares.append(fit_lmm("y ~ x + mean", data, "group").tvalues["mean"] ** 2)
    assert np.corrcoef(found, squares)[0, 1] > 0.95
    assert np.mean(np.array(found) > 3.84) < 0.2 and 0.5 < np.mean(found) < 1.7


@pytest.mark.parametrize("terms", ["size", ["log_capital", "size"], [], ["log_wage", "log_wage"]])
def test_terms_that_cannot_be_compared(terms):
    with pytest.raises(ValueError, match="terms"):
        hausman(FIXED, RANDOM, terms)


def test_where_random_effects_are_not_more_precise():
    with pytest.raises(ValueError, match="Mundlak"):
        hausman(RANDOM, FIXED, "log_capital")
