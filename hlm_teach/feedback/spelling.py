"""A report as it is read: slips of the pen mended, numbers in one way of writing."""

from __future__ import annotations

import re
from functools import lru_cache

from .reading import SMALL, TENS, UNITS

# The words that checks of reports listen for; shorter ones have too many neighbours.
LISTENED_FOR = (
    "between within variance variances variation residual residuals marginal conditional "
    "unconditional school schools pupils student students patient patients visits observation "
    "observations company companies difference differences "
    "interval intervals confidence restricted maximum likelihood bilirubin albumin logarithm "
    "minority intercept intercepts points respectively higher centred average deviation "
    "employment hospital hospitals sector sectors singular boundary profile satterthwaite freedom "
    "thousand thousands mixture parameter parameters correlation"
).split()
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\ufe63\uff0d"), "-")
_SPACES = dict.fromkeys([*range(0x2002, 0x200B), 0x202F, 0xA0], " ")


@lru_cache(maxsize=64)
def tidied(text: str) -> str:
    """Return a text with its typos mended and its numbers as Python writes them.

    >>> tidied("Betwen shools 2·63 ± 1.00, one hundred and sixty schools, 7'185 pupils")
    'between schools 2.63 (1.63 to 3.63), 160 schools, 7185 pupils'
    """
    text = text.translate(_HYPHENS | _SPACES)
    text = re.sub(r"(?<=\d)[·∙](?=\d)", ".", text)
    text = re.sub(r"(?<=\d)['’](?=\d{3}\b)", "", text)
    if re.search(r"(?<![\d,.])\d{1,2},\d{2}(?!\d)", text):  # commas are decimal: '7.185' is none
        text = re.sub(r"(?<![\d.,])([1-9]\d{0,2})\.(\d{3})(?![\d.])", r"\1\2", text)
    text = re.sub(r"\bR(?:\^|\*\*)?2\b", "R²", text)
    text = _HUNDREDS.sub(_hundreds, text)
    text = _PLUS_MINUS.sub(_two_ends, text)
    return re.sub(r"[^\W\d_]{6,}", lambda word: _mended(word[0]), text)


_HUNDREDS = re.compile(
    rf"\b(?P<hundreds>a|{'|'.join(UNITS)}) hundred"
    rf"(?:(?: and)?[ -](?:(?P<small>{'|'.join(SMALL)})|"
    rf"(?P<tens>{'|'.join(TENS)})(?:[- ](?P<unit>{'|'.join(UNITS)}))?))?\b",
    re.IGNORECASE,
)


def _hundreds(match: re.Match) -> str:
    said = {name: word.lower() for name, word in match.groupdict().items() if word}
    value = 100 if said["hundreds"] == "a" else 100 * (UNITS.index(said["hundreds"]) + 1)
    value += SMALL.index(said["small"]) + 2 if "small" in said else 0
    value += 10 * (TENS.index(said["tens"]) + 2) if "tens" in said else 0
    return str(value + (UNITS.index(said["unit"]) + 1 if "unit" in said else 0))


_PLUS_MINUS = re.compile(r"(?<![\w.])([-−–]?)(\d*[.,]\d+) ?(?:±|\+/[-−–]) ?(\d*[.,]\d+)(?![\d%])")


def _two_ends(match: re.Match) -> str:
    """Write '2.63 ± 1.00' with the ends that it has."""
    sign, *said = match.groups()
    middle, half = (float(one.replace(",", ".")) for one in said)
    places = len(re.split("[.,]", said[0])[1])
    ends = sorted(((middle - half), (middle + half)), reverse=bool(sign))
    low, high = (f"{-one if sign else one:.{places}f}" for one in ends)
    return f"{sign}{said[0]} ({low} to {high})"


def _without_one(word: str) -> list[str]:
    """The word, and the word without each of its letters but the first."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))]


_NEAR = {near: word for word in reversed(LISTENED_FOR) for near in _without_one(word)}


def _mended(word: str) -> str:
    """The word that was meant, if one letter is wrong, missing, too many or has changed places."""
    lower = word.lower()
    if lower in LISTENED_FOR:
        return word
    return next((_NEAR[near] for near in _without_one(lower) if near in _NEAR), word)
