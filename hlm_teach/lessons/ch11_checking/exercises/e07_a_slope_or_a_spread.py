"""11.7 Reading four models: a slope that varies, or a spread?"""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import MIXTURE_TOO_HIGH, ONE_VARIANCE_TESTED
from hlm_teach.lmm.mixture import chi2_tail

# The tables as the notebook prints them: ML log-likelihoods of `score ~ late` in 24 schools, and
# the residual SDs of the third model. Four fits, two of them with two SDs, are more than a check
# has time for; a test fits all four.
ONE, ONE_SLOPES, TWO, TWO_SLOPES = -941.37, -937.40, -895.30, -895.08
EARLY, LATE = 4.07, 9.76


def numbers() -> Numbers:
    """D of slopes with one SD and with two, p of the first, ratio of SDs; and of other pairs."""
    claimed, honest = 2 * (ONE_SLOPES - ONE), 2 * (TWO_SLOPES - TWO)
    return {
        "claimed": claimed,
        "p": float(chi2_tail(claimed, [1, 2])),
        "honest": honest,
        "ratio": LATE / EARLY,
        "claim": "c",
        "claimed_not_doubled": claimed / 2,
        "honest_not_doubled": honest / 2,
        "of_spread": 2 * (TWO - ONE),
        "of_spread_beside": 2 * (TWO_SLOPES - ONE_SLOPES),
        "of_both": 2 * (TWO_SLOPES - ONE),
        "naive": float(chi2_tail(claimed, [2])),
        "too_high": float(chi2_tail(claimed, [2, 3])),
        "one_variance": float(chi2_tail(claimed, [0, 1])),
        "of_variances": (LATE / EARLY) ** 2,
        "upside_down": EARLY / LATE,
    }


MISTAKES = (
    Mistake(
        {"claimed": "claimed_not_doubled"},
        "With one SD, your D is the bare difference of the log-likelihoods.",
    ),
    Mistake(
        {"honest": "honest_not_doubled"},
        "With two SDs, your D is the bare difference of the log-likelihoods.",
    ),
    Mistake(
        {"claimed": "of_spread"},
        "You tested the two SDs where slopes were asked for. Which two rows with one SD differ in "
        "the slopes and in nothing else?",
    ),
    Mistake(
        {"honest": "of_spread_beside"},
        "You tested the two SDs beside slopes. Which two rows with two SDs differ in the slopes "
        "and in nothing else?",
    ),
    Mistake(
        {"honest": "of_both"},
        "You went from the first row to the last: that tests slopes and SDs together.",
    ),
    Mistake(
        {"claimed": "honest", "honest": "claimed"},
        "The two D have changed places: which pair of rows has one SD?",
    ),
    Mistake(
        {"p": "naive"},
        "That is p from χ² with both added parameters counted in full. One of them is a variance "
        "at its boundary.",
    ),
    Mistake({"p": "too_high"}, MIXTURE_TOO_HIGH),
    Mistake({"p": "one_variance"}, ONE_VARIANCE_TESTED),
    Mistake(
        {"ratio": "of_variances"},
        "Your ratio is one of variances. Of standard deviations it is the root.",
    ),
    Mistake({"ratio": "upside_down"}, "Your ratio is upside down: late over early."),
    Mistake(
        {"claim": "a"},
        "That p trusts one SD for all. What is left of the first D where lessons may scatter "
        "differently?",
    ),
    Mistake(
        {"claim": "b"},
        "A small D is no proof that slopes are equal: it says that nothing in these data asks for "
        "them to differ.",
    ),
    Mistake(
        {"claim": "d"},
        "The mixture mends the boundary, and p was computed with it. What did the first model "
        "have no other place for?",
    ),
)

EXERCISE = Exercise(
    "11.7",
    "Reading four models: a slope that varies, or a spread?",
    Several(
        claimed=Number(2, within=0.03),
        p=Number(3),
        honest=Number(2, within=0.03),
        ratio=Number(2),
        claim=Choice("abcd"),
    ),
    numbers=numbers,
    why="late scores scatter {ratio:.1f} times as much, the schools' means of three of them scatter, "
    "too, and a model with one SD has only the slope to put that in: D goes from {claimed:.1f} to "
    "{honest:.1f}.",
    mistakes=MISTAKES,
    nudge="Where can a model with one SD put what late scores scatter more?",
    section="Do all scatter alike?",
    formula="D = 2(log L₁ − log L₀);  a variance and a covariance at the boundary: ½χ²₁ + ½χ²₂;  "
    'fit_lmm(…, residual_sd="column").residual_sd',
    points=3,
)
