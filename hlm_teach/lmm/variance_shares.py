"""How the variance of an outcome divides among the groupings and the residual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded

from .new_rows import design_for
from .protocols import Fit


def _rows(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A table, or a dict of columns."""
    if not isinstance(value, Mapping | pd.DataFrame):
        raise TypeError(f"{name} must be a DataFrame or a dict of columns, not {shortened(value)}")


@guarded(fit=guard.fitted, at=guard.optional(_rows))
def variance_shares(
    fit: Fit, at: pd.DataFrame | Mapping[str, Any] | None = None
) -> pd.Series | pd.DataFrame:
    r"""Share of each grouping, and of the residual, in the variance that predictors leave.

    .. math:: \rho_k(x) = \frac{z_k' G_k z_k}{\sum_l z_l' G_l z_l + \sigma^2}

    z_k holds the row's columns of term k: 1 for a random intercept, (1, x) for intercept and
    slope. With random slopes the shares depend on x, and so on where its zero lies.

    Parameters
    ----------
    fit
        A result of `fit_lmm`, with one grouping or several.
    at
        None: variances averaged over the rows of the data. A DataFrame: the shares of each of its
        rows. A dict of values, such as ``{"freq": [-0.5, 0.5]}``: the same.

    Returns
    -------
    Series or DataFrame
        One entry a grouping, then "residual"; they add up to 1. A DataFrame, one row a row of
        `at`, where that is given.

    Raises
    ------
    ValueError
        If `at` lacks a predictor of the model.

    Notes
    -----
    `LmmResult.share_intervals` has intervals, at one point and not averaged over the rows.

    In nested models a share is that of the level's own part: pupils of one class correlate by
    the shares of class and school together.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("diameter ~ 1", load_data("penicillin"), ["plate", "sample"])
    >>> variance_shares(fit).round(2).to_dict()
    {'plate': 0.15, 'sample': 0.79, 'residual': 0.06}

    References
    ----------
    Goldstein, Browne & Rasbash (2002), Understanding Statistics 1, 223-231.
    """
    if at is None:
        designs = {term.group: term.design.to_numpy() for term in fit.frame.terms}
    else:
        columns = (
            {} if isinstance(at, pd.DataFrame) else {k: np.atleast_1d(v) for k, v in at.items()}
        )
        try:
            rows = at if isinstance(at, pd.DataFrame) else pd.DataFrame(columns)
        except ValueError as error:
            raise ValueError("at holds columns of different lengths") from error
        designs = design_for(fit.frame, rows, "at")[1]
    parts = {
        group: np.einsum("ia,ab,ib->i", designs[group], g.to_numpy(), designs[group])
        for group, g in fit.cov_by_group.items()
    }
    if at is None:
        variances = pd.Series({group: part.mean() for group, part in parts.items()})
        variances["residual"] = fit.sigma2
        return variances / variances.sum()
    table = pd.DataFrame(parts, index=rows.index).assign(residual=fit.sigma2)
    return table.div(table.sum(axis=1), axis=0)
