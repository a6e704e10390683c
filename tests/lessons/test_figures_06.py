"""Chapter 06's figures show what they are given; its lab says what the package computes."""

import re

import numpy as np
import pytest

import hlm_teach
from hlm_teach import plots
from hlm_teach.balanced.null_distributions import slope_statistic
from hlm_teach.balanced.sums import draw_slope_sums
from hlm_teach.lessons.ch06_model_comparison.lab_likelihood_ratio import N_NULL
from hlm_teach.lmm.mixture import chi2_tail


def test_histogram_bars_are_shares_and_curves_are_the_distributions():
    d = np.array([0.0, 0.0, 0.2, 0.7, 3.1])
    ax = plots.null_histogram(d, (0, 1), title="t", observed=2.0)
    heights = [bar.get_height() for bar in ax.patches]
    assert heights[:2] == pytest.approx([20, 20]) and sum(heights) == pytest.approx(100)
    assert heights[-1] == pytest.approx(40) and ax.patches[-1].get_x() < 0  # exact zeros
    naive, mixture = (line.get_ydata() for line in ax.lines[:2])
    assert naive == pytest.approx(2 * mixture)
    assert mixture.sum() == pytest.approx(100 * (0.5 - chi2_tail(8.0, [0, 1])))
    assert "1 of 5 studies" in " ".join(text.get_text().replace("\n", " ") for text in ax.texts)


def test_histogram_without_exact_zeros_has_none_apart_and_says_what_lies_outside():
    ax = plots.null_histogram(np.array([0.0, 0.2, 0.7, 9.0]), (1, 2), title="t", critical=True)
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(75)
    assert ax.lines[1].get_ydata()[0] == pytest.approx(100 * (1 - chi2_tail(0.5, [1, 2])))
    assert "25.0 % of the studies lie beyond 8" in ax.get_xlabel()
    assert [text.get_text()[:10] for text in ax.texts] == ["5.14: 25.0", "5.99: 25.0"]


def test_tail_curve_at_a_point_is_the_share_beyond():
    ax = plots.tail_curves(np.arange(100) / 10, (1, 2), title="t", observed=5.0)
    x, y = next(line.get_data() for line in ax.lines if "simulated" in line.get_label())
    assert y[np.searchsorted(x, 5.0)] == pytest.approx(50, abs=1.1)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [name.split(" = ")[1] for name in words] == ["5.99", "5.14", "9.40"]


def test_picks_and_rates_and_dots():
    ax = plots.counts_of_picks(np.array([0, 0, 1, 3]), title="t")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([50, 25, 0, 25])
    assert [text.get_text() for text in ax.texts] == ["50 %", "25 %", "0 %", "25 %"]
    ax = plots.rates_against_groups(
        [6, 30], {"a": [12, 6], "b": [5, 5]}, derived=[13, 7], title="t"
    )
    assert ax.lines[0].get_ydata().tolist() == [12, 6]
    assert ax.lines[2].get_ydata().tolist() == [13, 7]
    ax = plots.slope_and_correlation(
        np.array([0.1, 0.2, 0.1, 0.0]),
        np.array([1.0, -1.0, 0.3, np.nan]),
        marked=(0.1, 1.0),
        mark="mine",
        title="t",
    )
    assert len(ax.lines) == 2 and "25 % at exactly 0" in ax.get_xlabel()
    assert {"mine", "25 % of the studies at +1", "25 % of the studies at −1"} <= {
        text.get_text() for text in ax.texts
    }


@pytest.mark.parametrize("tested", ["slope and covariance", "slope variance alone"])
def test_lab_p_values_are_heights_of_its_curves(tested):
    lab = hlm_teach.likelihood_ratio_lab().set(tau11=0.03, tested=tested)
    result = lab.result
    dfs = (1, 2) if tested == "slope and covariance" else (0, 1)
    assert result["p"][0] == pytest.approx(float(chi2_tail(result["D"], dfs[1:])))
    assert result["p"][1] == pytest.approx(float(chi2_tail(result["D"], dfs)))
    height = np.interp(result["D"], np.linspace(0, 16, 161), result["tails"][2])
    assert result["p"][2] == pytest.approx(height, abs=0.01 + 1 / N_NULL)
    assert f"D = {result['D']:.2f}" in lab.readout_text


def test_lab_rates_under_the_null_are_those_of_many_studies():
    lab = hlm_teach.likelihood_ratio_lab().set(tau11=0.2, n_groups=10, group_size=20)
    many = slope_statistic(
        draw_slope_sums(
            10, 20, tau00=0.25, tau11=0.0, n_studies=100_000, rng=np.random.default_rng(9)
        )
    )
    for rate, dfs in zip(lab.result["under_null"], ([2], [1, 2]), strict=False):
        assert rate == pytest.approx(np.mean(chi2_tail(many, dfs) <= 0.05), abs=0.02)
    assert lab.result["under_null"][2] == pytest.approx(0.05, abs=0.022)
    assert all(power > 0.7 for power in lab.result["power"])


def test_sliding_the_slope_variance_leaves_the_rates_under_the_null():
    lab = hlm_teach.likelihood_ratio_lab().set(tau11=0.0)
    before = lab.result["under_null"]
    lab.set(tau11=0.3)
    assert lab.result["under_null"] == before
    assert re.search(r"with τ₁₁ = 0\.300: naive χ² \d+", lab.readout_text)
    assert lab.result["power"] != before
