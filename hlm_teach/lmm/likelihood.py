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

from .design import Design
from .packed_products import (
    apply,
    congruence,
    cross,
    from_pairs,
    interleaved,
    inverse_and_log_det,
    inverse_of_full,
    left_inverse,
    left_product,
    symmetric_product,
    times,
)
from .response import Response
from .symmetric import packed, pair_of, pairs


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
    dof: Array | int  # N, or N − p under REML; by replicate where groups are weighed
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
    s, log_n = inverse_and_log_det(_n_matrix(design, relative))
    log_det = design.counts @ response.weighed(log_n)  # log|V|
    xx_within, n_obs = _within_and_rows(design, response)
    counted = response.weighed(s)
    a = xx_within + times(design.xx_between, counted)  # X'V⁻¹X
    b = response.xy_within + np.einsum("icr,ikcr->kr", counted, response.xy_between)
    c = response.yy_within + np.einsum("icr,icr->r", counted, response.yy_between)
    a_inverse, log_a = inverse_of_full(a)
    beta = np.einsum("klr,lr->kr", a_inverse, b)
    r2 = c - np.einsum("kr,kr->r", b, beta)  # penalised RSS, of y with mean square 1
    r2 = np.maximum(r2, 1e-30 * design.n_obs)  # zero where nothing is left, up to rounding
    dof = n_obs - design.n_fixed * reml
    deviance = log_det + reml * log_a + dof * (1 + np.log(2 * np.pi * r2 / dof))
    result = Evaluation(deviance, beta, r2, a_inverse, dof)
    if not derivatives:
        return result
    return _with_derivatives(design, response, result, s, reml, derivatives)


def _within_and_rows(design: Design, response: Response) -> tuple[Array, Array | int]:
    """X'(I − UU')X (p, p, R or 1) and the number of rows."""
    if response.weighing is None:
        return design.xx_within[:, :, None], design.n_obs
    return response.weighing.xx_within, response.weighing.n_obs


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
    p = left_product(design.k, s)  # K N⁻¹
    t = symmetric_product(p, design.k)  # T
    pp = congruence(p)
    ww = (
        response.yy_between
        - 2 * np.einsum("ikcr,kr->icr", response.xy_between, at.beta)
        + from_pairs(design.xx_between, at.beta[:, None] * at.beta)
    )  # U'(y − Xβ)(y − Xβ)'U
    vv = apply(pp, response.weighed(ww))  # Σ v v' by class
    log_det = np.matmul(design.counts, response.weighed(t))
    information = _not_asked()
    if reml or order > 1:
        information = times(design.xx_between, response.weighed(pp))  # Σ F_a'F_b
    if reml:
        log_det = log_det - np.einsum("klr,iklr->ir", at.a_inverse, information)
    found = dict(
        log_det=log_det[pair_of(q)],
        r2_gradient=-vv.sum(axis=1)[pair_of(q)],
        information=information,
    )
    if order > 1:
        found |= _second(design, response, at, information, t, pp, vv, reml)
    return replace(at, **found)


def _second(
    design: Design,
    response: Response,
    at: Evaluation,
    information: Array,
    t: Array,
    pp: Array,
    vv: Array,
    reml: bool,
) -> dict[str, Array]:
    """Second derivatives, from dT = −T dG T, dF = −T dG F and dβ = −(X'V⁻¹X)⁻¹ΣF'dG v."""
    weight = -design.counts[:, None] * response.weighed(t)
    log_det2: Array | float = 0.0
    if reml:
        half = left_inverse(at.a_inverse, information)
        log_det2 = -np.einsum("iklr,jlkr->ijr", half, half)
        pairs_of_x = response.weighed(from_pairs(design.xx_between, at.a_inverse))
        weight = weight + 2 * apply(pp, pairs_of_x)
    h = cross(response.weighed(pp), response.xy_between) - np.einsum(
        "iklr,lr->ikr", information, at.beta
    )
    ah = np.einsum("klr,jlr->jkr", at.a_inverse, h)  # h: Σ F_a v_b
    r2_second = 2 * (interleaved(vv, t) - np.einsum("ikr,jkr->ijr", h, ah))
    return dict(log_det2=log_det2 + interleaved(weight, t), r2_second=r2_second)
