"""11.9 The report."""

import re

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, in_another_unit
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds
from hlm_teach.feedback.reports import about_intervals, about_no_change, about_p, mistake
from hlm_teach.feedback.vocabulary import CLUSTERED, LEFT_OUT
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.influence import influence
from hlm_teach.measures.robust_se import robust_se

from .common import throws_out

EXAMPLE = (
    "Real wages rose by {slope:.2f} a year (95 % CI {low:.2f} to {high:.2f}, cluster-robust). The "
    "robust standard error of the slope was {robust:.3f}, the model's {se:.3f}. Each firm was left "
    "out in turn: the slope moved by at most {shift:.1f} standard errors (firm 119), and the variance "
    "between firms lay between {tau_min:.1f} and {tau_max:.1f}. Linear mixed model with random "
    "intercepts, REML; {rows} rows of {firms} firms."
)


def numbers() -> Numbers:
    """What a report on the checks of wages in firms may quote, rightly or wrongly."""
    fit = fit_lmm("wage ~ t", load_data("employment_uk"), "firm")
    slope, own, found = robust_se(fit).loc["t"], fit.conf_int().loc["t"], influence(fit)
    tau00 = found.without["variance(Intercept)"]
    return {
        "slope": slope["estimate"],
        "low": slope["lower"],
        "high": slope["upper"],
        "robust": slope["robust SE"],
        "se": slope["SE"],
        "shift": found.shifts["t"].abs().max(),
        "tau_min": tau00.min(),
        "tau_max": tau00.max(),
        "rows": fit.nobs,
        "firms": fit.n_groups,
        "model_low": own["lower"],
        "model_high": own["upper"],
        "cook": found.cooks_distance.max(),
    }


_ROBUST = r"robust|sandwich|\bCR[012]\b|cluster"


def quotes_model_interval(given: str, n: Numbers) -> bool:
    """Tell whether the model's interval stands where the robust one is asked for."""
    wrong, right = ("model_low", "model_high"), ("low", "high")
    return all(holds(given, n[name], 2) for name in wrong) and not all(
        holds(given, n[name], 2) for name in right
    )


def exchanges_errors(given: str, n: Numbers) -> bool:
    """Tell whether one of the two standard errors is said to be the other."""
    return ascribes(given, n["se"], 3, _ROBUST, unless="model") or ascribes(
        given, n["robust"], 3, "model", unless=_ROBUST
    )


def says_fell(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bwages? [^.;(]{0,30}\b(fell|declined|decreased|dropped|sank)\b")


def calls_assumptions_met(given: str, n: Numbers) -> bool:
    good = r"(met|satisfied|fulfilled|hold|held|justified|tenable)"
    undenied = r"((?!\bnot\b|n't|\bnever\b|\bno\b)[^.;]){0,40}"
    return asserts(given, rf"\bassumptions?\b{undenied}\b{good}\b")


def mends_variances(given: str, n: Numbers) -> bool:
    """Tell whether a robust standard error is said to mend more than a standard error."""
    mended = r"\b(correct|correct(s|ed)|mend(s|ed)|adjust(s|ed)|robust)\b"
    variance = r"\b(ICC|variance (between|of) firms|between-firm variance)\b"
    return asserts(
        given, rf"{variance} (is|was|are|were) (also |thus |therefore )?{mended}"
    ) or asserts(given, rf"\b(mend(s|ed)?|correct(s|ed)?|adjust(s|ed)?)\b[^.;]{{0,40}}{variance}")


def takes_cook(given: str, n: Numbers) -> bool:
    """Tell whether Cook's distance is quoted as the shift of the slope."""
    return holds(given, n["cook"], 2) and asserts(
        given, rf"\b{n['cook']:.2f}\d? (standard errors?|SEs?)\b"
    )


def shift_in_units(given: str, n: Numbers) -> bool:
    unit = r"(units?|pounds?|points?|a year|per year)\b"
    return asserts(given, rf"\b(by|than|to|most|was) {n['shift']:.1f}\d? {unit}")


def says_random_slopes(given: str, n: Numbers) -> bool:
    """Tell whether the model is said to have random slopes, and not only that one could be fitted."""
    fitted = r"\brandom intercepts? and (random )?slopes?\b|\b(with|had|has) random slopes?\b"
    other = (
        r"\b(no|not|without|would|could|might|may|should|next|another|alternative|instead|whether|if|"
        r"remed\w+)\b|n't\b"
    )
    return any(
        re.search(fitted, one, re.IGNORECASE) and not re.search(other, one, re.IGNORECASE)
        for one in re.split(r"[.;](?=\s|$)", given)
    )


MISTAKES = (
    Mistake(
        EXAMPLE.replace("{low:", "{model_low:").replace("{high:", "{model_high:"),
        "Your interval is the model's, which is narrower. Asked for is the robust one: where does "
        "`robust_se` have its ends?",
        when=quotes_model_interval,
    ),
    Mistake(
        EXAMPLE.replace("{robust:", "{was:").replace("{se:", "{robust:").replace("{was:", "{se:"),
        "Two standard errors have changed places: which is the robust one?",
        when=exchanges_errors,
    ),
    Mistake(
        EXAMPLE.replace("wages rose", "wages fell"),
        "Did wages fall? The slope has a sign.",
        when=says_fell,
    ),
    Mistake(
        EXAMPLE + " The assumptions of the model were met.",
        "Two standard errors that differ so much say the opposite: some variance or dependence "
        "isn't as the model has it.",
        when=calls_assumptions_met,
    ),
    Mistake(
        EXAMPLE + " The robust standard error also corrects the variance between firms.",
        "A robust standard error mends that of a coefficient. Estimates of variances stay as they "
        "were.",
        when=mends_variances,
    ),
    Mistake(
        EXAMPLE + " Firm 119 was therefore excluded.",
        "You throw a firm out for what it does to the result. What could be a reason that has to "
        "do with the firm? Without one, show both.",
        when=lambda given, n: throws_out(given),
    ),
    Mistake(
        EXAMPLE.replace("{shift:.1f} standard errors", "{cook:.2f} standard errors"),
        "You give Cook's distance for the shift of the slope. It is about both fixed effects "
        "together, and squared.",
        when=takes_cook,
    ),
    Mistake(
        EXAMPLE.replace("{shift:.1f} standard errors", "{shift:.1f} a year"),
        "In which unit did the slope move? `shifts` are in standard errors.",
        when=shift_in_units,
    ),
    Mistake(
        EXAMPLE.replace("the variance between", "the standard deviation between"),
        "You call the variance between firms a standard deviation.",
        when=called_sd("tau_min", 1),
    ),
    *about_intervals(EXAMPLE, ("slope", "low", "high")),
    mistake(
        EXAMPLE.replace("{slope:.2f} a year", "{slope:.2f} a month"),
        ANOTHER_UNIT,
        in_another_unit("slope", unit=""),
    ),
    about_no_change(EXAMPLE, "So wages did not rise ({slope:.2f}).", "slope"),
    Mistake(
        EXAMPLE.replace("the variance between firms lay", "the variance within firms lay"),
        "You call the variance between firms one within firms.",
        when=lambda given, n: ascribes(
            given, n["tau_min"], 1, r"\bwithin (the )?firms|residual", unless=r"\bbetween[- ]firm|τ"
        ),
    ),
    Mistake(
        EXAMPLE + " The model overstates the standard error.",
        "Which of the two standard errors is larger? Read again what the model does to it.",
        when=lambda given, n: asserts(
            given,
            r"\bmodel(?:[^.;]|\.\d){0,40}\b(overstat|overestimat)|\brobust[^.;]{0,40}\bsmaller than",
        ),
    ),
    Mistake(
        EXAMPLE.replace("at most {shift", "at least {shift"),
        "Is that the largest of the shifts, or the smallest?",
        when=lambda given, n: asserts(
            given,
            rf"\bat least {n['shift']:.1f}|\b{n['shift']:.1f}\d? (SEs?|standard errors?) at least",
        ),
    ),
    about_p(EXAMPLE),
    mistake(
        EXAMPLE.replace("random intercepts", "random intercepts and slopes"),
        "Do slopes vary in the model that you fitted? Say what was random in it.",
        says_random_slopes,
    ),
)

EXERCISE = Exercise(
    "11.9",
    "The report",
    Sentence(
        (
            Part("the slope of time (two decimals)", number="slope", decimals=2),
            Part("the lower end of its robust interval", number="low", decimals=2),
            Part("the upper end of its robust interval", number="high", decimals=2),
            Part("that this interval is robust", pattern=CLUSTERED),
            Part("the robust standard error (three decimals)", number="robust", decimals=3),
            Part("the model's standard error (three decimals)", number="se", decimals=3),
            Part("that firms were left out in turn", pattern=LEFT_OUT),
            Part("the largest shift of the slope (one decimal)", number="shift", decimals=1),
            Part("which firm moves it most", pattern=r"\b119\b"),
            Part("the smallest variance between firms", number="tau_min", decimals=1),
            Part("the largest variance between firms", number="tau_max", decimals=1),
            Part(
                "how many rows",
                number="rows",
                of="in all|rows|observations|firm-years|measurements|years|N",
            ),
            Part("how many firms", number="firms", of="firms|companies|J"),
            Part("the estimator", pattern=REML),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader sees that the slope is less sure than the model said, that no single firm makes "
    "it, and what became of the variance. Why the errors differ you know from exercise 10.6.",
    mistakes=MISTAKES,
    nudge="Would a reader know what you looked at, what you saw, and whether the conclusion moved?",
    section="How to report it",
    formula='robust_se(fit).loc["t"];  found = influence(fit): found.shifts["t"].abs().max(), '
    'found.without["variance(Intercept)"].min() and .max()',
    points=3,
)
