"""Comparing models: likelihood-ratio tests that know the boundary, and the ladder as one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .models import LmmResult

Array = NDArray[np.float64]

_FEW = 50      # below this many groups the asymptotic p-values are worth a warning


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
        row = {"D": round(self.statistic, 2), "df": self.df, "p naive": _p_text(self.p_naive),
               "p mixture": _p_text(self.p_mixture), "p bootstrap": _p_text(self.p_bootstrap)}
        return pd.DataFrame([row], index=pd.Index(["full against reduced"]))


def likelihood_ratio_test(reduced: LmmResult | Any, full: LmmResult, *, n_boot: int = 0,
                          rng: np.random.Generator | None = None) -> LikelihoodRatioTest:
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
    small, large = _model(reduced, full), _model(full, full)
    _check_comparable(small, large)
    added = _added_random_effects(small, large)
    statistic = max(2 * (large.llf - small.llf), 0.0)
    n_fixed = large.x.shape[1] - small.x.shape[1]
    df = large.n_params - small.n_params
    p_boot = _bootstrap(small, large, statistic, n_boot, rng) if n_boot else None
    return LikelihoodRatioTest(
        float(statistic), df, _chi2_p(statistic, [df]),
        _mixture_p(statistic, df, added), p_boot, n_boot,
        _notes(small, large, added, n_fixed, df))


@dataclass(frozen=True)
class _Model:
    """What a comparison needs of a fit, whether it has random effects or not."""

    x: Array
    y: Array
    llf: float
    n_params: int
    reml: bool
    groups: tuple[str, ...]
    z_names: tuple[str, ...]
    correlated: bool
    fit: Any
    n_groups: int

    def simulate(self, size: int, rng: np.random.Generator) -> Array:
        if self.groups:
            return self.fit.simulate(size, rng)
        noise = np.sqrt(self.fit.mse_resid) * rng.standard_normal((size, len(self.y)))
        return np.asarray(self.fit.fittedvalues) + noise

    def llf_of(self, y: Array) -> Array:
        if self.groups:
            return self.fit._engine.llf_of(y)
        return _ols_llf(self.x, y, self.reml)


def _model(fit: LmmResult | Any, other: LmmResult) -> _Model:
    if isinstance(fit, LmmResult):
        sizes = fit.n_groups if isinstance(fit.n_groups, dict) else {"": fit.n_groups}
        return _Model(fit.frame.fixed.to_numpy(), fit.frame.outcome.to_numpy(), fit.llf,
                      len(fit.params) + fit._engine.n_variance_params, fit.reml,
                      fit.frame.groups, tuple(fit.frame.random_design.columns), fit.correlated,
                      fit, min(sizes.values()))
    if not (hasattr(fit, "model") and hasattr(fit, "mse_resid") and isinstance(other, LmmResult)):
        raise TypeError("reduced and full must be results of fit_lmm (reduced may be a fitted "
                        f"smf.ols), not {type(fit).__name__}")
    x, y = np.asarray(fit.model.exog, float), np.asarray(fit.model.endog, float)
    return _Model(x, y, float(_ols_llf(x, y[None], other.reml)[0]), x.shape[1] + 1, other.reml,
                  (), (), True, fit, 0)


def _ols_llf(x: Array, y: Array, reml: bool) -> Array:
    """(Restricted) log-likelihoods (R,) of ordinary regression."""
    q, r = np.linalg.qr(x)
    dof = len(x) - x.shape[1] * reml
    rss = np.sum((y - (y @ q) @ q.T)**2, axis=1)
    penalty = 2 * np.log(np.abs(np.diag(r))).sum() if reml else 0.0
    return -0.5 * (dof * (1 + np.log(2 * np.pi * rss / dof)) + penalty)


# ---------------------------------------------------------------- may these be compared?


def _check_comparable(small: _Model, large: _Model) -> None:
    if len(small.y) != len(large.y) or not np.allclose(small.y, large.y, rtol=1e-12, atol=0):
        raise ValueError(
            f"the two fits use different data ({len(small.y)} and {len(large.y)} rows): fit both "
            "to the same rows of the same outcome (missing values may have dropped some)")
    if small.reml != large.reml:
        raise ValueError("one fit is by REML, the other by ML: use the same criterion for both")
    if small.reml and not _same_columns(small.x, large.x):
        raise ValueError(
            "REML likelihoods of different fixed parts are not comparable (REML removes the fixed "
            "part before it looks at the data, and these removed different things): fit both with "
            "reml=False")
    if not _contains(large.x, small.x):
        raise ValueError("the fixed part of `reduced` is not contained in that of `full`: a "
                         "likelihood-ratio test needs nested models; compare() shows AIC and BIC")
    if small.n_params >= large.n_params:
        raise ValueError("`reduced` has no fewer parameters than `full`: nothing is tested "
                         "(are the two in the wrong order?)")


def _same_columns(a: Array, b: Array) -> bool:
    """Are the columns the same, in any order?"""
    if a.shape != b.shape:
        return False
    return all(any(np.allclose(u, v, rtol=1e-10, atol=1e-12) for v in b.T) for u in a.T)


def _contains(large: Array, small: Array) -> bool:
    """Do the columns of `small` lie in the space of the columns of `large`?"""
    q, _ = np.linalg.qr(large)
    left = small - q @ (q.T @ small)
    return bool(np.all(np.linalg.norm(left, axis=0) <= 1e-8 * np.linalg.norm(small, axis=0)))


def _added_random_effects(small: _Model, large: _Model) -> int:
    """How many more random effects (variances) has the full model?

    Raises
    ------
    ValueError
        If the random part of the reduced model is not contained in that of the full one.
    """
    wrong = ValueError("the random part of `reduced` is not contained in that of `full`: a "
                       "likelihood-ratio test needs nested models; compare() shows AIC and BIC")
    if not set(small.groups) <= set(large.groups):
        raise wrong
    if len(large.groups) > 1 or not small.groups:
        return len(large.groups) * len(large.z_names) - len(small.groups)
    if not _contains(large.fit.frame.random_design.to_numpy(),
                     small.fit.frame.random_design.to_numpy()):
        raise wrong
    if not large.correlated and not set(small.z_names) <= set(large.z_names):
        raise wrong
    if len(small.z_names) > 1 and small.correlated and not large.correlated:
        raise wrong
    return len(large.z_names) - len(small.z_names)


# ---------------------------------------------------------------- p-values


def _chi2_p(statistic: float, dfs: list[int]) -> float:
    """Mean upper tail of χ² distributions with these degrees of freedom; 1 at statistic 0."""
    if statistic <= 0:
        return 1.0
    return float(np.mean([stats.chi2.sf(statistic, df) if df else 0.0 for df in dfs]))


def _mixture_p(statistic: float, df: int, added: int) -> float | None:
    """The 50:50 mixture of χ²_{df−1} and χ²_{df} for one added variance."""
    if added == 0:
        return None
    if added > 1:
        return 1.0 if statistic <= 0 else float("nan")
    return _chi2_p(statistic, [df - 1, df])


def _bootstrap(small: _Model, large: _Model, statistic: float, n_boot: int,
               rng: np.random.Generator | None) -> float:
    if not isinstance(rng, np.random.Generator):
        raise TypeError("n_boot needs rng, a numpy Generator, e.g. "
                        f"rng=numpy.random.default_rng(1), not {type(rng).__name__}")
    drawn = bootstrap_statistics(small, large, n_boot, rng)
    if statistic <= 0:
        return 1.0
    return float((1 + np.sum(drawn >= statistic)) / (n_boot + 1))


def bootstrap_statistics(reduced: Any, full: Any, n_boot: int,
                         rng: np.random.Generator) -> Array:
    """D of `n_boot` data sets drawn from the reduced fit, both models refitted to each."""
    small = reduced if isinstance(reduced, _Model) else _model(reduced, full)
    large = full if isinstance(full, _Model) else _model(full, full)
    step = max(1, 4_000_000 // len(small.y))
    parts = []
    for start in range(0, n_boot, step):
        y = small.simulate(min(step, n_boot - start), rng)
        parts.append(np.maximum(2 * (large.llf_of(y) - small.llf_of(y)), 0.0))
    return np.concatenate(parts)


# ---------------------------------------------------------------- words


def _notes(small: _Model, large: _Model, added: int, n_fixed: int, df: int) -> tuple[str, ...]:
    sentences = []
    if added == 1:
        sentences.append(
            f"One variance is tested, and it lies on the boundary under H0: p_mixture averages "
            f"χ² with {df - 1} and with {df} degrees of freedom; p_naive is too large.")
    elif added > 1:
        sentences.append(f"{added} variances are tested at once: no simple mixture holds "
                         "(p_mixture is nan); use n_boot.")
    elif n_fixed == 0:
        sentences.append("Only a covariance is tested, no variance: its null value lies inside "
                         "the parameter space and p_naive applies.")
    if n_fixed and large.n_groups < _FEW:
        sentences.append(f"Fixed effects tested by ML with {large.n_groups} groups: the test "
                         "rejects too often; prefer t with Satterthwaite degrees of freedom, or "
                         "n_boot.")
    if added and large.n_groups < _FEW:
        sentences.append(f"With {large.n_groups} groups more than half of the null distribution "
                         "sits at zero: p_mixture is still too large; n_boot is the referee.")
    if small.groups and small.fit.singular:
        sentences.append("The reduced fit is singular itself, so the mixture does not describe "
                         "the null distribution well.")
    return tuple(sentences)


def compare(*fits: LmmResult, names: list[str] | None = None) -> pd.DataFrame:
    """The ladder of models as one table, one row a fit.

    Columns: fixed and random part, number of parameters, log-likelihood, AIC, BIC, their
    distance to the smallest AIC, and whether the fit is singular.

    Raises
    ------
    ValueError
        For different data, a mix of REML and ML, or REML with different fixed parts.

    Examples
    --------
    >>> from hlm_teach import compare, fit_lmm, load_data
    >>> sleep = load_data("sleepstudy")
    >>> compare(fit_lmm("Reaction ~ 1", sleep, "Subject", reml=False),
    ...         fit_lmm("Reaction ~ Days", sleep, "Subject", reml=False))["AIC"].tolist()
    [1916.5, 1802.1]
    """
    if len(fits) < 2:
        raise ValueError("compare needs two fits or more")
    if names is not None and len(names) != len(fits):
        raise ValueError(f"names has {len(names)} entries for {len(fits)} fits")
    for fit in fits:
        if not isinstance(fit, LmmResult):
            raise TypeError(f"compare takes results of fit_lmm, not {type(fit).__name__}")
        _check_same_scale(_model(fits[0], fits[0]), _model(fit, fit))
    best = min(fit.aic for fit in fits)
    rows = [{"fixed": fit.frame.formula, "random": _random_text(fit),
             "parameters": len(fit.params) + fit._engine.n_variance_params,
             "logLik": round(fit.llf, 1), "AIC": round(fit.aic, 1), "BIC": round(fit.bic, 1),
             "ΔAIC": round(fit.aic - best, 1), "singular": fit.singular} for fit in fits]
    index = names or [f"model {i + 1}" for i in range(len(fits))]
    return pd.DataFrame(rows, index=pd.Index(index, name="REML" if fits[0].reml else "ML"))


def _check_same_scale(first: _Model, other: _Model) -> None:
    if len(first.y) != len(other.y) or not np.allclose(first.y, other.y, rtol=1e-12, atol=0):
        raise ValueError("the fits use different data: fit all to the same rows and outcome")
    if first.reml != other.reml:
        raise ValueError("some fits are by REML, some by ML: use one criterion for all")
    if first.reml and not _same_columns(first.x, other.x):
        raise ValueError("criteria of REML fits with different fixed parts are not on one scale: "
                         "fit all with reml=False")


def _random_text(fit: LmmResult) -> str:
    bar = "|" if fit.correlated else "||"
    return ", ".join(f"{fit.frame.random} {bar} {group}" for group in fit.frame.groups)


def _p_text(p: float | None) -> str:
    if p is None:
        return ""
    return "nan" if np.isnan(p) else "< 0.0001" if p < 0.0001 else f"{p:.4f}"
