"""What the likelihood needs of the data: a few sums of products, by group and by class.

See likelihood.py for the model and the notation, symmetric.py for packed and folded matrices
(i, j of m). Arrays put groups (j) or classes (c) and replicates (r) last; a, b, e count random
effects and k, l fixed effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hlm_teach._shared.arrays import Array

from .symmetric import pairs

CHUNK = 60_000  # elements of an (r, c) array that fit a processor's cache


@dataclass(frozen=True)
class Design:
    """X, Z and the grouping, reduced to what the likelihood needs (shared by all replicates)."""

    n_obs: int
    n_groups: int
    q_basis: Array  # (N, p) orthonormal columns Q, X = Q R
    r_factor: Array  # (p, p) R
    z: Array  # (N, q) Z in the working basis, Z T
    z_basis: Array  # (q, q) T, so that G = T G_working T'
    mix: Array  # (q, q) Λ in the working basis = mix · Λ(θ)
    order: NDArray[np.intp]  # rows sorted by group
    starts: NDArray[np.intp]  # first row of each group in that order
    sizes: NDArray[np.intp]  # (J,) n_j
    class_of: NDArray[np.intp]  # (J,) class of each group
    counts: Array  # (C,) groups in each class
    k: Array  # (q, q, C) K
    k_inverse: Array  # (q, q, C) pseudo-inverse of K
    ux: Array  # (q, p, J) U_j'Q_j
    kk: Array  # (m, C, m) what takes a packed G to K'GK
    xx_between: Array  # (p, p, m, C) folded sums of (U'Q)(U'Q)' over a class
    xx_within: Array  # (p, p) Q'(I − UU')Q
    q_within: Array  # (N, p) (I − UU')Q, rows in sorted order
    free: tuple[NDArray[np.intp], ...]  # rows and columns of Λ that hold θ

    @cached_property
    def is_unsorted(self) -> bool:
        return bool(np.any(np.diff(self.order) < 0))

    @cached_property
    def z_sorted(self) -> Array:
        """Z in the working basis, rows sorted by group."""
        return self.z[self.order]

    @cached_property
    def q_sorted(self) -> Array:
        """Q, rows sorted by group."""
        return self.q_basis[self.order]

    @cached_property
    def xx_by_class(self) -> Array:
        """Σ (U'Q)_ak (U'Q)_bl over each class, (q, q, p, p, C), not folded."""
        return _class_sums(np.einsum("akj,blj->abklj", self.ux, self.ux), self.class_of)

    @property
    def n_fixed(self) -> int:
        return self.q_basis.shape[1]

    @property
    def n_random(self) -> int:
        return self.z.shape[1]

    @property
    def n_theta(self) -> int:
        return len(self.free[0])


@dataclass(frozen=True)
class Response:
    """R outcomes, reduced to what the likelihood needs."""

    coef: Array  # (p, R) Q'y, the least-squares coefficients on Q
    scale: Array  # (R,) root mean square of the least-squares residuals
    uy: Array  # (q, R, J) U_j'y_j of the scaled residuals
    yy_within: Array  # (R,)
    xy_within: Array  # (p, R)
    yy_between: Array  # (m, C, R) folded sums of (U'y)(U'y)' over a class
    xy_between: Array  # (m, p, C, R) folded sums of (U'X)(U'y)'

    def take(self, index) -> Response:
        """The replicates in `index` (a slice, or positions)."""
        if not isinstance(index, slice) and np.array_equal(index, np.arange(len(self.scale))):
            return self
        return Response(
            self.coef[:, index],
            self.scale[index],
            self.uy[:, index],
            self.yy_within[index],
            self.xy_within[:, index],
            _last(self.yy_between, index),
            _last(self.xy_between, index),
        )


def make_design(
    x: ArrayLike, z: ArrayLike, groups: ArrayLike, *, correlated: bool = True
) -> Design:
    """Reduce X (N, p), Z (N, q) and the group labels (N,) to a `Design`.

    Raises
    ------
    ValueError
        If the columns of X, or of Z, are linearly dependent.
    """
    x, z = np.asarray(x, float), np.asarray(z, float)
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    q_basis, r_factor = _orthonormal(x, "X")
    z_basis = np.linalg.inv(_orthonormal(z, "Z")[1]) * np.sqrt(len(z))
    mix = np.eye(z.shape[1]) if correlated else _independent(z, z_basis)
    z_work = z @ z_basis
    q, zs, qs = z.shape[1], z_work[order], q_basis[order]
    zz = _group_sums(zs[:, :, None] * zs[:, None, :], starts)
    class_of, k, k_inverse = _classes(zz)
    zx = _group_sums(zs[:, :, None] * qs[:, None, :], starts)  # (J, q, p)
    ux = np.einsum("aej,jek->akj", k_inverse[:, :, class_of], zx)
    counts = np.bincount(class_of).astype(float)
    q_within = qs - _project(zs, k_inverse[:, :, class_of], ux, sizes)
    outer = folded_products(ux, ux)  # (m, p, p, J)
    return Design(
        len(x),
        len(sizes),
        q_basis,
        r_factor,
        z_work,
        z_basis,
        mix,
        order,
        starts,
        sizes,
        class_of,
        counts,
        k,
        k_inverse,
        ux,
        _congruence_of(k),
        np.ascontiguousarray(np.moveaxis(_class_sums(outer, class_of), 0, 2)),
        q_within.T @ q_within,
        q_within,
        np.tril_indices(q) if correlated else np.diag_indices(q),
    )


def make_response(design: Design, y: ArrayLike) -> Response:
    """Reduce outcomes (R, N) to a `Response`.

    Raises
    ------
    ValueError
        If an outcome is fitted exactly by X, so that nothing is left to model.
    """
    y = np.atleast_2d(np.asarray(y, float))
    step = max(1, CHUNK // design.n_obs)  # rows that stay in a processor's cache
    blocks = [_reduce(design, y[i : i + step]) for i in range(0, len(y), step)]
    return _response(
        design,
        *(
            np.concatenate(parts, axis=axis)
            for parts, axis in zip(zip(*blocks, strict=True), (1, 0, 1, 1, 0), strict=True)
        ),
    )


def _reduce(design: Design, y: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Coefficients (p, R), scale (R,), U'y (q, R, J), X'(I − UU')y (p, R), y'(I − UU')y (R,)."""
    if design.is_unsorted:
        y = y[:, design.order]
    coef = y @ design.q_sorted
    residual = y - coef @ design.q_sorted.T  # row by row: as differences of sums they lose digits
    scale = np.sqrt(np.einsum("rn,rn->r", residual, residual) / design.n_obs)
    if np.any(scale <= 1e-13 * np.linalg.norm(y, axis=1)):
        raise ValueError(
            "the outcome is fitted exactly by the fixed effects (or constant): "
            "no variance is left to estimate"
        )
    uy = _between_part(design, residual) / scale[:, None]
    within = _within_square(design, residual, scale, uy)
    return coef.T, scale, uy, (residual @ design.q_within).T / scale, within


def _between_part(design: Design, y: Array) -> Array:
    """U'y (q, R, J) of rows (R, N) in sorted order."""
    zy = np.stack([_weighted_sums(y, column, design.starts) for column in design.z_sorted.T])
    return np.einsum("aej,erj->arj", design.k_inverse[:, :, design.class_of], zy)


def _weighted_sums(rows: Array, weights: Array, starts: NDArray[np.intp]) -> Array:
    """Sums by group of rows (R, N) times weights (N,): (R, J)."""
    if np.all(weights == weights[0]):
        return weights[0] * np.add.reduceat(rows, starts, axis=1)
    return np.add.reduceat(rows * weights, starts, axis=1)


def response_from_sums(design: Design, uy: Array, xy_within: Array, yy_within: Array) -> Response:
    """The `Response` of outcomes known by their sums of products alone: U'y (q, R, J),
    X'(I − UU')y (p, R) and y'(I − UU')y (R,), X in its orthonormal basis."""
    coef = np.einsum("akj,arj->kr", design.ux, uy) + xy_within
    uy = uy - np.einsum("akj,kr->arj", design.ux, coef)
    fitted = design.xx_within @ coef
    yy = yy_within - np.einsum("kr,kr->r", coef, 2 * xy_within - fitted)
    scale = np.sqrt((yy + np.einsum("arj,arj->r", uy, uy)) / design.n_obs)
    return _response(
        design, coef, scale, uy / scale[:, None], (xy_within - fitted) / scale, yy / scale**2
    )


def _response(
    design: Design, coef: Array, scale: Array, uy: Array, xy_within: Array, yy_within: Array
) -> Response:
    return Response(
        coef,
        scale,
        uy,
        yy_within,
        xy_within,
        *_between(design, np.ascontiguousarray(uy.swapaxes(1, 2))),
    )


def _between(design: Design, uy: Array) -> tuple[Array, Array]:
    """Folded sums over classes of (U'y)(U'y)' (m, C, R) and (U'X)(U'y)' (m, p, C, R)."""
    rows, columns = pairs(len(uy))
    yy, xy = [], []
    for a, b in zip(rows, columns, strict=True):
        yy.append(_class_sums(uy[a] * uy[b] * (1.0 if a == b else 2.0), design.class_of, axis=-2))
        cross = design.ux[a][:, :, None] * uy[b]  # (p, J, R)
        if a != b:
            cross += design.ux[b][:, :, None] * uy[a]
        xy.append(_class_sums(cross, design.class_of, axis=-2))
    return np.stack(yy), np.stack(xy)


def folded_products(x: Array, y: Array) -> Array:
    """x_a y_b' + x_b y_a' (once where a = b) of (q, k, J) and (q, l, J): (m, k, l, J)."""
    rows, columns = pairs(len(x))
    outer = x[rows][:, :, None] * y[columns][:, None]
    twice = (rows != columns)[:, None, None, None]
    return outer + np.where(twice, x[columns][:, :, None] * y[rows][:, None], 0.0)


def _congruence_of(k: Array) -> Array:
    """What takes a packed G to K'GK, (m, C, m), from K (q, q, C)."""
    products = folded_products(k, k)  # (m of d, e; a; b; C)
    rows, columns = pairs(len(k))
    return np.ascontiguousarray(np.moveaxis(products[:, rows, columns], 0, -1))


def _last(values: Array, index) -> Array:
    """`index` of the last axis, as one contiguous block."""
    if isinstance(index, slice):
        return np.ascontiguousarray(values[..., index])
    return np.take(values, index, axis=-1)


def _within_square(design: Design, residual: Array, scale: Array, uy: Array) -> Array:
    """y'(I − UU')y (R,): the total minus the between part; where that difference would lose
    digits, the sum of squares of what the groups' own fits leave."""
    within = design.n_obs - np.einsum("arj,arj->r", uy, uy)
    small = np.flatnonzero(within < 1e-3 * design.n_obs)
    if len(small):
        left = residual[small] / scale[small, None] - _between_fit(design, uy[:, small]).T
        within[small] = np.einsum("rn,rn->r", left, left)
    return within


def _orthonormal(x: Array, name: str) -> tuple[Array, Array]:
    """X = Q R; refuses linearly dependent columns."""
    q, r = np.linalg.qr(x)
    if np.any(np.abs(np.diag(r)) <= 1e-10 * np.linalg.norm(x, axis=0)):
        raise ValueError(
            f"the columns of {name} are linearly dependent: leave out what the others already say"
        )
    return q, r


def _independent(z: Array, z_basis: Array) -> Array:
    """What takes independent effects of Z's own columns, in units of their root mean squares,
    to the working basis."""
    return np.linalg.inv(z_basis) / np.sqrt(np.mean(z**2, axis=0))


def _classes(zz: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """Group the (J, q, q) cross-products Z_j'Z_j = K K' that are equal to twelve digits."""
    rounded = np.round(zz.reshape(len(zz), -1) / np.abs(zz).max(), 12)
    _, first, class_of = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    values, vectors = np.linalg.eigh(zz[first])
    kept = values > 1e-13 * values[:, -1:]  # a group smaller than q spans less than R^q
    root = np.sqrt(np.where(kept, values, 1.0))
    k = np.where(kept[:, None, :], vectors * root[:, None, :], 0.0)
    k_inverse = np.where(kept[:, :, None], vectors.transpose(0, 2, 1) / root[:, :, None], 0.0)
    return class_of.ravel(), np.moveaxis(k, 0, -1), np.moveaxis(k_inverse, 0, -1)


def _group_sums(rows: Array, starts: NDArray) -> Array:
    return np.add.reduceat(rows, starts, axis=0)


def _class_sums(per_group: Array, class_of: NDArray, axis: int = -1) -> Array:
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


def _between_fit(design: Design, u_stat: Array) -> Array:
    """U U'x, rows sorted by group, from U'x = `u_stat` (q, m, J): (N, m)."""
    k_inverse = design.k_inverse[:, :, design.class_of]
    return _project(design.z_sorted, k_inverse, u_stat, design.sizes)


def _project(z: Array, k_inverse: Array, u_stat: Array, sizes: NDArray) -> Array:
    coef = np.einsum("eaj,emj->amj", k_inverse, u_stat)  # Z_j coef_j = U_j U_j'x_j
    return sum(z[:, a, None] * np.repeat(coef[a].T, sizes, axis=0) for a in range(len(coef)))
