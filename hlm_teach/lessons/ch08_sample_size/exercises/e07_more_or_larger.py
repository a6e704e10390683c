"""08.7 Choose: more firms, or larger samples in each?"""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.measures.budget import best_group_size
from hlm_teach.measures.power import power

FIRM, EMPLOYEE, BUDGET = 600, 30, 36_000
EFFECT, TAU00, SIGMA2 = 0.35, 0.08, 0.92


def power_of(firms: int, size: int, tau00: float = TAU00, sigma2: float = SIGMA2) -> float:
    return power(
        "between", effect=EFFECT, n_groups=firms, group_size=size, tau00=tau00, sigma2=sigma2
    )


def numbers() -> Numbers:
    """The best size, the firms that the money buys, their power; and of other plans."""
    size = best_group_size(cost_group=FIRM, cost_member=EMPLOYEE, tau=TAU00, sigma2=SIGMA2)
    whole = round(size)
    each = FIRM + EMPLOYEE * whole
    firms = 2 * int(BUDGET / each / 2)
    return {
        "size": size,
        "firms": firms,
        "power": power_of(firms, whole),
        "within": "c",
        "few_large": power_of(6, 180),
        "upside_down": np.sqrt(FIRM / EMPLOYEE * TAU00 / SIGMA2),
        "costs_swapped": np.sqrt(EMPLOYEE / FIRM * SIGMA2 / TAU00),
        "no_root": FIRM / EMPLOYEE * SIGMA2 / TAU00,
        "of_total": np.sqrt(FIRM / EMPLOYEE * (SIGMA2 + TAU00) / TAU00),
        "of_sds": np.sqrt(FIRM / EMPLOYEE * np.sqrt(SIGMA2 / TAU00)),
        "costs_only": np.sqrt(FIRM / EMPLOYEE),
        "unrounded": BUDGET / each,
        "too_dear": firms + 2,
        "no_employees": BUDGET // FIRM,
        "only_employees": 2 * int(BUDGET / (EMPLOYEE * whole) / 2),
        "an_arm": firms // 2,
        "by_employees": power_of(firms, whole, 0.0, SIGMA2 + TAU00),
        "power_an_arm": power_of(2 * (firms // 4), whole),
        "power_no_employees": power_of(BUDGET // FIRM, whole),
    }


MISTAKES = (
    Mistake(
        {"size": "upside_down"},
        "The variances are upside down: where firms differ a lot, see more firms, not more "
        "employees in each.",
    ),
    Mistake(
        {"size": "costs_swapped"},
        "The costs are upside down: what is dear is taken in fewer pieces.",
    ),
    Mistake({"size": "no_root"}, "The root is missing."),
    Mistake({"size": "of_total"}, "You put in the total variance. σ² is the part within firms."),
    Mistake({"size": "of_sds"}, "You put in standard deviations. The formula has variances."),
    Mistake({"size": "costs_only"}, "These are the costs alone. The variances count as well."),
    Mistake(
        {"firms": "unrounded"},
        "Firms come whole, and half of them in each arm: round down to an even number.",
    ),
    Mistake({"firms": "too_dear"}, "That costs more than there is: round down."),
    Mistake({"firms": "no_employees"}, "You paid the firms and forgot their employees."),
    Mistake({"firms": "only_employees"}, "You paid the employees and forgot the firms."),
    Mistake({"firms": "an_arm"}, "That many in each arm. How many in all?"),
    Mistake(
        {"power": "by_employees"},
        "That would be the power if employees of a firm had nothing in common.",
    ),
    Mistake({"power": "power_an_arm"}, "Your power counts the firms of one arm: J is all of them."),
    Mistake(
        {"power": "power_no_employees"},
        "Your power has more firms than the money buys: employees cost, too.",
    ),
    Mistake(
        {"within": "a"},
        "That size balances what differs between firms against luck within. If the slope is one "
        "and the same everywhere, what is there to balance?",
    ),
    Mistake(
        {"within": "b"},
        "That would be so if firms differed in their slopes. They don't here: what divides the "
        "variance then?",
    ),
    Mistake(
        {"within": "d"},
        "It does matter: the same employees cost more in more firms. What counts for this effect?",
    ),
)

EXERCISE = Exercise(
    "08.7",
    "Choose: more firms, or larger samples in each?",
    Several(size=Number(1), firms=Number(0, within=0.1), power=Number(2), within=Choice("abcd")),
    numbers=numbers,
    why="{firms} firms have a power of {power:.2f}; the manager's six firms of 180, for the same "
    "money and with far more employees, have {few_large:.2f}.",
    mistakes=MISTAKES,
    nudge="What does one more firm bring that one more employee in each firm doesn't, and what "
    "does it cost?",
    section="More groups, or larger groups?",
    formula="n = √(c_J/c_n · σ²/τ₀₀);  J = budget/(c_J + n·c_n), rounded down to an even number",
    points=3,
)
