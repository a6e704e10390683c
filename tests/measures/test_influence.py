"""Without each group: as refitted here, as lme4 refits, and invariant; groups drawn anew."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hlm_teach import bootstrap_groups, fit_lmm, influence, load_data

ORACLE = json.loads(
    (Path(__file__).parents[1] / "oracle" / "influence.json").read_text(encoding="utf-8")
)
FITS = {
    "medpar": ("log_los ~ died", "medpar", "hospital", "1"),
    "sleepstudy": ("Reaction ~ Days", "sleepstudy", "Subject", "1 + Days"),
}


def fitted(name: str):
    formula, table, group, random = FITS[name]
    return fit_lmm(formula, load_data(table), group, random)


@pytest.mark.parametrize("name", FITS)
def test_estimates_without_a_group_are_lme4_s(name):
    fit, found = fitted(name), influence(fitted(name))
    found.without.index, found.bse.index = (t.index.astype(str) for t in (found.without, found.bse))
    for label, stored in ORACLE["without"][name].items():
        own = found.without.loc[label]
        q = fit.cov_re.shape[0]
        variances = np.diag(np.reshape(stored["cov_re"], (q, q)))
        # lme4 stops a little before the optimum: see the log-likelihoods of test_fit
        assert own[fit.params.index].to_numpy() == pytest.approx(stored["params"], rel=2e-6)
        assert found.bse.loc[label].to_numpy() == pytest.approx(stored["bse"], rel=2e-4)
        assert own.iloc[-1 - q : -1].to_numpy() == pytest.approx(variances, rel=2e-3)
        assert own["variance(residual)"] == pytest.approx(stored["sigma2"], rel=1e-4)


def test_all_160_schools_are_as_refitted():
    formula = "math ~ ses_within + ses_mean"
    data = load_data("hsb")
    found = influence(fit_lmm(formula, data, "school"))
    assert len(found.without) == 160
    for label in found.without.index[::40]:
        again = fit_lmm(formula, data[data["school"] != label], "school")
        own = found.without.loc[label]
        assert own[again.params.index].to_numpy() == pytest.approx(
            again.params.to_numpy(), rel=1e-7
        )
        assert own["variance(Intercept)"] == pytest.approx(again.cov_re.iloc[0, 0], rel=1e-6)
        assert found.bse.loc[label].to_numpy() == pytest.approx(again.bse.to_numpy(), rel=1e-7)


def test_shifts_and_distance_are_what_they_say():
    fit, found = fitted("sleepstudy"), influence(fitted("sleepstudy"))
    delta = fit.params - found.without.loc["308", fit.params.index]
    assert found.shifts.loc["308"].to_numpy() == pytest.approx((delta / fit.bse).to_numpy())
    distance = delta @ np.linalg.inv(fit.cov_params) @ delta / 2
    assert found.cooks_distance["308"] == pytest.approx(distance)
    assert found.table(3).index[0] == found.cooks_distance.idxmax()
    assert found.sizes.tolist() == [10] * 18


def test_units_and_origin_change_no_distance():
    data = load_data("sleepstudy").assign(hours=lambda d: 24 * d["Days"] + 1000)
    plain = influence(fit_lmm("Reaction ~ Days", data, "Subject", "1 + Days"))
    moved = influence(fit_lmm("Reaction ~ hours", data, "Subject", "1 + hours"))
    np.testing.assert_allclose(moved.cooks_distance, plain.cooks_distance, rtol=1e-4)


def test_a_group_without_which_nothing_can_be_fitted_has_nan():
    data = pd.DataFrame({"g": np.repeat(list("abcdef"), 4), "t": np.repeat([1, 0, 0, 0, 0, 0], 4)})
    data["y"] = np.random.default_rng(2).normal(size=24) + data["t"]
    found = influence(fit_lmm("y ~ t", data, "g"))
    assert found.cooks_distance.isna().tolist() == [True] + [False] * 5


def test_the_bootstrap_of_groups_has_the_sandwich_s_spread():
    """With many groups and a wrong variance: the model's standard error is off, both others agree."""
    from hlm_teach import robust_se

    fit = fitted("medpar")
    draws = bootstrap_groups(fit, rng=np.random.default_rng(1), n_boot=800)
    robust = robust_se(fit).loc["died", "robust SE"]
    assert draws["died"].std() == pytest.approx(robust, rel=0.12)  # SD of the SD 2.5 %, and J = 54
    assert draws["died"].std() > 1.2 * fit.bse["died"]
    assert draws.notna().all().all() and len(draws) == 800


def test_the_same_draws_come_from_the_same_generator():
    fit = fitted("sleepstudy")
    pair = [bootstrap_groups(fit, rng=np.random.default_rng(7), n_boot=5) for _ in range(2)]
    pd.testing.assert_frame_equal(*pair)


@pytest.mark.parametrize("function", [influence, bootstrap_groups])
def test_what_cannot_be_asked_is_said(function):
    more = {} if function is influence else {"rng": np.random.default_rng(1)}
    unequal = fit_lmm("log_los ~ died", load_data("medpar"), "hospital", residual_sd="died")
    with pytest.raises(ValueError, match="leave out a single group by fitting the other rows"):
        function(unequal, **more)
    crossed = fit_lmm("diameter ~ 1", load_data("penicillin"), random={"plate": "1", "sample": "1"})
    with pytest.raises(ValueError, match="one grouping"):
        function(crossed, **more)
    with pytest.raises(TypeError, match="fit_lmm"):
        function("fit", **more)
