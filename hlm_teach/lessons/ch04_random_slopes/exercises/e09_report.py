"""04.9 The report."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import other_share
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.labels import (
    another_level,
    before_its_interval,
    called_se,
    loses_its_minus,
    near,
    says_credible,
)
from hlm_teach.feedback.phrases import (
    ANOTHER_UNIT,
    NAMES_A_CAUSE,
    NOT_CREDIBLE,
    SAYS_NO_CHANGE,
    SD_CALLED_SE,
)
from hlm_teach.feedback.reading import REML
from hlm_teach.feedback.reports import about_estimator, about_intervals, mistake
from hlm_teach.feedback.vocabulary import COMPANIES, LOG
from hlm_teach.lmm.fit import fit_lmm

from . import claims_of_report as claims
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
        "minus_high": -of_firms["high_of_mean"],
        "parallel_low": parallel_low,
        "parallel_high": parallel_high,
    }


MISTAKES = (
    mistake(
        "Employment fell in every firm: " + EXAMPLE,
        "The mean slope is clearly below zero; single firms are another matter. "
        "Which part of your own range speaks against 'all'?",
        claims.says_all_firms,
    ),
    mistake(
        EXAMPLE.replace("Slopes differed", "Slopes hardly differed"),
        "You say that slopes are alike. Which part of your own range speaks against it?",
        claims.says_alike,
    ),
    mistake(
        EXAMPLE.replace("changed by", "rose by"),
        "Did employment rise or fall in the mean firm? The slope has a sign.",
        claims.says_rose,
    ),
    mistake(
        EXAMPLE.replace("{slope:", "{minus_slope:"),
        "Your slope has lost its minus: as it stands, it lies outside its interval.",
        loses_its_minus("slope", "low", 3, words=claims.FALLING),
    ),
    mistake(EXAMPLE + " So employment did not change.", SAYS_NO_CHANGE, claims.denies_change),
    mistake(
        EXAMPLE.replace("95 % of firms between", "95 % CI of firms between"),
        "The range of firms is no confidence interval: more firms wouldn't narrow it.",
        claims.calls_the_range_an_interval,
    ),
    mistake(
        EXAMPLE.replace("{from:", "{low:").replace("{to:", "{high:"),
        "The interval of the mean slope stands where the range of firms belongs. "
        "Which number says how much firms differ?",
        claims.takes_interval_for_firms,
    ),
    mistake(
        EXAMPLE.replace("{low:", "{parallel_low:").replace("{high:", "{parallel_high:"),
        "The interval comes from a model with random intercepts alone. It counts "
        "firm-years where slopes of firms should be counted.",
        claims.quotes_intervals_without_slopes,
    ),
    mistake(
        EXAMPLE.replace("Linear", "Random intercepts only: linear"),
        "Slopes vary in the model that is asked for, beside intercepts.",
        claims.leaves_slopes_out,
    ),
    mistake(
        EXAMPLE.replace("(SD", "(variance"),
        "You call a standard deviation a variance.",
        claims.calls_an_sd_a_variance,
    ),
    mistake(EXAMPLE.replace("(SD", "(SE"), SD_CALLED_SE, called_se(("sd", 3), ("sd0", 2))),
    *about_intervals(
        EXAMPLE,
        ("slope", "low", "high"),
        decimals=3,
        turned="minus_high",
        also_outside=before_its_interval(
            "low", "high", ("sd", 3), ("residual", 3), ("rho", 2), decimals=3
        ),
        also_level=another_level,
    ),
    mistake(EXAMPLE.replace("95 % CI", "95 % credible interval"), NOT_CREDIBLE, says_credible),
    mistake(
        EXAMPLE.replace("95 % of firms", "68 % of firms"),
        "Your range reaches 1.96 SDs to either side. Which share of firms lies in it?",
        other_share(f"{COMPANIES}|slopes", "from", "to"),
    ),
    mistake(
        EXAMPLE.replace("95 % of firms", "95 % of observations"),
        "The range is one of slopes: a slope belongs to what, and so 95 % of what lie in it?",
        claims.takes_range_of_others,
    ),
    mistake(
        EXAMPLE + " Intercepts had SD {sd:.3f}.",
        "Two spreads have changed places: of intercepts, slopes and residuals, which is which?",
        claims.exchanges_spreads,
    ),
    mistake(
        EXAMPLE.replace("{sd:", "{tau11:"),
        "The variance of slopes stands where their standard deviation is asked for: "
        "take its root, so that a reader can picture it.",
        claims.gives_variance,
    ),
    mistake(
        EXAMPLE.replace("correlated {rho:.2f} with", "had a covariance of {rho:.2f} with"),
        "You give the correlation of intercepts and slopes another name. Look at its "
        "size and sign.",
        claims.misnames_the_correlation,
    ),
    mistake(
        EXAMPLE.replace("1980", "1984") + " Years were counted from 1980.",
        "Intercepts and their correlation belong to one year, the origin of t. Which is it?",
        claims.at_another_time,
    ),
    mistake(EXAMPLE.replace("a year (", "a month ("), ANOTHER_UNIT, claims.counts_in_other_times),
    mistake(
        EXAMPLE.replace("Log employment", "Log wages, and not log employment,"),
        "Which logarithm was analysed? Here it is that of employment.",
        claims.names_another_outcome,
    ),
    about_estimator(EXAMPLE),
    mistake(EXAMPLE + " It fell due to the recession.", NAMES_A_CAUSE, claims.claims_a_cause),
)

EXERCISE = Exercise(
    "04.9",
    "The report",
    Sentence(
        (
            Part("the mean slope (three decimals)", number="slope", decimals=3),
            Part(
                "which way it goes (a minus, or a word such as fell)",
                pattern=rf"{claims.FALLING}|(?<!\d)(?<!\d )[−–-] ?0?[.,]0[345]",
            ),
            Part("the lower end of its interval, named so (CI)", rule=claims.names_the_interval),
            Part("the upper end of its interval", number="high", decimals=3),
            Part("the SD of slopes (three decimals)", number="sd", decimals=3),
            Part(
                "where the range of 95 % of firms begins (with the word 'firms' or 'slopes' "
                "beside it, and its sign)",
                rule=near(
                    "from", 2, rf"\b({COMPANIES}|slopes?|trends?|them)\b", signed=True, reach=110
                ),
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
            Part("how many firms", number="firms", of=f"{COMPANIES}|groups|clusters|J"),
            Part(
                "how many observations",
                number="rows",
                of=r"(data )?points|observations?|rows|(firm-)?years?|measurements|"
                r"records|times|n_?obs|"
                r"obs|sample size|N",
            ),
            Part("the estimator", pattern=REML),
            Part("what was analysed: the logarithm of employment", pattern=LOG),
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
