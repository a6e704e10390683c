"""What a fit holds: estimates, standard errors, likelihood, the data and the engine that found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .frame import ModelFrame
from .notes import fit_notes
from .protocols import DfMethod, Engine
from .residuals import StructuredResiduals
from .terms import VarianceParameter


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """A fitted model's numbers (`LmmResult` says what each means)."""

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

    @cached_property
    def random_effects(self) -> Any:
        """BLUPs, one row a group (a dict of them with several groupings)."""
        return unwrapped(self._engine.random_effects())

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know about this fit, in plain sentences."""
        return fit_notes(self.frame, self._engine)

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


def unwrapped(by_group: Mapping[str, Any]) -> Any:
    """The value itself where there is one grouping, the dict where there are several."""
    values = list(by_group.values())
    return values[0] if len(values) == 1 else dict(by_group)
