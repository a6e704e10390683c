"""The deviance in SDs, correlations, φ, SD ratios and residual SD, for profile intervals.

Memory enters as a positive number without an upper end: (1 + φ)/(1 − φ) for AR(1), κ = −log φ per
typical step for CAR(1). Intervals of φ are those of that number, carried over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

from .profile import ProfiledDeviance
from .residual_likelihood import parts
from .residual_search import Raw, Whitened
from .residual_structure import ResidualStructure
from .terms import RESIDUAL_SD, RandomTerm, VarianceParameter, term_parameters


@dataclass(frozen=True)
class ResidualProfile(ProfiledDeviance):
    """A profile whose memory is shown as φ."""

    structure: ResidualStructure
    delta: Array  # the residual's parameters at the optimum

    def interval(self, index: int, level: float) -> tuple[float, float]:
        """Profile-likelihood interval of parameter `index`; NaN beside a residual SD of zero.

        There ratios have no end, and rows without a residual lose the digits that a profile needs.
        """
        if self.structure.without_residual(self.delta).any():
            return np.nan, np.nan
        ends = super().interval(index, level)
        if self.parameters[index].kind != "phi":
            return ends
        low, high = sorted(self._phi(end) for end in ends)
        return low, high

    def _phi(self, value: float) -> float:
        low, high = self.structure.bounds()[0]
        delta = 0.5 * np.log(value) if self.structure.memory == "ar1" else np.log(value)
        if self.structure.memory == "car1" and delta >= high - 1e-9:
            return 0.0  # forgotten within the shortest step
        return self.structure.phi(np.array([np.clip(delta, low, high)]))


def residual_parameters(structure: ResidualStructure) -> list[VarianceParameter]:
    """φ, then the SD ratios."""
    memory = [VarianceParameter("phi")] if structure.has_memory else []
    first = str(structure.levels[0])
    return memory + [
        VarianceParameter("sd_ratio", "", (str(level), first)) for level in structure.levels[1:]
    ]


def residual_profile(raw: Raw, best: Whitened, term: RandomTerm) -> ResidualProfile:
    """The deviance around the optimum `best` of `raw`, by its criterion."""
    structure, q = raw.structure, raw.z.shape[1]
    pairs = [(a, b) for a in range(q) for b in range(a)] if term.correlated else []
    g, residual = best.fit.cov_re[0], np.sqrt(best.fit.sigma2[0])
    sd = np.sqrt(np.diag(g))
    cor = [np.clip(g[a, b] / max(sd[a] * sd[b], 1e-300), -1, 1) for a, b in pairs]
    power = np.ones(structure.n_params)
    power[: int(structure.memory == "ar1")] = 2.0  # (1 + φ)/(1 − φ) = exp(2 atanh φ)
    bounds = [(0.0, np.inf)] * q + [(-1.0, 1.0)] * len(pairs)
    bounds += [
        (float(np.exp(k * low)), float(np.exp(k * high)))
        for k, (low, high) in zip(power, structure.bounds(), strict=True)
    ]
    bounds += [(1e-6 * residual, np.inf)]
    return ResidualProfile(
        (*term_parameters(term), *residual_parameters(structure), RESIDUAL_SD),
        np.concatenate([sd, cor, np.exp(power * best.delta), [residual]]),
        bounds,
        lambda point: _deviance(raw, point, pairs, power),
        structure,
        best.delta,
        terms=(term,),
        by_roots=lambda roots, rest: _deviance_of_root(raw, roots[0], rest, power),
    )


def _deviance(raw: Raw, point: Array, pairs: list, power: Array) -> tuple[float, Array]:
    """The deviance and its gradient at SDs, correlations, exp(power · δ) and residual SD."""
    q = raw.z.shape[1]
    sd, cor = point[:q], point[q : q + len(pairs)]
    correlation = np.eye(q)
    for (a, b), value in zip(pairs, cor, strict=True):
        correlation[a, b] = correlation[b, a] = value
    values, vectors = np.linalg.eigh(correlation)
    root = sd[:, None] * vectors * np.sqrt(np.maximum(values, 0))
    deviance, (by_g,), by_rest = _deviance_of_root(raw, root, point[q + len(pairs) :], power)
    gradient = [2 * np.sum(by_g[a] * correlation[a] * sd) for a in range(q)]
    gradient += [2 * by_g[a, b] * sd[a] * sd[b] for a, b in pairs]
    return deviance, np.array([*gradient, *by_rest])


def _deviance_of_root(
    raw: Raw, root: Array, rest: Array, power: Array
) -> tuple[float, list[Array], Array]:
    """The deviance at a root of G, exp(power · δ) and residual SD, and its gradient by G and by
    those."""
    n = len(raw.y) - raw.x.shape[1] * raw.reml
    own, residual = rest[:-1], float(rest[-1])
    s, delta = residual**2, np.log(own) / power
    factor = np.asarray(np.linalg.solve(raw.safe_basis, root / residual), float)
    at = parts(raw.rows, factor, delta, reml=raw.reml)
    scale2 = raw.scale**2
    r2 = scale2 * at.r2
    by_safe = at.log_det_g + scale2 * at.r2_g / s  # by the relative G in the safe basis
    inverse = np.linalg.inv(raw.safe_basis)
    by_s = n / s - r2 / s**2 - np.sum(by_safe * (factor @ factor.T)) / s
    by_delta = at.log_det_delta + scale2 * at.r2_delta / s
    return (
        float(at.log_det + n * np.log(2 * np.pi * s) + r2 / s),
        [inverse.T @ by_safe @ inverse / s],
        np.array([*(by_delta / (power * own)), 2 * residual * by_s]),
    )
