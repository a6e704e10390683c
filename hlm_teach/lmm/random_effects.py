"""Random effects of one term: the BLUPs û_j, and how far u_j may lie from them.

Those of several terms are `effects` and `effects_se` in blocked_fit.py.
"""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array

from .design import Design
from .response import Response
from .theta import lambda_


def relative_g(design: Design, theta: Array) -> Array:
    """G/σ² (q, q) in the working basis."""
    relative = lambda_(design, theta)[:, :, 0]
    return relative @ relative.T


def weights_by_group(design: Design, theta: Array) -> tuple[Array, Array]:
    """S = N⁻¹ (J, q, q) and K S (J, q, q) of every group."""
    k = _k_by_group(design)
    kl = k.transpose(0, 2, 1) @ lambda_(design, theta)[:, :, 0]
    s = np.asarray(np.linalg.inv(np.eye(k.shape[1]) + kl @ kl.transpose(0, 2, 1)), float)
    return s, k @ s


def _k_by_group(design: Design) -> Array:
    return np.moveaxis(design.k[:, :, design.class_of], -1, 0)


def blups(design: Design, response: Response, beta: Array, g: Array, ks: Array) -> Array:
    """û_j = G Z_j'V_j⁻¹(y_j − X_jβ̂)/σ² of every group in the data's units, (J, q).

    β̂ (p,) in the working basis, `g` from `relative_g`, `ks` (K S) from `weights_by_group`.
    """
    residual = response.uy[:, 0, :] - np.einsum("akj,k->aj", design.ux, beta)
    v = np.einsum("jab,bj->ja", ks, residual)
    return response.scale[0] * v @ g @ design.z_basis.T


def conditional_covariance(design: Design, sigma2: float, g: Array, ks: Array) -> Array:
    """σ²(G − G T_j G) of u_j given the data, the parameters taken as known (J, q, q)."""
    relative = g - g @ (ks @ _k_by_group(design).transpose(0, 2, 1)) @ g
    basis = design.z_basis
    return sigma2 * basis @ relative @ basis.T


def standard_errors(covariance: Array) -> Array:
    """Standard deviations (J, q) from `conditional_covariance`."""
    return np.sqrt(np.maximum(np.einsum("jaa->ja", covariance), 0))


def lost_with_beta(design: Design, g: Array, ks: Array) -> Array:
    """G Z_j'V_j⁻¹X_j/σ² of every group, (J, q, p): what û_j loses when β̂ is off by one."""
    f = np.einsum("jab,bkj->jak", ks, design.ux) @ design.r_factor
    return design.z_basis @ g @ f
