"""05.8 Your own clinics."""

import numpy as np
import pandas as pd

from hlm_teach.balanced.intervals import profile_limits, wald_interval
from hlm_teach.balanced.likelihood import untruncated
from hlm_teach.balanced.sums import BalancedSums, balanced_sums
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import YOUR_ML_IS_BY_REML, YOUR_REML_IS_AN_SD
from hlm_teach.simulate.two_level import simulate_two_level

from .common import variances


def draw_clinics(rng: np.random.Generator) -> pd.DataFrame:
    """Six to ten clinics of equal size, minutes of each patient."""
    drawn = simulate_two_level(
        n_groups=int(rng.integers(6, 11)),
        group_size=int(rng.integers(4, 9)),
        gamma00=60,
        tau00=rng.uniform(25, 45),
        sigma2=rng.uniform(50, 90),
        rng=rng,
    )
    return pd.DataFrame({"clinic": drawn["group"], "minutes": drawn["y"].round(1)})


def differ(data: pd.DataFrame) -> bool:
    return bool(untruncated(sums_of(data), reml=False) > 8)


def own_clinics(rng: np.random.Generator) -> pd.DataFrame:
    """Clinics whose variance is estimated well above zero."""
    return drawn_until(differ, draw_clinics, rng)


def sums_of(data: pd.DataFrame) -> BalancedSums:
    return balanced_sums([clinic["minutes"] for _, clinic in data.groupby("clinic")])


def numbers(data: pd.DataFrame) -> Numbers:
    """`variances` of one's own clinics, two other intervals, and REML's estimate shrunk whole."""
    sums, n_groups = sums_of(data), data["clinic"].nunique()
    wald_low, wald_high = wald_interval(sums)
    reml_low, reml_high = profile_limits(sums)
    return variances(data, "minutes", "clinic") | {
        "covers": "b",
        "wald_low": wald_low,
        "wald_high": wald_high,
        "reml_low": reml_low,
        "reml_high": reml_high,
        "shrunk_whole": untruncated(sums) * (n_groups - 1) / n_groups,
    }


MISTAKES = (
    Mistake(
        {"reml": "ml", "ml": "reml"},
        "The two estimates have changed places. Which one divides by more?",
    ),
    Mistake({"reml": "ml"}, "Your reml is the ML estimate. Which argument of `fit_lmm` chooses?"),
    Mistake({"ml": "reml"}, YOUR_ML_IS_BY_REML),
    Mistake({"reml": "means"}, "Your reml is the variance of the clinics' means, luck included."),
    Mistake({"reml": "sd"}, YOUR_REML_IS_AN_SD),
    Mistake(
        {"ml": "shrunk_whole"},
        "For ml you multiplied REML's estimate by (J − 1)/J. Only B/(J − 1) changes "
        "its divisor, not what is taken off.",
    ),
    Mistake(
        {"low": "sd_low", "high": "sd_high"},
        "Your interval is one of the standard deviation, as `profile_intervals` gives "
        "it. Square its ends.",
    ),
    Mistake(
        {"low": "printed_low", "high": "printed_high"},
        "Your interval is made of the Std.Err. that the summary prints beside the "
        "variance. That one is on another scale, and the hill isn't a parabola.",
    ),
    Mistake(
        {"low": "wald_low", "high": "wald_high"},
        "Yours is Wald's interval. It believes that the hill is a parabola; follow "
        "the likelihood itself.",
    ),
    Mistake(
        {"low": "reml_low", "high": "reml_high"},
        "Yours is the profile of the REML deviance: a good choice with few groups. "
        "Asked for is the one that `profile_intervals` gives, from the ML deviance.",
    ),
    Mistake(
        {"low": "rest_low", "high": "rest_high"},
        "Your interval is that of σ². The row of the intercept is about the clinics.",
    ),
    Mistake(
        {"covers": "a"},
        "95 % is a promise for many groups. What did the chapter's simulation find with six?",
    ),
    Mistake(
        {"covers": "c"},
        "It does miss more often than it says. On which side of the truth does it lie "
        "then? Remember that its deviance is ML's.",
    ),
    Mistake(
        {"covers": "d"},
        "That happens where the variance is nearly zero. Here it is half of σ²: look "
        "at the row of an ICC away from the edge.",
    ),
)

EXERCISE = Exercise(
    "05.8",
    "Your own clinics",
    Several(reml=Number(1), ml=Number(1), low=Number(1), high=Number(1), covers=Choice("abcd")),
    numbers=numbers,
    own_data=own_clinics,
    why="from {low:.0f} to {high:.0f}: so little do a handful of clinics say "
    "about how clinics differ; the REML deviance would reach further up.",
    mistakes=MISTAKES,
    nudge="Which of your numbers is on the scale of minutes, which of minutes squared?",
    section="How sure is a variance?",
    formula="fit_lmm(…, reml=False); the ends of profile_intervals' row sd(Intercept), squared",
    points=3,
)
