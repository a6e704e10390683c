"""95 % intervals of τ_00 in balanced designs: Wald, profile, bootstrap, and how often they hold it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_rng
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.many import fit_many
from hlm_teach.lmm.result import LmmResult

from .likelihood import maximum, profile_log_likelihood
from .sums import BalancedSums, balanced_sums, draw_sums

_CUT = stats.chi2.ppf(0.95, 1)  # rise of the deviance at the ends of a 95 % profile interval


@guarded(n_studies=guard.whole(), n_boot=guard.whole())
def interval_coverage(
    n_groups: int,
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    n_studies: int,
    rng: np.random.Generator,
    n_boot: int = 500,
) -> pd.DataFrame:
    """How often 95 % intervals of τ_00 hold the true value, by simulation.

    Wald: REML estimate ± 1.96 standard errors from the curvature; there is none where the
    estimate is zero. Profile: all values whose ML deviance, σ² at its best, is within 3.84 of the
    smallest; REML profile: the same with the REML deviance. Bootstrap: the middle 95 % of REML
    estimates in samples drawn from the REML fit (percentiles).

    Returns
    -------
    DataFrame
        One row a method; in percent: ``covers``, ``too low`` (the whole interval lies below the
        truth), ``too high``, ``no interval``.

    >>> interval_coverage(6, 5, tau00=1.0, sigma2=1.0, n_studies=400, n_boot=200,
    ...                   rng=np.random.default_rng(1)).columns.to_list()
    ['covers', 'too low', 'too high', 'no interval']
    """
    check_rng(rng)
    sums = draw_sums(n_groups, group_size, tau00=tau00, sigma2=sigma2, rng=rng, n_studies=n_studies)
    ends = {
        "Wald": wald_interval(sums),
        "profile": _profile_side(sums, tau00),
        "REML profile": _profile_side(sums, tau00, reml=True),
        "bootstrap": _percentiles(sums, n_boot, rng),
    }
    rows = {}
    for name, (low, high) in ends.items():
        none, below, above = np.isnan(low), high < tau00, low > tau00
        shares = [~(none | below | above), below, above, none]
        rows[name] = 100 * np.mean(shares, axis=1)
    return pd.DataFrame(rows, index=["covers", "too low", "too high", "no interval"]).T


@guarded(fit=guard.fitted, n_boot=guard.whole())
def variance_intervals(
    fit: LmmResult, *, rng: np.random.Generator, n_boot: int = 2000
) -> pd.DataFrame:
    """Three 95 % intervals of τ_00 of a null model fitted to balanced data.

    Wald and profile as in `interval_coverage` (the profile is `fit.profile_intervals`, squared);
    bootstrap: the middle 95 % of the estimates of τ_00, by the estimator of `fit`, in `n_boot`
    data sets simulated from it.

    This is the function `hlm_teach.variance_intervals`, which compares methods in balanced data.
    The method `fit.variance_intervals()` gives all variances of any fit, one method at a time
    (lmm/variance_intervals.py).

    Returns
    -------
    DataFrame
        Rows Wald, profile, bootstrap; columns low, high, estimate. nan: there is no interval.

    Raises
    ------
    ValueError
        If there are predictors or random slopes, or groups differ in size.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Yield ~ 1", load_data("dyestuff2"), "Batch")
    >>> variance_intervals(fit, rng=np.random.default_rng(1), n_boot=200).round(1)["low"].tolist()
    [nan, 0.0, 0.0]
    """
    check_rng(rng)
    frame = fit.frame
    effects = [term.effects for term in frame.terms]
    if list(fit.params.index) != ["Intercept"] or effects != [("Intercept",)]:
        raise ValueError(
            "fit must be a null model with a random intercept, such as "
            "fit_lmm('y ~ 1', data, 'group')"
        )
    sizes = frame.group_labels.value_counts()
    if sizes.nunique() > 1:
        raise ValueError(
            f"fit has groups of {sizes.min()} to {sizes.max()}: the closed form of "
            "the Wald interval wants equal sizes"
        )
    rows = frame.outcome.groupby(frame.group_labels.to_numpy())
    sums = balanced_sums([group.to_numpy() for _, group in rows])
    redrawn = fit_many(
        fit.simulate(n_boot, rng),
        np.ones((fit.nobs, 1)),
        frame.group_labels,
        reml=fit.reml,
        progress=False,
    )
    ends = [
        wald_interval(sums, reml=fit.reml),
        fit.profile_intervals.loc["sd(Intercept)"] ** 2,
        np.percentile(redrawn.tau00, [2.5, 97.5]),
    ]
    table = pd.DataFrame(
        [tuple(pair) for pair in ends], ["Wald", "profile", "bootstrap"], ["low", "high"]
    )
    return table.assign(estimate=float(fit.cov_re.iloc[0, 0]))


@guarded(sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"), reml=guard.flag)
def wald_interval(sums: BalancedSums, *, reml: bool = True) -> tuple:
    """Estimate ± 1.96 standard errors of τ_00 (floats or arrays); nan where the estimate is zero.

    The standard error is that of the curvature at the maximum, √(2(â²/m + σ̂⁴/ν))/n with m = J − 1
    under REML, J under ML. It has no meaning on the boundary, where there is no flat top.

    >>> from hlm_teach.balanced.sums import BalancedSums
    >>> low, high = wald_interval(BalancedSums(6, 5, between=56357.5, within=58830.0))
    >>> round(low), round(high)
    (-1044, 4572)
    """
    tau00, s = maximum(sums, reml=reml)
    a, positive = s + sums.group_size * tau00, np.greater(tau00, 0)
    se = np.sqrt(2 * (a**2 / sums.between_df(reml) + s**2 / sums.within_df)) / sums.group_size
    half = np.where(positive, stats.norm.ppf(0.975) * se, np.nan)
    low, high = tau00 - half, tau00 + half
    return (low, high) if np.ndim(tau00) else (float(low), float(high))


@guarded(sums=guard.made_by("BalancedSums", "balanced_sums or draw_sums"), reml=guard.flag)
def profile_limits(sums: BalancedSums, *, reml: bool = True) -> tuple[float, float]:
    """95 % profile interval of τ_00 of one sample: where the deviance is 3.84 above its minimum.

    σ² takes its best value at each τ_00, γ_00 is integrated out (REML) or at its best (ML). The
    lower end is 0 if the deviance there is within 3.84. 3.84 is the 95 % point of χ² with one
    degree of freedom: right with many groups, too careful where τ_00 is zero or nearly so.

    >>> from hlm_teach.balanced.sums import BalancedSums
    >>> sums = BalancedSums(6, 5, between=56357.5, within=58830.0)
    >>> [round(np.sqrt(end)) for end in profile_limits(sums, reml=False)]
    [12, 84]
    """
    best = maximum(sums, reml=reml)[0]
    peak = profile_log_likelihood(sums, best, reml=reml)

    def beyond(tau00: float) -> float:
        return float(2 * (peak - profile_log_likelihood(sums, tau00, reml=reml)) - _CUT)

    far = best + (sums.between + sums.within) / sums.n_obs
    while beyond(far) < 0:
        far *= 2
    low = optimize.brentq(beyond, 0.0, best) if beyond(0.0) > 0 else 0.0
    return low, optimize.brentq(beyond, best, far)


def _profile_side(sums: BalancedSums, tau00: float, *, reml: bool = False) -> tuple:
    """Limits that stand on the right side of the true τ_00, which is all that coverage asks."""
    best = maximum(sums, reml=reml)
    peak = profile_log_likelihood(sums, best[0], reml=reml)
    outside = 2 * (peak - profile_log_likelihood(sums, tau00, reml=reml)) > _CUT
    low = np.where(outside & (best[0] > tau00), np.inf, 0.0)
    high = np.where(outside & (best[0] < tau00), -np.inf, np.inf)
    return low, high


def _percentiles(sums: BalancedSums, n_boot: int, rng: np.random.Generator) -> tuple:
    """2.5 % and 97.5 % points of REML estimates redrawn from each sample's REML fit."""
    tau00, s = (part[:, None] for part in maximum(sums))
    size = len(s), n_boot  # each sample's own draws: with shared ones all share their luck
    between = (s + sums.group_size * tau00) * rng.chisquare(sums.n_groups - 1, size)
    within = s * rng.chisquare(sums.within_df, size)
    redrawn = between / (sums.n_groups - 1) - within / sums.within_df
    return tuple(np.percentile(np.maximum(redrawn, 0) / sums.group_size, [2.5, 97.5], axis=1))
