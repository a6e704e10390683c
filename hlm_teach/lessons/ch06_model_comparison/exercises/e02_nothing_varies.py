"""06.2 Before you run it: where nothing varies."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.mixture import critical_value

from .common import tail


def numbers() -> Numbers:
    """What the theory of many groups says of studies without variation, in per cent."""
    naive = critical_value([2])
    return {
        "zero": 50.0,
        "zero_slope": 0.0,
        "beyond": 100 * tail(naive, 1, 2),
        "clinics": "often",
        "share_zero": 0.5,
        "share_beyond": tail(naive, 1, 2),
        "half": 50 * tail(naive, 2),
        "of_0_and_1": 100 * tail(naive, 0, 1),
        "of_1": 100 * tail(naive, 1),
    }


def gives_shares(given: dict, n: Numbers) -> bool:
    return 0 < given["zero"] <= 1 or 0 < given["beyond"] < 0.1


def gives_5_percent(given: dict, n: Numbers) -> bool:
    return 1 < given["zero"] <= 5


MISTAKES = (
    Mistake(
        {"zero": "share_zero", "beyond": "share_beyond"},
        "A share between 0 and 1 stands where per cent are asked for.",
        when=gives_shares,
    ),
    Mistake(
        {"zero": 5.0},
        "5 % is how often a test is promised to cry wolf. How often is a variance "
        "estimated as zero if the truth is zero?",
        when=gives_5_percent,
    ),
    Mistake(
        {"zero": 0.0},
        "In your studies no variance is estimated as zero. "
        "What becomes of those whose groups are more alike "
        "than luck alone makes them?",
    ),
    Mistake(
        {"zero": 100.0},
        "The true variance is zero in all studies, its estimate isn't: sometimes luck "
        "looks like a difference.",
    ),
    Mistake(
        {"zero_slope": 50.0},
        "That is the share with one variance alone. Here intercepts differ already: may "
        "a ward's slope be a small multiple of its intercept, and fit a little better?",
    ),
    Mistake({"beyond": 5.0}, "That is what naive χ² promises. Does D follow it, at the edge?"),
    Mistake(
        {"beyond": "half"},
        "You halved the promise, or read off a table for fewer groups. Halving is right "
        "for a variance alone; by the theory of many groups the other half of these "
        "studies follows χ² with 1 df and sometimes lies beyond that point too.",
    ),
    Mistake(
        {"beyond": "of_0_and_1"},
        "You used the mixture of a single variance. Here a covariance is added.",
    ),
    Mistake(
        {"beyond": "of_1"}, "That is the tail of χ² with 1 df, which is one half of the mixture."
    ),
    Mistake(
        {"clinics": "right"},
        "ML makes the comparison legitimate. Does χ² know that there are only eight clinics?",
    ),
    Mistake(
        {"clinics": "seldom"},
        "Too seldom is what happens to a variance at its edge. A treatment's effect "
        "may have either sign.",
    ),
)

EXERCISE = Exercise(
    "06.2",
    "Before you run it: where nothing varies",
    Several(
        zero=Number(0, within=5),
        zero_slope=Number(0, within=5),
        beyond=Number(1),
        clinics=Choice(("seldom", "right", "often")),
    ),
    numbers=numbers,
    why="naive χ² errs to opposite sides: too cautious about a slope's variance and "
    "covariance ({beyond:.1f} % instead of 5 %), too bold about a fixed effect of few groups.",
    mistakes=MISTAKES,
    nudge="Is the tested value at the edge of what is possible, and are there many groups?",
    section="The boundary: a variance that can't be negative",
    formula="one variance: ½χ²₀ + ½χ²₁; slope and covariance: ½χ²₁ + ½χ²₂; fixed effect of "
    "groups (balanced, τ̂₀₀ > 0): D = J·log(1 + t²/(J − 2))",
)
