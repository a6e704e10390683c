"""The blocks of products that the likelihood of several random terms is computed from.

See blocked_cholesky.py for the model and the notation. Terms are ordered by their number of columns
in Z, the largest first. Index 1 is that largest term, whose block Z₁'Z₁ is block-diagonal: one
q₁ × q₁ block a level. Index 2 is all other terms together, M columns, kept dense.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

from .coupling import Coupling, make_coupling
from .matrices import orthonormal
from .working_term import Codes, WorkingTerm

MAX_COLUMNS = 6_000  # effects of all terms but the largest: factored densely


@dataclass(frozen=True)
class Term:
    """One random term: the effects z'u of the levels of one grouping."""

    name: str  # "subject", or "school:class"
    effects: tuple[str, ...]  # names of the columns of Z
    z: Array  # (N, q)
    codes: Codes  # (N,) level of each row
    n_levels: int
    correlated: bool = True


@dataclass(frozen=True)
class Blocks:
    """What X, Z and the groupings are reduced to; columns of Z level by level within a term."""

    terms: tuple[WorkingTerm, ...]  # largest first
    order: tuple[int, ...]  # their places in the user's order
    q_basis: Array  # (N, p) orthonormal Q, X = Q R
    r_factor: Array  # (p, p) R
    a11: Array  # (L₁, q₁, q₁) Z₁'Z₁, one block a level
    coupling: Coupling  # Z₂'Z₁
    a22: Array  # (M, M) Z₂'Z₂
    a1x: Array  # (L₁, q₁, p) Z₁'Q
    a2x: Array  # (M, p) Z₂'Q
    slices: tuple[slice, ...]  # columns of each further term within the M

    @property
    def n_obs(self) -> int:
        return len(self.q_basis)

    @property
    def n_fixed(self) -> int:
        return self.q_basis.shape[1]


@dataclass(frozen=True)
class Outcome:
    """One outcome, reduced to what the likelihood needs: [X y] beside each other."""

    coef: Array  # (p,) Q'y, the least-squares coefficients on Q
    scale: float  # root mean square of the least-squares residuals
    residual: Array  # (N,) those residuals over `scale`: the y of the likelihood
    a1r: Array  # (L₁, q₁, p + 1) Z₁'[Q y]
    a2r: Array  # (M, p + 1) Z₂'[Q y]
    arr: Array  # (p + 1, p + 1) [Q y]'[Q y]


def make_blocks(x: Array, terms: list[Term]) -> Blocks:
    """Reduce X (N, p) and the random terms to `Blocks`.

    Raises
    ------
    ValueError
        If the columns of X, or of a term's Z, are linearly dependent.
    """
    q_basis, r_factor = orthonormal(x, "the fixed effects")
    order = sorted(range(len(terms)), key=lambda k: -terms[k].n_levels * terms[k].z.shape[1])
    working = tuple(_working(terms[k]) for k in order)
    first, rest = working[0], working[1:]
    ends = np.cumsum([0, *(term.n_columns for term in rest)])
    slices = tuple(slice(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True))
    a11 = _level_sums(first.z[:, :, None] * first.z[:, None, :], first)
    return Blocks(
        working,
        tuple(order),
        q_basis,
        r_factor,
        a11,
        make_coupling(first, rest),
        _products(rest, slices),
        _level_sums(first.z[:, :, None] * q_basis[:, None], first),
        _columns(rest, q_basis),
        slices,
    )


def make_outcome(blocks: Blocks, y: Array) -> Outcome:
    """Reduce y (N,) to an `Outcome`.

    Raises
    ------
    ValueError
        If y is fitted exactly by X, so that nothing is left to model.
    """
    coef = blocks.q_basis.T @ y
    residual = y - blocks.q_basis @ coef
    residual -= blocks.q_basis @ (blocks.q_basis.T @ residual)  # orthogonal to the last digit
    scale = float(np.sqrt(np.mean(residual**2)))
    if scale <= 1e-13 * np.abs(y).max():
        raise ValueError(
            "the outcome is fitted exactly by the fixed effects (or constant): "
            "no variance is left to estimate"
        )
    residual /= scale
    first, rest = blocks.terms[0], blocks.terms[1:]
    a1y = _level_sums(first.z[:, :, None] * residual[:, None, None], first)
    arr = np.eye(blocks.n_fixed + 1)
    arr[-1, -1] = residual @ residual
    return Outcome(
        coef,
        scale,
        residual,
        np.concatenate([blocks.a1x, a1y], axis=2),
        np.hstack([blocks.a2x, _columns(rest, residual[:, None])]),
        arr,
    )


@dataclass(frozen=True)
class Cost:
    """What a fit is going to cost, from counts alone."""

    n_columns: int  # M
    gigabytes: float  # about twelve M × M matrices at the peak, and the rows
    seconds: float  # of ten evaluations on one ordinary core


def expected_cost(terms: list[Term]) -> Cost:
    """Cost of fitting these terms: M³ for the dense factor, Σ(rows of a level)² for what a level
    of the largest term couples with what."""
    columns = [term.n_levels * term.z.shape[1] for term in terms]
    largest = int(np.argmax(columns))
    m = sum(columns) - columns[largest]
    rows = np.bincount(terms[largest].codes).astype(float) * sum(
        term.z.shape[1] for k, term in enumerate(terms) if k != largest
    )
    met = float(np.sum(np.minimum(rows, m) ** 2)) * terms[largest].z.shape[1] ** 2
    cells = sum(8 * term.z.size for term in terms) * 4
    return Cost(
        m,
        (12 * 8 * m**2 + cells) / 1e9,
        10 * (6e-11 * m**3 + 1.5e-8 * min(met, m**2 * columns[largest])),
    )


def _working(term: Term) -> WorkingTerm:
    z = np.asarray(term.z, float)
    q = z.shape[1]
    r = orthonormal(z, f"the random effects of {term.name}")[1]
    basis = np.linalg.inv(r) * np.sqrt(len(z))
    mix, free = np.eye(q), tuple(np.tril_indices(q))
    if (
        not term.correlated
    ):  # independent effects of Z's own columns, in units of their root mean squares
        mix, free = np.linalg.inv(basis) / np.sqrt(np.mean(z**2, axis=0)), np.diag_indices(q)
    return WorkingTerm(z @ basis, basis, mix, free, term.codes, term.n_levels)


def _level_sums(rows: Array, term: WorkingTerm) -> Array:
    """Sums of `rows` (N, q, m) over the rows of each level, (L, q, m)."""
    flat = rows.reshape(len(rows), -1)
    sums = np.empty((term.n_levels, flat.shape[1]))
    for i, column in enumerate(flat.T):
        sums[:, i] = np.bincount(term.codes, weights=column, minlength=term.n_levels)
    return sums.reshape(term.n_levels, *rows.shape[1:])


def _columns(terms: tuple[WorkingTerm, ...], right: Array) -> Array:
    """Z₂' times `right` (N, m): (M, m)."""
    parts = [_level_sums(term.z[:, :, None] * right[:, None], term) for term in terms]
    return np.concatenate(
        [part.reshape(-1, right.shape[1]) for part in parts] or [np.zeros((0, right.shape[1]))]
    )


def _products(terms: tuple[WorkingTerm, ...], slices: tuple[slice, ...]) -> Array:
    """Z₂'Z₂, dense."""
    size = slices[-1].stop if slices else 0
    product = np.zeros((size, size))
    for k, (term, rows) in enumerate(zip(terms, slices, strict=True)):
        for other, columns in zip(terms[: k + 1], slices[: k + 1], strict=True):
            cell = term.codes * other.n_levels + other.codes
            for a in range(term.n_effects):
                for b in range(other.n_effects):
                    block = np.bincount(
                        cell,
                        weights=term.z[:, a] * other.z[:, b],
                        minlength=term.n_levels * other.n_levels,
                    )
                    square = block.reshape(term.n_levels, other.n_levels)
                    product[rows, columns][a :: term.n_effects, b :: other.n_effects] = square
                    product[columns, rows][b :: other.n_effects, a :: term.n_effects] = square.T
    return product
