"""Exercises to chapter 05: estimation by ML and REML, and what the optimiser does."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach.balanced.estimators import estimator_law
from hlm_teach.balanced.intervals import profile_limits, wald_interval
from hlm_teach.balanced.likelihood import balanced_llf, maximum, untruncated
from hlm_teach.balanced.sums import BalancedSums, balanced_sums
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import called_variance, taken_for_range, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit, Function
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import REML, SD, VARIANCE, ascribes, asserts, holds
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.simulate.two_level import simulate_two_level

MARKS = [[6, 11, 13], [13, 11, 18], [9, 13, 14], [19, 22, 19]]  # four classes of three
SECOND = BalancedSums(4, 3, between=6.0, within=48.0)  # the same design, other pupils
CLINICS = {"n_groups": 7, "group_size": 5, "tau00": 4.0, "sigma2": 30.0}
PLACES = ("inside", "edge", "short", "impossible")
# What six searches of statsmodels reported as their log-likelihood.
REPORTED = {
    "A": ("wages", 841.69),
    "B": ("wages", 758.36),
    "C": ("sim42", -1140.27),
    "D": ("sim42", -1139.84),
    "E": ("stays", np.inf),
    "F": ("stays", -1933.19),
}
OPEN = {
    "pastes": ("strength", "batch"),
    "employment_uk": ("log_wage", "sector"),
    "medpar": ("log_los", "hospital"),
    "hsb": ("math", "school"),
}


# ---- what the truths and the mistakes are made of ----------------------------------------


def classes() -> BalancedSums:
    return balanced_sums(MARKS)


def tau(between_df: float, within_df: float, between: float | None = None) -> float:
    """τ_00 of the four classes with these divisors of B and W."""
    sums = classes()
    return ((between or sums.between) / between_df - sums.within / within_df) / 3


def by_hand() -> dict:
    tau00, sigma2 = maximum(SECOND)
    return {"reml": tau(3, 8), "ml": tau(4, 8), "tau00": tau00, "sigma2": sigma2}


def clinics(reml: bool = True):
    return estimator_law(**CLINICS, reml=reml)


def zeros(ratio: float, df: int = 6) -> float:
    """P(F ≤ ratio) in the design of the seven clinics."""
    return float(stats.f.cdf(ratio, df, 28))


@cache
def pastes() -> BalancedSums:
    return balanced_sums([batch["strength"] for _, batch in load_data("pastes").groupby("batch")])


def deviance(tau00: float, sigma2: float, reml: bool = False) -> float:
    return float(-2 * balanced_llf(pastes(), tau00, sigma2, reml=reml))


def without(tau00: float, sigma2: float, **left_out: float) -> float:
    """The ML deviance of the pastes, put together from parts, some of them left out or changed."""
    s, a = pastes(), sigma2 + 6 * tau00
    parts = {
        "constant": s.n_obs * np.log(2 * np.pi),
        "log_sigma2": 50 * np.log(sigma2),
        "log_a": 10 * np.log(a),
        "within": s.within / sigma2,
        "between": s.between / a,
    }
    return float(sum((parts | left_out).values()))


def as_independent(tau00: float, sigma2: float) -> float:
    s, total = pastes(), tau00 + sigma2
    return float(60 * np.log(2 * np.pi * total) + (s.within + s.between) / total)


@cache
def pilot():
    """Twelve schools, the first of the file."""
    data = load_data("hsb")
    first = data[data["school"].isin(data["school"].unique()[:12])]
    return fit_lmm("math ~ catholic", first, "school")


def pilot_p(df: float) -> float:
    return float(2 * stats.t.sf(abs(pilot().tvalues["catholic"]), df))


@cache
def top(name: str):
    if name == "wages":
        return fit_lmm("log_wage ~ t", load_data("employment_uk"), "firm", "1 + t")
    if name == "sim42":
        return fit_lmm("Y ~ X", load_data("sim42"), "school", "1 + X")
    return fit_lmm("log_los ~ age80", load_data("medpar"), "hospital")


def place(row: str) -> str:
    """Where a search stopped, judged by the log-likelihood alone."""
    name, llf = REPORTED[row]
    if llf > top(name).llf + 0.05:
        return "impossible"
    if llf < top(name).llf - 0.05:
        return "short"
    return "edge" if top(name).singular else "inside"


def places() -> dict:
    return {row: place(row) for row in REPORTED}


def marks(rows: str, *words: str):
    """Tell whether one of these rows was given one of these words."""
    return lambda given, truth: any(given[row] in words for row in rows)


@cache
def bilirubin(random: str = "1 + calendar", x: str = "calendar", **options):
    data = load_data("pbc")
    data["calendar"], data["month"] = 1980 + data["years"], 12 * data["years"]
    return fit_lmm(f"log_bili ~ {x}", data, "patient", random, **options)


def stands_lower(given: dict, truth: dict) -> bool:
    """All parts are there, but the log-likelihood is far below the top."""
    fit, best = given["fit"], truth["fit"]
    alike = all(fit[name] == best[name] for name in ("reml", "nobs", "n_fixed", "n_random"))
    return alike and fit["llf"] < best["llf"] - 20


@cache
def sized(unit: str = "", reml: bool = True):
    """Mathematics in HSB, without or with the size of the school, in pupils or thousands."""
    data = load_data("hsb")
    data["thousands"] = data["school_size"] / 1000
    added = f" + {unit}" if unit else ""
    return fit_lmm(f"math ~ minority + ses + catholic{added}", data, "school", reml=reml)


def rise(what: str, reml: bool = False, unit: str = "school_size") -> float:
    """With the size of the school minus without it, in `llf`, `aic` or `bic`."""
    return getattr(sized(unit, reml), what) - getattr(sized("", reml), what)


def variances(data: pd.DataFrame, outcome: str, group: str) -> dict:
    """Estimates and intervals of τ_00, and what is taken for them."""
    fit, ml = (fit_lmm(f"{outcome} ~ 1", data, groups=group, reml=reml) for reml in (True, False))
    tau00 = float(fit.cov_re.iloc[0, 0])
    printed = 1.96 * float(fit.statsmodels.bse.iloc[-1] * np.sqrt(fit.sigma2))
    sd_low, sd_high = fit.profile_intervals.loc["sd(Intercept)"]
    rest_low, rest_high = fit.profile_intervals.loc["sd(residual)"] ** 2
    return {
        "reml": tau00,
        "ml": float(ml.cov_re.iloc[0, 0]),
        "sd": float(np.sqrt(tau00)),
        "low": sd_low**2,
        "high": sd_high**2,
        "sd_low": sd_low,
        "sd_high": sd_high,
        "printed_low": tau00 - printed,
        "printed_high": tau00 + printed,
        "rest_low": rest_low,
        "rest_high": rest_high,
        "groups": fit.n_groups,
        "means": float(data.groupby(group)[outcome].mean().var()),
    }


# ---- data of one's own -------------------------------------------------------------------


def own_clinics(rng: np.random.Generator) -> pd.DataFrame:
    """Six to ten clinics of equal size; their variance is estimated well above zero."""
    return drawn_until(lambda data: untruncated(own_sums(data), reml=False) > 8, draw_clinics, rng)


def draw_clinics(rng: np.random.Generator) -> pd.DataFrame:
    drawn = simulate_two_level(
        n_groups=int(rng.integers(6, 11)),
        group_size=int(rng.integers(4, 9)),
        gamma00=60,
        tau00=rng.uniform(25, 45),
        sigma2=rng.uniform(50, 90),
        rng=rng,
    )
    return pd.DataFrame({"clinic": drawn["group"], "minutes": drawn["y"].round(1)})


def own_sums(data: pd.DataFrame) -> BalancedSums:
    return balanced_sums([clinic["minutes"] for _, clinic in data.groupby("clinic")])


@cache
def own_numbers(clinic: tuple, minutes: tuple) -> dict:
    return variances(pd.DataFrame({"clinic": clinic, "minutes": minutes}), "minutes", "clinic")


def own(data: pd.DataFrame, **names: str) -> dict:
    """Parts of the answer, each by the name of a number in `variances`."""
    numbers = own_numbers(tuple(data["clinic"]), tuple(data["minutes"]))
    return {part: numbers[name] for part, name in names.items()}


def own_truth(data: pd.DataFrame) -> dict:
    return own(data, reml="reml", ml="ml", low="low", high="high") | {"covers": "b"}


def own_wald(data: pd.DataFrame) -> dict:
    low, high = wald_interval(own_sums(data))
    return {"low": low, "high": high}


def own_reml_profile(data: pd.DataFrame) -> dict:
    low, high = profile_limits(own_sums(data))
    return {"low": low, "high": high}


def shrunk_whole(data: pd.DataFrame) -> float:
    n_groups = data["clinic"].nunique()
    return float(untruncated(own_sums(data)) * (n_groups - 1) / n_groups)


# ---- sentences ---------------------------------------------------------------------------


@cache
def firms_of_1979() -> dict:
    data = load_data("employment_uk").query("year == 1979")
    fit = fit_lmm("log_emp ~ 1", data, "sector")
    mean, se = fit.params["Intercept"], fit.bse["Intercept"]
    low, high = fit.conf_int().loc["Intercept"]
    half = stats.t.ppf(0.975, fit.n_groups - 1) * se
    upper = fit.profile_intervals.loc["sd(Intercept)", "upper"]
    return {
        "mean": mean,
        "low": low,
        "high": high,
        "low8": mean - half,
        "high8": mean + half,
        "upper": upper,
        "upper_variance": upper**2,
        "sd": np.sqrt(fit.sigma2),
        "sigma2": fit.sigma2,
        "firms": fit.nobs,
        "sectors": fit.n_groups,
    }


def report(**wrong: float) -> str:
    n = firms_of_1979() | wrong
    return (
        f"The mean log employment of {n['firms']} firms in {n['sectors']} sectors was "
        f"{n['mean']:.2f} (REML; 95 % CI {n['low']:.2f} to {n['high']:.2f} with 139 degrees of "
        f"freedom, {n['low8']:.2f} to {n['high8']:.2f} with 8). The SD between sectors was "
        f"estimated as 0 (singular fit; 95 % profile interval 0 to {n['upper']:.2f}), within "
        f"sectors {n['sd']:.2f}."
    )


def instead(wrong: str, right: str):
    """Tell whether a sentence quotes one number where another one is wanted."""
    return lambda given, truth: holds(given, truth[wrong], 2) and not holds(given, truth[right], 2)


def claims_alike(text: str) -> bool:
    """Tell whether a report takes a small estimate for a proof that groups don't differ."""
    text = re.sub(
        r"(?i)estimate\w*( \w+){0,3} that[^,.;]*|that [^,.;]*(can ?not|can't) be \w+|"
        r"alike in size",
        "",
        text,
    )  # estimated isn't claimed
    groups = r"\b(sectors?|batch(es)?|hospitals?|schools?|groups?)"
    return asserts(
        text,
        rf"{groups} (do|does|did)( not|n't)( (?!significant)\w+){{0,2}} "
        rf"(differ|matter|vary)(?! significant)|"
        rf"{groups} (are|were) (all |therefore |thus |hence )?(alike|the same|identical|equal|"
        r"homogeneous)|\b(un|not )related to|(do|does)( not|n't) depend on|"
        r"(is|are|was|were) (all )?the same (in|across|for) (all|every|each|the)|"
        r"there (is|are|was|were) no (difference|variation|variance)|"
        r"no (\w+ )?(effect|influence)|mak(e|es|ing) no difference|"
        r"\b(the same|equal) (mean )?(size|mean)s?\b|accept (the|H)",
    )


def claims_difference(given: str, truth: dict) -> bool:
    return asserts(
        given,
        r"(significant(ly)?|clearly) (differ|vari|vary)|differ(s|ed)? (significantly|clearly)",
    )


BY_SATTERTHWAITE = r"satterthwaite|(?<![\d.])139(?![\d.]*\d)"
BY_SECTORS = r"\bJ ?[-−–] ?1\b|(?<![\d.])8(?![\d.]*\d)|\beight\b"


def swaps_intervals(given: str, truth: dict) -> bool:
    return ascribes(given, truth["low8"], 2, BY_SATTERTHWAITE, unless=BY_SECTORS) or ascribes(
        given, truth["low"], 2, BY_SECTORS, unless=BY_SATTERTHWAITE
    )


def swaps_spreads(given: str, truth: dict) -> bool:
    return ascribes(
        given, truth["sd"], 2, "between (the )?sectors|between-sector", unless="within|residual"
    )


def claims_failure(given: str, truth: dict) -> bool:
    return asserts(given, r"\bfail|(not|n't|non)[- ]?converge")


def profiles_reml(text: str) -> bool:
    """Tell whether the profile interval is said to come from REML's deviance."""
    return asserts(
        text,
        r"profile([- ]likelihood)?( interval)?,? ((by|from|of|with|using) )?(the )?REML|"
        r"REML[- ](profile|deviance)",
    )


# ---- the open task -----------------------------------------------------------------------


@cache
def chosen(name: str) -> dict:
    data = load_data(name)
    if name == "employment_uk":
        data = data[data["year"] == 1982]
    if name == "medpar":
        data = data[data["admission"] == "emergency"]
    if name == "hsb":
        data = data[data["school"].isin(data["school"].unique()[-10:])]
    return variances(data, *OPEN[name])


@cache
def all_rows(name: str) -> float:
    """REML's τ̂₀₀ from the whole file, where a part of it was asked for."""
    outcome, group = OPEN[name]
    return float(fit_lmm(f"{outcome} ~ 1", load_data(name), groups=group).cov_re.iloc[0, 0])


def took_all_rows(given: dict, truth: dict) -> bool:
    return given["data"] != "pastes" and Number(3).same(given["reml"], all_rows(given["data"]))


def called(to: str, unless: str):
    """Tell whether the open task's sentence calls the variance between groups something else."""
    return lambda given, truth: ascribes(
        given["sentence"], chosen(given["data"])["reml"], 2, to, unless=unless
    )


def open_truth() -> dict:
    return {
        name: {part: chosen(name)[part] for part in ("reml", "ml", "low", "high")}
        | {"sentence": {part: chosen(name)[part] for part in ("reml", "groups", "low", "high")}}
        for name in OPEN
    }


def open_answer(name: str = "pastes", **parts: float) -> dict:
    n = chosen(name)
    sentence = (
        f"The variance between the {n['groups']} groups was estimated by REML as "
        f"{n['reml']:.3f} (95 % profile-likelihood interval {n['low']:.3f} to "
        f"{n['high']:.3f})."
    )
    return {
        "data": name,
        **{part: n[part] for part in ("reml", "ml", "low", "high")},
        "sentence": sentence,
    } | parts


def gives(decimals: int, **names: str):
    """Tell whether parts of the open task hold other numbers of the chosen data."""
    return lambda given, truth: all(
        Number(decimals).same(given[part], chosen(given["data"])[name])
        for part, name in names.items()
    )


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "05.1",
        "Four classes, by hand",
        Several(reml=Number(2), ml=Number(2), tau00=Number(2), sigma2=Number(2)),
        truth=by_hand,
        why="J or J − 1 was the whole difference, {truth[reml]:.2f} against {truth[ml]:.2f}; and "
        "at the edge the squares between the means help to estimate σ².",
        mistakes=(
            Mistake(
                lambda: {"reml": tau(4, 8), "ml": tau(3, 8)},
                "J and J − 1 have changed places. Which of the two estimators counts the "
                "degree of freedom that the grand mean has used up?",
            ),
            Mistake(
                lambda: {"reml": tau(4, 8)},
                "For reml B was divided by J, as ML does. What did estimating the grand mean cost?",
            ),
            Mistake(
                lambda: {"ml": tau(3, 8) * 3 / 4},
                "For ml you multiplied the whole estimate by (J − 1)/J. Only B changes its "
                "divisor; what is taken off stays.",
            ),
            Mistake(
                lambda: {"ml": tau(4, 12)},
                "For ml W was divided by N. ML and REML differ in the divisor of B only: within "
                "classes four means are used up, whichever of the two you take (as long as "
                "τ̂₀₀ is above zero).",
            ),
            Mistake(
                lambda: {"reml": tau(3, 11)},
                "For reml W was divided by N − 1. Each class has a mean of its own: how many "
                "degrees of freedom are left within four classes?",
            ),
            Mistake(
                lambda: {"reml": 3 * tau(3, 8), "ml": 3 * tau(4, 8)},
                "B/(J − 1) and B/J estimate σ² + nτ₀₀. After σ̂² is taken off there is still n "
                "times too much.",
            ),
            Mistake(
                lambda: {"reml": tau(3, 8, between=classes().between / 3)},
                "Your B is the sum of squares of four means. Each of them stands for three "
                "pupils: how often does it count?",
            ),
            Mistake(
                lambda: {"reml": classes().between / 9},
                "For reml you gave the variance of the four means, the luck of three pupils "
                "included.",
            ),
            Mistake(
                lambda: {"tau00": untruncated(SECOND)},
                "In the second study you left a negative number. Which of the values that a "
                "variance may have fits best then?",
                when=lambda given, truth: given["tau00"] < -0.005,
            ),
            Mistake(
                lambda: {"tau00": -untruncated(SECOND)},
                "In the second study the minus was dropped. Is a positive variance more "
                "probable just because B is small?",
            ),
            Mistake(
                lambda: {"sigma2": 48 / 8},
                "In the second study σ̂² is W/J(n − 1), as if the top lay inside. At the edge "
                "the model has no classes any more: all deviations from one mean count.",
            ),
            Mistake(
                lambda: {"sigma2": 54 / 12},
                "In the second study B + W was divided by N. REML is asked for: what of the "
                "one mean that was estimated?",
            ),
            Mistake(
                lambda: {"sigma2": 48 / 11},
                "In the second study B is missing from σ̂². If classes don't differ, what are "
                "the squares between their means made of?",
            ),
        ),
        nudge="How many free deviations are there between four means, and how many within classes?",
        section="Balanced data: everything in two sums of squares",
        formula="σ̂² = W/(J(n − 1)), τ̂₀₀ = (B/(J − 1) − σ̂²)/n by REML, with J by ML; if "
        "negative: τ̂₀₀ = 0, σ̂² = (B + W)/(N − 1) by REML, with N by ML",
        points=3,
    ),
    Exercise(
        "05.2",
        "Before you run it: seven clinics",
        Several(ml_mean=Number(2), zeros=Number(2), closer=Choice("abcd")),
        truth=lambda: {
            "ml_mean": 4 + clinics(reml=False).bias_before,
            "zeros": clinics().zero,
            "closer": "c",
        },
        why="{truth[zeros]:.0%} of such studies report no variation at all; the cut takes away "
        "REML's unbiasedness, and by mean squared error it wasn't the closer one even before.",
        mistakes=(
            Mistake(
                lambda: {"ml_mean": 4 * 6 / 7},
                "Your ml_mean shrinks τ₀₀ by (J − 1)/J. What is divided by J instead of J − 1 "
                "is B, and in B there is the luck of five patients, too.",
            ),
            Mistake(
                lambda: {"ml_mean": 4 - (4 + 30) / 7},
                "In your ml_mean σ² counts in full. A mean of five patients stands behind "
                "every clinic.",
            ),
            Mistake(
                lambda: {"ml_mean": 4 - 6 / 7},
                "In your ml_mean the bias is σ²/n over J. Means also vary since clinics do.",
            ),
            Mistake(
                lambda: {"ml_mean": 4 - clinics(reml=False).bias_before},
                "The size of the bias is right. Does a larger divisor make B/J larger?",
            ),
            Mistake(
                lambda: {"ml_mean": clinics(reml=False).bias_before},
                "As ml_mean you gave the bias. Where does the average itself lie?",
            ),
            Mistake(
                lambda: {"ml_mean": 4 + clinics(reml=False).bias},
                "Your ml_mean is the average after the cut at zero. Before it is asked for.",
            ),
            Mistake(
                lambda: {"ml_mean": 4},
                "Your ml_mean is the truth itself. For which of the two estimators does that hold?",
            ),
            Mistake(
                lambda: {"zeros": 0},
                "Clinics do differ, and still a study may estimate "
                "zero. When does B/(J − 1) fall below σ̂²?",
            ),
            Mistake(
                lambda: {"zeros": clinics(reml=False).zero},
                "Your zeros are ML's. For REML, which divisor does B have?",
            ),
            Mistake(
                lambda: {"zeros": zeros(1)},
                "Your zeros belong to clinics that do not differ: F was compared with 1. By "
                "which factor do real differences stretch the mean square between?",
            ),
            Mistake(
                lambda: {"zeros": zeros(30 / 34)},
                "In your zeros the n is missing: n times the variance of a mean is σ² + nτ₀₀.",
            ),
            Mistake(
                lambda: {"zeros": zeros(30 / 50, 7)},
                "In your zeros F has J degrees of freedom. How many are between J means?",
            ),
            Mistake(
                lambda: {"zeros": 1 - clinics().zero},
                "That is the share of studies whose estimate is NOT zero.",
            ),
            Mistake(
                lambda: {"closer": "a"},
                "Unbiased is REML before the cut. What does cutting off negative values do to "
                "an average, and whose values scatter more?",
            ),
            Mistake(
                lambda: {"closer": "b"},
                "Which way can an average move if negative values are replaced by zero?",
            ),
            Mistake(
                lambda: {"closer": "d"},
                "The directions are right. Which one has the longer tail to the right, and "
                "what does a square do to it?",
            ),
        ),
        nudge="What is the expectation of B, and what does each estimator divide it by?",
        section="Few groups: which estimator is better?",
        formula="E τ̂(ML) = τ₀₀ − (τ₀₀ + σ²/n)/J before the cut; P(τ̂(REML) = 0) = P(F ≤ σ²/(σ² + "
        "nτ₀₀)) with J − 1 and J(n − 1) degrees of freedom; scipy's stats.f.cdf",
        points=3,
    ),
    Exercise(
        "05.3",
        "Write the deviance yourself",
        Function(
            ((1.5, 8), (0.2, 12), (6, 3), (0.4, 9.5)),
            relative=1e-5,
            wanted="A function of tau00 and sigma2",
        ),
        truth=lambda: deviance,
        why="the lowest point of your function is what every program looks for when it fits by ML; "
        "REML adds log|X′V⁻¹X| and has one log 2π less.",
        mistakes=(
            Mistake(
                lambda: lambda t, s: without(t, s, constant=0),
                "The constant N·log 2π is missing. The lowest point stays where it is, but "
                "the height can't be compared with a program's.",
            ),
            Mistake(
                lambda: lambda t, s: without(t, s, constant=10 * np.log(2 * np.pi)),
                "log 2π counts once a batch. How many strengths were measured in a batch?",
            ),
            Mistake(
                lambda: lambda t, s: -deviance(t, s) / 2,
                "That is the log-likelihood. The deviance is asked for, of which small is good.",
            ),
            Mistake(
                lambda: lambda t, s: deviance(t, s) / 2,
                "That is minus the log-likelihood. The 2 of '−2 log L' is missing.",
            ),
            Mistake(
                lambda: lambda t, s: deviance(t, s, reml=True),
                "That is the REML deviance, the mean averaged out. ML takes the best mean.",
            ),
            Mistake(
                lambda: (
                    lambda t, s: without(t, s, log_sigma2=5 * np.log(s), log_a=np.log(s + 6 * t))
                ),
                "log|V| counts for one batch only. Every batch pays it.",
            ),
            Mistake(
                lambda: lambda t, s: without(t, s, log_sigma2=0, log_a=10 * np.log(1 + 6 * t / s)),
                "Your log|V| is that of the relative matrix, V/σ². Then N·log σ² is missing.",
            ),
            Mistake(
                lambda: (
                    lambda t, s: without(
                        t, s, log_sigma2=25 * np.log(s), log_a=5 * np.log(s + 6 * t)
                    )
                ),
                "log|V| counts half. The ½ of log L is gone once it is multiplied by −2.",
            ),
            Mistake(
                lambda: lambda t, s: without(t, s, log_sigma2=60 * np.log(s)),
                "log σ² counts once for every strength. Of a batch's six directions one has the "
                "variance σ² + nτ₀₀: how many are left for σ²?",
            ),
            Mistake(
                lambda: lambda t, s: without(t, s, log_sigma2=0, log_a=0),
                "log|V| is missing: nothing makes a wide distribution costly, so the lowest "
                "point lies at infinite variances.",
            ),
            Mistake(
                lambda: lambda t, s: without(t, s, between=0),
                "Your residuals are taken from each batch's own mean. In the marginal model "
                "all batches have one mean; their deviations are in V.",
            ),
            Mistake(
                lambda: as_independent,
                "Your V has τ₀₀ + σ² on its diagonal and nothing beside it. Two strengths of one "
                "batch covary.",
            ),
            Mistake(
                lambda: lambda t, s: deviance(t**2, s),
                "You squared tau00. It is a variance already.",
            ),
            Mistake(
                lambda: lambda t, s: deviance(t**2, s**2),
                "You squared tau00 and sigma2. Both are variances already.",
            ),
            Mistake(
                lambda: lambda t, s: deviance(s, t),
                "Your arguments stand in the other order. Wanted is: tau00, sigma2.",
            ),
        ),
        nudge="Which three prices does the log density of one batch add up, and how many batches "
        "are there?",
        section="How probable are the data? The log density",
        formula="−2 log L = N log 2π + J(n − 1)·log σ² + J·log(σ² + nτ₀₀) + W/σ² + B/(σ² + nτ₀₀), "
        "or a sum over batches with V = σ²I + τ₀₀11′",
        points=3,
    ),
    Exercise(
        "05.4",
        "Reading somebody's output: twelve schools",
        Several(deviance=Number(1), p=Number(3, within=0.0008), claim=Choice("abcd")),
        truth=lambda: {"deviance": -2 * pilot().llf, "p": pilot_p(10), "claim": "d"},
        why="with twelve schools t gives p = {truth[p]:.3f}, beyond the 0.05 that the printout's z "
        "stayed below: a finding hung on the normal distribution.",
        mistakes=(
            Mistake(
                lambda: {"deviance": pilot().llf},
                "As the deviance you gave the log-likelihood as printed.",
            ),
            Mistake(
                lambda: {"deviance": -pilot().llf},
                "Your deviance is minus the log-likelihood. What was the factor?",
            ),
            Mistake(
                lambda: {"deviance": 2 * pilot().llf},
                "Your deviance has the sign of a log-likelihood. Is a small one to be good?",
            ),
            Mistake(
                lambda: {"deviance": pilot().aic},
                "That is an AIC, with parameters counted. The deviance is −2 log L alone.",
            ),
            Mistake(
                lambda: {"p": pilot_p(475)},
                "That is the printed p, or t with the pupils' degrees of freedom, which comes "
                "to the same. Is `catholic` a fact about pupils or about schools?",
            ),
            Mistake(
                lambda: {"p": pilot_p(10) / 2},
                "Your p counts one tail. The printed one, which it is to replace, counts two.",
            ),
            Mistake(
                lambda: {"p": pilot_p(11)},
                "Your p has J − 1 degrees of freedom. Two numbers are estimated from the "
                "twelve schools: a mean and a difference.",
            ),
            Mistake(
                lambda: {"p": pilot_p(12)},
                "Your p has as many degrees of freedom as there are schools. What did the mean "
                "and the difference use up?",
            ),
            Mistake(
                lambda: {"claim": "a"},
                "'Converged' is the search's opinion of itself. Which number could show it wrong?",
            ),
            Mistake(
                lambda: {"claim": "b"},
                "That Std.Err. isn't on the variance's scale, and the hill isn't a parabola. "
                "Which interval follows its true shape?",
            ),
            Mistake(
                lambda: {"claim": "c"},
                "Look at Method. What does REML average over, and would that be the same in "
                "both models?",
            ),
        ),
        nudge="How many schools tell you what Catholic and public schools differ by?",
        section="How sure is a fixed effect? z, t, and whose degrees of freedom",
        formula="deviance = −2 log L; t = Coef./Std.Err.; p = 2·P(t_df > |t|), df = schools minus "
        "school-level coefficients; scipy's stats.t.sf",
    ),
    Exercise(
        "05.5",
        "Six searches: which stand at the top?",
        Several(**{row: Choice(PLACES) for row in REPORTED}),
        truth=places,
        why="neither a warning nor a flag told you: only the log-likelihood and a look at the "
        "variances did.",
        mistakes=(
            Mistake(
                lambda: {"E": "inside"},
                "One row reports a likelihood that no data can have. `converged` is True "
                "there, and what is that worth?",
                when=marks("E", "inside", "edge", "short"),
            ),
            Mistake(
                lambda: {"B": "impossible"},
                "A finite log-likelihood at or below the best one that is known is possible. "
                "Compare it with that.",
                when=marks("ABCDF", "impossible"),
            ),
            Mistake(
                lambda: {"B": "inside"},
                "You trust a search that stands lower than another one of the same model and "
                "data. (Moving the origin of time doesn't move this log-likelihood.) Whoever "
                "is higher is nearer the top; what does `fit_lmm` reach?",
                when=marks("BC", "inside", "edge"),
            ),
            Mistake(
                lambda: {"D": "short"},
                "You marked as short a search above which nothing is known: `fit_lmm` gets no "
                "higher either. A warning, a flag, or another row's impossible number proves "
                "nothing.",
                when=marks("ADF", "short"),
            ),
            Mistake(
                lambda: {"A": "edge"},
                "You marked as 'edge' a top at which no variance is zero and no correlation "
                "±1. A warning says that it MAY lie there: what do the estimates say?",
                when=marks("AF", "edge"),
            ),
            Mistake(
                lambda: {"D": "inside"},
                "One of the tops that you call inside has a correlation of ±1. Look at "
                "`cov_re`, or at `singular`.",
                when=marks("D", "inside"),
            ),
        ),
        nudge="Which rows are about the same model and data, and who of them is highest?",
        section="Singular, or stopped early? Look at the curve",
        formula="same model, data and criterion: compare log L with the best one known; at the top "
        "look at variances and correlations (fit.singular)",
    ),
    Exercise(
        "05.6",
        "Mend a search that stopped",
        Several(what=Choice("abcd"), fit=Fit(), slope=Number(2)),
        truth=lambda: {"what": "c", "fit": bilirubin(), "slope": bilirubin().params["calendar"]},
        why="the slope is {truth[slope]:.2f} a year, far steeper than the printed one; nothing "
        "about the model had to change, only where zero is or who searches.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "Fixed effects and their standard errors are computed from the variances at "
                "which the search stopped. What are they worth somewhere on the slope?",
            ),
            Mistake(
                lambda: {"what": "b"},
                "That silences the warning and answers another question. Do patients worsen "
                "at one rate? The model was to find out.",
            ),
            Mistake(
                lambda: {"what": "d"},
                "ML has the same knife edge. It isn't the criterion that makes the search hard.",
            ),
            Mistake(
                lambda: {"fit": bilirubin("1")},
                "In your fit the random slope is gone. The warning went with it, and the "
                "question, too.",
            ),
            Mistake(
                lambda: {"fit": bilirubin(reml=False)},
                "Your fit is by ML. The colleague's model is REML; change the search alone.",
            ),
            Mistake(
                lambda: {"fit": bilirubin("1 + day", x="day")},
                "Your fit has time in days. The model is the same, but REML's criterion moves "
                "with the unit: it can't be compared any more. Move the origin, keep the "
                "year.",
            ),
            Mistake(
                lambda: {"fit": bilirubin("1 + month", x="month")},
                "Your fit has time in months. The model is the same, but REML's criterion "
                "moves with the unit, and so does the slope. Move the origin, keep the year.",
            ),
            Mistake(
                lambda: {"fit": replace(bilirubin(), llf=bilirubin().llf - 500)},
                "All parts are there, but your fit's log-likelihood is far below what can be "
                "reached: it stopped on the way up, or its correlation is held at zero. Where "
                "on the axis would the search be easier?",
                when=stands_lower,
            ),
            Mistake(
                lambda: {"slope": bilirubin("1").params["calendar"]},
                "That slope is the one of a model in which all patients share it, and there "
                "the search had stopped, too. Read it from the mended fit.",
            ),
            Mistake(
                lambda: {"slope": bilirubin().bse["calendar"]},
                "As the slope you gave its standard error.",
            ),
        ),
        nudge="How far from the data is the year 0, where the intercept of this model lies?",
        section="Why the origin of x matters to an optimiser",
        formula="Y = γ₀₀ + γ₁₀(x − c) + u₀ + u₁(x − c) + e is the same model for every c; take c "
        "near the data, or let fit_lmm centre inside",
        points=3,
    ),
    Exercise(
        "05.7",
        "Choose: is the size of the school needed?",
        Several(what=Choice("abcd"), moves=Number(2), aic=Number(2)),
        truth=lambda: {"what": "b", "moves": np.log(1000), "aic": rise("aic")},
        why="by ML the AIC changes by {truth[aic]:.1f}, in pupils or thousands alike; the two REML "
        "fits were likelihoods of different data, and the unit gave it away.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "A shift doesn't change REML's log-likelihood, and the unit still does. Are "
                "the two fits likelihoods of the same data at all?",
            ),
            Mistake(
                lambda: {"what": "c"},
                "In thousands another REML-AIC comes out, in hundreds a third. If no unit is "
                "the right one, what of the criterion?",
            ),
            Mistake(
                lambda: {"what": "d"},
                "BIC adds another penalty to the same log-likelihood. What is wrong with that one?",
            ),
            Mistake(
                lambda: {"moves": 0},
                "ML wouldn't move. But REML's log-likelihood has a term more, and in it stand "
                "the numbers of X as they are written.",
            ),
            Mistake(
                lambda: {"moves": -np.log(1000)},
                "The size is right. In thousands the numbers in X get smaller: which way does "
                "−½·log|X′R⁻¹X| go?",
            ),
            Mistake(
                lambda: {"moves": 2 * np.log(1000)},
                "That is how far the deviance or AIC falls. The log-likelihood moves by half.",
            ),
            Mistake(
                lambda: {"moves": -2 * np.log(1000)},
                "That is the step of the deviance. The log-likelihood moves by half of it, the "
                "other way.",
            ),
            Mistake(
                lambda: {"moves": np.log(1000) / 2},
                "That would be ½·log 1000. In X′R⁻¹X the size stands twice: once in X′, once in X.",
            ),
            Mistake(
                lambda: {"moves": np.log10(1000)},
                "That is a logarithm to base 10. Likelihoods use the natural one.",
            ),
            Mistake(
                lambda: {"aic": rise("aic", reml=True)},
                "Your aic is the colleague's again, from REML fits.",
            ),
            Mistake(
                lambda: {"aic": rise("aic", reml=True, unit="thousands")},
                "Your aic is from REML fits with the size in thousands: another unit, the same "
                "flaw.",
            ),
            Mistake(
                lambda: {"aic": -2 * rise("llf")},
                "That is the change of the deviance. AIC also counts the parameter that was added.",
            ),
            Mistake(
                lambda: {"aic": rise("llf")}, "That is the change of the log-likelihood itself."
            ),
            Mistake(
                lambda: {"aic": rise("bic")},
                "That is the change of BIC. AIC counts a parameter as 2.",
            ),
        ),
        nudge="If the answer depends on whether you count pupils or thousands, what is it about?",
        section="Few groups: which estimator is better?",
        formula="x → x/c: log|X′R⁻¹X| falls by log c², log L(ML) stays; AIC = −2 log L + 2·"
        "(number of parameters), with different fixed parts by ML",
    ),
    Exercise(
        "05.8",
        "Your own clinics",
        Several(reml=Number(1), ml=Number(1), low=Number(1), high=Number(1), covers=Choice("abcd")),
        truth=own_truth,
        own_data=own_clinics,
        why="from {truth[low]:.0f} to {truth[high]:.0f}: so little do a handful of clinics say "
        "about how clinics differ; the REML deviance would reach further up.",
        mistakes=(
            Mistake(
                lambda data: own(data, reml="ml", ml="reml"),
                "The two estimates have changed places. Which one divides by more?",
            ),
            Mistake(
                lambda data: own(data, reml="ml"),
                "Your reml is the ML estimate. Which argument of `fit_lmm` chooses?",
            ),
            Mistake(
                lambda data: own(data, ml="reml"),
                "Your ml is the REML estimate, which `fit_lmm` gives if you don't say otherwise.",
            ),
            Mistake(
                lambda data: own(data, reml="means"),
                "Your reml is the variance of the clinics' means, luck included.",
            ),
            Mistake(
                lambda data: own(data, reml="sd"), "Your reml is a standard deviation: square it."
            ),
            Mistake(
                lambda data: {"ml": shrunk_whole(data)},
                "For ml you multiplied REML's estimate by (J − 1)/J. Only B/(J − 1) changes "
                "its divisor, not what is taken off.",
            ),
            Mistake(
                lambda data: own(data, low="sd_low", high="sd_high"),
                "Your interval is one of the standard deviation, as `profile_intervals` gives "
                "it. Square its ends.",
            ),
            Mistake(
                lambda data: own(data, low="printed_low", high="printed_high"),
                "Your interval is made of the Std.Err. that the summary prints beside the "
                "variance. That one is on another scale, and the hill isn't a parabola.",
            ),
            Mistake(
                own_wald,
                "Yours is Wald's interval. It believes that the hill is a parabola; follow "
                "the likelihood itself.",
            ),
            Mistake(
                own_reml_profile,
                "Yours is the profile of the REML deviance: a good choice with few groups. "
                "Asked for is the one that `profile_intervals` gives, from the ML deviance.",
            ),
            Mistake(
                lambda data: own(data, low="rest_low", high="rest_high"),
                "Your interval is that of σ². The row of the intercept is about the clinics.",
            ),
            Mistake(
                lambda data: {"covers": "a"},
                "95 % is a promise for many groups. What did the chapter's simulation find "
                "with six?",
            ),
            Mistake(
                lambda data: {"covers": "c"},
                "It does miss more often than it says. On which side of the truth does it lie "
                "then? Remember that its deviance is ML's.",
            ),
            Mistake(
                lambda data: {"covers": "d"},
                "That happens where the variance is nearly zero. Here it is half of σ²: look "
                "at the row of an ICC away from the edge.",
            ),
        ),
        nudge="Which of your numbers is on the scale of minutes, which of minutes squared?",
        section="How sure is a variance? Three intervals",
        formula="fit_lmm(…, reml=False); the ends of profile_intervals' row sd(Intercept), squared",
        points=3,
    ),
    Exercise(
        "05.9",
        "The report",
        Sentence(
            (
                Part("the mean, with two decimals", number="mean", decimals=2),
                Part("the lower end of its interval by Satterthwaite", number="low", decimals=2),
                Part("the upper end of its interval by Satterthwaite", number="high", decimals=2),
                Part("the lower end with J − 1 degrees of freedom", number="low8", decimals=2),
                Part("the upper end with J − 1 degrees of freedom", number="high8", decimals=2),
                Part(
                    "that the variation between sectors is estimated as zero",
                    pattern=r"zero(?! to)|(?<![\d.])0(?:\.0+)?(?![\d.,]*\d)(?!\s?(?:to|and|[-–−])\s?\d)",
                ),
                Part("whose degrees of freedom the first interval has", pattern=BY_SATTERTHWAITE),
                Part("which degrees of freedom the second one has", pattern=BY_SECTORS),
                Part(
                    "that the fit is singular, at the boundary",
                    pattern=r"singular|boundary|edge|at (the|its) (lower )?limit",
                ),
                Part(
                    "the upper end of the interval of the SD between sectors",
                    number="upper",
                    decimals=2,
                ),
                Part("which kind of interval that is", pattern=r"profile|likelihood"),
                Part("the SD within sectors (two decimals)", number="sd", decimals=2),
                Part("how many firms", number="firms", of="firms|N"),
                Part("how many sectors", number="sectors", of="sectors|industries|J"),
                Part("the estimator", pattern=REML),
                Part("what was analysed: the logarithm of employment", pattern=r"\blog|logarithm"),
            )
        ),
        truth=firms_of_1979,
        example=report,
        why="a reader sees that zero is the estimate, what else is compatible, and what the degrees "
        "of freedom alone change.",
        mistakes=(
            Mistake(
                lambda: report() + " Sectors do not differ.",
                "An estimate of zero from nine sectors is no proof that they are alike. What "
                "else is compatible with the data?",
                when=lambda given, truth: claims_alike(given),
            ),
            Mistake(
                lambda: report().replace("95 %", "90 %"),
                "Asked for are 95 % intervals.",
                when=wrong_level,
            ),
            Mistake(
                lambda: report() + " Sectors differ significantly.",
                "The estimate of their variance is zero. Which of your numbers would show a "
                "difference?",
                when=claims_difference,
            ),
            Mistake(
                lambda: (
                    report() + " With 8 degrees of freedom the mean has a 95 % CI from "
                    f"{firms_of_1979()['low']:.2f} on."
                ),
                "The two intervals of the mean have changed places. Which number of degrees of "
                "freedom makes an interval wider?",
                when=swaps_intervals,
            ),
            Mistake(
                lambda: report() + f" Between sectors the SD is {firms_of_1979()['sd']:.2f}.",
                "The spread of firms within sectors stands as the one between sectors.",
                when=swaps_spreads,
            ),
            Mistake(
                lambda: (
                    report() + " The variance between sectors is at most "
                    f"{firms_of_1979()['upper']:.2f}."
                ),
                "The interval that you quote is one of a standard deviation, and you call it a "
                "variance.",
                when=called_variance("upper", 2),
            ),
            Mistake(
                lambda: report() + f" The variance within sectors is {firms_of_1979()['sd']:.2f}.",
                "You call the standard deviation within sectors a variance.",
                when=called_variance("sd", 2),
            ),
            Mistake(
                lambda: report() + " The model failed.",
                "The search did reach the top; it lies on the edge. A singular fit is an "
                "estimate, not a failure.",
                when=claims_failure,
            ),
            Mistake(
                lambda: report().replace("95 % CI", "95 % of firms lie in"),
                "That interval is about the mean. Firms spread by the SD within sectors, and "
                "far more.",
                when=taken_for_range("firms|sectors", "low", "high", "low8", "high8"),
            ),
            Mistake(
                lambda: report().replace("profile interval", "profile interval by REML"),
                "profile_intervals goes down from the ML deviance, whatever the fit.",
                when=lambda given, truth: profiles_reml(given),
            ),
            Mistake(
                lambda: report(upper=firms_of_1979()["upper_variance"]),
                "The upper end is one of the variance. Give it as a standard deviation, as the "
                "rest of the sentence.",
                when=instead("upper_variance", "upper"),
            ),
            Mistake(
                lambda: report(sd=firms_of_1979()["sigma2"]),
                "For the spread within sectors a variance stands where the standard deviation "
                "is asked for.",
                when=instead("sigma2", "sd"),
            ),
        ),
        nudge="Would a reader know what the zero means, and what it doesn't?",
        section="How to report it",
        formula="estimator, N and J, mean with an interval from each number of degrees of freedom, "
        "SD between = 0 (singular) with its profile interval, SD within",
        points=3,
    ),
    Exercise(
        "05.10",
        "Open task: another few groups",
        Chosen(
            "data",
            data=Choice(tuple(OPEN)),
            reml=Number(3),
            ml=Number(3),
            low=Number(2),
            high=Number(2),
            sentence=Sentence(
                (
                    Part(
                        "the REML estimate of the variance, with two decimals",
                        number="reml",
                        decimals=2,
                    ),
                    Part("how many groups", number="groups"),
                    Part("the lower end of its interval", number="low", decimals=2),
                    Part("the upper end of its interval", number="high", decimals=2),
                    Part("which kind of interval that is", pattern=r"profile"),
                    Part("the estimator", pattern=REML),
                )
            ),
        ),
        truth=open_truth,
        example=open_answer,
        why="two estimators, one interval, and a sentence that says which was which.",
        mistakes=(
            Mistake(
                lambda: open_answer(reml=chosen("pastes")["ml"], ml=chosen("pastes")["reml"]),
                "The two estimates have changed places. Which of them is the smaller one?",
                when=gives(3, reml="ml", ml="reml"),
            ),
            Mistake(
                lambda: open_answer("medpar", reml=all_rows("medpar")),
                "Your estimate is that of the whole file. Which rows does the task take?",
                when=took_all_rows,
            ),
            Mistake(
                lambda: open_answer(ml=chosen("pastes")["reml"]),
                "Your ml is the REML estimate, which `fit_lmm` gives if you don't say otherwise.",
                when=gives(3, reml="reml", ml="reml"),
            ),
            Mistake(
                lambda: open_answer(reml=chosen("pastes")["means"]),
                "Your reml is the variance of the group means, luck included.",
                when=gives(3, reml="means"),
            ),
            Mistake(
                lambda: open_answer(reml=chosen("pastes")["sd"]),
                "Your reml is a standard deviation: square it.",
                when=gives(3, reml="sd"),
            ),
            Mistake(
                lambda: open_answer(
                    low=chosen("pastes")["sd_low"], high=chosen("pastes")["sd_high"]
                ),
                "Your interval is one of the standard deviation. Square its ends.",
                when=gives(2, low="sd_low", high="sd_high"),
            ),
            Mistake(
                lambda: open_answer(
                    low=chosen("pastes")["printed_low"], high=chosen("pastes")["printed_high"]
                ),
                "Your interval is made of the Std.Err. that the summary prints beside the "
                "variance, which is on another scale.",
                when=gives(2, low="printed_low", high="printed_high"),
            ),
            Mistake(
                lambda: open_answer(
                    sentence="The standard deviation between the ten batches is "
                    f"{chosen('pastes')['reml']:.2f}."
                ),
                "Your sentence calls the variance a standard deviation.",
                when=called(SD, unless=VARIANCE),
            ),
            Mistake(
                lambda: open_answer(
                    sentence="The variance within the ten batches is "
                    f"{chosen('pastes')['reml']:.2f}."
                ),
                "Your sentence gives the variance between groups as the one within.",
                when=called("within", unless="between"),
            ),
            Mistake(
                lambda: open_answer(
                    sentence=open_answer()["sentence"] + " So the batches do not differ."
                ),
                "Look at the lower end of your interval: does it allow for groups that are "
                "alike? And even one that reaches down to zero would be no proof that they are.",
                when=lambda given, truth: claims_alike(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer(
                    sentence=open_answer()["sentence"].replace(
                        "profile-likelihood interval", "profile interval from the REML deviance"
                    )
                ),
                "profile_intervals goes down from the ML deviance, whatever the fit.",
                when=lambda given, truth: profiles_reml(given["sentence"]),
            ),
        ),
        nudge="How many groups speak about the variance between groups, and how sure can they be?",
        section="How sure is a variance? Three intervals",
        formula="τ̂₀₀ by fit_lmm(…) and fit_lmm(…, reml=False); profile_intervals, squared",
        points=3,
    ),
)
