"""12.1 Scottish primary schools of your own draw, from null model to report."""

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import exchanges_levels, falls
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import LEVELS_EXCHANGED, ONE_VARIANCE_TESTED, OTHER_WAY
from hlm_teach.feedback.reading import REML, ascribes, asserts
from hlm_teach.feedback.reports import (
    about_assignment,
    about_cause,
    about_intervals,
    any_of,
    mistake,
)
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.likelihood_ratio import likelihood_ratio_test
from hlm_teach.lmm.mixture import chi2_tail
from hlm_teach.measures.icc import icc

from .common import NOT_ASSIGNED, without_slopes_let_vary

EXAMPLE = (
    "{pupils:,} pupils of {schools} primary schools were analysed by linear mixed models (REML). "
    "{share:.0f} % of the variance in attainment lay between schools (ICC {icc:.2f}). Within schools "
    "one point of verbal ability went with {within:.3f} points of attainment (95 % CI {low:.3f} to "
    "{high:.3f}); between schools with {between:.3f}. A random slope of verbal ability was tried: "
    "singular fit, D = {d:.1f}, mixture p = {p:.3f}. Pupils were not assigned to schools."
)


SCHOOLS = 100  # of the 148 primary schools


def draw_schools(rng: np.random.Generator) -> pd.DataFrame:
    """Draw some of the primary schools, with all of their pupils."""
    data = load_data("scotssec")[["primary", "second", "verbal", "attain"]]
    drawn = rng.choice(np.sort(data["primary"].unique()), SCHOOLS, replace=False)
    return data[data["primary"].isin(drawn)].reset_index(drop=True)


def split(data: pd.DataFrame) -> pd.DataFrame:
    """Verbal ability as the school's mean and the distance from it."""
    level = data.groupby("primary")["verbal"].transform("mean")
    return data.assign(level=level, own=data["verbal"] - level)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether the fit with random slopes is singular, as the report has to say."""
    return fit_lmm("attain ~ own + level", split(data), "primary", "1 + own").singular


def own_schools(rng: np.random.Generator) -> pd.DataFrame:
    """Schools of which slopes that vary can't be told."""
    return drawn_until(serves, draw_schools, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """The steps of the analysis, and what is often taken for them."""
    data = split(data)
    null = fit_lmm("attain ~ 1", data, "primary")
    two = fit_lmm("attain ~ own + level", data, "primary")
    test = likelihood_ratio_test(two, fit_lmm("attain ~ own + level", data, "primary", "1 + own"))
    ends = two.conf_int().loc["own"]
    return {
        "icc": icc(null),
        "share": 100 * icc(null),
        "within": two.params["own"],
        "between": two.params["level"],
        "context": two.params["level"] - two.params["own"],
        "d": test.statistic,
        "p": test.p_mixture,
        "low": ends["lower"],
        "high": ends["upper"],
        "pupils": two.nobs,
        "schools": two.n_groups,
        "p_naive": test.p_naive,
        "p_one_variance": float(chi2_tail(test.statistic, [0, 1])),
        "d_not_doubled": test.statistic / 2,
        "of_secondary": icc(fit_lmm("attain ~ 1", data, "second")),
        "given_verbal": icc(two),
        "ratio": icc(null) / (1 - icc(null)),
        "sum": two.params["level"] + two.params["own"],
    }


def says_slopes_vary(given: dict, n: Numbers) -> bool:
    """Tell whether slopes are said to differ, where the test doesn't show it."""
    if n["p"] < 0.05:
        return False
    claim = r"\bslopes? [^.;]{0,20}(differ|var(y|ies|ied))(?![^.;]{0,20}(no|not)\b)"
    return asserts(without_slopes_let_vary(given["sentence"]), claim)


def says_effect(given: dict, n: Numbers) -> bool:
    """Tell whether the share between schools is said to be what schools do."""
    claim = r"\b(due to|caused by|effects? of|impact of|because of) (the |primary )*schools?\b"
    return asserts(given["sentence"], claim)


MISTAKES = (
    Mistake(
        {"icc": "of_secondary"},
        "Your ICC is that of the secondary schools, which came later. Asked for is `primary`.",
    ),
    Mistake(
        {"icc": "given_verbal"},
        "Your ICC is one given verbal ability. The null model has no predictor.",
    ),
    Mistake({"icc": "ratio"}, "Your ICC divides between by within. A share divides by the total."),
    Mistake(
        {"context": "between"},
        "That is the slope between schools. The contextual effect is what it is beyond the slope "
        "within.",
    ),
    Mistake({"context": "sum"}, "You added the two slopes. The contextual effect is a difference."),
    Mistake({"d": "d_not_doubled"}, "Your D is the bare difference of the log-likelihoods."),
    Mistake(
        {"p": "p_naive"},
        "Your p comes from χ² with two degrees of freedom. A variance of zero lies on a boundary: "
        "which mixture is it?",
    ),
    Mistake({"p": "p_one_variance"}, ONE_VARIANCE_TESTED),
    Mistake(
        {"sentence": "Slopes vary between schools. " + EXAMPLE},
        "Your report says that slopes differ. What does your p say, and what does a singular fit?",
        when=says_slopes_vary,
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("lay between schools", "was due to the schools")},
        "Nobody dealt pupils out to schools. The share says how alike a school's pupils are, for "
        "whatever reason.",
        when=says_effect,
    ),
    *about_intervals(EXAMPLE, ("within", "low", "high"), decimals=3, part="sentence"),
    mistake(
        EXAMPLE.replace("Within", "WAS").replace("between", "within").replace("WAS", "Between"),
        LEVELS_EXCHANGED,
        any_of(
            exchanges_levels("within", "between", decimals=3),
            lambda given, n: ascribes(
                given, n["icc"], 2, r"\bwithin\b", unless=r"\bbetween\b|slope"
            ),
        ),
        part="sentence",
    ),
    mistake(
        EXAMPLE + " Attainment fell by {within:.3f}.",
        OTHER_WAY,
        any_of(
            falls("within", "between", decimals=3),
            lambda given, n: ascribes(
                given, n["within"], 3, r"\blower\b", unless="one point lower"
            ),
        ),
        part="sentence",
    ),
    about_cause(EXAMPLE, "Able schoolmates cause attainment.", part="sentence"),
    about_assignment(EXAMPLE, "Pupils were assigned to schools by lot.", part="sentence"),
)

EXERCISE = Exercise(
    "12.1",
    "Scottish primary schools, from null model to report",
    Several(
        icc=Number(3),
        context=Number(3),
        d=Number(1),
        p=Number(3),
        sentence=Sentence(
            (
                Part("how many pupils", number="pupils", of="pupils|children|students|N"),
                Part("how many schools", number="schools", of="schools|primary|J"),
                Part("the ICC, with two decimals", number="icc", decimals=2),
                Part("the slope within schools, with three decimals", number="within", decimals=3),
                Part("the lower end of its interval", number="low", decimals=3),
                Part("the upper end of its interval", number="high", decimals=3),
                Part(
                    "the slope between schools, with three decimals", number="between", decimals=3
                ),
                Part(
                    "that a random slope was tried",
                    pattern=r"random slope|\bslopes?\b[^.;]{0,60}(tried|tested|random|vary)|"
                    r"\bvary(ing)? slope|\bslopes?'?s? variance",
                ),
                Part("its D, with one decimal", number="d", decimals=1),
                Part(
                    "that its fit was singular",
                    pattern=r"singular|boundary|correlation[^.;]{0,30}\b1",
                ),
                Part("the estimator", pattern=REML),
                Part(
                    "what the design can't answer (pupils weren't assigned)", pattern=NOT_ASSIGNED
                ),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    own_data=own_schools,
    why="the order of steps is in it, and that a random slope was tried, with its D, is said. "
    "Secondary schools are a second factor, crossed with these (chapter 7).",
    mistakes=MISTAKES,
    nudge="Which step answers which question? Null: how alike. Split: two slopes. Random slope: does it vary?",
    section="Null model, split, random slope",
    formula="ICC = τ₀₀/(τ₀₀ + σ²); own = x − x̄ⱼ; contextual effect = between − within; mixture of "
    "χ²₁ and χ²₂",
    points=4,
)
