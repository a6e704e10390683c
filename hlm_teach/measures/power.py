r"""Power of the three effects of a two-level study, by formula.

J groups of n, two arms of groups (w = 0, 1 by turns), a predictor x that is centred and of mean
square 1 within every group, random intercepts, and random slopes where τ_11 > 0::

    y_ij = γ_00 + γ_01·w_j + (γ_10 + γ_11·w_j)·x_ij + u_0j + u_1j·x_ij + e_ij

===============  ====================  ===============================  ==================
tested           effect                variance of its estimate         degrees of freedom
===============  ====================  ===============================  ==================
"between"        γ_01, arm difference  4(τ_00 + σ²/n)/J                 J − 2
"within"         γ_10, mean slope      (τ_11 + σ²/n)/J                  J − 1
"cross-level"    γ_11, slopes by arm   4(τ_11 + σ²/n)/J                 J − 2
===============  ====================  ===============================  ==================

Without random slopes (τ_11 = 0) the last two are tested within groups, on N − J − 1 and N − J − 2.
Groups of different sizes weigh by 1/(τ + σ²/n_j). The rate of rejections is that of t shifted by
effect over standard error (the noncentral t): exact in balanced data where no variance estimate is
zero, otherwise close.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.noncentral_t import power_of_t

TESTED = ("between", "within", "cross-level")
MOST_GROUPS = 100_000


@guarded(
    tested=guard.one_of(*TESTED),
    n_groups=guard.whole(low=4),
    group_size=guard.sizes,
    tau00=guard.variance,
    sigma2=guard.positive,
    tau11=guard.variance,
)
def effect_se(
    tested: str,
    *,
    n_groups: int,
    group_size: int | Sequence[int] | np.ndarray,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
) -> float:
    """Standard error of an effect in a study that is still to come (see the table above).

    Parameters
    ----------
    tested : {"between", "within", "cross-level"}
    n_groups : int
        J, four or more; arms take the groups by turns.
    group_size : int or sequence of J int
        n, two or more, or every group's size.
    tau00, sigma2, tau11 : float
        Variances between groups, within groups, and of the slopes of x (SD 1 within groups).

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Snijders, T. A. B., & Bosker, R. J. (1993). Standard errors and sample sizes for two-level
    research. Journal of Educational Statistics, 18(3), 237-259.

    Examples
    --------
    >>> round(effect_se("between", n_groups=40, group_size=20, tau00=0.2, sigma2=0.8), 3)
    0.155
    """
    sizes = _sizes(n_groups, group_size)
    tau = tau00 if tested == "between" else tau11
    weights = 1 / (tau + sigma2 / sizes)
    arms = [weights] if tested == "within" else [weights[::2], weights[1::2]]
    return float(np.sqrt(sum(1 / arm.sum() for arm in arms)))


def _sizes(n_groups: int, group_size: int | Sequence[int] | np.ndarray) -> np.ndarray:
    """Sizes of all groups, checked."""
    sizes = np.ravel(np.asarray(group_size, float))
    if np.ndim(group_size) == 0:
        sizes = np.full(n_groups, sizes[0])
    if len(sizes) != n_groups:
        raise ValueError(
            f"group_size has {len(sizes)} sizes for n_groups={n_groups}: one size a group is wanted"
        )
    if sizes.min() < 2:
        raise ValueError(
            f"group_size={int(sizes.min())}: two members a group, at least, are wanted"
        )
    return sizes


def effect_df(tested: str, *, n_groups: int, n_members: int, slopes: bool) -> int:
    """Degrees of freedom of the effect's t test (see the table above); `n_members` is N.

    >>> effect_df("within", n_groups=10, n_members=200, slopes=True)
    9
    """
    arms = 1 if tested == "within" else 2
    if tested == "between" or slopes:
        return n_groups - arms
    return n_members - n_groups - arms


@guarded(effect=guard.number(), level=guard.level)
def power(
    tested: str,
    *,
    effect: float,
    n_groups: int,
    group_size: int | Sequence[int] | np.ndarray,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    level: float = 0.05,
) -> float:
    """Chance that a two-sided test finds the effect, by formula.

    Parameters
    ----------
    tested : {"between", "within", "cross-level"}
    effect : float
        Its true size: a difference of the arms in y, or a slope for one within-group SD of x.
    level : float
        Of the test; the others as in `effect_se`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Raudenbush, S. W. (1997). Statistical analysis and optimal design for cluster randomized
    trials. Psychological Methods, 2(2), 173-185, doi:10.1037/1082-989X.2.2.173.

    Examples
    --------
    >>> study = dict(effect=0.4, group_size=20, tau00=0.2, sigma2=0.8)
    >>> [round(power("between", n_groups=j, **study), 2) for j in (10, 20, 40, 60)]
    [0.21, 0.41, 0.71, 0.87]
    """
    se = effect_se(
        tested, n_groups=n_groups, group_size=group_size, tau00=tau00, sigma2=sigma2, tau11=tau11
    )
    members = int(_sizes(n_groups, group_size).sum())
    df = effect_df(tested, n_groups=n_groups, n_members=members, slopes=tau11 > 0)
    return float(power_of_t(np.asarray(effect) / se, df, level))


@guarded(effect=guard.number(), group_size=guard.whole(low=2), power_wanted=guard.level)
def groups_needed(
    tested: str,
    *,
    effect: float,
    group_size: int,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    power_wanted: float = 0.8,
    level: float = 0.05,
) -> int:
    """Smallest even number of groups (four or more) whose power reaches `power_wanted`.

    Raises
    ------
    ValueError
        If 100,000 groups are not enough.

    >>> groups_needed("between", effect=0.4, group_size=20, tau00=0.2, sigma2=0.8)
    50
    """
    study: dict[str, Any] = {
        "effect": effect,
        "group_size": group_size,
        "tau00": tau00,
        "sigma2": sigma2,
        "tau11": tau11,
    }

    def reached(pairs: int) -> bool:
        return power(tested, n_groups=2 * pairs, level=level, **study) >= power_wanted

    low, high = 1, 2  # pairs of groups
    while not reached(high):
        low, high = high, 2 * high
        if 2 * high > 2 * MOST_GROUPS:
            raise ValueError(
                f"effect={effect:g} is not found with {MOST_GROUPS:,} groups: give a larger effect, "
                "or ask for less power"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return 2 * high
