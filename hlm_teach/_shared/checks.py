"""Checks of arguments that every public function shares.

Each check returns the value it was given, ready to use, or raises an error that names the
argument, what was given and what is wanted.  `TypeError` is for the wrong kind of thing,
`ValueError` for a value that cannot be used.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from numbers import Integral, Real

import numpy as np
import pandas as pd


def suggestion(given: object, known: Iterable[object]) -> str:
    """Return " Did you mean 'school'?" for the known name nearest to `given`, or "".

    >>> suggestion("skool", ["school", "math"])
    " Did you mean 'school'?"
    """
    names = {str(name).lower(): str(name) for name in known}
    close = get_close_matches(str(given).lower(), names, n=1)
    return f" Did you mean {names[close[0]]!r}?" if close else ""


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


def check_number(
    value: object, argument: str, *, low: float = -np.inf, high: float = np.inf
) -> float:
    """Return `value` as a float if it is a finite number with low <= value <= high.

    Raises
    ------
    TypeError
        If it is not a number (True and False are not).
    ValueError
        If it is nan, infinite, or outside the bounds.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(
            f"{argument} must be a number, not {type(value).__name__}: {shortened(value)}"
        )
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        raise ValueError(f"{argument} must be finite, but {argument}={shortened(value)} was given")
    if abs(number) > 1e100:
        raise ValueError(
            f"{argument}={number:g} is so large that its square overflows: use other units"
        )
    if not low <= number <= high:
        raise ValueError(
            f"{argument} must be {_range_in_words(low, high)}, but {argument}={number:g} was given"
        )
    return number


def _range_in_words(low: float, high: float) -> str:
    """Say a closed range in words."""
    if high == np.inf:
        return f"{low:g} or more"
    if low == -np.inf:
        return f"{high:g} or less"
    return f"between {low:g} and {high:g}"


def check_level(value: object, argument: str = "level") -> float:
    """Return the level of an interval, a share between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        For what is no number, and for 95 where 0.95 is meant.

    >>> check_level(0.95)
    0.95
    """
    level = check_number(value, argument)
    if not 1e-12 <= level <= 1 - 1e-12:
        hint = f"; 95 % is {argument}=0.95" if 1 < level <= 100 else ""
        raise ValueError(
            f"{argument} must be between 0 and 1, but {argument}={level:g} was given{hint}"
        )
    return level


def check_bool(value: object, argument: str) -> bool:
    """Return `value` if it is True or False.

    Raises
    ------
    TypeError
        If it is anything else, 1 and "yes" included.

    >>> check_bool(True, "reml")
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{argument} must be True or False, not {value!r}"[:200])
    return bool(value)


_MOST_BYTES = 2e9


def check_size(n: object, argument: str, per_one: int, *, low: int = 1) -> int:
    """Return a number of replicates, data sets or rows whose `per_one` floats fit into memory.

    Raises
    ------
    TypeError, ValueError
        As `check_count`; and before anything starts, if it would take more than 2 GB.
    """
    count = check_count(n, argument, low=low)
    size = 8.0 * count * per_one
    if size > _MOST_BYTES:
        raise ValueError(
            f"{argument}={count} would hold {count} × {per_one} numbers, about {size / 1e9:.1f} GB; "
            f"{int(_MOST_BYTES / 8 / per_one)} or fewer fit into {_MOST_BYTES / 1e9:g} GB"
        )
    return count


def check_outcomes(y: object, n_rows: int, argument: str = "y") -> np.ndarray:
    """Return outcomes as an array (R, N) of finite floats; one outcome (N,) is R = 1.

    Raises
    ------
    TypeError, ValueError
        For masked arrays, what holds no numbers, another N, no replicate, missing values.
    """
    values = np.atleast_2d(check_floats(y, argument))
    if values.ndim != 2 or values.shape[1] != n_rows:
        raise ValueError(
            f"{argument} has shape {np.asarray(y).shape}; wanted (R, {n_rows}), one row an outcome"
        )
    if len(values) == 0:
        raise ValueError(f"{argument} has no row: it holds no outcome")
    return values


def as_array(values: object, argument: str) -> np.ndarray:
    """Return an array of whatever holds one value a place.

    Raises
    ------
    TypeError
        For masked arrays, and for lists in which rows differ in length.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{argument} is a masked array, whose mask would be ignored: drop those rows"
        )
    try:
        return np.asarray(values)
    except ValueError as error:
        raise TypeError(
            f"{argument} must hold one value a place: its rows differ in length"
        ) from error


def check_floats(values: object, argument: str) -> np.ndarray:
    """Return an array of finite floats, none so large that its square overflows.

    Raises
    ------
    TypeError, ValueError
        For masked arrays, what holds no numbers, missing, infinite or huge values.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{argument} is a masked array, whose mask would be ignored: drop those rows"
        )
    try:
        with np.errstate(all="ignore"):
            array = np.asarray(values)
            if array.dtype.kind == "c":
                raise TypeError("complex numbers")
            if array.dtype.kind not in "biuf":
                if any(isinstance(v, (str, bytes)) for v in array.ravel()[:1000]):
                    raise TypeError("text")
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{argument} must hold numbers, not {type(values).__name__} with {str(error)[:80]}"
        ) from error
    if array.size and not np.isfinite(array).all():
        raise ValueError(f"{argument} must hold finite numbers; it has missing or infinite values")
    if array.size and np.abs(array).max() > 1e100:
        raise ValueError(
            f"{argument} has values up to {np.abs(array).max():.0e}, whose squares overflow: "
            "use other units"
        )
    return array


def check_variance(value: object, argument: str, *, positive: bool = False) -> float:
    """Return `value` as a float if it is a variance: finite, not negative (or above zero).

    Raises
    ------
    TypeError, ValueError
        As `check_number`; the message recalls that a variance is wanted, not a correlation.
    """
    variance = check_number(value, argument)
    if 0 < variance < 1e-100:
        raise ValueError(
            f"{argument}={variance:g} is so small that its square vanishes: use other units, or 0"
        )
    if variance < 0 or (positive and variance == 0):
        wanted = "above 0" if positive else "0 or more"
        raise ValueError(
            f"{argument} is a variance and must be {wanted}, but {argument}={variance:g} was given"
        )
    return variance


def check_count(value: object, argument: str, *, low: int = 1, high: int = 10_000_000) -> int:
    """Return `value` as an int if it is a whole number of at least `low` and no more than `high`.

    Raises
    ------
    TypeError
        If it is not a whole number (2.0 is not, nor True).
    ValueError
        If it is below `low`, or so large that the work would not end.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(
            f"{argument} must be a whole number, not {type(value).__name__}: {shortened(value)}"
        )
    whole = int(value)
    if whole < low:
        raise ValueError(
            f"{argument} must be {low} or more, but {argument}={shortened(whole)} was given"
        )
    if whole > high:
        raise ValueError(
            f"{argument}={shortened(whole)} is more than {high:,}, which would take hours or more "
            "memory than there is: take fewer"
        )
    return whole


def shortened(value: object, most: int = 40) -> str:
    """A value's repr, cut off."""
    if isinstance(value, int) and abs(value) > 10**30:
        return f"a whole number of {value.bit_length()} bits"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= most else text[: most - 1] + "…"


def check_total(rows: float, argument: str, *, each: int = 8, most: float = 2e9) -> None:
    """Refuses work whose numbers would not fit into memory, before it starts.

    Parameters
    ----------
    rows
        How many numbers are held at once.
    argument
        What the number is made of: "n_groups × group_size".
    each, most
        Bytes each takes, and bytes there are.

    Raises
    ------
    ValueError
        With the estimate.
    """
    if rows * each > most:
        raise ValueError(
            f"{argument} makes {rows:,.0f} numbers, about {rows * each / 1e9:.0f} GB of memory; up to "
            f"{most / each:,.0f} are possible: take fewer"
        )


def check_sizes(sizes: object, argument: str = "group_sizes", *, low: int = 1) -> np.ndarray:
    """Return whole-number group sizes as an int array of shape (J,); an int gives shape (1,).

    Raises
    ------
    TypeError
        If a size is not a whole number.
    ValueError
        If there are none, or one is below `low`.
    """
    most = 2**53  # the last whole number that a float holds
    if isinstance(sizes, Integral) or np.ndim(as_array(sizes, argument)) == 0:
        return np.array([check_count(sizes, argument, low=low, high=most)])
    given = as_array(sizes, argument)
    if given.ndim != 1 or given.size == 0:
        raise ValueError(f"{argument} must hold one size per group, but has shape {given.shape}")
    if not np.issubdtype(given.dtype, np.integer):
        raise TypeError(f"{argument} must hold whole numbers, not {given.dtype} values")
    if given.min() < low:
        raise ValueError(
            f"{argument} must be {low} or more in every group, but one is {given.min()}"
        )
    if given.max() > most:
        raise ValueError(f"{argument} holds {given.max()}, more than {most:,}")
    return given.astype(int)


def check_rng(rng: object) -> np.random.Generator:
    """Return `rng` if it is a numpy Generator.

    Raises
    ------
    TypeError
        If it is anything else; the message shows how to make one.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy Generator, not {type(rng).__name__}; "
            "make one with np.random.default_rng(2026)"
        )
    return rng
