"""R outcomes, reduced to what the likelihood needs of them: a few sums of products.

See likelihood.py for the model and the notation, design.py for the side that all outcomes share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared.arrays import Array

from .design import Design
from .group_sums import class_sums, project, row_products
from .symmetric import pairs

CHUNK = 60_000  # elements of an (r, c) array that fit a processor's cache
_BLOCK = 300_000  # numbers of outcomes reduced at a time: few calls, each of bounded memory


@dataclass(frozen=True)
class Weighing:
    """How often each class counts, replicate by replicate (see weighted_groups.py)."""

    weights: Array  # (C, R)
    n_obs: Array  # (R,) rows, each as often as it counts
    xx_within: Array  # (p, p, R) what design.xx_within is without weights

    def take(self, index) -> Weighing:
        """The replicates in `index`."""
        return Weighing(self.weights[:, index], self.n_obs[index], self.xx_within[..., index])


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
    weighing: Weighing | None = None  # groups that count more or less than once

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
            None if self.weighing is None else self.weighing.take(index),
        )

    def weighed(self, values: Array) -> Array:
        """Values (…, C, R) of the classes, each as often as it counts."""
        return values if self.weighing is None else values * self.weighing.weights

    def sums(self) -> Response:
        """Without U'y by group, which no likelihood needs."""
        return replace(self, uy=self.uy[:, :, :0])


def make_response(design: Design, y: ArrayLike) -> Response:
    """Reduce outcomes (R, N) to a `Response`.

    Raises
    ------
    ValueError
        If an outcome is fitted exactly by X, so that nothing is left to model.
    """
    y = np.atleast_2d(np.asarray(y, float))
    step = max(1, _BLOCK // design.n_obs)
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
    coef = row_products(y, design.q_sorted)
    residual = coef.T @ design.q_sorted.T
    np.subtract(y, residual, out=residual)  # row by row: as differences of sums they lose digits
    square = np.vecdot(residual, residual)
    scale = np.sqrt(square / design.n_obs)
    if np.any(scale <= 1e-13 * np.sqrt(square + np.einsum("kr,kr->r", coef, coef))):  # |y|
        raise ValueError(
            "the outcome is fitted exactly by the fixed effects (or constant): "
            "no variance is left to estimate"
        )
    uy = _between_part(design, residual) / scale[:, None]
    within = _within_square(design, residual, scale, uy)
    return coef, scale, uy, row_products(residual, design.q_within) / scale, within


def _between_part(design: Design, y: Array) -> Array:
    """U'y (q, R, J) of rows (R, N) in sorted order."""
    zy = np.stack([_weighted_sums(y, column, design) for column in design.z_sorted.T])
    return np.einsum("aej,erj->arj", design.k_inverse[:, :, design.class_of], zy)


def _weighted_sums(rows: Array, weights: Array, design: Design) -> Array:
    """Sums by group of rows (R, N) times weights (N,): (R, J)."""
    size = design.sizes[0]
    if np.all(design.sizes == size):  # a product for each group
        by_group = rows.reshape(len(rows), -1, size).swapaxes(0, 1)
        return np.matmul(by_group, weights.reshape(-1, size, 1))[:, :, 0].T
    if np.all(weights == weights[0]):
        return weights[0] * np.add.reduceat(rows, design.starts, axis=1)
    return np.add.reduceat(rows * weights, design.starts, axis=1)


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
        yy.append(class_sums(uy[a] * uy[b] * (1.0 if a == b else 2.0), design.class_of, axis=-2))
        cross = design.ux[a][:, :, None] * uy[b]  # (p, J, R)
        if a != b:
            cross += design.ux[b][:, :, None] * uy[a]
        xy.append(class_sums(cross, design.class_of, axis=-2))
    return np.stack(yy), np.stack(xy)


def _within_square(design: Design, residual: Array, scale: Array, uy: Array) -> Array:
    """y'(I − UU')y (R,): the total minus the between part; where that difference would lose
    digits, the sum of squares of what the groups' own fits leave."""
    within = design.n_obs - np.einsum("arj,arj->r", uy, uy)
    small = np.flatnonzero(within < 1e-3 * design.n_obs)
    if len(small):
        left = residual[small] / scale[small, None] - _between_fit(design, uy[:, small]).T
        within[small] = np.einsum("rn,rn->r", left, left)
    return within


def _between_fit(design: Design, u_stat: Array) -> Array:
    """U U'x, rows sorted by group, from U'x = `u_stat` (q, m, J): (N, m)."""
    k_inverse = design.k_inverse[:, :, design.class_of]
    return project(design.z_sorted, k_inverse, u_stat, design.sizes)


def _last(values: Array, index) -> Array:
    """`index` of the last axis, as one contiguous block."""
    if isinstance(index, slice):
        return np.ascontiguousarray(values[..., index])
    return np.take(values, index, axis=-1)
