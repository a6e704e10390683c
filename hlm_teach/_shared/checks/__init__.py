"""Checks of arguments that every public function shares: tables, arrays, single values."""

from hlm_teach._shared.words import shortened, suggestion

from .arrays import as_array, check_floats, check_outcomes, check_sizes
from .tables import (
    check_column,
    check_columns,
    check_frame,
    check_groups,
    check_numeric_column,
    columns_in_words,
    complete_rows,
    is_name,
)
from .values import (
    check_bool,
    check_count,
    check_level,
    check_number,
    check_rng,
    check_size,
    check_total,
    check_variance,
)

__all__ = [
    "shortened",
    "suggestion",
    "as_array",
    "check_floats",
    "check_outcomes",
    "check_sizes",
    "check_column",
    "check_columns",
    "check_frame",
    "check_groups",
    "check_numeric_column",
    "columns_in_words",
    "complete_rows",
    "is_name",
    "check_bool",
    "check_count",
    "check_level",
    "check_number",
    "check_rng",
    "check_size",
    "check_total",
    "check_variance",
]
