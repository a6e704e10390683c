"""Simulated multilevel data whose true parameters are known.

`simulate_two_level` draws individuals in groups. All variances are variances, never standard deviations.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.checks import (
    check_count,
    check_number,
    check_rng,
    check_sizes,
    check_total,
    check_variance,
)
from hlm_teach._shared.guard import guarded

from . import exact as _exact
from .draws import draw_standard, draw_u, draw_w, draw_x, drop_out

_DISTRIBUTIONS = ("normal", "skewed", "heavy-tailed")


@guarded(
    x_values=guard.optional(guard.list_of(guard.any_number)),
    w=guard.optional(guard.any_of(guard.text(40), guard.list_of(guard.number()))),
    u_distribution=guard.hashable,
    e_distribution=guard.hashable,
    exact=guard.any_of(guard.flag, guard.text(40)),
    keep_effects=guard.flag,
)
def simulate_two_level(
    *,
    n_groups: int,
    group_size: int | Sequence[int],
    gamma00: float = 0.0,
    gamma10: float = 0.0,
    tau00: float,
    tau11: float = 0.0,
    rho01: float = 0.0,
    sigma2: float,
    rng: np.random.Generator,
    exact: bool | str = False,
    x_icc: float = 0.0,
    x_values: Sequence[float] | None = None,
    contextual: float = 0.0,
    w: str | ArrayLike | None = None,
    gamma01: float = 0.0,
    gamma11: float = 0.0,
    corr_ux: float = 0.0,
    u_distribution: str = "normal",
    e_distribution: str = "normal",
    dropout: float = 0.0,
    dropout_slope: float = 0.0,
    keep_effects: bool = False,
) -> pd.DataFrame:
    """Draw individuals in groups from a two-level linear model with known parameters.

    For individual i in group j, with x̄_j the mean of x over the group's individuals::

        y_ij = β_0j + β_1j·x_ij + e_ij
        β_0j = γ_00 + γ_01·w_j + contextual·x̄_j + u_0j
        β_1j = γ_10 + γ_11·w_j + u_1j

    Var(u_0j) = τ_00, Var(u_1j) = τ_11, Corr(u_0j, u_1j) = ρ_01, Var(e_ij) = σ².  Unless
    `x_values` are given, x has mean 0 and variance 1 over the population.

    Parameters
    ----------
    n_groups : int
        Number of groups J.
    group_size : int or sequence of int
        Individuals in each group, or one size for each of the J groups.
    gamma00, gamma10 : float
        Mean intercept and mean slope of x, in units of y and of y per unit of x.
    tau00, tau11 : float
        Variances of intercepts and of slopes.
    rho01 : float
        Correlation of u_0j and u_1j; without effect where one of the variances is 0.
    sigma2 : float
        Variance within groups.
    rng : numpy.random.Generator
        Source of randomness: ``np.random.default_rng(seed)``.
    exact : bool or "null"
        True: the REML estimates from the returned data equal the given parameters; see Notes.
    x_icc : float
        Intraclass correlation of x itself: 1 makes x a level-2 predictor, 0 independent
        draws, −1/(n−1) a predictor centred within groups (n the largest group's size).
    x_values : sequence of float, optional
        The values of x in every group, in order, for example the occasions of a growth study.
    contextual : float
        Contextual effect: what x̄_j adds over and above x_ij (between minus within slope).
    w : "normal", "binary" or sequence of float, optional
        Level-2 predictor: standard normal; 0/1 with half of the groups at 1; or J values.
        Drawn "normal" where it is not given but `gamma01` or `gamma11` is not 0.
    gamma01, gamma11 : float
        Effects of w on the intercept and on the slope (cross-level interaction).
    corr_ux : float
        Correlation of u_0j with x̄_j: anything but 0 breaks the assumption Cov(u, x) = 0.
    u_distribution, e_distribution : {"normal", "skewed", "heavy-tailed"}
        Shape, always with the stated variances: exponential (skewness 2) or Student's t with
        5 degrees of freedom (excess kurtosis 6).  Where `rho01` or `corr_ux` mixes draws,
        the shape belongs to the draws before mixing.
    dropout, dropout_slope : float
        Chance that a group leaves after an occasion, given its last observed value y:
        logit P = logit(dropout) + dropout_slope·(y − γ_00)/√(τ_00 + σ²).  The occasions after
        that are missing at random (MAR) and not in the returned data; the first one always is.
        Needs `x_values`.
    keep_effects : bool
        Add the columns u0, u1 and e, which no real data set shows.

    Returns
    -------
    DataFrame
        Columns group (0 to J − 1), x, y; also w, u0, u1, e where asked for.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or options contradict each other.

    Notes
    -----
    ``exact=True`` reproduces the parameters in the REML fit of ``y ~ x`` with random
    intercept and slope and, where τ_11 = 0, also with a random intercept alone: in every
    group x has mean 0 and variance 1 (or is `x_values`); the J lines fitted to the groups
    have covariance G + σ²(X_j'X_j)⁻¹, divisor J − 1; the residuals around them sum to
    σ²·J(n − 2) in squares.  The pooled slope then leaves σ²·(J(n − 1) − 1), which is what
    the random-intercept fit with one slope needs.

    ``exact="null"`` reproduces them in the REML fit of ``y ~ 1`` with a random intercept: the
    group means have variance τ_00 + σ²/n and the squares within groups sum to σ²·J(n − 1).
    One data set cannot do both: they differ in one degree of freedom.

    References
    ----------
    Raudenbush, S. W., & Bryk, A. S. (2002). Hierarchical Linear Models (2nd ed.). Sage.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> pupils = simulate_two_level(n_groups=30, group_size=20, tau00=4, sigma2=16, rng=rng)
    >>> pupils.shape, list(pupils.columns)
    ((600, 3), ['group', 'x', 'y'])
    """
    check_rng(rng)
    sizes = _group_sizes(n_groups, group_size)
    fixed = _numbers(
        gamma00=gamma00, gamma10=gamma10, gamma01=gamma01, gamma11=gamma11, contextual=contextual
    )
    spread = _spread(tau00, tau11, rho01, sigma2)
    shapes = _shapes(u_distribution, e_distribution)
    occasions = _occasions(x_values, sizes)
    if exact is not False:
        _exact.refuse_options(
            x_icc=x_icc,
            contextual=contextual,
            w=w is not None,
            gamma01=gamma01,
            gamma11=gamma11,
            corr_ux=corr_ux,
            u_distribution=u_distribution != "normal",
            e_distribution=e_distribution != "normal",
            dropout=dropout,
            keep_effects=keep_effects,
        )
        return _exact.two_level(exact, sizes, fixed, spread, occasions, rng)
    x, mean_score = draw_x(sizes, x_icc, occasions, rng)
    u = draw_u(spread, shapes["u"], mean_score, corr_ux, len(sizes), rng)
    e = np.sqrt(spread["sigma2"]) * draw_standard(shapes["e"], len(x), rng)
    w_values = draw_w(w, fixed, len(sizes), rng)
    data = _assemble(sizes, x, w_values, u, e, fixed)
    data = drop_out(data, len(sizes), occasions, dropout, dropout_slope, fixed, spread, rng)
    hidden = [] if keep_effects else ["u0", "u1", "e"]
    unused = ["w"] if w_values is None else []
    return data.drop(columns=hidden + unused)


def _numbers(**values: object) -> dict[str, float]:
    """Check that every value is a finite number."""
    return {name: check_number(value, name) for name, value in values.items()}


def _group_sizes(n_groups: object, group_size: object) -> np.ndarray:
    """Return the J group sizes, shape (J,)."""
    count = check_count(n_groups, "n_groups", low=2)
    sizes = check_sizes(group_size, "group_size")
    total = sizes.sum(dtype=float) * (count if len(sizes) == 1 else 1)
    check_total(total, "n_groups × group_size", each=100)
    if np.asarray(group_size).ndim == 0:
        return np.repeat(sizes, count)
    if len(sizes) != count:
        raise ValueError(f"group_size holds {len(sizes)} sizes, but n_groups={count}")
    return sizes


def _spread(tau00: object, tau11: object, rho01: object, sigma2: object) -> dict[str, float]:
    """Check the variances and the correlation."""
    return {
        "tau00": check_variance(tau00, "tau00"),
        "tau11": check_variance(tau11, "tau11"),
        "rho01": check_number(rho01, "rho01", low=-1, high=1),
        "sigma2": check_variance(sigma2, "sigma2"),
    }


def _shapes(u_distribution: object, e_distribution: object) -> dict[str, str]:
    """Check the names of the distributions."""
    for name, value in (("u_distribution", u_distribution), ("e_distribution", e_distribution)):
        if value not in _DISTRIBUTIONS:
            raise ValueError(f"{name} must be one of {_DISTRIBUTIONS}, but {value!r} was given")
    return {"u": str(u_distribution), "e": str(e_distribution)}


def _occasions(x_values: object, sizes: np.ndarray) -> np.ndarray | None:
    """Return the common values of x, shape (n,), or None where x is to be drawn."""
    if x_values is None:
        return None
    values = np.asarray(x_values, dtype=float)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError("x_values must be one row of finite numbers, the x of every group")
    if (sizes != len(values)).any():
        raise ValueError(
            f"x_values holds {len(values)} values, so group_size must be {len(values)}, "
            f"but sizes from {sizes.min()} to {sizes.max()} were given"
        )
    return values


def _assemble(
    sizes: np.ndarray,
    x: np.ndarray,
    w: np.ndarray | None,
    u: np.ndarray,
    e: np.ndarray,
    fixed: dict[str, float],
) -> pd.DataFrame:
    """Add up the parts of the model."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    x_mean = (np.bincount(group, weights=x) / sizes)[group]
    w_long = np.zeros(len(x)) if w is None else w[group]
    intercept = fixed["gamma00"] + fixed["gamma01"] * w_long + fixed["contextual"] * x_mean
    slope = fixed["gamma10"] + fixed["gamma11"] * w_long
    y = intercept + u[0][group] + (slope + u[1][group]) * x + e
    return pd.DataFrame(
        {"group": group, "x": x, "w": w_long, "y": y, "u0": u[0][group], "u1": u[1][group], "e": e}
    )
