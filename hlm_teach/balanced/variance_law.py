r"""What J groups tell about τ_00 at best: with infinitely many members in each.

Then the group means are the groups' true levels, and (J − 1)τ̂_00/τ_00 is χ² with J − 1 degrees of
freedom. The exact interval for τ_00 is τ̂_00 times two factors that depend on J alone.
"""

from __future__ import annotations

from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded


@guarded(n_groups=guard.whole(low=2), level=guard.level)
def interval_factors(n_groups: int, *, level: float = 0.95) -> tuple[float, float]:
    """The two numbers that τ̂_00 is multiplied by: (J − 1)/χ² at the upper and the lower end.

    They are the best that J groups allow; groups of finite size tell less.

    Raises
    ------
    TypeError, ValueError
        For fewer than two groups, or a level outside 0 to 1.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, Wiley, doi:10.1002/9780470316856.

    Examples
    --------
    >>> [tuple(round(end, 2) for end in interval_factors(j)) for j in (10, 30, 100)]
    [(0.47, 3.33), (0.63, 1.81), (0.77, 1.35)]
    """
    df, tail = n_groups - 1, (1 - level) / 2
    return float(df / special.chdtri(df, tail)), float(df / special.chdtri(df, 1 - tail))
