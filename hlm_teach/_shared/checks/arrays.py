"""Checks of arrays.

Each returns what it was given, ready to use, or raises an error that names the argument, what was
given and what is wanted: `TypeError` for the wrong kind of thing, `ValueError` for a value that
cannot be used.
"""

from numbers import Integral

import numpy as np

from .values import check_count


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


def check_floats(values: object, argument: str, *, copy: bool = True) -> np.ndarray:
    """Return an array of finite floats, none so large that its square overflows; `copy` False:
    the caller's own array where it is one of floats (for whoever only reads it).

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
            array = array.astype(float, copy=copy)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{argument} must hold numbers, not {type(values).__name__} with {str(error)[:80]}"
        ) from error
    if array.size == 0:
        return array
    if array.flags.c_contiguous and np.vdot(array, array) < 1e200:  # one pass tells: all is well
        return array
    low, high = float(array.min()), float(array.max())  # nan where any is
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f"{argument} must hold finite numbers; it has missing or infinite values")
    if max(-low, high) > 1e100:
        raise ValueError(
            f"{argument} has values up to {max(-low, high):.0e}, whose squares overflow: "
            "use other units"
        )
    return array


def check_outcomes(y: object, n_rows: int, argument: str = "y") -> np.ndarray:
    """Return outcomes as an array (R, N) of finite floats; one outcome (N,) is R = 1.

    Raises
    ------
    TypeError, ValueError
        For masked arrays, what holds no numbers, another N, no replicate, missing values.
    """
    values = np.atleast_2d(check_floats(y, argument, copy=False))
    if values.ndim != 2 or values.shape[1] != n_rows:
        raise ValueError(
            f"{argument} has shape {np.asarray(y).shape}; wanted (R, {n_rows}), one row an outcome"
        )
    if len(values) == 0:
        raise ValueError(f"{argument} has no row: it holds no outcome")
    return values


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
