"""A density known at the middles of cells, as a smooth curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline, PPoly

from hlm_teach._shared.arrays import Array

_FINE = 20  # points a cell at which the distribution function is tabulated


@dataclass(frozen=True)
class Curve:
    """A cubic spline through the density, and its integral.

    The sum of the cells' weights up to a border is off by about (width)²·slope/24 there, though the
    sum over all of them isn't; the integral of the spline is off by far less.

    >>> edges = np.linspace(-6, 6, 41)
    >>> middles = (edges[1:] + edges[:-1]) / 2
    >>> curve = Curve.through(edges, np.exp(-0.5 * middles**2))
    >>> round(curve.quantile(0.975), 4)
    1.96
    """

    edges: Array
    _density: CubicSpline
    _integral: PPoly

    @classmethod
    def through(cls, edges: Array, weights: Array) -> Curve:
        """The curve of cells of equal width with these weights; its integral over all is 1."""
        middles = (edges[1:] + edges[:-1]) / 2
        spline = CubicSpline(middles, weights)
        total = spline.integrate(edges[0], edges[-1])
        spline = CubicSpline(middles, weights / total)
        return cls(edges, spline, spline.antiderivative())

    def density(self, x: ArrayLike) -> Array:
        """The density, 0 outside."""
        x = np.asarray(x, float)
        inside = (x >= self.edges[0]) & (x <= self.edges[-1])
        return np.where(inside, np.maximum(self._density(x), 0.0), 0.0)

    def cdf(self, x: float) -> float:
        """The share below x."""
        low, high = self.edges[[0, -1]]
        at = self._integral(np.clip(x, low, high)) - self._integral(low)
        return float(np.clip(at, 0.0, 1.0))

    def quantile(self, q: float) -> float:
        """Where the share q lies below."""
        x = np.linspace(self.edges[0], self.edges[-1], _FINE * (len(self.edges) - 1) + 1)
        shares = np.maximum.accumulate(self._integral(x) - self._integral(x[0]))
        return float(np.interp(q, shares, x))
