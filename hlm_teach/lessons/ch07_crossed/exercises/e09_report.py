"""07.9 The report."""

import numpy as np
import statsmodels.formula.api as smf

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, in_another_unit, instead, turned_round
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT, TURNED_ROUND
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds
from hlm_teach.feedback.reports import about_intervals, about_no_change, mistake
from hlm_teach.feedback.vocabulary import CAUSE

from .common import intercepts, variances, without_denial

MODEL = "scotssec", "attain ~ female"
# 'Not nested' alone leaves open what they are; with several schools of the other kind it doesn't.
CROSSED = (
    r"(?<!n't )\bcross(ed|es|ing)?\b|\bcross-?classified\b|"
    r"\b(not|n't|non-?) ?nest(ed)?\b[^.;]{0,60}\b(more than one|several|many|different) "
    r"(secondar|primar|school)"
)
EXAMPLE = (
    "Girls attained {difference:.2f} points more than boys (95 % CI {low:.2f} to {high:.2f}). The "
    "variance was {primary:.2f} between primary schools, {second:.2f} between secondary schools, "
    "{rest:.2f} within. Linear mixed model with crossed random intercepts, REML, {pupils:,} pupils "
    "of {n_primary} primary and {n_second} secondary schools."
)


def numbers() -> Numbers:
    """What a report on girls and boys may quote, and the same of models with less in them."""
    fit = intercepts(*MODEL, "primary", "second")
    primary, second, rest = variances(fit)
    (low, high), ols = fit.conf_int().loc["female"], smf.ols(MODEL[1], load_data(MODEL[0])).fit()
    return {
        "difference": fit.params["female"],
        "low": low,
        "high": high,
        "primary": primary,
        "second": second,
        "rest": rest,
        "pupils": fit.nobs,
        "n_primary": fit.n_groups["primary"],
        "n_second": fit.n_groups["second"],
        "sd_primary": np.sqrt(primary),
        "sd_second": np.sqrt(second),
        "primary_alone": float(intercepts(*MODEL, "primary").vcomp.iloc[0]),
        "second_alone": float(intercepts(*MODEL, "second").vcomp.iloc[0]),
        "ols_low": ols.conf_int().loc["female", 0],
        "ols_high": ols.conf_int().loc["female", 1],
    }


def leaves_one_out(given: str, n: Numbers) -> bool:
    return instead("primary_alone", "primary")(given, n) or instead("second_alone", "second")(
        given, n
    )


def ignores_schools(given: str, n: Numbers) -> bool:
    right = holds(given, n["low"], 2) and holds(given, n["high"], 2)
    return holds(given, n["ols_low"], 2) and holds(given, n["ols_high"], 2) and not right


def gives_sds(given: str, n: Numbers) -> bool:
    return instead("sd_primary", "primary")(given, n) and instead("sd_second", "second")(given, n)


def calls_variances_sds(given: str, n: Numbers) -> bool:
    return any(called_sd(name, 2)(given, n) for name in ("primary", "second", "rest"))


def exchanges_schools(given: str, n: Numbers) -> bool:
    """Tell whether the variance of one kind of school is said to be the other's."""
    return ascribes(given, n["primary"], 2, r"(\b|_)second", unless=r"(\b|_)primar") or ascribes(
        given, n["second"], 2, r"(\b|_)primar", unless=r"(\b|_)second"
    )


def calls_them_nested(given: str, n: Numbers) -> bool:
    """Tell whether schools are said to be nested; pupils may be."""
    return asserts(
        without_denial(given),
        r"\b(primar(y|ies)|secondar(y|ies)|schools?)( (?!not\b)\w+){0,4} nested\b|"
        r"\bnested (random|effects|intercepts|schools|structure|design)",
    )


def calls_them_fully_crossed(given: str, n: Numbers) -> bool:
    return asserts(
        without_denial(given),
        r"\b(fully|completely|wholly)[- ]cross(ed|-?classified)|\bcrossed in full",
    )


def turns_it_round(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bboys((?!girl)([^.;,]|\.\d)){0,40}\b(more|higher|better|ahead|"
        r"outperform\w*|outscor\w*|exceed\w*|surpass\w*)\b|"
        r"\bgirls((?!boy)([^.;,]|\.\d)){0,40}\b(less|lower|worse|behind|below)",
    )


def says_every_girl(given: str, n: Numbers) -> bool:
    return asserts(given, r"\b(every|each|any|all) (of the )?girls?\b")


def claims_a_cause(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        rf"{CAUSE}|"
        r"(?<!random )\b(effect|influence|impact) of (the )?(primary|"
        r"secondary|schools)|"
        r"\bschools? (raise|lower|determine|explain|made|make)|\bdue to (the )?(prim|sec|school)",
    )


def says_secondary_does_not_matter(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"secondary( schools?)? (do|does|did)( not|n't) (matter|differ|vary|play)|"
        r"secondary( schools?)? (are|were) (all )?(alike|irrelevant|the same|unimportant)|"
        r"\bno (difference|variance|variation)s? (between|among) secondary",
    )


MISTAKES = (
    Mistake(
        EXAMPLE.replace("{primary:", "{primary_alone:"),
        "A variance comes from a model with one kind of school in it. It has taken in a part of "
        "what belongs to the other kind.",
        when=leaves_one_out,
    ),
    Mistake(
        EXAMPLE.replace("{low:", "{ols_low:").replace("{high:", "{ols_high:"),
        "The interval is that of ordinary regression, which knows no schools.",
        when=ignores_schools,
    ),
    Mistake(
        EXAMPLE.replace("{primary:", "{sd_primary:").replace("{second:", "{sd_second:"),
        "Standard deviations stand where variances are asked for.",
        when=gives_sds,
    ),
    Mistake(
        EXAMPLE.replace("The variance", "The standard deviation"),
        "You call a variance a standard deviation.",
        when=calls_variances_sds,
    ),
    Mistake(
        EXAMPLE.replace("between primary", "between X")
        .replace("between secondary", "between primary")
        .replace("between X", "between secondary"),
        "The two kinds of schools have changed places: which of them differ more?",
        when=exchanges_schools,
    ),
    Mistake(
        EXAMPLE.replace("crossed", "nested"),
        "Neither kind of school is nested in the other: pupils of one primary go to several "
        "secondary schools, and those draw on many primaries. What is that called?",
        when=calls_them_nested,
    ),
    Mistake(
        EXAMPLE.replace("crossed", "fully crossed"),
        "Fully crossed would mean that every primary school sent pupils to every secondary school. "
        "How many cells of the grid are filled?",
        when=calls_them_fully_crossed,
    ),
    Mistake(
        EXAMPLE.replace("Girls", "Boys").replace("than boys", "than girls"),
        "Who attained more? Look at the sign, and at which of the two is 1.",
        when=turns_it_round,
    ),
    Mistake(
        EXAMPLE + " So every girl is ahead.",
        "The difference is one of means. Beside the spread of pupils within schools, how large "
        "is it?",
        when=says_every_girl,
    ),
    Mistake(
        EXAMPLE + " The effect of primary schools was the largest.",
        "A difference, or a variance between schools, doesn't say what causes it: who goes to which "
        "school is part of it. Say where it lies.",
        when=claims_a_cause,
    ),
    Mistake(
        EXAMPLE + " Secondary schools do not matter.",
        "A small share isn't nothing: take its root, and set it beside the difference that you "
        "report.",
        when=says_secondary_does_not_matter,
    ),
    *about_intervals(EXAMPLE, ("difference", "low", "high")),
    mistake(
        EXAMPLE.replace("points more", "standard deviations more"),
        ANOTHER_UNIT,
        in_another_unit("difference", unit="points?"),
    ),
    mistake(
        EXAMPLE.replace("more than boys", "(boys minus girls)"),
        TURNED_ROUND,
        turned_round("girls", "boys"),
    ),
    about_no_change(EXAMPLE, "So girls did not differ, by {difference:.2f}.", "difference"),
)

EXERCISE = Exercise(
    "07.9",
    "The report",
    Sentence(
        (
            Part("the difference (two decimals)", number="difference", decimals=2),
            Part("who attained more: girls, or boys", pattern=r"\bgirl|\bfemale"),
            Part("the lower end of its interval", number="low", decimals=2),
            Part("the upper end of its interval", number="high", decimals=2),
            Part(
                "the variance between primary schools (with the word 'primary' beside it)",
                number="primary",
                decimals=2,
                beside=r"(\b|_)primar",
            ),
            Part(
                "the variance between secondary schools (with the word 'secondary' beside it)",
                number="second",
                decimals=2,
                beside=r"(\b|_)second",
            ),
            Part(
                "the residual variance (with 'residual' or 'within' beside it)",
                number="rest",
                decimals=2,
                beside=r"residual|within|\b(pupil|student)s?\b|σ|sigma",
            ),
            Part("how many pupils", number="pupils", of="pupils|students|children|observations|N"),
            Part(
                "how many primary schools",
                number="n_primary",
                of=r"primary|primaries|primary schools?",
            ),
            Part(
                "how many secondary schools",
                number="n_second",
                of=r"secondary|secondaries|secondary schools?",
            ),
            Part(
                "how the two kinds of schools stand to each other (crossed, nested or partly crossed)",
                pattern=CROSSED,
            ),
            Part("the estimator", pattern=REML),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader sees how the groupings stand to each other, how many there are of each, and "
    "where the variance lies.",
    mistakes=MISTAKES,
    nudge="Would a reader know how many schools of each kind, and that neither kind is inside the "
    "other?",
    section="How to report it",
    formula="estimate with interval; each grouping's variance and σ²; N and the number of levels "
    "of each grouping; crossed or nested; estimator",
    points=3,
)
