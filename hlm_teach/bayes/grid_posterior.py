"""`grid_posterior`: the posterior of a random-intercept model, exact up to the width of a grid."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.framing import caller_namespace, model_frame
from hlm_teach.lmm.refusals import check_outcome, check_predictors
from hlm_teach.lmm.terms import levels_of

from .grid import make_grid
from .posterior import GridPosterior
from .priors import Prior, sd_prior
from .propriety import check_proper
from .sums import InterceptSums, intercept_sums

_a_prior = guard.optional(guard.made_by("Prior", "sd_prior"))


@guarded(
    prior_tau=_a_prior,
    prior_sigma=_a_prior,
    n_tau=guard.whole(low=50, high=5000),
    n_sigma=guard.whole(low=20, high=1000),
)
def _checked_options(
    prior_tau: Prior | None, prior_sigma: Prior | None, n_tau: int, n_sigma: int
) -> tuple[Prior, Prior]:
    return prior_tau or sd_prior("flat"), prior_sigma or sd_prior("log-flat")


def grid_posterior(
    formula: str,
    data: pd.DataFrame,
    groups: str,
    *,
    prior_tau: Prior | None = None,
    prior_sigma: Prior | None = None,
    n_tau: int = 400,
    n_sigma: int = 50,
) -> GridPosterior:
    r"""The posterior distribution of a random-intercept model, on a grid over (τ, σ).

    .. math:: y_{ij} = x_{ij}'\gamma + u_{0j} + e_{ij}, \quad u_{0j} \sim N(0, \tau^2),
              \quad e_{ij} \sim N(0, \sigma^2)

    with τ = √τ_00. Fixed effects have a flat prior; they and the group effects are integrated out
    in closed form, so that two dimensions are left, τ and σ, which a grid covers. No sampling: the
    same call gives the same numbers.

    Parameters
    ----------
    formula, data, groups
        As in `fit_lmm`.
    prior_tau : Prior, optional
        Of the SD between groups, from `sd_prior`; "flat" if left out.
    prior_sigma : Prior, optional
        Of the SD within groups; "log-flat" (1/σ) if left out.
    n_tau, n_sigma : int
        Cells of the grid.

    Returns
    -------
    GridPosterior
        `table()`, `cdf`, `quantile`, `group_effects()`, `tau_density`, `draws`.

    Raises
    ------
    TypeError, ValueError
        As `fit_lmm`; and where the priors leave the posterior without a finite total: a flat prior
        of τ with two groups, "log-flat" for τ with any data, groups of one member only.

    References
    ----------
    Gelman (2006), Bayesian Analysis 1, 515-534, doi:10.1214/06-BA117A, section 2.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> posterior = grid_posterior("Yield ~ 1", load_data("dyestuff"), "Batch")
    >>> posterior.table().loc["tau", ["lower", "median", "upper"]].round(1).tolist()
    [17.2, 50.9, 145.9]
    """
    namespace = caller_namespace()
    prior_tau, prior_sigma = _checked_options(prior_tau, prior_sigma, n_tau, n_sigma)
    if not isinstance(groups, str):
        raise TypeError(f"groups must name one column of data, not be {shortened(groups)}")
    frame = model_frame(formula, data, groups, "1", namespace)
    check_outcome(frame)
    check_predictors(frame)
    labels, codes = levels_of(frame.only_term.labels)
    sums = intercept_sums(frame.outcome.to_numpy(float), frame.fixed.to_numpy(float), codes)
    return posterior_of_sums(
        sums, tuple(frame.fixed.columns), tuple(labels), prior_tau, prior_sigma, n_tau, n_sigma
    )


@guarded(y=guard.numbers)
def balanced_posterior(
    y: ArrayLike,
    *,
    prior_tau: Prior,
    prior_sigma: Prior | None = None,
    n_tau: int = 200,
    n_sigma: int = 30,
) -> GridPosterior:
    """The same for J groups of n, y (J, n), with a mean and no predictors: for labs and simulations.

    >>> posterior = balanced_posterior(np.array([[1.0, 3], [5, 7], [2, 2]]), prior_tau=sd_prior("half-normal", 3.0))
    >>> round(posterior.cdf("tau", 3.0), 2)
    0.71
    """
    values = np.asarray(y, float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError(
            f"y has shape {values.shape}; wanted (J, n), two groups or more of two or more"
        )
    codes = np.repeat(np.arange(len(values)), values.shape[1])
    sums = intercept_sums(values.ravel(), np.ones((values.size, 1)), codes)
    prior_tau, prior_sigma = _checked_options(prior_tau, prior_sigma, n_tau, n_sigma)
    return posterior_of_sums(
        sums, ("Intercept",), tuple(range(len(values))), prior_tau, prior_sigma, n_tau, n_sigma
    )


def posterior_of_sums(
    sums: InterceptSums,
    names: tuple[str, ...],
    labels: tuple[Hashable, ...],
    prior_tau: Prior,
    prior_sigma: Prior,
    n_tau: int,
    n_sigma: int,
) -> GridPosterior:
    """Lay the grid, if the posterior has a finite total."""
    check_proper(sums, prior_tau)
    grid = make_grid(sums, prior_tau, prior_sigma, n_tau, n_sigma)
    return GridPosterior(names, labels, prior_tau, prior_sigma, sums, grid)
