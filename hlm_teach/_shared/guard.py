"""Arguments checked where a function begins: what each must be stands beside the function's name.

    @guarded(n_groups=whole(low=2), tau00=variance, reml=flag, rng=generator)
    def draw(n_groups, *, tau00, reml=True, rng): ...

A check takes (value, name, all arguments) and raises TypeError or ValueError that names the argument;
what it returns is not used. A function gets what its caller gave, but for integers that would go wrong
in it: one of numpy's becomes an int, one of 2⁶³ or more a float. Defaults are not checked.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from .checks import (
    as_array,
    check_bool,
    check_column,
    check_count,
    check_floats,
    check_frame,
    check_level,
    check_number,
    check_numeric_column,
    check_rng,
    check_sizes,
    check_variance,
    shortened,
)
from .words import kind_of

P = ParamSpec("P")
R = TypeVar("R")
Check = Callable[[Any, str, Mapping[str, Any]], object]


def guarded(**checks: Check) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check the named arguments, in this order, before the function runs.

    >>> @guarded(n=whole(low=1))
    ... def twice(n):
    ...     return 2 * n
    >>> twice(3)
    6
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            given, changed = bound.arguments, False
            for name, check in checks.items():
                if name not in given:
                    continue
                value = given[name]
                check(value, name, given)
                if isinstance(value, np.integer):
                    given[name], changed = int(value), True  # an int8 would overflow
                elif isinstance(value, int) and abs(value) >= 2**63:
                    given[name], changed = float(value), True  # numpy has no such integers
            if changed:
                return function(*bound.args, **bound.kwargs)
            return function(*args, **kwargs)

        return checked

    return decorate


def whole(low: int = 1, high: int = 10_000_000) -> Check:
    """A whole number."""
    return lambda value, name, _: check_count(value, name, low=low, high=high)


def number(low: float = -np.inf, high: float = np.inf) -> Check:
    """A finite number."""
    return lambda value, name, _: check_number(value, name, low=low, high=high)


def variance(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """A variance, 0 or more."""
    return check_variance(value, name)


def positive(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """A variance above 0."""
    return check_variance(value, name, positive=True)


def level(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """A share between 0 and 1."""
    return check_level(value, name)


def flag(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """True or False."""
    return check_bool(value, name)


def generator(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """A numpy Generator."""
    return check_rng(value)


def label(value: Any, name: str, _: Mapping[str, Any]) -> None:
    """A group's label."""
    if isinstance(value, list | dict | set | np.ndarray) or value is None or value is pd.NA:
        raise TypeError(f"{name} must hold one label a row, not {shortened(value)}")
    if value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        raise ValueError(f"{name} has missing labels: drop those rows first")


def values_of(each: Check) -> Check:
    """One value, or an array of them, each of one kind."""

    def check(value: Any, name: str, given: Mapping[str, Any]) -> None:
        numbers(value, name, given)
        for one in np.ravel(value):
            each(one, name, given)

    return check


def rising(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """Finite numbers, each above the one before."""
    list_of(number())(value, name, given)
    if np.any(np.diff(np.asarray(list(value), float)) <= 0):
        raise ValueError(f"{name} must rise from one to the next, not {shortened(value)}")


def sizes(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """Group sizes."""
    return check_sizes(value, name)


def series_of_numbers(value: Any, name: str, _: Mapping[str, Any]) -> None:
    """Finite numbers, one a row."""
    if check_floats(value, name).ndim != 1:
        raise ValueError(f"{name} must hold one number a row, not {shortened(value)}")


def numbers(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """One finite number or several."""
    if check_floats(value, name).size == 0:
        raise ValueError(f"{name} holds no number")
    return None


def list_of(each: Check) -> Check:
    """Several values, each of one kind."""

    def check(value: Any, name: str, given: Mapping[str, Any]) -> None:
        if isinstance(value, str | bytes | Mapping | set) or not np.iterable(value):
            raise TypeError(f"{name} must be a list of values, not {shortened(value)}")
        if isinstance(value, np.ma.MaskedArray) or as_array(list(value), name).size == 0:
            raise ValueError(f"{name} is empty, or partly masked")
        for one in value:
            each(one, name, given)

    return check


def any_number(value: Any, name: str, _: Mapping[str, Any]) -> None:
    """A number, nan included (the function itself says what it wants)."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name} must hold numbers, not {shortened(value)}")
    if isinstance(value, np.complexfloating) or abs(float(value)) > 1e100:
        raise ValueError(f"{name} holds {shortened(value)}: use finite numbers and other units")


def hashable(value: Any, name: str, _: Mapping[str, Any]) -> None:
    """A word, or at least something that can be looked up."""
    if not isinstance(value, str | int | float) or len(shortened(value, 300)) > 200:
        raise TypeError(f"{name} must be a word, not {shortened(value)}")


def text(most: int = 200) -> Check:
    """Some words, not too many."""

    def check(value: Any, name: str, _: Mapping[str, Any]) -> None:
        if not isinstance(value, str):
            raise TypeError(f"{name} must be text, not {shortened(value)}")
        if len(value) > most:
            raise ValueError(f"{name} has {len(value)} letters; up to {most} are wanted")
        if any(0xD800 <= ord(sign) < 0xE000 for sign in value):
            raise ValueError(f"{name} holds half a character ({shortened(value)}): write it anew")

    return check


def any_of(*checks: Check) -> Check:
    """What one of the checks accepts; the last one's message where none does."""

    def check(value: Any, name: str, given: Mapping[str, Any]) -> None:
        for one in checks[:-1]:
            try:
                one(value, name, given)
                return
            except (TypeError, ValueError):
                continue
        checks[-1](value, name, given)

    return check


def one_of(*choices: str) -> Check:
    """One of several words."""

    def check(value: Any, name: str, _: Mapping[str, Any]) -> None:
        if not isinstance(value, str) or value not in choices:
            known = ", ".join(map(repr, choices))
            raise ValueError(f"{name}={shortened(value)} must be one of {known}")

    return check


def optional(check: Check) -> Check:
    """None, or what the check wants."""
    return lambda value, name, given: None if value is None else check(value, name, given)


def made_by(kind: str | type, source: str) -> Check:
    """An object of a class (named where importing it would turn the rooms round)."""

    def check(value: Any, name: str, _: Mapping[str, Any]) -> None:
        names = [base.__name__ for base in type(value).__mro__]
        if (kind if isinstance(kind, str) else kind.__name__) not in names:
            raise TypeError(f"{name} must come from {source}, not be {kind_of(value)}")

    return check


fitted = made_by("LmmResult", "fit_lmm")


def table(value: Any, name: str, _: Mapping[str, Any]) -> object:
    """A DataFrame with rows."""
    return check_frame(value, name)


def table_of_columns(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A DataFrame whose columns have different names, of values that can be told apart."""
    check_frame(value, name)
    if value.columns.nlevels > 1:
        raise ValueError(f"{name} has columns of several levels: give it one row of names")
    for column in value.columns:
        check_column(value, column, f"{name}'s column")
        if pd.api.types.is_complex_dtype(value[column].dtype):
            raise TypeError(f"{name}: column {column!r} holds complex numbers; leave it out")
        try:
            pd.unique(value[column])
        except TypeError as error:
            raise TypeError(
                f"{name}: column {column!r} holds {type(value[column].iloc[0]).__name__} values; "
                "leave it out"
            ) from error


def table_with(*columns: str, numeric: tuple[str, ...] = (), holes: bool = False) -> Check:
    """A DataFrame with certain columns, some of numbers."""

    def check(value: Any, name: str, _: Mapping[str, Any]) -> None:
        check_frame(value, name)
        for column in columns:
            labels(column, f"{name}'s column", {"data": value})
        for column in numeric:
            if holes:
                check_numeric_column(value, column, f"{name}'s column")
            else:
                no_holes(column, f"{name}'s column", {"data": value})

    return check


def no_holes(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A column of numbers of `data`, none missing."""
    if check_numeric_column(given["data"], value, name).isna().any():
        raise ValueError(f"{name}={value!r} has missing values: drop or fill those rows first")


def kind_of_labels(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A column of labels of `data`, some of which may be missing."""
    column = given["data"][check_column(given["data"], value, name)]
    labels(value, name, {"data": column.dropna().to_frame()})


def labels(value: Any, name: str, given: Mapping[str, Any]) -> None:
    """A column of labels of `data`, none missing, all of one kind."""
    column = given["data"][check_column(given["data"], value, name)]
    if column.isna().any():
        raise ValueError(f"{name}={value!r} has missing labels: drop those rows first")
    if pd.api.types.is_float_dtype(column) and np.isinf(column).any():
        raise ValueError(f"{name}={value!r} has infinite labels: drop or rename them first")
    try:
        sorted(pd.unique(column))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name}={value!r} holds labels that can't be ordered, such as "
            f"{shortened(column.iloc[0])}: make them all text or all numbers"
        ) from error
