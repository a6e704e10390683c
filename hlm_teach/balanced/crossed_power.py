r"""Power where people are crossed with stimuli: more people alone don't do it.

Every person meets every stimulus once; half of the stimuli are of one kind, half of the other (the
stimuli-within-condition design of Westfall, Kenny & Judd 2014). With P persons and S stimuli,

.. math:: \operatorname{Var}(\hat d) = \frac{4\tau_{stim}}{S} + \frac{\tau_{d}}{P} +
          \frac{4\sigma^2}{PS},

τ_d the variance of people's own differences between the kinds. The first part doesn't shrink with P.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach._shared.noncentral_t import power_of_t


def _mean_squares(persons, stimuli, tau_stimulus, tau_difference, sigma2) -> tuple[Array, Array]:
    """Expected mean squares and degrees of freedom: stimuli, persons by kind, the rest."""
    persons, stimuli = float(persons), float(stimuli)
    expected = np.array(
        [sigma2 + persons * tau_stimulus, sigma2 + stimuli * tau_difference / 4, sigma2], float
    )
    return expected, np.array([stimuli - 2, persons - 1, (stimuli - 2) * (persons - 1)])


def _variance_and_df(squares: Array, df: Array, cells: int) -> tuple[Array, Array]:
    """Var(d̂) from three mean squares (..., 3), and Satterthwaite's degrees of freedom."""
    signed = squares * np.array([1.0, 1.0, -1.0])
    total = signed.sum(axis=-1)
    return 4 * total / cells, total**2 / (squares**2 / df).sum(axis=-1)


_CHECKS = {
    "effect": guard.number(),
    "n_persons": guard.whole(low=2, high=1_000_000),
    "n_stimuli": guard.whole(low=4, high=1_000_000),
    "tau_stimulus": guard.variance,
    "tau_difference": guard.variance,
    "sigma2": guard.positive,
}


@guarded(**_CHECKS, level=guard.level)
def crossed_power(
    *,
    effect: float,
    n_persons: int,
    n_stimuli: int,
    tau_stimulus: float,
    tau_difference: float = 0.0,
    sigma2: float = 1.0,
    level: float = 0.05,
) -> float:
    """Chance to find a difference between two kinds of stimuli, by formula (noncentral t).

    Parameters
    ----------
    effect : float
        The difference.
    n_persons, n_stimuli : int
        P, and S in all (even).
    tau_stimulus, tau_difference, sigma2 : float
        Variances between stimuli of a kind, of people's own differences between the kinds, and of
        the rest. (The variance between people cancels.)
    level : float
        Of the two-sided test.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Westfall, J., Kenny, D. A., & Judd, C. M. (2014). Statistical power and optimal design in
    experiments in which samples of participants respond to samples of stimuli. Journal of
    Experimental Psychology: General, 143(5), 2020-2045, doi:10.1037/xge0000014.

    Examples
    --------
    >>> study = dict(effect=0.5, n_stimuli=16, tau_stimulus=0.2, sigma2=0.6)
    >>> [round(crossed_power(n_persons=p, **study), 2) for p in (10, 40, 160, 100_000)]
    [0.44, 0.52, 0.54, 0.55]
    """
    if n_stimuli % 2:
        raise ValueError(f"n_stimuli={n_stimuli}: an even number is wanted, half of each kind")
    expected, df = _mean_squares(n_persons, n_stimuli, tau_stimulus, tau_difference, sigma2)
    variance, of_t = _variance_and_df(expected, df, n_persons * n_stimuli)
    return float(power_of_t(effect / np.sqrt(variance), of_t, level))


@guarded(**_CHECKS, n_studies=guard.whole(), rng=guard.generator)
def simulate_crossed_power(
    *,
    effect: float,
    n_persons: int,
    n_stimuli: int,
    tau_stimulus: float,
    tau_difference: float = 0.0,
    sigma2: float = 1.0,
    n_studies: int,
    rng: np.random.Generator,
) -> Array:
    """P-values (R,) of t tests with variance and degrees of freedom estimated in each study.

    The mean squares are used as they come (the quasi-F test); where their sum is not positive, the
    residual alone stands in for it.

    >>> p = simulate_crossed_power(effect=0.5, n_persons=40, n_stimuli=16, tau_stimulus=0.2,
    ...     sigma2=0.6, n_studies=20_000, rng=np.random.default_rng(1))
    >>> round(float((p < 0.05).mean()), 2)
    0.51
    """
    if n_stimuli % 2:
        raise ValueError(f"n_stimuli={n_stimuli}: an even number is wanted, half of each kind")
    expected, df = _mean_squares(n_persons, n_stimuli, tau_stimulus, tau_difference, sigma2)
    cells = n_persons * n_stimuli
    true_se = np.sqrt(_variance_and_df(expected, df, cells)[0])
    estimate = effect + true_se * rng.standard_normal(n_studies)
    squares = expected * rng.chisquare(df, (n_studies, 3)) / df
    variance, of_t = _variance_and_df(squares, df, cells)
    rest = 4 * squares[:, 2] / cells
    usable = variance > 0
    se = np.sqrt(np.where(usable, variance, rest))
    return 2 * special.stdtr(np.where(usable, of_t, float(df[2])), -np.abs(estimate) / se)
