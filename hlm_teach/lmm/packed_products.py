"""Products and inverses of many small symmetric matrices side by side, held by their packed entries.

symmetric.py says what packed and folded mean. Arrays put classes (c) and replicates (r) last, so
that each line below works on long contiguous rows; a, b, d, e count random effects and k, l fixed
effects.
"""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array

from .group_sums import WIDE
from .symmetric import packed, pair_of, pairs, size_of


def times(xx: Array, packed_s: Array) -> Array:
    """Σ_c Σ_i xx[k, l, i, c] s[…, i, c, r]: (…, p, p, R)."""
    p, outside, (m, n_classes, size) = len(xx), packed_s.shape[:-3], packed_s.shape[-3:]
    flat = packed_s.reshape(*outside, m * n_classes, size)
    return np.matmul(xx.reshape(p * p, m * n_classes), flat).reshape(*outside, p, p, size)


def from_pairs(xx: Array, matrix: Array) -> Array:
    """Σ_kl xx[k, l, i, c] M[k, l, r]: (m, C, R)."""
    p, _, m, n_classes = xx.shape
    size = matrix.shape[-1]
    flat = np.matmul(xx.reshape(p * p, -1).T, matrix.reshape(p * p, size))
    return flat.reshape(m, n_classes, size)


def left_inverse(a_inverse: Array, information: Array) -> Array:
    """A⁻¹ (p, p, R) times each matrix of `information`: (m, p, p, R)."""
    if len(a_inverse) < WIDE:
        return np.einsum("kmr,imlr->iklr", a_inverse, information)
    product = np.moveaxis(a_inverse, -1, 0) @ np.moveaxis(information, -1, 1)
    return np.moveaxis(product, 1, -1)


def left_product(k: Array, s: Array) -> Array:
    """K S (q, q, C, R), S packed."""
    q, index = len(k), pair_of(len(k))
    out = np.empty((q, q, *s.shape[1:]))
    for a in range(q):
        for e in range(q):
            out[a, e] = k[a, 0][:, None] * s[index[0, e]]
            for b in range(1, q):
                out[a, e] += k[a, b][:, None] * s[index[b, e]]
    return out


def symmetric_product(p: Array, k: Array) -> Array:
    """P K' packed, where that is symmetric: (m, C, R)."""
    rows, columns = pairs(len(k))
    out = np.empty((len(rows), *p.shape[2:]))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        out[i] = p[a, 0] * k[b, 0][:, None]
        for e in range(1, len(k)):
            out[i] += p[a, e] * k[b, e][:, None]
    return out


def congruence(p: Array) -> Array:
    """What takes a folded W to P W P', packed: (m, m, C, R)."""
    rows, columns = pairs(len(p))
    out = np.empty((len(rows), len(rows), *p.shape[2:]))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        for j, (e, f) in enumerate(zip(rows, columns, strict=True)):
            np.multiply(p[a, e], p[b, f], out=out[i, j])
            if e != f and a != b:
                out[i, j] += p[a, f] * p[b, e]
                out[i, j] *= 0.5
    return out


def apply(pp: Array, w: Array) -> Array:
    """P W P' of every class, W folded: (m, C, R)."""
    out = pp[:, 0] * w[0]
    for j in range(1, len(w)):
        out += pp[:, j] * w[j]
    return out


def cross(pp: Array, xy: Array) -> Array:
    """Σ_c P W_k P' for the folded W_k of every fixed effect: (m, p, R)."""
    return np.einsum("ijcr,jkcr->ikr", pp, xy)


def interleaved(u: Array, t: Array) -> Array:
    """Σ_c of dG ↦ tr(U dG T dG'), U and T symmetric: the packed matrix (m, m, R) that folded
    directions are contracted with."""
    q = size_of(len(u))
    products = np.einsum("icr,jcr->ijr", u, t)
    if q == 1:
        return products
    index = pair_of(q)
    rows, columns = pairs(q)
    a, b, d, e = rows[:, None], columns[:, None], rows, columns
    return 0.25 * (
        products[index[e, a], index[b, d]]
        + products[index[e, b], index[a, d]]
        + products[index[d, a], index[b, e]]
        + products[index[d, b], index[a, e]]
    )


def inverse_and_log_det(matrix: Array) -> tuple[Array, Array]:
    """Inverse, packed, and log-determinant of packed symmetric positive definite matrices."""
    if len(matrix) == 1:
        return 1 / matrix, np.log(matrix[0])
    if len(matrix) == 3:
        first, low, second = matrix
        schur = second - low * (low / first)
        corner = 1 / schur
        ratio = low / first
        side = -ratio * corner
        return np.stack([1 / first - ratio * side, side, corner]), np.log(first) + np.log(schur)
    index = pair_of(size_of(len(matrix)))
    inverse, log_det = inverse_of_full(matrix[index])
    return packed(inverse), log_det


def inverse_of_full(matrix: Array) -> tuple[Array, Array]:
    """Inverse and log-determinant of (n, n, …) symmetric positive definite matrices
    (Gauss-Jordan elimination of all side by side; no pivoting is needed for such matrices).
    NaN where a determinant isn't positive."""
    if len(matrix) >= WIDE:
        return _inverse_one_by_one(matrix)
    if len(matrix) == 2:  # the same elimination, written out: a third of the time
        inverse, log_det = inverse_and_log_det(packed(matrix))
        return inverse[pair_of(2)], log_det
    inverse = matrix.copy()
    log_det = np.zeros(matrix.shape[2:])
    for i in range(len(matrix)):
        pivot = inverse[i, i].copy()
        log_det += np.log(pivot)
        inverse[i, i] = 1.0
        inverse[i] /= pivot
        row, factor = inverse[i].copy(), inverse[:, i].copy()
        factor[i] = 0.0
        inverse[:, i] = 0.0
        inverse[i] = row
        inverse -= factor[:, None] * row
    return inverse, log_det


def _inverse_one_by_one(matrix: Array) -> tuple[Array, Array]:
    """The same for large matrices, by LAPACK."""
    each = np.moveaxis(matrix, (0, 1), (-2, -1))
    sign, log_det = np.linalg.slogdet(each)
    good = sign > 0
    inverse = np.linalg.inv(np.where(good[..., None, None], each, np.eye(len(matrix))))
    inverse = np.moveaxis(np.where(good[..., None, None], inverse, np.nan), (-2, -1), (0, 1))
    return (inverse + inverse.swapaxes(0, 1)) / 2, np.where(good, log_det, np.nan)
