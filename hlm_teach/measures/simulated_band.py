"""A band in which a whole curve stays with a stated probability, taken from simulated curves."""

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_floats
from hlm_teach._shared.guard import guarded


@dataclass(frozen=True)
class Band:
    """Where simulated curves lie, and how far out an observed one is.

    Attributes
    ----------
    lower, upper, centre : ndarray (m,)
        The band, and the mean of the simulated curves.
    pvalue : float
        (1 + how many simulated curves leave their middle as far as the observed one) / (R + 1).
    outside : ndarray (m,) of bool
        Where the observed curve leaves the band.
    """

    lower: Array
    upper: Array
    centre: Array
    pvalue: float
    outside: Array


@dataclass(frozen=True)
class NullCurves:
    """What simulated curves are like: of these many observed ones can be judged.

    Attributes
    ----------
    centre, down, up : ndarray (m,)
        Their mean, and how far their pointwise 2.5 and 97.5 percentiles lie below and above.
    luck : ndarray (R,)
        How far out each of them is.
    wide : float
        The factor c of the band.
    """

    centre: Array
    down: Array
    up: Array
    luck: Array
    wide: float

    def hold(self, observed: Array) -> Band:
        """The band, and how an observed curve (m,) lies in it."""
        lower, upper = self.centre - self.wide * self.down, self.centre + self.wide * self.up
        own = _farthest(observed - self.centre, self.down, self.up)
        pvalue = float((1 + np.sum(self.luck >= own)) / (len(self.luck) + 1))
        outside = (observed < lower) | (observed > upper)
        return Band(lower, upper, self.centre, pvalue, outside)


@guarded(observed=guard.series_of_numbers, simulated=guard.numbers, level=guard.level)
def simulated_band(observed: Array, simulated: Array, *, level: float = 0.95) -> Band:
    r"""The band that holds a whole curve, all its points at once, in `level` of the simulations.

    A curve x is as far out as its worst point,

    .. math:: T(x) = \max_i \max\Big(\frac{x_i - m_i}{U_i - m_i}, \frac{m_i - x_i}{m_i - L_i}\Big),

    m the mean of the simulated curves, L and U their 2.5 and 97.5 percentiles point by point. The
    band is m − c(m − L) to m + c(U − m), with c the `level` quantile of T. Pointwise limits would
    be too narrow: of 160 points eight are expected beyond them.

    Parameters
    ----------
    observed : array (m,)
    simulated : array (R, m)
        At least 39 curves.

    Raises
    ------
    ValueError
        If shapes do not fit, or curves are too few.

    References
    ----------
    Myllymäki, M., Mrkvička, T., Grabarnik, P., Seijo, H., & Hahn, U. (2017). Global envelope tests
    for spatial processes. Journal of the Royal Statistical Society B, 79(2), 381-404,
    doi:10.1111/rssb.12172.

    >>> rng = np.random.default_rng(1)
    >>> curves = np.sort(rng.normal(size=(999, 20)), axis=1)
    >>> band = simulated_band(np.linspace(-6, 6, 20), curves)
    >>> band.pvalue, int(band.outside.sum()) > 2
    (0.001, True)
    """
    seen, drawn = check_floats(observed, "observed"), check_floats(simulated, "simulated")
    if drawn.ndim != 2 or drawn.shape[1] != len(seen):
        raise ValueError(
            f"simulated has shape {drawn.shape}; wanted (R, {len(seen)}), one row a simulated curve"
        )
    if len(drawn) < 39:
        raise ValueError(f"simulated has {len(drawn)} curves: a 95 % band wants 39 or more")
    return null_curves(drawn, level=level).hold(seen)


def null_curves(simulated: Array, *, level: float = 0.95) -> NullCurves:
    """`NullCurves` of simulated curves (R, m)."""
    centre = simulated.mean(axis=0)
    low, high = np.quantile(simulated, [0.025, 0.975], axis=0)
    down, up = (np.maximum(half, 1e-12) for half in (centre - low, high - centre))
    luck = _farthest(simulated - centre, down, up)
    return NullCurves(centre, down, up, luck, float(np.quantile(luck, level)))


def _farthest(off: Array, down: Array, up: Array) -> Array:
    """How far out the worst point of each curve is, in units of its pointwise limits."""
    return np.max(np.where(off > 0, off / up, -off / down), axis=-1)
