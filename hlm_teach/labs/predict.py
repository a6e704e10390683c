"""Predict first: the reader commits to a guess, and meets it again beside the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from math import isfinite
from weakref import WeakSet

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.display.show import display

from .controls import Slider
from .faces import Shown, live_view


@dataclass
class _Kept:
    """What the session remembers of one question, and who is to be told of a guess."""

    guess: float | None = None
    listeners: WeakSet = field(default_factory=WeakSet)


_KEPT: dict[str, _Kept] = {}


def kept_guesses() -> dict[str, float]:
    """The guesses of this session by the questions' keys."""
    return {key: kept.guess for key, kept in _KEPT.items() if kept.guess is not None}


def keep_guesses(guesses: Mapping[str, float]) -> None:
    """Take over the guesses of an earlier session; what is no number is left out.

    >>> keep_guesses({"0.2": 1.5, "0.3": "much"})
    >>> kept_guesses()["0.2"], "0.3" in kept_guesses()
    (1.5, False)
    """
    for key, guess in guesses.items():
        if isinstance(guess, int | float) and isfinite(guess):
            _KEPT.setdefault(key, _Kept()).guess = guess


@guarded(
    question=guard.text(2000),
    low=guard.number(),
    high=guard.number(),
    step=guard.number(),
    unit=guard.text(),
    key=guard.text(),
)
def predict_first(
    question: str, *, low: float, high: float, step: float, unit: str = "", key: str
) -> "Prediction":
    """Ask for a guess: shows the question, a slider and a Commit button.

    Parameters
    ----------
    question : str
        In words, ending with what is to be guessed.
    low, high, step : float
        Range and step of the answer; with an int `step` and range, whole numbers.
    unit : str
        Said after the number ("points", "%").
    key : str
        Name of the question ("01.1"). The guess is kept under it for the session: running the
        cell again, or the whole chapter, does not lose it.

    Returns
    -------
    Prediction
        Its ``reveal(answer, sentence)`` shows the guess beside the answer.

    >>> guess = predict_first("How many?", low=0, high=10, step=1, key="0.1")
    Predict first: How many? (from 0 to 10)
    >>> guess.commit(4)
    >>> guess.reveal(5.2, "A little more than five.")
    The answer: 5.2. A little more than five.
    """
    if not (step > 0 and high > low and (high - low) / step <= 100_000):
        raise ValueError(
            f"low={low}, high={high}, step={step}: a slider rises from low to high in up to 100,000 "
            "steps"
        )
    if not question.strip() or not key.strip():
        raise ValueError(f"question={question!r}, key={key!r}: both want a text that is not empty")
    prediction = Prediction(question, low=low, high=high, step=step, unit=unit, key=key)
    display(prediction)
    return prediction


class Prediction(Shown):
    """One question with the reader's guess. Made by `predict_first`."""

    def __init__(self, question: str, *, low, high, step, unit, key):
        super().__init__()
        shown = f"({unit})" if unit else ""
        self.slider = Slider("guess", "your guess", shown, low=low, high=high, value=low, step=step)
        self.question, self.unit, self.key = question, unit, key
        self._kept = _KEPT.setdefault(key, _Kept())
        # Not the middle: that would be a guess, and at times a good one.
        self._considered = self.slider.clean(low)
        if self.guess is not None:
            # It may come from an earlier session, and the range may have been another then.
            self._considered = self.slider.clean(min(max(self.guess, low), high))
            self._kept.guess = self._considered
        self._kept.listeners.add(self)

    @property
    def guess(self) -> float | None:
        """The guess the reader committed, or None."""
        return self._kept.guess

    @property
    def considered(self) -> float:
        """Where the slider stands: what Commit would keep."""
        return self._considered

    @property
    def status(self) -> str:
        """What is to be done, or what is kept, in a sentence."""
        if self.guess is None:
            return "Move the slider, then commit."
        return f"Your guess is kept: {self.number(self.guess)}."

    def __repr__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"Predict first: {self.question} (from {self.slider.low} to {self.slider.high}{unit})"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        low, high = self.slider.low, self.slider.high
        html = (
            f"<p><strong>Predict first.</strong> {escape(self.question)} "
            f"(from {low} to {high} {escape(self.unit)})</p>".replace(" )", ")")
        )
        return live_view(self) | {"text/plain": repr(self), "text/html": html}

    def consider(self, value: float) -> None:
        """Move the slider to `value` without committing."""
        self._considered = self.slider.clean(value)

    def commit(self, value: float) -> None:
        """Keep `value` as the reader's guess."""
        self._kept.guess = self.slider.clean(value)
        for listener in list(self._kept.listeners):
            listener.hear()

    def hear(self) -> None:
        """A guess was committed, here or at the same question elsewhere."""
        if self.guess is not None:
            self._considered = self.guess
        self._tell()

    def reveal(self, answer: float, sentence: str = "") -> None:
        """Show the guess beside the answer; a guess committed later is added there too."""
        shown = Answer(self, self.number(answer, extra=1), sentence)
        self._kept.listeners.add(shown)
        display(shown)

    def number(self, value: float, extra: int = 0) -> str:
        """`value` with the decimals of the slider's step, and `extra` ones if it is no int."""
        decimals = _decimals(self.slider.step) + extra
        number = str(value) if isinstance(value, int) else f"{value:.{decimals}f}"
        return f"{number} {self.unit}".strip()


class Answer(Shown):
    """The answer, with the guess beside it in the live page; the stored text has no guess."""

    def __init__(self, prediction: Prediction, answer: str, sentence: str):
        super().__init__()
        self._prediction, self._answer, self._sentence = prediction, answer, sentence

    def __repr__(self) -> str:
        return f"The answer: {self._answer}. {self._sentence}".strip()

    def _repr_mimebundle_(self, include=None, exclude=None):
        html = (
            f"<p>The answer: <strong>{escape(self._answer)}</strong>. {escape(self._sentence)}</p>"
        )
        return live_view(self) | {"text/plain": repr(self), "text/html": html}

    def hear(self) -> None:
        """A guess was committed."""
        self._tell()

    def beside_guess(self) -> str:
        """Guess, answer and what it means, as HTML."""
        asked = self._prediction
        guess = (
            "you have not committed a guess yet"
            if asked.guess is None
            else f"<strong>{escape(asked.number(asked.guess))}</strong>"
        )
        return (
            f"Your guess: {guess}. The answer: <strong>{escape(self._answer)}</strong>. "
            f"{escape(self._sentence)}"
        )


def _decimals(step: float) -> int:
    """How many decimals `step` has.

    >>> _decimals(0.05), _decimals(0.5), _decimals(10)
    (2, 1, 0)
    """
    return len(f"{step:.9f}".rstrip("0").partition(".")[2])
