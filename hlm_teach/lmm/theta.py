"""θ, the parameters of Λ: from them to G, and back from derivatives by G to derivatives by θ."""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array

from .design import Design
from .likelihood import Evaluation
from .symmetric import packed


def lambda_(design: Design, theta: Array) -> Array:
    """Λ in the working basis (q, q, R) from θ (k, R)."""
    return np.einsum("ab,bdr->adr", design.mix, triangle(design, theta))


def triangle(design: Design, theta: Array) -> Array:
    """The triangular (or diagonal) matrix (q, q, R) that holds θ (k, R)."""
    relative = np.zeros((design.n_random, design.n_random, theta.shape[1]))
    relative[design.free] = theta
    return relative


def directions(design: Design, relative: Array) -> tuple[Array, Array]:
    """dG/dθ (k, m, R) and d²G/dθ² (k, k, m), folded, from G = ΛΛ'."""
    by_relative, bend = design.theta_maps
    k, m, q, _ = by_relative.shape
    size = relative.shape[-1]  # perhaps 0
    flat = relative.reshape(q * q, size)
    return (by_relative.reshape(k * m, q * q) @ flat).reshape(k, m, size), bend


def to_theta(design: Design, theta: Array, gradient: Array, second: Array) -> tuple[Array, Array]:
    """Chain rule: derivatives with respect to G -> (k, R) and (k, k, R) with respect to θ."""
    if design.n_random == 1:  # G = (mix θ)²
        bend = 2 * design.mix[0, 0] ** 2
        first, slope = bend * theta, gradient[0]
        return first * slope, first[:, None] * second * first + bend * slope
    first, bend = directions(design, lambda_(design, theta))
    by_pair = packed(gradient)
    half = np.einsum("fir,ijr->fjr", first, second)
    hessian = np.einsum("fjr,hjr->fhr", half, first) + np.einsum("fhi,ir->fhr", bend, by_pair)
    return np.einsum("fir,ir->fr", first, by_pair), (hessian + hessian.swapaxes(0, 1)) / 2


def profiled_derivatives(design: Design, at: Evaluation, theta: Array) -> tuple[Array, Array]:
    """Gradient (k, R) and Hessian (k, k, R) of the profiled deviance with respect to θ."""
    relative_gradient = at.r2_gradient / at.r2
    by_pair = packed(relative_gradient)
    gradient = at.log_det + at.dof * relative_gradient
    second = at.log_det2 + at.dof * (at.r2_second / at.r2 - by_pair[:, None] * by_pair)
    return to_theta(design, theta, gradient, second)
