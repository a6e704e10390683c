"""A fitted model's residuals at both levels, for the data or for thousands of outcomes drawn from it.

Each outcome is fitted anew, and its random effects and residuals are taken out, so that what is
real and what is simulated went through the same hands. Memory and ratios of residual SDs, where a
model has them, are kept as estimated; all else is estimated again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array

from .likelihood import evaluate
from .one_term import OneTerm
from .optimum import ProfiledFit, fit_profiled
from .residual_structure import whiten
from .residuals import StructuredResiduals
from .response import Response, make_response
from .result import LmmResult
from .theta import lambda_


@dataclass(frozen=True)
class Levels:
    """Residuals of R outcomes at both levels, rows and groups in the order of the data.

    Attributes
    ----------
    residuals : ndarray (R, N)
        ê, the outcome minus fixed part and BLUPs, over their residual SD.
    raw : ndarray (R, N)
        The same in units of the outcome.
    effects : ndarray (R, J, q)
        û, the BLUPs.
    standardised : ndarray (R, J, q)
        û over the SD that it has under the model, √(G − Var(u | y)); 0 where G is 0.
    """

    residuals: Array
    raw: Array
    effects: Array
    standardised: Array


def levels_of_outcomes(fit: LmmResult, y: Array) -> Levels:
    """Fit the model of `fit` to outcomes (R, N) and take their residuals at both levels.

    Raises
    ------
    ValueError
        If the model has several groupings.
    """
    engine = engine_of(fit)
    response = _response(engine, y)
    found = fit_profiled(engine.design, response, reml=engine.reml)
    effects, sd = _effects(engine, response, found)
    raw = y - found.params @ engine.frame.fixed.to_numpy().T
    z = engine.term.design.to_numpy()
    for a in range(z.shape[1]):
        raw -= z[:, a] * effects[:, engine.codes, a]
    relative = np.sqrt(engine.residual_variance(engine.frame.data) / engine.sigma2)
    standardised = np.divide(effects, sd, out=np.zeros_like(effects), where=sd > 0)
    return Levels(raw / (np.sqrt(found.sigma2)[:, None] * relative), raw, effects, standardised)


def engine_of(fit: LmmResult) -> OneTerm:
    """The engine of a fit with one grouping."""
    if not isinstance(fit._engine, OneTerm):
        raise ValueError(
            f"fit has the groupings {list(fit.frame.groups)}: so far residuals are checked with one "
            "grouping only"
        )
    return fit._engine


def _response(engine: OneTerm, y: Array) -> Response:
    if not isinstance(engine, StructuredResiduals):
        return make_response(engine.design, y)
    rows = y[:, engine.structure.order].T
    return make_response(engine.design, whiten(engine.structure, engine.best.delta, rows).T)


def _effects(engine: OneTerm, response: Response, found: ProfiledFit) -> tuple[Array, Array]:
    """BLUPs (R, J, q) and the SDs that they have under the model, in the data's units."""
    design = engine.design
    relative = lambda_(design, found.theta)
    beta = evaluate(design, response, relative, reml=engine.reml, derivatives=0).beta
    k = np.moveaxis(design.k[:, :, design.class_of], -1, 0)  # (J, q, q)
    kl = np.einsum("jba,bdr->rjad", k, relative)
    s = np.linalg.inv(np.eye(k.shape[1]) + np.einsum("rjad,rjbd->rjab", kl, kl))
    gk = np.einsum("adr,rjbd->rjab", relative, kl)  # G K
    gks = gk @ s
    left = response.uy.transpose(1, 2, 0) - np.einsum("akj,kr->rja", design.ux, beta)
    basis = design.z_basis
    effects = np.einsum("ab,rjbc,rjc,r->rja", basis, gks, left, response.scale)
    variance = np.einsum("ab,rjbc,rjdc,ad->rja", basis, gks, gk, basis)
    return effects, np.sqrt(np.maximum(variance, 0.0) * found.sigma2[:, None, None])
