"""12.3 Growth in sixty schools."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import in_another_unit, rises
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT, LEVELS_EXCHANGED, OTHER_WAY
from hlm_teach.feedback.reading import FELL, REML, ascribes, asserts, clauses_with, holds
from hlm_teach.feedback.reports import (
    about_assignment,
    about_cause,
    about_intervals,
    about_no_change,
    any_of,
    mistake,
)
from hlm_teach.lmm.fit import fit_lmm

from .common import NOT_ASSIGNED, slopes_at_both

EXAMPLE = (
    "{scores:,} scores of {children:,} children in {schools} schools. Children in schools of average "
    "poverty gained {growth:.2f} points a year; for ten percentage points more children from poor "
    "families growth was lower by {cost:.3f} points a year (95 % CI {low:.3f} to {high:.3f}). Of the "
    "variance of growth that was left {percent:.0f} % lay between schools. Linear mixed model with "
    "random intercepts and slopes of time for children and for schools, REML. Schools were not "
    "assigned: this is no effect of poverty."
)


def numbers() -> Numbers:
    """One model of three levels, and what a model without schools makes of it."""
    data = load_data("egsingle")
    of_school = data.groupby("school")["lowinc"].first()
    data["low"] = (data["lowinc"] - of_school.mean()) / 10
    rows_mean = data["low"].mean()  # schools with more scores count for more
    right = fit_lmm("math ~ year * low", data, random={"school": "1 + year", "child": "1 + year"})
    alone = fit_lmm("math ~ year * low", data, "child", "1 + year")
    between, within = right.vcomp["school: year"], right.vcomp["child: year"]
    ends, product = right.conf_int().loc["year:low"], "year:low"
    other = alone.conf_int().loc[product]
    return {
        "growth": right.params["year"],
        "of_rows_mean": right.params["year"] + rows_mean * right.params[product],
        "product": right.params[product],
        "se_ratio": right.bse[product] / alone.bse[product],
        "share": between / (between + within),
        "cost": -right.params[product],
        "low": -ends["upper"],
        "high": -ends["lower"],
        "percent": 100 * between / (between + within),
        "scores": right.nobs,
        "children": right.n_groups["child"],
        "schools": right.n_groups["school"],
        "per_point": right.params[product] / 10,
        "of_level": right.params["low"],
        "of_children_alone": alone.params[product],
        "upside_down": alone.bse[product] / right.bse[product],
        "of_sds": between**0.5 / (between**0.5 + within**0.5),
        "of_intercepts": right.vcomp["school: Intercept"]
        / (right.vcomp["school: Intercept"] + right.vcomp["child: Intercept"]),
        "alone_low": -other["upper"],
        "alone_high": -other["lower"],
    }


def quotes_alone(given: dict, n: Numbers) -> bool:
    """Tell whether the interval is that of the model without schools."""
    text = given["sentence"]
    return all(f"{n[end]:.3f}" in text for end in ("alone_low", "alone_high"))


def says_effect(given: dict, n: Numbers) -> bool:
    claim = (
        r"\b(poverty|low income|poor families)\b[^.;,]{0,30}\b(slows|slowed|lowers|reduces)\b|"
        r"\b(poverty|school|income) is (clearly )?(to blame|the cause|the reason)"
    )
    return asserts(given["sentence"], claim)


MISTAKES = (
    Mistake(
        {"growth": "of_rows_mean"},
        "Your `low` is centred at the mean of the rows. Each school counts once.",
    ),
    Mistake(
        {"product": "per_point"},
        "Yours is per percentage point of poor families. Asked for are ten: divide `lowinc` by 10.",
    ),
    Mistake(
        {"product": "of_level"},
        "That is the difference in level at year 0. Growth is the product with time.",
    ),
    Mistake(
        {"product": "of_children_alone"},
        "Your model has children and no schools. Two levels have intercepts and slopes here.",
    ),
    Mistake({"se_ratio": "upside_down"}, "Your ratio is upside down: with schools by without."),
    Mistake({"share": "of_sds"}, "Your share is one of standard deviations. Variances add up."),
    Mistake(
        {"share": "of_intercepts"},
        "That is the share of the intercepts' variance. Asked for is that of growth.",
    ),
    Mistake(
        {
            "sentence": EXAMPLE.replace("{low:.3f}", "{alone_low:.3f}").replace(
                "{high:.3f}", "{alone_high:.3f}"
            )
        },
        "Your interval comes from a model without schools, which takes 1,721 children for 1,721 "
        "schools.",
        when=quotes_alone,
    ),
    Mistake(
        {"sentence": "Poverty slows growth. " + EXAMPLE},
        "Schools weren't assigned to be poor. What goes along with what?",
        when=says_effect,
    ),
    *about_intervals(EXAMPLE, ("cost", "low", "high"), decimals=3, part="sentence"),
    mistake(
        EXAMPLE.replace("points a year", "points a month"),
        ANOTHER_UNIT,
        any_of(
            in_another_unit("growth", unit="points?"),
            in_another_unit("cost", unit="points?", decimals=3),
            lambda given, n: asserts(given, r"\b(per|each|every|a|one) percentage point\b"),
        ),
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("lower by", "higher by"),
        OTHER_WAY,
        rises("cost", decimals=3),
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("variance of growth", "variance of scores"),
        "Whose variance is it: that of scores, or that of growth?",
        lambda given, n: any(
            asserts(clause, r"\bvariance (of|in) (the )?(scores|achievement|mathematics)\b")
            for clause in clauses_with(given, "variance")
            if holds(clause, n["share"], 2)
        ),
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("lay between schools", "lay between children"),
        LEVELS_EXCHANGED,
        lambda given, n: (
            ascribes(
                given,
                n["share"],
                2,
                r"between (the )?([\d,]+ )?children|within schools",
                unless="between (the )?([\\d,]+ )?schools",
            )
            or ascribes(
                given, 1 - n["share"], 2, "between (the )?([\\d,]+ )?schools", unless="within"
            )
        ),
        part="sentence",
    ),
    about_no_change(
        EXAMPLE, "Growth did not differ ({cost:.3f}).", "cost", decimals=3, part="sentence"
    ),
    about_cause(EXAMPLE, "Poverty causes slow growth.", part="sentence"),
    about_assignment(EXAMPLE, "Children were assigned to schools by lot.", part="sentence"),
)

EXERCISE = Exercise(
    "12.3",
    "Growth in sixty schools",
    Several(
        growth=Number(2),
        product=Number(3),
        se_ratio=Number(1),
        share=Number(2),
        sentence=Sentence(
            (
                Part(
                    "how many scores", number="scores", of="scores|observations|measurements|rows|N"
                ),
                Part("how many children", number="children", of="children|pupils|students"),
                Part("how many schools", number="schools", of="schools|J"),
                Part("the growth a year, with two decimals", number="growth", decimals=2),
                Part("by how much it differs, with three decimals", number="cost", decimals=3),
                Part(
                    "which way it goes (a minus, or a word such as lower)",
                    pattern=rf"{FELL}|lower|less|slow|small|reduc|[−-] ?0?\.0",
                ),
                Part("the lower end of its interval", number="low", decimals=3),
                Part("the upper end of its interval", number="high", decimals=3),
                Part("the share of growth's variance between schools", number="share", decimals=2),
                Part("that both levels have random slopes of time", rule=slopes_at_both),
                Part("the estimator", pattern=REML),
                Part("what the design can't answer", pattern=NOT_ASSIGNED),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="sixty schools, not 1,721 children, are the evidence about a property of schools: left out, "
    "they make the interval less than half as wide.",
    mistakes=MISTAKES,
    nudge="At which level does `lowinc` vary, and how many of those are there?",
    section="Why slopes differ",
    formula='fit_lmm("math ~ year * low", data, random={"school": "1 + year", "child": "1 + year"}); '
    "share = τ₁₁ schools/(τ₁₁ schools + τ₁₁ children)",
    points=4,
)
