"""What the data of a random-intercept model say, in a few sums: within groups, and by group size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

NOTHING = 1e-9  # share of a predictor's variation within groups that counts as none


@dataclass(frozen=True)
class InterceptSums:
    """Sums of squares and products of y and X, in a basis in which X is orthogonal.

    X = Q R with Q'Q = N·I, and y is replaced by its least-squares residuals, so that neither the
    units nor the origin of a predictor matter; `back` and `shift` lead back to the coefficients.
    Groups of one size share a *class*, c.
    """

    n_obs: int
    means_y: Array  # (J,) group means of y in the working basis
    means_x: Array  # (J, p)
    group_sizes: NDArray[np.intp]  # (J,)
    xx_within: Array  # (p, p)
    xy_within: Array  # (p,)
    yy_within: float
    sizes: NDArray[np.intp]  # (C,) the different group sizes
    counts: NDArray[np.intp]  # (C,) groups of that size
    xx: Array  # (C, p, p) n_c Σ x̄x̄' over the groups of the class
    xy: Array  # (C, p)
    yy: Array  # (C,)
    back: Array  # (p, p) R⁻¹
    shift: Array  # (p,) least-squares coefficients

    @property
    def n_fixed(self) -> int:
        """p, fixed effects."""
        return len(self.shift)

    @property
    def n_groups(self) -> int:
        """J."""
        return len(self.group_sizes)

    @property
    def n_between(self) -> int:
        """Directions of X without any variation within groups: the intercept, group predictors."""
        values = np.linalg.eigvalsh(self.xx_within)
        return int(np.sum(values < NOTHING * self.n_obs))

    @property
    def within_df(self) -> int:
        """Degrees of freedom within groups that are left for σ²."""
        return self.n_obs - self.n_groups - (self.n_fixed - self.n_between)

    def typical_sd(self) -> float:
        """About the SD of a group's mean: the scale on which τ is looked for."""
        sigma2 = self.yy_within / max(self.within_df, 1)
        between = float(np.sum(self.yy)) / self.n_obs
        return float(np.sqrt(between + sigma2 * self.n_groups / self.n_obs))


def intercept_sums(y: Array, x: Array, codes: NDArray[np.intp]) -> InterceptSums:
    """Reduce y (N,), X (N, p) and group numbers 0, …, J − 1 (N,) to sums."""
    n_obs = len(y)
    q, r = np.linalg.qr(x)
    q, back = q * np.sqrt(n_obs), np.linalg.inv(r) * np.sqrt(n_obs)
    fitted = q.T @ y / n_obs
    rest = y - q @ fitted
    group_sizes = np.bincount(codes)
    means_y: Array = np.bincount(codes, weights=rest) / group_sizes
    columns = [np.bincount(codes, weights=column) for column in q.T]
    means_x: Array = np.stack(columns, 1) / group_sizes[:, None]
    within_y, within_x = rest - means_y[codes], q - means_x[codes]
    sizes, place, counts = np.unique(group_sizes, return_inverse=True, return_counts=True)
    member = (place == np.arange(len(sizes))[:, None]) * group_sizes  # (C, J), n_j where it belongs
    return InterceptSums(
        n_obs,
        means_y,
        means_x,
        group_sizes,
        within_x.T @ within_x,
        within_x.T @ within_y,
        float(within_y @ within_y),
        sizes,
        counts,
        np.einsum("cj,jk,jl->ckl", member, means_x, means_x),
        np.einsum("cj,jk,j->ck", member, means_x, means_y),
        member @ means_y**2,
        back,
        back @ fitted,
    )
