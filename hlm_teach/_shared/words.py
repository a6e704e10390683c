"""Numbers, lists and other people's values as a sentence wants them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np

MINUS = "\N{MINUS SIGN}"


def signed(value: float, digits: int = 2, *, plus: bool = False) -> str:
    """A number with a true minus sign and no minus zero; with `plus` also "+" before others.

    >>> signed(-0.254), signed(-0.001), signed(3.0, 1, plus=True)
    ('−0.25', '0.00', '+3.0')
    """
    text = f"{value:{'+' if plus else ''}.{digits}f}"
    if float(text) == 0:
        return text.lstrip("+-")
    return text.replace("-", MINUS)


def percent(share: float, digits: int = 1) -> str:
    """A share in percent.

    >>> percent(0.0512)
    '5.1 %'
    """
    return f"{100 * share:.{digits}f} %"


def p_text(p: float | None, digits: int = 3) -> str:
    """A p-value as one writes it: never 0; "nan" where there is none, "" where none was asked.

    >>> p_text(0.0321), p_text(0.00004), p_text(0.00004, 4), p_text(None)
    ('0.032', '< 0.001', '< 0.0001', '')
    """
    if p is None:
        return ""
    if math.isnan(p):
        return "nan"
    least = f"{10.0**-digits:.{digits}f}"
    return f"< {least}" if p < float(least) else f"{p:.{digits}f}"


def listed(names: Iterable[object]) -> str:
    """Names in quotes, with commas.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    return ", ".join(repr(name) for name in names)


def suggestion(given: object, known: Iterable[object]) -> str:
    """Return " Did you mean 'school'?" for the known name nearest to `given`, or "".

    >>> suggestion("skool", ["school", "math"])
    " Did you mean 'school'?"
    """
    names = {str(name).lower(): str(name) for name in known}
    close = get_close_matches(str(given).lower(), names, n=1)
    return f" Did you mean {names[close[0]]!r}?" if close else ""


def shortened(value: object, most: int = 40) -> str:
    """A value's repr, cut off."""
    if isinstance(value, int) and abs(value) > 10**30:
        return f"a whole number of {value.bit_length()} bits"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= most else text[: most - 1] + "…"


def kind_of(value: object) -> str:
    """What a value is, with its article.

    >>> kind_of(3), kind_of("three")
    ('an int', 'a str')
    """
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"
