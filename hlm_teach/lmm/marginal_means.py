"""Marginal means of a factor, and differences between them.

A marginal mean is what the model predicts for a level of the factor on a *reference grid*: every
combination of the other factors' levels counts the same, however many rows have it, and covariates
stand at their means. It answers "what if the groups differed in nothing else?", not "what was the
mean of those who were at this level?". The rules are those of R's emmeans: a predictor is a factor
if it is text, categorical or logical, stands in C(…), or has only two values; everything else is a
covariate.

Each mean is a contrast l'γ̂ of the fixed effects, l the mean of the grid's rows of X. So its standard
error is √(l'Φl), and its degrees of freedom are those of the fit's method.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array, quadratic_forms
from hlm_teach._shared.checks import is_name, shortened
from hlm_teach._shared.guard import guarded

from .df_methods import METHODS
from .reference_grid import level_rows
from .result import LmmResult

ADJUSTMENTS = ("none", "holm", "tukey")


def _name(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A column's name."""
    if not is_name(value):
        raise TypeError(f"{name} must be a column's name, not {shortened(value)}")


def _values(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """Values of predictors by name."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict of values by column, not {shortened(value)}")


@guarded(
    fit=guard.fitted,
    factor=_name,
    at=guard.optional(_values),
    df=guard.optional(guard.one_of(*METHODS)),
    level=guard.level,
)
def marginal_means(
    fit: LmmResult,
    factor: str,
    at: Mapping[str, Any] | None = None,
    df: str | None = None,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Expected outcome at each level of a factor, other factors weighed equally, covariates at
    their means.

    Parameters
    ----------
    fit
        From `fit_lmm`.
    factor
        A column of the fixed effects that holds text, categories or two values.
    at
        Values to hold other predictors at, e.g. ``{"age": 40, "sex": "f"}``.
    df
        "satterthwaite", "kenward-roger" or "normal"; None: the fit's own method (Satterthwaite,
        unless `LmmResult.with_df` changed it).
    level
        Of the intervals, estimate ± t × se.

    Returns
    -------
    DataFrame
        One row a level: estimate, se, df, lower, upper.

    Raises
    ------
    ValueError
        If `factor` is no factor of the fixed effects, or `at` names something else.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("log_los ~ admission", load_data("medpar"), "hospital")
    >>> marginal_means(fit, "admission").round(2)
               estimate    se      df  lower  upper
    admission
    elective       1.86  0.04   28.82   1.78   1.94
    urgent         2.10  0.06  154.44   1.98   2.22
    emergency      2.22  0.11  161.42   2.01   2.43

    References
    ----------
    Searle, S. R., Speed, F. M. & Milliken, G. A. (1980). Population marginal means in the linear
    model: an alternative to least squares means. The American Statistician 34(4), 216-221.
    """
    fit = fit if df is None else fit.with_df(df)
    levels, rows = level_rows(fit.frame, factor, at)
    table = _estimates(fit, rows, pd.Index(levels, name=factor))
    half = stats.t.ppf((1 + level) / 2, table["df"]) * table["se"]
    return table.assign(lower=table["estimate"] - half, upper=table["estimate"] + half)


@guarded(
    fit=guard.fitted,
    factor=_name,
    adjust=guard.one_of(*ADJUSTMENTS),
    at=guard.optional(_values),
    df=guard.optional(guard.one_of(*METHODS)),
    level=guard.level,
)
def contrasts(
    fit: LmmResult,
    factor: str,
    against: Any = "pairs",
    adjust: str = "holm",
    *,
    at: Mapping[str, Any] | None = None,
    df: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Differences between a factor's marginal means.

    Parameters
    ----------
    fit, factor
        A result of `fit_lmm`, and a factor of its formula.
    against
        "pairs": every level against every later one. A level: every other level against it.
    adjust
        "none": each p alone. "holm": Holm's step-down p-values, for any set of contrasts.
        "tukey": the studentised range of all pairs, :math:`P(Q_{J,\nu} > \sqrt 2\,|t|)`; exact for
        means of equal precision, an approximation (Tukey & Kramer) otherwise.
    at, df
        As in `marginal_means`.
    level
        Of the intervals: Tukey's where adjust="tukey"; otherwise of each contrast alone, since
        Holm's p-values have no intervals of their own.

    Returns
    -------
    DataFrame
        One row a contrast, named "a - b": estimate, se, df, t, pvalue, lower, upper.

    Raises
    ------
    ValueError
        As `marginal_means`; or if `against` is no level, or Tukey is asked for anything but pairs.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("log_los ~ admission", load_data("medpar"), "hospital")
    >>> contrasts(fit, "admission")[["estimate", "se", "pvalue"]].round(4)
                          estimate      se  pvalue
    elective - urgent      -0.2402  0.0635  0.0005
    elective - emergency   -0.3564  0.1080  0.0022
    urgent - emergency     -0.1161  0.1187  0.3289

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 65-70. Kramer, C. Y. (1957). Extension of multiple range tests to group
    correlated adjusted means. Biometrics 13, 13-18.
    """
    _check_adjust(adjust, against)
    fit = fit if df is None else fit.with_df(df)
    levels, rows = level_rows(fit.frame, factor, at)
    pairs = _pairs(levels, against, factor)
    difference = np.array([rows[a] - rows[b] for a, b in pairs])
    names = [f"{levels[a]} - {levels[b]}" for a, b in pairs]
    table = _estimates(fit, difference, pd.Index(names))
    table["t"] = table["estimate"] / table["se"]
    table["pvalue"] = _adjusted_p(table, adjust, len(levels))
    half = _quantile(table["df"].to_numpy(), adjust, len(levels), level) * table["se"]
    return table.assign(lower=table["estimate"] - half, upper=table["estimate"] + half)


def _estimates(fit: LmmResult, rows: Array, index: pd.Index) -> pd.DataFrame:
    """Estimate, standard error and degrees of freedom of l'γ̂, l in rows."""
    variance = quadratic_forms(rows, fit.cov_params.to_numpy())
    return pd.DataFrame(
        {
            "estimate": rows @ fit.params.to_numpy(),
            "se": np.sqrt(variance),
            "df": [fit.df_of(row) for row in rows],
        },
        index=index,
    )


# ---------------------------------------------------------------- several comparisons


def _check_adjust(adjust: str, against: Any) -> None:
    if adjust not in ADJUSTMENTS:
        raise ValueError(f"adjust={adjust!r} must be one of {', '.join(map(repr, ADJUSTMENTS))}")
    if adjust == "tukey" and not (isinstance(against, str) and against == "pairs"):
        raise ValueError(
            f"adjust='tukey' is made for all pairs; against={shortened(against)} is another family: "
            "use adjust='holm'"
        )


def _pairs(levels: list, against: Any, factor: str) -> list[tuple[int, int]]:
    if isinstance(against, str) and against == "pairs":
        return list(itertools.combinations(range(len(levels)), 2))
    if not np.isscalar(against) or against not in levels:
        raise ValueError(
            f"against={shortened(against)} must be 'pairs' or a level of {factor!r}: "
            f"{', '.join(map(str, levels))}"
        )
    reference = levels.index(against)
    return [(i, reference) for i in range(len(levels)) if i != reference]


def _adjusted_p(table: pd.DataFrame, adjust: str, n_levels: int) -> Array:
    t, df = np.abs(table["t"].to_numpy()), table["df"].to_numpy()
    if adjust == "tukey":
        return stats.studentized_range.sf(np.sqrt(2) * t, n_levels, df)
    p = 2 * stats.t.sf(t, df)
    return holm(p) if adjust == "holm" else p


def _quantile(df: Array, adjust: str, n_levels: int, level: float) -> Array:
    if adjust == "tukey":
        return stats.studentized_range.ppf(level, n_levels, df) / np.sqrt(2)
    return stats.t.ppf((1 + level) / 2, df)


def holm(pvalues: Array) -> Array:
    """Holm's adjusted p-values: the i-th smallest of m times (m − i + 1), never falling, at most 1.

    Examples
    --------
    >>> import numpy as np
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2)
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(pvalues)
    steps = np.maximum.accumulate(pvalues[order] * np.arange(len(pvalues), 0, -1))
    adjusted = np.empty(len(pvalues))
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted
