"""07.8 Your own X-ray readers."""

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

EACH = 4  # readers score an image
# Right numbers and what is taken for them: they must differ in every learner's data.
ALIKE = (
    ("image", "image_of_sds", "image_alone", "image_less_other"),
    ("mean4", "mean4_alone", "same_readers", "reader_whole", "mean12"),
)


def draw_scores(rng: np.random.Generator) -> pd.DataFrame:
    """Sixty images, each scored by four of twelve readers."""
    data = simulate_crossed(
        n_rows=60,
        n_cols=12,
        gamma00=60,
        rng=rng,
        tau_row=rng.uniform(60, 90),
        tau_col=rng.uniform(20, 40),
        sigma2=rng.uniform(30, 45),
    )
    seen = np.argsort(rng.random((60, 12)), axis=1) < EACH  # four in every row
    data = data[seen.ravel()].rename(columns={"row": "image", "col": "reader", "y": "score"})
    return data[["image", "reader", "score"]].round(0).reset_index(drop=True)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether readers differ, and whether every mistake leads to another answer."""
    n = by_readers(data)
    if not 0.08 < n["reader"] < n["image"] - 0.1:
        return False
    n |= without_readers(data)
    pairs = [pair for names in ALIKE for pair in combinations(names, 2)]
    return min(abs(n[one] - n[other]) for one, other in pairs) > 0.013


def own_scores(rng: np.random.Generator) -> pd.DataFrame:
    """Scores in which both images and readers differ visibly."""
    return drawn_until(serves, draw_scores, rng)


def by_readers(data: pd.DataFrame) -> Numbers:
    """`shares_of` images and readers, and how far a mean of four scores can be trusted."""
    fit = fit_lmm("score ~ 1", data, random={"image": "1", "reader": "1"})
    image, reader, rest = variances(fit)
    return shares_of(fit, "image", "reader") | {
        "image_variance": image,
        "reader_variance": reader,
        "mean4": image / (image + (reader + rest) / EACH),
        "same_readers": image / (image + rest / EACH),
        "reader_whole": image / (image + reader + rest / EACH),
        "mean12": image / (image + (reader + rest) / 12),
    }


def without_readers(data: pd.DataFrame) -> Numbers:
    """What a model gives that knows nothing of readers: REML is ANOVA in groups of one size."""
    alone = anova_icc(data, "score", "image")
    rest = alone.sigma2 / EACH
    return {"image_alone": alone.icc, "mean4_alone": alone.tau00 / (alone.tau00 + rest)}


def numbers(data: pd.DataFrame) -> Numbers:
    """Shares and the worth of a mean, with readers and without them."""
    return by_readers(data) | without_readers(data)


MISTAKES = (
    Mistake(
        {"image": "image_alone", "mean4": "mean4_alone"},
        "Your model knows images only. An image was scored by four readers, some of whom see "
        "more on any image: let them vary, too.",
    ),
    Mistake({"image": "image_alone"}, "Your share of images is of a model without readers."),
    Mistake({"image": "reader", "reader": "image"}, "Images and readers have changed places."),
    Mistake(
        {"image": "image_of_sds", "reader": "reader_of_sds"},
        "Your shares are of standard deviations: square first.",
    ),
    Mistake(
        {"image": "image_variance", "reader": "reader_variance"},
        "Both are variances. Which share of a score's variance is each?",
    ),
    Mistake(
        {"image": "image_less_other"},
        "In your share of images the readers are missing from the total. They are a part of "
        "the variance of a score.",
    ),
    Mistake(
        {"reader": "reader_less_other"},
        "In your share of readers the images are missing from the total.",
    ),
    Mistake(
        {"mean4": "image"},
        "As mean4 you gave the share of images: that is how far a single score can be trusted.",
    ),
    Mistake(
        {"mean4": "same_readers"},
        "In mean4 the readers cost nothing. That would hold if the same four had scored every "
        "image; here each image had others.",
    ),
    Mistake(
        {"mean4": "reader_whole"},
        "In mean4 the readers' variance isn't averaged. Four different ones stand behind a mean.",
    ),
    Mistake(
        {"mean4": "mean12"},
        "In mean4 you divided by all readers. How many stand behind one image's mean?",
    ),
)

EXERCISE = Exercise(
    "07.8",
    "Your own X-ray readers",
    Several(image=Number(2), reader=Number(2), mean4=Number(2)),
    numbers=numbers,
    own_data=own_scores,
    why="in your data {reader:.0%} of the variance of a score is who gave it, and a mean of four "
    "is {mean4:.0%} image.",
    mistakes=MISTAKES,
    nudge="What do two scores of one image share, and what differs between them by luck of "
    "the draw?",
    section="What two pupils have in common",
    formula="share = τ_image/(τ_image + τ_reader + σ²); of a mean of k scores by k readers: "
    "τ_image/(τ_image + (τ_reader + σ²)/k)",
    points=3,
)
