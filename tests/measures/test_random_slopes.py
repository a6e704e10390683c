"""G at any origin: algebra against refits, against lme4, and against simulated lines."""

import numpy as np
import pandas as pd
import pytest
from reference_models import LME4

from hlm_teach import fit_lmm, load_data, slope_reliability
from hlm_teach.measures import random_slopes as slopes


@pytest.fixture(scope="module")
def sleep():
    return load_data("sleepstudy")


@pytest.fixture(scope="module")
def fit(sleep):
    return fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")


@pytest.mark.parametrize("origin", [-5.0, 2.0, 4.5, 9.0])
def test_moving_the_origin_is_what_a_refit_finds(sleep, fit, origin):
    refit = fit_lmm("Reaction ~ x", sleep.assign(x=sleep.Days - origin), "Subject", "1 + x")
    moved = slopes.move_origin(fit.cov_re, origin)
    np.testing.assert_allclose(moved.to_numpy(), refit.cov_re.to_numpy(), rtol=1e-5)
    assert refit.llf == pytest.approx(fit.llf, abs=1e-7)


def test_moving_there_and_back_changes_nothing():
    g = np.array([[4.0, -1.0], [-1.0, 2.0]])
    np.testing.assert_allclose(slopes.move_origin(slopes.move_origin(g, 3.7), -3.7), g)


def test_variance_at_a_place_is_tau00_with_the_origin_there(fit):
    places = [-3.0, 0.0, 2.5, 9.0]
    by_origin = [slopes.move_origin(fit.cov_re, k).iloc[0, 0] for k in places]
    np.testing.assert_allclose(slopes.between_variance(fit.cov_re, places), by_origin)


def test_correlation_is_zero_and_lines_are_closest_at_the_calmest_place():
    g = [[3.0, 0.8], [0.8, 0.5]]
    calm = slopes.calmest_x(g)
    assert slopes.intercept_slope_correlation(slopes.move_origin(g, calm)) == pytest.approx(0)
    around = slopes.between_variance(g, [calm - 0.1, calm, calm + 0.1])
    assert around[1] < around[0] and around[1] < around[2]


def test_drawn_lines_have_exactly_g_also_at_its_edges():
    for g in ([[4, 1.5], [1.5, 1]], [[4, 2], [2, 1]], [[0, 0], [0, 1]], [[0, 0], [0, 0]]):
        u = slopes.draw_group_lines(g, 40, np.random.default_rng(2))
        np.testing.assert_allclose(np.cov(u.T, ddof=0), g, atol=1e-12)
        np.testing.assert_allclose(u.mean(axis=0), 0, atol=1e-12)


def test_slope_range_holds_95_percent_of_drawn_slopes():
    low, high = slopes.slope_range(2.2, 0.7)
    drawn = np.random.default_rng(1).normal(2.2, np.sqrt(0.7), 200_000)
    assert np.mean((drawn > low) & (drawn < high)) == pytest.approx(0.95, abs=0.002)
    assert slopes.share_negative(2.2, 0.7) == pytest.approx(np.mean(drawn < 0), abs=0.0005)


def test_own_lines_are_least_squares_lines(sleep):
    own = slopes.group_lines(sleep, "Reaction", "Days", "Subject")
    for name, person in sleep.groupby("Subject"):
        slope, intercept = np.polyfit(person.Days, person.Reaction, 1)
        assert own.loc[name, ["intercept", "slope"]].tolist() == pytest.approx([intercept, slope])
    assert (own["n"] == 10).all() and own["ss_x"].tolist() == pytest.approx([82.5] * 18)


def test_a_group_without_spread_in_x_has_no_slope():
    data = pd.DataFrame({"g": list("aab"), "x": [1.0, 2, 3], "y": [1.0, 2, 3]})
    assert np.isnan(slopes.group_lines(data, "y", "x", "g").loc["b", "slope"])


def test_reliability_is_the_squared_correlation_of_true_and_estimated_slopes():
    rng = np.random.default_rng(3)
    true = rng.normal(0, np.sqrt(0.7), 200_000)
    estimated = true + rng.normal(0, np.sqrt(36.7 / 20), true.size)
    assert slope_reliability(0.7, 36.7, 20.0) == pytest.approx(
        np.corrcoef(true, estimated)[0, 1] ** 2, abs=0.004
    )


def test_uncorrelated_fits_depend_on_the_origin_and_agree_with_lme4(sleep):
    tied = slopes.fits_by_origin(sleep, "Reaction", "Days", "Subject", [0, 9], correlated=False)
    stored = LME4["sleep_rs_unc"]["REML"]
    assert tied.loc[0, "llf"] == pytest.approx(
        stored["logLik"][0] if isinstance(stored["logLik"], list) else stored["logLik"], abs=1e-6
    )
    assert tied.loc[0, "llf"] - tied.loc[9, "llf"] > 10


def test_uncorrelated_equals_correlated_where_the_correlation_is_zero(sleep, fit):
    calm = [slopes.calmest_x(fit.cov_re)]
    tied = slopes.fits_by_origin(sleep, "Reaction", "Days", "Subject", calm, correlated=False)
    assert tied["llf"].iloc[0] == pytest.approx(fit.llf, abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [np.eye(3), [[1, 2], [2, 1]], [[1, 0.5], [0, 1]], [[-1, 0], [0, 1]], [[np.nan, 0], [0, 1]]],
)
def test_matrices_that_are_no_covariance_are_refused(wrong):
    with pytest.raises(ValueError, match="cov_re"):
        slopes.move_origin(wrong, 1)


def test_other_bad_input_is_named(sleep):
    with pytest.raises(TypeError, match="cov_re"):
        slopes.between_variance("G", 1)
    with pytest.raises(ValueError, match="'Hours' is not a column"):
        slopes.group_lines(sleep, "Reaction", "Hours", "Subject")
    with pytest.raises((TypeError, ValueError), match="origin"):
        slopes.move_origin(np.eye(2), float("nan"))
