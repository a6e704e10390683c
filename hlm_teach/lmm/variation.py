"""Where a column varies, and so whether its effect can differ from group to group.

A group's own slope needs at least two values of the predictor in that group, and one row more than
the group's own intercept and slopes take: with no row left over, they explain the group completely
and cannot be told from the residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

Where = Literal["constant", "between", "within"]
Slope = Literal["impossible", "confounded with the residual", "estimable"]

FEW_VARYING = 5  # a slope variance that rests on no more groups than these is said


@dataclass(frozen=True)
class Variation:
    """How one column varies over one grouping.

    Attributes
    ----------
    where
        "constant": one value in all rows. "between": one value in each group. "within": several
        values in at least one group.
    n_groups, n_varying
        Groups, and those with several values.
    replications
        Median number of rows with the same value in the same group.
    spare_rows
        Rows left over once every group has its own intercept and slope (for a factor: its own mean
        of every level).
    """

    where: Where
    n_groups: int
    n_varying: int
    replications: float
    spare_rows: int

    @property
    def slope(self) -> Slope:
        """What a random slope of the column over the grouping would be."""
        if self.where != "within":
            return "impossible"
        return "estimable" if self.spare_rows > 0 else "confounded with the residual"


def variation(values: pd.Series, groups: pd.Series) -> Variation:
    """How `values` vary over `groups`; rows that miss either are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> school = pd.Series(["a", "a", "a", "b", "b", "b"])
    >>> variation(pd.Series([1, 2, 3, 1, 2, 3]), school).slope
    'estimable'
    >>> variation(pd.Series([0, 0, 0, 1, 1, 1]), school).where
    'between'
    """
    known = (values.notna() & groups.notna()).to_numpy()
    value_codes = pd.factorize(values[known])[0]
    group_codes = pd.factorize(groups[known])[0]
    if not known.any():
        return Variation("constant", 0, 0, 0.0, 0)
    rows = np.bincount(group_codes)
    cells, counts = np.unique(
        np.column_stack([group_codes, value_codes]), axis=0, return_counts=True
    )
    distinct = np.bincount(cells[:, 0])
    if not is_factor(values):
        distinct = np.where(_is_flat(values[known].to_numpy(float), group_codes), 1, distinct)
    taken = distinct if is_factor(values) else np.minimum(distinct, 2)
    where: Where = "within" if distinct.max() > 1 else "between"
    return Variation(
        "constant" if value_codes.max() == 0 else where,
        len(rows),
        int(np.sum(distinct > 1)),
        float(np.median(counts)),
        int(np.sum(rows - taken)),
    )


def _is_flat(values: Array, codes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which groups hold one number, but for rounding errors (a mean that was computed)."""
    by_group = pd.Series(values).groupby(codes)
    return (by_group.max() - by_group.min()).to_numpy() <= 1e-12 * np.abs(values).max()


def is_factor(values: pd.Series) -> bool:
    """Does a model give the column an effect a level (text, categories), rather than one slope?"""
    return not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)


def in_words(name: str, grouping: str, found: Variation) -> str:
    """What the variation means for a model, in a sentence."""
    if found.where == "constant":
        return f"{name} has one value in all rows: it has no effect that could be estimated."
    if found.where == "between":
        return (
            f"{name} has one value in every {grouping}: its effect can be fixed, but cannot "
            f"differ from {grouping} to {grouping}."
        )
    if found.spare_rows == 0:
        return (
            f"{name} varies within {grouping}, but no {grouping} has a row more than effects of "
            "its own would take: their variances and the residual's cannot be told apart."
        )
    return f"{name} varies within {found.n_varying} of {found.n_groups} levels of {grouping}."
