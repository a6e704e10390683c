"""05.4 Reading somebody's output: twelve schools."""

from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """Deviance and p of `catholic` in twelve schools, the first of the file, and misreadings."""
    hsb = load_data("hsb")
    first = hsb[hsb["school"].isin(hsb["school"].unique()[:12])]
    fit = fit_lmm("math ~ catholic", first, "school")
    p = {df: 2 * stats.t.sf(abs(fit.tvalues["catholic"]), df) for df in (10, 11, 12, 475)}
    return {
        "deviance": -2 * fit.llf,
        "p": p[10],
        "claim": "d",
        "llf": fit.llf,
        "minus_llf": -fit.llf,
        "other_sign": 2 * fit.llf,
        "aic": fit.aic,
        "of_pupils": p[475],
        "one_tail": p[10] / 2,
        "with_11": p[11],
        "with_12": p[12],
    }


MISTAKES = (
    Mistake({"deviance": "llf"}, "As the deviance you gave the log-likelihood as printed."),
    Mistake(
        {"deviance": "minus_llf"}, "Your deviance is minus the log-likelihood. What was the factor?"
    ),
    Mistake(
        {"deviance": "other_sign"},
        "Your deviance has the sign of a log-likelihood. Is a small one to be good?",
    ),
    Mistake(
        {"deviance": "aic"},
        "That is an AIC, with parameters counted. The deviance is −2 log L alone.",
    ),
    Mistake(
        {"p": "of_pupils"},
        "That is the printed p, or t with the pupils' degrees of freedom, which comes "
        "to the same. Is `catholic` a fact about pupils or about schools?",
    ),
    Mistake(
        {"p": "one_tail"},
        "Your p counts one tail. The printed one, which it is to replace, counts two.",
    ),
    Mistake(
        {"p": "with_11"},
        "Your p has J − 1 degrees of freedom. Two numbers are estimated from the "
        "twelve schools: a mean and a difference.",
    ),
    Mistake(
        {"p": "with_12"},
        "Your p has as many degrees of freedom as there are schools. What did the mean "
        "and the difference use up?",
    ),
    Mistake(
        {"claim": "a"},
        "'Converged' is the search's opinion of itself. Which number could show it wrong?",
    ),
    Mistake(
        {"claim": "b"},
        "That Std.Err. isn't on the variance's scale, and the hill isn't a parabola. "
        "Which interval follows its true shape?",
    ),
    Mistake(
        {"claim": "c"},
        "Look at Method. What does REML average over, and would that be the same in both models?",
    ),
)

EXERCISE = Exercise(
    "05.4",
    "Reading somebody's output: twelve schools",
    Several(deviance=Number(1), p=Number(3, within=0.0008), claim=Choice("abcd")),
    numbers=numbers,
    why="with twelve schools t gives p = {p:.3f}, beyond the 0.05 that the printout's z "
    "stayed below: a finding hung on the normal distribution.",
    mistakes=MISTAKES,
    nudge="How many schools tell you what Catholic and public schools differ by?",
    section="Pitfalls",
    formula="deviance = −2 log L; t = Coef./Std.Err.; p = 2·P(t_df > |t|), df = schools minus "
    "school-level coefficients; scipy's stats.t.sf",
)
