"""Which of two groups a report says to lie lower: read from its subject, whatever the order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .reading import asserts

_BEFORE_REFERENCE = r"\b(than|compared?( with| to)?|relative to|versus|vs\.?|against|unlike)\b"
_FAVOUR = r"\bfavou?r(ing|ed|s)?( of| for)?\b|\badvantage (of|for)|\bbenefit of"
_DISFAVOUR = r"\bdis(favou?r|advantage)( of| for| to)?|\b(detriment|expense) of"
# Words that are followed by what the subject is compared with: 'below the others'.
_OVER = (
    r"(short|below|under|behind|beneath|above|ahead|out\w+|exceed\w*|surpass\w*|trail\w*|lag\w*)\b"
)


@dataclass(frozen=True)
class Comparison:
    """Two groups of which one lies lower, by regular expressions of their many names.

    Parameters
    ----------
    low, high : str
        The names of the group that lies lower, and of the other one.
    rest : str
        Names of whichever of the two isn't named beside it: 'the others'. Alone it is the higher.
    down, up : str
        What is said of a group that lies lower, or higher.
    """

    low: str
    high: str
    rest: str = r"(?!)"
    down: str = (
        r"lower|less|below|behind|worse|poorer|weaker|fewer|smaller|under(?!go|stand)\w*|trail\w*|"
        r"lag(s|ged)?|deficit|short(fall)?"
    )
    up: str = (
        r"higher|better|above|ahead|out(perform|scor|rank)\w*|exceed\w*|surpass\w*|"
        r"points more|more points|scor\w+ more|superior|stronger|greater"
    )

    def claims(self, text: str, *, about: str = "") -> list[bool]:
        """Tell of each comparison in a text whether it goes the right way.

        With `about`, a regular expression of a number, only words of direction beside that number
        count: of '5.3 less a year, and 6.9 higher at age 1' it is 'higher' that stands beside 6.9.

        >>> wards = Comparison(low="small wards?", high="large wards?")
        >>> wards.claims("Small wards lay 2 below large wards. Higher than in small wards.")
        [True, True]
        >>> wards.claims("Scores were higher in small wards; 2 points in favour of small wards.")
        [False, False]
        >>> wards.claims("Small wards lay 2 lower; their costs were 5 higher.", about="2")
        [True]
        """
        parts = re.split(r"[.;!?](?=\s)", text)
        return [one for part in parts for one in self._in_one(part, about)]

    def _in_one(self, sentence: str, about: str) -> Iterator[bool]:
        marked = self._marked(sentence)
        for words, lower in (
            (rf"{_DISFAVOUR}|\b({self.down})\b", True),
            (rf"{_FAVOUR}|\b({self.up})\b", False),
        ):
            for match in re.finditer(words, marked, re.IGNORECASE):
                if about and not _beside(marked, match, about):
                    continue
                subject = _subject(marked, match)
                if subject and asserts(marked[: match.end()], f"{re.escape(match[0])}$"):
                    yield (subject == "L") == lower

    def _marked(self, sentence: str) -> str:
        """The sentence with a mark for each group: '⟦L⟧ lay 2 points below ⟦H⟧'."""
        named = re.compile(
            f"(?P<L>{self.low})|(?P<H>{self.high})|(?P<O>{self.rest})", re.IGNORECASE
        )
        marked = named.sub(lambda one: f"⟦{one.lastgroup}⟧", sentence)
        while "⟦O⟧" in marked:
            before, _, behind = marked.partition("⟦O⟧")
            known = [*re.findall("⟦([LH])⟧", before)[::-1], *re.findall("⟦([LH])⟧", behind), "L"]
            marked = f"{before}⟦{_turned(known[0])}⟧{behind}"
        return re.sub(r"\bthe (latter|former)\b", lambda one: _meant(marked, one), marked)


def _beside(text: str, match: re.Match, number: str) -> bool:
    """Tell whether a number stands right before a word, or right behind it: '6.9 lower', 'lower by 6.9'."""
    return bool(
        re.search(rf"(?<![\d.])(?:{number})[^.;(\d]{{0,25}}$", text[: match.start()])
        or re.match(
            rf"((?!\band\b)[^.,;(\d]|,(?= by )){{0,25}}(?<![\d.])(?:{number})", text[match.end() :]
        )
    )


def _meant(text: str, match: re.Match) -> str:
    """The group that 'the former' or 'the latter' stands for."""
    groups = re.findall("⟦[LH]⟧", text[: match.start()])
    return (groups[0] if match[1].lower() == "former" else groups[-1]) if groups else match[0]


def _subject(text: str, match: re.Match) -> str:
    """The group of which a word of direction speaks, 'L' or 'H'; nothing if none is there."""
    behind = text[match.end() : match.end() + 90]
    direct = re.match(
        r"([- ](?!by\b)[\w-]+)?( (in|for|at|among|of|on|by))?( the| those| pupils of)?\s*⟦([LH])⟧",
        behind,
    )
    compares = re.match(_OVER, match[0], re.IGNORECASE) is not None
    if direct and not re.search(r"\b(than|to|from)\b", direct[0]):
        return _turned(direct[5]) if compares and direct[3] != "by" else direct[5]
    within = re.match(r"[^,;⟦]{0,60}?\b(in|for|at|among|of)\b[^,;⟦]{0,20}⟦([LH])⟧", behind)
    if within and not re.search(_BEFORE_REFERENCE, within[0], re.IGNORECASE):
        return _turned(within[2]) if compares else within[2]
    reference = re.match(rf"[^;⟦]{{0,70}}?{_BEFORE_REFERENCE}[^;⟦]{{0,40}}⟦([LH])⟧", behind)
    if reference:
        return _turned(reference[3])
    relative = re.search(r"⟦([LH])⟧,? (who|which)\b[^,;⟦]*$", text[: match.start()])
    if relative:
        return relative[1]
    compared = rf"{_BEFORE_REFERENCE}[^,⟦]{{0,25}}$|\b{_OVER}( of)?( the)? ?$"
    before = [
        one[1]
        for one in re.finditer(r"⟦([LH])⟧", text[: match.start()])
        if not re.search(compared, text[: one.start()], re.IGNORECASE)
    ]
    return before[-1] if before else ""


def _turned(group: str) -> str:
    return "H" if group == "L" else "L"
