"""The law behind wrong standard errors: how far clustering throws the variance of an OLS slope.

It takes three things: the intraclass correlation of the residuals, the sizes of the groups, and
the intraclass correlation of the predictor itself (`predictor_icc`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_number, check_sizes
from hlm_teach._shared.guard import guarded


@guarded(x=guard.numbers, groups=guard.list_of(guard.label))
def predictor_icc(x: Sequence[float], groups: Sequence) -> float:
    r"""Intraclass correlation of a predictor, as the law of `moulton_factor` wants it.

    The mean product of two different members of one group, over all such pairs, in units of the
    variance:

    .. math:: \rho_x = \frac{\sum_j \sum_{i \ne k} (x_{ij} - \bar x)(x_{kj} - \bar x)}
              {\operatorname{Var}(x) \sum_j n_j(n_j - 1)}

    It is 1 for a group-level predictor in groups of equal size (with unequal sizes close to 1),
    −1/(n − 1) for one centred within groups of n.

    Parameters
    ----------
    x : sequence of float, shape (N,)
    groups : sequence, shape (N,)
        Group labels.

    Raises
    ------
    ValueError
        If lengths differ, values are missing, x is constant, or no group has two members.

    References
    ----------
    Angrist, J. D., & Pischke, J.-S. (2009). Mostly Harmless Econometrics. Princeton University
    Press, section 8.2.

    Examples
    --------
    >>> round(predictor_icc([1, 1, 0, 0], ["a", "a", "b", "b"]), 6)
    1.0
    >>> round(predictor_icc([1, -1, 1, -1], ["a", "a", "b", "b"]), 6)
    -1.0
    """
    values, codes = np.asarray(x, dtype=float), pd.factorize(np.asarray(groups))[0]
    if values.shape != codes.shape or not np.isfinite(values).all():
        raise ValueError(
            f"x {values.shape} and groups {codes.shape} must have the same length, "
            "without missing values"
        )
    sizes = np.bincount(codes)
    centred = values - values.mean()
    total = centred @ centred
    if total <= 1e-12 * (values @ values) or sizes.max() < 2:
        raise ValueError("x is constant, or no group has two members: there is no correlation")
    pairs = np.sum(np.bincount(codes, weights=centred) ** 2) - total
    return float(pairs / (total / len(values)) / np.sum(sizes * (sizes - 1)))


def moulton_factor(icc: float, x_icc: float, group_sizes: int | Sequence[int]) -> float:
    """How many times larger the variance of an OLS slope is than ordinary regression says.

    ::

        1 + (Σn_j²/N − 1)·ρ_x·ρ,        with equal groups  1 + (n − 1)·ρ_x·ρ

    The standard error is off by its square root. Below 1 ordinary regression's is too large. It
    holds for a random intercept without random slopes; in balanced data exactly, up to the
    difference between the residual variance and its expectation.

    Parameters
    ----------
    icc : float
        Intraclass correlation ρ of the residuals.
    x_icc : float
        Intraclass correlation of the predictor, from `predictor_icc`.
    group_sizes : int or sequence of int

    Raises
    ------
    TypeError, ValueError
        If a number is out of range or a size is not a whole number.

    References
    ----------
    Moulton, B. R. (1986). Random group effects and the precision of regression estimates.
    Journal of Econometrics, 32(3), 385-397.

    Examples
    --------
    >>> round(moulton_factor(0.2, 1, 20), 6), round(moulton_factor(0.2, -1 / 19, 20), 6)
    (4.8, 0.8)
    """
    rho = check_number(icc, "icc", low=-1, high=1)
    own = check_number(x_icc, "x_icc")
    sizes = check_sizes(group_sizes).astype(float)
    return float(1 + (np.sum(sizes**2) / np.sum(sizes) - 1) * own * rho)


def design_effect(icc: float, group_sizes: int | Sequence[int]) -> float:
    """How many times clustering inflates the variance of a mean or of a group-level effect.

    ::

        1 + (n − 1)ρ                 for groups of n
        1 + (Σn_j²/N − 1)ρ           for groups of n_1, …, n_J

    Standard errors grow by its square root.  It does not hold for the effect of a predictor
    that varies within groups.

    Parameters
    ----------
    icc : float
        Intraclass correlation ρ of the outcome; in a model with predictors, of the residuals.
    group_sizes : int or sequence of int
        The common group size n, or the size of every group.

    Returns
    -------
    float
        Above 1 where ρ is positive.

    Raises
    ------
    TypeError
        If a size is not a whole number (a mean size hides that large groups weigh more).
    ValueError
        If a size is below 1, or ρ above 1 or so negative that no such groups can exist.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley.

    Examples
    --------
    >>> design_effect(0.02, 100)
    2.98
    >>> round(design_effect(0.2, [10, 30]), 2)
    5.8
    """
    rho = check_number(icc, "icc", high=1)
    sizes = check_sizes(group_sizes).astype(float)
    effect = 1 + (np.sum(sizes**2) / np.sum(sizes) - 1) * rho
    if 1 + (sizes.max() - 1) * rho < -1e-12:
        raise ValueError(
            f"icc={rho:g} is impossible in groups of {sizes.max()}: the lowest value is "
            f"−1/(n−1) = {-1 / (sizes.max() - 1):.4g}"
        )
    return float(effect)


def effective_sample_size(
    icc: float, group_sizes: int | Sequence[int], *, n_groups: int = 1
) -> float:
    """How many independent observations tell as much about a mean as the clustered ones do.

    ::

        N / design effect

    It holds for a mean or a group-level effect, not for an effect within groups.

    Parameters
    ----------
    icc : float
        Intraclass correlation ρ.
    group_sizes : int or sequence of int
        The common group size, or the size of every group.
    n_groups : int
        Number of groups of the common size; leave it out with a sequence.

    Returns
    -------
    float
        Never more than N where ρ is positive.

    Raises
    ------
    TypeError, ValueError
        As `design_effect`; also if `n_groups` is given beside a sequence of sizes, or if the
        design effect is 0.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley.

    Examples
    --------
    >>> round(effective_sample_size(0.2, 20, n_groups=30), 1)
    125.0
    """
    effect = design_effect(icc, group_sizes)
    total = int(check_sizes(group_sizes).sum()) * check_count(n_groups, "n_groups")
    if n_groups != 1 and np.ndim(group_sizes) > 0:
        raise ValueError(
            f"group_sizes already holds {np.size(group_sizes)} sizes; leave n_groups={n_groups} out"
        )
    if effect < 1e-12:
        raise ValueError(f"icc={icc:g} makes the design effect 0: the mean has no variance left")
    return total / effect
