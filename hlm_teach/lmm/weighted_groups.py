"""Fits in which whole groups are left out, or count more than once, all side by side.

Groups are independent, so that the likelihood is a sum over them, and so are the sums of products
that it needs (likelihood.py). A weight of 0 leaves a group out, 2 counts it twice: the sums change,
the search stays, and the fit is the one that the rows written out would give.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

from .design import Design
from .group_sums import folded_products, group_sums, project
from .one_term import OneTerm
from .optimum import ProfiledFit, fit_profiled
from .response import Response, Weighing
from .symmetric import pairs

_DEPENDENT = 1e-10  # smallest eigenvalue, over the largest, of predictors that can be told apart


def fit_weighted(
    engine: OneTerm, weights: NDArray[np.integer]
) -> tuple[ProfiledFit, NDArray[np.bool_]]:
    """The fits in which group j counts `weights[r, j]` times, (R, J) whole numbers.

    Returns
    -------
    ProfiledFit
        Of those replicates that can be estimated.
    ndarray (R,) of bool
        Which those are: there predictors can still be told apart, and rows and groups suffice.
    """
    possible = _estimable(engine.design, weights)
    design = _a_class_each(engine.design)
    response = _weighed_response(engine, design, weights[possible])
    return fit_profiled(design, response, reml=engine.reml), possible


def _estimable(design: Design, weights: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Can the fixed effects still be told apart, and are there more rows than random effects?"""
    own = group_sums(design.q_sorted[:, :, None] * design.q_sorted[:, None, :], design.starts)
    values = np.linalg.eigvalsh(np.einsum("rj,jkl->rkl", weights, own))
    groups, q = np.count_nonzero(weights, axis=1), design.n_random
    enough = (groups > q) & (weights @ design.sizes > weights.sum(axis=1) * q)
    return (values[:, 0] > _DEPENDENT * values[:, -1]) & enough


def _a_class_each(design: Design) -> Design:
    """The same design, each group a class of its own."""
    classes, outer = design.class_of, folded_products(design.ux, design.ux)
    return replace(
        design,
        class_of=np.arange(design.n_groups),
        counts=np.ones(design.n_groups),
        k=design.k[:, :, classes],
        k_inverse=design.k_inverse[:, :, classes],
        kk=np.ascontiguousarray(design.kk[:, classes]),
        xx_between=np.ascontiguousarray(np.moveaxis(outer, 0, 2)),
    )


def _weighed_response(engine: OneTerm, design: Design, weights: NDArray[np.integer]) -> Response:
    """One outcome, R times, with weights (R, J)."""
    response, number = engine.response, len(weights)
    y_within, q_within = _within_rows(engine), design.q_within
    xx = group_sums(q_within[:, :, None] * q_within[:, None, :], design.starts)
    rows, columns = pairs(design.n_random)
    uy = response.uy[:, 0]
    yy = uy[rows] * uy[columns] * np.where(rows == columns, 1.0, 2.0)[:, None]  # (m, J)
    xy = folded_products(design.ux, uy[:, None])[:, :, 0]  # (m, p, J)
    weighing = Weighing(
        np.ascontiguousarray(weights.T, float),
        (weights @ design.sizes).astype(float),
        np.einsum("rj,jkl->klr", weights, xx),
    )
    return Response(
        np.repeat(response.coef, number, axis=1),
        np.repeat(response.scale, number),
        np.empty((design.n_random, number, 0)),
        weights @ group_sums(y_within**2, design.starts),
        (weights @ group_sums(q_within * y_within[:, None], design.starts)).T,
        np.repeat(yy[:, :, None], number, axis=2),
        np.repeat(xy[:, :, :, None], number, axis=3),
        weighing,
    )


def _within_rows(engine: OneTerm) -> Array:
    """(I − UU') of the scaled least-squares residuals, (N,), rows sorted by group."""
    design, response = engine.design, engine.response
    outcome = engine.frame.outcome.to_numpy()[design.order]
    residual = (outcome - design.q_sorted @ response.coef[:, 0]) / response.scale[0]
    k_inverse = design.k_inverse[:, :, design.class_of]
    return residual - project(design.z_sorted, k_inverse, response.uy, design.sizes)[:, 0]
