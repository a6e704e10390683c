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
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from ._checks import check_count, check_number, check_rng, check_variance
from .surface import BalancedSums

Array = NDArray[np.float64]

_NOISE = 1e-9      # D is a difference of two numbers of the size of N


@dataclass(frozen=True)
class SlopeSums:
    """Sums of squares of R studies of J groups of n with a common x.

    Attributes
    ----------
    n_groups, group_size : int
        J and n.
    s00, s01, s11 : ndarray (R,)
        Sums of squares and products between groups, of intercepts and slopes times √n.
    within : ndarray (R,)
        W, on J(n − 2) degrees of freedom.
    """

    n_groups: int
    group_size: int
    s00: Array
    s01: Array
    s11: Array
    within: Array

    @property
    def within_df(self) -> int:
        """ν = J(n − 2)."""
        return self.n_groups * (self.group_size - 2)


def draw_slope_sums(n_groups: int, group_size: int, *, tau00: float | Array, tau11: float | Array,
                    sigma2: float | Array = 1.0, n_studies: int | tuple[int, ...],
                    rng: np.random.Generator) -> SlopeSums:
    """Draw the sums of squares of studies with uncorrelated intercepts and slopes.

    Parameters
    ----------
    n_groups, group_size : int
        J (four or more) and n (three or more).
    tau00, tau11, sigma2 : float or ndarray
        True variances (arrays: one value a study, in a shape that spreads to `n_studies`).
    n_studies : int or tuple of int
        Shape of the arrays returned.
    rng : numpy.random.Generator

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    >>> sums = draw_slope_sums(30, 20, tau00=0.25, tau11=0.0, n_studies=20_000,
    ...                        rng=np.random.default_rng(1))
    >>> round(float(sums.s11.mean() / 29), 2)              # σ² + nτ_11
    1.0
    """
    check_rng(rng)
    k = check_count(n_groups, "n_groups", low=4) - 1
    nu = n_groups * (check_count(group_size, "group_size", low=3) - 2)
    for value, name in ((tau00, "tau00"), (tau11, "tau11"), (sigma2, "sigma2")):
        check_variance(float(np.min(value)), name, positive=name == "sigma2")
    root0, root1 = np.sqrt(sigma2 + group_size * tau00), np.sqrt(sigma2 + group_size * tau11)
    first = np.sqrt(rng.chisquare(k, n_studies))                      # Bartlett's decomposition
    below, rest = rng.standard_normal(n_studies), rng.chisquare(k - 1, n_studies)
    return SlopeSums(n_groups, group_size, (root0 * first)**2, root0 * root1 * first * below,
                     root1**2 * (below**2 + rest), sigma2 * rng.chisquare(nu, n_studies))


def _pooled(squares: Sequence[Array], m: int, within: Array, nu: int) -> Array:
    """The smallest −2 log L (up to a constant) with variances squares/m, none below s.

    `squares` come in rising order: the smallest is pooled with s first, then the next.
    """
    s, df, kept = within / nu, float(nu), 0.0
    for square in squares:
        pool = square / m < s
        s = np.where(pool, (s * df + square) / (df + m), s)
        df = df + m * pool
        kept = kept + m * np.log(np.where(pool, 1.0, square / m))
    return kept + df * np.log(s)


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


def slope_statistic(sums: SlopeSums, *, covariance: bool = True, reml: bool = True) -> Array:
    """D of a random slope against random intercepts alone.

    Parameters
    ----------
    covariance : bool
        Whether the full model has a covariance of intercepts and slopes too.

    >>> sums = SlopeSums(5, 4, *map(np.array, (40.0, 3.0, 8.0, 10.0)))
    >>> round(float(slope_statistic(sums)), 3)
    0.86
    """
    m, nu = sums.n_groups - bool(reml), sums.within_df
    middle, half = (sums.s00 + sums.s11) / 2, (sums.s00 - sums.s11) / 2
    reach = np.hypot(half, sums.s01) if covariance else np.abs(half)
    full = _pooled((np.maximum(middle - reach, 1e-300), middle + reach), m, sums.within, nu)
    reduced = _pooled((sums.s00,), m, sums.within + sums.s11, nu + m)
    return _cleaned(reduced - full)


def bootstrap_pvalues(sums: SlopeSums, *, n_boot: int, rng: np.random.Generator,
                      covariance: bool = True, reml: bool = True) -> Array:
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
    drawn = draw_slope_sums(sums.n_groups, sums.group_size, tau00=tau00, tau11=0.0, sigma2=sigma2,
                            n_studies=(len(observed), n_boot), rng=rng)
    above = np.sum(slope_statistic(drawn, **options) >= observed[:, None], axis=1)
    return (above + 1) / (n_boot + 1)


def intercept_statistic(sums: BalancedSums, *, reml: bool = True) -> Array:
    """D of a random intercept against ordinary regression on a mean, balanced groups.

    >>> round(float(intercept_statistic(BalancedSums(6, 5, between=56357.5, within=58830.0))), 2)
    6.37
    """
    m, nu = sums.between_df(reml), sums.within_df
    between, within = np.asarray(sums.between, float), np.asarray(sums.within, float)
    none = (nu + m) * np.log((within + between) / (nu + m))
    return _cleaned(none - _pooled((between,), m, within, nu))


def chi2_tail(statistic: ArrayLike, dfs: Sequence[int]) -> Array:
    """Upper tail P(χ² ≥ D), averaged over `dfs`; χ²_0 is the constant 0.

    >>> [round(float(p), 3) for p in (chi2_tail(2.71, [1]), chi2_tail(2.71, [0, 1]))]
    [0.1, 0.05]
    """
    d = np.asarray(statistic, float)
    tails = [stats.chi2.sf(d, df) if df else (d <= 0).astype(float) for df in dfs]
    return np.where(d <= 0, 1.0, np.mean(tails, axis=0))


def critical_value(dfs: Sequence[int], level: float = 0.05) -> float:
    """The D beyond which `chi2_tail` falls below `level`.

    >>> [round(critical_value(dfs), 2) for dfs in ([1], [0, 1], [2], [1, 2])]
    [3.84, 2.71, 5.99, 5.14]
    """
    check_number(level, "level", low=0, high=0.5)
    return float(optimize.brentq(lambda d: chi2_tail(d, dfs) - level, 1e-9, 200.0))


def zero_share(n_groups: int, group_size: int, *, reml: bool = True) -> float:
    r"""Exact share of studies with τ̂_00 = 0, hence D = 0, where truly τ_00 = 0.

    .. math:: P(F_{J-1,\,J(n-1)} \le J'/(J-1)), \quad J' = J - 1 \text{ (REML) or } J \text{ (ML)}

    >>> round(zero_share(6, 5), 3), round(zero_share(6, 5, reml=False), 3)
    (0.561, 0.661)
    """
    check_count(n_groups, "n_groups", low=2)
    nu = n_groups * (check_count(group_size, "group_size", low=2) - 1)
    return float(special.fdtr(n_groups - 1, nu, (n_groups - bool(reml)) / (n_groups - 1)))


def intercept_rejection(n_groups: int, group_size: int, dfs: Sequence[int], *, reml: bool = True,
                        level: float = 0.05) -> float:
    """Exact type-I error of the test of τ_00 = 0 that compares D with the mixture over `dfs`.

    D grows with B/(B + W), which has a beta distribution, so its tail is known exactly.

    >>> round(100 * intercept_rejection(6, 5, [0, 1]), 1)
    3.9
    """
    share = zero_share(n_groups, group_size, reml=reml)            # checks the counts
    m, nu = n_groups - bool(reml), n_groups * (group_size - 1)
    start, critical = m / (m + nu), critical_value(dfs, level)

    def excess(r: float) -> float:
        return m * np.log(start / r) + nu * np.log((1 - start) / (1 - r)) - critical

    if share == 1.0:
        return 0.0
    edge = optimize.brentq(excess, start, 1 - 1e-12, xtol=1e-14)
    return float(special.betaincc((n_groups - 1) / 2, nu / 2, edge))
