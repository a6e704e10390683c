"""05.9 The report."""

import numpy as np
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, instead, taken_for_range, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import INTERVALS_ARE_95, PROFILE_IS_OF_ML
from hlm_teach.feedback.reading import REML, ascribes, asserts
from hlm_teach.lmm.fit import fit_lmm

from .common import claims_alike, profiles_reml

EXAMPLE = (
    "The mean log employment of {firms} firms in {sectors} sectors was {mean:.2f} (REML; 95 % CI "
    "{low:.2f} to {high:.2f} with 139 degrees of freedom, {low8:.2f} to {high8:.2f} with 8). The "
    "SD between sectors was estimated as 0 (singular fit; 95 % profile interval 0 to {upper:.2f}), "
    "within sectors {sd:.2f}."
)
BY_SATTERTHWAITE = r"satterthwaite|(?<![\d.])139(?![\d.]*\d)"
BY_SECTORS = r"\bJ ?[-−–] ?1\b|(?<![\d.])8(?![\d.]*\d)|\beight\b"


def numbers() -> Numbers:
    """What a report on the firms of 1979 may quote, and two variances taken for SDs."""
    data = load_data("employment_uk").query("year == 1979")
    fit = fit_lmm("log_emp ~ 1", data, "sector")
    mean, (low, high) = fit.params["Intercept"], fit.conf_int().loc["Intercept"]
    n_sectors = data["sector"].nunique()
    half = stats.t.ppf(0.975, n_sectors - 1) * fit.bse["Intercept"]
    upper = fit.profile_intervals.loc["sd(Intercept)", "upper"]
    return {
        "mean": mean,
        "low": low,
        "high": high,
        "low8": mean - half,
        "high8": mean + half,
        "upper": upper,
        "upper_variance": upper**2,
        "sd": np.sqrt(fit.sigma2),
        "sigma2": fit.sigma2,
        "firms": fit.nobs,
        "sectors": n_sectors,
    }


def claims_difference(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"(significant(ly)?|clearly) (differ|vari|vary)|differ(s|ed)? (significantly|clearly)",
    )


def swaps_intervals(given: str, n: Numbers) -> bool:
    return ascribes(given, n["low8"], 2, BY_SATTERTHWAITE, unless=BY_SECTORS) or ascribes(
        given, n["low"], 2, BY_SECTORS, unless=BY_SATTERTHWAITE
    )


def swaps_spreads(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["sd"], 2, "between (the )?sectors|between-sector", unless="within|residual"
    )


def claims_failure(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bfail|(not|n't|non)[- ]?converge")


MISTAKES = (
    Mistake(
        EXAMPLE + " Sectors do not differ.",
        "An estimate of zero from nine sectors is no proof that they are alike. What "
        "else is compatible with the data?",
        when=lambda given, n: claims_alike(given),
    ),
    Mistake(EXAMPLE.replace("95 %", "90 %"), INTERVALS_ARE_95, when=wrong_level),
    Mistake(
        EXAMPLE + " Sectors differ significantly.",
        "The estimate of their variance is zero. Which of your numbers would show a difference?",
        when=claims_difference,
    ),
    Mistake(
        EXAMPLE + " With 8 degrees of freedom the mean has a 95 % CI from {low:.2f} on.",
        "The two intervals of the mean have changed places. Which number of degrees of "
        "freedom makes an interval wider?",
        when=swaps_intervals,
    ),
    Mistake(
        EXAMPLE + " Between sectors the SD is {sd:.2f}.",
        "The spread of firms within sectors stands as the one between sectors.",
        when=swaps_spreads,
    ),
    Mistake(
        EXAMPLE + " The variance between sectors is at most {upper:.2f}.",
        "The interval that you quote is one of a standard deviation, and you call it a variance.",
        when=called_variance("upper", 2),
    ),
    Mistake(
        EXAMPLE + " The variance within sectors is {sd:.2f}.",
        "You call the standard deviation within sectors a variance.",
        when=called_variance("sd", 2),
    ),
    Mistake(
        EXAMPLE.replace("employment of", "employment (in millions) of"),
        "Employment is counted in thousands here, and a logarithm depends on it.",
        when=lambda given, n: asserts(given, r"\bmillions?\b"),
    ),
    Mistake(
        EXAMPLE + " The model failed.",
        "The search did reach the top; it lies on the edge. A singular fit is an "
        "estimate, not a failure.",
        when=claims_failure,
    ),
    Mistake(
        EXAMPLE.replace("95 % CI", "95 % of firms lie in"),
        "That interval is about the mean. Firms spread by the SD within sectors, and far more.",
        when=taken_for_range("firms|sectors", "low", "high", "low8", "high8"),
    ),
    Mistake(
        EXAMPLE.replace("profile interval", "profile interval by REML"),
        PROFILE_IS_OF_ML,
        when=lambda given, n: profiles_reml(given),
    ),
    Mistake(
        EXAMPLE.replace("{upper:", "{upper_variance:"),
        "The upper end is one of the variance. Give it as a standard deviation, as the "
        "rest of the sentence.",
        when=instead("upper_variance", "upper"),
    ),
    Mistake(
        EXAMPLE.replace("{sd:", "{sigma2:"),
        "For the spread within sectors a variance stands where the standard deviation "
        "is asked for.",
        when=instead("sigma2", "sd"),
    ),
)

EXERCISE = Exercise(
    "05.9",
    "The report",
    Sentence(
        (
            Part("the mean, with two decimals", number="mean", decimals=2),
            Part("the lower end of its interval by Satterthwaite", number="low", decimals=2),
            Part("the upper end of its interval by Satterthwaite", number="high", decimals=2),
            Part("the lower end with J − 1 degrees of freedom", number="low8", decimals=2),
            Part("the upper end with J − 1 degrees of freedom", number="high8", decimals=2),
            Part(
                "that the variation between sectors is estimated as zero",
                pattern=r"zero(?! to)|(?<![\d.])0(?:\.0+)?(?![\d.,]*\d)(?!\s?(?:to|and|[-–−])\s?\d)",
            ),
            Part("whose degrees of freedom the first interval has", pattern=BY_SATTERTHWAITE),
            Part("which degrees of freedom the second one has", pattern=BY_SECTORS),
            Part(
                "that the fit is singular, at the boundary",
                pattern=r"singular|boundary|edge|at (the|its) (lower )?limit",
            ),
            Part(
                "the upper end of the interval of the SD between sectors",
                number="upper",
                decimals=2,
            ),
            Part("which kind of interval that is", pattern=r"profile|likelihood"),
            Part("the SD within sectors (two decimals)", number="sd", decimals=2),
            Part("how many firms", number="firms", of="firms|N"),
            Part("how many sectors", number="sectors", of="sectors|industries|J"),
            Part("the estimator", pattern=REML),
            Part("what was analysed: the logarithm of employment", pattern=r"\blog|logarithm"),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader sees that zero is the estimate, what else is compatible, and what the degrees "
    "of freedom alone change.",
    mistakes=MISTAKES,
    nudge="Would a reader know what the zero means, and what it doesn't?",
    section="How to report it",
    formula="estimator, N and J, mean with an interval from each number of degrees of freedom, "
    "SD between = 0 (singular) with its profile interval, SD within",
    points=3,
)
