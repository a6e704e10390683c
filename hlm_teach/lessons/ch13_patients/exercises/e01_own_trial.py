"""13.1 Your own trial: an effect on a slope, in patients who leave."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.claims import lies_outside, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import INTERVALS_ARE_95, OUTSIDE_ITS_INTERVAL
from hlm_teach.feedback.reading import REML, asserts
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
    return {
        "ratio": np.exp(effect),
        "low": np.exp(ends["lower"]),
        "high": np.exp(ends["upper"]),
        "trust": "b",
        "yearly": np.exp(fit.params["x"]),
        "patients": fit.n_groups,
        "rows": fit.nobs,
        "per_cent": 100 * (1 - np.exp(effect)),
        "log_effect": effect,
        "log_low": ends["lower"],
        "log_high": ends["upper"],
        "upside_down": np.exp(-effect),
        "with_drug": np.exp(fit.params["x"] + effect),
        "by_ols": others.iloc[0],
        "by_intercepts": others.iloc[1],
        "of_completers": _completers(given),
    }


def calls_it_a_mean(given: dict, n: Numbers) -> bool:
    """Tell whether a geometric mean goes by the name of the mean."""
    return asserts(given["report"], r"(?<!geometric )(?<!common )\bmean (of the )?(marker|level)")


def claims_survival(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], r"\bprolong|\bsaved? lives|surviv\w+ longer|\blived longer")


def steepens(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], r"\bdrug (accelerat|rais|increas|steepen|speed)")


MISTAKES = (
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
    Mistake(
        {
            "report": EXAMPLE.replace("{ratio:", "{was:")
            .replace("{low:", "{ratio:")
            .replace("{was:", "{low:")
        },
        OUTSIDE_ITS_INTERVAL,
        when=lambda given, n: lies_outside("ratio", "low", "high", decimals=3)(given["report"], n),
    ),
    Mistake(
        {"report": EXAMPLE.replace("95 % CI", "90 % CI")},
        INTERVALS_ARE_95,
        when=lambda given, n: wrong_level(given["report"], n),
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
                Part(
                    "what varied between patients (slopes as well)",
                    pattern=r"random[^.;]{0,40}slope|slopes?\b[^.;]{0,30}(random|var(y|ied))",
                ),
                Part(
                    "that the arms were taken to start alike",
                    pattern=r"common (mean|start|intercept|baseline)|start\w* (alike|equal|the same)|(same|equal) (mean|baseline|start)|alike at|constrain",
                ),
                Part(
                    "what was assumed of those who left",
                    pattern=r"missing at random|\bMAR\b|recorded|(values|markers?)[^.;]{0,20}(seen|observed)|(seen|observed)[^.;]{0,20}(values|markers?)",
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
