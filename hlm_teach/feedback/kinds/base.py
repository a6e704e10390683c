"""What every kind of answer can do."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

# What an exercise computes, by name: right numbers and wrong ones, letters, fits, functions.
Numbers = dict[str, Any]

# As plain data, a part of an answer that isn't written yet: no kind reads an empty text.
PUT_OFF = ""


class Unreadable(Exception):
    """An answer of a wrong type or shape. Its text says what was given and what is wanted."""


class Kind:
    """What every kind can do. `given` and `truth` are plain data, as `read` returns them."""

    caveat = ""  # what a right answer's praise has to add

    # ---- from an exercise's numbers ------------------------------------------------------

    def truth(self, name: str, numbers: Numbers) -> Any:
        """What answers are compared with, as plain data."""
        return self.read(numbers[name])

    def right(self, name: str, numbers: Numbers) -> Any:
        """A right answer, as a learner would hand it in."""
        return numbers[name]

    def named(self, answer: Any, numbers: Numbers) -> Any:
        """The answer that a row of the table of mistakes means: a text names a number."""
        return numbers[answer] if isinstance(answer, str) else answer

    # ---- from an answer ------------------------------------------------------------------

    def read(self, answer: object) -> Any:
        """Return the answer as plain data; raise Unreadable where it isn't of this kind."""
        raise NotImplementedError

    def puts_off(self, answer: object) -> bool:
        """Tell whether an answer says that it comes later; then the other parts are judged."""
        return False

    def same(self, given: Any, truth: Any) -> bool:
        """Tell whether two answers are the same, as exactly as the exercise asks for."""
        raise NotImplementedError

    def remark(self, given: Any, truth: Any) -> str:
        """Say what can be said of any wrong answer of this kind, never the truth; '' if nothing."""
        return ""

    def so_far(self, given: Any, truth: Any) -> str:
        """Say which parts of a wrong answer are right; '' where there are no parts."""
        return ""

    def put_off(self, given: Any) -> list[str]:
        """The parts of an answer that aren't written yet."""
        return []

    def coarse(self, given: Any, truth: Any) -> str:
        """Say that a wrong answer is wrong by rounding only; '' where it isn't."""
        return ""

    def reports(self, given: Any) -> list[tuple[str, Callable[[str], Any]]]:
        """The texts in an answer, each with a function that puts another text in its place."""
        return []


def unwrapped(answer: object) -> object:
    """The one value in an array, Series or list of length one; anything else as it is."""
    if isinstance(answer, (np.ndarray, pd.Series, pd.DataFrame, np.generic)) and answer.size == 1:
        return np.asarray(answer).reshape(-1)[0].item() if _is_plain(answer) else answer
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        return answer[0]
    return answer


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


def _is_plain(answer: Any) -> bool:
    return hasattr(np.asarray(answer).reshape(-1)[0], "item")
