"""Numbers and the words around them: what stands before a number, or near it, in its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .claims import Rule
from .reading import FELL, Quoted, asserts, holds, numbers_in, quotes, says
from .vocabulary import DOWNWARD, SE

_SENTENCE_END = re.compile(r"[.!?](?:\s+(?=[A-Z√ργστβ])|\s*\n)|\n")


def label_of(text: str, quoted: Quoted) -> str:
    """The words before a number, back to another number or to where its sentence begins.

    >>> text = "Slopes had an SD of 0.058. Of intercepts, the SD was 1.34."
    >>> [label_of(text, one) for one in numbers_in(text)]
    ['Slopes had an SD of ', ' Of intercepts, the SD was ']
    """
    before = text[max(0, quoted.span[0] - 120) : quoted.span[0]]
    behind_numbers = re.split(r"\d[\d.,]*(?=\D)", before)[-1]
    return re.split(r"[;\n]|[.!?](?=\s)", behind_numbers)[-1]


def labelled(name: str, decimals: int, words: str, *, unless: str = "(?!)") -> Rule:
    """A rule for a mistake: before this number stand words that aren't its name."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        labels = [label_of(given, one) for one in _quoted(given, truth[name], decimals)]
        return any(
            re.search(words, label, re.IGNORECASE) and not re.search(unless, label, re.IGNORECASE)
            for label in labels
        )

    return rule


def named_behind(name: str, decimals: int, words: str) -> Rule:
    """A rule for a mistake: words right behind a number aren't its name: '0.06 (SE of slopes)'."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return any(
            re.match(rf" ?[(\[]?(the )?({words})", given[one.span[1] :], re.IGNORECASE)
            for one in _quoted(given, truth[name], decimals)
        )

    return rule


def near(name: str, decimals: int, words: str, *, signed: bool = False, reach: int = 70) -> Rule:
    """A rule for a part: a number is quoted, and in its sentence words stand near it.

    With `signed` a minus counts, or that the number is said to lie below zero.
    """

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        value = truth[name]
        return any(
            re.search(words, _around(given, one, reach), re.IGNORECASE)
            for one in _quoted(given, value, decimals)
            if not signed or _signed(given, one) * value >= 0
        )

    return rule


def _quoted(text: str, value: float, decimals: int) -> Iterator[Quoted]:
    return (one for one in numbers_in(text) if quotes(one, value, decimals))


def _signed(text: str, quoted: Quoted) -> float:
    below = re.match(r"[\w ]{0,15}\bbelow (zero|0)\b", text[quoted.span[1] :])
    return -abs(quoted.value) if below else quoted.value


def _around(text: str, quoted: Quoted, reach: int) -> str:
    start, end = quoted.span
    before = _SENTENCE_END.split(text[max(0, start - reach) : start])[-1]
    return before + text[start:end] + _SENTENCE_END.split(text[end : end + reach])[0]


def called_se(*names: tuple[str, int]) -> Rule:
    """A rule for a mistake: a standard deviation or variance is called a standard error.

    Each is given by its name and with how many decimals it is quoted.
    """
    spread = r"\bs\.?d\.?s?\b|standard deviation|\bvarianc|σ|τ"
    rules = [labelled(*one, SE, unless=spread) for one in names]
    rules += [named_behind(*one, rf"({SE}) (of|between|for)") for one in names]
    return lambda given, truth: any(rule(given, truth) for rule in rules)


def loses_its_minus(name: str, low: str, decimals: int = 2, *, words: str = FELL) -> Rule:
    """A rule for a mistake: an interval has its minus; its estimate has none, nor some word.

    'Fell by 0.5' says as much as a minus does.
    """

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        found = [one.value for one in _quoted(given, truth[name], decimals)]
        return (
            bool(found)
            and min(found) > 0
            and holds(given, truth[low], decimals, signed=True)
            and not re.search(rf"{words}|{DOWNWARD}", given, re.IGNORECASE)
        )

    return rule


def before_its_interval(low: str, high: str, *others: tuple[str, int], decimals: int = 2) -> Rule:
    """A rule for a mistake: before an interval, and in its clause, stands one of the other numbers.

    Each is given by its name and with how many decimals it is quoted.
    """

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        quoted = [one for one in numbers_in(given) if not one.percent]
        return any(
            any(
                quotes(start, truth[first], decimals) and quotes(end, truth[second], decimals)
                for first, second in ((low, high), (high, low))
            )
            and re.search(r"[.;]\s", given[one.span[1] : start.span[0]]) is None
            and re.search(r"\bCI\b|interval|[(\[]", given[one.span[1] : start.span[0]]) is not None
            and any(quotes(one, truth[name], digits) for name, digits in others)
            for one, start, end in zip(quoted, quoted[1:], quoted[2:])
        )

    return rule


def says_credible(given: str, truth: Mapping[str, float]) -> bool:
    """A rule for a mistake: a confidence interval is called a credible one."""
    return says(
        given, r"\bcredib(le|ility) (interval|region|limit)|\bCrI\b|\bposterior (interval|SD)"
    )


def another_level(given: str, truth: Mapping[str, float]) -> bool:
    """A rule for a mistake: 90 % or 99 % is spoken of, where all is 95 %."""
    return says(given, r"\b(90|99)(\.9)?\s?(%|per ?cent)")


def another_outcome(names: str) -> Rule:
    """A rule for a mistake: the logarithm of something else is said to be analysed: 'log wages'."""
    pattern = rf"\b(log|ln|logarithms?|logged)\W{{0,2}}((of|the|real) )*({names})\b"
    return lambda given, truth: asserts(given, pattern)


def asserted(pattern: str) -> Rule:
    """A rule for a mistake: a text says what a pattern matches, and neither denies nor asks it."""
    return lambda given, truth: asserts(given, pattern)
