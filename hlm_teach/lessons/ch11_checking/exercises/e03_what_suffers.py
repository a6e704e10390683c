"""11.3 Choose: which number suffers?"""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.parts import Choice, Several

# (a) the difference between arms, (b) the change within persons, (c) τ₀₀, (d) σ².


def numbers() -> Numbers:
    """The interval that fails in each study, and what more groups do; a test simulates them."""
    return {"skewed": "c", "heavy": "d", "unequal": "b", "more": "q"}


MEANS = "A fixed effect is a mean of many, and means hardly mind the shape of what they average."
MISTAKES = (
    Mistake({"skewed": "a"}, "Skewed levels: " + MEANS),
    Mistake(
        {"skewed": "b"},
        "A change within persons is free of their levels, whatever these look like.",
    ),
    Mistake(
        {"skewed": "d"},
        "σ² leans on what is left within persons. What is skewed here lies between them.",
    ),
    Mistake({"heavy": "a"}, "Odd days: " + MEANS),
    Mistake({"heavy": "b"}, "Odd days, as likely before as after: " + MEANS),
    Mistake(
        {"heavy": "c"},
        "τ₀₀ leans on how persons' levels are distributed. What has heavy tails here are days.",
    ),
    Mistake(
        {"unequal": "a"},
        "In both arms days scatter alike. Which comparison rests on the two days that scatter more?",
    ),
    Mistake(
        {"unequal": "c"},
        "τ₀₀ rests on the mean level of ten days. Which number rests on the last two?",
    ),
    Mistake(
        {"unequal": "d"},
        "One σ² is a poor summary here, but of both SDs its estimate is a fair mean. For whose "
        "standard error is it too small?",
    ),
    Mistake(
        {"more": "p"},
        "More persons make a mean normal. An interval of a variance leans on the fourth moment of "
        "u, which no number of persons changes.",
    ),
    Mistake(
        {"more": "r"},
        "With more persons fixed effects are means of still more. Why should they begin to fail?",
    ),
)

EXERCISE = Exercise(
    "11.3",
    "Choose: which number suffers?",
    Several(
        skewed=Choice("abcd"), heavy=Choice("abcd"), unequal=Choice("abcd"), more=Choice("pqr")
    ),
    numbers=numbers,
    why="the shape of u hurts the interval of τ₀₀, the shape of e that of σ²; a fixed effect is hurt "
    "by a variance that is wrong just where it looks.",
    mistakes=MISTAKES,
    nudge="On which data does each of the four numbers rest?",
    section="What each violation does to which number",
    formula="a mean leans on a variance, a variance on a fourth moment;  broken_rates(kind, size, …)",
)
