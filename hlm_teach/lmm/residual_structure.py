r"""Residuals that remember and that differ in variance: R_j, its square root, its determinant.

Its parameters φ and the ratios of SDs are estimated in residual_search.py.

Within a group the residual of row t, in units of the first residual SD, has SD s_t (one value for
each stratum) and correlates with the row before it by a_t:

    AR(1), whole steps g apart:   a = φ^g,                −1 < φ < 1
    CAR(1), times g apart:        a = φ^g = exp(−κ g),     0 < φ < 1, κ = −log φ
    independent:                  a = 0

Both are Markov: given the row before, a residual does not depend on earlier ones. So

    R_j^(-1/2) y:   w_t = (y_t/s_t − a_t y_{t−1}/s_{t−1}) / √(1 − a_t²),    w_1 = y_1/s_1
    log|R_j| = Σ_t 2 log s_t + log(1 − a_t²)

a two-diagonal matrix that *whitens*: w has independent residuals of one variance, and the model of
w is the ordinary two-level model (Pinheiro & Bates 2000, section 5.1.2). Nothing is inverted.

The parameters δ are unconstrained: atanh φ for AR(1), log κ for CAR(1) (κ per typical step, so
that the unit of time does not matter), and the log of each further stratum's SD over the first's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

NEAR_ONE = 1e-6  # |φ| (CAR(1): the correlation over a typical step) stays this far below one
_FORGOTTEN = 30.0  # exp(−30): two rows that far apart are independent
LARGEST_RATIO = np.log(3e4)  # rows that weigh 10⁹ times as much leave six digits of a likelihood
ZERO = 3e-4  # an SD of zero is given as this share of the largest: there nine digits are left
OFF_ZERO = 1e-2  # of the largest: for differences of slopes, which need more of them


@dataclass(frozen=True)
class ResidualStructure:
    """How the residuals of the rows hang together. All arrays are in sorted order."""

    memory: str  # "independent", "ar1" or "car1"
    time: str | None
    column: str | None  # whose values have residual SDs of their own
    levels: tuple  # those values; the first is the reference
    order: NDArray[np.intp]  # rows sorted by group, then time
    codes: NDArray[np.intp]  # (N,) group
    times: Array  # (N,); zeros without memory
    gap: Array  # (N,) time since the group's previous row; inf for its first
    stratum: NDArray[np.intp]  # (N,)
    typical_gap: float  # the unit in which κ counts

    @property
    def has_memory(self) -> bool:
        return self.memory != "independent"

    @property
    def n_params(self) -> int:
        return self.has_memory + len(self.levels) - 1

    @property
    def starts(self) -> NDArray[np.intp]:
        """First row of each group in sorted order."""
        return np.flatnonzero(np.isinf(self.gap))

    @property
    def is_even(self) -> bool:
        """Are all steps even, so that the sign of AR(1)'s φ cannot be seen?"""
        return bool(np.all(self.gap[np.isfinite(self.gap)] % 2 == 0))

    def phi(self, delta: Array) -> float:
        """φ: the correlation of two residuals one unit of time apart."""
        if self.memory == "ar1":
            return float(np.tanh(delta[0]))
        return float(np.exp(-np.exp(delta[0]) / self.typical_gap))

    def ratios(self, delta: Array) -> Array:
        """Residual SDs (K,) in units of the first."""
        return np.exp(np.concatenate([[0.0], delta[int(self.has_memory) :]]))

    def shares(self, delta: Array) -> Array:
        """Residual SDs (K,) as shares of the largest."""
        ratios = self.ratios(delta)
        return ratios / ratios.max()

    def with_zero(self, delta: Array, k: int) -> Array:
        """δ with the SD of stratum k at zero, which is `ZERO` of the largest."""
        shares = self.shares(delta)
        shares[k] = ZERO
        return self._with_shares(delta, shares)

    def at_zero(self, delta: Array) -> NDArray[np.bool_]:
        """Which strata (K,) have an SD of zero, as `with_zero` gives it?"""
        return np.abs(np.log(self.shares(delta) / ZERO)) < 1e-9

    def off_zero(self, delta: Array) -> Array:
        """δ with SDs of zero a little off it, at `OFF_ZERO` of the largest."""
        return self._with_shares(delta, np.where(self.at_zero(delta), OFF_ZERO, self.shares(delta)))

    def _with_shares(self, delta: Array, shares: Array) -> Array:
        """δ with the memory it has and these SDs, in any unit."""
        return np.append(delta[: int(self.has_memory)], np.log(shares[1:] / shares[0]))

    def at_the_end(self, delta: Array) -> NDArray[np.bool_]:
        """Which strata (K,) have the least SD looked for, or that at which rounding ends a climb?"""
        return self.shares(delta) < 2.5 * np.exp(-LARGEST_RATIO)

    def without_residual(self, delta: Array) -> NDArray[np.bool_]:
        """Which strata (K,) have rows that are fitted exactly?"""
        return self.at_zero(delta) | self.at_the_end(delta)

    def inside(self, delta: Array) -> NDArray[np.bool_]:
        """In which δ does the likelihood bend? Not in those at an end of their range."""
        memory = int(self.has_memory)
        low, high = np.transpose(self.bounds()[:memory] or [(0.0, 0.0)])
        known = self.without_residual(delta)
        free = ~known[1:]
        if known[0]:  # δ are the others' SDs over next to nothing: the largest is held
            free[np.argmax(self.ratios(delta)) - 1] = False
        return np.append((delta[:memory] > low) & (delta[:memory] < high), free)

    def bounds(self) -> list[tuple[float, float]]:
        """Where δ is looked for: memory from none to almost complete, ratios up to 3·10⁴."""
        ratio = [(-LARGEST_RATIO, LARGEST_RATIO)] * (len(self.levels) - 1)
        if self.memory == "ar1":
            edge = float(np.arctanh(1 - NEAR_ONE))
            return [(0.0 if self.is_even else -edge, edge), *ratio]
        if self.memory == "car1":
            shortest = self.gap.min() / self.typical_gap
            return [(float(np.log(NEAR_ONE)), float(np.log(_FORGOTTEN / shortest))), *ratio]
        return ratio


def correlations(structure: ResidualStructure, delta: Array) -> tuple[Array, Array, Array]:
    """a, 1 − a² and da/dδ_0 of each row with the one before it, (N,) each (0, 1, 0 for firsts)."""
    none = np.zeros(len(structure.gap))
    if not structure.has_memory:
        return none, none + 1.0, none
    follows = np.isfinite(structure.gap)
    gap = np.where(follows, structure.gap, 1.0)
    if structure.memory == "ar1":
        phi = np.tanh(delta[0])
        a = phi**gap
        by_delta = gap * phi ** (gap - 1) / np.cosh(delta[0]) ** 2
        with np.errstate(divide="ignore"):  # φ = 0: log is −inf, and 1 − a² = 1
            rest = -np.expm1(2 * gap * np.log(np.abs(phi)))
    else:
        distance = np.exp(delta[0]) * gap / structure.typical_gap
        a, by_delta, rest = (
            np.exp(-distance),
            -distance * np.exp(-distance),
            -np.expm1(-2 * distance),
        )
    return np.where(follows, a, 0.0), np.where(follows, rest, 1.0), np.where(follows, by_delta, 0.0)


def whiten(structure: ResidualStructure, delta: Array, columns: Array) -> Array:
    """R^(-1/2) times columns (N, m), rows in sorted order."""
    a, rest, _ = correlations(structure, delta)
    scaled = columns / structure.ratios(delta)[structure.stratum, None]
    return (scaled - a[:, None] * _previous(scaled)) / np.sqrt(rest)[:, None]


def whiten_slopes(structure: ResidualStructure, delta: Array, columns: Array) -> Array:
    """d(R^(-1/2) columns)/dδ, (number of δ, N, m)."""
    a, rest, by_delta = correlations(structure, delta)
    root = np.sqrt(rest)[:, None]
    scaled = columns / structure.ratios(delta)[structure.stratum, None]
    before = _previous(scaled)
    slopes = []
    if structure.has_memory:  # with d√(1 − a²) = −a da/√(1 − a²)
        white = (scaled - a[:, None] * before) / root
        slopes.append((by_delta * a / rest)[:, None] * white - by_delta[:, None] * before / root)
    for k in range(1, len(structure.levels)):
        own = np.where((structure.stratum == k)[:, None], -scaled, 0.0)
        slopes.append((own - a[:, None] * _previous(own)) / root)
    return np.array(slopes).reshape(-1, *columns.shape)


def colour(structure: ResidualStructure, delta: Array, white: Array) -> Array:
    """R^(1/2) times independent noise (N, m): the inverse of `whiten`."""
    from scipy.linalg import solve_banded

    a, rest, _ = correlations(structure, delta)
    bands = np.stack([1 / np.sqrt(rest), np.append((-a / np.sqrt(rest))[1:], 0.0)])
    return solve_banded((1, 0), bands, white) * structure.ratios(delta)[structure.stratum, None]


def log_det(structure: ResidualStructure, delta: Array) -> tuple[float, Array]:
    """log|R| and its gradient in δ."""
    a, rest, by_delta = correlations(structure, delta)
    counts = np.bincount(structure.stratum, minlength=len(structure.levels))
    value = 2 * counts @ np.log(structure.ratios(delta)) + np.log(rest).sum()
    memory = [-2 * np.sum(a * by_delta / rest)] if structure.has_memory else []
    return float(value), np.array([*memory, *(2.0 * counts[1:])])


def _previous(rows: Array) -> Array:
    """Each row's predecessor (zeros for the very first)."""
    return np.concatenate([np.zeros_like(rows[:1]), rows[:-1]])
