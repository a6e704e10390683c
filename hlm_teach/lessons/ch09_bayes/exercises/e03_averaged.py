"""09.3 Before you run it: shrinkage, averaged by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Choice, Several

MEASURED, ERROR, MEAN = 18.0, 6.0, 2.0
TAU, WEIGHTS = np.array([0.0, 3.0, 8.0]), np.array([0.4, 0.4, 0.2])


def expected(tau: float) -> float:
    """A site's true effect, expected at a given tau."""
    trust = tau**2 / (tau**2 + ERROR**2)
    return trust * MEASURED + (1 - trust) * MEAN


def numbers() -> Numbers:
    """The expected effect given tau, averaged over three tau, its SD; and what slips lead to."""
    given = np.array([expected(tau) for tau in TAU])
    trust = TAU**2 / (TAU**2 + ERROR**2)
    within = trust * ERROR**2
    averaged = float(WEIGHTS @ given)
    between = float(WEIGHTS @ (given - averaged) ** 2)
    at_mean = float(WEIGHTS @ TAU)
    return {
        "expected": expected,
        "averaged": averaged,
        "sd": float(np.sqrt(WEIGHTS @ within + between)),
        "reml": "b",
        "upside_down": lambda tau: MEASURED + MEAN - expected(tau),
        "not_squared": lambda tau: MEAN + (MEASURED - MEAN) * tau / (tau + ERROR),
        "no_mean": lambda tau: expected(tau) - MEAN * ERROR**2 / (tau**2 + ERROR**2),
        "lambda_alone": lambda tau: tau**2 / (tau**2 + ERROR**2),
        "plugged_in": expected(at_mean),
        "unweighted": float(given.mean()),
        "away_from_zero": float(WEIGHTS[1:] @ given[1:] / WEIGHTS[1:].sum()),
        "at_likeliest": expected(3.0),
        "only_within": float(np.sqrt(WEIGHTS @ within)),
        "only_between": float(np.sqrt(between)),
        "of_sds": float(WEIGHTS @ np.sqrt(within)),
        "squared": float(WEIGHTS @ within + between),
        "own_error": ERROR,
    }


MISTAKES = (
    Mistake(
        {"expected": "upside_down"},
        "Your function trusts the site the less, the more sites differ. λ goes with what was "
        "measured.",
    ),
    Mistake(
        {"expected": "not_squared"}, "Your function has standard deviations in λ: square them."
    ),
    Mistake(
        {"expected": "no_mean"}, "Your function shrinks towards 0. Where do the other sites lie?"
    ),
    Mistake({"expected": "lambda_alone"}, "Your function returns λ. What does λ weigh?"),
    Mistake(
        {"averaged": "plugged_in"},
        "You averaged τ and put the average in. Average the expected effects: λ isn't a straight "
        "line in τ.",
    ),
    Mistake({"averaged": "unweighted"}, "You gave the three τ equal weights."),
    Mistake(
        {"averaged": "away_from_zero"},
        "You left τ = 0 out. It is as plausible as τ = 3, and has an expected effect.",
    ),
    Mistake({"averaged": "at_likeliest"}, "That is what is expected at τ = 3 alone."),
    Mistake(
        {"sd": "only_within"},
        "That is the doubt that is left when τ is known. The expected effects at the three τ "
        "differ as well.",
    ),
    Mistake(
        {"sd": "only_between"},
        "That is how expected effects differ between the three τ. Given each τ there is doubt, "
        "too.",
    ),
    Mistake({"sd": "of_sds"}, "You averaged standard deviations. Average variances, and add."),
    Mistake({"sd": "squared"}, "That is the variance: take its root."),
    Mistake(
        {"sd": "own_error"},
        "That is the site's own standard error. The other sites make its effect better known.",
    ),
    Mistake(
        {"reml": "a"},
        "What was measured comes out where τ is beyond all bounds. What is λ where τ = 0?",
    ),
    Mistake(
        {"reml": "c"},
        "The average over τ is what the posterior expects. What is λ at a single τ = 0?",
    ),
    Mistake(
        {"reml": "d"},
        "Half-way is where τ is as large as the standard error. What is λ where τ = 0?",
    ),
)

EXERCISE = Exercise(
    "09.3",
    "Before you run it: shrinkage, averaged by hand",
    Several(
        expected=Function(probes=((3.0,), (8.0,), (20.0,)), wanted="A function of τ", names=("τ",)),
        averaged=Number(2),
        sd=Number(2),
        reml=Choice("abcd"),
    ),
    numbers=numbers,
    why="{averaged:.1f} instead of the 2 of an estimate at the edge, and an SD of {sd:.1f} that "
    "counts both doubts: what the effect is at each τ, and which τ it is.",
    mistakes=MISTAKES,
    nudge="At each of the three τ the site's effect is known up to a normal distribution. What "
    "does a mixture of three have for a mean, and for a variance?",
    section="Shrinkage, again",
    formula="λ = τ²/(τ² + s²);  E(θ|τ) = λ·y + (1 − λ)·μ;  Var(θ|τ) = λ·s²;  overall: mean of the "
    "means, mean of the variances + variance of the means",
    points=3,
)
