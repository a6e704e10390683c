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
    objective: Objective, start: Array, index: NDArray[np.intp], *, enough: float = _ENOUGH
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Minimise `objective` for the replicates in `index`.

    Parameters
    ----------
    objective
        Takes parameters (k, m) and the m replicates they belong to; returns values (m,),
        gradients (k, m) and Hessians (k, k, m).
    start
        (k, m) starting values for the m replicates in `index`.
    enough
        Stop after a step that was predicted to gain less than this.

    Returns
    -------
    parameters (k, m), values (m,), converged (m,)
        The value never exceeds the value at the start.
    """
    theta = start.copy()
    value, gradient, hessian = objective(theta, index)
    radius = np.full(len(index), 1.0)
    converged = np.zeros(len(index), bool)
    active = np.arange(len(index))
    for _ in range(_MAX_STEPS):
        step, gain = _newton_step(gradient, hessian, radius[active])
        trial = theta[:, active] + step
        new = objective(trial, index[active])
        noise = 1e-13 * np.abs(value[active])
        accepted = new[0] <= value[active] + noise
        length = np.linalg.norm(step, axis=0)
        radius[active] = np.where(accepted, np.maximum(radius[active], 2 * length), length / 4)
        moved = active[accepted]
        theta[:, moved], value[moved] = trial[:, accepted], new[0][accepted]
        gradient = np.where(accepted, new[1], gradient)
        hessian = np.where(accepted, new[2], hessian)
        done = (gain < enough) | (length < 1e-12)
        converged[active[done]] = True
        active, gradient, hessian = active[~done], gradient[:, ~done], hessian[:, :, ~done]
        if len(active) == 0:
            break
    return theta, value, converged


def _newton_step(gradient: Array, hessian: Array, radius: Array) -> tuple[Array, Array]:
    """Newton steps (k, m) no longer than `radius`, and the decrease each promises.

    Directions of negative curvature are walked downhill (their curvature's sign is reversed).
    """
    if len(gradient) == 1:
        values, vectors = hessian[0].T, np.ones((gradient.shape[1], 1, 1))
    else:
        values, vectors = np.linalg.eigh(np.moveaxis(hessian, -1, 0))
    curvature = np.maximum(np.abs(values), 1e-10 * np.abs(values).max(axis=1, keepdims=True))
    curvature = np.maximum(curvature, 1e-12)
    slope = np.einsum("mik,im->mk", vectors, gradient)
    step = np.einsum("mik,mk->im", vectors, -slope / curvature)
    length = np.linalg.norm(step, axis=0)
    step *= np.minimum(1.0, radius / np.maximum(length, 1e-300))
    return step, 0.5 * np.sum(slope**2 / curvature, axis=1)
