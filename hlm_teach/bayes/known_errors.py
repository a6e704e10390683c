"""Groups of which only an estimate and its standard error are known, as in eight schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_floats
from hlm_teach._shared.guard import guarded

from .priors import Prior, sd_prior


@dataclass(frozen=True)
class KnownErrorPosterior:
    """What `known_error_posterior` found.

    Attributes
    ----------
    tau : ndarray
        (K,) middles of the cells.
    weights : ndarray
        (K,) posterior probability of each.
    log_likelihood : ndarray
        (K,) restricted log-likelihood of τ: μ integrated out.
    mu, mu_se : ndarray
        (K,) mean and SD of μ given each τ.
    groups_given_tau : ndarray
        (K, J) E(θ_j | τ, y).
    groups : DataFrame
        One row a group: mean and sd of θ_j over all τ.
    """

    tau: Array
    weights: Array
    log_likelihood: Array
    mu: Array
    mu_se: Array
    groups_given_tau: Array
    groups: pd.DataFrame
    _groups_sd: Array  # given μ and τ
    _share: Array  # of μ in E(θ_j | μ, τ)

    def summary(self, level: float = 0.95) -> pd.Series:
        """Mean, median and an interval of τ."""
        cdf = np.cumsum(self.weights) - self.weights / 2
        low, middle, high = np.interp([(1 - level) / 2, 0.5, (1 + level) / 2], cdf, self.tau)
        mean = float(self.weights @ self.tau)
        return pd.Series({"mean": mean, "lower": low, "median": middle, "upper": high})

    def draws(self, n: int, *, rng: np.random.Generator) -> pd.DataFrame:
        """`n` joint draws: tau, mu, and a column for each group's θ_j."""
        k = rng.choice(len(self.tau), n, p=self.weights)
        luck = rng.standard_normal(n) * self.mu_se[k]
        middle = self.groups_given_tau[k] + self._share[k] * luck[:, None]
        theta = middle + self._groups_sd[k] * rng.standard_normal(middle.shape)
        table = pd.DataFrame(theta, columns=self.groups.index)
        return table.assign(tau=self.tau[k], mu=self.mu[k] + luck)


@guarded(
    effects=guard.series_of_numbers,
    standard_errors=guard.series_of_numbers,
    prior_tau=guard.optional(guard.made_by("Prior", "sd_prior")),
    n_tau=guard.whole(low=50, high=100_000),
)
def known_error_posterior(
    effects: ArrayLike,
    standard_errors: ArrayLike,
    *,
    prior_tau: Prior | None = None,
    n_tau: int = 2000,
) -> KnownErrorPosterior:
    r"""Posterior of τ, μ and the true effects of J groups, standard errors taken as known.

    .. math:: \hat\theta_j \sim N(\theta_j, s_j^2), \quad \theta_j \sim N(\mu, \tau^2)

    μ has a flat prior. Given τ everything is normal (Gelman et al. 2013, section 5.4):
    μ | τ has precision Σ 1/(s_j² + τ²), and θ_j lies at λ_j θ̂_j + (1 − λ_j) μ with
    λ_j = τ²/(τ² + s_j²). τ itself is averaged over a grid in τ/(τ + s̄), from 0 to infinity.

    Parameters
    ----------
    effects, standard_errors : array_like
        One a group, three or more; a Series' index gives the labels.
    prior_tau : Prior, optional
        From `sd_prior`; "flat" if left out.
    n_tau : int
        Cells of the grid.

    Raises
    ------
    ValueError
        For standard errors that aren't positive, lengths that differ, or where no posterior exists.

    References
    ----------
    Rubin (1981), J. Educational Statistics 6, 377-401, doi:10.3102/10769986006004377.
    Gelman, Carlin, Stern, Dunson, Vehtari & Rubin (2013), Bayesian Data Analysis, 3rd ed.,
    sections 5.4 and 5.5.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> schools = load_data("eight_schools").set_index("school")
    >>> known_error_posterior(schools["effect"], schools["se"]).summary()[["mean", "median"]].round(1).tolist()
    [6.6, 5.2]
    """
    y, se = check_floats(effects, "effects"), check_floats(standard_errors, "standard_errors")
    prior = prior_tau or sd_prior("flat")
    _check(y, se, prior)
    labels = effects.index if isinstance(effects, pd.Series) else pd.RangeIndex(len(y))
    scale = float(np.median(se))
    end = 1 / (1 + scale / prior.upper)  # 1 where the prior has no end
    t = end * (np.arange(n_tau) + 0.5) / n_tau
    tau = scale * t / (1 - t)
    precision = 1 / (se**2 + tau[:, None] ** 2)  # (K, J)
    mu = precision @ y / precision.sum(1)
    mu_se = precision.sum(1) ** -0.5
    log_l = np.log(mu_se) + 0.5 * np.sum(
        np.log(precision) - precision * (y - mu[:, None]) ** 2, axis=1
    )
    log_weight = log_l + prior.log_density(tau) - 2 * np.log1p(-t)
    weights = np.exp(log_weight - log_weight.max())
    weights /= weights.sum()
    share = se**2 * precision  # 1 − λ_j
    given = (1 - share) * y + share * mu[:, None]
    inner = (1 - share) * se**2
    mean = weights @ given
    var = weights @ (inner + (share * mu_se[:, None]) ** 2 + (given - mean) ** 2)
    groups = pd.DataFrame({"mean": mean, "sd": np.sqrt(var)}, index=labels)
    return KnownErrorPosterior(tau, weights, log_l, mu, mu_se, given, groups, np.sqrt(inner), share)


def _check(y: Array, se: Array, prior: Prior) -> None:
    if y.shape != se.shape or y.ndim != 1:
        raise ValueError(
            f"effects holds {y.size} numbers, standard_errors {se.size}: one each a group"
        )
    if np.any(se <= 0):
        raise ValueError("standard_errors must all be above 0")
    if prior.origin <= -1:
        raise ValueError(f"prior_tau is {prior.name}, infinite at 0: no posterior exists")
    if len(y) - 1 + prior.tail <= 1:
        raise ValueError(
            f"with {len(y)} groups the prior {prior.name} of tau leaves no posterior: its total is "
            "infinite; take three groups or more, or a prior such as sd_prior('half-normal', 10.0)"
        )
