"""The line-up: the lines of the real groups hidden among lines simulated from a null model.

If nobody can tell the real panel from those in which the null hypothesis holds by construction,
the picture is no evidence against it. Whoever points at the real one among 20 has done a test at
level 1/20.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_column, check_count, check_rng, check_variance
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.result import LmmResult

from .random_slopes import group_lines


@dataclass(frozen=True)
class LineUp:
    """Lines of J groups in P panels, one of them real.

    Attributes
    ----------
    lines : tuple of DataFrame
        One per panel, as `group_lines` returns them.
    real : int
        The number of the real panel, counted from 1.
    x_range : tuple of float
        From where to where the lines are drawn.
    """

    lines: tuple[pd.DataFrame, ...]
    real: int
    x_range: tuple[float, float]


@guarded(null=guard.fitted, x=guard.text(), n_panels=guard.whole(low=2))
def line_up(null: LmmResult, x: str, rng: np.random.Generator, *, n_panels: int = 20) -> LineUp:
    """Hide the data behind `null` among data simulated from it; a line for each group in each.

    Parameters
    ----------
    null : LmmResult
        The fit that stands for the null hypothesis: random intercepts, one slope for all.
    x : str
        The level-1 predictor, a column of the data.
    rng : numpy.random.Generator
        Draws the data sets and the place of the real panel.
    n_panels : int
        Panels in all, the real one among them.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind.

    References
    ----------
    Buja, A., Cook, D., Hofmann, H., Lawrence, M., Lee, E.-K., Swayne, D. F., & Wickham, H. (2009).
    Statistical inference for exploratory data analysis and model diagnostics. Philosophical
    Transactions of the Royal Society A, 367, 4361-4383, doi:10.1098/rsta.2009.0120.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> null = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject")
    >>> found = line_up(null, "Days", np.random.default_rng(1))
    >>> len(found.lines), found.x_range
    (20, (0.0, 9.0))
    """
    check_rng(rng)
    if not isinstance(null, LmmResult):
        raise TypeError(f"null must be a result of fit_lmm, not {type(null).__name__}")
    check_column(null.frame.data, x, "x")
    place = int(rng.integers(check_count(n_panels, "n_panels", low=2))) + 1
    outcomes = list(null.simulate(n_panels - 1, rng))
    outcomes.insert(place - 1, null.frame.outcome.to_numpy())
    labels, values = null.frame.group_labels.to_numpy(), null.frame.data[x]
    lines = tuple(
        group_lines(
            pd.DataFrame({"y": y, "x": values.to_numpy(), "group": labels}), "y", "x", "group"
        )
        for y in outcomes
    )
    return LineUp(lines, place, (float(values.min()), float(values.max())))


@guarded(lines=guard.table_with(numeric=("ss_x", "slope"), holes=True))
def slope_spread(lines: pd.DataFrame, sigma2: float) -> float:
    """Cochran's Q: squares of slopes around their weighted mean, each over its luck σ²/ss_x.

    About J − 1 where the true slopes are all alike.

    >>> lines = pd.DataFrame({"slope": [1.0, 3.0], "ss_x": [2.0, 2.0]})
    >>> slope_spread(lines, 1.0)
    4.0
    """
    known = lines.dropna(subset=["slope", "ss_x"])
    if len(known) == 0 or (known["ss_x"] <= 0).any():
        raise ValueError("lines: no group has a slope with ss_x above 0")
    weight = known["ss_x"] / check_variance(sigma2, "sigma2", positive=True)
    mean = np.average(known["slope"], weights=weight)
    return float((weight * (known["slope"] - mean) ** 2).sum())
