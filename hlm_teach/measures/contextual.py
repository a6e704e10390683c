"""Contextual effects where groups' means of x are means of sampled members: how much is left.

The studies in which u is correlated with x, and the slopes within and between groups that are
drawn there, stand in balanced/endogenous.py.
"""

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_number, check_rng
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.fit import fit_lmm

from .reliability import mean_reliability


def shrunken_context(
    context: float, *, tau_x: float, sigma_x2: float, n: int | np.ndarray
) -> float | np.ndarray:
    """What is left of a contextual effect when groups' means of x are means of n sampled members.

    ::

        λ_x · context,    λ_x = τ_x / (τ_x + σ_x²/n)

    The coefficient between groups becomes λ_x·β_B + (1 − λ_x)·β_W. It holds for n members drawn
    from a large group; where whole groups are observed, nothing is lost.

    Parameters
    ----------
    context : float
        Between minus within slope, for the groups' true means.
    tau_x, sigma_x2 : float
        Variances of x between and within groups.
    n : int or sequence of int
        Members sampled per group.

    References
    ----------
    Lüdtke, O., Marsh, H. W., Robitzsch, A., Trautwein, U., Asparouhov, T., & Muthén, B. (2008).
    Psychological Methods, 13(3), 203-229, doi:10.1037/a0012869.

    Examples
    --------
    >>> shrunken_context(4, tau_x=1, sigma_x2=4, n=4)
    2.0
    """
    return check_number(context, "context") * mean_reliability(tau_x, sigma_x2, n)


@guarded(data=guard.table, outcome=guard.no_holes, x=guard.no_holes, groups=guard.labels)
def contextual_of_samples(
    data: pd.DataFrame,
    outcome: str,
    x: str,
    groups: str,
    *,
    group_size: int,
    n_samples: int = 1,
    rng: np.random.Generator,
) -> np.ndarray:
    """Contextual effects (n_samples,) from samples of `group_size` members per group.

    Each time the group means of x are computed from the sampled members alone, and
    ``outcome ~ x + mean of x`` is fitted with a random intercept (REML).

    Parameters
    ----------
    data : DataFrame
        One row per individual.
    outcome, x, groups : str
        Column names.
    group_size : int
        Members to draw from each group, without replacement.
    n_samples : int
        How many samples to draw.
    rng : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    ValueError
        If a group has fewer than `group_size` members.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> contextual_of_samples(load_data("hsb"), "math", "ses", "school", group_size=10,
    ...                       rng=np.random.default_rng(1)).shape
    (1,)
    """
    check_rng(rng)
    sizes = data.groupby(groups, observed=True).size()
    if sizes.min() < check_count(group_size, "group_size", low=2):
        raise ValueError(
            f"group_size={group_size}, but group {sizes.idxmin()!r} has {sizes.min()} members only"
        )
    small = data[[outcome, x, groups]].set_axis(["y", "x", "group"], axis=1)
    found = []
    for _ in range(check_count(n_samples, "n_samples")):
        order = pd.Series(rng.random(len(small)), index=small.index)
        drawn = small[order.groupby(small["group"], observed=True).rank() <= group_size]
        drawn = drawn.assign(x_mean=drawn.groupby("group", observed=True)["x"].transform("mean"))
        found.append(fit_lmm("y ~ x + x_mean", drawn, "group").params["x_mean"])
    return np.array(found)
