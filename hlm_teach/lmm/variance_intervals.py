r"""Intervals of all variances of any fit: `fit.variance_intervals()` (see `LmmResult`).

The function `hlm_teach.variance_intervals` is another: it sets Wald, profile and bootstrap intervals
of τ_00 in balanced data side by side (balanced/intervals.py).

"profile"    all values at which the deviance, everything else at its best, rises by less than the
             χ²₁ quantile. From the ML deviance, also for a REML fit, as in lme4's confint.
"wald-log"   exp(log v̂ ± z·SE(v̂)/v̂): symmetric on the log scale, where v̂ is less skewed and no end
             is negative. SE from the expected information of the variances (eqs. 4 and 5 of
             kenward_roger.py; without what REML subtracts for an ML fit). None at v̂ = 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared.arrays import Array

from .blocked_pieces import pieces_at, terms_at
from .kenward_roger import information_inverse
from .protocols import Fit
from .terms import variance_names

METHODS = ("profile", "wald-log")


def variance_intervals(fit: Fit, method: str = "profile", level: float = 0.95) -> pd.DataFrame:
    """Every variance of a fit with its interval: estimate, lower, upper; "residual" is the last.

    What the method `fit.variance_intervals` calls, not the function `hlm_teach.variance_intervals`.

    Raises
    ------
    ValueError
        For "wald-log" where the covariance matrix is not linear in its
        parameters.
    """
    estimates = np.array([*_variances(fit), fit.sigma2])
    ends = _profile_ends(fit, level) if method == "profile" else _log_ends(fit, estimates, level)
    names = [*variance_names(fit.frame.terms), "residual"]
    table = pd.DataFrame({"estimate": estimates}, index=names)
    return table.assign(lower=ends[:, 0], upper=ends[:, 1])


def _variances(fit: Fit) -> Array:
    return np.concatenate([np.diag(fit.cov_by_group[t.group]) for t in fit.frame.terms])


def _profile_ends(fit: Fit, level: float) -> Array:
    profile = fit.profiled_deviance
    used = [i for i, p in enumerate(profile.parameters) if p.kind in ("sd", "residual_sd")]
    return np.array([profile.interval(i, level) for i in used]) ** 2


def _log_ends(fit: Fit, estimates: Array, level: float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        width = stats.norm.ppf((1 + level) / 2) * _standard_errors(fit) / estimates
        low, high = estimates * np.exp(-width), estimates * np.exp(width)
    unknown = estimates <= 1e-8 * fit.sigma2
    return np.column_stack([np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)])


def _standard_errors(fit: Fit) -> Array:
    """Asymptotic standard errors of the variances, term by term, the residual's last."""
    cov_re = {name: g.to_numpy() for name, g in fit.cov_by_group.items()}
    if fit.n_params - len(fit.params) != 1 + sum(t.n_covariances for t in fit.frame.terms):
        raise ValueError(
            "method='wald-log' needs a covariance matrix that is a sum of variances times known "
            "matrices; this model's residuals are of another kind: use method='profile'"
        )
    w = information_inverse(pieces_at(fit.frame, cov_re, fit.sigma2), reml=fit.reml)
    rows, k = [], 0
    for term, basis in terms_at(fit.frame, cov_re, fit.sigma2):
        turned = basis @ term.directions @ basis.T  # E_i in the data's units
        for a in range(term.n_effects):
            row = np.zeros(len(w))
            row[k : k + len(turned)] = turned[:, a, a]
            rows.append(row)
        k += len(term.directions)
    rows.append(np.eye(len(w))[-1])
    return fit.sigma2 * np.sqrt(np.einsum("ij,jk,ik->i", np.array(rows), w, np.array(rows)))
