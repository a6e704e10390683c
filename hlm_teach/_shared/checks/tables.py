"""Checks of tables and their columns.

Each returns what it was given, ready to use, or raises an error that names the argument, what was
given and what is wanted: `TypeError` for the wrong kind of thing, `ValueError` for a value that
cannot be used.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from hlm_teach._shared.words import shortened, suggestion


def check_frame(data: object, name: str = "data") -> pd.DataFrame:
    """Return `data` if it is a DataFrame with at least one row.

    Raises
    ------
    TypeError
        If it is not a DataFrame.
    ValueError
        If it has no rows.
    """
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"{name} must be a pandas DataFrame, not {_kind_and_way(data)}")
    if data.empty:
        raise ValueError(f"{name} is empty ({data.shape[0]} rows, {data.shape[1]} columns)")
    return data


def _kind_and_way(data: object) -> str:
    """The type of what was given instead of a DataFrame, and how to make one of it."""
    kind = type(data).__name__
    if isinstance(data, pd.Series):
        return f"{kind}: one row of a DataFrame is data.iloc[[0]], with double brackets"
    if isinstance(data, Mapping):
        return f"{kind}: pd.DataFrame([…]) makes a row of it"
    if hasattr(data, "to_pandas"):
        return f"{kind} of {type(data).__module__.split('.')[0]}: convert it, .to_pandas()"
    return kind


def is_name(value: object) -> bool:
    """Can it be a column's name?"""
    return isinstance(value, (str, int, float, tuple)) and not isinstance(value, bool)


def check_column(data: pd.DataFrame, column: Hashable, argument: str) -> Hashable:
    """Return `column` if `data` has exactly one column of that name.

    Raises
    ------
    TypeError
        If `column` cannot be a column name (a list, a Series).
    ValueError
        If there is no such column (the message lists the columns and the nearest name), or
        there are several.
    """
    if not is_name(column):
        raise TypeError(
            f"{argument} must be one column name, not {type(column).__name__}: {shortened(column)}"
        )
    count = sum(name is column or (is_name(name) and name == column) for name in data.columns)
    if count == 1:
        return column
    if count > 1:
        raise ValueError(
            f"{argument}={shortened(column)} names {count} columns; rename all but one"
        )
    if column in (data.index.names or []):
        raise ValueError(
            f"{argument}={column!r} is in the index of data, not a column: data.reset_index()"
        )
    raise ValueError(
        f"{argument}={shortened(column)} is not a column; {columns_in_words(column, data)}"
    )


def columns_in_words(wanted: object, data: pd.DataFrame, most: int = 25) -> str:
    """The columns of `data`, no more than `most`, and the one nearest to the name `wanted`.

    >>> columns_in_words("mth", pd.DataFrame(columns=["school", "math"]))
    "columns are school, math. Did you mean 'math'?"
    """
    names = [str(name) for name in data.columns]
    shown = ", ".join(names[:most]) + (" …" if len(names) > most else "")
    return f"columns are {shown}.{suggestion(wanted, names)}"


def check_columns(data: pd.DataFrame, names: Iterable[Hashable], argument: str) -> None:
    """Check that a table has all of these columns.

    Raises
    ------
    ValueError
        Naming the first that is missing, and the columns there are.

    >>> check_columns(pd.DataFrame({"n": [3]}), ["n"], "table")
    """
    missing = [name for name in names if name not in data]
    if missing:
        raise ValueError(
            f"{argument} has no column {missing[0]!r}; {columns_in_words(missing[0], data)}"
        )


def check_numeric_column(data: pd.DataFrame, column: Hashable, argument: str) -> pd.Series:
    """Return the column as floats (missing values as NaN) if it is numeric, finite and not empty.

    Raises
    ------
    TypeError
        If the column holds text, categories or dates.
    ValueError
        If there is no such column, nothing but missing values, or an infinite value.
    """
    series = data[check_column(data, column, argument)]
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_complex_dtype(series):
        raise TypeError(
            f"{argument}={column!r} must be a numeric column, but it holds {series.dtype} "
            f"values such as {shortened(series.iloc[0])}"
        )
    values = series.astype(float)
    with np.errstate(all="ignore"):
        size = float(np.nanmax(np.abs(values))) if values.notna().any() else 0.0
    if np.isfinite(size) and (size > 1e100 or 0 < size < 1e-100):
        raise ValueError(
            f"{argument}={column!r} has values of the size {size:.0e}, whose squares a computer "
            "can't hold: use other units"
        )
    if np.isinf(values).any():
        raise ValueError(f"{argument}={column!r} has {int(np.isinf(values).sum())} infinite values")
    if values.isna().all():
        raise ValueError(f"{argument}={column!r} has only missing values")
    return values


def complete_rows(
    data: pd.DataFrame, columns: Sequence[Hashable]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows without missing values in `columns`, and a note that counts the others.

    The notes are empty where nothing is missing.

    Raises
    ------
    ValueError
        If no row is complete.
    """
    missing = data[list(columns)].isna()
    n_dropped = int(missing.any(axis=1).sum())
    if n_dropped == 0:
        return data[list(columns)].reset_index(drop=True), ()
    counts = ", ".join(f"{name} {n}" for name, n in missing.sum().items() if n)
    if n_dropped == len(data):
        raise ValueError(f"no complete row is left: missing values per column: {counts}")
    rows = "1 row" if n_dropped == 1 else f"{n_dropped} rows"
    note = f"{rows} of {len(data)} dropped because of missing values ({counts})."
    return data.loc[~missing.any(axis=1), list(columns)].reset_index(drop=True), (note,)


def check_groups(labels: pd.Series, argument: str = "groups") -> int:
    """Return the number of groups if there are two or more.

    Raises
    ------
    ValueError
        If there is one group only.
    """
    n_groups = int(labels.nunique())
    if n_groups < 2:
        raise ValueError(
            f"{argument}={labels.name!r} has {n_groups} group; at least two groups are needed "
            "to see how groups vary"
        )
    return n_groups
