r"""The profiled likelihood of several random terms, crossed or nested, with or without slopes.

Model
-----
Each term k has a grouping with L_k levels and q_k random effects a level:

    y = Xβ + Σ_k Z_k u_k + e,   u_k ~ N(0, I ⊗ G_k),   e ~ N(0, σ² I),   G_k = σ² Λ_k Λ_k'

in the notation of Bates, Mächler, Bolker & Walker (2015, J. Stat. Softw. 67(1),
doi:10.18637/jss.v067.i01); equation numbers below are theirs. So y ~ N(Xβ, σ² V) with
V = I + ZΛΛ'Z', and, β and σ² profiled out,

    −2 log L(θ)   = log|V| + N [1 + log(2π r²/N)]                                      (eq. 35)
    −2 log L_R(θ) = log|V| + log|X'V⁻¹X| + (N − p)[1 + log(2π r²/(N − p))]              (eq. 42)

where r² = (y − Xβ)'V⁻¹(y − Xβ) at the best β.

The blocked Cholesky
--------------------
V is N × N, but |V| = |Λ'Z'ZΛ + I|, a matrix as large as the number of random effects. Its
Cholesky factor is taken in blocks (section 3.2, and so MixedModels.jl):

1. The largest term goes first. Z₁'Z₁ has one q₁ × q₁ block A_i a level and nothing elsewhere (no
   row belongs to two levels), so it is eliminated level by level:

       N_i = I + Λ₁'A_iΛ₁,    T_i = Λ₁ N_i⁻¹ Λ₁',    log|V₁| = Σ log|N_i|

   and V₁⁻¹ = I − Z₁ T Z₁' gives what the first term leaves of every product (the Schur complement):

       B₂₂ = Z₂'V₁⁻¹Z₂ = A₂₂ − A₂₁ T A₁₂,   B₂ᵣ = A₂ᵣ − A₂₁ T A₁ᵣ,   Bᵣᵣ = Aᵣᵣ − Aᵣ₁ T A₁ᵣ

   with r for the columns [X y]. The coupling A₂₁ = Z₂'Z₁ is sparse where few levels meet.

2. All other terms are factored densely, M × M, the number of their effects only:

       S = I + Λ₂'B₂₂Λ₂ = L L',    log|V| = log|V₁| + log|S|

3. What is left belongs to the fixed effects:

       [X y]'V⁻¹[X y] = Bᵣᵣ − H'H,   H = L⁻¹Λ₂'B₂ᵣ

Derivatives
-----------
From dV⁻¹ = −V⁻¹ Z dG Z'V⁻¹ (G relative), with T = Z'V⁻¹Z, F = Z'V⁻¹X, v = Z'V⁻¹(y − Xβ):

    d log|V| = tr(T dG),   d log|X'V⁻¹X| = −tr((X'V⁻¹X)⁻¹F'dG F),   dr² = −v'dG v

Only sums over the levels of T's q_k × q_k diagonal blocks are needed. For the exact second
derivatives all of T would be. But the second derivatives of log|V| + log|X'V⁻¹X| are minus half
the expected second derivatives of r²/σ² (both are traces of P dV P dV), and r²'s are cheap:
putting the observed in the place of the expected is the *average information* of Gilmour,
Thompson & Cullis (1995, Biometrics 51, 1440-1450). It is never negative, needs one product with
T a parameter, and makes Newton's method converge in a few steps.

The working basis
-----------------
Columns of X are orthonormal, columns of every Z_k orthogonal with mean square one, and y is
replaced by its least-squares residuals over their size: units and origins of predictors do not
matter. `blocks.make_blocks` takes the data there; `blocked_optimum` brings the estimates back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from hlm_teach._shared.arrays import Array

from .block_arithmetic import (
    by_term,
    contract,
    inverse,
    inverse_and_log_det,
    inverse_from_cholesky,
    own_blocks,
    scale_columns,
    scale_rows,
    solve,
)
from .blocks import Blocks, Outcome

_MUCH = 1e3  # y'y/r² from which r² is computed from the residuals themselves
_INVERTIBLE = 1e-6  # smallest singular value of a Λ that may be divided by


@dataclass(frozen=True)
class Factor:
    """The blocked Cholesky factorisation at one Λ, and all that is solved with it."""

    blocks: Blocks
    relative: tuple[Array, ...]  # Λ_k (q_k, q_k), any square root of the relative G_k
    t1: Array  # (L₁, q₁, q₁) T_i
    m1: Array  # (L₁, q₁, q₁) (I + A_iG₁)⁻¹, so that Z₁'V₁⁻¹ = m₁Z₁'
    b22: Array  # (M, M) Z₂'V₁⁻¹Z₂
    turned: Array  # (M, M) B₂₂Λ₂
    cholesky: Array  # (M, M) L
    log_det: float  # log|V|

    def half(self, b2: Array) -> Array:
        """L⁻¹Λ₂' times b2 (M, m)."""
        right = scale_rows(b2, self.blocks, self.relative)
        return solve(self.cholesky, right) if len(right) else right

    def weight(self, b2: Array) -> Array:
        """Λ₂S⁻¹Λ₂' times b2 (M, m)."""
        half = self.half(b2)
        back = solve(self.cholesky, half, transposed=True) if len(half) else half
        return scale_rows(back, self.blocks, self.relative, transposed=False)

    def through(self, a1: Array, a2: Array) -> tuple[Array, Array]:
        """Z'V⁻¹c from a₁ = Z₁'c (L₁, q₁, m) and a₂ = Z₂'c (M, m), term 1 and the others."""
        b2 = a2 - self.blocks.coupling.to_rest(self.t1 @ a1)
        u2 = self.weight(b2)
        return self.m1 @ (a1 - self.blocks.coupling.to_first(u2)), b2 - self.b22 @ u2

    def rest_covariance(self, s_inverse: Array | None = None) -> Array:
        """W = Λ₂S⁻¹Λ₂' (M, M): over σ², the covariance of the other terms' effects given y."""
        s_inverse = inverse_from_cholesky(self.cholesky) if s_inverse is None else s_inverse
        turned = scale_columns(s_inverse, self.blocks, self.relative, transposed=True)
        return scale_rows(turned, self.blocks, self.relative, transposed=False)


@dataclass(frozen=True)
class Evaluation:
    """The profiled deviance at one Λ, what was profiled out, and its derivatives in each G_k."""

    deviance: float
    beta: Array  # (p,)
    r2: float
    a_inverse: Array  # (p, p) (X'V⁻¹X)⁻¹
    factor: Factor
    f: tuple[Array, ...] = ()  # F = Z'V⁻¹X by term (L_k, q_k, p)
    v: tuple[Array, ...] = ()  # v = Z'V⁻¹(y − Xβ) by term (L_k, q_k)
    log_det1: tuple[Array, ...] = ()  # (q_k, q_k) d log|V| (+ log|X'V⁻¹X|) / dG_k
    r2_1: tuple[Array, ...] = ()  # (q_k, q_k) dr²/dG_k


def factorise(blocks: Blocks, relative: tuple[Array, ...]) -> Factor:
    """Steps 1 and 2: the largest term level by level, then all others densely."""
    first = relative[0]
    n = np.eye(len(first)) + first.T @ blocks.a11 @ first  # N_i
    n_inverse, log_n = inverse_and_log_det(n)
    t1 = first @ n_inverse @ first.T  # T_i
    b22 = blocks.a22 - blocks.coupling.outer(t1)  # B₂₂
    turned = scale_columns(b22, blocks, relative)  # B₂₂Λ₂
    s = scale_rows(turned, blocks, relative)  # Λ₂'B₂₂Λ₂
    s[np.diag_indices_from(s)] += 1.0
    cholesky = (
        linalg.cholesky(s.T, lower=True, overwrite_a=True, check_finite=False) if len(s) else s
    )
    log_det = log_n + 2 * np.log(np.diag(cholesky)).sum()
    m1 = (
        n_inverse
        if len(first) == 1
        else inverse(np.eye(len(first)) + blocks.a11 @ (first @ first.T))
    )
    return Factor(blocks, relative, t1, m1, b22, turned, cholesky, float(log_det))


def evaluate(
    blocks: Blocks,
    outcome: Outcome,
    relative: tuple[Array, ...],
    *,
    reml: bool,
    derivatives: bool = False,
) -> Evaluation:
    """The profiled deviance at Λ = `relative`, up to constants that `blocked_optimum` restores."""
    factor = factorise(blocks, relative)
    t1r = factor.t1 @ outcome.a1r
    half = factor.half(outcome.a2r - blocks.coupling.to_rest(t1r))  # H
    c = outcome.arr - np.tensordot(outcome.a1r, t1r, axes=((0, 1), (0, 1))) - half.T @ half
    a_inverse, log_a = inverse_and_log_det(c[None, :-1, :-1])  # X'V⁻¹X
    beta = a_inverse[0] @ c[:-1, -1]
    r2 = float(c[-1, -1] - c[-1, :-1] @ beta)
    if r2 * _MUCH < blocks.n_obs:
        r2 = _penalised_sum_of_squares(factor, outcome, beta)
    dof = blocks.n_obs - blocks.n_fixed * reml
    deviance = factor.log_det + reml * log_a + dof * (1 + np.log(2 * np.pi * r2 / dof))
    at = Evaluation(float(deviance), beta, r2, a_inverse[0], factor)
    return _with_derivatives(at, outcome, reml) if derivatives else at


def _penalised_sum_of_squares(factor: Factor, outcome: Outcome, beta: Array) -> float:
    """r² = ‖y − Xβ − Zb‖² + ‖ũ‖² with b = Λũ, ũ = Λ'v: no digits lost where Zb explains
    almost all of y, because the error of ũ enters squared."""
    combine = np.append(-beta, 1.0)[:, None]
    v = factor.through(outcome.a1r @ combine, outcome.a2r @ combine)
    left = outcome.residual - factor.blocks.q_basis @ beta
    total = 0.0
    for term, lam, values in zip(
        factor.blocks.terms, factor.relative, by_term(factor.blocks, *v), strict=True
    ):
        spherical = values[:, :, 0] @ lam
        left = left - np.einsum("ia,ia->i", term.z, (spherical @ lam.T)[term.codes])
        total += float(np.sum(spherical**2))
    return total + float(left @ left)


def _with_derivatives(at: Evaluation, outcome: Outcome, reml: bool) -> Evaluation:
    """Add F, v and the gradient with respect to each G_k."""
    factor = at.factor
    fr = by_term(factor.blocks, *factor.through(outcome.a1r, outcome.a2r))
    f = tuple(part[:, :, :-1] for part in fr)
    v = tuple(part[:, :, -1] - part[:, :, :-1] @ at.beta for part in fr)
    log_det1 = _diagonal_sums(factor)
    if reml:
        log_det1 = tuple(
            t - np.tensordot(part @ at.a_inverse, part, axes=((0, 2), (0, 2)))
            for t, part in zip(log_det1, f, strict=True)
        )
    return Evaluation(
        at.deviance,
        at.beta,
        at.r2,
        at.a_inverse,
        factor,
        f,
        v,
        log_det1,
        tuple(-part.T @ part for part in v),
    )


def _diagonal_sums(factor: Factor) -> tuple[Array, ...]:
    """Sums over the levels of T's diagonal blocks, (q_k, q_k) for each term.

    Term 1: T₁₁ = m₁A₁₁ − m₁A₁₂ W A₂₁m₁' with W = Λ₂S⁻¹Λ₂'. Others: T₂₂ = B₂₂ − B₂₂WB₂₂, and
    Λ₂'T₂₂ = S⁻¹Λ₂'B₂₂, which costs no product of two M × M matrices.
    """
    blocks, relative = factor.blocks, factor.relative
    first = np.sum(factor.m1 @ blocks.a11, axis=0)
    if not len(factor.b22):
        return (first,)
    s_inverse = inverse_from_cholesky(factor.cholesky)
    w = factor.rest_covariance(s_inverse)
    sums = [first - blocks.coupling.traced(w, factor.m1)]
    for lam, columns in zip(relative[1:], blocks.slices, strict=True):
        if np.linalg.svd(lam, compute_uv=False)[-1] > _INVERTIBLE:
            turned = contract(s_inverse[columns], factor.turned[columns], len(lam))
            sums.append(np.linalg.solve(lam.T, turned))
        else:
            b = factor.b22[columns]
            own = own_blocks(factor.b22[columns, columns], len(lam))
            sums.append(own - contract(b @ w, b, len(lam)))
    return tuple((total + total.T) / 2 for total in sums)


def average_information(at: Evaluation, directions: list[tuple[int, Array]]) -> Array:
    """½ of r²'s second derivatives along dG_k = D for each (k, D): (m, m).

    r²'' = 2 (v'D_i T D_j v − h_i'(X'V⁻¹X)⁻¹h_j),  h_i = F'D_i v.
    """
    blocks, factor = at.factor.blocks, at.factor
    w = [np.zeros((*v.shape, len(directions))) for v in at.v]
    for j, (k, d) in enumerate(directions):
        w[k][:, :, j] = at.v[k] @ d
    w2 = np.concatenate(
        [part.reshape(-1, len(directions)) for part in w[1:]] or [np.zeros((0, len(directions)))]
    )
    t = by_term(
        blocks,
        *factor.through(  # T D_j v
            blocks.a11 @ w[0] + blocks.coupling.to_first(w2),
            blocks.coupling.to_rest(w[0]) + blocks.a22 @ w2,
        ),
    )
    vtv, h = np.zeros((len(directions),) * 2), np.zeros((blocks.n_fixed, len(directions)))
    for f, w_k, t_k in zip(at.f, w, t, strict=True):
        vtv += np.tensordot(w_k, t_k, axes=((0, 1), (0, 1)))
        h += np.tensordot(f, w_k, axes=((0, 1), (0, 1)))
    return vtv - h.T @ at.a_inverse @ h
