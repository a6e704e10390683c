"""09.6 Off the edge: a single estimate for six hospitals."""

import numpy as np

from hlm_teach._shared.arrays import Array
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

EFFECTS = np.array([4.1, 7.0, 1.5, 7.5, 5.2, 3.0])
ERRORS = np.array([2.5, 4.5, 2.0, 3.5, 2.5, 3.0])
TAU = np.arange(0.01, 100, 0.01)


def log_likelihood(restricted: bool = True) -> Array:
    """Of each tau, with the mean averaged out (or the best one put in)."""
    precision = 1 / (ERRORS**2 + TAU[:, None] ** 2)
    total = precision.sum(axis=1)
    mu = (precision * EFFECTS).sum(axis=1) / total
    found = 0.5 * (np.log(precision) - precision * (EFFECTS - mu[:, None]) ** 2).sum(axis=1)
    return found - 0.5 * np.log(total) if restricted else found


def se_of_mean(tau: float) -> float:
    return float((1 / (ERRORS**2 + tau**2)).sum() ** -0.5)


def numbers() -> Numbers:
    """The estimate with a factor tau, the mean's SE at 0 and there; and what slips lead to."""
    reml = log_likelihood()

    def top(weight: Array) -> float:
        return float(TAU[weight.argmax()])

    kept = top(reml + np.log(TAU))
    density = np.exp(reml - reml.max())
    return {
        "kept": kept,
        "se0": se_of_mean(0),
        "se": se_of_mean(kept),
        "when": "c",
        "still_zero": 0.0,
        "twice": top(reml + 2 * np.log(TAU)),
        "of_ml": top(log_likelihood(False) + np.log(TAU)),
        "median": float(TAU[np.searchsorted(density.cumsum() / density.sum(), 0.5)]),
        "squared": kept**2,
        "unweighted": float(np.sqrt((ERRORS**2).mean() / len(ERRORS))),
        "of_spread": float(EFFECTS.std(ddof=1) / np.sqrt(len(EFFECTS))),
        "no_root": se_of_mean(0) ** 2,
        "se_no_root": se_of_mean(kept) ** 2,
        "not_squared": float((1 / (ERRORS**2 + kept)).sum() ** -0.5),
        "only_tau": float(kept / np.sqrt(len(ERRORS))),
    }


MISTAKES = (
    Mistake(
        {"kept": "still_zero"}, "That is REML itself. What is the likelihood times τ where τ = 0?"
    ),
    Mistake({"kept": "twice"}, "You multiplied by τ²: one factor τ, and so one log τ."),
    Mistake(
        {"kept": "of_ml"},
        "You multiplied the likelihood without its last term, which makes it restricted.",
    ),
    Mistake({"kept": "median"}, "That is the posterior median under a flat prior: another remedy."),
    Mistake({"kept": "squared"}, "That is the variance. The SD is asked for."),
    Mistake(
        {"se0": "unweighted"},
        "That is the SE of a plain average. Here a hospital counts by its precision.",
    ),
    Mistake(
        {"se0": "of_spread"},
        "That is from the spread of the six results. At τ = 0 the given errors say it alone.",
    ),
    Mistake({"se0": "no_root"}, "At 0 you gave the variance of the mean: take its root."),
    Mistake({"se": "se_no_root"}, "You gave the variance of the mean: take its root."),
    Mistake(
        {"se": "se0"}, "That is the SE at τ = 0 again. What do the hospitals' differences add?"
    ),
    Mistake({"se": "not_squared"}, "You added τ to a variance: square it first."),
    Mistake({"se": "only_tau"}, "The luck within hospitals, s², is missing from your SE."),
    Mistake(
        {"when": "a"},
        "With many groups the factor hardly matters: where is there an edge to be kept from?",
    ),
    Mistake(
        {"when": "b"},
        "An estimate that can't be 0 is no evidence against 0. Which chapter has the test?",
    ),
    Mistake(
        {"when": "d"},
        "A median or an interval of the posterior has no edge. Where is a mode at all needed?",
    ),
)

EXERCISE = Exercise(
    "09.6",
    "Off the edge: a single estimate for six hospitals",
    Several(kept=Number(1), se0=Number(2), se=Number(2), when=Choice("abcd")),
    numbers=numbers,
    why="with {kept:.1f} in place of 0 the mean's standard error goes from {se0:.2f} to {se:.2f}: "
    "an estimate of 0 says more than where the top is, it makes everything else look surer.",
    mistakes=MISTAKES,
    nudge="Where can a product not be highest, one of whose factors is 0 there?",
    section="Deeper: a prior that keeps REML off the edge",
    formula="highest point of log L_R(τ) + log τ;  SE of the mean = (Σ 1/(s² + τ²))^(−1/2)",
    points=3,
)
