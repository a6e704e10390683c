"""The optimum of the profiled deviance of several random terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .newton import minimise_batch
from .blocks import Blocks, Outcome, WorkingTerm
from .several_terms import Evaluation, average_information, evaluate

Array = NDArray[np.float64]

SINGULAR = 1e-4      # a standard deviation below 1e-4 residual SDs counts as zero (as in lme4)
_NEAR_ZERO = 0.02    # below this an exact zero is tried


def split_theta(blocks: Blocks, theta: Array) -> list[Array]:
    """θ of each term, from all of them in one vector."""
    ends = np.cumsum([len(term.free[0]) for term in blocks.terms])
    return np.split(theta, ends[:-1])


def triangle(term: WorkingTerm, theta: Array) -> Array:
    """The triangular (or diagonal) matrix that holds θ of one term."""
    matrix = np.zeros((term.n_effects, term.n_effects))
    matrix[term.free] = theta
    return matrix


def lambdas(blocks: Blocks, theta: Array) -> tuple[Array, ...]:
    """Λ_k in the working basis from θ."""
    return tuple(term.mix @ triangle(term, part)
                 for term, part in zip(blocks.terms, split_theta(blocks, theta), strict=True))


def directions(blocks: Blocks, relative: tuple[Array, ...]) -> list[tuple[int, Array]]:
    """dG_k/dθ_j = (dΛ_k Λ_k') + its transpose for each θ_j: (k, matrix)."""
    result = []
    for k, (term, lam) in enumerate(zip(blocks.terms, relative, strict=True)):
        for row, column in zip(*term.free, strict=True):
            half = np.outer(term.mix[:, row], lam[:, column])
            result.append((k, half + half.T))
    return result


def chain(blocks: Blocks, along: list[tuple[int, Array]], by_g: tuple[Array, ...]) -> Array:
    """Gradient in θ from gradients in each G_k."""
    return np.array([np.sum(by_g[k] * d) for k, d in along])


def bend(blocks: Blocks, by_g: tuple[Array, ...]) -> Array:
    """Σ (d/dG_k) d²G_k/dθ_i dθ_j: what the curvature of G = ΛΛ' adds to a Hessian in θ."""
    sizes = [len(term.free[0]) for term in blocks.terms]
    hessian = np.zeros((sum(sizes), sum(sizes)))
    start = 0
    for term, d, size in zip(blocks.terms, by_g, sizes, strict=True):
        rows, columns = term.free
        inner = 2 * term.mix.T @ d @ term.mix
        hessian[start:start + size, start:start + size] = (
            inner[np.ix_(rows, rows)] * (columns[:, None] == columns))
        start += size
    return hessian


def objective(blocks: Blocks, outcome: Outcome, theta: Array,
              reml: bool) -> tuple[float, Array, Array]:
    """Profiled deviance, gradient and (average-information) Hessian in θ."""
    relative = lambdas(blocks, theta)
    at = evaluate(blocks, outcome, relative, reml=reml, derivatives=True)
    along = directions(blocks, relative)
    dof = blocks.n_obs - blocks.n_fixed * reml
    by_g = gradient_by_g(at, dof / at.r2)
    slope = chain(blocks, along, at.r2_1) / at.r2
    hessian = dof * (average_information(at, along) / at.r2 - np.outer(slope, slope))
    return at.deviance, chain(blocks, along, by_g), hessian + bend(blocks, by_g)


def gradient_by_g(at: Evaluation, weight: float) -> tuple[Array, ...]:
    """Gradient of ℓ + weight · r² in each G_k."""
    return tuple(a + weight * b for a, b in zip(at.log_det1, at.r2_1, strict=True))


@dataclass(frozen=True)
class Optimum:
    """The optimum of one outcome, on the data's own scale; terms in the user's order."""

    theta: Array                    # working basis, terms in the order of elimination
    params: Array                   # (p,)
    cov_params: Array               # (p, p) σ²(X'V⁻¹X)⁻¹
    cov_re: tuple[Array, ...]       # G_k, the user's order
    sigma2: float
    llf: float
    singular: tuple[bool, ...]      # by term, the user's order
    converged: bool
    at: Evaluation


def fit_blocks(blocks: Blocks, outcome: Outcome, *, reml: bool = True) -> Optimum:
    """Minimise the profiled deviance of one outcome."""
    theta, converged = _search(blocks, outcome, reml)
    return back_to_data(blocks, outcome, theta, reml, converged)


def _search(blocks: Blocks, outcome: Outcome, reml: bool) -> tuple[Array, bool]:
    def batch(theta, index):
        value, gradient, hessian = objective(blocks, outcome, theta[:, 0], reml)
        return np.array([value]), gradient[:, None], hessian[:, :, None]

    diagonal = np.concatenate([t.free[0] == t.free[1] for t in blocks.terms]).astype(float)
    theta, value, ok = minimise_batch(batch, 0.5 * diagonal[:, None], np.zeros(1, int))
    return theta[:, 0], bool(ok[0])


def back_to_data(blocks: Blocks, outcome: Outcome, theta: Array, reml: bool,
                 converged: bool) -> Optimum:
    """Undo the working basis."""
    relative = lambdas(blocks, theta)
    at = evaluate(blocks, outcome, relative, reml=reml, derivatives=True)
    dof = blocks.n_obs - blocks.n_fixed * reml
    sigma2 = float(outcome.scale**2 * at.r2 / dof)
    r_inverse = np.linalg.inv(blocks.r_factor)
    log_det_r = np.log(np.abs(np.diag(blocks.r_factor))).sum()
    llf = -0.5 * (at.deviance + dof * np.log(outcome.scale**2) + reml * 2 * log_det_r)
    factors = [term.basis @ lam for term, lam in zip(blocks.terms, relative, strict=True)]
    place = np.argsort(blocks.order)
    flat = _singular(blocks, theta)
    return Optimum(
        theta, r_inverse @ (outcome.coef + outcome.scale * at.beta),
        sigma2 * r_inverse @ at.a_inverse @ r_inverse.T,
        tuple(sigma2 * factors[k] @ factors[k].T for k in place), sigma2, float(llf),
        tuple(flat[k] for k in place), converged, at)


def _singular(blocks: Blocks, theta: Array) -> list[bool]:
    """Is Λ_k, in units of σ and of the size of Z's columns, short of full rank?"""
    return [bool(np.linalg.svd(triangle(term, part), compute_uv=False)[-1] < SINGULAR)
            for term, part in zip(blocks.terms, split_theta(blocks, theta), strict=True)]
