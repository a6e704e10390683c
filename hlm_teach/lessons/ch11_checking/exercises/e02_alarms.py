"""11.2 Bands and alarms, by hand."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Several

SIMULATED, AS_FAR, POINTS, CHANCE = 99, 5, 1200, 0.2


def alarm(k: float) -> float:
    """The chance that one or more of k independent checks at 5 % is outside, the model true."""
    return 1 - 0.95**k


def numbers() -> Numbers:
    """p of a picture, the smallest possible one, points outside, chances of an alarm; misreadings."""
    return {
        "p": (AS_FAR + 1) / (SIMULATED + 1),
        "smallest": 1 / (SIMULATED + 1),
        "points": 0.05 * POINTS,
        "alarm": alarm,
        "most": max(k for k in range(1, 20) if alarm(k) < CHANCE),
        "pictures": SIMULATED + 1,
        "without_itself": AS_FAR / SIMULATED,
        "not_counted": AS_FAR / (SIMULATED + 1),
        "only_above": (AS_FAR + 1) / SIMULATED,
        "zero": 0,
        "one_of_simulated": 1 / SIMULATED,
        "one_side": 0.025 * POINTS,
        "inside": 0.95 * POINTS,
        "one_point": 1,
        "added_up": lambda k: 0.05 * k,
        "none": lambda k: 0.95**k,
        "all_of_them": lambda k: 0.05**k,
        "not_all": lambda k: 1 - 0.05**k,
        "first_above": min(k for k in range(1, 20) if alarm(k) > CHANCE),
        "by_sums": max(k for k in range(1, 20) if 0.05 * k < CHANCE - 1e-9),
    }


MISTAKES = (
    Mistake(
        {"p": "without_itself"},
        "Your p leaves out the real picture, which under the model is one more like the others.",
    ),
    Mistake(
        {"p": "not_counted"},
        "You counted the real picture among all, but not among those that are as far out.",
    ),
    Mistake(
        {"p": "only_above"},
        "You counted the real picture among those that are as far out, but not among all.",
    ),
    Mistake(
        {"smallest": "zero"},
        "No count of pictures can give p = 0: at least one of them is as far out as the real one. "
        "Which?",
    ),
    Mistake(
        {"smallest": "one_of_simulated"},
        "Nearly. How many pictures are there when the real one is counted, too?",
    ),
    Mistake(
        {"points": "one_side"},
        "You counted one side. Limits at 95 % leave out points above and below.",
    ),
    Mistake({"points": "inside"}, "That many are expected inside. How many are outside?"),
    Mistake(
        {"points": "one_point"},
        "Limits point by point promise 95 % for each point, not for all of them together.",
    ),
    Mistake(
        {"alarm": "added_up"},
        "Your function adds the chances, and with 30 checks is above one. Two alarms in one "
        "analysis are counted twice.",
    ),
    Mistake({"alarm": "none"}, "Your function gives the chance of no alarm at all."),
    Mistake({"alarm": "all_of_them"}, "Your function gives the chance that every check alarms."),
    Mistake(
        {"alarm": "not_all"},
        "Your function gives the chance that not every check alarms. Asked for: one or more do.",
    ),
    Mistake({"most": "first_above"}, "With that many checks the chance is already above 0.2."),
    Mistake(
        {"most": "by_sums"},
        "You added 5 % for each check. Independent chances don't add up: one more check is possible.",
    ),
)

EXERCISE = Exercise(
    "11.2",
    "Bands and alarms, by hand",
    Several(
        p=Number(4),
        smallest=Number(4),
        points=Number(0),
        alarm=Function(
            probes=((1,), (2,), (7,), (30,)), wanted="A function of k, the number of checks,"
        ),
        most=Number(0, within=0.1),
    ),
    numbers=numbers,
    why="the real picture counts as one of {pictures}: without it p would have been "
    "{without_itself:.4f}. And whoever looks seven times is alarmed by a true model in three "
    "analyses of ten.",
    mistakes=MISTAKES,
    nudge="If the model is true: how does the real picture differ from the simulated ones, and how "
    "often does none of k checks alarm?",
    section="What should they look like? Ask the model",
    formula="p = (b + 1)/(B + 1);  k independent checks at 5 %: none alarms with chance 0.95ᵏ",
)
