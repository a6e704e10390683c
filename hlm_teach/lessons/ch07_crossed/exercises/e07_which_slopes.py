"""07.7 Which slopes can vary?"""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.measures.what_can_vary import what_can_vary

ANSWERS = {"estimable": "yes", "impossible": "no", "confounded with the residual": "residual"}


def slope(data: str, column: str, grouping: str) -> str:
    """Whether the slope of a column can vary over a grouping, in the words of the answer."""
    found = what_can_vary(load_data(data)[[column, grouping]], grouping)
    return ANSWERS[found["random_slope"].item()]


def numbers() -> Numbers:
    """Four slopes of three designs, and how many schools can say anything about a fifth."""
    children = load_data("egsingle")
    schools = children.groupby("school")["black"]
    return {
        "year": slope("egsingle", "year", "child"),
        "lowinc": slope("egsingle", "lowinc", "school"),
        "frequency": slope("fhch2010", "frequency", "item"),
        "sample": slope("penicillin", "sample", "plate"),
        "schools": (schools.nunique() > 1).sum(),
        "all_schools": children["school"].nunique(),
        "schools_with_any": (schools.max() == 1).sum(),
        "others": (schools.nunique() == 1).sum(),
        "children": children.query("black == 1")["child"].nunique(),
    }


MISTAKES = (
    Mistake(
        {"year": "no"},
        "For year: a child is tested in several years, so its scores do trace a line of its own.",
    ),
    Mistake(
        {"year": "residual"},
        "For year: two scores would be used up by a child's own intercept and slope. How many "
        "do most children have?",
    ),
    Mistake(
        {"lowinc": "yes"},
        "For lowinc: it is the school's, one value for all its children. What would a slope "
        "over a single value be?",
    ),
    Mistake(
        {"lowinc": "residual"},
        "For lowinc: schools have rows to spare, that isn't it. How many values of it does one "
        "school have?",
    ),
    Mistake(
        {"frequency": "yes"},
        "For frequency: over persons it could vary. Over words, is one word frequent at one time "
        "and rare at another?",
    ),
    Mistake(
        {"frequency": "residual"},
        "For frequency: every word has been read by several persons, rows aren't lacking. What "
        "is lacking within a word?",
    ),
    Mistake(
        {"sample": "yes"},
        "For sample: every plate has all six samples, and each of them once. If each of these "
        "cells had an effect of its own, what would be left for the residual?",
    ),
    Mistake(
        {"sample": "no"},
        "For sample: it does vary within a plate. What lacks is something else: how often does a "
        "sample occur on one plate?",
    ),
    Mistake(
        {"schools": "all_schools"},
        "You counted all schools. Where all children are alike in it, a school has no slope "
        "to show.",
    ),
    Mistake(
        {"schools": "others"},
        "You counted the schools whose children are all alike in it. The others can tell.",
    ),
    Mistake(
        {"schools": "children"},
        "You counted the Black children. A slope that varies over schools rests on schools.",
    ),
)

EXERCISE = Exercise(
    "07.7",
    "Which slopes can vary?",
    Several(
        **dict.fromkeys(("year", "lowinc", "frequency", "sample"), Choice(tuple(ANSWERS.values()))),
        schools=Number(0),
    ),
    numbers=numbers,
    why="the design decides which slopes may differ, before any model is fitted; 'maximal' can "
    "only mean: all that it allows.",
    mistakes=MISTAKES,
    nudge="Within one group: does the predictor take two values, and does a value occur twice?",
    section="Deeper: which slopes the design allows",
    formula="within a group two values are needed and, where all groups have the same values, a "
    "row more than the group's own effects take; what_can_vary(data, groups) reads it off",
)
