"""Answers in words: a sentence for a report, and the numbers that are found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hlm_teach.feedback.kinds.number import ROUNDING

# What many reports have to name, as regular expressions.
REML = r"\bREML\b|(restricted|residual)[- ](max|ML\b|likelihood)"
SD = r"\bSDs?\b|standard deviation"
VARIANCE = r"\bvarianc"
MINUS = r"(?<!\d)(?<!\d )[−–-] ?\.?\d"  # of a number, not the dash of '2.0–2.4'

FELL = (
    r"\bfell|\bfall|\bdropp|\bs[aiu]nk|shr[aiu]nk|declin|decreas|diminish|\b(went|go|goes) down|"
    r"minus|negative"
)


@dataclass(frozen=True)
class Quoted:
    """A number as it stands in a text: its value and how many decimals it is given with."""

    value: float
    decimals: int
    percent: bool
    span: tuple[int, int]


_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.,)%])(?<![\d%] )[-−–]\s?|(?<= )[-−–](?=\.?\d)|"
    r"\b(?:minus|decline of|fall of|loss of|drop of|decrease of)\s)?(?<![\w.,])"
    r"(?P<digits>\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?!\d)(?:\.\d+)?|"
    r"\d+(?:[.,]\d+)?|\.\d+)(?P<percent>\s?(?:%|per ?cent)|"
    r"(?=[ ]?(?:to|and|[-–])[ ]?(?!9[059]\s?(?:%|p))\d+(?:[.,]\d+)?\s?(?:%|per ?cent)))?",
    re.IGNORECASE,
)
# A per cent sign serves both ends of '85 to 91 %'; '0.06 and 95 % of firms' isn't such a pair.
# 'One' is rarely a number in a sentence, and isn't read as such.
SMALL = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
UNITS = ["one", *SMALL[:8]]
_IN_WORDS = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(TENS)})(?:[- ](?P<unit>{'|'.join(UNITS)}))?|"
    rf"(?P<small>{'|'.join(SMALL)}))\b",
    re.IGNORECASE,
)


def numbers_in(text: str) -> list[Quoted]:
    """Every number of a text; '2.0–2.4' and '2.0-2.4' are two numbers, '(−1.5, 3)' has a minus.

    >>> [n.value for n in numbers_in("between 2.0–2.4 points, 7,185 pupils, 18 %, −1,5 and fifty-four")]
    [2.0, 2.4, 7185.0, 18.0, -1.5, 54.0]
    """
    return list(_numbers_in(text))


@lru_cache(maxsize=64)  # a report is asked for its numbers by every part and every mistake
def _numbers_in(text: str) -> tuple[Quoted, ...]:
    return (
        *(_quoted(match) for match in _NUMBER.finditer(text)),
        *(_in_words(match) for match in _IN_WORDS.finditer(text)),
    )


def _in_words(match: re.Match) -> Quoted:
    tens, unit, small = (match[name] and match[name].lower() for name in ("tens", "unit", "small"))
    value = SMALL.index(small) + 2 if small else 10 * (TENS.index(tens) + 2)
    return Quoted(float(value + (UNITS.index(unit) + 1 if unit else 0)), 0, False, match.span())


def _quoted(match: re.Match) -> Quoted:
    digits = match["digits"]
    thousands = re.fullmatch(r"[1-9]\d{0,2}([,\s]\d{3})+(\.\d+)?", digits)
    digits = re.sub(r"[,\s]", "" if thousands else ".", digits)
    value = float(digits) * (-1 if match["sign"] else 1)
    decimals = len(digits.partition(".")[2])
    return Quoted(value, decimals, match["percent"] is not None, match.span())


def holds(text: str, value: float, decimals: int, *, of: str = "", signed: bool = False) -> bool:
    """Tell whether a text quotes a number, rounded to at least `decimals` decimals.

    A share may be quoted in per cent, with two decimals less; a last zero may be left out, as
    Python's `round` does it. Signs are compared with `signed` only: 'lower by 3.1' says it in words.
    With `of` the number must count what this pattern names.

    >>> holds("An ICC of 18 % was found.", 0.1804, 2), holds("An ICC of 0.2 was found.", 0.1804, 2)
    (True, False)
    >>> holds("An ICC of 0.2 was found.", 0.1996, 2)
    True
    """
    if of:
        text = _PAIR_OF_COUNTS.sub(r"\1 \3; \2 \4", text)
    return any(
        quotes(quoted, value, decimals)
        and (not of or _counts(text, quoted, of))
        and (not signed or quoted.value * value >= 0)
        for quoted in numbers_in(text)
    )


def without_elasticity_s_per_cent(text: str) -> str:
    """The text with an elasticity as a bare number: of '0.22 % for one per cent' the 0.22.

    >>> without_elasticity_s_per_cent("0.22 per cent more for 10 %")
    '0.22 more for 10 %'
    """
    return re.sub(r"(?<=\.\d\d) ?(%|per ?cent)", "", text)


# 'The numbers of firms and rows are 140 and 1,031': each number with its own.
_PAIR_OF_COUNTS = re.compile(
    r"\b([^\W\d][\w-]*) and ([^\W\d][\w-]*) (?:is|are|was|were) (\d[\d,]*) and (\d[\d,]*)(?![\d.])"
)


def _counts(text: str, quoted: Quoted, of: str) -> bool:
    """Tell whether a number stands with what it counts: '160 public schools', 'N = 160'.

    Not so behind a comma: in '1031 firms, 140 observations' nobody counts 140 firms.
    """
    start, end = quoted.span
    letter = r"(?:[^\w,;/]{0,3}(?:\([^()]{0,40}[;,] ?)?[nNkKjJ] ?= ?)?"  # 'patients (n = 180', 'N(pupils) = 3,435'
    return bool(
        re.match(
            rf"\W{{0,3}}(?:[^\W\d][\w-]*[^\w,;/]+){{0,2}}(?:{of})\b", text[end:], re.IGNORECASE
        )
        or re.search(
            rf"\b(?:{of}){letter}(?: (?:was|is|were|are))?[^\w,;/]{{0,4}}$",
            _before(text, start),
            re.IGNORECASE,
        )
        or _among(text, quoted, of)
    )


def _among(text: str, quoted: Quoted, of: str) -> bool:
    """Tell whether a number counts what stands further before it: 'one hospital of 24'."""
    before = _before(text, quoted.span[0])
    single = re.sub(r"s(?=\||$)", "", of)
    return bool(
        re.search(rf"\bone (?:{single}) (of|in) $", before, re.IGNORECASE)
        or re.search(rf"\b(?:{of})\b([^.;,]|\.\d)*\ball (the )?$", before, re.IGNORECASE)
        or (
            re.match(r" in number\b", text[quoted.span[1] :])
            and re.search(rf"\b(?:{of})( \w+)?, $", before, re.IGNORECASE)
        )
    )


def clauses_with(text: str, pattern: str) -> list[str]:
    """The clauses of a text that match a pattern; what stands in brackets is one of its own.

    Words in brackets right behind a number belong to it: '7.23 (between schools)'. A comma ends a
    clause only behind a number, not in 'between schools, the variance was 7.23'. Brackets behind
    words alone are read with these as well: 'within schools (variance 39.15)'.

    >>> clauses_with("It was 0.6 (0.5 to 0.7) within wards and 1.5 between them.", "within")
    ['It was 0.6   within wards ']
    """
    text = re.sub(rf", ({_AMOUNT}), (?=(is|was|are|were|lay|lies)\b)", r" \1 ", text)
    text = re.sub(rf"(?<=[A-Za-z]), ({_AMOUNT})(?=[;.](\s|$))", r" \1", text)
    text = re.sub(r"\b([Vv]ar|SD)\((\w+)\)", r"\1 \2", text.translate(str.maketrans("[]", "()")))
    text = re.sub(r"(?<=[A-Za-z]) \(((?:within|between|among)\b[^()\d]*)\) (?=is |was |were )",
                  r" \1 ", text)  # fmt: skip
    text = re.sub(r"\)\s?\((?=[^()]*\b(CI|confidence|interval))", ", ", text)
    text = _in_pairs(text)
    text = re.sub(r"(?<=\d) \(([^()\d]*)\)|(?<=CI) \(([^()]*)\)", r" \1\2", text)
    text = re.sub(r"\b(in|within|inside) \(([^()A-Za-z]*)\)", r"\1 \2", text)  # an interval
    inside = re.findall(r"\(([^()]*)\)", text)
    outside = re.sub(r"\([^()]*\)", " ", text)
    parts = [part for piece in [outside, *inside] for part in _clauses(piece)]
    return [
        part for part in [*parts, *_with_brackets(text)] if re.search(pattern, part, re.IGNORECASE)
    ]


def _clauses(text: str) -> list[str]:
    """The clauses of a text without brackets."""
    return [
        part
        for longer in re.split(rf"[.](?=\s)|{_apart(';')}|\n|\band\b|\bor\b", text)
        for part in _at_commas(longer)
    ]


def _with_brackets(text: str) -> list[str]:
    """Clauses with what brackets behind them say of them.

    Of words without a number, that is the number: 'within schools (variance 39.15, SD 6.26)'. Of a
    number, it is words without one: '1.49 lower (95 % CI 1.20 to 1.78; between patients)'.
    """
    found, end = [], 0
    for match in re.finditer(r"\(([^()]*)\)", text):
        before = _clauses(text[end : match.start()])[-1]
        segments = re.split(r"[;,](?=\s)", match[1])
        if re.search(r"\d", before):
            found += [before + one for one in segments if not re.search(r"\d", one)]
            if not re.search(
                r"\.\d|\d\W*$", before
            ):  # counts: '148 primary schools (variance 1.11)'
                found += [f"{before} {one}" for one in segments if re.search(_NAMED, one)]
        else:
            found += [f"{before} {one}" for one in segments[:1]]
            found += [f"{before} {one}" for one in segments[1:] if re.search(_NAMED, one)]
        end = match.end()
    return found


# 'variance 1.11' names what the number is; 'within 0.26' would say whose it is.
_NAMED = r"^\s?(variance|var\.?|SD|τ|tau)\W{1,4}\d"
_LEVEL = (
    "between|within|marginal|conditional|primary|secondary|robust|model-based|with|without|"
    "including|excluding"
)
_AMOUNT = r"[−–-]?\d*\.\d+(?:\s?\([^()]*\))?"


def _in_pairs(text: str) -> str:
    """Two numbers with two names in the same order, each with its own.

    >>> _in_pairs("The variances between and within wards were 0.78 and 0.26.")
    'The variances between wards were 0.78; within wards were 0.26.'
    >>> _in_pairs("variances of 0.78 and 0.26 between and within wards")
    'variances of 0.78 between; 0.26 within wards'
    """
    names = rf"\b({_LEVEL})\b(?: \w+)? and (?:the )?({_LEVEL})\b"
    numbers = rf"({_AMOUNT}),? and ({_AMOUNT})"
    text = re.sub(
        rf"{names}([^.;,()\d−–-]{{0,40}}?){numbers}", r"\1\3\4; \2\3\5", text, flags=re.IGNORECASE
    )
    return re.sub(rf"{numbers} {names}", r"\1 \3; \2 \4", text, flags=re.IGNORECASE)


def _apart(mark: str) -> str:
    """Where a comma or semicolon sets apart: not between two numbers, the ends of an interval.

    In '139 df; 0.92 to 1.44' the number behind it begins an interval of its own.
    """
    return (
        rf"(?<!\d){mark}(?=\s)|{mark}(?=\s)"
        rf"(?:(?!\s[−–-]?[\d.])|(?=\s[−–-]?\d*\.\d+(?: to |[–-])))"
    )


def _at_commas(text: str) -> list[str]:
    held: list[list[str]] = [[]]
    for part in re.split(_apart(","), text):
        if held[-1] and re.search(r"\d", held[-1][-1]):
            held.append([])
        held[-1].append(part)
    return ["".join(parts) for parts in held]


LONGEST_SENTENCE = 2000  # characters on either side of what is looked at


def _before(text: str, place: int, length: int = 120) -> str:
    """The characters before a place: a few, so that a long text is read in time linear in it."""
    return text[max(0, place - length) : place]


def asserts(text: str, pattern: str) -> bool:
    """Tell whether a text says what `pattern` matches, not denied shortly before nor left open.

    >>> asserts("SES causes it.", "cause"), asserts("This does not mean that SES causes it.", "cause")
    (True, False)
    """
    return any(
        not _DENIAL.search(text[: match.start()][-40:])
        and not _LEFT_OPEN.search(_sentence(text, match))
        for match in re.finditer(pattern, text, re.IGNORECASE)
    )


def _sentence(text: str, match: re.Match) -> str:
    """The sentence of a text in which a match begins."""
    near = _before(text, match.start(), LONGEST_SENTENCE)
    start = max((end.end() for end in re.finditer(r"[.!?;]\s", near)), default=0)
    behind = text[match.start() : match.end() + LONGEST_SENTENCE]
    return re.split(r"[.!?;](?=\s|$)", near[start:] + behind, maxsplit=1)[0]


_DENIAL = re.compile(
    r"\bnot\b|n't\b|\bnor?\b|\bneither\b|\bnever\b|\bcannot\b|\bnothing\b|"
    r"\bnon-?\b|\bshort of\b|\b(worse|better) than\b|\bagainst\b|\bmodels? (in|with|whose|where)\b|"
    r"\bwhether\b|\bwithout\b|\bif\b|\b(may|might|could)\b|\bhypothes|\bH[0₀]|\breject|"
    r"\bcompatible with\b|\b(wrong|false|mistake) to\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(
    r"(not|n't|never|cannot|nobody should) (be )?"
    r"(conclude|claim|infer|show|mean|imply|prove|follow|read|tell|told|sa(y|id)|know|decide|answer|"
    r"settle|separate|distinguish|establish)|\b(is|are|remains?|left) (\w+ )?(open|unknown|unclear)\b",
    re.IGNORECASE,
)
_RIGHT_BEFORE = re.compile(
    r"\b(not|no|non|never)[\s-]+((a|an|the|at|by|from|of|on|using|with|in|its|their)\s+){0,2}$",
    re.IGNORECASE,
)


def says(text: str, pattern: str) -> bool:
    """Tell whether a text has what `pattern` matches, with no 'not' right before: 'not by REML'."""
    return any(
        not _RIGHT_BEFORE.search(_before(text, match.start()))
        for match in re.finditer(pattern, text, re.IGNORECASE)
    )


def ascribes(text: str, value: float, decimals: int, to: str, *, unless: str) -> bool:
    """Tell whether a clause quotes a number and names `to`, and not what the number belongs to.

    >>> ascribes("The SD was 1.34 between sectors and 0 within.", 1.34, 2, "between", unless="within")
    True
    """
    return any(
        holds(clause, value, decimals) and not re.search(unless, clause, re.IGNORECASE)
        for clause in clauses_with(text, to)
    )


def quotes(quoted: Quoted, value: float, decimals: int) -> bool:
    if quoted.percent:
        value, decimals = 100 * value, max(decimals - 2, 0)
    if quoted.decimals < decimals:
        return abs(quoted.value) == abs(round(value, decimals))
    return abs(abs(quoted.value) - abs(value)) <= ROUNDING * 10.0**-quoted.decimals
