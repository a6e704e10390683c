"""From a call of `fit_lmm` to the rows that it uses and the matrices that it fits.

Formulas are read by the engine statsmodels itself uses, in the caller's own namespace, so that
``np.log(x)`` or a function defined in a notebook works inside ``fit_lmm``.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.checks import check_column, check_frame, shortened

from .columns import fitted_columns
from .formula_reader import FormulaReader
from .frame import ModelFrame, random_term, right_side, two_sided
from .random_terms import Asked, asked_terms, bar_message
from .residual_spec import PLAIN, ResidualSpec, check_residual_columns
from .terms import columns_of
from .variables import kept_namespace, outside_column, read_names, sources_of


def caller_namespace(depth: int = 2) -> dict[str, Any]:
    """Globals and locals of the function `depth` calls up: what a formula may refer to."""
    frame = sys._getframe(depth)
    return {**frame.f_globals, **frame.f_locals}


def model_frame(
    formula: str,
    data: pd.DataFrame,
    groups: str | list[str] | None,
    random: str | Mapping[str, str],
    namespace: Mapping[str, Any],
    *,
    correlated: bool | Mapping[str, bool] = True,
    residual: ResidualSpec = PLAIN,
) -> ModelFrame:
    """Check the arguments, drop rows with missing values (counted) and build the matrices.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was given and what is wanted.
    """
    _check_arguments(formula, data)
    formula = unicodedata.normalize("NFC", formula)  # é may be e and an accent
    check_residual_columns(residual, data)
    asked = asked_terms(groups, random, correlated)
    by = list(dict.fromkeys(column for term in asked for column in _group_columns(term, data)))
    sides = [("formula", formula)] + [("random", right_side(term.formula)) for term in asked]
    names = [read_names(*side) for side in sides]
    found = [sources_of(a, n, data, namespace) for (a, _), n in zip(sides, names, strict=True)]
    table, sources = _gathered(sides, found, data, namespace)
    beside = {name: data[name] for name in dict.fromkeys([*by, *residual.columns])}
    missing = _missing([*table.values(), *beside.values()])
    if missing.all():
        raise ValueError(
            f"data has no row without missing values in {shortened([*table, *beside], 200)}"
        )
    whole = pd.RangeIndex(len(data) - int(missing.sum()))
    complete = {name: _rows_of(column, missing, whole) for name, column in table.items()}
    values, columns = fitted_columns(complete, sources, names)
    readers = [
        FormulaReader(*side, n, _table_of(f, values, whole), kept_namespace(n, f, namespace))
        for side, n, f in zip(sides, names, found, strict=True)
    ]
    used = {name: _rows_of(column, missing, whole) for name, column in beside.items()}
    used |= {str(sources[name] or name): column for name, column in values.items()}
    used_data = pd.DataFrame(used, index=whole)
    outcome, design = two_sided(readers[0])
    kept = _with_values(formula, design)
    needed = {n for f in found[1:] for n in f} | _right_names(formula, found[0])
    return ModelFrame(
        formula,
        tuple(random_term(t, r, used_data) for t, r in zip(asked, readers[1:], strict=True)),
        used_data,
        data.index[~missing] if missing.any() else data.index,
        outcome,
        design if len(kept) == design.shape[1] else design.iloc[:, kept],
        int(missing.sum()),
        readers[0],
        tuple(c for c in columns if c.name in needed),
        kept,
        tuple(design.columns[np.setdiff1d(np.arange(design.shape[1]), kept)]),
        _emptied(complete, sources),
        residual,
    )


def _table_of(
    names: Iterable[str], values: Mapping[str, pd.Series], rows: pd.Index
) -> pd.DataFrame:
    """The columns of one formula."""
    return pd.DataFrame({name: values[name] for name in names}, index=rows)


def _with_values(formula: str, design: pd.DataFrame) -> NDArray[np.intp]:
    """The columns of X that are not 0 throughout."""
    kept = np.flatnonzero((design.to_numpy() != 0).any(axis=0))
    if len(kept) == 0:
        raise ValueError(f"formula={formula!r} has no fixed effect with a value other than 0")
    return kept


def _right_names(formula: str, found: Mapping[str, Any]) -> set[str]:
    """The variables that the fixed part uses; those of the outcome alone left out."""
    right = read_names("formula", formula.split("~", 1)[1])
    return set(found) & (set(right.variables) | right.rooted)


def _check_arguments(formula: str, data: pd.DataFrame) -> None:
    check_frame(data)
    if not isinstance(formula, str):
        raise TypeError(f"formula must be a string, not {type(formula).__name__}")
    if "|" in formula:
        raise ValueError(bar_message("formula", formula))
    if formula.count("~") != 1 or not formula.split("~")[0].strip():
        raise ValueError(
            f"formula={shortened(formula, 120)} must read 'outcome ~ predictors', for example "
            "'math ~ ses'"
        )


def _group_columns(asked: Asked, data: pd.DataFrame) -> list[str]:
    """The columns that a grouping is made of; refuses what is none."""
    columns = columns_of(asked.group, data)
    for name in columns:
        check_column(
            data, name, "groups" if name == asked.group else f"in groups={asked.group!r}, column"
        )
    return columns


def _gathered(
    sides: list[tuple[str, str]], found: list[dict], data: pd.DataFrame, namespace: Mapping
) -> tuple[dict[Any, pd.Series], dict[str, Any]]:
    """The variables that the formulas use, row by row, and the column each comes from ("": none)."""
    table: dict[Any, pd.Series] = {}
    sources: dict[str, Any] = {}
    for (argument, _), names in zip(sides, found, strict=True):
        for name, column in list(names.items()):
            if column != "":
                table[name] = data[column]
            else:
                outside = outside_column(argument, name, namespace[name], data)
                if outside is None:  # a single value: stays a variable
                    del names[name]
                    continue
                table[name] = outside
            sources[name] = column
    return table, sources


def _missing(columns: list[pd.Series]) -> NDArray[np.bool_]:
    """Rows where any of the columns has no value."""
    found = np.asarray(columns[0].isna(), bool)
    for column in columns[1:]:
        found = found | np.asarray(column.isna(), bool)
    return found


def _rows_of(column: pd.Series, missing: NDArray[np.bool_], index: pd.Index) -> pd.Series:
    """The complete rows of a column, under a fresh index."""
    kept = column[~missing] if missing.any() else column
    return kept.set_axis(index)


def _emptied(complete: Mapping[str, pd.Series], sources: Mapping[str, Any]) -> dict[str, tuple]:
    """Categories that a column has and no used row belongs to."""
    found = {}
    for name in sources:
        if isinstance(complete[name].dtype, pd.CategoricalDtype):
            present = set(complete[name])
            empty = tuple(c for c in complete[name].cat.categories if c not in present)
            if empty:
                found[str(sources[name] or name)] = empty
    return found
