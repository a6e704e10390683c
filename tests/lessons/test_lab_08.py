"""Chapter 08's lab says what the package computes, and its targets say what is true."""

import numpy as np
import pytest

from hlm_teach import budget_power, effect_se, power, power_lab
from hlm_teach.lessons.ch08_sample_size.lab_power import COUNTS, KINDS, TARGETS


@pytest.fixture(scope="module")
def lab():
    return power_lab()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tau11", [0.0, 0.1])
def test_readout_is_what_the_package_computes(lab, kind, tau11):
    lab.reset().set(kind=kind, tau11=tau11, n_groups=36, group_size=12, icc=0.3, effect=0.25)
    study = {"n_groups": 36, "group_size": 12, "tau00": 0.3, "sigma2": 0.7, "tau11": tau11}
    exact = power(KINDS[kind], effect=0.25, **study)
    assert f"power {100 * exact:.0f} % by formula" in lab.readout_text
    assert f"standard error {effect_se(KINDS[kind], **study):.3f}" in lab.readout_text
    assert abs(lab.result["simulated"] - exact) < 4 * np.sqrt(exact * (1 - exact) / 1000) + 0.005
    assert lab.result["curve"][COUNTS.index(36)] == pytest.approx(exact)
    assert abs(lab.result["dots"] - lab.result["curve"])[2:].max() < 0.07


def test_the_curve_of_the_same_money_passes_through_the_study(lab):
    lab.reset().set(n_groups=30, group_size=15, cost_group=20)
    at = budget_power(
        [15], budget=30 * 35, cost_group=20, cost_member=1, effect=0.4, tau00=0.2, sigma2=0.8
    )
    assert at[0] == pytest.approx(lab.result["formula"], abs=1e-9)
    assert lab.result["buys"].max() >= at[0] - 1e-3
    assert lab.result["best"] == pytest.approx(np.sqrt(20 * 4))


def test_where_only_members_count_the_lab_says_so(lab):
    lab.reset().set(kind="within groups", tau11=0.0)
    assert "only the number of members counts" in lab.readout_text
    assert "dashed line" not in lab.alt_text


def test_where_every_size_is_as_good_no_size_is_called_best(lab):
    lab.reset().set(effect=0.0, kind="within groups", n_groups=86, group_size=23)
    assert "power is 5 % whatever the size" in lab.readout_text
    lab.reset().set(effect=0.3, icc=0.0, n_groups=120, cost_group=1)  # sure from some size on
    highest = np.flatnonzero(lab.result["buys"] > 1 - 5e-7)
    assert len(highest) > 10 and lab.result["best_here"] == lab.result["sizes"][highest[0]]
    lab.reset().set(n_groups=4, group_size=3, cost_group=100)  # the money buys one size
    assert "highest, 7 %, at 3 members" in lab.readout_text


def test_the_targets_are_met_only_where_their_sentence_holds(lab):
    rng, met = np.random.default_rng(3), [0, 0, 0]
    for _ in range(400):
        state = {name: control.random(rng) for name, control in lab.controls.items()}
        lab.set(**state)
        known = lab.result | lab.state
        if TARGETS[0].met(known):
            assert lab.state["n_groups"] >= 60 and lab.state["group_size"] <= 10
        if TARGETS[1].met(known):
            assert lab.state["kind"] != "between groups" and lab.state["tau11"] <= 0.06
        if TARGETS[2].met(known):
            assert lab.state["cost_group"] >= 24
        met = [count + target.met(known) for count, target in zip(met, TARGETS, strict=True)]
    assert met[2] > 0


def test_with_four_groups_about_seven_in_a_hundred_studies_find_what_is_not_there():
    """The sixth thing to try in the chapter's lab, over many draws."""
    lab = power_lab()
    lab.set(effect=0.0, n_groups=4)
    draws = []
    for seed in range(40):
        lab.set(seed=seed)
        draws.append(lab.result["simulated"])
    assert np.mean(draws) == pytest.approx(0.07, abs=0.004)  # its Monte-Carlo error is 0.0013
    assert 0.045 < min(draws) and max(draws) < 0.095
