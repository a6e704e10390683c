"""Degrees of freedom, profile intervals and explained variance of a fitted model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curvature:
    """How the (RE)ML deviance bends at the optimum, in the k parameters θ of Λ.

    With d(θ, σ²) = ℓ(θ) + ν log σ² + r²(θ)/σ² up to a constant, where ℓ is log|V| (plus
    log|X'V⁻¹X| under REML) and ν = N (N − p under REML).
    """

    sigma2: float
    dof: int                # ν
    a_inverse: Array        # (p, p) (X'V⁻¹X)⁻¹
    log_det2: Array         # (k, k) second derivatives of ℓ
    r2_gradient: Array      # (k,)
    r2_second: Array        # (k, k)
    information: Array      # (k, p, p) −d(X'V⁻¹X)/dθ


def satterthwaite(curvature: Curvature, contrast: Array) -> float:
    r"""Satterthwaite degrees of freedom of the t statistic of c'β.

    .. math:: \nu = \frac{2 v^2}{g' A g}, \qquad v = \sigma^2 c'(X'V^{-1}X)^{-1}c

    g is the gradient of v in (θ, σ²), A the asymptotic covariance of (θ̂, σ̂²): twice the inverse
    Hessian of the deviance; both are exact here. Directions in which the deviance does not bend
    upwards (at a singular fit) are left out, so that the degrees of freedom of a singular fit
    take its zero variances as known: too many.

    Parameters
    ----------
    contrast
        c, shape (p,).

    References
    ----------
    Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13),
    doi:10.18637/jss.v082.i13.
    """
    s = curvature.sigma2
    ac = curvature.a_inverse @ contrast
    v = s * contrast @ ac
    gradient = np.append(s * np.einsum("k,ikl,l->i", ac, curvature.information, ac), v / s)
    hessian = np.block([
        [curvature.log_det2 + curvature.r2_second / s, -curvature.r2_gradient[:, None] / s**2],
        [-curvature.r2_gradient[None, :] / s**2, np.array([[curvature.dof / s**2]])]])
    scale = np.append(np.ones(len(hessian) - 1), s)      # one scale for θ and σ²
    values, vectors = np.linalg.eigh(hessian * np.outer(scale, scale))
    kept = values > 1e-8 * values.max()
    along = (gradient * scale) @ vectors
    return float(2 * v**2 / np.sum(2 * along[kept]**2 / values[kept]))


Deviance = Callable[[Array], tuple[float, Array]]


def profile_interval(deviance: Deviance, best: Array, index: int, bounds: list[tuple],
                     level: float) -> tuple[float, float]:
    """Profile-likelihood interval of parameter `index`.

    All values at which the deviance, minimised over the other parameters, exceeds its minimum
    by less than the χ²₁ quantile at `level`. An end that runs into a bound is that bound.

    Parameters
    ----------
    deviance
        Returns the deviance and its gradient at a parameter vector.
    best
        The parameters that minimise it.
    bounds
        One (low, high) a parameter.
    """
    return tuple(_profile_end(deviance, best, index, bounds, level, side) for side in (-1, 1))


def _profile_end(deviance: Deviance, best: Array, index: int, bounds: list[tuple], level: float,
                 side: int) -> float:
    minimum = deviance(best)[0]
    root = np.sqrt(stats.chi2.ppf(level, 1))
    others = np.arange(len(best)) != index
    current = best.copy()

    def excess(value: float) -> float:
        """√(rise of the profiled deviance) − root; the others start from the last solution."""
        current[index] = value
        if others.any():
            current[others] = _minimise_others(deviance, current, others, bounds)
        return np.sqrt(max(deviance(current)[0] - minimum, 0.0)) - root

    limit = bounds[index][side > 0]
    step = 0.25 * (abs(best[index]) or np.sqrt(np.mean(best**2)))
    inside, outside = best[index], best[index] + side * step
    while side * (limit - outside) > 0 and excess(outside) < 0:
        inside, outside = outside, outside + side * step
        step *= 1.5
    if side * (limit - outside) <= 0:
        if excess(limit) < 0:
            return float(limit)
        outside = limit
    return float(optimize.brentq(excess, inside, outside, xtol=1e-7 * (1 + abs(outside))))


def _minimise_others(deviance: Deviance, at: Array, others: Array, bounds: list[tuple]) -> Array:
    def restricted(values: Array) -> tuple[float, Array]:
        point = at.copy()
        point[others] = values
        value, gradient = deviance(point)
        return value, gradient[others]

    free = [bound for bound, use in zip(bounds, others, strict=True) if use]
    found = optimize.minimize(restricted, at[others], jac=True, method="L-BFGS-B", bounds=free,
                              options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500})
    return found.x


def r_squared(fixed_variance: float, random_variance: float, sigma2: float) -> dict[str, float]:
    r"""Marginal and conditional R².

    .. math:: R^2_m = \frac{\sigma_f^2}{\sigma_f^2 + \sigma_r^2 + \sigma^2}, \qquad
              R^2_c = \frac{\sigma_f^2 + \sigma_r^2}{\sigma_f^2 + \sigma_r^2 + \sigma^2}

    σ_f² is the variance of the fixed part Xβ̂ over the rows, σ_r² the random part's variance:
    τ_00 for a random intercept; the mean of z'Gz over the rows with random slopes.

    References
    ----------
    Nakagawa & Schielzeth (2013), Methods Ecol. Evol. 4, 133-142,
    doi:10.1111/j.2041-210x.2012.00261.x; with slopes Johnson (2014), Methods Ecol. Evol. 5,
    944-946, doi:10.1111/2041-210X.12225.

    Examples
    --------
    >>> r_squared(2.0, 1.0, 1.0)
    {'marginal': 0.5, 'conditional': 0.75}
    """
    total = fixed_variance + random_variance + sigma2
    return {"marginal": fixed_variance / total,
            "conditional": (fixed_variance + random_variance) / total}
