"""05.3 Write the deviance yourself."""

from functools import cache

import numpy as np

from hlm_teach.balanced.likelihood import balanced_llf
from hlm_teach.balanced.sums import BalancedSums, balanced_sums
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.objects import Function


def numbers() -> Numbers:
    """Functions of τ₀₀ and σ²: the deviance of the pastes, and those that are taken for it."""
    log, log_2pi = np.log, np.log(2 * np.pi)
    return {
        "deviance": deviance,
        "no_constant": lambda t, s: without(t, s, constant=0),
        "constant_of_batches": lambda t, s: without(t, s, constant=10 * log_2pi),
        "llf": lambda t, s: -deviance(t, s) / 2,
        "minus_llf": lambda t, s: deviance(t, s) / 2,
        "reml": lambda t, s: deviance(t, s, reml=True),
        "one_batch": lambda t, s: without(t, s, log_sigma2=5 * log(s), log_a=log(s + 6 * t)),
        "relative": lambda t, s: without(t, s, log_sigma2=0, log_a=10 * log(1 + 6 * t / s)),
        "half": lambda t, s: without(t, s, log_sigma2=25 * log(s), log_a=5 * log(s + 6 * t)),
        "every_strength": lambda t, s: without(t, s, log_sigma2=60 * log(s)),
        "no_logs": lambda t, s: without(t, s, log_sigma2=0, log_a=0),
        "own_means": lambda t, s: without(t, s, between=0),
        "as_independent": as_independent,
        "tau00_squared": lambda t, s: deviance(t**2, s),
        "both_squared": lambda t, s: deviance(t**2, s**2),
        "another_order": lambda t, s: deviance(s, t),
    }


@cache
def pastes() -> BalancedSums:
    return balanced_sums([batch["strength"] for _, batch in load_data("pastes").groupby("batch")])


def deviance(tau00: float, sigma2: float, reml: bool = False) -> float:
    return float(-2 * balanced_llf(pastes(), tau00, sigma2, reml=reml))


def without(tau00: float, sigma2: float, **left_out: float) -> float:
    """The ML deviance of the pastes, put together from parts, some of them left out or changed."""
    s, a = pastes(), sigma2 + 6 * tau00
    parts = {
        "constant": s.n_obs * np.log(2 * np.pi),
        "log_sigma2": 50 * np.log(sigma2),
        "log_a": 10 * np.log(a),
        "within": s.within / sigma2,
        "between": s.between / a,
    }
    return float(sum((parts | left_out).values()))


def as_independent(tau00: float, sigma2: float) -> float:
    s, total = pastes(), tau00 + sigma2
    return float(60 * np.log(2 * np.pi * total) + (s.within + s.between) / total)


MISTAKES = (
    Mistake(
        "no_constant",
        "The constant N·log 2π is missing. The lowest point stays where it is, but "
        "the height can't be compared with a program's.",
    ),
    Mistake(
        "constant_of_batches",
        "log 2π counts once a batch. How many strengths were measured in a batch?",
    ),
    Mistake(
        "llf", "That is the log-likelihood. The deviance is asked for, of which small is good."
    ),
    Mistake("minus_llf", "That is minus the log-likelihood. The 2 of '−2 log L' is missing."),
    Mistake("reml", "That is the REML deviance, the mean averaged out. ML takes the best mean."),
    Mistake("one_batch", "log|V| counts for one batch only. Every batch pays it."),
    Mistake(
        "relative", "Your log|V| is that of the relative matrix, V/σ². Then N·log σ² is missing."
    ),
    Mistake("half", "log|V| counts half. The ½ of log L is gone once it is multiplied by −2."),
    Mistake(
        "every_strength",
        "log σ² counts once for every strength. Of a batch's six directions one has the "
        "variance σ² + nτ₀₀: how many are left for σ²?",
    ),
    Mistake(
        "no_logs",
        "log|V| is missing: nothing makes a wide distribution costly, so the lowest "
        "point lies at infinite variances.",
    ),
    Mistake(
        "own_means",
        "Your residuals are taken from each batch's own mean. In the marginal model "
        "all batches have one mean; their deviations are in V.",
    ),
    Mistake(
        "as_independent",
        "Your V has τ₀₀ + σ² on its diagonal and nothing beside it. Two strengths of one "
        "batch covary.",
    ),
    Mistake("tau00_squared", "You squared tau00. It is a variance already."),
    Mistake("both_squared", "You squared tau00 and sigma2. Both are variances already."),
    Mistake("another_order", "Your arguments stand in the other order. Wanted is: tau00, sigma2."),
)

EXERCISE = Exercise(
    "05.3",
    "Write the deviance yourself",
    Function(
        ((1.5, 8), (0.2, 12), (6, 3), (0.4, 9.5)),
        relative=1e-5,
        wanted="A function of tau00 and sigma2",
    ),
    numbers=numbers,
    right="deviance",
    why="the lowest point of your function is what every program looks for when it fits by ML; "
    "REML adds log|X′V⁻¹X| and has one log 2π less.",
    mistakes=MISTAKES,
    nudge="Which three prices does the log density of one batch add up, and how many batches "
    "are there?",
    section="Deeper: the log density",
    formula="−2 log L = N log 2π + J(n − 1)·log σ² + J·log(σ² + nτ₀₀) + W/σ² + B/(σ² + nτ₀₀), "
    "or a sum over batches with V = σ²I + τ₀₀11′",
    points=3,
)
