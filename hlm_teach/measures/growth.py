"""Growth that is measured only as long as people stay: three estimates of one mean slope."""

from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.optimum import fit_profiled
from hlm_teach.lmm.response import make_response

ANALYSES = ("ordinary regression", "random intercepts", "random slopes")


@guarded(data=guard.table_with("group", numeric=("x", "y")))
def growth_slopes(data: pd.DataFrame) -> pd.DataFrame:
    """The mean slope of y on x by ordinary regression, random intercepts and random slopes.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y.

    Returns
    -------
    DataFrame
        One row an analysis: ``slope``, ``se`` (by the analysis's own lights), ``lower``,
        ``upper`` (95 %, normal).

    Examples
    --------
    >>> from hlm_teach.simulate.growth import simulate_growth
    >>> patients = simulate_growth(n_patients=300, visits=range(9), tau11=0.03, dropout=0.1,
    ...                            dropout_slope=1.0, rng=np.random.default_rng(1))
    >>> growth_slopes(patients)["slope"].round(2).tolist()
    [-0.0, 0.1, 0.16]
    """
    if len(data) < 3 or data["x"].nunique() < 2:
        raise ValueError("data needs three rows or more, and an x that varies")
    slopes = three_slopes(*(data[name].to_numpy() for name in ("x", "y", "group")))
    return _with_ends(slopes, "slope")


def three_slopes(x: Array, y: Array, groups: Array) -> Array:
    """Slope and standard error, (3, 2), by each of `ANALYSES`; the arrays are not checked."""
    fits = _three_fits(np.column_stack([np.ones(len(x)), x]), y, groups)
    return np.array([(coef[1], np.sqrt(cov[1, 1])) for coef, cov in fits])


@guarded(data=guard.table_with("group", numeric=("x", "y", "arm")))
def arm_slopes(data: pd.DataFrame) -> pd.DataFrame:
    r"""Mean slopes of two randomised arms and their difference, by the same three analyses.

    All take the arms to be alike at x = 0, as randomisation has made them on average:
    E(y) = γ_00 + γ_10 x + δ x · arm.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y and arm, which is 0 or 1 and one value a group.

    Returns
    -------
    DataFrame
        One row an analysis: ``arm0`` and ``arm1``, the mean slopes, ``difference``, δ, its ``se``
        (by the analysis's own lights), ``lower``, ``upper`` (95 %, normal).

    Raises
    ------
    ValueError
        If arm has other values than 0 and 1, or not both, or changes within a group.

    References
    ----------
    Coffman, C. J., Edelman, D., & Woolson, R. F. (2016). To condition or not condition? Analysing
    'change' in longitudinal randomised controlled trials. BMJ Open, 6, e013096,
    doi:10.1136/bmjopen-2016-013096.

    Examples
    --------
    >>> from hlm_teach.simulate.trial import simulate_trial
    >>> trial = simulate_trial(n_per_arm=300, visits=range(9), tau11=0.03, dropout=0.08,
    ...                        steepness=(2, 0), rng=np.random.default_rng(1))
    >>> arm_slopes(trial)["difference"].round(2).tolist()  # the truth is 0
    [0.13, 0.1, 0.06]
    """
    if set(data["arm"].unique()) != {0, 1}:
        raise ValueError("data must hold 0 and 1 in its column arm, and nothing else")
    if data.groupby("group")["arm"].nunique().max() > 1:
        raise ValueError("data must hold one arm a group: here arm changes within groups")
    if data["x"].nunique() < 2:
        raise ValueError("data must hold two visits or more, so different values of x")
    x, y, groups, arm = (data[name].to_numpy() for name in ("x", "y", "group", "arm"))
    fits = _three_fits(np.column_stack([np.ones(len(x)), x, x * arm]), y, groups)
    differences = np.array([(coef[2], np.sqrt(cov[2, 2])) for coef, cov in fits])
    table = _with_ends(differences, "difference")
    table.insert(0, "arm0", [coef[1] for coef, _ in fits])
    table.insert(1, "arm1", table["arm0"] + table["difference"])
    return table


def _three_fits(design: Array, y: Array, groups: Array) -> list[tuple[Array, Array]]:
    """Coefficients and their covariances by each of `ANALYSES`; the slope is that of column 1."""
    coef, left = np.linalg.lstsq(design, y, rcond=None)[:2]
    s2 = left[0] / (len(y) - design.shape[1])
    found: list[tuple[Any, Any]] = [(coef, s2 * np.linalg.inv(design.T @ design))]
    for random_part in (design[:, :1], design[:, :2]):
        model = make_design(design, random_part, groups)
        fit = fit_profiled(model, make_response(model, y[None]))
        found.append((fit.params[0], fit.cov_params[0]))
    return found


def _with_ends(found: Array, name: str) -> pd.DataFrame:
    """Estimates and standard errors as a table, with 95 % intervals."""
    table = pd.DataFrame(found, index=pd.Index(ANALYSES, name="analysis"), columns=[name, "se"])
    return table.assign(
        lower=table[name] - 1.96 * table["se"], upper=table[name] + 1.96 * table["se"]
    )


@guarded(data=guard.table_with("group", "x", numeric=("x", "y")))
def observed_means(data: pd.DataFrame) -> pd.DataFrame:
    """Mean of y and number of groups still there, at each x.

    >>> seen = pd.DataFrame({"group": [1, 1, 2], "x": [0, 1, 0], "y": [2.0, 4.0, 0.0]})
    >>> observed_means(seen).to_numpy().tolist()
    [[1.0, 2.0], [4.0, 1.0]]
    """
    return data.groupby("x")["y"].agg(["mean", "size"])
