"""06.1 A new pair of hips, by hand."""

from scipy import stats

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.phrases import MIXTURE_TOO_HIGH

from .common import tail


def numbers() -> Numbers:
    """D of two printed log-likelihoods, its p by the mixture, and what is taken for either."""
    d = 2 * (1312.4 - 1309.1)
    return {
        "D": d,
        "df": 2.0,
        "df_alone": 1.0,
        "p": tail(d, 1, 2),
        "mixture_p": lambda d, df: tail(d, df - 1, df),
        "undoubled": d / 2,
        "negative": -d,
        "naive": tail(d, 2),
        "half": tail(d, 2) / 2,
        "of_1": tail(d, 1),
        "of_0_and_1": tail(d, 0, 1),
        "of_2_and_3": tail(d, 2, 3),
        "zero_at_zero": zero_at_zero,
        "naive_p": lambda d, df: tail(d, df),
        "half_p": lambda d, df: stats.chi2.sf(d, df) / 2,
        "one_more": lambda d, df: tail(d, df, df + 1),
        "both_tails": lambda d, df: 2 * tail(d, df - 1, df),
    }


def zero_at_zero(d: float, df: int) -> float:
    """The mixture, with a tail of χ² with 0 df that is 0 even at D = 0."""
    first = stats.chi2.sf(d, df - 1) if df > 1 else 0.0
    return (first + stats.chi2.sf(d, df)) / 2


MISTAKES = (
    Mistake(
        {"D": "undoubled"},
        "Your D is the bare difference of the log-likelihoods. χ² belongs to a "
        "multiple of it: which?",
    ),
    Mistake(
        {"D": "negative"},
        "Your D is negative, and the larger model can't fit worse. Which of two "
        "negative numbers is the larger?",
    ),
    Mistake(
        {"df": 1.0},
        "You counted one parameter for the slope. In which matrix "
        "does its variance stand, and what else is new there?",
    ),
    Mistake(
        {"df": 3.0},
        "You counted three parameters. The mean slope is in both models: which parameters are new?",
    ),
    Mistake(
        {"df_alone": 2.0},
        "With correlated=False, G has zeros off its diagonal. Which of the two new "
        "parameters is left?",
    ),
    Mistake(
        {"p": "naive"}, "Your p is the naive one. It allows the variance of slopes to be negative."
    ),
    Mistake(
        {"p": "half"},
        "You halved the naive p. That is right for one variance alone. With a "
        "covariance, what does D do in the half of studies that would like a "
        "negative variance?",
    ),
    Mistake(
        {"p": "of_1"},
        "Your p is from χ² with 1 df. That is one component of the mixture; which is the other?",
    ),
    Mistake(
        {"p": "of_0_and_1"},
        "Your p is for one variance without a covariance. Here D doesn't stay at zero "
        "in half of the studies.",
    ),
    Mistake({"p": "of_2_and_3"}, MIXTURE_TOO_HIGH),
    Mistake(
        {"mixture_p": "zero_at_zero"},
        "Your function is right except at D = 0 with df 1: with what probability is D at least 0?",
    ),
    Mistake(
        {"mixture_p": "naive_p"},
        "Your function returns the naive p. Average the tails of two distributions.",
    ),
    Mistake(
        {"mixture_p": "half_p"},
        "Your function halves the naive p whatever df is. With df 2, the other half of "
        "studies isn't at zero.",
    ),
    Mistake(
        {"mixture_p": "one_more"},
        "Your function takes df and one more. df counts the parameters added: what "
        "is left of them in the half of studies that would like a negative variance?",
    ),
    Mistake(
        {"mixture_p": "both_tails"},
        "Your function adds the two tails. Each holds in half of the studies.",
    ),
)

EXERCISE = Exercise(
    "06.1",
    "A new pair of hips, by hand",
    Several(
        D=Number(1),
        df=Number(0),
        df_alone=Number(0),
        p=Number(3),
        mixture_p=Function(
            ((6.6, 2), (6.6, 1), (2.0, 1), (9.3, 2), (0.0, 2), (0.0, 1)),
            wanted="A function of D and df",
            undefined="Does it call chi2.sf with 0 df, which is nan? And do "
            "its arguments stand in the order D, df?",
        ),
    ),
    numbers=numbers,
    why="half of the studies without slope variance would like a negative one, and your p of "
    "{p:.3f} knows it.",
    mistakes=MISTAKES,
    nudge="Which parameters does the larger model have that the smaller one hasn't, and which "
    "of them can't be negative?",
    section="A slope brings a covariance: 1 and 2",
    formula="D = −2(log L_reduced − log L_full); one variance: ½χ²₀ + ½χ²₁, with its "
    "covariance: ½χ²₁ + ½χ²₂; stats.chi2.sf(D, df)",
    points=3,
)
