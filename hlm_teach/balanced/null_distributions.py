r"""What a likelihood-ratio statistic for a variance does when the variance is zero.

Balanced groups: J groups of n, and for slopes the same x in every group, with mean 0 and mean
square 1. Then a few sums of squares hold all that the data say about the variances. With m = J − 1
under REML and m = J under ML, and fixed effects profiled or integrated out,

.. math:: -2\log L = m\log|A| + \mathrm{tr}(A^{-1}S) + \nu\log s + W/s + \text{const}

Here S is the matrix of sums of squares and products of √n times the groups' own intercepts and
slopes, S ~ Wishart(J − 1, A) with A = σ²I + nG; W ~ σ²χ² on ν = J(n − 2) degrees of freedom is
what is left inside the groups. For a random intercept alone S is one number, B of `surface`, and
ν = J(n − 1). That G is no negative matrix means that no eigenvalue of A lies below s = σ²: where
the data ask for one that does, it is pooled with s. Everything here is that one step, so that the
statistic of a study is exact and costs no search.

References
----------
Self & Liang (1987), J. Am. Stat. Assoc. 82, 605-610; Stram & Lee (1994), Biometrics 50, 1171-1177,
doi:10.2307/2533455; Crainiceanu & Ruppert (2004), J. R. Stat. Soc. B 66, 165-185.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_count
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.mixture import critical_value

from .sums import BalancedSums, SlopeSums, draw_slope_sums, pooled_deviance

_NOISE = 1e-9  # D is a difference of two numbers of the size of N


def _cleaned(statistic: Array) -> Array:
    """Zero where D is rounding noise of a zero."""
    return np.where(statistic < _NOISE, 0.0, statistic)


def without_slope(sums: SlopeSums, *, reml: bool = True) -> tuple[Array, Array]:
    """τ̂_00 and σ̂² of the model with random intercepts alone.

    >>> tau00, sigma2 = without_slope(SlopeSums(5, 4, *map(np.array, (40.0, 3.0, 8.0, 10.0))))
    >>> round(float(sigma2), 3), round(float(tau00), 3)      # (10 + 8)/14; (40/4 − 1.286)/4
    (1.286, 2.179)
    """
    m = sums.n_groups - bool(reml)
    s = (sums.within + sums.s11) / (sums.within_df + m)
    pool = sums.s00 / m < s
    all_in = (sums.within + sums.s11 + sums.s00) / (sums.within_df + 2 * m)
    s = np.where(pool, all_in, s)
    return np.where(pool, 0.0, (sums.s00 / m - s) / sums.group_size), s


@guarded(sums=guard.made_by("SlopeSums", "draw_slope_sums"), covariance=guard.flag, reml=guard.flag)
def slope_statistic(sums: SlopeSums, *, covariance: bool = True, reml: bool = True) -> Array:
    """D of a random slope against random intercepts alone.

    Parameters
    ----------
    sums : SlopeSums
        The studies, as `draw_slope_sums` draws them.
    covariance : bool
        Whether the full model has a covariance of intercepts and slopes too.
    reml : bool
        Of REML deviances, or of ML's.

    >>> sums = SlopeSums(5, 4, *map(np.array, (40.0, 3.0, 8.0, 10.0)))
    >>> round(float(slope_statistic(sums)), 3)
    0.86
    """
    m, nu = sums.n_groups - bool(reml), sums.within_df
    middle, half = (sums.s00 + sums.s11) / 2, (sums.s00 - sums.s11) / 2
    reach = np.hypot(half, sums.s01) if covariance else np.abs(half)
    full = pooled_deviance((np.maximum(middle - reach, 1e-300), middle + reach), m, sums.within, nu)
    reduced = pooled_deviance((sums.s00,), m, sums.within + sums.s11, nu + m)
    return _cleaned(reduced - full)


def bootstrap_pvalues(
    sums: SlopeSums,
    *,
    n_boot: int,
    rng: np.random.Generator,
    covariance: bool = True,
    reml: bool = True,
) -> Array:
    """(b + 1)/(B + 1) of each study, B data sets drawn from its own fit without the slope.

    >>> rng = np.random.default_rng(1)
    >>> sums = draw_slope_sums(30, 20, tau00=0.25, tau11=0.3, n_studies=3, rng=rng)
    >>> bootstrap_pvalues(sums, n_boot=99, rng=rng)
    array([0.01, 0.01, 0.01])
    """
    check_count(n_boot, "n_boot", low=1)
    options = {"covariance": covariance, "reml": reml}
    observed = np.atleast_1d(slope_statistic(sums, **options))
    tau00, sigma2 = (np.atleast_1d(part)[:, None] for part in without_slope(sums, reml=reml))
    drawn = draw_slope_sums(
        sums.n_groups,
        sums.group_size,
        tau00=tau00,
        tau11=0.0,
        sigma2=sigma2,
        n_studies=(len(observed), n_boot),
        rng=rng,
    )
    above = np.sum(slope_statistic(drawn, **options) >= observed[:, None], axis=1)
    return (above + 1) / (n_boot + 1)


@guarded(sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"), reml=guard.flag)
def intercept_statistic(sums: BalancedSums, *, reml: bool = True) -> Array:
    """D of a random intercept against ordinary regression on a mean, balanced groups.

    >>> round(float(intercept_statistic(BalancedSums(6, 5, between=56357.5, within=58830.0))), 2)
    6.37
    """
    m, nu = sums.between_df(reml), sums.within_df
    between, within = np.asarray(sums.between, float), np.asarray(sums.within, float)
    none = (nu + m) * np.log((within + between) / (nu + m))
    return _cleaned(none - pooled_deviance((between,), m, within, nu))


@guarded(n_groups=guard.whole(low=2), group_size=guard.whole(low=2), reml=guard.flag)
def zero_share(n_groups: int, group_size: int, *, reml: bool = True) -> float:
    r"""Exact share of studies with τ̂_00 = 0, hence D = 0, where truly τ_00 = 0.

    .. math:: P(F_{J-1,\,J(n-1)} \le J'/(J-1)), \quad J' = J - 1 \text{ (REML) or } J \text{ (ML)}

    >>> round(zero_share(6, 5), 3), round(zero_share(6, 5, reml=False), 3)
    (0.561, 0.661)
    """
    check_count(n_groups, "n_groups", low=2)
    nu = n_groups * (check_count(group_size, "group_size", low=2) - 1)
    return float(special.fdtr(n_groups - 1, nu, (n_groups - bool(reml)) / (n_groups - 1)))


@guarded(
    n_groups=guard.whole(low=2),
    group_size=guard.whole(low=2),
    dfs=guard.list_of(guard.whole(low=0)),
    reml=guard.flag,
    level=guard.level,
)
def intercept_rejection(
    n_groups: int, group_size: int, dfs: Sequence[int], *, reml: bool = True, level: float = 0.05
) -> float:
    """Exact type-I error of the test of τ_00 = 0 that compares D with the mixture over `dfs`.

    D grows with B/(B + W), which has a beta distribution, so its tail is known exactly.

    >>> round(100 * intercept_rejection(6, 5, [0, 1]), 1)
    3.9
    """
    share = zero_share(n_groups, group_size, reml=reml)  # checks the counts
    m, nu = n_groups - bool(reml), n_groups * (group_size - 1)
    start, critical = m / (m + nu), critical_value(dfs, level)

    def excess(r: float) -> float:
        return m * np.log(start / r) + nu * np.log((1 - start) / (1 - r)) - critical

    if share == 1.0:
        return 0.0
    edge = optimize.brentq(excess, start, 1 - 1e-12, xtol=1e-14)
    return float(special.betaincc((n_groups - 1) / 2, nu / 2, edge))
