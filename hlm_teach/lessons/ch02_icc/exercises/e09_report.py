"""02.9 The report."""

import re

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, states
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import exchanged_in
from hlm_teach.feedback.phrases import LEVELS_EXCHANGED
from hlm_teach.feedback.reading import REML, ascribes, holds
from hlm_teach.feedback.reports import (
    about_cause,
    about_estimator,
    about_intervals,
    about_zero,
    exchanged,
    mistake,
)
from hlm_teach.feedback.vocabulary import MAINLY, MOST_OF_IT

from .common import iccs, null_model
from .wordings import (
    ADJUSTED,
    ALIKE_FIRMS,
    ANOTHER_UNIT_COUNTED,
    CAUSES,
    LOG_WAGE,
    SHARE_OF_FIRMS,
    SIZES,
    UNLIKE,
    VARIANCES,
)

EXAMPLE = (
    "The log wages of {years:,} firm-years in {firms} firms had an unconditional ICC of {icc:.2f} "
    "(95 % CI {low:.2f} to {high:.2f}); REML estimates: variance between firms {tau00:.3f}, "
    "within firms {sigma2:.3f}."
)


def numbers() -> Numbers:
    """What a report on the log wages of firms may quote, rightly or wrongly."""
    columns = ("log_wage", "firm")
    fit = null_model("employment_uk", *columns)
    found = iccs(fit, load_data("employment_uk"), *columns)
    return found | {"firms": fit.n_groups, "years": fit.nobs}


def quotes_icc_of_sds(given: str, n: dict) -> bool:
    return holds(given, n["of_sds"], 2) and not holds(given, n["icc"], 2)


def quotes_sd(given: str, n: dict) -> bool:
    return holds(given, n["sd"], 3) and not holds(given, n["tau00"], 3)


def calls_it_reliability(given: str, n: dict) -> bool:
    named = r"\bICC\b|intra-?class|correlat|\b(share|proportion)\b|% of|per ?cent of"
    return states(r"\breliabilit")(given, n) and not re.search(named, given, re.IGNORECASE)


def exchanges_shares(given: str, n: dict) -> bool:
    """Tell whether the ICC is said to lie within firms, or the rest between them."""
    lies = r"\b(lay|lies?|lying|is|are|was|were|found|located) (\w+ )?(within|between (the )?years)"
    return (
        ascribes(given, n["icc"], 2, lies, unless="between (the )?(140 )?(firm|compan)")
        or ascribes(given, n["rest"], 2, r"\bbetween (?!(the )?years)", unless=r"\bwithin")
        or states(rf"{MOST_OF_IT}\bwithin|{MAINLY}within")(given, n)
    )


MISTAKES = (
    mistake(
        "The ICC of log wages was {of_sds:.2f} in 140 firms by REML estimation.",
        "The ICC in this sentence is a share of standard deviations.",
        quotes_icc_of_sds,
    ),
    mistake(
        "The standard deviation between firms was {sd:.3f} and the ICC {icc:.2f} (REML).",
        "A standard deviation stands where the variance is asked for. Either would do "
        "in a paper that names it; here give variances, so that their share is the "
        "ICC.",
        quotes_sd,
    ),
    mistake(
        "The standard deviation between firms was {tau00:.3f} (REML).",
        "You call the variance between firms a standard deviation.",
        called_sd("tau00", 3),
    ),
    mistake(
        EXAMPLE.replace("an unconditional ICC of", "a reliability of"),
        "A reliability is that of a group's mean. The number that you give is of what?",
        calls_it_reliability,
    ),
    mistake(exchanged(EXAMPLE, "tau00", "sigma2"), LEVELS_EXCHANGED, exchanged_in(VARIANCES)),
    *about_intervals(EXAMPLE, ("icc", "low", "high"), open_at_zero=True),
    mistake(
        "The ICC of log wages was {icc:.2f} after adjustment for year (REML, {firms} firms).",
        "This ICC is that of the model without predictors. For what would it be adjusted?",
        states(ADJUSTED),
    ),
    mistake(
        "In firms {icc:.0%} of the variance of log wages lay within firms (REML).",
        "The share between firms stands for the one within. Which one is the ICC?",
        exchanges_shares,
    ),
    mistake(
        "The correlation between different firms was {icc:.2f} (REML, {firms} firms).",
        "The ICC is a correlation within: of what, in one and the same firm?",
        states(ALIKE_FIRMS),
    ),
    mistake(
        EXAMPLE + " So 88 % of the firms are alike.",
        "You give a share of the firms. The ICC is a share of what?",
        states(SHARE_OF_FIRMS),
    ),
    mistake(
        EXAMPLE + " So the wages of one firm are hardly alike.",
        "You call wages of one firm hardly alike, or independent. What does an ICC near 1 say?",
        states(UNLIKE),
    ),
    about_cause(
        EXAMPLE,
        "Firms cause {icc:.0%} of the variance of log wages.",
        words=CAUSES,
        says="A share of variance is no cause: firms and their workers choose each other. "
        "Say that it lies between firms.",
    ),
    mistake(
        EXAMPLE.replace("firm-years", "workers"),
        "Count again what the two numbers are numbers of: what is a row, and what is a group?",
        states(ANOTHER_UNIT_COUNTED),
    ),
    about_zero(EXAMPLE, "The interval includes zero."),
    about_estimator(EXAMPLE),
)

EXERCISE = Exercise(
    "02.9",
    "The report",
    Sentence(
        (
            Part("the ICC, with two decimals or in per cent", number="icc", decimals=2),
            Part("the lower end of its interval", number="low", decimals=2),
            Part("the upper end of its interval", number="high", decimals=2),
            Part(
                "τ₀₀ (three decimals, with a word that says which it is)",
                number="tau00",
                decimals=3,
                pair=VARIANCES,
            ),
            Part(
                "σ² (three decimals, with a word that says which it is)",
                number="sigma2",
                decimals=3,
                pair=VARIANCES,
            ),
            Part("how many firms", number="firms", pair=SIZES),
            Part("how many observations", number="years", pair=SIZES),
            Part("the estimator", pattern=REML),
            Part("what varies: the logarithm of the wage", pattern=LOG_WAGE),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="with both variances and an interval in it, a reader can recompute your ICC and see how "
    "sure you are.",
    mistakes=MISTAKES,
    nudge="Would a reader know how many, how sure, and on which scale?",
    section="How to report it",
    formula="outcome and scale, N and J, estimator, τ₀₀ and σ², ICC with its interval",
    points=3,
)
