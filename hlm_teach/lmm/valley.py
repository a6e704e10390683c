"""Walking along a valley of the deviance: minimise over some parameters, others held.

A profile asks for this again and again, each time a little further on. So the Hessian is measured
once, at the minimum, and afterwards learns from every gradient that is seen anyway (BFGS).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from hlm_teach._shared.arrays import Array

Deviance = Callable[[Array], tuple[float, Array]]

_ENOUGH = 1e-7  # a promised decrease of the deviance that is not worth a step
_STEP = 1e-4  # of the differences that measure the first Hessian, in units of each parameter
_FLAT = 1e-7  # curvatures below this share of the largest are raised to it
_STEEP = 1e4  # times the largest at the minimum: more is learnt from no gradient


class Valley:
    """The deviance around its minimum `best`, within `bounds`, in units of `size`."""

    def __init__(self, deviance: Deviance, best: Array, bounds: list[tuple], size: Array) -> None:
        self.deviance, self.best, self.bounds, self.size = deviance, best, bounds, size
        self.low, self.high = np.transpose(bounds)
        self.minimum, gradient = deviance(best)
        self._first = self._measured(gradient)
        self.forget()

    def _measured(self, gradient: Array) -> Array:
        """Hessian at the minimum by differences of gradients, away from the nearer bound."""
        rows = []
        for i, size in enumerate(self.size):
            step = np.zeros(len(self.best))
            inwards = self.best[i] + _STEP * size <= self.high[i]
            step[i] = _STEP * size if inwards else -_STEP * size
            rows.append((self.deviance(self.best + step)[1] - gradient) * self.size / step[i])
        hessian = np.array(rows) * self.size[:, None]
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        self._steepest = np.abs(values).max()
        values = np.maximum(np.abs(values), _FLAT * self._steepest)
        return (vectors * values) @ vectors.T

    def forget(self) -> None:
        """Go back to the Hessian at the minimum (at the start of another path)."""
        self._hessian = self._first.copy()
        self._last: tuple[Array, Array] | None = None

    def minimise(self, start: Array, others: Array) -> tuple[Array, float]:
        """The lowest point over the parameters marked in `others`, and the deviance there."""
        point = np.clip(start, self.low, self.high)
        value, gradient = self._seen(point)
        for _ in range(40):
            step, gain = self._step(point, gradient, others)
            if gain < _ENOUGH:
                return point, value - gain
            trial = self._descend(point, value, step)
            if trial is None:
                break
            point, value, gradient = trial
        return self._slowly(point, others)

    def _seen(self, point: Array) -> tuple[float, Array]:
        """Deviance and gradient (in units of size); the Hessian learns from the change."""
        value, gradient = self.deviance(point)
        gradient = gradient * self.size
        if not np.isfinite(value):
            return value, gradient
        if self._last is not None:
            s, y = (point - self._last[0]) / self.size, gradient - self._last[1]
            bent = self._hessian @ s
            if self._teaches(s, y) and s @ bent > 0:
                self._hessian += np.outer(y, y) / (s @ y) - np.outer(bent, bent) / (s @ bent)
        self._last = point.copy(), gradient
        return value, gradient

    def _teaches(self, s: Array, y: Array) -> bool:
        """Whether a change of gradient tells of the valley.

        One that falls tells nothing, nor one from the rim of what is possible (a memory next to
        −1): beside a number of 10¹⁷ a Hessian's others are lost in rounding.
        """
        if np.abs(y).max() > _STEEP * self._steepest * np.linalg.norm(s):  # squares may overflow
            return False
        return bool(s @ y > 1e-8 * np.sqrt((s @ s) * (y @ y)))

    def _step(self, point: Array, gradient: Array, others: Array) -> tuple[Array, float]:
        """Newton's step in the parameters that are free to move, and what it promises."""
        held = (point <= self.low) & (gradient > 0) | (point >= self.high) & (gradient < 0)
        free = np.flatnonzero(others & ~held)
        step = np.zeros(len(point))
        if len(free):
            step[free] = -self._solved(free, gradient[free])
        return step, float(-0.5 * step @ gradient)

    def _solved(self, free: NDArray[np.intp], right: Array) -> Array:
        """H⁻¹ times a gradient; where rounding has spoilt H, with the Hessian at the minimum.

        A step by a Hessian that is not positive definite leads up, and would promise less than
        nothing: the search would stop where it stands.
        """
        here = np.ix_(free, free)
        try:
            return _cholesky_solved(self._hessian[here], right)
        except np.linalg.LinAlgError:
            self.forget()
            return _cholesky_solved(self._hessian[here], right)

    def _descend(
        self, point: Array, value: float, step: Array
    ) -> tuple[Array, float, Array] | None:
        """The first of ever shorter steps, cut off at the bounds, that goes down."""
        for shorter in (1.0, 0.3, 0.1, 0.01, 1e-3):
            trial = np.clip(point + shorter * step * self.size, self.low, self.high)
            new, gradient = self._seen(trial)
            if np.isfinite(new) and new <= value + 1e-3 * _ENOUGH:
                return trial, new, gradient
        return None

    def _slowly(self, point: Array, others: Array) -> tuple[Array, float]:
        """Where Newton's steps fail: scipy's bounded search."""
        marked = np.flatnonzero(others)

        def restricted(values: Array) -> tuple[float, Array]:
            at = point.copy()
            at[marked] = values * self.size[marked]
            value, gradient = self.deviance(at)
            return value, (gradient * self.size)[marked]

        limits = list(zip(self.low / self.size, self.high / self.size, strict=True))
        found = optimize.minimize(
            restricted,
            (point / self.size)[marked],
            jac=True,
            method="L-BFGS-B",
            bounds=[limits[i] for i in marked],
            options={"ftol": 1e-11, "gtol": 1e-4},
        )
        point = point.copy()
        point[marked] = found.x * self.size[marked]
        self._last = None
        return point, float(found.fun)


def _cholesky_solved(matrix: Array, right: Array) -> Array:
    """matrix⁻¹ right; LinAlgError where it isn't positive definite, NaN where it isn't finite."""
    factor = linalg.cho_factor(matrix, check_finite=False)
    return linalg.cho_solve(factor, right, check_finite=False)
