"""Chapter 10's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots


def test_growth_answers_draws_each_line_and_the_means():
    data = pd.DataFrame({"group": [1, 1, 2, 2], "x": [0, 4, 0, 4], "y": [0.0, 1, 1, 3]})
    means = pd.DataFrame({"mean": [0.5, 2.0]}, index=[0, 4])
    ax = plots.growth_answers(
        data, {"OLS": (0.5, 0.2), "slopes": (0.5, 0.4)}, means=means, labels=("t", "y"), title="t"
    )
    assert ax.lines[1].get_ydata().tolist() == pytest.approx([0.5, 2.1])
    assert ax.lines[-1].get_ydata().tolist() == [0.5, 2.0]
    assert max(ax.get_xticks()) <= 4


def test_arms_over_time_draws_the_means_of_each_arm():
    data = pd.DataFrame({"group": [1, 1, 2, 2, 3, 3], "x": [0, 1] * 3, "y": [0.0, 2, 2, 4, 5, 9]})
    ax = plots.arms_over_time(
        data.assign(arm=[0, 0, 0, 0, 1, 1]), {0: "without", 1: "with"}, labels=("t", "y"), title="t"
    )
    assert ax.lines[0].get_ydata().tolist() == [1.0, 3.0]
    assert ax.lines[1].get_ydata().tolist() == [5.0, 9.0]
    assert len(ax.collections[0].get_segments()) == 3


def test_correlation_curves_name_each_model_and_show_what_was_seen():
    ax = plots.correlation_curves(
        [0.8, 0.5], {"slopes": [0.7, 0.6], "memory": [0.8, 0.4]}, unit="days", title="t"
    )
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["seen", "slopes", "memory"]
    assert ax.lines[0].get_ydata().tolist() == [0.8, 0.5]
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 3


def test_slopes_over_dial_draws_every_analysis_and_the_truth():
    found = {"a": [0.2, 0.1, 0.0], "b": [0.2, 0.2, 0.1]}
    ax = plots.slopes_over_dial([0, 1, 2], found, truth=0.18, title="t")
    assert ax.lines[0].get_ydata() == [0.18, 0.18]
    assert [list(line.get_ydata()) for line in ax.lines[1:]] == list(found.values())


def test_filled_in_draws_shares_of_the_truth_in_the_table_s_order():
    table = pd.DataFrame({"slope": [2.0, 1.0], "tau00": [1.0, 3.0]}, index=["first", "second"])
    ax = plots.filled_in(table, {"slope": 2.0, "tau00": 4.0}, title="t")
    assert ax.lines[1].get_xdata().tolist() == [1.0, 0.5]
    assert ax.lines[2].get_xdata().tolist() == [0.25, 0.75]
    heights = ax.lines[1].get_ydata()
    assert heights[0] > heights[1] and np.isclose(heights[0] - heights[1], 1)
