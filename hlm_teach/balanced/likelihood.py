r"""The likelihood of a balanced random-intercept model, in closed form, over τ_00 and σ².

J groups of n, y_ij = γ_00 + u_0j + e_ij. Two sums of squares hold all that the data say about
the variances: between groups, B = n Σ_j (ȳ_j − ȳ)², and within them, W = Σ_ij (y_ij − ȳ_j)².
With a = σ² + nτ_00, n times the variance of a group mean,

    −2 log L   = N log 2π + J(n−1) log σ² + J log a + W/σ² + B/a
    −2 log L_R = (N−1) log 2π + log(Jn) + J(n−1) log σ² + (J−1) log a + W/σ² + B/a

The first has γ_00 at its best value, the grand mean. The second has γ_00 integrated out. They
differ in what the logarithm of a counts: J groups, or the J − 1 degrees of freedom that are left
once the grand mean has been estimated. Hence B/J against B/(J−1), the whole of ML and REML here.

The general model is in likelihood.py; this page is the special case that can be drawn.

References
----------
Harville (1977), J. Am. Stat. Assoc. 72, 320-338, doi:10.1080/01621459.1977.10480998.
Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), doi:10.18637/jss.v067.i01.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

from .sums import BalancedSums

_FIRST_LOOK = 80  # values of σ² looked at before the best one is refined


@guarded(
    sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"),
    tau00=guard.numbers,
    sigma2=guard.numbers,
    reml=guard.flag,
)
def balanced_llf(
    sums: BalancedSums, tau00: ArrayLike, sigma2: ArrayLike, *, reml: bool = True
) -> Array:
    """Log-likelihood at τ_00 and σ² (all broadcast), γ_00 profiled (ML) or integrated out (REML).

    Raises
    ------
    ValueError
        Where σ² or σ² + nτ_00 is not positive. A negative τ_00 above −σ²/n is no variance, but
        the likelihood does not end at 0.

    >>> from hlm_teach.balanced.sums import balanced_sums
    >>> sums = balanced_sums([[1.0, 3.0], [5.0, 7.0]])
    >>> balanced_llf(sums, [0.0, 7.0], 2.0).round(3)
    array([-9.49 , -7.029])
    """
    tau00, sigma2 = np.asarray(tau00, float), np.asarray(sigma2, float)
    a = sigma2 + sums.group_size * tau00
    if np.any(sigma2 <= 0) or np.any(a <= 0):
        raise ValueError("sigma2 and sigma2 + n·tau00 must be positive")
    constant = (sums.n_obs - reml) * np.log(2 * np.pi) + reml * np.log(sums.n_obs)
    return -0.5 * (
        constant
        + sums.within_df * np.log(sigma2)
        + sums.between_df(reml) * np.log(a)
        + sums.within / sigma2
        + sums.between / a
    )


@guarded(sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"), reml=guard.flag)
def untruncated(sums: BalancedSums, *, reml: bool = True) -> float | Array:
    """(B/(J−1) − W/J(n−1))/n, which may be negative; under ML with J for J − 1.

    Under REML this is the ANOVA estimate, which is unbiased.

    >>> from hlm_teach.balanced.sums import BalancedSums
    >>> round(untruncated(BalancedSums(6, 5, between=10.0, within=120.0)), 2)
    -0.6
    """
    within = sums.within / sums.within_df
    return (sums.between / sums.between_df(reml) - within) / sums.group_size


@guarded(sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"), reml=guard.flag)
def maximum(sums: BalancedSums, *, reml: bool = True) -> tuple:
    """The estimates (τ̂_00, σ̂²), floats or arrays, in closed form.

    Inside, σ̂² = W/J(n−1) and τ̂_00 is `untruncated`. Where that is negative the maximum lies on
    the boundary: τ̂_00 = 0, and σ̂² = (B + W)/(N−1), under ML over N.

    >>> from hlm_teach.balanced.sums import balanced_sums
    >>> maximum(balanced_sums([[1.0, 3.0], [5.0, 7.0]]))
    (7.0, 2.0)
    """
    tau00 = untruncated(sums, reml=reml)
    pooled = (sums.between + sums.within) / (sums.n_obs - reml)
    sigma2 = np.where(tau00 >= 0, sums.within / sums.within_df, pooled)
    tau00 = np.maximum(tau00, 0.0)
    return (tau00, sigma2) if np.ndim(tau00) else (float(tau00), float(sigma2))


def best_sigma2_at_theta(sums: BalancedSums, theta: ArrayLike, *, reml: bool = True) -> Array:
    """The σ² that maximises the likelihood at each θ = √τ_00/σ: (W + B/(1 + nθ²))/(N − 1).

    Under ML over N. With a = σ²(1 + nθ²) put into the formulas above, −2 log L is
    N log σ² + (W + B/(1 + nθ²))/σ² plus terms without σ², and N − 1 for N under REML. It is what
    profiling over θ takes (Bates et al. 2015, equations 35 and 42); the best σ² at fixed τ_00
    (`best_sigma2`) is another one, except at the maximum.

    >>> from hlm_teach.balanced.sums import balanced_sums
    >>> best_sigma2_at_theta(balanced_sums([[1.0, 3.0], [5.0, 7.0]]), np.sqrt(3.5)).item()
    2.0
    """
    ratio = 1 + sums.group_size * np.asarray(theta, float) ** 2
    return (sums.within + sums.between / ratio) / (sums.n_obs - bool(reml))


def best_sigma2(sums: BalancedSums, tau00: ArrayLike, *, reml: bool = True) -> Array:
    """The σ² that maximises the likelihood at each τ_00 (any shape, none negative).

    A look along a grid of σ², then Newton's steps in log σ² from its best value.
    """
    tau00, between, within = np.broadcast_arrays(
        np.asarray(tau00, float), sums.between, sums.within
    )
    if np.any(tau00 < 0):
        raise ValueError("tau00 must not be negative")
    looks = np.linspace(
        np.log(0.3 * within / sums.n_obs),
        np.log(3 * (within + between) / sums.within_df),
        _FIRST_LOOK,
    )
    one_each = BalancedSums(sums.n_groups, sums.group_size, between, within)
    heights = balanced_llf(one_each, tau00, np.exp(looks), reml=reml)
    place = np.take_along_axis(looks, heights.argmax(axis=0)[None], axis=0)[0]
    for _ in range(6):
        slope, bend = _slope_in_log_sigma2(one_each, tau00, np.exp(place), reml)
        place = place - np.clip(slope / np.maximum(bend, 0.1 * sums.within_df), -0.5, 0.5)
    return np.exp(place)


def _slope_in_log_sigma2(sums: BalancedSums, tau00: Array, s: Array, reml: bool) -> tuple:
    """First and second derivative of −2 log L with respect to log σ², at σ² = s."""
    a, k = s + sums.group_size * tau00, sums.between_df(reml)
    slope = sums.within_df + k * s / a - sums.within / s - sums.between * s / a**2
    bend = k * s * (a - s) / a**2 + sums.within / s - sums.between * s * (a - 2 * s) / a**3
    return slope, bend


def profile_log_likelihood(sums: BalancedSums, tau00: ArrayLike, *, reml: bool = True) -> Array:
    """Log-likelihood at each τ_00 with σ² at its best value there.

    >>> from hlm_teach.balanced.sums import balanced_sums
    >>> sums = balanced_sums([[1.0, 3.0], [5.0, 7.0]])
    >>> profile_log_likelihood(sums, [0.0, 7.0]).round(3)
    array([-7.796, -7.029])
    """
    return balanced_llf(sums, tau00, best_sigma2(sums, tau00, reml=reml), reml=reml)
