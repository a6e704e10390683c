r"""What the covariance matrix G of intercepts and slopes says, wherever x is measured from.

In the model with a random intercept and a random slope the line of group j stands, at x, at
β_0j + β_1j·x. An intercept is the height of a line at x = 0, no more than that: with the origin
moved to k, every line stays where it is, and

.. math:: G_k = T G T', \qquad T = \begin{pmatrix} 1 & k \\ 0 & 1 \end{pmatrix}

So τ_00 and ρ_01 belong to the chosen origin; τ_11, and the variance of the outcome at a given
place, do not.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_number, check_rng, check_variance, shortened
from hlm_teach._shared.guard import guarded


def move_origin(cov_re: pd.DataFrame | Sequence, origin: float) -> pd.DataFrame | np.ndarray:
    """G of the same lines when x is measured from `origin`.

    ::

        τ_00(k) = τ_00 + 2kτ_01 + k²τ_11      τ_01(k) = τ_01 + kτ_11      τ_11(k) = τ_11

    Parameters
    ----------
    cov_re : DataFrame or array, shape (2, 2)
        G at the present origin: variances and covariance of intercept and slope.
    origin : float
        k, the new zero of x, in the present units.

    Returns
    -------
    Of the kind of `cov_re`.

    Raises
    ------
    TypeError, ValueError
        If `cov_re` is no 2 × 2 covariance matrix or `origin` no finite number.

    References
    ----------
    Snijders, T. A. B., & Bosker, R. J. (2012). Multilevel Analysis (2nd ed.). Sage, chapter 5.

    Examples
    --------
    >>> move_origin([[4.0, 0.0], [0.0, 1.0]], 3)
    array([[13.,  3.],
           [ 3.,  1.]])
    """
    shift = np.array([[1.0, check_number(origin, "origin")], [0.0, 1.0]])
    moved = shift @ _matrix(cov_re) @ shift.T
    if isinstance(cov_re, pd.DataFrame):
        return pd.DataFrame(moved, cov_re.index, cov_re.columns)
    return moved


def intercept_slope_correlation(cov_re: pd.DataFrame | Sequence) -> float:
    """ρ_01 = τ_01/√(τ_00·τ_11), at the origin that G belongs to; nan where a variance is 0.

    >>> round(intercept_slope_correlation(move_origin([[4, 0], [0, 1]], -3)), 2)
    -0.83
    """
    g = _matrix(cov_re)
    scale = np.sqrt(g[0, 0] * g[1, 1])
    return float(np.clip(g[0, 1] / scale, -1, 1)) if scale > 0 else float("nan")


@guarded(x=guard.numbers)
def between_variance(cov_re: pd.DataFrame | Sequence, x: ArrayLike) -> float | np.ndarray:
    """Variance between groups at x: τ_00 + 2τ_01x + τ_11x².

    Add σ² for the variance function Var(Y | x) of the outcome.

    >>> between_variance([[4.0, -1.0], [-1.0, 1.0]], [0, 1, 2])
    array([4., 3., 4.])
    """
    g, at = _matrix(cov_re), np.asarray(x, dtype=float)
    variance = np.maximum(g[0, 0] + 2 * g[0, 1] * at + g[1, 1] * at**2, 0.0)
    return float(variance) if at.ndim == 0 else variance


def calmest_x(cov_re: pd.DataFrame | Sequence) -> float:
    """Where the lines lie closest together, −τ_01/τ_11: there ρ_01 is 0. nan where τ_11 is 0.

    >>> calmest_x([[4.0, -1.0], [-1.0, 0.5]])
    2.0
    """
    g = _matrix(cov_re)
    return float(-g[0, 1] / g[1, 1]) if g[1, 1] > 0 else float("nan")


@guarded(gamma10=guard.number(), level=guard.level)
def slope_range(gamma10: float, tau11: float, level: float = 0.95) -> tuple[float, float]:
    """Between which two slopes the middle `level` of all groups lie: γ_10 ± z·√τ_11.

    The spread of the groups' true slopes, which are taken as normal: no confidence interval,
    it doesn't shrink with more data.

    >>> low, high = slope_range(10.467, 35.07)
    >>> round(low, 1), round(high, 1)
    (-1.1, 22.1)
    """
    half = stats.norm.ppf((1 + check_number(level, "level", low=0, high=1)) / 2) * np.sqrt(
        check_variance(tau11, "tau11")
    )
    return float(gamma10 - half), float(gamma10 + half)


@guarded(gamma10=guard.number())
def share_negative(gamma10: float, tau11: float) -> float:
    """Share of groups whose true slope is below zero, Φ(−γ_10/√τ_11), in the normal model.

    >>> round(share_negative(10.467, 35.07), 3)
    0.039
    """
    return float(stats.norm.cdf(0, gamma10, np.sqrt(check_variance(tau11, "tau11", positive=True))))


@guarded(data=guard.table, outcome=guard.no_holes, x=guard.no_holes, groups=guard.labels)
def group_lines(data: pd.DataFrame, outcome: str, x: str, groups: str) -> pd.DataFrame:
    """Each group's own least-squares line: no pooling.

    Returns
    -------
    DataFrame
        One row a group: ``intercept`` (height at x = 0), ``slope``, ``n``, and ``ss_x``, the sum
        of squares of x around the group's mean. Groups in which x doesn't vary have nan.

    Examples
    --------
    >>> pupils = pd.DataFrame({"school": list("aabb"), "x": [0, 1, 0, 2.0], "y": [1, 3, 5, 5.0]})
    >>> group_lines(pupils, "y", "x", "school").loc["a"].tolist()
    [1.0, 2.0, 2.0, 0.5]
    """
    missing = [name for name in (outcome, x, groups) if name not in data]
    if missing:
        raise ValueError(f"{missing[0]!r} is not a column; columns are {', '.join(data.columns)}")
    grouped = data.groupby(groups, observed=True)
    means = grouped[[x, outcome]].mean()
    apart = data[[x, outcome]] - grouped[[x, outcome]].transform("mean")
    sums = (
        apart[[x]]
        .assign(xx=apart[x] ** 2, xy=apart[x] * apart[outcome])
        .groupby(data[groups], observed=True)[["xx", "xy"]]
        .sum()
    )
    slope = (sums["xy"] / sums["xx"]).where(sums["xx"] > 0)
    return pd.DataFrame(
        {
            "intercept": means[outcome] - slope * means[x],
            "slope": slope,
            "n": grouped.size(),
            "ss_x": sums["xx"],
        }
    )


def draw_group_lines(
    cov_re: pd.DataFrame | Sequence, n_groups: int, rng: np.random.Generator
) -> np.ndarray:
    """Deviations (u_0j, u_1j), shape (J, 2), with mean 0 and covariance exactly G.

    Standard normal pairs, whitened so that their sample moments (divisor J) are exact: with the
    same `rng` the lines move smoothly as G changes.

    >>> u = draw_group_lines([[4, 1], [1, 1]], 30, np.random.default_rng(1))
    >>> np.cov(u.T, ddof=0).round(6)
    array([[4., 1.],
           [1., 1.]])
    """
    check_rng(rng)
    z = rng.standard_normal((check_count(n_groups, "n_groups", low=3), 2))
    z -= z.mean(axis=0)
    z = np.linalg.solve(np.linalg.cholesky(z.T @ z / len(z)), z.T)
    g = _matrix(cov_re)
    sd0, sd1 = np.sqrt(np.diag(g))
    rho = g[0, 1] / (sd0 * sd1) if sd0 * sd1 > 0 else 0.0
    rest = np.sqrt(max(1 - rho**2, 0.0))
    return np.column_stack([sd0 * z[0], sd1 * (rho * z[0] + rest * z[1])])


@guarded(
    data=guard.table,
    outcome=guard.no_holes,
    x=guard.no_holes,
    groups=guard.labels,
    origins=guard.list_of(guard.number()),
    correlated=guard.flag,
)
def fits_by_origin(
    data: pd.DataFrame,
    outcome: str,
    x: str,
    groups: str,
    origins: Sequence[float],
    *,
    correlated: bool = True,
) -> pd.DataFrame:
    """Refit ``outcome ~ x`` with random intercept and slope, x measured from each origin.

    Returns
    -------
    DataFrame
        Indexed by origin: ``llf`` (REML), ``tau00``, ``tau11``, ``rho01``, ``slope``, ``slope_se``,
        and ``lines_moved``: how far any fitted value lies from that at the first origin.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> sleep = load_data("sleepstudy")
    >>> fits_by_origin(sleep, "Reaction", "Days", "Subject", [0, 9])["rho01"].round(2).tolist()
    [0.07, 0.91]
    """
    from hlm_teach.lmm.fit import fit_lmm  # late: all else here is arithmetic, loaded by labs

    rows, first = [], None
    for origin in origins:
        moved = pd.DataFrame(
            {
                "y": data[outcome],
                "x": data[x] - check_number(origin, "origins"),
                "group": data[groups],
            }
        )
        fit = fit_lmm("y ~ x", moved, "group", "1 + x", correlated=correlated)
        first = fit.fittedvalues if first is None else first
        rows.append(
            {
                "llf": fit.llf,
                "tau00": fit.vcomp["Intercept"],
                "tau11": fit.vcomp["x"],
                "rho01": intercept_slope_correlation(fit.cov_re),
                "slope": fit.params["x"],
                "slope_se": fit.bse["x"],
                "lines_moved": float(np.abs(fit.fittedvalues - first).max()),
            }
        )
    return pd.DataFrame(rows, index=pd.Index(list(origins), name="origin"))


def _matrix(cov_re: pd.DataFrame | Sequence) -> np.ndarray:
    """`cov_re` as a checked 2 × 2 covariance matrix."""
    try:
        g = np.asarray(cov_re, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"cov_re must be a 2 × 2 matrix of numbers, not {shortened(cov_re)}"
        ) from None
    if g.shape != (2, 2) or not np.isfinite(g).all():
        raise ValueError(
            "cov_re must be a finite 2 × 2 matrix (random intercept and slope); "
            f"shape {g.shape} was given"
        )
    slack = 1e-8 * max(np.abs(g).max(), 1e-300)
    if abs(g[0, 1] - g[1, 0]) > slack or np.linalg.eigvalsh(g)[0] < -slack:
        raise ValueError(
            "cov_re must be symmetric, with no negative variance and no correlation "
            f"beyond ±1; given {g.tolist()}"
        )
    return g
