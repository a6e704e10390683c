"""Which of two numbers is which: read from the order and nearness of numbers and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from .claims import Rule
from .reading import numbers_in, quotes

APART, EXCHANGED, UNNAMED = "apart", "exchanged", "unnamed"
REACH = 150.0  # how far from its number a name may stand; letters count 1, marks between more
ALONE = 45.0  # how far from it a name may stand that names the other number as well
NEARBY = 110.0  # how far from it a name may stand to do without weaker names
NOWHERE = 500.0  # further than any name, for one that isn't there
MENTIONS = 12  # of one number, more of them are not looked at
_WEIGHTS = {",": 4.0, ";": 50.0, "\n": 50.0, "(": 2.0, "[": 2.0}
# Says that names stand far off, in the order of their numbers.
_IN_ORDER = re.compile(r"\brespectively\b|\bin (that|this|the same) order\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)")

# Names that many pairs share; 'between 1.63 and 3.63' names no level.
BETWEEN = (
    r"(?<![a-z])(between|among|across)(?![a-z])"
    r"(?! (about |roughly )?[−–-]?[\d.]+ ?%? (and|to) [−–-]?[\d.]+)|τ|\btau"
)
WITHIN = r"(?<![a-z])(within|inside)(?![a-z])|\bresidual|σ|\bsigma|\berror variance"
# Symbols and levels of the two variances: 'var(u)' before 'σ²', 'level 2'.
OF_GROUPS = (
    r"[σs](²|\^2)?[_ ]?[({]?(u0?j?|between)\b|\bu_?0?j?\b|\blevel[- ]?(2|two)|\bsecond level"
)
OF_ROWS = r"\be_?ij\b|\be\b|ε|\bepsilon|\blevel[- ]?(1|one)\b|\bfirst level|\berrors?\b"

Span = tuple[int, int]


@dataclass(frozen=True)
class Pair:
    """Two numbers that a report has to tell apart, and the many names that each may have.

    A name may stand before its number or behind it, at a distance, or in a list: 'the variances
    between and within wards were 0.78 and 0.26'. Of the two ways to give the names to the numbers
    the one with the shorter way from names to numbers is what the text says; if they are equal,
    the one in which both come in the same order. One that is named names the other.

    Parameters
    ----------
    one, other : str
        Their names among the exercise's numbers.
    names, other_names : str
        Regular expressions; where both match, `names` counts.
    decimals : int
        With how many decimals they are quoted at least.
    also, other_also : str
        Weaker names, which count where the others don't name both: 'patients' for the variance
        between patients.
    rivals : tuple of str
        Numbers that have the same names. A name that stands nearer to one of them is theirs.
    ends : tuple of two tuples
        The ends of their intervals, behind which a name may stand as well.
    """

    one: str
    other: str
    names: str
    other_names: str
    decimals: int = 0
    also: str = ""
    other_also: str = ""
    rivals: tuple[str, ...] = ()
    ends: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def told(self, text: str, truth: Mapping[str, float]) -> str:
        """Tell whether the two are told apart in a text, exchanged, or not named at all."""
        way = _way(text)
        first, second = (
            [span for name in (number, *ends) for span in self._quoted(text, truth[name])]
            for number, ends in zip((self.one, self.other), self.ends, strict=True)
        )
        mine, others = self._names_in(text, truth, way, first, second)
        right = _shortest(way, first, mine, second, others)
        wrong = _shortest(way, first, others, second, mine)
        near = [_nearest(way, one, [*mine, *others])[0] for one in (first, second) if one]
        both = _both_named(way, first, second, mine, others) or _IN_ORDER.search(text)
        if min(near, default=NOWHERE) > (REACH if both else ALONE):
            return UNNAMED
        return APART if right <= wrong else EXCHANGED

    def _names_in(
        self, text: str, truth: Mapping[str, float], way: list[float], first: list, second: list
    ) -> tuple[list[Span], list[Span]]:
        """The names that count: the strongest of which there is one near either number."""
        theirs = [one for name in self.rivals for one in self._quoted(text, truth[name])]
        strong = _named(text, self.names, self.other_names)
        every = strong
        if self.also:
            every = _named(
                text, f"{self.names}|{self.also}", f"{self.other_names}|{self.other_also}"
            )
        in_order = _IN_ORDER.search(text) is not None
        for rivals in (theirs, []) if in_order else (theirs,):
            for found in (strong, every):
                mine, others = (_not_nearer(way, [*first, *second], rivals, one) for one in found)
                if _both_named(way, first, second, mine, others):
                    return mine, others
        mine, others = (_not_nearer(way, [*first, *second], theirs, one) for one in every)
        return every if in_order and not (mine or others) else (mine, others)

    def _quoted(self, text: str, value: float) -> list[Span]:
        return [one.span for one in numbers_in(text) if quotes(one, value, self.decimals)]


@lru_cache(maxsize=64)
def _named(text: str, names: str, other_names: str) -> tuple[list[Span], list[Span]]:
    """Where a text has the names of the one number, and where those of the other."""
    either = re.compile(f"(?P<mine>{names})|(?:{other_names})", re.IGNORECASE)
    found = list(either.finditer(text))
    return (
        [one.span() for one in found if one["mine"] is not None],
        [one.span() for one in found if one["mine"] is None],
    )


def _not_nearer(way: list, numbers: list, rivals: list, names: list) -> list[Span]:
    """The names that don't stand nearer to a rival than to these numbers."""
    if not rivals or not numbers:
        return names
    return [
        one for one in names if _nearest(way, numbers, [one])[0] <= _nearest(way, rivals, [one])[0]
    ]


def _both_named(way: list[float], first: list, second: list, mine: list, others: list) -> bool:
    """Tell whether both numbers have a name nearby, either way round."""
    return any(
        max(_nearest(way, first, one)[0], _nearest(way, second, other)[0]) <= NEARBY
        for one, other in ((mine, others), (others, mine))
    )


def exchanged_in(*pairs: Pair) -> Rule:
    """A rule for a mistake: the two numbers of one of these pairs have each other's names."""
    return lambda given, truth: any(pair.told(given, truth) == EXCHANGED for pair in pairs)


@lru_cache(maxsize=8)
def _way(text: str) -> list[float]:
    """How far each character lies from the text's beginning; what is in brackets is passed fast."""
    weights = [_WEIGHTS.get(letter, 1.0) for letter in text]
    for end in _SENTENCE_ENDS.finditer(text):
        weights[end.start()] = 60.0
    for one in numbers_in(text):
        weights[one.span[0]] = 12.0
    for inside in re.finditer(r"\([^()]*\)|\[[^][]*\]", text):
        span = range(inside.start() + 1, inside.end() - 1)
        for place in span:
            weights[place] *= 0.3
    return [0.0, *accumulate(weights)]


def _shortest(
    way: list[float], first: list[Span], its: list[Span], second: list[Span], others: list[Span]
) -> tuple[float, bool]:
    """How far two numbers are from their names, and whether these come in another order."""
    one, other = _nearest(way, first, its), _nearest(way, second, others)
    crossed = (one[1] < other[1]) != (one[2] < other[2])
    return round(one[0] + other[0], 6), crossed


def _nearest(way: list[float], numbers: list[Span], names: list[Span]) -> tuple[float, int, int]:
    """The shortest way from one of these numbers to one of these names, and where both stand."""
    if not numbers:
        return 0.0, 0, 0
    return min(
        (
            (max(way[name[0]] - way[number[1]], way[number[0]] - way[name[1]], 0.0), *places)
            for number in numbers[:MENTIONS]
            for name in names
            for places in [(number[0], name[0])]
        ),
        default=(NOWHERE, numbers[0][0], 0),
    )
