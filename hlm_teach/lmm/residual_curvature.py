"""How the deviance bends in the variances and in the residual parameters together.

Satterthwaite's degrees of freedom ask how well a standard error is known; with memory or several
residual SDs it is known less well than (θ, σ²) alone would say, because φ and the ratios are
estimated, too. First derivatives are exact (residual_likelihood.py); second ones are their
central differences.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .degrees_of_freedom import Curvature
from .residual_likelihood import parts
from .residual_search import Raw, Whitened
from .theta import triangle

_STEP = 1e-4


def residual_curvature(raw: Raw, best: Whitened) -> Curvature:
    """The `Curvature` in (θ, δ); δ at the end of its range, or zero, is taken as known."""
    inside = np.flatnonzero(raw.structure.inside(best.delta))
    if raw.structure.at_zero(best.delta).any():
        best = raw.whitened(raw.structure.off_zero(best.delta), thorough=True)
    k = best.design.n_theta
    point = np.concatenate([best.fit.theta[:, 0], best.delta[inside]])
    size = _sizes(best, inside)

    def slopes(at: Array) -> tuple[Array, Array, Array]:
        delta = best.delta.copy()
        delta[inside] = at[k:]
        return _slopes(raw, best, at[:k], delta, inside)

    log_det2, r2_second = _differences(lambda at: slopes(at)[:2], point, _STEP * size)
    _, r2_slope, a_slope = slopes(point)
    # In units of θ's size: beside rows that weigh 10⁷ times as much θ is huge, and what bends
    # little for that must not be taken for what doesn't bend.
    unit = np.append(np.maximum(size[:k], 1.0), np.ones(len(inside)))
    scale2 = raw.scale**2
    r = raw.r_factor
    return Curvature(
        best.fit.sigma2,
        len(raw.y) - raw.x.shape[1] * raw.reml,
        best.fit.cov_params / best.fit.sigma2[:, None, None],
        (log_det2 * np.outer(unit, unit))[None],
        scale2 * (r2_slope * unit)[None],
        scale2 * (r2_second * np.outer(unit, unit))[None],
        -(r.T @ (a_slope * unit[:, None, None]) @ r)[None],
    )


def _sizes(best: Whitened, inside: NDArray[np.intp]) -> Array:
    """How large each of (θ, δ) is: θ as its row of Λ; none less than 0.1."""
    spread = np.linalg.norm(triangle(best.design, best.fit.theta)[:, :, 0], axis=1)  # by row of Λ
    return np.maximum(
        np.concatenate([spread[best.design.free[0]], np.abs(best.delta[inside])]), 0.1
    )


def _slopes(
    raw: Raw, best: Whitened, theta: Array, delta: Array, inside: NDArray[np.intp]
) -> tuple[Array, Array, Array]:
    """d log|V|, dr² and dX'V⁻¹X by each of θ and of the δ that aren't known."""
    design = best.design
    basis = np.linalg.solve(raw.safe_basis, design.z_basis @ design.mix)
    factor = basis @ triangle(design, theta[:, None])[:, :, 0]
    found = parts(raw.rows, factor, delta, reml=raw.reml)
    by_theta = [2 * (basis.T @ g @ factor)[design.free] for g in (found.log_det_g, found.r2_g)]
    a_theta = 2 * np.einsum("ca,cdkl,de->aekl", basis, found.a_g, factor)[design.free]
    return (
        np.append(by_theta[0], found.log_det_delta[inside]),
        np.append(by_theta[1], found.r2_delta[inside]),
        np.concatenate([a_theta, found.a_delta[inside]]),
    )


def _differences(slopes, point: Array, steps: Array) -> tuple[Array, Array]:
    """Central differences of two gradients: two symmetric Hessians."""
    rows = []
    for i, size in enumerate(steps):
        step = np.zeros_like(point)
        step[i] = size
        up, down = slopes(point + step), slopes(point - step)
        rows.append([(u - d) / (2 * size) for u, d in zip(up, down, strict=True)])
    first, second = (np.array([row[n] for row in rows]) for n in (0, 1))
    return (first + first.T) / 2, (second + second.T) / 2
