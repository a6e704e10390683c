"""The controls of a lab: declared in words and symbol, whoever draws them.

A control knows its name (the key in ``compute(values)``), what it is called in words and in
symbols, which values it takes, and how a value reads. ``describe()`` says all that as plain data,
for a page that draws its own sliders; `widgets` turns controls into what a notebook shows.
"""

import math
from dataclasses import asdict, dataclass
from numbers import Integral, Real

import numpy as np


@dataclass(frozen=True)
class Slider:
    """A number the reader slides or types.

    Parameters
    ----------
    name : str
        Key in the dict that ``compute`` receives (``"tau00"``).
    words, symbol : str
        Label in words and in symbols ("variance between schools", "τ₀₀").
    low, high, value, step
        Range, starting value and step. With an int `step` the values are whole numbers.
        On a `log` slider `step` is in powers of ten (0.05 is about 12 %).
    format : str
        Format specification for the value in sentences ("d" or ".1f").
    help : str
        One sentence about the meaning, shown when the pointer rests on the label.

    Raises
    ------
    ValueError
        If the range is empty, the value outside it, or a log range not positive.

    >>> Slider("n", "pupils per school", "n", low=2, high=60, value=20, step=1).say(20)
    'pupils per school n = 20'
    """

    name: str
    words: str
    symbol: str
    low: float
    high: float
    value: float
    step: float
    format: str = ""
    help: str = ""
    log: bool = False

    def __post_init__(self):
        if not self.low < self.high or not self.low <= self.value <= self.high:
            raise ValueError(
                f"{self.name}: low < high and low <= value <= high are wanted, given "
                f"low={self.low}, value={self.value}, high={self.high}"
            )
        if self.log and self.low <= 0:
            raise ValueError(f"{self.name}: a log slider wants low > 0, given low={self.low}")
        if not self.step > 0:
            raise ValueError(f"{self.name}: step > 0 is wanted, given step={self.step}")

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return all(isinstance(x, Integral) for x in (self.low, self.high, self.value)) and (
            self.log or isinstance(self.step, Integral)
        )

    @property
    def corners(self) -> tuple:
        """The two ends of the range."""
        return self.clean(self.low), self.clean(self.high)

    def clean(self, value) -> float | int:
        """`value` as compute gets it; ValueError or TypeError where it does not fit.

        Noise in the last digits, which sliders leave, is rounded away.
        """
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{self.name}={value!r}: it wants a number")
        number, slack = float(value), 1e-9 * (self.high - self.low)
        if not self.low - slack <= number <= self.high + slack:
            raise ValueError(f"{self.name}={value!r}: it wants {self.low} to {self.high}")
        if self.whole:
            return round(number)
        return float(f"{number:.3g}") if self.log else round(number, 9)

    def place(self, value: float) -> float:
        """Where `value` stands on the track, on which steps are equal: its log10 if `log`."""
        return math.log10(value) if self.log else value

    def random(self, rng: np.random.Generator) -> float | int:
        """A value the slider can stand on, drawn evenly over its steps."""
        low, high = self.place(self.low), self.place(self.high)
        steps = int(rng.integers(0, round((high - low) / self.step) + 1))
        place = min(low + self.step * steps, high)
        value = 10.0**place if self.log else place
        return self.clean(min(max(float(value), self.low), self.high))

    def say(self, value) -> str:
        """The value in a sentence: words, symbol, number."""
        return f"{self.words} {self.symbol} = {self.number(value)}"

    def number(self, value) -> str:
        """The value as the reader sees it."""
        return format(value, self.format or ("d" if self.whole else "g"))

    def describe(self) -> dict:
        """All about it as plain data: numbers, texts and booleans, ready for JSON."""
        return {"kind": "slider", **asdict(self), "whole": self.whole, "label": self.label}

    @property
    def label(self) -> str:
        """Words and symbol as they stand beside the slider."""
        return _label(self.words, self.symbol)


@dataclass(frozen=True)
class Switch:
    """Something that is on or off, shown as a checkbox.

    >>> Switch("slopes", "slopes vary between schools", "τ₁₁ > 0").say(True)
    'slopes vary between schools (τ₁₁ > 0): on'
    """

    name: str
    words: str
    symbol: str
    value: bool = False
    help: str = ""
    corners = (False, True)

    def clean(self, value) -> bool:
        """`value`, if it is True or False."""
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{self.name}={value!r}: it wants True or False")
        return bool(value)

    def random(self, rng: np.random.Generator) -> bool:
        """On or off by a fair coin."""
        return bool(rng.integers(2))

    def say(self, value) -> str:
        """The state in a sentence."""
        return f"{self.words} ({self.symbol}): {'on' if value else 'off'}"

    def describe(self) -> dict:
        """All about it as plain data."""
        return {"kind": "switch", **asdict(self), "label": self.label}

    @property
    def label(self) -> str:
        """Words and symbol as they stand beside the checkbox."""
        return _label(self.words, f"({self.symbol})")


@dataclass(frozen=True)
class Menu:
    """One of a few named options, shown as a drop-down list.

    >>> Menu("shape", "shape of the effects", "u", ("normal", "skewed"), "normal").say("skewed")
    'shape of the effects u: skewed'
    """

    name: str
    words: str
    symbol: str
    options: tuple[str, ...]
    value: str
    help: str = ""

    def __post_init__(self):
        self.clean(self.value)

    @property
    def corners(self) -> tuple[str, ...]:
        """All options."""
        return tuple(self.options)

    def clean(self, value) -> str:
        """`value`, if it is one of the options."""
        if value not in self.options:
            raise ValueError(f"{self.name}={value!r}: it wants one of {', '.join(self.options)}")
        return value

    def random(self, rng: np.random.Generator) -> str:
        """Any option."""
        return self.options[rng.integers(len(self.options))]

    def say(self, value) -> str:
        """The choice in a sentence."""
        return f"{self.words} {self.symbol}: {value}"

    def describe(self) -> dict:
        """All about it as plain data."""
        described = {"kind": "menu", **asdict(self), "label": self.label}
        return described | {"options": list(self.options)}

    @property
    def label(self) -> str:
        """Words and symbol as they stand above the list."""
        return _label(self.words, self.symbol)


def _label(words: str, symbol: str) -> str:
    """Words and symbol, which a line break does not part."""
    stuck = symbol.replace(" ", "\N{NO-BREAK SPACE}")
    return f"{words}\N{NO-BREAK SPACE}{stuck}".strip()
