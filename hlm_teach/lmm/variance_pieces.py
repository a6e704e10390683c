r"""Φ, P_i, Q_ij and the traces of Kenward & Roger (see kenward_roger.py), without an N × N matrix.

Everything is relative: Σ = σ²V, V = I + Σ_i γ_i G_i with G_i = Z_k E_i Z_k', and last of all the
identity of the residuals. This serves one grouping and thousands of replicates at once;
blocked_pieces.py serves a fitted model, whatever its terms.

One grouping factor
-------------------
likelihood.py writes Z_j = U_jK_j' and V_j⁻¹ = (I − U_jU_j') + U_jS_jU_j' with S_j = N_j⁻¹. So

    V_j⁻ᵐ = (I − U_jU_j') + U_j S_j^m U_j'

    X'V⁻¹G_iV⁻¹X        = Σ_j (U'X)' S K'E_iK S (U'X)
    X'V⁻¹G_iV⁻¹G_hV⁻¹X  = Σ_j (U'X)' S K'E_iK S K'E_hK S (U'X)
    tr(V⁻¹G_iV⁻¹G_h)    = Σ_j tr(K S K'E_i K S K'E_h)

and for the residual (G = I) the powers V⁻², V⁻³ by S², S³: nothing is subtracted from something
of nearly its own size, and groups of one class (the same K_j) share their sums.
"""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array

from .design import Design
from .kenward_roger import Pieces
from .matrices import inverses


def two_level_directions(design: Design) -> Array:
    """E_i (k, q, q) in the working basis: one a free entry of G."""
    rows, columns = design.free
    unit = np.zeros((len(rows), design.n_random, design.n_random))
    unit[np.arange(len(rows)), rows, columns] = 1.0
    unit[np.arange(len(rows)), columns, rows] = 1.0
    return design.mix @ unit @ design.mix.T


def two_level_pieces(design: Design, relative: Array) -> Pieces:
    """The pieces at Λ = `relative` (q, q, R) of R replicates, X in its orthonormal basis, σ² = 1.

    Parameters
    ----------
    design
        X, Z and the groups, from `sums.make_design`.
    relative
        Any square root of the relative G in the working basis, as `likelihood.lambda_` gives it.
    """
    k = np.moveaxis(design.k, -1, 0)  # (C, q, q)
    half: Array = k.swapaxes(1, 2) @ np.moveaxis(relative, -1, 0)[:, None]  # K'Λ (R, C, q, q)
    n: Array = half @ half.swapaxes(-1, -2) + np.eye(design.n_random)
    s: Array = inverses(n)
    s2: Array = s @ s
    inside = k.swapaxes(1, 2) @ two_level_directions(design)[:, None] @ k  # K'E_iK (i, C, q, q)
    turned = [s @ part for part in inside]  # S K'E_iK
    within = design.xx_within

    def between(middle: Array) -> Array:
        """Σ_j (U'X)'M(U'X) of (R, C, q, q) matrices M."""
        return np.einsum("rcab,abklc->rkl", middle, design.xx_by_class)

    p = [-between(part @ s) for part in turned] + [-(within + between(s2))]
    n_terms = len(p)
    q = np.empty((len(s), n_terms, n_terms, *within.shape))
    traces = np.empty((len(s), n_terms, n_terms))
    for i, first in enumerate(turned):
        for h, second in enumerate(turned):
            q[:, i, h] = between(first @ second @ s)
            traces[:, i, h] = np.einsum("rcab,rcba,c->r", first, second, design.counts)
        q[:, i, -1] = between(first @ s2)
        q[:, -1, i] = q[:, i, -1].swapaxes(1, 2)
        traces[:, i, -1] = traces[:, -1, i] = np.einsum("rcab,rcba,c->r", first, s, design.counts)
    q[:, -1, -1] = within + between(s2 @ s)
    traces[:, -1, -1] = np.einsum("rcaa,c->r", s2, design.counts) + (
        design.n_obs - design.n_groups * design.n_random
    )
    return Pieces(inverses(within + between(s)), np.stack(p, axis=1), q, traces)
