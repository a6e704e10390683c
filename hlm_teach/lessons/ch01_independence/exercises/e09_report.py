"""01.9 The report."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, in_another_unit, states, taken_for_range
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import exchanged_in
from hlm_teach.feedback.phrases import ANOTHER_UNIT, LEVELS_EXCHANGED, VARIANCES_CALLED_SDS
from hlm_teach.feedback.reading import REML, asserts, holds, numbers_in, quotes
from hlm_teach.feedback.reports import (
    about_estimator,
    about_intervals,
    about_zero,
    any_of,
    exchanged,
    mistake,
    names_a_cause,
)
from hlm_teach.feedback.vocabulary import INTERVENES, MAINLY, MOST_OF_IT

from .common import both_fits
from .wordings import (
    ANOTHER_OUTCOME,
    ANOTHER_SHARE,
    ANOTHER_UNIT_COUNTED,
    CAUSES,
    FEW,
    HIGH,
    OTHERS,
    PUPILS,
    SCHOOLS,
    SHARES,
    SIZES,
    VARIANCES,
)

EXAMPLE = (
    "In {pupils:,} pupils of {schools} schools (random intercept, REML) schools with more than "
    "40 % minority pupils lay {estimate:.2f} points from the others (95 % CI {low:.2f} to "
    "{high:.2f}); the variance between schools was {tau00:.2f}, within {sigma2:.2f}."
)


def numbers() -> Numbers:
    """What a report on schools with a high share of minority pupils may quote."""
    simple, fit = both_fits("math ~ himinty", load_data("hsb"), "school")
    low, high = fit.conf_int().loc["himinty", ["lower", "upper"]]
    ols_low, ols_high = simple.conf_int().loc["himinty"]
    return {
        "estimate": fit.params["himinty"],
        "low": low,
        "high": high,
        "minus_high": -high,
        "tau00": fit.vcomp.iloc[0],
        "sigma2": fit.sigma2,
        "share": fit.vcomp.iloc[0] / (fit.vcomp.iloc[0] + fit.sigma2),
        "rest": fit.sigma2 / (fit.vcomp.iloc[0] + fit.sigma2),
        "pupils": fit.nobs,
        "schools": fit.n_groups,
        "ols_estimate": simple.params["himinty"],
        "ols_low": ols_low,
        "ols_high": ols_high,
    }


def says_higher(given: str, n: Numbers) -> bool:
    """Tell whether these schools are said to lie higher, or the others lower."""
    claims = SCHOOLS.claims(given)
    unclear = not claims and not says_lower(given, n)
    return False in claims or (
        unclear and asserts(given, r"\b(higher|better|more)\b(?! minority| share| than 40)")
    )


def says_lower(given: str, n: Numbers) -> bool:
    """Tell whether a text says that these schools lie lower, by words or by a minus."""
    minus = any(one.value < 0 and quotes(one, n["estimate"], 2) for one in numbers_in(given))
    return minus or True in SCHOOLS.claims(given) or asserts(given, rf"\b({SCHOOLS.down})\b")


def turns_contrast_round(given: str, n: Numbers) -> bool:
    """Tell whether 'the others minus these' has a minus, or 'these minus the others' has none."""
    minus = r"\s*(minus|–|−|less)\s*(the )?"
    negative = [one.value < 0 for one in numbers_in(given) if quotes(one, n["estimate"], 2)]
    return (True in negative and asserts(given, rf"({FEW}|{OTHERS}){minus}({HIGH})")) or (
        negative != []
        and True not in negative
        and asserts(given, rf"({HIGH}){minus}({FEW}|{OTHERS})")
    )


def speaks_of_pupils(given: str, n: Numbers) -> bool:
    return asserts(given, PUPILS)


def quotes_ols_interval(given: str, n: Numbers) -> bool:
    return holds(given, n["ols_low"], 2) and holds(given, n["ols_high"], 2)


NOT_ASSIGNED = (
    "Schools were not assigned their pupils at random. Say that the schools lie apart, not that "
    "the share brings it about."
)
MOST_BETWEEN_SCHOOLS = states(
    rf"{MOST_OF_IT}\bbetween (the )?schools|{MAINLY}between (the )?schools"
)
MISTAKES = (
    mistake(
        EXAMPLE + " A high share of minority pupils lowers scores.",
        NOT_ASSIGNED,
        any_of(lambda given, n: names_a_cause(given, CAUSES), states(INTERVENES)),
    ),
    mistake(
        EXAMPLE.replace("points from", "points higher than"),
        "Which schools lie higher? The coefficient is that of the schools with himinty "
        "1, and it has a sign.",
        any_of(says_higher, turns_contrast_round),
    ),
    mistake(
        EXAMPLE + " Minority pupils scored lower.",
        "himinty is a property of schools, not of their pupils: which of the two are "
        "compared here?",
        speaks_of_pupils,
    ),
    mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        VARIANCES_CALLED_SDS,
        called_sd("tau00", 2),
    ),
    mistake(
        exchanged(EXAMPLE, "tau00", "sigma2"),
        LEVELS_EXCHANGED,
        any_of(exchanged_in(VARIANCES), exchanged_in(SHARES), MOST_BETWEEN_SCHOOLS),
    ),
    *about_intervals(EXAMPLE, ("estimate", "low", "high"), turned="minus_high"),
    mistake(
        EXAMPLE + " So 95 % of schools lie between {low:.2f} and {high:.2f}.",
        "That interval is for a difference of means. Neither pupils nor schools lie in it.",
        taken_for_range("pupils|students|schools", "low", "high"),
    ),
    mistake(
        "The difference was {ols_estimate:.2f} points (95 % CI {ols_low:.2f} to {ols_high:.2f}).",
        "This interval is ordinary regression's: far too short for a property of schools.",
        quotes_ols_interval,
    ),
    mistake(
        EXAMPLE.replace("40 %", "50 %"),
        "From which share on is himinty 1? The task says it.",
        states(ANOTHER_SHARE),
    ),
    mistake(
        EXAMPLE.replace("} pupils", "} teachers"),
        "Count again what the two numbers are numbers of: who was tested, and where?",
        states(ANOTHER_UNIT_COUNTED),
    ),
    mistake(
        EXAMPLE + " So much for reading scores.",
        "Which scores were compared? The task says it.",
        states(ANOTHER_OUTCOME),
    ),
    about_zero(EXAMPLE, "The interval includes zero."),
    mistake(
        EXAMPLE.replace("{estimate:.2f} points", "{estimate:.2f} standard deviations"),
        ANOTHER_UNIT,
        in_another_unit("estimate", "low", "high", unit="points?"),
    ),
    about_estimator(EXAMPLE),
)

EXERCISE = Exercise(
    "01.9",
    "The report",
    Sentence(
        (
            Part("the difference, with two decimals", number="estimate", decimals=2),
            Part("one end of its interval", number="low", decimals=2),
            Part("the other end of its interval", number="high", decimals=2),
            Part(
                "the variance between schools, named so, with two decimals",
                number="tau00",
                decimals=2,
                pair=VARIANCES,
            ),
            Part(
                "the variance within schools, named so, with two decimals",
                number="sigma2",
                decimals=2,
                pair=VARIANCES,
            ),
            Part("how many pupils", number="pupils", pair=SIZES),
            Part("how many schools", number="schools", pair=SIZES),
            Part("which way round", rule=says_lower),
            Part("the unit, points", pattern=r"\bpoints?\b|\bpts\b"),
            Part("the estimator", pattern=REML),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="sizes at both levels, both variances and an interval on the right degrees of freedom "
    "are there, as a reader needs them.",
    mistakes=MISTAKES,
    nudge="Could a reader who wasn't there say how many, how sure, and on which scale?",
    section="How to report it",
    formula="N and J, model and estimator, estimate with unit and 95 % CI, τ₀₀, σ²",
    points=3,
)
