"""What reports of chapter 9 call a posterior's numbers, and by which prior they have them."""

import re

from hlm_teach.feedback.claims import Rule
from hlm_teach.feedback.naming import Pair
from hlm_teach.feedback.reading import SD, VARIANCE, asserts


def called_another_middle(*names: str) -> Rule:
    """A rule for a mistake: a posterior median is called its mean, or its mode.

    >>> called_another_middle("tau")("The posterior mean of the SD was 2.10.", {"tau": 2.1})
    True
    >>> called_another_middle("tau")("Its median was 2.10, its mean 2.18.", {"tau": 2.1})
    False
    """
    # No name of a posterior's: 'around the mean line', 'the girls' mean distance'.
    middle = r"\b(mean|average|mode|MAP)\b(?! (line|distance|growth|slope|change|level|curve))"
    return lambda given, n: any(
        asserts(
            given,
            rf"{middle}((?!median)[^.;\d]){{0,60}}(?<![\d.]){n[name]:.2f}\b"
            r"(?!( mm)?,? \(?(the )?(posterior )?median)|"
            rf"(?<![\d.]){n[name]:.2f}( mm)?,? ?\((the )?(posterior )?{middle}\)",
        )
        for name in names
    )


def named_variance(*names: str) -> Rule:
    """A rule for a mistake: a number stands right behind 'variance', whatever comes after it.

    >>> named_variance("tau")("The variance between girls was 2.10, its prior that of an SD.", {"tau": 2.1})
    True
    """
    return lambda given, n: any(
        asserts(given, rf"{VARIANCE}((?!{SD})[^.;\d]){{0,60}}(?<![\d.]){n[name]:.2f}\b")
        for name in names
    )


def by_scale(one: str, other: str, wide: float, narrow: float) -> Pair:
    """Two medians, each with the scale of its prior: 'scale 3', 'scales of 3 and 1', 'the wide one'."""
    scale, unit = r"\b(scales?|half-normal)\b[^.;\d]{0,15}(?<![\d.])", r"( ?mm)?(?![\d.]*\d)"
    first, second = (rf"{re.escape(f'{value:g}')}(\.0+)?{unit}" for value in (wide, narrow))

    def behind(value: float) -> str:
        return rf"(?:(?<={value:g})|(?<={value:g} mm)) (and|or|versus|vs\.?) "

    return Pair(
        one,
        other,
        rf"{scale}{first}|{behind(narrow)}{first}|\bwide(r|st)?\b",
        rf"{scale}{second}|{behind(wide)}{second}|\bnarrow(er|est)?\b|\bscepti",
        decimals=2,
    )
