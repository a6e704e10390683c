"""League tables and what they hide: probabilities of rank, and intervals made for comparing two.

A rank is a function of all groups' true means at once. Given the data these are known only up to
their standard deviations, so a rank has a distribution: `rank_table` draws it. And intervals that
may be compared by eye, so that two that just touch differ at the 5 % level, are shorter than
95 % intervals: `comparison_factor`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_number, check_rng, shortened
from hlm_teach._shared.guard import guarded


@guarded(se=guard.numbers)
def comparison_factor(se: Sequence[float], *, level: float = 0.95) -> float:
    r"""Half width, in standard errors, of intervals whose overlap compares two groups.

    Bars :math:`\hat m_j \pm z s_j` of two groups with equal true means do not overlap with
    probability :math:`2\Phi(-z(s_i + s_j)/\sqrt{s_i^2 + s_j^2})`. The factor z makes the average
    of these probabilities over all pairs equal to 1 − `level`. With equal standard errors it is
    :math:`1.96/\sqrt 2 = 1.39`.

    Parameters
    ----------
    se : sequence of float
        Standard errors s_j of independent estimates, two or more, above 0.
    level : float
        Level of the comparison of two groups that were chosen beforehand.

    Returns
    -------
    float
        Between 1.39 (equal standard errors) and 1.96 (one much smaller than the other), at 95 %.

    Raises
    ------
    TypeError, ValueError
        If the standard errors or the level do not make sense.

    References
    ----------
    Goldstein, H., & Healy, M. J. R. (1995). The graphical presentation of a collection of means.
    J. R. Stat. Soc. A, 158(1), 175-177, doi:10.2307/2983411.

    Examples
    --------
    >>> round(comparison_factor([2, 2, 2]), 3)
    1.386
    """
    s = np.asarray(se, dtype=float)
    if s.ndim != 1 or len(s) < 2 or not (np.isfinite(s).all() and (s > 0).all()):
        raise ValueError("se must hold two or more finite standard errors above 0")
    alpha = 1 - check_number(level, "level", low=0.01, high=0.9999)
    first, second = np.triu_indices(len(s), 1)
    ratio = (s[first] + s[second]) / np.hypot(s[first], s[second])
    largest = stats.norm.ppf(1 - alpha / 2)

    def excess(z: float) -> float:
        return 2 * stats.norm.sf(z * ratio).mean() - alpha

    return float(optimize.brentq(excess, largest / 1.5, largest))


def draw_ranks(
    estimates: Sequence[float],
    se: Sequence[float],
    *,
    n_draws: int = 4000,
    rng: np.random.Generator,
) -> np.ndarray:
    """Ranks of J true means, drawn n_draws times from N(estimate_j, se_j²) independently.

    Parameters
    ----------
    estimates, se : sequence of float
        BLUPs and their standard deviations given the data.
    n_draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_draws, J)
        1 for the highest mean in a draw, J for the lowest.

    Examples
    --------
    >>> draw_ranks([0, 10], [0.1, 0.1], n_draws=2, rng=np.random.default_rng(1))
    array([[2, 1],
           [2, 1]])
    """
    check_rng(rng)
    centre, spread = np.asarray(estimates, dtype=float), np.asarray(se, dtype=float)
    if centre.ndim != 1 or centre.shape != spread.shape or (spread < 0).any():
        raise ValueError(
            "estimates and se must hold one number per group, se 0 or more; shapes "
            f"{centre.shape} and {spread.shape} were given"
        )
    draws = centre + spread * rng.standard_normal((check_count(n_draws, "n_draws"), len(centre)))
    return (-draws).argsort(axis=1).argsort(axis=1) + 1


def _series(value: object, name: str, given: Mapping[str, Any]) -> None:
    """A Series of numbers."""
    if not isinstance(value, pd.Series):
        raise TypeError(f"{name} must be a Series with the groups as index, not {shortened(value)}")
    guard.numbers(value, name, given)


@guarded(estimates=_series, se=_series, top=guard.whole(), n_draws=guard.whole())
def rank_table(
    estimates: pd.Series,
    se: pd.Series,
    *,
    top: int = 10,
    n_draws: int = 4000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """What the data say of each group's rank: 95 % interval, chance to be among the top ones.

    The draws treat the groups as independent, with the variances and γ_00 as known.

    Parameters
    ----------
    estimates, se : Series
        BLUPs and their standard deviations, with the groups as index.
    top : int
        How many groups count as the top ones.
    n_draws, rng
        As in `draw_ranks`.

    Returns
    -------
    DataFrame
        Sorted by `estimates`, highest first; columns rank (of the estimate), lower, upper (95 %
        interval of the rank), p_top, p_above (the chance to lie above the median group).

    Raises
    ------
    TypeError, ValueError
        As `draw_ranks`.

    Examples
    --------
    >>> table = rank_table(pd.Series({"a": 0.0, "b": 9.0}), pd.Series({"a": 1.0, "b": 1.0}), top=1,
    ...                    rng=np.random.default_rng(1))
    >>> table[["rank", "p_top"]].to_dict("index")
    {'b': {'rank': 1, 'p_top': 1.0}, 'a': {'rank': 2, 'p_top': 0.0}}
    """
    ranks = draw_ranks(estimates, se, n_draws=n_draws, rng=rng)
    lower, upper = np.quantile(ranks, [0.025, 0.975], axis=0, method="inverted_cdf")
    table = pd.DataFrame(
        {
            "rank": pd.Series(estimates).rank(ascending=False, method="first").astype(int),
            "lower": lower.astype(int),
            "upper": upper.astype(int),
            "p_top": (ranks <= check_count(top, "top")).mean(axis=0),
            "p_above": (ranks <= len(estimates) / 2).mean(axis=0),
        },
        index=estimates.index,
    )
    return table.sort_values("rank")
