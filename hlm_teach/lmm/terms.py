"""A random term, and the parameters of its covariance matrix, as data.

Whoever wants to know what a parameter belongs to asks it; its name is for the reader alone and is
made here, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.checks import check_column, shortened

from .columns import twin_of

Kind = Literal["sd", "cor", "residual_sd", "sd_ratio", "phi"]


@dataclass(frozen=True)
class RandomTerm:
    """The random effects that vary from level to level of one grouping."""

    group: str  # the column whose values are the levels
    formula: str  # right-hand side: "1", "1 + ses"
    correlated: bool  # False: the term's covariance matrix G is diagonal
    labels: pd.Series  # (N,) each row's level
    design: pd.DataFrame  # (N, q) the term's columns of Z
    spec: Any  # how to build those columns for other data

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the q effects."""
        return tuple(self.design.columns)

    @property
    def n_covariances(self) -> int:
        """How many variances and covariances the term has."""
        q = len(self.effects)
        return q * (q + 1) // 2 if self.correlated else q

    def labels_in(self, data: pd.DataFrame) -> pd.Series:
        """Each row's level in other data.

        Raises
        ------
        ValueError
            If `data` lacks the column.
        """
        return labels_of(self.group, data)


def levels_of(labels: pd.Series) -> tuple[NDArray, NDArray[np.intp]]:
    """The levels in order (L,), and each row's place among them (N,): `numpy.unique` with its
    inverse, but only the levels are sorted.

    >>> levels, codes = levels_of(pd.Series(["b", "a", "b"]))
    >>> levels.tolist(), codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    codes, found = pd.factorize(labels.to_numpy())
    order = np.argsort(found, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return found[order], place[codes]


def columns_of(group: str, data: pd.DataFrame) -> list[str]:
    """The columns that make a grouping: itself, or for "school:class" its parts."""
    return [group] if group in data.columns or ":" not in group else group.split(":")


def labels_of(group: str, data: pd.DataFrame) -> pd.Series:
    """Each row's level; for "school:class" the combination of both labels, "A:3".

    Raises
    ------
    ValueError
        If `data` lacks a column.
    """
    columns = columns_of(group, data)
    for name in columns:
        if name not in data.columns:
            raise ValueError(
                f"data has no column {name!r}, which names the groups; "
                "known_groups=False predicts without it"
            )
    for name in columns:
        check_column(data, name, "groups")
    parts = [_plain(data[name], name) for name in columns]
    return parts[0] if columns == [group] else _combined(parts)


def _plain(labels: pd.Series, name: str) -> pd.Series:
    """Labels with a dtype of numpy, in which 3 is 3 whatever array holds it.

    Raises
    ------
    TypeError
        If they are of types that can't be ordered, such as text beside numbers.
    """
    dtype = labels.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        labels = labels.astype(dtype.categories.dtype)
        dtype = labels.dtype
    if isinstance(dtype, pd.SparseDtype):
        return labels.sparse.to_dense()
    if pd.api.types.is_object_dtype(dtype):
        _check_one_kind(labels, name)
        return labels
    if isinstance(dtype, np.dtype):
        return labels
    if pd.api.types.is_integer_dtype(dtype) and not labels.isna().any():
        return labels.astype("int64")
    if pd.api.types.is_bool_dtype(dtype) and not labels.isna().any():
        return labels.astype(bool)
    if pd.api.types.is_float_dtype(dtype):
        return labels.astype("float64")
    return labels.astype(object)


def _check_one_kind(labels: pd.Series, name: str) -> None:
    distinct = []
    try:
        distinct = [label for label in pd.unique(labels) if not pd.isna(label)]
        sorted(distinct)
    except (TypeError, ValueError) as error:
        kinds = sorted({type(label).__name__ for label in distinct or labels})
        raise TypeError(
            f"groups={name!r} holds labels of several types ({', '.join(kinds)}), which can't be "
            f"told apart for sure: make them text, data[{name!r}].astype(str)"
        ) from error


def _combined(parts: list[pd.Series]) -> pd.Series:
    """One label for each combination of labels; missing where a part is missing."""
    coded = [pd.factorize(part) for part in parts]
    flat = np.zeros(len(parts[0]), dtype=np.int64)
    for codes, labels in coded:
        flat = flat * (len(labels) + 1) + codes + 1
    place, found = np.unique(flat, return_index=True, return_inverse=True)[1:][::-1]
    names = [":".join(_text(part.iloc[i]) for part in parts) for i in found]
    if len(set(names)) < len(names):
        raise ValueError(
            "the labels hold ':' themselves, so that two combinations read alike: make a column "
            "of the combination and name that"
        )
    missing = np.any([codes < 0 for codes, _ in coded], axis=0)
    combined = pd.Series(np.array(names, dtype=object)[place.ravel()], index=parts[0].index)
    return combined.mask(missing)


def _text(label: Any) -> str:
    """1.0 is the label 1 that became a decimal beside a missing value."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def check_labels(term: RandomTerm, data: pd.DataFrame) -> None:
    """Refuses labels of new rows that are missing, or that differ from a fitted one in type or in
    blanks alone ('48' for 48): they would silently count as new groups.

    Raises
    ------
    ValueError
        Naming the label.
    """
    labels = term.labels_in(data)
    if labels.isna().any():
        raise ValueError(
            f"data has missing labels in {term.group!r}: fill them, or take known_groups=False"
        )
    fitted = pd.unique(term.labels)
    new = pd.unique(labels)
    new = new[~pd.Index(new, dtype=object).isin(pd.Index(fitted, dtype=object))]
    for label in new:
        twin = twin_of(label, fitted)
        if twin is not None:
            raise ValueError(
                f"data: {term.group!r} holds the label {shortened(label)} ({type(label).__name__}), which no "
                f"fitted group has, but {shortened(twin)} ({type(twin).__name__}) is one: give labels of the "
                "same type without blanks, or known_groups=False to predict for new groups"
            )


def positions_of(labels: pd.Series, levels: NDArray) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each label stands among the fitted levels (0 if nowhere), and which are known."""
    found = pd.Index(levels).get_indexer(labels)
    return np.maximum(found, 0), found >= 0


@dataclass(frozen=True)
class VarianceParameter:
    """What one parameter of the random part is.

    Attributes
    ----------
    kind
        "sd", "cor" (of two effects of one term), "residual_sd"; "sd_ratio", of the residual SDs
        of two kinds of rows, and "phi", the residuals' memory.
    group
        The term's grouping; "" where the parameter belongs to the residuals.
    effects
        The effect of an SD, the two of a correlation, in the order of G; for a ratio the kind of
        row above and the one below the line.
    """

    kind: Kind
    group: str = ""
    effects: tuple[str, ...] = ()


RESIDUAL_SD = VarianceParameter("residual_sd")


def term_parameters(term: RandomTerm) -> list[VarianceParameter]:
    """The SDs of a term, then the correlations below G's diagonal, row by row."""
    sds = [VarianceParameter("sd", term.group, (name,)) for name in term.effects]
    if not term.correlated:
        return sds
    names = term.effects
    return sds + [
        VarianceParameter("cor", term.group, (names[b], names[a]))
        for a in range(len(names))
        for b in range(a)
    ]


def effect_name(terms: Sequence[RandomTerm], group: str, *effects: str) -> str:
    """How effects of a term are called in this model: by the effect where there is one term, by
    the grouping where every term is an intercept, by "grouping: effect" otherwise."""
    inside = ", ".join(effects)
    if len(terms) == 1:
        return inside
    if all(term.effects == ("Intercept",) for term in terms):
        return group
    return f"{group}: {inside}"


def variance_names(terms: Sequence[RandomTerm]) -> list[str]:
    """Names of all variances, term by term."""
    return [effect_name(terms, term.group, effect) for term in terms for effect in term.effects]


def parameter_name(terms: Sequence[RandomTerm], parameter: VarianceParameter) -> str:
    """The reader's name: "sd(ses)", "cor(Intercept, ses)", "sd(residual)", "sd_ratio(b/a)"."""
    if parameter.kind == "residual_sd":
        return "sd(residual)"
    if parameter.kind == "phi":
        return "phi"
    if parameter.kind == "sd_ratio":
        return f"sd_ratio({'/'.join(parameter.effects)})"
    return f"{parameter.kind}({effect_name(terms, parameter.group, *parameter.effects)})"
