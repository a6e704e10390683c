"""The profiled deviance of a random-intercept model as a curve, to be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

from .design import make_design
from .likelihood import evaluate
from .response import make_response
from .result import LmmResult
from .terms import levels_of


@guarded(fit=guard.fitted, theta=guard.numbers)
def deviance_over_theta(fit: LmmResult, theta: ArrayLike) -> Array:
    r"""Deviance of a fit's model at other values of θ = √τ_00/σ, all else at its best.

    .. math:: d(\theta) = -2 \max_{\beta, \sigma^2} \log L(\beta, \sigma^2, \theta)

    restricted or not as the fit is. Its lowest point is the fit: there it equals ``-2 * fit.llf``.

    Parameters
    ----------
    fit : LmmResult
        A model with a random intercept of one grouping and nothing else random.
    theta : array_like
        Standard deviations between groups in units of the residual SD, 0 or more.

    Returns
    -------
    ndarray
        One deviance a value.

    Raises
    ------
    ValueError
        If the model has more than a random intercept, or a θ is negative.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), equations 35 and 42.

    Examples
    --------
    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Yield ~ 1", load_data("dyestuff"), groups="Batch")
    >>> best = np.sqrt(fit.cov_re.iloc[0, 0] / fit.sigma2)
    >>> print((deviance_over_theta(fit, [0, best]) + 2 * fit.llf).round(3) + 0.0)
    [6.369 0.   ]
    """
    values = np.atleast_1d(np.asarray(theta, float))
    if np.any(~(values >= 0)):
        raise ValueError(f"theta={theta!r}: standard deviations, 0 or more, are wanted")
    if len(fit.frame.terms) != 1 or list(fit.frame.only_term.design.columns) != ["Intercept"]:
        raise ValueError(
            "fit has more than a random intercept of one grouping: its deviance is no curve over "
            'one θ; fit the model with random="1" and one groups column'
        )
    term = fit.frame.only_term
    codes = levels_of(term.labels)[1]
    design = make_design(fit.frame.fixed, term.design, codes, correlated=True)
    response = make_response(design, fit.frame.outcome)
    inverse = np.linalg.inv(design.z_basis)[:, :, None]
    curve = np.array(
        [
            evaluate(design, response, inverse * t, reml=fit.reml, derivatives=0).deviance[0]
            for t in values
        ]
    )
    dof = design.n_obs - design.n_fixed * fit.reml
    log_det = np.log(np.abs(np.diag(design.r_factor))).sum()
    return curve + dof * np.log(response.scale[0] ** 2) + fit.reml * 2 * log_det
