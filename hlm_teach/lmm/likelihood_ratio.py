"""Likelihood-ratio tests of nested models that know the boundary, and what they say.

Which fits may be tested against each other stands in comparable.py, the bootstrap in bootstrap.py,
the mixtures of χ² in mixture.py, the ladder of models as one table in compare.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import check_count, check_rng
from hlm_teach._shared.words import p_text

from .bootstrap import bootstrap_p, likelihood_ratios
from .comparable import Model, added_random_effects, check_comparable, check_residuals, model_of
from .mixture import chi2_tail
from .result import LmmResult

_FEW = 50  # below this many groups the asymptotic p-values are worth a warning


@dataclass(frozen=True)
class LikelihoodRatioTest:
    """A likelihood-ratio test of a reduced against a full model.

    Attributes
    ----------
    statistic : float
        D = 2 (log L_full − log L_reduced), never below 0.
    df : int
        Number of parameters the full model has more.
    p_naive : float
        From χ² with `df` degrees of freedom.
    p_mixture : float or None
        From the 50:50 mixture of two χ² that holds where one variance is tested; nan where no
        simple mixture holds; None where no variance is tested.
    p_bootstrap : float or None
        (b + 1)/(B + 1), b the number of B data sets simulated from the reduced model whose
        statistic is at least D.
    notes : tuple of str
    """

    statistic: float
    df: int
    p_naive: float
    p_mixture: float | None
    p_bootstrap: float | None
    n_boot: int
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """The test as one row, rounded."""
        row = {
            "D": round(self.statistic, 2),
            "df": self.df,
            "p naive": p_text(self.p_naive, 4),
            "p mixture": p_text(self.p_mixture, 4),
            "p bootstrap": p_text(self.p_bootstrap, 4),
        }
        return pd.DataFrame([row], index=pd.Index(["full against reduced"]))


def likelihood_ratio_test(
    reduced: LmmResult | Any,
    full: LmmResult,
    *,
    n_boot: int = 0,
    rng: np.random.Generator | None = None,
) -> LikelihoodRatioTest:
    r"""Test a reduced model against a full one that contains it.

    .. math:: D = 2(\log L_{full} - \log L_{reduced})

    A variance cannot fall below zero, so under H0 its estimate is zero in about half of all data
    sets, and D follows a mixture: with one more random effect and c more covariances,
    ½χ²_c + ½χ²_{c+1} (each with the number of tested fixed effects added). With few groups the
    share at zero exceeds one half and even the mixture is conservative; the bootstrap is not.

    Parameters
    ----------
    reduced, full
        Results of `fit_lmm` on the same data, by the same criterion. `reduced` may be an ordinary
        regression fitted by statsmodels (``smf.ols(...).fit()``): no random effects at all.
    n_boot
        Number of bootstrap data sets (0: none).
    rng
        Generator for them, required with `n_boot`.

    Raises
    ------
    ValueError
        For different data, different criteria, REML with different fixed parts, or models that
        are not nested.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, likelihood_ratio_test, load_data
    >>> sleep = load_data("sleepstudy")
    >>> line = fit_lmm("Reaction ~ Days", sleep, "Subject")
    >>> lines = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")
    >>> test = likelihood_ratio_test(line, lines)
    >>> round(test.statistic, 2), test.df
    (42.84, 2)

    References
    ----------
    Stram & Lee (1994), Biometrics 50, 1171-1177, doi:10.2307/2533455.
    """
    small, large = model_of(reduced, full), model_of(full, full)
    if check_count(n_boot, "n_boot", low=0):
        check_rng(rng)
    check_comparable(small, large)
    added = added_random_effects(small, large)
    on_residuals = check_residuals(small, large)
    statistic = float(likelihood_ratios(large.llf, small.llf))
    n_fixed = large.x.shape[1] - small.x.shape[1]
    df = large.n_params - small.n_params
    p_boot = bootstrap_p(small, large, statistic, n_boot, rng) if n_boot else None
    return LikelihoodRatioTest(
        float(statistic),
        df,
        float(chi2_tail(statistic, [df])),
        _mixture_p(statistic, df, added),
        p_boot,
        n_boot,
        (*_notes(small, large, added, n_fixed, df, on_residuals), *_residual_notes(small, large)),
    )


# ---------------------------------------------------------------- p-values


def _mixture_p(statistic: float, df: int, added: int) -> float | None:
    """The 50:50 mixture of χ²_{df−1} and χ²_{df} for one added variance."""
    if added == 0:
        return None
    if added > 1:
        return 1.0 if statistic <= 0 else float("nan")
    return float(chi2_tail(statistic, [df - 1, df]))


# ---------------------------------------------------------------- words


def _notes(
    small: Model, large: Model, added: int, n_fixed: int, df: int, on_residuals: bool
) -> tuple[str, ...]:
    sentences = []
    if added == 1:
        sentences.append(
            f"One variance is tested, and it lies on the boundary under H0: p_mixture averages "
            f"χ² with {df - 1} and with {df} degrees of freedom; p_naive is too large."
        )
    elif added > 1:
        sentences.append(
            f"{added} variances are tested at once: no simple mixture holds "
            "(p_mixture is nan); use n_boot."
        )
    elif n_fixed == 0 and not on_residuals:
        sentences.append(
            "Only a covariance is tested, no variance: its null value lies inside "
            "the parameter space and p_naive applies."
        )
    if n_fixed and large.n_groups < _FEW:
        sentences.append(
            f"Fixed effects tested by ML with {large.n_groups} groups: the test "
            "rejects too often; prefer t with Satterthwaite degrees of freedom, or "
            "n_boot."
        )
    if added and large.n_groups < _FEW:
        sentences.append(
            f"With {large.n_groups} groups more than half of the null distribution "
            "sits at zero: p_mixture is still too large; n_boot is the referee."
        )
    if small.terms and small.fit.singular:
        sentences.append(
            "The reduced fit is singular itself, so the mixture does not describe "
            "the null distribution well."
        )
    return tuple(sentences)


def _residual_notes(small: Model, large: Model) -> list[str]:
    """What is at its boundary, and what is not, where the residuals are tested."""
    sentences = []
    if small.residual.column != large.residual.column:
        sentences.append(
            "Equal residual SDs lie inside the parameter space, not on a boundary: the ratios "
            "count as ordinary parameters."
        )
    if small.residual.memory != large.residual.memory == "ar1":
        sentences.append(
            "φ = 0 lies inside AR(1)'s parameter space, not on a boundary: φ counts as an "
            "ordinary parameter."
        )
    if small.residual.memory != large.residual.memory == "car1":
        sentences.append(
            "CAR(1) has no negative φ, so that φ = 0 is its boundary: where φ alone is tested, "
            "p_naive is about twice too large."
        )
    return sentences
