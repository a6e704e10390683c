"""01.10 Open task: another group-level predictor."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence

from .common import both_fits

# Outcome, predictor, group.
OPEN = {
    "orthodont": ("distance", "Sex", "Subject"),
    "pbc": ("log_bili", "treatment", "patient"),
    "hsb": ("math", "disclim", "school"),
}
EXAMPLE = (
    "The {groups} groups differed by {estimate:.2f} (95 % CI from {low:.2f} to {high:.2f}), by a "
    "random-intercept model and REML."
)


def numbers(name: str) -> Numbers:
    """Both standard errors in the data that were chosen, and what a report quotes."""
    outcome, predictor, group = OPEN[name]
    simple, fit = both_fits(f"{outcome} ~ {predictor}", load_data(name), group)
    low, high = fit.conf_int().iloc[1][["lower", "upper"]]
    return {
        "ols_se": simple.bse.iloc[1],
        "multilevel_se": fit.bse.iloc[1],
        "estimate": fit.params.iloc[1],
        "low": low,
        "high": high,
        "groups": fit.n_groups,
    }


MISTAKES = (
    Mistake(
        {"ols_se": "multilevel_se", "multilevel_se": "ols_se"},
        "The two standard errors are swapped.",
    ),
    Mistake(
        {"multilevel_se": "ols_se"},
        "Your multilevel_se is ordinary regression's. Which model knows the groups?",
    ),
    Mistake({"ols_se": "multilevel_se"}, "Your ols_se is the multilevel model's."),
)

EXERCISE = Exercise(
    "01.10",
    "Open task: another group-level predictor",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        ols_se=Number(3),
        multilevel_se=Number(3),
        sentence=Sentence(
            (
                Part("the difference or slope, with two decimals", number="estimate", decimals=2),
                Part("one end of its 95 % interval", number="low", decimals=2),
                Part("the other end of its interval", number="high", decimals=2),
                Part("how many groups", number="groups"),
                Part("the model", pattern=r"multilevel|mixed|random|hierarchical"),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you can now say of any group-level predictor how much too sure ordinary regression is.",
    mistakes=MISTAKES,
    nudge="Which column is constant within its groups?",
    section="How to report it",
    formula="smf.ols(…).fit().bse beside fit_lmm(…, groups=…).bse and .conf_int()",
    points=3,
)
