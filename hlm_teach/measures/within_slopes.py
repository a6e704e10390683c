"""Fixed effects without dummies: slopes within groups, with usual and cluster-robust errors."""

from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import shortened
from hlm_teach._shared.guard import guarded

from .cluster_robust import cluster_robust


@guarded(data=guard.table, groups=guard.labels)
def within_slopes(formula: str, data: pd.DataFrame, groups: str) -> pd.DataFrame:
    r"""Slopes within groups: least squares on deviations from the groups' means.

    .. math:: y_{ij} - \bar y_j = (x_{ij} - \bar x_j)'\beta + (e_{ij} - \bar e_j)

    The estimates are those of ordinary regression with a dummy for each group. The usual standard
    error takes residuals as independent with one variance; the clustered one (CR2, groups as
    clusters) allows for memory, unequal variances and slopes that differ between groups.

    Parameters
    ----------
    formula : str
        Such as ``"y ~ x + C(year)"``, without the groups.
    data : DataFrame
        Rows with missing values are left out.
    groups : str
        Column of group labels.

    Returns
    -------
    DataFrame
        One row a term: estimate, SE (usual), clustered (the cluster-robust SE), df (of the clustered
        t, Bell & McCaffrey's), lower and upper (95 %, clustered).

    Raises
    ------
    ValueError
        If a term doesn't vary within groups, or terms are linearly dependent there.

    References
    ----------
    Pustejovsky, J. E., & Tipton, E. (2018). Journal of Business & Economic Statistics, 36(4),
    672-683, doi:10.1080/07350015.2016.1247004 (CR2 of fixed effects from the deviations).

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> table = within_slopes("log_emp ~ log_capital + C(year)", load_data("employment_uk"), "firm")
    >>> table.loc["log_capital", ["SE", "clustered"]].round(3).tolist()
    [0.021, 0.051]
    """
    data = data.reset_index(drop=True)
    model = _model(formula, data)
    labels = data.loc[model.data.row_labels, groups].to_numpy()
    x = pd.DataFrame(model.exog, columns=model.exog_names).drop(
        columns="Intercept", errors="ignore"
    )
    y = pd.Series(model.endog)
    if x.empty or not (np.abs(x.assign(_y=y)).to_numpy() < 1e100).all():
        raise ValueError(
            "data and formula give no predictor, or values that are infinite or beyond 1e100"
        )
    x_within, y_within = (table - table.groupby(labels).transform("mean") for table in (x, y))
    _check_variation(x, x_within, groups)
    robust = cluster_robust(y_within, x_within, labels)
    rest = y_within - x_within.to_numpy() @ robust.params[0]
    s2 = rest @ rest / (len(y) - len(np.unique(labels)) - x.shape[1])
    reach = stats.t.ppf(0.975, robust.df) * robust.bse[0]
    return pd.DataFrame(
        {
            "estimate": robust.params[0],
            "SE": np.sqrt(s2 * np.diag(np.linalg.inv(x_within.T @ x_within))),
            "clustered": robust.bse[0],
            "df": robust.df,
            "lower": robust.params[0] - reach,
            "upper": robust.params[0] + reach,
        },
        index=x.columns,
    )


def _model(formula: Any, data: pd.DataFrame) -> Any:
    """The regression without groups, or an error that names the formula."""
    if not isinstance(formula, str):
        raise TypeError(f"formula={shortened(formula)}: a text such as 'y ~ x' is wanted")
    try:
        model = smf.ols(formula, data)
        if np.ndim(model.endog) == 1 and len(model.endog):
            return model
        reason = "one outcome and some rows are wanted"
    except Exception as error:  # patsy and Python tell in many ways that a formula is none
        reason = shortened(str(error).splitlines()[0] if str(error) else type(error).__name__)
    raise ValueError(f"formula={shortened(formula)} can't be read: {reason}")


def _check_variation(x: pd.DataFrame, within: pd.DataFrame, groups: str) -> None:
    flat = [name for name in x if within[name].std() < 1e-9 * max(x[name].abs().max(), 1e-300)]
    if flat:
        raise ValueError(
            f"{flat[0]!r} doesn't vary within {groups}, so it has no slope there: leave it out, or use "
            "a mixed model"
        )
