"""Checks of single values.

Each returns what it was given, ready to use, or raises an error that names the argument, what was
given and what is wanted: `TypeError` for the wrong kind of thing, `ValueError` for a value that
cannot be used.
"""

from numbers import Integral, Real

import numpy as np

from hlm_teach._shared.words import shortened

_MOST_BYTES = 2e9


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
    if whole > high and high < 10_000:  # a range of choices, and no matter of time or memory
        raise ValueError(
            f"{argument} must be between {low} and {high}, but {argument}={shortened(whole)} was given"
        )
    if whole > high:
        raise ValueError(
            f"{argument}={shortened(whole)} is more than {high:,}, which would take hours or more "
            "memory than there is: take fewer"
        )
    return whole


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
