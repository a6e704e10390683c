"""The grid over (τ, σ): where its cells lie, and what the posterior weighs in each.

τ runs from 0 to infinity. It is cut into cells in t = τ/(τ + s), which runs from 0 to 1, with s
about the SD of a group's mean; σ is cut in its logarithm. A first, wide grid finds where the
posterior has any weight, a second one lies there. The weight of a cell is density × width at its
middle. Halving the cells changes posterior means by less than 1e-5 of an SD.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from hlm_teach._shared.arrays import Array

from .priors import Prior
from .reml_surface import Surface, reml_surface
from .sums import InterceptSums

NEGLIGIBLE = 1e-10  # of the largest density: cells beyond are left out


@dataclass(frozen=True)
class Grid:
    """Cells and their weights; K cells of τ, M of σ."""

    scale: float  # s
    t_edges: Array  # (K + 1,)
    tau: Array  # (K,) middles
    sigma: Array  # (M,)
    weights: Array  # (K, M), sum 1
    surface: Surface  # at the K·M pairs

    def to_t(self, tau: Array | float) -> Array:
        """τ/(τ + s)."""
        return np.asarray(tau) / (np.asarray(tau) + self.scale)

    def to_tau(self, t: Array) -> Array:
        """Back from t; inf at 1."""
        with np.errstate(divide="ignore"):
            return self.scale * t / (1 - t)


def make_grid(
    sums: InterceptSums, prior_tau: Prior, prior_sigma: Prior, n_tau: int, n_sigma: int
) -> Grid:
    """The grid where the posterior has its weight."""
    scale = sums.typical_sd()
    last = 1 / (1 + scale / prior_tau.upper)  # 1 where the prior has no end
    ends = (0.0, last, *_sigma_range(sums))
    wide = _lay(sums, prior_tau, prior_sigma, scale, ends, 3 * n_tau // 4, 4 * n_sigma // 5)
    return _lay(sums, prior_tau, prior_sigma, scale, _narrowed(wide, ends), n_tau, n_sigma)


def _sigma_range(sums: InterceptSums) -> tuple[float, float]:
    """log σ from what the variation within groups allows at the least to what all of it does."""
    total = sums.yy_within + float(np.sum(sums.yy))  # y is already free of X
    dof = sums.n_obs - sums.n_fixed
    low = sums.yy_within / (2 * gammaincinv(sums.within_df / 2, 1 - 1e-12)) / 4
    high = total / (2 * gammaincinv(dof / 2, 1e-12)) * 4
    return 0.5 * float(np.log(low)), 0.5 * float(np.log(high))


def _lay(
    sums: InterceptSums,
    prior_tau: Prior,
    prior_sigma: Prior,
    scale: float,
    ends: tuple,
    k: int,
    m: int,
) -> Grid:
    """Cells between the ends, and the weight of each."""
    edges = np.linspace(ends[0], ends[1], k + 1)
    t = (edges[1:] + edges[:-1]) / 2
    tau = scale * t / (1 - t)
    step = (ends[3] - ends[2]) / m
    sigma = np.exp(ends[2] + step * (np.arange(m) + 0.5))
    pairs = np.repeat(tau, m), np.tile(sigma, k)
    surface = reml_surface(sums, *pairs)
    log_weight = surface.log_likelihood.reshape(k, m)
    log_weight = log_weight + (prior_tau.log_density(tau) - 2 * np.log1p(-t))[:, None]
    log_weight = log_weight + prior_sigma.log_density(sigma) + np.log(sigma)
    weights = np.exp(log_weight - log_weight.max())
    return Grid(scale, edges, tau, sigma, weights / weights.sum(), surface)


def _narrowed(wide: Grid, ends: tuple) -> tuple[float, float, float, float]:
    """The ends of the cells that aren't negligible, one more on each side."""
    found: list[float] = []
    for weights, low, high in (
        (wide.weights.sum(1), ends[0], ends[1]),
        (wide.weights.sum(0), ends[2], ends[3]),
    ):
        kept = np.flatnonzero(weights > NEGLIGIBLE * weights.max())
        step = (high - low) / len(weights)
        found += [
            low + step * max(int(kept[0]) - 1, 0),
            low + step * min(int(kept[-1]) + 2, len(weights)),
        ]
    return found[0], found[1], found[2], found[3]
