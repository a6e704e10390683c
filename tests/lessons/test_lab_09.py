"""Chapter 09's lab says what the package computes, and its targets say what is true."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, grid_posterior, prior_lab
from hlm_teach.lessons.ch09_bayes.lab_prior import (
    MEAN,
    MOST,
    PRIORS,
    PUPILS,
    SEED,
    SIGMA,
    TARGETS,
    prior_of,
)


@pytest.fixture(scope="module")
def lab():
    return prior_lab()


def data_of(values):
    """The pupils that the lab works on, as a table."""
    rng = np.random.default_rng(SEED)
    effects, pupils = rng.standard_normal(MOST), rng.standard_normal((MOST, PUPILS))
    j = values["n_groups"]
    y = MEAN + values["tau"] * effects[:j, None] + SIGMA * pupils[:j]
    return pd.DataFrame({"y": y.ravel(), "g": np.repeat(np.arange(j), PUPILS)})


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("n_groups, tau", [(5, 0.5), (8, 3.0), (30, 2.0)])
def test_readout_is_what_the_package_computes(lab, prior, n_groups, tau):
    lab.reset().set(prior=prior, n_groups=n_groups, tau=tau, scale=4.0)
    data = data_of(lab.state)
    posterior = grid_posterior("y ~ 1", data, "g", prior_tau=prior_of(lab.state))
    fit = fit_lmm("y ~ 1", data, "g")
    for name, q in (("lower", 0.025), ("median", 0.5), ("upper", 0.975)):
        assert lab.result[name] == pytest.approx(posterior.quantile("tau", q), rel=2e-3, abs=2e-3)
    assert lab.result["reml"] == pytest.approx(np.sqrt(fit.cov_re.iloc[0, 0]), abs=1e-4)
    blups = data["y"].mean() + fit.random_effects.iloc[:, 0]
    np.testing.assert_allclose(lab.result["blups"], blups, atol=1e-3)
    means = data["y"].mean() + posterior.group_effects()["mean"]
    np.testing.assert_allclose(lab.result["posterior_means"], means, atol=1e-3)
    assert f"median {lab.result['median']:.2f}" in lab.readout_text
    assert f"τ̂ = {lab.result['reml']:.2f}" in lab.readout_text


def test_it_starts_where_reml_says_zero_and_nothing_is_ticked(lab):
    lab = prior_lab()
    assert lab.result["reml"] == 0 and not any(lab.ticks.done)
    assert lab.result["trust"] > 0.1


def test_things_to_try_are_seen():
    lab = prior_lab()
    at = {tau: lab.set(tau=tau).result["reml"] for tau in (0.5, 1.0, 1.5, 4.0)}
    assert at[0.5] == at[1.0] == 0 and at[4.0] > 2
    wide = lab.set(n_groups=3, prior="flat").result["upper"]
    ends = [lab.set(prior="half-normal", scale=s).result["upper"] for s in (1.0, 3.0, 10.0)]
    assert wide > ends[2] > 1.5 * ends[1] > 3 * ends[0]
    many = [lab.set(n_groups=30, scale=s).result["median"] for s in (8.0, 20.0)]
    assert many[0] == pytest.approx(many[1], rel=0.02)
    edge = lab.set(n_groups=8, tau=0.5, prior="gamma", scale=20.0).result
    assert edge["density"][0] < 0.01 and edge["density"].argmax() > 5


def test_walking_the_chapters_list_ticks_every_task():
    lab = prior_lab()
    walk = [(dict(tau=1.5), 1), (dict(tau=0.5, n_groups=3, scale=1.0), 2)]
    walk += [(dict(n_groups=30, tau=5.0, scale=20.0), 3), (dict(scale=0.2), 4)]
    for settings, ticked in walk:
        lab.set(**settings)
        assert sum(lab.ticks.done) == ticked


def test_the_targets_are_met_only_where_their_sentence_holds():
    lab, rng, met = prior_lab(), np.random.default_rng(4), [0, 0, 0, 0]
    for _ in range(300):
        state = {name: control.random(rng) for name, control in lab.controls.items()}
        state["n_groups"] = int(rng.choice([3, 8, 30]))
        known = lab.set(**state, seed=int(rng.integers(50))).result | lab.state
        if TARGETS[0].met(known):
            assert known["reml"] == 0 and known["lower"] <= known["tau"] <= known["upper"]
        if TARGETS[1].met(known):
            assert known["n_groups"] == 3 and known["prior"] != "flat"
        if TARGETS[2].met(known):
            assert known["median"] == pytest.approx(known["reml"], rel=0.05)
        if TARGETS[3].met(known):
            assert known["scale"] < 2
        met = [count + target.met(known) for count, target in zip(met, TARGETS, strict=True)]
    assert min(met[0], met[1], met[3]) > 0
