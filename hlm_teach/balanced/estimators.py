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
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_variance
from hlm_teach._shared.guard import guarded

from .likelihood import maximum, untruncated
from .sums import draw_sums


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


@guarded(
    n_groups=guard.whole(low=2),
    group_size=guard.whole(low=2),
    n_between=guard.whole(),
    reml=guard.flag,
)
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


@guarded(group_counts=guard.list_of(guard.whole(low=2)), group_size=guard.whole(low=2))
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


@guarded(
    group_counts=guard.list_of(guard.whole(low=2)),
    group_size=guard.whole(low=2),
    n_studies=guard.whole(),
)
def simulated_table(
    group_counts: Sequence[int],
    group_size: int,
    *,
    tau00: float,
    sigma2: float,
    n_studies: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """What `estimator_table` states, found by drawing `n_studies` samples of each design.

    >>> simulated_table([5], 10, tau00=0.05, sigma2=0.95, n_studies=20_000,
    ...                 rng=np.random.default_rng(1)).round(1).loc[(5, "ML"), "zeros"].item()
    47.9
    """
    check_variance(tau00, "tau00", positive=True)
    rows = {}
    for n_groups in group_counts:
        sums = draw_sums(
            n_groups, group_size, tau00=tau00, sigma2=sigma2, rng=rng, n_studies=n_studies
        )
        for name, reml in (("REML", True), ("ML", False)):
            before, after = untruncated(sums, reml=reml), maximum(sums, reml=reml)[0]
            rows[n_groups, name] = {
                "bias before": 100 * (np.mean(before) / tau00 - 1),
                "bias": 100 * (after.mean() / tau00 - 1),
                "RMSE / τ₀₀": np.sqrt(np.mean((after - tau00) ** 2)) / tau00,
                "zeros": 100 * np.mean(after == 0),
            }
    return pd.DataFrame(rows).T.rename_axis(["groups", "estimator"])
