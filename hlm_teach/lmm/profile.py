"""Profile-likelihood intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize, stats

from hlm_teach._shared.arrays import Array

from .terms import VarianceParameter
from .valley import Deviance, Valley


@dataclass(frozen=True)
class ProfiledDeviance:
    """The ML deviance of a model in the parameters of its random part.

    Attributes
    ----------
    parameters
        What the k parameters are: SDs, correlations, the residual SD.
    best
        Their ML estimates (k,).
    bounds
        (low, high) of each.
    deviance
        Gives the deviance and its gradient (k,) at values (k,), fixed effects at their best.
    """

    parameters: tuple[VarianceParameter, ...]
    best: Array
    bounds: list[tuple[float, float]]
    deviance: Deviance

    @cached_property
    def _valley(self) -> Valley:
        return Valley(self.deviance, self.best, self.bounds)

    def interval(self, index: int, level: float) -> tuple[float, float]:
        """Profile-likelihood interval of parameter `index`.

        All values at which the deviance, minimised over the other parameters, exceeds its
        minimum by less than the χ²₁ quantile at `level`. An end that runs into a bound is that
        bound.
        """
        low, high = (_profile_end(self._valley, index, level, side) for side in (-1, 1))
        return low, high


def _profile_end(valley: Valley, index: int, level: float, side: int) -> float:
    best, bounds = valley.best, valley.bounds
    root = np.sqrt(stats.chi2.ppf(level, 1))
    others = np.arange(len(best)) != index
    path = [best.copy()]  # solutions so far: the next one starts from their line
    valley.forget()

    def excess(value: float) -> float:
        """√(rise of the profiled deviance) − root, with the others at their best."""
        point, lowest = valley.minimise(_extrapolate(path, index, value, bounds), others)
        path.append(point)
        return float(np.sqrt(max(lowest - valley.minimum, 0.0)) - root)

    limit = bounds[index][side > 0]
    inside, outside = (
        best[index],
        best[index] + side * 0.2 * (abs(best[index]) or np.sqrt(np.mean(best**2))),
    )
    while side * (limit - outside) > 0 and (gap := excess(outside)) < 0:
        stretch = np.clip(1.1 * root / (gap + root), 1.1, 4.0)  # √rise is close to a line
        inside, outside = outside, best[index] + stretch * (outside - best[index])
    if side * (limit - outside) <= 0:
        if excess(limit) <= 0:
            return float(limit)
        outside = limit
    return float(optimize.brentq(excess, inside, outside, xtol=1e-6 * (1e-6 + abs(outside))))


def _extrapolate(path: list[Array], index: int, value: float, bounds: list[tuple]) -> Array:
    """The point at `value` on the line through the last two solutions."""
    point = path[-1].copy()
    if len(path) > 1 and path[-1][index] != path[-2][index]:
        step = (value - path[-1][index]) / (path[-1][index] - path[-2][index])
        if abs(step) < 5:
            point += step * (path[-1] - path[-2])
    point[index] = value
    low, high = np.transpose(bounds)
    return np.clip(point, low, high)
