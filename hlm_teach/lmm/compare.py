"""Models side by side in one table, the ladder: log-likelihood, AIC, BIC."""

from __future__ import annotations

import pandas as pd

from .comparable import check_same_scale, model_of
from .result import LmmResult


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
    if names is not None and (
        not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names)
    ):
        raise TypeError(f"names must be a list of names, one a fit, not {names!r}"[:300])
    if names is not None and len(names) != len(fits):
        raise ValueError(f"names has {len(names)} entries for {len(fits)} fits")
    for fit in fits:
        if not isinstance(fit, LmmResult):
            raise TypeError(f"compare takes results of fit_lmm, not {type(fit).__name__}")
        check_same_scale(model_of(fits[0], fits[0]), model_of(fit, fit))
    best = min(fit.aic for fit in fits)
    rows = [
        {
            "fixed": fit.frame.formula,
            "random": _random_text(fit),
            "parameters": fit.n_params,
            "logLik": round(fit.llf, 1),
            "AIC": round(fit.aic, 1),
            "BIC": round(fit.bic, 1),
            "ΔAIC": round(fit.aic - best, 1),
            "singular": fit.singular,
        }
        for fit in fits
    ]
    index = names or [f"model {i + 1}" for i in range(len(fits))]
    return pd.DataFrame(rows, index=pd.Index(index, name="REML" if fits[0].reml else "ML"))


def _random_text(fit: LmmResult) -> str:
    terms = [
        f"{term.formula} {'|' if term.correlated else '||'} {term.group}"
        for term in fit.frame.terms
    ]
    return ", ".join([*terms, fit.frame.residual.words]).removesuffix(", ")
