"""06.9 The report."""

import re

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import (
    called_sd,
    instead,
    lies_outside,
    loses_a_sign,
    p_above_one,
    taken_for_range,
    wrong_level,
)
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import (
    CONF_INT_IS_95,
    LOST_MINUS,
    MIXTURE_TOO_HIGH,
    OUTSIDE_ITS_INTERVAL,
)
from hlm_teach.feedback.reading import MINUS, REML, SD, VARIANCE, ascribes, asserts, holds
from hlm_teach.lmm.fit import fit_lmm

from .common import MIXTURE, ML, gain, tail, takes_one_variance

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
        "low": low,
        "high": high,
        "minus_high": -high,
        "tau11": reml.vcomp.iloc[1],
        "sd": np.sqrt(reml.vcomp.iloc[1]),
        "patients": reml.nobs,
        "hospitals": reml.n_groups,
    }


def claims_cause(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bcause[sd]?\b|(?<!random )(?<!fixed )effect of|leads? to (a )?(short|long)|shortens|"
        r"\b(lowers|reduces) (the |their )?(stay|length|log)|because (they|of (death|dying))",
    )


def claims_longer(given: str, n: Numbers) -> bool:
    """Tell whether those who died are said to have stayed longer."""
    return (
        asserts(given, r"\bdied\b[^.;,]*\b(longer|higher|more)\b")
        and not re.search(
            r"surviv|\b(than|of|with|unlike) (those|patients) who died", given, re.IGNORECASE
        )
    ) or asserts(given, r"\bsurviv((?!\bdied|\bdead|\bdeath)[^.;,])*\b(shorter|lower|less)\b")


def denies_variation(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"(do|does|did)( not|n't) (vary|differ|(significantly )?(improve|fit))|"
        r"no evidence|\bconstant (one|difference)[^.;]*\b(fitted better|suffices)|"
        r"simpler model|constant across|"
        r"var(y|ies)\b[^.;]*fitted (no better|worse) than|\b(hardly|barely|scarcely) (var|differ)|"
        r"\b(not|in|non-?)\s?significant|(the|a) (same|constant) difference "
        r"(in|across|for) (all|every|each)|hospitals (are|were) (all )?(alike|the same)",
    )


def exchanges_criteria(given: str, n: Numbers) -> bool:
    """Tell whether a sentence has D and only REML, or another the mean difference and only ML."""

    def only(criterion: str, other: str, sentence: str) -> bool:
        return (
            re.search(criterion, sentence, re.IGNORECASE) is not None
            and re.search(other, sentence, re.IGNORECASE) is None
        )

    for sentence in re.split(r"(?<=[.;])\s", given):
        test, mean = holds(sentence, n["D"], 1), holds(sentence, n["estimate"], 2)
        if test != mean and (only(REML, ML, sentence) if test else only(ML, REML, sentence)):
            return True
    return False


def other_df(given: str, n: Numbers) -> bool:
    """Tell whether D is said to test one parameter, or three."""
    counted = asserts(
        given,
        r"\b(1|one|3|three) (more |new |extra |additional )?parameter|\bD ?\([13]\)|"
        r"\bdf ?= ?[13]\b(?! (and|or))",
    )
    return (
        counted
        or any(  # a df that isn't one of the mixture's
            not re.search(
                r"χ|chi|mixture|\b(and|of) $|[½+]",
                given[max(0, match.start() - 25) : match.start()],
            )
            for match in re.finditer(r"\b(1|one|3|three)[- ](df|d\.f|degree)", given)
        )
    )


def half_of_one_tail(text: str) -> bool:
    one_half = r"\bhalf (of )?(the |that )?((p|tail)[\w-]* )?(of |from )?(the )?(naive|χ|chi)"
    return (
        len(re.findall(r"\bhalf|½", text)) < 2
        and asserts(text, one_half)
        and not (asserts(text, r"\band (the )?(other )?half|mixture|average|mean of|½|\+"))
    )


def calls_d_a_variance(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["D"], 1, f"{VARIANCE}|τ", unless=rf"\bD\b|χ|chi|statistic|likelihood|{SD}"
    )


def half_of_it(given: str, n: Numbers) -> bool:
    """Tell whether the difference of logarithms is read as a share or as days: 0.50 as 50 %."""
    return asserts(
        given,
        r"\b0?[.]50?\s?days?\b|\b50\s?(%|per ?cent) (shorter|less|lower|reduc|decreas)|"
        r"(i\.e\.|that is|or|by),? (about |some )?50\s?(%|per ?cent)(?! [^.;,]{0,20}(χ|chi))",
    )


MISTAKES = (
    Mistake(
        EXAMPLE.replace("{p:", "{naive:"),
        "The p is that of χ² with 2 df. A variance lies at the edge: which two "
        "distributions are averaged?",
        when=instead("naive", "p", 3),
    ),
    Mistake(
        EXAMPLE.replace("{D:", "{half_D:"),
        "The D in this sentence is the bare difference of the log-likelihoods.",
        when=instead("half_D", "D", 1),
    ),
    Mistake(
        EXAMPLE.replace("{tau11:", "{sd:"),
        "A standard deviation stands where the variance is asked for. Either would do "
        "in a paper that names it.",
        when=instead("sd", "tau11", 3),
    ),
    Mistake(
        EXAMPLE + " So death shortens the stay.",
        "Who dies differs from who doesn't in much besides. Describe the difference; "
        "these data don't say what brings it about.",
        when=claims_cause,
    ),
    Mistake(
        EXAMPLE + " Those who died stayed longer.",
        "Look at the sign of the coefficient: who stayed longer?",
        when=claims_longer,
    ),
    Mistake(
        EXAMPLE.replace("1 and 2 df", "0 and 1 df"),
        "You name the mixture of one variance alone. The difference brought a covariance along.",
        when=lambda given, n: takes_one_variance(given),
    ),
    Mistake(
        EXAMPLE.replace("1 and 2 df", "2 and 3 df"),
        MIXTURE_TOO_HIGH,
        when=lambda given, n: asserts(given, r"\b(2|two) and (3|three)\b"),
    ),
    Mistake(
        EXAMPLE.replace("2 parameters", "one parameter"),
        "How many parameters are new? Which entry of G stands there besides the variance?",
        when=other_df,
    ),
    Mistake(
        EXAMPLE.replace("the mixture of χ² with 1 and 2 df", "half of χ² with 2 df"),
        "Half of one tail is right for a variance alone. With a covariance two tails are averaged.",
        when=lambda given, n: half_of_one_tail(given),
    ),
    Mistake(
        EXAMPLE.replace("D = {D:", "D = {p:").replace("p = {p:", "p = {D:"),
        "A p above 1? Which number is which?",
        when=lambda given, n: p_above_one(given),
    ),
    Mistake(
        EXAMPLE + " The residual variance is {tau11:.3f}.",
        "Whose variance is that? The one of the difference has another name here.",
        when=lambda given, n: ascribes(
            given, n["tau11"], 3, "residual|intercept", unless="difference|slope"
        ),
    ),
    Mistake(
        EXAMPLE.replace("{tau11:", "{D:").replace("D = {D:", "D = {tau11:"),
        "D is called a variance here. Which number is which?",
        when=calls_d_a_variance,
    ),
    Mistake(
        "Both models by REML: D = {D:.2f}. Estimate by ML {estimate:.2f}.",
        "ML and REML have changed places: which of them is for the test here, which for "
        "the estimates?",
        when=exchanges_criteria,
    ),
    Mistake(
        EXAMPLE.replace("{high:", "{minus_high:"), LOST_MINUS, when=loses_a_sign("low", "high")
    ),
    Mistake(
        EXAMPLE.replace("to {high:", "to {estimate:").replace("by {estimate:", "by {high:"),
        OUTSIDE_ITS_INTERVAL,
        when=lies_outside("estimate", "low", "high"),
    ),
    Mistake(EXAMPLE.replace("95 % CI", "90 % CI"), CONF_INT_IS_95, when=wrong_level),
    Mistake(
        EXAMPLE + " They stayed 50 % shorter.",
        "A difference of logarithms is neither a share nor days: exp of it says how "
        "many times as long the stay was.",
        when=half_of_it,
    ),
    Mistake(
        EXAMPLE + " In 95 % of hospitals it lies between {low:.2f} and {high:.2f}.",
        "That interval is for the mean difference. How far single hospitals lie around "
        "it is said by the variance.",
        when=taken_for_range("hospitals", "low"),
    ),
    Mistake(
        EXAMPLE + " The probability that the difference does not vary is small.",
        "p isn't the probability of a hypothesis. It says how often a D as large would "
        "come up if the difference didn't vary.",
        when=lambda given, n: asserts(
            given,
            r"(probability|chance) (that|of (only |about )?0?\.\d+,?( that)?) (the|a|there|all|H|no)\b"
            r"[^.;]{0,30}(differ|slope|varia|hypothes|null|H)",
        ),
    ),
    Mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        "You call the variance of the difference a standard deviation.",
        when=called_sd("tau11", 3),
    ),
    Mistake(
        EXAMPLE + " The difference does not vary.",
        "You deny that the difference varies, and your p says that a constant one fits worse.",
        when=denies_variation,
    ),
    Mistake(
        EXAMPLE + " That holds in every hospital.",
        "A mean isn't true of every hospital. How far do hospitals spread around it, "
        "by the variance that you quote?",
        when=lambda given, n: asserts(given, r"(?<!same )in (every|each|all( the)?) hospitals?\b"),
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
                    r"(?<!and )\b(2|two)\b[^.;\d]{0,25}(param|df\b|d\.f|degrees)|(?<!and )df\s*[=:]?\s*2|"
                    r"\b(D|LR|LRT)\s?\(2\)"
                ),
            ),
            Part("p, by the right null distribution, three decimals", number="p", decimals=3),
            Part("which null distribution", pattern=MIXTURE),
            Part("the mean difference, two decimals", number="estimate", decimals=2),
            Part(
                "which way round it is (a minus, or a word)",
                pattern=rf"shorter|\bless|lower|below|minus \d|negative|surviv|{MINUS}",
            ),
            Part("one end of its interval", number="low", decimals=2),
            Part("the other end of its interval", number="high", decimals=2),
            Part("the variance of the difference, three decimals", number="tau11", decimals=3),
            Part("how many patients", number="patients", of="patients|stays|N"),
            Part("how many hospitals", number="hospitals", of="hospitals|J"),
            Part("the estimator of the test, ML", pattern=ML),
            Part("the estimator of the estimates, REML", pattern=REML),
            Part("the scale: the logarithm of the stay", pattern=r"\blog|logarithm"),
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
