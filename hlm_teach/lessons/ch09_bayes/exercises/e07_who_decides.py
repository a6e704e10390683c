"""09.7 Choose: who decides, the prior or the data?"""

from hlm_teach.bayes.grid_posterior import grid_posterior
from hlm_teach.bayes.priors import sd_prior
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several


def ends(batches: int) -> dict[str, dict[str, float]]:
    """Median and upper ends of tau under two priors, from the first batches of pastes."""
    data = load_data("pastes")
    some = data[data["batch"].isin(data["batch"].unique()[:batches])]
    shares = {"median": 0.5, "of_90": 0.95, "upper": 0.975}
    found = {}
    for name, prior in (("flat", sd_prior("flat")), ("half", sd_prior("half-normal", 3.0))):
        one = grid_posterior("strength ~ 1", some, "batch", prior_tau=prior, n_tau=100, n_sigma=20)
        found[name] = {share: one.quantile("tau", q) for share, q in shares.items()}
    return found


def numbers() -> Numbers:
    """By what factor the flat prior's upper end is larger, with 3 and 10 batches; and slips."""
    three, ten = ends(3), ends(10)

    def ratio(found: dict[str, dict[str, float]], share: str) -> float:
        return found["flat"][share] / found["half"][share]

    return {
        "three": ratio(three, "upper"),
        "ten": ratio(ten, "upper"),
        "report": "d",
        "road": "b",
        "three_median": ratio(three, "median"),
        "ten_median": ratio(ten, "median"),
        "three_90": ratio(three, "of_90"),
        "three_inverse": 1 / ratio(three, "upper"),
        "ten_inverse": 1 / ratio(ten, "upper"),
        "three_apart": three["flat"]["upper"] - three["half"]["upper"],
        "three_end": three["flat"]["upper"],
        "ten_end": ten["flat"]["upper"],
        "half_end": three["half"]["upper"],
    }


MISTAKES = (
    Mistake({"three": "ten", "ten": "three"}, "Three and ten are swapped."),
    Mistake(
        {"three": "three_median"},
        "With three batches you compared medians: asked for are upper ends.",
    ),
    Mistake(
        {"ten": "ten_median"}, "With ten batches you compared medians: asked for are upper ends."
    ),
    Mistake(
        {"three": "three_90"},
        "These are the ends of 90 % intervals: what lies beyond each of two tails?",
    ),
    Mistake(
        {"three": "three_inverse"},
        "With three batches your factor is upside down: flat over half-normal.",
    ),
    Mistake(
        {"ten": "ten_inverse"},
        "With ten batches your factor is upside down: flat over half-normal.",
    ),
    Mistake({"three": "three_apart"}, "That is a difference; by what factor?"),
    Mistake({"three": "three_end"}, "That is the upper end itself under the flat prior: divide."),
    Mistake({"three": "half_end"}, "That is the upper end itself under the half-normal prior."),
    Mistake({"ten": "ten_end"}, "With ten batches you gave the upper end itself: divide."),
    Mistake(
        {"report": "a"},
        "Flat is a statement, too: that 1,000 is as plausible as 1. What would a critic ask for?",
    ),
    Mistake(
        {"report": "b"},
        "The narrower interval is narrower by what was assumed. What would a critic ask for?",
    ),
    Mistake(
        {"report": "c"},
        "An average of two answers is a third prior that nobody has stated. What would a critic "
        "ask for?",
    ),
    Mistake(
        {"road": "a"},
        "Thousands of rows, dozens of groups, a linear model: what would the posterior add?",
    ),
    Mistake(
        {"road": "c"},
        "Without a thought for the prior four groups' posterior is the prior's. What is missing "
        "here?",
    ),
    Mistake(
        {"road": "d"},
        "Whether τ₀₀ is 0 was a test's question, chapter 6. Which study asks for a probability?",
    ),
)

EXERCISE = Exercise(
    "09.7",
    "Choose: who decides, the prior or the data?",
    Several(three=Number(1), ten=Number(2), report=Choice("abcd"), road=Choice("abcd")),
    numbers=numbers,
    why="with three batches the upper end is {three:.1f} times as large under one prior as under "
    "the other, with ten {ten:.2f} times: that factor tells who is speaking.",
    mistakes=MISTAKES,
    nudge="How far does the upper end move when only the prior changes?",
    section="A prior is a statement in units",
    formula='grid_posterior("strength ~ 1", some, "batch", prior_tau=…).quantile("tau", 0.975), '
    "flat over "
    "half-normal",
    points=3,
)
