"""Products and inverses of matrices that are grouped by term and level.

Rows (or columns) of M effects stand term by term, level by level, effect by effect.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from hlm_teach._shared.arrays import Array

from .blocks import Blocks


def by_term(blocks: Blocks, first: Array, rest: Array) -> tuple[Array, ...]:
    """Split (L₁, q₁, m) and (M, m) into one (L_k, q_k, m) a term."""
    return (
        first,
        *(
            rest[columns].reshape(term.n_levels, term.n_effects, -1)
            for term, columns in zip(blocks.terms[1:], blocks.slices, strict=True)
        ),
    )


def scale_columns(
    b: Array, blocks: Blocks, relative: tuple[Array, ...], *, transposed: bool = False
) -> Array:
    """b Λ₂, or b Λ₂' (m, M)."""
    out = np.empty_like(b)
    for lam, columns in zip(relative[1:], blocks.slices, strict=True):
        lam = lam.T if transposed else lam
        out[:, columns] = (
            b[:, columns] * lam[0, 0]
            if len(lam) == 1
            else (b[:, columns].reshape(-1, len(lam)) @ lam).reshape(len(b), -1)
        )
    return out


def scale_rows(
    b: Array, blocks: Blocks, relative: tuple[Array, ...], *, transposed: bool = True
) -> Array:
    """Λ₂' b, or Λ₂ b (M, m)."""
    out = np.empty_like(b)
    for lam, rows in zip(relative[1:], blocks.slices, strict=True):
        lam = lam.T if transposed else lam
        out[rows] = (
            lam[0, 0] * b[rows]
            if len(lam) == 1
            else (lam @ b[rows].reshape(-1, len(lam), b.shape[1])).reshape(-1, b.shape[1])
        )
    return out


def contract(a: Array, b: Array, q: int) -> Array:
    """Sum over levels of a_i b_i' for rows grouped in q (q, q)."""
    return np.array(
        [
            [np.vdot(a[i::q], b[j::q]) if q == 1 else np.sum(a[i::q] * b[j::q]) for j in range(q)]
            for i in range(q)
        ]
    )


def own_blocks(b: Array, q: int) -> Array:
    """Sum of the q × q diagonal blocks of b."""
    return np.array([[np.sum(np.diag(b[i::q, j::q])) for j in range(q)] for i in range(q)])


def solve(cholesky: Array, right: Array, *, transposed: bool = False) -> Array:
    return linalg.solve_triangular(
        cholesky, right, lower=True, trans=int(transposed), check_finite=False
    )


def inverse_from_cholesky(cholesky: Array) -> Array:
    """(LL')⁻¹, both triangles filled."""
    inverse, info = linalg.lapack.dpotri(cholesky, lower=1)
    if info:
        raise np.linalg.LinAlgError("the factor of Λ'Z'ZΛ + I has a zero on its diagonal")
    np.copyto(inverse, inverse.T, where=~np.tri(len(inverse), dtype=bool))
    return inverse


def inverse(matrices: Array) -> Array:
    """Inverses (L, q, q)."""
    return np.asarray(np.linalg.inv(matrices), float)


def inverse_and_log_det(matrices: Array) -> tuple[Array, float]:
    """Inverses (L, q, q) and the sum of the log-determinants."""
    if matrices.shape[1] == 1:
        return 1 / matrices, float(np.log(matrices).sum())
    return inverse(matrices), float(np.linalg.slogdet(matrices)[1].sum())
