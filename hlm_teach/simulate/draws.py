"""The random parts of simulated two-level data: predictors, deviations, dropout.

`simulate_two_level` checks what was asked for and adds these parts up.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from hlm_teach._shared.checks import check_number, check_variance


def draw_standard(shape: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` independent values with mean 0 and variance 1."""
    if shape == "skewed":
        return rng.standard_exponential(size) - 1
    if shape == "heavy-tailed":
        return rng.standard_t(5, size) / np.sqrt(5 / 3)  # Var(t_5) = 5/3
    return rng.standard_normal(size)


def draw_x(
    sizes: np.ndarray, x_icc: object, occasions: np.ndarray | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return x, shape (N,), and the standardised group means, shape (J,) (None if all equal).

    With z independent standard normal, x = √(1−ρ)(z − z̄_j) + √(1+(n_j−1)ρ)·z̄_j has variance 1
    and correlation ρ within groups, down to ρ = −1/(n−1) where the group means vanish.
    """
    rho = check_number(x_icc, "x_icc", high=1)
    if occasions is not None:
        _refuse_nonzero("x_values fix x, so", x_icc=rho)
        return np.tile(occasions, len(sizes)), None
    lowest = -1 / (sizes.max() - 1) if sizes.max() > 1 else 0.0
    if rho < lowest - 1e-12:
        raise ValueError(
            f"x_icc cannot be below −1/(n−1) = {lowest:.4g} for groups of {sizes.max()}, "
            f"but x_icc={rho:g} was given"
        )
    group = np.repeat(np.arange(len(sizes)), sizes)
    z = rng.standard_normal(len(group))
    z_mean = np.bincount(group, weights=z) / sizes
    mean_factor = np.sqrt(np.maximum(1 + (sizes - 1) * rho, 0))
    mean_factor[mean_factor < 1e-6] = 0  # ρ = −1/(n−1) up to rounding: exactly centred
    x = np.sqrt(1 - rho) * (z - z_mean[group]) + (mean_factor * z_mean)[group]
    return x, np.sqrt(sizes) * z_mean if mean_factor.all() else None


def _refuse_nonzero(reason: str, **options: float) -> None:
    """Raise a ValueError if an option is used that `reason` rules out."""
    for name, value in options.items():
        if value != 0:
            raise ValueError(f"{reason} {name} must be 0, but {name}={value:g} was given")


def draw_u(
    spread: dict[str, float],
    shape: str,
    mean_score: np.ndarray | None,
    corr_ux: object,
    n_groups: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw intercept and slope deviations, shape (2, J)."""
    first, second = draw_standard(shape, 2 * n_groups, rng).reshape(2, n_groups)
    corr = check_number(corr_ux, "corr_ux", low=-1, high=1)
    if mean_score is None:
        _refuse_nonzero("the group means of x do not vary, so", corr_ux=corr)
    else:
        first = corr * mean_score + np.sqrt(1 - corr**2) * first
    rho = spread["rho01"]
    second = rho * first + np.sqrt(1 - rho**2) * second
    return np.array([np.sqrt(spread["tau00"]) * first, np.sqrt(spread["tau11"]) * second])


def draw_w(
    w: object, fixed: dict[str, float], n_groups: int, rng: np.random.Generator
) -> np.ndarray | None:
    """Return the level-2 predictor, shape (J,), or None where the model has none."""
    if w is None:
        if fixed["gamma01"] == fixed["gamma11"] == 0:
            return None
        w = "normal"
    if isinstance(w, str):
        if w not in ("normal", "binary"):
            raise ValueError(f"w must be 'normal', 'binary' or {n_groups} values, not {w!r}")
        treated = np.arange(n_groups) < n_groups // 2
        return rng.standard_normal(n_groups) if w == "normal" else rng.permutation(treated) * 1
    values = np.asarray(w, dtype=float)
    if values.shape != (n_groups,) or not np.isfinite(values).all():
        raise ValueError(
            f"w must hold {n_groups} finite values, one per group; shape {values.shape} was given"
        )
    return values


def drop_out(
    data: pd.DataFrame,
    n_groups: int,
    occasions: np.ndarray | None,
    dropout: object,
    dropout_slope: object,
    fixed: dict[str, float],
    spread: dict[str, float],
    rng: np.random.Generator,
    unseen: float = 0.0,
) -> pd.DataFrame:
    """Keep each group's occasions up to the one after which it leaves.

    `unseen` is the weight of the next value, which is not seen then, against the last one seen.
    """
    rate = check_number(dropout, "dropout", low=0, high=1)
    steepness = check_number(dropout_slope, "dropout_slope")
    if rate == 0:
        _refuse_nonzero("without dropout", dropout_slope=steepness)
        return data
    if occasions is None or rate == 1:
        raise ValueError("dropout must be below 1 and needs x_values, the occasions in order")
    total = check_variance(spread["tau00"] + spread["sigma2"], "tau00 + sigma2", positive=True)
    y = data["y"].to_numpy().reshape(n_groups, -1)
    decides = (1 - unseen) * y[:, :-1] + unseen * y[:, 1:]
    score = (decides - fixed["gamma00"]) / np.sqrt(total)
    chance = expit(logit(rate) + steepness * score)
    stays = rng.random(chance.shape) >= chance
    present = np.column_stack([np.ones(n_groups, bool), np.cumprod(stays, axis=1).astype(bool)])
    return data[present.ravel()].reset_index(drop=True)
