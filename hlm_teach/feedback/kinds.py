"""Kinds of answers: how each is read, compared with the truth, and remarked on when it's wrong.

A kind turns what a learner hands in (an array, a fitted model, a function, a sentence) into plain
data: numbers, texts, lists, dicts. From there on nothing of the learner's own objects is touched,
so that a grader can judge in another process than the one in which the learner's code ran.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Choice", "Chosen", "Fit", "Function", "Kind", "Number", "Part", "Sentence", "Several",
           "Unreadable", "asserts", "holds", "numbers_in"]


class Unreadable(Exception):
    """An answer of a wrong type or shape. Its text says what was given and what is wanted."""


class Kind:
    """What every kind can do. `given` and `truth` are plain data, as `read` returns them."""

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
_ROUNDING = 0.6


@dataclass(frozen=True)
class Number(Kind):
    """One number, right when it agrees with the truth to `decimals` decimals.

    An answer may have more decimals than asked for. `within` is another tolerance, for answers
    made of numbers that were themselves read off rounded.
    """

    decimals: int = 2
    within: float | None = None

    def read(self, answer: object) -> float:
        value = _unwrapped(answer)
        if isinstance(value, str):
            raise Unreadable(_number_in_text(value))
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
            raise Unreadable(f"One number is wanted here; this is {_described(value)}.")
        if math.isnan(value):
            raise Unreadable("This is nan, 'not a number': something on the way was missing or "
                             "0/0. Look at the values you started from.")
        if math.isinf(value):
            raise Unreadable("This is infinite, and a finite number is wanted.")
        return float(value)

    def same(self, given: float, truth: float) -> bool:
        allowed = _ROUNDING * 10.0 ** -self.decimals if self.within is None else self.within
        return abs(given - truth) <= allowed

    def remark(self, given: float, truth: float) -> str:
        if self.same(given, 100 * truth) or self.same(given / 100, truth):
            return ("The digits are right, the size isn't: this is a hundred times as large. "
                    "Give it as a plain number, not in per cent.")
        if self.same(100 * given, truth):
            return "The digits are right, the size isn't: this is a hundredth of it."
        if self.same(-given, truth):
            return "The size is right, the sign isn't. Which way round is the difference?"
        if self.coarse(given, truth):
            return self.coarse(given, truth)
        if abs(given - truth) <= 0.05 * abs(truth):
            return ("Close, within five per cent, but not it: was something rounded on the way, "
                    "or is this another estimator than the one asked for?")
        return ""

    def coarse(self, given: float, truth: float) -> str:
        if _rounds_to(given, truth, self.decimals):
            wanted = "1 decimal is" if self.decimals == 1 else f"{self.decimals} decimals are"
            return f"Rounded too far: {wanted} wanted here."
        return ""


def _rounds_to(given: float, truth: float, decimals: int) -> bool:
    return abs(given - truth) <= 0.25 * abs(truth) and given != 0 and any(
        given == round(given, fewer) and abs(given - truth) <= _ROUNDING * 10.0 ** -fewer
        for fewer in range(decimals))


def _unwrapped(answer: object) -> object:
    """The one value in an array, Series or list of length one; anything else as it is."""
    if isinstance(answer, (np.ndarray, pd.Series, pd.DataFrame, np.generic)) and answer.size == 1:
        return np.asarray(answer).reshape(-1)[0].item() if _is_plain(answer) else answer
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        return answer[0]
    return answer


def _is_plain(answer: Any) -> bool:
    return hasattr(np.asarray(answer).reshape(-1)[0], "item")


def _number_in_text(text: str) -> str:
    found = numbers_in(text)
    if len(found) == 1 and re.fullmatch(r"\s*[-+−]?[\d.,]+\s*(?:%|[a-z]*)\s*", text):
        share = re.fullmatch(r"\s*[-+]?[\d.,]+\s*%\s*", text)
        value = found[0].value / 100 if share else found[0].value
        return f"A number, please: {value:g} rather than the text {text[:40]!r}."
    return f"A number, please, not the text {text[:40]!r}."


def _described(value: object) -> str:
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
                             f"{_described(answer)}.")
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
                         f"is {_described(answer)}.")

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
        return " ".join([f"Not yet right: {_listed(wrong)}.", *said, self.so_far(given, truth)])

    def so_far(self, given: dict, truth: dict) -> str:
        wrong = self._wrong(given, truth)
        right = [name for name in self.kinds if name not in wrong]
        return f"Right so far: {_listed(right)}." if right else ""

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


# ---- fitted models -----------------------------------------------------------------------

class Fit(Kind):
    """A fitted model, as `fit_lmm` or statsmodels' MixedLM returns it.

    Two fits are the same when they have the same estimator, rows, numbers of parameters and
    log-likelihood; so the names of columns don't matter, nor which of two equivalent formulas
    was written.
    """

    def read(self, answer: object) -> dict:
        if hasattr(answer, "rsquared"):
            raise Unreadable("This is a fit of ordinary regression; the fitted multilevel model "
                             "is wanted, as fit_lmm(…) returns it.")
        if not all(hasattr(answer, name) for name in ("llf", "cov_re", "params", "nobs")):
            raise Unreadable("The fitted model itself is wanted, as fit_lmm(…) returns it; this "
                             f"is {_described(answer)}.")
        try:
            return _fit_as_plain(answer)
        except (AttributeError, TypeError, ValueError) as error:
            raise Unreadable(f"This model can't be read ({error}); hand in what fit_lmm(…) "
                             "returns.") from None

    def same(self, given: dict, truth: dict) -> bool:
        return self._alike(given, truth) and abs(given["llf"] - truth["llf"]) < 0.02

    @staticmethod
    def _alike(given: dict, truth: dict) -> bool:
        return all(given[name] == truth[name]
                   for name in ("reml", "nobs", "n_groups", "n_fixed", "n_random"))

    def remark(self, given: dict, truth: dict) -> str:
        said = [words for differs, words in (
            (given["nobs"] != truth["nobs"], "another number of rows was used than should be"),
            (given["n_groups"] != truth["n_groups"], "the groups are others than asked for"),
            (given["n_fixed"] < truth["n_fixed"], "something is missing in the fixed part"),
            (given["n_fixed"] > truth["n_fixed"], "the fixed part holds too much"),
            (given["n_random"] < truth["n_random"], "something should vary between groups that "
                                                    "doesn't"),
            (given["n_random"] > truth["n_random"], "more varies between groups than was asked"),
            (given["reml"] != truth["reml"], "the other estimator was asked for (REML or ML)"),
        ) if differs]
        if said:
            return f"Compared with the model wanted: {'; '.join(said)}."
        if given["llf"] < truth["llf"]:
            return ("The parts are as many as they should be, and yet the log-likelihood is too "
                    "low: another column than asked for, a correlation left out, or an optimiser "
                    "that stopped early.")
        return "The parts are as many as they should be, but a column is another than asked for."


def _fit_as_plain(fit: Any) -> dict:
    """What identifies a fit, of `fit_lmm` or of statsmodels."""
    own = hasattr(fit, "sigma2")
    fixed = fit.params if own else fit.fe_params
    groups = fit.n_groups if own else fit.model.n_groups
    variances = np.atleast_2d(np.asarray(fit.cov_re, float)) if fit.cov_re is not None else []
    return {"reml": bool(fit.reml if own else fit.method == "REML"), "nobs": int(fit.nobs),
            "n_groups": groups if isinstance(groups, dict) else int(groups),
            "n_fixed": len(fixed), "n_random": len(variances), "llf": float(fit.llf)}


# ---- functions ---------------------------------------------------------------------------

@dataclass(frozen=True)
class Function(Kind):
    """A function the learner wrote, tried at `probes`, each a tuple of arguments."""

    probes: tuple[tuple, ...]
    wanted: str = "a function"
    relative: float = 1e-6

    def read(self, answer: object) -> list[float]:
        if not callable(answer):
            raise Unreadable(f"{self.wanted} is wanted, without parentheses behind its name; "
                             f"this is {_described(_unwrapped(answer))}.")
        return [self._tried(answer, probe) for probe in self.probes]

    @staticmethod
    def _shown(probe: tuple) -> str:
        return ", ".join(f"{value:g}" if isinstance(value, Real) else type(value).__name__
                         for value in probe)

    def _tried(self, function: Callable, probe: tuple) -> float:
        shown = self._shown(probe)
        try:
            value = function(*probe)
        except Exception as error:  # whatever the learner's function does wrong
            raise Unreadable(f"Called with ({shown}), your function raised "
                             f"{type(error).__name__}: {str(error)[:120]}") from None
        try:
            return Number().read(value)
        except Unreadable as wanted:
            raise Unreadable(f"Called with ({shown}), your function returned something else "
                             f"than a finite number. {wanted}") from None

    def same(self, given: list[float], truth: list[float]) -> bool:
        return len(given) == len(truth) and np.allclose(given, truth, rtol=self.relative, atol=0)

    def remark(self, given: list[float], truth: list[float]) -> str:
        right = [self._shown(probe) for probe, value, wanted in zip(self.probes, given, truth)
                 if np.isclose(value, wanted, rtol=self.relative, atol=0)]
        if right:
            return f"Your function is right for ({'), ('.join(right)}), not everywhere."
        differences = np.subtract(given, truth)
        if np.allclose(differences, differences[0], rtol=1e-6, atol=1e-9):
            return ("Off by the same amount everywhere: a constant is missing, or one too many. "
                    "The shape is right.")
        return ""


# ---- sentences ---------------------------------------------------------------------------

@dataclass(frozen=True)
class Part:
    """Something a report must hold: a number by its name in the truth, or one of some words.

    Parameters
    ----------
    what : str
        The part in words, for the feedback: "the estimate, with two decimals".
    number : str
        Its name in the exercise's truth, a dict of numbers.
    decimals : int
        How many decimals the text must give at least. With `number` only.
    pattern : str
        A regular expression, of which one match is needed; case is ignored.
    of : str
        What the number must count, as a regular expression: "7,185 pupils" with
        ``of="pupils|students"``. It may follow within three words, or stand right before.
    beside : str
        What must stand in the same clause as the number, as a regular expression: "0.78 between
        patients and 0.26 within" with ``beside="within"``. Brackets count as clauses.
    """

    what: str
    number: str = ""
    decimals: int = 0
    pattern: str = ""
    of: str = ""
    beside: str = ""

    def is_in(self, text: str, truth: Mapping[str, float]) -> bool:
        """Tell whether the text holds this part."""
        worded = not self.pattern or re.search(self.pattern, text, re.IGNORECASE) is not None
        return worded and (not self.number or any(
            holds(clause, truth[self.number], self.decimals, of=self.of)
            for clause in (clauses_with(text, self.beside) if self.beside else [text])))


@dataclass(frozen=True)
class Sentence(Kind):
    """A sentence or two for a report; every one of its `parts` must be in it."""

    parts: tuple[Part, ...] = ()
    least: int = 8

    def read(self, answer: object) -> str:
        if not isinstance(answer, str):
            raise Unreadable("A sentence is wanted, a text in quotes; this is "
                             f"{_described(_unwrapped(answer))}.")
        if len(answer.split()) < self.least:
            raise Unreadable(f"A whole sentence is wanted, of {self.least} words or more; this "
                             f"has {len(answer.split())}.")
        return answer

    def same(self, given: str, truth: Mapping[str, float]) -> bool:
        return not self.missing(given, truth)

    def missing(self, given: str, truth: Mapping[str, float]) -> list[str]:
        """The parts that aren't in the text, in words."""
        return [part.what for part in self.parts if not part.is_in(given, truth)]

    def remark(self, given: str, truth: Mapping[str, float]) -> str:
        missing = self.missing(given, truth)
        found = len(self.parts) - len(missing)
        return f"{found} of {len(self.parts)} parts are there. Missing or wrong: {'; '.join(missing)}."


@dataclass(frozen=True)
class Quoted:
    """A number as it stands in a text: its value and how many decimals it is given with."""

    value: float
    decimals: int
    percent: bool
    span: tuple[int, int]


_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.,)%])[-−–]\s?)?(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|"
    r"\d+(?:[.,]\d+)?|\.\d+)(?P<percent>\s?(?:%|per ?cent))?", re.IGNORECASE)
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def numbers_in(text: str) -> list[Quoted]:
    """Every number of a text; '2.0–2.4' and '2.0-2.4' are two numbers, '(−1.5, 3)' has a minus.

    >>> [n.value for n in numbers_in("between 2.0–2.4 points, 7,185 pupils, 18 %, −1,5 and six")]
    [2.0, 2.4, 7185.0, 18.0, -1.5, 6.0]
    """
    in_words = [Quoted(float(_WORDS.index(word[0].lower()) + 2), 0, False, word.span())
                for word in re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b", text, re.IGNORECASE)]
    return [_quoted(match) for match in _NUMBER.finditer(text)] + in_words


def _quoted(match: re.Match) -> Quoted:
    digits = match["digits"]
    thousands = re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", digits)
    digits = digits.replace(",", "" if thousands else ".")
    value = float(digits) * (-1 if match["sign"] else 1)
    decimals = len(digits.partition(".")[2])
    return Quoted(value, decimals, match["percent"] is not None, match.span())


def holds(text: str, value: float, decimals: int, *, of: str = "") -> bool:
    """Tell whether a text quotes a number, rounded to at least `decimals` decimals.

    A share may be quoted in per cent, with two decimals less. Signs aren't compared: 'lower by
    3.1' says it in words. With `of` the number must count what this pattern names.

    >>> holds("An ICC of 18 % was found.", 0.1804, 2), holds("An ICC of 0.2 was found.", 0.1804, 2)
    (True, False)
    """
    return any(_quotes(quoted, value, decimals) and (not of or _counts(text, quoted, of))
               for quoted in numbers_in(text))


def _counts(text: str, quoted: Quoted, of: str) -> bool:
    """Tell whether a number stands with what it counts: '160 public schools', 'N = 160'."""
    start, end = quoted.span
    return bool(re.match(rf"\W{{0,3}}(?:[\w-]+\W+){{0,2}}(?:{of})\b", text[end:], re.IGNORECASE)
                or re.search(rf"\b(?:{of})\W{{0,4}}$", text[:start], re.IGNORECASE))


def clauses_with(text: str, pattern: str) -> list[str]:
    """The clauses of a text that match a pattern; what stands in brackets is one of its own.

    >>> clauses_with("It was 0.6 (0.5 to 0.7) within wards and 1.5 between them.", "within")
    ['It was 0.6   within wards ']
    """
    inside = re.findall(r"\(([^()]*)\)", text)
    outside = re.sub(r"\([^()]*\)", " ", text)
    parts = [part for piece in [outside, *inside]
             for part in re.split(r"[;:,](?=\s)|\.(?=\s)|\band\b", piece)]
    return [part for part in parts if re.search(pattern, part, re.IGNORECASE)]


def asserts(text: str, pattern: str) -> bool:
    """Tell whether a text says what `pattern` matches without a 'not' shortly before it.

    >>> asserts("SES causes it.", "cause"), asserts("This does not mean that SES causes it.", "cause")
    (True, False)
    """
    return any(not re.search(r"\bnot\b|n't\b|\bno\b|\bnever\b", text[:match.start()][-40:])
               for match in re.finditer(pattern, text, re.IGNORECASE))


def _quotes(quoted: Quoted, value: float, decimals: int) -> bool:
    if quoted.percent:
        value, decimals = 100 * value, max(decimals - 2, 0)
    allowed = _ROUNDING * 10.0 ** -quoted.decimals
    return quoted.decimals >= decimals and abs(abs(quoted.value) - abs(value)) <= allowed
