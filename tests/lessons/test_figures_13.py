"""Chapter 13's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots


def test_paths_by_end_draw_each_path_once_and_a_line_for_each_end():
    data = pd.DataFrame(
        {
            "group": [1, 1, 2, 2, 3],
            "x": [0, 4, 0, 2, 0],
            "y": [0.0, 1, 1, 3, 9],
            "end": list("aabbb"),
        }
    )
    ax = plots.paths_by_end(data, {"a": (0, 0.25, 4), "b": (1, 1, 2)}, labels=("t", "y"), title="t")
    assert [len(part.get_segments()) for part in ax.collections] == [1, 1]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.0, 1.0], [1.0, 3.0]]
    assert len({line.get_linestyle() for line in ax.lines}) == 2


def test_medians_by_arm_count_who_is_seen_under_the_axis():
    curve = pd.DataFrame(
        {"estimate": [1.0, 2], "lower": [0.9, 1.5], "upper": [1.1, 3]}, index=[0.0, 4.0]
    )
    ax = plots.medians_by_arm(
        {"placebo": curve, "drug": 0.8 * curve},
        {"placebo": {0: 70, 4: 31}, "drug": {0: 72, 4: 35}},
        labels=("t", "y"),
        title="t",
    )
    words = [text.get_text() for text in ax.texts]
    assert {"70", "31", "72", "35", "seen: placebo", "seen: drug"} <= set(words)
    assert ax.lines[1].get_ydata().tolist() == pytest.approx([0.8, 1.6])
    placebo, drug = (text for text in ax.texts if text.get_text() in ("placebo", "drug"))
    assert placebo.get_position()[1] > 0 > drug.get_position()[1]


def test_back_in_units_draws_both_curves_and_what_was_seen():
    seen = pd.DataFrame({"median": [1.0, 1.5], "mean": [2.0, 3.0]}, index=[0, 1])
    curves = {"a": np.array([1.0, 2]), "b": np.array([2.0, 5])}
    ax = plots.back_in_units(np.array([0.0, 1]), curves, seen, labels=("t", "y"), title="t")
    drawn = [list(line.get_ydata()) for line in ax.lines]
    assert drawn == [[1, 2], [2, 5], [2, 3], [1, 1.5]]


def test_without_each_names_the_farthest_and_not_the_last():
    values = pd.Series({"a": 0.10, "b": 0.04, "c": 0.11})
    ax = plots.without_each(values, 0.10, name="hospital", label="ICC", title="t")
    assert "without b" in [text.get_text() for text in ax.texts]
    assert list(ax.lines[1].get_xdata()) == [0.04, 0.10, 0.11]
    assert ax.lines[2].get_xdata() == [0.04]


def test_means_with_and_without_stand_side_by_side():
    table = pd.DataFrame(
        {"estimate": [1.0, 2], "lower": [0.5, 1], "upper": [2.0, 4]}, index=["a", "b"]
    )
    ax = plots.means_with_and_without({"all": table, "fewer": 2 * table}, label="days", title="t")
    first, second = ax.lines
    assert list(second.get_ydata()) == [2.0, 4.0]
    assert (second.get_xdata() > first.get_xdata()).all()


def test_differences_by_age_have_the_second_axis_in_sds():
    table = pd.DataFrame(
        {"estimate": [4.0, 14, 10], "lower": [0.0, 9, 5], "upper": [8.0, 19, 15]},
        index=[1.0, 1.5, 2.0],
    )
    ax = plots.differences_by_age(table, (2.0, 4.0), sd=10, labels=("age", "points"), title="t")
    ax.figure.canvas.draw()
    right = ax.child_axes[0]
    assert right.get_ylim() == pytest.approx([end / 10 for end in ax.get_ylim()])
    assert ax.lines[1].get_ydata()[0] == pytest.approx(2 + 4 * 0.95)
