"""False claims that reports make about their numbers: rules for `Mistake(when=...)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .reading import SD, VARIANCE, Quoted, ascribes, asserts, holds, numbers_in, quotes


def called_sd(name: str, decimals: int) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: a clause quotes this variance and calls it a standard deviation."""
    return lambda given, truth: ascribes(given, truth[name], decimals, SD, unless=VARIANCE)


def called_variance(name: str, decimals: int) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: a clause quotes this standard deviation and calls it a variance."""
    return lambda given, truth: ascribes(given, truth[name], decimals, VARIANCE, unless=SD)


def instead(
    wrong: str, right: str, decimals: int = 2
) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: the number `wrong` is quoted, and nowhere the one that is wanted."""
    return lambda given, truth: (
        holds(given, truth[wrong], decimals) and not holds(given, truth[right], decimals)
    )


def lies_outside(*names: str, decimals: int = 2) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: of these numbers one stands before an interval that doesn't hold it."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        known = [
            one
            for one in numbers_in(given)
            if any(quotes(one, truth[name], decimals) for name in names)
        ]
        return any(
            _makes_an_interval(given, *three) and not _holds(*(abs(one.value) for one in three))
            for three in zip(known, known[1:], known[2:])
        )

    return rule


def _makes_an_interval(text: str, estimate: Quoted, low: Quoted, high: Quoted) -> bool:
    before, inside = text[estimate.span[1] : low.span[0]], text[low.span[1] : high.span[0]]
    return (
        len(before) < 50
        and re.search(r"\bCI\b|interval|[(\[]", before) is not None
        and re.fullmatch(r"\s?(to|and|[,;–−-])\s?", inside) is not None
    )


def _holds(estimate: float, one: float, other: float) -> bool:
    return min(one, other) <= estimate <= max(one, other)


def loses_a_sign(low: str, high: str) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: of an interval on one side of zero, one end has a minus, one hasn't."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        ends, quoted = (truth[low], truth[high]), numbers_in(given)
        return any(
            one.value * other.value < 0
            and any(
                quotes(one, first, 2) and quotes(other, second, 2)
                for first, second in (ends, ends[::-1])
            )
            for one, other in zip(quoted, quoted[1:])
        )

    return rule


def taken_for_range(units: str, *ends: str) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: the interval of a mean is said to hold 95 % of the units."""
    return lambda given, truth: any(
        holds(given[match.start() : match.end() + 80], truth[end], 2)
        for match in re.finditer(
            rf"\b95\s?(%|per ?cent) of (the |all )?({units})", given, re.IGNORECASE
        )
        for end in ends
    )


def other_share(units: str, *ends: str) -> Callable[[str, Mapping[str, float]], bool]:
    """A rule for a mistake: a range of 95 % of the units is said to hold another share of them."""
    return lambda given, truth: any(
        all(holds(given[match.end() : match.end() + 60], truth[end], 2) for end in ends)
        for match in re.finditer(
            rf"\b(?!95)\d\d\s?(%|per ?cent) of (the |all )?({units})", given, re.IGNORECASE
        )
    )


def wrong_level(given: str, truth: Mapping[str, float]) -> bool:
    """A rule for a mistake: a 90 % or 99 % interval is spoken of, where all are 95 % intervals."""
    return asserts(
        given, r"\b9[09](\.9)?\s?(%|per ?cent)( |-)(profile |credible )?(CI|confidence|interval)"
    )


def p_above_one(text: str) -> bool:
    """Tell whether a text has a p of 1 or more, which is some other number."""
    return re.search(r"\bp ?[=<≈] ?[1-9](?![\d.]*\s?%)", text) is not None
