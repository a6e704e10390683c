"""Sums of products by group, and over the groups of a class.

See likelihood.py for the notation, symmetric.py for packed and folded matrices. Arrays put groups
(j) or classes (c) and replicates (r) last; a, b, e count random effects and k, l fixed effects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .symmetric import pairs

WIDE = 20  # with so many fixed effects a product of matrices is one for BLAS
_NARROW = 4  # up to so many columns BLAS is faster one by one: it spends no time on packing rows


def constant_within(x: Array, codes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which columns of x (N, p) have one value in every group: (p,); `codes` (N,) number the groups.

    >>> constant_within(np.array([[1.0, 5.0], [1.0, 6.0], [2.0, 5.0]]), np.array([0, 0, 1])).tolist()
    [True, False]
    """
    first = np.empty((int(codes.max()) + 1, x.shape[1]))
    first[codes[::-1]] = x[::-1]  # what is written last stays: the group's first row
    return np.all(x == first[codes], axis=0)


def folded_products(x: Array, y: Array) -> Array:
    """x_a y_b' + x_b y_a' (once where a = b) of (q, k, J) and (q, l, J): (m, k, l, J)."""
    rows, columns = pairs(len(x))
    outer = x[rows][:, :, None] * y[columns][:, None]
    twice = (rows != columns)[:, None, None, None]
    return outer + np.where(twice, x[columns][:, :, None] * y[rows][:, None], 0.0)


def class_products(x: Array, class_of: NDArray[np.intp]) -> Array:
    """Sums over the groups of each class of `folded_products` of x (q, p, J): (p, p, m, C)."""
    if x.shape[1] < WIDE:
        outer = class_sums(folded_products(x, x), class_of)  # (m, p, p, C)
        return np.ascontiguousarray(np.moveaxis(outer, 0, 2))
    rows, columns = pairs(len(x))
    out = np.empty((x.shape[1], x.shape[1], len(rows), int(class_of.max()) + 1))
    for c in range(out.shape[-1]):
        of_class = x[:, :, class_of == c]
        for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
            product = of_class[a] @ of_class[b].T
            out[:, :, i, c] = product if a == b else product + product.T
    return out


def row_products(rows: Array, columns: Array) -> Array:
    """Products of many rows (R, N) with a few columns (N, k): (k, R)."""
    if columns.shape[1] > _NARROW:
        return (rows @ columns).T
    return np.stack([rows @ column for column in columns.T])


def group_sums(rows: Array, starts: NDArray) -> Array:
    return np.add.reduceat(rows, starts, axis=0)


def class_sums(per_group: Array, class_of: NDArray, axis: int = -1) -> Array:
    """Sum over the groups of each class along `axis`."""
    n_classes = int(class_of.max()) + 1
    if n_classes == 1:
        return per_group.sum(axis=axis, keepdims=True)
    by_class = np.argsort(class_of, kind="stable")
    ordered = np.take(per_group, by_class, axis=axis)
    if n_classes == len(class_of):
        return ordered
    first = np.searchsorted(class_of[by_class], np.arange(n_classes))
    return np.add.reduceat(ordered, first, axis=axis)


def project(z: Array, k_inverse: Array, u_stat: Array, sizes: NDArray) -> Array:
    coef = np.einsum("eaj,emj->amj", k_inverse, u_stat)  # Z_j coef_j = U_j U_j'x_j
    return sum(z[:, a, None] * np.repeat(coef[a].T, sizes, axis=0) for a in range(len(coef)))
