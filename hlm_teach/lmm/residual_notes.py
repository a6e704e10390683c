"""What a reader must know about residuals with memory or of several SDs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hlm_teach._shared.arrays import Array

from .mixture import chi2_tail
from .residual_search import Raw, Whitened, search
from .residual_structure import LARGEST_RATIO, ZERO, ResidualStructure

_LEVEL = 0.05
NO_MAXIMUM = "the likelihood has no maximum"
_NOTHING = 1e-3  # of the largest SD


def residual_notes(raw: Raw, best: Whitened) -> tuple[str, ...]:
    """Notes on the edges of φ and of the SD ratios, and on slope against memory."""
    structure, delta = raw.structure, best.delta
    notes = [
        *_edge_notes(structure, delta),
        *_zeros(structure, delta),
        *_next_to_nothing(structure, delta),
        _even_steps(structure),
    ]
    if structure.has_memory:
        notes.append(slope_or_memory(raw, best))
    return tuple(note for note in notes if note)


def _edge_notes(structure: ResidualStructure, delta: Array) -> list[str]:
    low, high = np.transpose(structure.bounds()) if len(delta) else (delta, delta)
    at_edge = (delta <= low + 1e-6) | (delta >= high - 1e-6)  # of memory, which comes first
    notes = []
    if structure.has_memory and at_edge[0]:
        phi = structure.phi(delta)
        if structure.memory == "car1" and delta[0] > 0:
            notes.append(
                "No memory is seen: CAR(1) is at φ = 0, where residuals are independent even over "
                "the shortest step."
            )
        else:
            notes.append(
                f"φ = {phi:.6f} is as near to its limit as it is looked for: the residuals look "
                "like a random walk (or alternate), and their variance and that of the random "
                "intercept cannot be told apart."
            )
    for k in np.flatnonzero(structure.at_the_end(delta)):
        notes.append(
            f"The residual SD of {structure.column} = {structure.levels[k]} ran to the end of its "
            f"range, {np.exp(-LARGEST_RATIO):.0e} of the largest: its rows are fitted exactly, and "
            f"{NO_MAXIMUM}. Give them the SD of another value of {structure.column}."
        )
    return notes


def _zeros(structure: ResidualStructure, delta: Array) -> list[str]:
    return [
        f"The residual SD of {structure.column} = {structure.levels[k]} went to zero, the least an "
        "SD can be: no larger one makes the data more likely, since the random effects fit those "
        f"rows exactly. It is given as {ZERO:g} of the largest, and profile intervals "
        "are not given (NaN). Few believe in a zero: give "
        f"these rows the SD of another value of {structure.column}, or leave out a random effect."
        for k in np.flatnonzero(structure.at_zero(delta))
    ]


def _next_to_nothing(structure: ResidualStructure, delta: Array) -> list[str]:
    share = structure.shares(delta)
    small = (share < _NOTHING) & ~structure.at_zero(delta) & ~structure.at_the_end(delta)
    return [
        f"The residual SD of {structure.column} = {structure.levels[k]} is next to nothing, "
        f"{share[k]:.0e} of the largest: in those terms the random effects fit its rows exactly."
        for k in np.flatnonzero(small)
    ]


def _even_steps(structure: ResidualStructure) -> str:
    if structure.memory != "ar1" or not structure.is_even:
        return ""
    return (
        f"All steps of {structure.time} are even, so the sign of φ cannot be seen; it is taken as "
        "positive. φ is the correlation over one unit; over the steps made it is φ² or less."
    )


def slope_or_memory(raw: Raw, best: Whitened) -> str:
    """Can the data tell a random slope of time from residuals that remember?

    Both make outcomes near in time alike. They are called indistinguishable where the two
    together are needed (likelihood-ratio test against neither, 5 %) but neither is needed beside
    the other: the likelihood is nearly flat on the way from one to the other. In a model without
    a slope of time, where a slope instead of memory does not change the log-likelihood by 2.
    """
    is_time = _time_columns(raw)
    if not is_time.any():
        return _slope_instead(raw, best)
    without_memory = _without_memory(raw, raw.z)
    if is_time.all() or not _dispensable(best.llf - without_memory, [1]):
        return ""
    fewer = raw.z[:, ~is_time]
    df = _n_theta(raw, raw.z) - _n_theta(raw, fewer)
    without_slope = search(replace(raw, z=fewer))[0].llf
    neither = _without_memory(raw, fewer)
    if not _dispensable(best.llf - without_slope, [df - 1, df]):
        return ""
    if stats.chi2.sf(2 * (best.llf - neither), df + 1) > _LEVEL:
        return ""
    return (
        f"Slope and memory cannot be told apart here: dropping the random slope of {raw.structure.time} "
        f"lowers the log-likelihood by {best.llf - without_slope:.1f}, dropping the memory by "
        f"{best.llf - without_memory:.1f}, both by {best.llf - neither:.1f}. Neither φ nor the "
        "slope's variance should be read by itself."
    )


def _slope_instead(raw: Raw, best: Whitened) -> str:
    """For a random intercept with memory: would a random slope of time do as well?"""
    wider = np.column_stack([raw.z, raw.structure.times])
    if len(raw.y) <= wider.shape[1] * len(raw.structure.starts):
        return ""
    slope = _without_memory(raw, wider)
    neither = _without_memory(raw, raw.z)
    if stats.chi2.sf(2 * (best.llf - neither), 1) > _LEVEL or abs(best.llf - slope) > 2.0:
        return ""
    return (
        f"Slope and memory cannot be told apart here: a random slope of {raw.structure.time} with "
        f"independent residuals fits as well as memory does (log-likelihoods {slope:.1f} and "
        f"{best.llf:.1f}). φ may be large because groups have slopes of their own."
    )


def _without_memory(raw: Raw, z: Array) -> float:
    """Log-likelihood with random effects of the columns `z` and no memory."""
    plain = replace(raw.structure, memory="independent")
    return search(replace(raw, structure=plain, z=z))[0].llf


def _time_columns(raw: Raw) -> NDArray[np.bool_]:
    """Which columns of Z are, within groups, a straight line in time (R² above 0.98)?"""
    z, time = (_within(raw, part) for part in (raw.z, raw.structure.times[:, None]))
    size = np.sum(z**2, axis=0)
    varies = size > 1e-12 * np.sum(raw.z**2, axis=0)
    r2 = (time[:, 0] @ z) ** 2 / np.where(varies, size * np.sum(time**2), 1.0)
    return varies & (r2 > 0.98)


def _within(raw: Raw, columns: Array) -> Array:
    """Columns minus their group means."""
    codes = raw.structure.codes
    counts = np.bincount(codes)
    sums = np.add.reduceat(columns, raw.structure.starts)
    return columns - (sums / counts[:, None])[codes]


def _n_theta(raw: Raw, z: Array) -> int:
    q = z.shape[1]
    return q * (q + 1) // 2 if raw.correlated else q


def _dispensable(gain: float, dfs: list[int]) -> bool:
    """Is what gains so much log-likelihood not significant at 5 %?"""
    return bool(chi2_tail(max(2 * gain, 0.0), dfs) > _LEVEL)
