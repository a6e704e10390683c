"""REML with a prior of τ: a point estimate that stays off the edge (Chung et al. 2013)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import shortened
from hlm_teach.lmm.framing import caller_namespace, model_frame
from hlm_teach.lmm.refusals import check_outcome, check_predictors
from hlm_teach.lmm.terms import levels_of

from .priors import Prior, sd_prior
from .propriety import check_proper
from .reml_surface import reml_surface
from .sums import InterceptSums, intercept_sums


@dataclass(frozen=True)
class PenalisedFit:
    """The mode that `penalised_reml` found.

    Attributes
    ----------
    tau, sigma : float
        SDs between and within groups.
    params, bse : Series
        Fixed effects and their standard errors at these SDs.
    """

    tau: float
    sigma: float
    params: pd.Series
    bse: pd.Series


def penalised_reml(
    formula: str, data: pd.DataFrame, groups: str, *, prior_tau: Prior | None = None
) -> PenalisedFit:
    r"""Maximise the restricted likelihood times a prior of τ.

    .. math:: (\hat\tau, \hat\sigma) = \arg\max\; \log L_R(\tau, \sigma) + \log p(\tau)

    With the default prior, p(τ) ∝ τ, the penalty is log τ: −∞ at 0, so the estimate can't be 0, and
    negligible where many groups speak. Where ML says 0 it lies about one standard error away from it. With a "flat" prior it is REML.

    Parameters
    ----------
    formula, data, groups
        As in `fit_lmm`.
    prior_tau : Prior, optional
        From `sd_prior`; "linear" if left out.

    Raises
    ------
    TypeError, ValueError
        As `fit_lmm`.

    References
    ----------
    Chung, Rabe-Hesketh, Dorie, Gelman & Liu (2013), Psychometrika 78, 685-709,
    doi:10.1007/s11336-013-9328-2.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> round(penalised_reml("Yield ~ 1", load_data("dyestuff2"), "Batch").tau, 2)
    1.18
    """
    namespace = caller_namespace()
    prior = sd_prior("linear") if prior_tau is None else prior_tau
    if not isinstance(prior, Prior):
        raise TypeError(f"prior_tau must come from sd_prior, not be {shortened(prior)}")
    if not isinstance(groups, str):
        raise TypeError(f"groups must name one column of data, not be {shortened(groups)}")
    frame = model_frame(formula, data, groups, "1", namespace)
    check_outcome(frame)
    check_predictors(frame)
    codes = levels_of(frame.only_term.labels)[1]
    sums = intercept_sums(frame.outcome.to_numpy(float), frame.fixed.to_numpy(float), codes)
    check_proper(sums, sd_prior("half-normal", 1.0))
    tau, sigma = mode_of_sums(sums, prior)
    at = reml_surface(sums, np.array([tau]), np.array([sigma]))
    names = list(frame.fixed.columns)
    cov = sigma**2 * sums.back @ at.a_inverse[0] @ sums.back.T
    params = pd.Series(sums.shift + sums.back @ at.beta[0], names)
    return PenalisedFit(tau, sigma, params, pd.Series(np.sqrt(np.diag(cov)), names))


def mode_of_sums(sums: InterceptSums, prior: Prior) -> tuple[float, float]:
    """(τ, σ) at the highest point: a look along a grid, then Nelder and Mead's search."""
    scale = sums.typical_sd()
    sigma = float(np.sqrt(sums.yy_within / sums.within_df))

    def height(point: Array) -> float:
        tau, s = scale * abs(point[0]), sigma * np.exp(point[1])
        value = reml_surface(sums, np.array([tau]), np.array([s])).log_likelihood[0]
        return -float(value + prior.log_density(np.array([tau]))[0])

    starts = [np.array([a, b]) for a in (0.0, 0.03, 0.1, 0.3, 1.0, 2.0) for b in (-0.1, 0.0, 0.1)]
    start = min(starts, key=height)
    options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 2000}
    best = minimize(height, start, method="Nelder-Mead", options=options).x
    return scale * abs(float(best[0])), sigma * float(np.exp(best[1]))
