"""Answers that are objects: a fitted model, or a function that the learner wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from textwrap import shorten
from typing import Any

import numpy as np

from .base import Kind, Unreadable, described, unwrapped
from .number import Number


class Fit(Kind):
    """A fitted model, as `fit_lmm` or statsmodels' MixedLM returns it.

    Two fits are the same when they have the same estimator, rows, numbers of parameters and
    log-likelihood; so the names of columns don't matter, nor which of two equivalent formulas
    was written.
    """

    def read(self, answer: object) -> dict:
        if hasattr(answer, "rsquared"):
            raise Unreadable(
                "This is a fit of ordinary regression; the fitted multilevel model "
                "is wanted, as fit_lmm(…) returns it."
            )
        if hasattr(getattr(answer, "result", None), "cov_re"):
            raise Unreadable(
                "This is an attempt with what it warned of; the fit itself is its `result`."
            )
        if not all(hasattr(answer, name) for name in ("llf", "cov_re", "params", "nobs")):
            raise Unreadable(
                "The fitted model itself is wanted, as fit_lmm(…) returns it; this "
                f"is {described(answer)}."
            )
        try:
            return _fit_as_plain(answer)
        except (AttributeError, TypeError, ValueError) as error:
            raise Unreadable(
                f"This model can't be read ({error}); hand in what fit_lmm(…) returns."
            ) from None

    def same(self, given: dict, truth: dict) -> bool:
        return self._alike(given, truth) and abs(given["llf"] - truth["llf"]) < 0.02

    @staticmethod
    def _alike(given: dict, truth: dict) -> bool:
        return all(
            given[name] == truth[name]
            for name in ("reml", "nobs", "n_groups", "n_fixed", "n_random")
        )

    def remark(self, given: dict, truth: dict) -> str:
        said = [
            words
            for differs, words in (
                (given["nobs"] != truth["nobs"], "another number of rows was used than should be"),
                (given["n_groups"] != truth["n_groups"], "the groups are others than asked for"),
                (given["n_fixed"] < truth["n_fixed"], "something is missing in the fixed part"),
                (given["n_fixed"] > truth["n_fixed"], "the fixed part holds too much"),
                (
                    given["n_random"] < truth["n_random"],
                    "something should vary between groups that doesn't",
                ),
                (
                    given["n_random"] > truth["n_random"],
                    "more varies between groups than was asked",
                ),
                (given["reml"] != truth["reml"], "the other estimator was asked for (REML or ML)"),
            )
            if differs
        ]
        if said:
            return f"Compared with the model wanted: {'; '.join(said)}."
        if given["llf"] < truth["llf"]:
            return (
                "The parts are as many as they should be, and yet the log-likelihood is too "
                "low: another column than asked for, one on another scale (REML depends on "
                "it), a correlation left out, or an optimiser that stopped early."
            )
        return (
            "The parts are as many as they should be, but a column is another than asked for, or "
            "on another scale, on which REML depends."
        )


def _fit_as_plain(fit: Any) -> dict:
    """What identifies a fit, of `fit_lmm` or of statsmodels: of groupings sizes, not names."""
    own = hasattr(fit, "sigma2")
    fixed = fit.params if own else fit.fe_params
    groups = fit.n_groups if own else fit.model.n_groups
    n_random = len(fit.vcomp) if own else len(fit.cov_re) + len(fit.vcomp)
    return {
        "reml": bool(fit.reml if own else fit.method == "REML"),
        "nobs": int(fit.nobs),
        "n_groups": sorted(groups.values()) if isinstance(groups, dict) else int(groups),
        "n_fixed": len(fixed),
        "n_random": n_random,
        "llf": float(fit.llf),
    }


@dataclass(frozen=True)
class Function(Kind):
    """A function the learner wrote, tried at `probes`, each a tuple of arguments.

    `undefined` says what may be behind a result that isn't a finite number; `names` are those of
    the arguments, for what is said of a probe: "right for k = 0".
    """

    probes: tuple[tuple, ...]
    wanted: str = "a function"
    relative: float = 1e-6
    undefined: str = ""
    names: tuple[str, ...] = ()

    def read(self, answer: object) -> list[float]:
        if not callable(answer):
            raise Unreadable(
                f"{self.wanted} is wanted, without parentheses behind its name; "
                f"this is {described(unwrapped(answer))}."
            )
        return [self._tried(answer, probe) for probe in self.probes]

    @staticmethod
    def _shown(probe: tuple) -> str:
        return ", ".join(
            f"{value:g}" if isinstance(value, Real) else type(value).__name__ for value in probe
        )

    def _named(self, probe: tuple) -> str:
        if not self.names:
            return f"({self._shown(probe)})"
        values = zip(self.names, probe, strict=True)
        return " and ".join(f"{name} = {self._shown((value,))}" for name, value in values)

    def _tried(self, function: Callable, probe: tuple) -> float:
        shown = self._shown(probe)
        try:
            value = function(*probe)
        except Exception as error:  # whatever the learner's function does wrong
            raise Unreadable(
                f"Called with ({shown}), your function raised "
                f"{type(error).__name__}: {shorten(str(error), 120)}"
            ) from None
        try:
            return Number().read(value)
        except Unreadable as wanted:
            raise Unreadable(
                f"Called with ({shown}), your function returned something else "
                f"than a finite number. {self.undefined or wanted}"
            ) from None

    def same(self, given: list[float], truth: list[float]) -> bool:
        return len(given) == len(truth) and np.allclose(given, truth, rtol=self.relative, atol=0)

    def remark(self, given: list[float], truth: list[float]) -> str:
        right = [
            self._named(probe)
            for probe, value, wanted in zip(self.probes, given, truth)
            if np.isclose(value, wanted, rtol=self.relative, atol=0)
        ]
        if all(value == round(value, 3) for value in given) and np.allclose(
            given, truth, rtol=0, atol=0.006
        ):
            return "Your function rounds what it returns; leave it as it comes out."
        if right:
            return f"Your function is right for {', '.join(right)}, not everywhere."
        differences = np.subtract(given, truth)
        if np.allclose(differences, differences[0], rtol=1e-6, atol=1e-9):
            return (
                "Off by the same amount everywhere: a constant is missing, or one too many. "
                "The shape is right."
            )
        return ""
