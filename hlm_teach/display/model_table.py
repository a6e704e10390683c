"""Several fits side by side, as journals print them: `model_table`."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import shortened
from hlm_teach._shared.words import kind_of
from hlm_teach.lmm.result import LmmResult


def model_table(fits: Mapping[str, LmmResult], *, digits: int = 2) -> pd.DataFrame:
    """One column a model: fixed effects with standard errors in brackets, then the variances.

    Log-likelihoods and AIC are left out on purpose: fits by REML with different fixed parts can't
    be compared by them. One grouping factor.

    Parameters
    ----------
    fits : mapping
        Name → fit of `fit_lmm`, in the order of the columns.
    digits : int
        Decimals shown.

    Returns
    -------
    DataFrame
        Of text; empty where a model hasn't got the row.

    Raises
    ------
    TypeError, ValueError
        If `fits` isn't a mapping of such fits, or one has several grouping factors.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> sleep = load_data("sleepstudy")
    >>> fits = {"1": fit_lmm("Reaction ~ 1", sleep, "Subject"),
    ...         "2": fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")}
    >>> model_table(fits, digits=1).loc["Days"].tolist()
    ['', '10.5 (1.5)']
    """
    _check(fits, digits)
    columns = {name: _column(fit, digits) for name, fit in fits.items()}
    fixed = list(dict.fromkeys(term for fit in fits.values() for term in fit.params.index))
    seen = list(dict.fromkeys(row for column in columns.values() for row in column))
    variances = [row for row in seen if row not in fixed and row not in _LAST]
    order = [*fixed, *sorted(variances, key=_place), *_LAST]
    return pd.DataFrame(columns).reindex(order).fillna("")


_LAST = ("σ², residual", "groups J", "members N")


def _check(fits: object, digits: object) -> None:
    if not isinstance(fits, Mapping) or not fits:
        raise TypeError(f"fits must be a dict of fits by name, not {type(fits).__name__}")
    for name, fit in fits.items():
        if not isinstance(fit, LmmResult):
            raise TypeError(f"fits[{name!r}] must come from fit_lmm, not be {kind_of(fit)}")
        if isinstance(fit.cov_re, dict):
            raise ValueError(f"fits[{name!r}] has several grouping factors: one is wanted here")
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 10:
        raise ValueError(f"digits must be a whole number from 0 to 10, not {shortened(digits)}")


def _place(row: str) -> int:
    """Variances before covariances."""
    return int(row.startswith("covariance"))


def _column(fit: LmmResult, digits: int) -> dict[str, str]:
    """All rows of one fit."""
    rows = {
        term: f"{_signed(fit.params[term], digits)} ({fit.bse[term]:.{digits}f})"
        for term in fit.params.index
    }
    matrix, names = np.asarray(fit.cov_re), list(fit.cov_re.columns)
    for i, name in enumerate(names):
        rows[f"variance, {name}"] = f"{matrix[i, i]:.{digits}f}"
        for j in range(i):
            rows[f"covariance, {names[j]} and {name}"] = _signed(matrix[i, j], digits)
    last = (f"{fit.sigma2:.{digits}f}", f"{fit.n_groups:,}", f"{fit.nobs:,}")
    return rows | dict(zip(_LAST, last, strict=True))


def _signed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
