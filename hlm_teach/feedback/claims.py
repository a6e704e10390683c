"""False claims that reports make about their numbers: rules for `Mistake(when=...)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .reading import (
    FELL,
    SD,
    VARIANCE,
    Quoted,
    ascribes,
    asserts,
    clauses_with,
    holds,
    numbers_in,
    quotes,
)
from .vocabulary import DOWNWARD

Rule = Callable[[str, dict[str, Any]], bool]


_DENIED = re.compile(
    r"(\b(not|no|never|nor|neither|cannot|without|nothing)\b|n't\b|\bfar from\b|\brather than\b|"
    r"\binstead of\b|\bwhether\b)[^.;]{0,25}$",
    re.IGNORECASE,
)


def states(pattern: str) -> Rule:
    """A rule for a mistake: a text has what `pattern` matches, not denied right before it.

    Stricter than `asserts`: 'may' and 'could' don't leave it open.
    """
    return lambda given, truth: any(
        not _DENIED.search(given[max(0, match.start() - 40) : match.start()])
        for match in re.finditer(pattern, given, re.IGNORECASE)
    )


def called_sd(name: str, decimals: int) -> Rule:
    """A rule for a mistake: a clause quotes this variance and calls it a standard deviation."""
    return lambda given, truth: ascribes(given, truth[name], decimals, SD, unless=VARIANCE)


def called_variance(name: str, decimals: int) -> Rule:
    """A rule for a mistake: a clause quotes this standard deviation and calls it a variance."""
    return lambda given, truth: ascribes(given, truth[name], decimals, VARIANCE, unless=SD)


def instead(wrong: str, right: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: the number `wrong` is quoted, and nowhere the one that is wanted."""
    return lambda given, truth: (
        holds(given, truth[wrong], decimals) and not holds(given, truth[right], decimals)
    )


def lies_outside(*names: str, decimals: int = 2) -> Rule:
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
    clause = before.partition("(")[0]  # within a bracket '; ' ends no clause
    # Of two intervals in one bracket nobody but the reader knows whose is which.
    if re.match(r"\s?(and|;|,)\s?[−–-]?\d*\.?\d+\s?(to|–)\s?[−–-]?\d", text[high.span[1] :]):
        return False
    return (
        len(before) < 90
        and not re.search(r"[.;]\s", clause)
        and not re.search(r"\b(intervals|CIs)\b", before)
        and not (estimate.percent and re.match(r"\s?%?\s?(C|conf)", before))  # the level
        and re.search(r"\bCI\b|interval|[(\[]", before) is not None
        and re.fullmatch(r"\s?(to|and|[,;–−-])\s?", inside) is not None
    )


def _holds(estimate: float, one: float, other: float) -> bool:
    return min(one, other) <= estimate <= max(one, other)


def loses_a_sign(low: str, high: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: of an interval on one side of zero, one end has a minus, one hasn't."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        ends, quoted = (truth[low], truth[high]), numbers_in(given)
        # 'A decline of 0.036 to 0.057' has one word for both ends.
        quoted = [one for one in quoted if not re.match(r"\w+ of", given[slice(*one.span)])]
        return ends[0] * ends[1] > 0 and any(
            one.value * other.value < 0
            and any(
                quotes(one, first, decimals) and quotes(other, second, decimals)
                for first, second in (ends, ends[::-1])
            )
            for one, other in zip(quoted, quoted[1:])
        )

    return rule


def before_another(*intervals: tuple[str, str, str], decimals: int = 2) -> Rule:
    """A rule for a mistake: an estimate stands before the interval of another one."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        quoted = [one for one in numbers_in(given) if not one.percent]
        return any(
            _makes_an_interval(given, *three)
            and any(
                mine[0] != other[0]
                and quotes(three[0], truth[mine[0]], decimals)
                and any(
                    quotes(three[1], truth[one], decimals)
                    and quotes(three[2], truth[another], decimals)
                    for one, another in (other[1:], other[:0:-1])
                )
                for mine in intervals
                for other in intervals
            )
            for three in zip(quoted, quoted[1:], quoted[2:])
        )

    return rule


_UNITS = (
    r"(mm|cm|millimet\w+|centimet\w+|days?|dollars?|cents|pounds?|points?|standard deviations?|SDs?|"
    r"standard errors?|SEs?|employees|workers|people|persons|jobs)"
)
_PERIODS = r"(hour|day|week|month|quarter|year|decade|visit|(two|three) years|2 years)"


def in_another_unit(*names: str, unit: str, period: str = "year", decimals: int = 2) -> Rule:
    """A rule for a mistake: a number stands before a unit, or a time, that isn't its own.

    A per cent sign is another unit, too, but for a number that is a share: '19 % a year' isn't 0.19.
    """

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        known = [
            one
            for one in numbers_in(given)
            if any(quotes(one, truth[name], decimals) for name in names)
        ]
        return any(_is_another(given[one.span[1] :], one, unit, period) for one in known)

    return rule


def _is_another(behind: str, quoted: Quoted, unit: str, period: str) -> bool:
    stated = re.match(rf"[ -]?{_UNITS}\b", behind, re.IGNORECASE)
    rest = behind[stated.end() :] if stated else behind
    time = re.match(rf" ?(?:a|per|each|every|/) ?{_PERIODS}\b", rest, re.IGNORECASE)
    return (
        (quoted.percent and not re.search("%", unit))
        or (stated is not None and not re.fullmatch(unit, stated[1], re.IGNORECASE))
        or (time is not None and not re.fullmatch(period, time[1], re.IGNORECASE))
    )


def turned_round(first: str, second: str) -> Rule:
    """A rule for a mistake: 'second minus first', 'second/first', where first less second is asked."""
    made_of = r"('s?|s)?\s?(minus|less|−|–|-|/|over|÷|:)\s?(the )?"
    times = (
        rf"\btimes\b[^.;]{{0,40}}\b({second})\b[^.;]{{0,12}}\b(as|than)\b[^.;]{{0,12}}\b({first})"
    )
    pattern = rf"\b({second}){made_of}({first})|{times}"
    return lambda given, truth: asserts(given, pattern)


def other_times(ratio: str, first: str, second: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: second is said to be 'ratio times' first, where first is that of second."""
    gap = rf"((?!\b({first})\b)[^.;()]){{0,40}}"

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        number = rf"\b{truth[ratio]:.{decimals}f}\d*\s?(times|×|x|of)\b"
        return asserts(
            given, rf"\b({second}){gap}{number}((?!\b({second}))[^.;()]){{0,40}}\b({first})"
        )

    return rule


_CHANGE = (
    r"differ|chang|increas|decreas|\bris|\brose|\bfall|\bfell|\bgr[eo]w|\bup\b|\bdown\b|\bmore\b|"
    r"\bless\b|\blonger|\bshorter|\bhigher|\blower|\bslow|\bfaster|effect|associat|relat|matter"
)


def denies(*names: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: before an estimate a change is denied, or it is called insignificant.

    For estimates whose interval doesn't hold what they would be without a change.
    """
    denied = re.compile(rf"\b(not|no)\b[^.;:(]{{0,30}}({_CHANGE})|n't [^.;:(]{{0,30}}({_CHANGE})|"
                        r"\bnone\b", re.IGNORECASE)  # fmt: skip
    no_matter = re.compile(
        r"((?!\b(whereas|while)\b)[^.]|\.\d){0,80}\b(not|n't|in)[ -]?(statistically )?significant",
        re.IGNORECASE,
    )

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return any(
            denied.search(re.split(r"[.;!?]\s", given[: one.span[0]][-90:])[-1])
            or no_matter.match(given[one.span[1] :])
            for one in numbers_in(given)
            if any(quotes(one, truth[name], decimals) for name in names)
        )

    return rule


def falls(*names: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: what rose by this number is said to have fallen by it."""
    up = r"\b(ris|rose|gr[eo]w|gain|more|less|higher|increas|up\b|faster|slow)"
    return lambda given, truth: any(
        ascribes(given, truth[name], decimals, FELL, unless=up) for name in names
    )


def rises(*names: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: what fell by this number is said to have risen by it.

    A minus of the number itself says that it fell, unless it rose 'by' it; one of its interval
    doesn't. 'Low-income' is no direction.
    """
    up = r"\b(rises? in|rose|gr[eo]w|gained|increas\w*|more|higher|faster)\b"
    down = rf"{FELL}|{DOWNWARD}|\b(slow|low(?![- ]?(income|ses)))"

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return any(
            _has_plus(clause, truth[name], decimals)
            or re.search(rf"{_UP_BY}[−–-] ?\d", clause, re.IGNORECASE)
            for clause in clauses_with(given, up)
            if not re.search(down, clause, re.IGNORECASE)
            for name in names
            if holds(clause, truth[name], decimals)
        )

    return rule


# 'Faster by −0.015', not 'ten points more: growth changed by −0.015'.
_UP_BY = (
    r"\b(rose|increased|more|higher|faster)\b((?!differ|chang|moved)[^\d.;]){0,30}"
    r"\bby (about |some )?"
)


def _has_plus(text: str, value: float, decimals: int) -> bool:
    """Tell whether a text quotes a number without a minus of its own."""
    return any(
        one.value > 0 and not re.search(r"[−–-]\s?$", text[: one.span[0]])
        for one in numbers_in(text)
        if quotes(one, value, decimals)
    )


def exchanges_levels(within: str, between: str, decimals: int = 2) -> Rule:
    """A rule for a mistake: the number between groups is said to be the one within, or vice versa."""
    return lambda given, truth: (
        ascribes(given, truth[between], decimals, r"\bwithin\b", unless=r"\bbetween\b")
        or ascribes(given, truth[within], decimals, r"\bbetween\b", unless=r"\bwithin\b|same|fixed")
    )


def taken_for_range(units: str, *ends: str) -> Rule:
    """A rule for a mistake: the interval of a mean is said to hold 95 % of the units."""
    return lambda given, truth: any(
        holds(re.split(r"[.;!?]\s", given[match.start() : match.end() + 80])[0], truth[end], 2)
        for match in re.finditer(
            rf"\b95\s?(%|per ?cent) of (the |all |these |such |those )*({units})",
            given,
            re.IGNORECASE,
        )
        for end in ends
    )


def other_share(units: str, *ends: str) -> Rule:
    """A rule for a mistake: a range of 95 % of the units is said to hold another share of them."""
    share = r"((?!95)\d\d\s?(%|per ?cent) of|two[- ]thirds of|half of|most( of)?|all( of)?)"
    return lambda given, truth: any(
        all(holds(match[0], truth[end], 2) for end in ends)
        for match in re.finditer(
            rf"(?<!% of )(?<!cent of )\b{share} (the |all )?({units})\b((?!\b95\b|[.!?]\s).){{0,60}}",
            given,
            re.IGNORECASE,
        )
    )


def wrong_level(given: str, truth: Mapping[str, float]) -> bool:
    """A rule for a mistake: a 90 % or 80 % interval is spoken of, where all are 95 % intervals."""
    return asserts(
        given, r"\b(?!95)\d\d(\.\d)?\s?(%|per ?cent)( |-)(\w+ )?(CI|CrI|confidence|interval)"
    )


def p_above_one(text: str) -> bool:
    """Tell whether a text has a p of 1 or more, which is some other number."""
    return re.search(r"\bp ?[=<≈] ?[1-9](?![\d.]*\s?%)", text) is not None
