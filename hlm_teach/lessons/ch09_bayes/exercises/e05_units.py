"""09.5 Mend it: eighteen drivers who don't differ."""

import numpy as np

from hlm_teach.bayes.grid_posterior import grid_posterior
from hlm_teach.bayes.posterior import GridPosterior
from hlm_teach.bayes.priors import Prior, sd_prior
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm

SECONDS = 0.05  # the scale that was meant, in seconds


def posterior(prior: Prior) -> GridPosterior:
    """Fewer cells than is usual: no digit that is asked for depends on it."""
    model = "Reaction ~ Days", load_data("sleepstudy"), "Subject"
    return grid_posterior(*model, prior_tau=prior, n_tau=100, n_sigma=20)


def numbers() -> Numbers:
    """The SD between drivers and the ICC with the prior in ms; and under other priors."""
    mended, colleague, flat = (
        posterior(sd_prior("half-normal", 1000 * SECONDS)),
        posterior(sd_prior("half-normal", SECONDS)),
        posterior(sd_prior("flat")),
    )
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject")
    tau00 = float(fit.cov_re.iloc[0, 0])
    median, icc = mended.quantile("tau", 0.5), mended.quantile("icc", 0.5)
    sigma = mended.quantile("sigma", 0.5)
    return {
        "what": "b",
        "median": median,
        "icc": icc,
        "as_it_was": colleague.quantile("tau", 0.5),
        "flat": flat.quantile("tau", 0.5),
        "mean": float((mended.weights.sum(axis=1) * mended.tau).sum()),
        "reml": float(np.sqrt(tau00)),
        "variance": median**2,
        "sigma": sigma,
        "no_icc": 0.0,
        "of_sds": median / (median + sigma),
        "by_within": median**2 / sigma**2,
        "rest": 1 - icc,
    }


MISTAKES = (
    Mistake(
        {"median": "as_it_was"},
        "So small a number of milliseconds is what the colleague found. In which unit is the "
        "scale, in which the data, and in which your answer?",
    ),
    Mistake(
        {"median": "flat"},
        "That is under a flat prior, or one so wide that it might be. Keep the colleague's prior, "
        "and mend its unit: how many milliseconds are 0.05 s?",
    ),
    Mistake(
        {"median": "sigma"},
        "That is the SD within drivers, from day to day. Asked for is the one between them.",
    ),
    Mistake({"median": "mean"}, "That is the posterior's mean; the median is asked for."),
    Mistake({"median": "reml"}, "That is REML's estimate; the posterior's median is asked for."),
    Mistake({"median": "variance"}, "That is a variance; asked for is the SD between drivers."),
    Mistake(
        {"icc": "no_icc"},
        "So the colleague found. Did drivers ever have a chance to differ under that prior?",
    ),
    Mistake({"icc": "of_sds"}, "Your icc divides standard deviations. It is a share of variances."),
    Mistake({"icc": "by_within"}, "Your icc divides between by within. Divide by the total."),
    Mistake({"icc": "rest"}, "That is the share within drivers."),
    Mistake(
        {"what": "a"},
        "Eighteen drivers with ten days each are enough for a rough answer. Say the prior's 95 % "
        "point aloud, with its unit.",
    ),
    Mistake(
        {"what": "c"},
        "The grid is exact, there is nothing to converge. Say the prior's 95 % point aloud, with "
        "its unit.",
    ),
    Mistake(
        {"what": "d"},
        "A half-normal is finite at 0 and fades, as it should. Say its 95 % point aloud, with its "
        "unit.",
    ),
)

EXERCISE = Exercise(
    "09.5",
    "Mend it: eighteen drivers who don't differ",
    Several(what=Choice("abcd"), median=Number(1), icc=Number(2)),
    numbers=numbers,
    why="with {as_it_was:.2f} ms drivers were alike by decree; in the right unit the same prior "
    "leaves {median:.0f} ms and an ICC of {icc:.2f}, as REML would ({reml:.0f} ms).",
    mistakes=MISTAKES,
    nudge="Below which value, and in which unit, does this prior put 95 % of its weight?",
    section="A prior in the wrong units",
    formula='grid_posterior("Reaction ~ Days", data, "Subject", prior_tau=sd_prior("half-normal", '
    's)), s in the outcome\'s unit;  quantile("tau", 0.5), quantile("icc", 0.5)',
    points=3,
)
