"""Satterthwaite's degrees of freedom, from how the deviance bends at its optimum (`Curvature`).

Kenward and Roger's stand in kenward_roger.py; df_methods.py puts a fit's choice behind one face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array


@dataclass(frozen=True)
class Curvature:
    """How the (RE)ML deviance of R fits bends at their optima, in the k parameters θ of Λ.

    With d(θ, σ²) = ℓ(θ) + ν log σ² + r²(θ)/σ² up to a constant, where ℓ is log|V| (plus
    log|X'V⁻¹X| under REML) and ν = N (N − p under REML).
    """

    sigma2: Array  # (R,)
    dof: int  # ν
    a_inverse: Array  # (R, p, p) (X'V⁻¹X)⁻¹
    log_det2: Array  # (R, k, k) second derivatives of ℓ
    r2_gradient: Array  # (R, k)
    r2_second: Array  # (R, k, k)
    information: Array  # (R, k, p, p) −d(X'V⁻¹X)/dθ


def satterthwaite(curvature: Curvature, contrasts: Array) -> Array:
    r"""Satterthwaite degrees of freedom (R, m) of the t statistics of m contrasts c'β.

    .. math:: \nu = \frac{2 v^2}{g' A g}, \qquad v = \sigma^2 c'(X'V^{-1}X)^{-1}c

    g is the gradient of v in (θ, σ²), A the asymptotic covariance of (θ̂, σ̂²): twice the inverse
    Hessian of the deviance; both are exact here. Directions in which the deviance does not bend
    upwards (at a singular fit) are left out, so that the degrees of freedom of a singular fit
    take its zero variances as known: too many.

    Parameters
    ----------
    contrasts
        One c a row, (m, p).

    References
    ----------
    Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13),
    doi:10.18637/jss.v082.i13.
    """
    s = curvature.sigma2
    ac = np.einsum("rkl,ml->rmk", curvature.a_inverse, contrasts)
    v_over_s = np.einsum("rmk,mk->rm", ac, contrasts)
    turned = ac[:, None] @ curvature.information  # (R, θ, m, p)
    by_theta = np.einsum("rimk,rmk->rmi", turned, ac)  # of v/s
    # in (θ, log σ²): one scale for both
    gradient = np.concatenate([by_theta, v_over_s[:, :, None]], axis=2)
    cross = -(curvature.r2_gradient / s[:, None])[:, :, None]
    corner = np.full((len(s), 1, 1), float(curvature.dof))
    hessian = np.block(
        [
            [curvature.log_det2 + curvature.r2_second / s[:, None, None], cross],
            [cross.transpose(0, 2, 1), corner],
        ]
    )
    values, vectors = np.linalg.eigh(hessian)
    along = np.einsum("rmi,rij->rmj", gradient, vectors) ** 2
    kept = values > 1e-8 * values[:, -1:]
    weight = np.where(kept, 1 / np.where(kept, values, 1.0), 0.0)
    return v_over_s**2 / np.einsum("rmj,rj->rm", along, weight)
