"""Predict first: the reader commits to a guess, and meets it again beside the answer."""

from dataclasses import dataclass, field
from html import escape

import ipywidgets as widgets
from IPython.display import display

from .controls import Slider
from .frame import _CSS


@dataclass
class _Kept:
    """What the session remembers of one question."""

    guess: float | None = None
    prompts: list = field(default_factory=list)


_KEPT: dict[str, _Kept] = {}


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
    if not question.strip() or not key.strip():
        raise ValueError(f"question={question!r}, key={key!r}: both want a text that is not empty")
    prediction = Prediction(question, low=low, high=high, step=step, unit=unit, key=key)
    display(prediction)
    return prediction


class Prediction:
    """One question with the reader's guess. Made by `predict_first`."""

    def __init__(self, question: str, *, low, high, step, unit, key):
        shown = f"({unit})" if unit else ""
        self._slider = Slider(
            "guess", "your guess", shown, low=low, high=high, value=low, step=step
        )
        middle = self._slider.clean(low + step * round((high - low) / 2 / step))
        self.question, self.unit, self.key = question, unit, key
        self._kept = _KEPT.setdefault(key, _Kept())
        self._value = middle if self.guess is None else self._slider.clean(self.guess)
        self._answers: list[_Answer] = []
        self._kept.prompts.append(self)
        self.widget = self._assemble()
        self._show_state()

    @property
    def guess(self) -> float | None:
        """The guess the reader committed, or None."""
        return self._kept.guess

    def __repr__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"Predict first: {self.question} (from {self._slider.low} to {self._slider.high}{unit})"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        low, high = self._slider.low, self._slider.high
        html = (
            f"<p><strong>Predict first.</strong> {escape(self.question)} "
            f"(from {low} to {high} {escape(self.unit)})</p>".replace(" )", ")")
        )
        return self.widget._repr_mimebundle_() | {"text/plain": repr(self), "text/html": html}

    def commit(self, value: float) -> None:
        """Keep `value` as the reader's guess."""
        self._kept.guess = self._value = self._slider.clean(value)
        for prompt in self._kept.prompts:
            prompt._show_state()

    def reveal(self, answer: float, sentence: str = "") -> None:
        """Show the guess beside the answer; a guess committed later is added there too."""
        shown = _Answer(self, self._number(answer, extra=1), sentence)
        self._answers.append(shown)
        display(shown)

    def _number(self, value: float, extra: int = 0) -> str:
        """`value` with the decimals of the slider's step, and `extra` ones if it is no int."""
        decimals = _decimals(self._slider.step) + extra
        number = str(value) if isinstance(value, int) else f"{value:.{decimals}f}"
        return f"{number} {self.unit}".strip()

    def _assemble(self) -> widgets.VBox:
        part = self._slider.widget(lambda name, value: setattr(self, "_value", value))
        part.put(self._value)
        self._part, self._state = part, widgets.HTML()
        button = widgets.Button(
            description="Commit",
            tooltip="Keep this guess",
            layout=widgets.Layout(width="auto", align_self="flex-start"),
        )
        button.on_click(lambda _: self.commit(self._value))
        head = widgets.HTML(f"{_CSS}<strong>Predict first.</strong> {escape(self.question)}")
        box = widgets.VBox(
            [head, part.view, button, self._state],
            layout=widgets.Layout(max_width="520px", width="100%"),
        )
        box.add_class("hlm-lab")
        return box

    def _show_state(self) -> None:
        words = (
            "Move the slider, then commit."
            if self.guess is None
            else f"Your guess is kept: {self._number(self.guess)}."
        )
        self._state.value = f'<p role="status" aria-live="polite">{escape(words)}</p>'
        if self.guess is not None:
            self._part.put(self.guess)
        for shown in self._answers:
            shown.update()


class _Answer:
    """The answer, with the guess beside it in the live page; the stored text has no guess."""

    def __init__(self, prediction: Prediction, answer: str, sentence: str):
        self._prediction, self._answer, self._sentence = prediction, answer, sentence
        self._line = widgets.HTML()
        self.update()

    def __repr__(self) -> str:
        return f"The answer: {self._answer}. {self._sentence}".strip()

    def _repr_mimebundle_(self, include=None, exclude=None):
        html = (
            f"<p>The answer: <strong>{escape(self._answer)}</strong>. {escape(self._sentence)}</p>"
        )
        return self._line._repr_mimebundle_() | {"text/plain": repr(self), "text/html": html}

    def update(self) -> None:
        """Put the guess, if there is one, beside the answer."""
        kept = self._prediction
        guess = (
            "you have not committed a guess yet"
            if kept.guess is None
            else f"<strong>{escape(kept._number(kept.guess))}</strong>"
        )
        self._line.value = (
            f'{_CSS}<p role="status" aria-live="polite">Your guess: {guess}. The answer: '
            f"<strong>{escape(self._answer)}</strong>. {escape(self._sentence)}</p>"
        )


def _decimals(step: float) -> int:
    """How many decimals `step` has.

    >>> _decimals(0.05), _decimals(0.5), _decimals(10)
    (2, 1, 0)
    """
    return len(f"{step:.9f}".rstrip("0").partition(".")[2])
