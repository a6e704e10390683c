"""Which effects can vary from group to group: read off the data before a model is fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_column, check_frame, check_groups
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.variation import in_words, variation


def _several(value: object, name: str, given: Mapping[str, Any]) -> None:
    """A list of names, which may turn out to be empty."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} must be a column's name or a list of them")


@guarded(data=guard.table_of_columns, groups=guard.any_of(_several, guard.text()))
def what_can_vary(data: pd.DataFrame, groups: str | Sequence[str]) -> pd.DataFrame:
    """For every column and grouping: does it vary within groups, and could its slope be random?

    A slope can differ from group to group only where the predictor takes several values within
    groups; and its variance can be told from the residual's only if groups have more rows than
    their own intercept and slope take (a factor takes a row a level).

    Parameters
    ----------
    data
        One row an observation.
    groups
        The column that names the groups, or several; "school:class" is the combination of both
        labels, for labels that are used again in every school.

    Returns
    -------
    DataFrame
        One row a column and grouping:

        - column, grouping
        - varies: "within" groups, "between" them only, or "constant"
        - groups, groups_varying: how many there are, and in how many the column varies
        - replications: median number of rows with the same value in the same group
        - random_slope: "estimable", "confounded with the residual" or "impossible"
        - why: the same in a sentence

        Rows that miss the value or the group are left out of its count.

    Raises
    ------
    TypeError, ValueError
        If `data` is no DataFrame, or a grouping is no column or has one group only.

    Examples
    --------
    >>> from hlm_teach import load_data, what_can_vary
    >>> hsb = load_data("hsb")[["school", "math", "ses", "catholic"]]
    >>> what_can_vary(hsb, "school")[["column", "varies", "random_slope"]]
         column   varies random_slope
    0      math   within    estimable
    1       ses   within    estimable
    2  catholic  between   impossible

    References
    ----------
    Barr, D. J. (2013). Random effects structure for testing interactions in linear mixed-effects
    models. Frontiers in Psychology 4, 328, doi:10.3389/fpsyg.2013.00328.
    """
    check_frame(data)
    names = [groups] if isinstance(groups, str) else list(groups)
    if not names:
        raise ValueError("groups names no column; give one, or a list of several")
    used = {part for name in names for part in _parts(data, name)}
    rows = [
        _row(data, column, name, labels)
        for name, labels in ((name, _labels(data, name)) for name in names)
        for column in data.columns
        if column not in used or (len(names) > 1 and column not in _parts(data, name))
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "column",
    "grouping",
    "varies",
    "groups",
    "groups_varying",
    "replications",
    "random_slope",
    "why",
]


def _row(data: pd.DataFrame, column: str, name: str, labels: pd.Series) -> list:
    found = variation(data[column], labels)
    return [
        column,
        name,
        found.where,
        found.n_groups,
        found.n_varying,
        found.replications,
        found.slope,
        in_words(str(column), name, found),
    ]


def _parts(data: pd.DataFrame, name: str) -> list[str]:
    """The columns whose labels make a grouping."""
    return [name] if name in data.columns or ":" not in name else name.split(":")


def _labels(data: pd.DataFrame, name: str) -> pd.Series:
    parts = [check_column(data, part.strip(), "groups") for part in _parts(data, name)]
    if len(parts) == 1:
        labels = data[parts[0]]
    else:
        whole = data[parts].notna().all(axis=1)
        labels = data.groupby(parts, observed=True, sort=False).ngroup().where(whole).rename(name)
    check_groups(labels)
    return labels
