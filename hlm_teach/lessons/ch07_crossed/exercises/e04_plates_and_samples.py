"""07.4 Somebody's output: plates and samples."""

import numpy as np

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several

from .common import intercepts, sd_share, share, variances


def numbers() -> Numbers:
    """Correlations of two measurements that share a plate, a sample or both; and a difference."""
    plate, sample, rest = all_of = variances(
        intercepts("penicillin", "diameter ~ 1", "plate", "sample")
    )
    return {
        "same_plate": share(plate, of=all_of),
        "same_sample": share(sample, of=all_of),
        "same_both": share(plate, sample, of=all_of),
        "sd_difference": np.sqrt(2 * (sample + rest)),
        "plate_of_sds": sd_share(plate, of=all_of),
        "sample_of_sds": sd_share(sample, of=all_of),
        "plate_less_sample": plate / (plate + rest),
        "sample_less_plate": sample / (sample + rest),
        "product": share(plate, of=all_of) * share(sample, of=all_of),
        "two_plates": np.sqrt(2 * sum(all_of)),
        "one_measurement": np.sqrt(sample + rest),
        "residuals_only": np.sqrt(2 * rest),
        "variance": 2 * (sample + rest),
        "plate_stays": np.sqrt(2 * (plate + rest)),
        "samples_only": np.sqrt(2 * sample),
        "plate_variance": plate,
        "sample_variance": sample,
        "both_variances": plate + sample,
        "certain": 1.0,
    }


MISTAKES = (
    Mistake(
        {"same_plate": "same_sample", "same_sample": "same_plate"},
        "The two are swapped. Two measurements that share a plate share the plate's effect: "
        "which variance is in both of them?",
    ),
    Mistake(
        {"same_plate": "plate_of_sds", "same_sample": "sample_of_sds"},
        "Both are shares of standard deviations. Take the variances.",
    ),
    Mistake({"same_plate": "plate_of_sds"}, "On one plate you divided standard deviations."),
    Mistake({"same_sample": "sample_of_sds"}, "Of one sample you divided standard deviations."),
    Mistake(
        {"same_plate": "plate_less_sample"},
        "On one plate the samples' variance is missing in the total: that is the correlation "
        "among measurements of a single sample.",
    ),
    Mistake(
        {"same_sample": "sample_less_plate"},
        "Of one sample the plates' variance is missing in the total: that holds if all is done "
        "on a single plate.",
    ),
    Mistake(
        {"same_plate": "plate_variance", "same_sample": "sample_variance"},
        "Both are variances, and a correlation is a share. Of what?",
    ),
    Mistake({"same_plate": "plate_variance"}, "On one plate you gave a variance. A share of what?"),
    Mistake(
        {"same_sample": "sample_variance"}, "Of one sample you gave a variance. A share of what?"
    ),
    Mistake({"same_both": "both_variances"}, "Where both are shared you gave the shared variance."),
    Mistake(
        {"same_both": "certain"},
        "Where both are shared the two measurements share sample and plate, but not the residual: "
        "measured again, another value comes out.",
    ),
    Mistake(
        {"same_both": "product"},
        "Where both are shared you multiplied two correlations. Shared variances add up.",
    ),
    Mistake(
        {"sd_difference": "two_plates"},
        "That is the SD of a difference between two samples on two plates. On one plate, what "
        "happens to its effect when one value is taken from the other?",
    ),
    Mistake(
        {"sd_difference": "plate_stays"},
        "In the difference you kept the plates and dropped the samples. Which of the two is the "
        "same in both values, so that it cancels?",
    ),
    Mistake(
        {"sd_difference": "one_measurement"},
        "A difference has two values in it, and so twice the variance.",
    ),
    Mistake(
        {"sd_difference": "samples_only"},
        "Each of the two measurements has a residual as well, and it doesn't cancel.",
    ),
    Mistake(
        {"sd_difference": "residuals_only"},
        "The two samples differ, too: their effects don't cancel.",
    ),
    Mistake(
        {"sd_difference": "variance"}, "That is the variance of the difference: take its root."
    ),
)

EXERCISE = Exercise(
    "07.4",
    "Somebody's output: plates and samples",
    Several(
        same_plate=Number(2), same_sample=Number(2), same_both=Number(2), sd_difference=Number(2)
    ),
    numbers=numbers,
    why="whatever two measurements share makes them alike, and cancels in their difference; that "
    "is why samples to be compared belong on one plate.",
    mistakes=MISTAKES,
    nudge="Write down two measurements, each a sum of three parts. Which parts are the same?",
    section="What two pupils have in common",
    formula="correlation = variance of what is shared/(τ_plate + τ_sample + σ²); "
    "Var(difference) = 2·(variance of what isn't)",
    points=3,
)
