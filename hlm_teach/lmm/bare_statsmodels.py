"""What statsmodels' optimiser has to say about a fit, in one plain sentence.

`MixedLM.fit` reports trouble by warnings: several of them, technical, with numbers that differ
from one processor to the next. `attempt` runs a fit, catches what it says, and puts it in words
that stay the same. It is for showing what a bare fit does; for analysis use `hlm_teach.fit_lmm`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# (in short, what a message holds, what it means), in the order in which a sentence says them
_MEANINGS = (
    (
        "stopped early",
        ("failed to converge", "optimization failed", "Retrying MixedLM"),
        "its search stopped before it had converged",
    ),
    (
        "boundary",
        (
            "boundary of the parameter space",
            "covariance is singular",
            "covariance matrix is singular",
        ),
        "the estimate may lie on the boundary",
    ),
    ("no maximum", ("Hessian",), "the likelihood does not curve like a maximum where it stopped"),
)
_IN_WORDS = {short: meaning for short, _, meaning in _MEANINGS}
_STEPS = (50, 20, 10, 5, 1)  # "more than 10 units": coarse, and so the same everywhere


@dataclass(frozen=True)
class Attempt:
    """One fit, tried: its result, what was warned of, what it broke off with.

    Attributes
    ----------
    result
        What the fit returned; None if it broke off.
    warned : tuple of str
        What the warnings mean, in short and each once: "stopped early", "boundary", "no maximum";
        a warning that isn't known here in its own words.
    error : str
        The error it broke off with, or "".
    """

    result: Any
    warned: tuple[str, ...]
    error: str

    @property
    def llf(self) -> float:
        """The log-likelihood that the fit reports; nan if it broke off."""
        return float("nan") if self.result is None else float(self.result.llf)

    @property
    def sentence(self) -> str:
        """What the software says, in one sentence.

        >>> Attempt(None, (), "LinAlgError: Singular matrix").sentence
        'statsmodels breaks off with an error (LinAlgError: Singular matrix).'
        """
        if self.error:
            return f"statsmodels breaks off with an error ({self.error})."
        if not self.warned:
            return "statsmodels gives no warning."
        meanings = [_IN_WORDS.get(short, f"“{short}”") for short in self.warned]
        return f"statsmodels warns that {_joined(meanings)}."

    def against(self, best: float) -> str:
        """How the reported log-likelihood compares with the `best` there is, coarsely.

        >>> from types import SimpleNamespace
        >>> Attempt(SimpleNamespace(llf=-120.0), (), "").against(-102.0)
        'more than 10 units too low'
        """
        gap = best - self.llf
        if np.isnan(gap):
            return "none reported"
        if np.isinf(gap) or gap < -0.01:
            return "impossibly high"
        if gap < 0.01:
            return "as high as can be"
        return next(
            (f"more than {step} unit{'s' * (step > 1)} too low" for step in _STEPS if gap > step),
            "less than 1 unit too low",
        )


def attempt(fit: Callable, *args, **options) -> Attempt:
    """Call ``fit(*args, **options)`` and catch its warnings and the numerical error it may raise.

    Warnings of numpy about single operations (RuntimeWarning) are dropped: whether they come
    depends on the processor. A warning that isn't known here is quoted.

    Raises
    ------
    TypeError
        If `fit` can't be called.

    >>> import statsmodels.formula.api as smf
    >>> from hlm_teach import load_data
    >>> batches = load_data("dyestuff2")
    >>> attempt(smf.mixedlm("Yield ~ 1", batches, groups="Batch").fit).sentence
    'statsmodels warns that the estimate may lie on the boundary.'
    """
    if not callable(fit):
        raise TypeError(f"fit={fit!r}: it wants a function to call, such as model.fit")
    result, error = None, ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = fit(*args, **options)
        except np.linalg.LinAlgError as stop:
            error = f"LinAlgError: {stop}"
    said = [str(w.message) for w in caught if not issubclass(w.category, RuntimeWarning)]
    return Attempt(result, _meanings(said), error)


def _meanings(messages: list[str]) -> tuple[str, ...]:
    """Each meaning once, in a fixed order; then the messages that aren't known."""
    known = [
        short
        for short, signs, _ in _MEANINGS
        if any(sign in text for sign in signs for text in messages)
    ]
    signs = [sign for _, group, _ in _MEANINGS for sign in group]
    rest = {text for text in messages if not any(sign in text for sign in signs)}
    return (*known, *sorted(rest))


def _joined(parts: Sequence[str]) -> str:
    """Parts joined as a sentence joins them.

    >>> _joined(["a", "b", "c"])
    'a, that b, and that c'
    """
    if len(parts) == 1:
        return parts[0]
    separator = " and that " if len(parts) == 2 else ", and that "
    return ", that ".join(parts[:-1]) + separator + parts[-1]
