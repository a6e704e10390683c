"""Prior distributions of a standard deviation: of group effects, τ, or of residuals, σ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainccinv, gammaincinv, gammaln, ndtri, stdtrit

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

LogDensity = Callable[[Array], Array]


@dataclass(frozen=True)
class Prior:
    """A prior density of a standard deviation: made by `sd_prior`.

    Attributes
    ----------
    name : str
        What it is, with its scale: "half-normal(5)".
    tail : float
        The density falls like τ to the power −tail far out; inf where it falls faster.
    origin : float
        It behaves like τ to this power near 0: 0 where it is finite there.
    upper : float
        Where it ends; inf for all but the uniform.
    proper : bool
        Whether it is a distribution (has a finite total) and can be drawn from.
    """

    name: str
    tail: float
    origin: float
    upper: float
    proper: bool
    _log_density: LogDensity
    _draw: Callable[[np.random.Generator, int], Array] | None = None
    _quantile: Callable[[float], float] | None = None

    @guarded(sd=guard.numbers)
    def log_density(self, sd: ArrayLike) -> Array:
        """Logarithm of the density at each SD, -inf where there is none; up to a constant where the
        prior is not proper."""
        values = np.asarray(sd, float)
        with np.errstate(divide="ignore"):
            found = self._log_density(values)
        return np.where((values >= 0) & (values <= self.upper), found, -np.inf)

    @guarded(sd=guard.numbers)
    def density(self, sd: ArrayLike) -> Array:
        """The density at each SD."""
        return np.exp(self.log_density(sd))

    @guarded(n=guard.whole(), rng=guard.generator)
    def draw(self, n: int, *, rng: np.random.Generator) -> Array:
        """`n` draws; ValueError where the prior is not proper."""
        if self._draw is None:
            raise ValueError(f"{self.name} is not a distribution: nothing can be drawn from it")
        return self._draw(rng, n)

    @guarded(q=guard.level)
    def quantile(self, q: float) -> float:
        """The SD below which the prior has the share `q`; ValueError where it is not proper."""
        if self._quantile is None:
            raise ValueError(f"{self.name} is not a distribution: it has no quantiles")
        return float(self._quantile(q))


def _flat(scale: float, df: float) -> Prior:
    return Prior("flat", 0, 0, np.inf, False, np.zeros_like)


def _log_flat(scale: float, df: float) -> Prior:
    return Prior("log-flat", 1, -1, np.inf, False, lambda sd: -np.log(sd))


def _linear(scale: float, df: float) -> Prior:
    return Prior("linear", -1, 1, np.inf, False, np.log)


def _uniform(scale: float, df: float) -> Prior:
    return Prior(
        f"uniform({scale:g})",
        np.inf,
        0,
        scale,
        True,
        lambda sd: np.full_like(sd, -np.log(scale)),
        lambda rng, n: rng.uniform(0, scale, n),
        lambda q: q * scale,
    )


def _half_normal(scale: float, df: float) -> Prior:
    constant = 0.5 * np.log(2 / np.pi) - np.log(scale)
    return Prior(
        f"half-normal({scale:g})",
        np.inf,
        0,
        np.inf,
        True,
        lambda sd: constant - 0.5 * (sd / scale) ** 2,
        lambda rng, n: scale * np.abs(rng.standard_normal(n)),
        lambda q: scale * ndtri((1 + q) / 2),
    )


def _half_t(scale: float, df: float) -> Prior:
    constant = (
        np.log(2 / scale) - 0.5 * np.log(df * np.pi) + gammaln((df + 1) / 2) - gammaln(df / 2)
    )
    return Prior(
        f"half-t({df:g}, {scale:g})",
        df + 1,
        0,
        np.inf,
        True,
        lambda sd: constant - (df + 1) / 2 * np.log1p((sd / scale) ** 2 / df),
        lambda rng, n: scale * np.abs(rng.standard_t(df, n)),
        lambda q: scale * stdtrit(df, (1 + q) / 2),
    )


def _half_cauchy(scale: float, df: float) -> Prior:
    return replace(_half_t(scale, 1), name=f"half-Cauchy({scale:g})")


def _gamma(scale: float, df: float) -> Prior:
    return Prior(
        f"gamma(2, scale {scale:g})",
        np.inf,
        1,
        np.inf,
        True,
        lambda sd: np.log(sd) - sd / scale - 2 * np.log(scale),
        lambda rng, n: rng.gamma(2, scale, n),
        lambda q: scale * gammaincinv(2, q),
    )


def _inverse_gamma(scale: float, df: float) -> Prior:
    constant = np.log(2) + scale * np.log(scale) - gammaln(scale)

    def log_density(sd: Array) -> Array:
        sd = np.maximum(sd, 1e-150)  # at 0 the second term wins
        return constant - (2 * scale + 1) * np.log(sd) - scale / sd**2

    return Prior(
        f"inverse-gamma({scale:g}, {scale:g}) on the variance",
        2 * scale + 1,
        np.inf,
        np.inf,
        True,
        log_density,
        lambda rng, n: np.sqrt(scale / rng.gamma(scale, size=n)),
        lambda q: np.sqrt(scale / gammainccinv(scale, q)),
    )


_KINDS: dict[str, Callable[[float, float], Prior]] = {
    "flat": _flat,
    "log-flat": _log_flat,
    "linear": _linear,
    "uniform": _uniform,
    "half-normal": _half_normal,
    "half-t": _half_t,
    "half-Cauchy": _half_cauchy,
    "gamma": _gamma,
    "inverse-gamma": _inverse_gamma,
}
_WITHOUT_SCALE = ("flat", "log-flat", "linear")


@guarded(kind=guard.one_of(*_KINDS), scale=guard.optional(guard.positive), df=guard.positive)
def sd_prior(kind: str, scale: float | None = None, *, df: float = 4.0) -> Prior:
    r"""A prior of a standard deviation, τ of group effects or σ of residuals.

    ==================  =============================================  ==========================
    kind                density at τ > 0, up to a constant             what it is used for
    ==================  =============================================  ==========================
    "flat"              1                                              τ, with many groups
    "linear"            τ: flat in τ²; the gamma with s → ∞            keeps a mode off zero
    "log-flat"          1/τ: flat in log τ                             σ; never τ
    "half-normal"       exp(−τ²/2s²)                                   τ, with few groups
    "half-t"            (1 + τ²/df s²)^(−(df+1)/2)                     the same, longer tail
    "half-Cauchy"       1/(1 + τ²/s²)                                  the same, longest tail
    "gamma"             τ exp(−τ/s): gamma of shape 2                  keeps a mode off zero
    "uniform"           1 up to s, then 0                              τ with a hard limit
    "inverse-gamma"     τ^(−2s−1) exp(−s/τ²): IG(s, s) of τ²           a warning: see chapter 9
    ==================  =============================================  ==========================

    The first three have no scale and aren't distributions: they have no finite total. They are
    used where the likelihood makes the posterior one.

    Parameters
    ----------
    kind : str
        See above.
    scale : float
        s, in units of the outcome (a pure number for "inverse-gamma").
    df : float
        Degrees of freedom of the half-t.

    Raises
    ------
    ValueError
        For another kind, or where a scale is missing or not wanted.

    References
    ----------
    Gelman (2006), Bayesian Analysis 1, 515-534, doi:10.1214/06-BA117A. For "linear": Chung,
    Rabe-Hesketh, Dorie, Gelman & Liu (2013), Psychometrika 78, 685-709,
    doi:10.1007/s11336-013-9328-2.

    Examples
    --------
    >>> half = sd_prior("half-normal", 5.0)
    >>> half.name, half.density([0.0, 5.0]).round(3).tolist()
    ('half-normal(5)', [0.16, 0.097])
    """
    if kind in _WITHOUT_SCALE:
        if scale is not None:
            raise ValueError(f"scale={scale!r}: the prior {kind!r} has no scale; leave it out")
        return _KINDS[kind](1.0, df)
    if scale is None:
        raise ValueError(
            f"the prior {kind!r} needs a scale, in units of the outcome: sd_prior({kind!r}, 5.0)"
        )
    return _KINDS[kind](float(scale), float(df))
