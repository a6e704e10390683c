"""Chapter 13's lab says what the package computes, and its targets need what they claim."""

import numpy as np
import pytest

import hlm_teach
from hlm_teach import arm_slopes, simulate_trial


def trial_of(lab, **changes):
    state = lab.state
    return simulate_trial(
        n_per_arm=250,
        visits=range(9),
        tau11=0.03,
        dropout=state["dropout"],
        effect=state["effect"],
        steepness=(state["usual"], state["drug"]),
        rng=np.random.default_rng(state["seed"]),
    )


def test_the_readout_is_the_analysis_of_the_same_trial():
    lab = hlm_teach.who_leaves_lab().set(usual=1.7, drug=0.4, effect=-0.04, dropout=0.12)
    data = trial_of(lab)
    found = arm_slopes(data).loc["random slopes"]
    assert f"planned visits {len(data):,} took place" in lab.readout_text
    assert f"{found['arm0']:.2f} a year with usual care (true 0.18)" in lab.readout_text
    assert f"{found['arm1']:.2f} with the drug (true 0.14)" in lab.readout_text
    last = data[data["x"] == 8].groupby("arm").size()
    assert (
        f"{last[0]} of 250 patients live to the last with usual care, {last[1]}" in lab.readout_text
    )


def test_the_picture_shows_the_means_of_those_alive_and_the_true_lines():
    lab = hlm_teach.who_leaves_lab().set(usual=2.0, drug=0.0, effect=-0.05)
    data = trial_of(lab)
    for arm in (0, 1):
        means = data[data["arm"] == arm].groupby("x")["y"].mean()
        drawn = lab.picture.artists["means"][arm].get_ydata()
        assert list(drawn) == pytest.approx(means.tolist())
    truth = lab.picture.artists["truth"][1].get_ydata()
    assert truth[-1] == pytest.approx(0.5 + 0.13 * 8)
    marks = [mark.get_xdata()[0] for mark in lab.picture.artists["marks"]]
    assert marks == pytest.approx(arm_slopes(data)["difference"].tolist())


def test_nobody_dies_where_the_chance_is_zero():
    lab = hlm_teach.who_leaves_lab().set(dropout=0.0, usual=3.0)
    assert "4,500 took place; 250 of 250" in lab.readout_text


@pytest.mark.parametrize("seed", range(3))
def test_alike_in_both_arms_no_drug_looks_harmful(seed):
    """The second target's claim: it takes a difference in who dies."""
    lab = hlm_teach.who_leaves_lab().set(usual=2.5, drug=2.5, dropout=0.1, seed=seed)
    assert "[x] 2." not in lab.ticks.text()
    lab.set(drug=0.0)
    assert "[x] 2." in lab.ticks.text()
