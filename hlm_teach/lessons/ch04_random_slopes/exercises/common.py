"""The range of slopes, and the correlation at another origin; and what is taken for either."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.random_slopes import intercept_slope_correlation, move_origin, slope_range


def rho_at(cov_re: pd.DataFrame | Sequence, origin: float) -> float:
    """The correlation of intercepts and slopes where x is `origin`."""
    return intercept_slope_correlation(move_origin(cov_re, origin))


def half_moved(cov_re: pd.DataFrame | Sequence, origin: float) -> float:
    """The covariance belongs to the new origin, τ_00 still to the old one."""
    g, moved = np.asarray(cov_re), np.asarray(move_origin(cov_re, origin))
    return float(moved[0, 1] / np.sqrt(g[0, 0] * g[1, 1]))


def tau11(fit: LmmResult) -> float:
    return float(np.asarray(fit.cov_re)[1, 1])


def ranges(fit: LmmResult) -> Numbers:
    """Where 95 % of slopes lie; τ_11 itself where its root belongs; the interval of the mean."""
    slope = fit.params.iloc[1]
    low, high = slope_range(slope, tau11(fit))
    low_by_variance, high_by_variance = slope_range(slope, tau11(fit) ** 2)
    low_of_mean, high_of_mean = fit.conf_int().iloc[1]
    return {
        "low": low,
        "high": high,
        "low_by_variance": low_by_variance,
        "high_by_variance": high_by_variance,
        "low_of_mean": low_of_mean,
        "high_of_mean": high_of_mean,
    }
