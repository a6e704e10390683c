"""Newton's method in a trust region, for many small problems side by side.

Every replicate has its own parameters, its own trust radius and its own stopping point, but all
take their steps together, so that the work is done by a few array operations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

Objective = Callable[[Array, NDArray[np.intp]], tuple[Array, Array, Array]]

_MAX_STEPS = 500  # long, nearly flat valleys take a few hundred
_ENOUGH = 1e-8  # stop after a step that was predicted to gain less than this


def minimise_batch(
    objective: Objective,
    start: Array,
    index: NDArray[np.intp],
    *,
    value_of: Callable[[Array, NDArray[np.intp]], Array] | None = None,
    enough: float = _ENOUGH,
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Minimise `objective` for the replicates in `index`.

    Parameters
    ----------
    objective
        Takes parameters (k, m) and the m replicates they belong to; returns values (m,),
        gradients (k, m) and Hessians (k, k, m).
    start
        (k, m) starting values for the m replicates in `index`.
    value_of
        The values (m,) of `objective` alone, where they cost less: all that the last step needs.
    enough
        Stop after a step that was predicted to gain less than this.

    Returns
    -------
    parameters (k, m), values (m,), converged (m,)
        The value never exceeds the value at the start.
    """
    theta, last, value = start.copy(), start.copy(), np.empty(len(index))  # last: a step beyond
    converged = np.zeros(len(index), bool)
    active = np.arange(len(index))
    at = [start, *objective(start, index)]  # parameters, value, gradient, Hessian
    radius = np.ones(len(index))
    for _ in range(_MAX_STEPS):
        step, gain = _newton_step(at[2], at[3], radius)
        length = np.linalg.norm(step, axis=0)
        done = (gain < enough) | (length < 1e-12)
        if done.any():
            ended = active[done]
            theta[:, ended], last[:, ended] = at[0][:, done], (at[0] + step)[:, done]
            value[ended], converged[ended] = at[1][done], True
            left = ~done
            active, step, length, radius = (active[left], step[:, left], length[left], radius[left])
            at = [part[..., left] for part in at]
        if len(active) == 0:
            break
        new = at[0] + step, *objective(at[0] + step, index[active])
        better = _no_worse(new[1], at[1])
        radius = np.where(better, np.maximum(radius, 2 * length), length / 4)
        at = [np.where(better, *both) for both in zip(new, at, strict=True)]
    theta[:, active], last[:, active], value[active] = at[0], at[0], at[1]
    end = value_of(last, index) if value_of else objective(last, index)[0]
    better = _no_worse(end, value)
    return np.where(better, last, theta), np.where(better, end, value), converged


def _no_worse(new: Array, old: Array) -> NDArray[np.bool_]:
    """Where a value isn't above the old one, beyond rounding."""
    return new <= old + 1e-13 * np.abs(old)


def _newton_step(gradient: Array, hessian: Array, radius: Array) -> tuple[Array, Array]:
    """Newton steps (k, m) no longer than `radius`, and the decrease each promises.

    Directions of negative curvature are walked downhill (their curvature's sign is reversed).
    """
    step, definite = _solve(hessian, -gradient)
    others = np.flatnonzero(~definite)
    if len(others):
        step[:, others] = _downhill(gradient[:, others], hessian[:, :, others])
    gain = -0.5 * np.sum(gradient * step, axis=0)
    length = np.linalg.norm(step, axis=0)
    step *= np.minimum(1.0, radius / np.maximum(length, 1e-300))
    return step, gain


def _solve(matrix: Array, right: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Solutions (k, m) for symmetric matrices (k, k, m), and where the matrix is so clearly
    positive definite that they may be used (elimination in place, all m side by side)."""
    rows = np.concatenate([matrix, right[:, None]], axis=1)
    floor = 1e-6 * np.abs(np.einsum("iim->im", matrix)).max(axis=0) + 1e-11
    definite = np.ones(matrix.shape[-1], bool)
    with np.errstate(over="ignore", invalid="ignore"):  # where a matrix isn't definite
        for i in range(len(rows)):
            definite &= rows[i, i] > floor
            rows[i] /= np.where(definite, rows[i, i], 1.0)
            for j in range(len(rows)):
                if j != i:
                    rows[j] -= rows[j, i] * rows[i]
    return rows[:, -1], definite


def _downhill(gradient: Array, hessian: Array) -> Array:
    """Newton steps (k, m) with every curvature taken as positive, and none as zero."""
    values, vectors = np.linalg.eigh(np.moveaxis(hessian, -1, 0))
    curvature = np.maximum(np.abs(values), 1e-10 * np.abs(values).max(axis=1, keepdims=True))
    curvature = np.maximum(curvature, 1e-12)
    slope = np.einsum("mik,im->mk", vectors, gradient)
    return np.einsum("mik,mk->im", vectors, -slope / curvature)
