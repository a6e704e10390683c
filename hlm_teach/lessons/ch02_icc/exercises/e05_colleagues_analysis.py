"""02.5 Mend a colleague's analysis."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

from .common import iccs, null_model, share


def numbers() -> Numbers:
    """`iccs` of hospital stays, and two that take luck off the raw variance by hand."""
    data, column = load_data("medpar"), ("log_los", "hospital")
    found = iccs(null_model("medpar", *column), data, *column)
    sizes, sigma2 = data.groupby("hospital").size(), found["sigma2"]
    return found | {
        "what": "b",
        "less_luck": share(found["raw_tau00"] - sigma2 * (1 / sizes).mean(), sigma2),
        "less_average_luck": share(found["raw_tau00"] - sigma2 / sizes.mean(), sigma2),
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "Unequal sizes don't forbid an ICC; they matter for how "
        "it is estimated. What do the tiny hospitals do to a "
        "variance of means?",
    ),
    Mistake(
        {"what": "c"},
        "Taking the logarithm changes the question a little, "
        "not the flaw: the same recipe goes wrong on any "
        "scale.",
    ),
    Mistake(
        {"what": "d"},
        "With the hospitals weighted by size the number "
        "changes, and the luck of each mean is still in it.",
    ),
    Mistake(
        {"icc": "raw"},
        "This ICC still has the raw variance of the means in it. That is the very thing to mend.",
    ),
    Mistake(
        {"icc": "less_luck"},
        "You took off the right luck, σ²·mean(1/nⱼ). But a tiny hospital with an extreme "
        "mean still counts as much as a large one: let REML weigh them.",
    ),
    Mistake(
        {"icc": "less_average_luck"},
        "You took σ²/mean(n) off. With unequal sizes the luck is σ²·mean(1/nⱼ), far "
        "more here, and even then the tiny hospitals count as much as the large: let "
        "REML weigh them.",
    ),
    Mistake(
        {"icc": "raw_of_means"},
        "This is the colleague's own number. What is in the variance of his means, "
        "besides hospitals?",
    ),
    Mistake(
        {"icc": "by_anova"},
        "This is the estimate by analysis of variance. It takes the luck off, too, and "
        "weighs hospitals otherwise; asked for is REML.",
    ),
    Mistake(
        {"icc": "raw_of_total"},
        "This is the formula 'within = total − between·n/(n − 1)'. It keeps the raw "
        "variance of the means.",
    ),
    Mistake({"icc": "of_sds"}, "This ICC is a share of standard deviations: square first."),
)

EXERCISE = Exercise(
    "02.5",
    "Mend a colleague's analysis",
    Several(what=Choice("abcd"), icc=Number(3)),
    numbers=numbers,
    why="most of what looked like differences between hospitals came from the tiny ones, by luck "
    "and because they counted as much as the large: the ICC is {icc:.3f}.",
    mistakes=MISTAKES,
    nudge="Two hospitals have a single patient. What is the variance of such a 'mean'?",
    section="Deeper: unequal groups",
    formula="E[Var(Ȳⱼ)] = τ₀₀ + σ²·mean(1/nⱼ); REML estimates τ₀₀ without that luck",
)
