"""What a caller asks of the residuals, and what can be checked before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_column, check_numeric_column, shortened

from .residual_structure import ResidualStructure

_MEMORY = {"independent": "independent", "ar1": "AR(1)", "car1": "CAR(1)"}


@dataclass(frozen=True)
class ResidualSpec:
    """How the residuals of one group may hang together and differ in variance."""

    memory: str = "independent"
    time: str | None = None
    column: str | None = None

    @property
    def is_plain(self) -> bool:
        """Independent residuals of one variance."""
        return self.memory == "independent" and self.column is None

    @property
    def columns(self) -> list[str]:
        """The columns of the data that it needs."""
        return [name for name in (self.time, self.column) if name is not None]

    @property
    def words(self) -> str:
        """For a sentence: "AR(1) residuals over year, a residual SD for each value of Sex"."""
        memory = f"{_MEMORY[self.memory]} residuals over {self.time}" if self.time else ""
        spread = f"a residual SD for each value of {self.column}" if self.column else ""
        return ", ".join(part for part in (memory, spread) if part)


PLAIN = ResidualSpec()


def residual_spec(residual: str, time: str | None, residual_sd: str | None) -> ResidualSpec:
    """The three arguments of `fit_lmm` as one, if they go together.

    Raises
    ------
    ValueError
        For an unknown kind of residual, memory without time or time without memory.
    """
    if not isinstance(residual, str) or residual not in _MEMORY:
        raise ValueError(f"residual={shortened(residual)} must be one of {list(_MEMORY)}")
    if residual == "independent" and time is not None:
        raise ValueError(
            f"time={time!r} is used by residuals with memory only: give residual='ar1' (whole "
            "steps) or residual='car1' (any times), or leave time out"
        )
    if residual != "independent" and time is None:
        raise ValueError(
            f"residual={residual!r} needs time, the column that says when each row of a group "
            "was observed, for example time='year'"
        )
    return ResidualSpec(residual, time, residual_sd)


def check_residual_columns(spec: ResidualSpec, data: pd.DataFrame) -> None:
    """Does the data have the columns, and is time a number?

    Raises
    ------
    TypeError, ValueError
        If not.
    """
    if spec.time is not None:
        _check_time(data, spec.time)
    if spec.column is not None:
        check_column(data, spec.column, "residual_sd")


def _check_time(data: pd.DataFrame, time: str) -> None:
    column = data[check_column(data, time, "time")]
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise TypeError(
            f"time={time!r} must be a numeric column, but it holds {column.dtype} values; for "
            "dates make one first, such as days since the first: (date - date.min()).dt.days"
        )
    check_numeric_column(data, time, "time")


def residual_structure(
    spec: ResidualSpec, data: pd.DataFrame, labels: pd.Series, codes: NDArray[np.intp]
) -> ResidualStructure:
    """The structure of the rows of `data`, whose groups are `labels`, or `codes`, (N,).

    Raises
    ------
    ValueError
        For two rows of a group at one time, steps that are not whole (AR(1)), no group with two
        rows, a `residual_sd` of one value or of values with a single row.
    """
    times = data[spec.time].to_numpy(float) if spec.time else np.zeros(len(data))
    order = np.lexsort((times, codes))
    sorted_codes = codes[order]
    first = np.concatenate([[True], sorted_codes[1:] != sorted_codes[:-1]])
    gap = np.where(first, np.inf, np.concatenate([[0.0], np.diff(times[order])]))
    typical = 1.0
    if spec.time:
        _check_gaps(spec, gap, labels.to_numpy()[order])
        gap = np.round(gap) if spec.memory == "ar1" else gap
        typical = float(np.median(gap[~first])) if spec.memory == "car1" else 1.0
    levels, stratum = _strata(spec, data)
    return ResidualStructure(
        spec.memory,
        spec.time,
        spec.column,
        levels,
        order,
        sorted_codes,
        times[order],
        gap,
        stratum[order],
        typical,
    )


def _check_gaps(spec: ResidualSpec, gap: Array, labels: NDArray) -> None:
    follows = np.isfinite(gap)
    steps = np.where(follows, gap, 1.0)
    if not follows.any():
        raise ValueError(
            f"residual={spec.memory!r}: every group has one row, so nothing can be remembered; "
            "leave residual out"
        )
    if np.any(steps <= 0):
        label = labels[np.flatnonzero(steps <= 0)[0]]
        raise ValueError(
            f"time={spec.time!r} has the same value twice in group {label!r}: residuals with "
            "memory need one row a group and time; average such rows, or add what tells them apart"
        )
    uneven = (np.abs(steps - np.round(steps)) > 1e-8 * np.maximum(steps, 1.0)) | (steps < 0.5)
    if spec.memory == "ar1" and np.any(uneven):
        label = labels[np.flatnonzero(uneven)[0]]
        raise ValueError(
            f"residual='ar1' needs whole steps of time={spec.time!r}, but group {label!r} has a "
            "step that is not whole: use residual='car1', which takes any times, or count the "
            "occasions 0, 1, 2, …"
        )


def _strata(spec: ResidualSpec, data: pd.DataFrame) -> tuple[tuple, NDArray[np.intp]]:
    """The values of the column, in their order (categories, or sorted), and each row's."""
    if spec.column is None:
        return (None,), np.zeros(len(data), np.intp)
    codes = pd.Categorical(data[spec.column]).remove_unused_categories()
    counts = np.bincount(codes.codes)
    if len(counts) == 1:
        raise ValueError(
            f"residual_sd={spec.column!r} has one value only, {codes.categories[0]!r}: there is "
            "nothing to tell apart; leave residual_sd out"
        )
    if counts.min() < 2:
        alone = codes.categories[int(np.argmin(counts))]
        raise ValueError(
            f"residual_sd={spec.column!r} has {len(counts)} values for {len(data)} rows, and "
            f"{alone!r} a single row: each value needs several rows for an SD of its own; cut the "
            "column into a few classes"
        )
    return tuple(codes.categories), codes.codes.astype(np.intp)
