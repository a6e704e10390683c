"""07.3 The school that comes later."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

from .common import intercepts, sd_share, share, variances

MODEL = "scotssec", "verbal ~ 1"
LATER = "scotssec", "attain ~ 1"


def numbers() -> Numbers:
    """Shares of secondary schools in a score from before, with and without primary schools."""
    primary, second, rest = both = variances(intercepts(*MODEL, "primary", "second"))
    second_alone, rest_alone = alone = variances(intercepts(*MODEL, "second"))
    primary_alone, rest_of_primary = swapped = variances(intercepts(*MODEL, "primary"))
    later = variances(intercepts(*LATER, "primary", "second"))
    later_alone = variances(intercepts(*LATER, "second"))
    return {
        "both": share(second, of=both),
        "alone": share(second_alone, of=alone),
        "moved": (rest_alone - rest) / primary,
        "claim": "c",
        "of_primary": share(primary, of=both),
        "primary_alone": share(primary_alone, of=swapped),
        "second_moved": (rest_of_primary - rest) / second,
        "both_of_sds": sd_share(second, of=both),
        "alone_of_sds": sd_share(second_alone, of=alone),
        "less_primary": second / (second + rest),
        "by_rest": second / rest,
        "to_secondary": (second_alone - second) / primary,
        "of_rest": (rest_alone - rest) / rest,
        "both_variance": second,
        "alone_variance": second_alone,
        "grown_by": rest_alone - rest,
        "times": rest_alone / rest,
        "both_later": share(later[1], of=later),
        "alone_later": share(later_alone[0], of=later_alone),
    }


MISTAKES = (
    Mistake(
        {"both": "of_primary", "alone": "primary_alone"},
        "These are the shares of the primary schools. Which schools are asked for?",
    ),
    Mistake(
        {"both": "both_later", "alone": "alone_later"},
        "These are shares of `attain`, the score at 16. Which score is asked for, and when was it "
        "taken?",
    ),
    Mistake(
        {"both": "both_variance", "alone": "alone_variance"},
        "Both are variances. What is each a share of?",
    ),
    Mistake({"both": "both_variance"}, "As both you gave a variance. A share of what is it?"),
    Mistake({"alone": "alone_variance"}, "As alone you gave a variance. A share of what is it?"),
    Mistake({"both": "of_primary"}, "As both you gave the share of the primary schools."),
    Mistake(
        {"alone": "primary_alone"},
        "As alone you gave the share of primary schools, with secondary left out. It is to be "
        "the other way round.",
    ),
    Mistake(
        {"both": "both_of_sds"},
        "As both you gave a share of standard deviations: they don't add up to a total.",
    ),
    Mistake({"alone": "alone_of_sds"}, "As alone you gave a share of standard deviations."),
    Mistake(
        {"both": "less_primary"},
        "In the total of both the primary schools are missing. A pupil's score has all three "
        "parts.",
    ),
    Mistake({"both": "by_rest"}, "As both you divided by the residual. A share divides by all."),
    Mistake(
        {"moved": "to_secondary"},
        "That is the part of the primaries' variance that went over to the secondary schools. "
        "Where did the rest of it go?",
    ),
    Mistake(
        {"moved": "second_moved"},
        "You left the secondary schools out and watched their variance. Leave out the primaries.",
    ),
    Mistake(
        {"moved": "grown_by"},
        "As moved you gave by how much the residual variance grew. What part of the primary "
        "schools' variance is that?",
    ),
    Mistake(
        {"moved": "times"},
        "As moved you gave how many times as large the residual became. By how much did it grow, "
        "and what part of the primary schools' variance is that?",
    ),
    Mistake(
        {"moved": "of_rest"},
        "You divided the growth of the residual by the residual. What lost its place in the "
        "model, and how large was that?",
    ),
    Mistake(
        {"claim": "a"},
        "The score was taken on entry: what could a school have done for pupils it hadn't yet "
        "taught?",
    ),
    Mistake(
        {"claim": "b"},
        "With primaries in the model their part is accounted for, and a share remains. What "
        "else brings pupils of a kind to one school?",
    ),
    Mistake(
        {"claim": "d"},
        "Nothing is wrong with the fit: pupils of one secondary school are alike on entry. Why "
        "might they be?",
    ),
)

EXERCISE = Exercise(
    "07.3",
    "The school that comes later",
    Several(both=Number(3), alone=Number(3), moved=Number(2), claim=Choice("abcd")),
    numbers=numbers,
    why="a share says where alike pupils are found, not who made them alike; and of a factor left "
    "out, {moved:.0%} was taken for differences between pupils.",
    mistakes=MISTAKES,
    nudge="When was the score taken, and which of the two schools had the pupil been to by then?",
    section="Leave a grouping out, and the others take part of its variance",
    formula="share = τ_second/(τ_primary + τ_second + σ²); moved = (σ² without primary − "
    "σ² with it)/τ_primary",
    points=3,
)
