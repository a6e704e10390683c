"""Chapter 14's figures: what they draw is what they are given."""

import pandas as pd
import pytest

from hlm_teach import plots


def test_shares_of_levels_stacks_each_outcome_to_one_and_writes_what_can_be_read():
    table = pd.DataFrame({"a": [0.5, 0.0], "b": [0.4, 0.97], "c": [0.1, 0.03]}, index=["w", "n"])
    ax = plots.shares_of_levels(table, title="t")
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches[-2:]]
    assert ends == pytest.approx([1.0, 1.0])
    assert sorted(text.get_text() for text in ax.texts) == ["10%", "40%", "50%", "97%"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]


def test_firm_slopes_draws_a_path_a_firm_and_lines_through_the_middle():
    data = pd.DataFrame({"group": [1, 1, 2, 2], "x": [0.0, 1, 3, 4], "y": [0.0, 1, 3, 4]})
    ax = plots.firm_slopes(data, {"pooled": 1.0, "fixed": 0.5}, labels=("x", "y"), title="t")
    assert len(ax.collections[0].get_segments()) == 2
    for line, slope in zip(ax.lines, (1.0, 0.5), strict=True):
        (x0, x1), (y0, y1) = line.get_xdata(), line.get_ydata()
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
        assert y0 + slope * (2 - x0) == pytest.approx(2)  # the mean of all
    assert [text.get_text() for text in ax.texts] == ["pooled: 1.00", "fixed: 0.50"]


def test_slopes_with_intervals_keeps_the_order_and_fills_what_is_within():
    table = pd.DataFrame(
        {"estimate": [0.8, 0.5], "lower": [0.7, 0.4], "upper": [0.9, 0.6], "within": [False, True]},
        index=["pooled", "fixed"],
    )
    ax = plots.slopes_with_intervals(table, label="slope", title="t")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["fixed", "pooled"]
    first, second = ax.lines[0], ax.lines[2]
    assert list(first.get_xdata()) == [0.7, 0.9] and first.get_ydata()[0] == 1
    assert list(second.get_xdata()) == [0.4, 0.6] and second.get_ydata()[0] == 0
    assert ax.lines[1].get_markerfacecolor() == "white" != ax.lines[3].get_markerfacecolor()


def test_slope_by_horizon_draws_estimates_and_marks():
    ax = plots.slope_by_horizon(
        [1, 2], [0.4, 0.6], [0.1, 0.2], marks={"fixed": 0.55}, label="s", title="t"
    )
    (container,) = ax.containers
    assert list(container[0].get_ydata()) == [0.4, 0.6]
    low = [segment[0][1] for segment in container[2][0].get_segments()]
    assert low == pytest.approx([0.3, 0.4])
    assert ax.lines[-1].get_ydata()[0] == 0.55
