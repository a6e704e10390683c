"""08.4 Mend it: a difference that eight schools show."""

from math import comb, factorial

import pandas as pd
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

# Four Catholic schools and four public ones. They were chosen because their tests disagree.
EIGHT = ("1461", "2655", "3039", "5619", "5667", "6808", "8202", "8857")


def eight() -> pd.DataFrame:
    """The pupils of the eight schools."""
    hsb = load_data("hsb")
    return hsb[hsb["school"].isin(EIGHT)].copy()


def numbers() -> Numbers:
    """p of one difference between schools by several tests, and the least p of a permutation."""
    data = eight()
    fit = fit_lmm("math ~ catholic + ses_within", data, "school", "1 + ses_within")
    means = data.groupby("school", observed=True)[["math", "catholic"]].mean()
    arms = [means.loc[means["catholic"] == arm, "math"] for arm in (1, 0)]
    pupils = [data.loc[data["catholic"] == arm, "math"] for arm in (1, 0)]
    satterthwaite = fit.pvalues["catholic"]
    return {
        "what": "b",
        "kr": fit.with_df("kenward-roger").pvalues["catholic"],
        "means": stats.ttest_ind(*arms).pvalue,
        "least": 2 / comb(8, 4),
        "claim": "c",
        "z": fit.with_df("normal").pvalues["catholic"],
        "satterthwaite": satterthwaite,
        "of_pupils": stats.ttest_ind(*pupils).pvalue,
        "welch": stats.ttest_ind(*arms, equal_var=False).pvalue,
        "z_of_means": 2 * stats.norm.sf(abs(stats.ttest_ind(*arms).statistic)),
        "one_sided": stats.ttest_ind(*arms).pvalue / 2,
        "paired": stats.ttest_rel(*arms).pvalue,
        "kr_intercepts": fit_lmm("math ~ catholic + ses_within", data, "school")
        .with_df("kenward-roger")
        .pvalues["catholic"],
        "kr_half": fit.with_df("kenward-roger").pvalues["catholic"] / 2,
        "one_way": 1 / comb(8, 4),
        "signs": 2 / 2**8,
        "signs_one_way": 1 / 2**8,
        "orders": 1 / factorial(8),
        "fewer": 2 / comb(6, 3),
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "The pupils are many, and each school's mean is known well. But what differs between "
        "schools is compared between schools: how many are there?",
    ),
    Mistake(
        {"what": "c"},
        "A wrong model can do harm, and this one is the model that fits the question. Look at what "
        "its p-value refers to.",
    ),
    Mistake(
        {"what": "d"},
        "A singular fit isn't an error (chapter 5). But its test takes an estimate at the edge for "
        "known: which of these tests takes even more for known?",
    ),
    Mistake(
        {"kr": "z"},
        "As kr you gave the colleague's own p. Ask the fit for other degrees of freedom.",
    ),
    Mistake(
        {"kr": "satterthwaite"},
        "As kr you gave Satterthwaite's p. He asks how well the standard error is known; Kenward "
        "and Roger correct the standard error itself as well.",
    ),
    Mistake(
        {"kr": "kr_intercepts"},
        "That is of a model in which the slope of SES is one and the same in all schools. Keep the "
        "colleague's model.",
    ),
    Mistake({"kr": "kr_half"}, "Your kr is of a one-sided test."),
    Mistake(
        {"means": "of_pupils"},
        "You compared pupils with pupils, as if no two shared a school. One mean a school!",
    ),
    Mistake(
        {"means": "z_of_means"},
        "You compared t of the eight means with the normal distribution. How many degrees of "
        "freedom do eight means in two arms leave?",
    ),
    Mistake(
        {"means": "welch"},
        "That is Welch's t, with a variance for each arm. Here both arms have one τ₀₀.",
    ),
    Mistake(
        {"means": "paired"},
        "You paired each Catholic school with a public one. What makes two of them a pair?",
    ),
    Mistake({"means": "one_sided"}, "Your p of the means is one-sided."),
    Mistake(
        {"least": "one_way"},
        "One split is as far as can be in one direction. The test is two-sided: its mirror image "
        "counts, too.",
    ),
    Mistake(
        {"least": "signs"},
        "You flipped a sign for each school. Which schools are Catholic is shuffled, four of eight.",
    ),
    Mistake(
        {"least": "signs_one_way"},
        "You flipped a coin for each school. Which schools are Catholic is shuffled, four of eight.",
    ),
    Mistake(
        {"least": "orders"},
        "So small a p would take thousands of ways to shuffle. Picking four of eight schools, in "
        "whatever order, leaves fewer.",
    ),
    Mistake({"least": "fewer"}, "That is for six schools, as in the chapter."),
    Mistake(
        {"claim": "a"},
        "That p takes the standard error for known. Eight schools don't know it: see how far the "
        "others are above it.",
    ),
    Mistake(
        {"claim": "b"},
        "A p above 0.05 is no proof of equality, least of all with eight schools, which miss even "
        "large effects.",
    ),
    Mistake(
        {"claim": "d"},
        "To take the test that says what one hopes for is what a plan made beforehand prevents. "
        "Which of them hold their level with so few groups?",
    ),
)

EXERCISE = Exercise(
    "08.4",
    "Mend it: a difference that eight schools show",
    Several(
        what=Choice("abcd"), kr=Number(3), means=Number(3), least=Number(3), claim=Choice("abcd")
    ),
    numbers=numbers,
    why="one and the same difference has p = {z:.3f} by z, {satterthwaite:.3f} by Satterthwaite, "
    "{kr:.3f} by Kenward and Roger and {means:.3f} by one mean a school; so many answers are what "
    "few groups look like, and the test has to be chosen before they are seen.",
    mistakes=MISTAKES,
    nudge="How many numbers does a difference between schools rest on, and does z know that?",
    section="Few groups: what fails first, and what helps",
    formula='fit.with_df("kenward-roger").pvalues;  stats.ttest_ind of the group means;  '
    "smallest two-sided p of a permutation = 2 / number of ways to choose",
    points=3,
)
