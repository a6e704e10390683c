"""Chapter 04's labs say what the package computes, and their pictures follow."""

import numpy as np
import pytest

import hlm_teach
from hlm_teach.balanced.omitted_slope import omitted_slope_rate
from hlm_teach.measures import random_slopes as slopes


@pytest.mark.parametrize("origin", [-2.0, 0.0, 1.5])
def test_slopes_readout_is_g_at_the_origin(origin):
    lab = hlm_teach.slopes_lab().set(tau00=4, tau11=1.2, rho01=-0.5, sigma2=9, origin=origin)
    cov = -0.5 * np.sqrt(4 * 1.2)
    moved = slopes.move_origin([[4, cov], [cov, 1.2]], origin)
    rho = f"{slopes.intercept_slope_correlation(moved):+.2f}".replace("-", "\N{MINUS SIGN}")
    assert f"τ₀₀ = {moved[0, 0]:.2f}, ρ₀₁ = {rho}." in lab.readout_text
    assert f"There {moved[0, 0] / (moved[0, 0] + 9):.0%} of the variance" in lab.readout_text


def test_lines_stay_put_and_dots_move_with_the_origin():
    lab = hlm_teach.slopes_lab().set(origin=-2)
    before = lab.result["lines"].copy()
    dots = lab.picture.artists["dots"].get_ydata().copy()
    lab.set(origin=2)
    np.testing.assert_array_equal(lab.result["lines"], before)
    assert np.abs(lab.picture.artists["dots"].get_ydata() - dots).max() > 1


def test_the_shown_correlation_is_that_of_the_shown_dots_and_slopes():
    lab = hlm_teach.slopes_lab().set(tau00=5, tau11=2, rho01=0.3, origin=1)
    lines = lab.result["lines"]
    height = lines[:, 0] + lines[:, 1]
    assert np.corrcoef(height, lines[:, 1])[0, 1] == pytest.approx(lab.result["rho"])
    assert height.var() == pytest.approx(lab.result["tau00"])


def test_equal_slopes_have_no_correlation():
    lab = hlm_teach.slopes_lab().set(tau11=0, origin=2)
    assert "no correlation is defined" in lab.readout_text
    assert "the origin changes nothing" in lab.readout_text


@pytest.mark.parametrize("tested", ["mean slope", "cross-level interaction"])
def test_omitted_slope_readout_is_the_exact_rate(tested):
    lab = hlm_teach.omitted_slope_lab().set(tau11=0.1, n_groups=40, group_size=50, tested=tested)
    exact = omitted_slope_rate(n_groups=40, group_size=50, tau11=0.1, tested=tested)
    assert f"Without the random slope {100 * exact:.1f} % of all" in lab.readout_text
    assert lab.result["omitted"] == pytest.approx(exact, abs=4 * np.sqrt(0.25 / 1000))
    assert lab.result["included"] == pytest.approx(0.05, abs=0.025)
