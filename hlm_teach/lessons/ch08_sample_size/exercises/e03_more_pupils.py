"""08.3 Before you run it: what more pupils can't buy."""

import numpy as np
from scipy import stats

from hlm_teach._shared.noncentral_t import power_of_t
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Choice, Several

SCHOOLS, EFFECT, TAU00, SIGMA2 = 32, 0.3, 0.15, 0.85


def se(j: float, n: float) -> float:
    """Standard error of the programme's effect with j schools of n pupils."""
    return float(np.sqrt(4 * (TAU00 + SIGMA2 / n) / j))


def numbers() -> Numbers:
    """SE as a function, its floor, the size at which both parts are equal, the most power."""
    floor = float(np.sqrt(4 * TAU00 / SCHOOLS))
    return {
        "se": se,
        "floor": floor,
        "even": SIGMA2 / TAU00,
        "most": float(power_of_t(EFFECT / floor, SCHOOLS - 2)),
        "free": "b",
        "no_four": lambda j, n: se(j, n) / 2,
        "squared": lambda j, n: se(j, n) ** 2,
        "by_pupils": lambda j, n: float(np.sqrt(4 * (TAU00 + SIGMA2) / (j * n))),
        "of_arm": lambda j, n: se(j, n) * np.sqrt(2),
        "two_for_four": lambda j, n: se(j, n) / np.sqrt(2),
        "no_size": lambda j, n: float(np.sqrt(4 * (TAU00 + SIGMA2) / j)),
        "swapped": lambda j, n: se(n, j),
        "zero": 0,
        "floor_no_four": floor / 2,
        "floor_squared": floor**2,
        "at_hundred": se(SCHOOLS, 100),
        "upside_down": TAU00 / SIGMA2,
        "root": float(np.sqrt(SIGMA2 / TAU00)),
        "of_total": (TAU00 + SIGMA2) / TAU00,
        "certain": 1,
        "most_z": float(stats.norm.sf(1.959964 - EFFECT / floor)),
        "most_no_four": float(power_of_t(2 * EFFECT / floor, SCHOOLS - 2)),
    }


MISTAKES = (
    Mistake(
        {"se": "no_four"},
        "Your function is the standard error of one mean over all schools. Two halves are compared.",
    ),
    Mistake({"se": "squared"}, "Your function returns a variance: its root is asked for."),
    Mistake(
        {"se": "by_pupils"},
        "Your function divides everything by the number of pupils. Which part does a school's "
        "size divide?",
    ),
    Mistake(
        {"se": "of_arm"},
        "Your function counts the schools of one arm and keeps the 4. The 4 stands with all of "
        "them.",
    ),
    Mistake(
        {"se": "two_for_four"},
        "Your function multiplies by 2. Each arm's mean rests on half of the schools, and two such "
        "means are compared: what do both together make of 1/J?",
    ),
    Mistake(
        {"se": "no_size"},
        "Your function divides both variances by the schools alone. A school's mean is taken over "
        "its pupils: which variance does that divide?",
    ),
    Mistake(
        {"se": "swapped"},
        "Your function takes schools for pupils and pupils for schools: which comes first?",
    ),
    Mistake({"floor": "zero"}, "It doesn't fall to zero. Which part of it does n leave alone?"),
    Mistake({"floor": "floor_no_four"}, "Your floor forgets that two halves are compared."),
    Mistake({"floor": "floor_squared"}, "Your floor is a variance: take its root."),
    Mistake(
        {"floor": "at_hundred"},
        "That is with a hundred pupils a school. Without any limit σ²/n vanishes.",
    ),
    Mistake(
        {"even": "upside_down"},
        "That is upside down, fewer than one pupil. For which n is σ²/n as large as τ₀₀?",
    ),
    Mistake({"even": "root"}, "No root here: σ²/n = τ₀₀, solved for n."),
    Mistake(
        {"even": "of_total"}, "You divided the total variance by τ₀₀. The luck of n pupils is σ²/n."
    ),
    Mistake(
        {"most": "certain"}, "Certainty would take a standard error of zero. What is it at best?"
    ),
    Mistake({"most": "most_z"}, "That is by the normal distribution. Here it is t."),
    Mistake({"most": "most_no_four"}, "Your power forgets that two halves are compared."),
    Mistake(
        {"free": "a"},
        "For that one you have just computed the floor. What stays of SE² in the table when n "
        "grows, for each of the three?",
    ),
    Mistake(
        {"free": "c"}, "If slopes vary, τ₁₁ stands where τ₀₀ stands, and n leaves it alone just so."
    ),
    Mistake(
        {"free": "d"},
        "There are such effects. What becomes of SE² of an effect within schools if τ₁₁ = 0?",
    ),
)

EXERCISE = Exercise(
    "08.3",
    "Before you run it: what more pupils can't buy",
    Several(
        se=Function(
            probes=((32, 10), (20, 40), (60, 5)),
            wanted="A function of J and n, schools and pupils a school,",
            names=("J", "n"),
        ),
        floor=Number(3),
        even=Number(1),
        most=Number(2),
        free=Choice("abcd"),
    ),
    numbers=numbers,
    why="with {even:.1f} pupils a school the schools' own differences already weigh as much as the "
    "pupils' luck, and no number of pupils lifts power above {most:.2f}.",
    mistakes=MISTAKES,
    nudge="Which part of the standard error would be left if every pupil of these schools were "
    "tested?",
    section="Power: an effect against its luck",
    formula="SE² = 4(τ₀₀ + σ²/n)/J;  n → ∞: 4τ₀₀/J;  power is the chance that |t|, shifted by "
    "effect/SE, passes its critical value",
    points=3,
)
