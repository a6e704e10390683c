"""The intraclass correlation from a fitted model: `icc`, its interval, and with a slope `vpc`.

From the analysis of variance, with an exact interval, it stands in anova_icc.py; what it does to a
sample in design_effect.py, and to a group's mean in reliability.py.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared.checks import check_floats, check_level
from hlm_teach._shared.words import kind_of
from hlm_teach.lmm.result import LmmResult


def icc(fit: Any) -> float:
    """Intraclass correlation of a fitted random-intercept model.

    ::

        ρ = τ_00 / (τ_00 + σ²)

    the share of the variance that lies between groups, and at once the correlation of two
    members of one group.  With predictors in the model both variances are what the predictors
    leave: the conditional ICC.

    Parameters
    ----------
    fit : LmmResult
        From `fit_lmm` with one grouping factor and ``random="1"``; statsmodels' own
        MixedLMResults works too.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError
        If `fit` is not a fitted mixed model.
    ValueError
        If the model has random slopes (the share then depends on x: use `vpc`), several
        grouping factors (there is one share per factor), or no variance at all.

    References
    ----------
    Raudenbush, S. W., & Bryk, A. S. (2002). Hierarchical Linear Models (2nd ed.). Sage, chapter 4.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> round(icc(fit_lmm("math ~ 1", load_data("hsb"), groups="school")), 3)
    0.18
    """
    covariance, sigma2 = _covariance_and_sigma2(fit)
    if covariance.shape != (1, 1):
        raise ValueError(
            "this model has random slopes, so the share of variance between groups depends on "
            "x and there is no single ICC; use vpc(fit, x), or fit random='1'"
        )
    if not _are_intercepts(fit, covariance)[0]:
        raise ValueError(
            f"the only random effect is the slope of {covariance.index[0]!r}, so the share of "
            "variance between groups depends on x; use random='1' for an ICC"
        )
    return float(_share(covariance.to_numpy()[0, 0], sigma2))


def icc_interval(fit: LmmResult, level: float = 0.95) -> pd.Series:
    """Intraclass correlation with its profile-likelihood interval.

    All ρ at which the deviance by the fit's own criterion (REML or ML), everything else at its
    best, rises by less than the χ²₁ quantile. σ² moves along: an interval that holds it at its
    estimate is too narrow where groups are few.

    Parameters
    ----------
    fit : LmmResult
        From `fit_lmm` with one grouping factor and ``random="1"``.
    level : float
        Of the interval.

    Returns
    -------
    Series
        icc, lower, upper.

    Raises
    ------
    TypeError, ValueError
        As `icc`; `LmmResult.share_intervals` serves models with several groupings or slopes.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> icc_interval(fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")).round(3).to_dict()
    {'icc': 0.418, 'lower': 0.069, 'upper': 0.819}
    """
    estimate = icc(fit)
    if not hasattr(fit, "share_intervals"):
        raise TypeError(f"fit must come from fit_lmm, not be {kind_of(fit)}")
    check_level(level)
    shares = fit.share_intervals(level=level).iloc[0]
    return pd.Series({"icc": estimate, "lower": shares["lower"], "upper": shares["upper"]})


def vpc(fit: Any, x: float | Sequence[float]) -> float | np.ndarray:
    """Share of variance between groups at given x, in a model with a random slope of x.

    ::

        VPC(x) = (τ_00 + 2·τ_01·x + τ_11·x²) / (τ_00 + 2·τ_01·x + τ_11·x² + σ²)

    In a random-intercept model it is the ICC at every x.

    Parameters
    ----------
    fit : LmmResult
        From `fit_lmm` with one grouping factor and ``random="1"`` or ``"1 + x"``.
    x : float or sequence of float
        Where to evaluate, in the units (and with the centring) of x in the fit.

    Returns
    -------
    float or ndarray
        A float for one x, else an array of the shape of `x`.

    Raises
    ------
    TypeError
        If `fit` is not a fitted mixed model.
    ValueError
        If the model has several grouping factors, more than two random effects, or if x is not
        finite.

    References
    ----------
    Raudenbush, S. W., & Bryk, A. S. (2002). Hierarchical Linear Models (2nd ed.). Sage.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", random="1 + Days")
    >>> vpc(fit, [0, 9]).round(2)
    array([0.48, 0.85])
    """
    covariance, sigma2 = _covariance_and_sigma2(fit)
    values = check_floats(x, "x")
    intercepts = _are_intercepts(fit, covariance)
    if sum(not is_intercept for is_intercept in intercepts) > 1:
        raise ValueError(
            f"vpc covers a random intercept and one random slope; this model has the random "
            f"effects {', '.join(map(str, covariance.index))}"
        )
    one = np.ones_like(values)
    basis = np.stack([one if is_intercept else values for is_intercept in intercepts])
    between = np.einsum("i...,ij,j...->...", basis, covariance.to_numpy(), basis)
    shares = _share(between, sigma2)
    return float(shares) if values.ndim == 0 else shares


def _covariance_and_sigma2(fit: Any) -> tuple[pd.DataFrame, float]:
    """Return G and σ² of a fit with one grouping factor."""
    sigma2 = getattr(fit, "sigma2", getattr(fit, "scale", None))
    if sigma2 is None or not hasattr(fit, "cov_re"):
        raise TypeError(f"fit must be a fitted model from fit_lmm, not {type(fit).__name__}")
    if isinstance(fit.cov_re, dict) or len(fit.cov_re) == 0:
        factors = ", ".join(str(name) for name in fit.vcomp.index) if _has_names(fit) else "several"
        raise ValueError(
            f"this model has several grouping factors ({factors}), each with its own share of "
            "variance; variance_shares(fit) gives them all"
        )
    spread = getattr(fit, "residual_sd", None)
    if spread is not None and len(spread) > 1:
        raise ValueError(
            f"this model has a residual SD for each value of {spread.index.name}, so the share of "
            "variance between groups depends on it and there is no single ICC; "
            "fit.residual_sd**2 has the variances"
        )
    return fit.cov_re, float(sigma2)


def _are_intercepts(fit: Any, covariance: pd.DataFrame) -> list[bool]:
    """Which random effects are intercepts (statsmodels calls one by its grouping)."""
    design = getattr(getattr(fit, "model", None), "exog_re", None)
    if design is not None and design.shape[1] == len(covariance):
        return [bool(np.all(design[:, a] == 1)) for a in range(design.shape[1])]
    return [name == "Intercept" for name in covariance.index]


def _has_names(fit: Any) -> bool:
    """Say whether the fit names its variance components."""
    return isinstance(getattr(fit, "vcomp", None), pd.Series)


def _share(between: ArrayLike, within: ArrayLike) -> np.ndarray:
    """Return between / (between + within)."""
    between = np.asarray(between, dtype=float)
    total = between + within
    if np.any(total == 0):
        raise ValueError("both variances are 0: there is no variance to share out")
    return between / total
