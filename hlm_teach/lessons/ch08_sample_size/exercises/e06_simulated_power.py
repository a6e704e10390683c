"""08.6 Reading a table: formula against simulation."""

from typing import Any

import numpy as np

from hlm_teach.balanced.power_studies import simulate_power_studies
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.measures.power import power

STUDY: dict[str, Any] = {"effect": 0.45, "group_size": 20, "tau00": 0.1, "sigma2": 0.9}
STUDIES, WANTED = 4000, 0.005


def row(n_groups: int) -> tuple[float, float]:
    """Power by formula and in simulated studies, as the notebook's table has them."""
    studies = simulate_power_studies(
        "between",
        n_groups=n_groups,
        n_studies=STUDIES,
        rng=np.random.default_rng(8 + n_groups),
        **STUDY,
    )
    return power("between", n_groups=n_groups, **STUDY), studies.found()


def numbers() -> Numbers:
    """Monte-Carlo error with 20 groups, distance with 4, and studies for half a point."""
    formula4, found4 = row(4)
    found20 = row(20)[1]
    error20, error4 = (100 * np.sqrt(p * (1 - p) / STUDIES) for p in (found20, found4))
    gap = 100 * (found4 - formula4)
    return {
        "error": error20,
        "apart": gap / error4,
        "studies": 0.8 * 0.2 / WANTED**2,
        "claim": "b",
        "gap": gap,
        "no_root": 100 * found20 * (1 - found20) / STUDIES,
        "of_one": 100 * np.sqrt(found20 * (1 - found20)),
        "as_share": error20 / 100,
        "at_half": 100 * 0.5 / np.sqrt(STUDIES),
        "two_errors": 2 * error20,
        "by_groups": 100 * np.sqrt(found20 * (1 - found20) / 20),
        "of_formula": gap / (100 * np.sqrt(formula4 * (1 - formula4) / STUDIES)),
        "by_error20": gap / error20,
        "studies_at_half": 0.25 / WANTED**2,
        "studies_no_square": 0.8 * 0.2 / WANTED,
        "studies_whole_point": 0.8 * 0.2 / 0.01**2,
        "studies_two": 0.8 * 0.2 / (WANTED / 2) ** 2,
    }


def gives_a_share(given: dict, n: Numbers) -> bool:
    """Tell whether the error is no percentage; the two decimals asked for don't show that."""
    return abs(given["error"] - n["as_share"]) < 0.0006


MISTAKES = (
    Mistake(
        {"error": "as_share"},
        "Your error is a share. Percentage points are asked for.",
        when=gives_a_share,
    ),
    Mistake({"error": "no_root"}, "Your error is a variance: take its root."),
    Mistake(
        {"error": "of_one"},
        "That is the SD of one study, found or not. The share is a mean over all of them.",
    ),
    Mistake(
        {"error": "at_half"},
        "That is the error of a share of one half, the largest there is. Which share stands in "
        "this row?",
    ),
    Mistake({"error": "two_errors"}, "Your error is two standard errors. One is asked for."),
    Mistake(
        {"error": "by_groups"}, "You divided by the groups of a study. Which number was simulated?"
    ),
    Mistake(
        {"apart": "gap"},
        "That is the difference in percentage points. In standard errors of the simulation?",
    ),
    Mistake(
        {"apart": "of_formula"},
        "You took the standard error at the formula's power, which is another question: could the "
        "formula be right? The task takes the error at the share that was found.",
    ),
    Mistake(
        {"apart": "by_error20"},
        "You divided by the error of the row with 20 groups. Each row has its own.",
    ),
    Mistake(
        {"studies": "studies_at_half"},
        "That many at a power of one half. At 80 % the error is smaller.",
    ),
    Mistake(
        {"studies": "studies_no_square"},
        "You didn't square the error: half the error takes four times the studies.",
    ),
    Mistake({"studies": "studies_whole_point"}, "That many for an error of one whole point."),
    Mistake({"studies": "studies_two"}, "That many for half a point as two standard errors."),
    Mistake(
        {"claim": "a"},
        "From ten groups on the two agree as closely as luck allows. What is another in the first "
        "row?",
    ),
    Mistake(
        {"claim": "c"}, "You have just counted the standard errors in the first row. Is that luck?"
    ),
    Mistake(
        {"claim": "d"},
        "It does find more. But the same studies reject too often where there is nothing to find: "
        "does such a test hold its level?",
    ),
)

EXERCISE = Exercise(
    "08.6",
    "Reading a table: formula against simulation",
    Several(
        error=Number(2),
        apart=Number(1, within=0.2),  # made of numbers that are read off rounded
        studies=Number(0, within=1),
        claim=Choice("abcd"),
    ),
    numbers=numbers,
    why="a simulation has a standard error like any other mean: {error:.2f} percentage points in "
    "one row, and in the first a gap {apart:.0f} times as large as luck, which has a cause.",
    mistakes=MISTAKES,
    nudge="A study finds the effect or not. How sure is a share of so many yes and no?",
    section="Power: an effect against its luck",
    formula="SE of a share p in R studies: √(p(1 − p)/R), times 100 for percentage points;  R = "
    "p(1 − p)/SE²",
)
