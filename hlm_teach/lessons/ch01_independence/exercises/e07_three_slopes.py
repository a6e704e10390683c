"""01.7 Three slopes of capital."""

import statsmodels.formula.api as smf

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several

from .common import both_fits, firms


def numbers() -> Numbers:
    """Slopes of the log wage on log capital: within firms, between them, pooled, and others."""
    data = firms()
    pooled, blend = both_fits("log_wage ~ log_capital", data, "firm")
    means = data.groupby("firm")[["log_wage", "log_capital"]].mean()
    within, between = (
        smf.ols(f"log_wage ~ {x}", data).fit().params[x] for x in ("capital_within", "capital_mean")
    )
    return {
        "within": within,
        "between": between,
        "pooled": pooled.params["log_capital"],
        "of_means": smf.ols("log_wage ~ log_capital", means).fit().params["log_capital"],
        "contextual": between - within,
        "blend": blend.params["log_capital"],
    }


MISTAKES = (
    Mistake(
        {"within": "pooled"},
        "As the slope within firms you gave the pooled one, a blend of within and between.",
    ),
    Mistake({"within": "between"}, "As the slope within firms you gave the one between them."),
    Mistake(
        {"between": "of_means"},
        "Your slope between firms comes from one row a firm. Close, but firms have "
        "different numbers of years; regress all rows on the firm's mean.",
    ),
    Mistake({"between": "pooled"}, "As the slope between firms you gave the pooled one."),
    Mistake(
        {"between": "contextual"},
        "As the slope between firms you gave between minus within: what being a larger "
        "firm adds. Chapter 3 calls it the contextual effect.",
    ),
    Mistake(
        {"pooled": "blend"},
        "As the pooled slope you gave that of a multilevel model. It blends too, with "
        "other weights; ordinary regression on all rows is asked for.",
    ),
)

EXERCISE = Exercise(
    "01.7",
    "Three slopes of capital",
    Several(within=Number(4), between=Number(4), pooled=Number(4)),
    numbers=numbers,
    why="a firm that invests and a firm that is large are two different things, and the pooled "
    "slope describes neither.",
    mistakes=MISTAKES,
    nudge="Whom do you compare: a firm with itself in other years, or one firm with another?",
    section="Between is not within",
    formula="x̄ⱼ = the firm's mean of x; within: y on x − x̄ⱼ, between: y on x̄ⱼ, pooled: y on x",
)
