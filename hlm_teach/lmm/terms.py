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
    return data[group] if columns == [group] else _combined([data[name] for name in columns])


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
