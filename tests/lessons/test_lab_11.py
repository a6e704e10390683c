"""Chapter 11's lab says what the package computes, and its pictures follow."""

import numpy as np
import pytest

import hlm_teach
from hlm_teach.balanced.broken_assumptions import (
    BREAKS,
    analyse_balanced,
    broken_outcomes,
    picture_curves,
    rates_table,
)
from hlm_teach.lessons.ch11_checking import lab_assumptions


def studies(lab) -> np.ndarray:
    z_u, z_e = lab_assumptions._luck(lab.state["seed"])
    j = lab.state["n_groups"]
    return broken_outcomes(lab.state["broken"], lab.state["strength"], z_u[:, :j], z_e[:, :j])


@pytest.mark.parametrize("broken", BREAKS)
def test_the_readout_is_the_studies_analysed(broken):
    lab = hlm_teach.assumptions_lab().set(broken=broken, strength=0.8, n_groups=30)
    table = rates_table([analyse_balanced(studies(lab))])
    for name, words in (("gamma01", "γ₀₁"), ("gamma10", "γ₁₀"), ("tau00", "τ₀₀"), ("sigma2", "σ²")):
        assert f"{words} {table.loc[name, 'covers']:.0f} %" in lab.readout_text
    assert f"τ₀₀ {table.loc['tau00', 'mean estimate']:.2f} (true 0.50)" in lab.readout_text


def test_the_pictures_are_of_the_first_study():
    lab = hlm_teach.assumptions_lab().set(broken="unequal variances", strength=1.0)
    curves = picture_curves(studies(lab)[:1])
    for name, curve in curves.items():
        np.testing.assert_allclose(lab.result["seen"][name], curve[0])
    cell = lab.picture.artists["cells"]["spread"]
    shown = len(cell["inside"].get_xdata()) + len(cell["outside"].get_xdata())
    assert shown == 10 and len(cell["outside"].get_xdata()) > 0
    assert "noticed by" in lab.readout_text and "the SD over time" in lab.readout_text


def test_more_persons_keep_those_who_are_there():
    lab = hlm_teach.assumptions_lab().set(n_groups=20)
    few = studies(lab).copy()
    np.testing.assert_array_equal(studies(lab.set(n_groups=50))[:, :20], few)


def test_where_nothing_is_broken_intervals_hold():
    covers = []
    for seed in range(4):
        lab = hlm_teach.assumptions_lab().set(strength=0.0, n_groups=40, seed=seed)
        covers.append(list(lab.result["covers"].values()))
        assert lab.readout_text.startswith("Nothing is broken")
    assert np.mean(covers, axis=0) == pytest.approx(95, abs=2)  # Monte Carlo error 0.55


def test_bars_that_fall_below_90_change_colour_and_hatch():
    lab = hlm_teach.assumptions_lab().set(broken="memory", strength=1.0, n_groups=60)
    bars = lab.picture.artists["bars"]
    hatched = [bool(bar.get_hatch()) for bar in bars]
    assert hatched == [share < 90 for share in lab.result["covers"].values()]
    assert any(hatched) and not all(hatched)
    assert bars[0].get_width() == pytest.approx(lab.result["covers"]["gamma01"])


def test_walking_the_chapters_list_ticks_every_task():
    lab = hlm_teach.assumptions_lab()
    for settings, ticked in (
        (dict(broken="skewed groups", strength=1.0, n_groups=60), {0, 2}),
        (dict(n_groups=10), {0, 2, 3}),
        (dict(broken="unequal variances", n_groups=40), {0, 1, 2, 3}),
    ):
        lab.set(**settings)
        assert ticked <= {place for place, done in enumerate(lab.ticks.done) if done}


def test_more_groups_help_the_picture_and_not_the_interval():
    lab, noticed, covers = hlm_teach.assumptions_lab(), {10: 0, 60: 0}, {10: 0.0, 60: 0.0}
    for n_groups in noticed:
        for seed in range(12):
            lab.set(broken="skewed groups", strength=1.0, n_groups=n_groups, seed=seed)
            noticed[n_groups] += lab.result["pvalues"]["groups"] <= 0.05
            covers[n_groups] += lab.result["covers"]["tau00"] / 12
    assert noticed[10] < 6 < noticed[60]  # "mostly nothing", "in most draws"
    assert covers[60] < covers[10] < 85
