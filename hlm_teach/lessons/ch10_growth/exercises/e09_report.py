"""10.9 The report."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, in_another_unit, rises
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT
from hlm_teach.feedback.reading import FELL, REML, ascribes, asserts, holds
from hlm_teach.feedback.reports import about_intervals, about_no_change, about_p, mistake
from hlm_teach.feedback.vocabulary import RANDOM_SLOPES
from hlm_teach.lmm.fit import fit_lmm

from .wordings import compared_slopes, contradicts_level, correlations

EXAMPLE = (
    "Scores of untreated children fell by {fall:.1f} points a year; those of treated children "
    "fell by {gain:.1f} points a year less (95 % CI {low:.1f} to {high:.1f}). At age 1 treated "
    "children scored {level:.1f} points higher (95 % CI {level_low:.1f} to {level_high:.1f}). "
    "Linear mixed model with random intercepts and slopes, whose correlation was estimated at its "
    "boundary (−1); REML, {rows} scores of {children} children."
)


def numbers() -> Numbers:
    """What a report on the early intervention may quote, rightly or wrongly."""
    data = load_data("early")
    data["from1"] = data["age"] - 1
    fit = fit_lmm("cog ~ from1 * treated", data, "child", "1 + from1")
    parallel = fit_lmm("cog ~ from1 * treated", data, "child")
    ends, other = fit.conf_int(), parallel.conf_int()
    product = "from1:treated"
    return {
        "fall": -fit.params["from1"],
        "gain": fit.params[product],
        "low": ends.loc[product, "lower"],
        "high": ends.loc[product, "upper"],
        "level": fit.params["treated"],
        "level_low": ends.loc["treated", "lower"],
        "level_high": ends.loc["treated", "upper"],
        "children": fit.n_groups,
        "rows": fit.nobs,
        "treated_fall": -fit.params["from1"] - fit.params[product],
        "at_birth": fit.params["treated"] - fit.params[product],
        "parallel_low": other.loc["treated", "lower"],
        "parallel_high": other.loc["treated", "upper"],
        "sd": float(np.sqrt(np.asarray(fit.cov_re)[1, 1])),
    }


def says_treated_rose(given: str, n: Numbers) -> bool:
    """Tell whether treated children are said to have risen: they fell by less."""
    rising = r"(rose|grew|increased|gained|improved|went up)\b"
    return asserts(
        given, rf"\btreated (children|infants|group)?[^.;,(]{{0,40}}\b{rising}"
    ) and not (asserts(given, rf"{rising}[^.;]{{0,30}}\b(relative|compared|against|on|over)\b"))


def takes_slope_for_effect(given: str, n: Numbers) -> bool:
    return holds(given, n["treated_fall"], 1) and not holds(given, n["gain"], 1)


def compares_at_birth(given: str, n: Numbers) -> bool:
    return holds(given, n["at_birth"], 1) and not holds(given, n["level"], 1)


def calls_it_baseline(given: str, n: Numbers) -> bool:
    before = r"\b(before|prior to) (the )?(treatment|intervention|program)"
    return asserts(given, rf"\bbaseline|\bat birth|{before}|\bpre-?treatment")


def says_steeper(given: str, n: Numbers) -> bool:
    """Tell whether treated children are said to have fallen by more than the others."""
    gain = f"{n['gain']:.1f}"
    compared = compared_slopes(given, gain)
    # Where no group is named in the sentence, it is of the treated: 'they fell by 5.3 more'.
    more = rf"\b(fell|dropped|declined|decreased|lost) by {gain}\d?[^.;(]{{0,25}}\b(more|faster)\b"
    return False in compared if compared else asserts(given, more)


def exchanges_arms(given: str, n: Numbers) -> bool:
    """Tell whether the change of untreated children is said to be that of treated ones."""
    others = "untreated|control|without|outside|other|rest|not treated|no treatment|widened"
    return ascribes(given, n["fall"], 1, r"\btreated\b|\bprogramme", unless=others)


def says_lower(given: str, n: Numbers) -> bool:
    """Tell whether treated children are said to have scored less than the others at age 1."""
    others = "untreated|control|without|not treated"
    return contradicts_level(given, f"{n['level']:.1f}") or ascribes(
        given, n["level"], 1, r"\b(lower|fewer|behind|worse)\b", unless=others
    )


def turns_correlation_round(given: str, n: Numbers) -> bool:
    found = correlations(given)
    return 1.0 in found and -1.0 not in found


def gives_another_correlation(given: str, n: Numbers) -> bool:
    found = correlations(given)
    return bool(found) and -1.0 not in found


def quotes_parallel(given: str, n: Numbers) -> bool:
    ends = ("level_low", "level_high")
    return all(holds(given, n[name], 1) for name in ("parallel_low", "parallel_high")) and not all(
        holds(given, n[name], 1) for name in ends
    )


def says_without_effect(given: str, n: Numbers) -> bool:
    """Tell whether an effect is denied that the report has just given with its interval."""
    return asserts(given, r"\b(intervention|programme?|treatment) (had|has|showed) no effect\b")


def exchanges_effects(given: str, n: Numbers) -> bool:
    """Tell whether the effect on the slope is said to be one on the level, or the other way."""
    return ascribes(
        given, n["gain"], 1, r"\bat age|\bat one year|\blevel", unless="a year|per year|slope|rate"
    ) or ascribes(given, n["level"], 1, "a year|per year|slope|rate", unless=r"\bat |\blevel")


MISTAKES = (
    Mistake(
        EXAMPLE.replace(
            "fell by {gain:.1f} points a year less", "rose by {gain:.1f} points a year"
        ),
        "Did the treated children's scores rise? Add the product to the slope of the untreated.",
        when=says_treated_rose,
    ),
    Mistake(
        EXAMPLE.replace("{gain:", "{was:").replace("{level:", "{gain:").replace("{was:", "{level:"),
        "Two effects have changed places: which is on the level, which on the change in a year?",
        when=exchanges_effects,
    ),
    Mistake(
        EXAMPLE.replace("a year less", "a year more"),
        "Did treated children fall by more than the others, or by less? The product has a sign.",
        when=says_steeper,
    ),
    mistake(
        EXAMPLE.replace("children fell by {fall", "children rose by {fall"),
        "Did the scores of untreated children rise? The row of time alone has a sign.",
        rises("fall", decimals=1),
    ),
    Mistake(
        EXAMPLE.replace("untreated", "the treated"),
        "The change of the untreated stands with the treated. Whose is the row of time alone?",
        when=exchanges_arms,
    ),
    Mistake(
        EXAMPLE.replace("higher", "lower"),
        "Which of the two groups scored higher at age 1? The row `treated` has a sign.",
        when=says_lower,
    ),
    Mistake(
        EXAMPLE.replace("{gain:.1f} points a year less", "{treated_fall:.1f} points a year"),
        "You give the slope of treated children. The effect is how much it differs from that of "
        "the untreated: where is that difference, with its interval?",
        when=takes_slope_for_effect,
    ),
    Mistake(
        EXAMPLE.replace("{level:.1f}", "{at_birth:.1f}"),
        "The row `treated` of your model is at age 0, before anybody was treated or measured. "
        "Count age from 1.",
        when=compares_at_birth,
    ),
    Mistake(
        EXAMPLE.replace("At age 1", "At baseline, age 1,"),
        "Age 1 is no baseline: the intervention had begun half a year before. What is that "
        "difference, then?",
        when=calls_it_baseline,
    ),
    Mistake(
        EXAMPLE.replace("{level_low:", "{parallel_low:").replace("{level_high:", "{parallel_high:"),
        "The interval at age 1 comes from a model with random intercepts alone. Children may "
        "differ in how fast they change.",
        when=quotes_parallel,
    ),
    *about_intervals(
        EXAMPLE, ("gain", "low", "high"), ("level", "level_low", "level_high"), decimals=1
    ),
    mistake(
        EXAMPLE.replace("points a year", "points a month"),
        ANOTHER_UNIT,
        in_another_unit("fall", "gain", "level", unit="points?", decimals=1),
    ),
    about_no_change(EXAMPLE, "So there was no effect, {gain:.1f}.", "gain", "level", decimals=1),
    mistake(
        EXAMPLE + " The intervention had no effect.",
        "You say that there was no effect. Both of your intervals leave out zero: what do they say?",
        says_without_effect,
    ),
    Mistake(
        EXAMPLE.replace("(−1)", "(+1)"),
        "The correlation is at the other of its two boundaries. What does its sign say?",
        when=turns_correlation_round,
    ),
    Mistake(
        EXAMPLE.replace("(−1)", "(0)"),
        "The fit ended at another correlation of intercepts and slopes: read it again, with its "
        "sign.",
        when=gives_another_correlation,
    ),
    Mistake(
        EXAMPLE + " Slopes varied with a variance of {sd:.1f}.",
        "You call a standard deviation a variance.",
        when=called_variance("sd", 1),
    ),
    about_p(EXAMPLE),
)

EXERCISE = Exercise(
    "10.9",
    "The report",
    Sentence(
        (
            Part(
                "the change a year of untreated children (one decimal)", number="fall", decimals=1
            ),
            Part(
                "which way it goes (a minus, or a word such as fell)",
                pattern=rf"{FELL}|\blos(t|e)|[−-] ?2\d\.\d",
            ),
            Part("the difference of the slopes (one decimal)", number="gain", decimals=1),
            Part("the lower end of its interval", number="low", decimals=1),
            Part("the upper end of its interval", number="high", decimals=1),
            Part("the difference at age 1 (one decimal)", number="level", decimals=1),
            Part("the lower end of its interval (at age 1)", number="level_low", decimals=1),
            Part("the upper end of its interval (at age 1)", number="level_high", decimals=1),
            Part(
                "the age at which that difference holds",
                pattern=r"\bage(d|s)? (of )?(1|one)\b|\b(1|one)[- ]years?\b|\b(12|twelve) months",
            ),
            Part("how many children", number="children", of="children|infants|J"),
            Part(
                "how many scores",
                number="rows",
                of="in all|scores|observations|measurements|rows|visits|assessments|N",
            ),
            Part("what varied between children (slopes as well)", pattern=RANDOM_SLOPES),
            Part(
                "that the fit was singular, or the correlation at its boundary",
                pattern=r"singular|boundary|edge|correlat\w* perfectly|perfect(ly)? (negative(ly)? )?correlat|"
                r"correlat[^.;]{0,70}[−-] ?1(\.0+)?\b",
            ),
            Part("the estimator", pattern=REML),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader of yours can tell the effect on the level from the effect on the change, knows "
    "at which age the first holds, and that these three visits hardly tell how slopes vary.",
    mistakes=MISTAKES,
    nudge="Would a reader know the effect on the level, and at which age, the effect on the "
    "change, and how sure you are?",
    section="How to report it",
    formula="γ of time, of treatment at x = 0, and of their product, with intervals; N and J; "
    "estimator; what varied, and whether it could be estimated",
    points=3,
)
