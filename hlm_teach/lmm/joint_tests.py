r"""F tests of one or several fixed effects at once: L'γ = 0.

    F = λ γ̂'L (L'Φ L)⁻¹ L'γ̂ / ℓ

for ℓ independent contrasts, compared with F(ℓ, ν). The fit's method (df_methods.py) says which
covariance matrix Φ stands in the middle, and what ν and λ are. For one coefficient F = t².
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import shortened, suggestion

from .protocols import DfMethod, FixedPart

_RANK = 1e-7  # contrasts whose standard error is this much smaller than others' repeat them


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


def _fitted_columns(fit: FixedPart) -> dict[str, list[int]]:
    """`term_columns` among the columns that the fit kept (those without a row were left out)."""
    place = {int(column): i for i, column in enumerate(fit.frame.kept)}
    by_term = term_columns(fit.frame.fixed_spec)
    return {name: [place[c] for c in columns if c in place] for name, columns in by_term.items()}


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
        return matrix, tuple(name for name, column in zip(names, matrix.T) if column.any())
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
        f"terms: {shortened(name)} is neither a term of the formula ({', '.join(columns)}) nor a "
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


def joint_test(fit: FixedPart, terms: str | Sequence | Array) -> JointTest:
    """F test that all the given contrasts of the fixed effects are zero; see `JointTest`."""
    columns = _fitted_columns(fit)
    contrasts, names = contrast_matrix(terms, list(fit.params.index), columns)
    return f_test(fit.params.to_numpy(), fit.df_method, contrasts, names)


def term_tests(fit: FixedPart) -> pd.DataFrame:
    """One row a term of the formula: F, degrees of freedom and p of its coefficients, all others
    in the model (type III with the coding that the formula has; no test of the intercept)."""
    columns = _fitted_columns(fit)
    rows = {}
    for term, positions in columns.items():
        if term != "Intercept" and positions:
            test = joint_test(fit, term)
            rows[term] = [test.statistic, test.df_num, test.df_den, test.pvalue]
    table = pd.DataFrame(list(rows.values()), columns=["F", "df_num", "df_den", "pvalue"])
    table.index = pd.Index(list(rows), name="term")
    return table.astype({"df_num": int})


def f_test(
    params: Array, method: DfMethod, contrasts: Array, names: tuple[str, ...] = ()
) -> JointTest:
    """The F test of contrasts (m, p), of which some may repeat others."""
    independent = _independent(contrasts, method.cov_params)
    value = independent @ params
    covariance = independent @ method.cov_params @ independent.T
    ell = len(independent)
    df_den, scaling, notes = method.joint(independent)
    statistic = scaling * float(value @ np.linalg.solve(covariance, value)) / ell
    pvalue = (
        stats.chi2.sf(ell * statistic, ell)
        if np.isinf(df_den)
        else stats.f.sf(statistic, ell, df_den)
    )
    return JointTest(statistic, ell, df_den, float(pvalue), method.name, scaling, names, notes)


def _independent(contrasts: Array, covariance: Array) -> Array:
    """The rows as they are, or, where some repeat others, as many independent combinations."""
    root = np.linalg.cholesky(covariance)
    left, size, _ = np.linalg.svd(contrasts @ root, full_matrices=False)
    kept = size > _RANK * size[0]
    return contrasts if kept.sum() == len(contrasts) else left[:, kept].T @ contrasts
