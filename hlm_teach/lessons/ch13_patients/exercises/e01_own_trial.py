"""13.1 Your own trial: an effect on a slope, in patients who leave."""

import re

import numpy as np
import pandas as pd

from hlm_teach.feedback.claims import turned_round
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import TURNED_ROUND
from hlm_teach.feedback.reading import REML, asserts, holds
from hlm_teach.feedback.reports import about_intervals, about_no_change, mistake
from hlm_teach.feedback.vocabulary import RANDOM_SLOPES
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.growth import arm_slopes
from hlm_teach.simulate.trial import simulate_trial

VISITS = 7
EXAMPLE = (
    "The geometric mean of the marker rose {yearly:.3f}-fold a year with usual care; the drug "
    "multiplied this by {ratio:.3f} (95 % CI {low:.3f} to {high:.3f}). Linear mixed model of the "
    "logarithm (REML) with a common mean at entry, random intercepts and slopes; {rows} visits of "
    "{patients} patients. The effect is the one that all would have had, had nobody left, if "
    "leaving depended on recorded values."
)


def draw_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial of 180 patients whose steep ones leave sooner, alike in both arms."""
    trial = simulate_trial(
        n_per_arm=90,
        visits=range(VISITS),
        tau11=0.02,
        dropout=0.07,
        effect=rng.uniform(-0.15, -0.10),
        steepness=(1.0, 1.0),
        gamma10=rng.uniform(0.15, 0.21),
        rng=rng,
    )
    return pd.DataFrame(
        {
            "patient": trial["group"] + 1,
            "arm": trial["arm"],
            "years": trial["x"].astype(int),
            "marker": np.exp(trial["y"]).round(3),
        }
    )


def tidy(data: pd.DataFrame) -> pd.DataFrame:
    """The columns that `arm_slopes` knows, and whether a patient came to the last visit."""
    stayed = data.groupby("patient")["years"].transform("size") == VISITS
    return data.assign(
        group=data["patient"], x=data["years"], y=np.log(data["marker"]), stayed=stayed
    )


def serves(data: pd.DataFrame) -> bool:
    """Tell whether the effect is clear, and each analysis gives another number."""
    given = tidy(data)
    found = arm_slopes(given)
    ratios = [*np.exp(found["difference"]), _completers(given)]
    apart = np.diff(np.sort(ratios)).min()
    return bool(found["upper"].iloc[2] < -0.03 and apart > 0.0025)


def _completers(given: pd.DataFrame) -> float:
    return float(np.exp(arm_slopes(given[given["stayed"]])["difference"].iloc[2]))


def own_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial of one's own."""
    return drawn_until(serves, draw_trial, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """The factor by which the drug changes the yearly rise, its interval; and misreadings."""
    given = tidy(data)
    fit = fit_lmm("y ~ x + x:arm", given, "group", "1 + x")
    ends, effect = fit.conf_int().loc["x:arm"], fit.params["x:arm"]
    others = np.exp(arm_slopes(given)["difference"])
    apart = fit_lmm("y ~ x * arm", given, "group", "1 + x")
    return {
        "ratio": np.exp(effect),
        "low": np.exp(ends["lower"]),
        "high": np.exp(ends["upper"]),
        "trust": "b",
        "yearly": np.exp(fit.params["x"]),
        "patients": fit.n_groups,
        "rows": fit.nobs,
        "left": 100 * np.exp(effect),
        "per_cent": 100 * (1 - np.exp(effect)),
        "log_effect": effect,
        "log_low": ends["lower"],
        "log_high": ends["upper"],
        "upside_down": np.exp(-effect),
        "with_drug": np.exp(fit.params["x"] + effect),
        "by_ols": others.iloc[0],
        "by_intercepts": others.iloc[1],
        "of_completers": _completers(given),
        "start_apart": np.exp(apart.params["x:arm"]),
    }


_ENTRY = r"(entry|baseline|(the )?(start|outset)|(time|year) (zero|0)|randomi[sz]ation)\b"
START_ALIKE = (
    r"common (to both|(start\w* )?(mean|value|intercept|baseline|start))|alike at|constrain|"
    r"\bstart\w* (from )?(\w+ )?(alike|equal|same|one)|"
    r"\b(same|equal|one|single|share\w*) (\w+ )?(mean|intercept|baseline|start)|"
    rf"\bequal (\w+ ){{0,2}}at {_ENTRY}|\bmean at entry was the same|"
    r"\bno (\w+ )?(difference|effect|gap)s? "
    rf"([^.;]{{0,30}}\b)?(at|in|on) {_ENTRY}|(without (a )?|\bno )main effect of (the )?(arm|drug|treatment)"
)
# What a ratio of slopes multiplies is a rise, with every year, and not the marker, once.
YEARLY = r"\byear|\bannual|\bslopes?\b|\brise|\brose|\brising|gr[eo]w|\brates?\b|increas|steep|trend|progress"


def speaks_of_a_level(given: str, n: Numbers) -> bool:
    """Tell whether the drug is said to multiply the marker, and not its yearly rise."""
    said = [one for one in re.split(r"(?<=[.!?])\s", given) if holds(one, n["ratio"], 3)]
    return said != [] and not any(re.search(YEARLY, one, re.IGNORECASE) for one in said)


def calls_it_a_mean(given: dict, n: Numbers) -> bool:
    """Tell whether a geometric mean goes by the name of the mean."""
    return asserts(given["report"], r"(?<!geometric )(?<!common )\bmean (of the )?(marker|level)")


def claims_survival(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], r"\bprolong|\bsaved? lives|surviv\w+ longer|\blived longer")


def steepens(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], r"\bdrug (accelerat|rais|increas|steepen|spe(d|ed))")


MISTAKES = (
    Mistake(
        {"ratio": "start_apart"}, "Your arms start apart: leave `arm` alone out of the formula."
    ),
    Mistake(
        {"ratio": "log_effect"},
        "Your ratio is a difference of logarithms. What makes a factor of it?",
    ),
    Mistake(
        {"ratio": "upside_down"},
        "Your ratio is upside down: usual care against the drug. Which way does the row point?",
    ),
    Mistake(
        {"ratio": "with_drug"},
        "Your ratio is the yearly factor of the drug's patients. Asked for is how many times that of "
        "usual care it is.",
    ),
    Mistake(
        {"ratio": "by_ols"},
        "Your ratio is that of ordinary regression, which follows whoever is still there.",
    ),
    Mistake(
        {"ratio": "by_intercepts"},
        "Your ratio is that of random intercepts alone. Patients rise at rates of their own.",
    ),
    Mistake(
        {"ratio": "of_completers"},
        "Your ratio is that of the patients who came to the last visit. Who was drawn by lot?",
    ),
    Mistake(
        {"low": "log_low", "high": "log_high"},
        "The ends of your interval are still logarithms: take them back as you took the estimate.",
    ),
    Mistake({"low": "high", "high": "low"}, "The ends of your interval stand in the wrong order."),
    Mistake(
        {"trust": "a"},
        "In the lab each arm's slope was bent where steep patients left. Compare with the difference.",
    ),
    Mistake({"trust": "c"}, "What bends both arms alike falls out of one of these. Which?"),
    Mistake(
        {"report": EXAMPLE.replace("The geometric mean of the marker", "The mean marker")},
        "Your report calls e to a mean of logarithms a mean. What is it?",
        when=calls_it_a_mean,
    ),
    Mistake(
        {"report": EXAMPLE + " So the drug prolonged life."},
        "Your report speaks of survival. Which column of the data was analysed?",
        when=claims_survival,
    ),
    Mistake(
        {"report": EXAMPLE + " The drug accelerated the rise."},
        "Your report says that the drug made the rise steeper. Is the factor above one?",
        when=steepens,
    ),
    *about_intervals(EXAMPLE, ("ratio", "low", "high"), decimals=3, part="report"),
    mistake(
        EXAMPLE.replace("; the drug multiplied this by", ". The drug multiplied the marker by"),
        "Once, or with every year? Say what the factor multiplies.",
        speaks_of_a_level,
        part="report",
    ),
    mistake(
        EXAMPLE.replace("the drug multiplied", "(usual care/drug) it multiplied"),
        TURNED_ROUND,
        turned_round(r"(the )?drug", r"usual care"),
        part="report",
    ),
    mistake(
        EXAMPLE + " So the drug slows the rise by {left:.1f} %.",
        "By how many per cent is a factor below one smaller than one?",
        lambda given, n: asserts(given, rf"\b(by|of) {n['left']:.1f}\d? ?(%|per ?cent)"),
        part="report",
    ),
    about_no_change(
        EXAMPLE, "The rise was no slower, {ratio:.3f}.", "ratio", decimals=3, part="report"
    ),
)

EXERCISE = Exercise(
    "13.1",
    "Your own trial: an effect on a slope, in patients who leave",
    Several(
        ratio=Number(3),
        low=Number(3),
        high=Number(3),
        trust=Choice("abc"),
        report=Sentence(
            (
                Part(
                    "the factor by which the drug changes the yearly rise, three decimals",
                    number="ratio",
                    decimals=3,
                ),
                Part("the lower end of its interval", number="low", decimals=3),
                Part("the upper end of its interval", number="high", decimals=3),
                Part(
                    "that it is a factor (times, multiplied, -fold, per cent, ratio)",
                    pattern=r"\btimes\b|multipl|fold\b|\bfactor|per ?cent|%(?! ?CI)|\bratio",
                ),
                Part("how many patients", number="patients", of="patients|persons|people|J"),
                Part(
                    "how many visits",
                    number="rows",
                    of="visits|measurements|values|observations|rows|N",
                ),
                Part("what varied between patients (slopes as well)", pattern=RANDOM_SLOPES),
                Part("that the arms were taken to start alike", pattern=START_ALIKE),
                Part(
                    "what was assumed of those who left",
                    pattern=r"(missing|dropout)[^.;]{0,30}at random|\bMAR\b|\brecorded|ignorable|"
                    r"(values|markers?)[^.;]{0,20}(seen|observed)|(seen|observed)[^.;]{0,20}(values|markers?)",
                ),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    own_data=own_trial,
    why="your reader knows how much slower the rise is, in which patients, and what you took for "
    "granted about those who left. In these data the truth is known: steep patients left sooner, in "
    "both arms alike, so the slopes are too flat and their difference is nearly right.",
    mistakes=MISTAKES,
    nudge="Which row of which model is the effect, and on which scale does it stand?",
    section="Arms that start alike",
    formula='fit_lmm("log_marker ~ years + years:arm", data, "patient", "1 + years");  factor = e^γ₁₁, '
    "and its ends likewise",
    points=4,
)
