"""04.10 Open task: slopes you haven't met."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import REML
from hlm_teach.lmm.fit import fit_lmm

from .common import half_moved, ranges, rho_at

# Outcome, predictor and group; where x is to be zero, and the same as a report says it.
OPEN = {
    "orthodont": ("distance", "age", "Subject", 8, 8),
    "pbc": ("protime", "years", "patient", 2, 2),
    "employment_uk": ("log_capital", "t", "firm", 4, 1984),
}
EXAMPLE = (
    "By REML the mean slope in {groups} groups was {slope:.3f}; slopes of 95 % of the groups lay "
    "between {low:.3f} and {high:.3f}, and correlated {rho:.2f} with the level at {place}."
)


def numbers(name: str) -> Numbers:
    """`ranges` of slopes in the data that were chosen, and correlations with the level."""
    outcome, x, group, origin, place = OPEN[name]
    fit = fit_lmm(f"{outcome} ~ {x}", load_data(name), group, f"1 + {x}")
    return ranges(fit) | {
        "rho": rho_at(fit.cov_re, origin),
        "unmoved": rho_at(fit.cov_re, 0),
        "half_moved": half_moved(fit.cov_re, origin),
        "slope": fit.params[x],
        "groups": fit.n_groups,
        "place": place,
    }


MISTAKES = (
    Mistake(
        {"rho": "unmoved"},
        "The correlation belongs to the zero of the column as it comes. Where is zero to be here?",
    ),
    Mistake(
        {"rho": "half_moved"},
        "In the correlation the covariance was moved to the new origin, and τ₀₀ wasn't.",
    ),
    Mistake(
        {"low": "low_by_variance", "high": "high_by_variance"},
        "The range uses τ₁₁ as a standard deviation. Take its root first.",
    ),
    Mistake(
        {"low": "low_of_mean", "high": "high_of_mean"},
        "The range is the confidence interval of the mean slope. It says where the "
        "mean lies, not where the groups lie.",
    ),
)

EXERCISE = Exercise(
    "04.10",
    "Open task: slopes you haven't met",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        rho=Number(2),
        low=Number(3, within=0.002),
        high=Number(3, within=0.002),
        sentence=Sentence(
            (
                Part("the mean slope, with two decimals", number="slope", decimals=2),
                Part(
                    "where the range of 95 % of slopes begins (with its sign)",
                    number="low",
                    decimals=2,
                    signed=True,
                ),
                Part("where it ends", number="high", decimals=2, signed=True),
                Part(
                    "the correlation, with two decimals (and its sign)",
                    number="rho",
                    decimals=2,
                    signed=True,
                ),
                Part("where it holds (the age, or the year)", number="place"),
                Part("how many groups", number="groups"),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="your sentence says how large the slope is, how much it differs, and where its "
    "correlation holds. Draw the slopes before you trust the 95 %: they are normal by the "
    "model only.",
    mistakes=MISTAKES,
    nudge="What is a group here, and where on the axis would an intercept mean something?",
    section="How to report it",
    formula="γ₁₀ ± 1.96·√τ₁₁;  ρ₀₁(k) = (τ₀₁ + kτ₁₁)/√(τ₀₀(k)·τ₁₁)",
    points=3,
)
