"""Two-level data whose REML estimates equal the given parameters (see `simulate_two_level`).

In a balanced design the data enter the REML criterion only through the J lines fitted to the
groups and the squared residuals around them.  Draws are shifted, turned and scaled so that
these have the moments the model says they should have in expectation.
"""

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import check_variance


def refuse_options(**options: object) -> None:
    """Raise a ValueError if an option is used that exact data cannot follow."""
    used = [name for name, value in options.items() if value not in (0, False)]
    if used:
        raise ValueError(
            f"exact data cannot be made with {', '.join(used)}: leave exact=False, or leave "
            "these options out"
        )


def two_level(
    exact: object,
    sizes: np.ndarray,
    fixed: dict[str, float],
    spread: dict[str, float],
    occasions: np.ndarray | None,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return exact data for the model with x (`exact` True) or without it ("null")."""
    if exact is not True and exact != "null":
        raise ValueError(f"exact must be True, False or 'null', but exact={exact!r} was given")
    n = _common_size(sizes, smallest=3 if exact is True else 2)
    smallest = 3 if exact is True else 2
    if len(sizes) < smallest:
        raise ValueError(
            f"exact={exact!r} needs at least {smallest} groups, but n_groups={len(sizes)}"
        )
    check_variance(spread["sigma2"], "sigma2", positive=True)
    x = _equal_cross_products(len(sizes), n, occasions, rng)
    make = _y_with_lines if exact is True else _y_without_x
    y = make(x, fixed, spread, rng)
    group = np.repeat(np.arange(len(sizes)), n)
    return pd.DataFrame({"group": group, "x": x.ravel(), "y": y.ravel()})


def _common_size(sizes: np.ndarray, smallest: int) -> int:
    """Return the size n that all groups share."""
    if sizes.min() != sizes.max():
        raise ValueError(
            f"exact data need groups of one size, but group_size runs from {sizes.min()} to "
            f"{sizes.max()}: with unequal groups the estimates have no closed form"
        )
    if sizes[0] < smallest:
        raise ValueError(
            f"group_size must be {smallest} or more for exact data, but {sizes[0]} was given: "
            "nothing would be left to estimate sigma2 from"
        )
    return int(sizes[0])


def _equal_cross_products(
    n_groups: int, n: int, occasions: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    """Return x, shape (J, n), with the same X_j'X_j in every group: mean 0 and variance 1."""
    if occasions is None:
        return _standardise_rows(rng.standard_normal((n_groups, n)))
    if np.ptp(occasions) == 0:
        raise ValueError("x_values are all equal: x must vary within groups for exact data")
    return np.tile(occasions, (n_groups, 1))


def _standardise_rows(draws: np.ndarray) -> np.ndarray:
    """Give every row mean 0 and variance 1 (divisor n − 1)."""
    centred = draws - draws.mean(axis=1, keepdims=True)
    return centred / centred.std(axis=1, ddof=1, keepdims=True)


def _y_with_lines(
    x: np.ndarray, fixed: dict[str, float], spread: dict[str, float], rng: np.random.Generator
) -> np.ndarray:
    """Return y, shape (J, n): lines with covariance G + σ²(X'X)⁻¹, plus residuals around them."""
    n_groups, n = x.shape
    design = np.column_stack([np.ones(n), x[0]])
    sampling = spread["sigma2"] * np.linalg.inv(design.T @ design)
    lines = _with_moments(
        rng.standard_normal((n_groups, 2)),
        np.array([fixed["gamma00"], fixed["gamma10"]]),
        _random_effect_covariance(spread) + sampling,
    )
    residuals = _residuals_around_lines(rng.standard_normal(x.shape), x)
    residuals *= np.sqrt(spread["sigma2"] * n_groups * (n - 2) / np.sum(residuals**2))
    return lines[:, :1] + lines[:, 1:] * x + residuals


def _y_without_x(
    x: np.ndarray, fixed: dict[str, float], spread: dict[str, float], rng: np.random.Generator
) -> np.ndarray:
    """Return y, shape (J, n): means with variance τ_00 + σ²/n, plus deviations from them."""
    if fixed["gamma10"] != 0 or spread["tau11"] != 0:
        raise ValueError("exact='null' is the model without x: gamma10 and tau11 must be 0")
    n_groups, n = x.shape
    means = _with_moments(
        rng.standard_normal((n_groups, 1)),
        np.array([fixed["gamma00"]]),
        np.array([[spread["tau00"] + spread["sigma2"] / n]]),
    )
    draws = rng.standard_normal(x.shape)
    within = draws - draws.mean(axis=1, keepdims=True)
    within *= np.sqrt(spread["sigma2"] * n_groups * (n - 1) / np.sum(within**2))
    return means + within


def _random_effect_covariance(spread: dict[str, float]) -> np.ndarray:
    """Return G = [[τ_00, τ_01], [τ_01, τ_11]]."""
    tau01 = spread["rho01"] * np.sqrt(spread["tau00"] * spread["tau11"])
    return np.array([[spread["tau00"], tau01], [tau01, spread["tau11"]]])


def _with_moments(draws: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Shift and turn draws, shape (J, q), to a given mean and covariance (divisor J − 1)."""
    centred = draws - draws.mean(axis=0)
    present = np.linalg.cholesky(np.atleast_2d(np.cov(centred, rowvar=False)))
    white = np.linalg.solve(present, centred.T)
    return mean + (np.linalg.cholesky(covariance) @ white).T


def _residuals_around_lines(draws: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return what is left of `draws` when the straight line in x is taken out of every row."""
    centred_x = x - x.mean(axis=1, keepdims=True)
    centred = draws - draws.mean(axis=1, keepdims=True)
    slope = np.sum(centred * centred_x, axis=1) / np.sum(centred_x**2, axis=1)
    return centred - slope[:, np.newaxis] * centred_x
