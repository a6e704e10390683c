"""Chapter 12's lab says what such schools would print, and its targets say what is true."""

import numpy as np
import pytest

from hlm_teach import table_detective_lab
from hlm_teach.lessons.ch12_schools.lab_table_detective import PRINTED, ROWS, TARGETS, TAU11
from hlm_teach.simulate.fifty_schools import PUBLISHED


@pytest.fixture(scope="module")
def lab():
    return table_detective_lab()


def test_it_holds_the_published_variances(lab):
    assert PUBLISHED["random slope"]["tau11"] == TAU11
    lab.reset().set(n_groups=16, group_size=18)
    for place, model in enumerate(PUBLISHED):
        sigma2 = PUBLISHED[model].get("sigma2", 43.8)
        se = np.sqrt((PUBLISHED[model]["tau00"] + sigma2 / 18) / 16)
        assert lab.result["ses"][place] == pytest.approx(se)
        assert f"{ROWS[place]} {se:.2f} (printed {PRINTED[place]}, fits)" in lab.alt_text


@pytest.mark.parametrize("n_groups, group_size, x_sd", [(5, 2, 0.3), (50, 20, 1), (100, 60, 2)])
def test_slopes_that_vary_are_never_known_better(lab, n_groups, group_size, x_sd):
    lab.reset().set(n_groups=n_groups, group_size=group_size, x_sd=x_sd)
    common, varying = lab.result["ses"][3:]
    assert varying >= common - 1e-12
    if group_size > 2:
        assert varying > common


def test_with_fifty_schools_no_intercept_fits_and_never_both_slopes(lab):
    for group_size in range(2, 61):
        for x_sd in np.arange(0.3, 2.01, 0.1):
            fits = lab.recipe.compute(
                {"n_groups": 50, "group_size": group_size, "x_sd": float(x_sd)}
            )["fits"]
            assert not any(fits[:3]) and not all(fits[3:])


def test_more_pupils_take_the_intercepts_from_nine_tenths_to_six(lab):
    few, many = (lab.set(n_groups=50, group_size=n).result["ses"][:3] for n in (2, 60))
    assert {f"{se:.1f}" for se in few} == {"0.9"} and {f"{se:.1f}" for se in many} == {"0.6"}


def test_the_intercepts_agree_on_fifteen_or_sixteen_schools_only(lab):
    found = {
        n_groups
        for n_groups in range(5, 101)
        for n in range(2, 61)
        if all(lab.recipe.compute({"n_groups": n_groups, "group_size": n, "x_sd": 1.0})["fits"][:3])
    }
    assert found == {15, 16}


def test_four_of_five_leave_the_last_slope_out(lab):
    lab.reset().set(**TARGETS[2].example)
    assert lab.result["fits"] == [True, True, True, True, False]
    assert "4 of 5 agree" in lab.readout_text


def test_the_mark_of_a_hit_has_another_shape(lab):
    lab.reset().set(n_groups=15, group_size=31, x_sd=0.7)
    markers = [dot.get_marker() for dot in lab.picture.artists["dots"]]
    assert markers == ["D", "D", "D", "D", "X"]
