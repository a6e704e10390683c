"""A permutation test for few groups: what else could chance have made of these numbers?

One number a group is all it takes: the group's mean, or its own slope. If a treatment does nothing,
which groups were treated might as well have been drawn otherwise; if slopes centre on zero, each
might as well have the other sign. The p-value is the share of such rearrangements that lie at least
as far from nothing as what was seen. No variance is estimated; but with few groups there are few
rearrangements, and p can't be smaller than one of them (two of them where the mirror image is one).
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

MOST_GROUPS = 1000


@guarded(
    values=guard.numbers,
    arm=guard.optional(guard.list_of(guard.number(low=0, high=1))),
    most=guard.whole(low=99, high=100_000),
    rng=guard.generator,
)
def permutation_test(
    values: ArrayLike, arm: ArrayLike | None = None, *, most: int = 999, rng: np.random.Generator
) -> float | Array:
    """Two-sided p-value of a difference between two arms of groups, or of a mean of zero.

    Parameters
    ----------
    values : array of shape (J,), or (R, J) for R studies of one design
        One number a group: its mean, or its own slope.
    arm : array of shape (J,), optional
        Which groups are treated, 0 or 1: these labels are shuffled. Left out: signs of `values` are
        flipped, which tests whether they centre on 0 (symmetrically).
    most : int
        All rearrangements are taken where there are no more than this; otherwise this many at random,
        and what was seen counts as one of them.
    rng : numpy.random.Generator
        Source of randomness. It isn't used where all rearrangements are taken.

    Returns
    -------
    float or array of shape (R,)

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, a value is missing, or an arm has no group.

    References
    ----------
    Fisher, R. A. (1935). The design of experiments. Oliver & Boyd, chapter 3.

    Examples
    --------
    Three of six groups treated, and the three highest at that: there are 20 ways to choose.

    >>> rng = np.random.default_rng(1)
    >>> permutation_test([7.1, 6.2, 6.6, 4.0, 3.1, 4.4], [1, 1, 1, 0, 0, 0], rng=rng)
    0.1
    >>> permutation_test([0.4, 0.2, 0.5, 0.1, 0.3], rng=rng)
    0.0625
    """
    numbers = np.atleast_2d(np.asarray(values, float))
    _check(numbers, arm)
    if arm is None:
        actual = np.ones(numbers.shape[1])
        drawn, every = _signs(numbers.shape[1], most, rng)
    else:
        treated = np.asarray(arm) == 1
        actual = _contrast(treated)
        drawn, every = _arms(len(actual), int(treated.sum()), most, rng)
    seen, far = np.abs(numbers @ actual), np.abs(numbers @ drawn.T)
    slack = 1e-9 * np.abs(numbers).sum(axis=1, keepdims=True)  # ties are ties, rounded or not
    as_far = np.sum(far >= seen[:, None] - slack, axis=1)
    p = as_far / len(drawn) if every else (as_far + 1) / (len(drawn) + 1)
    return p if np.ndim(values) > 1 else float(p[0])


def _check(numbers: Array, arm: ArrayLike | None) -> None:
    """One finite number a group, and groups in both arms."""
    if numbers.ndim != 2 or not 2 <= numbers.shape[1] <= MOST_GROUPS:
        raise ValueError(
            f"values has shape {numbers.shape}: one number a group is wanted, (J,) or (R, J), for 2 "
            f"to {MOST_GROUPS} groups"
        )
    if not np.isfinite(numbers).all():
        raise ValueError(
            "values has missing or infinite numbers: leave such groups out, and say so"
        )
    if arm is None:
        return
    labels = np.ravel(np.asarray(arm, float))
    if not np.isin(labels, (0, 1)).all():
        raise ValueError("arm holds a number between 0 and 1: 0 and 1 are wanted, one a group")
    sizes = np.bincount(labels.astype(int), minlength=2)
    if sizes.sum() != numbers.shape[1]:
        raise ValueError(
            f"arm has {sizes.sum()} labels for {numbers.shape[1]} groups: one a group is wanted"
        )
    if sizes.min() == 0:
        raise ValueError("arm is the same for all groups: both 0 and 1 are wanted")


def _contrast(treated: NDArray[np.bool_]) -> Array:
    """Weights that make the difference of the two arms' means."""
    return np.where(treated, 1 / treated.sum(), -1 / (~treated).sum())


def _arms(n_groups: int, n_treated: int, most: int, rng: np.random.Generator) -> tuple[Array, bool]:
    """Weights (A, J) of the ways to choose the treated groups, and whether these are all."""
    every = special.comb(n_groups, n_treated, exact=True) <= most
    if every:
        picks = [list(pick) for pick in combinations(range(n_groups), n_treated)]
    else:
        picks = [rng.permutation(n_groups)[:n_treated].tolist() for _ in range(most)]
    treated = np.zeros((len(picks), n_groups), bool)
    treated[np.arange(len(picks))[:, None], picks] = True
    return np.array([_contrast(row) for row in treated]), every


def _signs(n_groups: int, most: int, rng: np.random.Generator) -> tuple[Array, bool]:
    """Signs (A, J) of the groups' numbers, and whether these are all."""
    if 2**n_groups <= most:
        return np.array(list(product([-1.0, 1.0], repeat=n_groups))), True
    return rng.choice(np.array([-1.0, 1.0]), (most, n_groups)), False
