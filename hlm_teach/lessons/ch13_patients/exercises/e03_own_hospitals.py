"""13.3 Your own hospitals: what one of them carries."""

import re

import numpy as np
import pandas as pd

from hlm_teach.feedback.claims import in_another_unit
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import ANOTHER_UNIT, OTHER_WAY
from hlm_teach.feedback.reading import REML, ascribes, asserts
from hlm_teach.feedback.reports import (
    about_cause,
    about_intervals,
    about_no_change,
    exchanged,
    mistake,
    names_a_cause,
)
from hlm_teach.feedback.vocabulary import LEFT_OUT, NOT_CAUSAL
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.icc import icc

N_HOSPITALS = 24
EMERGENCY = "admission[T.emergency]"
EXAMPLE = (
    "{rows} patients of {hospitals} hospitals. The ICC of log length of stay was {icc_all:.3f}, and "
    "{icc_without:.3f} without hospital {hospital:.0f}, all of whose patients were emergencies. That "
    "hospital was left out: emergencies then stayed {ratio_without:.2f} times as long as elective "
    "patients (95 % CI {low:.2f} to {high:.2f}), adjusted for age; with it {ratio_all:.2f} times. "
    "Linear mixed models (REML) with a random intercept for the hospital. Whether its stays are long "
    "because of the hospital or of its admissions these data can't tell."
)


def draw_hospitals(rng: np.random.Generator) -> pd.DataFrame:
    """Twenty-four hospitals, one of which has emergencies only, and long stays."""
    sizes, odd = rng.integers(12, 45, N_HOSPITALS), rng.integers(N_HOSPITALS)
    hospital = np.repeat(np.arange(N_HOSPITALS), sizes)
    kind = rng.choice(3, len(hospital), p=[0.62, 0.26, 0.12])
    kind[hospital == odd] = 2
    u = rng.normal(0, 0.13, N_HOSPITALS)
    u[odd] = rng.uniform(0.75, 0.95)
    age = rng.normal(70, 9, len(hospital)).round()
    logs = 1.9 + u[hospital] + np.array([0, 0.2, 0.08])[kind] + 0.006 * (age - 70)
    days = np.exp(logs + rng.normal(0, 0.6, len(hospital)))
    labels = rng.choice(np.arange(101, 200), N_HOSPITALS, replace=False)
    return pd.DataFrame(
        {
            "hospital": labels[hospital],
            "admission": np.array(["elective", "urgent", "emergency"])[kind],
            "age": age.astype(int),
            "days": days.round(1).clip(min=0.1),
        }
    )


def tidy(data: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Logs, elective first; and the hospital with emergencies only."""
    kinds = pd.Categorical(data["admission"], ["elective", "urgent", "emergency"])
    share = (data["admission"] == "emergency").groupby(data["hospital"]).mean()
    return data.assign(log_days=np.log(data["days"]), admission=kinds), int(share.idxmax())


def model(data: pd.DataFrame, formula: str = "log_days ~ admission + age") -> LmmResult:
    return fit_lmm(formula, data, "hospital")


def serves(data: pd.DataFrame) -> bool:
    """Tell whether one hospital stands out, and the numbers of a mistake are told from the right."""
    given, odd = tidy(data)
    means = given.groupby("hospital")["log_days"].mean()
    if means.drop(odd).max() > means[odd] - 0.25 or (given["hospital"] == odd).sum() < 20:
        return False
    rest = given[given["hospital"] != odd]
    if not 0.015 < icc(model(rest, "log_days ~ 1")) < 0.05:
        return False
    full, fewer = (np.exp(model(part).params[EMERGENCY]) for part in (given, rest))
    return bool(full - fewer > 0.04 and 1.0 < fewer < 1.3)


def own_hospitals(rng: np.random.Generator) -> pd.DataFrame:
    """Hospitals of one's own."""
    return drawn_until(serves, draw_hospitals, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """ICC and ratio of stays, with the hospital that stands out and without; and misreadings."""
    given, odd = tidy(data)
    rest = given[given["hospital"] != odd]
    full, fewer = model(given), model(rest)
    ends = np.exp(fewer.conf_int().loc[EMERGENCY])
    return {
        "hospital": odd,
        "icc_all": icc(model(given, "log_days ~ 1")),
        "icc_without": icc(model(rest, "log_days ~ 1")),
        "ratio_all": np.exp(full.params[EMERGENCY]),
        "ratio_without": np.exp(fewer.params[EMERGENCY]),
        "low": ends["lower"],
        "high": ends["upper"],
        "rows": full.nobs,
        "hospitals": full.n_groups,
        "adjusted_icc": icc(full),
        "adjusted_without": icc(fewer),
        "log_all": full.params[EMERGENCY],
        "log_without": fewer.params[EMERGENCY],
        "days_icc": icc(model(given, "days ~ 1")),
        "urgent_all": np.exp(full.params["admission[T.urgent]"]),
        "urgent_without": np.exp(fewer.params["admission[T.urgent]"]),
        "upside_down_all": np.exp(-full.params[EMERGENCY]),
        "upside_down_without": np.exp(-fewer.params[EMERGENCY]),
        "largest": int(given["hospital"].value_counts().drop(odd).idxmax()),
    }


def blames_the_hospital(given: dict, n: Numbers) -> bool:
    return asserts(
        given["report"],
        r"\b(is|was|works?) (slow|inefficient|poor)|\b(slow|inefficient|poor) (hospital|care|quality)",
    )


def claims_a_cause(given: dict, n: Numbers) -> bool:
    return names_a_cause(given["report"], r"\b(caus|prolong|lengthen|lead to|leads to|led to)")


ONLY_EMERGENCIES = (
    r"\b(only\b|all\b|alone\b|nothing but|exclusively|every\w*|100 ?%|no(ne| one)?\b)[^.;]{0,50}\bemergenc|"
    r"\bemergenc\w*[^.;]{0,30}\b(only|alone|exclusively|no others?|no elective)\b"
)


def exchanges_all(given: str, n: Numbers) -> bool:
    """Tell whether the numbers of all hospitals are said to be those without one of them."""
    without = r"without|left out|leaving out|exclu|omit|other (hospitals|than)"
    every = r"\bwith (it|all|this|that|hospital)\b|\ball (the )?(\d+ )?hospitals|includ|keep"
    pairs = (("icc_all", "icc_without", 3), ("ratio_all", "ratio_without", 2))
    return any(
        _next_to(given, n[whole], decimals, without)
        or _next_to(given, n[part], decimals, every)
        or asserts(given, rf"from {n[part]:.{decimals}f}\d? to {n[whole]:.{decimals}f}")
        for whole, part, decimals in pairs
    )


def _next_to(text: str, number: float, decimals: int, words: str) -> bool:
    """Tell whether words follow a number, with no other number or clause between."""
    quoted, gap = rf"\b{number:.{decimals}f}\d?\b", r"((?!\band\b)[^\d.;,()]){0,25}"
    return re.search(rf"{quoted}{gap}({words})", text) is not None


MISTAKES = (
    Mistake(
        {"hospital": "largest"},
        "That is the largest of the other hospitals. Which has emergencies only?",
    ),
    Mistake(
        {"icc_all": "adjusted_icc", "icc_without": "adjusted_without"},
        "Both ICCs are those of the model with admission and age. The model without predictors is "
        "asked for.",
    ),
    Mistake(
        {"icc_all": "adjusted_icc"}, "Your icc_all is given admission and age: leave them out."
    ),
    Mistake(
        {"icc_without": "adjusted_without"},
        "Your icc_without is given admission and age: leave them out.",
    ),
    Mistake({"icc_all": "days_icc"}, "Your icc_all is one of days. Take logarithms first."),
    Mistake({"icc_without": "icc_all"}, "Your icc_without is the ICC of all hospitals."),
    Mistake(
        {"ratio_all": "log_all", "ratio_without": "log_without"},
        "Your ratios are differences of logarithms. What makes a ratio of them?",
    ),
    Mistake({"ratio_all": "log_all"}, "Your ratio_all is a difference of logarithms."),
    Mistake({"ratio_without": "log_without"}, "Your ratio_without is a difference of logarithms."),
    Mistake(
        {"ratio_without": "ratio_all"}, "Your ratio_without is the one that all hospitals give."
    ),
    Mistake(
        {"ratio_all": "urgent_all", "ratio_without": "urgent_without"},
        "Your ratios are those of urgent patients. Emergencies are asked for.",
    ),
    Mistake(
        {"ratio_all": "urgent_all"},
        "Your ratio_all is that of urgent patients. Emergencies are asked for.",
    ),
    Mistake(
        {"ratio_without": "urgent_without"},
        "That is the ratio of urgent patients. Emergencies are asked for.",
    ),
    Mistake(
        {"ratio_all": "upside_down_all", "ratio_without": "upside_down_without"},
        "Your ratios are upside down: emergencies over elective patients.",
    ),
    Mistake(
        {"ratio_all": "upside_down_all"},
        "Your ratio_all is upside down: emergencies over elective patients.",
    ),
    Mistake(
        {"ratio_without": "upside_down_without"},
        "Your ratio_without is upside down: emergencies over elective patients.",
    ),
    Mistake(
        {"report": "One of them is a slow hospital. " + EXAMPLE},
        "Your report blames the hospital. It has nothing but emergencies: what can these data tell?",
        when=blames_the_hospital,
    ),
    Mistake(
        {"report": "Emergency admission prolongs a stay. " + EXAMPLE},
        "Your report names a cause. Were admissions drawn by lot?",
        when=claims_a_cause,
    ),
    *about_intervals(EXAMPLE, ("ratio_without", "low", "high"), part="report"),
    mistake(
        exchanged(exchanged(EXAMPLE, "icc_all", "icc_without"), "ratio_all", "ratio_without"),
        "With and without have changed places: which number is that of all hospitals?",
        exchanges_all,
        part="report",
    ),
    mistake(
        EXAMPLE.replace("times as long", "days longer than"),
        ANOTHER_UNIT,
        in_another_unit("ratio_all", "ratio_without", unit="times|%"),
        part="report",
    ),
    about_no_change(
        EXAMPLE, "Emergencies did not stay longer, {ratio_all:.2f}.", "ratio_all", part="report"
    ),
    mistake(
        EXAMPLE + " Emergencies stay shorter by a factor of {ratio_all:.2f}.",
        OTHER_WAY,
        lambda given, n: any(
            ascribes(given, n[name], 2, r"\bshorter\b", unless=r"\blonger\b")
            for name in ("ratio_all", "ratio_without")
        ),
        part="report",
    ),
    about_cause(EXAMPLE, "It is because of the hospital.", part="report"),
)

EXERCISE = Exercise(
    "13.3",
    "Your own hospitals: what one of them carries",
    Several(
        hospital=Number(0),
        icc_all=Number(3),
        icc_without=Number(3),
        ratio_all=Number(2),
        ratio_without=Number(2),
        report=Sentence(
            (
                Part("how many patients", number="rows", of="patients|stays|admissions|people|N"),
                Part("how many hospitals", number="hospitals", of="hospitals|J"),
                Part("the ICC with all hospitals, three decimals", number="icc_all", decimals=3),
                Part("the ICC without that one, three decimals", number="icc_without", decimals=3),
                Part("which hospital it is", number="hospital"),
                Part("what is different there", pattern=ONLY_EMERGENCIES),
                Part("that it was left out", pattern=rf"{LEFT_OUT}|\bother than\b"),
                Part(
                    "how many times as long emergencies stay without it, two decimals",
                    number="ratio_without",
                    decimals=2,
                ),
                Part("the lower end of its interval", number="low", decimals=2),
                Part("the upper end of its interval", number="high", decimals=2),
                Part(
                    "the same number with all hospitals, two decimals",
                    number="ratio_all",
                    decimals=2,
                ),
                Part("what these data can't tell", pattern=NOT_CAUSAL),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    own_data=own_hospitals,
    why="a reader sees what one hospital of 24 carries, and can choose between two answers that you "
    "both gave.",
    mistakes=MISTAKES,
    nudge="Which hospital has a mixture of admissions that no other has, and what goes with it when "
    "it goes?",
    section="Patients in hospitals: one that stands out",
    formula='icc(fit_lmm("log_days ~ 1", …, "hospital"));  ratio = e^coefficient of emergency in '
    '"log_days ~ admission + age", elective as the reference',
    points=4,
)
