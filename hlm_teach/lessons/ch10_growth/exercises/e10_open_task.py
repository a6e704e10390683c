"""10.10 Open task: whose residuals scatter more?"""

import re

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import REML, SD, VARIANCE, asserts
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.likelihood_ratio import likelihood_ratio_test

# Model, group, what varies; the column of strata; whose residual SD is divided by whose.
OPEN = {
    "orthodont": ("distance ~ age * Sex", "Subject", "1", "Sex", ("Female", "Male")),
    "sleepstudy": ("Reaction ~ Days", "Subject", "1 + Days", "late", (1, 0)),
    "early": ("cog ~ age * treated", "child", "1", "treated", (1, 0)),
}
# How a sentence may call them, in the same order.
CALLED = {
    "orthodont": (r"girls?|females?", r"boys?|males?"),
    "sleepstudy": ("late|later", "early|earlier"),
    "early": ("treated", "untreated|others|control"),
}
EXAMPLE = (
    "The residual standard deviation of the one stratum was {ratio:.2f} times that of the other "
    "(likelihood-ratio test, D = {d:.1f}, {df} df, p {p_words}); {groups} groups, REML."
)


def numbers(name: str) -> Numbers:
    """Ratio of two residual SDs and its test, in the data that were chosen; and misreadings."""
    formula, group, random, column, (over, under) = OPEN[name]
    data = load_data(name)
    if column == "late":
        data["late"] = (data["Days"] >= 5).astype(int)
    one = fit_lmm(formula, data, group, random)
    two = fit_lmm(formula, data, group, random, residual_sd=column)
    assert two.residual_sd is not None
    ratio = two.residual_sd[over] / two.residual_sd[under]
    test = likelihood_ratio_test(one, two)
    return {
        "ratio": ratio,
        "d": test.statistic,
        "df": test.df,
        "p": test.p_naive,
        "p_words": "< 0.001" if test.p_naive < 0.001 else f"= {test.p_naive:.2f}",
        "groups": one.n_groups,
        "proof_of_none": " So the two are the same." if test.p_naive > 0.05 else "",
        "denial": "" if test.p_naive > 0.05 else " So the two do not differ.",
        "over": CALLED[name][0].split("|")[0].replace("?", ""),
        "under": CALLED[name][1].split("|")[0].replace("?", ""),
        "of_variances": ratio**2,
        "upside_down": 1 / ratio,
        "of_residuals": one.resid[data[column] == over].std()
        / one.resid[data[column] == under].std(),
        "d_not_doubled": test.statistic / 2,
        "half_p": test.p_naive / 2,
    }


def divides_residuals(given: dict, n: Numbers) -> bool:
    """Tell whether the ratio is that of a model with one SD; in some data the two are near."""
    given_ratio = given["ratio"]
    return abs(given_ratio - n["of_residuals"]) < 0.006 < abs(given_ratio - n["ratio"])


def halves_p(given: dict, n: Numbers) -> bool:
    """Tell whether p is half of what it should be; to three decimals two small ones are alike."""
    return abs(given["p"] - n["half_p"]) < 0.0006 < abs(given["p"] - n["p"])


def exchanges_strata(given: dict, n: Numbers) -> bool:
    """Tell whether 'boys … 0.47 times … girls' is said where girls are divided by boys."""
    over, under = CALLED[given["data"]]
    other = rf"(?:(?!\b(?:{over})\b)[^.;(]){{0,60}}"
    than_it = rf"\b(of|as|than) (the )?({over})\b"
    pattern = rf"\b({under})\b{other}\b{n['ratio']:.2f} times\b[^.;(]{{0,40}}{than_it}"
    before = rf"\b({over})\b[^.;]{{0,90}}\b{n['ratio']:.2f} times"
    return asserts(given["sentence"], pattern) and not asserts(given["sentence"], before)


def claims_a_difference(given: dict, n: Numbers) -> bool:
    """Tell whether the residuals are said to differ where the test has nothing to say."""
    claim = r"\b(differ(ed)? significantly|scatter(ed)? (clearly )?more|significant(ly)?)\b"
    return n["p"] > 0.05 and asserts(given["sentence"], claim)


def says_they_are_equal(text: str) -> bool:
    """Tell whether the SDs are said to be equal, in a clause that doesn't reject it."""
    claim = (
        r"\b(are|were|is|was) (equal|the same|identical)\b|\bno difference\b|"
        r"\b(do|does|did)( not|n't) differ\b(?! signif)"
    )
    clauses = re.split(r"[.;](?=\s|$)", text)
    return any(
        asserts(one, claim) and not re.search(r"reject|implausib|unlikely|contradict", one)
        for one in clauses
    )


def claims_none(given: dict, n: Numbers) -> bool:
    """Tell whether a p above 0.05 is taken for a proof that the SDs are equal."""
    return n["p"] > 0.05 and says_they_are_equal(given["sentence"])


def denies_the_test(given: dict, n: Numbers) -> bool:
    """Tell whether the SDs are said to be equal where the test says that they aren't."""
    not_significant = r"(\bnot|n't|\bno|\bin|\bnon)[ -]?(statistically )?(differ )?significant"
    return n["p"] < 0.05 and (
        says_they_are_equal(given["sentence"])
        or re.search(not_significant, given["sentence"], re.IGNORECASE) is not None
    )


def calls_it_variances(given: dict, n: Numbers) -> bool:
    """Tell whether the ratio of the SDs is said to be one of variances."""
    ratio = rf"(?<![\d.]){n['ratio']:.2f}\b"
    return asserts(
        given["sentence"],
        rf"{VARIANCE}((?!{SD})[^.;()\d]){{0,60}}{ratio}|{ratio} times (the|that) (\w+ )?{VARIANCE}",
    )


MISTAKES = (
    Mistake(
        {"ratio": "of_variances"},
        "Your ratio is one of variances. Of standard deviations it is the root.",
    ),
    Mistake(
        {"ratio": "upside_down"},
        "Your ratio is upside down: which stratum is to be divided by which?",
    ),
    Mistake(
        {"ratio": "of_residuals"},
        "Your ratio is that of the residuals of a model that holds the SDs equal. Let the model "
        "estimate them: residual_sd=…",
        when=divides_residuals,
    ),
    Mistake({"d": "d_not_doubled"}, "Your D is the bare difference of the log-likelihoods."),
    Mistake(
        {"p": "half_p"},
        "You halved p. A variance of zero is a boundary; a ratio of one isn't: it may be larger "
        "or smaller.",
        when=halves_p,
    ),
    Mistake(
        {"sentence": EXAMPLE + " In {under} it was {ratio:.2f} times that of {over}."},
        "Your sentence has the two strata the other way round: whose SD is that many times whose?",
        when=exchanges_strata,
    ),
    Mistake(
        {"sentence": EXAMPLE + " So one stratum scattered more."},
        "Your sentence says that residuals differ. What does your p say of that?",
        when=claims_a_difference,
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("standard deviation", "variance")},
        "Your sentence gives the ratio of the SDs as one of variances, which is its square.",
        when=calls_it_variances,
    ),
    Mistake(
        {"sentence": EXAMPLE + "{proof_of_none}"},
        "A p of that size is no proof that the SDs are equal. What can you say instead?",
        when=claims_none,
    ),
    Mistake(
        {"sentence": EXAMPLE + "{denial}"},
        "Your sentence says that the SDs are equal. What does your p say of that?",
        when=denies_the_test,
    ),
)

EXERCISE = Exercise(
    "10.10",
    "Open task: whose residuals scatter more?",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        ratio=Number(2),
        d=Number(1),
        p=Number(3),
        sentence=Sentence(
            (
                Part(
                    "the ratio of the residual SDs, with two decimals", number="ratio", decimals=2
                ),
                Part("the statistic D, with one decimal", number="d", decimals=1),
                Part("what D is a statistic of", pattern=r"likelihood|\bLRT?\b"),
                Part("its p", pattern=r"\bp\s?[=<≈]"),
                Part("how many groups", number="groups"),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="a residual SD for each stratum costs a parameter, and you can say whether it was worth "
    "it. Draw the residuals before you trust the test: it takes them for normal.",
    mistakes=MISTAKES,
    nudge="If all residuals had one SD, whose intervals would be too narrow, and whose too wide?",
    section="Deeper: variances that differ, and times that aren't equally spaced",
    formula='fit_lmm(…, residual_sd="column").residual_sd;  likelihood_ratio_test(one, two), with a '
    "degree of freedom for each ratio",
    points=3,
)
