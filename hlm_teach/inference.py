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
    """How the (RE)ML deviance of R fits bends at their optima, in the k parameters θ of Λ.

    With d(θ, σ²) = ℓ(θ) + ν log σ² + r²(θ)/σ² up to a constant, where ℓ is log|V| (plus
    log|X'V⁻¹X| under REML) and ν = N (N − p under REML).
    """

    sigma2: Array           # (R,)
    dof: int                # ν
    a_inverse: Array        # (R, p, p) (X'V⁻¹X)⁻¹
    log_det2: Array         # (R, k, k) second derivatives of ℓ
    r2_gradient: Array      # (R, k)
    r2_second: Array        # (R, k, k)
    information: Array      # (R, k, p, p) −d(X'V⁻¹X)/dθ


def satterthwaite(curvature: Curvature, contrasts: Array) -> Array:
    r"""Satterthwaite degrees of freedom (R, m) of the t statistics of m contrasts c'β.

    .. math:: \nu = \frac{2 v^2}{g' A g}, \qquad v = \sigma^2 c'(X'V^{-1}X)^{-1}c

    g is the gradient of v in (θ, σ²), A the asymptotic covariance of (θ̂, σ̂²): twice the inverse
    Hessian of the deviance; both are exact here. Directions in which the deviance does not bend
    upwards (at a singular fit) are left out, so that the degrees of freedom of a singular fit
    take its zero variances as known: too many.

    Parameters
    ----------
    contrasts
        One c a row, (m, p).

    References
    ----------
    Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13),
    doi:10.18637/jss.v082.i13.
    """
    s = curvature.sigma2
    ac = np.einsum("rkl,ml->rmk", curvature.a_inverse, contrasts)
    v_over_s = np.einsum("rmk,mk->rm", ac, contrasts)
    by_theta = np.einsum("rmk,rikl,rml->rmi", ac, curvature.information, ac)  # of v/s
    # in (θ, log σ²): one scale for both
    gradient = np.concatenate([by_theta, v_over_s[:, :, None]], axis=2)
    cross = -(curvature.r2_gradient / s[:, None])[:, :, None]
    corner = np.full((len(s), 1, 1), float(curvature.dof))
    hessian = np.block([[curvature.log_det2 + curvature.r2_second / s[:, None, None], cross],
                        [cross.transpose(0, 2, 1), corner]])
    values, vectors = np.linalg.eigh(hessian)
    along = np.einsum("rmi,rij->rmj", gradient, vectors)**2
    kept = values > 1e-8 * values[:, -1:]
    weight = np.where(kept, 1 / np.where(kept, values, 1.0), 0.0)
    return v_over_s**2 / np.einsum("rmj,rj->rm", along, weight)


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
    path = [best.copy()]                    # solutions so far: the next one starts from their line

    def excess(value: float) -> float:
        """√(rise of the profiled deviance) − root, with the others at their best."""
        point = _extrapolate(path, index, value, bounds)
        point[others] = _minimise_others(deviance, point, others, bounds)
        path.append(point)
        return np.sqrt(max(deviance(point)[0] - minimum, 0.0)) - root

    limit = bounds[index][side > 0]
    inside, outside = best[index], best[index] + side * 0.2 * (
        abs(best[index]) or np.sqrt(np.mean(best**2)))
    while side * (limit - outside) > 0 and (gap := excess(outside)) < 0:
        stretch = np.clip(1.1 * root / (gap + root), 1.1, 4.0)      # √rise is close to a line
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


def _minimise_others(deviance: Deviance, at: Array, others: Array, bounds: list[tuple]) -> Array:
    """Minimise over the parameters marked in `others`, in units of their present size."""
    if not others.any():
        return at[others]
    size = np.where(np.abs(at) > 0, np.abs(at), np.abs(at).max())[others]

    def restricted(values: Array) -> tuple[float, Array]:
        point = at.copy()
        point[others] = values * size
        value, gradient = deviance(point)
        return value, gradient[others] * size

    free = [(low / unit, high / unit) for (low, high), unit in
            zip([b for b, use in zip(bounds, others, strict=True) if use], size, strict=True)]
    found = optimize.minimize(restricted, at[others] / size, jac=True, method="L-BFGS-B",
                              bounds=free, options={"ftol": 1e-11, "gtol": 1e-4})
    return found.x * size


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
