"""Exercises to chapter 04: random slopes."""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import OUTSIDE, called_variance, lies_outside, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit, Function
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds, numbers_in
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.icc import vpc
from hlm_teach.measures.random_slopes import (
    between_variance,
    group_lines,
    intercept_slope_correlation,
    move_origin,
    share_negative,
    slope_range,
)
from hlm_teach.measures.simple_slopes import simple_slopes
from hlm_teach.simulate.two_level import simulate_two_level

PAIN = np.array([[9.0, -0.9], [-0.9, 0.25]])  # G at week 0; σ² is 4
GAMMA10, TAU11, SIGMA2, N = 1.2, 0.64, 36.0, 40  # the thousand schools of 04.2
LUCK = SIGMA2 / N
OPEN = {
    "orthodont": ("distance", "age", "Subject"),
    "pbc": ("protime", "years", "patient"),
    "employment_uk": ("log_capital", "t", "firm"),
}
ORIGIN = {"orthodont": 8, "pbc": 2, "employment_uk": 4}  # where x is to be zero
PLACE = {"orthodont": 8, "pbc": 2, "employment_uk": 1984}  # the same, as a report says it


# ---- what the truths and the mistakes are made of ----------------------------------------


def rho(cov_re) -> float:
    return intercept_slope_correlation(cov_re)


def rho_at(fit, origin: float) -> float:
    return rho(move_origin(fit.cov_re, origin))


def half_moved(cov_re, origin: float) -> float:
    """The covariance belongs to the new origin, τ_00 still to the old one."""
    g, moved = np.asarray(cov_re), np.asarray(move_origin(cov_re, origin))
    return float(moved[0, 1] / np.sqrt(g[0, 0] * g[1, 1]))


def tau11(fit) -> float:
    return float(fit.cov_re.iloc[1, 1])


def share(between: float, within: float) -> float:
    return between / (between + within)


def ends(pair) -> dict:
    low, high = pair
    return {"low": float(low), "high": float(high)}


def true_range(fit) -> dict:
    return ends(slope_range(fit.params.iloc[1], tau11(fit)))


def range_of_variance(fit) -> dict:
    """τ_11 itself where its root belongs."""
    return ends(slope_range(fit.params.iloc[1], tau11(fit) ** 2))


def interval_of_mean(fit) -> dict:
    return ends(fit.conf_int().iloc[1])


@cache
def pay():
    return fit_lmm("wage ~ t", load_data("employment_uk"), "firm", "1 + t")


@cache
def platelets(random: str = "1 + years", formula: str = "platelet ~ years * treatment", **options):
    return fit_lmm(formula, load_data("pbc"), "patient", random, **options)


@cache
def gaps(x: str = "gap", random: bool = True):
    """Of the minority gap in mathematics, within schools ("gap") or raw ("minority")."""
    data = load_data("hsb")
    data["gap"] = data["minority"] - data.groupby("school")["minority"].transform("mean")
    return fit_lmm(f"math ~ {x} * catholic", data, "school", f"1 + {x}" if random else "1")


def catholic_gap(x: str = "gap", random: bool = True) -> dict:
    at = pd.DataFrame({"catholic": [0, 1]})
    found = simple_slopes(gaps(x, random), x, at)
    return {
        "public": found["slope"][0],
        "catholic": found["slope"][1],
        "low": found["lower"][1],
        "high": found["upper"][1],
    }


def interval_without_covariance() -> dict:
    fit = gaps()
    half = 1.96 * np.hypot(fit.bse["gap"], fit.bse["gap:catholic"])
    middle = fit.params["gap"] + fit.params["gap:catholic"]
    return ends((middle - half, middle + half))


@cache
def wages(x: str = "t", random: str = "1 + t", **options):
    return fit_lmm(f"log_wage ~ {x}", load_data("employment_uk"), "firm", random, **options)


@cache
def albumin(random: str = "1 + years"):
    return fit_lmm("albumin ~ years", load_data("pbc"), "patient", random)


def albumin_by_ols() -> float:
    data = load_data("pbc")
    return float(np.polyfit(data["years"], data["albumin"], 1)[0])


def mean_of_own_slopes() -> float:
    return group_lines(load_data("pbc"), "albumin", "years", "patient")["slope"].mean()


def own_classes(rng: np.random.Generator) -> pd.DataFrame:
    """Thirty classes whose slopes differ visibly, at an origin where that matters."""
    return drawn_until(serves, draw_classes, rng)


def draw_classes(rng: np.random.Generator) -> pd.DataFrame:
    sizes = rng.integers(10, 25, size=30)
    data = simulate_two_level(
        n_groups=30,
        group_size=sizes.tolist(),
        gamma00=40,
        rng=rng,
        gamma10=rng.uniform(2, 4),
        tau00=rng.uniform(10, 16),
        tau11=rng.uniform(4, 8),
        rho01=rng.uniform(-0.2, 0.5),
        sigma2=rng.uniform(20, 30),
    )
    data["hours"] = (5 + 2 * data["x"]).clip(0).round(1)
    return data.rename(columns={"group": "class", "y": "points"})[
        ["class", "hours", "points"]
    ].round(1)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether every mistake of 04.8 leads to another answer than the truth."""
    fit = own_fit(data)
    if fit.singular or not 1.3 < tau11(fit) < 2.5:
        return False
    right, shares = own_truth(data)["share5"], (float(vpc(fit, 0)), without_covariance(data))
    return (
        min(abs(right - share) for share in shares) > 0.02
        and tau11(fit) - tau11(own_fit(data, reml=False)) > 0.011
        and abs(tau11(fit) - own_lines(data)) > 0.02
    )


def own_fit(data: pd.DataFrame, **options):
    return fit_lmm("points ~ hours", data, "class", "1 + hours", **options)


def own_lines(data: pd.DataFrame) -> float:
    """The variance of the classes' own slopes."""
    return group_lines(data, "points", "hours", "class")["slope"].var()


def own_truth(data: pd.DataFrame) -> dict:
    fit = own_fit(data)
    return {"tau11": tau11(fit), "share5": float(vpc(fit, 5))} | true_range(fit)


def without_covariance(data: pd.DataFrame) -> float:
    fit = own_fit(data)
    return share(fit.cov_re.iloc[0, 0] + 25 * tau11(fit), fit.sigma2)


# ---- the report --------------------------------------------------------------------------


@cache
def jobs(random: str = "1 + t"):
    return fit_lmm("log_emp ~ t", load_data("employment_uk"), "firm", random)


def report_numbers() -> dict:
    fit = jobs()
    interval, firms = interval_of_mean(fit), true_range(fit)
    return {
        "slope": fit.params["t"],
        "low": interval["low"],
        "high": interval["high"],
        "sd": np.sqrt(tau11(fit)),
        "from": firms["low"],
        "to": firms["high"],
        "sd0": np.sqrt(fit.cov_re.iloc[0, 0]),
        "rho": rho(fit.cov_re),
        "residual": np.sqrt(fit.sigma2),
        "firms": fit.n_groups,
        "rows": fit.nobs,
    }


def report(**other) -> str:
    """A right report, or one with some numbers replaced."""
    n = report_numbers() | other
    return (
        f"Log employment changed by {n['slope']:.3f} a year (95 % CI {n['low']:.3f} to "
        f"{n['high']:.3f}). Slopes differed between firms (SD {n['sd']:.3f}; 95 % of firms "
        f"between {n['from']:.3f} and {n['to']:.3f}). In 1980 intercepts had SD "
        f"{n['sd0']:.2f} and correlated {n['rho']:.2f} with slopes; residual SD "
        f"{n['residual']:.3f}. Linear mixed model, REML, {n['rows']:,} firm-years of "
        f"{n['firms']} firms."
    )


def interval_for_firms() -> str:
    low, high = interval_of_mean(jobs()).values()
    return report(**{"from": low, "to": high})


def takes_interval_for_firms(given: str, truth: dict) -> bool:
    said = re.search(
        r"95\s?(%|per ?cent) of (all |the |these |british |uk )*(firms|slopes)", given, re.I
    )
    right = holds(given, truth["from"], 2) and holds(given, truth["to"], 2)
    return said is not None and not right


def quotes_intervals_without_slopes(given: str, truth: dict) -> bool:
    low, high = interval_of_mean(jobs("1")).values()
    return (
        holds(given, low, 3)
        and holds(given, high, 3)
        and not (holds(given, truth["low"], 3) and holds(given, truth["high"], 3))
    )


def gives_variance(given: str, truth: dict) -> bool:
    return holds(given, truth["sd"] ** 2, 3) and not holds(given, truth["sd"], 3)


def says_all_firms(given: str, truth: dict) -> bool:
    shrinking = r"(shrank|shrunk|fell|lost|cut|declined|decreased|reduced)"
    firms = r"\b(all|every|each)( of the| of these| the)? firms?\b"
    rising = r"\bno firms? (grew|rose|increased)"
    return asserts(given, rf"{firms} {shrinking}|{shrinking} in {firms}|{rising}")


def says_rose(given: str, truth: dict) -> bool:
    """Tell whether the mean slope is said to go up."""
    return ascribes(
        given,
        truth["slope"],
        3,
        r"\brose\b|\bgrew\b|\bincreas",
        unless=r"\b(some|many|few|fifth|while|faster)\b|\bfell|shr[aiu]nk|declin|decreas",
    )


def calls_an_sd_a_variance(given: str, truth: dict) -> bool:
    return any(
        called_variance(name, decimals)(given, truth)
        for name, decimals in (("sd", 3), ("sd0", 2), ("residual", 3))
    )


def lost_its_minus(given: str, truth: dict) -> bool:
    """Tell whether the slope has no minus and no word such as fell, and its interval has a minus."""
    slopes = [
        one.value for one in numbers_in(given) if abs(abs(one.value) - abs(truth["slope"])) < 0.0006
    ]
    return (
        bool(slopes)
        and min(slopes) > 0
        and holds(given, truth["low"], 3, signed=True)
        and not re.search(
            r"\bfell|\bfall|shr[aiu]nk|declin|decreas|minus|\blower|negative", given, re.IGNORECASE
        )
    )


# ---- the open task -----------------------------------------------------------------------


@cache
def open_fit(name: str):
    outcome, x, group = OPEN[name]
    return fit_lmm(f"{outcome} ~ {x}", load_data(name), group, f"1 + {x}")


def open_numbers(name: str) -> dict:
    return {"rho": rho_at(open_fit(name), ORIGIN[name])} | true_range(open_fit(name))


def open_truth() -> dict:
    return {
        name: open_numbers(name)
        | {
            "sentence": {
                "slope": open_fit(name).params.iloc[1],
                "groups": open_fit(name).n_groups,
                "place": PLACE[name],
            }
            | open_numbers(name)
        }
        for name in OPEN
    }


def open_answer(name: str = "pbc", **parts) -> dict:
    n = open_truth()[name]["sentence"]
    sentence = (
        f"By REML the mean slope in {n['groups']} groups was {n['slope']:.3f}; slopes of "
        f"95 % of the groups lay between {n['low']:.3f} and {n['high']:.3f}, and "
        f"correlated {n['rho']:.2f} with the level at {n['place']}."
    )
    return {"data": name, "sentence": sentence} | open_numbers(name) | parts


def chose(wrong: Callable[[str], dict]) -> Callable[[dict, dict], bool]:
    """Tell whether the parts that `wrong` computes for the chosen data were handed in."""
    return lambda given, truth: all(
        OPEN_KINDS[part].same(given[part], value) for part, value in wrong(given["data"]).items()
    )


def unmoved(name: str) -> dict:
    return {"rho": rho(open_fit(name).cov_re)}


def moved_by_half(name: str) -> dict:
    return {"rho": half_moved(open_fit(name).cov_re, ORIGIN[name])}


OPEN_KINDS = {"rho": Number(2), "low": Number(3, within=0.002), "high": Number(3, within=0.002)}


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "04.1",
        "Pain after an operation, by hand",
        Several(
            rho0=Number(2),
            between6=Number(1),
            rho6=Number(2),
            rho=Function(
                probes=((0.0,), (2.0,), (6.0,), (-5.0,)),
                wanted="A function of k, the week that x is counted from,",
            ),
        ),
        truth=lambda: {
            "rho0": rho(PAIN),
            "between6": between_variance(PAIN, 6),
            "rho6": rho(move_origin(PAIN, 6)),
            "rho": lambda k: rho(move_origin(PAIN, k)),
        },
        why="the same patients, and a correlation of {truth[rho0]:.2f} or of {truth[rho6]:.2f}: "
        "whoever quotes one of them must say at which week.",
        mistakes=(
            Mistake(
                lambda: {"rho0": PAIN[0, 1]},
                "As the correlation at the start you gave τ₀₁, a covariance. By what is a "
                "covariance divided?",
            ),
            Mistake(
                lambda: {"rho0": PAIN[0, 1] / (PAIN[0, 0] * PAIN[1, 1])},
                "At the start you divided the covariance by the variances. Standard "
                "deviations belong there.",
            ),
            Mistake(
                lambda: {"between6": PAIN[0, 0] + 36 * PAIN[1, 1]},
                "In the variance at week 6 the covariance is missing. Patients who start high "
                "have the lower slopes here: is the variance at week 6 larger or smaller for it?",
            ),
            Mistake(
                lambda: {"between6": PAIN[0, 0] + 6 * PAIN[0, 1] + 36 * PAIN[1, 1]},
                "In the variance at week 6 the covariance occurs once. How often in the "
                "variance of a sum?",
            ),
            Mistake(
                lambda: {"between6": PAIN[0, 0] + 12 * PAIN[0, 1] + 6 * PAIN[1, 1]},
                "You multiplied τ₁₁ by x and got a negative variance. With what does the "
                "variance of a slope grow when the slope is multiplied by x?",
            ),
            Mistake(
                lambda: {"between6": between_variance(PAIN, 6) + 4},
                "At week 6 you added σ². That is the variance of single scores; the lines "
                "are asked for.",
            ),
            Mistake(
                lambda: {"rho6": half_moved(PAIN, 6)},
                "For week 6 you moved the covariance and left τ₀₀ at week 0. Which variance "
                "do the heights at week 6 have?",
            ),
            Mistake(
                lambda: {"rho6": rho(move_origin(PAIN, -6))},
                "Your week 6 lies six weeks before the operation. Which sign has k?",
            ),
            Mistake(
                lambda: {"rho": lambda k: half_moved(PAIN, k)},
                "Your function moves the covariance and leaves τ₀₀ at week 0.",
            ),
            Mistake(
                lambda: {"rho": lambda k: rho(move_origin(PAIN, -k))},
                "Your function moves the origin the wrong way. Try it at k = 6: which sign "
                "did you get by hand?",
            ),
        ),
        nudge="What is the height of a patient's line at week 6, in terms of u₀ and u₁?",
        section="An intercept is the height of a line at x = 0, and x = 0 is your choice",
        formula="τ₀₀(k) = τ₀₀ + 2kτ₀₁ + k²τ₁₁,  τ₀₁(k) = τ₀₁ + kτ₁₁,  "
        "ρ₀₁(k) = τ₀₁(k)/√(τ₀₀(k)·τ₁₁)",
        points=3,
    ),
    Exercise(
        "04.2",
        "Before you run it: a thousand slopes",
        Several(sd_own=Number(2), negative_true=Number(2), negative_own=Number(2)),
        truth=lambda: {
            "sd_own": np.sqrt(TAU11 + LUCK),
            "negative_true": share_negative(GAMMA10, TAU11),
            "negative_own": share_negative(GAMMA10, TAU11 + LUCK),
        },
        why="{truth[negative_own]:.0%} of own lines fall and only {truth[negative_true]:.0%} of "
        "true ones, so most schools whose own line falls have a true one that rises.",
        mistakes=(
            Mistake(
                lambda: {"sd_own": np.sqrt(TAU11)},
                "That is the spread of the true slopes. A slope computed from forty pupils "
                "carries their luck as well: how much variance does that add?",
            ),
            Mistake(
                lambda: {"sd_own": TAU11 + LUCK},
                "That is the variance of the own slopes; the standard deviation is asked for.",
            ),
            Mistake(
                lambda: {"sd_own": np.sqrt(LUCK)},
                "That is the luck alone, as if all true slopes were equal.",
            ),
            Mistake(
                lambda: {"sd_own": np.sqrt(TAU11) + np.sqrt(LUCK)},
                "You added standard deviations. What adds up when two independent things "
                "are summed?",
            ),
            Mistake(
                lambda: {"negative_true": share_negative(GAMMA10, TAU11 + LUCK)},
                "As the true share you gave that of slopes with luck in them. True slopes "
                "have variance τ₁₁, no more.",
            ),
            Mistake(
                lambda: {"negative_true": share_negative(GAMMA10, TAU11**2)},
                "You used τ₁₁ as a standard deviation. Take the root first.",
            ),
            Mistake(
                lambda: {"negative_true": share_negative(GAMMA10, np.sqrt(TAU11))},
                "For the true slopes you handed a standard deviation to share_negative; it "
                "takes the variance.",
            ),
            Mistake(
                lambda: {"negative_true": 0.0},
                "A mean slope above zero doesn't lift every school above zero. How many "
                "standard deviations of true slopes lies zero below the mean?",
            ),
            Mistake(
                lambda: {"negative_own": share_negative(GAMMA10, TAU11)},
                "For the own slopes you used the spread of the true ones. Own slopes "
                "scatter more widely.",
            ),
            Mistake(
                lambda: {"negative_own": share_negative(GAMMA10, np.sqrt(TAU11 + LUCK))},
                "For the own slopes you handed a standard deviation to share_negative; it "
                "takes the variance.",
            ),
            Mistake(
                lambda: {"negative_own": share_negative(GAMMA10, (TAU11 + LUCK) ** 2)},
                "For the own slopes you used a variance as a standard deviation.",
            ),
        ),
        nudge="If all true slopes were equal, would forty pupils a school give equal slopes?",
        section="Slopes are shrunk, too",
        formula="Var(own slope) = τ₁₁ + σ²/Σx²,  share below zero = Φ(−γ₁₀/SD)",
    ),
    Exercise(
        "04.3",
        "Reading somebody's output: real wages",
        Several(
            rho=Number(2),
            low=Number(2, within=0.02),
            high=Number(2, within=0.02),
            claim=Choice("abcd"),
        ),
        truth=lambda: {"rho": rho(pay().cov_re), "claim": "b"} | true_range(pay()),
        why="the printout held a range of firms from {truth[low]:.1f} to {truth[high]:+.1f} a "
        "year, and no row of it shows that.",
        mistakes=(
            Mistake(
                lambda: {"rho": pay().cov_re.iloc[0, 1]},
                "As the correlation you gave the row 'firm x t Cov', a covariance. By what "
                "is it to be divided?",
            ),
            Mistake(
                lambda: {"rho": pay().cov_re.iloc[0, 1] / (pay().cov_re.iloc[0, 0] * tau11(pay()))},
                "You divided the covariance by the product of the two variances. Their "
                "roots belong there.",
            ),
            Mistake(
                lambda: range_of_variance(pay()),
                "For the range you used 't Var' as it is printed. It is a variance: what "
                "comes before ±1.96?",
            ),
            Mistake(
                lambda: interval_of_mean(pay()),
                "That is the interval printed in the row t: it says where the mean slope "
                "lies, not where firms lie. Which row says how much firms differ?",
            ),
            Mistake(
                lambda: {"claim": "a"},
                "p = 0.001 is about the mean of all slopes. Look at your lower end: did wages "
                "rise in every firm?",
            ),
            Mistake(
                lambda: {"claim": "c"},
                "Every year has its own correlation of level and growth. To which year does "
                "the printed covariance belong?",
            ),
            Mistake(
                lambda: {"claim": "d"},
                "An intercept is the height of the mean line at t = 0, not a mean over all "
                "years. Which year is t = 0?",
            ),
        ),
        nudge="Which three rows of the printout make up G, and at which year?",
        section="Does family background matter equally in every school?",
        formula="ρ₀₁ = τ₀₁/√(τ₀₀·τ₁₁),  95 % of slopes: γ₁₀ ± 1.96·√τ₁₁",
    ),
    Exercise(
        "04.4",
        "Mend a colleague's trial",
        Several(what=Choice("abcd"), fit=Fit(), p=Number(2)),
        truth=lambda: {
            "what": "c",
            "fit": platelets(),
            "p": platelets().pvalues["years:treatment"],
        },
        why="with slopes that may differ between patients p is {truth[p]:.2f}; the certainty had "
        "come from taking every visit for fresh evidence on one slope that an arm shares.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "The row `treatment` allows for another level at entry. What else differs "
                "between patients, and is held equal here?",
            ),
            Mistake(
                lambda: {"what": "b"},
                "Filled in or not, these visits would meet the same model. What does it hold "
                "equal that differs between patients?",
            ),
            Mistake(
                lambda: {"what": "d"},
                "Counted from elsewhere, the years give another row `treatment`; the product "
                "and its p stay as they are. Which variance is missing?",
            ),
            Mistake(
                lambda: {"fit": platelets("1")},
                "This is your colleague's model again: its patients all change at one rate "
                "within a treatment.",
            ),
            Mistake(
                lambda: {"fit": platelets(correlated=False)},
                "The correlation was left out. That ties the model to year 0: lines closest "
                "together there. Keep it.",
            ),
            Mistake(
                lambda: {"fit": platelets(formula="platelet ~ years + treatment")},
                "The product is gone, and with it the question whether the treatment "
                "changes the slope.",
            ),
            Mistake(
                lambda: {"fit": platelets(reml=False)},
                "This is fitted by ML. Leave reml as it is: REML is asked for.",
            ),
            Mistake(
                lambda: {"p": platelets("1").pvalues["years:treatment"]},
                "That is the p of the model without random slopes.",
            ),
        ),
        nudge="The treatment is to explain slopes. How many slopes are there, and does the model "
        "know?",
        section="Leaving out the random slope",
        formula='fit_lmm("y ~ x * w", data, group, random="1 + x"): a cross-level interaction '
        "brings its random slope along",
        points=3,
    ),
    Exercise(
        "04.5",
        "One gap, two kinds of school",
        Several(
            public=Number(2),
            catholic=Number(2),
            low=Number(2, within=0.03),
            high=Number(2, within=0.03),
        ),
        truth=catholic_gap,
        why="within public schools the gap is {truth[public]:.1f} points, within Catholic ones "
        "{truth[catholic]:.1f}; families choose schools, so the schools needn't be the cause.",
        mistakes=(
            Mistake(
                lambda: catholic_gap("minority"),
                "All of this comes from the raw 0/1 column (or one less its grand mean), "
                "which blends differences within schools and between them. What should be "
                "taken off within each school?",
            ),
            Mistake(
                lambda: {"catholic": gaps().params["gap:catholic"]},
                "For Catholic schools you gave the coefficient of the product. It says how "
                "much the slope differs from that of public schools.",
            ),
            Mistake(
                lambda: {"catholic": gaps().params["gap"]},
                "For Catholic schools you gave the slope at catholic = 0. What does the "
                "product add at catholic = 1?",
            ),
            Mistake(
                interval_without_covariance,
                "Your interval adds two variances. The two estimates share the public "
                "schools: their covariance is part of the variance of the sum.",
            ),
            Mistake(
                lambda: {name: catholic_gap(random=False)[name] for name in ("low", "high")},
                "Your interval comes from a model without the random slope: too narrow, as "
                "if all schools of a kind had the same gap.",
            ),
            Mistake(
                lambda: ends(gaps().conf_int().loc["gap:catholic"]),
                "That is the interval of the product, of a difference between two slopes.",
            ),
        ),
        nudge="Put catholic = 1 into the formula of the model: what stands before the predictor?",
        section="What goes with steeper slopes? Cross-level interactions",
        formula="slope at w: γ₁₀ + γ₁₁w,  its variance: V₁₀ + 2w·Cov + w²·V₁₁ (simple_slopes)",
        points=3,
    ),
    Exercise(
        "04.6",
        "Mend it: firms that all grow alike",
        Several(what=Choice("abcd"), fit=Fit(), rho76=Number(2)),
        truth=lambda: {"what": "b", "fit": wages(), "rho76": rho_at(wages(), -4)},
        why="in this model growth varies, and firms that paid less in 1976 raised wages faster "
        "(a correlation of {truth[rho76]:.2f}); how much of that is memory of the residuals, it "
        "can't tell.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "Seven or more years for each of 140 firms are plenty here, as your mended "
                "fit shows. What does τ₀₁ = 0 say, and at which year?",
            ),
            Mistake(
                lambda: {"what": "c"},
                "A variance of zero is an estimate under this model, no fact about firms. "
                "What else does the model assume, and at which year?",
            ),
            Mistake(
                lambda: {"what": "d"},
                "The logarithm isn't to blame: the same happens with the wage itself. What "
                "does τ₀₁ = 0 say, and at which year?",
            ),
            Mistake(
                lambda: {"fit": wages("year", "1 + year", correlated=False)},
                "This is your colleague's model again.",
            ),
            Mistake(
                lambda: {"fit": wages(correlated=False)},
                "The years are counted from 1980 now, and the correlation is still forbidden: lines "
                "closest together exactly in 1980. Who says so?",
            ),
            Mistake(
                lambda: {"fit": wages(random="1")},
                "Without the random slope all firms grow alike by assumption: that was the "
                "colleague's conclusion.",
            ),
            Mistake(
                lambda: {"fit": wages(reml=False)},
                "This is fitted by ML. Leave reml as it is: REML is asked for.",
            ),
            Mistake(
                lambda: {"rho76": rho(wages().cov_re)},
                "That is the correlation at t = 0, the year 1980. How far is 1976 from it?",
            ),
            Mistake(
                lambda: {"rho76": rho_at(wages(), -1980)},
                "That is the correlation at the year 0, which `year` counts from. How far is "
                "1976 from the origin of your fit?",
            ),
            Mistake(
                lambda: {"rho76": half_moved(wages().cov_re, -4)},
                "You moved the covariance to 1976 and left τ₀₀ in 1980.",
            ),
            Mistake(
                lambda: {"rho76": rho_at(wages(), 4)},
                "You went to 1984. Which sign has k for a year before 1980?",
            ),
        ),
        nudge="If lines lie closest together in the year 0, how far apart are they 1,980 years "
        "later?",
        section="Dropping the correlation",
        formula="τ₀₁ = 0 at x = 0 means Var(between at x) = τ₀₀ + x²τ₁₁;  "
        "ρ₀₁(k) = (τ₀₁ + kτ₁₁)/√(τ₀₀(k)·τ₁₁)",
        points=3,
    ),
    Exercise(
        "04.7",
        "Choose: how fast does albumin fall?",
        Several(model=Choice("abc"), why=Choice("pqrs"), slope=Number(3)),
        truth=lambda: {"model": "c", "why": "q", "slope": albumin().params["years"]},
        why="{truth[slope]:.3f} g/dl a year, more than twice what ordinary regression sees, "
        "and with an assumption that belongs in the paper.",
        mistakes=(
            Mistake(
                lambda: {"model": "a"},
                "Ordinary regression follows the mean of whoever is still there. Who is "
                "still there?",
            ),
            Mistake(
                lambda: {"model": "b"},
                "Random intercepts know that stayers began better, and hold that all fall "
                "at one rate. Do your two medians agree with that?",
            ),
            Mistake(
                lambda: {"why": "p"},
                "A small standard error is a claim, not a merit: which of the three claims "
                "the smallest one here, and what has it left out?",
            ),
            Mistake(
                lambda: {"why": "r"},
                "It does make an assumption about leaving: that, given the albumin recorded so "
                "far, it has nothing to do with the albumin that follows. If patients left as "
                "they felt a fall coming that no value showed yet, it fails.",
            ),
            Mistake(
                lambda: {"why": "s"},
                "A steep answer isn't true because it is steep. What must hold of the "
                "reasons for leaving?",
            ),
            Mistake(
                lambda: {"slope": albumin_by_ols()},
                "This is the slope of ordinary regression: of the mean of those who are "
                "still there.",
            ),
            Mistake(
                lambda: {"slope": albumin("1").params["years"]},
                "This is the slope with random intercepts alone. Whose slope is it mostly, "
                "if all are held to fall at one rate?",
            ),
            Mistake(
                lambda: {"slope": mean_of_own_slopes()},
                "This is the plain mean of the patients' own slopes. Slopes of two visits "
                "count in it like those of ten: their luck does, too.",
            ),
            Mistake(
                lambda: {"slope": albumin().params["years"] / 365.25},
                "This is per day. `years` is the column that counts years.",
                when=lambda given, truth: 1e-4 < abs(given["slope"]) < 4e-4,
            ),
        ),
        nudge="Which patients have many visits, and how do their values move?",
        section="Growth in time, and those who leave",
        formula="under MAR the likelihood of a right model may ignore why patients left: "
        'fit_lmm("y ~ x", data, "patient", random="1 + x")',
    ),
    Exercise(
        "04.8",
        "Your own classes",
        Several(
            tau11=Number(2),
            low=Number(2, within=0.011),
            high=Number(2, within=0.011),
            share5=Number(2),
        ),
        truth=own_truth,
        own_data=own_classes,
        why="by the model, an hour more goes with between {truth[low]:.1f} and {truth[high]:.1f} "
        "points in 95 % of classes like yours, and at five hours {truth[share5]:.0%} of the variance lies "
        "between classes.",
        mistakes=(
            Mistake(
                lambda data: {"tau11": own_lines(data)},
                "Your τ₁₁ is the variance of the classes' own slopes, and luck is part of that.",
            ),
            Mistake(
                lambda data: {"tau11": float(np.sqrt(tau11(own_fit(data))))},
                "Your τ₁₁ is a standard deviation. Square it.",
            ),
            Mistake(
                lambda data: {"tau11": tau11(own_fit(data, reml=False))},
                "Your τ₁₁ is the ML estimate; REML is asked for.",
            ),
            Mistake(
                lambda data: range_of_variance(own_fit(data)),
                "Your range uses τ₁₁ as a standard deviation. Take its root first.",
            ),
            Mistake(
                lambda data: interval_of_mean(own_fit(data)),
                "Your range is the confidence interval of the mean slope. More classes "
                "would narrow it; do they make classes alike?",
            ),
            Mistake(
                lambda data: {"share5": float(vpc(own_fit(data), 0))},
                "Your share is the one at zero hours. Move to five.",
            ),
            Mistake(
                lambda data: {"share5": without_covariance(data)},
                "In your share at five hours the covariance is missing: 2·5·τ₀₁.",
            ),
        ),
        nudge="Which of the four are about slopes, and which asks for a place on the axis of hours?",
        section="The variance of Y is a function of x",
        formula="γ₁₀ ± 1.96·√τ₁₁;  VPC(x) = (τ₀₀ + 2τ₀₁x + τ₁₁x²)/(τ₀₀ + 2τ₀₁x + τ₁₁x² + σ²)",
        points=3,
    ),
    Exercise(
        "04.9",
        "The report",
        Sentence(
            (
                Part("the mean slope (three decimals)", number="slope", decimals=3),
                Part(
                    "which way it goes (a minus, or a word such as fell)",
                    pattern=r"\bfell|\bfall|shr[aiu]nk|declin|decreas|minus|[−-] ?0\.0",
                ),
                Part(
                    "the lower end of its interval, named so (CI)",
                    number="low",
                    decimals=3,
                    beside=r"\bCI\b|confidence|interval",
                ),
                Part("the upper end of its interval", number="high", decimals=3),
                Part("the SD of slopes (three decimals)", number="sd", decimals=3),
                Part(
                    "where the range of 95 % of firms begins (with the word 'firms' or 'slopes' "
                    "beside it, and its sign)",
                    number="from",
                    decimals=2,
                    beside="firms|slopes|them",
                    signed=True,
                ),
                Part("where it ends", number="to", decimals=2, signed=True),
                Part("the SD of intercepts (two decimals)", number="sd0", decimals=2),
                Part(
                    "their correlation with slopes (two decimals, by its sign)",
                    number="rho",
                    decimals=2,
                    signed=True,
                ),
                Part("the year at which both hold", pattern=r"\b1980\b"),
                Part("the residual SD (three decimals)", number="residual", decimals=3),
                Part("how many firms", number="firms", of="firms|J"),
                Part(
                    "how many observations",
                    number="rows",
                    of="observations|rows|firm-years|years|measurements|N",
                ),
                Part("the estimator", pattern=REML),
                Part("what was analysed: the logarithm of employment", pattern=r"\blog|logarithm"),
            )
        ),
        truth=report_numbers,
        example=report,
        why="a reader of yours can tell the average firm from the range of firms, and knows in "
        "which year your correlation holds.",
        mistakes=(
            Mistake(
                lambda: "Employment fell in every firm: " + report(),
                "The mean slope is clearly below zero; single firms are another matter. "
                "Which part of your own range speaks against 'all'?",
                when=says_all_firms,
            ),
            Mistake(
                lambda: report().replace("changed by", "rose by"),
                "Did employment rise or fall in the mean firm? The slope has a sign.",
                when=says_rose,
            ),
            Mistake(
                lambda: report(slope=-report_numbers()["slope"]),
                "Your slope has lost its minus: as it stands, it lies outside its interval.",
                when=lost_its_minus,
            ),
            Mistake(
                lambda: report().replace("95 % of firms between", "95 % CI of firms between"),
                "The range of firms is no confidence interval: more firms wouldn't narrow it.",
                when=lambda given, truth: asserts(
                    given, r"(CI|confidence interval)s? (of|for) (the |95 % of )?firms"
                ),
            ),
            Mistake(
                interval_for_firms,
                "The interval of the mean slope stands where the range of firms belongs. "
                "Which number says how much firms differ?",
                when=takes_interval_for_firms,
            ),
            Mistake(
                lambda: report(**interval_of_mean(jobs("1"))),
                "The interval comes from a model with random intercepts alone. It counts "
                "firm-years where slopes of firms should be counted.",
                when=quotes_intervals_without_slopes,
            ),
            Mistake(
                lambda: report().replace("(SD", "(variance"),
                "You call a standard deviation a variance.",
                when=calls_an_sd_a_variance,
            ),
            Mistake(
                lambda: report(slope=report_numbers()["high"], high=report_numbers()["slope"]),
                OUTSIDE,
                when=lies_outside("slope", "low", "high", decimals=3),
            ),
            Mistake(
                lambda: report().replace("95 % CI", "90 % CI"),
                "Asked for are 95 % intervals.",
                when=wrong_level,
            ),
            Mistake(
                lambda: report() + f" Intercepts had SD {report_numbers()['sd']:.3f}.",
                "The spreads of intercepts and slopes have changed places.",
                when=lambda given, truth: (
                    ascribes(given, truth["sd"], 3, "intercept", unless="slope")
                    or ascribes(given, truth["sd0"], 2, r"\bslope", unless="intercept")
                ),
            ),
            Mistake(
                lambda: report(sd=tau11(jobs())),
                "The variance of slopes stands where their standard deviation is asked for: "
                "take its root, so that a reader can picture it.",
                when=gives_variance,
            ),
        ),
        nudge="Would a reader know the average, the range of firms, the year, and how many?",
        section="How to report it",
        formula="γ₁₀ with interval; √τ₁₁ and γ₁₀ ± 1.96·√τ₁₁; √τ₀₀ and ρ₀₁ with their origin; σ; "
        "N and J; estimator",
        points=3,
    ),
    Exercise(
        "04.10",
        "Open task: slopes you haven't met",
        Chosen(
            "data",
            data=Choice(tuple(OPEN)),
            **OPEN_KINDS,
            sentence=Sentence(
                (
                    Part("the mean slope, with two decimals", number="slope", decimals=2),
                    Part(
                        "where the range of 95 % of slopes begins (with its sign)",
                        number="low",
                        decimals=2,
                        signed=True,
                    ),
                    Part("where it ends", number="high", decimals=2, signed=True),
                    Part(
                        "the correlation, with two decimals (and its sign)",
                        number="rho",
                        decimals=2,
                        signed=True,
                    ),
                    Part("where it holds (the age, or the year)", number="place"),
                    Part("how many groups", number="groups"),
                    Part("the estimator", pattern=REML),
                )
            ),
        ),
        truth=open_truth,
        example=open_answer,
        why="your sentence says how large the slope is, how much it differs, and where its "
        "correlation holds. Draw the slopes before you trust the 95 %: they are normal by the "
        "model only.",
        mistakes=(
            Mistake(
                lambda: open_answer(**unmoved("pbc")),
                "The correlation belongs to the zero of the column as it comes. Where is zero "
                "to be here?",
                when=chose(unmoved),
            ),
            Mistake(
                lambda: open_answer(**moved_by_half("pbc")),
                "In the correlation the covariance was moved to the new origin, and τ₀₀ wasn't.",
                when=chose(moved_by_half),
            ),
            Mistake(
                lambda: open_answer(**range_of_variance(open_fit("pbc"))),
                "The range uses τ₁₁ as a standard deviation. Take its root first.",
                when=chose(lambda name: range_of_variance(open_fit(name))),
            ),
            Mistake(
                lambda: open_answer(**interval_of_mean(open_fit("pbc"))),
                "The range is the confidence interval of the mean slope. It says where the "
                "mean lies, not where the groups lie.",
                when=chose(lambda name: interval_of_mean(open_fit(name))),
            ),
        ),
        nudge="What is a group here, and where on the axis would an intercept mean something?",
        section="How to report it",
        formula="γ₁₀ ± 1.96·√τ₁₁;  ρ₀₁(k) = (τ₀₁ + kτ₁₁)/√(τ₀₀(k)·τ₁₁)",
        points=3,
    ),
)
