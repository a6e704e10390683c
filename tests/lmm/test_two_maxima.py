"""With few groups a likelihood may have two maxima: the higher one is found. And readers are told
how few groups they have."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from hlm_teach import fit_lmm, fit_many

# Groups, seed and which of 300 outcomes: one maximum inside, a higher one on the boundary.
TWO_MAXIMA = [(8, 2, 119), (8, 39, 160), (18, 1, 286), (18, 12, 215)]


def wild(n_groups, seed, which):
    """Groups of three with outliers in x, in y and among the groups (t, 2 degrees of freedom)."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), 3)
    x = rng.standard_t(2, len(group))
    e, u = rng.standard_t(2, (300, len(group))), rng.standard_t(2, (300, n_groups))
    return pd.DataFrame({"group": group, "x": x, "y": e[which] + u[which][group]})


def reml_deviance(theta, data):
    """−2 log restricted likelihood at G = σ²ΛΛ', σ² at its best, from V written out in full."""
    relative = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
    x, y = np.column_stack([np.ones(len(data)), data["x"]]), data["y"].to_numpy()
    group = data["group"].to_numpy()
    v = np.eye(len(y)) + x @ relative @ relative.T @ x.T * (group[:, None] == group)
    solved = np.linalg.solve(v, np.column_stack([x, y]))
    information = x.T @ solved[:, :2]
    residual = y - x @ np.linalg.solve(information, x.T @ solved[:, 2])
    dof = len(y) - 2
    r2 = residual @ np.linalg.solve(v, residual)
    log_dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    return log_dets + dof * (1 + np.log(2 * np.pi * r2 / dof))


def local_maxima(data):
    """Log-likelihoods at which climbs from both sides end."""
    starts = ([1.5, 0.0, 0.01], [1.5, 0.0, 1.0], [3.0, 0.0, 4.0], [2.0, -1.5, 3.0])
    options = {"xatol": 1e-7, "fatol": 1e-10, "maxiter": 2000}
    return [
        -optimize.minimize(reml_deviance, start, (data,), method="Nelder-Mead", options=options).fun
        / 2
        for start in starts
    ]


@pytest.mark.parametrize(("n_groups", "seed", "which"), TWO_MAXIMA)
def test_the_higher_of_two_maxima_is_found(n_groups, seed, which):
    data = wild(n_groups, seed, which)
    ends = local_maxima(data)
    assert max(ends) - min(ends) > 0.1  # there is a lower one to be caught in
    fit = fit_lmm("y ~ x", data, "group", "1 + x")
    assert fit.llf == pytest.approx(max(ends), abs=1e-5)
    assert fit.singular and fit.converged


def test_many_fits_find_it_too():
    data = wild(*TWO_MAXIMA[-1])
    x = np.column_stack([np.ones(len(data)), data["x"]])
    others = np.random.default_rng(1).standard_normal((3, len(data)))
    fits = fit_many(np.vstack([others, data["y"]]), x, data["group"], 1)
    assert fits.llf[3] == pytest.approx(max(local_maxima(data)), abs=1e-5)


@pytest.mark.parametrize(("n_groups", "few"), [(2, True), (11, True), (19, True), (20, False)])
def test_fewer_than_twenty_groups_are_remarked_upon(n_groups, few):
    rng = np.random.default_rng(n_groups)
    group = np.repeat(np.arange(n_groups), 5)
    data = pd.DataFrame(
        {"g": group, "y": rng.normal(size=n_groups)[group] + rng.normal(size=len(group))}
    )
    notes = fit_lmm("y ~ 1", data, "g").notes
    assert any(f"Only {n_groups} groups (g)" in note for note in notes) == few


def test_each_of_several_factors_is_counted_by_itself():
    rng = np.random.default_rng(3)
    few, many = (index.ravel() for index in np.indices((19, 20)))
    y = rng.normal(size=19)[few] + rng.normal(size=20)[many] + rng.normal(size=380)
    fit = fit_lmm("y ~ 1", pd.DataFrame({"y": y, "few": few, "many": many}), ["few", "many"])
    assert any("Only 19 groups (few)" in note for note in fit.notes)
    assert not any("(many)" in note for note in fit.notes)
