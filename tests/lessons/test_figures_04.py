"""Chapter 04's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data, plots
from hlm_teach.measures import lineup
from hlm_teach.measures import random_slopes as slopes


@pytest.fixture(scope="module")
def sleep():
    return load_data("sleepstudy")


def test_own_lines_pick_out_the_highest_and_the_lowest_slope(sleep):
    own = slopes.group_lines(sleep, "Reaction", "Days", "Subject")
    ax = plots.own_lines(
        own,
        (0, 9),
        points=sleep.set_axis(["y", "x", "group"], axis=1),
        mean_line=(251.4, 10.5),
        labels=("days", "ms"),
        title="Lines",
    )
    words = [text.get_text() for text in ax.texts]
    assert words == [
        f"steepest: {own.slope.max():.1f}",
        f"lowest: {own.slope.min():.1f}",
        "mean: 10.5",
    ]
    assert len(ax.collections[0].get_segments()) == 18
    assert ax.get_title(loc="left") == "Lines"


def test_slope_distribution_marks_95_percent():
    ax = plots.slope_distribution(10.0, 25.0, [8, 12], unit="ms", title="Slopes")
    low, high = slopes.slope_range(10.0, 25.0)
    assert {f"{low:.1f}", f"{high:.1f}"} <= {text.get_text() for text in ax.texts}


def test_shrunken_lines_join_each_group_to_its_own_prediction():
    own = pd.DataFrame({"intercept": [0.0, 4], "slope": [2.0, 6]}, index=["a", "b"])
    shrunk = pd.DataFrame({"intercept": [3.0, 1], "slope": [5.0, 3]}, index=["b", "a"])
    ax = plots.shrunken_lines(own, shrunk, (2, 4), labels=("b0", "b1"), title="t", name=["b"])
    drawn = {line.get_label(): line for line in ax.lines}
    assert drawn["BLUP (multilevel)"].get_xdata().tolist() == [1.0, 3.0]
    assert "b" in [text.get_text() for text in ax.texts]


def test_variance_function_is_high_enough_for_the_data():
    seen = pd.Series([9.0], index=[1.0])
    ax = plots.variance_function(
        np.array([0.0, 1]), np.array([1.0, 2]), 3.0, seen=seen, xlabel="x", ylabel="v", title="t"
    )
    assert ax.get_ylim()[1] > 9


def test_line_up_frames_the_real_panel_only_when_asked(sleep):
    found = lineup.line_up(
        fit_lmm("Reaction ~ Days", sleep, "Subject"), "Days", np.random.default_rng(1)
    )
    hidden = plots.line_up_panels(found, title="t")
    assert len({line.get_linewidth() for line in hidden.lines}) == 1
    shown = plots.line_up_panels(found, title="t", reveal=True)
    widths = [line.get_linewidth() for line in shown.lines]
    assert np.argmax(widths) + 1 == found.real and sorted(widths)[-2] < max(widths)
    assert len(shown.collections) == 20


def test_false_positive_curves_are_per_cent():
    ax = plots.false_positive_curves([5, 50], {"a": [0.1, 0.3]}, title="t")
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([10, 30])
