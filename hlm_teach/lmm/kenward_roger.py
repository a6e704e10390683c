r"""Tests of fixed effects in small samples, as Kenward & Roger (1997) derive them.

The setting
-----------
y ~ N(Xβ, Σ) with a covariance matrix that is linear in its parameters,

    Σ = Σ_i γ_i G_i                                                                     (1)

For a mixed model the γ_i are the variances and covariances of the random effects and the
residual variance; the G_i are known: Z_k E Z_k' with a matrix E of zeros and ones, and the
identity. β̂ is the generalised least squares estimate at the REML estimates γ̂, and

    Φ = (X'Σ⁻¹X)⁻¹                                                                      (2)

is the covariance matrix of β̂ that every program prints. It is too small, for two reasons: it is
the covariance of the estimate that would be computed *if γ were known*, and on average it is
underestimated when γ̂ is put in the place of γ. To first order both errors are the same size.

The adjusted covariance matrix
------------------------------
    P_i = −X'Σ⁻¹G_iΣ⁻¹X,      Q_ij = X'Σ⁻¹G_iΣ⁻¹G_jΣ⁻¹X                                 (3)
    I_ij = ½ [tr(Σ⁻¹G_iΣ⁻¹G_j) − 2 tr(Φ Q_ij) + tr(Φ P_i Φ P_j)]                        (4)
    W = I⁻¹                                                                             (5)
    Φ_A = Φ + 2 Φ {Σ_ij W_ij (Q_ij − P_i Φ P_j)} Φ                                      (6)

P_i is the derivative of X'Σ⁻¹X, I the expected information of γ under REML, W the asymptotic
covariance matrix of γ̂. (For a Σ that is not linear in γ a term −¼R_ij joins the braces.)

The F test of L'β = 0 for ℓ contrasts
-------------------------------------
    F = β̂'L (L'Φ_A L)⁻¹ L'β̂ / ℓ,      λF ~ F(ℓ, m)  approximately                       (7)

λ and m are chosen so that the first two moments agree. With Θ = L(L'ΦL)⁻¹L':

    A₁ = Σ_ij W_ij tr(ΘΦP_iΦ) tr(ΘΦP_jΦ),    A₂ = Σ_ij W_ij tr(ΘΦP_iΦ ΘΦP_jΦ)           (8)
    B = (A₁ + 6A₂) / 2ℓ,     g = [(ℓ + 1)A₁ − (ℓ + 4)A₂] / [(ℓ + 2)A₂]                  (9)
    d = 3ℓ + 2(1 − g),  c₁ = g/d,  c₂ = (ℓ − g)/d,  c₃ = (ℓ + 2 − g)/d                  (10)
    E* = 1/(1 − A₂/ℓ),     V* = (2/ℓ)(1 + c₁B) / [(1 − c₂B)²(1 − c₃B)]                  (11)
    ρ = V*/(2E*²),     m = 4 + (ℓ + 2)/(ℓρ − 1),     λ = m/[E*(m − 2)]                  (12)

(9) to (11) are not plain Taylor series but corrected so that F is exact where an exact test is
known: Hotelling's T² and the F ratios of a balanced analysis of variance. For one contrast,
A₁ = A₂, and the algebra collapses to λ = 1, m = 2/A₂: Satterthwaite's degrees of freedom with the
expected information in the place of the observed.

Nothing here knows how X'Σ⁻¹X and the traces were computed: `variance_pieces` does that, group by
group, and no N × N matrix is ever formed.

References
----------
Kenward, M. G. & Roger, J. H. (1997). Small sample inference for fixed effects from restricted
maximum likelihood. Biometrics 53, 983-997. The equations' numbers are this page's own.
Halekoh, U. & Højsgaard, S. (2014). A Kenward-Roger approximation and parametric bootstrap methods
for tests in linear mixed models: the R package pbkrtest. J. Stat. Softw. 59(9),
doi:10.18637/jss.v059.i09. (Its software, version 0.5.2, is what the tests compare with.)
Alnosaier, W. & Birkes, D. (2019). Inner workings of the Kenward-Roger test. Metrika 82, 195-223,
doi:10.1007/s00184-018-0669-9. (Where equations 9 to 11 come from.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

_RANK = 1e-10  # eigenvalues of the information, its diagonal scaled to one, below this are zero
_NEAR_TWO = 1e-2  # λ has a pole at m = 2: within this distance F is left unscaled, as in pbkrtest


@dataclass(frozen=True)
class Pieces:
    """What the paper needs to know of X, Z and Σ: one set, or one a replicate (r first).

    Everything may be in any basis of X and any parametrisation that is linear in γ: the adjusted
    covariance matrix and the tests do not change.
    """

    phi: Array  # (..., p, p) Φ (eq. 2)
    p: Array  # (..., k, p, p) P_i (eq. 3)
    q: Array  # (..., k, k, p, p) Q_ij (eq. 3)
    traces: Array  # (..., k, k) tr(Σ⁻¹G_iΣ⁻¹G_j)
    basis: Array | None = None  # (p, p) T, where X is given as XT and β as T⁻¹β; None: X as it is


@dataclass(frozen=True)
class Adjustment:
    """The adjusted covariance matrix and what the F tests need."""

    phi: Array  # (..., p, p) Φ
    phi_adjusted: Array  # (..., p, p) Φ_A
    p: Array  # (..., k, p, p) P_i
    w: Array  # (..., k, k) W
    basis: Array  # (p, p) T: all the above belong to XT and T⁻¹β

    @property
    def covariance(self) -> Array:
        """Φ_A of β itself, (..., p, p)."""
        return self.basis @ self.phi_adjusted @ self.basis.T


def adjustment(pieces: Pieces) -> Adjustment:
    """The adjusted covariance matrix Φ_A of the fixed effects (eqs. 4 to 6).

    Where the variances cannot all be told apart, so that the information has no inverse, its
    pseudo-inverse stands in, as in pbkrtest.

    Examples
    --------
    A mean of n = 10 independent values, σ² = 1: nothing has to be adjusted, W = 2/(n − 1).

    >>> one = np.ones((1, 1, 1))
    >>> flat = adjustment(Pieces(one[0] / 10, -10 * one, 10 * one[None], 10 * one[0]))
    >>> flat.phi_adjusted.item(), round(flat.w.item(), 4)
    (0.1, 0.2222)
    """
    phi, p = pieces.phi, pieces.p
    phi_p = phi[..., None, :, :] @ p  # ΦP_i
    w = information_inverse(pieces)
    braces = np.einsum("...ij,...ijkl->...kl", w, pieces.q) - np.einsum(
        "...ij,...ikm,...jml->...kl", w, p, phi_p
    )
    phi_adjusted = phi + 2 * phi @ braces @ phi  # eq. 6
    basis = np.eye(phi.shape[-1]) if pieces.basis is None else pieces.basis
    return Adjustment(phi, (phi_adjusted + np.swapaxes(phi_adjusted, -1, -2)) / 2, p, w, basis)


def information_inverse(pieces: Pieces, *, reml: bool = True) -> Array:
    """W (..., k, k), the asymptotic covariance matrix of γ̂ (eqs. 4 and 5).

    Under ML the information is the first of its three terms.
    """
    information = 0.5 * pieces.traces
    if reml:
        phi_p = pieces.phi[..., None, :, :] @ pieces.p  # ΦP_i
        information = information + 0.5 * (
            np.einsum("...ikl,...jlk->...ij", phi_p, phi_p)
            - 2 * np.einsum("...kl,...ijlk->...ij", pieces.phi, pieces.q)
        )
    return _inverse(information)


def f_approximation(adjusted: Adjustment, contrasts: Array) -> tuple[Array, Array]:
    """Denominator degrees of freedom m and scaling λ of the F test of ℓ contrasts (eqs. 8 to 12).

    Parameters
    ----------
    contrasts
        L', one contrast of β a row and linearly independent, (ℓ, p).

    Returns
    -------
    m, λ : (...)
        Shaped as the replicates. For one contrast λ = 1.
    """
    ell = len(contrasts)
    a1, a2 = _moments(adjusted, contrasts)
    with np.errstate(divide="ignore", invalid="ignore"):
        if ell == 1:
            m = 2 / a2
            return m, np.ones_like(m)
        b = (a1 + 6 * a2) / (2 * ell)  # eq. 9
        g = ((ell + 1) * a1 - (ell + 4) * a2) / ((ell + 2) * a2)
        d = 3 * ell + 2 * (1 - g)  # eq. 10
        c1, c2, c3 = g / d, (ell - g) / d, (ell + 2 - g) / d
        v0, v1, v2 = 1 + c1 * b, 1 - c2 * b, 1 - c3 * b
        v0 = np.where(np.abs(v0) < 1e-10, 0.0, v0)
        rho = _ratio(1 - a2 / ell, v1) ** 2 * v0 / (ell * v2)  # V*/(2E*²), eqs. 11 and 12
        m = 4 + (ell + 2) / (ell * rho - 1)
        scaling = m * (1 - a2 / ell) / (m - 2)
    return m, np.where(np.abs(m - 2) < _NEAR_TWO, 1.0, scaling)


def coefficient_df(adjusted: Adjustment) -> Array:
    """Degrees of freedom m = 2/A₂ of each single coefficient, (..., p)."""
    units = np.eye(adjusted.phi.shape[-1])
    return np.stack([f_approximation(adjusted, row[None])[0] for row in units], axis=-1)


def _moments(adjusted: Adjustment, contrasts: Array) -> tuple[Array, Array]:
    """A₁ and A₂ (eq. 8), from M_i = K⁻¹L'ΦP_iΦL K⁻ᵀ with KK' = L'ΦL: tr(ΘΦP_iΦ) = tr M_i."""
    turned = contrasts @ adjusted.basis
    phi_l = adjusted.phi @ turned.T  # ΦL
    root = np.linalg.inv(np.linalg.cholesky(turned @ phi_l)) @ np.swapaxes(phi_l, -1, -2)
    m = root[..., None, :, :] @ adjusted.p @ np.swapaxes(root, -1, -2)[..., None, :, :]
    trace = np.einsum("...iaa->...i", m)
    return (
        np.einsum("...ij,...i,...j->...", adjusted.w, trace, trace),
        np.einsum("...ij,...iab,...jba->...", adjusted.w, m, m),
    )


def _inverse(information: Array) -> Array:
    """Inverse of symmetric matrices, the diagonal scaled to one first; what cannot be told from
    zero is left out."""
    size = np.sqrt(np.einsum("...ii->...i", information))
    size = np.where(size > 0, size, 1.0)
    outer = size[..., :, None] * size[..., None, :]
    return np.linalg.pinv(information / outer, rcond=_RANK, hermitian=True) / outer


def _ratio(above: Array, below: Array) -> Array:
    """above/below, 1 where both vanish."""
    both = (np.abs(above) < 1e-14) & (np.abs(below) < 1e-14)
    return np.where(both, 1.0, above / np.where(both, 1.0, below))
