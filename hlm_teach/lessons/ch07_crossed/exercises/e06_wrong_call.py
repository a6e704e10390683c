"""07.6 Mend a colleague's call."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

from .common import intercepts

MODEL = "scotssec", "verbal ~ 1"


def numbers() -> Numbers:
    """Effects and standard errors of the model that was fitted, and of the one that was meant.

    What statsmodels fits where a variance component is named inside groups="primary" is, in other
    words, an effect of each pair of a primary and a secondary school.
    """
    right = intercepts(*MODEL, "primary", "second")
    fitted = intercepts(*MODEL, "primary", "primary:second")
    dropped, alone = intercepts(*MODEL, "primary:second"), intercepts(*MODEL, "second")
    pupils, second = load_data("scotssec"), right.vcomp["second"]
    n_primary, n_second = pupils["primary"].nunique(), pupils["second"].nunique()
    return {
        "what": "d",
        "effects": fitted.n_groups["primary:second"],
        "second": second,
        "se": right.bse["Intercept"],
        "call": "r",
        "schools": n_second,
        "product": n_primary * n_second,
        "all_effects": n_primary + fitted.n_groups["primary:second"],
        "second_fitted": fitted.vcomp["primary:second"],
        "second_dropped": float(dropped.vcomp.iloc[0]),
        "second_alone": float(alone.vcomp.iloc[0]),
        "primary": right.vcomp["primary"],
        "sd_second": second**0.5,
        "se_fitted": fitted.bse["Intercept"],
        "se_dropped": dropped.bse["Intercept"],
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "That is how the row is labelled. A component lives inside a group of `groups`: is a "
        "secondary school the same in two primaries there?",
    ),
    Mistake(
        {"what": "b"},
        "What pupils of one school differ in is the residual, the scale. Which effects stand "
        "between a primary school and its pupils in this call?",
    ),
    Mistake(
        {"what": "c"},
        "A component has one variance and no covariance with the primaries' intercepts.",
    ),
    Mistake(
        {"effects": "schools"},
        "That is what your colleague meant. In the call every primary school has secondary "
        "schools of its own: count them over all primaries.",
    ),
    Mistake(
        {"effects": "product"},
        "Not every primary sends pupils to every secondary school. Count the pairs that occur.",
    ),
    Mistake(
        {"effects": "all_effects"},
        "You counted the primaries' own intercepts, too. Those called second are asked for.",
    ),
    Mistake(
        {"second": "second_fitted", "se": "se_fitted"},
        "Both numbers are of your colleague's model again. Fit crossed factors.",
    ),
    Mistake({"second": "second_fitted"}, "As second you gave your colleague's number again."),
    Mistake(
        {"se": "se_fitted"},
        "Your se is that of your colleague's model, or of primary schools alone: it doesn't "
        "know on how few secondary schools the mean rests.",
    ),
    Mistake(
        {"second": "second_dropped", "se": "se_dropped"},
        "These come from a call without re_formula: there even the primary schools are dropped.",
    ),
    Mistake(
        {"second": "second_alone"},
        "As second you gave the variance of a model with secondary schools alone. What becomes of "
        "it when primary schools vary as well?",
    ),
    Mistake({"second": "primary"}, "As second you gave the variance of the primary schools."),
    Mistake({"second": "sd_second"}, "As second you gave a standard deviation: square it."),
    Mistake(
        {"call": "p"},
        "That is the colleague's call less re_formula: it drops the primaries' intercepts, and "
        "says nothing.",
    ),
    Mistake(
        {"call": "q"},
        "The roles are exchanged, the flaw stays: now every secondary school has primary schools "
        "of its own.",
    ),
    Mistake(
        {"call": "s"},
        "A predictor C(second) takes these schools for all there are: no variance, and no word "
        "about other schools.",
    ),
)

EXERCISE = Exercise(
    "07.6",
    "Mend a colleague's call",
    Several(
        what=Choice("abcd"), effects=Number(0), second=Number(1), se=Number(2), call=Choice("pqrs")
    ),
    numbers=numbers,
    why="the call ran without a warning, turned the order of the two variances round, and made the "
    "mean look surer than it is: se {se:.2f}, not {se_fitted:.2f}.",
    mistakes=MISTAKES,
    nudge="If a pupil of another primary goes to the same secondary school, does that pupil "
    "get the same "
    "effect in this call?",
    section="Calls that drop a grouping, or nest it",
    formula='one constant group and both factors in vc_formula, "0 + C(primary)" and '
    '"0 + C(second)"; or fit_lmm with random={"primary": "1", "second": "1"}',
    points=3,
)
