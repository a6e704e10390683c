"""A simulated trial: its parameters come back, and leaving bends slopes as its law says."""

import numpy as np
import pytest

from hlm_teach import arm_slopes, fit_lmm, simulate_trial

DESIGN = {"n_per_arm": 150, "visits": range(7), "tau11": 0.03, "dropout": 0.1}


def test_without_dropout_the_parameters_come_back():
    data = simulate_trial(
        **(DESIGN | {"n_per_arm": 1500, "dropout": 0.0}), effect=-0.1, rng=np.random.default_rng(1)
    )
    assert len(data) == 3000 * 7 and data.groupby("group")["arm"].nunique().max() == 1
    fit = fit_lmm("y ~ x + x:arm", data, "group", "1 + x")
    g = fit.cov_re.to_numpy()
    assert [fit.params["x"], fit.params["x:arm"]] == pytest.approx([0.18, -0.1], abs=0.02)
    assert [g[0, 0], g[1, 1], fit.sigma2] == pytest.approx([1.0, 0.03, 0.12], rel=0.08)
    assert g[0, 1] / np.sqrt(g[0, 0] * g[1, 1]) == pytest.approx(0.4, abs=0.07)


def test_the_chance_to_leave_is_d_where_it_depends_on_nothing():
    data = simulate_trial(**(DESIGN | {"n_per_arm": 4000}), rng=np.random.default_rng(2))
    size = data.groupby("x").size().to_numpy()
    assert size[0] == 8000
    assert (1 - size[1:] / size[:-1]) == pytest.approx(np.full(6, 0.1), abs=0.02)


def test_only_the_arm_with_steepness_loses_its_steep():
    data = simulate_trial(
        **(DESIGN | {"n_per_arm": 2000}), steepness=(2, 0), rng=np.random.default_rng(3)
    )
    last = data[data["x"] == 6].groupby("arm")["y"].mean()
    assert last[1] == pytest.approx(0.5 + 0.18 * 6, abs=0.15) and last[0] < last[1] - 0.5


def mean_slopes(**changes):
    rng = np.random.default_rng(4)
    found = [
        arm_slopes(simulate_trial(**(DESIGN | changes), rng=rng)).to_numpy() for _ in range(30)
    ]
    return np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(30)


def test_leaving_alike_bends_both_slopes_and_leaves_the_difference():
    mean, error = mean_slopes(steepness=(2, 2), effect=-0.05)
    arm0, arm1, difference = mean[2, :3]
    assert arm0 < 0.18 - 0.04 and arm1 < 0.13 - 0.04
    assert abs(difference + 0.05) < 3.5 * error[2, 2]


def test_a_drug_that_keeps_the_steep_looks_harmful():
    mean, error = mean_slopes(steepness=(2, 0))
    assert mean[2, 2] > 0.03 > 5 * error[2, 2]
    assert mean[0, 2] > mean[1, 2] > mean[2, 2]


def test_what_it_refuses():
    rng = np.random.default_rng(5)
    with pytest.raises(ValueError, match="one for each arm"):
        simulate_trial(**DESIGN, steepness=(1, 2, 3), rng=rng)
    data = simulate_trial(**DESIGN, rng=rng)
    with pytest.raises(ValueError, match="0 and 1"):
        arm_slopes(data.assign(arm=data["arm"] + 1))
