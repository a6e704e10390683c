"""03.8 Your own schools."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.simulate.two_level import simulate_two_level

from .common import split


def draw_schools(rng: np.random.Generator) -> pd.DataFrame:
    """Fifty schools of 4 to 10 pupils, in which hours mean two things."""
    drawn = simulate_two_level(
        n_groups=50,
        group_size=rng.integers(4, 11, size=50).tolist(),
        gamma00=40,
        rng=rng,
        gamma10=rng.uniform(2, 4),
        contextual=rng.choice([-1, 1]) * rng.uniform(4, 7),
        x_icc=0.3,
        tau00=rng.uniform(6, 10),
        sigma2=rng.uniform(30, 45),
    )
    return pd.DataFrame(
        {
            "school": drawn["group"],
            "hours": (8 + 1.5 * drawn["x"]).round(1),
            "score": drawn["y"].round(1),
        }
    )


def tells_apart(data: pd.DataFrame) -> bool:
    """Tell whether no two slopes are about equal in size; once two are, no more is fitted."""
    seen: list[float] = []
    for _, slope in slopes(data):
        if not all(abs(abs(slope) - abs(other)) > 0.15 for other in seen):
            return False
        seen.append(slope)
    return True


def own_schools(rng: np.random.Generator) -> pd.DataFrame:
    return drawn_until(tells_apart, draw_schools, rng)


def slopes(data: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """The three effects of hours, and three slopes that are taken for them; cheap ones first."""
    parts = split(data, "score", "hours", "school")
    yield "pooled", np.polyfit(parts["x"], parts["y"], 1)[0]
    within, contextual = fit_lmm("y ~ x + x_mean", parts, groups="group").params[["x", "x_mean"]]
    yield from (("within", within), ("contextual", contextual), ("between", within + contextual))
    yield "blend", fit_lmm("y ~ x", parts, groups="group").params["x"]
    means = parts.groupby("group").mean()
    u = fit_lmm("y ~ 1", parts, groups="group").random_effects["Intercept"][means.index]
    yield "of_blups", np.polyfit(means["x"], u, 1)[0]


def numbers(data: pd.DataFrame) -> Numbers:
    """`slopes`, and the slope within taken off where it is to be added."""
    found = dict(slopes(data))
    return found | {"less_than_contextual": found["contextual"] - found["within"]}


MISTAKES = (
    Mistake(
        {"between": "less_than_contextual"},
        "Between minus within is the contextual effect; your between is less than "
        "that. Which two add up to the difference of two schools' means?",
    ),
    Mistake(
        {"within": "blend"},
        "Your slope within comes from a model with hours alone, a blend. What takes "
        "the comparison between schools out of it?",
    ),
    Mistake(
        {"within": "pooled"},
        "Your slope within is the pooled one of ordinary regression: it compares "
        "pupils of different schools as well.",
    ),
    Mistake(
        {"contextual": "between"},
        "As contextual effect you gave the one between schools. What does a school "
        "with more hours add for two pupils of the SAME hours?",
    ),
    Mistake(
        {"between": "contextual"},
        "As the effect between schools you gave the contextual one. With raw hours in "
        "the model the mean's coefficient isn't yet the whole difference.",
    ),
    Mistake(
        {"between": "of_blups"},
        "Your slope between comes from a regression of BLUPs on mean hours. BLUPs are "
        "pulled in, so the slope is too: put hours into the one model.",
    ),
)

EXERCISE = Exercise(
    "03.8",
    "Your own schools",
    Several(within=Number(2), between=Number(2, within=0.07), contextual=Number(2, within=0.07)),
    numbers=numbers,
    own_data=own_schools,
    why="one more hour goes with {within:.2f} points between pupils of one of your "
    "schools, and with {between:.2f} between the means of two schools.",
    mistakes=MISTAKES,
    nudge="Whom do you compare: two pupils of a school, two schools, or equal pupils in two?",
    section="One predictor, three effects",
    formula="score ~ hours_within + hours_mean: within, between;  score ~ hours + hours_mean: "
    "within, contextual = between − within",
    points=3,
)
