"""From a formula and a DataFrame to the matrices of a multilevel model.

Formulas are read by the engine statsmodels itself uses, in the caller's own namespace, so that
``np.log(x)`` or a function defined in a notebook works inside ``fit_lmm``.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_column, check_frame, columns_in_words

from .random_terms import Asked, asked_terms, bar_message
from .residual_spec import PLAIN, ResidualSpec, check_residual_columns
from .terms import RandomTerm, columns_of, labels_of


@dataclass(frozen=True)
class ModelFrame:
    """The rows a model uses, and its matrices."""

    formula: str
    terms: tuple[RandomTerm, ...]  # one a grouping
    data: pd.DataFrame  # used rows, all columns, fresh index
    index: pd.Index  # their labels in the data that was given
    outcome: pd.Series  # (N,)
    fixed: pd.DataFrame  # (N, p) X
    n_dropped: int
    fixed_spec: Any
    namespace: Mapping[str, Any]
    residual: ResidualSpec = PLAIN

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
    check_residual_columns(residual, data)
    asked = asked_terms(groups, random, correlated)
    by = list(dict.fromkeys(column for term in asked for column in _group_columns(term, data)))
    used = _used_columns(formula, " + ".join(term.formula for term in asked), data)
    used = used + by + residual.columns
    complete = data[data[list(dict.fromkeys(used))].notna().all(axis=1)]
    index, complete = complete.index, complete.reset_index(drop=True)
    if len(complete) == 0:
        raise ValueError(f"data has no row without missing values in {sorted(set(used))}")
    outcome, fixed, fixed_spec = _two_sided(formula, complete, namespace)
    terms = tuple(_random_term(term, complete, namespace) for term in asked)
    n_dropped = len(data) - len(complete)
    return ModelFrame(
        formula, terms, complete, index, outcome, fixed, n_dropped, fixed_spec, namespace, residual
    )


def _random_term(asked: Asked, data: pd.DataFrame, namespace: Mapping[str, Any]) -> RandomTerm:
    design, spec = _one_sided(asked.formula, data, namespace)
    labels = labels_of(asked.group, data)
    return RandomTerm(asked.group, asked.formula, asked.correlated, labels, design, spec)


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
    ValueError
        If a column of the formula is missing from `data`, or has missing values.
    """
    predictors = frame.formula.split("~", 1)[1]
    random = " + ".join(term.formula for term in frame.terms)
    used = _used_columns(predictors, random, frame.data)
    absent = [c for c in used if c not in data.columns]
    if absent:
        raise ValueError(f"data has no column {absent}; the model's predictors are {used}")
    incomplete = [c for c in used if data[c].isna().any()]
    if incomplete:
        raise ValueError(f"data has missing values in {incomplete}: drop or fill those rows first")
    x = _matrices(frame.fixed_spec, data, frame.namespace, "formula", prediction=True)
    return np.asarray(x, float), {
        term.group: _random_columns(term, data, frame.namespace) for term in frame.terms
    }


def _random_columns(term: RandomTerm, data: pd.DataFrame, namespace: Mapping[str, Any]) -> Array:
    """Z (m, q) of one term for new rows."""
    if term.spec == "1":
        return np.ones((len(data), 1))
    z = _matrices(term.spec, data, namespace, "random", prediction=True)
    return np.asarray(z, float)


def _check_arguments(formula: str, data: pd.DataFrame) -> None:
    check_frame(data)
    if not isinstance(formula, str):
        raise TypeError(f"formula must be a string, not {type(formula).__name__}")
    if "|" in formula:
        raise ValueError(bar_message("formula", formula))
    if formula.count("~") != 1 or not formula.split("~")[0].strip():
        raise ValueError(
            f"formula={formula!r} must read 'outcome ~ predictors', for example 'math ~ ses'"
        )


def _used_columns(formula: str, random: str, data: pd.DataFrame) -> list[str]:
    """Columns of `data` that the formulas mention, as a name or as Q('a name')."""
    text = f"{formula} {random}"
    words = set(re.findall(r"[^\W\d]\w*", text))
    return [c for c in data.columns if c in words or f"'{c}'" in text or f'"{c}"' in text]


def _matrices(
    spec: Any, data: pd.DataFrame, namespace: Mapping[str, Any], argument: str, **options: Any
):
    """The engine's matrices, with its complaints in plain words."""
    manager = FormulaManager()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=RuntimeWarning)  # log(-1): reported below
            result = manager.get_matrices(
                spec,
                data,
                eval_env=dict(namespace),
                **options,
                na_action=manager.get_na_action("raise"),
            )
    except Exception as error:  # the engine's own classes differ by engine
        raise ValueError(_engine_message(error, spec, data, argument)) from error
    parts = result if isinstance(result, tuple) else (result,)
    for part in parts:
        values = np.asarray(part, float)
        if not np.isfinite(values).all():
            bad = np.asarray(part.columns)[~np.isfinite(values).all(axis=0)].tolist()
            raise ValueError(f"{argument}: {bad} has infinite values in some rows")
    return (*parts, manager.spec) if not options.get("prediction") else parts[0]


def _engine_message(error: Exception, spec: Any, data: pd.DataFrame, argument: str) -> str:
    text = str(error).splitlines()[0]
    name = re.search(r"name '(\w+)' is not defined", str(error))
    if name:
        return (
            f"{argument}={spec!r}: {name[1]!r} is neither a column nor a variable of yours; "
            + columns_in_words(name[1], data)
        )
    if "missing values" in text or "NaN" in text:
        return (
            f"{argument}={spec!r} gives missing values for some rows "
            "(the logarithm of a negative number, for example)"
        )
    return f"{argument}={spec!r} could not be read: {text}"


def _two_sided(formula: str, data: pd.DataFrame, namespace: Mapping[str, Any]):
    left, right, spec = _matrices(formula, data, namespace, "formula")
    if left.shape[1] != 1:
        name = formula.split("~")[0].strip()
        raise ValueError(
            f"the outcome {name!r} must be one numeric column; this one is "
            f"categorical (it became {list(left.columns)})"
        )
    if right.shape[1] == 0:
        raise ValueError(
            f"formula={formula!r} has no fixed effect: keep the intercept, 'outcome ~ 1'"
        )
    return left.iloc[:, 0].astype(float), right.astype(float), spec


def _one_sided(random: str, data: pd.DataFrame, namespace: Mapping[str, Any]):
    right = random.split("~")[-1].strip()
    if right == "1":
        # one row a value even when no column is named
        ones = pd.DataFrame({"Intercept": np.ones(len(data))}, index=data.index)
        return ones, "1"
    matrix, spec = _matrices(right, data, namespace, "random")
    if matrix.shape[1] == 0:
        raise ValueError(f"random={random!r} has no random effect: '1' gives a random intercept")
    return matrix.astype(float), spec
