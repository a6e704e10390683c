"""Chapter 07's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import load_data, plots
from hlm_teach.display.style import ROLE


def test_design_grids_fill_the_cells_that_hold_data():
    grids = {"one": pd.DataFrame([[2, 0, 0], [0, 1, 3]]), "all": pd.DataFrame([[1, 1], [1, 1]])}
    ax = plots.design_grids(grids, labels=("rows", "columns"), title="Designs")
    colours = [patch.get_facecolor() for patch in ax.patches]
    assert len(colours) == 10
    assert sum(np.allclose(c[2], 0xB2 / 255) for c in colours) == 7  # the blue of what is filled
    assert {"one", "all", "rows"} <= {text.get_text() for text in ax.texts}


def test_crossing_draws_each_filled_cell_once_and_marks_those_away_from_home():
    scots = load_data("scotssec")
    counts = pd.crosstab(scots["second"], scots["primary"])
    ax = plots.crossing(counts, labels=("second", "primary"), title="t")
    home, away = ax.collections
    assert len(home.get_offsets()) == 148  # each primary school has one main secondary school
    assert len(home.get_offsets()) + len(away.get_offsets()) == 303
    rows = home.get_offsets()[:, 1]
    assert (np.diff(rows) >= 0).all()  # a staircase


def test_crossing_of_a_nested_design_has_nothing_away_from_home():
    ax = plots.crossing(pd.DataFrame([[5, 0, 3], [0, 4, 0]]), labels=("a", "b"), title="t")
    assert len(ax.collections[1].get_offsets()) == 0


def test_variance_stacks_end_where_the_variances_add_up():
    table = pd.DataFrame([[1.0, 0.5, 8.0], [2.0, 0.0, 7.0]], index=["both", "one"])
    ax = plots.variance_stacks(table, names=("a", "b", "rest"), title="t")
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == pytest.approx([1, 1.5, 9.5, 2, 2, 9])
    words = [text.get_text() for text in ax.texts]
    assert words == ["1.00", "0.50", "8.00", "2.00", "7.00", "a", "b", "rest"]


def test_small_variances_keep_a_digit():
    table = pd.DataFrame([[0.3, 0.014, 4.0]], index=["both"])
    ax = plots.variance_stacks(table, names=("a", "b", "rest"), title="t")
    assert ax.texts[1].get_text() == "0.014"
    assert ax.texts[1].get_position()[0] > ax.texts[0].get_position()[0]


def test_effects_are_drawn_from_top_to_bottom_the_first_as_naive():
    table = pd.DataFrame(
        {"estimate": [-1.0, -2], "lower": [-2.0, -5], "upper": [0.5, 1], "words": ["p", "q"]},
        index=["one", "two"],
    )
    ax = plots.effect_by_model(table, xlabel="effect", title="t")
    assert ax.lines[0].get_xdata().tolist() == [-2.0, 0.5]
    assert ax.lines[0].get_color() == ROLE["naive"].colour
    assert ax.lines[2].get_color() == ROLE["multilevel"].colour
    low, high = ax.get_xlim()
    assert low < -5 and high > 1


def test_growth_lines_are_the_given_ones():
    lines = pd.DataFrame({"intercept": [0.0, 1], "slope": [1.0, 3]}, index=["a", "b"])
    axes = plots.figure(2)[1]
    ax = plots.growth_at_two_levels(
        lines, lines.iloc[:1], (0.5, 2.0), (-1, 1), school="b", labels=("year", "score"), ax=axes
    )
    assert ax is axes[0]
    segments = axes[0].collections[0].get_segments()
    np.testing.assert_allclose(segments[1], [[-1, -2], [1, 4]])
    assert axes[0].lines[0].get_ydata().tolist() == [-2, 4]  # school b, picked out
    assert axes[0].lines[1].get_ydata().tolist() == [-1.5, 2.5]
    assert axes[1].get_title(loc="left") == "1 children around one school"


def test_profiles_are_ordered_by_the_means_of_rows():
    ax = plots.crossed_profiles(
        load_data("penicillin"), "diameter", "plate", "sample", labels=("plate", "mm"), title="t"
    )
    assert len(ax.lines) == 6
    means = np.mean([line.get_ydata() for line in ax.lines], axis=0)
    assert (np.diff(means) >= 0).all()
