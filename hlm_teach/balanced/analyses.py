"""One coefficient, analysed the same way in thousands of studies."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

from hlm_teach._shared.arrays import Array


@dataclass(frozen=True)
class Analyses:
    """One coefficient, analysed the same way in R studies.

    Attributes
    ----------
    estimate, se : ndarray of shape (R,)
        Estimates and the standard errors that the analysis reports.
    df : float
        Degrees of freedom of its t (infinite: the normal distribution).
    truth : float
        The true value of the coefficient.
    true_se : float
        Standard deviation of the estimate over studies, where it is known from the parameters.

    >>> found = Analyses(np.array([0.1, 0.9]), np.array([0.4, 0.4]), df=np.inf)
    >>> found.p.round(2).tolist(), found.false_positives
    ([0.8, 0.02], 0.5)
    """

    estimate: Array
    se: Array
    df: float
    truth: float = 0.0
    true_se: float = float("nan")

    @property
    def t(self) -> Array:
        """Distance from the truth in standard errors (R,)."""
        return (self.estimate - self.truth) / self.se

    @cached_property
    def p(self) -> Array:
        """Two-sided p-values (R,) of the truth."""
        if np.isinf(self.df):
            return 2 * special.ndtr(-np.abs(self.t))
        return 2 * special.stdtr(self.df, -np.abs(self.t))

    @property
    def half_width(self) -> Array:
        """Half the width of the 95 % intervals (R,)."""
        normal = np.isinf(self.df)
        return (special.ndtri(0.975) if normal else special.stdtrit(self.df, 0.975)) * self.se

    @cached_property
    def misses(self) -> np.ndarray:
        """Which 95 % intervals miss the truth, (R,) of bool."""
        return np.abs(self.estimate - self.truth) > self.half_width

    @property
    def false_positives(self) -> float:
        """Share of studies that reject the truth at 5 %."""
        return float(self.misses.mean())

    @property
    def coverage(self) -> float:
        """Share of studies whose 95 % interval holds the truth."""
        return 1 - self.false_positives
