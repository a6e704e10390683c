"""The one-way analysis of variance as an estimator of the intraclass correlation.

It needs no optimiser, its estimates are unbiased, and its interval is exact: `anova_icc`.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import fdtri  # quantiles of F

from hlm_teach._shared import guard
from hlm_teach._shared.checks import (
    check_column,
    check_frame,
    check_groups,
    check_level,
    check_numeric_column,
    complete_rows,
)
from hlm_teach._shared.guard import guarded


@dataclass(frozen=True, eq=False)
class AnovaIcc:
    """What `anova_icc` returns.

    Attributes
    ----------
    icc : float
        Estimate; negative where the group means agree more closely than chance.
    tau00, sigma2 : float
        Estimated variances between (can be negative) and within groups.
    interval : tuple of float
        Exact interval for the ICC, within [0, 1]; (nan, nan) where it is empty.
    level : float
        Its confidence level.
    msb, msw : float
        Mean squares between and within groups.
    n0 : float
        The "average" group size (N − Σn_j²/N)/(J − 1); n in balanced data.
    n_groups, nobs : int
        Numbers of groups J and of observations N.
    group_sizes : Series
        Individuals per group, indexed by group.
    notes : tuple of str
        What a reader must know about this estimate.
    """

    icc: float
    tau00: float
    sigma2: float
    interval: tuple[float, float]
    level: float
    msb: float
    msw: float
    n0: float
    n_groups: int
    nobs: int
    group_sizes: pd.Series = field(repr=False)
    notes: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return the estimates as a small table, rounded to three digits for reading."""
        low, high = self.interval
        rows = {
            "icc": (self.icc, low, high),
            "tau00": (self.tau00, np.nan, np.nan),
            "sigma2": (self.sigma2, np.nan, np.nan),
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])
        return table.round(3)

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"AnovaIcc(icc={self.icc:.3f}, interval=({low:.3f}, {high:.3f}), "
            f"tau00={self.tau00:.3f}, sigma2={self.sigma2:.3f}, n_groups={self.n_groups}, "
            f"nobs={self.nobs})"
        )


@guarded(data=guard.table, groups=guard.kind_of_labels)
def anova_icc(
    data: pd.DataFrame, outcome: Hashable, groups: Hashable, *, level: float = 0.95
) -> AnovaIcc:
    """Intraclass correlation by the analysis of variance, with an exact interval.

    ::

        τ̂_00 = (MSB − MSW) / n_0,   σ̂² = MSW,   ICC = τ̂_00 / (τ̂_00 + σ̂²)

    with n_0 = (N − Σn_j²/N)/(J − 1).  In balanced data this is the REML estimate wherever
    it is not negative.  A negative estimate is reported as it is (never below −1/(n_0 − 1)):
    it is what an unbiased estimator of a variance near zero must do now and then.  Both
    variances are unbiased; the ICC, a ratio of them, comes out low with few groups.

    The interval is exact for normal data, with equal and with unequal groups.  With
    θ = τ_00/σ² and w_j = n_j/(1 + n_jθ)::

        F(θ) = Σ w_j (ȳ_j − ȳ_w)² / (J − 1) / MSW  follows  F(J − 1, N − J)

    and falls as θ grows.  The limits solve F(θ) = upper and lower quantile; then
    ρ = θ/(1 + θ).  What lies below 0 is cut off.  If all of it does, F(0) is below the lower
    quantile, the interval is empty, and (nan, nan) with a note is returned.

    Parameters
    ----------
    data : DataFrame
        One row per individual; rows with a missing outcome or group are dropped and counted.
    outcome, groups : column names
        A numeric column, and the column that names each row's group.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    AnovaIcc
        With icc, tau00, sigma2, interval (low, high), msb, msw, n0, group_sizes, notes.

    Raises
    ------
    TypeError
        If `data` is not a DataFrame or the outcome is not numeric.
    ValueError
        If a column does not exist, `data` is empty, the outcome is constant, there are fewer
        than two groups, or every group has one member (no variance within groups to see).

    References
    ----------
    Searle, S. R., Casella, G., & McCulloch, C. E. (1992). Variance Components. Wiley.
    (The interval for unequal groups is due to Wald.)

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> anova_icc(load_data("dyestuff"), "Yield", groups="Batch").table()
            estimate    low    high
    icc        0.418  0.084   0.848
    tau00   1764.050    NaN     NaN
    sigma2  2451.250    NaN     NaN
    """
    confidence = check_level(level)
    used, notes = _outcome_and_groups(data, outcome, groups)
    means, sizes, msb, msw = _mean_squares(used["outcome"].to_numpy(), used["group"])
    n_groups, nobs = len(sizes), int(sizes.sum())
    n0 = float((nobs - np.sum(sizes**2) / nobs) / (n_groups - 1))
    tau00 = (msb - msw) / n0
    interval = _exact_interval(means, sizes.to_numpy(), msw, confidence)
    return AnovaIcc(
        icc=tau00 / (tau00 + msw),
        tau00=tau00,
        sigma2=msw,
        interval=interval,
        level=confidence,
        msb=msb,
        msw=msw,
        n0=n0,
        n_groups=n_groups,
        nobs=nobs,
        group_sizes=sizes,
        notes=notes + _anova_notes(tau00, msw, sizes, interval),
    )


def _outcome_and_groups(
    data: object, outcome: Hashable, groups: Hashable
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return complete rows as columns outcome and group, and the note on dropped ones."""
    frame = check_frame(data)
    check_column(frame, groups, "groups")
    values = check_numeric_column(frame, outcome, "outcome")
    pair = pd.DataFrame({"outcome": values, "group": frame[groups]})
    used, notes = complete_rows(pair, ["outcome", "group"])
    check_groups(used["group"].rename(groups))
    if used["group"].nunique() == len(used):
        raise ValueError(
            f"every group in groups={groups!r} has one member: the variance within groups "
            "cannot be estimated"
        )
    spread = float(np.ptp(used["outcome"]))
    if 0 < spread < 1e-100 or np.abs(used["outcome"]).max() > 1e100:
        raise ValueError(
            f"outcome={outcome!r} has values of a size ({spread:.0e}) whose squares a computer can't "
            "hold: use other units"
        )
    if spread == 0:
        raise ValueError(f"outcome={outcome!r} is constant: there is no variance to split")
    return used, notes


def _mean_squares(y: np.ndarray, group: pd.Series) -> tuple[np.ndarray, pd.Series, float, float]:
    """Return group means (about the grand mean), sizes, mean squares between and within."""
    codes, labels = pd.factorize(group, sort=True)
    sizes = np.bincount(codes)
    centred = y - y.mean()  # no digits are lost to a large mean
    means = np.bincount(codes, weights=centred) / sizes
    msb = float(np.sum(sizes * means**2) / (len(sizes) - 1))
    msw = float(np.sum((centred - means[codes]) ** 2) / (len(y) - len(sizes)))
    negligible = (1e-14 * np.abs(y).max()) ** 2  # what rounding leaves of a sum that is 0
    return means, pd.Series(sizes, labels, name="n"), msb, msw if msw > negligible else 0.0


def _exact_interval(
    means: np.ndarray, sizes: np.ndarray, msw: float, level: float
) -> tuple[float, float]:
    """Return Wald's exact limits for ρ, cut off at 0; (nan, nan) where nothing is left."""
    if msw == 0:
        return 1.0, 1.0
    tails = np.array([1 - level, 1 + level]) / 2
    lower_quantile, upper_quantile = fdtri(len(sizes) - 1, sizes.sum() - len(sizes), tails)
    if _pivot(0.0, means, sizes, msw) < lower_quantile:
        return np.nan, np.nan
    return (
        _solve_pivot(upper_quantile, means, sizes, msw),
        _solve_pivot(lower_quantile, means, sizes, msw),
    )


def _pivot(rho: float, means: np.ndarray, sizes: np.ndarray, msw: float) -> float:
    """Return F(θ) at θ = ρ/(1 − ρ): distributed as F(J − 1, N − J) at the true ρ."""
    shares = sizes / (1 - rho + sizes * rho)  # w_j/(1 − ρ): finite at ρ = 1, where θ is not
    centre = np.sum(shares * means) / np.sum(shares)
    between = (1 - rho) * np.sum(shares * (means - centre) ** 2)
    return float(between / (len(sizes) - 1) / msw)


def _solve_pivot(quantile: float, means: np.ndarray, sizes: np.ndarray, msw: float) -> float:
    """Return the ρ in [0, 1] at which the falling pivot meets the quantile; 0 if below it."""

    def excess(rho: float) -> float:
        return _pivot(rho, means, sizes, msw) - quantile

    return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, 1.0, xtol=1e-14))


def _anova_notes(
    tau00: float, msw: float, sizes: pd.Series, interval: tuple[float, float]
) -> tuple[str, ...]:
    """Say in plain sentences what a reader must know about the estimate."""
    n_single = int((sizes == 1).sum())
    sentences = {
        "The estimate of tau00 is negative: the group means differ less than chance alone would "
        "make them differ; read it as no evidence of variance between groups.": tau00 < 0,
        "The interval is empty: even an ICC of 0 would make group means this alike unlikely.": np.isnan(
            interval[0]
        ),
        "No variance within groups: the ICC is 1 whatever the sample.": msw == 0,
        f"{n_single} of {len(sizes)} groups have one member and say nothing about the variance "
        "within groups.": n_single > 0,
    }
    return tuple(sentence for sentence, holds in sentences.items() if holds)
