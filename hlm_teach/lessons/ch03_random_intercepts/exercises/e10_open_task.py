"""03.10 Open task: split a predictor you haven't met."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import REML

from .common import three_effects

OPEN = ("hsb", "medpar", "employment_uk")
EXAMPLE = (
    "Within the {groups} groups ({rows:,} rows, random intercepts, REML) the slope was "
    "{within:.2f} (95 % CI {low:.2f} to {high:.2f})."
)


def numbers(name: str) -> Numbers:
    """`three_effects` of the data that were chosen."""
    return three_effects(name)


MISTAKES = (
    Mistake(
        {"within": "blend"},
        "Your slope within is a blend: the model has the predictor alone. What makes "
        "it a comparison within groups?",
    ),
    Mistake({"within": "between"}, "As the slope within you gave the one between groups."),
    Mistake(
        {"contextual": "between"},
        "As contextual effect you gave the one between groups. Beside a group-mean "
        "centred predictor the mean's coefficient is that: take the slope within off.",
    ),
)

EXERCISE = Exercise(
    "03.10",
    "Open task: split a predictor you haven't met",
    Chosen(
        "data",
        data=Choice(OPEN),
        within=Number(3),
        contextual=Number(3),
        sentence=Sentence(
            (
                Part(
                    "the slope within groups (say 'within'), two decimals",
                    number="within",
                    decimals=2,
                    pattern=r"within|inside|same (group|school|hospital|firm)",
                ),
                Part("one end of its 95 % interval", number="low", decimals=2),
                Part("the other end of its interval", number="high", decimals=2),
                Part("how many groups", number="groups"),
                Part("how many rows", number="rows"),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you asked what a slope compares before you believed it. Would one slope have done? Look "
    "whether the contextual effect's interval leaves zero out: where it doesn't, the data "
    "can't tell.",
    mistakes=MISTAKES,
    nudge="What is the predictor's mean in each group, and what is left when it is taken off?",
    section="One predictor, three effects",
    formula="y ~ x + x_mean, random intercepts: γ₁₀ within, γ₀₁ contextual = between − within",
    points=3,
)
