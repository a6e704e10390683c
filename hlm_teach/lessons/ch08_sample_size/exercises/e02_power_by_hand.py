"""08.2 Power by hand."""

from typing import Any

import numpy as np
from scipy import stats

from hlm_teach._shared.noncentral_t import power_of_t
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.measures.power import groups_needed, power

WARDS, PATIENTS, EFFECT, TAU00, SIGMA2 = 24, 15, 0.8, 0.5, 4.5
STUDY: dict[str, Any] = {"effect": EFFECT, "group_size": PATIENTS, "tau00": TAU00, "sigma2": SIGMA2}


def first_power(variance_of_one: float) -> int:
    """The first even number of wards with 80 % power, where (SE)² is `variance_of_one`/J."""
    shifts = {j: EFFECT / np.sqrt(variance_of_one / j) for j in range(4, 1000, 2)}
    return next(j for j, shift in shifts.items() if power_of_t(shift, j - 2) >= 0.8)


def numbers() -> Numbers:
    """SE, degrees of freedom, power and wards for 80 %; and what slips lead to."""
    se = np.sqrt(4 * (TAU00 + SIGMA2 / PATIENTS) / WARDS)
    members, total = WARDS * PATIENTS, TAU00 + SIGMA2
    by_patients = np.sqrt(4 * total / members)
    wards = groups_needed("between", **STUDY)
    return {
        "se": se,
        "df": WARDS - 2,
        "power": power("between", n_groups=WARDS, **STUDY),
        "wards": wards,
        "shift": EFFECT / se,
        "squared": se**2,
        "no_four": se / 2,
        "by_patients": by_patients,
        "of_arm": se * np.sqrt(2),
        "of_sds": np.sqrt(4 * (np.sqrt(TAU00) + np.sqrt(SIGMA2) / PATIENTS) / WARDS),
        "only_wards": np.sqrt(4 * total / WARDS),
        "no_means": np.sqrt(4 * TAU00 / WARDS),
        "two_for_four": se / np.sqrt(2),
        "one_lost": WARDS - 1,
        "none_lost": WARDS,
        "arm_less_two": WARDS // 2 - 2,
        "patients_less_two": members - 2,
        "both_arms_of_patients": members - WARDS - 2,
        "power_z": float(stats.norm.sf(1.959964 - EFFECT / se)),
        "power_shifted": float(stats.t.sf(stats.t.ppf(0.975, WARDS - 2) - EFFECT / se, WARDS - 2)),
        "power_in_sds": float(power_of_t(EFFECT / np.sqrt(total) / se, WARDS - 2)),
        "power_within": power("within", n_groups=WARDS, **STUDY),
        "power_no_four": float(power_of_t(2 * EFFECT / se, WARDS - 2)),
        "power_by_patients": float(power_of_t(EFFECT / by_patients, members - 2)),
        "power_of_arm": float(power_of_t(EFFECT / se / np.sqrt(2), WARDS // 2 - 2)),
        "misses": 1 - power("between", n_groups=WARDS, **STUDY),
        "wards_an_arm": wards // 2,
        "odd": wards - 1,
        "too_few": wards - 2,
        "too_many": wards + 2,
        "wards_no_four": first_power(TAU00 + SIGMA2 / PATIENTS),
        "wards_by_patients": first_power(4 * total / PATIENTS),
        "wards_by_proportion": 2
        * round(WARDS * 0.8 / power("between", n_groups=WARDS, **STUDY) / 2),
    }


MISTAKES = (
    Mistake({"se": "squared"}, "You gave the standard error squared: take its root."),
    Mistake(
        {"se": "no_four"},
        "That is the standard error of a mean over all wards. Here two halves are compared: what "
        "does that do to the variance?",
    ),
    Mistake(
        {"se": "two_for_four"},
        "You multiplied by 2. Each arm's mean rests on half of the wards, and two such means are "
        "compared: what do both together make of 1/J?",
    ),
    Mistake(
        {"se": "by_patients"},
        "You divided everything by the number of patients, as if nobody shared a ward. What does "
        "the number of patients a ward divide?",
    ),
    Mistake(
        {"se": "of_arm"},
        "You took half of the wards for J and kept the 4. The 4 stands with all wards.",
    ),
    Mistake({"se": "of_sds"}, "You added standard deviations. Variances add up."),
    Mistake(
        {"se": "only_wards"},
        "You divided both variances by the wards alone. A ward's mean is taken over its patients: "
        "which variance does that divide?",
    ),
    Mistake({"se": "no_means"}, "The luck of the patients in a ward is missing."),
    Mistake(
        {"df": "one_lost"},
        "One mean would cost one degree of freedom. How many arms have a mean here?",
    ),
    Mistake({"df": "none_lost"}, "As many as wards. What did the means of the arms use up?"),
    Mistake(
        {"df": "patients_less_two"},
        "You counted patients. What differs between wards is tested against wards.",
    ),
    Mistake(
        {"df": "both_arms_of_patients"},
        "Those are for what varies within wards. The routine differs between them.",
    ),
    Mistake({"df": "arm_less_two"}, "You counted the wards of one arm. Both arms are compared."),
    Mistake(
        {"power": "power_z"},
        "That is by the normal distribution. With so few wards the critical value is larger: t.",
    ),
    Mistake(
        {"power": "power_shifted"},
        "You moved the t distribution along by the effect. With an effect t isn't just moved: it is "
        "skewed, a noncentral t.",
    ),
    Mistake(
        {"power": "power_in_sds"},
        "You divided the effect by a standard deviation and left the variances as they are. Effect "
        "and variances belong on one scale.",
    ),
    Mistake(
        {"power": "power_within"},
        "That is the power for an effect within wards. Where does the routine differ?",
    ),
    Mistake(
        {"power": "power_no_four"},
        "Your power forgets that two halves are compared: the effect over its standard error is "
        "half as large.",
    ),
    Mistake(
        {"power": "power_by_patients"},
        "That would be the power if patients of a ward had nothing in common.",
    ),
    Mistake(
        {"power": "power_of_arm"}, "Your power counts the wards of one arm alone: J is all of them."
    ),
    Mistake({"power": "misses"}, "That is the chance to miss it."),
    Mistake({"wards": "wards_an_arm"}, "That many in each arm. How many in all?"),
    Mistake({"wards": "odd"}, "Half of the wards get the routine: an even number is asked for."),
    Mistake({"wards": "too_few"}, "With so many wards power is still a little below 80 %."),
    Mistake({"wards": "too_many"}, "These would do. Is there a smaller even number that does?"),
    Mistake(
        {"wards": "wards_no_four"}, "Your number of wards forgets that two halves are compared."
    ),
    Mistake(
        {"wards": "wards_by_patients"},
        "That many wards would do if patients of a ward had nothing in common.",
    ),
    Mistake(
        {"wards": "wards_by_proportion"},
        "You scaled wards in proportion to power. Power isn't proportional to anything: try larger "
        "J in the formula.",
    ),
)

EXERCISE = Exercise(
    "08.2",
    "Power by hand",
    Several(se=Number(3), df=Number(0, within=0.1), power=Number(2), wards=Number(0, within=0.1)),
    numbers=numbers,
    why="the effect is only {shift:.1f} standard errors away from nothing, and such a study misses "
    "it nearly every second time. To say so before the first patient is asked is what the sum is "
    "for.",
    mistakes=MISTAKES,
    nudge="What does a ward's mean consist of, and how many such means does each arm have?",
    section="Power: an effect against its luck",
    formula='SE² = 4(τ₀₀ + σ²/n)/J, J − 2 degrees of freedom;  power("between", …), '
    'groups_needed("between", …)',
    points=3,
)
