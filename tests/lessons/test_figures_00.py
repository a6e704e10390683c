"""Chapter 00's figures show what they are given, and the front page's picture is up to date."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from hlm_teach import fit_lmm, load_data
from hlm_teach.classroom.front_page import make_picture
from hlm_teach.display.style import ROLE, figure
from hlm_teach.lessons.ch00_start_here.figures import (
    group_paths,
    group_strips,
    school_lines,
    two_answers,
)

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "picture.png"


@pytest.fixture(scope="module")
def pupils():
    hsb = load_data("hsb")
    some = hsb[hsb["school"].isin(hsb["school"].unique()[::16])]
    fit = fit_lmm("math ~ ses_mean + ses_within", some, "school", "1 + ses_within")
    slopes = fit.random_effects["ses_within"] + fit.params["ses_within"]
    return some.assign(line=fit.fittedvalues.to_numpy()), slopes


def drawn(ax, role):
    return [
        line for line in ax.lines if to_hex(line.get_color()).lower() == ROLE[role].colour.lower()
    ]


def slope(line):
    (x0, x1), (y0, y1) = line.get_data()
    return (y1 - y0) / (x1 - x0)


def test_one_line_per_school_with_the_models_slope(pupils):
    data, slopes = pupils
    lines = drawn(school_lines(data), "group")
    np.testing.assert_allclose(sorted(map(slope, lines)), sorted(slopes), rtol=1e-8)


def test_steepest_and_flattest_school_are_picked_out_and_labelled(pupils):
    data, slopes = pupils
    ax = school_lines(data)
    picked = sorted(map(slope, drawn(ax, "highlight")))
    np.testing.assert_allclose(picked, [slopes.min(), slopes.max()], rtol=1e-8)
    words = " ".join(text.get_text() for text in ax.texts)
    assert f"flattest school:\n{slopes.min():.1f} points" in words
    assert f"steepest school:\n{slopes.max():.1f} points" in words


def test_school_lines_take_the_names_of_ones_own_columns(pupils):
    """Renamed columns draw the same lines, and no word of schools or SES is left."""
    data, _ = pupils
    renamed = {"school": "ward", "ses": "age", "math": "recovery", "line": "fitted"}
    columns = {"groups": "ward", "x": "age", "outcome": "recovery", "line": "fitted"}
    ax = school_lines(data.rename(columns=renamed), **columns)
    for role in ("group", "highlight", "naive"):
        for one, other in zip(drawn(ax, role), drawn(school_lines(data), role), strict=True):
            np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("age", "recovery")
    words = " ".join([ax.get_title(loc="left"), *(text.get_text() for text in ax.texts)])
    assert "steepest ward" in words and "per unit of age" in words
    assert not {"school", "schools", "SES", "pupils"} & set(words.split())


def test_the_regression_line_is_ordinary_least_squares(pupils):
    data, _ = pupils
    (line,) = drawn(school_lines(data), "naive")
    x, y = data["ses"], data["math"]
    assert slope(line) == pytest.approx(np.cov(x, y)[0, 1] / x.var(), rel=1e-10)
    assert line.get_xdata().tolist() == [x.min(), x.max()]


def test_fitted_values_of_other_rows_are_refused(pupils):
    data, _ = pupils
    with pytest.raises(ValueError, match="line is not straight"):
        school_lines(data.assign(line=data["line"].to_numpy()[::-1]))


def test_a_school_without_variation_is_named(pupils):
    data, _ = pupils
    constant = data.assign(ses=data["ses"].where(data["school"] != data["school"].iloc[0], 0.0))
    with pytest.raises(ValueError, match=f"school '{data['school'].iloc[0]}'"):
        school_lines(constant)


def test_strips_stand_in_the_order_of_their_centre():
    data = pd.DataFrame({"group": list("aaabbbcc"), "y": [1.0, 2, 30, 4, 5, 6, 3, 3]})
    for centre in ("mean", "median"):
        bars = [
            line
            for line in group_strips(data, "y", "group", centre=centre).lines
            if line.get_marker() == "_"
        ]
        wanted = sorted(data.groupby("group")["y"].agg(centre))
        assert [bar.get_ydata()[0] for bar in bars] == wanted


def test_strips_show_every_value_in_its_own_column():
    data = pd.DataFrame({"group": np.repeat(["b", "a"], 30), "y": np.arange(60.0)})
    dots = [line for line in group_strips(data, "y", "group").lines if line.get_marker() == "o"]
    assert sorted(np.concatenate([line.get_ydata() for line in dots])) == list(range(60))
    for place, line in enumerate(dots, start=1):
        assert np.abs(line.get_xdata() - place).max() < 0.5


def test_paths_are_in_order_of_time_and_some_stand_out():
    data = pd.DataFrame({"firm": [2, 1, 1, 2], "year": [1, 1, 0, 0], "wage": [4.0, 2, 1, 3]})
    ax = group_paths(data, "year", "wage", "firm", highlight=[2])
    (special,) = drawn(ax, "highlight")
    assert special.get_xydata().tolist() == [[0, 3], [1, 4]] and special.get_marker() == "o"
    assert len(drawn(ax, "group")) == 1


def test_logarithmic_axis_shows_plain_numbers():
    data = pd.DataFrame({"firm": [1, 1], "year": [0, 1], "wage": [1.0, 30]})
    ax = group_paths(data, "year", "wage", "firm", log=True)
    ax.figure.canvas.draw()
    shown = [tick.get_text() for tick in ax.get_yticklabels()]
    assert {"1", "2", "3", "5", "10", "20", "30"} <= set(shown)


def test_two_answers_draws_estimates_and_intervals():
    rows = pd.DataFrame(
        {"estimate": [2.0, 1.0], "lower": [1.5, -0.5], "upper": [2.5, 2.5]},
        index=["naive", "multilevel"],
    )
    ax = two_answers(rows)
    interval, point = drawn(ax, "multilevel")
    assert interval.get_xdata().tolist() == [-0.5, 2.5] and point.get_xdata() == [1.0]
    assert ax.get_xlim()[0] < -0.5


@pytest.mark.parametrize(
    "call",
    [
        lambda: school_lines(pd.DataFrame({"school": [1]})),
        lambda: group_strips(pd.DataFrame({"y": [1]}), "y", "school"),
        lambda: group_paths(pd.DataFrame({"y": [1]}), "t", "y", "school"),
        lambda: two_answers(pd.DataFrame({"estimate": [1, 2]})),
    ],
)
def test_a_missing_column_is_named(call):
    with pytest.raises(ValueError, match="has no column '.+'; columns are"):
        call()


def test_wrong_rows_and_unknown_groups_are_named():
    three = pd.DataFrame(np.ones((3, 3)), columns=["estimate", "lower", "upper"])
    with pytest.raises(ValueError, match="has 3 rows"):
        two_answers(three)
    data = pd.DataFrame({"firm": [1], "year": [0], "wage": [1.0]})
    with pytest.raises(ValueError, match=r"highlight=\[7\]"):
        group_paths(data, "year", "wage", "firm", highlight=[7])


def test_axes_are_taken_and_returned(pupils):
    _, ax = figure()
    assert school_lines(pupils[0], ax) is ax


def test_the_front_page_picture_is_up_to_date_and_stable(tmp_path):
    once, twice = (make_picture(tmp_path / name) for name in ("once.png", "twice.png"))
    assert once.read_bytes() == twice.read_bytes()
    stored, fresh = (np.asarray(Image.open(path).convert("L"), float) for path in (PICTURE, once))
    assert stored.shape == fresh.shape
    assert np.abs(stored - fresh).mean() < 2  # another matplotlib may shift a few pixels
