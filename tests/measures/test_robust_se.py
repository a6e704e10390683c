"""Robust standard errors of a multilevel fit: the formula, clubSandwich, and simulation."""

import json
from pathlib import Path

import numpy as np
import pytest

from hlm_teach import fit_lmm, load_data, robust_se, simulate_two_level
from hlm_teach.measures.cluster_robust import cluster_robust

ORACLE = json.loads(
    (Path(__file__).parents[1] / "oracle" / "influence.json").read_text(encoding="utf-8")
)["robust"]


@pytest.fixture(scope="module")
def fits():
    return {
        "medpar": fit_lmm("log_los ~ died", load_data("medpar"), "hospital"),
        "sleepstudy": fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days"),
    }


@pytest.mark.parametrize("name", ["medpar", "sleepstudy"])
def test_as_clubsandwich_has_them(fits, name):
    """clubSandwich's CR1S is CR1 here. Its CR2 takes another square root of V: nearly the same."""
    for theirs, ours, close in (("CR0", "CR0", 1e-5), ("CR1S", "CR1", 1e-5), ("CR2", "CR2", 1e-3)):
        own = robust_se(fits[name], correction=ours)["robust SE"].to_numpy()
        assert own == pytest.approx(ORACLE[name][theirs], rel=close)
    if name == "medpar":
        assert robust_se(fits[name])["df"].to_numpy() == pytest.approx(ORACLE[name]["df"], rel=1e-2)


def test_the_formula_written_out():
    """Unbalanced, with a predictor beside the random slope: else any weights give the same."""
    schools = load_data("hsb").query("school < '2600'")
    fit = fit_lmm("math ~ ses + minority", schools, "school", "1 + ses")
    x, z = fit.frame.fixed.to_numpy(), fit.frame.random_design.to_numpy()
    left = fit.frame.outcome.to_numpy() - x @ fit.params.to_numpy()
    labels = fit.frame.group_labels.to_numpy()
    bread, meat = np.zeros((3, 3)), np.zeros((3, 3))
    for label in np.unique(labels):
        own = labels == label
        v = z[own] @ fit.cov_re.to_numpy() @ z[own].T + fit.sigma2 * np.eye(own.sum())
        score = x[own].T @ np.linalg.solve(v, left[own])
        bread += x[own].T @ np.linalg.solve(v, x[own])
        meat += np.outer(score, score)
    expected = np.sqrt(np.diag(np.linalg.inv(bread) @ meat @ np.linalg.inv(bread)))
    found = robust_se(fit, correction="CR0")["robust SE"].to_numpy()
    assert found == pytest.approx(expected, rel=1e-9)


def test_without_variance_between_groups_it_is_that_of_ordinary_regression():
    data = load_data("dyestuff2")
    fit = fit_lmm("Yield ~ 1", data, "Batch")
    assert fit.cov_re.iloc[0, 0] == 0
    ols = cluster_robust(data["Yield"], np.ones((len(data), 1)), data["Batch"])
    assert robust_se(fit)["robust SE"].iloc[0] == pytest.approx(ols.bse[0, 0], rel=1e-9)


def test_where_the_slope_varies_unsaid_the_model_is_too_sure_and_this_is_not():
    rng, covers = np.random.default_rng(3), {"SE": [], "robust SE": []}
    for _ in range(120):
        data = simulate_two_level(
            n_groups=40, group_size=15, tau00=1, tau11=0.3, sigma2=1, x_icc=-1 / 14, rng=rng
        )
        row = robust_se(fit_lmm("y ~ x", data, "group")).loc["x"]
        for name, hits in covers.items():
            hits.append(abs(row["estimate"]) <= 2.02 * row[name])
    assert np.mean(covers["SE"]) < 0.7
    assert np.mean(covers["robust SE"]) > 0.89  # 0.95, Monte Carlo error 0.02


def test_what_cannot_be_asked_is_said(fits):
    with pytest.raises(ValueError, match="CR2"):
        robust_se(fits["medpar"], correction="HC3")
    unequal = fit_lmm("log_los ~ died", load_data("medpar"), "hospital", residual_sd="died")
    with pytest.raises(ValueError, match="one variance only"):
        robust_se(unequal)
