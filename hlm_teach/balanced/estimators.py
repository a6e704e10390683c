r"""How the REML and ML estimates of τ_00 behave in balanced designs, exactly.

J groups of n, and p fixed effects that are constant within groups (the intercept is the first).
The mean squares are independent, B/(J−p) ~ a·χ²_{J−p}/(J−p) with a = σ² + nτ_00, where B is n
times the residual sum of squares of the group means, and MSW ~ σ²·χ²_ν/ν with ν = J(n−1). With
m = J − p for REML and m = J for ML,

    before truncation   τ̃ = (B/m − MSW)/n         E τ̃ = ((J−p)a/m − σ²)/n
    reported            τ̂ = max(0, τ̃)

so that τ̃ is unbiased under REML and off by −pa/(nJ) = −p(τ_00 + σ²/n)/J under ML.

For τ̂, write B = aX and W = σ²Y. The total T = X + Y is χ² with J − p + ν degrees of freedom and
independent of the share R = X/T ~ Beta((J−p)/2, ν/2), and nτ̂ = T·max(0, cR − d(1 − R)) with
c = a/m, d = σ²/ν. The moments of a Beta variable above a point are incomplete beta functions.

References
----------
Searle, Casella & McCulloch (1992), Variance Components, Wiley, doi:10.1002/9780470316856,
treat the estimators and their distributions for balanced data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from hlm_teach._shared.checks import check_count, check_rng, check_variance
from hlm_teach.lmm.many import fit_many
from hlm_teach.lmm.result import LmmResult

from .likelihood import maximum, profile_log_likelihood, untruncated
from .sums import BalancedSums, balanced_sums, draw_sums

_CUT = stats.chi2.ppf(0.95, 1)  # rise of the deviance at the ends of a 95 % profile interval


@dataclass(frozen=True)
class EstimatorLaw:
    """What is exactly true of one estimator of τ_00.

    Attributes
    ----------
    bias_before, bias : float
        Expected error before and after truncation at zero, in the units of τ_00.
    mse_before, mse : float
        Mean squared error before and after truncation.
    zero : float
        Probability of a negative value before truncation: the share of zeros after it.
    """

    bias_before: float
    bias: float
    mse_before: float
    mse: float
    zero: float


def estimator_law(
    n_groups: int,
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    reml: bool = True,
    n_between: int = 1,
) -> EstimatorLaw:
    """Exact bias, mean squared error and share of zeros of the REML or ML estimate of τ_00.

    `n_between` counts the fixed effects that are constant within groups, the intercept included.

    Raises
    ------
    TypeError, ValueError
        For counts below 2, no more groups than group-level fixed effects, a negative τ_00 or a σ²
        that is not positive.

    >>> law = estimator_law(5, 10, tau00=0.05, sigma2=0.95)
    >>> abs(law.bias_before) < 1e-12, round(law.bias / 0.05, 2)
    (True, 0.31)
    >>> law = estimator_law(5, 10, tau00=0.05, sigma2=0.95, reml=False)
    >>> round(law.bias / 0.05, 2), round(law.zero, 2)
    (-0.16, 0.48)
    """
    k, c, d, nu = _parts(n_groups, group_size, tau00, sigma2, reml, n_between)
    n, total = group_size, k + nu
    start = d / (c + d)  # the share R at which τ̃ is zero
    above = [_beta_moment(power, k / 2, nu / 2, start) for power in range(3)]
    mean = total * ((c + d) * above[1] - d * above[0]) / n
    square = (
        total
        * (total + 2)
        / n**2
        * ((c + d) ** 2 * above[2] - 2 * (c + d) * d * above[1] + d**2 * above[0])
    )
    mean_before = (c * k - d * nu) / n
    variance_before = 2 * (c**2 * k + d**2 * nu) / n**2
    return EstimatorLaw(
        mean_before - tau00,
        mean - tau00,
        variance_before + (mean_before - tau00) ** 2,
        square - 2 * tau00 * mean + tau00**2,
        1 - above[0],
    )


def _parts(
    n_groups: int, group_size: int, tau00: float, sigma2: float, reml: bool, n_between: int
) -> tuple:
    """k = J − p, c = a/m, d = σ²/ν and ν."""
    check_count(n_groups, "n_groups", low=2)
    check_count(group_size, "group_size", low=2)
    check_variance(tau00, "tau00")
    check_variance(sigma2, "sigma2", positive=True)
    check_count(n_between, "n_between", low=1)
    k, nu = n_groups - n_between, n_groups * (group_size - 1)
    if k < 1:
        raise ValueError(
            f"n_between={n_between!r}: with {n_groups} groups nothing is left of "
            "the group means; use fewer group-level fixed effects, or more groups"
        )
    c = (sigma2 + group_size * tau00) / (k if reml else n_groups)
    return k, c, sigma2 / nu, nu


def _beta_moment(power: int, a: float, b: float, start: float) -> float:
    """E[R^power; R > start] of R ~ Beta(a, b)."""
    whole = np.exp(special.betaln(a + power, b) - special.betaln(a, b))
    return float(whole * special.betaincc(a + power, b, start))


def estimator_table(
    group_counts: Sequence[int], group_size: int, *, tau00: float, sigma2: float
) -> pd.DataFrame:
    """The laws of REML and ML side by side, one row a number of groups and estimator.

    Biases in percent of τ_00, root mean squared errors over τ_00, the share of zeros in percent.

    Raises
    ------
    ValueError
        If τ_00 is zero: there is nothing to take a percentage of.

    >>> estimator_table([5], 10, tau00=0.05, sigma2=0.95).round(0)
                      bias before  bias  RMSE / τ₀₀  zeros
    groups estimator
    5      REML               0.0  31.0         2.0   37.0
           ML               -58.0 -16.0         1.0   48.0
    """
    check_variance(tau00, "tau00", positive=True)
    rows = {}
    for n_groups in group_counts:
        for name, reml in (("REML", True), ("ML", False)):
            law = estimator_law(n_groups, group_size, tau00=tau00, sigma2=sigma2, reml=reml)
            rows[n_groups, name] = {
                "bias before": round(100 * law.bias_before / tau00, 9) + 0.0,  # no -0.0
                "bias": 100 * law.bias / tau00,
                "RMSE / τ₀₀": np.sqrt(law.mse) / tau00,
                "zeros": 100 * law.zero,
            }
    return pd.DataFrame(rows).T.rename_axis(["groups", "estimator"])


def simulated_table(
    group_counts: Sequence[int],
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    n_samples: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """What `estimator_table` states, found by drawing `n_samples` samples of each design.

    >>> simulated_table([5], 10, tau00=0.05, sigma2=0.95, n_samples=20_000,
    ...                 rng=np.random.default_rng(1)).round(1).loc[(5, "ML"), "zeros"].item()
    47.9
    """
    check_variance(tau00, "tau00", positive=True)
    rows = {}
    for n_groups in group_counts:
        sums = draw_sums(
            n_groups, group_size, tau00=tau00, sigma2=sigma2, rng=rng, n_samples=n_samples
        )
        for name, reml in (("REML", True), ("ML", False)):
            before, after = untruncated(sums, reml=reml), maximum(sums, reml=reml)[0]
            rows[n_groups, name] = {
                "bias before": 100 * (before.mean() / tau00 - 1),
                "bias": 100 * (after.mean() / tau00 - 1),
                "RMSE / τ₀₀": np.sqrt(np.mean((after - tau00) ** 2)) / tau00,
                "zeros": 100 * np.mean(after == 0),
            }
    return pd.DataFrame(rows).T.rename_axis(["groups", "estimator"])


def interval_coverage(
    n_groups: int,
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    n_samples: int,
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

    >>> interval_coverage(6, 5, tau00=1.0, sigma2=1.0, n_samples=400, n_boot=200,
    ...                   rng=np.random.default_rng(1)).columns.to_list()
    ['covers', 'too low', 'too high', 'no interval']
    """
    check_rng(rng)
    sums = draw_sums(n_groups, group_size, tau00=tau00, sigma2=sigma2, rng=rng, n_samples=n_samples)
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


def variance_intervals(
    fit: LmmResult, *, rng: np.random.Generator, n_boot: int = 2000
) -> pd.DataFrame:
    """Three 95 % intervals of τ_00 of a null model fitted to balanced data.

    Wald and profile as in `interval_coverage` (the profile is `fit.profile_intervals`, squared);
    bootstrap: the middle 95 % of the estimates of τ_00, by the estimator of `fit`, in `n_boot`
    data sets simulated from it.

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
