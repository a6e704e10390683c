r"""What leaving out a random slope costs: false positives for the mean slope and for what moves it.

J groups of n, in each of which x has mean 0 and mean square 1, the same values in all. The slope
estimated in group j, b_j, scatters around the mean slope with variance τ_11 + σ²/n. A model with
random intercepts alone takes all of that for residual noise. Pooled over the groups its residual
sum of squares is

.. math:: a\,\chi^2_{J-m} + \sigma^2\chi^2_{J(n-2)}, \qquad a = \sigma^2 + n\tau_{11},

on J(n − 1) − m degrees of freedom, where m = 1 if the mean slope alone is estimated and m = 2 if
a group-level predictor of the slope (a cross-level interaction) is in the model. The estimate
itself has variance a/(nJ) where the model believes in about σ²/(nJ).

Both levels of the data are in these few χ² variables, so that studies are drawn from them
directly, which is exact.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.checks import check_count, check_number, check_rng, check_variance
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.words import listed

from .analyses import Analyses
from .false_positives import prob_exceeds

TESTED = {"mean slope": 1, "cross-level interaction": 2}


@dataclass(frozen=True)
class SlopeStudies:
    """R studies without an effect, each analysed with and without a random slope.

    Attributes
    ----------
    omitted, included : Analyses
        The model with random intercepts alone, t on J(n − 1) − m degrees of freedom, and the
        analysis that lets slopes vary, t on J − m.
    """

    omitted: Analyses
    included: Analyses


@guarded(tau11=guard.values_of(guard.variance), tested=guard.text(), level=guard.level)
def omitted_slope_rate(
    *,
    n_groups: int,
    group_size: int,
    tau11: float | np.ndarray,
    sigma2: float = 1.0,
    tested: str = "mean slope",
    level: float = 0.05,
) -> float | np.ndarray:
    r"""Exact false-positive rate of a slope's test in a model without the random slope.

    .. math:: P\Big(a\chi^2_1 > \frac{c}{J(n-1)-m}\big(a\chi^2_{J-m} + \sigma^2\chi^2_{J(n-2)}
              \big)\Big), \quad a = \sigma^2 + n\tau_{11},

    c the squared quantile of t. For the balanced studies of this module with τ̂_00 > 0 (then the
    random intercepts take the group means and nothing else; chapter 03).

    Parameters
    ----------
    n_groups, group_size : int
        J (four or more) and n (three or more).
    tau11 : float or ndarray
        Slope variance that the model leaves out, for x with variance 1 within groups.
    sigma2 : float
        Variance within groups, above 0.
    tested : {"mean slope", "cross-level interaction"}
        What is tested: γ_10, or γ_11, the effect of a two-armed group-level predictor on slopes.
    level : float
        Nominal level.

    Returns
    -------
    float or ndarray
        In the shape of `tau11`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Heisig, J. P., & Schaeffer, M. (2019). Why you should always include a random slope for the
    lower-level variable involved in a cross-level interaction. European Sociological Review,
    35(2), 258-279, doi:10.1093/esr/jcy053 (the problem; the exact rate is derived here).

    Examples
    --------
    >>> round(omitted_slope_rate(n_groups=30, group_size=20, tau11=0.05), 3)
    0.155
    """
    j, n, m, sigma2 = _design(n_groups, group_size, sigma2, tested)
    flat = np.array([check_variance(float(t), "tau11") for t in np.ravel(tau11)])
    df = j * (n - 1) - m
    k = special.stdtrit(df, 1 - check_number(level, "level", low=0, high=1) / 2) ** 2 / df
    a = sigma2 + n * flat
    rate = prob_exceeds(
        a, np.column_stack([k * a, np.full_like(a, k * sigma2)]), np.array([j - m, j * (n - 2)])
    )
    return float(rate[0]) if np.ndim(tau11) == 0 else rate.reshape(np.shape(tau11))


@guarded(tested=guard.text())
def simulate_slope_studies(
    *,
    n_studies: int,
    n_groups: int,
    group_size: int,
    tau11: float,
    sigma2: float = 1.0,
    tested: str = "mean slope",
    rng: np.random.Generator,
) -> SlopeStudies:
    """Draw studies in which nothing moves the slope on average; analyse each in two ways.

    With the slope left out: pooled residual, t on J(n − 1) − m. With it: the J slopes are the
    data, t on J − m, which a random-slope model with Satterthwaite degrees of freedom equals in
    these balanced data wherever no variance estimate lies on its edge.

    Parameters
    ----------
    n_studies : int
        R.
    rng : numpy.random.Generator
        Source of randomness; the others as in `omitted_slope_rate`.

    Examples
    --------
    >>> studies = simulate_slope_studies(n_studies=50_000, n_groups=30, group_size=20, tau11=0.1,
    ...                                  rng=np.random.default_rng(1))
    >>> round(studies.omitted.false_positives, 2), round(studies.included.false_positives, 2)
    (0.23, 0.05)
    """
    check_rng(rng)
    j, n, m, sigma2 = _design(n_groups, group_size, sigma2, tested)
    a = sigma2 + n * check_variance(tau11, "tau11")
    count = check_count(n_studies, "n_studies")
    root = np.sqrt(n * j)
    estimate = np.sqrt(a) * rng.standard_normal(count) / root
    between = a * rng.chisquare(j - m, count)
    within = sigma2 * rng.chisquare(j * (n - 2), count)
    df = j * (n - 1) - m
    true_se = float(np.sqrt(a) / root)
    return SlopeStudies(
        Analyses(estimate, np.sqrt((between + within) / df) / root, df, true_se=true_se),
        Analyses(estimate, np.sqrt(between / (j - m)) / root, j - m, true_se=true_se),
    )


def _design(n_groups, group_size, sigma2, tested) -> tuple[int, int, int, float]:
    """Check J, n, σ² and what is tested."""
    if tested not in TESTED:
        raise ValueError(f"tested={tested!r} must be one of {listed(TESTED)}")
    return (
        check_count(n_groups, "n_groups", low=4),
        check_count(group_size, "group_size", low=3),
        TESTED[tested],
        check_variance(sigma2, "sigma2", positive=True),
    )
