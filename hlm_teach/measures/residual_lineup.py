"""The line-up of residuals: those of the data hidden among those of the fitted model itself."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.redrawn import levels_of_outcomes
from hlm_teach.lmm.result import LmmResult

from .residual_checks import random_effect_place


@dataclass(frozen=True)
class ResidualLineUp:
    """Ordered standardised residuals in P panels, one of them real.

    Attributes
    ----------
    quantiles : ndarray (m,)
        Normal quantiles, the same in all panels.
    panels : ndarray (P, m)
        Residuals in order.
    real : int
        The number of the real panel, counted from 1.
    """

    quantiles: Array
    panels: Array
    real: int


@guarded(
    fit=guard.fitted,
    level=guard.whole(low=1, high=2),
    effect=guard.text(),
    rng=guard.generator,
    n_panels=guard.whole(low=2),
)
def residual_line_up(
    fit: LmmResult,
    level: int = 2,
    effect: str = "Intercept",
    *,
    rng: np.random.Generator,
    n_panels: int = 20,
) -> ResidualLineUp:
    """Hide the Q-Q plot of the data among those of outcomes that the fit simulates.

    Whoever points at the real panel among 20 without having seen it has done a test at level 1/20.

    Parameters
    ----------
    fit
        A result of `fit_lmm` with one grouping.
    level, effect
        1: individuals; 2: groups, their random `effect`.
    rng
        Draws the outcomes and the place of the real panel.
    n_panels
        Panels in all, the real one among them.

    Raises
    ------
    ValueError
        If the fit has several groupings, or no such random effect.

    References
    ----------
    Loy, A., Hofmann, H., & Cook, D. (2015). Model choice and diagnostics for linear mixed-effects
    models using statistics on street corners, doi:10.48550/arXiv.1502.06988.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    >>> residual_line_up(fit, rng=np.random.default_rng(1)).panels.shape
    (20, 18)
    """
    place = random_effect_place(fit, effect) if level == 2 else 0
    real = int(rng.integers(n_panels)) + 1
    outcomes = list(fit.simulate(n_panels - 1, rng))
    outcomes.insert(real - 1, fit.frame.outcome.to_numpy())
    levels = levels_of_outcomes(fit, np.array(outcomes))
    values = levels.residuals if level == 1 else levels.standardised[:, :, place]
    m = values.shape[1]
    quantiles = stats.norm.ppf((np.arange(m) + 0.5) / m)
    return ResidualLineUp(quantiles, np.sort(values, axis=1), real)
