"""Studies in which the group effect and the predictor go together: Cov(u, x) ≠ 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.checks import check_count, check_number, check_rng, check_variance

from .analyses import Analyses

_GRID = np.linspace(np.log(1e-5), 0.0, 48)  # log r of `random_intercept_slope`
_STEPS = 24


@dataclass(frozen=True)
class EndogenousStudies:
    """The slope of x in R studies, estimated three ways.

    Attributes
    ----------
    random : Analyses
        Slope in the random-intercept model with x alone, with normal intervals.
    within : Analyses
        Slope with group dummies; the slope of x beside its group mean (Mundlak) is the same.
        With normal intervals too.
    contextual : ndarray of shape (R,)
        Coefficient of the group mean of x beside x: between minus within.
    """

    random: Analyses
    within: Analyses
    contextual: np.ndarray


def balanced_x(
    *, n_groups: int, group_size: int, x_icc: float, rng: np.random.Generator
) -> np.ndarray:
    """Values of x (J, n): group means with mean square exactly ρ_x + (1 − ρ_x)/n, mean 0, and
    mean square 1 in all.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Examples
    --------
    >>> x = balanced_x(n_groups=50, group_size=4, x_icc=0.2, rng=np.random.default_rng(1))
    >>> round(float(np.mean(x**2)), 6), round(float(np.mean(x.mean(axis=1) ** 2)), 6)
    (1.0, 0.4)
    """
    j = check_count(n_groups, "n_groups", low=4)
    n = check_count(group_size, "group_size", low=2)
    share = _mean_square_between(n, check_number(x_icc, "x_icc", low=0, high=1))
    z = check_rng(rng).standard_normal((j, n))
    means = z.mean(axis=1, keepdims=True)
    means = means - means.mean()
    inside = z - z.mean(axis=1, keepdims=True)
    return means * np.sqrt(share / np.mean(means**2)) + inside * np.sqrt(
        (1 - share) / np.mean(inside**2)
    )


def _mean_square_between(n: int, x_icc: float) -> float:
    """Mean square of the group means of x: ρ_x + (1 − ρ_x)/n."""
    return x_icc + (1 - x_icc) / n


def simulate_endogenous(
    *,
    n_studies: int,
    n_groups: int,
    group_size: int,
    gamma10: float,
    tau00: float,
    sigma2: float,
    x_icc: float,
    corr_ux: float,
    rng: np.random.Generator,
) -> EndogenousStudies:
    """Draw studies in which u may be correlated with x; estimate the slope three ways.

    Parameters
    ----------
    n_studies, n_groups, group_size : int
        R, J (four or more) and n (two or more).
    gamma10 : float
        γ_10, the effect of x within groups.
    tau00, sigma2 : float
        Variances of u and of e.
    x_icc : float
        ρ_x of the predictor, 0 or more and below 1.
    corr_ux : float
        r, the correlation of u_j with the group mean of x.
    rng : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Mundlak, Y. (1978). On the pooling of time series and cross section data. Econometrica, 46(1),
    69-85, doi:10.2307/1913646.

    Examples
    --------
    >>> studies = simulate_endogenous(n_studies=2000, n_groups=100, group_size=5, gamma10=2,
    ...     tau00=9, sigma2=36, x_icc=0.3, corr_ux=0.6, rng=np.random.default_rng(1))
    >>> round(float(studies.within.estimate.mean()), 1), bool(studies.random.estimate.mean() > 2.5)
    (2.0, True)
    """
    count, j = check_count(n_studies, "n_studies"), check_count(n_groups, "n_groups", low=4)
    n, r = (
        check_count(group_size, "group_size", low=2),
        check_number(corr_ux, "corr_ux", low=-1, high=1),
    )
    tau00, sigma2 = check_variance(tau00, "tau00"), check_variance(sigma2, "sigma2", positive=True)
    between = _mean_square_between(n, check_number(x_icc, "x_icc", low=0, high=0.999))
    check_rng(rng)
    sxx_w, sxx_b = j * n * (1 - between), j * n * between
    level2 = n * tau00 * (1 - r**2) + sigma2
    z = rng.standard_normal((2, count))
    b_w = gamma10 + np.sqrt(sigma2 / sxx_w) * z[0]
    b_b = gamma10 + r * np.sqrt(tau00 / between) + np.sqrt(level2 / sxx_b) * z[1]
    rss_w = sigma2 * rng.chisquare(j * (n - 1) - 1, count)
    rss_b = level2 * rng.chisquare(j - 2, count)
    random = random_intercept_slope(b_w, b_b, rss_w, rss_b, sxx_w, sxx_b, j, n)
    within = b_w, np.sqrt(rss_w / (j * (n - 1) - 1) / sxx_w)
    return EndogenousStudies(
        Analyses(*random, df=np.inf, truth=float(gamma10)),
        Analyses(*within, df=np.inf, truth=float(gamma10)),
        b_b - b_w,
    )


def random_intercept_slope(
    b_w, b_b, rss_w, rss_b, sxx_w: float, sxx_b: float, n_groups: int, group_size: int
) -> tuple[np.ndarray, np.ndarray]:
    r"""REML slope and standard error of x in balanced random-intercept models, from their sums.

    With :math:`\rho = \sigma^2/(\sigma^2 + n\tau_{00})` the slope is the weighted mean

    .. math:: b = \frac{S_W b_W + \rho S_B b_B}{S_W + \rho S_B}

    and ρ in (0, 1] minimises the REML deviance, in which σ² is profiled out:

    .. math:: (Jn - 2)\log Q(\rho) - (J - 1)\log\rho + \log(S_W + \rho S_B), \quad
              Q = R_W + \rho R_B + (b_W - b_B)^2\frac{S_W\,\rho S_B}{S_W + \rho S_B}

    Parameters
    ----------
    b_w, b_b, rss_w, rss_b : ndarray of shape (R,)
        Slopes within and between groups, and the residual sums of squares around them
        (:math:`R_B` of the J group means, times n).
    sxx_w, sxx_b : float
        :math:`S_W = \sum(x_{ij}-\bar x_j)^2`, :math:`S_B = n\sum(\bar x_j-\bar x)^2`.
    n_groups, group_size : int
        J and n.

    Returns
    -------
    (slope, standard error) : ndarrays of shape (R,)

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), doi:10.18637/jss.v067.i01 (the
    profiled criterion; its balanced form is derived here).
    """
    j, n = n_groups, group_size
    rho = variance_ratio(b_w, b_b, rss_w, rss_b, sxx_w, sxx_b, j, n)
    weight = sxx_w + rho * sxx_b
    q = rss_w + rho * rss_b + (b_w - b_b) ** 2 * sxx_w * rho * sxx_b / weight
    return ((sxx_w * b_w + rho * sxx_b * b_b) / weight, np.sqrt(q / (j * n - 2) / weight))


def variance_ratio(
    b_w, b_b, rss_w, rss_b, sxx_w: float, sxx_b: float, n_groups: int, group_size: int
) -> np.ndarray:
    r"""The ρ = σ²/(σ² + nτ_00) that minimises the REML deviance of `random_intercept_slope`.

    Arguments and reference as there; of shape (R,).
    """
    j, n = n_groups, group_size
    gap2 = (b_w - b_b) ** 2

    def deviance(log_rho: np.ndarray) -> np.ndarray:
        rho = np.exp(log_rho)
        pooled = sxx_w * rho * sxx_b / (sxx_w + rho * sxx_b)
        return (
            (j * n - 2) * np.log(rss_w + rho * rss_b + gap2 * pooled)
            - (j - 1) * log_rho
            + np.log(sxx_w + rho * sxx_b)
        )

    return np.exp(_minimise(deviance))


def _minimise(deviance) -> np.ndarray:
    """Minimise R functions of log ρ at once: the best point of a grid, then golden section."""
    best = deviance(_GRID[:, None]).argmin(axis=0)
    low, high = _GRID[np.maximum(best - 1, 0)], _GRID[np.minimum(best + 1, len(_GRID) - 1)]
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(_STEPS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        lower = deviance(left) < deviance(right)
        low, high = np.where(lower, low, left), np.where(lower, right, high)
    middle = (low + high) / 2
    return np.where(deviance(high) <= deviance(middle), high, middle)  # ρ = 1 is τ_00 = 0
