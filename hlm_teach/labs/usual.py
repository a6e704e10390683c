"""Sliders that several labs share: schools whose variances the reader sets."""

from dataclasses import replace
from typing import Any

from .controls import Slider

_BETWEEN = Slider(
    "tau00",
    "variance between schools",
    "τ₀₀",
    low=0.0,
    high=60.0,
    value=10.0,
    step=0.5,
    format=".1f",
    help="How far the schools' true means spread.",
)
_WITHIN = Slider(
    "sigma2",
    "variance within schools",
    "σ²",
    low=1.0,
    high=60.0,
    value=40.0,
    step=0.5,
    format=".1f",
    help="How far pupils of one school spread.",
)


def between_schools(**own: Any) -> Slider:
    """The slider of τ₀₀, with what a lab wants otherwise.

    >>> between_schools(high=40.0, value=25.0).say(25)
    'variance between schools τ₀₀ = 25.0'
    """
    return replace(_BETWEEN, **own)


def within_schools(**own: Any) -> Slider:
    """The slider of σ², with what a lab wants otherwise.

    >>> within_schools(value=12.0).value
    12.0
    """
    return replace(_WITHIN, **own)
