"""06.10 Open task: another slope."""

import re

import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import p_above_one
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import D_NOT_DOUBLED
from hlm_teach.feedback.reading import asserts
from hlm_teach.lmm.fit import fit_lmm

from .common import MIXTURE, ML, gain, tail, takes_one_variance

# Formula, group, predictor whose slope may vary.
OPEN = {
    "orthodont": ("distance ~ age", "Subject", "age"),
    "medpar": ("log_los ~ age80", "hospital", "age80"),
    "hsb": ("math ~ female", "school", "female"),
    "employment_uk": ("log_wage ~ log_emp", "sector", "log_emp"),
}
EXAMPLE = (
    "Slopes that vary between the {groups} groups improved the fit by D = {D:.2f} (ML), p = "
    "{p:.3f} from the mixture of χ² with 1 and 2 df."
)


def numbers(name: str) -> Numbers:
    """D of the slopes that may vary, its p, and what is taken for either."""
    data = load_data(name)
    asked_for = data.query("year == 1983") if name == "employment_uk" else data
    d = d_of(name, asked_for)
    return {
        "D": d,
        "p": tail(d, 1, 2),
        "naive": tail(d, 2),
        "single": tail(d, 0, 1),
        "half": tail(d, 2) / 2,
        "undoubled": d / 2,
        "D_reml": d_of(name, asked_for, reml=True),
        "D_of_all_rows": d_of(name, data),
        "groups": data[OPEN[name][1]].nunique(),
    }


def d_of(name: str, data: pd.DataFrame, reml: bool = False) -> float:
    formula, group, x = OPEN[name]
    return gain(*(fit_lmm(formula, data, group, random, reml=reml) for random in ("1", f"1 + {x}")))


def took_all_years(given: dict, n: Numbers) -> bool:
    """Tell whether the rows of all years were taken; elsewhere all rows are asked for."""
    return given["data"] == "employment_uk" and Number(2).same(given["D"], n["D_of_all_rows"])


def claims_equal(text: str) -> bool:
    """Tell whether a large p is taken for a proof that slopes are equal."""
    return asserts(
        text,
        r"(do|does|did)( not|n't) (vary|differ)(?! significant)|"
        r"(is|are|was|were|grow) (all )?(alike|equal|identical|the same|constant)\b|"
        r"(one|the same)( and the same)? (slope|rate)\b|\bproves?\b|"
        r"variance (is|was) (zero|0\b(?![.,]\d))|"
        r"there (is|are|was|were) no (variation|difference(?! that)|variance)",
    )


def claims_variation(text: str) -> bool:
    """Tell whether a large p is taken for evidence that slopes vary."""
    return (
        asserts(
            text,
            r"\bsignificant|\b(clearly|certainly|obviously) (vary|differ)|(strong|clear) evidence|"
            r"correlation of [−-]?1(\.0+)? (shows|means|proves)",
        )
        or re.search(r"(is|was|can be|must be) rejected|\b(we|I) reject", text) is not None
    )


def blames_the_optimiser(text: str) -> bool:
    """Tell whether a singular fit is called a failed one."""
    return asserts(
        text,
        r"optimi[sz]er (has )?(failed|stopped)|(did|has|does)( not|n't) converge|"
        r"(cannot|can't|can not|must not) be (used|trusted)|\binvalid",
    )


MISTAKES = (
    Mistake({"D": "undoubled"}, D_NOT_DOUBLED),
    Mistake(
        {"D": "D_reml"},
        "Your D is by REML. Legitimate, since the fixed parts are equal; here ML is asked for.",
    ),
    Mistake({"p": "naive"}, "Your p is from χ² with 2 df, as if a variance could be negative."),
    Mistake(
        {"p": "half"},
        "You halved the p of χ² with 2 df. That is not the mixture of a slope with its covariance: what does D do in the half of studies that would like a negative variance?",
    ),
    Mistake(
        {"p": "single"}, "Your p is for one variance alone. The slope brings a covariance along."
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("1 and 2 df", "0 and 1 df")},
        "Your sentence names the mixture of one variance alone. The slope brings a "
        "covariance along.",
        when=lambda given, n: takes_one_variance(given["sentence"]),
    ),
    Mistake(
        {"sentence": EXAMPLE + " So the slopes do not vary."},
        "A p above 0.05 is no proof that slopes are equal. What would show how much "
        "they may differ?",
        when=lambda given, n: claims_equal(given["sentence"]),
    ),
    Mistake(
        {"sentence": EXAMPLE + " Slopes vary significantly."},
        "You say that slopes vary. Look at p again: is that what it says?",
        when=lambda given, n: claims_variation(given["sentence"]),
    ),
    Mistake(
        {"sentence": EXAMPLE + " The fit is singular, so the optimiser failed."},
        "A singular fit is a fit: its optimum lies at the edge, and the optimiser found it.",
        when=lambda given, n: blames_the_optimiser(given["sentence"]),
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("{p:.3f}", "{groups}")},
        "Your sentence has a p above 1. Which number is which?",
        when=lambda given, n: p_above_one(given["sentence"]),
    ),
    Mistake(
        {"D": "D_of_all_rows"},
        "Your D is that of all years. Only the rows of 1983 are asked for: otherwise a firm "
        "counts seven times or more.",
        when=took_all_years,
    ),
)

EXERCISE = Exercise(
    "06.10",
    "Open task: another slope",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        D=Number(2),
        p=Number(3),
        sentence=Sentence(
            (
                Part("D, with two decimals", number="D", decimals=2),
                Part("p, with three decimals", number="p", decimals=3),
                Part("which null distribution", pattern=MIXTURE),
                Part("the estimator", pattern=ML),
                Part("how many groups", number="groups"),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="in none of the four data sets is this p below 0.05, and in none does that prove all "
    "slopes equal: an interval for τ₁₁ would say how much they may differ.",
    mistakes=MISTAKES,
    nudge="How many parameters does the random slope add, and which of them lies at an edge?",
    section="A slope brings a covariance: 1 and 2",
    formula="D = −2(log L_reduced − log L_full); p = ½·P(χ²₁ ≥ D) + ½·P(χ²₂ ≥ D)",
    points=3,
)
