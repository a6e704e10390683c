"""09.10 Open task: how sure are you that they differ by that much?"""

import numpy as np

from hlm_teach.bayes.grid_posterior import grid_posterior
from hlm_teach.bayes.priors import sd_prior
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import EXCHANGED
from hlm_teach.feedback.reading import asserts, says
from hlm_teach.feedback.reports import any_of, exchanged, mistake
from hlm_teach.lmm.fit import fit_lmm

from .wordings import by_scale, called_another_middle, named_variance

# Model and grouping; scales of the two priors, and the limit asked for, in units of the outcome.
OPEN = {
    "dyestuff2": ("Yield ~ 1", "Batch", 3.0, 1.0, 1.0),
    "pastes": ("strength ~ 1", "batch", 3.0, 1.0, 1.5),
    "orthodont": ("distance ~ age + Sex", "Subject", 2.0, 0.5, 2.0),
}
EXAMPLE = (
    "With a half-normal prior of scale {scale:g} for the SD between groups its posterior median is "
    "{median:.2f} (grid, {groups} groups), and the probability that it is above {limit:g} is "
    "{above:.2f}; with scale {narrow:g} the median is {other:.2f}."
)


def numbers(name: str) -> Numbers:
    """Median of tau under two priors and the probability of a tau above a limit; misreadings."""
    formula, group, scale, narrow, limit = OPEN[name]
    model = formula, load_data(name), group
    first, second, flat = (
        grid_posterior(*model, prior_tau=prior, n_tau=100, n_sigma=20)
        for prior in (
            sd_prior("half-normal", scale),
            sd_prior("half-normal", narrow),
            sd_prior("flat"),
        )
    )
    median, above = first.quantile("tau", 0.5), 1 - first.cdf("tau", limit)
    return {
        "median": median,
        "above": above,
        "other": second.quantile("tau", 0.5),
        "groups": len(first.labels),
        "scale": scale,
        "narrow": narrow,
        "limit": limit,
        "mean": float((first.weights.sum(axis=1) * first.tau).sum()),
        "flat": flat.quantile("tau", 0.5),
        "reml": float(np.sqrt(fit_lmm(*model).cov_re.iloc[0, 0])),
        "squared": median**2,
        "within": first.quantile("sigma", 0.5),
        "below": 1 - above,
        "above_narrow": 1 - second.cdf("tau", limit),
        "above_flat": 1 - flat.cdf("tau", limit),
        "above_prior": 1 - _share_below(limit, scale),
    }


def _share_below(limit: float, scale: float) -> float:
    """Of the half-normal prior."""
    share = np.linspace(0.0005, 0.9995, 1000)
    prior = sd_prior("half-normal", scale)
    return float(np.interp(limit, [prior.quantile(q) for q in share], share))


PAIRS = {
    name: by_scale("median", "other", wide, narrow) for name, (*_, wide, narrow, _) in OPEN.items()
}


def limit_in(n: Numbers) -> str:
    """The limit as a text gives it: '2', '2.0'."""
    return rf"(?<![\d.]){n['limit']:g}(\.0+)?(?![\d.]*\d)"


def names_limit(given: str, n: Numbers) -> bool:
    """Tell whether the limit is named as one: the scale of a prior may be the same number."""
    compares = (
        r"above|over|beyond|exceed\w*|pass\w*|below|under|limit|threshold|[<>≤≥]|"
        r"(larger|greater|higher|more|bigger|less|smaller|lower) than|at (least|most)"
    )
    limit = limit_in(n)
    behind = r"( mm)? (is|was|are) (exceeded|passed)"
    return says(given, rf"(\b|(?<=\W))({compares})[^.;\d]{{0,20}}{limit}|{limit}{behind}")


def exchanges_medians(given: str, n: Numbers) -> bool:
    """Tell whether the median under one prior stands with the scale of the other."""
    return PAIRS[n["data"]].told(given, n) == EXCHANGED


def says_below(given: dict, n: Numbers) -> bool:
    """Tell whether the probability of lying above the limit is said to be one of lying below."""
    below = rf"(\b(below|under|at most|(less|smaller|lower) than)|[<≤]) ?{limit_in(n)}"
    between = r"((?!\b(above|over|exceed\w*|and|but)\b)([^.;,]|\.\d)){0,50}"
    above = rf"(?<![\d.])({n['above']:.2f}|{n['above']:.0%}|{100 * n['above']:.0f} %)"
    return asserts(given["sentence"], rf"{below}{between}{above}|{above}{between}{below}")


def takes_above_for_p(given: dict, n: Numbers) -> bool:
    return asserts(given["sentence"], r"\bsignifican|\bp\s?[=<≈]|\breject")


def takes_zero_for_impossible(given: dict, n: Numbers) -> bool:
    """Tell whether a prior's absence of zero is said to be a finding."""
    proof = (
        r"\b(proves?|shows?|demonstrates?|establish\w*)( that)?[^.;,]{0,30}\bdiffer\b(?! by)|"
        r"\b(excludes?|rules? out) (0|zero)"
    )
    return asserts(given["sentence"], proof)


MISTAKES = (
    Mistake({"median": "other", "other": "median"}, "The two medians are swapped."),
    Mistake({"median": "mean"}, "Your median is the posterior's mean."),
    Mistake({"median": "flat"}, "Your median is that under a flat prior."),
    Mistake({"median": "reml"}, "Your median is REML's estimate."),
    Mistake({"median": "within"}, "Your median is that of σ, the SD within groups."),
    Mistake({"median": "squared"}, "Your median is a variance: the SD is asked for."),
    Mistake({"above": "below"}, "That is the probability of lying below the limit."),
    Mistake({"above": "above_narrow"}, "That is the probability under the narrow prior."),
    Mistake({"above": "above_flat"}, "That is the probability under a flat prior."),
    Mistake(
        {"above": "above_prior"}, "That is the probability before the data. What is it after them?"
    ),
    mistake(
        exchanged(EXAMPLE, "scale", "narrow"),
        "In your sentence the two priors have changed places: which of them has the smaller median?",
        exchanges_medians,
        part="sentence",
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("it is above", "it is below")},
        "Your sentence gives the probability of lying above the limit as one of lying below it.",
        when=says_below,
    ),
    mistake(
        EXAMPLE.replace("the SD between", "the variance between"),
        "Your sentence calls the SD between groups a variance.",
        any_of(called_variance("median", 2), named_variance("median", "other")),
        part="sentence",
    ),
    mistake(
        EXAMPLE.replace("posterior median", "posterior mean"),
        "Your sentence calls a median the posterior's mean, or its mode.",
        called_another_middle("median", "other"),
        part="sentence",
    ),
    Mistake(
        {"sentence": EXAMPLE + " The SD is significant."},
        "A posterior probability is no p, and nothing was rejected.",
        when=takes_above_for_p,
    ),
    Mistake(
        {"sentence": EXAMPLE + " This proves that the groups differ."},
        "Under a prior that has no weight at exactly 0 the posterior has none there either. Say "
        "how large the SD may be.",
        when=takes_zero_for_impossible,
    ),
)

EXERCISE = Exercise(
    "09.10",
    "Open task: how sure are you that they differ by that much?",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        median=Number(2),
        above=Number(2),
        other=Number(2),
        sentence=Sentence(
            (
                Part("the posterior median of the SD (two decimals)", number="median", decimals=2),
                Part("the probability that it is above the limit", number="above", decimals=2),
                Part("the limit itself", rule=names_limit),
                Part("the median under the narrow prior", number="other", decimals=2),
                Part("the kind of prior", pattern=r"half[- −]?normal"),
                Part("the scale of the wide prior", number="scale"),
                Part("the scale of the narrow prior", number="narrow", decimals=1),
                Part(
                    "how many groups", number="groups", of="groups|batches|children|subjects|units"
                ),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="{above:.2f} answers the question that was asked, and {other:.2f} beside {median:.2f} says "
    "how much of the answer is the prior's.",
    mistakes=MISTAKES,
    nudge="Which share of the posterior's weight lies beyond the limit, and does it stay there "
    "under the other prior?",
    section="A prior is a statement in units",
    formula='grid_posterior(formula, data, group, prior_tau=sd_prior("half-normal", s)):  '
    'quantile("tau", 0.5), 1 − cdf("tau", limit)',
    points=3,
)
