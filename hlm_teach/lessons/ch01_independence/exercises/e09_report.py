"""01.9 The report."""

import re

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import (
    called_sd,
    lies_outside,
    loses_a_sign,
    taken_for_range,
    wrong_level,
)
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.phrases import (
    CONF_INT_IS_95,
    LOST_MINUS,
    OUTSIDE_ITS_INTERVAL,
    VARIANCES_CALLED_SDS,
)
from hlm_teach.feedback.reading import MINUS, REML, asserts, holds

from .common import both_fits

EXAMPLE = (
    "In {pupils:,} pupils of {schools} schools (random intercept, REML) schools with more than "
    "40 % minority pupils lay {estimate:.2f} points from the others (95 % CI {low:.2f} to "
    "{high:.2f}); the variance between schools was {tau00:.2f}, within {sigma2:.2f}."
)
# Schools with himinty 0, as reports name them.
OTHERS = (
    r"(\blow(er)?[- ](minority|share|proportion)|\bfew(er)? minority|\bwithout (a )?(high|many)|"
    r"\b(the )?other(s| schools))((?!\bhigh|more than 40|than\b)([^.;,]|\.\d))*"
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
        "pupils": fit.nobs,
        "schools": fit.n_groups,
        "ols_estimate": simple.params["himinty"],
        "ols_low": ols_low,
        "ols_high": ols_high,
    }


def claims_cause(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bcaus|because of|(?<!random )(?<!fixed )\beffects? of|\blowers|\breduces|"
        r"\blost|\bleads? to|\b(costs|harms|drags)\b|\bwould (raise|lower|improve|increase)",
    )


def says_higher(given: str, n: Numbers) -> bool:
    """Tell whether these schools are said to lie higher, or the others lower."""
    if asserts(given, rf"{OTHERS}\b(higher|better)|\b(higher|better) in [^.;,]{{0,20}}{OTHERS}"):
        return False
    lower = re.search(
        r"\b(lower|less|fewer|below|behind|worse|poorer|others?)\b(?! than 40)",
        given,
        re.IGNORECASE,
    )
    higher = asserts(given, r"\b(higher|better|more)\b(?! minority| share| enrol| than 40)") and (
        lower is None
        or re.search(r"(higher|better|more)( points)? than (the )?other", given) is not None
    )
    return higher or asserts(given, rf"{OTHERS}\b(lower|less|below|behind)\b")


def speaks_of_pupils(given: str, n: Numbers) -> bool:
    return asserts(
        given, r"(^|[.;,:] |\bthat )(minority pupils|pupils of a minority) (scored|lay|had|were)"
    )


def quotes_ols_interval(given: str, n: Numbers) -> bool:
    return holds(given, n["ols_low"], 2) and holds(given, n["ols_high"], 2)


MISTAKES = (
    Mistake(
        EXAMPLE + " A high share of minority pupils lowers scores.",
        "Schools were not assigned their pupils at random. Say that the schools lie "
        "apart, not that the share brings it about.",
        when=claims_cause,
    ),
    Mistake(
        EXAMPLE.replace("points from", "points higher than"),
        "Which schools lie higher? The coefficient is that of the schools with himinty "
        "1, and it has a sign.",
        when=says_higher,
    ),
    Mistake(
        EXAMPLE + " Minority pupils scored lower.",
        "himinty is a property of schools, not of their pupils: which of the two are "
        "compared here?",
        when=speaks_of_pupils,
    ),
    Mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        VARIANCES_CALLED_SDS,
        when=called_sd("tau00", 2),
    ),
    Mistake(
        "They lay lower (95 % CI {low:.2f} to {minus_high:.2f}).",
        LOST_MINUS,
        when=loses_a_sign("low", "high"),
    ),
    Mistake(
        "They lay {low:.2f} lower (95 % CI {estimate:.2f} to {high:.2f}).",
        OUTSIDE_ITS_INTERVAL,
        when=lies_outside("estimate", "low", "high"),
    ),
    Mistake(EXAMPLE.replace("95 %", "90 %"), CONF_INT_IS_95, when=wrong_level),
    Mistake(
        EXAMPLE + " So 95 % of schools lie between {low:.2f} and {high:.2f}.",
        "That interval is for a difference of means. Neither pupils nor schools lie in it.",
        when=taken_for_range("pupils|students|schools", "low", "high"),
    ),
    Mistake(
        "The difference was {ols_estimate:.2f} points (95 % CI {ols_low:.2f} to {ols_high:.2f}).",
        "This interval is ordinary regression's: far too short for a property of schools.",
        when=quotes_ols_interval,
    ),
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
                beside=between("school"),
            ),
            Part(
                "the variance within schools, named so, with two decimals",
                number="sigma2",
                decimals=2,
                beside=within("pupil"),
            ),
            Part("how many pupils", number="pupils", of="pupils|students|children|N"),
            Part("how many schools", number="schools", of="schools|J"),
            Part(
                "which way round",
                pattern=(
                    rf"lower|less|below|behind|fewer|worse|poorer|disfavou?r|minus|outscored|{MINUS}|\bin favou?r of the (latter|other)|{OTHERS}\b(higher|better)|"
                    rf"\b(higher|better) in [^.;,]{{0,20}}{OTHERS}"
                ),
            ),
            Part("the unit, points", pattern=r"\bpoints?\b"),
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
