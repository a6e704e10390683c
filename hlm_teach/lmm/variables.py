"""Where each name of a formula is found: a column, a variable or a function of the caller's."""

from __future__ import annotations

import builtins
import difflib
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from hlm_teach._shared.checks import columns_in_words, shortened

from .formula_names import Names, as_read, how_to_write, keywords_in, names_of


def read_names(argument: str, formula: str) -> Names:
    """The names in a formula.

    Raises
    ------
    ValueError
        If it can't be read; the message says where one knows.
    """
    if len(formula) > 5000:
        raise ValueError(f"{argument} has {len(formula)} letters: make columns of its parts first")
    words = keywords_in(formula)
    if words and words[0] not in ("lambda", "for", "in", "if", "else", "not", "and", "or", "is"):
        if words[0] not in ("True", "False", "None"):
            raise ValueError(
                f"{argument}={formula!r}: {words[0]!r} is a word of Python itself; write "
                f"Q({words[0]!r}) for a column of that name"
            )
    try:
        return names_of(formula)
    except Exception as error:  # the engine's own classes differ by engine
        if "lambda" in words and "lambda " not in formula.replace("lambda:", "lambda "):
            raise ValueError(
                f"{argument}={formula!r}: 'lambda' is a word of Python itself; write Q('lambda') "
                "for a column of that name"
            ) from error
        raise ValueError(
            f"{argument}={shortened(formula, 120)} can't be read as a formula; it is made like "
            "'math ~ ses + C(sector)'. A column whose name has spaces or other signs is written "
            "Q('its name')"
        ) from error


def sources_of(argument: str, names: Names, data: pd.DataFrame, namespace: Mapping) -> dict:
    """Where each variable is found: a column of `data`, or "" for a variable of the caller's.

    Raises
    ------
    ValueError
        For names that are nowhere, or twice in `data`.
    """
    by_name = {as_read(column): column for column in reversed(list(data.columns))}
    by_name |= {column: column for column in data.columns}
    found: dict[str, Any] = {}
    wanted = list(names.variables)
    wanted += [n for n in names.rooted if n in by_name and not is_module(namespace.get(n))]
    for name in wanted:
        column = by_name.get(name, by_name.get(as_read(name)))
        if column is not None:
            if int((data.columns == column).sum()) > 1:
                raise ValueError(
                    f"{argument}: data has {int((data.columns == column).sum())} columns called "
                    f"{column!r}; rename all but one"
                )
            found[name] = column
        elif name in namespace and not callable(namespace[name]):
            found[name] = ""
        elif name not in namespace and not _is_known(name, names):
            raise ValueError(_unknown(argument, name, data))
    for name in names.called | names.rooted:
        if name not in found and name not in namespace and not _engine_knows(name):
            raise ValueError(_unknown(argument, name, data, function=True))
    return found


def _unknown(argument: str, name: str, data: pd.DataFrame, *, function: bool = False) -> str:
    if name in (data.index.names or []):
        return f"{argument}: {name!r} is in the index of data, not a column: data.reset_index()"
    if function:
        return (
            f"{argument}: {name!r} is neither a function of yours nor one of the formula's own "
            "(C, Q, I, center, standardize, bs); for numpy's write np.log(x) after import numpy as np"
        )
    spaced = [c for c in data.columns if isinstance(c, str) and name in c.split()]
    close = difflib.get_close_matches(name, spaced, n=1, cutoff=0.0) if spaced else []
    hint = f" A column with spaces is written {how_to_write(close[0])}." if close else ""
    return (
        f"{argument}: {name!r} is neither a column nor a variable of yours; "
        + columns_in_words(name, data, 12)
        + hint
    )


def _is_known(name: str, names: Names) -> bool:
    """Sum of C(kind, Sum), or another name that the formula may hand to a function as it is."""
    return hasattr(builtins, name) or (name not in names.plain and _engine_knows(name))


def _engine_knows(name: str) -> bool:
    """A function that formulas have without import."""
    if hasattr(builtins, name):
        return True
    if FormulaManager().engine == "patsy":
        import patsy.builtins

        return hasattr(patsy.builtins, name)
    from formulaic.transforms import TRANSFORMS

    return name in TRANSFORMS


def kept_namespace(names: Names, found: Mapping[str, Any], namespace: Mapping) -> dict[str, Any]:
    """What the formula uses of the caller's variables: functions, modules and single values.

    A value that hides one of the formula's own functions (C = 5) is left out.
    """
    wanted = (set(names.variables) | names.called | names.rooted) - {
        name for name, column in found.items() if column != "" or _has_rows(namespace.get(name))
    }
    return {
        name: namespace[name]
        for name in wanted
        if name in namespace
        and (name in names.variables or callable(namespace[name]) or is_module(namespace[name]))
    }


def outside_column(argument: str, name: str, value: Any, data: pd.DataFrame) -> pd.Series | None:
    """A variable of the caller's as a column: a Series by its index, an array by position.

    Raises
    ------
    ValueError
        Where it can't be told which value belongs to which row.
    """
    if not _has_rows(value):
        return None
    way = f"add it to the data instead, data.assign({name}=…)"
    if isinstance(value, pd.DataFrame):
        raise ValueError(
            f"{argument}: {name!r} is a table of yours, and its rows need not be those of data: "
            f"write a column's name alone, or {way}"
        )
    if isinstance(value, pd.Series):
        if value.index.equals(data.index):
            return value
        if value.index.is_unique and data.index.is_unique and data.index.isin(value.index).all():
            return value.reindex(data.index)
        raise ValueError(
            f"{argument}: {name!r} is a Series of yours whose index does not have each row of data "
            f"once, so that its {len(value)} values can't be told apart for {len(data)} rows: {way}"
        )
    if len(value) != len(data):
        raise ValueError(
            f"{argument}: {name!r} holds {len(value)} values of yours, but data has {len(data)} "
            f"rows: {way}"
        )
    if np.ndim(value) != 1:
        raise ValueError(f"{argument}: {name!r} has shape {np.shape(value)}, not one value a row")
    return pd.Series(value, index=data.index)


def _has_rows(value: object) -> bool:
    return isinstance(value, pd.Series | pd.DataFrame | pd.Index | list | tuple) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )


def is_module(value: object) -> bool:
    return isinstance(value, types.ModuleType)
