"""The optimum of the profiled deviance, for one data set and for thousands at once.

Newton's method (newton.py) in θ, on the derivatives of likelihood.py. A likelihood can have several
maxima where groups are few or a variance is zero; there the search starts again from every
direction that could hold a better one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .degrees_of_freedom import Curvature
from .design import Design
from .likelihood import evaluate
from .newton import minimise_batch
from .packed_products import apply, congruence
from .response import CHUNK, Response
from .singular import is_singular
from .symmetric import pair_of
from .theta import directions, lambda_, profiled_derivatives, to_theta, triangle

_NEAR_ZERO = 0.02  # below this an exact zero is tried
_LEAST_START = 0.1  # the search doesn't begin nearer to zero, where the deviance is flat
_SIDE_BY_SIDE = 100  # up to so many problems, one call for all costs less than several calls
_FEW_GROUPS = 20  # with no more than these a second optimum is worth looking for


@dataclass(frozen=True)
class ProfiledFit:
    """Optima of R replicates, on the data's own scale."""

    theta: Array  # (k, R) working basis, diagonal of Λ not negative
    params: Array  # (R, p)
    cov_params: Array  # (R, p, p) σ²(X'V⁻¹X)⁻¹
    cov_re: Array  # (R, q, q) G
    sigma2: Array  # (R,)
    llf: Array  # (R,)
    singular: NDArray[np.bool_]
    converged: NDArray[np.bool_]


def fit_profiled(
    design: Design, response: Response, *, reml: bool = True, thorough: bool = True
) -> ProfiledFit:
    """Minimise the profiled deviance of every replicate.

    `thorough` False: no second search where the first ends at a singular optimum (for the stages
    of a search that is thorough at its end).
    """
    step = max(1, CHUNK // (len(design.counts) * design.n_random**2))
    sums = response.sums()
    chunks = [sums.take(slice(i, i + step)) for i in range(0, len(sums.scale), step)]
    found = [_search(design, chunk, reml, thorough) for chunk in chunks]
    theta = np.concatenate([theta for theta, _ in found], axis=1)
    converged = np.concatenate([ok for _, ok in found])
    parts = [
        _back_to_data(design, chunk, part, reml)
        for chunk, (part, _) in zip(chunks, found, strict=True)
    ]
    params, cov_params, cov_re, sigma2, llf, singular = (
        np.concatenate(values) for values in zip(*parts, strict=True)
    )
    return ProfiledFit(
        theta, params, cov_params, cov_re, sigma2, llf, singular.astype(bool), converged
    )


def _search(
    design: Design, response: Response, reml: bool, thorough: bool
) -> tuple[Array, NDArray[np.bool_]]:
    """Best θ of each replicate. With few groups, or at a singular optimum, there may be several
    optima: there the search is repeated from every direction that promises to compete."""

    def at_theta(theta, index, derivatives=2):
        relative = lambda_(design, theta)
        return evaluate(design, response.take(index), relative, reml=reml, derivatives=derivatives)

    def objective(theta, index):
        at = at_theta(theta, index)
        return at.deviance, *profiled_derivatives(design, at, theta)

    def descend(start, index):
        return minimise_batch(
            objective, start, index, value_of=lambda *end: at_theta(*end, derivatives=0).deviance
        )

    everyone = np.arange(len(response.scale))
    starts = np.concatenate(
        [_moment_start(design, response)[None], _spread_starts(design, everyone)]
    )
    start, _ = _best_start(design, response, starts, reml)
    theta, value, ok = descend(start, everyone)
    several = (design.n_groups <= _FEW_GROUPS) & (design.n_random > 1)
    doubtful = np.flatnonzero(_singular(design, theta) | ~ok | several)
    if len(doubtful) and thorough:
        start, index = _second_starts(design, response, doubtful, value, reml)
        for theta_i, value_i, ok_i, i in zip(
            *(np.moveaxis(part, -1, 0) for part in descend(start, index)), index, strict=True
        ):
            if value_i < value[i] - 1e-9:
                theta[:, i], value[i], ok[i] = theta_i, value_i, ok_i
    return _tidy(design, response, theta, value, reml), ok


def _second_starts(
    design: Design, response: Response, doubtful: NDArray[np.intp], value: Array, reml: bool
) -> tuple[Array, NDArray[np.intp]]:
    """Starts (k, m) in every direction that promises to compete with the optimum found, and the
    replicates (m,) they are for."""
    those = response.take(doubtful)
    families = np.array(_directed_starts(design))  # (f, s, k)
    number = len(families)
    if number * len(doubtful) <= _SIDE_BY_SIDE:  # few replicates: all families at once
        found = _best_of_families(design, those, families, reml)
    else:
        found = [_best_of_families(design, those, family[None], reml)[0] for family in families]
    near = [start_value < value[doubtful] + 10 + design.n_groups for _, start_value in found]
    return (
        np.concatenate(
            [start[:, use] for (start, _), use in zip(found, near, strict=True)], axis=1
        ),
        np.concatenate([doubtful[use] for use in near]),
    )


def _best_start(
    design: Design, response: Response, starts: Array, reml: bool
) -> tuple[Array, Array]:
    """For each replicate the θ (k, R) of `starts` (s, k, R) with the lowest deviance, and that."""
    number, k, size = starts.shape
    everyone = np.arange(size)
    side_by_side = np.moveaxis(starts, 0, 1).reshape(k, number * size)
    many = response.take(np.tile(everyone, number))
    at = evaluate(design, many, lambda_(design, side_by_side), reml=reml, derivatives=0)
    values = at.deviance.reshape(number, size)
    best = np.argmin(values, axis=0)
    return starts[best, :, everyone].T, values[best, everyone]


def _best_of_families(
    design: Design, response: Response, families: Array, reml: bool
) -> list[tuple[Array, Array]]:
    """`_best_start` for several families (f, s, k) of starts, which all replicates share."""
    number, size = len(families), len(response.scale)
    many = response.take(np.tile(np.arange(size), number))
    starts = np.repeat(np.moveaxis(families, 0, -1), size, axis=-1)  # (s, k, f·R)
    theta, value = _best_start(design, many, starts, reml)
    return list(zip(np.split(theta, number, axis=1), np.split(value, number), strict=True))


def _moment_start(design: Design, response: Response) -> Array:
    """θ (k, R) from what group means and slopes vary by, beyond what the residuals explain.

    y being residuals, ΣZ_j'yy'Z_j is of expectation about σ²Σ(Z_j'Z_j + Z_j'Z_j G Z_j'Z_j), and
    Z_j'Z_j is about (N/J) I in the working basis.
    """
    q, n, n_groups = design.n_random, design.n_obs, design.n_groups
    by_class = apply(congruence(design.k[..., None]), response.weighed(response.yy_between))
    within = response.yy_within / max(n - n_groups * q - design.n_fixed, 1)
    excess = (
        by_class.sum(axis=1)[pair_of(q)] / np.maximum(within, 1e-12) - n * np.eye(q)[:, :, None]
    )
    unmix = np.linalg.inv(design.mix)
    g = np.einsum("ab,bdr,ed->aer", unmix, excess * n_groups / n**2, unmix)
    sd = np.sqrt(np.clip(np.einsum("aar->ar", g), _LEAST_START**2, None))
    if design.n_theta < 3 or q > 2:
        start = np.eye(q)[:, :, None] * sd
    else:
        slope = np.clip(g[1, 0] / sd[0], -0.9 * sd[1], 0.9 * sd[1])
        start = np.array([[sd[0], np.zeros_like(slope)], [slope, np.sqrt(sd[1] ** 2 - slope**2)]])
    return start[design.free]


def _spread_starts(design: Design, everyone: NDArray[np.intp]) -> Array:
    """Independent random effects of small and large spread, (s, k, R)."""
    on_diagonal = (design.free[0] == design.free[1]).astype(float)
    starts = np.outer((0.2, 2.0), on_diagonal)
    return np.repeat(starts[:, :, None], len(everyone), axis=2)


def _directed_starts(design: Design) -> list[Array]:
    """Starts of several sizes in each direction in which the random effects may lie: all alike,
    one alone, or two together or against each other, the first or the second larger.

    The sizes are not small: near zero the search has been already.
    """
    sizes = np.array([0.7, 2.0, 6.0])
    rows, columns = design.free
    on_diagonal = (rows == columns).astype(float)
    starts = [np.outer(sizes, on_diagonal)]
    for a in range(design.n_random if design.n_theta > 1 else 0):
        starts.append(np.outer(sizes, np.where(rows == a, 1.0, 0.1) * on_diagonal))
        for b in np.flatnonzero((columns == a) & (rows > a)):
            for angle in np.pi * np.array([1, 2, 3, 5, 6, 7]) / 8:
                pair = 0.1 * on_diagonal
                pair[(rows == a) & (columns == a)] = np.sin(angle)
                pair[b] = np.cos(angle)
                starts.append(np.outer(sizes, pair))
    return starts


def _tidy(design: Design, response: Response, theta: Array, value: Array, reml: bool) -> Array:
    """Make the diagonal of Λ non-negative, and exactly zero where that costs no likelihood."""
    relative = triangle(design, theta)
    signs = np.where(np.einsum("aar->ar", relative) < 0, -1.0, 1.0)
    theta = (relative * signs)[design.free]
    for i in np.flatnonzero(design.free[0] == design.free[1]):
        near = np.flatnonzero(theta[i] < _NEAR_ZERO)
        if len(near):
            zeroed = theta[:, near]
            zeroed[i] = 0.0
            relative = lambda_(design, zeroed)
            at_zero = evaluate(design, response.take(near), relative, reml=reml, derivatives=0)
            theta[:, near] = np.where(
                at_zero.deviance <= value[near] + 1e-9, zeroed, theta[:, near]
            )
    return theta


def _singular(design: Design, theta: Array) -> NDArray[np.bool_]:
    return is_singular(np.moveaxis(triangle(design, theta), -1, 0))


def _back_to_data(design: Design, response: Response, theta: Array, reml: bool) -> tuple:
    """Undo the working basis: β, its covariance, G, σ², log-likelihood and the singular flag."""
    at = evaluate(design, response, lambda_(design, theta), reml=reml, derivatives=0)
    scale2 = response.scale**2
    sigma2 = scale2 * at.r2 / at.dof
    r_inverse = np.linalg.inv(design.r_factor)
    params = (r_inverse @ (response.coef + response.scale * at.beta)).T
    half = np.tensordot(r_inverse, at.a_inverse * sigma2, 1)
    cov_params = np.moveaxis(r_inverse @ half, -1, 0)
    factor = np.einsum("ab,bdr->adr", design.z_basis, lambda_(design, theta))
    cov_re = np.einsum("adr,bdr,r->rab", factor, factor, sigma2)
    log_det_r = np.log(np.abs(np.diag(design.r_factor))).sum()
    llf = -0.5 * (at.deviance + at.dof * np.log(scale2) + reml * 2 * log_det_r)
    return params, cov_params, cov_re, sigma2, llf, _singular(design, theta)


def curvature(design: Design, response: Response, fit: ProfiledFit, *, reml: bool) -> Curvature:
    """The bend of the deviance at the optima, in the data's units (see `Curvature`)."""
    at = evaluate(design, response, lambda_(design, fit.theta), reml=reml)
    scale2 = response.scale**2
    _, log_det2 = to_theta(design, fit.theta, at.log_det, at.log_det2)
    r1, r2 = to_theta(design, fit.theta, at.r2_gradient, at.r2_second)
    first, _ = directions(design, lambda_(design, fit.theta))
    information = np.einsum("fir,iklr->rfkl", first, at.information)
    r = design.r_factor
    return Curvature(
        fit.sigma2,
        design.n_obs - design.n_fixed * reml,
        fit.cov_params / fit.sigma2[:, None, None],
        np.moveaxis(log_det2, -1, 0),
        (scale2 * r1).T,
        np.moveaxis(scale2 * r2, -1, 0),
        r.T @ information @ r,
    )
