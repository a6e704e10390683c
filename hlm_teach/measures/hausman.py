"""Hausman's test: do two estimates of the same coefficients differ by more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from hlm_teach._shared.checks import shortened


@dataclass(frozen=True)
class HausmanTest:
    """Statistic, degrees of freedom and p-value of Hausman's test."""

    statistic: float
    df: int
    pvalue: float


def hausman(fixed: Any, random: Any, terms: str | Sequence[str]) -> HausmanTest:
    r"""Compare an estimate that holds under more conditions with one that is more precise.

    .. math:: H = d'\big(V_F - V_R\big)^{-1}d, \quad d = b_F - b_R, \qquad H \sim \chi^2_k

    for k coefficients that vary within groups. It holds if both models have the right variances
    (no memory, one residual variance) and random effects is efficient. Otherwise, and where
    V_F − V_R isn't positive definite, test the groups' means in Mundlak's model in its place.

    Parameters
    ----------
    fixed, random : fits
        Of `fit_lmm`, or of statsmodels (``smf.ols(…).fit()``): with dummies for groups, and with a
        random intercept.
    terms : str or list of str
        The coefficients to compare: those of predictors that vary within groups.

    Raises
    ------
    ValueError
        If a term is in only one of the fits, is named twice, or V_F − V_R isn't positive definite.

    References
    ----------
    Hausman, J. A. (1978). Specification tests in econometrics. Econometrica, 46(6), 1251-1271,
    doi:10.2307/1913827.

    Examples
    --------
    >>> import statsmodels.formula.api as smf
    >>> from hlm_teach import fit_lmm, load_data
    >>> firms = load_data("employment_uk")
    >>> fixed = smf.ols("log_emp ~ log_capital + C(firm)", firms).fit()
    >>> test = hausman(fixed, fit_lmm("log_emp ~ log_capital", firms, "firm"), "log_capital")
    >>> test.df, test.pvalue < 0.001
    (1, True)
    """
    names = _names(terms)
    _check_names(names, fixed, random)
    gap = np.array([fixed.params[name] - random.params[name] for name in names])
    spread = _covariance(fixed, names) - _covariance(random, names)
    if np.linalg.eigvalsh(spread).min() <= 0:
        raise ValueError(
            "fixed effects aren't less precise than random effects here, so Hausman's statistic isn't "
            "defined: test the groups' means in Mundlak's model (fit.joint_test) in its place"
        )
    statistic = float(gap @ np.linalg.solve(spread, gap))
    return HausmanTest(statistic, len(names), float(stats.chi2.sf(statistic, len(names))))


def _names(terms: Any) -> list[str]:
    """The names as a list."""
    names = [terms] if isinstance(terms, str) else terms
    if not isinstance(names, (list, tuple)) or not all(isinstance(one, str) for one in names):
        raise TypeError(
            f"terms={shortened(terms)}: the name of a coefficient is wanted, or a list of names"
        )
    return list(names)


def _check_names(names: list, fixed: Any, random: Any) -> None:
    for name in names:
        for words, fit in (("fixed", fixed), ("random", random)):
            if name not in getattr(fit, "params", ()):
                raise ValueError(
                    f"terms has {shortened(name)}, which isn't a coefficient of `{words}`: name "
                    "predictors that vary within groups and stand in both fits"
                )
    if not names or len(set(names)) < len(names):
        raise ValueError(f"terms={shortened(names)}: one coefficient or more, each named once")


def _covariance(fit: Any, names: list) -> np.ndarray:
    table = fit.cov_params() if callable(fit.cov_params) else fit.cov_params
    return table.loc[names, names].to_numpy()
