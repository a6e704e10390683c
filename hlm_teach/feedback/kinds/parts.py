"""Choices, and answers of several parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.words import listed

from .base import PUT_OFF, Kind, Numbers, Unreadable, described
from .number import Number

# ---- choices -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice(Kind):
    """One letter, or one word, of those that the task offers: `Choice("abcd")`."""

    options: Sequence[str] = "abcd"

    def read(self, answer: object) -> str:
        options = listed(self.options)
        if not isinstance(answer, str):
            raise Unreadable(f"One of {options} is wanted, in quotes; this is {described(answer)}.")
        option = answer.strip().strip("().").lower()
        for one in self.options:
            if one.lower() == option:
                return one
        raise Unreadable(f"One of {options} is wanted, not {answer[:40]!r}.")

    def named(self, answer: str, numbers: Numbers) -> str:
        return answer

    def same(self, given: str, truth: str) -> bool:
        return given == truth


# ---- several answers at once -------------------------------------------------------------


class Several(Kind):
    """Named parts, each of a kind of its own: `Several(within=Number(2), why=Choice("abc"))`.

    A dict or a Series with these names is read, or values alone in the order of the names.
    A mistake may name a few of the parts only: `same` compares the parts that `truth` has.
    A report that is "later" isn't written yet: the other parts are judged.
    """

    def __init__(self, **kinds: Kind):
        self.kinds = kinds
        self.caveat = " ".join(kind.caveat for kind in kinds.values() if kind.caveat)

    def truth(self, name: str, numbers: Numbers) -> dict:
        return {part: kind.truth(part, numbers) for part, kind in self.kinds.items()}

    def right(self, name: str, numbers: Numbers) -> dict:
        return {part: kind.right(part, numbers) for part, kind in self.kinds.items()}

    def named(self, answer: dict, numbers: Numbers) -> dict:
        return {part: self.kinds[part].named(one, numbers) for part, one in answer.items()}

    def read(self, answer: object) -> dict:
        values = self._by_name(answer)
        plain, complaints = {}, []
        for name, kind in self.kinds.items():
            try:
                later = kind.puts_off(values[name])
                plain[name] = PUT_OFF if later else kind.read(values[name])
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
                raise Unreadable(
                    f"Still without an answer: {listed(missing)}. Wanted is a dict "
                    f"with {listed(names)}."
                )
            return {name: answer[name] for name in names}
        if isinstance(answer, (Sequence, pd.Series, np.ndarray)) and not isinstance(answer, str):
            if len(answer) == len(names):
                return dict(zip(names, list(answer)))
        raise Unreadable(
            f"{len(names)} things are wanted, as a dict with {listed(names)}; this "
            f"is {described(answer)}."
        )

    def _name(self, key: object) -> object:
        """The part that a learner's key means: capitals don't matter."""
        alike = [name for name in self.kinds if name.lower() == str(key).strip().lower()]
        return alike[0] if alike else key

    def same(self, given: dict, truth: dict) -> bool:
        return not set(truth) & set(self.put_off(given)) and all(
            self.kinds[name].same(given[name], wanted) for name, wanted in truth.items()
        )

    def put_off(self, given: dict) -> list[str]:
        return [name for name in self.kinds if _is_put_off(given[name])]

    def reports(self, given: dict) -> list[tuple[str, Callable[[str], dict]]]:
        def put_back(name: str, put: Callable[[str], Any], text: str) -> dict:
            return given | {name: put(text)}

        return [
            (text, partial(put_back, name, put))
            for name, kind in self.kinds.items()
            for text, put in kind.reports(given[name])
        ]

    def remark(self, given: dict, truth: dict) -> str:
        if self._in_another_order(given, truth):
            return "The right values, under each other's names. Which is which?"
        names: dict[str, list[str]] = {}
        for name in self._wrong(given, truth):
            names.setdefault(self.kinds[name].remark(given[name], truth[name]), []).append(name)
        said = [f"{listed(found)}: {remark}" for remark, found in names.items() if remark]
        return " ".join([*said, self.so_far(given, truth) or "None of the parts is right yet."])

    def so_far(self, given: dict, truth: dict) -> str:
        wrong, later = self._wrong(given, truth), self.put_off(given)
        right = [name for name in self.kinds if name not in (*wrong, *later)]
        if later and right and not wrong:
            return f"Right so far: {listed(right)}. Now the {' and the '.join(later)}."
        return (
            f"Right so far: {listed(right)}. Not yet: {listed(wrong)}." if right and wrong else ""
        )

    def coarse(self, given: dict, truth: dict) -> str:
        said = {
            name: self.kinds[name].coarse(given[name], truth[name])
            for name in self._wrong(given, truth)
        }
        return (
            " ".join(f"{name!r}: {words}" for name, words in said.items())
            if all(said.values())
            else ""
        )

    def _wrong(self, given: dict, truth: dict) -> list[str]:
        return [
            name
            for name, kind in self.kinds.items()
            if not _is_put_off(given[name]) and not kind.same(given[name], truth[name])
        ]

    def _in_another_order(self, given: dict, truth: dict) -> bool:
        """Tell whether the right numbers are all there, under each other's names."""
        if not all(isinstance(kind, Number) for kind in self.kinds.values()):
            return False
        return any(
            self.same(dict(zip(self.kinds, values)), truth)
            for values in permutations(given.values())
        )


def _is_put_off(given: Any) -> bool:
    return isinstance(given, str) and given == PUT_OFF


class Chosen(Several):
    """Several parts, one of which the learner chooses: the numbers of the others depend on it.

    With `Chosen("data", data=Choice(["pbc", "sleepstudy"]), icc=Number(3))` the exercise's
    ``numbers(choice)`` are computed for what was chosen, and the choice itself is added to them.
    """

    def __init__(self, part: str, **kinds: Kind):
        super().__init__(**kinds)
        self.part = part
