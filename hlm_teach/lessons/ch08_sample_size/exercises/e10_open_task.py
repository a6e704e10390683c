"""08.10 Open task: spend the money."""

from typing import Any

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import asserts
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.budget import best_group_size
from hlm_teach.measures.power import power

# Pilot: outcome and group; effect between two arms; cost of a group, of a member; the budget.
OPEN = {
    "hsb": ("math ~ 1", "school", 2.0, 500, 20, 50_000),
    "medpar": ("log_los ~ 1", "hospital", 0.25, 900, 15, 60_000),
    "scotssec": ("attain ~ 1", "primary", 0.8, 300, 10, 36_000),
}
# 'For 50,000', and 'schools at 500 and pupils at 20', say what things cost.
COSTS = (
    r"cost|budget|money|paid|pay|price|afford|expens|spen[dt]|\bfor \d\d,?\d{3}\b|"
    r"\b(school|hospital|pupil|patient|member|group|primar\w+)s? at \d{2,3}\b"
)
EXAMPLE = (
    "With a variance of {tau00:.3g} between groups and {sigma2:.3g} within them, and a group that "
    "costs as much as {ratio:.0f} members, groups of about {size:.1f} are best; {groups} groups of "
    "{whole} members can be paid, with a power of {power:.2f} by formula."
)


def numbers(name: str) -> Numbers:
    """The plan that the budget buys, given the pilot that was chosen; and misreadings."""
    formula, group, effect, cost_group, cost_member, budget = OPEN[name]
    pilot = fit_lmm(formula, load_data(name), group)
    tau00, sigma2 = float(pilot.cov_re.iloc[0, 0]), float(pilot.sigma2)
    size = best_group_size(cost_group=cost_group, cost_member=cost_member, tau=tau00, sigma2=sigma2)
    whole, ratio = round(size), cost_group / cost_member
    groups = 2 * int(budget / (cost_group + cost_member * whole) / 2)
    plan: dict[str, Any] = {"effect": effect, "n_groups": groups, "group_size": whole}
    return {
        "size": size,
        "groups": groups,
        "power": power("between", **plan, tau00=tau00, sigma2=sigma2),
        "tau00": tau00,
        "sigma2": sigma2,
        "ratio": ratio,
        "whole": whole,
        "upside_down": np.sqrt(ratio * tau00 / sigma2),
        "no_root": ratio * sigma2 / tau00,
        "of_total": np.sqrt(ratio * (tau00 + sigma2) / tau00),
        "costs_swapped": np.sqrt(sigma2 / tau00 / ratio),
        "unrounded": budget / (cost_group + cost_member * whole),
        "too_dear": groups + 2,
        "no_members": budget // cost_group,
        "an_arm": groups // 2,
        "by_members": power("between", **plan, tau00=0.0, sigma2=tau00 + sigma2),
    }


def depends_on_budget(given: dict, n: Numbers) -> bool:
    """Tell whether the best size is said to grow or change with the budget."""
    more = r"\b(larger|bigger|higher|greater|more) (budget|money|funds?)\b"
    claim = rf"{more}[^.;]{{0,60}}\b(larger|bigger) (groups|schools|hospitals)"
    depends = r"\b(size|groups)\b[^.;]{0,40}\bdepends? on (the |our )?(budget|money)"
    return asserts(given["sentence"], rf"{claim}|{depends}")


def the_larger_the_better(given: dict, n: Numbers) -> bool:
    """Tell whether groups are said to be the better, the larger they are."""
    claim = r"\b(the larger|the bigger|the more members)\b[^.;]{0,40}\b(the better|the higher|the more power)"
    return asserts(given["sentence"], claim)


MISTAKES = (
    Mistake(
        {"size": "upside_down"},
        "Your size has the variances upside down: where groups differ a lot, take more of them.",
    ),
    Mistake(
        {"size": "costs_swapped"},
        "Your size has the costs upside down: dear groups ask for larger ones.",
    ),
    Mistake({"size": "no_root"}, "Your size lacks the root."),
    Mistake({"size": "of_total"}, "Your size has the total variance in place of the one within."),
    Mistake(
        {"groups": "unrounded"},
        "Groups come whole, and half of them in each arm: round down to an even number.",
    ),
    Mistake({"groups": "too_dear"}, "So many groups cost more than there is: round down."),
    Mistake({"groups": "no_members"}, "You paid the groups and forgot their members."),
    Mistake({"groups": "an_arm"}, "That many in each arm. How many in all?"),
    Mistake(
        {"power": "by_members"},
        "That would be the power if members of a group had nothing in common.",
    ),
    Mistake(
        {"sentence": EXAMPLE + " A larger budget would allow larger groups."},
        "The best size doesn't depend on the budget: look at the formula again. What does more "
        "money buy?",
        when=depends_on_budget,
    ),
    Mistake(
        {"sentence": EXAMPLE + " The larger the groups, the better."},
        "For this money? Groups that are larger are also fewer. What divides τ₀₀?",
        when=the_larger_the_better,
    ),
)

EXERCISE = Exercise(
    "08.10",
    "Open task: spend the money",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        size=Number(1),
        groups=Number(0, within=0.1),
        power=Number(2),
        sentence=Sentence(
            (
                Part("the best size (one decimal)", number="size", decimals=1),
                Part(
                    "how many groups can be paid",
                    number="groups",
                    of="groups|schools|hospitals|primaries|primary schools|J",
                ),
                Part("how many members each has", number="whole"),
                Part("the power, with two decimals", number="power", decimals=2),
                Part("a variance or the ICC, in words", pattern=r"varian|\bICC\b|intraclass|τ"),
                Part("what things cost, in words", pattern=COSTS),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="{groups} groups of {whole}: whoever pays can follow that. The optimum is flat, so that a "
    "few members more in each are a cheap insurance against those who leave.",
    mistakes=MISTAKES,
    nudge="What does a group cost beside its members, and how much do groups differ?",
    section="More groups, or larger groups?",
    formula="best_group_size(cost_group=…, cost_member=…, tau=…, sigma2=…);  J = budget/(c_J + n·c_n), "
    'rounded down to even;  power("between", …)',
    points=3,
)
