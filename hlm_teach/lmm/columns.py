"""Columns as the formula engine can read them, and as new data must have them.

A user's file has nullable, arrow, sparse and object columns, numbers as text, dates, categories
that nobody belongs to. What pandas knows as a number becomes one; what can't be a predictor is
refused by name, with the way out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import shortened

from .formula_names import Names

_MOST_LEVELS = 12  # numbers stored as text with more values than this are no categories


@dataclass(frozen=True)
class Column:
    """A variable of a formula as it was fitted.

    Attributes
    ----------
    name
        As the formula writes it.
    source
        The column of the data.
    levels
        The categories, where it holds any; None for numbers.
    """

    name: str
    source: Any
    levels: tuple | None
    categorical: bool = False


def readable(values: pd.Series, name: object, *, alone: bool, coded: bool = False) -> pd.Series:
    """The column with a dtype of numpy: floats, ints, bools, text or categories.

    Parameters
    ----------
    alone
        The column is a term itself, not the argument of a function (which may want dates).
    coded
        It stands within C(…): text that looks like numbers is meant as categories.

    Raises
    ------
    TypeError, ValueError
        Naming the column and what to do.
    """
    dtype = values.dtype
    if isinstance(dtype, pd.SparseDtype):
        values = values.sparse.to_dense()
        dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _categories(values)
    if pd.api.types.is_bool_dtype(dtype):
        return values.astype(bool)
    if pd.api.types.is_complex_dtype(dtype):
        raise TypeError(f"column {name!r} holds complex numbers; take .real, .imag or abs() of it")
    if pd.api.types.is_integer_dtype(dtype):
        return values.astype("int64" if values.empty or values.abs().max() < 2**62 else float)
    if pd.api.types.is_numeric_dtype(dtype):
        return values.astype(float)
    if _is_time(dtype):
        return _time(values, name) if alone else values
    return _objects(values.astype(object), name, alone=alone, coded=coded)


def _is_time(dtype: Any) -> bool:
    kinds = (pd.PeriodDtype, pd.DatetimeTZDtype)
    return (
        isinstance(dtype, kinds)
        or pd.api.types.is_datetime64_any_dtype(dtype)
        or pd.api.types.is_timedelta64_dtype(dtype)
        or str(dtype).startswith(("timestamp", "date32", "date64", "duration", "time"))
    )


def _time(values: pd.Series, name: object) -> pd.Series:
    kind, way = "dates", f"(data[{name!r}] - data[{name!r}].min()).dt.days"
    if isinstance(values.dtype, pd.PeriodDtype):
        kind, way = "periods", f"data[{name!r}].dt.year"
    elif pd.api.types.is_timedelta64_dtype(values.dtype) or "duration" in str(values.dtype):
        kind, way = "durations", f"data[{name!r}].dt.total_seconds()"
    raise TypeError(
        f"column {name!r} holds {kind} ({values.dtype}), not numbers: make a column of numbers "
        f"first, for example {way}"
    )


def _categories(values: pd.Series) -> pd.Series:
    """Without the categories that no row has, and with plain labels."""
    values = values.cat.remove_unused_categories()
    labels = values.cat.categories
    if labels.dtype == object or isinstance(labels.dtype, np.dtype):
        return values
    if isinstance(labels.dtype, pd.IntervalDtype | pd.PeriodDtype) or _is_time(labels.dtype):
        return values.cat.rename_categories([str(label) for label in labels])
    return values.cat.rename_categories(labels.to_numpy(dtype=object).tolist())


def _objects(values: pd.Series, name: object, *, alone: bool, coded: bool) -> pd.Series:
    kinds = {_kind(value) for value in values}
    if kinds <= {"number", "bool"} and "number" in kinds:
        return values.astype(float)
    if kinds == {"bool"}:
        return values.astype(bool)
    if kinds == {"text"}:
        if not coded:
            _refuse_numbers_as_text(values, name)
        return values
    if not alone:
        return values
    if kinds == {"date"}:
        raise TypeError(
            f"column {name!r} holds dates, not numbers: make a column of numbers first, for example "
            f"(pd.to_datetime(data[{name!r}]) - pd.to_datetime(data[{name!r}]).min()).dt.days"
        )
    if len(kinds) > 1 and "other" not in kinds:
        raise TypeError(
            f"column {name!r} mixes {' and '.join(f'{kind}s' for kind in sorted(kinds))}, such as "
            f"{_examples(values)}: make them all one kind, with data[{name!r}].astype(str) or "
            f"pd.to_numeric(data[{name!r}], errors='coerce')"
        )
    raise TypeError(
        f"column {name!r} holds {type(values.iloc[0]).__name__} values such as "
        f"{shortened(values.iloc[0])}, which are neither numbers nor labels: make a column of "
        "numbers or of text from them"
    )


def _kind(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Number) and not isinstance(value, complex):
        return "number"
    if type(value).__name__ == "Decimal":
        return "number"
    return "date" if isinstance(value, datetime.date) else "other"


def _examples(values: pd.Series) -> str:
    """One value of each kind."""
    first = {_kind(value): value for value in reversed(list(values))}
    return " and ".join(shortened(value) for value in first.values())


def _refuse_numbers_as_text(values: pd.Series, name: object) -> None:
    """Numbers that a file gave as text would become a category each, silently."""
    distinct = pd.Series(values.unique())
    points = distinct.str.strip().str.replace(r"^([+-]?\d*),(\d+)$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(points, errors="coerce")
    if numbers.notna().mean() < 0.9:
        return
    whole = (numbers.dropna() % 1 == 0).all()
    if whole and len(distinct) <= _MOST_LEVELS:
        return
    commas = distinct.str.contains(",").any()
    text = f"data[{name!r}]" + (".str.replace(',', '.')" if commas else "")
    bad = distinct[numbers.isna()].tolist()
    label = f"C({name})" if str(name).isidentifier() else f"C(Q({str(name)!r}))"
    cure = f"pd.to_numeric({text}" + (", errors='coerce')" if bad else ")")
    raise TypeError(
        f"column {name!r} holds numbers as text, such as {shortened(distinct.iloc[0])}"
        + (f" (and {shortened(bad[0])})" if bad else "")
        + f": turn them into numbers with {cure}, or, if they are labels, write {label}"
    )


# ---------------------------------------------------------------- new data


def as_fitted(values: pd.Series, column: Column, *, coded: bool, alone: bool) -> pd.Series:
    """New values of a fitted column, in the kind that was fitted.

    Raises
    ------
    TypeError, ValueError
        For text where numbers were fitted, and for levels that were not fitted.
    """
    new = readable(values, column.source, alone=alone, coded=coded or column.levels is not None)
    if column.levels is None:
        if pd.api.types.is_numeric_dtype(new) and len(new) and new.abs().max() > 1e100:
            raise ValueError(
                f"data: column {column.source!r} has values up to {new.abs().max():.0e}, whose "
                "squares overflow: use other units"
            )
        if not alone or pd.api.types.is_numeric_dtype(new) or pd.api.types.is_bool_dtype(new):
            return new
        raise TypeError(
            f"data: column {column.source!r} held numbers when the model was fitted; now it holds "
            f"{shortened(new.iloc[0])}"
        )
    if set(column.levels) <= {True, False}:
        column_levels = {True, False}
        if set(new.unique()) <= column_levels:  # 0 and 1 are False and True
            return new.astype(bool)
    unseen = [value for value in new.unique() if value not in column.levels]
    if unseen:
        raise ValueError(
            f"data: column {column.source!r} holds {shortened(unseen[0])}"
            + (" and other values" if len(unseen) > 1 else "")
            + " that the model was not fitted with; it knows "
            + few(column.levels)
            + _same_text(unseen[0], column.levels)
        )
    if column.categorical:  # the engine wants the fitted categories, in their order
        return pd.Series(pd.Categorical(new, categories=list(column.levels)), index=new.index)
    return new


def few(values: Iterable[object], most: int = 8) -> str:
    """The first of many values."""
    values = list(values)
    return ", ".join(map(shortened, values[:most])) + (" …" if len(values) > most else "")


def _same_text(value: object, levels: Iterable[object]) -> str:
    """What to do where a level differs in type, or in blanks around it."""
    twin = twin_of(value, levels)
    if twin is None:
        return ""
    return (
        f" ({shortened(twin)} is {type(twin).__name__}, {shortened(value)} is "
        f"{type(value).__name__}: give it the same way)"
    )


def twin_of(value: object, levels: Iterable[object]) -> object | None:
    """The known label that reads like `value` but for its type or for blanks around it."""
    text = _plain_text(value)
    return next((level for level in levels if _plain_text(level) == text), None)


def _plain_text(value: object) -> str:
    """'48' for 48, 48.0, '48', ' 48 ' and '048'."""
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:g}" if abs(number) < 1e15 else text


def fitted_columns(
    data: Mapping[str, pd.Series], sources: Mapping[str, Any], names: list[Names]
) -> tuple[dict[str, pd.Series], tuple[Column, ...]]:
    """Converted columns of the used rows, and what is remembered of each."""
    plain = frozenset().union(*(n.plain for n in names))
    coded = frozenset().union(*(n.coded for n in names))
    within = frozenset().union(*(n.within_codes for n in names))
    values = {
        name: readable(data[name], sources[name] or name, alone=name in plain, coded=name in within)
        for name in sources
    }
    columns = [
        Column(
            name,
            sources[name] or name,
            _levels(value, coded=name in coded),
            isinstance(value.dtype, pd.CategoricalDtype),
        )
        for name, value in values.items()
    ]
    return values, tuple(columns)


def _levels(values: pd.Series, *, coded: bool) -> tuple | None:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return tuple(values.cat.categories)
    if values.dtype in (object, bool) or isinstance(values.dtype, pd.StringDtype) or coded:
        return tuple(values.unique().tolist())
    return None
