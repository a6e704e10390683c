r"""The profiled likelihood of the two-level model, for one data set and for thousands at once.

Model
-----
For the :math:`n_j` individuals of group j, in the notation of Bates, Mächler, Bolker & Walker
(2015, J. Stat. Softw. 67(1), doi:10.18637/jss.v067.i01; equation numbers below are theirs),

    y_j = X_j β + Z_j u_j + e_j,   u_j ~ N(0, G),   e_j ~ N(0, σ² I),   G = σ² Λ Λ'   (eqs. 2-4)

Λ is lower triangular and holds the parameters θ; it is *relative*: in units of σ. So
y_j ~ N(X_j β, σ² V_j) with V_j = I + Z_j Λ Λ' Z_j'.

What profiling means
--------------------
For a given θ the best β is a generalised least squares fit and the best σ² a weighted residual
sum of squares, r²(θ), divided by N (ML) or N − p (REML). Put both back into the likelihood, and
what is left depends on θ alone: one number for a random intercept, three for a random intercept
and slope.

    −2 log L(θ)   = log|V| + N [1 + log(2π r²/N)]                                      (eq. 35)
    −2 log L_R(θ) = log|V| + log|X'V⁻¹X| + (N − p)[1 + log(2π r²/(N − p))]              (eq. 42)

What the data are reduced to
----------------------------
Write Z_j = U_j K_j' with orthonormal columns in U_j. Then, with N_j = I + K_j' Λ Λ' K_j,

    V_j⁻¹ = (I − U_j U_j') + U_j N_j⁻¹ U_j'

The first term is *within* information: what group j says after its own intercept (and slope) are
taken out; it does not depend on θ. The second is *between* information, discounted by N_j. So
the data enter through a few sums of products only, nothing is ever subtracted from something of
nearly its own size, and groups with the same K_j (the same size; for slopes, the same design)
share one term, a *class*. The same few lines therefore serve one data set and R of them.

The boundary
------------
Λ has no constraint: a variance of zero, or a correlation of ±1, is a θ with a zero on the
diagonal of Λ, where the deviance is smooth and even. Such an optimum, a *singular fit*, is an
ordinary answer here, found like any other.

The working basis
-----------------
Columns of X and Z are made orthonormal first and y is replaced by its least-squares residuals in
units of their size, so that neither the units nor the origin of a predictor matters. G, β and
the likelihood are carried back at the end.

Arrays put replicates (r) and classes (c) last; a, b, d, e count random effects and k, l, m fixed
effects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inference import Curvature
from .newton import minimise_batch

Array = NDArray[np.float64]

SINGULAR = 1e-4      # a standard deviation below 1e-4 residual SDs counts as zero (as in lme4)
_NEAR_ZERO = 0.02    # below this an exact zero is tried
_FEW_GROUPS = 20     # with no more than these a second optimum is worth looking for
_CHUNK = 60_000      # elements of an (r, c) array that fit a processor's cache


@dataclass(frozen=True)
class Design:
    """X, Z and the grouping, reduced to what the likelihood needs (shared by all replicates)."""

    n_obs: int
    n_groups: int
    q_basis: Array          # (N, p) orthonormal columns Q, X = Q R
    r_factor: Array         # (p, p) R
    z: Array                # (N, q) Z in the working basis, Z T
    z_basis: Array          # (q, q) T, so that G = T G_working T'
    mix: Array              # (q, q) Λ in the working basis = mix · Λ(θ)
    order: NDArray[np.intp]   # rows sorted by group
    starts: NDArray[np.intp]  # first row of each group in that order
    sizes: NDArray[np.intp]   # (J,) n_j
    class_of: NDArray[np.intp]   # (J,) class of each group
    counts: Array           # (C,) groups in each class
    k: Array                # (q, q, C) K
    k_inverse: Array        # (q, q, C) pseudo-inverse of K
    ux: Array               # (q, p, J) U_j'Q_j
    xx_between: Array       # (q, q, p, p, C) sums of (U'Q)(U'Q)' over a class
    xx_within: Array        # (p, p) Q'(I − UU')Q
    q_within: Array         # (N, p) (I − UU')Q, rows in sorted order
    free: tuple[Array, Array]    # rows and columns of Λ that hold θ

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

    coef: Array         # (p, R) Q'y, the least-squares coefficients on Q
    scale: Array        # (R,) root mean square of the least-squares residuals
    uy: Array           # (q, R, J) U_j'y_j of the scaled residuals
    yy_within: Array    # (R,)
    xy_within: Array    # (p, R)
    yy_between: Array   # (q, q, R, C)
    xy_between: Array   # (q, q, p, R, C) first index belongs to X, second to y

    def take(self, index) -> Response:
        """The replicates in `index` (a slice, or positions)."""
        if not isinstance(index, slice) and np.array_equal(index, np.arange(len(self.scale))):
            return self
        return Response(self.coef[:, index], self.scale[index], self.uy[:, index],
                        self.yy_within[index], self.xy_within[:, index],
                        self.yy_between[:, :, index], self.xy_between[:, :, :, index])


@dataclass(frozen=True)
class Evaluation:
    """The profiled deviance at θ, what was profiled out, and derivatives with respect to G.

    `G` here is relative (in units of σ²) and in the working basis; so are all fields.
    Derivatives treat the q² entries of G as separate: contract them with symmetric directions.
    """

    deviance: Array     # (R,)
    beta: Array         # (p, R)
    r2: Array           # (R,) r²(θ)
    a_inverse: Array    # (p, p, R) (X'V⁻¹X)⁻¹
    log_det: Array | None = None        # (q, q, R) gradient of log|V| (+ log|X'V⁻¹X|)
    log_det2: Array | None = None       # (q, q, q, q, R) its second derivatives
    r2_gradient: Array | None = None    # (q, q, R)
    r2_second: Array | None = None      # (q, q, q, q, R)
    information: Array | None = None    # (q, q, p, p, R) −d(X'V⁻¹X)/dG


# ---------------------------------------------------------------- reducing the data


def make_design(x: ArrayLike, z: ArrayLike, groups: ArrayLike, *,
                correlated: bool = True) -> Design:
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
    zx = _group_sums(zs[:, :, None] * qs[:, None, :], starts)              # (J, q, p)
    ux = np.einsum("aej,jek->akj", k_inverse[:, :, class_of], zx)
    counts = np.bincount(class_of).astype(float)
    q_within = qs - _project(zs, k_inverse[:, :, class_of], ux, sizes)
    outer = np.einsum("akj,blj->abklj", ux, ux)
    return Design(len(x), len(sizes), q_basis, r_factor, z_work, z_basis, mix, order, starts, sizes,
                  class_of, counts, k, k_inverse, ux, _class_sums(outer, class_of),
                  q_within.T @ q_within, q_within,
                  np.tril_indices(q) if correlated else np.diag_indices(q))


def make_response(design: Design, y: ArrayLike) -> Response:
    """Reduce outcomes (R, N) to a `Response`.

    Raises
    ------
    ValueError
        If an outcome is fitted exactly by X, so that nothing is left to model.
    """
    y = np.atleast_2d(np.asarray(y, float))
    step = max(1, _CHUNK // design.n_obs)                # rows that stay in a processor's cache
    blocks = [_reduce(design, y[i:i + step]) for i in range(0, len(y), step)]
    return _response(design, *(np.concatenate(parts, axis=axis) for parts, axis in
                               zip(zip(*blocks, strict=True), (1, 0, 1, 1, 0), strict=True)))


def _reduce(design: Design, y: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Coefficients (p, R), scale (R,), U'y (q, R, J), X'(I − UU')y (p, R), y'(I − UU')y (R,)."""
    coef = y @ design.q_basis
    residual = y - coef @ design.q_basis.T
    scale = np.sqrt(np.einsum("rn,rn->r", residual, residual) / design.n_obs)
    if np.any(scale <= 1e-13 * np.abs(y).max(axis=1)):
        raise ValueError("the outcome is fitted exactly by the fixed effects (or constant): "
                         "no variance is left to estimate")
    if np.any(np.diff(design.order) < 0):
        residual = residual[:, design.order]
    k_inverse = design.k_inverse[:, :, design.class_of]
    zy = np.stack([_weighted_sums(residual, column, design.starts)
                   for column in design.z[design.order].T]) / scale[:, None]
    uy = np.einsum("aej,erj->arj", k_inverse, zy)
    return (coef.T, scale, uy, (residual @ design.q_within).T / scale,
            _within_square(design, residual, scale, uy))


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
    return _response(design, coef, scale, uy / scale[:, None], (xy_within - fitted) / scale,
                     yy / scale**2)


def _response(design: Design, coef: Array, scale: Array, uy: Array, xy_within: Array,
              yy_within: Array) -> Response:
    return Response(
        coef, scale, uy, yy_within, xy_within,
        _class_sums(np.einsum("arj,brj->abrj", uy, uy), design.class_of),
        _class_sums(np.einsum("akj,brj->abkrj", design.ux, uy), design.class_of))


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
        raise ValueError(f"the columns of {name} are linearly dependent: "
                         "leave out what the others already say")
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
    kept = values > 1e-13 * values[:, -1:]          # a group smaller than q spans less than R^q
    root = np.sqrt(np.where(kept, values, 1.0))
    k = np.where(kept[:, None, :], vectors * root[:, None, :], 0.0)
    k_inverse = np.where(kept[:, :, None], vectors.transpose(0, 2, 1) / root[:, :, None], 0.0)
    return class_of.ravel(), np.moveaxis(k, 0, -1), np.moveaxis(k_inverse, 0, -1)


def _group_sums(rows: Array, starts: NDArray) -> Array:
    return np.add.reduceat(rows, starts, axis=0)


def _class_sums(per_group: Array, class_of: NDArray) -> Array:
    """Sum the last axis over the groups of each class."""
    if len(np.unique(class_of)) == per_group.shape[-1]:
        return per_group[..., np.argsort(class_of)]
    by_class = np.argsort(class_of, kind="stable")
    first = np.searchsorted(class_of[by_class], np.arange(class_of.max() + 1))
    return np.add.reduceat(per_group[..., by_class], first, axis=-1)


def _between_fit(design: Design, u_stat: Array) -> Array:
    """U U'x, rows sorted by group, from U'x = `u_stat` (q, m, J): (N, m)."""
    return _project(design.z[design.order], design.k_inverse[:, :, design.class_of], u_stat,
                    design.sizes)


def _project(z: Array, k_inverse: Array, u_stat: Array, sizes: NDArray) -> Array:
    coef = np.einsum("eaj,emj->amj", k_inverse, u_stat)       # Z_j coef_j = U_j U_j'x_j
    return sum(z[:, a, None] * np.repeat(coef[a].T, sizes, axis=0) for a in range(len(coef)))


# ---------------------------------------------------------------- the deviance


def evaluate(design: Design, response: Response, relative: Array, *, reml: bool = True,
             derivatives: int = 2) -> Evaluation:
    """The profiled deviance of every replicate at Λ = `relative` (q, q, R), in the working basis
    (any square root of the relative G will do).

    Constants that do not depend on Λ (the scale of y, the basis of X) are left out here and
    restored by `fit_profiled`. `derivatives`: 0, none; 1, gradients; 2, second ones too.
    """
    kl = np.einsum("bac,bdr->adrc", design.k, relative)                   # K'Λ
    n_matrix = np.einsum("adrc,bdrc->abrc", kl, kl)                       # N = I + K'ΛΛ'K
    n_matrix[np.diag_indices(design.n_random)] += 1.0
    s, log_n = _inverse_and_log_det(n_matrix)
    log_det = log_n @ design.counts                                       # log|V|
    a = design.xx_within[:, :, None] + np.tensordot(
        design.xx_between, s, axes=([0, 1, 4], [0, 1, 3]))                # X'V⁻¹X
    b = response.xy_within + np.einsum("abrc,abkrc->kr", s, response.xy_between)
    c = response.yy_within + np.einsum("abrc,abrc->r", s, response.yy_between)
    a_inverse, log_a = _inverse_and_log_det(a)
    beta = np.einsum("klr,lr->kr", a_inverse, b)
    r2 = c - np.einsum("kr,kr->r", b, beta)                               # penalised RSS
    dof = design.n_obs - design.n_fixed * reml
    deviance = log_det + reml * log_a + dof * (1 + np.log(2 * np.pi * r2 / dof))
    result = Evaluation(deviance, beta, r2, a_inverse)
    return _with_derivatives(design, response, result, s, reml, derivatives) if derivatives else result


def _with_derivatives(design: Design, response: Response, at: Evaluation, s: Array,
                      reml: bool, order: int) -> Evaluation:
    """Add derivatives with respect to G.

    From dV⁻¹ = −V⁻¹ Z dG Z' V⁻¹. With T = Z'V⁻¹Z, F = Z'V⁻¹X, v = Z'V⁻¹(y − Xβ), by group:
    d log|V| = tr(T dG);  d(X'V⁻¹X) = −ΣF'dG F;  dr² = −Σ v'dG v.
    """
    p = np.einsum("aec,efrc->afrc", design.k, s)                          # K N⁻¹
    t = np.einsum("aerc,bec->abrc", p, design.k)                          # T
    pp = np.einsum("aerc,bfrc->abefrc", p, p)
    xw = response.xy_between - np.einsum("efklc,lr->efkrc", design.xx_between, at.beta)
    ww = (response.yy_between - np.einsum("efkrc,kr->efrc", response.xy_between, at.beta)
          - np.einsum("efkrc,kr->ferc", xw, at.beta))                     # U'(y − Xβ)(y − Xβ)'U
    vv = np.einsum("abefrc,efrc->abrc", pp, ww)                           # Σ v v' by class
    log_det = np.einsum("abrc,c->abr", t, design.counts)
    information = None
    if reml or order > 1:
        information = np.tensordot(design.xx_between, pp, axes=([0, 1, 4], [2, 3, 5]))
        information = np.moveaxis(information, (0, 1), (2, 3))            # Σ F_a'F_b: (a,b,k,l,r)
    if reml:
        log_det = log_det - np.einsum("klr,abklr->abr", at.a_inverse, information)
    at = replace(at, log_det=log_det, r2_gradient=-vv.sum(axis=-1), information=information)
    return _with_second(design, at, t, pp, xw, vv, reml) if order > 1 else at


def _with_second(design: Design, at: Evaluation, t: Array, pp: Array, xw: Array, vv: Array,
                 reml: bool) -> Evaluation:
    """Add second derivatives, from dT = −T dG T, dF = −T dG F and dβ = −(X'V⁻¹X)⁻¹ΣF'dG v."""
    weight = -design.counts * t
    log_det2 = 0.0
    if reml:
        half = np.einsum("kmr,abmlr->abklr", at.a_inverse, at.information)
        log_det2 = -np.einsum("abklr,delkr->abder", half, half)
        xax = np.tensordot(design.xx_between, at.a_inverse, axes=([2, 3], [0, 1]))
        weight = weight + 2 * np.einsum("abefrc,efcr->abrc", pp, xax)
    h = np.einsum("abefrc,efkrc->abkr", pp, xw)                           # Σ F_a v_b
    r2_second = 2 * (np.einsum("earc,bdrc->abder", vv, t)
                     - np.einsum("abkr,klr,edlr->abder", h, at.a_inverse, h))
    return replace(at, log_det2=log_det2 + np.einsum("earc,bdrc->abder", weight, t),
                   r2_second=r2_second)


def _inverse_and_log_det(matrix: Array) -> tuple[Array, Array]:
    """Inverse and log-determinant of (n, n, …) symmetric positive definite matrices
    (Gauss-Jordan elimination; no pivoting is needed for such matrices)."""
    inverse = matrix.copy()
    log_det = np.zeros(matrix.shape[2:])
    for i in range(len(matrix)):
        pivot = inverse[i, i].copy()
        log_det += np.log(pivot)
        inverse[i, i] = 1.0
        inverse[i] /= pivot
        for j in range(len(matrix)):
            if j != i:
                factor = inverse[j, i].copy()
                inverse[j, i] = 0.0
                inverse[j] -= factor * inverse[i]
    return inverse, log_det


# ---------------------------------------------------------------- from G to θ


def lambda_(design: Design, theta: Array) -> Array:
    """Λ in the working basis (q, q, R) from θ (k, R)."""
    return np.einsum("ab,bdr->adr", design.mix, _triangle(design, theta))


def _triangle(design: Design, theta: Array) -> Array:
    """The triangular (or diagonal) matrix (q, q, R) that holds θ (k, R)."""
    relative = np.zeros((design.n_random, design.n_random, theta.shape[1]))
    relative[design.free] = theta
    return relative


def _directions(design: Design, relative: Array) -> tuple[Array, Array]:
    """dG/dθ (i, q, q, R) and d²G/dθ² (i, j, q, q), from G = ΛΛ'."""
    unit = np.zeros((design.n_theta, design.n_random, design.n_random))
    unit[(np.arange(design.n_theta), *design.free)] = 1.0
    unit = design.mix @ unit
    half = np.einsum("iad,bdr->iabr", unit, relative)
    product = np.einsum("iad,jbd->ijab", unit, unit)
    return half + half.swapaxes(1, 2), product + product.swapaxes(2, 3)


def to_theta(design: Design, theta: Array, gradient: Array,
              second: Array) -> tuple[Array, Array]:
    """Chain rule: derivatives with respect to G -> (i, R) and (i, j, R) with respect to θ."""
    first, curvature = _directions(design, lambda_(design, theta))
    hessian = (np.einsum("iabr,abder,jder->ijr", first, second, first)
               + np.einsum("ijab,abr->ijr", curvature, gradient))
    return np.einsum("iabr,abr->ir", first, gradient), (hessian + hessian.swapaxes(0, 1)) / 2


def profiled_derivatives(design: Design, at: Evaluation, theta: Array, *,
                         reml: bool) -> tuple[Array, Array]:
    """Gradient (k, R) and Hessian (k, k, R) of the profiled deviance with respect to θ."""
    dof = design.n_obs - design.n_fixed * reml
    relative_gradient = at.r2_gradient / at.r2
    gradient = at.log_det + dof * relative_gradient
    second = at.log_det2 + dof * (
        at.r2_second / at.r2
        - np.einsum("abr,der->abder", relative_gradient, relative_gradient))
    return to_theta(design, theta, gradient, second)


# ---------------------------------------------------------------- the optimum


@dataclass(frozen=True)
class ProfiledFit:
    """Optima of R replicates, on the data's own scale."""

    theta: Array        # (k, R) working basis, diagonal of Λ not negative
    params: Array       # (R, p)
    cov_params: Array   # (R, p, p) σ²(X'V⁻¹X)⁻¹
    cov_re: Array       # (R, q, q) G
    sigma2: Array       # (R,)
    llf: Array          # (R,)
    singular: NDArray[np.bool_]
    converged: NDArray[np.bool_]


def fit_profiled(design: Design, response: Response, *, reml: bool = True) -> ProfiledFit:
    """Minimise the profiled deviance of every replicate."""
    step = max(1, _CHUNK // (len(design.counts) * design.n_random**2))
    chunks = [response.take(slice(i, i + step))
              for i in range(0, len(response.scale), step)]
    found = [_search(design, chunk, reml) for chunk in chunks]
    theta = np.concatenate([theta for theta, _ in found], axis=1)
    converged = np.concatenate([ok for _, ok in found])
    parts = [_back_to_data(design, chunk, part, reml)
             for chunk, (part, _) in zip(chunks, found, strict=True)]
    joined = [np.concatenate(values) for values in zip(*parts, strict=True)]
    return ProfiledFit(theta, *joined, converged)


def _search(design: Design, response: Response, reml: bool) -> tuple[Array, Array]:
    """Best θ of each replicate. With few groups, or at a singular optimum, there may be several
    optima: there the search is repeated from every direction that promises to compete."""
    def objective(theta, index):
        at = evaluate(design, response.take(index), lambda_(design, theta), reml=reml)
        return at.deviance, *profiled_derivatives(design, at, theta, reml=reml)

    everyone = np.arange(len(response.scale))
    start, _ = _best_start(design, response, _spread_starts(design), reml)
    theta, value, ok = minimise_batch(objective, start, everyone)
    several = (design.n_groups <= _FEW_GROUPS) & (design.n_random > 1)
    doubtful = np.flatnonzero(_is_singular(design, theta) | ~ok | several)
    if len(doubtful):
        start, index = _second_starts(design, response, doubtful, value, reml)
        for theta_i, value_i, ok_i, i in zip(
                *(np.moveaxis(part, -1, 0) for part in minimise_batch(objective, start, index)),
                index, strict=True):
            if value_i < value[i] - 1e-9:
                theta[:, i], value[i], ok[i] = theta_i, value_i, ok_i
    return _tidy(design, response, theta, value, reml), ok


def _second_starts(design: Design, response: Response, doubtful: NDArray[np.intp], value: Array,
                   reml: bool) -> tuple[Array, NDArray[np.intp]]:
    """Starts (k, m) in every direction that promises to compete with the optimum found, and the
    replicates (m,) they are for."""
    found = [_best_start(design, response.take(doubtful), starts, reml)
             for starts in _directed_starts(design)]
    near = [start_value < value[doubtful] + 10 + design.n_groups for _, start_value in found]
    return (np.concatenate([start[:, use] for (start, _), use in zip(found, near, strict=True)],
                           axis=1),
            np.concatenate([doubtful[use] for use in near]))


def _best_start(design: Design, response: Response, starts: Array,
                reml: bool) -> tuple[Array, Array]:
    """For each replicate the θ (k, R) of `starts` (s, k) with the lowest deviance, and that."""
    size = len(response.scale)
    values = np.array([
        evaluate(design, response, lambda_(design, np.tile(start[:, None], size)), reml=reml,
                 derivatives=0).deviance for start in starts])
    best = np.argmin(values, axis=0)
    return starts[best].T, values[best, np.arange(size)]


def _spread_starts(design: Design) -> Array:
    """Independent random effects of small, middling and large spread, (s, k)."""
    on_diagonal = (design.free[0] == design.free[1]).astype(float)
    return np.outer((0.7, 0.2, 2.0), on_diagonal)


def _directed_starts(design: Design) -> list[Array]:
    """Starts of several sizes in each direction in which the random effects may lie: all alike,
    one alone, or two together or against each other, the first or the second larger.

    The sizes are not small: near zero the search has been already.
    """
    sizes = np.array([0.7, 2.0, 6.0])
    rows, columns = design.free
    on_diagonal = (rows == columns).astype(float)
    starts = [np.outer(sizes, on_diagonal)]
    for a in range(design.n_random if design.n_theta > 1 else 0):
        starts.append(np.outer(sizes, np.where(rows == a, 1.0, 0.1) * on_diagonal))
        for b in np.flatnonzero((columns == a) & (rows > a)):
            for angle in np.pi * np.array([1, 2, 3, 5, 6, 7]) / 8:
                pair = 0.1 * on_diagonal
                pair[(rows == a) & (columns == a)] = np.sin(angle)
                pair[b] = np.cos(angle)
                starts.append(np.outer(sizes, pair))
    return starts


def _tidy(design: Design, response: Response, theta: Array, value: Array, reml: bool) -> Array:
    """Make the diagonal of Λ non-negative, and exactly zero where that costs no likelihood."""
    relative = _triangle(design, theta)
    signs = np.where(np.einsum("aar->ar", relative) < 0, -1.0, 1.0)
    theta = (relative * signs)[design.free]
    for i in np.flatnonzero(design.free[0] == design.free[1]):
        zeroed = theta.copy()
        zeroed[i, theta[i] < _NEAR_ZERO] = 0.0
        at_zero = evaluate(design, response, lambda_(design, zeroed), reml=reml, derivatives=0)
        theta = np.where(at_zero.deviance <= value + 1e-9, zeroed, theta)
    return theta


def _is_singular(design: Design, theta: Array) -> NDArray[np.bool_]:
    """Is Λ, in units of σ and of the size of Z's columns, short of full rank?"""
    if len(theta) == 1:
        return np.abs(theta[0]) < SINGULAR
    relative = np.moveaxis(_triangle(design, theta), -1, 0)
    return np.linalg.svd(relative, compute_uv=False)[:, -1] < SINGULAR


def _back_to_data(design: Design, response: Response, theta: Array, reml: bool) -> tuple:
    """Undo the working basis: β, its covariance, G, σ², log-likelihood and the singular flag."""
    at = evaluate(design, response, lambda_(design, theta), reml=reml, derivatives=0)
    dof = design.n_obs - design.n_fixed * reml
    scale2 = response.scale**2
    sigma2 = scale2 * at.r2 / dof
    r_inverse = np.linalg.inv(design.r_factor)
    params = (r_inverse @ (response.coef + response.scale * at.beta)).T
    cov_params = np.einsum("kl,lmr,nm,r->rkn", r_inverse, at.a_inverse, r_inverse, sigma2)
    factor = np.einsum("ab,bdr->adr", design.z_basis, lambda_(design, theta))
    cov_re = np.einsum("adr,bdr,r->rab", factor, factor, sigma2)
    log_det_r = np.log(np.abs(np.diag(design.r_factor))).sum()
    llf = -0.5 * (at.deviance + dof * np.log(scale2) + reml * 2 * log_det_r)
    return params, cov_params, cov_re, sigma2, llf, _is_singular(design, theta)


def curvature(design: Design, response: Response, fit: ProfiledFit, *, reml: bool) -> Curvature:
    """The bend of the deviance at the optima, in the data's units (see `Curvature`)."""
    at = evaluate(design, response, lambda_(design, fit.theta), reml=reml)
    scale2 = response.scale**2
    _, log_det2 = to_theta(design, fit.theta, at.log_det, at.log_det2)
    r1, r2 = to_theta(design, fit.theta, at.r2_gradient, at.r2_second)
    first, _ = _directions(design, lambda_(design, fit.theta))
    information = np.einsum("iabr,abklr->rikl", first, at.information)
    r = design.r_factor
    return Curvature(
        fit.sigma2, design.n_obs - design.n_fixed * reml,
        fit.cov_params / fit.sigma2[:, None, None], np.moveaxis(log_det2, -1, 0),
        (scale2 * r1).T, np.moveaxis(scale2 * r2, -1, 0), r.T @ information @ r)
