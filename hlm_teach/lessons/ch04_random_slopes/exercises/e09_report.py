"""04.9 The report."""

import re

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, lies_outside, other_share, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import INTERVALS_ARE_95, OUTSIDE_ITS_INTERVAL
from hlm_teach.feedback.reading import FELL, REML, ascribes, asserts, holds, numbers_in
from hlm_teach.lmm.fit import fit_lmm

from .common import ranges, rho_at, tau11

EXAMPLE = (
    "Log employment changed by {slope:.3f} a year (95 % CI {low:.3f} to {high:.3f}). Slopes "
    "differed between firms (SD {sd:.3f}; 95 % of firms between {from:.3f} and {to:.3f}). In 1980 "
    "intercepts had SD {sd0:.2f} and correlated {rho:.2f} with slopes; residual SD {residual:.3f}. "
    "Linear mixed model, REML, {rows:,} firm-years of {firms} firms."
)


def numbers() -> Numbers:
    """What a report on employment may quote, and the interval of random intercepts alone."""
    data = load_data("employment_uk")
    fit, parallel = (fit_lmm("log_emp ~ t", data, "firm", random) for random in ("1 + t", "1"))
    of_firms, (parallel_low, parallel_high) = ranges(fit), parallel.conf_int().loc["t"]
    return {
        "slope": fit.params["t"],
        "low": of_firms["low_of_mean"],
        "high": of_firms["high_of_mean"],
        "sd": np.sqrt(tau11(fit)),
        "from": of_firms["low"],
        "to": of_firms["high"],
        "sd0": np.sqrt(np.asarray(fit.cov_re)[0, 0]),
        "rho": rho_at(fit.cov_re, 0),
        "residual": np.sqrt(fit.sigma2),
        "firms": fit.n_groups,
        "rows": fit.nobs,
        "tau11": tau11(fit),
        "minus_slope": -fit.params["t"],
        "parallel_low": parallel_low,
        "parallel_high": parallel_high,
    }


def takes_interval_for_firms(given: str, n: Numbers) -> bool:
    said = re.search(
        r"95\s?(%|per ?cent) of (all |the |these |british |uk )*(firms|slopes)", given, re.I
    )
    right = holds(given, n["from"], 2) and holds(given, n["to"], 2)
    return said is not None and not right


def quotes_intervals_without_slopes(given: str, n: Numbers) -> bool:
    return (
        holds(given, n["parallel_low"], 3)
        and holds(given, n["parallel_high"], 3)
        and not (holds(given, n["low"], 3) and holds(given, n["high"], 3))
    )


def gives_variance(given: str, n: Numbers) -> bool:
    return holds(given, n["tau11"], 3) and not holds(given, n["sd"], 3)


def says_all_firms(given: str, n: Numbers) -> bool:
    shrinking = r"(shrank|shrunk|fell|lost|cut|declined|decreased|reduced)"
    firms = r"\b(all|every|each)( of the| of these| the)? firms?\b"
    rising = r"\bno firms? (grew|rose|increased)"
    return asserts(given, rf"{firms} {shrinking}|{shrinking} in {firms}|{rising}")


def says_rose(given: str, n: Numbers) -> bool:
    """Tell whether the mean slope is said to go up."""
    return ascribes(
        given,
        n["slope"],
        3,
        r"\brose\b|\bgrew\b|\bincreas",
        unless=r"\b(some|many|few|fifth|while|faster)\b|\bfell|shr[aiu]nk|declin|decreas",
    )


def calls_an_sd_a_variance(given: str, n: Numbers) -> bool:
    return any(
        called_variance(name, decimals)(given, n)
        for name, decimals in (("sd", 3), ("sd0", 2), ("residual", 3))
    )


def lost_its_minus(given: str, n: Numbers) -> bool:
    """Tell whether only the interval has a minus: the slope has none, nor a word such as fell."""
    slopes = [
        one.value for one in numbers_in(given) if abs(abs(one.value) - abs(n["slope"])) < 0.0006
    ]
    return (
        bool(slopes)
        and min(slopes) > 0
        and holds(given, n["low"], 3, signed=True)
        and not re.search(rf"{FELL}|\blower", given, re.IGNORECASE)
    )


def calls_the_range_an_interval(given: str, n: Numbers) -> bool:
    return asserts(given, r"(CI|confidence interval)s? (of|for) (the |95 % of )?firms")


def exchanges_spreads(given: str, n: Numbers) -> bool:
    """Tell whether the SD of slopes is said to be another one, or another one that of slopes."""
    return (
        ascribes(given, n["sd"], 3, "intercept|residual", unless="slope")
        or ascribes(given, n["sd0"], 2, r"\bslope", unless="intercept")
        or ascribes(given, n["residual"], 3, r"\bslope", unless="residual|within")
    )


MISTAKES = (
    Mistake(
        "Employment fell in every firm: " + EXAMPLE,
        "The mean slope is clearly below zero; single firms are another matter. "
        "Which part of your own range speaks against 'all'?",
        when=says_all_firms,
    ),
    Mistake(
        EXAMPLE.replace("changed by", "rose by"),
        "Did employment rise or fall in the mean firm? The slope has a sign.",
        when=says_rose,
    ),
    Mistake(
        EXAMPLE.replace("{slope:", "{minus_slope:"),
        "Your slope has lost its minus: as it stands, it lies outside its interval.",
        when=lost_its_minus,
    ),
    Mistake(
        EXAMPLE.replace("95 % of firms between", "95 % CI of firms between"),
        "The range of firms is no confidence interval: more firms wouldn't narrow it.",
        when=calls_the_range_an_interval,
    ),
    Mistake(
        EXAMPLE.replace("{from:", "{low:").replace("{to:", "{high:"),
        "The interval of the mean slope stands where the range of firms belongs. "
        "Which number says how much firms differ?",
        when=takes_interval_for_firms,
    ),
    Mistake(
        EXAMPLE.replace("{low:", "{parallel_low:").replace("{high:", "{parallel_high:"),
        "The interval comes from a model with random intercepts alone. It counts "
        "firm-years where slopes of firms should be counted.",
        when=quotes_intervals_without_slopes,
    ),
    Mistake(
        EXAMPLE.replace("(SD", "(variance"),
        "You call a standard deviation a variance.",
        when=calls_an_sd_a_variance,
    ),
    Mistake(
        EXAMPLE.replace("{high:", "{slope:").replace("by {slope:", "by {high:"),
        OUTSIDE_ITS_INTERVAL,
        when=lies_outside("slope", "low", "high", decimals=3),
    ),
    Mistake(EXAMPLE.replace("95 % CI", "90 % CI"), INTERVALS_ARE_95, when=wrong_level),
    Mistake(
        EXAMPLE.replace("95 % of firms", "68 % of firms"),
        "Your range reaches 1.96 SDs to either side. Which share of firms lies in it?",
        when=other_share("firms", "from", "to"),
    ),
    Mistake(
        EXAMPLE + " Intercepts had SD {sd:.3f}.",
        "Two spreads have changed places: of intercepts, slopes and residuals, which is which?",
        when=exchanges_spreads,
    ),
    Mistake(
        EXAMPLE.replace("{sd:", "{tau11:"),
        "The variance of slopes stands where their standard deviation is asked for: "
        "take its root, so that a reader can picture it.",
        when=gives_variance,
    ),
)

EXERCISE = Exercise(
    "04.9",
    "The report",
    Sentence(
        (
            Part("the mean slope (three decimals)", number="slope", decimals=3),
            Part(
                "which way it goes (a minus, or a word such as fell)",
                pattern=rf"{FELL}|[−-] ?0?\.0",
            ),
            Part(
                "the lower end of its interval, named so (CI)",
                number="low",
                decimals=3,
                beside=r"\bCI\b|confidence|interval",
            ),
            Part("the upper end of its interval", number="high", decimals=3),
            Part("the SD of slopes (three decimals)", number="sd", decimals=3),
            Part(
                "where the range of 95 % of firms begins (with the word 'firms' or 'slopes' "
                "beside it, and its sign)",
                number="from",
                decimals=2,
                beside="firms|slopes|them",
                signed=True,
            ),
            Part("where it ends", number="to", decimals=2, signed=True),
            Part("the SD of intercepts (two decimals)", number="sd0", decimals=2),
            Part(
                "their correlation with slopes (two decimals, by its sign)",
                number="rho",
                decimals=2,
                signed=True,
            ),
            Part("the year at which both hold", pattern=r"\b1980\b"),
            Part("the residual SD (three decimals)", number="residual", decimals=3),
            Part("how many firms", number="firms", of="firms|J"),
            Part(
                "how many observations",
                number="rows",
                of="observations|rows|firm-years|years|measurements|N",
            ),
            Part("the estimator", pattern=REML),
            Part("what was analysed: the logarithm of employment", pattern=r"\blog|logarithm"),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader of yours can tell the average firm from the range of firms, and knows in "
    "which year your correlation holds.",
    mistakes=MISTAKES,
    nudge="Would a reader know the average, the range of firms, the year, and how many?",
    section="How to report it",
    formula="γ₁₀ with interval; √τ₁₁ and γ₁₀ ± 1.96·√τ₁₁; √τ₀₀ and ρ₀₁ with their origin; σ; "
    "N and J; estimator",
    points=3,
)
