"""Simulation-based calibration: is a posterior right on average over its own prior?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

from .grid_posterior import balanced_posterior
from .priors import Prior


@guarded(
    n_groups=guard.whole(low=2, high=1000),
    group_size=guard.whole(low=2, high=1000),
    prior_tau=guard.made_by("Prior", "sd_prior"),
    prior_sigma=guard.made_by("Prior", "sd_prior"),
    n_studies=guard.whole(low=1, high=100_000),
    assumed=guard.optional(guard.made_by("Prior", "sd_prior")),
    rng=guard.generator,
)
def posterior_calibration(
    *,
    n_groups: int,
    group_size: int,
    prior_tau: Prior,
    prior_sigma: Prior,
    n_studies: int,
    rng: np.random.Generator,
    assumed: Prior | None = None,
) -> pd.DataFrame:
    """Where the truth lies in the posterior, in studies whose truth is drawn from the prior.

    For each study τ and σ are drawn from their priors, data are made with them (mean 0, which the
    flat prior of the mean cannot tell from any other), and the posterior probability of lying below
    the truth is noted. If the posterior is computed rightly, these are uniform between 0 and 1, for
    every quantity (Cook, Gelman & Rubin 2006; Talts et al. 2018).

    Parameters
    ----------
    n_groups, group_size : int
        Design of each study.
    prior_tau, prior_sigma : Prior
        Proper ones, which the truth is drawn from.
    n_studies : int
        Studies drawn.
    rng : numpy.random.Generator
        Source of randomness.
    assumed : Prior, optional
        Another prior of τ for the analysis, to see what that does.

    Returns
    -------
    DataFrame
        One row a study; columns tau, sigma, icc, Intercept, group (the first group's effect).

    References
    ----------
    Cook, Gelman & Rubin (2006), J. Comp. Graph. Stat. 15, 675-692, doi:10.1198/106186006X136976.
    Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv:1804.06788.

    Examples
    --------
    >>> from hlm_teach import sd_prior
    >>> places = posterior_calibration(n_groups=5, group_size=4, n_studies=3, rng=np.random.default_rng(1),
    ...                    prior_tau=sd_prior("half-normal", 1.0), prior_sigma=sd_prior("half-normal", 1.0))
    >>> bool(places.stack().between(0, 1).all())
    True
    """
    taus, sigmas = prior_tau.draw(n_studies, rng=rng), prior_sigma.draw(n_studies, rng=rng)
    rows = []
    for tau, sigma in zip(taus, sigmas, strict=True):
        u = tau * rng.standard_normal(n_groups)
        y = u[:, None] + sigma * rng.standard_normal((n_groups, group_size))
        posterior = balanced_posterior(
            y, prior_tau=assumed or prior_tau, prior_sigma=prior_sigma, n_tau=150, n_sigma=24
        )
        truth = {"tau": tau, "sigma": sigma, "icc": tau**2 / (tau**2 + sigma**2), "Intercept": 0.0}
        row = {name: posterior.cdf(name, value) for name, value in truth.items()}
        rows.append(row | {"group": posterior.group_cdf(0, u[0])})
    return pd.DataFrame(rows)
