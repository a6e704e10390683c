"""Cluster-robust standard errors for the fixed effects of a fitted multilevel model.

The coefficients stay those of the multilevel model. Their variance is estimated from how residuals
of whole groups vary, whatever the true variances and correlations within groups are. For ordinary
regression it is `cluster_robust`.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.redrawn import engine_of
from hlm_teach.lmm.residuals import StructuredResiduals
from hlm_teach.lmm.result import LmmResult

from .cluster_robust import cluster_robust


@guarded(fit=guard.fitted, correction=guard.one_of("CR0", "CR1", "CR2"))
def robust_se(fit: LmmResult, *, correction: str = "CR2") -> pd.DataFrame:
    r"""Standard errors that hold if the model's variances are wrong and groups are many.

    With :math:`V_j = Z_jGZ_j' + \sigma^2 I` the estimates are ordinary regression of the rows
    :math:`V_j^{-1/2}y_j` on :math:`V_j^{-1/2}X_j`, and `cluster_robust` is applied to these.

    .. math:: \hat V = M \Big(\sum_j X_j'V_j^{-1} \hat r_j \hat r_j' V_j^{-1}X_j\Big) M, \quad
              M = (X'V^{-1}X)^{-1},\ \hat r_j = y_j - X_j\hat\gamma \quad \text{(CR0)}

    They mend standard errors only. A wrong shape of the mean, a predictor that goes with the
    groups' effects, and estimates of variances stay as they are.

    Returns
    -------
    DataFrame
        One row a fixed effect: ``estimate``, ``SE`` (the model's), ``robust SE``, ``df``, ``lower``,
        ``upper`` (95 %, robust), ``p``.

    Raises
    ------
    ValueError
        If the fit has several groupings, or residuals with memory or unequal variances.

    References
    ----------
    Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
    estimation and hypothesis testing in fixed effects models. Journal of Business & Economic
    Statistics, 36(4), 672-683, doi:10.1080/07350015.2016.1247004.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("math ~ ses_within", load_data("hsb"), "school")
    >>> robust_se(fit)[["SE", "robust SE"]].round(3).loc["ses_within"].to_list()
    [0.109, 0.13]
    """
    engine = engine_of(fit)
    if isinstance(engine, StructuredResiduals):
        raise ValueError(
            f"fit has {fit.frame.residual.words}: robust standard errors are computed with "
            "independent residuals of one variance only"
        )
    x, y = fit.frame.fixed.to_numpy(), fit.frame.outcome.to_numpy()
    rows = np.column_stack([x, y - x @ fit.params.to_numpy()])
    white = _whitened(rows, engine.term.design.to_numpy(), engine.codes, fit)
    found = cluster_robust(white[:, -1], white[:, :-1], engine.codes, correction=correction)
    se, half = found.bse[0], stats.t.ppf(0.975, found.df) * found.bse[0]
    return pd.DataFrame(
        {
            "estimate": fit.params,
            "SE": fit.bse,
            "robust SE": se,
            "df": found.df,
            "lower": fit.params - half,
            "upper": fit.params + half,
            "p": 2 * stats.t.sf(np.abs(fit.params / se), found.df),
        }
    )


def _whitened(rows: Array, z: Array, codes: NDArray[np.integer], fit: LmmResult) -> Array:
    """V_j^(-1/2) times the rows of each group, V relative to σ²."""
    values, vectors = np.linalg.eigh(fit.cov_re.to_numpy() / fit.sigma2)
    load = z @ vectors * np.sqrt(np.maximum(values, 0.0))
    white = np.empty_like(rows)
    for j in range(codes.max() + 1):
        own = np.flatnonzero(codes == j)
        u, d, _ = np.linalg.svd(load[own], full_matrices=False)
        shrink = 1 - 1 / np.sqrt(1 + d**2)
        white[own] = rows[own] - u * shrink @ (u.T @ rows[own])
    return white
