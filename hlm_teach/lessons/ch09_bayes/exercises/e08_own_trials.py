"""09.8 Your own trials: one number, or all of them."""

import numpy as np
import pandas as pd

from hlm_teach.bayes.known_errors import KnownErrorPosterior, known_error_posterior
from hlm_teach.bayes.priors import sd_prior
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until

SCALE = 5.0


def draw_trials(rng: np.random.Generator) -> pd.DataFrame:
    """Seven to nine clinics whose effects differ, and what each measured with which error."""
    clinics = int(rng.integers(7, 10))
    errors = rng.uniform(3.0, 7.0, clinics).round(1)
    true = rng.normal(rng.uniform(2, 6), rng.uniform(4, 7), clinics)
    effects = rng.normal(true, errors).round(1)
    return pd.DataFrame({"clinic": list("ABCDEFGHI")[:clinics], "effect": effects, "se": errors})


def posterior(data: pd.DataFrame, kind: str = "half-normal") -> KnownErrorPosterior:
    """By the prior of the task, or by another one."""
    prior = sd_prior(kind, None if kind == "flat" else SCALE)
    one = data.set_index("clinic")
    return known_error_posterior(one["effect"], one["se"], prior_tau=prior)


def reml(found: KnownErrorPosterior) -> float:
    return float(found.tau[found.log_likelihood.argmax()])


def at(found: KnownErrorPosterior, place: int, tau: float) -> float:
    """What is expected of a clinic at a single tau."""
    return float(np.interp(tau, found.tau, found.groups_given_tau[:, place]))


def answers(data: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The parts of the answer, each with what is right and what slips lead to."""
    found, flat = posterior(data), posterior(data, "flat")
    best, tau = int(data["effect"].argmax()), found.summary()
    weights = 1 / data["se"] ** 2
    top = float(found.tau[(found.weights / np.gradient(found.tau)).argmax()])
    return {
        "reml": {"reml": reml(found), "reml_squared": reml(found) ** 2, "top": top},
        "median": {
            "median": tau["median"],
            "mean": tau["mean"],
            "flat": flat.summary()["median"],
            "top": top,
        },
        "best": {
            "best": float(found.groups["mean"].iloc[best]),
            "measured": float(data["effect"].iloc[best]),
            "common": float((weights * data["effect"]).sum() / weights.sum()),
            "best_flat": float(flat.groups["mean"].iloc[best]),
            "plugged_in": at(found, best, reml(found)),
        },
    }


def serves(data: pd.DataFrame) -> bool:
    """Tell whether one clinic is ahead, REML is away from 0, and slips are told apart."""
    if not (data["effect"].is_unique and 3.0 < reml(posterior(data)) < 9.0):
        return False
    values = [np.array(list(part.values())) for part in answers(data).values()]
    return all(np.diff(np.sort(part)).min() > 0.15 for part in values)


def own_trials(rng: np.random.Generator) -> pd.DataFrame:
    """What some clinics measured, with standard errors."""
    return drawn_until(serves, draw_trials, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """REML's tau, the posterior's median, the foremost clinic's expected effect; and slips."""
    return {name: value for part in answers(data).values() for name, value in part.items()}


MISTAKES = (
    Mistake({"reml": "median", "median": "reml"}, "Your reml and your median are swapped."),
    Mistake({"reml": "reml_squared"}, "Your reml is a variance, τ²: take its root."),
    Mistake(
        {"reml": "top"}, "Your reml is the highest point of the posterior. REML knows of no prior."
    ),
    Mistake({"median": "mean"}, "That is the posterior's mean; the median is asked for."),
    Mistake({"median": "flat"}, "That is the median under a flat prior."),
    Mistake(
        {"median": "top"},
        "That is the highest point of the posterior. The median has half of the weight below it.",
    ),
    Mistake(
        {"best": "measured"},
        "That is what the clinic measured. It stands first partly by luck: what is to be expected?",
    ),
    Mistake({"best": "common"}, "That is the mean of all clinics: what is expected if τ is 0."),
    Mistake({"best": "best_flat"}, "That is the expected effect under a flat prior."),
    Mistake(
        {"best": "plugged_in"},
        "That is the expected effect at REML's τ alone. Average over the posterior of τ.",
    ),
)

EXERCISE = Exercise(
    "09.8",
    "Your own trials: one number, or all of them",
    Several(reml=Number(1), median=Number(1), best=Number(1)),
    numbers=numbers,
    own_data=own_trials,
    why="the foremost clinic measured {measured:.1f} and may expect {best:.1f}; at REML's τ alone "
    "it would be {plugged_in:.1f}, as if τ were known.",
    mistakes=MISTAKES,
    nudge="Which of the three asks for one point of a curve, which for the whole of it?",
    section="Shrinkage, again",
    formula='known_error_posterior(effect, se, prior_tau=sd_prior("half-normal", 5.0)): summary(), '
    "groups;  REML: tau at log_likelihood.argmax()",
    points=3,
)
