"""The profiled deviance: derivatives, a second computation, hard optima, the boundary."""

import numpy as np
import pytest
from scipy import optimize

from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.likelihood import evaluate
from hlm_teach.lmm.newton import _solve, minimise_batch
from hlm_teach.lmm.optimum import curvature, fit_profiled
from hlm_teach.lmm.response import make_response
from hlm_teach.lmm.theta import lambda_, profiled_derivatives


def random_study(rng, *, slope):
    """A small unbalanced data set, often near a boundary, in awkward units."""
    n_groups = int(rng.integers(4, 15))
    sizes = rng.integers(1, 13, size=n_groups)
    sizes[:3] += 3
    group = np.repeat(np.arange(n_groups), sizes)
    x = rng.normal(size=len(group)) + rng.normal(size=n_groups)[group]
    tau = rng.choice([0.0, 0.0, 0.1, 1.0, 10.0], size=2)
    u = rng.normal(size=(n_groups, 2)) * np.sqrt(tau)
    y = u[group, 0] + slope * u[group, 1] * x + rng.normal(size=len(group)) + x
    unit, far = 10.0 ** rng.uniform(-6, 6, size=2), 10.0 ** rng.uniform(0, 6)
    x = (x + far) * unit[0]
    return np.column_stack([np.ones(len(x)), x]), y * unit[1], group


@pytest.fixture(scope="module")
def slopes():
    rng = np.random.default_rng(4)
    x, y, group = random_study(rng, slope=True)
    designs = {kind: make_design(x, x, group, correlated=kind) for kind in (True, False)}
    return {
        kind: (design, make_response(design, np.stack([y, y[::-1]])))
        for kind, design in designs.items()
    }


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("correlated", [True, False])
def test_derivatives_against_differences(slopes, correlated, reml):
    design, response = slopes[correlated]
    theta = np.array([[0.9, 0.5], [0.3, -0.4], [0.4, 0.8]])[: design.n_theta]

    def at(point):
        found = evaluate(design, response, lambda_(design, point), reml=reml)
        return found.deviance, *profiled_derivatives(design, found, point)

    _, gradient, hessian = at(theta)
    for i in range(design.n_theta):
        step = np.zeros_like(theta)
        step[i] = 1e-5
        up, down = at(theta + step), at(theta - step)
        np.testing.assert_allclose(gradient[i], (up[0] - down[0]) / 2e-5, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(hessian[:, i], (up[1] - down[1]) / 2e-5, rtol=1e-5, atol=1e-4)


def plain_deviance(theta, x, z, y, group, reml):
    """−2 log L with V written out group by group: none of the package's algebra."""
    relative = np.zeros((z.shape[1], z.shape[1]))
    relative[np.tril_indices(z.shape[1])] = theta
    log_det, a, b, c = 0.0, 0.0, 0.0, 0.0
    for j in np.unique(group):
        rows = group == j
        v = np.eye(rows.sum()) + z[rows] @ relative @ relative.T @ z[rows].T
        inverse = np.linalg.inv(v)
        log_det += np.linalg.slogdet(v)[1]
        a += x[rows].T @ inverse @ x[rows]
        b += x[rows].T @ inverse @ y[rows]
        c += y[rows] @ inverse @ y[rows]
    r2 = c - b @ np.linalg.solve(a, b)
    dof = len(y) - reml * x.shape[1]
    penalty = np.linalg.slogdet(a)[1] if reml else 0.0
    return log_det + penalty + dof * (1 + np.log(2 * np.pi * r2 / dof))


@pytest.mark.parametrize("seed", range(40))
def test_never_below_the_best_of_three_other_optimisers(seed):
    """Nelder-Mead, Powell and BFGS from random starts, on a likelihood of their own.

    A larger version, with 2,000 data sets, is benchmarks/hard_fits.py.
    """
    rng = np.random.default_rng(seed)
    slope, reml = bool(seed % 2), bool(seed % 4 < 2)
    x, y, group = random_study(rng, slope=slope)
    design = make_design(x, x if slope else x[:, :1], group)
    response = make_response(design, y)
    fit = fit_profiled(design, response, reml=reml)
    # the others see x centred and scaled, y scaled: their arithmetic needs it
    u = np.column_stack([x[:, 0], (x[:, 1] - x[:, 1].mean()) / x[:, 1].std()])
    unit = response.scale[0]
    target = (u, u if slope else u[:, :1], (y - y.mean()) / unit, group, reml)
    k = 3 if slope else 1
    best = min(
        optimize.minimize(
            plain_deviance,
            np.exp(rng.normal(-0.5, 1, size=k)),
            args=target,
            method=method,
            options=options,
        ).fun
        for method, options in (
            ("Nelder-Mead", {"xatol": 1e-8, "fatol": 1e-9}),
            ("Powell", {"ftol": 1e-12}),
            ("BFGS", {"gtol": 1e-6}),
        )
    )
    dof = len(y) - 2 * reml
    jacobian = reml * 2 * np.log(x[:, 1].std())
    assert fit.converged[0]
    assert fit.llf[0] >= -(best + dof * np.log(unit**2) + jacobian) / 2 - 1e-6


@pytest.mark.parametrize("seed", range(1, 40, 2))
def test_uncorrelated_effects_far_from_zero_reach_the_best_of_many_starts(seed):
    """Far from x = 0 an uncorrelated intercept must be huge to undo the slopes: a place that
    starts of ordinary size do not see."""
    rng = np.random.default_rng(1000 + seed)
    x, y, group = random_study(rng, slope=True)
    design = make_design(x, x, group, correlated=False)
    response = make_response(design, y)
    fit = fit_profiled(design, response)
    starts = np.exp(rng.uniform(-3, 13, size=(2, 60)))

    def objective(theta, index):
        many = response.take(np.zeros(len(index), int))
        at = evaluate(design, many, lambda_(design, theta))
        return at.deviance, *profiled_derivatives(design, at, theta)

    _, values, _ = minimise_batch(objective, starts, np.arange(60))
    at = evaluate(design, response, lambda_(design, fit.theta), derivatives=0)
    # N = I + K'ΛΛ'K holds ones beside θ²: that many digits of the deviance are noise
    noise = np.finfo(float).eps * np.max(fit.theta) ** 2
    assert at.deviance[0] <= np.nanmin(values) + 1e-6 + noise


def quadratics(theta, index):
    """(θ − index)² for every replicate: Newton's first step ends at its minimum."""
    away = theta - index
    return (away**2)[0], 2 * away, np.full((1, *away.shape), 2.0)


def test_the_last_step_asks_for_values_alone():
    calls = []

    def objective(theta, index):
        calls.append(len(index))
        return quadratics(theta, index)

    index = np.arange(4)
    start = index[None] + np.array([[0.5, 0.0, 0.9, -0.4]])  # the second begins where it ends
    theta, value, converged = minimise_batch(
        objective, start, index, value_of=lambda *end: quadratics(*end)[0]
    )
    assert calls == [4, 3]
    np.testing.assert_allclose(theta[0], index, atol=1e-12)
    np.testing.assert_allclose(value, 0, atol=1e-12)
    assert converged.all()


def test_a_hessian_of_huge_negative_curvature_overflows_without_a_warning():
    """Elimination goes on beside it for other replicates; what it leaves is not used."""
    hessian = np.array([[-1.0, 1e160], [1e160, 1e160]])[:, :, None]
    right = np.array([[1.0], [1e160]])
    _, definite = _solve(hessian, right)
    assert not definite[0]


@pytest.mark.parametrize("beyond", [1.0, np.nan])
def test_a_last_step_that_does_not_hold_its_promise_is_not_taken(beyond):
    start = np.array([[0.0, 1.00001]])  # gains of 0 and 1e-10 are promised
    index = np.arange(2)
    theta, value, _ = minimise_batch(
        quadratics, start, index, value_of=lambda *_: np.array([0.0, beyond])
    )
    np.testing.assert_array_equal(theta, start)
    assert value[1] == quadratics(start, index)[0][1]


def test_one_data_set_and_many_agree():
    rng = np.random.default_rng(2)
    x, y, group = random_study(rng, slope=True)
    many = np.stack([y, y[::-1], y**2 / np.abs(y).max()])
    design = make_design(x, x, group)
    together = fit_profiled(design, make_response(design, many))
    for i, one in enumerate(many):
        alone = fit_profiled(design, make_response(design, one))
        assert together.llf[i] == pytest.approx(alone.llf[0], abs=1e-7)


def test_groups_with_one_design_share_a_class():
    group = np.repeat(np.arange(30), 10)
    days = np.tile(np.arange(10.0), 30)
    x = np.column_stack([np.ones(300), days])
    assert len(make_design(x, x, group).counts) == 1
    sizes = np.repeat([3, 7], 15)
    ones = np.ones((sizes.sum(), 1))
    design = make_design(ones, ones, np.repeat(np.arange(30), sizes))
    np.testing.assert_array_equal(sorted(design.counts), [15, 15])


def test_classes_change_nothing():
    """A hair's breadth of difference in x splits the class; the likelihood hardly moves."""
    rng = np.random.default_rng(8)
    group, days = np.repeat(np.arange(12), 6), np.tile(np.arange(6.0), 12)
    y = rng.normal(size=12)[group] + rng.normal(size=72)
    one = np.column_stack([np.ones(72), days])
    split = np.column_stack([np.ones(72), days + 1e-7 * rng.normal(size=72)])
    designs = [make_design(x, x, group) for x in (one, split)]
    assert [len(d.counts) for d in designs] == [1, 12]
    llf = [fit_profiled(d, make_response(d, y)).llf[0] for d in designs]
    assert llf[0] == pytest.approx(llf[1], abs=1e-5)


def test_zero_variance_is_an_ordinary_answer():
    """Identical group means: no variance between groups can be seen."""
    group = np.repeat(np.arange(8), 4)
    y = np.tile([1.0, 2.0, 3.0, 4.0], 8)
    ones = np.ones((32, 1))
    design = make_design(ones, ones, group)
    fit = fit_profiled(design, make_response(design, y))
    assert fit.cov_re[0, 0, 0] == 0 and fit.singular[0] and fit.converged[0]
    assert fit.sigma2[0] == pytest.approx(y.var(ddof=1))


def test_an_optimum_exactly_on_the_boundary_is_zero():
    """Where the deviance is flat to fourth order at zero, the answer is still exactly zero."""
    from hlm_teach import fit_lmm, simulate_two_level

    data = simulate_two_level(
        n_groups=20,
        group_size=10,
        tau00=8.0,
        sigma2=37.0,
        gamma10=1.0,
        rng=np.random.default_rng(1),
        exact=True,
    )
    fit = fit_lmm("y ~ x", data, "group", "1 + x")
    assert fit.cov_re.iloc[1, 1] < 1e-12 and fit.singular
    assert fit.sigma2 == pytest.approx(37, rel=1e-5)


def test_linearly_dependent_columns_are_refused():
    x = np.column_stack([np.ones(12), np.arange(12.0), 3 * np.arange(12.0)])
    with pytest.raises(ValueError, match="linearly dependent"):
        make_design(x, x[:, :1], np.repeat(np.arange(4), 3))


def test_an_outcome_without_variance_is_refused():
    ones = np.ones((12, 1))
    design = make_design(ones, ones, np.repeat(np.arange(4), 3))
    with pytest.raises(ValueError, match="fitted exactly"):
        make_response(design, np.full(12, 3.0))


def test_curvature_is_that_of_the_unprofiled_deviance(slopes):
    """θ-block plus the cross terms against the Hessian of the profiled deviance (Schur)."""
    design, response = slopes[True]
    fit = fit_profiled(design, response)
    bend = curvature(design, response, fit, reml=True)
    at = evaluate(design, response, lambda_(design, fit.theta))
    _, profiled = profiled_derivatives(design, at, fit.theta)
    s = fit.sigma2
    full = bend.log_det2 + bend.r2_second / s[:, None, None]
    cross = bend.r2_gradient / s[:, None]
    schur = full - np.einsum("ri,rj->rij", cross, cross) / bend.dof
    np.testing.assert_allclose(schur, np.moveaxis(profiled, -1, 0), rtol=1e-6, atol=1e-6)
