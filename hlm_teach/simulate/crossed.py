"""Observations at the crossings of two grouping factors, whose true parameters are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import check_count, check_rng, check_total, check_variance

from .two_level import _numbers


def simulate_crossed(
    *,
    n_rows: int,
    n_cols: int,
    tau_row: float,
    tau_col: float,
    sigma2: float,
    rng: np.random.Generator,
    gamma00: float = 0.0,
    gamma10: float = 0.0,
    n_per_cell: int = 1,
) -> pd.DataFrame:
    """Draw observations at every crossing of two grouping factors.

    For observation i of row r (a student, a plate) and column c (an item, a sample)::

        y_irc = γ_00 + γ_10·x_irc + u_r + v_c + e_irc

    with Var(u_r) = tau_row, Var(v_c) = tau_col, Var(e_irc) = σ², all normal and independent,
    and x standard normal.

    Parameters
    ----------
    n_rows, n_cols : int
        Numbers of levels of the two factors, at least 2 each.
    tau_row, tau_col, sigma2 : float
        Variances between rows, between columns, and within cells.
    rng : numpy.random.Generator
        Source of randomness.
    gamma00, gamma10 : float
        Mean of y at x = 0, and slope of x.
    n_per_cell : int
        Observations at each crossing.

    Returns
    -------
    DataFrame
        Columns row (0 to n_rows − 1), col (0 to n_cols − 1), x, y.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Davies, O. L., & Goldsmith, P. L. (Eds.) (1972). Statistical Methods in Research and
    Production (4th ed.). Oliver and Boyd, section 6.6 (the penicillin assay is such a design).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> simulate_crossed(
    ...     n_rows=24, n_cols=6, tau_row=0.7, tau_col=3.7, sigma2=0.3, rng=rng
    ... ).shape
    (144, 4)
    """
    check_rng(rng)
    shape = (
        check_count(n_rows, "n_rows", low=2),
        check_count(n_cols, "n_cols", low=2),
        check_count(n_per_cell, "n_per_cell"),
    )
    check_total(float(np.prod(shape, dtype=float)), "n_rows × n_cols × n_per_cell", each=100)
    sd_row, sd_col, sd_e = (
        np.sqrt(check_variance(value, name))
        for name, value in (("tau_row", tau_row), ("tau_col", tau_col), ("sigma2", sigma2))
    )
    gamma = _numbers(gamma00=gamma00, gamma10=gamma10)
    row, col = (index.ravel() for index in np.indices(shape)[:2])
    x, e = rng.standard_normal((2, row.size))
    u = sd_row * rng.standard_normal(shape[0])
    v = sd_col * rng.standard_normal(shape[1])
    y = gamma["gamma00"] + gamma["gamma10"] * x + u[row] + v[col] + sd_e * e
    return pd.DataFrame({"row": row, "col": col, "x": x, "y": y})
