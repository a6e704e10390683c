"""Kenward and Roger's tests in thousands of fits at once (kenward_roger.py says what they are)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_outcomes

from .design import Design, make_design
from .kenward_roger import Adjustment, adjustment, coefficient_df
from .many import check_design
from .optimum import ProfiledFit, fit_profiled
from .response import make_response
from .theta import lambda_
from .variance_pieces import two_level_pieces


@dataclass(frozen=True)
class KenwardRogerFits:
    """Fixed effects of R REML fits, tested as Kenward and Roger do.

    Attributes
    ----------
    params, bse, df : (R, p)
        Estimates, adjusted standard errors, degrees of freedom of t.
    singular : (R,) of bool
    """

    params: Array
    bse: Array
    df: Array
    singular: NDArray[np.bool_]

    def pvalues(self, null: float | ArrayLike = 0.0) -> Array:
        """Two-sided p (R, p) of γ = `null`; 1 where no t matches the moments."""
        t = np.abs(self.params - np.asarray(null)) / self.bse
        p = 2 * stats.t.sf(t, np.where(self.df > 0, self.df, np.nan))
        return np.nan_to_num(p, nan=1.0)


def adjusted_fits(design: Design, fit: ProfiledFit) -> Adjustment:
    """The adjustment of R REML fits, of β itself and for σ² = 1."""
    adjusted = adjustment(two_level_pieces(design, lambda_(design, fit.theta)))
    basis = np.asarray(np.linalg.inv(design.r_factor), float)
    return dataclasses.replace(adjusted, basis=basis)


def fit_many_kenward_roger(
    Y: ArrayLike, X: ArrayLike, groups: ArrayLike, random: str | int = "1"
) -> KenwardRogerFits:
    """Fit one two-level model by REML to R outcomes, with Kenward and Roger's standard errors and df.

    Parameters are those of `fit_many`; random effects may correlate.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not fit, missing values, or too few groups.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> groups = np.repeat(np.arange(12), 10)
    >>> x = np.column_stack([np.ones(120), groups % 2])
    >>> Y = rng.normal(size=(50, 12))[:, groups] + rng.normal(size=(50, 120))
    >>> fit_many_kenward_roger(Y, x, groups).df[:3, 1].round(6).tolist()
    [10.0, 10.0, 10.0]

    References
    ----------
    Kenward, M. G. & Roger, J. H. (1997). Small sample inference for fixed effects from restricted
    maximum likelihood. Biometrics 53, 983-997.
    """
    x, z, labels = check_design(X, groups, random)
    design = make_design(x, z, labels, correlated=True)
    response = make_response(design, check_outcomes(Y, len(x), "Y"))
    fit = fit_profiled(design, response, reml=True)
    adjusted = adjusted_fits(design, fit)
    variances = np.einsum("rkk->rk", adjusted.covariance)
    bse = np.sqrt(fit.sigma2[:, None] * variances)
    return KenwardRogerFits(fit.params, bse, coefficient_df(adjusted), fit.singular)
