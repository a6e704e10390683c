"""The optimum of the profiled deviance of several random terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .blocked_cholesky import Evaluation, average_information, evaluate
from .blocks import Blocks, Outcome, WorkingTerm
from .newton import minimise_batch
from .singular import is_singular

_ENOUGH = 1e-10  # average information is not the Hessian: one step more than Newton's method
_NEAR_ZERO = 0.02  # below this an exact zero is tried
_FEW_LEVELS = 6  # with no more than these a second optimum is worth looking for
_CHEAP_COLUMNS = 150  # with no more effects than these in the dense part a look costs nothing
_MANY_COLUMNS = 600  # with more effects in the dense part than these it is not: minutes for nothing


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
    return tuple(
        term.mix @ triangle(term, part)
        for term, part in zip(blocks.terms, split_theta(blocks, theta), strict=True)
    )


def directions(blocks: Blocks, relative: tuple[Array, ...]) -> list[tuple[int, Array]]:
    """dG_k/dθ_j = (dΛ_k Λ_k') + its transpose for each θ_j: (k, matrix)."""
    result = []
    for k, (term, lam) in enumerate(zip(blocks.terms, relative, strict=True)):
        for row, column in zip(*term.free, strict=True):
            half = np.outer(term.mix[:, row], lam[:, column])
            result.append((k, half + half.T))
    return result


def chain(along: list[tuple[int, Array]], by_g: tuple[Array, ...]) -> Array:
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
        hessian[start : start + size, start : start + size] = inner[np.ix_(rows, rows)] * (
            columns[:, None] == columns
        )
        start += size
    return hessian


def objective(
    blocks: Blocks, outcome: Outcome, theta: Array, reml: bool
) -> tuple[float, Array, Array]:
    """Profiled deviance, gradient and (average-information) Hessian in θ."""
    at = evaluate(blocks, outcome, lambdas(blocks, theta), reml=reml, derivatives=True)
    return at.deviance, *slopes(blocks, at, reml)


def slopes(blocks: Blocks, at: Evaluation, reml: bool) -> tuple[Array, Array]:
    """Gradient and (average-information) Hessian of the profiled deviance in θ."""
    along = directions(blocks, at.factor.relative)
    dof = blocks.n_obs - blocks.n_fixed * reml
    by_g = gradient_by_g(at, dof / at.r2)
    slope = chain(along, at.r2_1) / at.r2
    hessian = dof * (average_information(at, along) / at.r2 - np.outer(slope, slope))
    return chain(along, by_g), hessian + bend(blocks, by_g)


def gradient_by_g(at: Evaluation, weight: float) -> tuple[Array, ...]:
    """Gradient of ℓ + weight · r² in each G_k."""
    return tuple(a + weight * b for a, b in zip(at.log_det1, at.r2_1, strict=True))


@dataclass(frozen=True)
class Optimum:
    """The optimum of one outcome, on the data's own scale; terms in the user's order."""

    theta: Array  # working basis, terms in the order of elimination
    params: Array  # (p,)
    cov_params: Array  # (p, p) σ²(X'V⁻¹X)⁻¹
    cov_re: tuple[Array, ...]  # G_k, the user's order
    sigma2: float
    llf: float
    singular: tuple[bool, ...]  # by term, the user's order
    converged: bool
    at: Evaluation


@dataclass(frozen=True)
class _Found:
    """Where a search ended."""

    theta: Array
    at: Evaluation
    converged: bool

    @property
    def value(self) -> float:
        return self.at.deviance


def fit_blocks(
    blocks: Blocks, outcome: Outcome, *, reml: bool = True, start: Array | None = None
) -> Optimum:
    """Minimise the profiled deviance of one outcome, from θ = `start` if that is known to be near.

    A likelihood can have several maxima where levels are few or a variance is zero; there the
    search starts again from every direction that promises to compete.
    """
    starts = _spread_starts(blocks) if start is None else start[None, :]
    found = _descend(blocks, outcome, reml, _lowest(blocks, outcome, reml, starts)[0])
    if _doubtful(blocks, found):
        for again in _second_starts(blocks, outcome, reml, found.value):
            other = _descend(blocks, outcome, reml, again)
            if other.value < found.value - 1e-9:
                found = other
    return _back_to_data(blocks, outcome, _tidy(blocks, outcome, reml, found), reml)


def _descend(blocks: Blocks, outcome: Outcome, reml: bool, start: Array) -> _Found:
    """The local minimum below `start`."""
    best: list[tuple[Array, Evaluation]] = []

    def batch(theta: Array, index: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        point = theta[:, 0].copy()
        at = evaluate(blocks, outcome, lambdas(blocks, point), reml=reml, derivatives=True)
        if not best or at.deviance <= best[0][1].deviance:
            best[:] = [(point, at)]
        gradient, hessian = slopes(blocks, at, reml)
        return np.array([at.deviance]), gradient[:, None], hessian[:, :, None]

    *_, ok = minimise_batch(batch, start[:, None], np.zeros(1, int), enough=_ENOUGH)
    return _Found(*best[0], bool(ok[0]))


def _doubtful(blocks: Blocks, found: _Found) -> bool:
    """Could there be a better optimum? Not where every level of many has enough to say."""
    few = any(term.n_levels <= _FEW_LEVELS for term in blocks.terms)
    small = len(blocks.a22) <= _MANY_COLUMNS
    return not found.converged or (small and (few or any(_singular(blocks, found.theta))))


def _lowest(blocks: Blocks, outcome: Outcome, reml: bool, starts: Array) -> tuple[Array, float]:
    """The θ of `starts` (s, k) with the lowest deviance, and that deviance."""
    if len(starts) == 1:
        return starts[0], -np.inf
    values = [
        evaluate(blocks, outcome, lambdas(blocks, start), reml=reml).deviance for start in starts
    ]
    return starts[int(np.argmin(values))], min(values)


def on_diagonal(blocks: Blocks) -> Array:
    """1 where θ stands on a diagonal of Λ (a relative SD), else 0."""
    return np.concatenate([term.free[0] == term.free[1] for term in blocks.terms]).astype(float)


def _spread_starts(blocks: Blocks) -> Array:
    """Independent random effects of middling, and where that is cheap small and large, spread."""
    sizes = (0.5,) if len(blocks.a22) > _CHEAP_COLUMNS else (0.5, 0.15, 2.0)
    return np.outer(sizes, on_diagonal(blocks))


def _second_starts(blocks: Blocks, outcome: Outcome, reml: bool, value: float) -> list[Array]:
    """The best start of each direction that promises to compete with the optimum found."""
    found = [_lowest(blocks, outcome, reml, starts) for starts in _directed_starts(blocks)]
    near = 10 + min(term.n_levels for term in blocks.terms)
    return [start for start, start_value in found if start_value < value + near]


def _directed_starts(blocks: Blocks) -> list[Array]:
    """Starts of several sizes in each direction in which the random effects may lie: all terms
    alike, one term alone, one effect of it alone, two effects together or against each other.

    The sizes are not small: near zero the search has been already.
    """
    sizes = np.array([0.5, 1.5, 6.0])
    diagonal = on_diagonal(blocks)
    starts, begin = [np.outer(sizes, diagonal)], 0
    for term in blocks.terms:
        own = slice(begin, begin + len(term.free[0]))
        begin = own.stop
        for direction in _directions_of(term):
            start = np.outer(np.full(3, 0.1), diagonal)
            start[:, own] = np.outer(sizes, direction)
            starts.append(start)
    return starts


def _directions_of(term: WorkingTerm) -> list[Array]:
    """Directions of one term's θ: all effects alike, one alone, pairs at several angles."""
    rows, columns = term.free
    diagonal = (rows == columns).astype(float)
    found = [diagonal]
    for a in range(term.n_effects if term.n_effects > 1 else 0):
        found.append(np.where(rows == a, 1.0, 0.1) * diagonal)
        for b in np.flatnonzero((columns == a) & (rows > a)):
            for angle in np.pi * np.array([1, 3, 5, 7]) / 8:
                pair = 0.1 * diagonal
                pair[(rows == a) & (columns == a)] = np.sin(angle)
                pair[b] = np.cos(angle)
                found.append(pair)
    return found


def _tidy(blocks: Blocks, outcome: Outcome, reml: bool, found: _Found) -> _Found:
    """Make the diagonals of Λ non-negative, and exactly zero where that costs no likelihood."""
    parts = []
    for term, part in zip(blocks.terms, split_theta(blocks, found.theta), strict=True):
        matrix = triangle(term, part)
        parts.append((matrix * np.where(np.diag(matrix) < 0, -1.0, 1.0))[term.free])
    theta = np.concatenate(parts)
    for i in np.flatnonzero(on_diagonal(blocks) * (theta < _NEAR_ZERO) * (theta > 0)):
        zeroed = theta.copy()
        zeroed[i] = 0.0
        there = evaluate(blocks, outcome, lambdas(blocks, zeroed), reml=reml)
        theta = zeroed if there.deviance <= found.value + 1e-9 else theta
    if np.array_equal(theta, found.theta):
        return found
    at = evaluate(blocks, outcome, lambdas(blocks, theta), reml=reml, derivatives=True)
    return _Found(theta, at, found.converged)


def _back_to_data(blocks: Blocks, outcome: Outcome, found: _Found, reml: bool) -> Optimum:
    """Undo the working basis."""
    at = found.at
    dof = blocks.n_obs - blocks.n_fixed * reml
    sigma2 = float(outcome.scale**2 * at.r2 / dof)
    r_inverse = np.linalg.inv(blocks.r_factor)
    log_det_r = np.log(np.abs(np.diag(blocks.r_factor))).sum()
    llf = -0.5 * (at.deviance + dof * np.log(outcome.scale**2) + reml * 2 * log_det_r)
    pairs = zip(blocks.terms, at.factor.relative, strict=True)
    factors = [term.basis @ lam for term, lam in pairs]
    place = np.argsort(blocks.order)
    flat = _singular(blocks, found.theta)
    return Optimum(
        found.theta,
        r_inverse @ (outcome.coef + outcome.scale * at.beta),
        sigma2 * r_inverse @ at.a_inverse @ r_inverse.T,
        tuple(sigma2 * factors[k] @ factors[k].T for k in place),
        sigma2,
        float(llf),
        tuple(flat[k] for k in place),
        found.converged,
        at,
    )


def _singular(blocks: Blocks, theta: Array) -> list[bool]:
    return [
        bool(is_singular(triangle(term, part)))
        for term, part in zip(blocks.terms, split_theta(blocks, theta), strict=True)
    ]
