"""A formula, the columns and outside variables it uses, and the matrices that it makes of them.

There is one grammar of formulas, that of the engine statsmodels uses (patsy or formulaic): it
splits a formula into factors and codes them. This room only asks around it. formula_names.py reads
the factors, which are Python, with Python's own parser; variables.py looks up what their names
are; columns.py gives the engine columns that it can read. That is needed because the engine alone
takes a misspelt column for a variable of some module, reads numbers stored as text as categories,
keeps the caller's whole namespace in a pickle, and codes new rows by their own levels and means.
"""

from __future__ import annotations

import importlib
import pickle
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from hlm_teach._shared.checks import shortened

from .formula_names import Names
from .variables import is_module


class FormulaReader:
    """Reads one formula against the data it was fitted to, and against other data alike.

    It keeps the columns and the functions that the formula uses, and nothing else of the caller's.
    What the engine made of them (the spec) can't be pickled; it is made anew when asked for.
    """

    def __init__(
        self, argument: str, formula: str, names: Names, data: pd.DataFrame, namespace: Mapping
    ) -> None:
        self.argument, self.formula, self.names, self.data = argument, formula, names, data
        self.namespace = {name: namespace[name] for name in sorted(namespace)}
        self._spec: Any = None
        self._matrices: tuple[pd.DataFrame, ...] | None = None

    @property
    def spec(self) -> Any:
        """What the engine remembers of the fitted data (levels, centres, knots)."""
        if self._spec is None:
            self.matrices()
        return self._spec

    def matrices(self) -> tuple[pd.DataFrame, ...]:
        """The fitted data's matrices: left and right side, or the only side."""
        parts, self._spec = self._evaluate(self.formula, self.data, {})
        return parts

    def design(self, data: pd.DataFrame) -> pd.DataFrame:
        """The right side's matrix for other data."""
        (part,), _ = self._evaluate(self.spec, data, {"prediction": True})
        return part

    def _evaluate(self, spec: Any, data: pd.DataFrame, options: dict) -> tuple[tuple, Any]:
        """The engine's matrices, with its complaints in plain words."""
        manager = FormulaManager()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):  # log(-1): said below
                warnings.simplefilter("ignore")
                result = manager.get_matrices(
                    spec,
                    data,
                    eval_env=dict(self.namespace),
                    **options,
                    na_action=manager.get_na_action("raise"),
                )
        except Exception as error:  # the engine's own classes differ by engine
            raise ValueError(self._message(error)) from error
        parts = result if isinstance(result, tuple) else (result,)
        for part in parts:
            values = np.asarray(part, float)
            if not np.isfinite(values).all():
                bad = np.asarray(part.columns)[~np.isfinite(values).all(axis=0)].tolist()
                raise ValueError(
                    f"{self.argument}: {shortened(bad)} has infinite values in some rows"
                )
        return parts, manager.spec

    def _message(self, error: Exception) -> str:
        text = shortened(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        text = text.strip("'\"")
        if "missing values" in text or "NaN" in text:
            return (
                f"{self.argument}={self.formula!r} gives missing values for some rows "
                "(the logarithm of a negative number, for example)"
            )
        return f"{self.argument}={shortened(self.formula, 120)} could not be read: {text}"

    def depends_on_other_rows(self) -> bool:
        """Would a row's values change if it stood alone (as those of I(x - x.mean()) do)?"""
        if not self.names.calls:
            return False
        whole = self.matrices()[-1].to_numpy(float)
        n = len(self.data)
        for row in sorted({0, n // 3, n - 1}):
            try:
                alone = self.design(self.data.iloc[[row]]).to_numpy(float)
            except ValueError:
                return True
            if not np.allclose(alone, whole[[row]], rtol=1e-9, atol=1e-12):
                return True
        return False

    def __getstate__(self) -> dict[str, Any]:
        modules = {k: v.__name__ for k, v in self.namespace.items() if is_module(v)}
        others = {k: v for k, v in self.namespace.items() if not is_module(v)}
        for name, value in others.items():
            try:
                pickle.dumps(value)
            except Exception as error:  # pickle's own, or whatever the object raises
                raise TypeError(
                    f"{self.argument}={self.formula!r} uses your {name!r}, which pickle can't keep: "
                    "define it with def at the top of a module or notebook, or make the column first"
                ) from error
        return {
            **vars(self),
            "_spec": None,
            "_matrices": None,
            "namespace": others,
            "modules": modules,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        modules = {k: importlib.import_module(name) for k, name in state.pop("modules").items()}
        vars(self).update(state)
        self.namespace = {**state["namespace"], **modules}

    def __deepcopy__(self, memo: dict) -> FormulaReader:
        return self  # nothing in it changes
