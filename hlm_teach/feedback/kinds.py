"""Kinds of answers: how each is read, compared with the truth, and remarked on when it's wrong.

A kind turns what a learner hands in (an array, a fitted model, a function, a sentence) into plain
data: numbers, texts, lists, dicts. From there on nothing of the learner's own objects is touched,
so that a grader can judge in another process than the one in which the learner's code ran.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Choice", "Chosen", "Kind", "Number", "Several", "Unreadable"]


class Unreadable(Exception):
    """An answer of a wrong type or shape. Its text says what was given and what is wanted."""


class Kind:
    """What every kind can do. `given` and `truth` are plain data, as `read` returns them."""

    caveat = ""     # what a right answer's praise has to add

    def read(self, answer: object) -> Any:
        """Return the answer as plain data; raise Unreadable where it isn't of this kind."""
        raise NotImplementedError

    def same(self, given: Any, truth: Any) -> bool:
        """Tell whether two answers are the same, as exactly as the exercise asks for."""
        raise NotImplementedError

    def remark(self, given: Any, truth: Any) -> str:
        """Say what can be said of any wrong answer of this kind, never the truth; '' if nothing."""
        return ""

    def so_far(self, given: Any, truth: Any) -> str:
        """Say which parts of a wrong answer are right; '' where there are no parts."""
        return ""

    def coarse(self, given: Any, truth: Any) -> str:
        """Say that a wrong answer is wrong by rounding only; '' where it isn't."""
        return ""


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
            raise Unreadable("This is nan, 'not a number': something on the way was missing or "
                             "0/0. Look at the values you started from.")
        if math.isinf(value):
            raise Unreadable("This is infinite, and a finite number is wanted.")
        return float(value)

    def same(self, given: float, truth: float) -> bool:
        allowed = ROUNDING * 10.0 ** -self.decimals if self.within is None else self.within
        return abs(given - truth) <= allowed

    def remark(self, given: float, truth: float) -> str:
        if self._sized(given, 100 * truth) or self._sized(given / 100, truth):
            return ("The digits are right, the size isn't: this is a hundred times as large. "
                    "Give it as a plain number, not in per cent.")
        if self._sized(100 * given, truth):
            return ("The digits are right, the size isn't: this is a hundredth of it. Is it asked "
                    "for in per cent?")
        if self.same(-given, truth):
            return "The size is right, the sign isn't. Was something taken the wrong way round?"
        if self.coarse(given, truth):
            return self.coarse(given, truth)
        if abs(given - truth) <= 0.05 * abs(truth):
            return ("Close, within five per cent, but not it: rounded on the way, another "
                    "estimator than the one asked for, or a small term too many or too few?")
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
    return abs(given - truth) <= 0.25 * abs(truth) and given != 0 and any(
        given == round(given, fewer) and abs(given - truth) <= ROUNDING * 10.0 ** -fewer
        for fewer in range(decimals))


def unwrapped(answer: object) -> object:
    """The one value in an array, Series or list of length one; anything else as it is."""
    if isinstance(answer, (np.ndarray, pd.Series, pd.DataFrame, np.generic)) and answer.size == 1:
        return np.asarray(answer).reshape(-1)[0].item() if _is_plain(answer) else answer
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        return answer[0]
    return answer


def _is_plain(answer: Any) -> bool:
    return hasattr(np.asarray(answer).reshape(-1)[0], "item")


def _number_in_text(text: str) -> str:
    """What to say to a text where a number is wanted: the number, if the text is one."""
    found = re.fullmatch(r"\s*([-+]?\d*[.,]?\d+)\s*(%?)\s*[a-z]*\s*", text)
    if not found:
        return f"A number, please, not the text {text[:40]!r}."
    value = float(found[1].replace(",", "."))
    either = f"{value:g} or {value / 100:g}, as the task asks for it," if found[2] else f"{value:g}"
    return f"A number, please: {either} rather than the text {text[:40]!r}."


def described(value: object) -> str:
    """Type and size of an answer, in words a learner can act on."""
    if value is None:
        return "None (was a result printed where it should have been kept, or returned?)"
    if isinstance(value, (pd.Series, list, tuple, dict, set)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, pd.DataFrame):
        return f"a DataFrame of {value.shape[0]} rows and {value.shape[1]} columns"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')} itself (call it, with parentheses)"
    if isinstance(value, (bool, np.bool_)):
        return f"{bool(value)}, a truth value"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, Real):
        return f"the number {float(value):g}"
    return f"of type {type(value).__name__}"


# ---- choices -----------------------------------------------------------------------------

@dataclass(frozen=True)
class Choice(Kind):
    """One letter, or one word, of those that the task offers: `Choice("abcd")`."""

    options: Sequence[str] = "abcd"

    def read(self, answer: object) -> str:
        listed = _listed(self.options)
        if not isinstance(answer, str):
            raise Unreadable(f"One of {listed} is wanted, in quotes; this is "
                             f"{described(answer)}.")
        option = answer.strip().strip("().").lower()
        if option not in tuple(self.options):
            raise Unreadable(f"One of {listed} is wanted, not {answer[:40]!r}.")
        return option

    def same(self, given: str, truth: str) -> bool:
        return given == truth


# ---- several answers at once -------------------------------------------------------------

class Several(Kind):
    """Named parts, each of a kind of its own: `Several(within=Number(2), why=Choice("abc"))`.

    A dict or a Series with these names is read, or values alone in the order of the names.
    A mistake may name a few of the parts only: `same` compares the parts that `truth` has.
    """

    def __init__(self, **kinds: Kind):
        self.kinds = kinds
        self.caveat = " ".join(kind.caveat for kind in kinds.values() if kind.caveat)

    def read(self, answer: object) -> dict:
        values = self._by_name(answer)
        plain, complaints = {}, []
        for name, kind in self.kinds.items():
            try:
                plain[name] = kind.read(values[name])
            except Unreadable as wanted:
                complaints.append(f"{name!r}: {wanted}")
        if complaints:
            raise Unreadable(" ".join(complaints))
        return plain

    def _by_name(self, answer: object) -> dict:
        names = list(self.kinds)
        if isinstance(answer, pd.Series) and set(names) <= set(answer.index):
            answer = answer.to_dict()
        if isinstance(answer, Mapping):
            answer = {self._name(key): value for key, value in answer.items()}
            missing = [name for name in names if name not in answer or answer[name] is ...]
            if missing:
                raise Unreadable(f"Still without an answer: {_listed(missing)}. Wanted is a dict "
                                 f"with {_listed(names)}.")
            return {name: answer[name] for name in names}
        if isinstance(answer, (Sequence, pd.Series, np.ndarray)) and not isinstance(answer, str):
            if len(answer) == len(names):
                return dict(zip(names, list(answer)))
        raise Unreadable(f"{len(names)} things are wanted, as a dict with {_listed(names)}; this "
                         f"is {described(answer)}.")

    def _name(self, key: object) -> object:
        """The part that a learner's key means: capitals don't matter."""
        alike = [name for name in self.kinds if name.lower() == str(key).strip().lower()]
        return alike[0] if alike else key

    def same(self, given: dict, truth: dict) -> bool:
        return all(self.kinds[name].same(given[name], wanted) for name, wanted in truth.items())

    def remark(self, given: dict, truth: dict) -> str:
        if self._in_another_order(given, truth):
            return "The right values, under each other's names. Which is which?"
        wrong, names = self._wrong(given, truth), {}
        for name in wrong:
            names.setdefault(self.kinds[name].remark(given[name], truth[name]), []).append(name)
        said = [f"{_listed(found)}: {remark}" for remark, found in names.items() if remark]
        return " ".join([*said, self.so_far(given, truth) or "None of the parts is right yet."])

    def so_far(self, given: dict, truth: dict) -> str:
        wrong = self._wrong(given, truth)
        right = [name for name in self.kinds if name not in wrong]
        return f"Right so far: {_listed(right)}. Not yet: {_listed(wrong)}." if right and wrong else ""

    def coarse(self, given: dict, truth: dict) -> str:
        said = {name: self.kinds[name].coarse(given[name], truth[name])
                for name in self._wrong(given, truth)}
        return " ".join(f"{name!r}: {words}" for name, words in said.items()) if all(
            said.values()) else ""

    def _wrong(self, given: dict, truth: dict) -> list[str]:
        return [name for name, kind in self.kinds.items()
                if not kind.same(given[name], truth[name])]

    def _in_another_order(self, given: dict, truth: dict) -> bool:
        """Tell whether the right numbers are all there, under each other's names."""
        if not all(isinstance(kind, Number) for kind in self.kinds.values()):
            return False
        return any(self.same(dict(zip(self.kinds, values)), truth)
                   for values in permutations(given.values()))


class Chosen(Several):
    """Several parts, one of which the learner chooses; the truths of the others depend on it.

    `Chosen("data", data=Choice(["pbc", "sleepstudy"]), icc=Number(3))` is compared with a truth
    for each choice: ``{"pbc": {"icc": …}, "sleepstudy": {"icc": …}}``.
    """

    def __init__(self, part: str, **kinds: Kind):
        super().__init__(**kinds)
        self.part = part

    def same(self, given: dict, truth: dict) -> bool:
        return super().same(given, self._truth_for(given, truth))

    def remark(self, given: dict, truth: dict) -> str:
        return super().remark(given, self._truth_for(given, truth))

    def so_far(self, given: dict, truth: dict) -> str:
        return super().so_far(given, self._truth_for(given, truth))

    def coarse(self, given: dict, truth: dict) -> str:
        return super().coarse(given, self._truth_for(given, truth))

    def _truth_for(self, given: dict, truth: dict) -> dict:
        if self.part in truth:  # one choice's parts already, as a mistake gives them
            return truth
        chosen = given[self.part]
        return {self.part: chosen} | truth[chosen]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
