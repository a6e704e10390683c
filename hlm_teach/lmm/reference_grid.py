"""The reference grid of marginal means: which values the other predictors take.

Every combination of the other factors' levels, and each covariate at its mean; the rules of R's
emmeans. A predictor is a factor if it is text, categorical or logical, stands in C(…), or has only
two values; everything else is a covariate.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import shortened, suggestion

from .formula_names import as_read, names_of
from .frame import ModelFrame
from .new_rows import design_for

_MAX_GRID = 100_000


def level_rows(frame: ModelFrame, factor: str, at: Mapping[str, Any] | None) -> tuple[list, Array]:
    """The factor's levels, and for each the mean of X over the grid (levels, p)."""
    grid = _reference_values(frame, factor, dict(at or {}))
    levels = grid.pop(factor)
    size = int(np.prod([len(values) for values in grid.values()]))
    if size * len(levels) > _MAX_GRID:
        raise ValueError(
            f"factor={factor!r}: the reference grid has {size * len(levels)} combinations of "
            f"levels, more than {_MAX_GRID}; hold some predictors at a value with at={{...}}"
        )
    others = pd.DataFrame(list(itertools.product(*grid.values())), columns=list(grid))
    rows = [_mean_row(frame, others.assign(**{factor: level})) for level in levels]
    return levels, np.array(rows)


def _mean_row(frame: ModelFrame, grid: pd.DataFrame) -> Array:
    """Mean over the grid of the rows of X; columns that X does not use are as in the first row."""
    rest = frame.data.iloc[[0] * len(grid)].reset_index(drop=True)
    full = rest.assign(**{name: _as_in_data(grid[name], frame.data[name]) for name in grid})
    return design_for(frame, full)[0].mean(axis=0)


def _as_in_data(values: pd.Series, column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(values, dtype=column.dtype))
    return pd.Series(values.to_list())


def _reference_values(frame: ModelFrame, factor: str, at: dict[str, Any]) -> dict[str, list]:
    """For each predictor of the fixed part the values that the grid takes."""
    coded = names_of(frame.formula.split("~", 1)[1]).coded
    predictors = frame.variables
    if factor not in predictors:
        raise ValueError(
            f"factor={shortened(factor)} is not among the fixed effects' columns "
            f"({', '.join(predictors) or 'none'}).{suggestion(factor, predictors)}"
        )
    unknown = [name for name in at if name not in predictors or name == factor]
    if unknown:
        raise ValueError(
            f"at names {unknown}; it can hold values of the other predictors: "
            f"{', '.join(p for p in predictors if p != factor) or 'there are none'}"
        )
    values = {name: _values_of(frame.data[name], as_read(name) in coded) for name in predictors}
    if len(values[factor]) < 2:
        raise ValueError(
            f"factor={factor!r} is a covariate ({frame.data[factor].nunique()} different numbers): "
            "marginal means need categories; write C(…) in the formula, or hold it at a value "
            "with at={...}"
        )
    return values | {name: [_checked(frame.data[name], name, v)] for name, v in at.items()}


def _values_of(column: pd.Series, coded: bool) -> list:
    """All levels of a factor, the mean of a covariate."""
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if numeric and not coded and column.nunique() > 2:
        return [float(column.mean())]
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column)
        return [level for level in column.cat.categories if level in present]
    return sorted(column.unique().tolist())


def _checked(column: pd.Series, name: str, value: Any) -> Any:
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if np.ndim(value) != 0:
        raise ValueError(f"at: {name!r} takes one value, not {value!r}")
    if not numeric and value not in set(column):
        levels = sorted(map(str, column.unique()))
        raise ValueError(f"at: {name!r} has no level {value!r}; levels are {', '.join(levels)}")
    return value
