"""Cluster-robust standard errors for ordinary regression, for one outcome or thousands at once.

Ordinary regression's coefficients stay; only their variance is estimated anew, from how the
residuals of whole groups vary (the "sandwich"). It needs many groups: `cluster_robust` offers the
usual correction, CR1, and the bias-reduced one, CR2, with its own degrees of freedom. For a fitted multilevel
model it is `robust_se`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded


@dataclass(frozen=True)
class RobustFits:
    """Ordinary regression with cluster-robust standard errors, over R outcomes.

    Attributes
    ----------
    params, bse : ndarray of shape (R, p)
        Least-squares coefficients and their cluster-robust standard errors.
    df : ndarray of shape (p,)
        Degrees of freedom of t: J − 1 (CR1), Bell and McCaffrey's (CR2), infinite (CR0).
    """

    params: np.ndarray
    bse: np.ndarray
    df: np.ndarray

    def pvalues(self) -> np.ndarray:
        """Two-sided p-values (R, p) from t."""
        return 2 * stats.t.sf(np.abs(self.params / self.bse), self.df)

    @guarded(level=guard.level)
    def rejection_rate(self, *, level: float = 0.05) -> np.ndarray:
        """Share of outcomes (p,) with p below `level`."""
        return np.mean(self.pvalues() < level, axis=0)


@guarded(
    Y=guard.numbers,
    X=guard.numbers,
    correction=guard.one_of("CR0", "CR1", "CR2"),
    groups=guard.list_of(guard.label),
)
def cluster_robust(
    Y: ArrayLike, X: ArrayLike, groups: ArrayLike, *, correction: str = "CR2"
) -> RobustFits:
    r"""Regress outcomes on X and estimate the variance of the coefficients from group residuals.

    .. math:: \hat V = M \Big(\sum_j X_j'A_j e_j e_j'A_j'X_j\Big) M, \quad M = (X'X)^{-1}

    CR0: A_j = I, and z in place of t. CR1: the same sum times J/(J − 1)·(N − 1)/(N − p), t on
    J − 1. CR2: A_j = (I − X_j M X_j')^{-1/2}, which makes the estimate unbiased if the errors are
    independent with equal variances; t then has the degrees of freedom (tr B)²/tr(B²), B the
    matrix of the quadratic form in the errors.

    Parameters
    ----------
    Y : array of shape (R, N), or (N,) for one outcome
    X : array of shape (N, p)
        Write the column of ones yourself.
    groups : array of shape (N,)
        Group labels.
    correction : {"CR2", "CR1", "CR0"}
        Small-sample correction, from good to none. CR0 is also what generalised estimating
        equations report by default for a group-level predictor in balanced data.

    Returns
    -------
    RobustFits

    Raises
    ------
    ValueError
        If shapes do not fit, values are missing, columns of X are linearly dependent, there are
        fewer than two groups, or `correction` is unknown.

    References
    ----------
    Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
    estimation and hypothesis testing in fixed effects models. Journal of Business & Economic
    Statistics, 36(4), 672-683, doi:10.1080/07350015.2016.1247004.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> groups, arm = np.repeat(np.arange(6), 10), np.repeat([0, 1, 0, 1, 0, 1], 10)
    >>> fits = cluster_robust(rng.normal(size=60), np.column_stack([np.ones(60), arm]), groups)
    >>> fits.params.shape, fits.df.round(2)
    ((1, 2), array([2., 4.]))
    """
    y, x, rows = check_clusters(Y, X, groups)
    if correction not in ("CR0", "CR1", "CR2"):
        raise ValueError(f"correction={correction!r} must be 'CR2', 'CR1' or 'CR0'")
    bread = np.linalg.inv(x.T @ x)
    params = y @ x @ bread
    residual = y - params @ x.T
    n, p = x.shape
    if correction != "CR2":
        j, raw = len(rows), correction == "CR0"
        factor = 1.0 if raw else j / (j - 1) * (n - 1) / (n - p)
        weights = [np.sqrt(factor) * x[i] @ bread for i in rows]
        df = np.full(p, np.inf if raw else j - 1.0)
    else:
        weights = [
            _inverse_root(np.eye(len(i)) - x[i] @ bread @ x[i].T) @ x[i] @ bread for i in rows
        ]
        df = _bell_mccaffrey(weights, [x[i] for i in rows], bread)
    variance = sum((residual[:, i] @ w) ** 2 for i, w in zip(rows, weights, strict=True))
    return RobustFits(params, np.sqrt(variance), df)


def _inverse_root(matrix: np.ndarray) -> np.ndarray:
    """Symmetric (pseudo-)inverse square root of a positive semi-definite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-10
    return vectors[:, kept] / np.sqrt(values[kept]) @ vectors[:, kept].T


def _bell_mccaffrey(weights: list, parts: list, bread: np.ndarray) -> np.ndarray:
    """(tr B)²/tr(B²) for each coefficient, B_jk = w_j'(I − H)_jk w_k.

    (I − H)_jk is I − X_j M X_j' for j = k and −X_j M X_k' otherwise.
    """
    loads = np.stack([x.T @ w for x, w in zip(parts, weights, strict=True)])  # (J, p, p)
    b = -np.einsum("jac,ab,kbc->cjk", loads, bread, loads)
    own = np.stack([np.einsum("nc,nc->c", w, w) for w in weights], axis=1)  # (p, J)
    b[:, np.arange(len(parts)), np.arange(len(parts))] += own
    return np.einsum("cjj->c", b) ** 2 / np.einsum("cjk,cjk->c", b, b)


def check_clusters(Y: ArrayLike, X: ArrayLike, groups: ArrayLike):
    """Arrays y (R, N), x (N, p) and the row numbers of each group."""
    y, x = np.atleast_2d(np.asarray(Y, float)), np.asarray(X, float)
    labels = np.asarray(groups)
    if x.ndim != 2 or y.ndim != 2 or y.shape[1] != len(x) or labels.shape != (len(x),):
        raise ValueError(
            f"Y {np.shape(Y)}, X {np.shape(X)} and groups {labels.shape} do not fit: "
            "(R, N), (N, p) and (N,) are wanted"
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("Y or X has missing or infinite values")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError(
            "the columns of X are linearly dependent (dummies for all groups and a "
            "group-level predictor are): leave out what the others already say"
        )
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise ValueError("groups has one group only: two or more are needed")
    return y, x, [np.flatnonzero(codes == j) for j in range(len(names))]
