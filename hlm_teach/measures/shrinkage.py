"""Three ways to learn a group's mean: complete pooling, no pooling, partial pooling.

For group means ȳ_j of n_j individuals, ȳ_j = γ_00 + u_j + ē_j with Var(u_j) = τ_00 and
Var(ē_j) = σ²/n_j, the best linear prediction of group j's mean is::

    γ_00 + λ_j·(ȳ_j − γ_00),    λ_j = τ_00 / (τ_00 + σ²/n_j)

`pool` gives all three at once, `expected_errors` and `errors_given_u` say how far each is off, and
`held_out_errors` tries them on real data: fitted on one part of each group, judged by the rest.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.checks import (
    check_column,
    check_count,
    check_number,
    check_numeric_column,
    check_rng,
    check_sizes,
    check_variance,
    shortened,
)
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.fit import fit_lmm

from .reliability import mean_reliability


@dataclass(frozen=True)
class Poolings:
    """Three estimates of J group means, in the outcome's units.

    Attributes
    ----------
    gamma00 : float
        Mean of the groups that partial pooling pulls towards.
    complete : float
        One mean for all individuals.
    none, partial : ndarray of shape (J,)
        Each group's own mean; its BLUP γ_00 + u_j.
    reliability : ndarray of shape (J,)
        λ_j, the weight that a group's own mean has in its BLUP.
    se : ndarray of shape (J,)
        √(τ_00(1 − λ_j)), the standard deviation of u_j around its BLUP, γ_00 taken as known.
    """

    gamma00: float
    complete: float
    none: np.ndarray
    partial: np.ndarray
    reliability: np.ndarray
    se: np.ndarray


@guarded(means=guard.any_of(guard.numbers, guard.list_of(guard.any_number)))
def pool(
    means: ArrayLike, sizes: ArrayLike, *, tau00: float, sigma2: float, gamma00: float | None = None
) -> Poolings:
    """Pool group means completely, not at all, and partially, with given variances.

    Parameters
    ----------
    means : sequence of float
        ȳ_j, one mean per group.
    sizes : sequence of int
        n_j.
    tau00, sigma2 : float
        Variances between and within groups.
    gamma00 : float, optional
        Mean of the groups. Left out, the generalised-least-squares mean of the ȳ_j is used, with
        weights 1/(τ_00 + σ²/n_j).

    Raises
    ------
    TypeError, ValueError
        If the arguments do not fit together, or both variances are 0.

    References
    ----------
    Raudenbush, S. W., & Bryk, A. S. (2002). Hierarchical Linear Models (2nd ed.). Sage, chapter 3.

    Examples
    --------
    >>> pooled = pool([10, 20], [2, 2], tau00=25, sigma2=50)
    >>> pooled.partial, pooled.reliability
    (array([12.5, 17.5]), array([0.5, 0.5]))
    """
    y, n = np.asarray(means, dtype=float), check_sizes(sizes, "sizes")
    if y.shape != n.shape or not np.isfinite(y).all():
        raise ValueError(
            f"means must hold one finite mean for each of the {len(n)} sizes; "
            f"shape {y.shape} was given"
        )
    reliability = np.asarray(mean_reliability(tau00, sigma2, n))
    weights = 1 / (tau00 + sigma2 / n)
    centre = weights @ y / weights.sum() if gamma00 is None else check_number(gamma00, "gamma00")
    return Poolings(
        gamma00=float(centre),
        complete=float(n @ y / n.sum()),
        none=y,
        partial=centre + reliability * (y - centre),
        reliability=reliability,
        se=np.sqrt(tau00 * (1 - reliability)),
    )


def expected_errors(n: ArrayLike, *, tau00: float, sigma2: float) -> pd.DataFrame:
    """Mean squared error of the three poolings over groups drawn from the population.

    ::

        complete  τ_00        none  σ²/n        partial  λσ²/n = τ_00(1 − λ)

    γ_00 is taken as known, as it nearly is with many groups.

    Parameters
    ----------
    n : int or sequence of int
        Individuals per group.
    tau00, sigma2 : float
        Variances between and within groups.

    Returns
    -------
    DataFrame
        One row per n; columns complete, none, partial, in squared units of the outcome.

    Raises
    ------
    TypeError, ValueError
        As `variance.mean_reliability`.

    Examples
    --------
    >>> expected_errors([1, 4], tau00=1, sigma2=4).values.tolist()
    [[1.0, 4.0, 0.8], [1.0, 1.0, 0.5]]
    """
    sizes = check_sizes(n, "n")
    own = check_variance(sigma2, "sigma2") / sizes
    return pd.DataFrame(
        {
            "complete": float(check_variance(tau00, "tau00")),
            "none": own,
            "partial": mean_reliability(tau00, sigma2, sizes) * own,
        },
        index=pd.Index(sizes, name="n"),
    )


@guarded(u=guard.values_of(guard.number()))
def errors_given_u(u: float | np.ndarray, *, tau00: float, sigma2: float, n: int) -> pd.DataFrame:
    """Mean squared error of a group's own mean and of its BLUP, given the group's u.

    ::

        own mean  σ²/n        BLUP  (1 − λ)²u² + λ²σ²/n

    The first term is the square of the BLUP's bias towards the mean, −(1 − λ)u. Averaged over
    u ~ N(0, τ_00) the BLUP's error is λσ²/n, always the smaller one; for one extreme group
    (see `break_even_u`) it is not.

    Parameters
    ----------
    u : float or ndarray
        Deviation of the group's true mean from γ_00.
    tau00, sigma2 : float
        Variances between and within groups.
    n : int
        Individuals in the group.

    Returns
    -------
    DataFrame
        Index u; columns none, partial.

    Examples
    --------
    >>> errors_given_u([0, 3], tau00=1, sigma2=4, n=4).round(2).values.tolist()
    [[1.0, 0.25], [1.0, 2.5]]
    """
    at, lam = np.atleast_1d(np.asarray(u, dtype=float)), mean_reliability(tau00, sigma2, n)
    own = sigma2 / n
    return pd.DataFrame(
        {"none": own, "partial": (1 - lam) ** 2 * at**2 + lam**2 * own},
        index=pd.Index(at, name="u"),
    )


def break_even_u(*, tau00: float, sigma2: float, n: int) -> float:
    """How far from the mean a group must be for its BLUP to be worse than its own mean.

    ::

        |u| > √(2τ_00 + σ²/n)

    which solves (1 − λ)²u² + λ²σ²/n = σ²/n.

    Examples
    --------
    >>> round(break_even_u(tau00=1, sigma2=4, n=4), 3)
    1.732
    """
    return float(
        np.sqrt(
            2 * check_variance(tau00, "tau00")
            + check_variance(sigma2, "sigma2") / check_count(n, "n")
        )
    )


@guarded(data=guard.table, outcome=guard.no_holes, groups=guard.labels)
def held_out_errors(
    data: pd.DataFrame,
    outcome: str,
    groups: str,
    *,
    n_train: int | None = None,
    n_splits: int = 1,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """How well three poolings predict the mean of individuals that they have not seen.

    Every group is split at random. The null model is fitted (REML) to one part; the mean of the
    other part is predicted by the group's own mean, by its BLUP, and by the overall mean.

    Parameters
    ----------
    data : DataFrame
        One row per individual, no missing values in the two columns.
    outcome, groups : str
        Column names.
    n_train : int, optional
        Individuals of each group to learn from; left out, half of each group (rounded down).
    n_splits : int
        Number of random splits to average over.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame
        One row per group: n (its size), and mean squared errors complete, none, partial. They
        contain the luck of the held-out mean itself, the same for all three.

    Raises
    ------
    TypeError, ValueError
        If a column does not fit, or a group is too small to be split so.

    Examples
    --------
    >>> from hlm_teach import load_data
    >>> errors = held_out_errors(load_data("hsb"), "math", "school", n_train=5,
    ...                          rng=np.random.default_rng(1))
    >>> errors.shape, bool(errors["partial"].mean() < errors["none"].mean())
    ((160, 4), True)
    """
    check_rng(rng)
    values = check_numeric_column(data, outcome, "outcome").to_numpy()
    codes, labels = pd.factorize(data[check_column(data, groups, "groups")], sort=True)
    sizes = np.bincount(codes)
    learn = sizes // 2 if n_train is None else np.full(len(sizes), check_count(n_train, "n_train"))
    if (learn < 1).any() or (learn >= sizes).any():
        small = int(np.argmax((learn < 1) | (learn >= sizes)))
        raise ValueError(
            f"groups={groups!r}: group {shortened(labels[small])} has {sizes[small]} rows: too few to learn from "
            f"{'half' if n_train is None else n_train} and keep some"
        )
    errors = (
        sum(
            _one_split(values, codes, sizes, learn, rng)
            for _ in range(check_count(n_splits, "n_splits"))
        )
        / n_splits
    )
    table = pd.DataFrame(
        errors, index=pd.Index(labels, name=groups), columns=["complete", "none", "partial"]
    )
    table.insert(0, "n", sizes)
    return table


def _one_split(values, codes, sizes, learn, rng) -> np.ndarray:
    """Squared errors (J, 3) of complete, no and partial pooling in one random split."""
    order = np.lexsort((rng.random(len(values)), codes))
    place = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    seen = place < learn[codes[order]]
    y, group = values[order], codes[order]
    fit = fit_lmm("y ~ 1", pd.DataFrame({"y": y[seen], "group": group[seen]}), "group")
    own = np.bincount(group[seen], y[seen]) / learn
    target = np.bincount(group[~seen], y[~seen]) / (sizes - learn)
    blup = fit.params["Intercept"] + fit.random_effects["Intercept"].to_numpy()
    predictions = np.column_stack([np.full(len(own), y[seen].mean()), own, blup])
    return (predictions - target[:, None]) ** 2
