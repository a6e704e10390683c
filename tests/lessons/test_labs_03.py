"""Chapter 03's labs: what they say equals what the package computes; corners that mean something."""

import re

import numpy as np
import pytest

import hlm_teach
from hlm_teach.balanced.endogenous import simulate_endogenous
from hlm_teach.lessons.ch03_random_intercepts import lab_endogeneity as endogeneity
from hlm_teach.lessons.ch03_random_intercepts import lab_poolings as poolings
from hlm_teach.measures.shrinkage import expected_errors, pool


def numbers(text):
    return [
        float(found.replace("\N{MINUS SIGN}", "-"))
        for found in re.findall(r"[\N{MINUS SIGN}-]?\d+\.?\d*", text)
    ]


def test_poolings_readout_equals_the_package():
    lab = hlm_teach.poolings_lab().set(tau00=16, sigma2=64, group_size=30, n_small=4)
    result, small = lab.result, poolings.SMALL
    sizes = [4 if place == small else 30 for place in range(poolings.N_SCHOOLS)]
    again = pool(result["none"], sizes, tau00=16, sigma2=64, gamma00=poolings.MEAN)
    assert np.allclose(result["partial"], again.partial)
    assert f"λ = {16 / (16 + 64 / 4):.2f}" in lab.readout_text
    assert f"becomes {again.partial[small]:.1f} " in lab.readout_text
    errors = expected_errors(sizes, tau00=16, sigma2=64).mean()
    assert (
        f"complete pooling {errors['complete']:.1f}, none {errors['none']:.1f}, partial "
        f"{errors['partial']:.1f};"
    ) in lab.readout_text


def test_more_pupils_move_the_small_school_only():
    lab = hlm_teach.poolings_lab()
    before = lab.result["none"].copy()
    lab.set(n_small=40)
    moved = lab.result["none"] != before
    assert moved.sum() == 1 and moved[poolings.SMALL]


@pytest.mark.parametrize("tau00, column", [(0.0, "complete"), (40.0, "none")])
def test_partial_pooling_holds_both_ends(tau00, column):
    lab = hlm_teach.poolings_lab().set(tau00=tau00, sigma2=1.0, group_size=60, n_small=60)
    assert np.allclose(lab.result["partial"], lab.result[column], atol=0.02)


def test_partial_pooling_never_expects_more_error():
    lab, rng = hlm_teach.poolings_lab(), np.random.default_rng(1)
    for _ in range(50):
        lab.set(**{name: control.random(rng) for name, control in lab.controls.items()})
        complete, none, partial = lab.result["errors"]
        assert partial <= min(complete, none) + 1e-9


def test_endogeneity_readout_equals_the_package():
    lab = hlm_teach.endogeneity_lab().set(corr_ux=0.6, tau00=9, x_icc=0.3, group_size=5)
    studies = simulate_endogenous(
        n_studies=endogeneity.N_STUDIES,
        n_groups=endogeneity.N_GROUPS,
        group_size=5,
        gamma10=2,
        tau00=9,
        sigma2=36,
        x_icc=0.3,
        corr_ux=0.6,
        rng=np.random.default_rng(lab.state["seed"]),
    )
    said = numbers(lab.readout_text)
    for value in (
        studies.random.estimate.mean(),
        studies.within.estimate.mean(),
        studies.contextual.mean(),
    ):
        assert round(float(value), 2) in said
    assert round(100 * studies.random.coverage) in said


def test_drift_follows_the_sign_of_the_correlation_and_dies_with_tau():
    lab = hlm_teach.endogeneity_lab()
    drift = {r: lab.set(corr_ux=r).result["means"]["random"] - 2 for r in (-0.6, 0.0, 0.6)}
    assert drift[-0.6] < -0.5 and abs(drift[0.0]) < 0.05 and drift[0.6] > 0.5
    assert abs(lab.set(corr_ux=0.9, tau00=0.0).result["means"]["random"] - 2) < 0.05


def test_dummies_hold_and_keep_their_coverage():
    lab = hlm_teach.endogeneity_lab().set(corr_ux=0.9, tau00=20.0)
    assert lab.result["means"]["within"] == pytest.approx(2, abs=0.05)
    assert lab.result["cover_within"] == pytest.approx(0.95, abs=0.025)
