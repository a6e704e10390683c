"""Profile intervals where the predictor is far from its origin: a calendar year, a time stamp.

The intervals of the slope's SD and of the residual SD cannot depend on the origin. Those of the
intercept's SD (at year 0) and of the correlation are held to their definition: the smallest and
largest value where the deviance, computed from dense covariance matrices, has risen by 3.84.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from hlm_teach import fit_lmm


def people_by_year(seed, origin, n_people=40, n_years=12):
    rng = np.random.default_rng(seed)
    person, year = np.repeat(np.arange(n_people), n_years), np.tile(np.arange(n_years), n_people)
    u = rng.multivariate_normal([0, 0], [[9, 0.5], [0.5, 0.16]], n_people)
    y = 50 + 0.3 * year + u[person, 0] + u[person, 1] * year
    y = y + rng.normal(0, 1.5, len(y))
    return pd.DataFrame({"person": person, "year": year + origin, "since": year - 5.5, "y": y})


@pytest.mark.parametrize(("seed", "origin"), [(0, 2001), (1, 2001), (4, 2001), (2, 1_700_000.0)])
def test_the_origin_changes_nothing_that_does_not_depend_on_it(seed, origin):
    data = people_by_year(seed, origin)
    far = fit_lmm("y ~ year", data, "person", "1 + year")
    near = fit_lmm("y ~ since", data, "person", "1 + since").profile_intervals
    pairs = {"sd(year)": "sd(since)", "sd(residual)": "sd(residual)"}
    for row, other in pairs.items():
        np.testing.assert_allclose(far.profile_intervals.loc[row], near.loc[other], rtol=1e-5)
    table = far.table(digits=8)
    assert np.isfinite(table[["estimate", "lower", "upper"]].to_numpy(float)).all()
    assert "year" in far.report()


def dense_deviance(data):
    """ML deviance of y ~ since | person in (log-Cholesky of G at the centre, log σ)."""
    groups = [g for _, g in data.groupby("person")]
    x = [np.column_stack([np.ones(len(g)), g["since"]]) for g in groups]
    y = [g["y"].to_numpy() for g in groups]

    def deviance(theta):
        lower = np.array([[np.exp(theta[0]), 0], [theta[1], np.exp(theta[2])]])
        v = [xi @ lower @ lower.T @ xi.T + np.exp(2 * theta[3]) * np.eye(len(xi)) for xi in x]
        xtvx = sum(xi.T @ np.linalg.solve(vi, xi) for xi, vi in zip(x, v, strict=True))
        xtvy = sum(xi.T @ np.linalg.solve(vi, yi) for xi, vi, yi in zip(x, v, y, strict=True))
        beta = np.linalg.solve(xtvx, xtvy)
        return sum(
            np.linalg.slogdet(2 * np.pi * vi)[1]
            + (yi - xi @ beta) @ np.linalg.solve(vi, yi - xi @ beta)
            for xi, vi, yi in zip(x, v, y, strict=True)
        )

    return deviance


def at_year_zero(theta, centre):
    """SD of the intercept and correlation with the slope, where the year is 0."""
    lower = np.array([[np.exp(theta[0]), 0], [theta[1], np.exp(theta[2])]])
    root = np.array([[1.0, -centre], [0, 1]]) @ lower
    norms = np.linalg.norm(root, axis=1)
    return norms[0], root[0] @ root[1] / norms.prod()


def test_the_intercept_s_interval_by_its_definition():
    data = people_by_year(7, 2001, n_people=20, n_years=8)
    centre = float((data["year"] - data["since"]).iloc[0])
    fit = fit_lmm("y ~ year", data, "person", "1 + year")
    deviance = dense_deviance(data)
    best = optimize.minimize(deviance, [1.0, 0, -1, 0.4], method="Nelder-Mead", tol=1e-9)
    best = optimize.minimize(deviance, best.x, method="BFGS")
    rise = {"type": "ineq", "fun": lambda t: best.fun + stats.chi2.ppf(0.95, 1) - deviance(t)}
    for side, column in ((1, "lower"), (-1, "upper")):
        found = optimize.minimize(
            lambda t, side=side: side * np.log(at_year_zero(t, centre)[0]),
            best.x,
            method="SLSQP",
            constraints=[rise],
            options={"ftol": 1e-10, "maxiter": 500},
        )
        wanted = at_year_zero(found.x, centre)[0]
        assert fit.profile_intervals.loc["sd(Intercept)", column] == pytest.approx(wanted, rel=1e-3)


def three_conditions(seed):
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(12), 8)
    c = np.array(list("abc"))[rng.integers(0, 3, len(g))]
    y = 1 + rng.normal(0, 0.8, 12)[g] + (c == "b") * rng.normal(0, 0.5, 12)[g]
    return pd.DataFrame({"g": g, "c": c, "y": y + rng.normal(size=len(g))})


@pytest.mark.parametrize("seed", [3, 5])
def test_ends_with_three_conditions_have_the_stated_deviance(seed):
    """No walk to an end stops short: at each end the lowest deviance that many searches find has
    risen by 3.84, singular fits included."""
    fit = fit_lmm("y ~ c", three_conditions(seed), "g", "0 + c")
    profile, i = fit.profiled_deviance, 0
    for end in fit.profile_intervals.loc["sd(c[a])"]:
        if end > 0:
            rise = lowest_with_sd(profile, i, end) - profile.deviance(profile.best)[0]
            assert -0.005 < rise - stats.chi2.ppf(0.95, 1) < 0.1  # the searches end a little high


def lowest_with_sd(profile, i, value):
    """Lowest deviance with the i-th SD held, over rows of a root of G with free directions."""
    rng = np.random.default_rng(1)

    def deviance(t):
        sd = np.exp(t[:3])
        sd[i] = value
        root = np.eye(3)
        root[np.tril_indices(3, -1)] = t[3:6]
        root /= np.linalg.norm(root, axis=1)[:, None]
        with np.errstate(all="ignore"):
            found = profile.by_roots([sd[:, None] * root], np.exp(t[6:]))[0]
        return found if np.isfinite(found) else 1e9

    start = np.log(np.maximum(profile.best[[0, 1, 2, -1]], 0.05))
    starts = [np.concatenate([start[:3], rng.normal(0, 1.5, 3), start[3:]]) for _ in range(4)]
    limits = [(-12, 6)] * 3 + [(-30, 30)] * 3 + [(-5, 5)]
    return min(optimize.minimize(deviance, t, method="L-BFGS-B", bounds=limits).fun for t in starts)
