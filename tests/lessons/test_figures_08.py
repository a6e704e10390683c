"""Chapter 08's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd

from hlm_teach import few_groups_table, plots
from hlm_teach.display.style import ROLE


def test_estimates_stand_over_their_number_of_groups_with_the_middle_ninety_percent():
    values = {5: np.linspace(0, 10, 101), 80: np.linspace(4, 6, 101)}
    ax = plots.estimates_by_groups(values, 5.0, title="t", words="all")
    bars = [line for line in ax.lines if line.get_color() == ROLE["between"].colour]
    np.testing.assert_allclose(bars[0].get_ydata(), [0.5, 9.5])
    np.testing.assert_allclose(bars[1].get_ydata(), [4.1, 5.9])
    assert bars[0].get_solid_capstyle() == "butt"  # a rounded end would reach beyond 9.5
    assert ax.texts[0].get_text() == "all"
    assert ax.texts[0].get_position()[0] > bars[1].get_xdata()[0], "the words lie on the dots"


def test_the_funnel_has_its_marks_where_they_belong():
    factors = pd.DataFrame({"low": [0.5, 0.8], "high": [3.0, 1.3]}, index=[10, 100])
    ax = plots.factors_by_groups(factors, marks=[10, 100], title="t")
    assert {text.get_text() for text in ax.texts} == {"×3.00", "×1.30", "×0.50", "×0.80"}
    assert ax.get_yscale() == "log"


def test_a_line_a_method_told_apart_by_more_than_colour():
    table = few_groups_table(effect="between", slopes=True, balanced=True)
    ax = plots.rates_by_method(table, title="t")
    lines = ax.lines[1:]
    assert [line.get_label() for line in lines] == list(table.index)
    np.testing.assert_allclose(lines[0].get_ydata(), table.loc["z"])
    assert len({line.get_marker() for line in lines}) == 7


def test_power_curves_draw_formula_and_simulation():
    curve = pd.DataFrame({"formula": [0.2, 0.9], "simulated": [0.21, 0.88]}, index=[10, 50])
    ax = plots.power_curves({"a": curve, "b": curve[["formula"]]}, title="t")
    drawn = [line.get_ydata().tolist() for line in ax.lines[1:]]
    assert drawn == [[20.0, 90.0], [21.0, 88.0], [20.0, 90.0]]


def test_choices_show_what_their_intervals_miss():
    table = pd.DataFrame({"false alarms": [12.0, 5], "coverage": [80.0, 95]}, index=["a", "b"])
    ax = plots.choices_tried(table, title="t")
    assert [bar.get_width() for bar in ax.patches[:4]] == [12.0, 5.0, 20.0, 5.0]
