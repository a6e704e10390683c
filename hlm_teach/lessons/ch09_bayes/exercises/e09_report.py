"""09.9 The report: girls who grow, and a prior that a reader can argue with."""

import re

from hlm_teach.bayes.grid_posterior import grid_posterior
from hlm_teach.bayes.posterior import GridPosterior
from hlm_teach.bayes.priors import sd_prior
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import (
    called_variance,
    falls,
    in_another_unit,
    instead,
    taken_for_range,
)
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT, OTHER_WAY
from hlm_teach.feedback.reading import ascribes, asserts
from hlm_teach.feedback.reports import about_intervals, about_no_change, any_of, mistake
from hlm_teach.feedback.vocabulary import CREDIBLE, RANDOM_INTERCEPTS

from .wordings import called_another_middle, named_variance

WIDE, NARROW = 2.0, 1.0  # scales of the half-normal priors, in mm
_ONE, _TWO = r"(1(\.0+)?|one)", r"(2(\.0+)?|two)"
OWN = r"intercepts? of her own"
_MM, _AND = r"[ -]?(mm|millimet)", r" (and|or|versus|vs\.?|instead of|rather than) "


def in_mm(scale: str, other: str) -> str:
    """A pattern: a scale with its unit, which '2 and 1 mm' gives to both."""
    return rf"(?<![\d.]){scale}({_AND}{other})?{_MM}"


EXAMPLE = (
    "In {girls} girls ({rows} measurements, ages 8 to 14) the distance grew by {slope:.2f} mm a "
    "year (95 % credible interval {low:.2f} to {high:.2f}). The SD between girls had a posterior "
    "median of {tau:.2f} mm (95 % credible interval {tau_low:.2f} to {tau_high:.2f}). Linear "
    "model with random intercepts; priors: flat for the fixed effects, half-normal with a scale "
    "of 2 mm for the SD between girls, 1/σ for the residual SD; the posterior was computed on a "
    "grid. With a scale of 1 mm the median of the SD is {other:.2f} mm."
)


def posterior(scale: float) -> GridPosterior:
    """Fewer cells than is usual: no digit that is quoted depends on it."""
    data = load_data("orthodont")
    girls = data[data["Sex"] == "Female"]
    prior = sd_prior("half-normal", scale)
    return grid_posterior(
        "distance ~ age", girls, "Subject", prior_tau=prior, n_tau=100, n_sigma=20
    )


def numbers() -> Numbers:
    """What a report on growing girls may quote, rightly or wrongly."""
    wide, narrow = posterior(WIDE), posterior(NARROW)
    low, middle, high = (wide.quantile("tau", q) for q in (0.025, 0.5, 0.975))
    return {
        "girls": len(wide.labels),
        "rows": 4 * len(wide.labels),
        "slope": wide.quantile("age", 0.5),
        "low": wide.quantile("age", 0.025),
        "high": wide.quantile("age", 0.975),
        "tau": middle,
        "tau_low": low,
        "tau_high": high,
        "other": narrow.quantile("tau", 0.5),
        "mean": float((wide.weights.sum(axis=1) * wide.tau).sum()),
    }


def promises_coverage(given: str, n: Numbers) -> bool:
    """Tell whether a credible interval is explained by studies that would be repeated.

    An 'if' before it doesn't take the claim back: 'if the study were repeated, 95 % of …'.
    """
    share = r"\b95\s?(%|per ?cent|(out )?of (100|(a|one) hundred))"
    units = (
        r"(of )?((all|such|the|repeated) )*(studies|samples)|of ((all|such|the|these) )*intervals"
    )
    claims = re.finditer(rf"{share},? ({units})|\brepeated (sampling|studies|samples)", given)
    denial = r"\b(not|nor|unlike|rather than)\b|n't\b"
    return any(not re.search(denial, given[: claim.start()][-60:]) for claim in claims)


def calls_it_confidence(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bconfidence (interval|limit)")


def speaks_of_significance(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bsignifican|\bp\s?[=<≈]")


def takes_zero_for_refuted(given: str, n: Numbers) -> bool:
    """Tell whether an interval of an SD is said to show something by leaving out zero."""
    left_out = (
        r"(exclud\w+|omits?|do(es)? ?n[o']t (include|contain|cover)|is (away|clear) from) (0|zero)"
    )
    return asserts(
        given, rf"\bSD[^.;]{{0,80}}{left_out}|\binterval of the SD[^.;]{{0,40}}{left_out}"
    )


def exchanges_priors(given: str, n: Numbers) -> bool:
    """Tell whether the median under one prior is said to come from the other's scale."""
    wide, narrow = (rf"(?<![\d.]){scale}{_MM}" for scale in (_TWO, _ONE))
    return ascribes(given, n["other"], 2, wide, unless=narrow) or ascribes(
        given, n["tau"], 2, narrow, unless=wide
    )


def takes_it_for_residual(given: str, n: Numbers) -> bool:
    """Tell whether the SD between girls is said to be that of the residuals."""
    others = r"between|among|across|girls|tau|τ|intercept"
    return ascribes(given, n["tau"], 2, r"\bresidual|\bwithin\b", unless=others)


def calls_it_uninformative(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\b(un|non-?)informative|\bobjective prior|\bpriors? (have|has|had) no (influence|effect)",
    )


def says_prior_is_no_matter(given: str, n: Numbers) -> bool:
    """Tell whether the prior is said to make no difference; for the growth it doesn't."""
    claim = r"(\bsame\b|\brobust|unchanged|no difference|insensitive|not sensitive|not depend)"
    pattern = rf"\bpriors?\b[^.;]{{0,60}}{claim}|{claim}[^.;]{{0,40}}\bpriors?\b"
    claims = (one for one in re.split(r"[.;](?=\s|$)", given) if asserts(one, pattern))
    return any(not re.search(r"\bgrow|\bgrew|\bslope|\bage\b|a year", one) for one in claims)


def exchanges_counts(given: str, n: Numbers) -> bool:
    """Tell whether there are as many girls as there were measurements."""
    return asserts(given, rf"(?<![\d.]){n['rows']:.0f} (girls|children)\b")


def lets_slopes_vary(given: str, n: Numbers) -> bool:
    given = given.replace("model with", "model of")  # which denies nothing
    varied = r"(also |both |all )?((were|are) random|var(y|ied)|differ(ed)?)\b"
    return asserts(
        given,
        r"\brandom (intercepts?,? and )?(random )?slopes?\b|\bslopes? of (her|their) own\b|"
        rf"\b(girl|subject)-specific (intercepts? and )?slopes?\b|\bslopes?( of age)? {varied}",
    )


MISTAKES = (
    Mistake(
        EXAMPLE + " That is, 95 % of such intervals contain the true SD.",
        "What you explain is a confidence interval. What does a credible interval say of the "
        "value, given model, prior and data?",
        when=promises_coverage,
    ),
    Mistake(
        EXAMPLE.replace("credible", "confidence"),
        "These are intervals of a posterior. What are they called?",
        when=calls_it_confidence,
    ),
    Mistake(
        EXAMPLE + " The growth was significant.",
        "No test was made: a posterior has probabilities and intervals, not significance.",
        when=speaks_of_significance,
    ),
    Mistake(
        EXAMPLE + " The interval of the SD excludes zero, so the girls differ.",
        "An interval with equal tails for something that can't be negative never has zero in it.",
        when=takes_zero_for_refuted,
    ),
    Mistake(
        EXAMPLE + " These priors are uninformative.",
        "No prior is uninformative, and yours rules out an SD of 10 mm. Say what it says, in mm.",
        when=calls_it_uninformative,
    ),
    Mistake(
        EXAMPLE + " So the results are robust to the prior.",
        "Put the two medians beside each other: is a shift of a quarter of a millimetre nothing? "
        "Say what moves and what stays.",
        when=says_prior_is_no_matter,
    ),
    Mistake(
        EXAMPLE + " So 95 % of the girls lie between {tau_low:.2f} and {tau_high:.2f} mm.",
        "The interval is one for the SD, a single number. It says nothing of how many girls lie "
        "where.",
        when=taken_for_range("girls|children", "tau_low", "tau_high"),
    ),
    mistake(
        EXAMPLE + " The variance between girls was {tau:.2f}.",
        "You call the SD between girls a variance.",
        any_of(called_variance("tau", 2), named_variance("tau", "other")),
    ),
    mistake(
        EXAMPLE.replace("posterior median", "posterior mean"),
        "You call a median the posterior's mean, or its mode. In a skewed curve these are three "
        "numbers.",
        called_another_middle("tau", "other"),
    ),
    *about_intervals(EXAMPLE, ("slope", "low", "high"), ("tau", "tau_low", "tau_high")),
    mistake(
        EXAMPLE.replace("of 2 mm", "of X mm").replace("of 1 mm", "of 2 mm").replace("X mm", "1 mm"),
        "The two priors have changed places: which of them has the smaller median?",
        exchanges_priors,
    ),
    mistake(
        EXAMPLE.replace("{girls} girls ({rows}", "{rows} girls ({girls}"),
        "Girls and measurements have changed places: each girl was measured several times.",
        exchanges_counts,
    ),
    mistake(
        EXAMPLE.replace("The SD between girls had", "The residual SD had"),
        "You call the SD between girls that of the residuals. Which of them is τ?",
        takes_it_for_residual,
    ),
    mistake(
        EXAMPLE.replace("mm a year", "cm a year"),
        ANOTHER_UNIT,
        in_another_unit("slope", "tau", "other", unit="mm|millimet.*"),
    ),
    mistake(EXAMPLE.replace("grew by", "fell by"), OTHER_WAY, falls("slope")),
    about_no_change(EXAMPLE, "So the distance did not change ({slope:.2f}).", "slope"),
    Mistake(
        EXAMPLE.replace("1/σ for the residual SD", "half-normal for the residual SD"),
        "Which of the priors is half-normal? That of the residual SD has another form.",
        when=lambda given, n: asserts(
            given, r"\bhalf-normal for the residual|\bresidual SD:? (is |was )?half-normal"
        ),
    ),
    Mistake(
        EXAMPLE.replace("random intercepts", "random intercepts and slopes"),
        "Did slopes vary between girls in the model that you were asked for?",
        when=lets_slopes_vary,
    ),
    Mistake(
        EXAMPLE.replace("{tau:.2f}", "{mean:.2f}"),
        "That is the posterior's mean. The curve is skewed: its median is asked for.",
        when=instead("mean", "tau"),
    ),
)

EXERCISE = Exercise(
    "09.9",
    "The report",
    Sentence(
        (
            Part("the growth a year (mm, two decimals)", number="slope", decimals=2),
            Part("the lower end of its 95 % interval", number="low", decimals=2),
            Part("the upper end of its 95 % interval", number="high", decimals=2),
            Part(
                "the posterior median of the SD between girls (two decimals)",
                number="tau",
                decimals=2,
            ),
            Part("the lower end of that SD's 95 % interval", number="tau_low", decimals=2),
            Part("the upper end of that SD's 95 % interval", number="tau_high", decimals=2),
            Part("what its median is under the other prior", number="other", decimals=2),
            Part("that the intervals are those of a posterior", pattern=CREDIBLE),
            Part("the kind of prior for the SD between girls", pattern=r"half[- −]?normal"),
            Part("its scale, with the unit", pattern=in_mm(_TWO, _ONE)),
            Part("the scale of the other prior, with the unit", pattern=in_mm(_ONE, _TWO)),
            Part("the prior of the fixed effects", pattern=r"\bflat|\buniform"),
            Part("what varied between girls", pattern=rf"{RANDOM_INTERCEPTS}|{OWN}"),
            Part("how the posterior was computed", pattern=r"\bgrid|\bexact|numerical"),
            Part("how many girls", number="girls", of="girls|children|groups|subjects"),
            Part(
                "how many measurements",
                number="rows",
                of="measure\\w+|observations|rows|values|distances|images|visits|in all|in total",
            ),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="the growth of {slope:.2f} mm a year is what the measurements say; the SD between girls, "
    "{tau:.2f} or {other:.2f} mm, is also what the prior says, and your reader can see both.",
    mistakes=MISTAKES,
    nudge="Could somebody who believes in another prior do it again from your text alone?",
    section="How to report it",
    formula='grid_posterior("distance ~ age", girls, "Subject", prior_tau=sd_prior("half-normal", '
    "2.0)).table()"
    ", and once more with 1.0",
    points=3,
)
