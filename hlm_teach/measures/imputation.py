"""A predictor with gaps: what dropping rows and filling in do to both levels of a model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.optimum import fit_profiled
from hlm_teach.lmm.response import make_response

WAYS = (
    "rows with gaps left out",
    "mean filled in",
    "regression filled in",
    "imputed 5 times, groups ignored",
    "imputed 5 times, groups in the model",
)
ESTIMATES = ("slope", "se", "tau00", "sigma2")


@guarded(
    data=guard.table_with("group", numeric=("x", "y"), holes=True),
    way=guard.one_of(*WAYS),
    rng=guard.generator,
)
def fill_in(data: pd.DataFrame, way: str, *, rng: np.random.Generator) -> list[pd.DataFrame]:
    r"""Complete tables made of one whose predictor x has gaps.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y; only x may have gaps.
    way : str
        One of `WAYS`. The mean; the value expected from a regression of x on y; draws from the
        predictive distribution of that regression (Rubin's proper imputation: σ², coefficients
        and residuals are drawn), five times; or draws from a model of x on y and on the group's
        mean of y with a random intercept for the group, five times (coefficients, the group's
        effect and residuals are drawn; the two variances are taken at their REML estimates).
    rng : numpy.random.Generator

    Returns
    -------
    list of DataFrame
        One table, or five.

    Raises
    ------
    ValueError
        If y or group has gaps, or fewer than ten values of x are there.

    References
    ----------
    Grund, S., Lüdtke, O., & Robitzsch, A. (2018). Multiple imputation of missing data for multilevel
    models: simulations and recommendations. Organizational Research Methods, 21(1),
    doi:10.1177/1094428117703686.

    Examples
    --------
    >>> data = pd.DataFrame({"group": list("aabb") * 4, "x": [1.0, 2, 3, np.nan] * 4, "y": range(16)})
    >>> filled = fill_in(data, "mean filled in", rng=np.random.default_rng(1))
    >>> float(filled[0]["x"].iloc[3])
    2.0
    """
    if data[["group", "y"]].isna().any(axis=None):
        raise ValueError(
            "data: only x may have gaps, but group or y has some: leave those rows out"
        )
    gaps = data["x"].isna().to_numpy(dtype=bool)
    if (~gaps).sum() < 10:
        raise ValueError(f"data: x is there in {(~gaps).sum()} rows; ten are needed to learn from")
    if way == WAYS[0]:
        return [data[~gaps].reset_index(drop=True)]
    times = 5 if way.startswith("imputed") else 1
    values = _predicted(data, gaps, way, times, rng)
    return [data.assign(x=_put(data["x"], gaps, one)) for one in values]


def _put(x: pd.Series, gaps: NDArray[np.bool_], values: Array) -> Array:
    full = x.to_numpy(dtype=float, copy=True)
    full[gaps] = values
    return full


def _predicted(
    data: pd.DataFrame, gaps: NDArray[np.bool_], way: str, times: int, rng: np.random.Generator
) -> list[Array]:
    """Values for the gaps, `times` over."""
    x, y = data["x"].to_numpy(dtype=float), data["y"].to_numpy(dtype=float)
    if way == WAYS[1]:
        return [np.full(gaps.sum(), x[~gaps].mean())]
    if way == WAYS[4]:
        return [_drawn_with_groups(data, gaps, rng) for _ in range(times)]
    design = np.column_stack([np.ones(len(y)), y])
    b, left = np.linalg.lstsq(design[~gaps], x[~gaps], rcond=None)[:2]
    if way == WAYS[2]:
        return [design[gaps] @ b]
    free = (~gaps).sum() - 2
    root = np.linalg.cholesky(np.linalg.inv(design[~gaps].T @ design[~gaps]))
    found = []
    for _ in range(times):
        sigma = np.sqrt(left[0] / rng.chisquare(free))
        drawn = b + sigma * root @ rng.standard_normal(2)
        found.append(design[gaps] @ drawn + sigma * rng.standard_normal(gaps.sum()))
    return found


def _drawn_with_groups(
    data: pd.DataFrame, gaps: NDArray[np.bool_], rng: np.random.Generator
) -> Array:
    """One draw for the gaps from x ~ y + mean of y, with a random intercept for the group."""
    of_group = data.groupby("group")["y"].transform("mean")
    design = np.column_stack([np.ones(len(data)), data["y"], of_group])
    codes = pd.factorize(data["group"])[0]
    x = data["x"].to_numpy(dtype=float)
    fit = _fit(design[~gaps], x[~gaps], codes[~gaps])
    b = rng.multivariate_normal(fit.params[0], fit.cov_params[0])
    tau00, sigma2 = float(fit.cov_re[0, 0, 0]), float(fit.sigma2[0])
    n = np.bincount(codes[~gaps], minlength=codes.max() + 1)
    total = np.bincount(codes[~gaps], x[~gaps] - design[~gaps] @ b, minlength=codes.max() + 1)
    precision = n * tau00 + sigma2
    u = tau00 * total / precision + np.sqrt(tau00 * sigma2 / precision) * rng.standard_normal(
        len(n)
    )
    luck = np.sqrt(sigma2) * rng.standard_normal(gaps.sum())
    return design[gaps] @ b + u[codes[gaps]] + luck


def _fit(design: Array, y: Array, codes: Array):
    model = make_design(design, design[:, :1], codes)
    return fit_profiled(model, make_response(model, y[None]))


@guarded(tables=guard.list_of(guard.table_with("group", numeric=("x", "y"))))
def pooled_fit(tables: Sequence[pd.DataFrame]) -> pd.Series:
    r"""The random-intercept model y ~ x of several completed tables, pooled by Rubin's rules.

    Estimates are averaged; with W the mean squared standard error and B the variance of the
    estimates over m tables,

    .. math:: SE^2 = W + (1 + 1/m)\,B.

    Parameters
    ----------
    tables : list of DataFrame
        Each with columns group, x, y and no gaps; one table is fitted as it is.

    Returns
    -------
    Series
        slope, se, tau00, sigma2.

    References
    ----------
    Rubin, D. B. (1987). Multiple Imputation for Nonresponse in Surveys. Wiley.

    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"group": np.repeat(np.arange(8), 5), "x": rng.normal(size=40)})
    >>> data["y"] = 2 * data["x"] + rng.normal(size=40)
    >>> bool(abs(pooled_fit([data])["slope"] - 2) < 0.5)
    True
    """
    found = np.array([_estimates(table) for table in tables])
    mean = found.mean(axis=0)
    if len(found) > 1:
        between = found[:, 0].var(ddof=1)
        mean[1] = np.sqrt(np.mean(found[:, 1] ** 2) + (1 + 1 / len(found)) * between)
    return pd.Series(mean, index=ESTIMATES)


def _estimates(data: pd.DataFrame) -> tuple[float, float, float, float]:
    design = np.column_stack([np.ones(len(data)), data["x"]])
    fit = _fit(design, data["y"].to_numpy(dtype=float), pd.factorize(data["group"])[0])
    return (
        float(fit.params[0, 1]),
        float(np.sqrt(fit.cov_params[0, 1, 1])),
        float(fit.cov_re[0, 0, 0]),
        float(fit.sigma2[0]),
    )
