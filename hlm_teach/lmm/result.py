"""`LmmResult`: a fitted linear mixed model and all that it can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import (
    check_bool,
    check_count,
    check_level,
    check_outcomes,
    check_rng,
    check_size,
    shortened,
)
from hlm_teach._shared.guard import guarded

from .estimates import unwrapped
from .fixed_effects import FixedEffects
from .prediction import predictions
from .profile import ProfiledDeviance
from .r_squared import r_squared as explained_variance
from .report import estimates_table, report_sentence
from .share_intervals import share_intervals
from .terms import VarianceParameter, parameter_name
from .to_statsmodels import genuine_result
from .variance_intervals import METHODS, variance_intervals


def _values(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """Values of predictors by name."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} must be a dict of values by column, not {shortened(value)}")


class LmmResult(FixedEffects):
    """A fitted linear mixed model. Variances are variances, on the data's scale.

    Attributes
    ----------
    params, bse : Series
        Fixed effects γ̂ and their standard errors, from σ²(X'V⁻¹X)⁻¹ at the optimum (`with_df`
        gives Kenward and Roger's).
    cov_re : DataFrame or dict of DataFrame
        G, the covariance matrix of the random effects; by grouping where there are several.
    vcomp : Series
        All variances: the diagonal of G; one per grouping factor where there are several.
    sigma2, llf, aic, bic : float
        Residual variance; log-likelihood (REML log-likelihood under REML) in lme4's convention;
        criteria that count fixed effects, (co)variances and σ², BIC with log N.
    reml, converged, singular : bool
        `singular`: G has lost rank (a variance of zero, a correlation of ±1), judged in units
        that do not change with those of the predictors.
    nobs, n_groups
        Rows used; groups (a dict with several factors).
    random_effects : DataFrame
        BLUPs, one row a group (a dict of them with several factors).
    notes : tuple of str
        What a reader must know about this fit, in plain sentences.
    """

    # ------------------------------------------------ random effects and variances

    @cached_property
    def random_effects_se(self) -> Any:
        """Conditional standard deviations of the random effects given the data and the estimated
        parameters (what lme4's ``ranef(condVar=TRUE)`` gives)."""
        return unwrapped(self._engine.random_effects_se())

    @cached_property
    def profiled_deviance(self) -> ProfiledDeviance:
        """The ML deviance in SDs, correlations and residual SD, whatever the fit's criterion."""
        return self._engine.profiled_deviance()

    @cached_property
    def criterion_profile(self) -> ProfiledDeviance:
        """The same with the fit's own criterion: the REML deviance of a REML fit."""
        if not self.reml:
            return self.profiled_deviance
        return self._engine.profiled_deviance(reml=True)

    @property
    def variance_parameters(self) -> tuple[VarianceParameter, ...]:
        """What the rows of `profile_intervals` are, as data."""
        return self.profiled_deviance.parameters

    @cached_property
    def profile_intervals(self) -> pd.DataFrame:
        """95 % profile-likelihood intervals of SDs, correlations and the residual SD.

        From the ML deviance, as in lme4's ``confint``, also for a model fitted by REML. Square
        the ends of an SD to have the interval of its variance. NaN beside a residual SD of zero.
        """
        profile = self.profiled_deviance
        names = [parameter_name(self.frame.terms, p) for p in profile.parameters]
        rows = [profile.interval(i, 0.95) for i in range(len(names))]
        return pd.DataFrame(rows, index=names, columns=["lower", "upper"])

    @guarded(method=guard.one_of(*METHODS), level=guard.level)
    def variance_intervals(self, method: str = "profile", level: float = 0.95) -> pd.DataFrame:
        """Intervals of all variances, the residual's last: estimate, lower, upper.

        Parameters
        ----------
        method
            "profile": from the ML deviance, the squared ends of `profile_intervals`. "wald-log":
            symmetric on the log scale; nan where a variance is estimated as zero.
        level
            Of the intervals.

        Examples
        --------
        >>> from hlm_teach import fit_lmm, load_data
        >>> fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch")
        >>> fit.variance_intervals("wald-log").round(0)
                   estimate   lower   upper
        Intercept    1764.0   359.0  8667.0
        residual     2451.0  1392.0  4316.0
        """
        return variance_intervals(self, method, level)

    @guarded(at=guard.optional(_values), level=guard.level)
    def share_intervals(
        self, at: Mapping[str, float] | None = None, level: float = 0.95
    ) -> pd.DataFrame:
        """How the variance of the outcome, given the fixed effects, divides among the groupings
        and the residual: variance, share, lower, upper.

        The intervals come from the profile of the share, all variances free to move with it, by
        the fit's own criterion.

        Parameters
        ----------
        at
            Values of the predictors that have random slopes, by the effects' names, e.g.
            ``{"Days": 3}``: the share depends on them.
        level
            Of the intervals.

        Examples
        --------
        >>> from hlm_teach import fit_lmm, load_data
        >>> fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch").share_intervals().round(2)
                  variance  share  lower  upper
        Batch      1764.05   0.42   0.07   0.82
        residual   2451.25   0.58   0.18   0.93

        References
        ----------
        Goldstein, H., Browne, W. & Rasbash, J. (2002). Partitioning variation in multilevel models.
        Understanding Statistics 1(4), 223-231, doi:10.1207/S15328031US0104_02.
        """
        return share_intervals(self, at, level)

    @cached_property
    def r2(self) -> pd.Series:
        """Marginal and conditional R² (see `r_squared`)."""
        by_column = self.frame.fixed.to_numpy() * self.params.to_numpy()
        fixed = float(np.var((by_column - by_column[0]).sum(axis=1), ddof=1))
        residual = float(self._engine.residual_variance(self.frame.data).mean())
        return pd.Series(explained_variance(fixed, self._engine.random_variance(), residual))

    # ------------------------------------------------ prediction

    @property
    def fittedvalues(self) -> pd.Series:
        """Fixed part plus BLUPs, row by row of the used data, under its own labels."""
        return self.predict(self.frame.data).set_axis(self.frame.index).rename("fitted")

    @property
    def resid(self) -> pd.Series:
        """Outcome minus `fittedvalues`."""
        return (self.frame.outcome.to_numpy() - self.fittedvalues).rename("residual")

    def predict(
        self,
        data: pd.DataFrame,
        *,
        known_groups: bool = True,
        memory: bool = False,
        interval: str | None = None,
        level: float = 0.95,
    ) -> pd.Series | pd.DataFrame:
        """Predictions for the rows of `data`.

        Parameters
        ----------
        data
            Rows with the model's predictors; groupings are needed for `known_groups` alone.
        known_groups
            True: fixed part plus BLUPs for groups that were fitted, fixed part for others.
            False: the fixed part for every row, as for members of new groups.
        memory
            True, with AR(1) or CAR(1) residuals: the forecast of a new outcome, which also uses
            what the residuals of its group remember at that time. False (as in nlme): the
            expected outcome of that group, whatever happened just before.
        interval
            None: a Series of predictions. "mean": also the interval of the expected outcome of
            that group (a new group's own expectation varies by G). "new": the interval of one
            new individual's outcome, residual variance included. Normal quantiles, the variances
            taken as known: too narrow with few groups.
        level
            Of that interval.

        Raises
        ------
        ValueError
            If a predictor is missing from `data`, or `interval` is unknown.
        """
        if not (interval is None or isinstance(interval, str) and interval in ("mean", "new")):
            raise ValueError(f"interval={shortened(interval)} must be None, 'mean' or 'new'")
        check_bool(known_groups, "known_groups")
        check_bool(memory, "memory")
        check_level(level)
        return predictions(
            self.frame,
            self._engine,
            data,
            known_groups=known_groups,
            memory=memory,
            interval=interval,
            level=level,
        )

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model: new random effects, new residuals."""
        check_rng(rng)
        return self._engine.simulate(check_size(n_replicates, "n_replicates", self.nobs), rng)

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) of this model, refitted to other outcomes (R, N)."""
        return self._engine.llf_of(check_outcomes(y, self.nobs))

    # ------------------------------------------------ reporting

    def table(self, digits: int = 3) -> pd.DataFrame:
        """All estimates, rounded, with 95 % intervals: Wald (t) for fixed effects, profile
        likelihood for variances (of SDs, squared) and correlations."""
        return estimates_table(self, check_count(digits, "digits", low=0))

    def report(self) -> str:
        """One or two sentences for a paper: estimates, intervals, variances, sizes, software."""
        return report_sentence(self)

    @cached_property
    def statsmodels(self) -> Any:
        """The genuine `MixedLMResults` of statsmodels at this optimum (which knows neither t
        nor adjusted standard errors)."""
        return genuine_result(replace(self, _df_method=None))
