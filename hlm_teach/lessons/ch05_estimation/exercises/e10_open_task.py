"""05.10 Open task: another few groups."""

from collections.abc import Callable

import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import PROFILE_IS_OF_ML, YOUR_ML_IS_BY_REML, YOUR_REML_IS_AN_SD
from hlm_teach.feedback.reading import REML, SD, VARIANCE, ascribes
from hlm_teach.lmm.fit import fit_lmm

from .common import claims_alike, profiles_reml, variances

OPEN = {
    "pastes": ("strength", "batch"),
    "employment_uk": ("log_wage", "sector"),
    "medpar": ("log_los", "hospital"),
    "hsb": ("math", "school"),
}
EXAMPLE = (
    "The variance between the {groups} groups was estimated by REML as {reml:.3f} (95 % "
    "profile-likelihood interval {low:.3f} to {high:.3f})."
)


def numbers(name: str) -> Numbers:
    """`variances` of the rows that the task takes, and REML's estimate from the whole file."""
    outcome, group = OPEN[name]
    data = load_data(name)
    whole = fit_lmm(f"{outcome} ~ 1", data, groups=group)
    return variances(asked_for(name, data), outcome, group) | {"of_all_rows": whole.vcomp.iloc[0]}


def asked_for(name: str, data: pd.DataFrame) -> pd.DataFrame:
    """The rows that the task takes: of pastes all, of the others a part."""
    if name == "employment_uk":
        return data[data["year"] == 1982]
    if name == "medpar":
        return data[data["admission"] == "emergency"]
    if name == "hsb":
        return data[data["school"].isin(data["school"].unique()[-10:])]
    return data


def took_all_rows(given: dict, n: Numbers) -> bool:
    """Tell whether the estimate is that of the whole file; of pastes it is asked for."""
    return given["data"] != "pastes" and Number(3).same(given["reml"], n["of_all_rows"])


def called(to: str, unless: str) -> Callable[[dict, Numbers], bool]:
    """Tell whether the sentence calls the variance between groups something else."""
    return lambda given, n: ascribes(given["sentence"], n["reml"], 2, to, unless=unless)


MISTAKES = (
    Mistake(
        {"reml": "ml", "ml": "reml"},
        "The two estimates have changed places. Which of them is the smaller one?",
    ),
    Mistake(
        {"reml": "of_all_rows"},
        "Your estimate is that of the whole file. Which rows does the task take?",
        when=took_all_rows,
    ),
    Mistake({"reml": "reml", "ml": "reml"}, YOUR_ML_IS_BY_REML),
    Mistake({"reml": "means"}, "Your reml is the variance of the group means, luck included."),
    Mistake({"reml": "sd"}, YOUR_REML_IS_AN_SD),
    Mistake(
        {"low": "sd_low", "high": "sd_high"},
        "Your interval is one of the standard deviation. Square its ends.",
    ),
    Mistake(
        {"low": "printed_low", "high": "printed_high"},
        "Your interval is made of the Std.Err. that the summary prints beside the "
        "variance, which is on another scale.",
    ),
    Mistake(
        {"sentence": "The standard deviation between the {groups} groups is {reml:.2f}."},
        "Your sentence calls the variance a standard deviation.",
        when=called(SD, unless=VARIANCE),
    ),
    Mistake(
        {"sentence": "The variance within the {groups} groups is {reml:.2f}."},
        "Your sentence gives the variance between groups as the one within.",
        when=called("within", unless="between"),
    ),
    Mistake(
        {"sentence": EXAMPLE + " So the groups do not differ."},
        "Look at the lower end of your interval: does it allow for groups that are "
        "alike? And even one that reaches down to zero would be no proof that they are.",
        when=lambda given, n: claims_alike(given["sentence"]),
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("-likelihood interval", " interval from the REML deviance")},
        PROFILE_IS_OF_ML,
        when=lambda given, n: profiles_reml(given["sentence"]),
    ),
)

EXERCISE = Exercise(
    "05.10",
    "Open task: another few groups",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        reml=Number(3),
        ml=Number(3),
        low=Number(2),
        high=Number(2),
        sentence=Sentence(
            (
                Part(
                    "the REML estimate of the variance, with two decimals",
                    number="reml",
                    decimals=2,
                ),
                Part("how many groups", number="groups"),
                Part("the lower end of its interval", number="low", decimals=2),
                Part("the upper end of its interval", number="high", decimals=2),
                Part("which kind of interval that is", pattern=r"profile"),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="two estimators, one interval, and a sentence that says which was which.",
    mistakes=MISTAKES,
    nudge="How many groups speak about the variance between groups, and how sure can they be?",
    section="How sure is a variance?",
    formula="τ̂₀₀ by fit_lmm(…) and fit_lmm(…, reml=False); profile_intervals, squared",
    points=3,
)
