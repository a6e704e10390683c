"""What of an accepted report nothing was judged by: the sentences that it is accepted without.

A check looks for parts and for known mistakes. A false sentence in words that no mistake lists gets
past it. What can be told of any sentence is whether the judgement needed it: leave it out, and judge
again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from textwrap import shorten

Span = tuple[int, int]
Accepts = Callable[[str], bool]

MOST_QUOTED = 3  # sentences; of the others there is a count
LONGEST_QUOTED = 110  # characters
FEWEST_WORDS = 3  # 'On average' claims nothing, 'SES causes it' does

# 'approx. 5' and 'vs. 0.81' end no sentence, and neither does '0.81'. The end of a line does, unless
# the next one goes on in small letters or in a bracket: then the text is but wrapped.
_END = re.compile(
    r"(?<!\b(?:vs|cf|ca|al|no|nr|eq))(?<!\b(?:fig|var|est|i\.e|e\.g))"
    r"(?<!approx)(?<!resp)(?<![.!?])[.!?]+[)\]\"'”’]*(?=\s|$)|"
    r"\n(?![^\S\n]*(?-i:[a-z(]))",
    re.IGNORECASE,
)
_MARKS_AROUND = re.compile(r"^[\s,;]*(?:[–—-]+\s+)?|[\s,;–—-]+$")  # not the minus of '-0.5'
_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]")
_CLAUSE = re.compile(
    r";(?=\s)|\s[–—-](?=\s)|"
    r",(?=\s(?:and |but )?(?:so|which|who|where|because|since|as|therefore|thus|hence|and|but|while|"
    r"whereas|although|though|meaning|i\.e\.|that is|\w+ing)\b)|"
    r"\s(?=(?:because|so that|thus|hence|therefore|although|whereas|meaning that|which means)\b)"
)


def unneeded(text: str, accepts: Accepts) -> list[str]:
    """The sentences and clauses that an accepted text is accepted without, in their order.

    They are left out together, not only one by one: of two sentences with the same number the first
    stays, and the later one is named. Halves are tried before single sentences, so that a page of
    text takes few judgements.

    >>> unneeded("It was 2. Many people say 2. Pigs fly far.", lambda text: "2" in text)
    ['Many people say 2.', 'Pigs fly far.']
    >>> unneeded("It was 2, so pigs can fly.", lambda text: "2" in text)
    ['so pigs can fly']
    """

    def accepted_without(gone: Sequence[Span]) -> bool:
        return accepts(_without(text, gone))

    sentences = _sentences(text)
    whole = _spared(sentences, [], accepted_without)
    clauses = [one for span in sentences if span not in whole for one in _clauses(text, span)]
    spared = sorted([*whole, *_joined(_spared(clauses, whole, accepted_without))])
    quotes = (_quote(text[slice(*span)]) for span in spared)
    return [quote for quote in quotes if len(re.findall(r"[^\W\d]+", quote)) >= FEWEST_WORDS]


def remark(unjudged: Sequence[str]) -> str:
    """What is said of the sentences that a report is accepted without; '' if there are none.

    In backticks, for what a learner wrote is shown as it is, and isn't read as Markdown.

    >>> remark(["Pigs can fly."])
    'Accepted with or without `Pigs can fly.`: nobody has judged that, so read it once more.'
    """
    if not unjudged:
        return ""
    quoted = [f"`{_short(one)}`" for one in unjudged[:MOST_QUOTED]]
    if len(unjudged) > MOST_QUOTED:
        quoted.append(f"{len(unjudged) - MOST_QUOTED} more")
    named = " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
    return f"Accepted with or without {named}: nobody has judged that, so read it once more."


def _quote(piece: str) -> str:
    """A piece of text in one line, without the marks that part it from others."""
    return " ".join(_MARKS_AROUND.sub("", piece).split())


def _short(quote: str) -> str:
    """A quote cut to a line, without the marks that would end it."""
    plain = quote.translate(str.maketrans("`[]", "'()"))
    return shorten(plain, LONGEST_QUOTED, placeholder=" …")


# ---- leaving out -------------------------------------------------------------------------


def _spared(
    pieces: list[Span], gone: list[Span], accepted_without: Callable[[list[Span]], bool]
) -> list[Span]:
    """Which of these pieces a text does without, besides those that are gone; the last ones first."""
    if not pieces:
        return []
    if accepted_without([*gone, *pieces]):
        return pieces
    if len(pieces) == 1:
        return []
    half = len(pieces) // 2
    last = _spared(pieces[half:], gone, accepted_without)
    return [*_spared(pieces[:half], [*gone, *last], accepted_without), *last]


def _without(text: str, gone: Sequence[Span]) -> str:
    """The text without some pieces of it."""
    kept, end = [], 0
    for start, behind in sorted(gone):
        kept.append(text[end:start])
        end = behind
    return "".join([*kept, text[end:]])


# ---- pieces ------------------------------------------------------------------------------


def _sentences(text: str) -> list[Span]:
    """Where the sentences of a text begin and end, with the blanks before them.

    >>> [text[slice(*span)] for text in ["A vs. B was 0.5. Or so."] for span in _sentences(text)]
    ['A vs. B was 0.5.', ' Or so.']
    """
    return _between(text, (0, len(text)), [match.end() for match in _END.finditer(text)])


def _clauses(text: str, sentence: Span) -> list[Span]:
    """Where the clauses of a sentence begin and end, without the mark that ends the sentence."""
    start, end = sentence
    end = start + len(text[start:end].rstrip(" \n.!?"))
    brackets = [match.span() for match in _BRACKETS.finditer(text, start, end)]
    marks = [match.start() for match in _CLAUSE.finditer(text, start, end)]
    cuts = [one for one in marks if not any(first < one < last for first, last in brackets)]
    found = _between(text, (start, end), cuts)
    return found if len(found) > 1 else []


def _between(text: str, span: Span, cuts: Sequence[int]) -> list[Span]:
    """The pieces of a span of text between some places in it, but blank ones."""
    ends = [span[0], *cuts, span[1]]
    return [(one, other) for one, other in zip(ends, ends[1:]) if text[one:other].strip()]


def _joined(pieces: Sequence[Span]) -> list[Span]:
    """Neighbouring clauses as one; between sentences there is a mark that is in neither."""
    joined: list[Span] = []
    for start, end in pieces:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined
