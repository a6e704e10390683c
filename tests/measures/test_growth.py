"""Three analyses of growth: equal without dropout, and as fit_lmm and statsmodels have them."""

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, load_data
from hlm_teach.measures.autocorrelation import lag_one_correlation
from hlm_teach.measures.growth import arm_slopes, growth_slopes
from hlm_teach.simulate.growth import simulate_growth

DESIGN = {
    "n_patients": 150,
    "visits": range(7),
    "tau11": 0.03,
    "dropout": 0.1,
    "dropout_slope": 1.0,
}


def test_the_three_slopes_are_those_of_the_fits():
    pbc = load_data("pbc").rename(columns={"patient": "group", "years": "x", "log_bili": "y"})
    found = growth_slopes(pbc)
    fits = [
        smf.ols("y ~ x", pbc).fit(),
        fit_lmm("y ~ x", pbc, "group"),
        fit_lmm("y ~ x", pbc, "group", "1 + x"),
    ]
    assert found["slope"].tolist() == pytest.approx([fit.params["x"] for fit in fits], rel=1e-5)
    assert found["se"].tolist() == pytest.approx([fit.bse["x"] for fit in fits], rel=1e-4)
    assert found["slope"].round(3).tolist() == [0.014, 0.095, 0.178]  # as stored from lme4


def test_without_dropout_the_three_agree():
    data = simulate_growth(**(DESIGN | {"dropout": 0.0}), rng=np.random.default_rng(1))
    assert np.ptp(growth_slopes(data)["slope"]) < 1e-9


def mean_slopes(**changes):
    rng = np.random.default_rng(3)
    found = [
        growth_slopes(simulate_growth(**(DESIGN | changes), rng=rng))["slope"].to_numpy()
        for _ in range(40)
    ]
    return np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(40)


def test_random_slopes_hold_under_missing_at_random_and_the_others_do_not():
    (ols, intercepts, both), error = mean_slopes()
    assert abs(both - 0.18) < 3.5 * error[2]
    assert ols < intercepts < 0.18 - 5 * error[1]


def test_random_intercepts_hold_where_their_model_is_true():
    (ols, intercepts, both), error = mean_slopes(tau11=0.0)
    assert abs(intercepts - 0.18) < 3.5 * error[1]
    assert ols < 0.18 - 5 * error[0]


def test_nothing_holds_where_leaving_depends_on_the_next_value():
    (ols, intercepts, both), error = mean_slopes(unseen=1.0)
    assert both < 0.18 - 5 * error[2]
    assert ols < intercepts < both


def test_leaving_by_chance_costs_no_truth():
    found, error = mean_slopes(dropout_slope=0.0)
    assert (np.abs(found - 0.18) < 3.5 * error).all()


def test_lag_one_correlation_finds_the_memory_of_an_ar1_series():
    rng = np.random.default_rng(2)
    e = rng.normal(size=(200, 30))
    for t in range(1, 30):
        e[:, t] += 0.6 * e[:, t - 1]
    group, time = np.indices(e.shape)
    found = lag_one_correlation(e[:, 10:].ravel(), group[:, 10:].ravel(), time[:, 10:].ravel())
    assert found == pytest.approx(0.6, abs=0.03)


def test_lag_one_correlation_takes_neighbours_only():
    assert lag_one_correlation([1.0, 2, 5, 3, 4, 9], list("aaabbb"), [0, 1, 2, 0, 1, 2]) == (
        pytest.approx(np.corrcoef([1, 2, 3, 4], [2, 5, 4, 9])[0, 1])
    )
    with pytest.raises(ValueError, match="pairs"):
        lag_one_correlation([1.0, 2, 3], list("aaa"), [0, 2, 4])
    with pytest.raises(ValueError, match="length"):
        lag_one_correlation([1.0, 2], list("aaa"), [0, 2, 4])


def test_the_arms_slopes_are_those_of_the_fits():
    pbc = load_data("pbc").rename(
        columns={"patient": "group", "years": "x", "log_bili": "y", "treatment": "arm"}
    )
    found = arm_slopes(pbc)
    fits = [
        smf.ols("y ~ x + x:arm", pbc).fit(),
        fit_lmm("y ~ x + x:arm", pbc, "group"),
        fit_lmm("y ~ x + x:arm", pbc, "group", "1 + x"),
    ]
    for name, column in (("x", "arm0"), ("x:arm", "difference")):
        right = [fit.params[name] for fit in fits]
        assert found[column].tolist() == pytest.approx(right, rel=1e-4, abs=1e-7)
    assert found["se"].tolist() == pytest.approx([fit.bse["x:arm"] for fit in fits], rel=1e-4)
    assert found["arm1"].tolist() == pytest.approx((found["arm0"] + found["difference"]).tolist())
