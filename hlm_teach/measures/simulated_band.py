"""A band in which a whole curve stays with a stated probability, taken from simulated curves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    outside: NDArray[np.bool_]


@dataclass(frozen=True)
class NullCurves:
    """What simulated curves are like, kept so that many observed ones can be judged by them.

    Attributes
    ----------
    centre, down, up : ndarray (m,)
        The mean of the curves, and how far their pointwise 2.5 and 97.5 percentiles lie below and
        above it.
    luck : ndarray (R,)
        How far out each of the curves is that `hold` compares with.
    """

    centre: Array
    down: Array
    up: Array
    luck: Array

    def farthest(self, curves: Array) -> Array:
        """How far out the worst point of each curve (…, m) is, in units of the limits."""
        off = curves - self.centre
        return np.asarray(np.max(np.where(off > 0, off / self.up, -off / self.down), axis=-1))

    def hold(self, observed: Array, *, level: float = 0.95) -> Band:
        """The band, and how an observed curve (m,) lies in it."""
        own = float(self.farthest(observed))
        everyone = np.sort(np.append(self.luck, own))
        wide = everyone[int(np.ceil(level * len(everyone))) - 1]
        lower, upper = self.centre - wide * self.down, self.centre + wide * self.up
        outside = (observed < lower) | (observed > upper)
        pvalue = float(np.mean(everyone >= own))
        return Band(lower, upper, self.centre, pvalue, outside)


@guarded(observed=guard.series_of_numbers, simulated=guard.numbers, level=guard.level)
def simulated_band(observed: Array, simulated: Array, *, level: float = 0.95) -> Band:
    r"""The band that holds a whole curve, all its points at once, in `level` of the simulations.

    A curve x is as far out as its worst point,

    .. math:: T(x) = \max_i \max\Big(\frac{x_i - m_i}{U_i - m_i}, \frac{m_i - x_i}{m_i - L_i}\Big),

    m the mean of the curves, L and U their 2.5 and 97.5 percentiles point by point. The band is
    m − c(m − L) to m + c(U − m), with c the `level` quantile of T. Pointwise limits would be too
    narrow: of 160 points eight are expected beyond them. The observed curve is counted among the
    curves throughout, so that under the model it is one of R + 1 that are all alike, and p holds
    for any R.

    Parameters
    ----------
    observed : array (m,)
    simulated : array (R, m)
        At least 39 curves.
    level : float
        Share of the simulated curves that lie in the band as a whole.

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
    curves = np.vstack([seen, drawn])
    scale = _scaled_by(curves)
    luck = scale.farthest(drawn)
    return NullCurves(scale.centre, scale.down, scale.up, luck).hold(seen, level=level)


def null_curves(simulated: Array) -> NullCurves:
    """`NullCurves` of simulated curves (R, m): one half gives mean and limits, the other half is
    compared with, as an observed curve is."""
    scale = _scaled_by(simulated[::2])
    luck = scale.farthest(simulated[1::2])
    return NullCurves(scale.centre, scale.down, scale.up, luck)


def _scaled_by(curves: Array) -> NullCurves:
    """Mean and pointwise limits of curves (R, m), nothing compared yet."""
    centre = curves.mean(axis=0)
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    down, up = (np.maximum(half, 1e-12) for half in (centre - low, high - centre))
    return NullCurves(centre, down, up, np.empty(0))
