"""What the estimates would be without each group, and how they vary when groups are drawn anew."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.one_term import OneTerm
from hlm_teach.lmm.optimum import ProfiledFit
from hlm_teach.lmm.redrawn import engine_of
from hlm_teach.lmm.residuals import StructuredResiduals
from hlm_teach.lmm.result import LmmResult
from hlm_teach.lmm.weighted_groups import fit_weighted


@dataclass(frozen=True)
class Influence:
    """A fit without each group in turn; one row a group in every table.

    Attributes
    ----------
    without : DataFrame
        Fixed effects and variances estimated without the group; nan where that can't be done.
    bse : DataFrame
        Standard errors of the fixed effects without the group.
    shifts : DataFrame
        What the group does to each fixed effect, in standard errors of the whole fit:
        (γ̂ − γ̂ without) / SE(γ̂).
    cooks_distance : Series
        How far all fixed effects move together: δ'Var(γ̂)⁻¹δ / p, δ = γ̂ − γ̂ without.
    sizes : Series
        Individuals in the group.
    """

    without: pd.DataFrame
    bse: pd.DataFrame
    shifts: pd.DataFrame
    cooks_distance: pd.Series
    sizes: pd.Series

    def table(self, n: int = 5) -> pd.DataFrame:
        """The `n` groups with the largest distance, rounded, farthest first."""
        farthest = self.cooks_distance.sort_values(ascending=False).index[:n]
        whole = pd.DataFrame({"size": self.sizes, "Cook's distance": self.cooks_distance.round(2)})
        return whole.join(self.without.round(3)).loc[farthest]


@guarded(fit=guard.fitted)
def influence(fit: LmmResult) -> Influence:
    """Leave out each group, estimate everything again, and compare.

    The fits are exact: variances are estimated again, too. All run side by side on the groups'
    sums of products (`hlm_teach.lmm.weighted_groups`), so that 160 schools take a moment.

    Raises
    ------
    ValueError
        If the fit has several groupings, or residuals with memory or unequal variances.

    References
    ----------
    Loy, A., & Hofmann, H. (2014). HLMdiag: a suite of diagnostics for hierarchical linear models in
    R. Journal of Statistical Software, 56(5), doi:10.18637/jss.v056.i05. Nieuwenhuis, R., te
    Grotenhuis, M., & Pelzer, B. (2012). influence.ME: tools for detecting influential data in mixed
    effects models. The R Journal, 4(2), 38-47, doi:10.32614/RJ-2012-011.

    >>> from hlm_teach import fit_lmm, load_data
    >>> found = influence(fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch"))
    >>> found.without.round(1).loc["E"].to_dict()
    {'Intercept': 1513.0, 'variance(Intercept)': 752.7, 'variance(residual)': 2441.5}
    """
    engine = _plain(fit)
    number = len(engine.labels)
    without, bse = _tables(fit, *fit_weighted(engine, 1 - np.eye(number, dtype=int)))
    index = pd.Index(engine.labels, name=fit.frame.groups[0])
    without, bse = without.set_index(index), bse.set_index(index)
    delta = fit.params - without[fit.params.index]
    inverse = np.linalg.inv(fit.cov_params.to_numpy())
    distance = np.einsum("jk,kl,jl->j", delta, inverse, delta) / len(fit.params)
    return Influence(
        without,
        bse,
        delta / fit.bse,
        pd.Series(distance, index, name="Cook's distance"),
        pd.Series(np.bincount(engine.codes), index, name="size"),
    )


@guarded(fit=guard.fitted, n_boot=guard.whole(low=2), rng=guard.generator)
def bootstrap_groups(
    fit: LmmResult, *, rng: np.random.Generator, n_boot: int = 500
) -> pd.DataFrame:
    """Draw whole groups with replacement, as many as there are, and estimate everything again.

    The bootstrap by cases of groups trusts neither the shape nor the variances of the random
    parts, only that groups are independent and many. Its middle 95 % (``quantile([0.025, 0.975])``)
    is an interval; with few groups it is too narrow.

    Returns
    -------
    DataFrame
        One row a draw: fixed effects and variances; nan where a draw can't be fitted.

    Raises
    ------
    ValueError
        As for `influence`.

    References
    ----------
    van der Leeden, R., Meijer, E., & Busing, F. M. T. A. (2008). Resampling multilevel models. In J.
    de Leeuw & E. Meijer (Eds.), Handbook of multilevel analysis (pp. 401-433). Springer,
    doi:10.1007/978-0-387-73186-5_11.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    >>> draws = bootstrap_groups(fit, rng=np.random.default_rng(1), n_boot=200)
    >>> draws.shape, round(float(draws["Days"].std()), 1)
    ((200, 5), 1.6)
    """
    engine = _plain(fit)
    number = len(engine.labels)
    weights = rng.multinomial(number, np.full(number, 1 / number), size=n_boot)
    return _tables(fit, *fit_weighted(engine, weights))[0]


def _plain(fit: LmmResult) -> OneTerm:
    """The engine of a fit with one grouping and independent residuals."""
    engine = engine_of(fit)
    if isinstance(engine, StructuredResiduals):
        raise ValueError(
            f"fit has {fit.frame.residual.words}: groups are left out or drawn only with independent "
            "residuals of one variance; leave out a single group by fitting the other rows"
        )
    return engine


def _tables(
    fit: LmmResult, found: ProfiledFit, possible: NDArray[np.bool_]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates and standard errors, a row a replicate, nan where there are none."""
    effects = fit.frame.only_term.effects
    names = [
        *fit.params.index,
        *(f"variance({effect})" for effect in effects),
        "variance(residual)",
    ]
    estimates = np.full((len(possible), len(names)), np.nan)
    variances = np.einsum("raa->ra", found.cov_re)
    estimates[possible] = np.column_stack([found.params, variances, found.sigma2])
    errors = np.full((len(possible), len(fit.params)), np.nan)
    errors[possible] = np.sqrt(np.einsum("rkk->rk", found.cov_params))
    return pd.DataFrame(estimates, columns=names), pd.DataFrame(errors, columns=fit.params.index)
