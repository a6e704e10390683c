"""Exercises to chapter 01: when observations are not independent."""

import re
from functools import cache

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import OUTSIDE, called_sd, lies_outside, loses_a_sign, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import MINUS, REML, asserts, holds
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.design_effect import design_effect, effective_sample_size
from hlm_teach.measures.icc import icc
from hlm_teach.simulate.two_level import simulate_two_level

OPEN = {
    "orthodont": ("distance", "Sex", "Subject"),
    "pbc": ("log_bili", "treatment", "patient"),
    "hsb": ("math", "disclim", "school"),
}
# Schools with himinty 0, as reports name them.
OTHERS = (
    r"(\blow(er)?[- ](minority|share|proportion)|\bfew(er)? minority|\bwithout (a )?(high|many)|"
    r"\b(the )?other(s| schools))((?!\bhigh|more than 40|than\b)([^.;,]|\.\d))*"
)
WAYS = ("small", "right", "large")


# ---- what the truths and the mistakes are made of ----------------------------------------


@cache
def ols(outcome: str, predictor: str, name: str):
    return smf.ols(f"{outcome} ~ {predictor}", prepared(name)).fit()


@cache
def multilevel(outcome: str, predictor: str, name: str, group: str):
    return fit_lmm(f"{outcome} ~ {predictor}", prepared(name), groups=group)


@cache
def prepared(name: str) -> pd.DataFrame:
    """A data set with the columns that the tasks make."""
    data = load_data(name)
    if name == "medpar":
        hospitals = data.groupby("hospital")
        data["hmo_share"] = hospitals["hmo"].transform("mean")
        data["age80_within"] = data["age80"] - hospitals["age80"].transform("mean")
    if name == "employment_uk":
        data = data.sort_values(["firm", "year"], ignore_index=True)
        data["first_capital"] = data.groupby("firm")["log_capital"].transform("first")
        data["capital_mean"] = data.groupby("firm")["log_capital"].transform("mean")
        data["capital_within"] = data["log_capital"] - data["capital_mean"]
    return data


def pracad() -> dict:
    simple = ols("math", "pracad", "hsb").bse["pracad"]
    honest = multilevel("math", "pracad", "hsb", "school").bse["pracad"]
    return {"ols_se": simple, "multilevel_se": honest, "factor": honest / simple}


def clinics() -> pd.DataFrame:
    """Six clinics of 20 patients, three treated."""
    drawn = simulate_two_level(
        n_groups=6,
        group_size=20,
        gamma00=50,
        gamma01=6.0,
        tau00=8.0,
        sigma2=60.0,
        w=[0, 1, 0, 1, 0, 1],
        rng=np.random.default_rng(1502),
    )
    return drawn.rename(columns={"group": "clinic", "y": "score", "w": "treated"})


@cache
def clinics_fit():
    return fit_lmm("score ~ treated", clinics(), groups="clinic")


def p_of_clinics(df: float = np.inf, sides: int = 2) -> float:
    return float(sides * stats.t.sf(abs(clinics_fit().tvalues["treated"]), df))


def firm_slope(predictor: str) -> float:
    return float(ols("log_wage", predictor, "employment_uk").params[predictor])


def slope_of_firm_means() -> float:
    means = prepared("employment_uk").groupby("firm")[["log_wage", "log_capital"]].mean()
    return float(smf.ols("log_wage ~ log_capital", means).fit().params["log_capital"])


def direction(name: str, outcome: str, predictor: str, group: str) -> str:
    """What ordinary regression's standard error is, compared with the multilevel one."""
    ratio = (
        ols(outcome, predictor, name).bse[predictor]
        / multilevel(outcome, predictor, name, group).bse[predictor]
    )
    return "small" if ratio < 0.9 else "large" if ratio > 1.1 else "right"


def directions() -> dict:
    return {
        "hmo_share": direction("medpar", "log_los", "hmo_share", "hospital"),
        "age80_within": direction("medpar", "log_los", "age80_within", "hospital"),
        "capital_within": direction("employment_uk", "log_wage", "capital_within", "firm"),
    }


def own_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial in 16 clinics of 8 to 30 patients, half of them treated; clinics differ visibly."""
    return drawn_until(is_telling, draw_trial, rng)


def is_telling(data: pd.DataFrame) -> bool:
    """Tell whether p is middling, and ordinary regression's at most half of it."""
    fit, naive = own_fit(data), own_ols(data).pvalues["treated"]
    return (
        icc(fit) > 0.06
        and 1.0 < abs(fit.tvalues["treated"]) < 3.0
        and naive < fit.pvalues["treated"] / 2
    )


def draw_trial(rng: np.random.Generator) -> pd.DataFrame:
    sizes = rng.integers(8, 31, size=16)
    drawn = simulate_two_level(
        n_groups=16,
        group_size=sizes.tolist(),
        gamma00=50,
        gamma01=3.0,
        w=np.arange(16) % 2,
        tau00=rng.uniform(6, 12),
        rng=rng,
        sigma2=rng.uniform(40, 60),
    )
    data = drawn.rename(columns={"group": "clinic", "y": "score", "w": "treated"})
    return data[["clinic", "treated", "score"]].round(1).astype({"treated": int})


def own_fit(data: pd.DataFrame):
    return fit_lmm("score ~ treated", data, groups="clinic")


def own_ols(data: pd.DataFrame):
    return smf.ols("score ~ treated", data).fit()


def own_ml(data: pd.DataFrame):
    return fit_lmm("score ~ treated", data, groups="clinic", reml=False)


def own_truth(data: pd.DataFrame) -> dict:
    fit = own_fit(data)
    return {
        "estimate": fit.params["treated"],
        "se": fit.bse["treated"],
        "p": fit.pvalues["treated"],
    }


# ---- sentences ---------------------------------------------------------------------------


def himinty():
    return multilevel("math", "himinty", "hsb", "school")


def himinty_numbers() -> dict:
    low, high = himinty().conf_int().loc["himinty", ["lower", "upper"]]
    return {
        "estimate": himinty().params["himinty"],
        "low": low,
        "high": high,
        "tau00": himinty().cov_re.iloc[0, 0],
        "sigma2": himinty().sigma2,
        "pupils": himinty().nobs,
        "schools": himinty().n_groups,
    }


def himinty_sentence() -> str:
    numbers = himinty_numbers()
    return (
        f"In {numbers['pupils']:,} pupils of {numbers['schools']} schools (random intercept, "
        f"REML) schools with more than 40 % minority pupils lay {numbers['estimate']:.2f} points "
        f"from the others (95 % CI {numbers['low']:.2f} to {numbers['high']:.2f}); the "
        f"variance between schools was {numbers['tau00']:.2f}, within {numbers['sigma2']:.2f}."
    )


def claims_cause(given: str, truth: dict) -> bool:
    return asserts(
        given,
        r"\bcaus|because of|(?<!random )(?<!fixed )\beffects? of|\blowers|\breduces|"
        r"\blost|\bleads? to|\b(costs|harms|drags)\b|\bwould (raise|lower|improve|increase)",
    )


def says_higher(given: str, truth: dict) -> bool:
    """Tell whether these schools are said to lie higher, or the others lower."""
    if asserts(given, rf"{OTHERS}\b(higher|better)|\b(higher|better) in [^.;,]{{0,20}}{OTHERS}"):
        return False
    lower = re.search(
        r"\b(lower|less|fewer|below|behind|others?)\b(?! than 40)", given, re.IGNORECASE
    )
    higher = asserts(given, r"\b(higher|better|more)\b(?! minority| share| enrol| than 40)") and (
        lower is None
        or re.search(r"(higher|better|more)( points)? than (the )?other", given) is not None
    )
    return higher or asserts(given, rf"{OTHERS}\b(lower|less|below|behind)\b")


def quotes_ols_interval(given: str, truth: dict) -> bool:
    low, high = ols("math", "himinty", "hsb").conf_int().loc["himinty"]
    return holds(given, low, 2) and holds(given, high, 2)


def open_fits(name: str) -> tuple:
    outcome, predictor, group = OPEN[name]
    return ols(outcome, predictor, name), multilevel(outcome, predictor, name, group)


def open_truth() -> dict:
    truth = {}
    for name in OPEN:
        simple, fit = open_fits(name)
        low, high = fit.conf_int().iloc[1][["lower", "upper"]]
        truth[name] = {
            "ols_se": simple.bse.iloc[1],
            "multilevel_se": fit.bse.iloc[1],
            "sentence": {
                "estimate": fit.params.iloc[1],
                "low": low,
                "high": high,
                "groups": fit.n_groups,
            },
        }
    return truth


def open_answer(name: str = "pbc", **parts) -> dict:
    numbers = open_truth()[name]
    said = numbers["sentence"]
    sentence = (
        f"The {said['groups']} groups differed by {said['estimate']:.2f} (95 % CI from "
        f"{said['low']:.2f} to {said['high']:.2f}), by a random-intercept model and REML."
    )
    return {
        "data": name,
        "ols_se": numbers["ols_se"],
        "multilevel_se": numbers["multilevel_se"],
        "sentence": sentence,
    } | parts


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "01.1",
        "Twenty-four villages, by hand",
        Several(icc=Number(2), design_effect=Number(1), effective_n=Number(0)),
        truth=lambda: {
            "icc": 3 / (3 + 9),
            "design_effect": design_effect(3 / (3 + 9), 25),
            "effective_n": effective_sample_size(3 / (3 + 9), 25, n_groups=24),
        },
        why="600 people answered, and for the mean of the country they are worth "
        "{truth[effective_n]:.0f}: not many more than three or four a village.",
        mistakes=(
            Mistake(
                lambda: {"icc": np.sqrt(3) / (np.sqrt(3) + 3)},
                "Your ICC is a share of standard deviations. Variances add up, standard "
                "deviations don't.",
            ),
            Mistake(
                lambda: {"icc": 3 / 9},
                "Your ICC divides between by within. A share divides by the total of both.",
            ),
            Mistake(lambda: {"icc": 9 / 12}, "Your ICC is the share within villages."),
            Mistake(
                lambda: {"design_effect": 25 * 0.25},
                "Your design effect is n·ρ. Start from 1, and count for each person only the "
                "others of the village.",
            ),
            Mistake(
                lambda: {"design_effect": 24 * 0.25},
                "Your design effect is (n − 1)·ρ. A person alone would count as one: start from 1.",
            ),
            Mistake(
                lambda: {"effective_n": 600 * 0.25},
                "N was multiplied by the ICC. Divide it by the design effect.",
            ),
            Mistake(
                lambda: {"design_effect": 1 + 25 * 0.25},
                "In your design effect a person is paired with herself: how many OTHERS are "
                "there in her village?",
            ),
            Mistake(
                lambda: {"design_effect": 1 + 23 * 0.25},
                "Your design effect counts villages. It is the people of one village that "
                "resemble each other.",
            ),
            Mistake(
                lambda: {"design_effect": np.sqrt(7)},
                "Your design effect is the factor of the standard error; the design effect is "
                "that of the variance.",
            ),
            Mistake(
                lambda: {"effective_n": 600 / np.sqrt(7)},
                "N was divided by the square root. It is divided by the design effect itself.",
            ),
            Mistake(
                lambda: {"effective_n": 24.0},
                "As effective sample size you gave the number of villages. That is what is "
                "left where people of one village are copies of each other, ρ = 1.",
            ),
        ),
        nudge="Of the variance of one person, how much does a neighbour share?",
        section="The design effect",
        formula="ρ = τ₀₀/(τ₀₀ + σ²),  design effect = 1 + (n − 1)·ρ,  effective N = N/design effect",
    ),
    Exercise(
        "01.2",
        "Before you run it: too small, right, too large?",
        Several(hmo_share=Choice(WAYS), age80_within=Choice(WAYS), capital_within=Choice(WAYS)),
        truth=directions,
        why="one and the same method was too sure, about right and too unsure: what decides is ρ "
        "together with the predictor's own ICC.",
        mistakes=(
            Mistake(
                lambda: {"hmo_share": "right"},
                "hmo_share is one number a hospital, so its ρₓ is about 1. An ICC of 0.06 "
                "seems small, but with how many patients a hospital is it multiplied?",
            ),
            Mistake(
                lambda: {"hmo_share": "large"},
                "hmo_share is one number a hospital. Has ordinary regression 1,495 independent "
                "values of it, or 54?",
            ),
            Mistake(
                lambda: {"age80_within": "small"},
                "age80_within has the same mean in every hospital: comparing patients of one "
                "hospital never meets what hospitals differ in. And with ρ = 0.06, how far "
                "from 1 is 1 − ρ?",
            ),
            Mistake(
                lambda: {"age80_within": "large"},
                "The direction is right. How large is the factor 1 − ρ with ρ = 0.06, and what "
                "does that do to a standard error?",
            ),
            Mistake(
                lambda: {"capital_within": "small"},
                "capital_within is centred within firms: the great differences between firms "
                "sit in ordinary regression's error variance, and this comparison never "
                "meets them.",
            ),
            Mistake(
                lambda: {"capital_within": "right"},
                "Years of one firm are very alike, ρ = 0.89 or so. What does the factor 1 − ρ "
                "do to a variance then?",
            ),
        ),
        nudge="Does the predictor differ between groups, within them, or both?",
        section="The law behind it",
        formula="variance factor 1 + (n − 1)·ρₓ·ρ: ρₓ = 1 for a property of groups, "
        "−1/(n − 1) for what is centred within them",
    ),
    Exercise(
        "01.3",
        "A property of schools",
        Several(ols_se=Number(3), multilevel_se=Number(3), factor=Number(2)),
        truth=pracad,
        why="ordinary regression estimates the same slope, and understates its uncertainty "
        "{truth[factor]:.1f}-fold.",
        mistakes=(
            Mistake(
                lambda: {"factor": pracad()["factor"] ** 2},
                "Your factor is that of the variance. Standard errors are asked for.",
            ),
            Mistake(
                lambda: {"ols_se": ols("math", "pracad", "hsb").bse["Intercept"]},
                "Your first standard error is the intercept's. The row of pracad is asked for.",
            ),
            Mistake(
                lambda: {
                    "multilevel_se": multilevel("math", "pracad", "hsb", "school").bse["Intercept"]
                },
                "Your second standard error is the intercept's. The row of pracad is asked for.",
            ),
            Mistake(
                lambda: {"ols_se": ols("math", "pracad", "hsb").params["pracad"]},
                "Your first number is the coefficient, not its standard error (bse).",
            ),
            Mistake(
                lambda: {
                    "multilevel_se": fit_lmm(
                        "math ~ pracad", load_data("hsb"), "school", reml=False
                    ).bse["pracad"]
                },
                "Your second standard error is from a fit by ML. REML was asked for.",
            ),
            Mistake(
                lambda: {"factor": 1 / pracad()["factor"]},
                "Your factor is upside down: by how much is the honest one LARGER?",
            ),
            Mistake(
                lambda: {
                    "multilevel_se": pracad()["ols_se"]
                    * np.sqrt(
                        design_effect(
                            icc(fit_lmm("math ~ 1", load_data("hsb"), groups="school")),
                            load_data("hsb").groupby("school").size().tolist(),
                        )
                    )
                },
                "You multiplied by the design effect of the null model's ICC. The ICC that "
                "counts is that of the residuals, with pracad in the model; fit that model "
                "and take its standard error.",
            ),
        ),
        nudge="How many schools tell you about a property of schools?",
        section="A model that knows about schools",
        formula='smf.ols("math ~ pracad", hsb).fit().bse and fit_lmm("math ~ pracad", hsb, '
        'groups="school").bse',
    ),
    Exercise(
        "01.4",
        "Reading somebody's output: six clinics",
        Several(df=Number(0), p=Number(3, within=0.002)),
        truth=lambda: {"df": 4.0, "p": p_of_clinics(4)},
        why="with four degrees of freedom the same ratio of estimate to standard error has "
        "p = {truth[p]:.2f}: six clinics can't carry the certainty that z prints.",
        mistakes=(
            Mistake(
                lambda: {"df": 118.0},
                "Your degrees of freedom count patients. The treatment was given to clinics.",
                when=lambda given, truth: given["df"] > 100,
            ),
            Mistake(
                lambda: {"df": 5.0},
                "You took one off six. Two means are estimated, one of each arm.",
            ),
            Mistake(
                lambda: {"df": 6.0},
                "Six is the number of clinics. Two means are estimated from them.",
            ),
            Mistake(
                lambda: {"df": 2.0},
                "Two is the number of means estimated: what is left of the clinics is asked for.",
            ),
            Mistake(
                lambda: {"p": p_of_clinics()},
                "Your p is the printed one, or one as small. The normal distribution, or t with "
                "very many degrees of freedom, takes six clinics for a great number.",
            ),
            Mistake(
                lambda: {"p": p_of_clinics(5)},
                "Your p takes one off six clinics. Two means are estimated.",
            ),
            Mistake(
                lambda: {"p": p_of_clinics(4, sides=1)},
                "Your p has one side only. Deviations in both directions count.",
            ),
        ),
        nudge="How many independent numbers tell the treatment's effect, and how many were spent?",
        section="The right analysis, and its degrees of freedom",
        formula="J − 2 degrees of freedom; p = 2·P(t > |estimate/SE|): 2 * stats.t.sf(…, df)",
    ),
    Exercise(
        "01.5",
        "Mend a colleague's analysis",
        Several(flaw=Choice("abcd"), fit=Fit()),
        truth=lambda: {
            "flaw": "c",
            "fit": multilevel("log_wage", "first_capital", "employment_uk", "firm"),
        },
        why="140 firms are not 1,031 observations: by your model the data are compatible with no "
        "relation at all.",
        mistakes=(
            Mistake(
                lambda: {"flaw": "a"},
                "A logarithm changes what the coefficient means, not how much is known about it.",
            ),
            Mistake(
                lambda: {"flaw": "b"},
                "Likeness within firms doesn't bias a coefficient: over many "
                "samples ordinary regression hits it on average. Which "
                "other number of the printout does likeness spoil?",
            ),
            Mistake(
                lambda: {"flaw": "d"},
                "Dummies for 140 firms would swallow a property of "
                "firms whole: nothing is left to tell its coefficient.",
            ),
            Mistake(
                lambda: {
                    "fit": fit_lmm(
                        "log_wage ~ first_capital", prepared("employment_uk"), groups="sector"
                    )
                },
                "Your model groups by industry. What repeats here is the firm, once a year.",
            ),
            Mistake(
                lambda: {
                    "fit": fit_lmm(
                        "log_wage ~ first_capital", prepared("employment_uk"), groups="year"
                    )
                },
                "Your model groups by year. What is measured again and again is the firm.",
            ),
            Mistake(
                lambda: {
                    "fit": fit_lmm(
                        "log_wage ~ log_capital", prepared("employment_uk"), groups="firm"
                    )
                },
                "Your model has the capital of each year in it. The question is about a "
                "property of firms: the capital in their first year.",
            ),
            Mistake(
                lambda: {
                    "fit": fit_lmm(
                        "log_wage ~ first_capital",
                        prepared("employment_uk"),
                        groups="firm",
                        reml=False,
                    )
                },
                "The model is right, fitted by ML. REML was asked for; with 140 firms it makes "
                "little difference, with 14 it would.",
            ),
        ),
        nudge="How many different values has the predictor, and how many rows does the printout "
        "count?",
        section="Three fields, one law",
        formula='fit_lmm("outcome ~ predictor", data, groups="who is measured repeatedly")',
    ),
    Exercise(
        "01.6",
        "Choose and justify: three of twelve",
        Several(analysis=Choice("abcd"), why=Choice("pqrs")),
        truth=lambda: {"analysis": "d", "why": "r"},
        why="few treated clinics are the hard case: robust standard errors are estimated from "
        "three clinics there, and the t of a multilevel model is built for it.",
        mistakes=(
            Mistake(
                lambda: {"analysis": "a"},
                "Ordinary regression treats 240 patients as "
                "independent. With ρ = 0.2 and 20 a clinic, how "
                "often does it cry wolf?",
            ),
            Mistake(
                lambda: {"analysis": "b"},
                "With dummies for clinics, a treatment of whole clinics can't be estimated.",
            ),
            Mistake(
                lambda: {"analysis": "c"},
                "The usual cluster-robust errors need many "
                "clinics in each arm. In the chapter's table they "
                "rejected more than twice as often as promised in "
                "just this design.",
            ),
            Mistake(
                lambda: {"why": "p"},
                "The estimate is right on average with each method that "
                "can give one. What they differ in is how sure they "
                "are.",
            ),
            Mistake(
                lambda: {"why": "q"},
                "More patients don't make more clinics: the 240 are worth far fewer.",
            ),
            Mistake(
                lambda: {"why": "s"},
                "An ICC of 0.2 isn't small with 20 patients a clinic: compute the design effect.",
            ),
        ),
        nudge="From how many treated clinics would a robust variance be estimated?",
        section="Remedies side by side",
        formula="false alarms by simulation, 12 clinics of which 3 are treated: the last line of "
        "the chapter's table",
    ),
    Exercise(
        "01.7",
        "Three slopes of capital",
        Several(within=Number(4), between=Number(4), pooled=Number(4)),
        truth=lambda: {
            "within": firm_slope("capital_within"),
            "between": firm_slope("capital_mean"),
            "pooled": firm_slope("log_capital"),
        },
        why="a firm that invests and a firm that is large are two different things, and the pooled "
        "slope describes neither.",
        mistakes=(
            Mistake(
                lambda: {"within": firm_slope("log_capital")},
                "As the slope within firms you gave the pooled one, a blend of within and between.",
            ),
            Mistake(
                lambda: {"within": firm_slope("capital_mean")},
                "As the slope within firms you gave the one between them.",
            ),
            Mistake(
                lambda: {"between": slope_of_firm_means()},
                "Your slope between firms comes from one row a firm. Close, but firms have "
                "different numbers of years; regress all rows on the firm's mean.",
            ),
            Mistake(
                lambda: {"between": firm_slope("log_capital")},
                "As the slope between firms you gave the pooled one.",
            ),
            Mistake(
                lambda: {"between": firm_slope("capital_mean") - firm_slope("capital_within")},
                "As the slope between firms you gave between minus within: what being a larger "
                "firm adds. Chapter 3 calls it the contextual effect.",
            ),
            Mistake(
                lambda: {
                    "pooled": float(
                        multilevel("log_wage", "log_capital", "employment_uk", "firm").params[
                            "log_capital"
                        ]
                    )
                },
                "As the pooled slope you gave that of a multilevel model. It blends too, with "
                "other weights; ordinary regression on all rows is asked for.",
            ),
        ),
        nudge="Whom do you compare: a firm with itself in other years, or one firm with another?",
        section="Between is not within",
        formula="x̄ⱼ = the firm's mean of x; within: y on x − x̄ⱼ, between: y on x̄ⱼ, pooled: y on x",
    ),
    Exercise(
        "01.8",
        "Your own trial",
        Several(estimate=Number(2), se=Number(2), p=Number(3)),
        truth=own_truth,
        own_data=own_trial,
        why="in your trial p is {truth[p]:.3f}; whoever forgot the clinics would have printed a "
        "far smaller one.",
        mistakes=(
            Mistake(
                lambda data: {"se": own_ols(data).bse["treated"]},
                "Your standard error is ordinary regression's: it counts patients, the "
                "treatment was given to clinics.",
            ),
            Mistake(
                lambda data: {"se": own_ml(data).bse["treated"]},
                "Your standard error is from a fit by ML. With sixteen clinics it comes out "
                "too small: REML was asked for.",
            ),
            Mistake(
                lambda data: {"p": own_ols(data).pvalues["treated"]},
                "Your p is ordinary regression's: it counts patients as independent.",
            ),
            Mistake(
                lambda data: {"p": float(own_fit(data).pvalues_z["treated"])},
                "Your p compares with the normal distribution. Sixteen clinics have few "
                "degrees of freedom: use t (pvalues of the fit).",
            ),
            Mistake(
                lambda data: {"p": own_fit(data).pvalues["treated"] / 2},
                "Your p has one side only.",
            ),
            Mistake(
                lambda data: {"estimate": own_fit(data).params["Intercept"]},
                "As the estimate you gave the mean of the untreated clinics, the intercept.",
            ),
        ),
        nudge="Was it patients that were given the treatment or not, or clinics? How many?",
        section="The right analysis, and its degrees of freedom",
        formula='fit_lmm("score ~ treated", data, groups="clinic"): params, bse, pvalues',
        points=3,
    ),
    Exercise(
        "01.9",
        "The report",
        Sentence(
            (
                Part("the difference, with two decimals", number="estimate", decimals=2),
                Part("one end of its interval", number="low", decimals=2),
                Part("the other end of its interval", number="high", decimals=2),
                Part(
                    "the variance between schools, named so, with two decimals",
                    number="tau00",
                    decimals=2,
                    beside=between("school"),
                ),
                Part(
                    "the variance within schools, named so, with two decimals",
                    number="sigma2",
                    decimals=2,
                    beside=within("pupil"),
                ),
                Part("how many pupils", number="pupils", of="pupils|students|children|N"),
                Part("how many schools", number="schools", of="schools|J"),
                Part(
                    "which way round",
                    pattern=(
                        rf"lower|less|below|behind|fewer|minus|outscored|{MINUS}|{OTHERS}\b(higher|better)|"
                        rf"\b(higher|better) in [^.;,]{{0,20}}{OTHERS}"
                    ),
                ),
                Part("the unit, points", pattern=r"\bpoints?\b"),
                Part("the estimator", pattern=REML),
            )
        ),
        truth=himinty_numbers,
        example=himinty_sentence,
        why="sizes at both levels, both variances and an interval on the right degrees of freedom "
        "are there, as a reader needs them.",
        mistakes=(
            Mistake(
                lambda: himinty_sentence() + " A high share of minority pupils lowers scores.",
                "Schools were not assigned their pupils at random. Say that the schools lie "
                "apart, not that the share brings it about.",
                when=claims_cause,
            ),
            Mistake(
                lambda: himinty_sentence().replace("points from", "points higher than"),
                "Which schools lie higher? The coefficient is that of the schools with himinty "
                "1, and it has a sign.",
                when=says_higher,
            ),
            Mistake(
                lambda: himinty_sentence() + " Minority pupils scored lower.",
                "himinty is a property of schools, not of their pupils: which of the two are "
                "compared here?",
                when=lambda given, truth: asserts(
                    given,
                    r"(^|[.;,:] |\bthat )(minority pupils|pupils of a minority) (scored|lay|had|were)",
                ),
            ),
            Mistake(
                lambda: himinty_sentence().replace("variance", "standard deviation"),
                "You call the variances standard deviations.",
                when=called_sd("tau00", 2),
            ),
            Mistake(
                lambda: "They lay lower (95 % CI {low:.2f} to {high:.2f}).".format(
                    **himinty_numbers() | {"high": -himinty_numbers()["high"]}
                ),
                "One end of your interval has lost its minus: as it stands, it has zero in it.",
                when=loses_a_sign("low", "high"),
            ),
            Mistake(
                lambda: "They lay {low:.2f} lower (95 % CI {estimate:.2f} to {high:.2f}).".format(
                    **himinty_numbers()
                ),
                OUTSIDE,
                when=lies_outside("estimate", "low", "high"),
            ),
            Mistake(
                lambda: himinty_sentence().replace("95 %", "90 %"),
                "conf_int() gives 95 % intervals.",
                when=wrong_level,
            ),
            Mistake(
                lambda: "The difference was {:.2f} points (95 % CI {:.2f} to {:.2f}).".format(
                    ols("math", "himinty", "hsb").params["himinty"],
                    *ols("math", "himinty", "hsb").conf_int().loc["himinty"],
                ),
                "This interval is ordinary regression's: far too short for a property of schools.",
                when=quotes_ols_interval,
            ),
        ),
        nudge="Could a reader who wasn't there say how many, how sure, and on which scale?",
        section="How to report it",
        formula="N and J, model and estimator, estimate with unit and 95 % CI, τ₀₀, σ²",
        points=3,
    ),
    Exercise(
        "01.10",
        "Open task: another group-level predictor",
        Chosen(
            "data",
            data=Choice(tuple(OPEN)),
            ols_se=Number(3),
            multilevel_se=Number(3),
            sentence=Sentence(
                (
                    Part(
                        "the difference or slope, with two decimals", number="estimate", decimals=2
                    ),
                    Part("one end of its 95 % interval", number="low", decimals=2),
                    Part("the other end of its interval", number="high", decimals=2),
                    Part("how many groups", number="groups"),
                    Part("the model", pattern=r"multilevel|mixed|random|hierarchical"),
                )
            ),
        ),
        truth=open_truth,
        example=open_answer,
        why="you can now say of any group-level predictor how much too sure ordinary regression is.",
        mistakes=(
            Mistake(
                lambda: open_answer(
                    ols_se=open_fits("pbc")[1].bse.iloc[1],
                    multilevel_se=open_fits("pbc")[0].bse.iloc[1],
                ),
                "The two standard errors are swapped.",
                when=lambda given, truth: (
                    Number(3).same(given["multilevel_se"], open_fits(given["data"])[0].bse.iloc[1])
                    and Number(3).same(given["ols_se"], open_fits(given["data"])[1].bse.iloc[1])
                ),
            ),
            Mistake(
                lambda: open_answer(multilevel_se=open_fits("pbc")[0].bse.iloc[1]),
                "Your multilevel_se is ordinary regression's. Which model knows the groups?",
                when=lambda given, truth: Number(3).same(
                    given["multilevel_se"], open_fits(given["data"])[0].bse.iloc[1]
                ),
            ),
            Mistake(
                lambda: open_answer(ols_se=open_fits("pbc")[1].bse.iloc[1]),
                "Your ols_se is the multilevel model's.",
                when=lambda given, truth: Number(3).same(
                    given["ols_se"], open_fits(given["data"])[1].bse.iloc[1]
                ),
            ),
        ),
        nudge="Which column is constant within its groups?",
        section="How to report it",
        formula="smf.ols(…).fit().bse beside fit_lmm(…, groups=…).bse and .conf_int()",
        points=3,
    ),
)
