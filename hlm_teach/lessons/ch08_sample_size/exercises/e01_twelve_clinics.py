"""08.1 Twelve clinics: what they know of a variance."""

import numpy as np
from scipy import stats

from hlm_teach.balanced.variance_law import interval_factors
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

CLINICS, ESTIMATE = 12, 5.0


def first_within(factor: float, level: float = 0.95) -> int:
    """The smallest number of groups whose upper end is at most `factor` times the estimate."""
    return next(j for j in range(3, 500) if interval_factors(j, level=level)[1] <= factor)


def numbers() -> Numbers:
    """The interval of a variance from twelve means, how many make its end two; and misreadings."""
    df = CLINICS - 1
    low, high = (ESTIMATE * factor for factor in interval_factors(CLINICS))
    low90, high90 = (ESTIMATE * factor for factor in interval_factors(CLINICS, level=0.90))
    chi_low, chi_high = stats.chi2.ppf([0.025, 0.975], df)
    more_low, more_high = stats.chi2.ppf([0.025, 0.975], CLINICS)
    wald = 1.96 * ESTIMATE * np.sqrt(2 / df)
    return {
        "low": low,
        "high": high,
        "clinics": first_within(2),
        "more": "c",
        "low_j": ESTIMATE * CLINICS / more_high,
        "high_j": ESTIMATE * CLINICS / more_low,
        "low_times": ESTIMATE * chi_low / df,
        "high_times": ESTIMATE * chi_high / df,
        "low_sd": np.sqrt(low),
        "high_sd": np.sqrt(high),
        "low_90": low90,
        "high_90": high90,
        "low_wald": ESTIMATE - wald,
        "high_wald": ESTIMATE + wald,
        "low_factor": low / ESTIMATE,
        "high_factor": high / ESTIMATE,
        "degrees": first_within(2) - 1,
        "of_sd": first_within(4),
        "of_90": first_within(2, 0.90),
        "rule": 30,
    }


MISTAKES = (
    Mistake({"low": "high", "high": "low"}, "The two ends are swapped."),
    Mistake(
        {"low": "low_times", "high": "high_times"},
        "You multiplied by χ²/(J − 1). That is where estimates fall around a known τ₀₀; solved for "
        "τ₀₀, the χ² stands below the line.",
    ),
    Mistake(
        {"low": "low_j", "high": "high_j"},
        "You used as many degrees of freedom as clinics. What did the estimate use up?",
    ),
    Mistake(
        {"low": "low_sd", "high": "high_sd"},
        "These are the ends for the standard deviation. The variance is asked for.",
    ),
    Mistake({"low": "low_90", "high": "high_90"}, "These are the ends of a 90 % interval."),
    Mistake(
        {"low": "low_wald", "high": "high_wald"},
        "You went 1.96 standard errors to both sides. With twelve clinics the law of τ̂₀₀ is "
        "anything but symmetric: which one is it?",
    ),
    Mistake(
        {"low": "low_factor", "high": "high_factor"}, "These are the factors. Of which estimate?"
    ),
    Mistake({"clinics": "degrees"}, "That many degrees of freedom are needed. And clinics?"),
    Mistake(
        {"clinics": "of_sd"},
        "With so many clinics the standard deviation ends at twice its estimate. The variance is "
        "asked for, and it is squared.",
    ),
    Mistake({"clinics": "of_90"}, "That is enough for a 90 % interval."),
    Mistake(
        {"clinics": "rule"},
        "Thirty is a rule of thumb. Look for the first J whose upper factor is 2 or less.",
    ),
    Mistake(
        {"more": "a"},
        "A standard error falls with the root of what is counted. But patients aren't what this "
        "variance is made of: what is counted here?",
    ),
    Mistake(
        {"more": "b"},
        "Twice the patients halve the luck in a clinic's mean, and there was hardly any left. "
        "What is the interval made of?",
    ),
    Mistake(
        {"more": "d"},
        "More patients do no harm. But what could they tell of clinics that nobody visited?",
    ),
)

EXERCISE = Exercise(
    "08.1",
    "Twelve clinics: what they know of a variance",
    Several(low=Number(2), high=Number(2), clinics=Number(0, within=0.1), more=Choice("abcd")),
    numbers=numbers,
    why="from {low:.1f} to {high:.1f}: the upper end is {high_factor:.1f} times the estimate, "
    "however many patients there are, and {clinics} clinics bring that down to two.",
    mistakes=MISTAKES,
    nudge="If every clinic's mean were known exactly, how many numbers would tell how clinics "
    "differ?",
    section="What J groups know about a variance",
    formula="(J − 1)·τ̂₀₀/τ₀₀ ~ χ² with J − 1 degrees of freedom, solved for τ₀₀;  "
    "interval_factors(J)",
    points=3,
)
