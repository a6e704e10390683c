"""11.5 Before you look: how much of û is luck?"""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Choice, Several

TAU00, SIGMA2, SKEWNESS = 1.0, 9.0, 2.0


def weight(n: float) -> float:
    """The share of u in the variance of the mean of n members."""
    return TAU00 / (TAU00 + SIGMA2 / n)


def numbers() -> Numbers:
    """Share of luck in û of groups of 3 and 30, skewness of û by size; and what is taken for them."""
    return {
        "luck3": 1 - weight(3),
        "luck30": 1 - weight(30),
        "skew": lambda n: SKEWNESS * weight(n) ** 1.5,
        "quiet": "b",
        "group3": weight(3),
        "group30": weight(30),
        "of_one": 1 - weight(1),
        "ratio3": SIGMA2 / 3 / TAU00,
        "ratio30": SIGMA2 / 30 / TAU00,
        "first_power": lambda n: SKEWNESS * weight(n),
        "cubed": lambda n: SKEWNESS * weight(n) ** 3,
        "root": lambda n: SKEWNESS * weight(n) ** 0.5,
        "unchanged": lambda n: SKEWNESS + 0 * n,
        "of_a_mean": lambda n: SKEWNESS / n**0.5,
        "seen3": SKEWNESS * weight(3) ** 1.5,
        "seen30": SKEWNESS * weight(30) ** 1.5,
    }


MISTAKES = (
    Mistake(
        {"luck3": "group3"},
        "Of three members you gave the share of the group. What is left of one is luck.",
    ),
    Mistake(
        {"luck30": "group30"},
        "Of thirty members you gave the share of the group. What is left of one is luck.",
    ),
    Mistake(
        {"luck3": "of_one"},
        "Of three members you gave the share of luck in a single one. Means have less of it.",
    ),
    Mistake(
        {"luck30": "of_one"},
        "Of thirty members you gave the share of luck in a single one. Means have less of it.",
    ),
    Mistake(
        {"luck3": "ratio3"},
        "Of three members you divided luck by group. A share divides by both together.",
    ),
    Mistake(
        {"luck30": "ratio30"},
        "Of thirty members you divided luck by group. A share divides by both together.",
    ),
    Mistake(
        {"skew": "first_power"},
        "Your function shrinks the skewness like a variance. It is a third moment over a third "
        "power of an SD.",
    ),
    Mistake(
        {"skew": "cubed"},
        "Your function divides the third moment by the third power of a variance. Of an SD, it is.",
    ),
    Mistake(
        {"skew": "root"},
        "Your function shrinks the skewness like an SD. It is a third moment over a third power "
        "of an SD.",
    ),
    Mistake(
        {"skew": "unchanged"},
        "Your function leaves the skewness of u as it is. Adding normal luck makes a sum less skewed.",
    ),
    Mistake(
        {"skew": "of_a_mean"},
        "Your function is about means of n skewed values. Here u is one skewed value, and the n "
        "members are normal.",
    ),
    Mistake({"quiet": "a"}, "û looked normal. How much of û is u, in groups of three?"),
    Mistake(
        {"quiet": "c"},
        "The members' residuals say nothing about u: they are what is left when û is taken away.",
    ),
    Mistake(
        {"quiet": "d"},
        "More groups narrow the band, but each û is still mostly luck. What would make û show u?",
    ),
)

EXERCISE = Exercise(
    "11.5",
    "Before you look: how much of û is luck?",
    Several(
        luck3=Number(2),
        luck30=Number(2),
        skew=Function(probes=((1,), (3,), (30,), (100,)), wanted="A function of n, the size,"),
        quiet=Choice("abcd"),
    ),
    numbers=numbers,
    why="of a skewness of 2 there is {seen3:.2f} left to see in groups of three, and {seen30:.2f} in "
    "groups of thirty: how much a quiet picture says can be known before it is drawn.",
    mistakes=MISTAKES,
    nudge="û is λ times the distance of a mean. What are the two pieces of that distance?",
    section="BLUPs that look normal because groups are small",
    formula="û = λ(u + ē), λ = τ₀₀/(τ₀₀ + σ²/n);  third moments of independent pieces add up;  "
    "skewness = third moment/SD³",
)
