"""Chapter 05's figures show what they say; its lab says what the package computes."""

import sys
from collections import Counter

import numpy as np
import pandas as pd
import pytest

import hlm_teach
from hlm_teach import plots
from hlm_teach.balanced.estimators import estimator_law
from hlm_teach.balanced.likelihood import balanced_llf, maximum
from hlm_teach.balanced.sums import BalancedSums, draw_sums
from hlm_teach.lessons.ch05_estimation.looks import BAND_DROPS, rims

DYESTUFF = BalancedSums(6, 5, between=56357.5, within=58830.0)


def test_rims_lie_at_their_drops_below_the_top():
    tau00, sigma2 = np.linspace(0, 20_000, 400), np.linspace(300, 9_000, 400)
    top = balanced_llf(DYESTUFF, *maximum(DYESTUFF))
    for path, drop in zip(
        rims(DYESTUFF, tau00, sigma2, reml=True), reversed(BAND_DROPS), strict=True
    ):
        x, y = path.vertices.T
        inside = (x > 1) & (x < 19_999) & (y > 301) & (y < 8_999)
        if inside.any():
            heights = balanced_llf(DYESTUFF, x[inside], y[inside])
            assert heights == pytest.approx(top - drop, abs=0.03 + 0.02 * drop)


def test_rims_of_a_hill_beyond_the_picture_are_empty():
    far = BalancedSums(50, 20, between=1e6, within=950.0)
    paths = rims(far, np.linspace(0, 1, 30), np.linspace(0.5, 2, 30), reml=True)
    assert all(len(path.vertices) == 0 for path in paths)


def test_the_map_marks_both_maxima():
    ax = plots.likelihood_map(DYESTUFF, tau00=(0, 10_000), sigma2=(500, 6_500))
    marks = [line.get_xydata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert np.array(marks) == pytest.approx(
        np.array([maximum(DYESTUFF), maximum(DYESTUFF, reml=False)])
    )


def test_deviance_curves_mark_their_minima():
    theta = np.linspace(0, 2, 81)
    ax = plots.deviance_curves(theta, {"REML": (theta - 0.5) ** 2 + 7}, title="x", cut=3.84)
    assert [0.5, 0.0] in [list(line.get_xydata()[0]) for line in ax.lines]


def test_the_path_on_the_map_is_the_one_profiling_over_theta_walks():
    ax = plots.likelihood_map(DYESTUFF, tau00=(0, 10_000), sigma2=(500, 6_500), reml=False)
    tau00, sigma2 = max((line.get_xydata() for line in ax.lines), key=len).T
    theta = np.sqrt(tau00 / sigma2)
    assert sigma2 == pytest.approx((58830.0 + 56357.5 / (1 + 5 * theta**2)) / 30)
    assert tau00[0] == 0 and tau00[-1] >= 10_000


def test_a_search_that_stopped_is_marked_on_the_curve():
    theta = np.linspace(0, 2, 81)
    ax = plots.deviance_curves(
        theta, {"REML": (theta - 0.5) ** 2 + 7}, title="x", stop=(0.9, "stopped")
    )
    (mark,) = [line for line in ax.lines if line.get_label() == "stopped"]
    assert mark.get_xydata()[0] == pytest.approx([0.9, 0.16])


def test_newtons_points_that_lie_on_one_another_share_a_label():
    steps = pd.DataFrame(
        {
            "θ": [0.4, 0.8, 0.81],
            "deviance": [5.0, 3.0, 3.0],
            "slope": [-4.0, -0.1, 0.0],
            "curvature": [10.0, 10.0, 10.0],
        }
    )
    theta = np.linspace(0, 2, 81)
    ax = plots.newton_steps(theta, 3 + 5 * (theta - 0.8) ** 2, steps, title="x")
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["0", "1–2"]


def test_an_interval_that_is_none_is_said():
    table = pd.DataFrame(
        {"low": [np.nan, 0.0], "high": [np.nan, 2.0], "estimate": 0.0}, index=["Wald", "profile"]
    )
    ax = plots.interval_bars(table, title="x", xlabel="y")
    assert [text.get_text().strip() for text in ax.texts] == ["no interval"]


# The lab.


def test_lab_says_what_the_package_computes():
    lab = hlm_teach.likelihood_surface_lab().set(
        tau00=0.5, sigma2=8.0, n_groups=7, group_size=6, seed=3
    )
    sums = draw_sums(7, 6, tau00=0.5, sigma2=8.0, rng=np.random.default_rng(3))
    for name, reml in (("REML", True), ("ML", False)):
        tau00, sigma2 = maximum(sums, reml=reml)
        assert f"{name}: τ̂₀₀ = {tau00:.2f}" in lab.readout_text
        assert f"σ̂² = {sigma2:.2f}" in lab.readout_text
        law = estimator_law(7, 6, tau00=0.5, sigma2=8.0, reml=reml)
        assert f"{name} lies {abs(law.bias):.2f}" in lab.readout_text
        assert f"exactly 0 in {law.zero:.0%}" in lab.readout_text


def test_lab_marks_singular_fits_and_what_lies_outside():
    lab = hlm_teach.likelihood_surface_lab()
    words = [lab.set(tau00=0.0, n_groups=4, seed=seed).readout_text for seed in range(12)]
    assert any("a singular fit" in text for text in words)
    words = [
        lab.set(tau00=6.0, sigma2=14.0, n_groups=3, group_size=2, seed=s).readout_text
        for s in range(40)
    ]
    assert any("beyond the picture" in text for text in words)


def test_lab_profile_is_zero_at_the_estimate():
    lab = hlm_teach.likelihood_surface_lab()
    for name in ("REML", "ML"):
        profile = lab.result[f"profile {name}"]
        assert profile.max() == pytest.approx(0, abs=0.01) and profile.max() <= 1e-9


def calls_in(work) -> int:
    """Function calls that `work` makes: its cost, whatever else the machine is doing."""
    seen = Counter()
    sys.setprofile(lambda frame, event, arg: seen.update([event]))
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen["call"] + seen["c_call"]


def test_a_move_costs_little():
    """A fortieth of opening the lab, today; a full redraw instead of a move's costs a fifth."""
    lab, rng = hlm_teach.likelihood_surface_lab(), np.random.default_rng(9)
    opening = calls_in(hlm_teach.likelihood_surface_lab)
    for _ in range(10):
        values = {name: control.random(rng) for name, control in lab.controls.items()}
        assert calls_in(lambda values=values: lab.set(**values)) < opening / 10
        assert sum(np.size(part) for part in lab.result.values()) < 10_000
