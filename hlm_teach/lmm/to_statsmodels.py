"""A genuine statsmodels `MixedLMResults` at an optimum found elsewhere.

``MixedLM.fit`` cannot be handed an optimum: it repacks the covariance matrix by Cholesky (which
fails at a singular fit), forgets correlations on the way, and takes standard errors from a joint
Hessian. The result is therefore put together here, step for step as ``fit`` does after its
optimiser returns. It rests on names inside statsmodels; the tests pin them to the version in
constraints.txt.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .protocols import Fit
from .terms import RandomTerm, effect_name

_MOST_CELLS = 20_000_000
_RIDGE = 1e-10  # keeps log|G| finite at a singular fit; moves the log-likelihood by < 1e-7


def genuine_result(fit: Fit) -> Any:
    """Build the `MixedLMResults` of `fit`: same params, bse_fe, cov_re, scale and llf.

    Standard errors of variances are nan at a singular fit, where a Hessian has no meaning.

    Raises
    ------
    ValueError
        For a model that statsmodels does not have.
    """
    if not fit.frame.residual.is_plain:
        raise ValueError(
            f"statsmodels has no mixed model with {fit.frame.residual.words}: MixedLM takes "
            "independent residuals of one variance only. Everything else of this fit is available"
        )
    from statsmodels.regression.mixed_linear_model import (  # late: a second to load
        MixedLMParams,
        MixedLMResults,
        MixedLMResultsWrapper,
    )

    model = _model(fit)
    cov_re, vcomp = _relative_variances(fit)
    params = MixedLMParams.from_components(
        fe_params=fit.params.to_numpy(), cov_re=cov_re, vcomp=vcomp
    )
    model.reml, model.cov_pen, model.fe_pen = fit.reml, None, None
    model._cov_sing, model._freepat = 0, _free_pattern(fit, MixedLMParams)
    results = MixedLMResults(
        model, params.get_packed(use_sqrt=False, has_fe=True), _covariance(fit, model, params)
    )
    attributes = dict(
        params_object=params,
        fe_params=fit.params.to_numpy(),
        cov_re=cov_re * fit.sigma2,
        vcomp=vcomp * fit.sigma2,
        scale=fit.sigma2,
        cov_re_unscaled=cov_re,
        method="REML" if fit.reml else "ML",
        converged=fit.converged,
        hist=None,
        reml=fit.reml,
        cov_pen=None,
        k_fe=model.k_fe,
        k_re=model.k_re,
        k_re2=model.k_re2,
        k_vc=model.k_vc,
        use_sqrt=model.use_sqrt,
        freepat=model._freepat,
    )
    for name, value in attributes.items():
        setattr(results, name, value)
    return MixedLMResultsWrapper(results)


def _model(fit: Fit) -> Any:
    """The unfitted `MixedLM`: one grouping factor, or variance components in one whole group."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    frame = fit.frame
    options = {"eval_env": dict(frame.namespace)}
    if len(frame.terms) == 1:
        term = frame.only_term
        return MixedLM.from_formula(
            frame.formula,
            frame.data.assign(**{term.group: term.labels}),
            re_formula=term.formula.split("~")[-1].strip(),
            groups=term.group,
            **options,
        )
    _check_representable(fit)
    columns, components = _components(frame.terms)
    return MixedLM.from_formula(
        frame.formula,
        frame.data.assign(**columns),
        vc_formula=components,
        groups=np.zeros(len(frame.data)),
        **options,
    )


def _check_representable(fit: Fit) -> None:
    frame = fit.frame
    together = [term.group for term in frame.terms if term.correlated and len(term.effects) > 1]
    if together:
        raise ValueError(
            f"statsmodels has no model with correlated random effects of {together[0]!r} beside "
            "another grouping: its variance components are independent of each other. Everything "
            "else of this fit is available; correlated=False gives a model that it can represent"
        )
    effects = sum(fit.levels_by_group[term.group] * len(term.effects) for term in frame.terms)
    if len(frame.data) * effects > _MOST_CELLS:
        raise ValueError(
            f"statsmodels would hold {len(frame.data)} rows × {effects} random effects in dense "
            "matrices, several times over: too large. Everything else of this fit is available"
        )


def _components(terms: Sequence[RandomTerm]) -> tuple[dict[str, pd.Series], dict[str, str]]:
    """Columns of labels and of slopes, and one variance component an effect made of them."""
    columns, components = {}, {}
    for term in terms:
        columns[term.group] = term.labels
        for effect in term.effects:
            name = effect_name(terms, term.group, effect)
            components[name] = f"0 + C(Q({term.group!r}))"
            if effect != "Intercept":
                slope = f"{term.group}: {effect}"
                columns[slope] = term.design[effect]
                components[name] += f":Q({slope!r})"
    return columns, components


def _relative_variances(fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """G/σ² and the variance components over σ² in statsmodels' (alphabetical) order."""
    terms = fit.frame.terms
    if len(terms) > 1:
        sizes = {
            effect_name(terms, term.group, effect): (
                fit.cov_by_group[term.group].loc[effect, effect] / fit.sigma2,
                _RIDGE / float(np.mean(term.design[effect] ** 2)),
            )
            for term in terms
            for effect in term.effects
        }
        return np.zeros((0, 0)), np.array([max(sizes[name]) for name in sorted(sizes)])
    relative = fit.cov_by_group[fit.frame.only_term.group].to_numpy() / fit.sigma2
    if fit.singular:
        relative = relative + _RIDGE * np.diag(_size(fit))
    return relative, np.empty(0)


def _size(fit: Fit) -> np.ndarray:
    """What a variance of 1 residual variance would be for each column of Z."""
    return 1 / np.mean(fit.frame.random_design.to_numpy() ** 2, axis=0)


def _free_pattern(fit: Fit, params_class: Any) -> Any:
    """statsmodels' mask of the parameters that were estimated (None: all of them)."""
    if len(fit.frame.terms) > 1 or fit.frame.only_term.correlated:
        return None
    q = len(fit.frame.only_term.effects)
    if q == 1:
        return None
    return params_class.from_components(fe_params=np.ones(len(fit.params)), cov_re=np.eye(q))


def _covariance(fit: Fit, model: Any, params: Any) -> np.ndarray:
    """Covariance of all parameters over σ²: GLS for the fixed part, the inverse Hessian for the
    variances (nan at a singular fit, and for parameters that were not estimated)."""
    k = model.k_fe
    size = k + model.k_re2 + model.k_vc
    covariance = np.zeros((size, size))
    covariance[:k, :k] = fit.cov_params.to_numpy() / fit.sigma2
    covariance[k:, k:] = np.nan
    free = np.arange(k, size)
    if model._freepat is not None:
        free = np.flatnonzero(model._freepat.get_packed(use_sqrt=False, has_fe=True))[k:]
    if not fit.singular:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            hessian, _ = model.hessian(params)
        block = np.linalg.inv(-hessian[np.ix_(free, free)]) / fit.sigma2
        covariance[np.ix_(free, free)] = block
    return covariance
