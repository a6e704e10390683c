"""11.4 Which child decides what?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.influence import influence

CHILDREN = ("F10", "M09", "M10", "M13")


def numbers() -> Numbers:
    """Who moves fixed effects, τ₀₀ and σ² most, and by what share σ² falls; and misreadings."""
    fit = fit_lmm("distance ~ age * Sex", load_data("orthodont"), "Subject")
    found = influence(fit)
    tau00, sigma2 = found.without["variance(Intercept)"], found.without["variance(residual)"]
    falls = {child: 1 - sigma2[child] / fit.sigma2 for child in ("M09", "M13")}
    return {
        "effects": found.cooks_distance.idxmax(),
        "between": (tau00 - float(np.asarray(fit.cov_re)[0, 0])).abs().idxmax(),
        "within": (sigma2 - fit.sigma2).abs().idxmax(),
        "fall": falls["M09"],
        "left": 1 - falls["M09"],
        "of_sds": 1 - np.sqrt(1 - falls["M09"]),
        "in_units": fit.sigma2 - sigma2["M09"],
        "without": sigma2["M09"],
        "of_without": fit.sigma2 / sigma2["M09"] - 1,
        "of_other_child": falls["M13"],
    }


_EFFECTS = "Look for the largest Cook's distance: that is about the fixed effects together."
_BETWEEN = "Compare the variance between children without each child with that of all."
_WITHIN = "Compare the residual variance without each child with that of all."
MISTAKES = (
    Mistake(
        {"effects": "M09"},
        "This child has the largest single residual. Up at one visit and down at another, it "
        f"moves the lines little. {_EFFECTS}",
    ),
    Mistake(
        {"effects": "M10"},
        f"This child's level lies farthest out, and the growth is as in others. {_EFFECTS}",
    ),
    Mistake(
        {"effects": "F10"},
        "This girl comes second. She has a low level, and the means of girls feel it. " + _EFFECTS,
    ),
    Mistake(
        {"between": "M13"},
        "This child decides about fixed effects. Its level is a usual one, so that the variance of "
        f"levels hardly minds. {_BETWEEN}",
    ),
    Mistake(
        {"between": "F10"}, f"This girl comes second: her level is low among girls. {_BETWEEN}"
    ),
    Mistake(
        {"between": "M09"}, f"This child is odd from visit to visit; its level isn't. {_BETWEEN}"
    ),
    Mistake(
        {"within": "M13"},
        "This child's visits lie far from its line, too, and it comes second. " + _WITHIN,
    ),
    Mistake({"within": "M10"}, f"This child's level is far out: that is a matter of û. {_WITHIN}"),
    Mistake({"within": "F10"}, f"This girl's level is far out: that is a matter of û. {_WITHIN}"),
    Mistake({"fall": "left"}, "That is the share of σ² that is left. By how much does it fall?"),
    Mistake({"fall": "of_sds"}, "That is the fall of the residual SD. Asked for is the variance."),
    Mistake(
        {"fall": "in_units"},
        "That is the fall in mm². Which share is it of what all 27 children give?",
    ),
    Mistake({"fall": "without"}, "That is σ² without the child. By which share is it lower?"),
    Mistake(
        {"fall": "of_without"},
        "You divided by σ² without the child. The fall is a share of what it falls from.",
    ),
    Mistake(
        {"fall": "of_other_child"},
        "That is the fall without another child. Which one does σ² lean on most?",
    ),
)

EXERCISE = Exercise(
    "11.4",
    "Which child decides what?",
    Several(
        effects=Choice(CHILDREN), between=Choice(CHILDREN), within=Choice(CHILDREN), fall=Number(2)
    ),
    numbers=numbers,
    why="three numbers, three children: one of 27 carries {fall:.0%} of the residual variance, and "
    "its Cook's distance doesn't tell. Influence is on a number.",
    mistakes=MISTAKES,
    nudge="Would a child with an odd level and an ordinary growth move the slopes?",
    section="Which group decides?",
    formula="found = influence(fit): found.cooks_distance.idxmax();  (found.without[column] − "
    "estimate).abs().idxmax();  1 − without/with",
    points=3,
)
