r"""The restricted likelihood of a random-intercept model over (τ, σ), with all that it integrates out.

y_j = X_j β + 1·u_j + e_j,  u_j ~ N(0, τ²),  e_j ~ N(0, σ² I),  and β has a flat prior. Integrating β
out of the likelihood gives the restricted one (Harville 1974), so a flat β and REML are one and
the same. With θ = τ/σ, V_j = I + θ²11' and s_j = 1/(1 + n_j θ²),

    A = X'V⁻¹X = (within) + Σ_j s_j n_j x̄_j x̄_j',   b = X'V⁻¹y,   r² = y'V⁻¹y − b'A⁻¹b,
    log L_R = −(N − p)/2 · log 2πσ² − ½ Σ log(1 + n_j θ²) − ½ log|A| − r²/2σ²,
    β | τ, σ, y ~ N(A⁻¹b, σ²A⁻¹).

References
----------
Harville (1974), Biometrika 61, 383-385. Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1),
equations 35 and 42, doi:10.18637/jss.v067.i01.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

from .sums import InterceptSums


@dataclass(frozen=True)
class Surface:
    """log L_R at G pairs (τ, σ), up to a constant, and the distribution of β given each."""

    log_likelihood: Array  # (G,)
    beta: Array  # (G, p) in the working basis
    a_inverse: Array  # (G, p, p)


def reml_surface(sums: InterceptSums, tau: Array, sigma: Array) -> Surface:
    """Evaluate at pairs of τ and σ (G,), τ ≥ 0 and σ > 0; constants without them are left out."""
    theta2 = (tau / sigma) ** 2
    discount = 1 / (1 + np.multiply.outer(theta2, sums.sizes))  # (G, C)
    log_v = -np.log(discount) @ sums.counts
    a = sums.xx_within + np.tensordot(discount, sums.xx, 1)
    b = sums.xy_within + discount @ sums.xy
    yy = sums.yy_within + discount @ sums.yy
    a_inverse, log_a = _inverse(a)
    beta = np.einsum("gkl,gl->gk", a_inverse, b)
    r2 = np.maximum(yy - np.einsum("gk,gk->g", b, beta), 0.0)
    dof = sums.n_obs - sums.n_fixed
    log_l = -dof * np.log(sigma) - 0.5 * (log_v + log_a + r2 / sigma**2)
    return Surface(log_l, beta, a_inverse)


def _inverse(a: Array) -> tuple[Array, Array]:
    """Inverses and log determinants of a stack of positive definite matrices (G, p, p)."""
    if a.shape[-1] == 1:  # what a lab does many thousand times
        return 1 / a, np.log(a[:, 0, 0])
    inverse = np.asarray(np.linalg.inv(a), float)
    return inverse, np.asarray(np.linalg.slogdet(a)[1], float)
