"""Residuals at both levels, looked at against what the fitted model itself would give.

Each check takes a curve from the residuals (their order, their mean or their SD along a predictor),
takes the same curve from outcomes that are simulated from the fit and fitted again, and lays the
real one on the band of the simulated ones.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_column, check_numeric_column, shortened
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.redrawn import Levels, engine_of, levels_of_outcomes
from hlm_teach.lmm.result import LmmResult

from .simulated_band import Band, simulated_band

_MOST_CATEGORIES = 6  # up to so many values of a predictor are looked at one by one
_BINS = 8  # else as many bins of about equal size


@dataclass(frozen=True)
class ResidualCheck:
    """A curve of the residuals and the band that the model's own simulations give it.

    Attributes
    ----------
    x, observed : ndarray (m,)
        The curve.
    band : Band
        `lower`, `upper`, `centre`, `pvalue`, `outside`.
    what, along : str
        What is shown, and along what.
    labels : tuple
        Group labels in the order of the points, in a Q-Q plot of groups; else empty.
    """

    x: Array
    observed: Array
    band: Band
    what: str
    along: str
    labels: tuple[Hashable, ...] = ()

    @property
    def pvalue(self) -> float:
        """How often a simulated curve is as far out."""
        return self.band.pvalue

    @property
    def n_outside(self) -> int:
        """Points that lie outside the band."""
        return int(self.band.outside.sum())

    @property
    def outside_labels(self) -> tuple[Hashable, ...]:
        """The groups whose points lie outside, in the order of the points."""
        return tuple(np.array(self.labels, object)[self.band.outside]) if self.labels else ()


@guarded(fit=guard.fitted)
def level_residuals(fit: LmmResult) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Residuals of the individuals and of the groups.

    Individuals: ê = y − Xγ̂ − Zû, and ê over its residual SD. Groups: the BLUPs û, and each over
    the SD that it has under the model, √(τ̂ − Var(u | y)), so that groups of all sizes compare.

    Returns
    -------
    DataFrame, DataFrame
        One row an individual: ``group``, ``fitted``, ``residual``, ``standardised``. One row a
        group: ``size``, and for each random effect ``effect`` and ``standardised effect``.

    Raises
    ------
    ValueError
        If the fit has several groupings.

    References
    ----------
    Snijders, T. A. B., & Berkhof, J. (2008). Diagnostic checks for multilevel models. In J. de
    Leeuw & E. Meijer (Eds.), Handbook of multilevel analysis. Springer,
    doi:10.1007/978-0-387-73186-5_3.

    >>> from hlm_teach import fit_lmm, load_data
    >>> people, batches = level_residuals(fit_lmm("Yield ~ 1", load_data("dyestuff"), "Batch"))
    >>> people.shape, batches.columns.to_list()
    ((30, 4), ['size', 'Intercept', 'standardised Intercept'])
    """
    engine, frame = engine_of(fit), fit.frame
    levels = levels_of_outcomes(fit, frame.outcome.to_numpy()[None])
    people = pd.DataFrame(
        {
            "group": frame.group_labels.to_numpy(),
            "fitted": frame.outcome.to_numpy() - levels.raw[0],
            "residual": levels.raw[0],
            "standardised": levels.residuals[0],
        },
        index=frame.index,
    )
    groups = pd.DataFrame({"size": np.bincount(engine.codes)}, pd.Index(engine.labels))
    for a, effect in enumerate(frame.only_term.effects):
        groups[effect] = levels.effects[0, :, a]
        groups[f"standardised {effect}"] = levels.standardised[0, :, a]
    return people, groups.rename_axis(frame.groups[0])


@guarded(
    fit=guard.fitted,
    level=guard.whole(low=1, high=2),
    effect=guard.text(),
    rng=guard.generator,
    n_sim=guard.whole(low=39),
)
def qq_check(
    fit: LmmResult,
    level: int = 1,
    effect: str = "Intercept",
    *,
    rng: np.random.Generator,
    n_sim: int = 200,
) -> ResidualCheck:
    """Standardised residuals in order against normal quantiles, with a band from the fit itself.

    Parameters
    ----------
    fit
        A result of `fit_lmm` with one grouping.
    level, effect
        1: individuals; 2: groups, their random `effect`.
    rng
        Source of randomness.
    n_sim
        Outcomes simulated from the fit and fitted again.

    Raises
    ------
    ValueError
        If the fit has several groupings, or no such random effect.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    >>> people = qq_check(fit, 2, "Days", rng=np.random.default_rng(1))
    >>> len(people.observed), people.n_outside
    (18, 0)
    """
    place = random_effect_place(fit, effect) if level == 2 else 0
    pick = _picker(level, place)
    seen, drawn = _curves(fit, lambda levels: np.sort(pick(levels), axis=1), n_sim, rng)
    normal = stats.norm.ppf((np.arange(len(seen)) + 0.5) / len(seen))
    labels: tuple = ()
    if level == 2:
        own = levels_of_outcomes(fit, fit.frame.outcome.to_numpy()[None]).standardised[0, :, place]
        labels = tuple(np.asarray(engine_of(fit).labels, object)[np.argsort(own)])
    what = "residuals" if level == 1 else f"{effect} of {fit.frame.groups[0]}"
    return ResidualCheck(
        normal,
        seen,
        simulated_band(seen, drawn),
        f"standardised {what}",
        "normal quantiles",
        labels,
    )


@guarded(fit=guard.fitted, x=guard.text(), rng=guard.generator, n_sim=guard.whole(low=39))
def linearity_check(
    fit: LmmResult, x: str, *, rng: np.random.Generator, n_sim: int = 200
) -> ResidualCheck:
    """Mean residual along x: level where the model's shape in x is right.

    Individuals' residuals are averaged in eight bins of x with about as many rows each (or at each
    value, where there are six or fewer). If x doesn't vary within groups, the groups' random
    intercepts are averaged in place of residuals: that is where its misfit goes.

    Parameters
    ----------
    fit
        A result of `fit_lmm` with one grouping.
    x
        A numeric column of the data that the formula uses.
    rng
        Source of randomness.
    n_sim
        Outcomes simulated from the fit and fitted again.

    Raises
    ------
    ValueError
        If x is no such column, or the fit has several groupings.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    >>> linearity_check(fit, "Days", rng=np.random.default_rng(1)).along
    'Days'
    """
    return _along(fit, x, "mean", n_sim, rng)


@guarded(fit=guard.fitted, x=guard.text(), rng=guard.generator, n_sim=guard.whole(low=39))
def spread_check(
    fit: LmmResult, x: str = "fitted", *, rng: np.random.Generator, n_sim: int = 200
) -> ResidualCheck:
    """SD of the standardised residuals along x, or along the fitted values: level at 1 where
    variances are as the model says.

    Bins as in `linearity_check`.

    >>> from hlm_teach import fit_lmm, load_data
    >>> fit = fit_lmm("log_los ~ died", load_data("medpar"), "hospital")
    >>> check = spread_check(fit, "died", rng=np.random.default_rng(1))
    >>> check.observed.round(2).tolist(), check.n_outside
    ([0.83, 1.24], 2)
    """
    return _along(fit, x, "SD", n_sim, rng)


def _along(
    fit: LmmResult, x: str, what: str, n_sim: int, rng: np.random.Generator
) -> ResidualCheck:
    values, level = _values(fit, x)
    bins, centres = _bins(values)
    pick = _picker(level, 0)
    average = _mean_in(bins) if what == "mean" else _sd_in(bins)
    seen, drawn = _curves(fit, lambda levels: average(pick(levels)), n_sim, rng)
    of = (
        "standardised residuals"
        if level == 1
        else f"standardised intercepts of {fit.frame.groups[0]}"
    )
    return ResidualCheck(centres, seen, simulated_band(seen, drawn), f"{what} of {of}", x)


def _curves(
    fit: LmmResult, curve: Callable[[Levels], Array], n_sim: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """The curve of the data (m,), and of outcomes drawn from the fit (R, m)."""
    seen = curve(levels_of_outcomes(fit, fit.frame.outcome.to_numpy()[None]))[0]
    step = max(1, 2_000_000 // fit.nobs)
    sizes = [min(step, n_sim - start) for start in range(0, n_sim, step)]
    drawn = [curve(levels_of_outcomes(fit, fit.simulate(size, rng))) for size in sizes]
    return seen, np.concatenate(drawn)


def _picker(level: int, place: int) -> Callable[[Levels], Array]:
    if level == 1:
        return lambda levels: levels.residuals
    return lambda levels: levels.standardised[:, :, place]


def random_effect_place(fit: LmmResult, effect: str) -> int:
    """The position of a random effect.

    Raises
    ------
    ValueError
        If the fit has several groupings, or no such random effect.
    """
    effects = list(fit.frame.only_term.effects) if len(fit.frame.terms) == 1 else []
    engine_of(fit)
    if effect not in effects:
        raise ValueError(
            f"effect={shortened(effect)} is not a random effect of this fit, which has {effects}"
        )
    return effects.index(effect)


def _values(fit: LmmResult, x: str) -> tuple[Array, int]:
    """x by row, level 1; or by group, level 2, if it doesn't vary within groups."""
    engine, data = engine_of(fit), fit.frame.data
    if x == "fitted" and x not in data:
        return fit.fittedvalues.to_numpy(), 1
    check_column(data, x, "x")
    check_numeric_column(data, x, "x")
    values = data[x].to_numpy(float)
    first = np.zeros(len(engine.labels))
    first[engine.codes[::-1]] = values[::-1]
    return (first, 2) if np.array_equal(first[engine.codes], values) else (values, 1)


def _bins(values: Array) -> tuple[NDArray[np.integer], Array]:
    """Bin of each value, and the mean value of each bin."""
    known = np.unique(values)
    if len(known) < 2:
        raise ValueError("x has one value only: there is nothing to look along")
    if len(known) <= _MOST_CATEGORIES:
        return np.searchsorted(known, values), known
    edges = np.unique(np.quantile(values, np.arange(1, _BINS) / _BINS))
    codes = np.unique(np.searchsorted(edges, values, side="left"), return_inverse=True)[1]
    return codes, np.bincount(codes, values) / np.bincount(codes)


def _indicator(bins: NDArray[np.integer]) -> Array:
    """Weights (N, m) that average within bins."""
    hot = (bins[:, None] == np.arange(bins.max() + 1)).astype(float)
    return hot / hot.sum(axis=0)


def _mean_in(bins: NDArray[np.integer]) -> Callable[[Array], Array]:
    weights = _indicator(bins)
    return lambda values: values @ weights


def _sd_in(bins: NDArray[np.integer]) -> Callable[[Array], Array]:
    weights = _indicator(bins)
    return lambda values: np.sqrt(
        np.maximum(np.square(values) @ weights - np.square(values @ weights), 0.0)
    )
