"""Fixed effects of a fit: standard errors, degrees of freedom, tests and intervals."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_floats, check_level
from hlm_teach._shared.guard import guarded

from .df_methods import Satterthwaite, df_method
from .estimates import Estimates
from .joint_tests import JointTest, joint_test, term_tests
from .protocols import DfMethod

# computed once and the same whatever the method of `with_df`
_OF_ANY_METHOD = {
    "random_effects",
    "notes",
    "profiled_deviance",
    "criterion_profile",
    "profile_intervals",
    "r2",
}


class FixedEffects(Estimates):
    """What a fit says of its fixed effects, by one of three methods (`with_df`)."""

    @property
    def cov_params(self) -> pd.DataFrame:
        """Covariance matrix of the fixed effects: σ²(X'V⁻¹X)⁻¹, under Kenward and Roger adjusted
        for what the estimation of the variances adds."""
        return pd.DataFrame(self.df_method.cov_params, self.params.index, self.params.index)

    @property
    def df_method(self) -> DfMethod:
        """How fixed effects are tested (see `with_df`)."""
        return self._df_method or self._satterthwaite

    @cached_property
    def _satterthwaite(self) -> DfMethod:
        return Satterthwaite(self._engine)

    @guarded(method=guard.text(40), max_minutes=guard.number(low=0))
    def with_df(self, method: str, *, max_minutes: float = 2.0) -> Self:
        """The same fit with its fixed effects tested in another way.

        `bse`, `df`, `pvalues`, `conf_int`, `joint_test`, `term_tests`, `table`, `report` and
        whatever is computed from them follow.

        Parameters
        ----------
        method
            "satterthwaite": t with Satterthwaite's degrees of freedom, as every fit has it at
            first. "kenward-roger": standard errors and degrees of freedom adjusted for the
            estimation of the variances (REML only). "normal": z, the variances taken as known.
        max_minutes
            Kenward and Roger with several large crossed groupings is refused, before it starts,
            if it is estimated to take longer.

        Raises
        ------
        ValueError
            For another method, or where Kenward and Roger's cannot be had.

        Examples
        --------
        >>> from hlm_teach import fit_lmm, load_data
        >>> fit = fit_lmm("Yield ~ 1", load_data("dyestuff2"), "Batch")
        >>> fit.df.round(1).item(), fit.with_df("kenward-roger").df.round(1).item()
        (29.0, 5.0)

        References
        ----------
        Kenward & Roger (1997), Biometrics 53, 983-997; see `kenward_roger` for the equations.
        """
        chosen = df_method(
            method, self._engine, self.frame, reml=self.reml, max_minutes=max_minutes
        )
        bse = pd.Series(np.sqrt(np.diag(chosen.cov_params)), self.params.index)
        result = replace(self, bse=bse, _df_method=chosen)
        vars(result).update({k: v for k, v in vars(self).items() if k in _OF_ANY_METHOD})
        return result

    @property
    def tvalues(self) -> pd.Series:
        """Estimate over standard error."""
        return self.params / self.bse

    @cached_property
    def df(self) -> pd.Series:
        """Degrees of freedom of each fixed effect: Satterthwaite's, unless `with_df` says
        otherwise."""
        return pd.Series(self.df_method.df_of(np.eye(len(self.params))), self.params.index)

    def df_of(self, contrast: Any) -> float:
        """Degrees of freedom of c'γ."""
        row = check_floats(contrast, "contrast")
        if row.shape != (len(self.params),):
            raise ValueError(
                f"contrast has shape {row.shape}; wanted {len(self.params)} numbers, one for each of "
                f"{', '.join(self.params.index)}"[:400]
            )
        return float(self.df_method.df_of(row[None])[0])

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p from t with `df` degrees of freedom."""
        return pd.Series(2 * stats.t.sf(np.abs(self.tvalues), self.df), self.params.index)

    @property
    def pvalues_z(self) -> pd.Series:
        """Two-sided p from the normal distribution, as statsmodels prints it."""
        return pd.Series(2 * stats.norm.sf(np.abs(self.tvalues)), self.params.index)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Wald intervals of the fixed effects: estimate ± t × standard error."""
        half = stats.t.ppf((1 + check_level(level)) / 2, self.df) * self.bse
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    def joint_test(self, terms: Any) -> JointTest:
        """F test of several fixed effects at once, by the fit's method.

        Parameters
        ----------
        terms
            A term of the formula ("admission", "sex:age": all its coefficients), a list of terms
            or coefficients, or a contrast matrix (ℓ, p), one contrast of `params` a row.

        Returns
        -------
        JointTest
            statistic, df_num, df_den, pvalue.

        Examples
        --------
        >>> from hlm_teach import fit_lmm, load_data
        >>> fit = fit_lmm("log_los ~ admission", load_data("medpar"), "hospital")
        >>> print(fit.joint_test("admission"))
        F(2, 376.1) = 11.29, p < 0.001 (satterthwaite)
        """
        return joint_test(self, terms)

    def term_tests(self) -> pd.DataFrame:
        """F tests of the formula's terms, each given all others: F, df_num, df_den, pvalue."""
        return term_tests(self)
