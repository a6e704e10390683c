"""06.6 Six slopes, one finding."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

from .common import gain, tail

PREDICTORS = ["sleep", "homework", "sport", "screen", "music", "reading"]


def numbers() -> Numbers:
    """The chance of a finding among six tests, and the p of reading, corrected or not."""
    pupils = six_slopes()
    d = gain(
        *(
            fit_lmm("points ~ reading", pupils, "school", random, reml=False)
            for random in ("1", "1 + reading")
        )
    )
    p = tail(d, 1, 2)
    return {
        "chance": 100 * (1 - 0.95**6),
        "corrected": 6 * p,
        "report": "c",
        "plus": "q",
        "six_times_5": 6 * 5.0,
        "none": 100 * 0.95**6,
        "all_six": 100 * 0.05**6,
        "uncorrected": p,
        "divided": p / 6,
        "threshold": 0.05 / 6,
        "naive": 6 * tail(d, 2),
        "of_sidak": 1 - (1 - p) ** 6,
    }


def six_slopes() -> pd.DataFrame:
    """Thirty schools without any slope variance, six predictors of pupils."""
    rng, school = np.random.default_rng(662), np.repeat(np.arange(30), 20)
    pupils = pd.DataFrame(rng.normal(size=(600, 6)), columns=PREDICTORS).assign(school=school)
    luck = rng.normal(0, 2, 30)[school] + pupils["homework"] + rng.normal(0, 4, 600)
    return pupils.assign(points=50 + luck)


MISTAKES = (
    Mistake(
        {"chance": "six_times_5"},
        "You added six times 5 %. That counts a study with two findings twice (for 30 "
        "tests it would give 150 %). In how many studies does none of six come up?",
    ),
    Mistake({"chance": 5.0}, "That is the chance with one test. There were six."),
    Mistake({"chance": "none"}, "That is the chance that none comes up."),
    Mistake({"chance": "all_six"}, "That is the chance that all six come up."),
    Mistake(
        {"corrected": "uncorrected"}, "This p isn't corrected: it doesn't know of the five others."
    ),
    Mistake(
        {"corrected": "divided"},
        "You divided p. The threshold is divided, 0.05/6; a p-value goes the other way.",
    ),
    Mistake(
        {"corrected": "threshold"},
        "That is the threshold to compare an uncorrected p with. The corrected p is "
        "asked for, which is compared with 0.05.",
    ),
    Mistake(
        {"corrected": "naive"},
        "You corrected the naive p. One slope with its covariance has a mixture.",
    ),
    Mistake(
        {"corrected": "of_sidak"},
        "That is Šidák's correction, nearly the same, and exact where tests are "
        "independent; Bonferroni's is asked for.",
    ),
    Mistake(
        {"report": "a"},
        "The table's p was the smallest of six. What would "
        "it be worth if it had been chosen in advance, and "
        "was it?",
    ),
    Mistake(
        {"report": "b"},
        "A test that errs less in one way doesn't mend another fault. How many slopes were tried?",
    ),
    Mistake(
        {"report": "d"},
        "A further test of the same slope on the same data adds one more to the search.",
    ),
    Mistake(
        {"plus": "p"},
        "A slope that is perfectly tied to the level would be "
        "remarkable. Look at the other rows: how many of them "
        "have such a correlation, without any finding?",
    ),
    Mistake(
        {"plus": "r"},
        "The optimum lies at the edge; the optimiser found it. An edge is an estimate.",
    ),
    Mistake(
        {"plus": "s"},
        "Thirty schools can show a correlation. What can be seen of one if slopes don't vary?",
    ),
)

EXERCISE = Exercise(
    "06.6",
    "Six slopes, one finding",
    Several(chance=Number(1), corrected=Number(3), report=Choice("abcd"), plus=Choice("pqrs")),
    numbers=numbers,
    why="with six independent tests at their 5 % the smallest p would lie below 0.05 in "
    "{chance:.1f} % of such studies; only the number of tests, reported, lets a "
    "reader see it.",
    mistakes=MISTAKES,
    nudge="If all six slopes are the same in every school, how often will the smallest of six "
    "p-values lie below 0.05?",
    section="Pitfalls",
    formula="P(at least one of m) = 1 − 0.95^m; Bonferroni: m·p, or the threshold 0.05/m",
    points=3,
)
