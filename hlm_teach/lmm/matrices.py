"""What several files ask of small matrices: an orthonormal basis, square roots, inverses."""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array


class DependentColumns(ValueError):
    """Columns of X or Z say what others already say."""


def orthonormal(x: Array, name: str) -> tuple[Array, Array]:
    """Q and R with X = Q R.

    Raises
    ------
    DependentColumns
        If columns of X are linearly dependent; `name` says what X is.
    """
    q, r = np.linalg.qr(x)
    if np.any(np.abs(np.diag(r)) <= 1e-10 * np.linalg.norm(x, axis=0)):
        raise DependentColumns(
            f"the columns of {name} are linearly dependent: leave out what the others already say"
        )
    return q, r


def square_root(matrix: Array) -> Array:
    """The symmetric square root of a positive semi-definite matrix: the same on any machine, since
    the signs of eigenvectors, which are not, cancel.

    >>> square_root(np.array([[4.0, 0.0], [0.0, 9.0]])).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    values, vectors = np.linalg.eigh(matrix)
    root: Array = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root


def inverses(matrices: Array) -> Array:
    """Inverses of (..., q, q) matrices."""
    return np.asarray(np.linalg.inv(matrices), np.float64)
