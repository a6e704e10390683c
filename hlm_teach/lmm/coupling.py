"""Z₂'Z₁, the block that couples the largest term with all others, and what is done with it.

Dense where most levels meet (every person reads every word), sparse where few do (a student meets
a few of a thousand lecturers; a child has one school). Both answer the same questions.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hlm_teach._shared.arrays import Array

from .working_term import WorkingTerm


class Coupling(Protocol):
    """A₂₁ = Z₂'Z₁ (M, L₁q₁)."""

    def outer(self, t: Array) -> Array:
        """A₂₁ T A₂₁' (M, M) for block-diagonal T (L₁, q₁, q₁)."""

    def to_rest(self, right: Array) -> Array:
        """A₂₁ times (L₁, q₁, m): (M, m)."""

    def to_first(self, right: Array) -> Array:
        """A₂₁' times (M, m): (L₁, q₁, m)."""

    def traced(self, w: Array, m: Array) -> Array:
        """Σ over levels of mᵢ (A₂₁'w A₂₁)ᵢᵢ mᵢ' (q₁, q₁)."""

    def diagonal(self, w: Array) -> Array:
        """The blocks (A₂₁'w A₂₁)ᵢᵢ of all levels (L₁, q₁, q₁)."""

    def rows(self, codes: NDArray[np.intp], weights: Array) -> Array:
        """Σ_a weights[:, a] (A₂₁')[code, a], one row a code: (m, M)."""


class DenseCoupling:
    """A₂₁' held as (L₁, q₁, M)."""

    def __init__(self, a12: Array) -> None:
        self.a12 = a12
        self._flat = a12.reshape(a12.shape[0] * a12.shape[1], a12.shape[2])

    def outer(self, t: Array) -> Array:
        return self._flat.T @ (t @ self.a12).reshape(self._flat.shape)

    def to_rest(self, right: Array) -> Array:
        return self._flat.T @ right.reshape(len(self._flat), -1)

    def to_first(self, right: Array) -> Array:
        return (self._flat @ right).reshape(*self.a12.shape[:2], right.shape[1])

    def traced(self, w: Array, m: Array) -> Array:
        turned = m @ self.a12
        again = (turned.reshape(self._flat.shape) @ w).reshape(turned.shape)
        return np.tensordot(turned, again, axes=((0, 2), (0, 2)))

    def diagonal(self, w: Array) -> Array:
        return (self._flat @ w).reshape(self.a12.shape) @ self.a12.transpose(0, 2, 1)

    def rows(self, codes: NDArray[np.intp], weights: Array) -> Array:
        return np.einsum("ma,mab->mb", weights, self.a12[codes])


class SparseCoupling:
    """A₂₁ held by its non-zero cells."""

    def __init__(self, a21: sparse.csr_array, n_effects: int) -> None:
        self.a21, self.q = a21, n_effects
        self.a12 = a21.T.tocsr()

    def outer(self, t: Array) -> Array:
        return (self.a21 @ _block_diagonal(t) @ self.a12).toarray()

    def to_rest(self, right: Array) -> Array:
        return self.a21 @ right.reshape(self.a12.shape[0], -1)

    def to_first(self, right: Array) -> Array:
        return (self.a12 @ right).reshape(-1, self.q, right.shape[1])

    def traced(self, w: Array, m: Array) -> Array:
        turned = (_block_diagonal(m) @ self.a12).tocsr()
        each = [turned[a :: self.q] for a in range(self.q)]
        result = np.empty((self.q, self.q))
        for a, left in enumerate(each):
            for b in range(a + 1):
                result[a, b] = result[b, a] = np.vdot(w, (left.T @ each[b]).toarray())
        return result

    def diagonal(self, w: Array) -> Array:
        blocks = np.empty((self.a12.shape[0] // self.q, self.q, self.q))
        step = max(1, 4_000_000 // (len(w) * self.q))
        for i in range(0, len(blocks), step):
            rows = self.a12[i * self.q : (i + step) * self.q]
            right = (rows @ w).reshape(-1, self.q, len(w))
            for a in range(self.q):
                part = rows[a :: self.q]
                for b in range(self.q):
                    blocks[i : i + step, b, a] = part.multiply(right[:, b]).sum(axis=1)
        return blocks

    def rows(self, codes: NDArray[np.intp], weights: Array) -> Array:
        pick = sparse.csr_array(
            (
                weights.ravel(),
                (codes[:, None] * self.q + np.arange(self.q)).ravel(),
                np.arange(len(codes) + 1) * self.q,
            ),
            shape=(len(codes), self.a12.shape[0]),
        )
        return (pick @ self.a12).toarray()


def make_coupling(first: WorkingTerm, rest: tuple[WorkingTerm, ...]) -> Coupling:
    """A₂₁ in the form that costs less."""
    parts = [_cross(term, first) for term in rest]
    if not parts:
        return DenseCoupling(np.zeros((first.n_levels, first.n_effects, 0)))
    a21 = sparse.vstack(parts, format="csr")
    met = np.bincount(a21.indices, minlength=a21.shape[1]).astype(float)
    by_cells, by_size = np.sum(met**2) * 8.0 + 100_000, 0.1 * a21.shape[0] ** 2 * a21.shape[1]
    if by_size < by_cells:
        return DenseCoupling(
            np.ascontiguousarray(a21.toarray().T).reshape(first.n_levels, first.n_effects, -1)
        )
    return SparseCoupling(a21, first.n_effects)


def _cross(term: WorkingTerm, first: WorkingTerm) -> sparse.csr_array:
    """Z_k'Z₁."""
    values = (term.z[:, :, None] * first.z[:, None, :]).ravel()
    shape = (len(term.z), term.n_effects, first.n_effects)
    rows = (term.codes[:, None] * term.n_effects + np.arange(term.n_effects))[:, :, None]
    columns = (first.codes[:, None] * first.n_effects + np.arange(first.n_effects))[:, None, :]
    return sparse.coo_array(
        (values, (np.broadcast_to(rows, shape).ravel(), np.broadcast_to(columns, shape).ravel())),
        shape=(term.n_columns, first.n_columns),
    ).tocsr()


def _block_diagonal(t: Array) -> sparse.csr_array | sparse.dia_array:
    levels, q, _ = t.shape
    if q == 1:
        return sparse.diags_array(t[:, 0, 0], format="csr")
    columns = np.repeat(np.arange(levels * q).reshape(levels, 1, q), q, axis=1)
    return sparse.csr_array(
        (t.ravel(), columns.ravel(), np.arange(levels * q + 1) * q), shape=(levels * q, levels * q)
    )
