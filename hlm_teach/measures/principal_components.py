"""The principal components of a fitted G: how many directions the groups really differ in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import shortened


def principal_components(cov_re: pd.DataFrame | Sequence) -> pd.DataFrame:
    r"""Take a covariance matrix of random effects apart into its principal components.

    .. math:: G = \sum_k s_k^2\, v_k v_k', \qquad v_k'v_k = 1

    Groups differ along q directions v_k, the k-th with standard deviation s_k. A model of q
    random effects whose last components have s = 0 is singular: the data carry fewer directions.
    Components depend on the scales of the predictors, as those of any covariance matrix do.

    Parameters
    ----------
    cov_re : DataFrame or array, shape (q, q)
        G: variances and covariances, for instance ``fit.cov_re["subject"]``.

    Returns
    -------
    DataFrame
        One row a component, largest first: ``sd`` (s_k), ``share`` of the sum of the variances,
        ``cumulative`` shares; then v_k, one column an effect, its largest entry positive.

    Raises
    ------
    TypeError, ValueError
        If `cov_re` is no covariance matrix.

    References
    ----------
    Bates, D., Kliegl, R., Vasishth, S., & Baayen, H. (2015). Parsimonious mixed models.
    arXiv:1506.04967 (R: lme4's rePCA).

    Examples
    --------
    >>> principal_components([[4.0, 2.0], [2.0, 1.0]])["sd"].round(2).tolist()
    [2.24, 0.0]
    """
    g = _matrix(cov_re)
    values, vectors = np.linalg.eigh(g)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(len(g))]
    names = list(cov_re.columns) if isinstance(cov_re, pd.DataFrame) else list(range(len(g)))
    total = values.sum()
    shares = values / total if total > 0 else np.full(len(g), np.nan)
    table = pd.DataFrame(
        {"sd": np.sqrt(values), "share": shares, "cumulative": np.cumsum(shares)},
        index=pd.RangeIndex(1, len(g) + 1, name="component"),
    )
    return table.join(pd.DataFrame((vectors * np.sign(largest)).T, table.index, names))


def _matrix(cov_re: pd.DataFrame | Sequence) -> np.ndarray:
    """`cov_re` as a checked covariance matrix."""
    try:
        g = np.asarray(cov_re, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"cov_re must be a square matrix of numbers, not {shortened(cov_re)}"
        ) from None
    if g.ndim != 2 or g.shape[0] != g.shape[1] or not g.size or not np.isfinite(g).all():
        raise ValueError(f"cov_re must be a finite square matrix; shape {g.shape} was given")
    slack = 1e-8 * max(np.abs(g).max(), 1e-300)
    if np.abs(g - g.T).max() > slack or np.linalg.eigvalsh(g)[0] < -slack:
        raise ValueError(
            "cov_re must be symmetric, with no negative variance and no correlation beyond ±1"
        )
    return g
