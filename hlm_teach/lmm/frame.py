"""`ModelFrame`: the rows that a model uses, and the matrices that its formulas make of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.checks import shortened

from .columns import Column, few
from .formula_reader import FormulaReader
from .random_terms import Asked
from .residual_spec import PLAIN, ResidualSpec
from .terms import RandomTerm, labels_of
from .variables import read_names


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
        outcome, design = two_sided(self.reader)
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


def right_side(formula: str) -> str:
    return unicodedata.normalize("NFC", formula.split("~")[-1].strip())


def random_term(asked: Asked, reader: FormulaReader, data: pd.DataFrame) -> RandomTerm:
    labels = labels_of(asked.group, data)
    if right_side(asked.formula) == "1":
        # one row a value even when no column is named
        ones = pd.DataFrame({"Intercept": np.ones(len(data))}, index=data.index)
        return RandomTerm(asked.group, asked.formula, asked.correlated, labels, ones, "1")
    (design,) = reader.matrices()
    if design.shape[1] == 0:
        raise ValueError(
            f"random={asked.formula!r} has no random effect: '1' gives a random intercept"
        )
    return RandomTerm(
        asked.group, asked.formula, asked.correlated, labels, _as_floats(design), reader
    )


def _term_again(parts: tuple, data: pd.DataFrame) -> RandomTerm:
    group, formula, correlated, spec = parts
    asked = Asked(group, formula, correlated)
    if isinstance(spec, str):
        ones = pd.DataFrame({"Intercept": np.ones(len(data))}, index=data.index)
        return RandomTerm(group, formula, correlated, labels_of(group, data), ones, spec)
    return random_term(asked, spec, data)


def two_sided(reader: FormulaReader) -> tuple[pd.Series, pd.DataFrame]:
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
    return _as_floats(left).iloc[:, 0], _as_floats(right)


def _is_numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _as_floats(design: pd.DataFrame) -> pd.DataFrame:
    """The same, made of floats; itself where it is."""
    return design if design.to_numpy().dtype == float else design.astype(float)
