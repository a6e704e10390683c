"""`GridPosterior`: what a grid over (τ, σ) says of every quantity of a random-intercept model."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded

from .curve import Curve
from .grid import Grid
from .priors import Prior
from .propriety import has_bounded_sd, tail_of
from .sums import InterceptSums

VARIANCES = ("tau", "sigma", "icc")


@dataclass(frozen=True)
class GridPosterior:
    """The posterior of a random-intercept model: see `grid_posterior`.

    Attributes
    ----------
    names : tuple of str
        The fixed effects.
    tau, sigma : ndarray
        Middles of the grid's cells: SD between groups (K,) and within (M,).
    weights : ndarray
        Posterior probability of each cell, (K, M).
    """

    names: tuple[str, ...]
    labels: tuple[Hashable, ...]
    prior_tau: Prior
    prior_sigma: Prior
    _sums: InterceptSums
    _grid: Grid

    @property
    def tau(self) -> Array:
        return self._grid.tau

    @property
    def sigma(self) -> Array:
        return self._grid.sigma

    @property
    def weights(self) -> Array:
        return self._grid.weights

    # ---- τ, σ and the ICC ------------------------------------------------------------------

    @cached_property
    def _tau_curve(self) -> Curve:
        edges = self._grid.t_edges
        return Curve.through(edges, self.weights.sum(1))

    @cached_property
    def _sigma_curve(self) -> Curve:
        logs = np.log(self.sigma)
        step = logs[1] - logs[0]
        return Curve.through(np.append(logs - step / 2, logs[-1] + step / 2), self.weights.sum(0))

    @cached_property
    def _tau_given_sigma(self) -> Array:
        """Cumulative weights over the edges of t for each σ, (K + 1, M)."""
        return np.vstack([np.zeros(len(self.sigma)), np.cumsum(self.weights, axis=0)])

    @guarded(tau=guard.numbers)
    def tau_density(self, tau: ArrayLike) -> Array:
        """The posterior density of τ at each value, 0 outside the grid."""
        tau = np.asarray(tau, float)
        scale = self._grid.scale
        return self._tau_curve.density(self._grid.to_t(tau)) * scale / (tau + scale) ** 2

    # ---- any of them -----------------------------------------------------------------------

    @guarded(name=guard.text(), value=guard.number())
    def cdf(self, name: str, value: float) -> float:
        """The posterior probability that a quantity is below `value`.

        `name` is "tau", "sigma", "icc" or a fixed effect.

        >>> from hlm_teach import grid_posterior, load_data
        >>> posterior = grid_posterior("Yield ~ 1", load_data("dyestuff"), "Batch")
        >>> round(posterior.cdf("tau", 50.0), 2)
        0.48
        """
        self._check_name(name)
        return self._cdf(name, value)

    def _cdf(self, name: str, value: float) -> float:
        if name == "tau":
            return self._tau_curve.cdf(float(self._grid.to_t(max(value, 0.0))))
        if name == "sigma":
            return self._sigma_curve.cdf(float(np.log(value)) if value > 0 else -np.inf)
        if name == "icc":
            return self._icc_cdf(value)
        means, sds, weights = self._parts_of(self.names.index(name))
        return float(weights @ ndtr((value - means) / sds))

    def _icc_cdf(self, value: float) -> float:
        if not 0 < value < 1:
            return float(value >= 1)
        at = self._grid.to_t(self.sigma * np.sqrt(value / (1 - value)))
        below = [
            np.interp(t, self._grid.t_edges, column)
            for t, column in zip(at, self._tau_given_sigma.T, strict=True)
        ]
        return float(np.sum(below))

    @guarded(name=guard.text(), q=guard.level)
    def quantile(self, name: str, q: float) -> float:
        """The value below which a quantity lies with probability `q`, 0 < q < 1."""
        self._check_name(name)
        if name == "tau":
            return float(self._grid.to_tau(np.array(self._tau_curve.quantile(q))))
        if name == "sigma":
            return float(np.exp(self._sigma_curve.quantile(q)))
        low, high = (0.0, 1.0) if name == "icc" else self._bracket(name)
        return float(brentq(lambda x: self._cdf(name, x) - q, low, high, xtol=1e-10 * (high - low)))

    def _bracket(self, name: str) -> tuple[float, float]:
        means, sds, _ = self._parts_of(self.names.index(name))
        return float((means - 12 * sds).min()), float((means + 12 * sds).max())

    @guarded(level=guard.level)
    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Mean, SD and median of each quantity, and an interval with equal tails.

        Rows: the fixed effects, ``tau`` (SD between groups), ``sigma`` (SD within) and ``icc``.
        A mean or SD that doesn't exist, as with three groups under a flat prior, is inf.
        """
        tails = (1 - level) / 2, 0.5, (1 + level) / 2
        rows = {
            name: (*self._moments(name), *(self.quantile(name, q) for q in tails))
            for name in (*self.names, *VARIANCES)
        }
        columns = ["mean", "sd", "lower", "median", "upper"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def _moments(self, name: str) -> tuple[float, float]:
        """Posterior mean and SD."""
        if name in self.names:
            k = self.names.index(name)
            means, sds, weights = self._parts_of(k)
            mean = float(weights @ means)
            spread = float(np.sqrt(weights @ (sds**2 + (means - mean) ** 2)))
            bounded = has_bounded_sd(self._sums, k)
            return mean, spread if bounded or self._tail > 3 else np.inf
        values = {"tau": self.tau[:, None], "sigma": self.sigma, "icc": self._icc()}[name]
        mean = float(np.sum(self.weights * values))
        sd = float(np.sqrt(np.sum(self.weights * (values - mean) ** 2)))
        if name == "tau":
            return mean if self._tail > 2 else np.inf, sd if self._tail > 3 else np.inf
        return mean, sd

    def _icc(self) -> Array:
        return self.tau[:, None] ** 2 / (self.tau[:, None] ** 2 + self.sigma**2)

    @guarded(group_size=guard.whole())
    def mean_reliability(self, group_size: int) -> float:
        """The posterior mean of λ = τ²/(τ² + σ²/n): the trust in a group's own mean."""
        tau2 = self.tau[:, None] ** 2
        return float(np.sum(self.weights * tau2 / (tau2 + self.sigma**2 / group_size)))

    @property
    def _tail(self) -> float:
        return tail_of(self._sums, self.prior_tau)

    # ---- fixed effects and groups ------------------------------------------------------------

    @cached_property
    def _kept(self) -> tuple[NDArray[np.intp], Array]:
        """Cells with a weight worth counting: their places and weights."""
        flat = self.weights.ravel()
        places = np.flatnonzero(flat > 1e-12 * flat.max())
        return places, flat[places] / flat[places].sum()

    def _parts_of(self, k: int) -> tuple[Array, Array, Array]:
        """The normal distributions whose mixture a fixed effect's posterior is."""
        (places, weights), surface = self._kept, self._grid.surface
        row = self._sums.back[k]
        means = self._sums.shift[k] + surface.beta[places] @ row
        sigma = np.tile(self.sigma, len(self.tau))[places]
        variances = np.einsum("k,gkl,l->g", row, surface.a_inverse[places], row) * sigma**2
        return means, np.sqrt(variances), weights

    def group_effects(self) -> pd.DataFrame:
        """Posterior mean and SD of each group's effect u_0j, one row a group.

        Given τ and σ the mean is the BLUP; here it is averaged over both.
        """
        means, variances, weights = self._group_parts(np.arange(len(self.labels)))
        mean = weights @ means
        sd = np.sqrt(weights @ variances + weights @ (means - mean) ** 2)
        index = pd.Index(self.labels, name="group")
        return pd.DataFrame({"mean": mean, "sd": sd}, index=index)

    @guarded(label=guard.label, value=guard.number())
    def group_cdf(self, label: Hashable, value: float) -> float:
        """The posterior probability that a group's effect u_0j is below `value`."""
        if label not in self.labels:
            raise ValueError(f"label={shortened(label)}: there is no such group")
        means, variances, weights = self._group_parts(np.array([self.labels.index(label)]))
        with np.errstate(divide="ignore"):
            return float(weights @ ndtr((value - means[:, 0]) / np.sqrt(variances[:, 0])))

    def _group_parts(self, groups: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        """E and Var of u_j given each kept (τ, σ): λ_j(ȳ_j − x̄_j'β̂), τ²(1 − λ_j) + λ_j²σ²x̄_j'A⁻¹x̄_j."""
        (places, weights), surface, sums = self._kept, self._grid.surface, self._sums
        tau = np.repeat(self.tau, len(self.sigma))[places, None]
        sigma = np.tile(self.sigma, len(self.tau))[places, None]
        x = sums.means_x[groups]
        trust = tau**2 / (tau**2 + sigma**2 / sums.group_sizes[groups])
        means = trust * (sums.means_y[groups] - surface.beta[places] @ x.T)
        spread = np.einsum("jk,gkl,jl->gj", x, surface.a_inverse[places], x) * sigma**2
        return means, tau**2 * (1 - trust) + trust**2 * spread, weights

    @guarded(n=guard.whole(), rng=guard.generator)
    def draws(self, n: int, *, rng: np.random.Generator) -> pd.DataFrame:
        """`n` draws from the posterior: fixed effects, tau, sigma."""
        cells = rng.choice(self.weights.size, n, p=self.weights.ravel())
        k, m = np.unravel_index(cells, self.weights.shape)
        edges = self._grid.t_edges
        tau = self._grid.to_tau(edges[k] + rng.random(n) * (edges[1] - edges[0]))
        step = np.log(self.sigma[1] / self.sigma[0])
        sigma = self.sigma[m] * np.exp(step * (rng.random(n) - 0.5))
        roots = np.linalg.cholesky(self._grid.surface.a_inverse[cells])
        noise = np.einsum("gkl,gl->gk", roots, rng.standard_normal((n, len(self.names))))
        beta = self._grid.surface.beta[cells] + self.sigma[m][:, None] * noise
        found = pd.DataFrame(self._sums.shift + beta @ self._sums.back.T, columns=list(self.names))
        return found.assign(tau=tau, sigma=sigma)

    def _check_name(self, name: str) -> None:
        known = (*self.names, *VARIANCES)
        if name not in known:
            raise ValueError(f"name={shortened(name)}: there are {', '.join(known)}")
