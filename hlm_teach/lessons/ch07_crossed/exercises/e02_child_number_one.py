"""07.2 Ids that lie: child number 1."""

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

from .common import share, variances


def numbered(data: pd.DataFrame) -> pd.DataFrame:
    """The children of every school numbered from 1, as a class list has them."""
    children = data.groupby("school", sort=False)["child"]
    return data.assign(number=children.transform(lambda child: pd.factorize(child)[0] + 1))


def model(data: pd.DataFrame, child: str, fixed: str = "year + lowinc") -> LmmResult:
    return fit_lmm(f"math ~ {fixed}", data, random={"school": "1", child: "1"})


def numbers() -> Numbers:
    """Correlations of two scores, of one child and of one school; of false models and recipes."""
    data = numbered(load_data("egsingle"))
    fit, colleagues = model(data, "school:number"), model(data, "number")
    without_lowinc = model(data, "child", "year")
    school, child, rest = all_of = variances(fit)
    colleagues_school, number, _ = of_colleague = variances(colleagues)
    plain_school, plain_child, _ = plain = variances(without_lowinc)
    return {
        "what": "c",
        "fit": fit,
        "one_school": share(school, of=all_of),
        "one_child": share(school, child, of=all_of),
        "colleagues": colleagues,
        "without_lowinc": without_lowinc,
        "of_child": share(child, of=all_of),
        "within_school": child / (child + rest),
        "sd_school": float(np.sqrt(school) / sum(np.sqrt(all_of))),
        "colleagues_school": share(colleagues_school, of=of_colleague),
        "colleagues_child": share(colleagues_school, number, of=of_colleague),
        "no_residual": school / (school + child),
        "plain_school": share(plain_school, of=plain),
        "plain_child": share(plain_school, plain_child, of=plain),
    }


MISTAKES = (
    Mistake(
        {"what": "a"},
        "Schools of unequal size are no flaw: a mixed model weighs them. Look at what the "
        "column `number` says of two children in two schools.",
    ),
    Mistake(
        {"what": "b"},
        "Slopes may well differ, and the chapter lets them. But that doesn't make "
        "children vanish: who shares an effect in this model?",
    ),
    Mistake(
        {"what": "d"},
        "Random effects want many groups, not few. Whom does the model take for one child?",
    ),
    Mistake(
        {"fit": "colleagues"},
        "This is your colleague's model again: all the children numbered 1 have one effect in it.",
    ),
    Mistake(
        {"fit": "without_lowinc"},
        "The children are told apart now, but `lowinc` has gone: keep the colleague's fixed part.",
    ),
    Mistake(
        {"one_school": "colleagues_school"},
        "For one school you took the variances of your colleague's model.",
    ),
    Mistake(
        {"one_child": "colleagues_child"},
        "For one child you took the variances of your colleague's model.",
    ),
    Mistake(
        {"one_school": "plain_school", "one_child": "plain_child"},
        "These come from a model without `lowinc`, as in the chapter. It explains some of what "
        "differs between schools: given it, are their children more alike or less?",
    ),
    Mistake(
        {"one_school": "one_child", "one_child": "one_school"},
        "The two correlations have changed places: who share more, two scores of one child, or of "
        "two children of one school?",
    ),
    Mistake(
        {"one_child": "of_child"},
        "For one child you gave the share of the child's own part. Two scores of one child share "
        "something else as well: where does the child go every morning?",
    ),
    Mistake(
        {"one_child": "within_school"},
        "For one child you left the schools out of the total: that is the correlation among "
        "the children of a single school. Here all children are meant.",
    ),
    Mistake(
        {"one_school": "sd_school"},
        "For one school you divided standard deviations. Shares are made of variances.",
    ),
    Mistake(
        {"one_school": "no_residual"},
        "For one school the residual is missing in the total. A single score has it, too.",
    ),
)

EXERCISE = Exercise(
    "07.2",
    "Ids that lie: child number 1",
    Several(what=Choice("abcd"), fit=Fit(), one_school=Number(2), one_child=Number(2)),
    numbers=numbers,
    why="a label that is used again makes nested look crossed. Told apart, two scores of one "
    "child correlate by {one_child:.2f}, two children of one school by {one_school:.2f}.",
    mistakes=MISTAKES,
    nudge="How many children has the data set, and how many effects has each of the two models?",
    section="Ids decide",
    formula='"school:number" is the combination of both labels; same school τ_school/total, '
    "same child (τ_school + τ_child)/total",
    points=4,
)
