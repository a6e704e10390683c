r"""Three ways to test fixed effects, behind one face.

"satterthwaite"   covariance matrix Φ of the estimates, t with Satterthwaite's degrees of freedom;
                  F of several contrasts with those of Fai & Cornelius (1996)
"kenward-roger"   the adjusted covariance matrix Φ_A, degrees of freedom and scaling of Kenward &
                  Roger (1997): kenward_roger.py
"normal"          Φ, the normal distribution and χ²: the variances taken as known

Fai & Cornelius turn ℓ contrasts into ℓ independent ones: with L'ΦL = PDP', the contrasts P'L' have
covariance matrix D, so that ℓF is a sum of ℓ squared t statistics, each with Satterthwaite's ν_i
degrees of freedom. An F(ℓ, ν) variable has the expectation of that sum where

    E = Σ ν_i/(ν_i − 2),     ν = 2E/(E − ℓ)

With a ν_i of 2 or less there is no such expectation; ν is then taken as 2, as lmerTest does. P
depends on how the contrasts are written (units of a predictor, the reference level of a factor),
and so, a little, does ν; F itself and Kenward and Roger's test do not.

References
----------
Fai, A. H. & Cornelius, P. L. (1996). Approximate F-tests of multiple degree of freedom hypotheses
in generalised least squares analyses of unbalanced split-plot experiments. J. Stat. Comput. Simul.
54, 363-378, doi:10.1080/00949659608811740.
Kuznetsova, A., Brockhoff, P. B. & Christensen, R. H. B. (2017). lmerTest package: tests in linear
mixed effects models. J. Stat. Softw. 82(13), doi:10.18637/jss.v082.i13.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hlm_teach._shared.arrays import Array

from .blocked_pieces import pieces_at
from .degrees_of_freedom import Curvature, satterthwaite
from .frame import ModelFrame
from .kenward_roger import Adjustment, adjustment, f_approximation
from .protocols import DfMethod, Engine

METHODS = ("satterthwaite", "kenward-roger", "normal")
_SMALL_SCALING = 0.2  # below it pbkrtest calls the unscaled statistic the more reliable one


@dataclass(frozen=True)
class Satterthwaite:
    """Φ, and degrees of freedom from the curvature of the deviance."""

    engine: Engine
    name: str = "satterthwaite"

    @property
    def cov_params(self) -> Array:
        return self.engine.cov_params

    @cached_property
    def curvature(self) -> Curvature:
        return self.engine.curvature()

    def df_of(self, contrasts: Array) -> Array:
        return satterthwaite(self.curvature, contrasts)[0]

    def joint(self, contrasts: Array) -> tuple[float, float, tuple[str, ...]]:
        _, vectors = np.linalg.eigh(contrasts @ self.cov_params @ contrasts.T)
        df = self.df_of(vectors.T @ contrasts)
        notes: tuple[str, ...] = ()
        if len(df) > 1 and df.min() <= 2:
            notes = (
                f"A direction of this test has {df.min():.1f} degrees of freedom; with 2 or fewer "
                "Fai and Cornelius's formula does not apply, and 2 is taken.",
            )
        return combine_df(df), 1.0, notes


@dataclass(frozen=True)
class KenwardRoger:
    """Φ_A, and moments matched to an F distribution."""

    adjusted: Adjustment
    sigma2: float
    name: str = "kenward-roger"

    @cached_property
    def cov_params(self) -> Array:
        return self.sigma2 * self.adjusted.covariance

    def df_of(self, contrasts: Array) -> Array:
        return np.array([f_approximation(self.adjusted, row[None])[0] for row in contrasts], float)

    def joint(self, contrasts: Array) -> tuple[float, float, tuple[str, ...]]:
        m, scaling = (float(part) for part in f_approximation(self.adjusted, contrasts))
        if not m > 0 or scaling <= 0:
            return (m if m > 0 else np.nan, 1.0, (_NO_SCALING.format(m=m, scaling=scaling),))
        return m, scaling, (_LITTLE.format(scaling=scaling),) if scaling < _SMALL_SCALING else ()


_NO_SCALING = (
    "Kenward and Roger's moments cannot be matched (degrees of freedom {m:.1f}, scaling "
    "{scaling:.2f}): there are too few groups for this joint test. F is left unscaled; its p, if "
    "any, is a rough guide at best."
)
_LITTLE = (
    "Kenward and Roger's scaling is {scaling:.2f}, very small: there are hardly enough groups for "
    "this joint test."
)


@dataclass(frozen=True)
class Normal:
    """Φ, infinitely many degrees of freedom."""

    engine: Engine
    name: str = "normal"

    @property
    def cov_params(self) -> Array:
        return self.engine.cov_params

    def df_of(self, contrasts: Array) -> Array:
        return np.full(len(contrasts), np.inf)

    def joint(self, contrasts: Array) -> tuple[float, float, tuple[str, ...]]:
        return np.inf, 1.0, ()


def df_method(
    name: str, engine: Engine, frame: ModelFrame, *, reml: bool, max_minutes: float = 2.0
) -> DfMethod:
    """The method of that name for a fit.

    Raises
    ------
    ValueError
        If there is no such method; for Kenward and Roger, if the fit is by maximum likelihood, its
        covariance matrix is not linear in its parameters, or the work would take too long.
    """
    if name == "satterthwaite":
        return Satterthwaite(engine)
    if name == "normal":
        return Normal(engine)
    if name != "kenward-roger":
        raise ValueError(f"method={name!r} must be one of {', '.join(map(repr, METHODS))}")
    if not reml:
        raise ValueError(
            "method='kenward-roger' corrects estimates by restricted maximum likelihood, and this "
            "fit is by maximum likelihood: fit with reml=True"
        )
    if engine.n_variance_params != 1 + sum(term.n_covariances for term in frame.terms):
        raise ValueError(
            "method='kenward-roger' needs a covariance matrix that is a sum of variances times "
            "known matrices; residuals with memory or of unequal variance are not of that kind: "
            "use 'satterthwaite'"
        )
    pieces = pieces_at(frame, engine.cov_re, engine.sigma2, max_minutes=max_minutes)
    return KenwardRoger(adjustment(pieces), engine.sigma2)


def combine_df(df: Array) -> float:
    """Denominator degrees of freedom of F from those of its independent t statistics (Fai &
    Cornelius).

    Examples
    --------
    >>> import numpy as np
    >>> combine_df(np.array([17.0, 17.0])), combine_df(np.array([1.2, 30.0]))
    (17.0, 2.0)
    >>> round(combine_df(np.array([5.0, 10.0])), 2)
    6.36
    """
    if np.ptp(df) <= 1e-8 * df.max():
        return float(df.mean())
    if df.min() <= 2:
        return 2.0
    excess = np.sum(2 / (df - 2))  # E − ℓ
    return float(2 * (excess + len(df)) / excess)
