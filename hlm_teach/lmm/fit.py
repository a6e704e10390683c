"""`fit_lmm`: linear mixed models that are right, with a genuine statsmodels result in the hand.

The optimum is found by the profiled deviance (likelihood.py), not by statsmodels' optimiser,
which can stop early or at a wrong place without saying so. `LmmResult.statsmodels` is a
`MixedLMResults` built at that optimum.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hlm_teach._shared.checks import check_bool

from .estimates import unwrapped
from .frame import ModelFrame
from .framing import caller_namespace, model_frame
from .matrices import DependentColumns
from .one_term import OneTerm
from .protocols import Engine
from .refusals import check_identified, check_outcome, check_predictors, named_dependence
from .residual_spec import residual_spec
from .residuals import StructuredResiduals
from .result import LmmResult
from .several_terms import SeveralTerms
from .terms import variance_names


def fit_lmm(
    formula: str,
    data: pd.DataFrame,
    groups: str | list[str] | None = None,
    random: str | Mapping[str, str] = "1",
    *,
    reml: bool = True,
    correlated: bool | Mapping[str, bool] = True,
    residual: str = "independent",
    time: str | None = None,
    residual_sd: str | None = None,
) -> LmmResult:
    r"""Fit a linear mixed model by REML or maximum likelihood.

    .. math:: y = X\gamma + \sum_k Z_k u_k + e, \quad u_{kj} \sim N(0, G_k), \quad
              e \sim N(0, \sigma^2 I)

    with random effects u_kj for each level j of each grouping k. With `residual` or `residual_sd` the
    residuals e of a group correlate, or have several variances.

    Parameters
    ----------
    formula
        Outcome and fixed effects, e.g. ``"math ~ ses"``. Functions and variables of the caller
        may be used: ``"np.log(wage) ~ t"``.
    data
        One row an individual. Rows with a missing value in a used column are dropped; a note
        counts them.
    groups
        The column that names the groups; or a list of columns, for random intercepts of several
        groupings, crossed or nested. Left out where `random` names the groupings.
        ``"school:class"`` is the combination of both labels, for labels used again in each school.
    random
        What varies from group to group: ``"1"``, a random intercept; ``"1 + ses"``, intercept and
        slope. By grouping where there are several:
        ``random={"subject": "1 + freq", "item": "1"}``.
    reml
        True: restricted maximum likelihood. False: maximum likelihood.
    correlated
        False: the random effects of a level are independent of each other (G diagonal). A dict
        of bools by grouping where terms differ in it.
    residual
        "independent"; "ar1": within a group residuals g steps of `time` apart correlate φ^g, the
        steps whole, gaps allowed; "car1": the same for any times, φ > 0. One grouping only.
    time
        The column that says when a row was observed, with "ar1" and "car1".
    residual_sd
        A column: rows have a residual SD for each of its values.

    Raises
    ------
    TypeError, ValueError
        For arguments that do not fit the data, lme4's ``|`` in a formula, linearly dependent
        predictors, too few groups for the model, no more rows than random effects of a term, more
        effects in the smaller terms than can be factored, times that do not fit `residual`.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    >>> fit.params.round(2).to_dict()
    {'Intercept': 251.41, 'Days': 10.47}
    >>> round(fit.sigma2, 1)
    654.9
    >>> crossed = fit_lmm("diameter ~ 1", load_data("penicillin"),
    ...                   random={"plate": "1", "sample": "1"})
    >>> crossed.vcomp.round(2).to_dict()
    {'plate': 0.72, 'sample': 3.73}

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), doi:10.18637/jss.v067.i01.
    """
    namespace = caller_namespace()
    check_bool(reml, "reml")
    frame = model_frame(
        formula,
        data,
        groups,
        random,
        namespace,
        correlated=correlated,
        residual=residual_spec(residual, time, residual_sd),
    )
    return _result(frame, _engine_for(frame, reml), reml)


def _engine_for(frame: ModelFrame, reml: bool) -> Engine:
    """The fitted engine that this model wants."""
    check_outcome(frame)
    check_predictors(frame)
    try:
        return _engine(frame, reml)
    except DependentColumns as error:
        raise named_dependence(frame, error) from error


def _engine(frame: ModelFrame, reml: bool) -> Engine:
    if len(frame.terms) > 1:
        if not frame.residual.is_plain:
            raise ValueError(
                f"{frame.residual.words}: so far with one grouping only, not {list(frame.groups)}"
            )
        return SeveralTerms(frame, reml=reml)
    check_identified(frame)
    if frame.residual.is_plain:
        return OneTerm(frame, reml=reml)
    return StructuredResiduals(frame, reml=reml)


def _result(frame: ModelFrame, engine: Engine, reml: bool) -> LmmResult:
    names = list(frame.fixed.columns)
    variances = np.concatenate([np.diag(g) for g in engine.cov_re.values()])
    n_params = len(names) + engine.n_variance_params
    return LmmResult(
        frame=frame,
        reml=reml,
        _engine=engine,
        params=pd.Series(engine.params, names),
        bse=pd.Series(np.sqrt(np.diag(engine.cov_params)), names),
        cov_re=unwrapped(
            {
                term.group: pd.DataFrame(engine.cov_re[term.group], term.effects, term.effects)
                for term in frame.terms
            }
        ),
        vcomp=pd.Series(variances, variance_names(frame.terms)),
        sigma2=engine.sigma2,
        llf=engine.llf,
        aic=-2 * engine.llf + 2 * n_params,
        bic=-2 * engine.llf + np.log(len(frame.data)) * n_params,
        converged=engine.converged,
        singular=engine.singular,
        nobs=len(frame.data),
        n_groups=unwrapped({name: len(sizes) for name, sizes in engine.group_sizes.items()}),
    )
