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

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import shortened

from .formula_names import Names, Term, plain_terms
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
            _, self._spec = self._evaluate(self.formula, self.data, {})
        return self._spec

    def matrices(self) -> tuple[pd.DataFrame, ...]:
        """The fitted data's matrices: left and right side, or the only side."""
        plain = self._plain(self.data)
        if plain is not None:
            return plain
        parts, self._spec = self._evaluate(self.formula, self.data, {})
        return parts

    def design(self, data: pd.DataFrame) -> pd.DataFrame:
        """The right side's matrix for other data."""
        plain = self._plain(data)
        if plain is not None:
            return plain[-1]
        (part,), _ = self._evaluate(self.spec, data, {"prediction": True})
        return part

    def _plain(self, data: pd.DataFrame) -> tuple[pd.DataFrame, ...] | None:
        """The matrices where every factor is a column of numbers: there a term is a product, and
        the engine, which has parsed the formula, need not be asked again."""
        sides = plain_terms(self.formula)
        if sides is None:
            return None
        names = {name for side in sides for term in side for name in term}
        if not all(name in data and _holds_numbers(data[name].dtype) for name in names):
            return None
        values = {name: data[name].to_numpy(float) for name in names}
        parts = tuple(_products(side, values, data.index) for side in sides)
        self._check_finite(parts)
        return parts

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
        self._check_finite(parts)
        return parts, manager.spec

    def _check_finite(self, parts: tuple[pd.DataFrame, ...]) -> None:
        for part in parts:
            values = part.to_numpy(float)
            if not np.isfinite(values).all():
                bad = np.asarray(part.columns)[~np.isfinite(values).all(axis=0)].tolist()
                raise ValueError(
                    f"{self.argument}: {shortened(bad)} has infinite values in some rows"
                )

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


def _holds_numbers(dtype: Any) -> bool:
    """Numbers of numpy's (the engine takes True and False as categories)."""
    return isinstance(dtype, np.dtype) and dtype.kind in "iuf"


def _products(
    terms: tuple[Term, ...], values: Mapping[str, Array], index: pd.Index
) -> pd.DataFrame:
    """One column a term, the product of its factors; the term without factors is the intercept."""
    matrix = np.ones((len(index), len(terms)))
    for column, term in zip(matrix.T, terms, strict=True):
        for name in term:
            column *= values[name]
    return pd.DataFrame(matrix, index, [":".join(term) or "Intercept" for term in terms])
