"""`LmmResult`: a fitted linear mixed model and all that it can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import (
    check_bool,
    check_count,
    check_floats,
    check_level,
    check_outcomes,
    check_rng,
    check_size,
    shortened,
)
from hlm_teach._shared.guard import guarded

from .df_methods import Satterthwaite, df_method
from .frame import ModelFrame, design_for, known_labels
from .joint_tests import JointTest, joint_test, term_tests
from .profile import ProfiledDeviance
from .protocols import DfMethod, Engine
from .r_squared import r_squared as explained_variance
from .report import estimates_table, report_sentence
from .residuals import StructuredResiduals
from .share_intervals import share_intervals
from .terms import VarianceParameter, parameter_name
from .to_statsmodels import genuine_result
from .variance_intervals import variance_intervals

# computed once and the same whatever the method of `LmmResult.with_df`
_OF_ANY_METHOD = {"profiled_deviance", "criterion_profile", "profile_intervals", "r2"}


def _values(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """Values of predictors by name."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} must be a dict of values by column, not {shortened(value)}")


@dataclass(frozen=True, eq=False, repr=False)
class LmmResult:
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

    frame: ModelFrame
    reml: bool
    _engine: Engine = field(repr=False)
    params: pd.Series
    bse: pd.Series
    cov_re: Any  # DataFrame; dict of them with several groupings
    vcomp: pd.Series
    sigma2: float
    llf: float
    aic: float
    bic: float
    converged: bool
    singular: bool
    nobs: int
    n_groups: Any  # int; dict of int
    random_effects: Any  # DataFrame; dict of them
    notes: tuple[str, ...]
    _df_method: DfMethod | None = field(default=None, repr=False)  # None: Satterthwaite

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # the rest is computed anew

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def __repr__(self) -> str:
        formulas = dict.fromkeys(term.formula for term in self.frame.terms)
        return (
            f"<LmmResult: {self.frame.formula} | {' + '.join(self.frame.groups)} "
            f"(random {'; '.join(formulas)}), {'REML' if self.reml else 'ML'}, "
            f"N = {self.nobs}, groups = {self.n_groups}, logLik = {self.llf:.2f}>"
        )

    # ------------------------------------------------ fixed effects

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
    def with_df(self, method: str, *, max_minutes: float = 2.0) -> LmmResult:
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

    # ------------------------------------------------ random effects and variances

    @property
    def cov_by_group(self) -> dict[str, pd.DataFrame]:
        """G of every grouping, as a dict also where there is one."""
        effects = {term.group: list(term.effects) for term in self.frame.terms}
        return {
            name: pd.DataFrame(g, effects[name], effects[name])
            for name, g in self._engine.cov_re.items()
        }

    @property
    def levels_by_group(self) -> dict[str, int]:
        """Number of levels of every grouping, as a dict also where there is one."""
        return {name: len(sizes) for name, sizes in self._engine.group_sizes.items()}

    @property
    def n_params(self) -> int:
        """Parameters that AIC and BIC count: fixed effects, (co)variances and σ²."""
        return len(self.params) + self._engine.n_variance_params

    # ------------------------------------------------ residuals

    @property
    def phi(self) -> float | None:
        """Correlation of a group's residuals one unit of time apart; None without memory."""
        return self._engine.phi if isinstance(self._engine, StructuredResiduals) else None

    @property
    def residual_sd(self) -> pd.Series:
        """Residual SDs, by the values of the column that was given for them."""
        if not isinstance(self._engine, StructuredResiduals):
            return pd.Series([np.sqrt(self.sigma2)], ["residual"], name="residual_sd")
        return self._engine.residual_sd_series()

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

    def estimate_of(self, parameter: VarianceParameter) -> float:
        """The estimated SD or correlation of this fit (nan where an SD of the pair is zero)."""
        if parameter.kind == "residual_sd":
            return float(np.sqrt(self.sigma2))
        if parameter.kind == "phi":
            return float("nan") if self.phi is None else self.phi
        if parameter.kind == "sd_ratio":
            by_name = self.residual_sd.rename(str)
            above, below = parameter.effects
            return float(by_name[above] / by_name[below])
        g = self.cov_by_group[parameter.group].loc
        if parameter.kind == "sd":
            (name,) = parameter.effects
            return float(np.sqrt(g[name, name]))
        first, second = parameter.effects
        scale = np.sqrt(g[first, first] * g[second, second])
        return float(g[first, second] / scale) if scale > 0 else float("nan")

    @cached_property
    def profile_intervals(self) -> pd.DataFrame:
        """95 % profile-likelihood intervals of SDs, correlations and the residual SD.

        From the ML deviance, as in lme4's ``confint``, also for a model fitted by REML. Square
        the ends of an SD to have the interval of its variance.
        """
        profile = self.profiled_deviance
        names = [parameter_name(self.frame.terms, p) for p in profile.parameters]
        rows = [profile.interval(i, 0.95) for i in range(len(names))]
        return pd.DataFrame(rows, index=names, columns=["lower", "upper"])

    def variance_intervals(self, method: str = "profile", level: float = 0.95) -> pd.DataFrame:
        """Intervals of all variances, the residual's last: estimate, lower, upper.

        Parameters
        ----------
        method
            "profile": from the ML deviance, the squared ends of `profile_intervals`. "wald-log":
            symmetric on the log scale; nan where a variance is estimated as zero.

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
        x, z = design_for(self.frame, data)
        value = x @ self.params.to_numpy()
        if known_groups:
            known_labels(self.frame, data)
            value = value + self._engine.random_part(data, z)
        if memory:
            return self._forecast(value, x, z, data, known_groups, interval, level)
        if interval is None:
            return pd.Series(value, index=data.index, name="prediction")
        variance = self._engine.prediction_variance(x, z, data if known_groups else None)
        if interval == "new":
            variance = variance + self._engine.residual_variance(data)
        return _with_interval(value, variance, level, data.index)

    def _forecast(
        self,
        value: Array,
        x: Array,
        z: Mapping[str, Array],
        data: pd.DataFrame,
        known_groups: bool,
        interval: str | None,
        level: float,
    ) -> pd.Series | pd.DataFrame:
        """`predict` with memory: of single outcomes, so that an interval is that of "new"."""
        if self.phi is None or not known_groups or interval == "mean":
            raise ValueError(
                "memory=True forecasts single outcomes of known groups: it needs a fit with "
                "residual='ar1' or 'car1', known_groups=True, and interval None or 'new'"
            )
        added, variance = self._engine.forecast(x, z, data)  # type: ignore[attr-defined]
        if interval is None:
            return pd.Series(value + added, index=data.index, name="prediction")
        return _with_interval(value + added, variance, level, data.index)

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


def _with_interval(value: Array, variance: Array, level: float, index: pd.Index) -> pd.DataFrame:
    """Predictions with normal intervals."""
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    columns = {"prediction": value, "lower": value - half, "upper": value + half}
    return pd.DataFrame(columns, index=index)


def unwrapped(by_group: Mapping[str, Any]) -> Any:
    """The value itself where there is one grouping, the dict where there are several."""
    values = list(by_group.values())
    return values[0] if len(values) == 1 else dict(by_group)
