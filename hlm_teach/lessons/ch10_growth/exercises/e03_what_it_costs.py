"""10.3 Before you run it: what random effects cost."""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Function
from hlm_teach.feedback.kinds.parts import Choice, Several


def cost(q: float) -> float:
    """Variances and covariances of q random effects, and the residual variance."""
    return q * (q + 1) / 2 + 1


def numbers() -> Numbers:
    """What q random effects cost, and how many three or two visits a child can tell apart."""
    three_visits, two_visits = (v * (v + 1) / 2 for v in (3, 2))
    return {
        "cost": cost,
        "added": cost(3) - cost(2),
        "three": max(q for q in range(1, 4) if cost(q) <= three_visits),
        "two": max(q for q in range(1, 3) if cost(q) <= two_visits),
        "random": "b",
        "no_residual": lambda q: cost(q) - 1,
        "uncorrelated": lambda q: q + 1,
        "only_variances": lambda q: q,
        "twice": lambda q: q**2 + 1,
        "one_variance": 1,
        "its_covariances": 2,
        "whole": cost(3),
        "whole_less_residual": cost(3) - 1,
        "as_visits": 3,
        "also_two": 2,
        "level_only": 1,
    }


MISTAKES = (
    Mistake(
        {"cost": "no_residual"},
        "Your function forgets one variance: that of the residuals, which every model has.",
    ),
    Mistake(
        {"cost": "uncorrelated"},
        "Your function counts variances only. Random effects that may correlate have a covariance "
        "for each pair.",
    ),
    Mistake(
        {"cost": "only_variances"},
        "Your function counts a variance for each random effect. Which covariances are there, and "
        "what else varies?",
    ),
    Mistake(
        {"cost": "twice"},
        "Your function counts every covariance twice: that of level and slope is that of slope "
        "and level.",
    ),
    Mistake(
        {"added": "one_variance"},
        "You added the variance of the curves. With what may the curves correlate?",
    ),
    Mistake({"added": "its_covariances"}, "These are the covariances alone. The curves vary, too."),
    Mistake(
        {"added": "whole"},
        "That is the whole cost of the larger model. By how much is it larger than that of the "
        "smaller one?",
    ),
    Mistake(
        {"added": "whole_less_residual"},
        "That is the whole of G with three effects. By how much is it larger than that with two?",
    ),
    Mistake(
        {"three": "as_visits"},
        "With as many random effects as visits every child's curve passes through its points: "
        "what is left to estimate σ² from?",
    ),
    Mistake(
        {"three": "level_only"},
        "More is possible with three visits. How many variances and covariances do three "
        "measurements have among them?",
    ),
    Mistake(
        {"two": "also_two"},
        "Two visits give each child a line through both its points. What is left to estimate σ² "
        "from?",
    ),
    Mistake(
        {"random": "a"},
        "A child is treated or not, and stays so: within a child the column never varies. Whose "
        "slope should it be?",
    ),
    Mistake(
        {"random": "c"},
        "Count again: three random effects a child, three visits a child. What is left for σ²?",
    ),
    Mistake(
        {"random": "d"},
        "A factor of three ages gives every child three effects of its own, a mean for each "
        "visit. What is left for σ²?",
    ),
)

EXERCISE = Exercise(
    "10.3",
    "Before you run it: what random effects cost",
    Several(
        cost=Function(
            probes=((1,), (2,), (3,), (5,)),
            wanted="A function of q, the number of random effects,",
            names=("q",),
        ),
        added=Number(0, within=0.1),
        three=Number(0, within=0.1),
        two=Number(0, within=0.1),
        random=Choice("abcd"),
    ),
    numbers=numbers,
    why="the cost grows with the square of q, and what the visits can pay for is a matter of the "
    "design: you can know it before the first child is measured.",
    mistakes=MISTAKES,
    nudge="How many variances and covariances do three measurements have, and how many does the "
    "model want?",
    section="Deeper: what three visits can carry",
    formula="(co)variances of q random effects and σ²: q(q + 1)/2 + 1;  of v visits at the same "
    "times: v(v + 1)/2;  what_can_vary(data, groups)",
    points=3,
)
