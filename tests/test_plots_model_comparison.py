"""Chapter 06's figures show what they are given; its lab says what the package computes."""

import re

import numpy as np
import pytest

from hlm_teach import labs, plots
from hlm_teach.labs.likelihood_ratio import N_NULL
from hlm_teach.null_distributions import chi2_tail, draw_slope_sums, slope_statistic


def test_histogram_bars_are_shares_and_curves_are_the_distributions():
    d = np.array([0.0, 0.0, 0.2, 0.7, 3.1])
    ax = plots.null_histogram(d, (0, 1), title="t", observed=2.0)
    heights = [bar.get_height() for bar in ax.patches]
    assert heights[:2] == pytest.approx([60, 20]) and sum(heights) == pytest.approx(100)
    naive, mixture = (line.get_ydata() for line in ax.lines[:2])
    assert naive[1:] == pytest.approx(2 * mixture[1:])
    assert mixture[0] == pytest.approx(100 * (1 - chi2_tail(0.5, [0, 1])))


def test_tail_curve_at_a_point_is_the_share_beyond():
    ax = plots.tail_curves(np.arange(100) / 10, (1, 2), title="t", observed=5.0)
    x, y = ax.lines[2].get_data()
    assert y[np.searchsorted(x, 5.0)] == pytest.approx(50, abs=1.1)


def test_picks_and_rates_and_dots():
    ax = plots.counts_of_picks(np.array([0, 0, 1, 3]), title="t")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([50, 25, 0, 25])
    ax = plots.rates_against_groups([6, 30], {"a": [12, 6], "b": [5, 5]}, title="t")
    assert ax.lines[0].get_ydata().tolist() == [12, 6]
    ax = plots.slope_and_correlation(np.array([0.1, 0.2]), np.array([1.0, -1.0]),
                                     marked=(0.1, 1.0), title="t")
    assert len(ax.lines) == 2


@pytest.mark.parametrize("tested", ["slope and covariance", "slope variance alone"])
def test_lab_p_values_are_heights_of_its_curves(tested):
    lab = labs.likelihood_ratio_lab().set(tau11=0.03, tested=tested)
    result = lab.result
    dfs = (1, 2) if tested == "slope and covariance" else (0, 1)
    assert result["p"][0] == pytest.approx(float(chi2_tail(result["D"], dfs[1:])))
    assert result["p"][1] == pytest.approx(float(chi2_tail(result["D"], dfs)))
    height = np.interp(result["D"], np.linspace(0, 16, 161), result["tails"][2])
    assert result["p"][2] == pytest.approx(height, abs=0.01 + 1 / N_NULL)
    assert f"D = {result['D']:.2f}" in lab.readout_text


def test_lab_rates_under_the_null_are_those_of_many_studies():
    lab = labs.likelihood_ratio_lab().set(tau11=0.2, J=10, n=20)
    many = slope_statistic(draw_slope_sums(10, 20, tau00=0.25, tau11=0.0, n_studies=100_000,
                                           rng=np.random.default_rng(9)))
    for rate, dfs in zip(lab.result["under_null"], ([2], [1, 2]), strict=False):
        assert rate == pytest.approx(np.mean(chi2_tail(many, dfs) <= 0.05), abs=0.02)
    assert lab.result["under_null"][2] == pytest.approx(0.05, abs=0.022)
    assert all(power > 0.7 for power in lab.result["power"])


def test_sliding_the_slope_variance_leaves_the_rates_under_the_null():
    lab = labs.likelihood_ratio_lab().set(tau11=0.0)
    before = lab.result["under_null"]
    lab.set(tau11=0.3)
    assert lab.result["under_null"] == before
    assert re.search(r"with τ₁₁ = 0\.300: naive χ² \d+", lab.readout_text)
    assert lab.result["power"] != before
