"""Simple slopes: the expected slope of a level-1 predictor at chosen values of the moderators."""

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_number
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.new_rows import design_for
from hlm_teach.lmm.result import LmmResult


@guarded(fit=guard.fitted, x=guard.text(), at=guard.table_of_columns, level=guard.level)
def simple_slopes(fit: LmmResult, x: str, at: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    r"""Expected slope of `x` at each row of `at`, with pointwise intervals.

    The slope is c'γ, c the row of the design at x = 1 less the row at x = 0, so that all terms
    in which x occurs are counted; its standard error is √(c'·Cov(γ̂)·c) and the interval uses t
    with Satterthwaite degrees of freedom. x must enter the model linearly.

    .. math:: \hat\gamma_{10} + \hat\gamma_{11} w \pm t\,
              \sqrt{\operatorname{Var}(\hat\gamma_{10}) +
              2w \operatorname{Cov}(\hat\gamma_{10}, \hat\gamma_{11}) +
              w^2 \operatorname{Var}(\hat\gamma_{11})}

    Parameters
    ----------
    fit : LmmResult
        From `fit_lmm`, with one grouping factor.
    x : str
        The level-1 predictor, a column of the data.
    at : DataFrame
        Values of all other predictors in the formula, one row a slope.
    level : float
        Of each interval by itself (pointwise, not for the whole band at once).

    Returns
    -------
    DataFrame
        `at` with the columns ``slope``, ``se``, ``df``, ``lower``, ``upper``.

    Raises
    ------
    TypeError, ValueError
        If `fit` is no `LmmResult`, a predictor is missing from `at`, or x is not linear.

    References
    ----------
    Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression.
    Multivariate Behavioral Research, 40(3), 373-400, doi:10.1207/s15327906mbr4003_5.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("math ~ ses_within * catholic", load_data("hsb"), "school", "1 + ses_within")
    >>> sectors = pd.DataFrame({"catholic": [0, 1]})
    >>> simple_slopes(fit, "ses_within", sectors)["slope"].round(2).tolist()
    [2.8, 1.46]
    """
    if not isinstance(fit, LmmResult):
        raise TypeError(f"fit must be a result of fit_lmm, not {type(fit).__name__}")
    half = (1 + check_number(level, "level", low=0, high=1)) / 2
    rows = [design_for(fit.frame, at.assign(**{x: value}))[0] for value in (0.0, 1.0, 2.0)]
    contrasts = np.asarray(rows[1] - rows[0], dtype=float)
    if not np.allclose(rows[2] - rows[1], contrasts):
        raise ValueError(
            f"x={x!r} does not enter the formula {fit.frame.formula!r} linearly: "
            "its slope is not one number"
        )
    if not np.abs(contrasts).any():
        raise ValueError(f"x={x!r} is not a predictor of {fit.frame.formula!r}")
    slope = contrasts @ fit.params.to_numpy()
    se = np.sqrt(np.einsum("rk,kl,rl->r", contrasts, fit.cov_params.to_numpy(), contrasts))
    df = np.array([fit.df_of(c) for c in contrasts])
    reach = stats.t.ppf(half, df) * se
    return at.assign(slope=slope, se=se, df=df, lower=slope - reach, upper=slope + reach)
