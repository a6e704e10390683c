"""Fits of data sets that are drawn from a model: sampling distributions, coverage, power.

Only the sums of products that the likelihood needs are drawn (design.py, response.py): exactly
what simulating every individual would give, in distribution, and much faster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_rng
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.progress_bar import progress_bar

from .design import Design, make_design
from .many import MOST_OUTCOMES, ManyFits, check_design, fit_part, join
from .matrices import square_root
from .response import Response, response_from_sums


@guarded(
    params=guard.numbers,
    cov_re=guard.numbers,
    sigma2=guard.positive,
    n_replicates=guard.whole(),
    reml=guard.flag,
    correlated=guard.flag,
    progress=guard.flag,
)
def sampling_distribution(
    X: ArrayLike,
    groups: ArrayLike,
    random: str | int = "1",
    *,
    params: ArrayLike,
    cov_re: ArrayLike,
    sigma2: float,
    n_replicates: int,
    rng: np.random.Generator,
    reml: bool = True,
    correlated: bool = True,
    progress: bool = True,
) -> ManyFits:
    """Fits of `n_replicates` data sets drawn from the model with the given parameters.

    The sums of products that the likelihood needs are drawn directly: exactly what simulating
    every individual would give, in distribution.

    Parameters
    ----------
    params, cov_re, sigma2
        True fixed effects (p,), G (q, q) or a scalar variance, and residual variance.
    n_replicates
        R.
    rng
        Source of randomness; the others as in `fit_many`.

    Examples
    --------
    >>> import numpy as np
    >>> fits = sampling_distribution(
    ...     np.ones((50, 1)), np.repeat(np.arange(5), 10), params=[0.0], cov_re=0.2, sigma2=1.0,
    ...     n_replicates=2000, rng=np.random.default_rng(1))
    >>> bool(0.05 < np.mean(fits.tau00 == 0) < 0.25)          # zeros are ordinary
    True
    """
    check_rng(rng)
    x, z, labels = check_design(X, groups, random)
    design = make_design(x, z, labels, correlated=correlated)
    step = max(1, MOST_OUTCOMES // (4 * design.n_groups * design.n_random))
    sizes = [min(step, n_replicates - i) for i in range(0, n_replicates, step)]
    truth = (np.asarray(params, float), np.atleast_2d(np.asarray(cov_re, float)), float(sigma2))
    _check_truth(*truth[:2], design)
    return join(
        [
            fit_part(design, draw_response(design, *truth, size, rng), reml)
            for size in progress_bar(sizes, progress)
        ]
    )


def _check_truth(params: Array, cov_re: Array, design: Design) -> None:
    p, q = design.n_fixed, design.n_random
    if params.shape != (p,):
        raise ValueError(f"params has shape {params.shape}; wanted ({p},), one a column of X")
    if cov_re.shape != (q, q):
        raise ValueError(f"cov_re has shape {cov_re.shape}; wanted ({q}, {q}), one row an effect")
    slack = 1e-8 * max(float(np.abs(cov_re).max()), 1e-300)
    if np.abs(cov_re - cov_re.T).max() > slack or np.linalg.eigvalsh(cov_re)[0] < -slack:
        raise ValueError("cov_re must be symmetric and without negative variances")


def draw_response(
    design: Design, params: Array, cov_re: Array, sigma2: float, size: int, rng: np.random.Generator
) -> Response:
    """Draw the sums of products of `size` outcomes y = Xβ + Zu + e, without drawing y.

    U'y has mean U'Xβ and variance K'GK + σ²I group by group; what lies within the groups,
    (I − UU')e, enters by its products with X, N(0, σ²·X'(I − UU')X), and by its remaining sum of
    squares, σ²χ².
    """
    p, q = design.n_fixed, design.n_random
    coef = design.r_factor @ params  # in the orthonormal basis
    half = np.linalg.solve(design.z_basis, square_root(cov_re))  # working-basis root of G
    k = design.k[:, :, design.class_of]
    u = np.einsum("ab,rjb->arj", half, rng.standard_normal((size, design.n_groups, q)))
    noise = np.sqrt(sigma2) * rng.standard_normal((size, design.n_groups, q))
    spans = (np.abs(k).max(axis=0) > 0)[:, None, :]  # groups smaller than q
    uy = (
        np.einsum("akj,k->aj", design.ux, coef)[:, None, :]
        + np.einsum("baj,brj->arj", k, u)
        + np.einsum("baj,rjb->arj", _directions(k), noise)
    )
    values, vectors = np.linalg.eigh(design.xx_within)  # X is orthonormal: at most 1
    kept = values > 1e-10
    span = vectors[:, kept]  # used only in products that signs don't change
    inside = span @ (span.T @ (np.sqrt(sigma2) * rng.standard_normal((p, size))))
    xe = span @ (np.sqrt(values[kept])[:, None] * (span.T @ inside))
    left = design.n_obs - int(spans.sum()) - int(kept.sum())
    ee = np.sum(inside**2, axis=0) + (sigma2 * rng.chisquare(left, size) if left > 0 else 0.0)
    xy = design.xx_within @ coef[:, None] + xe
    yy = ee + 2 * coef @ xe + coef @ design.xx_within @ coef
    return response_from_sums(design, uy, xy, yy)


def _directions(k: Array) -> Array:
    """V of K = VΛ^(1/2), group by group; zeros where a group is smaller than q.

    Noise is drawn in the coordinates of (Z'Z)^(-1/2)Z' and turned by V: those of K are turned
    any way, by rounding, where eigenvalues are equal, as with balanced groups.
    """
    length = np.sqrt((k**2).sum(axis=0))
    return k / np.where(length > 0, length, 1.0)
