"""07.1 Four grids, by hand."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

# Pupils by primary school (a row) and secondary school (a column): grid C of the notebook.
PUPILS = np.array(
    [[12, 0, 3, 0], [0, 15, 2, 0], [7, 0, 0, 9], [0, 4, 11, 0], [0, 0, 14, 0], [5, 0, 0, 6]]
)
DESIGNS = ("nested", "crossed", "partly")


def numbers() -> Numbers:
    """Four designs; the share of filled cells of grid C, and how many effects its model has."""
    filled, (rows, columns) = np.count_nonzero(PUPILS), PUPILS.shape
    return {
        "a": "nested",
        "b": "crossed",
        "c": "partly",
        "d": "nested",
        "filled": filled / PUPILS.size,
        "effects": rows + columns,
        "groupings": 2,
        "empty": 1 - filled / PUPILS.size,
        "if_nested": rows / PUPILS.size,
        "product": PUPILS.size,
        "pairs": filled,
        "dummies": rows + columns - 2,
        "pupils": PUPILS.sum(),
    }


MISTAKES = (
    Mistake(
        {"a": "crossed"}, "In grid A no nurse is seen on two wards. What would crossing look like?"
    ),
    Mistake(
        {"a": "partly"},
        "In grid A there are empty cells, but look along a row: on how many wards is one nurse?",
    ),
    Mistake({"b": "nested"}, "In grid B take one essay: does only one examiner read it?"),
    Mistake({"b": "partly"}, "In grid B, which pair of an essay and an examiner doesn't occur?"),
    Mistake(
        {"c": "nested"},
        "In grid C most rows and columns branch. One row with a single entry doesn't nest a "
        "design: do all primaries send their pupils to one secondary each?",
    ),
    Mistake(
        {"c": "crossed"},
        "In grid C primaries and secondaries do meet in many ways, but not in all: what do the "
        "zeros say?",
    ),
    Mistake(
        {"d": "crossed"},
        "Grid D is full because every hospital numbers its wards from 1. What have the two "
        "wards numbered 1 in common but the number?",
    ),
    Mistake(
        {"d": "partly"},
        "In grid D no cell is empty, and that isn't the point: is ward 1 of hospital X the "
        "ward 1 of hospital Y?",
    ),
    Mistake({"filled": "empty"}, "That is the share of the empty cells of grid C."),
    Mistake(
        {"filled": "if_nested"},
        "You counted one filled cell a row. In grid C most rows have more: count them all.",
    ),
    Mistake(
        {"effects": "groupings"},
        "As effects you counted the two groupings, or their variances. Each school has a single "
        "effect of its own, a draw with that variance: how many schools are there?",
    ),
    Mistake(
        {"effects": "product"},
        "As effects you counted every pair of a primary and a secondary. Each school has one "
        "effect, which it brings into all its cells.",
    ),
    Mistake(
        {"effects": "pairs"},
        "As effects you counted the filled cells. Those are pairs; a model of crossed factors "
        "has an effect for each school, not for each pair.",
    ),
    Mistake(
        {"effects": "dummies"},
        "You took a reference school off each factor. Dummies want that; random effects, which "
        "are draws from a population, don't.",
    ),
    Mistake({"effects": "pupils"}, "As effects you counted the pupils: theirs are residuals."),
)

EXERCISE = Exercise(
    "07.1",
    "Four grids, by hand",
    Several(**{grid: Choice(DESIGNS) for grid in "abcd"}, filled=Number(2), effects=Number(0)),
    numbers=numbers,
    why="a grid shows at a glance what a model can take apart; and two grids that look alike may "
    "stand for two designs, if ids are used again.",
    mistakes=MISTAKES,
    nudge="Follow one row: in how many columns does it occur? And does one label mean one thing?",
    section="Three designs, three grids",
    formula="nested: each row in one column only; crossed: every row meets every column; "
    "partly: in between",
    points=3,
)
