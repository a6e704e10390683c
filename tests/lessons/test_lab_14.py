"""Chapter 14's lab says what the law says, and its picture follows."""

import numpy as np
import pytest

import hlm_teach
from hlm_teach.balanced.panel_law import panel_law
from hlm_teach.lessons.ch14_firms.lab_panel import DIAL

SETTING = {"tau00": 1.25, "x_icc": 0.8}


def law(r):
    return panel_law(r, n_groups=100, group_size=5, sigma2=1, **SETTING)


def lab(r=0.3):
    return hlm_teach.panel_lab().set(corr_ux=r, n_firms=100, n_years=5, **SETTING)


def test_the_readout_is_the_law_at_the_dial_s_place():
    here = law(0.3)
    words = lab().readout_text
    assert f"Random effects: {1 + here.bias['random'][0]:.2f}" in words
    assert f"{100 * here.coverage['hausman'][0]:.0f} % hold the truth" in words
    assert f"rejects in {100 * here.power[0]:.0f} %" in words
    assert f"{100 * here.coverage['robust'][0]:.0f} % with a cluster-robust" in words


@pytest.mark.parametrize("name", ["random", "fixed", "hausman"])
def test_the_curves_are_coverage_along_the_dial(name):
    assert lab().picture.artists[name].get_ydata() == pytest.approx(law(DIAL).coverage[name])


def test_the_intervals_are_those_reported():
    here = law(0.3)
    low, high = lab().picture.artists["pooled line"].get_xdata()
    assert (low + high) / 2 == pytest.approx(1 + here.bias["pooled"][0])
    assert (high - low) / 2 == pytest.approx(1.959964 * here.se["pooled"][0], rel=1e-6)


def test_the_line_of_the_dial_s_place_moves():
    assert np.allclose(lab(0.45).picture.artists["here"].get_xdata(), 0.45)
    assert "uncorrelated" in lab(0.0).readout_text and "0.45" in lab(0.45).readout_text
