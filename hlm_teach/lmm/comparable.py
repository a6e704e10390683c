"""Are these two fits comparable? What a comparison needs of a fit, and what it refuses.

`check_same_scale` is for AIC and BIC (compare.py), `check_comparable`, `added_random_effects` and
`check_residuals` for tests of nested models (likelihood_ratio.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array

from .residual_spec import PLAIN, ResidualSpec
from .result import LmmResult
from .terms import RandomTerm


@dataclass(frozen=True)
class Model:
    """What a comparison needs of a fit, whether it has random effects or not."""

    x: Array
    y: Array
    llf: float
    n_params: int
    reml: bool
    terms: tuple[RandomTerm, ...]
    fit: Any
    n_groups: int
    residual: ResidualSpec = PLAIN

    def simulate(self, size: int, rng: np.random.Generator) -> Array:
        if self.terms:
            return self.fit.simulate(size, rng)
        noise = np.sqrt(self.fit.mse_resid) * rng.standard_normal((size, len(self.y)))
        return np.asarray(self.fit.fittedvalues) + noise

    def llf_of(self, y: Array) -> Array:
        if self.terms:
            return self.fit.llf_of(y)
        return _ols_llf(self.x, y, self.reml)


def model_of(fit: LmmResult | Any, other: LmmResult) -> Model:
    if isinstance(fit, LmmResult):
        return Model(
            fit.frame.fixed.to_numpy(),
            fit.frame.outcome.to_numpy(),
            fit.llf,
            fit.n_params,
            fit.reml,
            fit.frame.terms,
            fit,
            min(fit.levels_by_group.values()),
            fit.frame.residual,
        )
    if not (hasattr(fit, "model") and hasattr(fit, "mse_resid") and isinstance(other, LmmResult)):
        raise TypeError(
            "reduced and full must be results of fit_lmm (reduced may be a fitted "
            f"smf.ols), not {type(fit).__name__}"
        )
    _check_is_ols(fit)
    x, y = np.asarray(fit.model.exog, float), np.asarray(fit.model.endog, float)
    return Model(
        x, y, float(_ols_llf(x, y[None], other.reml)[0]), x.shape[1] + 1, other.reml, (), fit, 0
    )


def _check_is_ols(fit: Any) -> None:
    """A weighted regression, or one whose errors hang together, has another likelihood."""
    kind = type(fit.model).__name__
    if kind != "OLS":
        raise TypeError(
            f"reduced is a {kind} regression; only ordinary least squares, smf.ols(…).fit(), is "
            "contained in a mixed model"
        )


def _ols_llf(x: Array, y: Array, reml: bool) -> Array:
    """(Restricted) log-likelihoods (R,) of ordinary regression."""
    q, r = np.linalg.qr(x)
    dof = len(x) - x.shape[1] * reml
    rss = np.sum((y - (y @ q) @ q.T) ** 2, axis=1)
    penalty = 2 * np.log(np.abs(np.diag(r))).sum() if reml else 0.0
    return -0.5 * (dof * (1 + np.log(2 * np.pi * rss / dof)) + penalty)


# ---------------------------------------------------------------- may these be compared?


def check_comparable(small: Model, large: Model) -> None:
    if len(small.y) != len(large.y) or not np.allclose(small.y, large.y, rtol=1e-12, atol=0):
        raise ValueError(
            f"the two fits use different data ({len(small.y)} and {len(large.y)} rows): fit both "
            "to the same rows of the same outcome (missing values may have dropped some)"
        )
    if small.reml != large.reml:
        raise ValueError("one fit is by REML, the other by ML: use the same criterion for both")
    if small.reml and not _same_columns(small.x, large.x):
        raise ValueError(
            "REML likelihoods of different fixed parts are not comparable (REML removes the fixed "
            "part before it looks at the data, and these removed different things): fit both with "
            "reml=False"
        )
    if not _contains(large.x, small.x):
        raise ValueError(
            "the fixed part of `reduced` is not contained in that of `full`: a "
            "likelihood-ratio test needs nested models; compare() shows AIC and BIC"
        )
    if small.n_params >= large.n_params:
        raise ValueError(
            "`reduced` has no fewer parameters than `full`: nothing is tested "
            "(are the two in the wrong order?)"
        )


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


def added_random_effects(small: Model, large: Model) -> int:
    """How many more random effects (variances) has the full model?

    Raises
    ------
    ValueError
        If the random part of the reduced model is not contained in that of the full one.
    """
    wrong = ValueError(
        "the random part of `reduced` is not contained in that of `full`: a "
        "likelihood-ratio test needs nested models; compare() shows AIC and BIC"
    )
    wider = {term.group: term for term in large.terms}
    for term in small.terms:
        if term.group not in wider:  # the same grouping under another name?
            same = [t for t in large.terms if _same_partition(t.labels, term.labels)]
            if not same:
                raise wrong
            wider[term.group] = same[0]
        if not _same_partition(wider[term.group].labels, term.labels):
            raise ValueError(
                f"the two fits take {term.group!r} from different data: rows that are one group "
                "in `reduced` are not one in `full`; fit both to the same table"
            )
        if not _term_contains(wider[term.group], term):
            raise wrong
    return sum(len(t.effects) for t in large.terms) - sum(len(t.effects) for t in small.terms)


def _same_partition(a: pd.Series, b: pd.Series) -> bool:
    """Are the same rows together, whatever the labels?"""
    first, second = pd.factorize(a.to_numpy())[0], pd.factorize(b.to_numpy())[0]
    return bool(np.array_equal(first, second))


def _term_contains(large: RandomTerm, small: RandomTerm) -> bool:
    """Is every covariance matrix of the small term one that the large term can have?"""
    if not _contains(large.design.to_numpy(), small.design.to_numpy()):
        return False
    if large.correlated:
        return True
    return set(small.effects) <= set(large.effects) and (
        len(small.effects) == 1 or not small.correlated
    )


def check_residuals(small: Model, large: Model) -> bool:
    """Is something of the residuals tested?

    Raises
    ------
    ValueError
        If the residuals of the reduced model are not contained in those of the full one.
    """
    few, many = small.residual, large.residual
    same_memory = (few.memory, few.time) == (many.memory, many.time)
    if not (same_memory or few.memory == "independent") or few.column not in (None, many.column):
        raise ValueError(
            f"the residuals of `reduced` ({few.words or 'independent'}) are not contained in "
            f"those of `full` ({many.words or 'independent'}): a likelihood-ratio test needs "
            "nested models; compare() shows AIC and BIC"
        )
    return few != many


def check_same_scale(first: Model, other: Model) -> None:
    if len(first.y) != len(other.y) or not np.allclose(first.y, other.y, rtol=1e-12, atol=0):
        raise ValueError("the fits use different data: fit all to the same rows and outcome")
    if first.reml != other.reml:
        raise ValueError("some fits are by REML, some by ML: use one criterion for all")
    if first.reml and not _same_columns(first.x, other.x):
        raise ValueError(
            "criteria of REML fits with different fixed parts are not on one scale: "
            "fit all with reml=False"
        )
