"""A REML fit and a posterior of the same model, side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.result import LmmResult

from .posterior import GridPosterior


@guarded(fit=guard.fitted, posterior=guard.made_by("GridPosterior", "grid_posterior"))
def beside_reml(fit: LmmResult, posterior: GridPosterior) -> pd.DataFrame:
    """Estimates with 95 % confidence intervals beside posterior means with credible intervals.

    The intervals of the fit are those of `conf_int` for fixed effects (t with Satterthwaite's
    degrees of freedom); for the two SDs `profile_intervals`, which are of the ML deviance and with
    few groups narrower than REML's own (`criterion_profile`).

    Parameters
    ----------
    fit : LmmResult
        A random-intercept model of one grouping.
    posterior : GridPosterior
        Of the same model.

    Returns
    -------
    DataFrame
        Rows: fixed effects, tau, sigma. Columns: ("REML", estimate, lower, upper) and
        ("posterior", mean, lower, upper).

    Raises
    ------
    ValueError
        If `fit` and `posterior` are not of the same fixed effects.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, grid_posterior, load_data
    >>> model = "Yield ~ 1", load_data("dyestuff"), "Batch"
    >>> table = beside_reml(fit_lmm(*model), grid_posterior(*model))
    >>> table.loc["tau", [("REML", "estimate"), ("posterior", "mean")]].round(1).tolist()
    [42.0, 58.7]
    """
    names = list(posterior.names)
    if list(fit.params.index) != names or not isinstance(fit.cov_re, pd.DataFrame):
        raise ValueError(
            f"fit has the fixed effects {', '.join(map(str, fit.params.index))[:200]}, posterior "
            f"{', '.join(names)[:200]}: give both the same formula and one grouping"
        )
    own, sds = fit.conf_int(), fit.profile_intervals
    rows = [(fit.params[name], *own.loc[name, ["lower", "upper"]]) for name in names]
    rows.append((np.sqrt(fit.cov_re.iloc[0, 0]), *sds.loc["sd(Intercept)"]))
    rows.append((np.sqrt(fit.sigma2), *sds.loc["sd(residual)"]))
    index = [*names, "tau", "sigma"]
    reml = pd.DataFrame(rows, index, ["estimate", "lower", "upper"], dtype=float)
    post = posterior.table().loc[index, ["mean", "lower", "upper"]]
    return pd.concat({"REML": reml, "posterior": post}, axis=1)
