"""02.9 The report."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, lies_outside, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.phrases import OUTSIDE_ITS_INTERVAL
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds

from .common import iccs, null_model

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


def exchanges_shares(given: str, n: dict) -> bool:
    """Tell whether the ICC is said to lie within firms, or the rest between them."""
    return ascribes(
        given, n["icc"], 2, r"\b(lay|lies|is) (within|between years)", unless="between firms"
    ) or ascribes(given, n["rest"], 2, r"\bbetween", unless=r"\bwithin")


def claims_cause(given: str, n: dict) -> bool:
    return asserts(
        given, r"\bcaus|\bfirms determine|\bdue to (the )?firms|\bfirms? explain|\bexplained by"
    )


def correlates_firms(given: str, n: dict) -> bool:
    """Tell whether different firms are said to be correlated, not years of one firm."""
    return asserts(given, r"correlat[^.;]{0,40}\b(between|of) (different|two|any) (firm|compan)")


def says_adjusted(given: str, n: Numbers) -> bool:
    return asserts(
        given, r"\badjust(ed|ment|ing) for\b|\bcontroll(ed|ing) for\b|\bconditional (on|ICC|upon)\b"
    )


MISTAKES = (
    Mistake(
        "The ICC of log wages was {of_sds:.2f} in 140 firms by REML estimation.",
        "The ICC in this sentence is a share of standard deviations.",
        when=quotes_icc_of_sds,
    ),
    Mistake(
        "The standard deviation between firms was {sd:.3f} and the ICC {icc:.2f} (REML).",
        "A standard deviation stands where the variance is asked for. Either would do "
        "in a paper that names it; here give variances, so that their share is the "
        "ICC.",
        when=quotes_sd,
    ),
    Mistake(
        "The standard deviation between firms was {tau00:.3f} (REML).",
        "You call the variance between firms a standard deviation.",
        when=called_sd("tau00", 3),
    ),
    Mistake(
        "In firms the ICC was {low:.2f} (95 % CI {icc:.2f} to {high:.2f}).",
        OUTSIDE_ITS_INTERVAL,
        when=lies_outside("icc", "low", "high"),
    ),
    Mistake(
        "The ICC of log wages was {icc:.2f} (90 % CI), by REML.",
        "Asked for is a 95 % interval.",
        when=wrong_level,
    ),
    Mistake(
        "The ICC of log wages was {icc:.2f} after adjustment for year (REML, {firms} firms).",
        "This ICC is that of the model without predictors. For what would it be adjusted?",
        when=says_adjusted,
    ),
    Mistake(
        "In firms {icc:.0%} of the variance of log wages lay within firms (REML).",
        "The share between firms stands for the one within. Which one is the ICC?",
        when=exchanges_shares,
    ),
    Mistake(
        "The correlation between different firms was {icc:.2f} (REML, {firms} firms).",
        "The ICC is a correlation within: of what, in one and the same firm?",
        when=correlates_firms,
    ),
    Mistake(
        "Firms cause {icc:.0%} of the variance of log wages (REML, {firms} firms).",
        "A share of variance is no cause: firms and their workers choose each other. "
        "Say that it lies between firms.",
        when=claims_cause,
    ),
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
                beside=between("firm"),
            ),
            Part(
                "σ² (three decimals, with a word that says which it is)",
                number="sigma2",
                decimals=3,
                beside=within(),
            ),
            Part("how many firms", number="firms", of="firms|companies|J"),
            Part(
                "how many observations",
                number="years",
                of="observations|rows|firm-years|years|wages|measurements|times|N",
            ),
            Part("the estimator", pattern=rf"{REML}|anova|analysis of variance"),
            Part(
                "what varies: the logarithm of the wage",
                pattern=r"\b(log|ln)[^.;]{0,30}wage|wage[^.;]{0,30}\b(log|ln)",
            ),
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
