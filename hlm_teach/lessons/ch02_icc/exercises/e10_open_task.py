"""02.10 Open task: data you haven't met."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import REML

from .common import iccs, null_model

OPEN = {
    "orthodont": ("distance", "Subject"),
    "sleepstudy": ("Reaction", "Subject"),
    "pbc": ("log_bili", "patient"),
    "dyestuff": ("Yield", "Batch"),
}
EXAMPLE = (
    "The null model with {groups} groups, fitted by REML, gave an intraclass correlation of "
    "{icc:.3f} (95 % CI {low:.3f} to {high:.3f})."
)


def numbers(name: str) -> Numbers:
    """`iccs` of the data that were chosen."""
    fit = null_model(name, *OPEN[name])
    return iccs(fit, load_data(name), *OPEN[name]) | {"groups": fit.n_groups}


MISTAKES = (
    Mistake(
        {"icc": "raw"}, "The ICC has the raw variance of the group means in it, luck included."
    ),
    Mistake({"icc": "of_sds"}, "The ICC is a share of standard deviations: square first."),
    Mistake({"icc": "ratio"}, "The ICC divides between by within. A share divides by the total."),
)

EXERCISE = Exercise(
    "02.10",
    "Open task: data you haven't met",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        icc=Number(3),
        sentence=Sentence(
            (
                Part("the ICC, with two decimals or in per cent", number="icc", decimals=2),
                Part("how many groups", number="groups"),
                Part("the lower end of the interval", number="low", decimals=2),
                Part("its upper end", number="high", decimals=2),
                Part("the estimator", pattern=rf"{REML}|anova|analysis of variance"),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you went from a new file to a sentence with everything in it that a reader needs.",
    mistakes=MISTAKES,
    nudge="Which column is the group, and what would two members of one group share?",
    section="How to report it",
    formula="ρ = τ₀₀/(τ₀₀ + σ²) of the null model, with an interval",
    points=3,
)
