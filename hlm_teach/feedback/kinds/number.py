"""Numbers as answers: how they are read, compared with the truth, and remarked on when wrong.

A kind turns what a learner hands in (an array, a fitted model, a function, a sentence) into plain
data: numbers, texts, lists, dicts. From there on nothing of the learner's own objects is touched,
so that a grader can judge in another process than the one in which the learner's code ran.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real

import numpy as np

from .base import Kind, Unreadable, described, unwrapped

# ---- numbers -----------------------------------------------------------------------------

# Of the last decimal asked for: a half, and a little for a number that was rounded twice by hand.
ROUNDING = 0.6


@dataclass(frozen=True)
class Number(Kind):
    """One number, right when it agrees with the truth to `decimals` decimals.

    An answer may have more decimals than asked for. `within` is another tolerance, for answers
    made of numbers that were themselves read off rounded.
    """

    decimals: int = 2
    within: float | None = None

    def read(self, answer: object) -> float:
        value = unwrapped(answer)
        if isinstance(value, str):
            raise Unreadable(_number_in_text(value))
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
            raise Unreadable(f"One number is wanted here; this is {described(value)}.")
        if math.isnan(value):
            raise Unreadable(
                "This is nan, 'not a number': something on the way was missing or "
                "0/0. Look at the values you started from."
            )
        if math.isinf(value):
            raise Unreadable("This is infinite, and a finite number is wanted.")
        return float(value)

    def same(self, given: float, truth: float) -> bool:
        allowed = ROUNDING * 10.0**-self.decimals if self.within is None else self.within
        return abs(given - truth) <= allowed

    def remark(self, given: float, truth: float) -> str:
        if self._sized(given, 100 * truth) or self._sized(given / 100, truth):
            return (
                "The digits are right, the size isn't: this is a hundred times as large. "
                "Give it as a plain number, not in per cent."
            )
        if self._sized(100 * given, truth):
            return (
                "The digits are right, the size isn't: this is a hundredth of it. Is it asked "
                "for in per cent?"
            )
        if self.same(-given, truth):
            return "The size is right, the sign isn't. Was something taken the wrong way round?"
        if self.coarse(given, truth):
            return self.coarse(given, truth)
        if abs(given - truth) <= 0.05 * abs(truth) and self.decimals == 0:
            return (
                "Close, within five per cent, but not it: one too many or too few, rounded the other "
                "way, or another number on the way?"
            )
        if abs(given - truth) <= 0.05 * abs(truth):
            return (
                "Close, within five per cent, but not it: rounded on the way, another "
                "estimator than the one asked for, or a small term too many or too few?"
            )
        return ""

    def _sized(self, given: float, truth: float) -> bool:
        """The same but for its size, and not just because both are nearly zero."""
        return self.same(given, truth) and abs(given - truth) <= 0.05 * abs(truth)

    def coarse(self, given: float, truth: float) -> str:
        if _rounds_to(given, truth, self.decimals):
            wanted = "1 decimal is" if self.decimals == 1 else f"{self.decimals} decimals are"
            return f"Rounded too far, at the end or on the way: {wanted} wanted here."
        return ""


def _rounds_to(given: float, truth: float, decimals: int) -> bool:
    return (
        abs(given - truth) <= 0.25 * abs(truth)
        and given != 0
        and not (given == 1 and 0 < truth < 1)  # who says so of a share means all of it
        and any(
            given == round(given, fewer) and abs(given - truth) <= ROUNDING * 10.0**-fewer
            for fewer in range(decimals)
        )
    )


def _number_in_text(text: str) -> str:
    """What to say to a text where a number is wanted: the number, if the text is one."""
    found = re.fullmatch(r"\s*([-+]?\d*[.,]?\d+)\s*(%?)\s*[a-z]*\s*", text)
    if not found:
        return f"A number, please, not the text {text[:40]!r}."
    value = float(found[1].replace(",", "."))
    either = f"{value:g} or {value / 100:g}, as the task asks for it," if found[2] else f"{value:g}"
    return f"A number, please: {either} rather than the text {text[:40]!r}."
