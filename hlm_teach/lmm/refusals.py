"""Refusals before anything is fitted: can this model be told from these data at all?

Arguments and rows are checked in framing.py, several terms together in what_fits.py, residuals in
residual_spec.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array

from .columns import few
from .design import Design
from .frame import ModelFrame
from .group_sums import constant_within
from .response import Response
from .terms import RandomTerm

_HUGE, _TINY = 1e100, 1e-100
_SAME = 1e-13  # what rounding leaves of a number's own size
_DEPENDENT = 1e-10
_NOTHING = 1e-20  # a residual variance, over that of least squares, that is rounding


def check_outcome(frame: ModelFrame) -> None:
    """Refuses outcomes that leave no residual variance, or whose squares overflow.

    Raises
    ------
    ValueError
        For an outcome that is constant, or constant within groups (σ² = 0 has an infinite
        likelihood), huge or tiny.
    """
    y = frame.outcome.to_numpy()
    name = frame.formula.split("~")[0].strip()
    size = float(np.abs(y).max())
    spread = float(np.ptp(y))
    if spread <= _SAME * size:
        raise ValueError(
            f"the outcome {name!r} is constant ({y[0]:g}): there is nothing to explain"
        )
    if size > _HUGE or spread < _TINY:
        raise ValueError(
            f"the outcome {name!r} has values of the size {size:.0e}, whose squares a computer can't "
            "hold: use other units"
        )
    for term in frame.terms:
        _check_varies_within(term, y, name, size)


def _check_varies_within(term: RandomTerm, y: Array, name: str, size: float) -> None:
    own = y[(term.labels == term.labels.iloc[0]).to_numpy()]
    if np.ptp(own) > _SAME * size:
        return  # the first group varies
    codes, labels = pd.factorize(term.labels.to_numpy())
    counts = np.bincount(codes)
    if len(counts) == len(y):
        return  # one row a group: said elsewhere
    means = np.bincount(codes, y) / counts
    if np.abs(y - means[codes]).max() > _SAME * size:
        return
    raise ValueError(
        f"the outcome {name!r} is constant within each of the {len(labels)} groups of "
        f"{term.group!r}: there is no variance within groups to set against that between them "
        f"(the variance of the group values is {np.var(means, ddof=1):.4g}). Take one row a group "
        "and an ordinary regression, or an outcome that varies within groups"
    )


def check_identified(frame: ModelFrame) -> None:
    """Are there enough groups, and rows, for the variances to be told apart?

    Raises
    ------
    ValueError
        Saying what there is too little of.
    """
    name, q = frame.groups[0], frame.random_design.shape[1]
    codes, labels = pd.factorize(frame.group_labels.to_numpy())
    n_groups = len(labels)
    if n_groups < 2:
        raise ValueError(
            f"groups={name!r} has one group only: a variance between groups needs "
            "several; use ordinary regression"
        )
    between = int(constant_within(frame.fixed.to_numpy(), codes).sum())
    if n_groups <= max(q, between):
        raise ValueError(
            f"groups={name!r} has {n_groups} groups, too few for {between} group-level fixed "
            f"effects and {q} random effects a group: use fewer of them, or more groups"
        )
    if len(frame.data) <= n_groups * q:
        raise ValueError(
            f"{len(frame.data)} rows for {n_groups} groups × {q} random effects "
            f"({', '.join(frame.only_term.effects)}): with no more rows than random effects they "
            "cannot be told from the residuals; let fewer of them vary by "
            f"{name!r}: what_can_vary(data, {name!r}) lists what can"
        )


def _sides(frame: ModelFrame) -> list[tuple[str, pd.DataFrame]]:
    """X, and the Z of each term."""
    return [("fixed effects", frame.fixed)] + [
        (f"random effects of {term.group!r}", term.design) for term in frame.terms
    ]


def check_predictors(frame: ModelFrame) -> None:
    """Refuses predictors whose squares a computer can't hold, or that are 0 throughout.

    Raises
    ------
    ValueError
        Naming the column.
    """
    for what, design in _sides(frame):
        values = design.to_numpy()
        largest = np.abs(values).max(axis=0)
        if (largest > _HUGE).any():
            raise ValueError(
                f"{few(design.columns[largest > _HUGE], 3)} among the {what} has values up to "
                f"{largest.max():.0e}, whose squares a computer can't hold: use other units"
            )
        if ((largest > 0) & (largest < _TINY)).any():
            raise ValueError(
                f"{few(design.columns[(largest > 0) & (largest < _TINY)], 3)} among the {what} has "
                "values so small that their squares vanish: use other units"
            )
        if (largest == 0).any():
            raise ValueError(
                f"the {what} are linearly dependent: {few(design.columns[largest == 0], 5)} is 0 in "
                "every row; leave it out"
            )


def named_dependence(frame: ModelFrame, error: ValueError) -> ValueError:
    """An engine's complaint that columns are dependent, with their names."""
    for what, design in _sides(frame):
        dependent = _dependent(design.to_numpy(), list(design.columns))
        if dependent:
            return ValueError(
                f"the {what} are linearly dependent: {few(dependent, 5)} says what other columns "
                "already say; leave it out"
            )
    return error


def _dependent(values: Array, names: list[str]) -> list[str]:
    """Columns that those before them contain."""
    scaled = values / np.linalg.norm(values, axis=0)
    diagonal = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    short = names[len(diagonal) :]
    return [name for name, left in zip(names, diagonal, strict=False) if left < _DEPENDENT] + short


def check_left_within(design: Design, response: Response, frame: ModelFrame) -> None:
    """Refuses an outcome that the fixed effects and a line a group reproduce exactly.

    Raises
    ------
    ValueError
        Since σ² = 0 then has an infinite likelihood.
    """
    cross = response.xy_within[:, 0]
    values, vectors = np.linalg.eigh(design.xx_within)  # X is orthonormal: at most 1
    kept = values > 1e-10
    explained = float(np.sum((vectors[:, kept].T @ cross) ** 2 / values[kept]))
    left = response.yy_within[0] - explained  # rounding is of the size of what is subtracted
    if left > max(_NOTHING * design.n_obs, _SAME * response.yy_within[0]):
        return
    name = frame.formula.split("~")[0].strip()
    raise ValueError(
        f"the outcome {name!r} is reproduced exactly by the fixed effects and the random effects "
        f"({', '.join(frame.only_term.effects)}) of each {frame.only_term.group!r}: no residual "
        "variance is left, and the likelihood has no maximum. Is the outcome computed from the "
        "predictors, or the same for all of a group?"
    )
