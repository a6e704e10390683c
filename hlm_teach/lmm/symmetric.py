"""Symmetric q × q matrices by their m = q(q + 1)/2 entries on and below the diagonal.

*Packed*: the entries themselves. *Folded*: the entries off the diagonal counted twice, so that
Σ_ab S_ab W_ab = Σ_i packed(S)_i folded(W)_i.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

Index = NDArray[np.intp]


@cache
def pairs(q: int) -> tuple[Index, Index]:
    """Row and column (m,) of each entry.

    >>> [index.tolist() for index in pairs(2)]
    [[0, 1, 1], [0, 0, 1]]
    """
    rows, columns = np.tril_indices(q)
    return rows, columns


@cache
def pair_of(q: int) -> Index:
    """Where the entry (a, b) is held, (q, q); ``packed(matrix)[pair_of(q)]`` unpacks.

    >>> pair_of(2).tolist()
    [[0, 1], [1, 2]]
    """
    index = np.empty((q, q), np.intp)
    rows, columns = pairs(q)
    index[rows, columns] = index[columns, rows] = np.arange(len(rows))
    return index


def size_of(m: int) -> int:
    """q from m = q(q + 1)/2."""
    return int((np.sqrt(8 * m + 1) - 1) / 2 + 0.5)


def packed(matrix: Array) -> Array:
    """Entries (m, …) of symmetric matrices (q, q, …)."""
    return matrix[pairs(len(matrix))]


def folded(matrix: Array) -> Array:
    """Entries (m, …) of symmetric matrices (q, q, …), those off the diagonal twice."""
    rows, columns = pairs(len(matrix))
    weight = np.where(rows == columns, 1.0, 2.0)
    return matrix[rows, columns] * weight.reshape(-1, *[1] * (matrix.ndim - 2))
