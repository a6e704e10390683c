"""13.2 Twenty-seven children: the one who matters, and two variances."""

import re

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, in_another_unit, other_times, turned_round
from hlm_teach.feedback.comparing import Comparison
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT, OTHER_WAY, TURNED_ROUND
from hlm_teach.feedback.reading import REML, SD, VARIANCE, ascribes, asserts, holds
from hlm_teach.feedback.reports import (
    about_cause,
    about_intervals,
    about_no_change,
    any_of,
    mistake,
)
from hlm_teach.feedback.vocabulary import NOT_CAUSAL
from hlm_teach.lmm.fit import fit_lmm

MODEL = "distance ~ age * Sex"
PRODUCT = "age:Sex[T.Female]"
CHILDREN = ("M04", "M09", "M13", "F03")
EXAMPLE = (
    "The distance grew by {slower:.2f} mm a year less in girls than in boys (95 % CI {low:.2f} to "
    "{high:.2f}; linear mixed model, REML, random intercepts, a residual SD for each sex). Girls' "
    "residual SD was {ratio:.2f} times that of boys. Boy M09 carried much of the boys' scatter: "
    "without him the difference was {slower_without:.2f} mm a year. {rows} measurements of "
    "{children} children. Sex was not assigned: this is a difference, not an effect."
)


def numbers() -> Numbers:
    """Difference of growth, with all and without one boy; a residual SD by sex; and misreadings."""
    data = load_data("orthodont")
    full = fit_lmm(MODEL, data, "Subject")
    two = fit_lmm(MODEL, data, "Subject", residual_sd="Sex")
    assert two.residual_sd is not None
    without = {
        name: fit_lmm(MODEL, data[data["Subject"] != name], "Subject") for name in ("M09", "M13")
    }
    ratio = two.residual_sd["Female"] / two.residual_sd["Male"]
    ends, equal = two.conf_int().loc[PRODUCT], full.conf_int().loc[PRODUCT]
    return {
        "gap": two.params[PRODUCT],
        "low": -ends["upper"],
        "high": -ends["lower"],
        "child": "M09",
        "without": without["M09"].params[PRODUCT],
        "ratio": ratio,
        "slower": -two.params[PRODUCT],
        "slower_without": -without["M09"].params[PRODUCT],
        "rows": full.nobs,
        "children": full.n_groups,
        "girls_slope": full.params["age"] + full.params[PRODUCT],
        "without_m13": without["M13"].params[PRODUCT],
        "turned": -two.params[PRODUCT],
        "of_variances": ratio**2,
        "upside_down": 1 / ratio,
        "equal_low": -equal["upper"],
        "equal_high": -equal["lower"],
        "sd_boys": two.residual_sd["Male"],
        "of_levels": full.params["Sex[T.Female]"],
    }


def quotes_one_sd(given: dict, n: Numbers) -> bool:
    """Tell whether the interval of the model with one residual SD stands in the report."""
    text = given["report"]
    return all(holds(text, n[end], 2) for end in ("equal_low", "equal_high")) and not all(
        holds(text, n[end], 2) for end in ("low", "high")
    )


def calls_him_an_outlier(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], r"\boutlier|\berroneous|\bimplausible")


SEXES = Comparison(
    low=r"\b(?:girls?|females?)\b",
    high=r"\b(?:boys|boy(?! M)|males?)\b",
    down=r"lower|less(?!\s*⟦)|slower|below|behind|smaller|flatter|short(?:er|fall)?|lag(?:s|ged)?|trail\w*",
    up=r"higher|more(?! (?:slow|gradual))|faster|larger|greater|steeper|quicker|ahead|exceed\w*|outgr[eo]w",
)


def says_girls_grow_more(given: str, n: Numbers) -> bool:
    """Tell whether a sentence about the difference says that girls' growth is the faster one."""
    return any(
        not all(SEXES.claims(one))
        for one in re.split(r"(?<=[.!?])\s", given)
        if holds(one, n["slower"], 2)
    ) or asserts(given, r"\bgirls?\b (grow|grew|grows) (\w+ )?(faster|more)\b")


def says_boys_grow_less(given: str, n: Numbers) -> bool:
    """Tell whether growth or scatter is said to be larger in girls."""
    return asserts(
        given,
        r"\bgirls\b[^.;(]{0,60}\b(?<!boys )more than (that of )?boys|in favou?r of girls|"
        r"\bgirls[^.;]{0,30}\bvary more|\bthey also vary more|"
        r"\bboys\b((?!girls)[^.;(]){0,50}\b(less|slower|smaller) than (that of )?girls",
    )


def calls_it_an_effect(given: dict, n: Numbers) -> bool:
    return asserts(
        given["report"],
        r"\beffect of (sex|gender|being)\b|\b(sex|gender) (slow|caus|reduc)|"
        r"\b(sex|gender) ha(s|d) an? (\w+ )?effect\b",
    )


MISTAKES = (
    Mistake(
        {"gap": "girls_slope"},
        "That is the girls' own slope. How much does it differ from the boys'?",
    ),
    Mistake(
        {"gap": "turned"},
        "That is boys less girls. Asked for is girls less boys: which of them grow faster?",
    ),
    Mistake(
        {"child": "M13", "without": "without_m13"},
        "Without M13 the difference of the slopes changes most. Asked for is whose leaving lowers "
        "the residual variance most.",
    ),
    Mistake(
        {"child": "M13"},
        "M13 changes the difference of the slopes most. Asked for is the residual variance.",
    ),
    Mistake(
        {"child": "M04"},
        "M04 pulls on the difference of the slopes. Whose leaving lowers the residual variance?",
    ),
    Mistake(
        {"child": "F03"},
        "F03 pulls on the difference of the slopes. Whose leaving lowers the residual variance?",
    ),
    Mistake({"without": "gap"}, "Without him you gave the number that all children give."),
    Mistake({"without": "without_m13"}, "That is the difference without M13. Whom did you name?"),
    Mistake(
        {"gap": "of_levels"},
        "That is the row of `Sex`: girls less boys at age 0. Growth is the product with age.",
    ),
    Mistake({"ratio": "of_variances"}, "Your ratio is one of variances. Of SDs it is the root."),
    Mistake({"ratio": "upside_down"}, "Your ratio is upside down: girls' SD over boys'."),
    Mistake(
        {"report": EXAMPLE.replace("{low:", "{equal_low:").replace("{high:", "{equal_high:")},
        "The interval in your report comes from a model with one residual SD. Girls and boys scatter "
        "differently.",
        when=quotes_one_sd,
    ),
    Mistake(
        {"report": "Boy M09 was an outlier. " + EXAMPLE},
        "A child who differs isn't an error. What would a reader need instead of his removal?",
        when=calls_him_an_outlier,
    ),
    Mistake(
        {
            "report": EXAMPLE.replace(
                "Sex was not assigned: this is a difference, not an effect.",
                "The effect of sex was clear.",
            )
        },
        "Your report speaks of an effect of sex. Nobody drew lots; what was seen is a difference.",
        when=calls_it_an_effect,
    ),
    Mistake(
        {"report": EXAMPLE + " The residual variance of boys was {sd_boys:.2f}."},
        "You call a standard deviation a variance.",
        when=lambda given, n: called_variance("sd_boys", 2)(given["report"], n),
    ),
    *about_intervals(EXAMPLE, ("slower", "low", "high"), part="report"),
    mistake(
        EXAMPLE.replace("mm a year", "cm a year"),
        ANOTHER_UNIT,
        in_another_unit("slower", "slower_without", unit="mm|millimet.*"),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("Girls' residual SD was", "The ratio boys/girls of residual SDs was"),
        TURNED_ROUND,
        any_of(
            turned_round("girls", "boys"),
            other_times("ratio", "girls'?", "boys'?"),
            says_boys_grow_less,
        ),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("a year less in girls", "a year more in girls"),
        OTHER_WAY,
        says_girls_grow_more,
        part="report",
    ),
    mistake(
        EXAMPLE.replace("residual SD was {ratio:.2f}", "residual variance was {ratio:.2f}"),
        "Is that the ratio of the variances, or of the SDs?",
        lambda given, n: ascribes(given, n["ratio"], 2, VARIANCE, unless=SD),
        part="report",
    ),
    about_no_change(EXAMPLE, "Girls did not differ ({slower:.2f}).", "slower", part="report"),
    about_cause(EXAMPLE, "Sex causes the difference.", part="report"),
)

EXERCISE = Exercise(
    "13.2",
    "Twenty-seven children: the one who matters, and two variances",
    Several(
        gap=Number(2),
        child=Choice(CHILDREN),
        without=Number(2),
        ratio=Number(2),
        report=Sentence(
            (
                Part("how much less girls grow a year, two decimals", number="slower", decimals=2),
                Part(
                    "which way it goes (less, slower, a minus)",
                    pattern=r"\bless\b|\bslower|\bfaster|\bmore\b|\bsmaller|\bflatter|\bshort|\bfavou?r|"
                    r"\blower|\bhigher|[−-] ?0?\.\d",
                ),
                Part("the lower end of its interval", number="low", decimals=2),
                Part("the upper end of its interval", number="high", decimals=2),
                Part("the ratio of the residual SDs, two decimals", number="ratio", decimals=2),
                Part("whom you looked at separately", pattern=r"\bM09\b"),
                Part(
                    "what the difference is without him, two decimals",
                    number="slower_without",
                    decimals=2,
                ),
                Part(
                    "how many children", number="children", of="children|boys and girls|persons|J"
                ),
                Part(
                    "how many measurements",
                    number="rows",
                    of="measurements|distances|observations|rows|X-rays|visits|N",
                ),
                Part(
                    "what it is: a difference, no effect (nobody was assigned)", pattern=NOT_CAUSAL
                ),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="a reader sees that the difference of growth is there with him and without him, and that "
    "girls scatter less than boys even without him.",
    mistakes=MISTAKES,
    nudge="Leave each child out in turn: what changes for the residual variance, and what for the "
    "question?",
    section="Patients in hospitals: one that stands out",
    formula='fit_lmm("distance ~ age * Sex", data[data["Subject"] != who], "Subject").sigma2 for each who;  '
    'residual_sd="Sex"',
    points=4,
)
