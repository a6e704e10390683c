"""05.1 Four classes, by hand."""

from hlm_teach.balanced.likelihood import maximum, untruncated
from hlm_teach.balanced.sums import BalancedSums, balanced_sums
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several

MARKS = [[6, 11, 13], [13, 11, 18], [9, 13, 14], [19, 22, 19]]  # four classes of three
SECOND = BalancedSums(4, 3, between=6.0, within=48.0)  # the same design, other pupils


def numbers() -> Numbers:
    """τ₀₀ of the four classes by divisors of B and W, and both variances of the second study."""
    between_by_df, negative = balanced_sums(MARKS).between / 3, untruncated(SECOND)
    tau00, sigma2 = maximum(SECOND)
    both = SECOND.between + SECOND.within
    return {
        "reml": tau(3, 8),
        "ml": tau(4, 8),
        "tau00": tau00,
        "sigma2": sigma2,
        "times_3_of_4": tau(3, 8) * 3 / 4,
        "within_by_12": tau(4, 12),
        "within_by_11": tau(3, 11),
        "n_times_reml": 3 * tau(3, 8),
        "n_times_ml": 3 * tau(4, 8),
        "between_of_means": tau(3 * 3, 8),
        "variance_of_means": between_by_df / 3,
        "negative": negative,
        "without_minus": -negative,
        "as_if_inside": SECOND.within / 8,
        "both_by_12": both / 12,
        "within_alone": SECOND.within / 11,
    }


def tau(between_df: float, within_df: float) -> float:
    """τ_00 of the four classes with these divisors of B and W."""
    sums = balanced_sums(MARKS)
    return float((sums.between / between_df - sums.within / within_df) / 3)


def is_negative(given: dict, n: Numbers) -> bool:
    return given["tau00"] < -0.005


MISTAKES = (
    Mistake(
        {"reml": "ml", "ml": "reml"},
        "J and J − 1 have changed places. Which of the two estimators counts the "
        "degree of freedom that the grand mean has used up?",
    ),
    Mistake(
        {"reml": "ml"},
        "For reml B was divided by J, as ML does. What did estimating the grand mean cost?",
    ),
    Mistake(
        {"ml": "times_3_of_4"},
        "For ml you multiplied the whole estimate by (J − 1)/J. Only B changes its "
        "divisor; what is taken off stays.",
    ),
    Mistake(
        {"ml": "within_by_12"},
        "For ml W was divided by N. ML and REML differ in the divisor of B only: within "
        "classes four means are used up, whichever of the two you take (as long as "
        "τ̂₀₀ is above zero).",
    ),
    Mistake(
        {"reml": "within_by_11"},
        "For reml W was divided by N − 1. Each class has a mean of its own: how many "
        "degrees of freedom are left within four classes?",
    ),
    Mistake(
        {"reml": "n_times_reml", "ml": "n_times_ml"},
        "B/(J − 1) and B/J estimate σ² + nτ₀₀. After σ̂² is taken off there is still n "
        "times too much.",
    ),
    Mistake(
        {"reml": "between_of_means"},
        "Your B is the sum of squares of four means. Each of them stands for three "
        "pupils: how often does it count?",
    ),
    Mistake(
        {"reml": "variance_of_means"},
        "For reml you gave the variance of the four means, the luck of three pupils included.",
    ),
    Mistake(
        {"tau00": "negative"},
        "In the second study you left a negative number. Which of the values that a "
        "variance may have fits best then?",
        when=is_negative,
    ),
    Mistake(
        {"tau00": "without_minus"},
        "In the second study the minus was dropped. Is a positive variance more "
        "probable just because B is small?",
    ),
    Mistake(
        {"sigma2": "as_if_inside"},
        "In the second study σ̂² is W/J(n − 1), as if the top lay inside. At the edge "
        "the model has no classes any more: all deviations from one mean count.",
    ),
    Mistake(
        {"sigma2": "both_by_12"},
        "In the second study B + W was divided by N. REML is asked for: what of the "
        "one mean that was estimated?",
    ),
    Mistake(
        {"sigma2": "within_alone"},
        "In the second study B is missing from σ̂². If classes don't differ, what are "
        "the squares between their means made of?",
    ),
)

EXERCISE = Exercise(
    "05.1",
    "Four classes, by hand",
    Several(reml=Number(2), ml=Number(2), tau00=Number(2), sigma2=Number(2)),
    numbers=numbers,
    why="J or J − 1 was the whole difference, {reml:.2f} against {ml:.2f}; and "
    "at the edge the squares between the means help to estimate σ².",
    mistakes=MISTAKES,
    nudge="How many free deviations are there between four means, and how many within classes?",
    section="REML: what changes, and why",
    formula="σ̂² = W/(J(n − 1)), τ̂₀₀ = (B/(J − 1) − σ̂²)/n by REML, with J by ML; if "
    "negative: τ̂₀₀ = 0, σ̂² = (B + W)/(N − 1) by REML, with N by ML",
    points=3,
)
