"""`LmmResult`: a fitted linear mixed model and all that it can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from .degrees_of_freedom import Curvature, satterthwaite
from .frame import ModelFrame, design_for
from .profile import profile_interval
from .r_squared import r_squared as explained_variance


@dataclass(frozen=True, eq=False, repr=False)
class LmmResult:
    """A fitted linear mixed model. Variances are variances, on the data's scale.

    Attributes
    ----------
    params, bse : Series
        Fixed effects γ̂ and their standard errors, from σ²(X'V⁻¹X)⁻¹ at the optimum.
    cov_re : DataFrame or None
        G, the covariance matrix of the random effects (one grouping factor).
    vcomp : Series
        One variance per grouping factor (several factors); the diagonal of G otherwise.
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

    frame: ModelFrame
    reml: bool
    correlated: bool
    _engine: Any = field(repr=False)
    params: pd.Series
    bse: pd.Series
    cov_re: pd.DataFrame | None
    vcomp: pd.Series
    sigma2: float
    llf: float
    aic: float
    bic: float
    converged: bool
    singular: bool
    nobs: int
    n_groups: int | dict[str, int]
    random_effects: pd.DataFrame | dict[str, pd.DataFrame]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"<LmmResult: {self.frame.formula} | {' + '.join(self.frame.groups)} "
            f"(random {self.frame.random}), {'REML' if self.reml else 'ML'}, "
            f"N = {self.nobs}, groups = {self.n_groups}, logLik = {self.llf:.2f}>"
        )

    # ------------------------------------------------ fixed effects

    @property
    def cov_params(self) -> pd.DataFrame:
        """Covariance matrix σ²(X'V⁻¹X)⁻¹ of the fixed effects."""
        return pd.DataFrame(self._engine.cov_params, self.params.index, self.params.index)

    @property
    def tvalues(self) -> pd.Series:
        """Estimate over standard error."""
        return self.params / self.bse

    @cached_property
    def df(self) -> pd.Series:
        """Satterthwaite degrees of freedom of each fixed effect."""
        return pd.Series(
            satterthwaite(self._curvature, np.eye(len(self.params)))[0], self.params.index
        )

    def df_of(self, contrast: Any) -> float:
        """Satterthwaite degrees of freedom of c'γ (see `satterthwaite`)."""
        return float(
            satterthwaite(self._curvature, np.atleast_2d(np.asarray(contrast, float)))[0, 0]
        )

    @cached_property
    def _curvature(self) -> Curvature:
        return self._engine.curvature()

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p from t with Satterthwaite degrees of freedom."""
        return pd.Series(2 * stats.t.sf(np.abs(self.tvalues), self.df), self.params.index)

    @property
    def pvalues_z(self) -> pd.Series:
        """Two-sided p from the normal distribution, as statsmodels prints it."""
        return pd.Series(2 * stats.norm.sf(np.abs(self.tvalues)), self.params.index)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Wald intervals of the fixed effects: estimate ± t × standard error."""
        half = stats.t.ppf((1 + level) / 2, self.df) * self.bse
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    # ------------------------------------------------ random effects and variances

    @cached_property
    def random_effects_se(self) -> pd.DataFrame | dict[str, pd.DataFrame]:
        """Conditional standard deviations of the random effects given the data and the estimated
        parameters (what lme4's ``ranef(condVar=TRUE)`` gives)."""
        return self._engine.random_effects_se()

    @cached_property
    def profile_intervals(self) -> pd.DataFrame:
        """95 % profile-likelihood intervals of SDs, correlations and the residual SD.

        From the ML deviance, as in lme4's ``confint``, also for a model fitted by REML. Square
        the ends of an SD to have the interval of its variance.
        """
        names, best, bounds, deviance = self._engine.profile_parameters()
        rows = [profile_interval(deviance, best, i, bounds, 0.95) for i in range(len(best))]
        return pd.DataFrame(rows, index=names, columns=["lower", "upper"])

    @cached_property
    def r2(self) -> pd.Series:
        """Marginal and conditional R² (see `r_squared`)."""
        by_column = self.frame.fixed.to_numpy() * self.params.to_numpy()
        fixed = float(np.var((by_column - by_column[0]).sum(axis=1), ddof=1))
        return pd.Series(explained_variance(fixed, self._engine.random_variance(), self.sigma2))

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
        interval: str | None = None,
        level: float = 0.95,
    ) -> pd.Series | pd.DataFrame:
        """Predictions for the rows of `data`.

        Parameters
        ----------
        known_groups
            True: fixed part plus BLUPs for groups that were fitted, fixed part for others.
            False: the fixed part for every row, as for members of new groups.
        interval
            None: a Series of predictions. "mean": also the interval of the expected outcome of
            that group (a new group's own expectation varies by G). "new": the interval of one
            new individual's outcome, residual variance included. Normal quantiles, the variances
            taken as known: too narrow with few groups.

        Raises
        ------
        ValueError
            If a predictor is missing from `data`, or `interval` is unknown.
        """
        if interval not in (None, "mean", "new"):
            raise ValueError(f"interval={interval!r} must be None, 'mean' or 'new'")
        x, z = design_for(self.frame, data)
        value = x @ self.params.to_numpy()
        if known_groups:
            value = value + self._engine.random_part(data, z)[0]
        if interval is None:
            return pd.Series(value, index=data.index, name="prediction")
        variance = self._engine.prediction_variance(x, z, data if known_groups else None)
        half = stats.norm.ppf((1 + level) / 2) * np.sqrt(
            variance + (self.sigma2 if interval == "new" else 0.0)
        )
        return pd.DataFrame(
            {"prediction": value, "lower": value - half, "upper": value + half}, index=data.index
        )

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> np.ndarray:
        """Outcomes (R, N) drawn from the fitted model: new random effects, new residuals."""
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                "rng must be a numpy Generator, e.g. numpy.random.default_rng(1), "
                f"not {type(rng).__name__}"
            )
        return self._engine.simulate(n_replicates, rng)

    # ------------------------------------------------ reporting

    def table(self, digits: int = 3) -> pd.DataFrame:
        """All estimates, rounded, with 95 % intervals: Wald (t) for fixed effects, profile
        likelihood for variances (of SDs, squared) and correlations."""
        from .report import estimates_table

        return estimates_table(self, digits)

    def report(self) -> str:
        """One or two sentences for a paper: estimates, intervals, variances, sizes, software."""
        from .report import report_sentence

        return report_sentence(self)

    @cached_property
    def statsmodels(self) -> Any:
        """The genuine `MixedLMResults` of statsmodels at this optimum."""
        from .to_statsmodels import genuine_result

        return genuine_result(self)
