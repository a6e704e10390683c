"""01.6 Choose and justify: three of twelve."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.parts import Choice, Several


def numbers() -> Numbers:
    """A multilevel model with t; its few treated clinics are why."""
    return {"analysis": "d", "why": "r"}


MISTAKES = (
    Mistake(
        {"analysis": "a"},
        "Ordinary regression treats 240 patients as "
        "independent. With ρ = 0.2 and 20 a clinic, how "
        "often does it cry wolf?",
    ),
    Mistake(
        {"analysis": "b"},
        "With dummies for clinics, a treatment of whole clinics can't be estimated.",
    ),
    Mistake(
        {"analysis": "c"},
        "The usual cluster-robust errors need many "
        "clinics in each arm. In the chapter's table they "
        "rejected more than twice as often as promised in "
        "just this design.",
    ),
    Mistake(
        {"why": "p"},
        "The estimate is right on average with each method that "
        "can give one. What they differ in is how sure they "
        "are.",
    ),
    Mistake({"why": "q"}, "More patients don't make more clinics: the 240 are worth far fewer."),
    Mistake(
        {"why": "s"},
        "An ICC of 0.2 isn't small with 20 patients a clinic: compute the design effect.",
    ),
)

EXERCISE = Exercise(
    "01.6",
    "Choose and justify: three of twelve",
    Several(analysis=Choice("abcd"), why=Choice("pqrs")),
    numbers=numbers,
    why="few treated clinics are the hard case: robust standard errors are estimated from "
    "three clinics there, and the t of a multilevel model is built for it.",
    mistakes=MISTAKES,
    nudge="From how many treated clinics would a robust variance be estimated?",
    section="Remedies side by side",
    formula="false alarms by simulation, 12 clinics of which 3 are treated: the last line of "
    "the chapter's table",
)
