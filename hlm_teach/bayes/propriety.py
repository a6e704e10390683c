"""Whether a posterior has a finite total, and which of its moments exist.

For τ → ∞ each group contributes a factor 1/τ to the restricted likelihood, and each direction of X that
doesn't vary within groups (the intercept is one) gives one factor τ back: L_R falls like τ to the
power −(J − q). Times the prior's own tail this must fall faster than 1/τ. With an intercept and a
flat prior that takes J ≥ 3 (Gelman 2006, section 2); with J = 3 the mean of τ is infinite, with
J = 4 its SD.
"""

from __future__ import annotations

import numpy as np

from .priors import Prior
from .sums import NOTHING, InterceptSums


def tail_of(sums: InterceptSums, prior_tau: Prior) -> float:
    """The power of 1/τ with which the posterior density of τ falls far out."""
    return sums.n_groups - sums.n_between + prior_tau.tail


def check_proper(sums: InterceptSums, prior_tau: Prior) -> None:
    """Raise ValueError where the posterior has no finite total."""
    if prior_tau.origin <= -1:
        raise ValueError(
            f"prior_tau is {prior_tau.name}, which has infinite weight at 0; the likelihood is "
            "positive there, so no posterior exists: use sd_prior('half-normal', ...) or 'flat'"
        )
    if sums.within_df < 1 or sums.yy_within <= 1e-20 * max(float(np.sum(sums.yy)), 1e-300):
        raise ValueError(
            "y, the outcome, has no variation within groups that would tell sigma from tau: groups "
            "with several, differing members are needed"
        )
    if tail_of(sums, prior_tau) <= 1:
        raise ValueError(
            f"with {sums.n_groups} groups and {sums.n_between} fixed effects between them the prior "
            f"{prior_tau.name} of tau leaves no posterior: its total is infinite; use a prior that "
            "ends, such as sd_prior('half-normal', 5.0) in units of the outcome"
        )


def has_bounded_sd(sums: InterceptSums, k: int) -> bool:
    """Whether fixed effect k is known from differences within groups, however large τ is."""
    row = sums.back[k]
    values, vectors = np.linalg.eigh(sums.xx_within)
    unknown = vectors[:, values < NOTHING * sums.n_obs]  # directions without variation within
    return bool(np.abs(row @ unknown).max(initial=0.0) < 1e-6 * np.abs(row).max())
