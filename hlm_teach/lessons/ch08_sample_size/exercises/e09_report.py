"""08.9 The report: a plan for a registration."""

import re
from typing import Any

import numpy as np

from hlm_teach.balanced.power_studies import simulate_power_studies
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_sd, instead, states
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import EXCHANGED, Pair
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds, numbers_in, quotes, says
from hlm_teach.feedback.reports import exchanged, mistake
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.power import groups_needed, power

EFFECT, PATIENTS, STUDIES, SEED = 0.2, 25, 10_000, 89
_OF_PATIENTS = r"\bwithin|\bresidual|σ|\b(between|among) (the |single )?(patients|stays)"
_ON = r"(?:[^.;]|\.\d)"  # within a sentence, numbers included

EXAMPLE = (
    "The primary hypothesis is that a discharge nurse shortens the stay in hospital; {effect:.1f} on "
    "the log scale is the smallest effect for which the nurse would be paid. Variances of the log "
    "stay are those of the {pilot} hospitals in medpar, {tau00:.3f} between hospitals and "
    "{sigma2:.2f} within them. {hospitals} hospitals take part, half of them with the nurse, with "
    "{size} patients each. The effect will be tested two-sided at 5 % in a linear mixed model "
    "fitted by REML, with Satterthwaite's degrees of freedom. Power is {power:.1%} by formula and "
    "{simulated:.1%} in {studies:,} simulated studies, with a Monte-Carlo standard error of "
    "{error:.1%}."
)


def numbers() -> Numbers:
    """What the plan of a study with a discharge nurse may quote, rightly or wrongly."""
    pilot = fit_lmm("log_los ~ 1", load_data("medpar"), "hospital")
    tau00, sigma2 = float(pilot.cov_re.iloc[0, 0]), float(pilot.sigma2)
    study: dict[str, Any] = {
        "effect": EFFECT,
        "group_size": PATIENTS,
        "tau00": tau00,
        "sigma2": sigma2,
    }
    hospitals = groups_needed("between", **study)
    simulated = simulate_power_studies(
        "between", n_groups=hospitals, n_studies=STUDIES, rng=np.random.default_rng(SEED), **study
    ).found()
    alone = study | {"tau00": 0.0, "sigma2": tau00 + sigma2}
    return {
        "effect": EFFECT,
        "tau00": tau00,
        "sigma2": sigma2,
        "pilot": pilot.n_groups,
        "hospitals": hospitals,
        "size": PATIENTS,
        "power": power("between", n_groups=hospitals, **study),
        "simulated": simulated,
        "studies": STUDIES,
        "error": float(np.sqrt(simulated * (1 - simulated) / STUDIES)),
        "total": hospitals * PATIENTS,
        "sd_between": np.sqrt(tau00),
        "sd_within": np.sqrt(sigma2),
        "by_patients": power("between", n_groups=hospitals, **alone),
        "shorter": 1 - np.exp(-EFFECT),
    }


def counts_an_arm(given: str, n: Numbers) -> bool:
    """Tell whether all hospitals are said to be those of one arm."""
    places = (
        r"hospitals |clinics )?(in|per|for|to|with) (each|every|either|an?|one)?( of the)?( two)?"
    )
    # Not `asserts`: in '31 without a nurse (62 in each arm)' nothing is denied.
    return says(given, rf"\b{n['hospitals']} ({places} ?arms?\b|\btwo arms of {n['hospitals']}\b")


def takes_total_for_size(given: str, n: Numbers) -> bool:
    total = rf"{n['total'] // 1000},?{n['total'] % 1000:03d}"
    return asserts(given, rf"\b{total} patients (in|per|of) (each|every|an?|one)? ?hospital")


def takes_size_for_total(given: str, n: Numbers) -> bool:
    """Tell whether the patients of one hospital are said to be all: '25 patients in all'."""
    of_each = r"(?! (the |of |these |hospitals|sites|clinics|arms|\d))"
    return asserts(
        given, rf"\b{n['size']} patients (in all|in total|altogether|overall)\b{of_each}"
    )


def lengthens(given: str, n: Numbers) -> bool:
    """Tell whether the nurse is said to make stays longer; left open, as 'may', it is no claim.

    'Paid only if stays become longer' is one: so 'if' leaves nothing open here.
    """
    within = r"((?!\b(could|may|might|or)\b)[^.;,]){0,40}"
    longer = r"(?<!may )(?<!might )(?<!could )\b(longer|lengthen\w*|prolong\w*|increas\w*)"
    stay = r"((the|of|their|length|hospital|patients'|log) )*(stays?|LOS)\b"
    return states(rf"\b(stays?|LOS)\b{within}{longer}\b(?! than)|{longer} {stay}")(given, n)


def takes_kenward_roger(given: str, n: Numbers) -> bool:
    return says(given, "kenward") and not says(given, "satterthwaite")


POWERS = Pair("power", "simulated", r"\bformula|\banalytic\w*|\bcalculat\w*", "simulat", decimals=3)


def exchanges_powers(given: str, n: Numbers) -> bool:
    """Tell whether the two powers, both given with a decimal, have changed places."""
    both = holds(given, n["power"], 3) and holds(given, n["simulated"], 3)
    return both and POWERS.told(given, n) == EXCHANGED


def plans_with_what_was_found(given: str, n: Numbers) -> bool:
    """Tell whether the effect is one that a pilot found; variances may come from there."""
    source = r"[^.;,]{0,30}\b(pilot|medpar|medicare|earlier|previous|older)\b"
    found = r"\b(found|observed|estimated|seen|obtained)\b"
    return asserts(given, rf"\b(effect|difference)\b{_ON}{{0,50}}{found}{source}")


def takes_power_for_truth(given: str, n: Numbers) -> bool:
    """Tell whether power is said to be the chance that the hypothesis is true."""
    claim = r"\b(probability|chance|likel\w+|certain|sure)\b[^.;]{0,80}\b(is true|works|is real)\b"
    return any(
        asserts(match[0], claim)
        and not re.search(r"\bif\b|detect|find|found|reject|significan|given", match[0])
        for match in re.finditer(claim, given, re.IGNORECASE)
    )


def takes_a_miss_for_proof(given: str, n: Numbers) -> bool:
    """Tell whether a result that isn't significant is said to show that there is no effect."""
    none = r"(no effect|does(n't| not) (work|help|shorten)|useless|ineffective|without effect)"
    missed = r"\b(not|non-?|in)( be)? ?significant|\bp (is )?(above|over|larger|greater|>|≥)"
    claims = re.finditer(rf"(?:{missed})(?P<then>{_ON}{{0,100}})\b{none}", given, re.IGNORECASE)
    return any(not re.search(r"\b(not|never|cannot)\b|n't", claim["then"]) for claim in claims)


def one_sided(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bone[- ](sided|tailed)")


def gives_another_scale(given: str, n: Numbers) -> bool:
    """Tell whether the effect, a difference of logarithms, is given in days or only in per cent."""
    quoted = [one for one in numbers_in(given) if quotes(one, n["effect"], 1)]
    return asserts(given, r"(?<!\d)0?\.20?\s?(days?|nights?)\b") or (
        bool(quoted) and all(one.percent for one in quoted)
    )


def gives_sds(given: str, n: Numbers) -> bool:
    return instead("sd_between", "tau00", 3)(given, n) and instead("sd_within", "sigma2")(given, n)


def takes_other_df(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bresidual (degrees|df)|\bz[- ]test|\bnormal distribution")


def promises(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bguarante|\bcertain(ly|ty)\b|\bsure to (find|detect)")


def swaps_levels(given: str, n: Numbers) -> bool:
    """Tell whether a variance stands with the other level."""
    return ascribes(
        given, n["tau00"], 3, r"\bwithin|\bresidual|\bσ²", unless=r"\bbetween|\bτ|among|_?00"
    ) or ascribes(given, n["sigma2"], 2, r"\bbetween|\bτ₀₀", unless=_OF_PATIENTS)


MISTAKES = (
    Mistake(
        EXAMPLE.replace("{hospitals} hospitals take part,", "{hospitals} hospitals in each arm,"),
        "In each arm? J in the formula is all hospitals, half of them in each arm.",
        when=counts_an_arm,
    ),
    Mistake(
        EXAMPLE + " So there are {total} patients per hospital.",
        "That many patients in all. How many in one hospital?",
        when=takes_total_for_size,
    ),
    Mistake(
        EXAMPLE.replace("{size} patients each", "{size} patients in all"),
        "That many patients in one hospital. How many are that in all?",
        when=takes_size_for_total,
    ),
    mistake(
        EXAMPLE.replace("shortens the stay", "makes the stay longer"),
        "The nurse is to shorten the stay: which way does the effect go?",
        lengthens,
    ),
    Mistake(
        EXAMPLE.replace("Satterthwaite's degrees", "Kenward and Roger's degrees"),
        "Kenward and Roger's method would do as well, but it isn't the one that was planned. A "
        "registration names the test that will be made.",
        when=takes_kenward_roger,
    ),
    Mistake(
        exchanged(EXAMPLE, "power", "simulated"),
        "The two powers have changed places: which one is by formula, which was simulated?",
        when=exchanges_powers,
    ),
    Mistake(
        EXAMPLE.replace(
            "is the smallest effect for which the nurse would be paid",
            "is the smallest effect of interest, an effect that was found in a pilot",
        ),
        "An effect that a pilot found was noticed because it was large. Plan with the smallest one "
        "that would matter; take the variances from a pilot.",
        when=plans_with_what_was_found,
    ),
    Mistake(
        EXAMPLE + " So the probability is {power:.0%} that the hypothesis is true.",
        "Power is no probability of the hypothesis. It is the chance that a test finds an effect "
        "of this size, where there is one.",
        when=takes_power_for_truth,
    ),
    Mistake(
        EXAMPLE + " A result that is not significant will mean that the nurse has no effect.",
        "One study in five misses even this effect. What does a p above 0.05 say, then?",
        when=takes_a_miss_for_proof,
    ),
    Mistake(
        EXAMPLE.replace("{effect:.1f} on the log scale", "{effect:.1f} days"),
        "The effect is a difference of logarithms. Days are another scale, and so is a per cent of a "
        "stay, where exp(−0.2) is 0.82, not 0.80: say on which scale it is 0.2.",
        when=gives_another_scale,
    ),
    Mistake(
        EXAMPLE.replace("Satterthwaite's degrees", "residual degrees"),
        "The plan names another test. What differs between hospitals is tested against hospitals: "
        "whose degrees of freedom know that?",
        when=takes_other_df,
    ),
    Mistake(
        EXAMPLE.replace("two-sided", "one-sided"),
        "The power that you give is that of a two-sided test.",
        when=one_sided,
    ),
    Mistake(
        EXAMPLE + " This guarantees that the effect will be found.",
        "Nothing is guaranteed at this power. How many such studies miss the effect?",
        when=promises,
    ),
    Mistake(
        EXAMPLE.replace("between hospitals and", "within hospitals and").replace(
            "within them.", "between them."
        ),
        "Between and within have changed places.",
        when=swaps_levels,
    ),
    Mistake(
        EXAMPLE.replace("{tau00:", "{sd_between:").replace("{sigma2:", "{sd_within:"),
        "Standard deviations stand where variances are asked for.",
        when=gives_sds,
    ),
    Mistake(
        EXAMPLE + " The standard deviation between hospitals was {tau00:.3f} in the pilot.",
        "You call the variances standard deviations.",
        when=called_sd("tau00", 3),
    ),
    Mistake(
        EXAMPLE.replace("{power:.1%}", "{by_patients:.2%}").replace("{simulated:.1%}", "99 %"),
        "That is the power if patients of a hospital had nothing in common.",
        when=instead("by_patients", "power", 2),
    ),
)

EXERCISE = Exercise(
    "08.9",
    "The report: a plan for a registration",
    Sentence(
        (
            Part("the effect, on the log scale (one decimal)", number="effect", decimals=1),
            Part(
                "why an effect of that size",
                pattern=r"smallest|minim|would matter|worth|relevan|important|meaningful|least",
            ),
            Part("the variance between hospitals (three decimals)", number="tau00", decimals=3),
            Part("the variance within hospitals (two decimals)", number="sigma2", decimals=2),
            Part(
                "where the variances come from",
                pattern=r"medpar|medicare|pilot|arizona|\b54\b|fifty-four",
            ),
            Part(
                "how many hospitals",
                number="hospitals",
                of="hospitals|clinics|sites|clusters|groups|J",
            ),
            Part(
                "how many patients in each",
                number="size",
                of="patients|each|every|per|apiece|a hospital|stays|n",
            ),
            Part("that the test is two-sided", pattern=r"\btwo[- ](sided|tailed)"),
            Part(
                "its level", pattern=r"(?<![\d.])5\s?(%|per ?cent)|(?<!\d)0?\.05\b|\bfive per ?cent"
            ),
            Part(
                "the degrees of freedom of the test",
                pattern=r"satterthwaite|degrees of freedom|\bdf\b",
            ),
            Part("the estimator", pattern=REML),
            Part("power by formula (in per cent, one decimal)", number="power", decimals=2),
            Part(
                "power in simulated studies (in per cent, one decimal)",
                number="simulated",
                decimals=3,
            ),
            Part(
                "how many studies were simulated",
                number="studies",
                of="stud(y|ies)|simulat\\w+|replicat\\w+|data ?sets|trials|draws|runs",
            ),
            Part(
                "their Monte-Carlo standard error (in percentage points, one decimal)",
                number="error",
                decimals=3,
            ),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader of yours can do the sum again, and knows what it rests on; that {effect:.1f} on the log "
    "scale is a stay shorter by {shorter:.0%} would be a kind thing to add.",
    mistakes=MISTAKES,
    nudge="Could somebody who has only your text do the sum again, and say what was assumed?",
    section="How to report it",
    formula="effect and why; τ₀₀, σ² and whence; J and n; test, level, df, estimator; power by formula "
    "and in R simulated studies with √(p(1 − p)/R)",
    points=3,
)
