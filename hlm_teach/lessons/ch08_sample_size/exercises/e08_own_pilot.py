"""08.8 Your own pilot, and the study after it."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.power import groups_needed

EFFECT, SIZE = 4.0, 20


def draw_pilot(rng: np.random.Generator) -> pd.DataFrame:
    """Twelve to sixteen clinics of 6 to 30 patients, whose recovery scores differ between them."""
    sizes = rng.integers(6, 31, size=rng.integers(12, 17))
    clinic = np.repeat(np.arange(len(sizes)), sizes)
    levels = rng.normal(0, np.sqrt(rng.uniform(15, 35)), size=len(sizes))
    score = 60 + levels[clinic] + rng.normal(0, np.sqrt(rng.uniform(80, 140)), size=len(clinic))
    return pd.DataFrame({"clinic": clinic + 1, "recovery": score.round(1)})


def variance_of_means(data: pd.DataFrame) -> float:
    return data.groupby("clinic")["recovery"].mean().var()


def needed(tau00: float, sigma2: float, size: int = SIZE) -> int:
    return groups_needed("between", effect=EFFECT, group_size=size, tau00=tau00, sigma2=sigma2)


def plans(fit: LmmResult, data: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Clinics needed at the estimate and at the upper end, and those of each that slips lead to."""
    tau00, sigma2 = fit.cov_re.iloc[0, 0], fit.sigma2
    low, high = fit.profile_intervals.loc["sd(Intercept)"]
    at_estimate, at_upper = needed(tau00, sigma2), needed(high**2, sigma2)
    return {
        "needed": at_estimate,
        "no_groups": needed(0.0, data["recovery"].var()),
        "by_sds": needed(np.sqrt(tau00), np.sqrt(sigma2)),
        "an_arm": at_estimate // 2,
        "of_means_needed": needed(variance_of_means(data), sigma2),
    }, {
        "upper": at_upper,
        "not_squared": needed(high, sigma2),
        "lower": needed(low**2, sigma2),
        "upper_an_arm": at_upper // 2,
    }


def serves(data: pd.DataFrame) -> bool:
    """Tell whether τ_00 is well away from 0 and from the variance of means, and slips are told apart."""
    fit = fit_lmm("recovery ~ 1", data, "clinic")
    tau00 = fit.cov_re.iloc[0, 0]
    if not (10 < tau00 < 45 and variance_of_means(data) > 1.1 * tau00):
        return False
    first, second = plans(fit, data)
    second |= {"needed": first["needed"]}
    return all(len(set(plan.values())) == len(plan) for plan in (first, second))


def own_pilot(rng: np.random.Generator) -> pd.DataFrame:
    """A pilot study of a few clinics."""
    return drawn_until(serves, draw_pilot, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """Variances of the pilot, clinics needed at the estimate and at its upper end; and slips."""
    fit = fit_lmm("recovery ~ 1", data, "clinic")
    ml = fit_lmm("recovery ~ 1", data, "clinic", reml=False)
    tau00, sigma2 = fit.cov_re.iloc[0, 0], fit.sigma2
    high = fit.profile_intervals.loc["sd(Intercept)", "upper"]
    first, second = plans(fit, data)
    return {
        "tau00": tau00,
        "sigma2": sigma2,
        **first,
        **second,
        "times": high**2 / tau00,
        "end_itself": high,
        "end_squared": high**2,
        "sd": np.sqrt(tau00),
        "ml": ml.cov_re.iloc[0, 0],
        "of_means": variance_of_means(data),
        "residual_sd": np.sqrt(sigma2),
        "total": data["recovery"].var(),
    }


MISTAKES = (
    Mistake({"tau00": "sigma2", "sigma2": "tau00"}, "Between and within are swapped."),
    Mistake({"tau00": "sd"}, "Your tau00 is a standard deviation: square it."),
    Mistake({"sigma2": "residual_sd"}, "Your sigma2 is a standard deviation: square it."),
    Mistake({"tau00": "ml"}, "Your tau00 is fitted by ML; REML is asked for."),
    Mistake(
        {"tau00": "of_means"},
        "Your tau00 is the variance of the clinics' means, and the patients' luck is part of that.",
    ),
    Mistake({"sigma2": "total"}, "Your sigma2 is the variance of all scores, clinics and all."),
    Mistake(
        {"needed": "no_groups"},
        "So many would do if clinics didn't differ at all: did τ₀₀ get into the formula?",
    ),
    Mistake({"needed": "by_sds"}, "The formula wants variances; you gave it standard deviations."),
    Mistake({"needed": "an_arm"}, "That many in each arm. How many in all?"),
    Mistake(
        {"needed": "of_means_needed"},
        "You planned with the variance of the clinics' means; that counts the patients' luck twice.",
    ),
    Mistake(
        {"upper": "not_squared"},
        "profile_intervals gives the end of a standard deviation. The formula wants a variance.",
    ),
    Mistake(
        {"upper": "end_itself"},
        "As upper you gave the end of an interval, of a standard deviation. How many clinics does a "
        "variance as large as that ask for?",
    ),
    Mistake(
        {"upper": "end_squared"},
        "As upper you gave the variance at the end of the interval. How many clinics does it ask for?",
    ),
    Mistake({"upper": "lower"}, "That is at the lower end of the interval: the happy case."),
    Mistake({"upper": "upper_an_arm"}, "At the upper end you gave the clinics of one arm."),
    Mistake(
        {"upper": "needed"},
        "At the upper end you gave the same number again. τ₀₀ may well be larger than its estimate.",
    ),
)

EXERCISE = Exercise(
    "08.8",
    "Your own pilot, and the study after it",
    Several(
        tau00=Number(1), sigma2=Number(1), needed=Number(0, within=0.1), upper=Number(0, within=0.1)
    ),
    numbers=numbers,
    own_data=own_pilot,
    why="{needed} clinics at your estimate, {upper} where τ₀₀ is as large as your pilot allows, "
    "{times:.1f} times the estimate: a pilot tells little about a variance, and a plan says so.",
    mistakes=MISTAKES,
    nudge="How sure is a variance that so few clinics tell, and what if it is larger?",
    section="Real data",
    formula='fit_lmm("recovery ~ 1", data, "clinic");  profile_intervals["sd(Intercept)"] squared;  '
    'groups_needed("between", effect=…, group_size=…, tau00=…, sigma2=…)',
    points=3,
)
