"""Bounds from published standard errors: against fits of real and simulated data."""

from math import inf

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data, simulate_two_level
from hlm_teach.measures.published_table import (
    check_table,
    groups_behind_se,
    printed,
    se_of_common_slope,
    se_of_intercept,
    se_of_mean_slope,
    size_behind_se,
)

FITS = {
    "hsb": ("math ~ 1", "school", "1"),
    "medpar": ("log_los ~ 1", "hospital", "1"),
    "sleepstudy": ("Reaction ~ Days", "Subject", "1 + Days"),
    "employment_uk": ("log_wage ~ t", "firm", "1 + t"),
}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("reml", [True, False])
def test_every_honest_fit_lies_within_its_bounds(name, reml):
    formula, group, random = FITS[name]
    fit = fit_lmm(formula, load_data(name), group, random, reml=reml)
    for place, term in enumerate(fit.cov_re.columns):
        tau = fit.cov_re.iloc[place, place]
        least, most = groups_behind_se(f"{fit.bse[term]:.3f}", f"{tau:.4f}")
        assert least <= fit.n_groups < most == inf


def test_a_null_model_gives_an_upper_bound_too_with_the_smallest_group():
    fit, data = fit_lmm("math ~ 1", load_data("hsb"), "school"), load_data("hsb")
    row = (f"{fit.bse.iloc[0]:.4f}", f"{fit.cov_re.iloc[0, 0]:.3f}", f"{fit.sigma2:.3f}")
    smallest = data.groupby("school").size().min()
    least, most = groups_behind_se(*row, smallest=int(smallest))
    assert least <= 160 <= most
    low, high = size_behind_se(*row, n_groups=160)
    assert low < high and smallest < low < data.groupby("school").size().mean()


def test_balanced_data_give_back_their_size():
    data = simulate_two_level(
        n_groups=24, group_size=8, tau00=2.0, sigma2=5.0, rng=np.random.default_rng(1)
    )
    fit = fit_lmm("y ~ 1", data, "group")
    exact = (float(fit.bse.iloc[0]), float(fit.cov_re.iloc[0, 0]), float(fit.sigma2))
    assert size_behind_se(*exact, n_groups=24) == pytest.approx((8, 8), rel=1e-5)
    assert se_of_intercept(*exact[1:], n_groups=24, group_size=8) == pytest.approx(exact[0])


def balanced_slopes():
    """x centred and equally spread in each of 20 groups of 9, slopes that vary."""
    rng, n_groups, n = np.random.default_rng(5), 20, 9
    x = rng.normal(size=(n_groups, n))
    x = x - x.mean(axis=1, keepdims=True)
    x = 1.3 * x / np.sqrt((x**2).mean(axis=1, keepdims=True))
    u0, u1 = rng.normal(size=(2, n_groups, 1))
    y = u0 + (0.5 + 0.8 * u1) * x + rng.normal(size=x.shape)
    return pd.DataFrame(
        {"group": np.repeat(np.arange(n_groups), n).astype(str), "x": x.ravel(), "y": y.ravel()}
    )


def test_the_two_slopes_standard_errors_are_tied_as_the_formula_says():
    data = balanced_slopes()
    one = fit_lmm("y ~ x", data, "group")
    many = fit_lmm("y ~ x", data, "group", "1 + x")
    design = {"n_groups": 20, "group_size": 9}
    common = se_of_common_slope(one.sigma2, x_sd=1.3, **design)
    assert common == pytest.approx(one.bse["x"], rel=1e-5)
    grown = se_of_mean_slope(common, many.cov_re.iloc[1, 1], **design)
    assert grown == pytest.approx(many.bse["x"], rel=1e-4) and grown > 1.5 * common


def test_the_table_of_fifty_schools():
    rows = pd.DataFrame(
        {
            "se": ["1.2", "1.1", "1.0", "0.3"],
            "variance": ["18.3", "16.8", "15.1", "2.4"],
            "sigma2": ["52.1", "45.2", "45.2", None],
        },
        index=["null", "random intercept", "random slope", "slope"],
    )
    found = check_table(rows, n_groups=50)
    assert found["fits"].tolist() == [False, False, False, True]
    assert found["least"].tolist() == [12, 13, 14, 20]
    assert found["most"].tolist() == [33, 35, 41, inf]
    assert check_table(rows, n_groups=25)["fits"].all()  # one by one they may fit; together not


def test_no_design_prints_all_five():
    """Every number of schools and pupils, every spread of SES: four of five at the most."""
    best = 0
    for n_groups in range(5, 101):
        for n in range(2, 61):
            design = {"n_groups": n_groups, "group_size": n}
            taus = ((18.3, 52.1), (16.8, 45.2), (15.1, 43.8))
            hits = [
                f"{se_of_intercept(tau, sigma2, **design):.1f}" == text
                for (tau, sigma2), text in zip(taus, ("1.2", "1.1", "1.0"))
            ]
            for x_sd in np.arange(0.3, 2.01, 0.05):
                common = se_of_common_slope(45.2, x_sd=x_sd, **design)
                slope = se_of_mean_slope(common, 2.4, **design)
                both = [f"{common:.1f}" == "0.4", f"{slope:.1f}" == "0.3"]
                assert not all(both)
                best = max(best, sum(hits + both))
    assert best == 4


def test_rounding_widens_the_bounds_and_exact_numbers_do_not():
    assert printed("0.30") == pytest.approx((0.295, 0.305)) and printed("18") == (17.5, 18.5)
    assert groups_behind_se(1.2, 18.3, 52.1) == (13, 30)
    assert groups_behind_se("1.2", "18.3", "52.1") == (12, 33)
    assert groups_behind_se("1.20", "18.3", "52.1") == (13, 31)


def test_a_standard_error_too_small_for_any_size_wants_infinitely_many():
    assert size_behind_se("0.5", "18.3", "52.1", n_groups=50) == (inf, inf)
    low, high = size_behind_se("0.6", "18.3", "52.1", n_groups=50)
    assert 1 < low < high == inf


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: groups_behind_se("a bit", 1), "a bit"),
        (lambda: groups_behind_se("-0.2", 1), "above 0"),
        (lambda: groups_behind_se("0.2", "0"), None),
        (lambda: printed(True), "printed"),
        (lambda: check_table(pd.DataFrame({"se": ["1"]}), n_groups=5), "sigma2"),
    ],
)
def test_errors_say_what_is_wanted(call, words):
    if words is None:
        assert call() == (1, inf)  # a variance printed as 0 may be anything up to a half
        return
    with pytest.raises((TypeError, ValueError), match=words):
        call()
