r"""Φ, P_i, Q_ij and the traces of Kenward & Roger for a fitted model, whatever its random terms.

As in variance_pieces.py everything is relative, V = I + Σ_i γ_i G_i; no N × N matrix is formed.

The term with most levels goes first. V₁ = I + Z₁G₁Z₁' is block-diagonal, one block a level, so
V₁⁻¹ = I − Z₁T₁Z₁' costs one q₁ × q₁ inverse a level. The other terms have M random effects in all:

    V⁻¹ = V₁⁻¹ − V₁⁻¹Z₂ R Z₂'V₁⁻¹,   R = Λ₂(I + Λ₂'BΛ₂)⁻¹Λ₂',   B = Z₂'V₁⁻¹Z₂  (M × M)

With H = Z₁'V₁⁻¹Z₂, D = Z₁'V₁⁻¹Z₁ (block-diagonal), W = I − RB and S_E = H'EH, the blocks of
T = Z'V⁻¹Z are T₁₁ = D − HRH', T₁₂ = HW, T₂₂ = BW, and T₁₁, as large as the largest term, never
has to be written down:

    tr(E T₁₁ E'T₁₁) = tr(E D E'D) − 2 tr(R H'E D E'H) + tr(R S_E R S_E')
    tr(E T₁₂ E'T₂₁) = tr(E' W'S_E W)
    tr(E T₂₂ E'T₂₂) entry by entry

Since V = I + Σγ_iG_i, what belongs to the residual follows from tr(V⁻¹G_i) and these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hlm_teach._shared.arrays import Array

from .frame import ModelFrame
from .kenward_roger import Pieces
from .matrices import inverses, square_root
from .term_at_optimum import TermAtOptimum, terms_at

_DENSE_RATE = 1e10  # floating point operations a second of dense products, one slow core
_SPARSE_RATE = 5e7  # products a second of sparse matrices
_MAX_BYTES = 4e9


def pieces_at(
    frame: ModelFrame, cov_re: Mapping[str, Array], sigma2: float, *, max_minutes: float = 2.0
) -> Pieces:
    """The pieces of a fitted model, at σ² = 1: X and every Z in orthogonal columns, so that
    neither the units nor the origin of a predictor matters.

    Parameters
    ----------
    cov_re
        G (q, q) by grouping, in the data's units.
    max_minutes
        See `several_pieces`.
    """
    x, r = np.linalg.qr(frame.fixed.to_numpy())
    terms = [term for term, _ in terms_at(frame, cov_re, sigma2)]
    pieces = several_pieces(x, terms, max_minutes=max_minutes)
    return replace(pieces, basis=inverses(r))


def several_pieces(x: Array, terms: Sequence[TermAtOptimum], *, max_minutes: float = 2.0) -> Pieces:
    """The pieces of a model with several random terms, at σ² = 1.

    Parameters
    ----------
    x
        Fixed effects (N, p); give orthonormal columns if predictors lie far from zero.
    terms
        Crossed or nested, in any order; the parameters come out in this order, the residual last.
    max_minutes
        The work is refused, before it starts, if it is estimated to take longer.

    Raises
    ------
    ValueError
        If that estimate is above `max_minutes`, or more than 4 GB would be needed.
    """
    order = sorted(range(len(terms)), key=lambda k: -terms[k].n_levels * terms[k].n_effects)
    _check_cost([terms[k] for k in order], max_minutes)
    solver = _Solver([terms[k] for k in order])
    solved = solver.solve(x)  # V⁻¹X
    parameters = [(k, e) for k in order for e in terms[k].directions]
    u = [solver.direction(order.index(k), e, solved) for k, e in parameters] + [solved]
    p = np.stack([-solved.T @ part for part in u])  # U_i = G_iV⁻¹X
    q = np.stack([np.stack([part.T @ v for part in u]) for v in map(solver.solve, u)], axis=1)
    keep = _positions([k for k, _ in parameters], len(terms))
    pieces = (inverses(x.T @ solved), p[keep], q[np.ix_(keep, keep)])
    return Pieces(*pieces, solver.traces()[np.ix_(keep, keep)])


def _positions(term_of: list[int], n_terms: int) -> NDArray[np.intp]:
    """Where the parameters of term 0, of term 1, … and the residual stand."""
    given = np.array([*term_of, n_terms])
    return np.argsort(given, kind="stable")


def several_cost(terms: Sequence[TermAtOptimum]) -> tuple[float, float]:
    """Minutes (rough, one core) and bytes that `several_pieces` will need; the largest term first.

    All but the largest term are dense: time grows with the cube of their number of random
    effects M, memory with its square. The largest costs what its levels share with the others.
    """
    first, rest = terms[0], terms[1:]
    m = float(sum(t.n_levels * t.n_effects for t in rest))
    shared = np.zeros(first.n_levels)  # random effects of the others that a level meets
    for term in rest:
        met = np.unique(first.codes.astype(np.int64) * term.n_levels + term.codes)
        shared += term.n_effects * np.bincount(met // term.n_levels, minlength=first.n_levels)
    k1 = len(first.directions)
    sandwiches = (k1 + k1**2) * float(np.sum((first.n_effects * shared) ** 2)) / _SPARSE_RATE
    seconds = sandwiches + (8 + 3 * k1) * 2 * m**3 / _DENSE_RATE
    return seconds / 60, 8 * m**2 * (10 + 2 * k1)


def _check_cost(terms: Sequence[TermAtOptimum], max_minutes: float) -> None:
    minutes, memory = several_cost(terms)
    if minutes <= max_minutes and memory <= _MAX_BYTES:
        return
    m = sum(t.n_levels * t.n_effects for t in terms[1:])
    raise ValueError(
        f"Kenward-Roger for this model needs about {minutes:.0f} minutes and "
        f"{memory / 1e9:.1f} GB: beside the largest grouping there are {m} random effects, and "
        f"the work grows with their cube (limits: max_minutes={max_minutes:g}, "
        f"{_MAX_BYTES / 1e9:.0f} GB). With so many levels Satterthwaite's degrees of freedom "
        "and the normal distribution hardly differ from it: use 'satterthwaite'"
    )


class _Solver:
    """V⁻¹ by blocks: the first (largest) term level by level, the others densely."""

    def __init__(self, terms: Sequence[TermAtOptimum]) -> None:
        self.terms = terms
        first, rest = terms[0], terms[1:]
        self.z1, self.z = first.matrix(), [term.matrix() for term in terms]
        q, n = first.n_effects, len(first.z)
        own = np.zeros((first.n_levels, q, q))
        np.add.at(own, first.codes, first.z[:, :, None] * first.z[:, None, :])
        m1 = inverses(np.eye(q) + own @ first.g)  # Z₁'V₁⁻¹ = m₁Z₁'
        self.d = m1 @ own  # D
        self.t1 = _block_diagonal(first.g @ m1)  # T₁ = G₁(I + A₁₁G₁)⁻¹
        self.z2 = sparse.hstack(self.z[1:], format="csr") if rest else sparse.csr_array((n, 0))
        coupling = sparse.csr_array(self.z1.T @ self.z2)  # Z₁'Z₂
        self.h = _block_diagonal(m1) @ coupling  # H
        b = self.z2.T @ self.z2 - coupling.T @ (self.t1 @ coupling)
        self.b = np.asarray(b.todense())  # B
        root = [
            _block_diagonal(np.broadcast_to(square_root(t.g), (t.n_levels, *t.g.shape)))
            for t in rest
        ]
        lam = sparse.block_diag(root, format="csr") if rest else sparse.csr_array((0, 0))
        s_inverse = inverses(np.eye(len(self.b)) + lam.T @ (lam.T @ self.b).T)
        self.r = lam @ (lam @ s_inverse).T  # R
        self.w = np.eye(len(self.b)) - self.r @ self.b  # W

    def solve(self, c: Array) -> Array:
        """V⁻¹c for (N, m) columns."""
        first = c - self.z1 @ (self.t1 @ (self.z1.T @ c))  # V₁⁻¹c
        back = self.z2 @ (self.r @ (self.z2.T @ first))
        return first - (back - self.z1 @ (self.t1 @ (self.z1.T @ back)))

    def direction(self, term: int, e: Array, solved: Array) -> Array:
        """G_iV⁻¹X = Z E Z'V⁻¹X (N, p)."""
        q = self.terms[term].n_effects
        inner = (self.z[term].T @ solved).reshape(-1, q, solved.shape[1])
        return self.z[term] @ (e @ inner).reshape(-1, solved.shape[1])

    def traces(self) -> Array:
        """tr(V⁻¹G_iV⁻¹G_h), the residual last."""
        among, single = self._traces_of_terms()
        gammas = np.concatenate([term.gammas for term in self.terms])
        n = len(self.terms[0].z)
        with_residual = single - among @ gammas  # tr(V⁻¹G_iV⁻¹) from V = I + Σγ_iG_i
        corner = n - gammas @ single - gammas @ with_residual
        return np.block([[among, with_residual[:, None]], [with_residual[None, :], corner]])

    def _traces_of_terms(self) -> tuple[Array, Array]:
        """tr(V⁻¹G_iV⁻¹G_h) (k, k) and tr(V⁻¹G_i) (k,) of the terms' own parameters."""
        first, rest = self.terms[0], self.terms[1:]
        s = [self._sandwich(np.broadcast_to(e, self.d.shape)) for e in first.directions]  # S_E
        t22 = self.b @ self.w
        ends = np.cumsum([0, *(t.n_levels * t.n_effects for t in rest)])
        parts = [slice(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
        others = [(part, e) for part, t in zip(parts, rest, strict=True) for e in t.directions]
        k1, k = len(s), len(s) + len(others)
        among, single = np.empty((k, k)), np.empty(k)
        rs = [self.r @ part for part in s]
        for i, e in enumerate(first.directions):
            single[i] = np.einsum("jab,ba->", self.d, e) - np.trace(rs[i])
            for h, f in enumerate(first.directions):
                middle = self._sandwich(e @ self.d @ f)
                among[i, h] = (
                    np.einsum("ab,jbc,cd,jda->", e, self.d, f, self.d)
                    - 2 * np.sum(self.r * middle)
                    + np.sum(rs[i] * rs[h].T)
                )
            y = self.w.T @ s[i] @ self.w
            for h, (part, f) in enumerate(others):
                among[i, k1 + h] = among[k1 + h, i] = _trace(f, y[part, part])
        for i, (part, e) in enumerate(others):
            single[k1 + i] = _trace(e, t22[part, part])
            for h, (other, f) in enumerate(others):
                block = t22[part, other]
                among[k1 + i, k1 + h] = np.sum(_apply(f, _apply(e, block).T).T * block)
        return among, single

    def _sandwich(self, middle: Array) -> Array:
        """H'MH (M, M) of a block-diagonal M (L₁, q₁, q₁)."""
        return np.asarray((self.h.T @ (_block_diagonal(middle) @ self.h)).todense())


def _apply(e: Array, block: Array) -> Array:
    """(I ⊗ E) block."""
    q = len(e)
    return (e @ block.reshape(-1, q, block.shape[1])).reshape(block.shape)


def _trace(e: Array, block: Array) -> float:
    """tr((I ⊗ E) block)."""
    q = len(e)
    return float(
        sum(e[a, b] * np.trace(block[b::q, a::q]) for a in range(q) for b in range(q) if e[a, b])
    )


def _block_diagonal(blocks: Array) -> sparse.csr_array:
    """The sparse matrix with these (L, q, q) blocks on its diagonal."""
    n, q, _ = blocks.shape
    indices = np.arange(n)
    matrix = sparse.bsr_array(
        (np.ascontiguousarray(blocks), indices, np.arange(n + 1)), (n * q, n * q)
    )
    return sparse.csr_array(matrix)
