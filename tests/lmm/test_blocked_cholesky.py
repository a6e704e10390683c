"""The likelihood of several random terms, against a dense V and in both forms of the coupling."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import sparse

from hlm_teach.lmm.blocked_cholesky import evaluate
from hlm_teach.lmm.blocked_fit import BlockedFit
from hlm_teach.lmm.blocked_optimum import fit_blocks, lambdas, objective
from hlm_teach.lmm.blocks import Blocks, Term, expected_cost, make_blocks, make_outcome
from hlm_teach.lmm.coupling import DenseCoupling, SparseCoupling
from hlm_teach.lmm.what_fits import check_terms, cost_notes

N = 240
THETA = np.array([0.7, 0.5, 0.3, 0.8, 0.4, 0.2])
AT_BOUNDARY = [
    THETA,
    np.array([0.7, 0.5, 0.3, 0.0, 0.4, 0.2]),
    np.array([0.7, 0.5, 0.3, 0.8, 0.0, 0.0]),
    np.array([0.0, 0.5, 0.3, 0.8, 0.4, 0.2]),
]


def study(seed: int = 0, far: float = 5.0) -> tuple[np.ndarray, np.ndarray, list[Term]]:
    """An intercept of 40 levels, correlated slopes of 12, independent slopes of 5."""
    rng = np.random.default_rng(seed)
    many, some, few = (rng.integers(0, levels, N) for levels in (40, 12, 5))
    x = rng.normal(size=N) + far
    design = np.column_stack([np.ones(N), x, rng.normal(size=N)])
    u = rng.normal(size=(12, 2))
    y = rng.normal(size=N) + rng.normal(size=40)[many] + u[some, 0] + 0.5 * u[some, 1] * x
    return (
        design,
        y,
        [
            Term("few", ("Intercept", "x"), design[:, :2], few, 5, correlated=False),
            Term("many", ("Intercept",), np.ones((N, 1)), many, 40),
            Term("some", ("Intercept", "x"), design[:, :2], some, 12),
        ],
    )


def dense_z(blocks: Blocks) -> list[np.ndarray]:
    """Z of each term, N × its number of effects, in the working basis."""
    result = []
    for term in blocks.terms:
        z = np.zeros((blocks.n_obs, term.n_columns))
        for a in range(term.n_effects):
            z[np.arange(blocks.n_obs), term.codes * term.n_effects + a] = term.z[:, a]
        result.append(z)
    return result


def dense_g(blocks: Blocks, theta: np.ndarray) -> list[np.ndarray]:
    """Relative covariance matrix of all effects of each term."""
    return [
        np.kron(np.eye(term.n_levels), lam @ lam.T)
        for term, lam in zip(blocks.terms, lambdas(blocks, theta), strict=True)
    ]


def dense_deviance(blocks: Blocks, y: np.ndarray, theta: np.ndarray, reml: bool) -> float:
    """The textbook formula with the N × N matrix V."""
    pairs = zip(dense_z(blocks), dense_g(blocks, theta), strict=True)
    v = np.eye(blocks.n_obs) + sum(z @ g @ z.T for z, g in pairs)
    q, inverse = blocks.q_basis, np.linalg.inv(v)
    a = q.T @ inverse @ q
    left = y - q @ np.linalg.solve(a, q.T @ inverse @ y)
    dof = blocks.n_obs - blocks.n_fixed * reml
    r2 = left @ inverse @ left
    log_det = np.linalg.slogdet(v)[1] + reml * np.linalg.slogdet(a)[1]
    return log_det + dof * (1 + np.log(2 * np.pi * r2 / dof))


def in_form(blocks: Blocks, form: str) -> Blocks:
    """The same blocks with a dense or a sparse coupling."""
    term = blocks.terms[0]
    first, rest = dense_z(blocks)[0], np.hstack(dense_z(blocks)[1:])
    a12 = (first.T @ rest).reshape(term.n_levels, term.n_effects, -1)
    if form == "dense":
        return dataclasses.replace(blocks, coupling=DenseCoupling(a12))
    cells = sparse.csr_array(a12.reshape(-1, a12.shape[2]).T)
    return dataclasses.replace(blocks, coupling=SparseCoupling(cells, term.n_effects))


@pytest.mark.parametrize("form", ["dense", "sparse"])
@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("theta", AT_BOUNDARY)
def test_deviance_and_gradient_are_those_of_the_dense_formula(form, reml, theta):
    x, y, terms = study()
    blocks = in_form(make_blocks(x, terms), form)
    outcome = make_outcome(blocks, y)
    value, gradient, _ = objective(blocks, outcome, theta, reml)
    assert value == pytest.approx(dense_deviance(blocks, outcome.residual, theta, reml), abs=1e-9)
    numeric = [
        (
            dense_deviance(blocks, outcome.residual, theta + step, reml)
            - dense_deviance(blocks, outcome.residual, theta - step, reml)
        )
        / 2e-5
        for step in 1e-5 * np.eye(len(theta))
    ]
    np.testing.assert_allclose(gradient, numeric, atol=2e-6)


def test_the_largest_term_is_eliminated_whatever_the_order_given():
    x, _, terms = study()
    assert make_blocks(x, terms).order == (1, 2, 0)


def test_average_information_is_near_the_hessian_at_an_optimum():
    x, y, terms = study()
    blocks = make_blocks(x, terms)
    outcome = make_outcome(blocks, y)
    theta = fit_blocks(blocks, outcome).theta
    hessian = objective(blocks, outcome, theta, True)[2]
    numeric = np.array(
        [
            (
                objective(blocks, outcome, theta + step, True)[1]
                - objective(blocks, outcome, theta - step, True)[1]
            )
            / 2e-5
            for step in 1e-5 * np.eye(len(theta))
        ]
    )
    ratio = np.linalg.eigvals(np.linalg.solve(hessian, numeric)).real
    assert ratio.min() > 0.3 and ratio.max() < 3  # Newton's method then converges


@pytest.mark.parametrize("form", ["dense", "sparse"])
def test_blups_their_errors_and_prediction_variances_are_the_dense_ones(form):
    x, y, terms = study()
    fit = BlockedFit(x, y, terms, reml=True)
    fit.blocks = in_form(fit.blocks, form)
    places = [int(k) for k in np.argsort(fit.blocks.order)]
    z = np.hstack([dense_original_z(term) for term in terms])
    g = block_diag(
        [np.kron(np.eye(t.n_levels), c) for t, c in zip(terms, fit.fit.cov_re, strict=True)]
    )
    s = fit.fit.sigma2
    v_inverse = np.linalg.inv(s * np.eye(N) + z @ g @ z.T)
    beta_covariance = np.linalg.inv(x.T @ v_inverse @ x)
    gls = beta_covariance @ x.T @ v_inverse
    np.testing.assert_allclose(fit.fit.params, gls @ y, rtol=1e-7)
    np.testing.assert_allclose(fit.fit.cov_params, beta_covariance, rtol=1e-7, atol=1e-12)
    u = g @ z.T @ v_inverse @ (y - x @ (gls @ y))
    np.testing.assert_allclose(np.concatenate([e.ravel() for e in fit.effects()]), u, atol=1e-8)
    conditional = g - g @ z.T @ v_inverse @ z @ g
    np.testing.assert_allclose(
        np.concatenate([e.ravel() for e in fit.effects_se()]),
        np.sqrt(np.diag(conditional)),
        atol=1e-8,
    )
    assert places == [2, 0, 1]


def test_prediction_variances_of_known_and_new_levels_are_the_dense_ones():
    x, y, terms = study()
    fit = BlockedFit(x, y, terms, reml=True)
    z = np.hstack([dense_original_z(term) for term in terms])
    g = block_diag(
        [np.kron(np.eye(t.n_levels), c) for t, c in zip(terms, fit.fit.cov_re, strict=True)]
    )
    v_inverse = np.linalg.inv(fit.fit.sigma2 * np.eye(N) + z @ g @ z.T)
    beta_covariance = np.linalg.inv(x.T @ v_inverse @ x)
    gls = beta_covariance @ x.T @ v_inverse  # β̂ = gls · y
    blup = g @ z.T @ v_inverse @ (np.eye(N) - x @ gls)  # û = blup · y
    for new in range(4):  # which term is new
        codes = [term.codes[:7] if k != new else np.full(7, -1) for k, term in enumerate(terms)]
        got = fit.prediction_variance(x[:7], [term.z[:7] for term in terms], codes)
        keep = np.concatenate(
            [np.full(term.n_columns_all, k != new) for k, term in enumerate(map(Sized, terms))]
        )
        weight = x[:7] @ gls + (z[:7] * keep) @ blup  # prediction = weight · y
        # Var(prediction − truth), the new level's own effects apart
        cross = weight @ z @ g @ (z[:7] * keep).T
        total = weight @ (fit.fit.sigma2 * np.eye(N) + z @ g @ z.T) @ weight.T
        known = total - cross - cross.T + (z[:7] * keep) @ g @ (z[:7] * keep).T
        fresh = (z[:7] * ~keep) @ g @ (z[:7] * ~keep).T
        # where a level is taken as new its old one still speaks through the data
        np.testing.assert_allclose(got, np.diag(known + fresh), rtol=1e-6)


class Sized:
    """How many effects a term has in all."""

    def __init__(self, term: Term) -> None:
        self.n_columns_all = term.n_levels * term.z.shape[1]


def dense_original_z(term: Term) -> np.ndarray:
    q = term.z.shape[1]
    z = np.zeros((len(term.z), term.n_levels * q))
    for a in range(q):
        z[np.arange(len(z)), term.codes * q + a] = term.z[:, a]
    return z


def block_diag(parts: list[np.ndarray]) -> np.ndarray:
    size = sum(len(part) for part in parts)
    out, at = np.zeros((size, size)), 0
    for part in parts:
        out[at : at + len(part), at : at + len(part)] = part
        at += len(part)
    return out


@pytest.mark.parametrize("reml", [True, False])
def test_profile_deviance_and_its_gradient(reml):
    x, y, terms = study()
    fit = BlockedFit(x, y, terms, reml=reml)
    sds, correlations, residual = fit.best_sds(reml=reml)
    value, by_g, by_s = fit.deviance_of_sds(sds, correlations, residual, reml=reml)
    assert value == pytest.approx(-2 * fit.fit.llf, abs=1e-6)
    away = [1.3 * sd + 0.1 for sd in sds]
    _, by_g, by_s = fit.deviance_of_sds(away, correlations, residual, reml=reml)
    step = 1e-5
    up, down = (
        fit.deviance_of_sds(away, correlations, np.sqrt(residual**2 + sign * step), reml=reml)[0]
        for sign in (1, -1)
    )
    assert by_s == pytest.approx((up - down) / (2 * step), rel=1e-5)
    for k in range(3):
        g = np.outer(away[k], away[k]) * correlations[k]
        wide, narrow = (
            fit.deviance_of_sds(
                [sd * (1 + sign * step * (j == k)) for j, sd in enumerate(away)],
                correlations,
                residual,
                reml=reml,
            )[0]
            for sign in (1, -1)
        )
        assert 2 * np.sum(by_g[k] * g) == pytest.approx(
            (wide - narrow) / (2 * step), rel=1e-4, abs=1e-4
        )


@pytest.mark.parametrize("far, unit", [(0.0, 1.0), (1e4, 1.0), (1e5, 1e-6), (1e3, 1e6)])
def test_origin_and_unit_of_x_do_not_matter(far, unit):
    """Correlated slopes: the likelihood is the same wherever x is measured from."""
    x, y, terms = study()
    terms = [dataclasses.replace(term, correlated=True) for term in terms]
    moved = x.copy()
    moved[:, 1] = (x[:, 1] + far) * unit
    again = [dataclasses.replace(t, z=moved[:, : t.z.shape[1]]) for t in terms]
    first, second = (BlockedFit(a, y, b, reml=False) for a, b in ((x, terms), (moved, again)))
    assert second.fit.llf == pytest.approx(first.fit.llf, abs=1e-6)
    assert second.fit.singular == first.fit.singular
    np.testing.assert_allclose(second.fit.params[1] * unit, first.fit.params[1], rtol=1e-4)


def test_a_perfectly_explained_outcome_keeps_its_digits():
    """Variances a million times the residual's: r² is summed from the residuals themselves."""
    x, y, terms = study()
    big = 1e3 * np.random.default_rng(3).normal(size=40)[terms[1].codes]
    terms = terms[1:]
    blocks = make_blocks(x, terms)
    outcome = make_outcome(blocks, 1e-3 * y + big)
    theta = np.array([1e5, 0.5, 0.1, 0.5])
    dense = dense_deviance(blocks, outcome.residual, np.array([1e3, 0.5, 0.1, 0.5]), False)
    got = evaluate(blocks, outcome, lambdas(blocks, np.array([1e3, 0.5, 0.1, 0.5])), reml=False)
    assert got.deviance == pytest.approx(dense, rel=1e-7)
    assert np.isfinite(evaluate(blocks, outcome, lambdas(blocks, theta), reml=False).deviance)


def crossed_terms(first: int, second: int, n: int) -> list[Term]:
    rng = np.random.default_rng(1)
    return [
        Term(name, ("Intercept",), np.ones((n, 1)), rng.integers(0, levels, n), levels)
        for name, levels in (("a", first), ("b", second))
    ]


def test_what_a_fit_will_cost_is_said_before_and_after():
    x = np.ones((60_000, 1))
    small, long, too_large = (
        crossed_terms(8_000, levels, 60_000) for levels in (500, 4_000, 6_001)
    )
    assert cost_notes(small) == []
    assert "4000 random effects beside those of the largest term" in cost_notes(long)[0]
    check_terms(x, long)
    with pytest.raises(ValueError, match=r"'a'.* 6001 effects .* GB and .* minutes.* at 6000"):
        check_terms(x, too_large)


def test_the_estimate_of_memory_grows_with_the_square_of_the_dense_part():
    one, two = (expected_cost(crossed_terms(8_000, m, 60_000)) for m in (1_000, 2_000))
    assert two.n_columns == 2 * one.n_columns
    assert 3 < two.gigabytes / one.gigabytes < 4.1
    assert two.seconds > 2 * one.seconds
