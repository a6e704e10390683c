"""The random terms of a fitted model as Kenward and Roger's pieces want them: G = Σ γ_i E_i."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hlm_teach._shared.arrays import Array

from .frame import ModelFrame
from .matrices import inverses
from .terms import RandomTerm, levels_of


@dataclass(frozen=True)
class TermAtOptimum:
    """One random term: its rows of Z, their levels, and G = Σ γ_i E_i, relative to σ²."""

    z: Array  # (N, q)
    codes: NDArray[np.intp]  # (N,) level of each row, 0 … L − 1
    directions: Array  # (k, q, q) E_i
    gammas: Array  # (k,) γ_i

    @property
    def n_levels(self) -> int:
        return int(self.codes.max()) + 1

    @property
    def n_effects(self) -> int:
        return self.z.shape[1]

    @property
    def g(self) -> Array:
        return np.einsum("i,iab->ab", self.gammas, self.directions)

    def matrix(self) -> sparse.csr_array:
        """Z as a sparse (N, L q) matrix, the effects of a level side by side."""
        n, q = self.z.shape
        columns = self.codes[:, None] * q + np.arange(q)
        rows = np.repeat(np.arange(n), q)
        return sparse.csr_array(
            (self.z.ravel(), (rows, columns.ravel())), (n, self.n_levels * q), dtype=float
        )


def terms_at(
    frame: ModelFrame, cov_re: Mapping[str, Array], sigma2: float
) -> list[tuple[TermAtOptimum, Array]]:
    """Each term in orthogonal columns ZT, and T (q, q)."""
    return [_at_optimum(term, cov_re[term.group] / sigma2) for term in frame.terms]


def _at_optimum(term: RandomTerm, g: Array) -> tuple[TermAtOptimum, Array]:
    z = term.design.to_numpy()
    inverse = np.linalg.qr(z)[1] / np.sqrt(len(z))  # T⁻¹
    basis = inverses(inverse)
    codes = levels_of(term.labels)[1]
    if not term.correlated:
        size = np.linalg.norm(inverse, axis=0)
        columns = inverse / size  # an effect of Z's own column
        directions = np.einsum("ai,bi->iab", columns, columns)
        return TermAtOptimum(z @ basis, codes, directions, np.diag(g) * size**2), basis
    rows, columns = np.tril_indices(len(g))
    turned = inverse @ g @ inverse.T
    directions = correlated_directions(len(g))
    return TermAtOptimum(z @ basis, codes, directions, turned[rows, columns]), basis


def correlated_directions(n_effects: int) -> Array:
    """E_i of a full symmetric G: one an entry of the lower triangle, row by row."""
    rows, columns = np.tril_indices(n_effects)
    unit = np.zeros((len(rows), n_effects, n_effects))
    unit[np.arange(len(rows)), rows, columns] = 1.0
    unit[np.arange(len(rows)), columns, rows] = 1.0
    return unit
