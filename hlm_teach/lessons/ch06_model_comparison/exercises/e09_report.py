"""06.9 The report."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, instead, p_above_one, taken_for_range
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.labels import (
    another_level,
    before_its_interval,
    loses_its_minus,
    says_credible,
)
from hlm_teach.feedback.phrases import (
    D_IS_NEGATIVE,
    MIXTURE_TOO_HIGH,
    NOT_CREDIBLE,
    OTHER_WAY,
    SAYS_NO_CHANGE,
    SD_CALLED_SE,
    TURNED_ROUND,
)
from hlm_teach.feedback.reading import FELL, MINUS, REML
from hlm_teach.feedback.reports import about_intervals, mistake
from hlm_teach.feedback.vocabulary import LOG
from hlm_teach.lmm.fit import fit_lmm

from . import claims_of_report as claims
from .common import MIXTURE, ML, gain, tail

EXAMPLE = (
    "In {patients:,} patients of {hospitals} hospitals those who died differed in log length of "
    "stay by {estimate:.2f} (95 % CI {low:.2f} to {high:.2f}; REML); the difference varied between "
    "hospitals with variance {tau11:.3f} (D = {D:.2f}, ML, 2 parameters, p = {p:.4f} from the "
    "mixture of χ² with 1 and 2 df)."
)


def numbers() -> Numbers:
    """Length of stay of those who died and the others: does the difference vary?"""
    one, ml, reml = (
        fit_lmm("log_los ~ died", load_data("medpar"), "hospital", random, reml=r)
        for random, r in (("1", False), ("1 + died", False), ("1 + died", True))
    )
    d, (low, high) = gain(one, ml), reml.conf_int().loc["died"]
    return {
        "D": d,
        "p": tail(d, 1, 2),
        "naive": tail(d, 2),
        "half_D": d / 2,
        "estimate": reml.params["died"],
        "minus_estimate": -reml.params["died"],
        "low": low,
        "high": high,
        "minus_high": -high,
        "tau11": reml.vcomp.iloc[1],
        "sd": np.sqrt(reml.vcomp.iloc[1]),
        "patients": reml.nobs,
        "hospitals": reml.n_groups,
    }


MISTAKES = (
    mistake(
        EXAMPLE.replace("{p:", "{naive:"),
        "The p is that of χ² with 2 df. A variance lies at the edge: which two "
        "distributions are averaged?",
        instead("naive", "p", 3),
    ),
    mistake(
        EXAMPLE.replace("{D:", "{half_D:"),
        "The D in this sentence is the bare difference of the log-likelihoods.",
        instead("half_D", "D", 1),
    ),
    mistake(
        EXAMPLE.replace("{tau11:", "{sd:"),
        "A standard deviation stands where the variance is asked for. Either would do "
        "in a paper that names it.",
        instead("sd", "tau11", 3),
    ),
    mistake(
        EXAMPLE + " So death shortens the stay.",
        "Who dies differs from who doesn't in much besides. Describe the difference; "
        "these data don't say what brings it about.",
        claims.claims_cause,
    ),
    mistake(
        EXAMPLE + " Those who died stayed longer.",
        "Look at the sign of the coefficient: who stayed longer?",
        claims.claims_longer,
    ),
    mistake(
        EXAMPLE.replace("1 and 2 df", "0 and 1 df"),
        "You name the mixture of one variance alone. The difference brought a covariance along.",
        claims.mixes_for_one_variance,
    ),
    mistake(EXAMPLE.replace("1 and 2 df", "2 and 3 df"), MIXTURE_TOO_HIGH, claims.mixes_too_high),
    mistake(
        EXAMPLE.replace("2 parameters", "one parameter"),
        "How many parameters are new? Which entry of G stands there besides the variance?",
        claims.other_df,
    ),
    mistake(
        EXAMPLE.replace("the mixture of χ² with 1 and 2 df", "half of χ² with 2 df"),
        "Half of one tail is right for a variance alone. With a covariance two tails are averaged.",
        claims.halves_one_tail,
    ),
    mistake(
        EXAMPLE.replace("D = {D:", "D = {p:").replace("p = {p:", "p = {D:"),
        "A p above 1? Which number is which?",
        lambda given, n: p_above_one(given),
    ),
    mistake(
        EXAMPLE + " The residual variance is {tau11:.3f}.",
        "Whose variance is that? The one of the difference has another name here.",
        claims.calls_it_another_variance,
    ),
    mistake(
        EXAMPLE.replace("{tau11:", "{D:").replace("D = {D:", "D = {tau11:"),
        "D is called a variance here. Which number is which?",
        claims.calls_d_a_variance,
    ),
    mistake(
        "Both models by REML: D = {D:.2f}. Estimate by ML {estimate:.2f}.",
        "ML and REML have changed places: which of them is for the test here, which for "
        "the estimates?",
        claims.exchanges_criteria,
    ),
    *about_intervals(
        EXAMPLE,
        ("estimate", "low", "high"),
        turned="minus_high",
        also_outside=before_its_interval("low", "high", ("tau11", 3), ("D", 1)),
        also_level=another_level,
    ),
    mistake(EXAMPLE.replace("95 % CI", "95 % credible interval"), NOT_CREDIBLE, says_credible),
    mistake(
        EXAMPLE.replace("those who died", "those who survived"),
        TURNED_ROUND,
        claims.turns_groups_round,
    ),
    mistake(
        EXAMPLE.replace("{estimate:", "{minus_estimate:"),
        OTHER_WAY,
        loses_its_minus("estimate", "low", words=f"{FELL}|surviv"),
    ),
    mistake(
        EXAMPLE + " They stayed 50 % shorter.",
        "A difference of logarithms is neither a share nor days: exp of it says how "
        "many times as long the stay was.",
        claims.half_of_it,
    ),
    mistake(
        EXAMPLE + " In 95 % of hospitals it lies between {low:.2f} and {high:.2f}.",
        "That interval is for the mean difference. How far single hospitals lie around "
        "it is said by the variance.",
        taken_for_range("hospitals", "low"),
    ),
    mistake(
        EXAMPLE + " The probability that the difference does not vary is small.",
        "p isn't the probability of a hypothesis. It says how often a D as large would "
        "come up if the difference didn't vary.",
        claims.gives_a_hypothesis_a_probability,
    ),
    mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        "You call the variance of the difference a standard deviation.",
        called_sd("tau11", 3),
    ),
    mistake(
        EXAMPLE + " The difference does not vary.",
        "You deny that the difference varies, and your p says that a constant one fits worse.",
        claims.denies_variation,
    ),
    mistake(
        EXAMPLE + " That holds in every hospital.",
        "A mean isn't true of every hospital. How far do hospitals spread around it, "
        "by the variance that you quote?",
        claims.says_every_hospital,
    ),
    mistake(
        EXAMPLE + " The mean difference did not differ from zero.",
        SAYS_NO_CHANGE,
        claims.denies_difference,
    ),
    mistake(
        EXAMPLE.replace("with variance", "with standard error"), SD_CALLED_SE, claims.calls_it_an_se
    ),
    mistake(
        EXAMPLE.replace("varied between hospitals", "varied between patients"),
        "Between what does the difference vary? Patients died or didn't; most hospitals have both.",
        claims.names_another_level,
    ),
    mistake(EXAMPLE.replace("D = {D:", "D = -{D:"), D_IS_NEGATIVE, claims.has_a_negative_d),
    mistake(
        EXAMPLE.replace("p = {p:", "p > {p:"),
        "A p is as large as it is: p = …, and not above that.",
        claims.bounds_p_from_below,
    ),
    mistake(
        EXAMPLE.replace("log length of stay", "log costs"),
        "Which logarithm was analysed? Here it is that of the stay.",
        claims.names_another_outcome,
    ),
    mistake(
        EXAMPLE.replace("{tau11:.3f} (", "{tau11:.3f}. Intercepts varied ("),
        "What does D test here? Intercepts vary in both models.",
        claims.tests_intercepts,
    ),
)

EXERCISE = Exercise(
    "06.9",
    "The report",
    Sentence(
        (
            Part("D, with one decimal or more", number="D", decimals=1),
            Part(
                "how many parameters D tests (df)",
                pattern=(
                    r"(?<!and )\b(2|two)\b[^.;\d]{0,25}(param|df\b|d\.f|degrees)|"
                    r"(?<!and )d\.?f\.?\s*[=:]?\s*2|"
                    r"\b(D|LR|LRT)\s?\(2\)"
                ),
            ),
            Part("p, by the right null distribution, three decimals", number="p", decimals=3),
            Part("which null distribution", pattern=MIXTURE),
            Part("the mean difference, two decimals", number="estimate", decimals=2),
            Part(
                "which way round it is (a minus, or a word)",
                pattern=rf"short|\bless\b|lower|below|smaller|earlier|reduction|"
                rf"minus \.?\d|negative|"
                rf"surviv|{MINUS}",
            ),
            Part("one end of its interval", number="low", decimals=2),
            Part("the other end of its interval", number="high", decimals=2),
            Part("the level of that interval (95 %)", pattern=r"\b95\b|ninety[- ]five"),
            Part("the variance of the difference, three decimals", number="tau11", decimals=3),
            Part(
                "how many patients",
                number="patients",
                of=r"(in)?patients?|stays|cases|records|admissions|people|persons|observations|N",
            ),
            Part("how many hospitals", number="hospitals", of="hospitals?|clinics|groups|J"),
            Part("the estimator of the test, ML", pattern=ML),
            Part("the estimator of the estimates, REML", pattern=REML),
            Part("the scale: the logarithm of the stay", pattern=LOG),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="whoever reads it can redo your test and see how large the variation is.",
    mistakes=MISTAKES,
    nudge="Could a reader redo the test from your sentence, null distribution included?",
    section="How to report it",
    formula="N and J; D, df, null distribution, p (ML); estimate with 95 % CI and τ₁₁ (REML)",
    points=3,
)
