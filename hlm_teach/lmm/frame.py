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

from .residual_spec import PLAIN, ResidualSpec, check_residual_columns
from .terms import RandomTerm


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
    groups: str | list[str],
    random: str,
    namespace: Mapping[str, Any],
    *,
    correlated: bool = True,
    residual: ResidualSpec = PLAIN,
) -> ModelFrame:
    """Check the arguments, drop rows with missing values (counted) and build the matrices.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was given and what is wanted.
    """
    group_names = _check_arguments(formula, data, groups, random)
    check_residual_columns(residual, data)
    used = _used_columns(formula, random, data) + list(group_names) + residual.columns
    complete = data[data[list(dict.fromkeys(used))].notna().all(axis=1)]
    index, complete = complete.index, complete.reset_index(drop=True)
    if len(complete) == 0:
        raise ValueError(f"data has no row without missing values in {sorted(set(used))}")
    outcome, fixed, fixed_spec = _two_sided(formula, complete, namespace)
    design, spec = _one_sided(random, complete, namespace)
    terms = tuple(
        RandomTerm(name, random, correlated, complete[name], design, spec) for name in group_names
    )
    n_dropped = len(data) - len(complete)
    return ModelFrame(
        formula, terms, complete, index, outcome, fixed, n_dropped, fixed_spec, namespace, residual
    )


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


def _check_arguments(
    formula: str, data: pd.DataFrame, groups: str | list[str], random: str
) -> tuple[str, ...]:
    check_frame(data)
    for name, text in (("formula", formula), ("random", random)):
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a string, not {type(text).__name__}")
        if "|" in text:
            raise ValueError(_bar_message(name, text))
    if formula.count("~") != 1 or not formula.split("~")[0].strip():
        raise ValueError(
            f"formula={formula!r} must read 'outcome ~ predictors', for example 'math ~ ses'"
        )
    names = (
        (groups,)
        if isinstance(groups, str)
        else tuple(groups)
        if isinstance(groups, list | tuple)
        else ()
    )
    if not names or not all(isinstance(name, str) for name in names):
        raise TypeError(f"groups must be a column name or a list of column names, not {groups!r}")
    if len(set(names)) < len(names):
        raise ValueError(f"groups={list(names)} names a column twice")
    for name in names:
        check_column(data, name, "groups")
    if len(names) > 1 and random.strip() != "1":
        raise ValueError(
            "several grouping factors take random intercepts only: leave random='1', "
            f"not random={random!r}"
        )
    return names


def _bar_message(name: str, text: str) -> str:
    found = re.search(r"\(?\s*([^|()]+?)\s*\|+\s*([\w.:/]+)\s*\)?", text)
    if not found:
        return f"{name}={text!r}: leave out the '|'; groups and random say what varies by group"
    fixed = re.sub(r"\s*\+?\s*\([^()]*\|[^()]*\)", "", text).strip()
    shown = f"'{fixed}', data, " if name == "formula" else "formula, data, "
    return (
        f"{name}={text!r} uses lme4's '|'. Write the same model as "
        f"fit_lmm({shown}groups='{found[2]}', random='{found[1]}')"
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
