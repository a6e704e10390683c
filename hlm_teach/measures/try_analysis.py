"""Commit to an analysis, and it is tried on a thousand studies of which the truth is known.

The study: twelve hospitals, six of them (w = 1) with a new ward routine, 20 patients each. The
severity x of a patient's illness differs within hospitals and between them. In truth the routine
does nothing; severity moves the outcome by 0.3 for each SD within a hospital, by 0.8 between
hospitals; and hospitals differ in intercepts and in slopes of severity.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded
from hlm_teach.lmm.many import fit_many
from hlm_teach.lmm.many_kenward_roger import fit_many_kenward_roger

CENTRING = ("raw", "within hospitals", "within hospitals, with means")
RANDOM = ("intercepts", "intercepts and slopes")
ESTIMATOR = ("REML", "ML")
DF = ("z", "satterthwaite", "kenward-roger")
N_HOSPITALS, N_PATIENTS, DRAWS = 12, 20, 10
WITHIN, BETWEEN, TAU00, TAU11, SIGMA2 = 0.3, 0.8, 0.15, 0.06, 0.8


@guarded(
    centring=guard.one_of(*CENTRING),
    random=guard.one_of(*RANDOM),
    estimator=guard.one_of(*ESTIMATOR),
    df=guard.one_of(*DF),
    n_studies=guard.whole(low=DRAWS, high=100_000),
    rng=guard.generator,
)
def try_analysis(
    *,
    centring: str,
    random: str,
    estimator: str,
    df: str,
    n_studies: int = 1000,
    rng: np.random.Generator,
) -> pd.Series:
    """Run one choice of analysis through studies in which the routine does nothing.

    Parameters
    ----------
    centring : {"raw", "within hospitals", "within hospitals, with means"}
        Severity as it is; minus its hospital's mean; or that, with the means as a predictor.
    random : {"intercepts", "intercepts and slopes"}
        What varies between hospitals in the model (slopes of severity, correlated).
    estimator : {"REML", "ML"}
    df : {"z", "satterthwaite", "kenward-roger"}
        What the p-values and intervals refer to. Kenward and Roger's are for REML.
    n_studies : int
        Ten or more; they fall on ten draws of the hospitals' patients.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Series
        In percent: ``false alarms`` (the routine "works", at 5 %), ``coverage`` (95 % intervals
        of severity that hold its effect within hospitals), ``singular`` fits; and ``slope``, the
        mean estimate of severity's effect.

    Raises
    ------
    TypeError, ValueError
        If a choice is none of these, or Kenward and Roger are to correct ML.

    Examples
    --------
    >>> found = try_analysis(centring="raw", random="intercepts", estimator="ML", df="z",
    ...                      n_studies=500, rng=np.random.default_rng(1))
    >>> bool(found["false alarms"] > 7), bool(found["coverage"] < 80)
    (True, True)
    """
    if df == "kenward-roger" and estimator == "ML":
        raise ValueError(
            "df='kenward-roger' corrects REML estimates, and estimator is 'ML': choose 'REML', or "
            "another df"
        )
    tried = [
        _tested(centring, random, estimator, df, rng, n_studies // DRAWS + (k < n_studies % DRAWS))
        for k in range(DRAWS)
    ]
    alarms, missed, slope, singular = (np.concatenate(part) for part in zip(*tried, strict=True))
    return pd.Series(
        {
            "false alarms": 100 * alarms.mean(),
            "coverage": 100 * (1 - missed.mean()),
            "slope": slope.mean(),
            "singular": 100 * singular.mean(),
        }
    )


def _tested(centring: str, random: str, estimator: str, df: str, rng, n_studies: int) -> tuple:
    """False alarms, missed intervals, slopes and singular fits (n_studies,) of one draw of patients."""
    y, x, groups = _draw(centring, rng, n_studies)
    slopes = 2 if random == RANDOM[1] else "1"
    if df == "kenward-roger":
        adjusted = fit_many_kenward_roger(y, x, groups, slopes)
        params, singular = adjusted.params, adjusted.singular
        p, p_within = adjusted.pvalues(), adjusted.pvalues(WITHIN)
    else:
        fits = fit_many(y, x, groups, slopes, reml=estimator == "REML", progress=False)
        params, singular, use_t = fits.params, fits.singular, df == "satterthwaite"
        p, p_within = fits.pvalues(use_t=use_t), fits.pvalues(null=WITHIN, use_t=use_t)
    return p[:, 1] < 0.05, p_within[:, 2] < 0.05, params[:, 2], singular


def _draw(
    centring: str, rng: np.random.Generator, n_studies: int
) -> tuple[Array, Array, np.ndarray]:
    """Outcomes of studies with one draw of patients; X with columns 1, w, severity (, its mean)."""
    groups = np.repeat(np.arange(N_HOSPITALS), N_PATIENTS)
    own = 0.6 * rng.standard_normal(N_HOSPITALS)
    x = own[groups] + rng.standard_normal(len(groups))
    mean = (np.bincount(groups, x) / N_PATIENTS)[groups]
    y = WITHIN * (x - mean) + BETWEEN * mean
    y = y + np.sqrt(TAU00) * rng.standard_normal((n_studies, N_HOSPITALS))[:, groups]
    y += np.sqrt(TAU11) * rng.standard_normal((n_studies, N_HOSPITALS))[:, groups] * (x - mean)
    y += np.sqrt(SIGMA2) * rng.standard_normal((n_studies, len(groups)))
    used = x if centring == "raw" else x - mean
    columns = [np.ones(len(groups)), groups % 2, used]
    if centring.endswith("means"):
        columns.append(mean)
    return y, np.column_stack(columns), groups
