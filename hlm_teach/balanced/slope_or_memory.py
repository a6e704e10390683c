r"""Two explanations of the same growth data: persons with slopes of their own, or residuals with memory.

J persons are measured at the same m equally spaced times, X = (1, t). Two models of the covariance
of a person's m values compete, each with the same mean line Xγ:

.. math:: V_{slope} = XGX' + \sigma^2 I, \qquad V_{memory} = \tau_{00} 11' + \sigma^2 R(\varphi),
          \quad R_{st} = \varphi^{|s-t|}.

Balanced data enter both likelihoods only through the mean curve ȳ (m) and the sums of squares and
products S = Σ (y_j − ȳ)(y_j − ȳ)' (m × m), so that both are fitted in milliseconds.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.optimum import fit_profiled
from hlm_teach.lmm.response import make_response

# Beyond these, artanh φ and the log-odds of w change nothing that is seen: φ = 0.9992, τ₀₀ = 0.
FLAT_FROM = (3.9, 12.0)


@dataclass(frozen=True)
class Explanation:
    """One model as fitted by REML.

    Attributes
    ----------
    slope, se : float
        The mean slope per step of time, and its standard error.
    llf : float
        REML log-likelihood.
    tau00, tau11, phi, sigma2 : float
        Variances at the first time; the correlation of neighbouring residuals. What the model has
        not is 0.
    cov : ndarray, shape (m, m)
        What the model says of the covariance of a person's values.
    """

    slope: float
    se: float
    llf: float
    tau00: float
    tau11: float
    phi: float
    sigma2: float
    cov: Array


@guarded(y=guard.numbers)
def slope_or_memory(y: Array) -> dict[str, Explanation]:
    """Fit both explanations to persons measured at the same equally spaced times.

    Parameters
    ----------
    y : ndarray, shape (J, m)
        One row a person (three or more), one column a time (four or more).

    Returns
    -------
    dict
        ``"slope"``: random intercepts and slopes, independent residuals; ``"memory"``: random
        intercepts and AR(1) residuals.

    Raises
    ------
    ValueError
        If there are fewer persons or times, or the values don't vary.

    References
    ----------
    Kwok, O., West, S. G., & Green, S. B. (2007). The impact of misspecifying the within-subject
    covariance structure in multiwave longitudinal multilevel models. Multivariate Behavioral
    Research, 42(3), doi:10.1080/00273170701540537.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> fits = slope_or_memory(rng.normal(size=(40, 1)) + rng.normal(size=(40, 6)))
    >>> bool(abs(fits["memory"].phi) < 0.2)
    True
    """
    y = np.asarray(y, dtype=float)
    if y.ndim != 2 or y.shape[0] < 3 or y.shape[1] < 4:
        raise ValueError(
            f"y has shape {y.shape}: wanted is a row for each person and a column for each time, "
            "three persons and four times at least"
        )
    if np.ptp(y - y.mean(axis=1, keepdims=True)) == 0:
        raise ValueError("y: no person's values vary over time, so there is nothing to explain")
    return {"slope": _slope(y), "memory": _memory(y)}


def _slope(y: Array) -> Explanation:
    """Where G is positive definite, REML has a closed form: own lines' covariance less their luck."""
    persons, times = y.shape
    x = _line(times)
    luck = np.linalg.inv(x.T @ x)
    own = y @ x @ luck  # (J, 2): intercept and slope of each person's own line
    sigma2 = float(((y - own @ x.T) ** 2).sum() / (persons * (times - 2)))
    g = np.cov(own.T) - sigma2 * luck
    if g[0, 0] <= 0 or g[0, 0] * g[1, 1] <= g[0, 1] ** 2:
        return _slope_at_the_edge(y)
    cov = x @ g @ x.T + sigma2 * np.eye(times)
    of_mean = (g + sigma2 * luck) / persons
    free = persons * times - 2
    deviance = (
        persons * np.linalg.slogdet(cov)[1]
        - np.linalg.slogdet(of_mean)[1]
        + free * (np.log(2 * np.pi) + 1)
    )
    return Explanation(
        float(own[:, 1].mean()),
        float(np.sqrt(of_mean[1, 1])),
        float(-0.5 * deviance),
        float(g[0, 0]),
        float(g[1, 1]),
        0.0,
        sigma2,
        cov,
    )


def _slope_at_the_edge(y: Array) -> Explanation:
    """A singular G: by the engine."""
    persons, times = y.shape
    x = _line(times)
    stacked = np.tile(x, (persons, 1))
    model = make_design(stacked, stacked, np.repeat(np.arange(persons), times))
    fit = fit_profiled(model, make_response(model, y.reshape(1, -1)))
    g, sigma2 = fit.cov_re[0], float(fit.sigma2[0])
    return Explanation(
        float(fit.params[0, 1]),
        float(np.sqrt(fit.cov_params[0, 1, 1])),
        float(fit.llf[0]),
        float(g[0, 0]),
        float(g[1, 1]),
        0.0,
        sigma2,
        x @ g @ x.T + sigma2 * np.eye(times),
    )


def _memory(y: Array) -> Explanation:
    """The best place on a coarse grid of φ and w, a simplex search from there, and Newton's steps."""
    sums = _sums(y)
    phi, odds = np.linspace(-0.9, 0.98, 31), np.linspace(-6, 9, 21)
    coarse = _deviance(sums, phi[:, None], expit(odds))["deviance"]
    best = np.unravel_index(np.argmin(coarse), coarse.shape)
    found = minimize(
        lambda at: _deviance(sums, *_places(at))["deviance"],
        [np.arctanh(phi[best[0]]), odds[best[1]]],
        method="Nelder-Mead",
        options={"xatol": 1e-4, "fatol": 1e-7},
    )
    phi_best, share = _places(_polished(sums, found.x))
    fit = _deviance(sums, phi_best, share)
    sigma2 = float(fit["sigma2"])
    tau00 = float((1 / share - 1) / fit["a"] * sigma2)
    times = np.arange(y.shape[1])
    return Explanation(
        float(fit["slope"]),
        float(fit["se"]),
        float(-0.5 * fit["deviance"]),
        tau00,
        0.0,
        float(phi_best),
        sigma2,
        tau00 + sigma2 * phi_best ** np.abs(np.subtract.outer(times, times)),
    )


def _places(at: Array) -> tuple[float, float]:
    """φ and w from coordinates without bounds."""
    return float(np.tanh(np.clip(at[0], -4, 4))), float(expit(np.clip(at[1], -30, 30)))


@dataclass(frozen=True)
class _Sums:
    """What the likelihood with memory needs of the data.

    `mean`: products of the columns (1, t, ȳ), (3, 3); `spread`: of the deviations from ȳ. Of each
    the sum over all times, over the first and last, and over neighbours in both orders.
    """

    persons: int
    times: int
    mean: tuple[Array, Array, Array]
    spread: tuple[float, float, float]
    spread_of_ones: tuple[float, float, float]


def _sums(y: Array) -> _Sums:
    persons, times = y.shape
    mean = y.mean(axis=0)
    columns = np.column_stack([_line(times), mean])
    ends, near = columns[[0, -1]], columns[1:].T @ columns[:-1]
    s = (y - mean).T @ (y - mean)
    edge = s[0] + s[-1]
    return _Sums(
        persons,
        times,
        (columns.T @ columns, ends.T @ ends, near + near.T),
        (float(np.trace(s)), float(s[0, 0] + s[-1, -1]), float(2 * np.trace(s, 1))),
        (float(s.sum()), float(edge.sum()), float(edge[0] + edge[-1])),
    )


def _deviance(sums: _Sums, phi: Array | float, share: Array | float) -> dict:
    """−2 log REML likelihood and what belongs to it, at φ and w, which are broadcast.

    With A = R⁻¹ and a = 1'A1, the inverse of W = R + θ11' is A − (1 − w)/a · A11'A and its
    determinant |R|/w (Sherman & Morrison). A has three diagonals: l'Ar is a sum over all times, one
    over the ends, and one over neighbours. 1'A is ((1 − φ)1 + φ(e₁ + e_m))'/(1 + φ).
    """
    unit = 1 - phi**2
    (k00, k01, k02), (_, k11, k12), (_, _, k22) = _through(sums.mean, phi)
    a, c = k00, (1 - share) / k00
    m00, m01, m02 = k00 - c * k00**2, k01 - c * k00 * k01, k02 - c * k00 * k02
    m11, m12, m22 = k11 - c * k01**2, k12 - c * k01 * k02, k22 - c * k02**2
    det = m00 * m11 - m01**2
    intercept = (m11 * m02 - m01 * m12) / det
    slope = (m00 * m12 - m01 * m02) / det
    total, ends, near = sums.spread
    one, edge, corner = sums.spread_of_ones
    within = ((1 + phi**2) * total - phi**2 * ends - phi * near) / unit
    of_ones = ((1 - phi) ** 2 * one + 2 * phi * (1 - phi) * edge + phi**2 * corner) / (1 + phi) ** 2
    q = within - c * of_ones + sums.persons * (m22 - intercept * m02 - slope * m12)
    free = sums.persons * sums.times - 2
    sigma2 = q / free
    deviance = (
        sums.persons * ((sums.times - 1) * np.log(unit) - np.log(share))
        + np.log(sums.persons**2 * det)
        + free * (np.log(2 * np.pi * sigma2) + 1)
    )
    se = np.sqrt(sigma2 * m00 / (sums.persons * det))
    return {"deviance": deviance, "slope": slope, "se": se, "sigma2": sigma2, "a": a}


def _polished(sums: _Sums, near: Array) -> Array:
    """The minimum itself, by Newton's method from a place beside it.

    A search that compares deviances ends 1e-8 away, where rounding hides differences; another
    machine's rounding would end it elsewhere. Coordinates far out, where the deviance is flat, stay.
    """
    at, free = np.array(near), np.abs(near) < FLAT_FROM
    for _ in range(3 if free.any() else 0):
        shifts = 1e-4 * np.eye(2)[free]
        hessian = [(_slopes(sums, at + s) - _slopes(sums, at - s))[free] / 2e-4 for s in shifts]
        step = np.linalg.solve(np.array(hessian), _slopes(sums, at)[free])
        if np.abs(step).max() > 0.1:
            return near
        at[free] -= step
    return at


def _slopes(sums: _Sums, at: Array) -> Array:
    """Derivatives of the deviance by the coordinates: complex steps, exact to the last digits."""
    stepped = at + 1e-100j * np.eye(2)
    phi, share = np.tanh(stepped[:, 0]), 1 / (1 + np.exp(-stepped[:, 1]))
    return _deviance(sums, phi, share)["deviance"].imag / 1e-100


def _through(products: tuple[Array, Array, Array], phi: Array | float) -> Array:
    """l'Ar of all pairs of columns, the two columns in front."""
    total, ends, near = products
    p = np.asarray(phi)[..., None, None]
    k = ((1 + p**2) * total - p**2 * ends - p * near) / (1 - p**2)
    return np.moveaxis(k, (-2, -1), (0, 1))


def _line(times: int) -> Array:
    return np.column_stack([np.ones(times), np.arange(times)])


@guarded(cov=guard.numbers)
def correlation_by_lag(cov: Array) -> Array:
    """Mean correlation of two values of a person that lie 1, 2, ..., m − 1 steps apart.

    Parameters
    ----------
    cov : ndarray, shape (m, m)
        Covariance of a person's values, by a model or from data.

    >>> correlation_by_lag(np.array([[4.0, 1.0], [1.0, 1.0]])).tolist()
    [0.5]
    """
    if np.ndim(cov) != 2 or np.shape(cov)[0] != np.shape(cov)[1]:
        raise ValueError(f"cov has shape {np.shape(cov)}: a square matrix is wanted")
    sd = np.sqrt(np.diag(np.asarray(cov, dtype=float)))
    if not (sd > 0).all():
        raise ValueError("cov: variances above 0 are wanted on the diagonal")
    correlation = np.asarray(cov, dtype=float) / np.outer(sd, sd)
    return np.array([np.diagonal(correlation, lag).mean() for lag in range(1, len(sd))])
