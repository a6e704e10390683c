"""Growth that is measured only as long as people stay: three estimates of one mean slope."""

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
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
    x, y, groups = (data[name].to_numpy() for name in ("x", "y", "group"))
    design = np.column_stack([np.ones(len(x)), x])
    coef, left = np.linalg.lstsq(design, y, rcond=None)[:2]
    s2 = left[0] / (len(x) - 2)
    found = [(coef[1], np.sqrt(s2 / np.sum((x - x.mean()) ** 2)))]
    for random_part in (design[:, :1], design):
        model = make_design(design, random_part, groups)
        fit = fit_profiled(model, make_response(model, y[None]))
        found.append((fit.params[0, 1], np.sqrt(fit.cov_params[0, 1, 1])))
    table = pd.DataFrame(found, index=pd.Index(ANALYSES, name="analysis"), columns=["slope", "se"])
    return table.assign(
        lower=table["slope"] - 1.96 * table["se"], upper=table["slope"] + 1.96 * table["se"]
    )


@guarded(data=guard.table_with("group", "x", numeric=("x", "y")))
def observed_means(data: pd.DataFrame) -> pd.DataFrame:
    """Mean of y and number of groups still there, at each x.

    >>> seen = pd.DataFrame({"group": [1, 1, 2], "x": [0, 1, 0], "y": [2.0, 4.0, 0.0]})
    >>> observed_means(seen).to_numpy().tolist()
    [[1.0, 2.0], [4.0, 1.0]]
    """
    return data.groupby("x")["y"].agg(["mean", "size"])
