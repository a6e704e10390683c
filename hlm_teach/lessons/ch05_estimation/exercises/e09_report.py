"""05.9 The report."""

import numpy as np
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, instead, taken_for_range
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.labels import another_level, says_credible
from hlm_teach.feedback.phrases import (
    INTERVALS_ARE_95,
    NOT_BY_REML,
    NOT_CREDIBLE,
    OUTSIDE_ITS_INTERVAL,
    PROFILE_IS_OF_ML,
    SD_CALLED_SE,
)
from hlm_teach.feedback.reading import REML
from hlm_teach.feedback.reports import exchanged, mistake
from hlm_teach.feedback.vocabulary import COMPANIES, LOG
from hlm_teach.lmm.fit import fit_lmm

from . import claims_of_report as claims
from .claims_of_report import BY_SATTERTHWAITE, BY_SECTORS, PROFILE
from .common import claims_alike, profiles_reml

EXAMPLE = (
    "The mean log employment (in thousands) of {firms} firms in {sectors} sectors was {mean:.2f} "
    "(REML; 95 % CI {low:.2f} to {high:.2f} with 139 degrees of freedom, {low8:.2f} to {high8:.2f} with 8). The "
    "SD between sectors was estimated as 0 (singular fit; 95 % profile interval 0 to {upper:.2f}), "
    "within sectors {sd:.2f}."
)


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


MISTAKES = (
    mistake(
        EXAMPLE + " Sectors do not differ.",
        "An estimate of zero from nine sectors is no proof that they are alike. What "
        "else is compatible with the data?",
        lambda given, n: claims_alike(given),
    ),
    mistake(EXAMPLE.replace("95 %", "90 %"), INTERVALS_ARE_95, another_level),
    mistake(
        EXAMPLE + " Sectors differ significantly.",
        "The estimate of their variance is zero. Which of your numbers would show a difference?",
        claims.claims_difference,
    ),
    mistake(
        exchanged(exchanged(EXAMPLE, "low", "low8"), "high", "high8"),
        "The two intervals of the mean have changed places. Which number of degrees of "
        "freedom makes an interval wider?",
        claims.swaps_intervals,
    ),
    mistake(
        EXAMPLE + " Between sectors the SD is {sd:.2f}.",
        "The spread of firms within sectors stands as the one between sectors.",
        claims.swaps_spreads,
    ),
    mistake(
        EXAMPLE + " The variance between sectors is at most {upper:.2f}.",
        "The interval that you quote is one of a standard deviation, and you call it a variance.",
        claims.takes_upper_for_variance,
    ),
    mistake(
        EXAMPLE + " The variance within sectors is {sd:.2f}.",
        "You call the standard deviation within sectors a variance.",
        called_variance("sd", 2),
    ),
    mistake(
        EXAMPLE.replace("in thousands", "in millions"),
        "Employment is counted in thousands here, and a logarithm depends on it.",
        claims.counts_otherwise,
    ),
    mistake(
        EXAMPLE + " The model failed.",
        "The search did reach the top; it lies on the edge. A singular fit is an "
        "estimate, not a failure.",
        claims.claims_failure,
    ),
    mistake(
        EXAMPLE.replace("95 % CI", "95 % of firms lie in"),
        "That interval is about the mean. Firms spread by the SD within sectors, and far more.",
        taken_for_range("firms|sectors", "low", "high", "low8", "high8"),
    ),
    mistake(
        EXAMPLE.replace("profile interval", "profile interval by REML"),
        PROFILE_IS_OF_ML,
        lambda given, n: profiles_reml(given),
    ),
    mistake(
        EXAMPLE.replace("{upper:", "{upper_variance:"),
        "The upper end is one of the variance. Give it as a standard deviation, as the "
        "rest of the sentence.",
        instead("upper_variance", "upper"),
    ),
    mistake(
        EXAMPLE.replace("{sd:", "{sigma2:"),
        "For the spread within sectors a variance stands where the standard deviation "
        "is asked for.",
        instead("sigma2", "sd"),
    ),
    mistake(
        EXAMPLE.replace("singular fit;", "not a singular fit;"),
        "An estimate of zero lies at the boundary: such a fit is called singular.",
        claims.denies_the_boundary,
    ),
    mistake(
        EXAMPLE.replace("with 8)", "with J − 1 = 9)"),
        "Satterthwaite's degrees of freedom are 139 here, and J − 1 is 8. Which is which?",
        claims.gives_other_df,
    ),
    mistake(
        EXAMPLE.replace("was {mean:.2f} (", "was {high:.2f} (").replace("to {high:", "to {mean:"),
        OUTSIDE_ITS_INTERVAL,
        claims.puts_mean_outside,
    ),
    mistake(
        EXAMPLE.replace("was {mean:", "had an SD of {mean:"),
        "The mean bears another name in your report. What was estimated, and in which unit?",
        claims.misnames_the_mean,
    ),
    mistake(EXAMPLE.replace("95 % CI", "95 % credible interval"), NOT_CREDIBLE, says_credible),
    mistake(
        EXAMPLE.replace("interval 0 to", "interval -{upper:.2f} to"),
        "A standard deviation isn't below zero, nor is its profile interval.",
        claims.goes_below_zero,
    ),
    mistake(EXAMPLE.replace("SD", "SE"), SD_CALLED_SE, claims.calls_an_sd_an_se),
    mistake(
        EXAMPLE.replace("within sectors {sd", "within firms {sd"),
        "Firms lie within sectors, and each has one row: which SD is between what, or within what?",
        claims.names_another_level,
    ),
    mistake(
        EXAMPLE.replace("log employment", "log wages, and not log employment,"),
        "Which logarithm was analysed? Here it is that of employment.",
        claims.names_another_outcome,
    ),
    mistake(EXAMPLE.replace("REML", "ML rather than REML"), NOT_BY_REML, claims.denies_reml),
    mistake(
        EXAMPLE.replace("was estimated as 0", "was estimated as {upper:.2f}"),
        "The SD between sectors is estimated as zero. Its interval ends at the number "
        "that you give.",
        claims.takes_upper_for_estimate,
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
                pattern=r"zero(?! to)|(?<![\d.])\.0+\b(?! to)|"
                r"(?<![\d.])0(?:\.0+)?(?![\d.,]*\d)(?!\s?(?:to|and|[-–−])\s?\.?\d|[,;] ?0?\.\d)",
            ),
            Part("whose degrees of freedom the first interval has", pattern=BY_SATTERTHWAITE),
            Part("which degrees of freedom the second one has", pattern=BY_SECTORS),
            Part(
                "that the fit is singular, at the boundary",
                pattern=r"singu?l|bound\w*r[iy]|\bedge|at (the|its) (lower |left )?(limit|"
                r"bound|end)\b",
            ),
            Part(
                "the upper end of the interval of the SD between sectors",
                number="upper",
                decimals=2,
            ),
            Part("which kind of interval that is", pattern=PROFILE),
            Part("the SD within sectors (two decimals)", number="sd", decimals=2),
            Part("the level of the intervals (95 %)", pattern=r"\b95\b|ninety[- ]five"),
            Part("how many firms", number="firms", of=f"{COMPANIES}|N"),
            Part("how many sectors", number="sectors", of="sectors?|industries|branches|groups|J"),
            Part("the estimator", pattern=REML),
            Part("what was analysed: the logarithm of employment", pattern=LOG),
            Part("in which unit employment is counted", pattern=r"thousand|1[,. ]?000"),
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
