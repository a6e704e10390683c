"""11.10 Open task: which group decides the ICC?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import REML, asserts
from hlm_teach.feedback.vocabulary import LEAVING_OUT
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.influence import influence

from .common import throws_out

# Model and group.
OPEN = {
    "dyestuff": ("Yield ~ 1", "Batch"),
    "pastes": ("strength ~ 1", "batch"),
    "sleepstudy": ("Reaction ~ Days", "Subject"),
}
EXAMPLE = (
    "The ICC was {icc:.2f}. Each of {groups} groups was left out in turn: without {who} the ICC was "
    "{without:.2f}, without any other one it changed by less (REML)."
)


def numbers(name: str) -> Numbers:
    """ICC with all groups and without the one that moves it most, in the data chosen; misreadings."""
    formula, group = OPEN[name]
    fit = fit_lmm(formula, load_data(name), group)
    found, tau00 = influence(fit), float(np.asarray(fit.cov_re)[0, 0])
    between, within = (found.without[f"variance({part})"] for part in ("Intercept", "residual"))
    icc, each = tau00 / (tau00 + fit.sigma2), between / (between + within)
    who = (each - icc).abs().idxmax()
    second = (each - icc).abs().drop(who).idxmax()
    return {
        "icc": icc,
        "without": each[who],
        "change": each[who] - icc,
        "who": str(who),
        "groups": fit.n_groups,
        "ratio": tau00 / fit.sigma2,
        "ratio_without": between[who] / within[who],
        "old_sigma2": between[who] / (between[who] + fit.sigma2),
        "of_second": each[second],
        "other_end": each.max() if each[who] < icc else each.min(),
        "other_sign": icc - each[who],
        "relative": each[who] / icc - 1,
    }


def keeps_sigma2(given: dict, n: Numbers) -> bool:
    """Tell whether the residual variance of all was taken; in some data that makes no difference."""
    return abs(given["without"] - n["old_sigma2"]) < 0.006 < abs(given["without"] - n["without"])


def quotes_another(given: dict, n: Numbers, *names: str) -> bool:
    """Tell whether the ICC is that without another group: the second, or one that moves it up."""
    return abs(given["without"] - n["without"]) > 0.006 and any(
        abs(given["without"] - n[name]) < 0.006 for name in names
    )


def claims_fault(given: dict, n: Numbers) -> bool:
    """Tell whether the group that decides is called an error, or thrown out."""
    claim = r"\b(erroneous|faulty|wrong(ly)?|an error|a mistake)\b"
    return throws_out(given["sentence"]) or asserts(given["sentence"], claim)


def claims_robust(given: dict, n: Numbers) -> bool:
    """Tell whether the ICC is said not to depend on a single group."""
    claim = (
        r"\b(robust|stable|unaffected|no (single )?(group|batch|person|subject)[^.;]{0,30}influen)"
    )
    return asserts(given["sentence"], claim)


MISTAKES = (
    Mistake({"icc": "ratio"}, "Your icc divides between by within. A share divides by the total."),
    Mistake(
        {"without": "ratio_without"},
        "Without the group you divided between by within. A share divides by the total.",
    ),
    Mistake(
        {"without": "old_sigma2"},
        "Without the group you took the residual variance of all. It is estimated again, too.",
        when=keeps_sigma2,
    ),
    Mistake(
        {"without": "of_second"},
        "Another group moves the ICC still more: compare it without each with that of all.",
        when=lambda given, n: quotes_another(given, n, "of_second", "other_end"),
    ),
    Mistake(
        {"without": "icc"}, "Your without is the ICC of all groups. Leave out the one that decides."
    ),
    Mistake(
        {"change": "other_sign"},
        "Your change has the other sign: the ICC without the group, less that of all.",
    ),
    Mistake(
        {"change": "relative"},
        "Your change is a share of the ICC. Asked for is the difference of the two.",
    ),
    Mistake(
        {"sentence": EXAMPLE + " This group was therefore excluded."},
        "That a group decides is no fault of it. Go and see; without another reason report both.",
        when=claims_fault,
    ),
    Mistake(
        {"sentence": EXAMPLE + " So the ICC is robust."},
        "Is an ICC robust that one group moves by so much? Let the reader see both numbers.",
        when=claims_robust,
    ),
)

EXERCISE = Exercise(
    "11.10",
    "Open task: which group decides the ICC?",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        icc=Number(2),
        without=Number(2),
        change=Number(2),
        sentence=Sentence(
            (
                Part("the ICC of all groups, with two decimals", number="icc", decimals=2),
                Part("the ICC without the one that decides", number="without", decimals=2),
                Part(
                    "that each was left out", pattern=rf"{LEAVING_OUT}|\bwithout (each|every|any)\b"
                ),
                Part("how many groups", number="groups"),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="with few groups an ICC is the work of one or two of them, and its reader should know. An "
    "interval (chapter 5) says the same in another way.",
    mistakes=MISTAKES,
    nudge="The ICC has two variances in it. Which of them does a group move, or both?",
    section="Which group decides?",
    formula='w = influence(fit).without;  w["variance(Intercept)"]/(w["variance(Intercept)"] + '
    'w["variance(residual)"])',
    points=3,
)
