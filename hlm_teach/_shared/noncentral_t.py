"""How often a t that is shifted by an effect passes its critical value."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

_SURE = 30.0  # an effect of 30 standard errors is found; beyond, the noncentral F loses digits


def power_of_t(shift: ArrayLike, df: ArrayLike, level: float = 0.05) -> np.ndarray:
    """Chance that |t| exceeds its critical value if t is shifted by `shift` standard errors.

    >>> power_of_t([0.0, 2.8], 1000).round(2)
    array([0.05, 0.8 ])
    """
    far = np.minimum(np.abs(np.asarray(shift, float)), _SURE)
    critical = special.stdtrit(np.asarray(df, float), 1 - level / 2)
    return 1 - special.ncfdtr(1, df, far**2, critical**2)
