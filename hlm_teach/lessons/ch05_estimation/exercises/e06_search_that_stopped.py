"""05.6 Mend a search that stopped."""

from dataclasses import replace

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """The model of bilirubin on time, its slope, and what other searches and models give."""
    data = load_data("pbc")
    data["calendar"], data["month"] = 1980 + data["years"], 12 * data["years"]
    fit, in_days, in_months = (
        fit_lmm(f"log_bili ~ {x}", data, "patient", f"1 + {x}")
        for x in ("calendar", "day", "month")
    )
    parallel = fit_lmm("log_bili ~ calendar", data, "patient")
    return {
        "what": "c",
        "fit": fit,
        "slope": fit.params["calendar"],
        "parallel": parallel,
        "by_ml": fit_lmm("log_bili ~ calendar", data, "patient", "1 + calendar", reml=False),
        "in_days": in_days,
        "in_months": in_months,
        "stopped": replace(fit, llf=fit.llf - 500),
        "slope_of_parallel": parallel.params["calendar"],
        "se": fit.bse["calendar"],
    }


def stands_lower(given: dict, n: Numbers) -> bool:
    """All parts are there, but the log-likelihood is far below the top."""
    fit, best = given["fit"], Fit().read(n["fit"])
    alike = all(fit[name] == best[name] for name in ("reml", "nobs", "n_fixed", "n_random"))
    return alike and fit["llf"] < best["llf"] - 20


MISTAKES = (
    Mistake(
        {"what": "a"},
        "Fixed effects and their standard errors are computed from the variances at "
        "which the search stopped. What are they worth somewhere on the slope?",
    ),
    Mistake(
        {"what": "b"},
        "That silences the warning and answers another question. Do patients worsen "
        "at one rate? The model was to find out.",
    ),
    Mistake(
        {"what": "d"},
        "ML has the same knife edge. It isn't the criterion that makes the search hard.",
    ),
    Mistake(
        {"fit": "parallel"},
        "In your fit the random slope is gone. The warning went with it, and the question, too.",
    ),
    Mistake(
        {"fit": "by_ml"},
        "Your fit is by ML. The colleague's model is REML; change the search alone.",
    ),
    Mistake(
        {"fit": "in_days"},
        "Your fit has time in days. The model is the same, but REML's criterion moves "
        "with the unit: it can't be compared any more. Move the origin, keep the "
        "year.",
    ),
    Mistake(
        {"fit": "in_months"},
        "Your fit has time in months. The model is the same, but REML's criterion "
        "moves with the unit, and so does the slope. Move the origin, keep the year.",
    ),
    Mistake(
        {"fit": "stopped"},
        "All parts are there, but your fit's log-likelihood is far below what can be "
        "reached: it stopped on the way up, or its correlation is held at zero. Where "
        "on the axis would the search be easier?",
        when=stands_lower,
    ),
    Mistake(
        {"slope": "slope_of_parallel"},
        "That slope is the one of a model in which all patients share it, and there "
        "the search had stopped, too. Read it from the mended fit.",
    ),
    Mistake({"slope": "se"}, "As the slope you gave its standard error."),
)

EXERCISE = Exercise(
    "05.6",
    "Mend a search that stopped",
    Several(what=Choice("abcd"), fit=Fit(), slope=Number(2)),
    numbers=numbers,
    why="the slope is {slope:.2f} a year, far steeper than the printed one; nothing "
    "about the model had to change, only where zero is or who searches.",
    mistakes=MISTAKES,
    nudge="How far from the data is the year 0, where the intercept of this model lies?",
    section="Deeper: why the origin of x matters to an optimiser",
    formula="Y = γ₀₀ + γ₁₀(x − c) + u₀ + u₁(x − c) + e is the same model for every c; take c "
    "near the data, or let fit_lmm centre inside",
    points=3,
)
