r"""Persons crossed with stimuli: how often an effect is found that isn't there, and by whom.

Every person meets every stimulus once. A predictor without any effect splits one of the two
factors in halves: the *own* factor, to whose levels it belongs (the frequency of a word belongs to
words, the age of a reader to persons). Each level of the *other* factor meets both halves::

    y_ps = u_p + w_s + e_ps,   Var(u_p) = τ_person, Var(w_s) = τ_stimulus, Var(e_ps) = σ²

With A levels of the own factor and B of the other, all that an analysis needs are five
independent sums of squares, each a χ² times its expected mean square:

================================  ================  ====================
sum of squares                    df                expected mean square
================================  ================  ====================
predictor                         1                 σ² + B·τ_own
own levels within halves          A − 2             σ² + B·τ_own
other levels                      B − 1             σ² + A·τ_other
predictor by other levels         B − 1             σ²
the rest                          (A − 2)(B − 1)    σ²
================================  ================  ====================

The predictor's own square holds the luck of the levels that happened to be in each half. An
analysis is right if its yardstick holds that luck too. Studies are drawn from the five sums,
which is exact; and where the yardstick is a plain sum of some of them, so is the rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_count, check_number, check_rng, check_variance
from hlm_teach._shared.guard import guarded

from .false_positives import prob_exceeds

BELONGS_TO = ("stimuli", "persons")
ANALYSES = ("both", "persons only", "stimuli only", "neither", "means of persons")
OWN, OTHER, BY_OTHER, REST = range(4)  # places of the four sums of squares beside the predictor's


@guarded(belongs_to=guard.one_of(*BELONGS_TO), analysis=guard.one_of(*ANALYSES), level=guard.level)
def crossed_rejection_rate(
    *,
    n_persons: int,
    n_stimuli: int,
    tau_person: float,
    tau_stimulus: float,
    sigma2: float = 1.0,
    belongs_to: str = "stimuli",
    analysis: str = "persons only",
    level: float = 0.05,
) -> float:
    r"""Exact false-positive rate of one analysis of persons crossed with stimuli.

    .. math:: P\Big(\lambda\chi^2_1 > \frac{c}{\nu}\sum_k \lambda_k\chi^2_{m_k}\Big), \quad
              \lambda = \sigma^2 + B\tau_{own}, \quad \nu = \sum_k m_k,

    c the squared quantile of t with ν degrees of freedom; the sums are over what the analysis
    takes for luck. It holds while no variance that the analysis estimates comes out as zero
    (`simulate_crossed_studies` has those studies in it, too).

    Parameters
    ----------
    n_persons, n_stimuli : int
        How many; of the factor that the predictor splits four or more, an even number.
    tau_person, tau_stimulus, sigma2 : float
        Variances between persons, between stimuli, and of the rest (above 0).
    belongs_to : {"stimuli", "persons"}
        Whose levels the predictor splits in halves.
    analysis : {"both", "persons only", "stimuli only", "neither", "means of persons"}
        Which random intercepts the model has; or a t test on the means of each person (where the
        predictor belongs to stimuli, of each person in each half): stimuli taken as fixed.
    level : float
        Nominal level.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Clark, H. H. (1973). The language-as-fixed-effect fallacy: a critique of language statistics in
    psychological research. Journal of Verbal Learning and Verbal Behavior, 12(4), 335-359,
    doi:10.1016/S0022-5371(73)80014-3 (the fallacy; the rates are derived here).

    Examples
    --------
    >>> design = dict(n_persons=20, n_stimuli=40, tau_person=0.3, tau_stimulus=0.1)
    >>> round(crossed_rejection_rate(**design, analysis="means of persons"), 2)
    0.24
    >>> round(crossed_rejection_rate(**design, analysis="both"), 2)
    0.05
    """
    expected, counts = _design(n_persons, n_stimuli, (tau_person, tau_stimulus, sigma2), belongs_to)
    used = _yardstick(belongs_to, analysis)
    df = int(counts[used].sum())
    k = special.stdtrit(df, 1 - check_number(level, "level", low=0, high=1) / 2) ** 2 / df
    rate = prob_exceeds(expected[[OWN]], k * expected[used][None, :], counts[used])
    return float(rate[0])


@guarded(belongs_to=guard.one_of(*BELONGS_TO), analysis=guard.one_of(*ANALYSES))
def crossed_df(
    *, n_persons: int, n_stimuli: int, belongs_to: str = "stimuli", analysis: str = "persons only"
) -> int:
    """Degrees of freedom of the t test in `crossed_rejection_rate`.

    >>> [crossed_df(n_persons=20, n_stimuli=40, analysis=a) for a in ("both", "persons only")]
    [38, 779]
    """
    _, counts = _design(n_persons, n_stimuli, (0.0, 0.0, 1.0), belongs_to)
    return int(counts[_yardstick(belongs_to, analysis)].sum())


@guarded(belongs_to=guard.one_of(*BELONGS_TO))
def simulate_crossed_studies(
    *,
    n_studies: int,
    n_persons: int,
    n_stimuli: int,
    tau_person: float,
    tau_stimulus: float,
    sigma2: float = 1.0,
    belongs_to: str = "stimuli",
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Draw studies in which the predictor has no effect; p-values of five analyses of each.

    Variances are REML estimates: mean squares, and where a factor's is smaller than the
    residual's the two are pooled (the factor's variance is 0). The test is t with
    Satterthwaite's degrees of freedom, which take such a zero as known.

    Parameters
    ----------
    n_studies : int
        R.
    rng : numpy.random.Generator
        Source of randomness; the others as in `crossed_rejection_rate`.

    Returns
    -------
    dict
        By analysis, an ndarray of R p-values.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Examples
    --------
    >>> found = simulate_crossed_studies(
    ...     n_studies=20_000, n_persons=20, n_stimuli=40, tau_person=0.3, tau_stimulus=0.1,
    ...     rng=np.random.default_rng(1))
    >>> round(float((found["persons only"] < 0.05).mean()), 2)
    0.23
    >>> round(float((found["both"] < 0.05).mean()), 2)
    0.05
    """
    check_rng(rng)
    expected, counts = _design(n_persons, n_stimuli, (tau_person, tau_stimulus, sigma2), belongs_to)
    shape = (check_count(n_studies, "n_studies"), 4)
    sums = expected * rng.chisquare(counts, shape)
    effect = expected[OWN] * rng.chisquare(1, shape[0])
    return p_values(effect, sums, counts, belongs_to=belongs_to)


def p_values(effect: Array, sums: Array, counts: Array, *, belongs_to: str) -> dict[str, Array]:
    """P-values (R,) of the analyses: the predictor's squares (R,), the others' (R, 4), their df."""
    found = {}
    for name in ANALYSES:
        if name == "means of persons":
            only = _yardstick(belongs_to, name)[0]
            square, df = sums[:, only] / counts[only], counts[only]
        else:
            square, df = _reml_square(sums, counts, _kept(belongs_to, name))
        found[name] = special.fdtrc(1, df, effect / square)
    return found


def _kept(belongs_to: str, analysis: str) -> list[int]:
    """The factors with a random intercept in the model, as places of their squares."""
    own, other = {"stimuli": ("stimuli", "persons"), "persons": ("persons", "stimuli")}[belongs_to]
    kept = {"both": (own, other), "neither": ()}.get(analysis, (analysis.removesuffix(" only"),))
    return [place for place, factor in ((OWN, own), (OTHER, other)) if factor in kept]


def _yardstick(belongs_to: str, analysis: str) -> list[int]:
    """The squares against which the predictor's is held, if no variance comes out as zero."""
    if analysis == "means of persons":
        return [BY_OTHER] if belongs_to == "stimuli" else [OWN]
    kept = _kept(belongs_to, analysis)
    return [OWN] if OWN in kept else [k for k in range(4) if k not in kept]


def _reml_square(sums: Array, counts: Array, kept: Sequence[int]) -> tuple[Array, Array]:
    """Mean square of the predictor's stratum by REML, and its degrees of freedom, (R,) each.

    REML wants each factor's mean square at or above the residual's. Where it isn't, the two are
    pooled, the smallest first; the tests hold this against models fitted to the trials.
    """
    free = [k for k in range(4) if k not in kept]
    residual, df = sums[:, free].sum(axis=1), np.full(len(sums), float(counts[free].sum()))
    own_pooled = np.zeros(len(sums), dtype=bool)
    squares = sums[:, list(kept)] / counts[list(kept)]
    rows = np.arange(len(sums))
    for place in np.argsort(squares, axis=1).T:
        which = np.asarray(kept)[place]
        joins = sums[rows, which] / counts[which] < residual / df
        residual = residual + joins * sums[rows, which]
        df = df + joins * counts[which]
        own_pooled |= joins & (which == OWN)
    if OWN not in kept:
        return residual / df, df
    square = np.where(own_pooled, residual / df, sums[:, OWN] / counts[OWN])
    return square, np.where(own_pooled, df, counts[OWN])


def _design(
    n_persons: object, n_stimuli: object, variances: tuple, belongs_to: str
) -> tuple[Array, Array]:
    """Expected mean squares (4,) and degrees of freedom (4,), checked."""
    splits_stimuli = belongs_to == "stimuli"
    persons = check_count(n_persons, "n_persons", low=2 if splits_stimuli else 4)
    stimuli = check_count(n_stimuli, "n_stimuli", low=4 if splits_stimuli else 2)
    own, other = (stimuli, persons) if splits_stimuli else (persons, stimuli)
    if own % 2:
        name = "n_stimuli" if splits_stimuli else "n_persons"
        raise ValueError(f"{name}={own}: an even number is wanted, half of them on either side")
    tau_person = check_variance(variances[0], "tau_person")
    tau_stimulus = check_variance(variances[1], "tau_stimulus")
    sigma2 = check_variance(variances[2], "sigma2", positive=True)
    tau_own, tau_other = (
        (tau_stimulus, tau_person) if splits_stimuli else (tau_person, tau_stimulus)
    )
    expected = [sigma2 + other * tau_own, sigma2 + own * tau_other, sigma2, sigma2]
    counts = [own - 2, other - 1, other - 1, (own - 2) * (other - 1)]
    return np.array(expected), np.array(counts)
