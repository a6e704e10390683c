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

from dataclasses import dataclass, field, replace

import numpy as np

from hlm_teach._shared.arrays import Array

from .sums import Design, Response


def _not_asked() -> Array:
    """Stands where a derivative was not asked for; fits into no formula."""
    return np.empty(0)


@dataclass(frozen=True)
class Evaluation:
    """The profiled deviance at θ, what was profiled out, and derivatives with respect to G.

    `G` here is relative (in units of σ²) and in the working basis; so are all fields.
    Derivatives treat the q² entries of G as separate: contract them with symmetric directions.
    """

    deviance: Array  # (R,)
    beta: Array  # (p, R)
    r2: Array  # (R,) r²(θ)
    a_inverse: Array  # (p, p, R) (X'V⁻¹X)⁻¹
    log_det: Array = field(
        default_factory=_not_asked
    )  # (q, q, R) gradient of log|V| (+ log|X'V⁻¹X|)
    log_det2: Array = field(default_factory=_not_asked)  # (q, q, q, q, R) its second derivatives
    r2_gradient: Array = field(default_factory=_not_asked)  # (q, q, R)
    r2_second: Array = field(default_factory=_not_asked)  # (q, q, q, q, R)
    information: Array = field(default_factory=_not_asked)  # (q, q, p, p, R) −d(X'V⁻¹X)/dG


def evaluate(
    design: Design, response: Response, relative: Array, *, reml: bool = True, derivatives: int = 2
) -> Evaluation:
    """The profiled deviance of every replicate at Λ = `relative` (q, q, R), in the working basis
    (any square root of the relative G will do).

    Constants that do not depend on Λ (the scale of y, the basis of X) are left out here and
    restored by `optimum.fit_profiled`. `derivatives`: 0, none; 1, gradients; 2, second ones too.
    """
    kl = np.einsum("bac,bdr->adrc", design.k, relative)  # K'Λ
    n_matrix = np.einsum("adrc,bdrc->abrc", kl, kl)  # N = I + K'ΛΛ'K
    n_matrix[np.diag_indices(design.n_random)] += 1.0
    s, log_n = _inverse_and_log_det(n_matrix)
    log_det = log_n @ design.counts  # log|V|
    a = design.xx_within[:, :, None] + np.tensordot(
        design.xx_between, s, axes=([0, 1, 4], [0, 1, 3])
    )  # X'V⁻¹X
    b = response.xy_within + np.einsum("abrc,abkrc->kr", s, response.xy_between)
    c = response.yy_within + np.einsum("abrc,abrc->r", s, response.yy_between)
    a_inverse, log_a = _inverse_and_log_det(a)
    beta = np.einsum("klr,lr->kr", a_inverse, b)
    r2 = c - np.einsum("kr,kr->r", b, beta)  # penalised RSS
    dof = design.n_obs - design.n_fixed * reml
    deviance = log_det + reml * log_a + dof * (1 + np.log(2 * np.pi * r2 / dof))
    result = Evaluation(deviance, beta, r2, a_inverse)
    if not derivatives:
        return result
    return _with_derivatives(design, response, result, s, reml, derivatives)


def _with_derivatives(
    design: Design, response: Response, at: Evaluation, s: Array, reml: bool, order: int
) -> Evaluation:
    """Add derivatives with respect to G.

    From dV⁻¹ = −V⁻¹ Z dG Z' V⁻¹. With T = Z'V⁻¹Z, F = Z'V⁻¹X, v = Z'V⁻¹(y − Xβ), by group:
    d log|V| = tr(T dG);  d(X'V⁻¹X) = −ΣF'dG F;  dr² = −Σ v'dG v.
    """
    p = np.einsum("aec,efrc->afrc", design.k, s)  # K N⁻¹
    t = np.einsum("aerc,bec->abrc", p, design.k)  # T
    pp = np.einsum("aerc,bfrc->abefrc", p, p)
    xw = response.xy_between - np.einsum("efklc,lr->efkrc", design.xx_between, at.beta)
    ww = (
        response.yy_between
        - np.einsum("efkrc,kr->efrc", response.xy_between, at.beta)
        - np.einsum("efkrc,kr->ferc", xw, at.beta)
    )  # U'(y − Xβ)(y − Xβ)'U
    vv = np.einsum("abefrc,efrc->abrc", pp, ww)  # Σ v v' by class
    log_det = np.einsum("abrc,c->abr", t, design.counts)
    information = at.information
    if reml or order > 1:
        information = np.tensordot(design.xx_between, pp, axes=([0, 1, 4], [2, 3, 5]))
        information = np.moveaxis(information, (0, 1), (2, 3))  # Σ F_a'F_b: (a,b,k,l,r)
    if reml:
        log_det = log_det - np.einsum("klr,abklr->abr", at.a_inverse, information)
    at = replace(at, log_det=log_det, r2_gradient=-vv.sum(axis=-1), information=information)
    return _with_second(design, at, t, pp, xw, vv, reml) if order > 1 else at


def _with_second(
    design: Design, at: Evaluation, t: Array, pp: Array, xw: Array, vv: Array, reml: bool
) -> Evaluation:
    """Add second derivatives, from dT = −T dG T, dF = −T dG F and dβ = −(X'V⁻¹X)⁻¹ΣF'dG v."""
    weight = -design.counts * t
    log_det2 = np.zeros(1)
    if reml:
        half = np.einsum("kmr,abmlr->abklr", at.a_inverse, at.information)
        log_det2 = -np.einsum("abklr,delkr->abder", half, half)
        xax = np.tensordot(design.xx_between, at.a_inverse, axes=([2, 3], [0, 1]))
        weight = weight + 2 * np.einsum("abefrc,efcr->abrc", pp, xax)
    h = np.einsum("abefrc,efkrc->abkr", pp, xw)  # Σ F_a v_b
    r2_second = 2 * (
        np.einsum("earc,bdrc->abder", vv, t) - np.einsum("abkr,klr,edlr->abder", h, at.a_inverse, h)
    )
    return replace(
        at, log_det2=log_det2 + np.einsum("earc,bdrc->abder", weight, t), r2_second=r2_second
    )


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
    return np.einsum("ab,bdr->adr", design.mix, triangle(design, theta))


def triangle(design: Design, theta: Array) -> Array:
    """The triangular (or diagonal) matrix (q, q, R) that holds θ (k, R)."""
    relative = np.zeros((design.n_random, design.n_random, theta.shape[1]))
    relative[design.free] = theta
    return relative


def directions(design: Design, relative: Array) -> tuple[Array, Array]:
    """dG/dθ (i, q, q, R) and d²G/dθ² (i, j, q, q), from G = ΛΛ'."""
    unit = np.zeros((design.n_theta, design.n_random, design.n_random))
    unit[(np.arange(design.n_theta), *design.free)] = 1.0
    unit = design.mix @ unit
    half = np.einsum("iad,bdr->iabr", unit, relative)
    product = np.einsum("iad,jbd->ijab", unit, unit)
    return half + half.swapaxes(1, 2), product + product.swapaxes(2, 3)


def to_theta(design: Design, theta: Array, gradient: Array, second: Array) -> tuple[Array, Array]:
    """Chain rule: derivatives with respect to G -> (i, R) and (i, j, R) with respect to θ."""
    first, curvature = directions(design, lambda_(design, theta))
    hessian = np.einsum("iabr,abder,jder->ijr", first, second, first) + np.einsum(
        "ijab,abr->ijr", curvature, gradient
    )
    return np.einsum("iabr,abr->ir", first, gradient), (hessian + hessian.swapaxes(0, 1)) / 2


def profiled_derivatives(
    design: Design, at: Evaluation, theta: Array, *, reml: bool
) -> tuple[Array, Array]:
    """Gradient (k, R) and Hessian (k, k, R) of the profiled deviance with respect to θ."""
    dof = design.n_obs - design.n_fixed * reml
    relative_gradient = at.r2_gradient / at.r2
    gradient = at.log_det + dof * relative_gradient
    second = at.log_det2 + dof * (
        at.r2_second / at.r2 - np.einsum("abr,der->abder", relative_gradient, relative_gradient)
    )
    return to_theta(design, theta, gradient, second)
