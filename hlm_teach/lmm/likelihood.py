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

Symmetric q × q matrices are held by their q(q + 1)/2 entries on and below the diagonal (i, or j):
half the work, and every array below is a stack of long contiguous rows. Arrays put classes (c) and
replicates (r) last; a, b, d, e count random effects and k, l fixed effects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from hlm_teach._shared.arrays import Array

from .sums import Design, Response
from .symmetric import folded, packed, pair_of, pairs, size_of


def _not_asked() -> Array:
    """Stands where a derivative was not asked for; fits into no formula."""
    return np.empty(0)


@dataclass(frozen=True)
class Evaluation:
    """The profiled deviance at θ, what was profiled out, and derivatives with respect to G.

    `G` here is relative (in units of σ²) and in the working basis; so are all fields. First
    derivatives treat the q² entries of G as separate: contract them with symmetric directions.
    Second ones, and the information, are packed (symmetric.py): contract them with folded ones.
    """

    deviance: Array  # (R,)
    beta: Array  # (p, R)
    r2: Array  # (R,) r²(θ)
    a_inverse: Array  # (p, p, R) (X'V⁻¹X)⁻¹
    log_det: Array = field(
        default_factory=_not_asked
    )  # (q, q, R) gradient of log|V| (+ log|X'V⁻¹X|)
    log_det2: Array = field(default_factory=_not_asked)  # (m, m, R) its second derivatives
    r2_gradient: Array = field(default_factory=_not_asked)  # (q, q, R)
    r2_second: Array = field(default_factory=_not_asked)  # (m, m, R)
    information: Array = field(default_factory=_not_asked)  # (m, p, p, R) −d(X'V⁻¹X)/dG


def evaluate(
    design: Design, response: Response, relative: Array, *, reml: bool = True, derivatives: int = 2
) -> Evaluation:
    """The profiled deviance of every replicate at Λ = `relative` (q, q, R), in the working basis
    (any square root of the relative G will do).

    Constants that do not depend on Λ (the scale of y, the basis of X) are left out here and
    restored by `optimum.fit_profiled`. `derivatives`: 0, none; 1, gradients; 2, second ones too.
    """
    s, log_n = _inverse_and_log_det(_n_matrix(design, relative))
    log_det = design.counts @ log_n  # log|V|
    a = design.xx_within[:, :, None] + _times(design.xx_between, s)  # X'V⁻¹X
    b = response.xy_within + np.einsum("icr,ikcr->kr", s, response.xy_between)
    c = response.yy_within + np.einsum("icr,icr->r", s, response.yy_between)
    a_inverse, log_a = _inverse_of_full(a)
    beta = np.einsum("klr,lr->kr", a_inverse, b)
    r2 = c - np.einsum("kr,kr->r", b, beta)  # penalised RSS, of y with mean square 1
    r2 = np.maximum(r2, 1e-30 * design.n_obs)  # zero where nothing is left, up to rounding
    dof = design.n_obs - design.n_fixed * reml
    deviance = log_det + reml * log_a + dof * (1 + np.log(2 * np.pi * r2 / dof))
    result = Evaluation(deviance, beta, r2, a_inverse)
    if not derivatives:
        return result
    return _with_derivatives(design, response, result, s, reml, derivatives)


def _n_matrix(design: Design, relative: Array) -> Array:
    """N = I + K'ΛΛ'K of every class and replicate, packed (m, C, R)."""
    g = packed(np.einsum("adr,bdr->abr", relative, relative))
    n_matrix = np.matmul(design.kk, g)
    rows, columns = pairs(design.n_random)
    n_matrix[rows == columns] += 1.0
    return n_matrix


def _with_derivatives(
    design: Design, response: Response, at: Evaluation, s: Array, reml: bool, order: int
) -> Evaluation:
    """Add derivatives with respect to G.

    From dV⁻¹ = −V⁻¹ Z dG Z' V⁻¹. With T = Z'V⁻¹Z, F = Z'V⁻¹X, v = Z'V⁻¹(y − Xβ), by group:
    d log|V| = tr(T dG);  d(X'V⁻¹X) = −ΣF'dG F;  dr² = −Σ v'dG v.
    """
    q = design.n_random
    p = _left_product(design.k, s)  # K N⁻¹
    t = _symmetric_product(p, design.k)  # T
    pp = _congruence(p)
    ww = (
        response.yy_between
        - 2 * np.einsum("ikcr,kr->icr", response.xy_between, at.beta)
        + _from_pairs(design.xx_between, at.beta[:, None] * at.beta)
    )  # U'(y − Xβ)(y − Xβ)'U
    vv = _apply(pp, ww)  # Σ v v' by class
    log_det = np.matmul(design.counts, t)
    information = _not_asked()
    if reml or order > 1:
        information = _times(design.xx_between, pp)  # Σ F_a'F_b
    if reml:
        log_det = log_det - np.einsum("klr,iklr->ir", at.a_inverse, information)
    at = replace(
        at,
        log_det=log_det[pair_of(q)],
        r2_gradient=-vv.sum(axis=1)[pair_of(q)],
        information=information,
    )
    return _with_second(design, response, at, t, pp, vv, reml) if order > 1 else at


def _with_second(
    design: Design, response: Response, at: Evaluation, t: Array, pp: Array, vv: Array, reml: bool
) -> Evaluation:
    """Add second derivatives, from dT = −T dG T, dF = −T dG F and dβ = −(X'V⁻¹X)⁻¹ΣF'dG v."""
    weight = -design.counts[:, None] * t
    log_det2: Array | float = 0.0
    if reml:
        half = np.einsum("kmr,imlr->iklr", at.a_inverse, at.information)
        log_det2 = -np.einsum("iklr,jlkr->ijr", half, half)
        weight = weight + 2 * _apply(pp, _from_pairs(design.xx_between, at.a_inverse))
    h = _cross(pp, response.xy_between) - np.einsum("iklr,lr->ikr", at.information, at.beta)
    ah = np.einsum("klr,jlr->jkr", at.a_inverse, h)  # h: Σ F_a v_b
    r2_second = 2 * (_interleaved(vv, t) - np.einsum("ikr,jkr->ijr", h, ah))
    return replace(at, log_det2=log_det2 + _interleaved(weight, t), r2_second=r2_second)


# ---------------------------------------------------------------- products of small matrices


def _times(xx: Array, packed_s: Array) -> Array:
    """Σ_c Σ_i xx[k, l, i, c] s[…, i, c, r]: (…, p, p, R)."""
    p, outside, (m, n_classes, size) = len(xx), packed_s.shape[:-3], packed_s.shape[-3:]
    flat = packed_s.reshape(*outside, m * n_classes, size)
    return np.matmul(xx.reshape(p * p, m * n_classes), flat).reshape(*outside, p, p, size)


def _from_pairs(xx: Array, matrix: Array) -> Array:
    """Σ_kl xx[k, l, i, c] M[k, l, r]: (m, C, R)."""
    p, _, m, n_classes = xx.shape
    size = matrix.shape[-1]
    flat = np.matmul(xx.reshape(p * p, -1).T, matrix.reshape(p * p, size))
    return flat.reshape(m, n_classes, size)


def _left_product(k: Array, s: Array) -> Array:
    """K S (q, q, C, R), S packed."""
    q, index = len(k), pair_of(len(k))
    out = np.empty((q, q, *s.shape[1:]))
    for a in range(q):
        for e in range(q):
            out[a, e] = k[a, 0][:, None] * s[index[0, e]]
            for b in range(1, q):
                out[a, e] += k[a, b][:, None] * s[index[b, e]]
    return out


def _symmetric_product(p: Array, k: Array) -> Array:
    """P K' packed, where that is symmetric: (m, C, R)."""
    rows, columns = pairs(len(k))
    out = np.empty((len(rows), *p.shape[2:]))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        out[i] = p[a, 0] * k[b, 0][:, None]
        for e in range(1, len(k)):
            out[i] += p[a, e] * k[b, e][:, None]
    return out


def _congruence(p: Array) -> Array:
    """What takes a folded W to P W P', packed: (m, m, C, R)."""
    rows, columns = pairs(len(p))
    out = np.empty((len(rows), len(rows), *p.shape[2:]))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        for j, (e, f) in enumerate(zip(rows, columns, strict=True)):
            np.multiply(p[a, e], p[b, f], out=out[i, j])
            if e != f and a != b:
                out[i, j] += p[a, f] * p[b, e]
                out[i, j] *= 0.5
    return out


def _apply(pp: Array, w: Array) -> Array:
    """P W P' of every class, W folded: (m, C, R)."""
    out = pp[:, 0] * w[0]
    for j in range(1, len(w)):
        out += pp[:, j] * w[j]
    return out


def _cross(pp: Array, xy: Array) -> Array:
    """Σ_c P W_k P' for the folded W_k of every fixed effect: (m, p, R)."""
    m, p = xy.shape[:2]
    out = np.zeros((m, p, xy.shape[-1]))
    for i in range(m):
        for k in range(p):
            for j in range(m):
                out[i, k] += np.einsum("cr,cr->r", pp[i, j], xy[j, k])
    return out


def _interleaved(u: Array, t: Array) -> Array:
    """Σ_c of dG ↦ tr(U dG T dG'), U and T symmetric: the packed matrix (m, m, R) that folded
    directions are contracted with."""
    q = size_of(len(u))
    products = np.array([[np.einsum("cr,cr->r", x, y) for y in t] for x in u])
    index = pair_of(q)
    rows, columns = pairs(q)
    a, b, d, e = rows[:, None], columns[:, None], rows, columns
    return 0.25 * (
        products[index[e, a], index[b, d]]
        + products[index[e, b], index[a, d]]
        + products[index[d, a], index[b, e]]
        + products[index[d, b], index[a, e]]
    )


def _inverse_and_log_det(matrix: Array) -> tuple[Array, Array]:
    """Inverse, packed, and log-determinant of packed symmetric positive definite matrices."""
    if len(matrix) == 1:
        return 1 / matrix, np.log(matrix[0])
    if len(matrix) == 3:
        first, low, second = matrix
        schur = second - low * (low / first)
        corner = 1 / schur
        ratio = low / first
        side = -ratio * corner
        return np.stack([1 / first - ratio * side, side, corner]), np.log(first) + np.log(schur)
    index = pair_of(size_of(len(matrix)))
    inverse, log_det = _inverse_of_full(matrix[index])
    return packed(inverse), log_det


def _inverse_of_full(matrix: Array) -> tuple[Array, Array]:
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
    return np.einsum("ab,bdr->adr", design.mix, triangle(design, theta))


def triangle(design: Design, theta: Array) -> Array:
    """The triangular (or diagonal) matrix (q, q, R) that holds θ (k, R)."""
    relative = np.zeros((design.n_random, design.n_random, theta.shape[1]))
    relative[design.free] = theta
    return relative


def directions(design: Design, relative: Array) -> tuple[Array, Array]:
    """dG/dθ (k, m, R) and d²G/dθ² (k, k, m), folded, from G = ΛΛ'."""
    unit = np.zeros((design.n_theta, design.n_random, design.n_random))
    unit[(np.arange(design.n_theta), *design.free)] = 1.0
    unit = design.mix @ unit
    half = np.einsum("iad,bdr->abir", unit, relative)
    product = np.einsum("iad,jbd->abij", unit, unit)
    return (
        np.moveaxis(folded(half + half.swapaxes(0, 1)), 0, 1),
        np.moveaxis(folded(product + product.swapaxes(0, 1)), 0, -1),
    )


def to_theta(design: Design, theta: Array, gradient: Array, second: Array) -> tuple[Array, Array]:
    """Chain rule: derivatives with respect to G -> (k, R) and (k, k, R) with respect to θ."""
    first, bend = directions(design, lambda_(design, theta))
    by_pair = packed(gradient)
    half = np.einsum("fir,ijr->fjr", first, second)
    hessian = np.einsum("fjr,hjr->fhr", half, first) + np.einsum("fhi,ir->fhr", bend, by_pair)
    return np.einsum("fir,ir->fr", first, by_pair), (hessian + hessian.swapaxes(0, 1)) / 2


def profiled_derivatives(
    design: Design, at: Evaluation, theta: Array, *, reml: bool
) -> tuple[Array, Array]:
    """Gradient (k, R) and Hessian (k, k, R) of the profiled deviance with respect to θ."""
    dof = design.n_obs - design.n_fixed * reml
    relative_gradient = at.r2_gradient / at.r2
    by_pair = packed(relative_gradient)
    gradient = at.log_det + dof * relative_gradient
    second = at.log_det2 + dof * (at.r2_second / at.r2 - by_pair[:, None] * by_pair)
    return to_theta(design, theta, gradient, second)
