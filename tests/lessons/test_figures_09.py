"""Chapter 09's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots
from hlm_teach.display.style import ROLE, figure


def test_a_posterior_has_its_marks_and_fills_its_interval():
    tau = np.linspace(0, 10, 101)
    ax = plots.posterior_of_tau(
        tau, np.exp(-tau), title="t", marks={"REML 0": 0.0, "mean 1": 1.0}, interval=(1.0, 4.0)
    )
    assert [text.get_text() for text in ax.texts] == ["REML 0", "mean 1"]
    filled = ax.collections[0].get_paths()[0].vertices[:, 0]
    assert filled.min() == pytest.approx(1.0) and filled.max() == pytest.approx(4.0)
    dot = [line for line in ax.lines if line.get_color() == ROLE["highlight"].colour][0]
    assert dot.get_xdata()[0] == 0 and dot.get_ydata()[0] == pytest.approx(1.0)


def test_groups_are_named_at_their_ends_without_covering_each_other():
    given = np.array([[5.0, 5, 5], [4, 5, 5.01], [0, 8, 8.02]])
    ax = plots.groups_over_tau([0.0, 10, 30], given, list("ABC"), title="t", weights=[1.0, 0.5, 0])
    names = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert names["A"] == 0 and names["C"] - names["B"] > 0.2
    np.testing.assert_allclose(ax.lines[2].get_ydata(), given[:, 2])


def test_densities_are_scaled_to_their_highest_points():
    ax = plots.densities([0.0, 1, 2], {"a": [1.0, 2, 1], "b": [10.0, 4, 0]}, title="t", mark=1.3)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [1, 0.4, 0])
    assert ax.lines[2].get_xdata()[0] == 1.3 and ax.texts[0].get_text().strip() == "REML 1.3"


def test_places_of_truth_are_counted_in_a_band_of_luck():
    _, axes = figure(2)
    shares = np.linspace(0.005, 0.995, 100)
    plots.places_of_truth({"even": shares, "odd": shares**4}, title="t", axes=axes)
    assert [patch.get_height() for patch in axes[0].patches[:10]] == [10] * 10
    low, high = (
        axes[0].patches[10].get_extents().transformed(axes[0].transData.inverted()).intervaly
    )
    assert (low, high) == pytest.approx((10 - 1.96 * 3, 10 + 1.96 * 3))
    assert axes[1].patches[0].get_height() > 50


def test_lost_steps_stand_out_in_the_funnel():
    draws = pd.DataFrame(
        {"tau": [0.1, 1.0, 2.0], "effect": [0, 1, -1.0], "divergent": [True, False, False]}
    )
    ax = plots.sampler_funnel(draws, title="t")
    assert list(ax.lines[1].get_ydata()) == [0.1] and ax.lines[1].get_marker() == "X"
    assert ax.get_yscale() == "log"
