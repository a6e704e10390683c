"""From a formula and a DataFrame to the matrices of a multilevel model.

Formulas are read by the engine statsmodels itself uses, in the caller's own namespace, so that
``np.log(x)`` or a function defined in a notebook works inside ``fit_lmm``.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_column, check_frame, shortened

from .columns import Column, few
from .formula_reader import (
    FormulaReader,
    fitted_columns,
    kept_namespace,
    new_columns,
    outside_column,
    read_names,
    sources_of,
)
from .random_terms import Asked, asked_terms, bar_message
from .residual_spec import PLAIN, ResidualSpec, check_residual_columns
from .terms import RandomTerm, check_labels, columns_of, labels_of


@dataclass(frozen=True)
class ModelFrame:
    """The rows a model uses, and its matrices."""

    formula: str
    terms: tuple[RandomTerm, ...]  # one a grouping
    data: pd.DataFrame  # used rows and columns, fresh index, variables under the formula's names
    index: pd.Index  # their labels in the data that was given
    outcome: pd.Series  # (N,)
    fixed: pd.DataFrame  # (N, p) X
    n_dropped: int
    reader: FormulaReader  # of the formula
    columns: tuple[Column, ...]  # the variables that predictions need
    kept: NDArray[np.intp]  # columns of the formula's design that X keeps
    dropped: tuple[str, ...]  # those without a row
    emptied: Mapping[str, tuple]  # levels without a row, by column
    residual: ResidualSpec = PLAIN

    def __getstate__(self) -> dict[str, Any]:
        """The data and how to read them; what is made of them is made anew."""
        made = ("fixed", "outcome", "data", "terms")
        terms = [(t.group, t.formula, t.correlated, t.spec) for t in self.terms]
        read = {
            column
            for reader in [self.reader, *(t.spec for t in self.terms)]
            if isinstance(reader, FormulaReader)
            for column in reader.data
        }
        columns = {c: self.data[c].array for c in self.data if c not in read}
        return {
            **{k: v for k, v in vars(self).items() if k not in made},
            "terms": terms,
            "columns_beside": columns,
            "order": list(self.data.columns),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        terms, beside, order = (state.pop(k) for k in ("terms", "columns_beside", "order"))
        vars(self).update(state)
        outcome, design = _two_sided(self.reader)
        data = self.reader.data.copy()
        for reader in [self.reader, *(t[3] for t in terms if isinstance(t[3], FormulaReader))]:
            data = data.assign(**{c: reader.data[c] for c in reader.data if c not in data})
        beside = {c: values for c, values in beside.items() if c not in data}
        data = pd.concat([data, pd.DataFrame(beside, index=data.index)], axis=1)[order]
        made = {
            "data": data,
            "outcome": outcome,
            "fixed": design.iloc[:, self.kept],
            "terms": tuple(_term_again(term, data) for term in terms),
        }
        vars(self).update(made)

    @property
    def fixed_spec(self) -> Any:
        """What the formula engine remembers of the fixed part."""
        return self.reader.spec

    @property
    def namespace(self) -> Mapping[str, Any]:
        """The functions and values of the caller that the formulas use."""
        found = dict(self.reader.namespace)
        for term in self.terms:
            if isinstance(term.spec, FormulaReader):
                found |= term.spec.namespace
        return found

    @property
    def variables(self) -> list[str]:
        """Columns that the fixed part uses."""
        return [c.source for c in self.columns if c.name in self._fixed_names]

    @property
    def _fixed_names(self) -> set[str]:
        right = read_names("formula", self.formula.split("~", 1)[1])
        return set(right.variables) | set(right.rooted)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groupings."""
        return tuple(term.group for term in self.terms)

    @property
    def only_term(self) -> RandomTerm:
        """The term, where there is one."""
        (term,) = self.terms
        return term

    @property
    def group_labels(self) -> pd.Series:
        """Labels of the (single) grouping."""
        return self.only_term.labels

    @property
    def random_design(self) -> pd.DataFrame:
        """Z of the (single) grouping, (N, q)."""
        return self.only_term.design


def caller_namespace(depth: int = 2) -> dict[str, Any]:
    """Globals and locals of the function `depth` calls up: what a formula may refer to."""
    frame = sys._getframe(depth)
    return {**frame.f_globals, **frame.f_locals}


def model_frame(
    formula: str,
    data: pd.DataFrame,
    groups: str | list[str] | None,
    random: str | Mapping[str, str],
    namespace: Mapping[str, Any],
    *,
    correlated: bool | Mapping[str, bool] = True,
    residual: ResidualSpec = PLAIN,
) -> ModelFrame:
    """Check the arguments, drop rows with missing values (counted) and build the matrices.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was given and what is wanted.
    """
    _check_arguments(formula, data)
    formula = unicodedata.normalize("NFC", formula)  # é may be e and an accent
    check_residual_columns(residual, data)
    asked = asked_terms(groups, random, correlated)
    by = list(dict.fromkeys(column for term in asked for column in _group_columns(term, data)))
    sides = [("formula", formula)] + [("random", _right(term.formula)) for term in asked]
    names = [read_names(*side) for side in sides]
    found = [sources_of(a, n, data, namespace) for (a, _), n in zip(sides, names, strict=True)]
    table, sources = _gathered(sides, found, data, namespace)
    beside = list(dict.fromkeys([*by, *residual.columns]))
    missing = _missing([*table.values(), *(data[name] for name in beside)])
    if missing.all():
        raise ValueError(
            f"data has no row without missing values in {shortened([*table, *beside], 200)}"
        )
    whole = pd.RangeIndex(len(data) - int(missing.sum()))
    complete = {name: _rows_of(column, missing, whole) for name, column in table.items()}
    values, columns = fitted_columns(complete, sources, names)
    used = pd.DataFrame(
        {name: _rows_of(data[name], missing, whole) for name in beside}
        | {str(sources[name] or name): column for name, column in values.items()},
        index=whole,
    )
    readers = [
        FormulaReader(
            argument,
            text,
            n,
            pd.DataFrame({name: values[name] for name in f}, index=whole),
            kept_namespace(n, f, namespace),
        )
        for (argument, text), n, f in zip(sides, names, found, strict=True)
    ]
    outcome, design = _two_sided(readers[0])
    kept = np.flatnonzero((design.to_numpy() != 0).any(axis=0))
    if len(kept) == 0:
        raise ValueError(f"formula={formula!r} has no fixed effect with a value other than 0")
    terms = tuple(
        _random_term(term, reader, used) for term, reader in zip(asked, readers[1:], strict=True)
    )
    outcome_only = set(found[0]) - set(read_names("formula", formula.split("~", 1)[1]).variables)
    needed = {n for f in found[1:] for n in f} | (set(found[0]) - outcome_only)
    return ModelFrame(
        formula,
        terms,
        used,
        data.index[~missing] if missing.any() else data.index,
        outcome,
        design if len(kept) == design.shape[1] else design.iloc[:, kept],
        int(missing.sum()),
        readers[0],
        tuple(c for c in columns if c.name in needed),
        kept,
        tuple(design.columns[np.setdiff1d(np.arange(design.shape[1]), kept)]),
        _emptied(complete, sources),
        residual,
    )


def _missing(columns: list[pd.Series]) -> NDArray[np.bool_]:
    """Rows where any of the columns has no value."""
    found = np.asarray(columns[0].isna(), bool)
    for column in columns[1:]:
        found = found | np.asarray(column.isna(), bool)
    return found


def _rows_of(column: pd.Series, missing: NDArray[np.bool_], index: pd.Index) -> pd.Series:
    """The complete rows of a column, under a fresh index."""
    kept = column[~missing] if missing.any() else column
    return kept.set_axis(index)


def _right(formula: str) -> str:
    return unicodedata.normalize("NFC", formula.split("~")[-1].strip())


def _gathered(
    sides: list[tuple[str, str]], found: list[dict], data: pd.DataFrame, namespace: Mapping
) -> tuple[dict[Any, pd.Series], dict[str, Any]]:
    """The variables that the formulas use, row by row, and the column each comes from ("": none)."""
    table: dict[Any, pd.Series] = {}
    sources: dict[str, Any] = {}
    for (argument, _), names in zip(sides, found, strict=True):
        for name, column in list(names.items()):
            if column != "":
                table[name] = data[column]
            else:
                outside = outside_column(argument, name, namespace[name], data)
                if outside is None:  # a single value: stays a variable
                    del names[name]
                    continue
                table[name] = outside
            sources[name] = column
    return table, sources


def _emptied(complete: Mapping[str, pd.Series], sources: Mapping[str, Any]) -> dict[str, tuple]:
    """Categories that a column has and no used row belongs to."""
    found = {}
    for name in sources:
        if isinstance(complete[name].dtype, pd.CategoricalDtype):
            present = set(complete[name])
            empty = tuple(c for c in complete[name].cat.categories if c not in present)
            if empty:
                found[str(sources[name] or name)] = empty
    return found


def _random_term(asked: Asked, reader: FormulaReader, data: pd.DataFrame) -> RandomTerm:
    labels = labels_of(asked.group, data)
    if _right(asked.formula) == "1":
        # one row a value even when no column is named
        ones = pd.DataFrame({"Intercept": np.ones(len(data))}, index=data.index)
        return RandomTerm(asked.group, asked.formula, asked.correlated, labels, ones, "1")
    (design,) = reader.matrices()
    if design.shape[1] == 0:
        raise ValueError(
            f"random={asked.formula!r} has no random effect: '1' gives a random intercept"
        )
    z = design.astype(float)
    return RandomTerm(asked.group, asked.formula, asked.correlated, labels, z, reader)


def _term_again(parts: tuple, data: pd.DataFrame) -> RandomTerm:
    group, formula, correlated, spec = parts
    asked = Asked(group, formula, correlated)
    if isinstance(spec, str):
        ones = pd.DataFrame({"Intercept": np.ones(len(data))}, index=data.index)
        return RandomTerm(group, formula, correlated, labels_of(group, data), ones, spec)
    return _random_term(asked, spec, data)


def _group_columns(asked: Asked, data: pd.DataFrame) -> list[str]:
    """The columns that a grouping is made of; refuses what is none."""
    columns = columns_of(asked.group, data)
    for name in columns:
        check_column(
            data, name, "groups" if name == asked.group else f"in groups={asked.group!r}, column"
        )
    return columns


def design_for(frame: ModelFrame, data: pd.DataFrame) -> tuple[Array, dict[str, Array]]:
    """X (m, p) of new rows, and Z (m, q) by grouping, coded as in the fitted data.

    Raises
    ------
    TypeError, ValueError
        If `data` is no DataFrame; if a column of the formula is missing, has missing values, another
        kind of values or levels that were not fitted; if a formula's values for a row depend on
        the other rows.
    """
    check_frame(data)
    if data is frame.data:
        return frame.fixed.to_numpy(), {t.group: t.design.to_numpy() for t in frame.terms}
    readers = [frame.reader, *(t.spec for t in frame.terms if isinstance(t.spec, FormulaReader))]
    new = new_columns(list(frame.columns), [reader.names for reader in readers], data)
    for reader in readers:
        if reader.depends_on_other_rows() and not _same_rows(new, reader.data):
            raise ValueError(
                f"{reader.argument}={reader.formula!r} takes something from all rows together (such "
                "as x.mean()), which for new rows would be another number than in the fit: make "
                "that column in the data first, or use center(x), which remembers the fitted mean"
            )
    x = frame.reader.design(new).to_numpy(float)
    missing = np.setdiff1d(np.arange(x.shape[1]), frame.kept)
    if np.any(x[:, missing] != 0):
        raise ValueError(
            f"data has rows of a combination without any row in the fit ({few(frame.dropped)}): "
            "its effect is not known"
        )
    return x[:, frame.kept], {term.group: _random_columns(term, new) for term in frame.terms}


def _same_rows(new: pd.DataFrame, fitted: pd.DataFrame) -> bool:
    """Are these the rows of the fit?"""
    return len(new) == len(fitted) and all(
        np.array_equal(new[name].to_numpy(), fitted[name].to_numpy())
        for name in new.columns.intersection(fitted.columns)
    )


def _random_columns(term: RandomTerm, data: pd.DataFrame) -> Array:
    """Z (m, q) of one term for new rows."""
    if term.spec == "1":
        return np.ones((len(data), 1))
    return term.spec.design(data).to_numpy(float)


def known_labels(frame: ModelFrame, data: pd.DataFrame) -> None:
    """Refuses labels of new rows that are missing, or that read like a fitted one but for type."""
    for term in frame.terms:
        check_labels(term, data)


def _check_arguments(formula: str, data: pd.DataFrame) -> None:
    check_frame(data)
    if not isinstance(formula, str):
        raise TypeError(f"formula must be a string, not {type(formula).__name__}")
    if "|" in formula:
        raise ValueError(bar_message("formula", formula))
    if formula.count("~") != 1 or not formula.split("~")[0].strip():
        raise ValueError(
            f"formula={shortened(formula, 120)} must read 'outcome ~ predictors', for example "
            "'math ~ ses'"
        )


def _two_sided(reader: FormulaReader) -> tuple[pd.Series, pd.DataFrame]:
    name = reader.formula.split("~")[0].strip()
    names = read_names("formula", f"{name} ~ 1")
    for column in names.plain:
        values = reader.data.get(column)
        if values is not None and not _is_numeric(values):
            raise ValueError(
                f"the outcome {column!r} must be one numeric column; this one holds "
                f"{values.dtype} values such as {shortened(values.iloc[0])}"
            )
    left, right = reader.matrices()
    if left.shape[1] != 1:
        raise ValueError(
            f"the outcome {name!r} must be one numeric column; it became {left.shape[1]} columns "
            f"({few(left.columns, 3)})"
        )
    if right.shape[1] == 0:
        raise ValueError(
            f"formula={reader.formula!r} has no fixed effect: keep the intercept, 'outcome ~ 1'"
        )
    return left.iloc[:, 0].astype(float), right.astype(float)


def _is_numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
