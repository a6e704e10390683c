"""09.4 Reading an output: what a sampler's numbers are worth."""

import math

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

# The row of tau, as printed.
CHAINS, DRAWS, MEAN, SD, BULK, TAIL, WANTED = 4, 1000, 0.85, 0.50, 640, 110, 400


def numbers() -> Numbers:
    """Monte-Carlo error of a mean, draws that are worth one, draws a chain needed; and slips."""
    total = CHAINS * DRAWS
    return {
        "mcse": SD / math.sqrt(BULK),
        "worth": total / BULK,
        "draws": DRAWS * WANTED / TAIL,
        "rows": "b",
        "of_all": SD / math.sqrt(total),
        "of_tail": SD / math.sqrt(TAIL),
        "of_a_chain": SD / math.sqrt(DRAWS),
        "from_the_mean": MEAN / math.sqrt(BULK),
        "no_root": SD / BULK,
        "the_sd": SD,
        "chain_worth": DRAWS / BULK,
        "share": BULK / total,
        "tail_worth": total / TAIL,
        "all_chains": total * WANTED / TAIL,
        "by_bulk": DRAWS * WANTED / BULK,
        "by_root": DRAWS * math.sqrt(WANTED / TAIL),
        "four_times": DRAWS * WANTED / TAIL * CHAINS**2,
        "added": DRAWS * WANTED / TAIL - DRAWS,
    }


MISTAKES = (
    Mistake(
        {"mcse": "of_all"},
        "You divided by the root of all draws, as if they were independent. How many independent "
        "ones are they worth?",
    ),
    Mistake({"mcse": "of_a_chain"}, "You counted the draws of one chain, neighbours and all."),
    Mistake({"mcse": "of_tail"}, "That is by the ESS of the tails. A mean lies in the bulk."),
    Mistake(
        {"mcse": "from_the_mean"},
        "You divided the mean itself. A standard error of a mean is made of the spread.",
    ),
    Mistake({"mcse": "no_root"}, "A standard error falls with the root of the number."),
    Mistake(
        {"mcse": "the_sd"},
        "That is the posterior's own SD, which more draws don't make smaller. How well is its mean "
        "computed?",
    ),
    Mistake(
        {"worth": "share"}, "That is upside down: so many independent draws is one draw worth."
    ),
    Mistake(
        {"worth": "chain_worth"}, "You counted the draws of one chain; the ESS is of all four."
    ),
    Mistake({"worth": "tail_worth"}, "You took the ESS of the tails; asked for is the bulk."),
    Mistake({"draws": "all_chains"}, "So many in all four chains. And in each?"),
    Mistake(
        {"draws": "by_bulk"},
        "That is by the ESS of the bulk, which is large enough already. Which one is too small?",
    ),
    Mistake(
        {"draws": "by_root"},
        "You took a root. Standard errors go with the root of the draws; the ESS grows in "
        "proportion to them.",
    ),
    Mistake({"draws": "four_times"}, "You multiplied by the chains where you should divide."),
    Mistake({"draws": "added"}, "So many more. How many in all, those of the table included?"),
    Mistake(
        {"rows": "a"},
        "No divergences, that's good. Now go down the columns r_hat and ess_tail with the "
        "chapter's limits beside you.",
    ),
    Mistake(
        {"rows": "c"},
        "Look at the ESS of the tails in the row of tau: an interval's ends lie there.",
    ),
    Mistake({"rows": "d"}, "Look at r_hat in the row of sigma again: what is the chapter's limit?"),
)

EXERCISE = Exercise(
    "09.4",
    "Reading an output: what a sampler's numbers are worth",
    Several(mcse=Number(3), worth=Number(2), draws=Number(0, within=1.5), rows=Choice("abcd")),
    numbers=numbers,
    why="{worth:.2f} draws are worth one, the mean is known to {mcse:.3f}, and yet the ends of its "
    "interval aren't: the bulk and the tails are two questions.",
    mistakes=MISTAKES,
    nudge="How many independent draws would tell as much about the mean, and about the tails?",
    section="When the grid is not enough: a sampler",
    formula="MCSE = SD/√ESS;  ESS grows in proportion to the draws;  wanted: R̂ ≤ 1.01, ESS ≥ 400 "
    "in bulk and tails, no divergences",
)
