"""Chapter 01's lab says and draws what the package computes."""

import numpy as np
import pytest

from hlm_teach.balanced.false_positives import ols_rejection_rate
from hlm_teach.balanced.studies import lowest_icc
from hlm_teach.labs.widgets import LabFace
from hlm_teach.lessons.ch01_independence.lab_independence import independence_lab
from hlm_teach.measures.design_effect import moulton_factor


@pytest.fixture(scope="module")
def lab():
    return independence_lab()


def test_readout_equals_the_package(lab):
    lab.reset().set(tau00=20.0, sigma2=30.0, n_groups=12, group_size=15, x_icc=0.5)
    exact = ols_rejection_rate(n_groups=12, group_size=15, tau00=20, sigma2=30, x_icc=0.5)
    factor = moulton_factor(20 / 50, 0.5, 15)
    assert f"isn’t there in {100 * exact:.1f} %" in lab.readout_text
    assert f"is {factor:.2f} times what it assumes" in lab.readout_text
    assert "ρ = 0.40, ρₓ = 0.50, J = 12" in lab.readout_text
    assert "t on J(n − 1) − 1 = 167" in lab.readout_text


def test_simulation_agrees_with_the_curve_and_with_five_per_cent(lab):
    """At 60 random settings, in standard errors of 1,000 studies: normal scatter, no bias."""
    rng, ols, right = np.random.default_rng(5), [], []
    for seed in range(60):
        values = {name: control.random(rng) for name, control in lab.controls.items()}
        result = lab.set(**values, seed=seed).result
        for found, rate, truth in (
            (ols, result["ols"], result["exact"]),
            (right, result["right"], 0.05),
        ):
            found.append((rate - truth) / np.sqrt(max(truth * (1 - truth), 1e-3) / 1000))
    for scores in (ols, right):
        assert abs(np.mean(scores)) < 4 / np.sqrt(60)
        assert np.abs(scores).max() < 4.5


def test_the_point_lies_on_the_curve(lab):
    result = lab.reset().set(x_icc=0.35, slopes=True).result
    assert np.interp(0.35, result["grid"], result["curve"]) == pytest.approx(
        result["exact"], abs=1e-3
    )
    curve = lab.picture.artists["curve"].get_xydata()
    np.testing.assert_array_equal(curve[:, 1], result["curve"])
    assert lab.picture.artists["ols"].get_xydata().tolist() == [[0.35, result["ols"]]]


def test_left_end_means_purely_within_schools_whatever_n(lab):
    for n in (5, 20, 60):
        result = lab.reset().set(group_size=n, x_icc=lowest_icc(5)).result
        assert result["x_icc"] == lowest_icc(n)
        assert result["factor"] == pytest.approx(1 - 0.2)


def test_an_odd_number_of_schools_is_raised_by_one(lab):
    LabFace(lab.reset()).parts["n_groups"].box.value = 7
    assert lab.error is None and "J = 8" in lab.readout_text


def test_the_three_right_analyses(lab):
    lab.reset()
    assert "group means, t on J − 2 = 28" in lab.readout_text
    assert "t on J(n − 1) − 1 = 569" in lab.set(x_icc=0.0).readout_text
    assert "own slopes, t on J − 1 = 29" in lab.set(slopes=True).readout_text
    assert "group means, t on J − 2 = 28" in lab.set(x_icc=1.0).readout_text
