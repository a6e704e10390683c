"""Chapter 12's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots
from hlm_teach.display.style import ROLE


def test_phantom_rates_draws_each_rule_and_colours_by_what_was_promised():
    ax = plots.phantom_rates({"AIC": 0.12, "mixture": 0.04}, 0.05, title="t")
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([12, 4])
    colours = [bar.get_facecolor() for bar in ax.patches]
    assert colours[0] != colours[1] and ax.patches[0].get_hatch() == ROLE["naive"].hatch
    assert ax.lines[0].get_xdata()[0] == pytest.approx(5)
    assert "12.0 %" in [text.get_text() for text in ax.texts]


def test_groups_wanted_draws_bounds_and_says_where_there_is_no_upper_one():
    bounds = pd.DataFrame({"least": [12, 20], "most": [33.0, np.inf]}, index=["null", "slope"])
    ax = plots.groups_wanted(bounds, 50, title="t")
    assert ax.lines[0].get_xdata().tolist() == [12, 33]
    assert ax.lines[0].get_color() == ROLE["highlight"].colour
    assert ax.lines[1].get_color() == ROLE["multilevel"].colour
    words = [text.get_text() for text in ax.texts]
    assert "12 to 33" in words and "20 or more" in words


def test_lines_of_schools_draws_every_school_and_the_mean_line():
    table = pd.DataFrame({"intercept": [1.0, 3.0], "slope": [0.5, 1.5]})
    _, axes = plots.figure(2, sharey=True)
    plots.lines_of_schools(
        {"a": table, "b": table.iloc[:1]}, (-1, 1), labels=("x", "y"), title="t", axes=axes
    )
    assert len(axes[0].collections[0].get_segments()) == 2
    assert axes[0].lines[0].get_ydata().tolist() == [1.0, 3.0]
    assert axes[1].get_title(loc="left") == "b: 1 schools"


def test_against_the_normal_puts_normal_values_on_the_line():
    rng = np.random.default_rng(1)
    _, axes = plots.figure(2)
    plots.against_the_normal(
        {"pupils": rng.normal(size=5000), "schools": rng.uniform(size=200)}, unit="u", axes=axes
    )
    x, y = axes[0].lines[0].get_data()
    assert np.abs(x - y)[50:-50].max() < 0.2
    x, y = axes[1].lines[0].get_data()
    line = axes[1].lines[1].get_ydata()
    assert y[-1] < line[-1] and y[0] > line[0]  # short tails bend inwards
