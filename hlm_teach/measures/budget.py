r"""More groups, or larger groups? What a budget buys.

A group costs c_J (travel, training, a contract), a member c_n. Under a budget C the study has
J = C/(c_J + n·c_n) groups, and the variance of a mean or a group-level effect is proportional to

.. math:: \frac{\tau_{00} + \sigma^2/n}{J} \propto (c_J + n c_n)(\tau_{00} + \sigma^2/n),

which is smallest at n = √(c_J/c_n · σ²/τ_00), whatever the budget. For an effect within groups
whose slope varies, τ_11 (for x with SD 1) stands in place of τ_00.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.noncentral_t import power_of_t

from .power import effect_se, power


@guarded(
    cost_group=guard.positive, cost_member=guard.positive, tau=guard.positive, sigma2=guard.positive
)
def best_group_size(*, cost_group: float, cost_member: float, tau: float, sigma2: float) -> float:
    """The size of groups that makes an effect most precise for the money: √(c_J/c_n · σ²/τ).

    Parameters
    ----------
    cost_group, cost_member : float
        Of one group, and of one member, in the same currency.
    tau : float
        Variance between groups of what is estimated: τ_00 for a mean or a group-level effect, τ_11
        for the mean of slopes that vary (x with SD 1). Residual variances, if there are predictors.
    sigma2 : float
        Variance within groups.

    Returns
    -------
    float
        Not rounded.

    Raises
    ------
    TypeError, ValueError
        If a number is not above 0. (With τ = 0 only N counts: take as few groups as you like.)

    References
    ----------
    Raudenbush, S. W. (1997). Statistical analysis and optimal design for cluster randomized
    trials. Psychological Methods, 2(2), 173-185, doi:10.1037/1082-989X.2.2.173.

    Examples
    --------
    >>> best_group_size(cost_group=400, cost_member=25, tau=0.2, sigma2=0.8)
    8.0
    """
    return float(np.sqrt(cost_group / cost_member * sigma2 / tau))


def _check_budget(budget: float, cost_group: float, cost_member: float) -> None:
    """No more than a million groups of one."""
    if float(budget) > 1e6 * (float(cost_group) + float(cost_member)):
        raise ValueError(
            f"budget={budget:g} would buy more than a million groups: give budget and costs in the "
            "same currency"
        )


@guarded(
    budget=guard.positive,
    cost_group=guard.positive,
    cost_member=guard.positive,
    group_sizes=guard.list_of(guard.whole(low=2, high=1_000_000)),
)
def budget_table(
    *,
    budget: float,
    cost_group: float,
    cost_member: float,
    group_sizes: Sequence[int],
    effect: float,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    tested: str = "between",
    level: float = 0.05,
) -> pd.DataFrame:
    """What one budget buys with groups of different sizes; sizes that leave under four groups fail.

    Returns
    -------
    DataFrame
        One row a size: groups (an even number), members, SE and power of the effect.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, or no size leaves four groups.

    >>> costs = dict(budget=24_000, cost_group=400, cost_member=25)
    >>> table = budget_table(**costs, group_sizes=[4, 8, 40], effect=0.4, tau00=0.2, sigma2=0.8)
    >>> table.round(2).reset_index().to_numpy().tolist()[1]
    [8.0, 40.0, 320.0, 0.17, 0.61]
    """
    _check_budget(budget, cost_group, cost_member)
    rows = {}
    variances = {"tau00": tau00, "sigma2": sigma2, "tau11": tau11}
    for n in group_sizes:
        groups = int(budget // (2 * (cost_group + n * cost_member))) * 2
        if groups < 4:
            continue
        study: dict[str, Any] = {"n_groups": groups, "group_size": int(n)} | variances
        rows[int(n)] = {
            "groups": groups,
            "members": groups * int(n),
            "SE": effect_se(tested, **study),
            "power": power(tested, effect=effect, level=level, **study),
        }
    if not rows:
        raise ValueError(
            f"budget={budget:g} buys fewer than four groups of any of these sizes: "
            "give smaller groups, or more money"
        )
    return (
        pd.DataFrame(rows).T.rename_axis("members a group").astype({"groups": int, "members": int})
    )


@guarded(
    budget=guard.positive,
    cost_group=guard.positive,
    cost_member=guard.positive,
    group_sizes=guard.values_of(guard.number(low=1)),
    tested=guard.one_of("between", "within", "cross-level"),
    effect=guard.number(),
    tau00=guard.variance,
    sigma2=guard.positive,
    tau11=guard.variance,
    level=guard.level,
)
def budget_power(
    group_sizes: ArrayLike,
    *,
    budget: float,
    cost_group: float,
    cost_member: float,
    effect: float,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    tested: str = "between",
    level: float = 0.05,
) -> np.ndarray:
    """Power that one budget buys over the size of groups; numbers of groups are not rounded.

    For curves: `budget_table` has what can really be bought. It counts no study of fewer than
    four groups.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, or a size leaves fewer than four groups.

    >>> costs = dict(budget=24_000, cost_group=400, cost_member=25)
    >>> budget_power([4, 8, 40], **costs, effect=0.4, tau00=0.2, sigma2=0.8).round(2)
    array([0.57, 0.61, 0.38])
    """
    _check_budget(budget, cost_group, cost_member)
    n = np.asarray(group_sizes, float)
    groups = budget / (cost_group + n * cost_member)
    if (groups < 4 - 1e-9).any():
        raise ValueError(
            f"group_sizes holds {n.max():g}, which leaves {groups.min():.1f} groups for this "
            "budget: four at least are wanted"
        )
    arms, tau = 1 if tested == "within" else 2, tau00 if tested == "between" else tau11
    se = np.sqrt(arms**2 * (tau + sigma2 / n) / groups)
    at_groups = tested == "between" or tau11 > 0
    df = groups - arms if at_groups else groups * (n - 1) - arms
    return power_of_t(effect / se, np.maximum(df, 1.0), level)
