r"""The deviance of a two-level model with structured residuals, and its gradient in everything.

    y_j = X_j β + Z_j u_j + e_j,   u_j ~ N(0, σ² L L'),   e_j ~ N(0, σ² R_j(δ))

With W = R^(-1/2) (residual_structure.py) the rows Wy, WX, WZ follow the model of likelihood.py.
For given (L, δ) the variance of Wy_j is σ²V_j, V_j = I + WZ_j LL'(WZ_j)', and by Woodbury's identity

    V_j⁻¹ = I − WZ_j Q_j (WZ_j)',   Q_j = L (I + L'(WZ_j)'WZ_j L)⁻¹ L'

so that β and σ² are profiled out as ever (Bates, Mächler, Bolker & Walker 2015, equations 35
and 42), and log|R| is added to the deviance.

In δ:   V⁻¹-weighted products change by dH'H + H'dH, where H = W(X − Z Q(WZ)'WX) and dH the same
with dW in front; log|V| changes by tr Q d((WZ)'WZ).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

from .residual_structure import ResidualStructure, log_det, whiten, whiten_slopes


@dataclass(frozen=True)
class Rows:
    """The rows of a model in sorted order, in a basis in which arithmetic is safe."""

    structure: ResidualStructure
    x: Array  # (N, p)
    z: Array  # (N, q)
    y: Array  # (N,)


@dataclass(frozen=True)
class Parts:
    """What the deviance is made of, with derivatives by the relative G (a, b) and by δ (last).

    Derivatives by G are symmetric and treat its q² entries as separate.
    """

    log_det: float  # log|V| + log|R|, and log|X'V⁻¹X| under REML
    r2: float
    a_matrix: Array  # (p, p) X'V⁻¹X
    log_det_g: Array  # (q, q)
    log_det_delta: Array  # (d,)
    r2_g: Array  # (q, q)
    r2_delta: Array  # (d,)
    a_g: Array  # (q, q, p, p)
    a_delta: Array  # (d, p, p)


def parts(rows: Rows, factor: Array, delta: Array, *, reml: bool) -> Parts:
    """The parts at relative factor L (q, q) and residual parameters δ (d,)."""
    structure, q, codes = rows.structure, rows.z.shape[1], rows.structure.codes
    raw = np.column_stack([rows.z, rows.x, rows.y])
    white = whiten(structure, delta, raw)
    z, h = white[:, :q], white[:, q:]
    products = np.add.reduceat(z[:, :, None] * white[:, None, :], structure.starts)  # Z'[Z X y]
    zz, zh = products[:, :, :q], products[:, :, q:]
    inner = np.eye(q) + factor.T @ zz @ factor
    q_j = factor @ np.linalg.inv(inner) @ factor.T
    spherical = np.linalg.solve(inner, factor.T @ zh)  # L⁻¹ times the effects of [X y]
    cut = (factor @ spherical)[codes]  # what is taken off each row, per unit of Z
    h = h - np.einsum("na,nak->nk", z, cut)  # V⁻¹W[X y]
    weighted = white[:, q:].T @ h
    a_matrix = weighted[:-1, :-1]  # X'V⁻¹X
    beta = np.linalg.solve(a_matrix, weighted[:-1, -1])
    residual = np.append(-beta, 1.0)
    log_r, log_r_slope = log_det(structure, delta)
    value = np.linalg.slogdet(inner)[1].sum() + log_r
    # in G: dV = WZ dG (WZ)'
    f = zh - zz @ (q_j @ zh)  # Z'V⁻¹[X y], (J, q, p + 1)
    log_g = (zz - zz @ q_j @ zz).sum(axis=0)
    products_g = -np.einsum("jak,jbl->abkl", f, f)  # d[X y]'V⁻¹[X y]/dG
    products_g = (products_g + products_g.swapaxes(0, 1)) / 2
    # in δ
    slopes = whiten_slopes(structure, delta, raw)
    cut_slopes = slopes[:, :, q:] - np.einsum("dna,nak->dnk", slopes[:, :, :q], cut)
    products_d = np.einsum("dnk,nl->dkl", cut_slopes, h)
    products_d = products_d + products_d.swapaxes(1, 2)
    log_d = log_r_slope + 2 * np.einsum("dna,nab,nb->d", slopes[:, :, :q], q_j[codes], z)
    if reml:
        value += np.linalg.slogdet(a_matrix)[1]
        a_inverse = np.linalg.inv(a_matrix)
        log_g = log_g + np.einsum("kl,abkl->ab", a_inverse, products_g[:, :, :-1, :-1])
        log_d = log_d + np.einsum("kl,dkl->d", a_inverse, products_d[:, :-1, :-1])
    return Parts(
        float(value),
        _penalised_squares(h @ residual, spherical @ residual),
        a_matrix,
        log_g,
        log_d,
        products_g @ residual @ residual,
        products_d @ residual @ residual,
        products_g[:, :, :-1, :-1],
        products_d[:, :-1, :-1],
    )


def _penalised_squares(rows: Array, spherical: Array) -> float:
    """r'V⁻¹r as what the random effects leave plus what they cost: of r and its projection, as
    r'(r − Zu), digits are lost where the SD of a stratum is next to nothing."""
    return float(np.sum(rows**2) + np.sum(spherical**2))
