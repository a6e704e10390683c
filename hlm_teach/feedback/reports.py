"""The frame that reports share: mistakes made with intervals, units, directions and causes.

Each function returns rows for an exercise's table of mistakes. `example` is the exercise's own right
report, a template; `part` names the report where it is one part of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import phrases
from .claims import (
    Rule,
    before_another,
    denies,
    lies_outside,
    loses_a_sign,
    p_above_one,
    wrong_level,
)
from .exercise import Mistake
from .reading import asserts
from .spelling import tidied
from .vocabulary import CAUSE, DEALT_OUT, HOLDS_ZERO, REML_DENIED

Interval = tuple[str, str, str]  # the names of an estimate and of the ends of its interval


def mistake(text: str, says: str, rule: Rule, *, part: str = "") -> Mistake:
    """A mistake in a report that is the whole answer, or one part of it."""
    if not part:
        return Mistake(text, says, when=lambda given, n: rule(tidied(given), n))
    return Mistake({part: text}, says, when=lambda given, n: rule(tidied(given[part]), n))


def exchanged(example: str, one: str, other: str) -> str:
    """A template in which two numbers have changed places."""
    return (
        example.replace(f"{{{one}:", "{WAS:")
        .replace(f"{{{other}:", f"{{{one}:")
        .replace("{WAS:", f"{{{other}:")
    )


def about_intervals(
    example: str,
    *intervals: Interval,
    decimals: int = 2,
    others: tuple[str, ...] = (),
    part: str = "",
    open_at_zero: bool = False,
    turned: str = "",
    also_outside: Rule | None = None,
    also_level: Rule | None = None,
) -> tuple[Mistake, ...]:
    """Mistakes made with the intervals of a report: places exchanged, another level, a lost minus.

    Parameters
    ----------
    example : str
        The exercise's right report, a template that quotes every interval with "95 % C".
    *intervals : tuple of str
        Estimate, lower and upper end, by their names among the exercise's numbers.
    decimals : int
        With how many decimals they are quoted.
    others : tuple of str
        Further numbers of the report that may not stand before one of these intervals.
    part : str
        The report's name, where it is one part of an answer.
    open_at_zero : bool
        Whether an interval holds zero: then one of its ends rightly has a minus alone.
    turned : str
        Of an interval below zero the name of a number that is its upper end without the minus.
    also_outside, also_level : Rule, optional
        Other signs of an estimate before an interval that isn't its own, and of another level.
    """
    (estimate, low, high), *more = intervals
    rows = [
        mistake(
            exchanged(example, estimate, low),
            phrases.OUTSIDE_ITS_INTERVAL,
            any_of(
                *(lies_outside(*one, *others, decimals=decimals) for one in intervals),
                *([also_outside] if also_outside else []),
            ),
            part=part,
        ),
        mistake(
            example.replace("95 % C", "90 % C").replace("95 % c", "90 % c"),
            phrases.INTERVALS_ARE_95,
            any_of(wrong_level, also_level) if also_level else wrong_level,
            part=part,
        ),
    ]
    if not open_at_zero:
        lost = any_of(*(loses_a_sign(*one[1:], decimals) for one in intervals))
        was, now = (f"{{{high}:", f"{{{turned}:") if turned else (f"{{{low}:", f"-{{{low}:")
        flipped = example.replace(was, now)
        rows.append(mistake(flipped, phrases.LOST_MINUS, lost, part=part))
    if more:
        swapped = exchanged(exchanged(example, low, more[0][1]), high, more[0][2])
        rule = before_another(*intervals, decimals=decimals)
        rows.insert(0, mistake(swapped, phrases.ANOTHER_S_INTERVAL, rule, part=part))
    return tuple(rows)


def any_of(*rules: Rule) -> Rule:
    """The rule that one of these rules holds."""
    return lambda given, truth: any(rule(given, truth) for rule in rules)


_ASKED = r"\b(whether|if|nobody|no one|cannot|unknown|open)\b|\bcan't\b|\?"
# 'Nothing was assigned, so this is the effect of poverty': what is denied before it is another thing.
_CONCLUDES = (
    r"\b(so|hence|thus|therefore|consequently)\b,?((?!\b(no|not|none|nothing|nor|neither|never|nobody|cannot)\b|n't)[^.;,]){0,30}\b"
    r"((is|was|are|were|must be|shows?) (an?|the) (\w+ )?effects? of|ha(s|d|ve) (an?|the) (\w+ )?effects? on)\b"
)


def names_a_cause(text: str, words: str = CAUSE) -> bool:
    """Tell whether a text names a cause, in a sentence that doesn't leave it open.

    >>> names_a_cause("Poverty causes it."), names_a_cause("Nobody knows if poverty causes it.")
    (True, False)
    >>> names_a_cause("Nothing was assigned, so this is the effect of poverty.")
    True
    """
    sentences = re.split(r"(?<=[.;!?])\s", text)
    return any(
        (asserts(one, words) or re.search(_CONCLUDES, one, re.IGNORECASE))
        and not re.search(_ASKED, one, re.IGNORECASE)
        for one in sentences
    )


def about_cause(
    example: str,
    claim: str,
    *,
    words: str = CAUSE,
    says: str = phrases.NAMES_A_CAUSE,
    part: str = "",
) -> Mistake:
    """The mistake of a cause, with a sentence that makes it: 'SES causes it.'"""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return names_a_cause(given, words)

    return mistake(f"{example} {claim}", says, rule, part=part)


def about_zero(example: str, claim: str, *, part: str = "") -> Mistake:
    """The mistake of words that put zero into an interval that doesn't hold it."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return asserts(given, HOLDS_ZERO)

    return mistake(f"{example} {claim}", phrases.SAYS_NO_CHANGE, rule, part=part)


def about_estimator(example: str, *, part: str = "") -> Mistake:
    """The mistake that REML is named, and denied."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return re.search(REML_DENIED, given, re.IGNORECASE) is not None

    return mistake(f"{example} REML was not used.", phrases.NOT_BY_REML, rule, part=part)


def about_assignment(example: str, claim: str, *, part: str = "") -> Mistake:
    """The mistake that nobody's choice was dealt out by lot: 'Pupils were assigned to schools.'"""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return any(asserts(one, DEALT_OUT) for one in re.split(r"(?<=[.;!?])\s", given))

    return mistake(f"{example} {claim}", phrases.SAYS_DEALT_OUT, rule, part=part)


def about_no_change(
    example: str, claim: str, *names: str, decimals: int = 2, part: str = ""
) -> Mistake:
    """The mistake of words that deny what the numbers say; `claim` is a template that does it."""
    return mistake(
        f"{example} {claim}", phrases.SAYS_NO_CHANGE, denies(*names, decimals=decimals), part=part
    )


def about_p(example: str, *, part: str = "") -> Mistake:
    """The mistake of a p that is no p."""

    def rule(given: str, truth: Mapping[str, float]) -> bool:
        return p_above_one(given)

    return mistake(f"{example} The test had p = 2.5.", phrases.P_ABOVE_ONE, rule, part=part)
