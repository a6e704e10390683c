"""What an engine fulfils, and what a table, a sentence or a comparison asks of a fit.

An engine holds an optimum and answers in the data's own units. There are two: `OneTerm`
(one_term.py) for the random effects of one grouping, `SeveralTerms` (several_terms.py) for several.
`LmmResult` (result.py) turns their arrays into labelled tables. Nobody else sees an engine;
everybody else asks the result, as a `Fit`.

Whatever differs from term to term is a mapping by the term's grouping, in the order of
`ModelFrame.terms`, also where there is one term only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .degrees_of_freedom import Curvature
from .frame import ModelFrame
from .profile import ProfiledDeviance
from .terms import VarianceParameter


class Engine(Protocol):
    """An optimum of y = Xβ + Σ_k Z_k u_k + e, with u_k ~ N(0, G_k) independently in each level.

    Sizes: N rows, p fixed effects; term k has L_k levels and q_k effects a level.
    """

    @property
    def params(self) -> Array:
        """β̂ (p,)."""
        ...

    @property
    def cov_params(self) -> Array:
        """Covariance matrix σ²(X'V⁻¹X)⁻¹ of β̂, (p, p)."""
        ...

    @property
    def cov_re(self) -> Mapping[str, Array]:
        """G_k (q_k, q_k) by grouping: variances, not relative to σ²."""
        ...

    @property
    def sigma2(self) -> float:
        """Residual variance (where rows differ in it: that of the first kind of row)."""
        ...

    @property
    def llf(self) -> float:
        """Log-likelihood, or restricted log-likelihood, with all constants (as lme4's)."""
        ...

    @property
    def singular(self) -> bool:
        """Has any G_k lost rank, judged in units that do not change with the predictors'?"""
        ...

    @property
    def singular_terms(self) -> Mapping[str, bool]:
        """Has G_k lost rank, by grouping?"""
        ...

    @property
    def converged(self) -> bool:
        """Did the search end at an optimum?"""
        ...

    @property
    def n_variance_params(self) -> int:
        """How many (co)variances were estimated, σ² and other residual parameters included."""
        ...

    @property
    def group_sizes(self) -> Mapping[str, NDArray[np.integer]]:
        """Rows in each level, (L_k,) by grouping."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know that this engine alone can tell, in plain sentences."""
        ...

    # ------------------------------------------------ random effects and prediction

    def random_effects(self) -> dict[str, pd.DataFrame]:
        """BLUPs û_k by grouping, one row a level, one column an effect."""
        ...

    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """SDs of u_k given the data, the parameters taken as known; shaped as the BLUPs."""
        ...

    def random_part(self, data: pd.DataFrame, z: Mapping[str, Array]) -> Array:
        """Σ_k z_k'û_k (m,) of each row of `data`; a level that was not fitted adds 0.

        `z` holds the rows' (m, q_k) designs by grouping (`frame.design_for`).
        """
        ...

    def prediction_variance(
        self, x: Array, z: Mapping[str, Array], data: pd.DataFrame | None
    ) -> Array:
        """Variance (m,) of x'β̂ + Σz_k'û_k − (x'β + Σz_k'u_k), row by row.

        A level that was not fitted adds z_k'G_k z_k; `data` None: none of the levels is known.
        """
        ...

    def residual_variance(self, data: pd.DataFrame) -> Array:
        """Variance (m,) of e in each row of `data`."""
        ...

    # ------------------------------------------------ inference

    def curvature(self) -> Curvature:
        """How the deviance bends at the optimum: what Satterthwaite's formula needs."""
        ...

    def profiled_deviance(self, *, reml: bool = False) -> ProfiledDeviance:
        """The ML (or REML) deviance in SDs, correlations and the residual's parameters, β
        profiled out, with the estimates by that criterion."""
        ...

    def random_variance(self) -> float:
        """Mean over the rows of Σ_k z_k'G_k z_k."""
        ...

    # ------------------------------------------------ other outcomes

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model: new random effects, new residuals."""
        ...

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) of this model for other outcomes (R, N)."""
        ...


class DfMethod(Protocol):
    """What a table or a test asks of a method."""

    @property
    def name(self) -> str:
        """As `with_df` takes it: "satterthwaite", "kenward-roger" or "normal"."""
        ...

    @property
    def cov_params(self) -> Array:
        """Covariance matrix of the fixed effects, (p, p)."""
        ...

    def df_of(self, contrasts: Array) -> Array:
        """Degrees of freedom (m,) of the t statistics of single contrasts (m, p)."""
        ...

    def joint(self, contrasts: Array) -> tuple[float, float, tuple[str, ...]]:
        """Denominator degrees of freedom and scaling of F for independent contrasts (ℓ, p), and
        what a reader must know of them."""
        ...


class FixedPart(Protocol):
    """What tests of fixed effects ask of a fitted model."""

    @property
    def frame(self) -> ModelFrame: ...

    @property
    def params(self) -> pd.Series: ...

    @property
    def df_method(self) -> DfMethod: ...


class Fit(FixedPart, Protocol):
    """What report.py, to_statsmodels.py and the comparisons ask of a fitted model.

    `LmmResult` is one; its docstring says what each name means.
    """

    @property
    def reml(self) -> bool: ...

    @property
    def bse(self) -> pd.Series: ...

    @property
    def cov_params(self) -> pd.DataFrame: ...

    @property
    def cov_by_group(self) -> Mapping[str, pd.DataFrame]: ...

    @property
    def sigma2(self) -> float: ...

    @property
    def llf(self) -> float: ...

    @property
    def n_params(self) -> int: ...

    @property
    def converged(self) -> bool: ...

    @property
    def singular(self) -> bool: ...

    @property
    def nobs(self) -> int: ...

    @property
    def levels_by_group(self) -> Mapping[str, int]: ...

    @property
    def df(self) -> pd.Series: ...

    @property
    def tvalues(self) -> pd.Series: ...

    @property
    def pvalues(self) -> pd.Series: ...

    @property
    def variance_parameters(self) -> tuple[VarianceParameter, ...]: ...

    @property
    def profiled_deviance(self) -> ProfiledDeviance: ...

    @property
    def criterion_profile(self) -> ProfiledDeviance: ...

    @property
    def profile_intervals(self) -> pd.DataFrame: ...

    def conf_int(self, level: float = 0.95) -> pd.DataFrame: ...

    def estimate_of(self, parameter: VarianceParameter) -> float: ...

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array: ...

    def llf_of(self, y: Array) -> Array: ...
