"""12.2 A table to review: mathematics in Turkey, TIMSS 2015."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import LEVELS_EXCHANGED, OTHER_WAY
from hlm_teach.feedback.reading import FELL, ascribes, asserts, holds
from hlm_teach.feedback.reports import about_cause, mistake
from hlm_teach.measures.published_table import groups_behind_se

from .common import NOT_ASSIGNED

# Ersan & Rodriguez (2020), Table 5, models 1 and 2, doi:10.1186/s40536-020-00093-y
SE, TAU00, SIGMA2 = "6.27", "3530.90", "5454.20"
SE_GIVEN_SES, TAU00_GIVEN_SES, SIGMA2_GIVEN_SES = "3.63", "1171.69", "5081.27"

EXAMPLE = (
    "In the null model {percent:.0f} % of the variance lies between schools (ICC {icc:.2f}); with SES "
    "of pupils and schools the variance between schools is {percent_less:.0f} % smaller. By the formula "
    "of an unweighted null model a standard error of 6.27 comes from {least} to {most} schools. If "
    "there were more, please say how sampling weights and plausible values entered and whether "
    "standard errors are robust. Families choose schools, so none of this is an effect of SES."
)
# By its name, or written out: 'J = (τ00 + σ²/n)/SE²'.
FORMULA = r"formula|null model|balanced|\bSE ?(²|\^ ?2|\*\* ?2|squared)|/ ?\(?SE\b|squared? (of the )?standard error"


def numbers() -> Numbers:
    """What the printed rows say, and what is often worked out in its place."""
    tau00, sigma2, se = float(TAU00), float(SIGMA2), float(SE)
    least, most = groups_behind_se(SE, TAU00, SIGMA2)
    _, most_of_one = groups_behind_se(SE, TAU00, SIGMA2, smallest=1)
    of_two = groups_behind_se(SE_GIVEN_SES, TAU00_GIVEN_SES, SIGMA2_GIVEN_SES)
    left, left_within = float(TAU00_GIVEN_SES) / tau00, float(SIGMA2_GIVEN_SES) / sigma2
    share, less = tau00 / (tau00 + sigma2), 1 - left
    roots = tau00**0.5 / (tau00**0.5 + sigma2**0.5)
    return {
        "icc": share,
        "less": less,
        "least": least,
        "most": int(most),
        "percent": 100 * share,
        "percent_less": 100 * less,
        "ratio": tau00 / sigma2,
        "of_sds": roots,
        "left": left,
        "less_within": 1 - left_within,
        "se_not_squared": tau00 / se,
        "most_of_one": int(most_of_one),
        "whole_sigma2": (tau00 + sigma2) / se**2,
        "least_of_two": of_two[0],
        "most_of_two": int(of_two[1]),
    }


def accuses(given: dict, n: Numbers) -> bool:
    """Tell whether a table that may have honest reasons is called false."""
    return asserts(given["sentence"], r"\b(invented|fraud|fabricat\w*|falsif\w*|made up|faked?)\b")


def says_effect(given: dict, n: Numbers) -> bool:
    """Tell whether SES is said to cause what it goes along with."""
    return asserts(
        given["sentence"],
        r"\bSES (causes|caused|raises|raised|improves|explains why)\b|\b(raise|change) SES (to|and)\b",
    )


def takes_within(given: str, n: Numbers) -> bool:
    """Tell whether a share between schools is said to be one within, or of pupils."""
    return any(
        ascribes(given, n[name], 2, r"\bwithin\b|\bpupils account", unless=r"\bbetween\b")
        for name in ("icc", "less")
    )


MISTAKES = (
    Mistake({"icc": "ratio"}, "Your ICC divides between by within. A share divides by the total."),
    Mistake({"icc": "of_sds"}, "Your ICC is a share of standard deviations: variances add up."),
    Mistake({"less": "left"}, "That is the share that is left. By how much did it get smaller?"),
    Mistake(
        {"less": "less_within"},
        "You compared the variances within schools. Asked for are those between.",
    ),
    Mistake(
        {"least": "se_not_squared"},
        "You divided by the standard error. Its square is τ₀₀/J or more.",
    ),
    Mistake(
        {"most": "most_of_one"},
        "Your upper bound is that of schools with one pupil. With one pupil a school nobody can "
        "tell the two variances apart: two at least.",
    ),
    Mistake(
        {"least": "least_of_two"},
        "Your least is that of model 2's standard error. Asked for is model 1's, a null model's.",
    ),
    Mistake(
        {"most": "most_of_two"},
        "Your most is that of model 2's standard error. Asked for is model 1's, a null model's.",
        # One less comes out where the printed numbers' rounding is left out.
        when=lambda given, n: abs(given["most"] - n["most_of_two"]) < 1.5,
    ),
    Mistake({"most": "least"}, "Both bounds are the same: which part did the pupils' luck play?"),
    Mistake(
        {"sentence": EXAMPLE + " The table is invented."},
        "A table that doesn't fit the formula asks a question. Which honest reasons are there?",
        when=accuses,
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("none of this is an effect of SES", "SES raises scores")},
        "Families weren't assigned to schools, nor SES to families. What goes along with what?",
        when=says_effect,
    ),
    mistake(
        EXAMPLE.replace("lies between schools", "lies within schools").replace(
            "variance between schools is", "variance within schools is"
        ),
        LEVELS_EXCHANGED,
        takes_within,
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("smaller", "larger"),
        OTHER_WAY,
        lambda given, n: ascribes(
            given,
            n["less"],
            2,
            r"\b(larger|grows?|grew|increas\w+|remains?|left|rises?)\b",
            unless=FELL,
        ),
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("{most} schools", "{most} pupils"),
        "The bounds count schools. What does yours count?",
        lambda given, n: holds(given, n["most"], 0, of="pupils|students|children"),
        part="sentence",
    ),
    about_cause(EXAMPLE, "Poverty causes low scores.", part="sentence"),
)

EXERCISE = Exercise(
    "12.2",
    "A table to review: mathematics in Turkey",
    Several(
        icc=Number(2),
        less=Number(2),
        least=Number(0),
        most=Number(0),
        sentence=Sentence(
            (
                Part("the ICC, with two decimals", number="icc", decimals=2),
                Part(
                    "by how much the variance between schools is smaller", number="less", decimals=2
                ),
                Part("the least number of schools", number="least"),
                Part("the largest number of schools", number="most"),
                Part("which formula the bounds come from", pattern=FORMULA),
                Part(
                    "what you ask the authors (weights, plausible values, robust errors)",
                    pattern=r"weight|plausible|robust|sandwich|design[- ]based",
                ),
                Part("what the design can't answer", pattern=NOT_ASSIGNED),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you told the authors what their rows say, what they can't come from, and what would settle "
    "it. A review that asks is answered.",
    mistakes=MISTAKES,
    nudge="Which printed numbers are tied together, and how tightly, with their rounding?",
    section="Read like a detective",
    formula="τ₀₀/SE² ≤ J ≤ (τ₀₀ + σ²/2)/SE²: groups_behind_se with texts; 1 − τ₀₀(with SES)/τ₀₀(null)",
    points=4,
)
