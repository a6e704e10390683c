"""10.2 Where is zero? Reading an output."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """Girls less boys at 8 and 14 years, and the variance of slopes a decade; and misreadings."""
    fit = fit_lmm("distance ~ age * Sex", load_data("orthodont"), "Subject", "1 + age")
    at0, product = fit.params[["Sex[T.Female]", "age:Sex[T.Female]"]]
    boys, girls = fit.params["age"], fit.params["age"] + product
    tau11 = float(np.asarray(fit.cov_re)[1, 1])
    return {
        "at8": at0 + 8 * product,
        "at14": at0 + 14 * product,
        "tau11": 100 * tau11,
        "same": "c",
        "behind": -(at0 + 14 * product),
        "at0": at0,
        "only8": 8 * product,
        "only14": 14 * product,
        "girls8": at0 + 8 * girls,
        "girls14": at0 + 14 * girls,
        "boys8": at0 + 8 * boys,
        "six_years": at0 + 6 * product,
        "by_ten": 10 * tau11,
        "as_printed": tau11,
        "divided": tau11 / 100,
        "sd": 10 * np.sqrt(tau11),
    }


MISTAKES = (
    Mistake(
        {"at8": "at14", "at14": "at8"},
        "The two ages have changed places: as girls grow less, are they further behind early or "
        "late?",
    ),
    Mistake(
        {"at8": "at0"},
        "You read the row Sex as it stands. It is a difference at age = 0, years before anybody "
        "was measured. What does the product add by age 8?",
    ),
    Mistake(
        {"at14": "at0"},
        "You read the row Sex as it stands. It is a difference at age = 0. What does the product "
        "add by age 14?",
    ),
    Mistake(
        {"at8": "only8"},
        "At 8 you took the product alone: what it adds since age 0. And the difference at age 0?",
    ),
    Mistake(
        {"at14": "only14"},
        "At 14 you took the product alone: what it adds since age 0. And the difference at age 0?",
    ),
    Mistake(
        {"at14": "six_years"},
        "For 14 you moved by six years only, the length of the study. From which age does the "
        "printed difference count?",
    ),
    Mistake(
        {"at8": "girls8"},
        "At 8 you added the whole slope of the girls. The boys grow meanwhile, too: only the "
        "difference of the slopes changes the gap.",
    ),
    Mistake(
        {"at14": "girls14"},
        "At 14 you added the whole slope of the girls. Only the difference of the slopes changes "
        "the gap.",
    ),
    Mistake(
        {"at8": "boys8"},
        "At 8 you added the row age, the growth of boys. The gap changes by the product.",
    ),
    Mistake(
        {"tau11": "by_ten"},
        "You multiplied the variance of slopes by ten. The slopes grow tenfold; what does that "
        "do to their variance?",
    ),
    Mistake(
        {"tau11": "as_printed"},
        "That is the variance as printed, of slopes a year. A slope a decade is another number.",
    ),
    Mistake(
        {"tau11": "divided"},
        "You divided. In a decade there is more growth than in a year, so slopes a decade differ "
        "by more.",
    ),
    Mistake({"tau11": "sd"}, "That is the standard deviation of slopes a decade: square it."),
    Mistake(
        {"same": "a"},
        "The fitted lines stay, that's right; but some rows describe their height where x is 0, "
        "and that place has moved.",
    ),
    Mistake(
        {"same": "b"},
        "Just these describe heights of lines at x = 0. Which rows don't depend on where that is?",
    ),
    Mistake(
        {"same": "d"},
        "The log-likelihood does stay, and more does: a line has the same slope wherever you "
        "begin to count.",
    ),
)

EXERCISE = Exercise(
    "10.2",
    "Where is zero? Reading an output",
    Several(
        at8=Number(2, within=0.02),
        at14=Number(2, within=0.02),
        tau11=Number(2, within=0.02),
        same=Choice("abcd"),
    ),
    numbers=numbers,
    why="the printed row says that girls are ahead, at birth, where nobody was measured; at 14 they "
    "are {behind:.1f} mm behind.",
    mistakes=MISTAKES,
    nudge="At which age does the row Sex compare girls and boys?",
    section="Time has a zero, and you choose it",
    formula="difference at age a: γ_Sex + a·γ_age:Sex;  x in units k times as large: slope·k, τ₁₁·k²",
)
