"""A formula, the columns and outside variables it uses, and the matrices that it makes of them."""

from __future__ import annotations

import builtins
import difflib
import importlib
import pickle
import types
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from hlm_teach._shared.checks import columns_in_words, shortened

from .columns import Column, as_fitted, readable
from .formula_names import Names, as_read, how_to_write, keywords_in, names_of


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
        modules = {k: v.__name__ for k, v in self.namespace.items() if _is_module(v)}
        others = {k: v for k, v in self.namespace.items() if not _is_module(v)}
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


def _is_module(value: object) -> bool:
    return isinstance(value, types.ModuleType)


# ---------------------------------------------------------------- which names, and what they are


def read_names(argument: str, formula: str) -> Names:
    """The names in a formula.

    Raises
    ------
    ValueError
        If it can't be read; the message says where one knows.
    """
    if len(formula) > 5000:
        raise ValueError(f"{argument} has {len(formula)} letters: make columns of its parts first")
    words = keywords_in(formula)
    if words and words[0] not in ("lambda", "for", "in", "if", "else", "not", "and", "or", "is"):
        if words[0] not in ("True", "False", "None"):
            raise ValueError(
                f"{argument}={formula!r}: {words[0]!r} is a word of Python itself; write "
                f"Q({words[0]!r}) for a column of that name"
            )
    try:
        return names_of(formula)
    except Exception as error:  # the engine's own classes differ by engine
        if "lambda" in words and "lambda " not in formula.replace("lambda:", "lambda "):
            raise ValueError(
                f"{argument}={formula!r}: 'lambda' is a word of Python itself; write Q('lambda') "
                "for a column of that name"
            ) from error
        raise ValueError(
            f"{argument}={shortened(formula, 120)} can't be read as a formula; it is made like "
            "'math ~ ses + C(sector)'. A column whose name has spaces or other signs is written "
            "Q('its name')"
        ) from error


def sources_of(argument: str, names: Names, data: pd.DataFrame, namespace: Mapping) -> dict:
    """Where each variable is found: a column of `data`, or "" for a variable of the caller's.

    Raises
    ------
    ValueError
        For names that are nowhere, or twice in `data`.
    """
    by_name = {as_read(column): column for column in reversed(list(data.columns))}
    by_name |= {column: column for column in data.columns}
    found: dict[str, Any] = {}
    wanted = list(names.variables)
    wanted += [n for n in names.rooted if n in by_name and not _is_module(namespace.get(n))]
    for name in wanted:
        column = by_name.get(name, by_name.get(as_read(name)))
        if column is not None:
            if int((data.columns == column).sum()) > 1:
                raise ValueError(
                    f"{argument}: data has {int((data.columns == column).sum())} columns called "
                    f"{column!r}; rename all but one"
                )
            found[name] = column
        elif name in namespace and not callable(namespace[name]):
            found[name] = ""
        elif name not in namespace and not hasattr(builtins, name):
            raise ValueError(_unknown(argument, name, data))
    for name in names.called | names.rooted:
        if name not in found and name not in namespace and not _engine_knows(name):
            raise ValueError(_unknown(argument, name, data, function=True))
    return found


def _unknown(argument: str, name: str, data: pd.DataFrame, *, function: bool = False) -> str:
    if name in (data.index.names or []):
        return f"{argument}: {name!r} is in the index of data, not a column: data.reset_index()"
    if function:
        return (
            f"{argument}: {name!r} is neither a function of yours nor one of the formula's own "
            "(C, Q, I, center, standardize, bs); for numpy's write np.log(x) after import numpy as np"
        )
    spaced = [c for c in data.columns if isinstance(c, str) and name in c.split()]
    close = difflib.get_close_matches(name, spaced, n=1, cutoff=0.0) if spaced else []
    hint = f" A column with spaces is written {how_to_write(close[0])}." if close else ""
    return (
        f"{argument}: {name!r} is neither a column nor a variable of yours; "
        + columns_in_words(name, data, 12)
        + hint
    )


def _engine_knows(name: str) -> bool:
    """A function that formulas have without import."""
    if hasattr(builtins, name):
        return True
    if FormulaManager().engine == "patsy":
        import patsy.builtins

        return hasattr(patsy.builtins, name)
    from formulaic.transforms import TRANSFORMS

    return name in TRANSFORMS


def kept_namespace(names: Names, found: Mapping[str, Any], namespace: Mapping) -> dict[str, Any]:
    """What the formula uses of the caller's variables: functions, modules and single values.

    A value that hides one of the formula's own functions (C = 5) is left out.
    """
    wanted = (set(names.variables) | names.called | names.rooted) - {
        name for name, column in found.items() if column != "" or _has_rows(namespace.get(name))
    }
    return {
        name: namespace[name]
        for name in wanted
        if name in namespace
        and (name in names.variables or callable(namespace[name]) or _is_module(namespace[name]))
    }


def _has_rows(value: object) -> bool:
    return isinstance(value, pd.Series | pd.DataFrame | pd.Index | list | tuple) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )


def outside_column(argument: str, name: str, value: Any, data: pd.DataFrame) -> pd.Series | None:
    """A variable of the caller's as a column: a Series by its index, an array by position.

    Raises
    ------
    ValueError
        Where it can't be told which value belongs to which row.
    """
    if not _has_rows(value):
        return None
    way = f"add it to the data instead, data.assign({name}=…)"
    if isinstance(value, pd.DataFrame):
        raise ValueError(
            f"{argument}: {name!r} is a table of yours, and its rows need not be those of data: "
            f"write a column's name alone, or {way}"
        )
    if isinstance(value, pd.Series):
        if value.index.equals(data.index):
            return value
        if value.index.is_unique and data.index.is_unique and data.index.isin(value.index).all():
            return value.reindex(data.index)
        raise ValueError(
            f"{argument}: {name!r} is a Series of yours whose index does not have each row of data "
            f"once, so that its {len(value)} values can't be told apart for {len(data)} rows: {way}"
        )
    if len(value) != len(data):
        raise ValueError(
            f"{argument}: {name!r} holds {len(value)} values of yours, but data has {len(data)} "
            f"rows: {way}"
        )
    if np.ndim(value) != 1:
        raise ValueError(f"{argument}: {name!r} has shape {np.shape(value)}, not one value a row")
    return pd.Series(value, index=data.index)


def new_columns(
    reader_columns: list[Column], names: list[Names], data: pd.DataFrame
) -> pd.DataFrame:
    """The columns of other data that fitted formulas use, in the kind that was fitted.

    Raises
    ------
    TypeError, ValueError
        For missing columns, missing values, other kinds of values, levels that were not fitted.
    """
    absent = [c.source for c in reader_columns if c.source not in data.columns]
    if absent:
        raise ValueError(
            f"data has no column {absent[0]!r}; the model's predictors are "
            + shortened([c.source for c in reader_columns], 200)
        )
    sources = [c.source for c in reader_columns]
    twice = [name for name in sources if int((data.columns == name).sum()) > 1]
    if twice:
        raise ValueError(f"data has several columns called {twice[0]!r}; rename all but one")
    incomplete = [name for name in sources if data[name].isna().any()]
    if incomplete:
        raise ValueError(
            f"data has missing values in {shortened(incomplete, 200)}: drop or fill those rows first"
        )
    plain = frozenset().union(*(n.plain for n in names))
    coded = frozenset().union(*(n.coded for n in names))
    return pd.DataFrame(
        {
            c.name: as_fitted(data[c.source], c, coded=c.name in coded, alone=c.name in plain)
            for c in reader_columns
        },
        index=data.index,
    )


def fitted_columns(
    data: Mapping[str, pd.Series], sources: Mapping[str, Any], names: list[Names]
) -> tuple[dict[str, pd.Series], tuple[Column, ...]]:
    """Converted columns of the used rows, and what is remembered of each."""
    plain = frozenset().union(*(n.plain for n in names))
    coded = frozenset().union(*(n.coded for n in names))
    values = {
        name: readable(data[name], sources[name] or name, alone=name in plain, coded=name in coded)
        for name in sources
    }
    columns = [
        Column(
            name,
            sources[name] or name,
            _levels(value, coded=name in coded),
            isinstance(value.dtype, pd.CategoricalDtype),
        )
        for name, value in values.items()
    ]
    return values, tuple(columns)


def _levels(values: pd.Series, *, coded: bool) -> tuple | None:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return tuple(values.cat.categories)
    if values.dtype in (object, bool) or isinstance(values.dtype, pd.StringDtype) or coded:
        return tuple(values.unique().tolist())
    return None
