"""07.8 Your own examiners."""

from itertools import combinations

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.anova_icc import anova_icc
from hlm_teach.simulate.crossed import simulate_crossed

from .common import shares_of, variances

EACH = 4  # examiners mark an essay
# Right numbers and what is taken for them: they must differ in every learner's data.
ALIKE = (
    ("essay", "essay_of_sds", "essay_alone", "essay_less_other"),
    ("mean4", "mean4_alone", "same_examiners", "examiner_whole", "mean12"),
)


def draw_marks(rng: np.random.Generator) -> pd.DataFrame:
    """Sixty essays, each marked by four of twelve examiners."""
    data = simulate_crossed(
        n_rows=60,
        n_cols=12,
        gamma00=60,
        rng=rng,
        tau_row=rng.uniform(60, 90),
        tau_col=rng.uniform(20, 40),
        sigma2=rng.uniform(30, 45),
    )
    marked = np.argsort(rng.random((60, 12)), axis=1) < EACH  # four in every row
    data = data[marked.ravel()].rename(columns={"row": "essay", "col": "examiner", "y": "mark"})
    return data[["essay", "examiner", "mark"]].round(0).reset_index(drop=True)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether examiners differ, and whether every mistake leads to another answer."""
    n = by_examiners(data)
    if not 0.08 < n["examiner"] < n["essay"] - 0.1:
        return False
    n |= without_examiners(data)
    pairs = [pair for names in ALIKE for pair in combinations(names, 2)]
    return min(abs(n[one] - n[other]) for one, other in pairs) > 0.013


def own_marks(rng: np.random.Generator) -> pd.DataFrame:
    """Marks in which both essays and examiners differ visibly."""
    return drawn_until(serves, draw_marks, rng)


def by_examiners(data: pd.DataFrame) -> Numbers:
    """`shares_of` essays and examiners, and how far a mean of four marks can be trusted."""
    fit = fit_lmm("mark ~ 1", data, random={"essay": "1", "examiner": "1"})
    essay, examiner, rest = variances(fit)
    return shares_of(fit, "essay", "examiner") | {
        "mean4": essay / (essay + (examiner + rest) / EACH),
        "same_examiners": essay / (essay + rest / EACH),
        "examiner_whole": essay / (essay + examiner + rest / EACH),
        "mean12": essay / (essay + (examiner + rest) / 12),
    }


def without_examiners(data: pd.DataFrame) -> Numbers:
    """What a model gives that knows nothing of examiners: REML is ANOVA in groups of one size."""
    alone = anova_icc(data, "mark", "essay")
    rest = alone.sigma2 / EACH
    return {"essay_alone": alone.icc, "mean4_alone": alone.tau00 / (alone.tau00 + rest)}


def numbers(data: pd.DataFrame) -> Numbers:
    """Shares and the worth of a mean, with examiners and without them."""
    return by_examiners(data) | without_examiners(data)


MISTAKES = (
    Mistake(
        {"essay": "essay_alone", "mean4": "mean4_alone"},
        "Your model knows essays only. An essay was marked by four examiners, the strict among "
        "them or not: let them vary, too.",
    ),
    Mistake({"essay": "essay_alone"}, "Your share of essays is of a model without examiners."),
    Mistake(
        {"essay": "examiner", "examiner": "essay"}, "Essays and examiners have changed places."
    ),
    Mistake(
        {"essay": "essay_of_sds", "examiner": "examiner_of_sds"},
        "Your shares are of standard deviations: square first.",
    ),
    Mistake(
        {"essay": "essay_less_other"},
        "In your share of essays the examiners are missing from the total. They are a part of "
        "the variance of a mark.",
    ),
    Mistake(
        {"examiner": "examiner_less_other"},
        "In your share of examiners the essays are missing from the total.",
    ),
    Mistake(
        {"mean4": "essay"},
        "As mean4 you gave the share of essays: that is how far a single mark can be trusted.",
    ),
    Mistake(
        {"mean4": "same_examiners"},
        "In mean4 the examiners cost nothing. That would hold if the same four had marked every "
        "essay; here each essay had others, strict or mild.",
    ),
    Mistake(
        {"mean4": "examiner_whole"},
        "In mean4 the examiners' variance isn't averaged. Four different ones stand behind a mean.",
    ),
    Mistake(
        {"mean4": "mean12"},
        "In mean4 you divided by all examiners. How many stand behind one essay's mean?",
    ),
)

EXERCISE = Exercise(
    "07.8",
    "Your own examiners",
    Several(essay=Number(2), examiner=Number(2), mean4=Number(2)),
    numbers=numbers,
    own_data=own_marks,
    why="in your data {examiner:.0%} of the variance of a mark is who gave it, and a mean of four "
    "is {mean4:.0%} essay.",
    mistakes=MISTAKES,
    nudge="What do two marks of one essay share, and what differs between them by luck of the draw?",
    section="Nested, crossed, partially crossed",
    formula="share = τ_essay/(τ_essay + τ_examiner + σ²); of a mean of k marks by k examiners: "
    "τ_essay/(τ_essay + (τ_examiner + σ²)/k)",
    points=3,
)
