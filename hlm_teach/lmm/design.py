"""X, Z and the grouping, reduced to what the likelihood needs of them: a few sums of products.

See likelihood.py for the model and the notation, symmetric.py for packed and folded matrices
(i, j of m), response.py for the outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hlm_teach._shared.arrays import Array

from .group_sums import class_products, class_sums, folded_products, group_sums, project
from .matrices import orthonormal
from .symmetric import folded, pairs


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
        return class_sums(np.einsum("akj,blj->abklj", self.ux, self.ux), self.class_of)

    @cached_property
    def theta_maps(self) -> tuple[Array, Array]:
        """What takes Λ (q, q) to dG/dθ, (k, m, q, q), and d²G/dθ² (k, k, m), G folded: with E_i =
        dΛ/dθ_i they are E_iΛ' + ΛE_i' and E_iE_h' + E_hE_i'."""
        q, k = self.n_random, self.n_theta
        unit = np.zeros((k, q, q))
        unit[(np.arange(k), *self.free)] = 1.0
        unit = self.mix @ unit
        half = np.einsum("iad,be->abied", unit, np.eye(q))
        product = np.einsum("iad,jbd->abij", unit, unit)
        return (
            np.moveaxis(folded(half + half.swapaxes(0, 1)), 0, 1),
            np.moveaxis(folded(product + product.swapaxes(0, 1)), 0, -1),
        )

    @property
    def n_fixed(self) -> int:
        return self.q_basis.shape[1]

    @property
    def n_random(self) -> int:
        return self.z.shape[1]

    @property
    def n_theta(self) -> int:
        return len(self.free[0])


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
    q_basis, r_factor = orthonormal(x, "X")
    z_basis = np.linalg.inv(orthonormal(z, "Z")[1]) * np.sqrt(len(z))
    mix = np.eye(z.shape[1]) if correlated else _independent(z, z_basis)
    z_work = z @ z_basis
    q, zs, qs = z.shape[1], z_work[order], q_basis[order]
    zz = group_sums(zs[:, :, None] * zs[:, None, :], starts)
    class_of, k, k_inverse = _classes(zz)
    zx = group_sums(zs[:, :, None] * qs[:, None, :], starts)  # (J, q, p)
    ux = np.einsum("aej,jek->akj", k_inverse[:, :, class_of], zx)
    counts = np.bincount(class_of).astype(float)
    q_within = qs - project(zs, k_inverse[:, :, class_of], ux, sizes)
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
        class_products(ux, class_of),
        q_within.T @ q_within,
        q_within,
        np.tril_indices(q) if correlated else np.diag_indices(q),
    )


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


def _congruence_of(k: Array) -> Array:
    """What takes a packed G to K'GK, (m, C, m), from K (q, q, C)."""
    products = folded_products(k, k)  # (m of d, e; a; b; C)
    rows, columns = pairs(len(k))
    return np.ascontiguousarray(np.moveaxis(products[:, rows, columns], 0, -1))
