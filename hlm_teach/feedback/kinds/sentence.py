"""Reports in words: the parts a sentence must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hlm_teach.feedback.claims import Rule
from hlm_teach.feedback.naming import APART, Pair
from hlm_teach.feedback.reading import clauses_with, holds, says, without_elasticity_s_per_cent
from hlm_teach.feedback.spelling import tidied

from .base import Kind, Numbers, Unreadable, described, unwrapped


def between(*words: str) -> str:
    """What stands with a variance between groups, and not with the one within: for `Part.beside`."""
    either = "|".join(
        ("between", "among", "τ", r"\btau", "intercept", "level[- ]2", "σ²_?u", *words)
    )
    return rf"^(?!.*\bwithin).*({either})"


# The level of single rows, by other names.
_SINGLE = (
    r"\b(observation|measurement|visit|occasion)[- ]level",
    r"\blevel of (observ|measure|visit)",
)


def within(*words: str) -> str:
    """What stands with the variance within groups, and not with the one between: for `Part.beside`."""
    either = "|".join(("within", "residual", "σ", r"\bsigma", "level[- ]1", *_SINGLE, *words))
    return rf"^(?!.*\bbetween).*({either})"


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
        A regular expression, of which one match is needed that no 'not' stands right before;
        case is ignored.
    of : str
        What the number must count, as a regular expression: "7,185 pupils" with
        ``of="pupils|students"``. It may follow within three words, or stand right before.
    beside : str
        What must stand in the same clause as the number, as a regular expression: "0.78 between
        patients and 0.26 within" with ``beside="within"``. Brackets count as clauses.
    signed : bool
        Whether a minus counts. Without it 'lower by 3.1' says as much as '−3.1'.
    elasticity : bool
        Whether '0.22 % more for one per cent' says the number 0.22.
    pair : Pair, optional
        With which other number it must not be confused, and the names of both.
    rule : callable, optional
        ``rule(text, truth)`` tells whether the part is there, where no pattern can.
    """

    what: str
    number: str = ""
    decimals: int = 0
    pattern: str = ""
    of: str = ""
    beside: str = ""
    signed: bool = False
    elasticity: bool = False
    pair: Pair | None = None
    rule: Rule | None = None

    def is_in(self, text: str, truth: Mapping[str, float]) -> bool:
        """Tell whether the text holds this part."""
        if self.elasticity:
            text = without_elasticity_s_per_cent(text)
        worded = not self.pattern or says(text, self.pattern)
        if self.rule is not None and not self.rule(text, dict(truth)):
            return False
        if self.pair is not None and self.pair.told(text, truth) != APART:
            return False
        return worded and (
            not self.number
            or any(
                holds(clause, truth[self.number], self.decimals, of=self.of, signed=self.signed)
                for clause in (clauses_with(text, self.beside) if self.beside else [text])
            )
        )


@dataclass(frozen=True)
class Sentence(Kind):
    """A sentence or two for a report; every one of its `parts` must be in it.

    `example` is one that has them all, filled in by the exercise's numbers: "an ICC of {icc:.2f}".
    """

    parts: tuple[Part, ...] = ()
    example: str = ""
    least: int = 8
    most: int = 20_000  # characters; a report of a page has about 3,000
    caveat = "Its parts were looked for, its sense wasn't: have somebody read it."

    def truth(self, name: str, numbers: Numbers) -> Numbers:
        return numbers

    def right(self, name: str, numbers: Numbers) -> str:
        return self.named(self.example, numbers)

    def named(self, answer: str, numbers: Numbers) -> str:
        """The sentence, its numbers filled in."""
        return answer.format(**numbers)

    def read(self, answer: object) -> str:
        answer = unwrapped(answer)
        if not isinstance(answer, str):
            raise Unreadable(
                f"A sentence is wanted, a text in quotes; this is {described(answer)}."
            )
        if len(answer) > self.most:
            raise Unreadable(
                f"A few sentences are wanted, of {self.most:,} characters at the most; this has "
                f"{len(answer):,}."
            )
        if len(answer.split()) < self.least:
            raise Unreadable(
                f"A whole sentence is wanted, of {self.least} words or more; this "
                f"has {len(answer.split())}."
            )
        return answer

    def puts_off(self, answer: object) -> bool:
        answer = unwrapped(answer)
        return isinstance(answer, str) and answer.strip(" .…").lower() == "later"

    def same(self, given: str, truth: Mapping[str, float]) -> bool:
        return not self.missing(given, truth)

    def missing(self, given: str, truth: Mapping[str, float]) -> list[str]:
        """The parts that aren't in the text, in words."""
        text = tidied(given)
        return [part.what for part in self.parts if not part.is_in(text, truth)]

    def reports(self, given: str) -> list[tuple[str, Callable[[str], str]]]:
        return [(given, lambda text: text)]

    def remark(self, given: str, truth: Mapping[str, float]) -> str:
        missing = self.missing(given, truth)
        found = len(self.parts) - len(missing)
        return (
            f"{found} of {len(self.parts)} parts are there. Missing or wrong: {'; '.join(missing)}."
        )
