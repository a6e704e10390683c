"""The matrices of new rows, coded as in the fitted data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_frame, shortened

from .columns import Column, as_fitted, few
from .formula_names import Names
from .formula_reader import FormulaReader
from .frame import ModelFrame
from .terms import RandomTerm, check_labels


def design_for(
    frame: ModelFrame, data: pd.DataFrame, argument: str = "data"
) -> tuple[Array, dict[str, Array]]:
    """X (m, p) of new rows, and Z (m, q) by grouping, coded as in the fitted data.

    `argument` is what the caller calls `data`, for messages.

    Raises
    ------
    TypeError, ValueError
        If `data` is no DataFrame; if a column of the formula is missing, has missing values, another
        kind of values or levels that were not fitted; if a formula's values for a row depend on
        the other rows.
    """
    check_frame(data, argument)
    if data is frame.data:
        return frame.fixed.to_numpy(), {t.group: t.design.to_numpy() for t in frame.terms}
    readers = [frame.reader, *(t.spec for t in frame.terms if isinstance(t.spec, FormulaReader))]
    new = _new_columns(list(frame.columns), [reader.names for reader in readers], data, argument)
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
            f"{argument} has rows of a combination without any row in the fit ({few(frame.dropped)}): "
            "its effect is not known"
        )
    return x[:, frame.kept], {term.group: _random_columns(term, new) for term in frame.terms}


def _new_columns(
    reader_columns: list[Column], names: list[Names], data: pd.DataFrame, argument: str
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
            f"{argument} has no column {absent[0]!r}; the model's predictors are "
            + shortened([c.source for c in reader_columns], 200)
        )
    sources = [c.source for c in reader_columns]
    twice = [name for name in sources if int((data.columns == name).sum()) > 1]
    if twice:
        raise ValueError(f"{argument} has several columns called {twice[0]!r}; rename all but one")
    incomplete = [name for name in sources if data[name].isna().any()]
    if incomplete:
        raise ValueError(
            f"{argument} has missing values in {shortened(incomplete, 200)}: drop or fill those rows first"
        )
    plain = frozenset().union(*(n.plain for n in names))
    within = frozenset().union(*(n.within_codes for n in names))
    return pd.DataFrame(
        {
            c.name: as_fitted(data[c.source], c, coded=c.name in within, alone=c.name in plain)
            for c in reader_columns
        },
        index=data.index,
    )


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
