"""Chapter 11's figures: what they draw is what they are given."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots
from hlm_teach.display.style import ROLE
from hlm_teach.measures.residual_checks import ResidualCheck
from hlm_teach.measures.residual_lineup import ResidualLineUp
from hlm_teach.measures.simulated_band import Band

VERMILION = ROLE["highlight"].colour


def a_check(m: int, labels: tuple = ()) -> ResidualCheck:
    x = np.arange(float(m))
    seen = x.copy()
    seen[-1] += 5
    band = Band(x - 1, x + 1, x, 0.01, np.abs(seen - x) > 1)
    return ResidualCheck(x, seen, band, "what", "along", labels)


def points(ax, colour: str) -> list:
    return [
        point
        for line in ax.lines
        if line.get_color() == colour and line.get_linestyle() == "None"
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


@pytest.mark.parametrize("m", [5, 30])
def test_points_outside_the_band_are_marked(m):
    ax = plots.check_plot(a_check(m), title="t")
    assert points(ax, VERMILION) == [(m - 1, m + 4)]
    assert len(points(ax, ROLE["multilevel"].colour)) == m - 1
    assert ax.get_xlabel() == "along" and ax.get_ylabel() == "what"


def test_the_farthest_are_named_where_names_have_room():
    labels = tuple("abcdefghijklmnop")
    ax = plots.check_plot(a_check(16, labels), title="t", name_outside=True)
    assert [text.get_text() for text in ax.texts] == ["p"]
    assert not plots.check_plot(a_check(16, labels), title="t").texts


def test_two_residuals_add_up_to_the_distance_from_the_fixed_part():
    data = pd.DataFrame({"group": ["a", "a", "b", "b"], "y": [0.0, 1, 2, 5]})
    data = data.assign(fitted=[0.8, 0.8, 2.9, 2.9], fixed=2.0)
    ax = plots.two_residuals(data, highlight="b", title="t", labels=("group", "y"))
    pieces = {
        line.get_color(): line.get_ydata()
        for line in ax.lines
        if line.get_color() in (ROLE["between"].colour, ROLE["within"].colour)
    }
    assert list(pieces[ROLE["between"].colour]) == [2.0, 2.9]
    assert list(pieces[ROLE["within"].colour]) == [2.9, 5.0]


def test_only_the_real_panel_is_framed_and_only_when_revealed():
    suspects = ResidualLineUp(
        np.array([-1.0, 0, 1]), np.random.default_rng(1).normal(size=(7, 3)), 4
    )
    for reveal in (False, True):
        ax = plots.residual_panels(suspects, title="t", reveal=reveal)
        framed = [line for line in ax.lines if line.get_color() == VERMILION]
        assert len(framed) == int(reveal)
    assert min(framed[0].get_xdata()) == pytest.approx(3 * 1.08)
    assert [text.get_text() for text in ax.texts] == list("1234567")


def test_influence_names_and_marks_who_is_asked_for():
    distance, without = pd.Series({"a": 0.1, "b": 0.5}), pd.Series({"a": 2.0, "b": 1.0})
    ax = plots.influence_plot(distance, without, 2.1, name=["b"], labels=("x", "y"), title="t")
    assert points(ax, VERMILION) == [(0.5, 1.0)]
    assert points(ax, ROLE["multilevel"].colour) == [(0.1, 2.0)]


def test_what_suffers_is_bold_and_warm():
    covers = pd.DataFrame({"a": [95.0, 89.4], "b": [60.2, 90.1]}, index=["first", "second"])
    ax = plots.what_suffers(covers, {"a": "A", "b": "B"}, title="t")
    weights = {text.get_text(): text.get_weight() for text in ax.texts}
    assert weights == {"95": "normal", "60": "bold", "89": "bold", "90": "normal"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
