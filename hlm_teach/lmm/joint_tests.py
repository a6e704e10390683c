r"""Tests of one or several fixed effects at once: L'γ = 0.

Three methods differ in the covariance matrix they use and in the distribution they compare with:

"satterthwaite"   F = γ̂'L(L'ΦL)⁻¹L'γ̂/ℓ; its denominator degrees of freedom by Fai & Cornelius (1996)
"kenward-roger"   F with the adjusted covariance matrix, scaled by λ (kenward_roger.py)
"normal"          the same F as Satterthwaite's, compared with χ²/ℓ: variances taken as known

Fai & Cornelius turn the ℓ contrasts into ℓ independent ones: with L'ΦL = PDP', the contrasts P'L'
have covariance matrix D, so that ℓF is a sum of ℓ squared t statistics, each with Satterthwaite's
ν_i degrees of freedom. An F(ℓ, ν) variable has the expectation of that sum where

    E = Σ ν_i/(ν_i − 2),     ν = 2E/(E − ℓ)

With a ν_i of 2 or less there is no such expectation; ν is then taken as 2, as lmerTest does. P
depends on how the contrasts are written (units of a predictor, the reference level of a factor),
and so, a little, does ν; F itself and Kenward and Roger's test do not.

References
----------
Fai, A. H. & Cornelius, P. L. (1996). Approximate F-tests of multiple degree of freedom hypotheses
in generalized least squares analyses of unbalanced split-plot experiments. J. Stat. Comput. Simul.
54, 363-378, doi:10.1080/00949659608811740.
Kuznetsova, A., Brockhoff, P. B. & Christensen, R. H. B. (2017). lmerTest package: tests in linear
mixed effects models. J. Stat. Softw. 82(13), doi:10.18637/jss.v082.i13.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import suggestion

from .kenward_roger import Adjustment, f_approximation

if TYPE_CHECKING:
    from .result import LmmResult

METHODS = ("satterthwaite", "kenward-roger", "normal")
_RANK = 1e-10  # directions of L in which the covariance matrix is this much smaller are repetitions
_SMALL_SCALING = 0.2  # below it pbkrtest calls the unscaled statistic the more reliable one


@dataclass(frozen=True)
class JointTest:
    """An F test of ℓ contrasts of the fixed effects.

    Attributes
    ----------
    statistic : float
        F; under Kenward and Roger already multiplied by `scaling`.
    df_num, df_den : float
        ℓ, the number of independent contrasts, and the denominator degrees of freedom (infinite
        for "normal").
    pvalue : float
    method : str
        "satterthwaite", "kenward-roger" or "normal".
    scaling : float
        Kenward and Roger's λ; 1 for the other methods and for one contrast.
    terms : tuple of str
        The coefficients that are tested.
    notes : tuple of str
    """

    statistic: float
    df_num: int
    df_den: float
    pvalue: float
    method: str
    scaling: float
    terms: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        p = "< 0.001" if self.pvalue < 0.001 else f"= {self.pvalue:.3f}"
        return f"F({self.df_num}, {self.df_den:.1f}) = {self.statistic:.2f}, p {p} ({self.method})"


# ---------------------------------------------------------------- what is tested


def term_columns(spec: Any) -> dict[str, list[int]]:
    """The columns of X that belong to each term of the formula, in the formula's order.

    Parameters
    ----------
    spec
        What the formula engine left: patsy's `DesignInfo` or formulaic's `ModelSpec`.
    """
    if hasattr(spec, "term_name_slices"):
        return {name: list(range(s.start, s.stop)) for name, s in spec.term_name_slices.items()}
    names = {"1": "Intercept"}
    return {names.get(str(t), str(t)): list(c) for t, c in spec.term_indices.items()}


def contrast_matrix(
    terms: str | Sequence | Array, coefficients: Sequence[str], columns: Mapping[str, list[int]]
) -> tuple[Array, tuple[str, ...]]:
    """L' (ℓ, p), and the coefficients it touches, from a term, coefficients or a matrix.

    Examples
    --------
    >>> contrast_matrix("arm", ["Intercept", "arm[b]", "arm[c]"], {"arm": [1, 2]})[0]
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """
    names = list(coefficients)
    if isinstance(terms, str):
        rows = _columns_of(terms, names, columns)
    elif _all_names(terms):
        rows = list(dict.fromkeys(i for name in terms for i in _columns_of(name, names, columns)))
    else:
        matrix = _numeric_matrix(terms, names)
        return matrix, tuple(n for n, used in zip(names, matrix.any(axis=0), strict=True) if used)
    return np.eye(len(names))[rows], tuple(names[i] for i in rows)


def _all_names(terms: Any) -> bool:
    return (
        isinstance(terms, list | tuple | pd.Index)
        and len(terms) > 0
        and all(isinstance(t, str) for t in terms)
    )


def _columns_of(name: str, coefficients: list[str], columns: Mapping[str, list[int]]) -> list[int]:
    """Positions of a coefficient, or of a term of the formula ('age:sex' finds 'sex:age')."""
    if name in columns:
        return columns[name]
    if name in coefficients:
        return [coefficients.index(name)]
    sorted_name = sorted(part.strip() for part in name.split(":"))
    for term, found in columns.items():
        if sorted(term.split(":")) == sorted_name:
            return found
    known = [*columns, *coefficients]
    raise ValueError(
        f"terms: {name!r} is neither a term of the formula ({', '.join(columns)}) nor a "
        f"coefficient ({', '.join(coefficients)}).{suggestion(name, known)}"
    )


def _numeric_matrix(terms: Any, coefficients: list[str]) -> Array:
    try:
        matrix = np.atleast_2d(np.asarray(terms, float))
    except (TypeError, ValueError) as error:
        raise TypeError(
            "terms must be a term of the formula, a list of coefficients or a matrix of numbers, "
            f"not {terms!r}"
        ) from error
    if matrix.ndim != 2 or matrix.shape[1] != len(coefficients) or len(matrix) == 0:
        raise ValueError(
            f"terms has shape {np.shape(terms)}; a contrast matrix has one row a contrast and "
            f"{len(coefficients)} columns, for {', '.join(coefficients)}"
        )
    if not np.isfinite(matrix).all() or not matrix.any(axis=1).all():
        raise ValueError("terms must hold finite numbers, and no row of zeros alone")
    return matrix


# ---------------------------------------------------------------- the tests


def joint_test(fit: LmmResult, terms: str | Sequence | Array) -> JointTest:
    """F test that all the given contrasts of the fixed effects are zero; see `JointTest`."""
    columns = term_columns(fit.frame.fixed_spec)
    contrasts, names = contrast_matrix(terms, list(fit.params.index), columns)
    return f_test(fit, contrasts, names)


def term_tests(fit: LmmResult) -> pd.DataFrame:
    """One row a term of the formula: F, degrees of freedom and p of its coefficients, all others
    in the model (type III with the coding that the formula has; no test of the intercept)."""
    columns = term_columns(fit.frame.fixed_spec)
    names = list(fit.params.index)
    rows = {}
    for term, positions in columns.items():
        if term != "Intercept" and positions:
            test = f_test(fit, np.eye(len(names))[positions], tuple(names[i] for i in positions))
            rows[term] = [test.statistic, test.df_num, test.df_den, test.pvalue]
    table = pd.DataFrame(rows.values(), columns=["F", "df_num", "df_den", "pvalue"])
    table.index = pd.Index(list(rows), name="term")
    return table.astype({"df_num": int})


def f_test(fit: LmmResult, contrasts: Array, names: tuple[str, ...]) -> JointTest:
    """The F test of `contrasts` (ℓ, p) by the fit's method."""
    independent = _independent(contrasts, fit._engine.cov_params)
    value = independent @ fit.params.to_numpy()
    covariance = independent @ fit.cov_params.to_numpy() @ independent.T
    ell = len(independent)
    statistic = float(value @ np.linalg.solve(covariance, value)) / ell
    scaling, notes = 1.0, ()
    if fit.df_method == "normal":
        df_den = np.inf
    elif fit.df_method == "kenward-roger":
        df_den, scaling, notes = _kenward_roger_df(fit._adjustment, independent)
    else:
        df_den, notes = _fai_cornelius_df(fit, independent)
    statistic *= scaling
    return JointTest(
        statistic, ell, df_den, _tail(statistic, ell, df_den), fit.df_method, scaling, names, notes
    )


def _tail(statistic: float, df_num: int, df_den: float) -> float:
    if np.isinf(df_den):
        return float(stats.chi2.sf(df_num * statistic, df_num))
    return float(stats.f.sf(statistic, df_num, df_den))


def _independent(contrasts: Array, covariance: Array) -> Array:
    """The rows as they are, or, where some repeat others, as many independent combinations."""
    root = np.linalg.cholesky(covariance)
    left, size, _ = np.linalg.svd(contrasts @ root, full_matrices=False)
    kept = size > np.sqrt(_RANK) * size[0]
    return contrasts if kept.sum() == len(contrasts) else left[:, kept].T @ contrasts


def _kenward_roger_df(
    adjusted: Adjustment, contrasts: Array
) -> tuple[float, float, tuple[str, ...]]:
    """m and λ, and a note where they cannot be used as they are."""
    m, scaling = (float(part) for part in f_approximation(adjusted, contrasts))
    if scaling <= 0:
        return (
            m,
            1.0,
            (
                f"Kenward and Roger's scaling comes out as {scaling:.2f}: there are too few groups "
                "for a joint test; F is left unscaled and p is a rough guide at best.",
            ),
        )
    if scaling < _SMALL_SCALING:
        return (
            m,
            scaling,
            (
                f"Kenward and Roger's scaling is {scaling:.2f}, very small: there are hardly enough "
                "groups for a joint test.",
            ),
        )
    return m, scaling, ()


def _fai_cornelius_df(fit: LmmResult, contrasts: Array) -> tuple[float, tuple[str, ...]]:
    covariance = contrasts @ fit._engine.cov_params @ contrasts.T
    _, vectors = np.linalg.eigh(covariance)
    df = fit._satterthwaite(vectors.T @ contrasts)
    combined = combine_df(df)
    if len(df) > 1 and df.min() <= 2:
        return combined, (
            f"A direction of this test has {df.min():.1f} degrees of freedom; with 2 or fewer "
            "Fai and Cornelius's formula does not apply, and 2 is taken.",
        )
    return combined, ()


def combine_df(df: Array) -> float:
    """Denominator degrees of freedom of F from those of its independent t statistics.

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
