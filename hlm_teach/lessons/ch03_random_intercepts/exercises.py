"""Exercises to chapter 03: random intercepts."""

import re
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import OUTSIDE, called_sd, lies_outside, loses_a_sign, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit, Function
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import MINUS, REML, ascribes, asserts, holds, numbers_in, quotes
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.simulate.two_level import simulate_two_level

OPEN = ("hsb", "medpar", "employment_uk")
# Data set, outcome, predictor and group of the tasks that split a predictor.
SPLIT = {
    "hsb": ("hsb", "math", "minority", "school"),
    "medpar": ("medpar", "log_los", "died", "hospital"),
    "employment_uk": ("employment_uk", "log_emp", "log_wage", "firm"),
    "pbc": ("pbc", "log_bili", "albumin", "patient"),
    "wages": ("employment_uk", "log_wage", "log_emp", "firm"),
}
LONGEST = ("32003", "32002", "30073", "30078", "32000", "30084")


# ---- what the truths and the mistakes are made of ----------------------------------------


def weight(between: float, luck: float) -> float:
    """λ, from the variance between groups and the variance of a mean's luck."""
    return between / (between + luck)


def ward(lam: float = weight(20, 180 / 6)) -> dict:
    return {"lam": lam, "blup": 60 + lam * (70 - 60), "sd": np.sqrt(20 * (1 - lam))}


def left(n: float, tau00: float, sigma2: float) -> float:
    """Variance of u that n members leave unknown: τ_00(1 − λ), also for n = 0."""
    return tau00 * sigma2 / (sigma2 + n * tau00)


def unknown_sd(n: float, tau00: float, sigma2: float) -> float:
    return float(np.sqrt(left(n, tau00, sigma2) + sigma2))


def only(numbers: dict, *names: str) -> dict:
    return {name: numbers[name] for name in names}


def tau00(fit) -> float:
    return float(fit.cov_re.iloc[0, 0])


@cache
def spread() -> dict:
    """Three hundred classes of six pupils, before and after hours, centred within classes."""
    data = simulate_two_level(
        n_groups=300,
        group_size=6,
        gamma00=50,
        gamma10=3,
        x_icc=-1 / 5,
        tau00=9,
        sigma2=20,
        rng=np.random.default_rng(307),
    )
    means = data.groupby("group")["y"].mean()
    data["hours"] = data["x"] - data.groupby("group")["x"].transform("mean")
    null, fit = (fit_lmm(f"y ~ {fixed}", data, groups="group") for fixed in ("1", "hours"))
    return {
        "means": means.var(),
        "blups": null.random_effects["Intercept"].var(),
        "tau00": tau00(fit),
        "before": tau00(null),
        "luck": null.sigma2 / 6,
        "lam": weight(tau00(null), null.sigma2 / 6),
        "fall": null.sigma2 - fit.sigma2,
        "shrinks": fit.sigma2 / null.sigma2,
    }


@cache
def printout() -> dict:
    """The trend of log employment, and firm 5 in 1983, where t is 3."""
    fit = fit_lmm("log_emp ~ t", load_data("employment_uk"), groups="firm")
    ratio_se, u = fit.statsmodels.bse["firm Var"], fit.random_effects.loc["5", "Intercept"]
    fixed = fit.params["Intercept"] + 3 * fit.params["t"]
    return {
        "tau00": tau00(fit),
        "scale": fit.sigma2,
        "se": ratio_se * fit.sigma2,
        "u": u,
        "prediction": fixed + u,
        "ratio_se": ratio_se,
        "fixed": fixed,
        "printed_se": ratio_se * np.sqrt(fit.sigma2),
        "in_1980": fit.params["Intercept"] + u,
    }


@cache
def hospitals() -> dict:
    """The hospital with the longest mean stay, of two patients; and who leads by BLUP."""
    data = load_data("medpar")
    fit = fit_lmm("log_los ~ 1", data, groups="hospital")
    u, centre = fit.random_effects["Intercept"], fit.params["Intercept"]
    raw = data.groupby("hospital")["log_los"].mean()[LONGEST[0]]
    by_sd = weight(np.sqrt(tau00(fit)), np.sqrt(fit.sigma2 / 2))
    return {
        "u": u[LONGEST[0]],
        "blup": centre + u[LONGEST[0]],
        "centre": centre,
        "raw": raw,
        "top": u[list(LONGEST)].idxmax(),
        "by_sd": centre + by_sd * (raw - centre),
        "by_icc": centre + weight(tau00(fit), fit.sigma2) * (raw - centre),
    }


@cache
def two_schools() -> dict:
    data, pair = load_data("hsb"), ["1308", "6578"]
    fit = fit_lmm("math ~ 1", data, groups="school")
    u, s = (table.loc[pair, "Intercept"] for table in (fit.random_effects, fit.random_effects_se))
    raw = data.groupby("school")["math"].agg(["mean", "size"]).loc[pair]
    return {
        "difference": u.iloc[0] - u.iloc[1],
        "sd": np.hypot(*s),
        "sum": s.sum(),
        "raw": raw["mean"].iloc[0] - raw["mean"].iloc[1],
        "raw_se": np.sqrt(fit.sigma2 * (1 / raw["size"]).sum()),
    }


# ---- one predictor, split ----------------------------------------------------------------


def split(data: pd.DataFrame, outcome: str, x: str, group: str) -> pd.DataFrame:
    """Columns y, x, group, and x split into x_mean and x_within."""
    plain = data[[outcome, x, group]].set_axis(["y", "x", "group"], axis=1)
    mean = plain.groupby("group")["x"].transform("mean")
    return plain.assign(x_mean=mean, x_within=plain["x"] - mean)


@cache
def with_parts(task: str, fixed: str, reml: bool = True):
    name, *columns = SPLIT[task]
    return fit_lmm(f"y ~ {fixed}", split(load_data(name), *columns), groups="group", reml=reml)


@cache
def numbers(task: str) -> dict:
    """What a report on a split predictor may quote, rightly or wrongly."""
    fit, raw = with_parts(task, "x_within + x_mean"), with_parts(task, "x + x_mean")
    (low, high), (b_low, b_high) = fit.conf_int().loc[["x_within", "x_mean"]].to_numpy()
    return {
        "within": fit.params["x_within"],
        "low": low,
        "high": high,
        **fit.r2,
        "between": fit.params["x_mean"],
        "between_low": b_low,
        "between_high": b_high,
        "contextual": raw.params["x_mean"],
        "blend": with_parts(task, "x").params["x"],
        "tau00": tau00(fit),
        "sigma2": fit.sigma2,
        "tau00_sd": np.sqrt(tau00(fit)),
        "rows": fit.nobs,
        "groups": fit.n_groups,
    }


def own_schools(rng: np.random.Generator) -> pd.DataFrame:
    """Fifty schools of 4 to 10 pupils, in which hours mean two things."""
    return drawn_until(tells_apart, draw_schools, rng)


def draw_schools(rng: np.random.Generator) -> pd.DataFrame:
    drawn = simulate_two_level(
        n_groups=50,
        group_size=rng.integers(4, 11, size=50).tolist(),
        gamma00=40,
        rng=rng,
        gamma10=rng.uniform(2, 4),
        contextual=rng.choice([-1, 1]) * rng.uniform(4, 7),
        x_icc=0.3,
        tau00=rng.uniform(6, 10),
        sigma2=rng.uniform(30, 45),
    )
    return pd.DataFrame(
        {
            "school": drawn["group"],
            "hours": (8 + 1.5 * drawn["x"]).round(1),
            "score": drawn["y"].round(1),
        }
    )


def own_slopes(data: pd.DataFrame) -> dict:
    """The three effects of hours, and three slopes that are taken for them."""
    parts = split(data, "score", "hours", "school")
    null, alone, both = (
        fit_lmm(f"y ~ {fixed}", parts, groups="group") for fixed in ("1", "x", "x + x_mean")
    )
    means, (within, contextual) = parts.groupby("group").mean(), both.params[["x", "x_mean"]]
    u = null.random_effects["Intercept"][means.index]
    return {
        "within": within,
        "contextual": contextual,
        "between": within + contextual,
        "blend": alone.params["x"],
        "pooled": np.polyfit(parts["x"], parts["y"], 1)[0],
        "of_blups": np.polyfit(means["x"], u, 1)[0],
    }


def tells_apart(data: pd.DataFrame) -> bool:
    slopes = own_slopes(data).values()
    return all(abs(abs(a) - abs(b)) > 0.15 for a, b in combinations(slopes, 2))


# ---- sentences ---------------------------------------------------------------------------


def bilirubin(**wrong: float) -> str:
    n = numbers("pbc") | wrong
    return (
        f"In {n['rows']:,} visits of {n['groups']} patients (random intercept, REML; albumin "
        f"centred at the patient's mean) one g/dl of albumin went with {n['within']:.2f} log "
        f"bilirubin within patients (95 % CI {n['low']:.2f} to {n['high']:.2f}), between "
        f"patients with {n['between']:.2f} ({n['between_low']:.2f} to {n['between_high']:.2f});"
        f" variance between patients {n['tau00']:.3f}, within {n['sigma2']:.3f}; marginal R² "
        f"{n['marginal']:.2f}, conditional {n['conditional']:.2f}."
    )


def instead(wrong: str, right: str, decimals: int = 2):
    """Tell whether a sentence quotes one number where another one is wanted."""
    return lambda given, truth: (
        holds(given, truth[wrong], decimals) and not holds(given, truth[right], decimals)
    )


def claims_cause(given: str, truth: dict) -> bool:
    return asserts(
        given,
        r"\bcaus|\blowers|\breduces|\bleads? to|\b(would|will) (\w+ )?(lower|reduce)|"
        r"\bmakes\b",
    )


def mixes_signs(given: str, truth: dict) -> bool:
    """Tell whether one of the two slopes has a minus and the other one hasn't."""
    signs = [
        {one.value > 0 for one in numbers_in(given) if quotes(one, truth[name], 2)}
        for name in ("within", "between")
    ]
    in_words = re.search(
        r"\blower|\bless|\bfell|\bfall|decreas|declin|negative", given, re.IGNORECASE
    )
    return in_words is None and len(set.union(*signs)) == 2


def place_of(text: str, value: float) -> int:
    """Where a text has quoted a number with two decimals or more; -1 if nowhere."""
    return next((k for k in range(len(text) + 1) if holds(text[:k], value, 2)), -1)


def swaps_r2(given: str, truth: dict) -> bool:
    """The words come in one order, their numbers in the other."""
    words = [given.lower().rfind(word) for word in ("marginal", "conditional")]
    places = [place_of(given, truth[word]) for word in ("marginal", "conditional")]
    return min(words + places) >= 0 and (words[0] < words[1]) != (places[0] < places[1])


def open_answer(name: str = "hsb", **parts) -> dict:
    n = numbers(name)
    sentence = (
        f"Within the {n['groups']} groups ({n['rows']:,} rows, random intercepts, REML) "
        f"the slope was {n['within']:.2f} (95 % CI {n['low']:.2f} to {n['high']:.2f})."
    )
    return {
        "data": name,
        "within": n["within"],
        "contextual": n["contextual"],
        "sentence": sentence,
    } | parts


def gives(part: str, number: str):
    """Tell whether a part of the open task holds another one of its numbers."""
    return lambda given, truth: Number(3).same(given[part], numbers(given["data"])[number])


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "03.1",
        "A ward of six, by hand",
        Several(lam=Number(2), blup=Number(1), sd=Number(2)),
        truth=ward,
        why="six answers earned the ward's own mean a weight of {truth[lam]:.0%}; sixty would have "
        "earned it nearly nine tenths.",
        mistakes=(
            Mistake(
                lambda: {"lam": weight(np.sqrt(20), np.sqrt(180 / 6))},
                "Your λ is made of standard deviations. It is a share of variances.",
            ),
            Mistake(
                lambda: {"lam": weight(20, 6 / 180)},
                "In your λ the six and the σ² have changed places. What is the variance of a "
                "mean of n answers?",
            ),
            Mistake(
                lambda: {"lam": weight(20, 180)},
                "Your λ is the ICC, the weight of one patient. Here the mean of six speaks: "
                "what does averaging do to σ²?",
            ),
            Mistake(
                lambda: {"lam": 1 - ward()["lam"]},
                "Your λ is the share of luck, 1 − λ. λ is the weight of the ward's own mean.",
            ),
            Mistake(
                lambda: {"sd": np.sqrt(20)},
                "√τ₀₀ is what you didn't know of the ward before anybody was asked. Six "
                "patients have told you something.",
            ),
            Mistake(
                lambda: {"blup": 70},
                "Your BLUP is the ward's own mean, no pooling at all. "
                "How much of its distance do you believe?",
            ),
            Mistake(
                lambda: {"blup": ward()["blup"] - 60},
                "As the BLUP you gave û, a deviation. Add the mean it deviates from.",
            ),
            Mistake(
                lambda: {"blup": ward()["lam"] * 70},
                "Your BLUP is shrunk towards 0. Towards what is the ward pulled?",
            ),
            Mistake(
                lambda: {"blup": ward(1 - ward()["lam"])["blup"]},
                "In your BLUP the weights have changed places: λ belongs to the ward's mean.",
            ),
            Mistake(lambda: {"sd": ward()["sd"] ** 2}, "Your sd is a variance: take its root."),
            Mistake(
                lambda: {"sd": np.sqrt(180 / 6)},
                "Your sd is the standard error of the ward's own mean. You also know how wards "
                "in general are spread, which makes you surer.",
            ),
            Mistake(
                lambda: {"sd": np.sqrt(20 * ward()["lam"])},
                "√(λτ₀₀) is the spread of BLUPs over wards. What stays unknown of ONE ward is "
                "the other part of τ₀₀.",
            ),
        ),
        nudge="If six other patients had been asked, by how much might their mean have differed?",
        section="Shrinkage, derived",
        formula="λ = τ₀₀/(τ₀₀ + σ²/n),  BLUP = γ₀₀ + λ·(ȳ − γ₀₀),  sd = √(τ₀₀·(1 − λ))",
    ),
    Exercise(
        "03.2",
        "Before you run it: three variances",
        Several(
            means=Number(2, within=0.03), blups=Number(2, within=0.03), tau00=Number(2, within=0.03)
        ),
        truth=lambda: only(spread(), "means", "blups", "tau00"),
        why="means spread more than the classes themselves, BLUPs less, and hours moved τ̂₀₀ up to "
        "{truth[tau00]:.2f} without changing a single mean.",
        mistakes=(
            Mistake(
                lambda: {name: float(np.sqrt(spread()[name])) for name in ("means", "blups")},
                "These are standard deviations. Variances are asked for.",
            ),
            Mistake(
                lambda: {"means": spread()["before"] + 6 * spread()["luck"]},
                "As the variance of the means you gave that of single pupils, τ̂₀₀ + σ̂². Six "
                "of them are averaged.",
            ),
            Mistake(
                lambda: {"means": spread()["before"]},
                "As the variance of the means you gave τ̂₀₀. What of the luck of six pupils?",
            ),
            Mistake(
                lambda: {"means": spread()["luck"]},
                "As the variance of the means you gave their luck. The classes differ, too.",
            ),
            Mistake(
                lambda: {"blups": spread()["before"]},
                "As the variance of the BLUPs you gave τ̂₀₀. BLUPs are pulled together: do "
                "they spread as the true deviations do?",
            ),
            Mistake(
                lambda: {"blups": spread()["lam"] ** 2 * spread()["before"]},
                "You multiplied τ̂₀₀ by λ². It is the means' deviations that are multiplied by "
                "λ, and their variance has luck in it.",
            ),
            Mistake(
                lambda: {"blups": (1 - spread()["lam"]) * spread()["before"]},
                "(1 − λ)·τ̂₀₀ stays unknown of a class. How much of τ̂₀₀ shows in the BLUPs?",
            ),
            Mistake(
                lambda: {"tau00": spread()["before"]},
                "You left τ̂₀₀ where it was. The means stay, but what does the model now think "
                "of the luck in them?",
            ),
            Mistake(
                lambda: {"tau00": spread()["before"] - spread()["fall"] / 6},
                "The size of the step is right, not its direction. If less of the means' "
                "variance is luck, what happens to the rest?",
            ),
            Mistake(
                lambda: {"tau00": spread()["before"] + spread()["fall"]},
                "You gave τ̂₀₀ all that σ̂² lost. In a mean of six, how much of σ² counts?",
            ),
            Mistake(
                lambda: {"tau00": spread()["before"] * spread()["shrinks"]},
                "You let both variances fall in proportion. Hours have mean zero in each "
                "class: can they explain why one class lies above another?",
            ),
        ),
        nudge="Which of these numbers could you work out from the class means and σ̂² alone?",
        section="The spread of BLUPs is not τ",
        formula="Var(ȳⱼ) = τ₀₀ + σ²/n, before and after; Var(BLUP) = λτ₀₀; Δτ̂₀₀ = (fall of σ̂²)/n",
        points=3,
    ),
    Exercise(
        "03.3",
        "What you don't know about the next patient",
        Function(
            ((0, 20, 180), (6, 20, 180), (92, 0.045, 0.75), (14, 8.6, 39.1)),
            wanted="A function of n, tau00 and sigma2",
            relative=1e-3,
        ),
        truth=lambda: unknown_sd,
        why="a new hospital is a known one with n = 0, and as n grows only σ stays.",
        mistakes=(
            Mistake(
                lambda: lambda n, t, s: unknown_sd(n, t, s) ** 2,
                "Your function returns variances. Standard deviations are asked for.",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(left(n, t, s)),
                "That is what you don't know of the hospital's mean. By how much does one "
                "patient deviate from that mean?",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(s),
                "That is the residual alone, as if the hospital's mean were known exactly.",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(t + s),
                "That holds for a new hospital. Where n patients are known, some of τ₀₀ isn't "
                "unknown any more.",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(t - left(n, t, s) + s),
                "You multiplied τ₀₀ by λ: then more patients would make you less sure.",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(left(1, t, s) + s),
                "In your λ every hospital has one patient. Where does n come in?",
            ),
            Mistake(
                lambda: lambda n, t, s: np.sqrt(left(n, t, s)) + np.sqrt(s),
                "You added two standard deviations. Of independent parts the variances add.",
            ),
            Mistake(
                lambda: lambda n, t, s: 1.96 * unknown_sd(n, t, s),
                "That is half of a 95 % interval. The standard deviation itself is wanted.",
            ),
            Mistake(
                lambda: lambda n, t, s: unknown_sd(n, s, t),
                "tau00 and sigma2 have changed places. Which of them do n patients make smaller?",
            ),
            Mistake(
                lambda: lambda n, t, s: unknown_sd(s, n, t),
                "Your arguments stand in another order. Wanted is: n, tau00, sigma2.",
            ),
        ),
        nudge="Which two things stand between the prediction and the next patient's outcome?",
        section="A new pupil, in a known school or in a new one",
        formula="√(τ₀₀·(1 − λ) + σ²); without division by 0: λ = n·τ₀₀/(n·τ₀₀ + σ²)",
    ),
    Exercise(
        "03.4",
        "Reading somebody's output",
        Several(tau00=Number(3), se=Number(3, within=0.02), prediction=Number(2, within=0.02)),
        truth=lambda: only(printout(), "tau00", "se", "prediction"),
        why="on its own scale the standard error is about {truth[se]:.1f}: that firms differ is "
        "beyond doubt, whatever the printout seems to say.",
        mistakes=(
            Mistake(
                lambda: {"tau00": printout()["tau00"] / printout()["scale"]},
                "Your τ₀₀ comes from params, which holds the ratio τ₀₀/σ². Which line of the "
                "summary is on the data's scale?",
            ),
            Mistake(
                lambda: {"tau00": printout()["tau00"] * printout()["scale"]},
                "You multiplied the row 'firm Var' by the scale. In the summary that is done "
                "already; only params holds a ratio.",
            ),
            Mistake(
                lambda: {"tau00": np.sqrt(printout()["tau00"])},
                "Your τ₀₀ is a square root: 'firm Var' is a variance, and one is asked for.",
            ),
            Mistake(
                lambda: {"tau00": printout()["printed_se"]},
                "As τ₀₀ you gave the number under Std.Err. The estimate stands left of it.",
            ),
            Mistake(
                lambda: {"se": printout()["printed_se"]},
                "Your se is the printed one, on neither scale: the ratio's standard error "
                "times √Scale. What is still missing?",
            ),
            Mistake(
                lambda: {"se": printout()["ratio_se"]},
                "Your se is that of the ratio τ₀₀/σ². What leads from the ratio to τ₀₀?",
            ),
            Mistake(
                lambda: {"se": printout()["printed_se"] * printout()["scale"]},
                "You multiplied the printed number by Scale. What is in it already?",
            ),
            Mistake(
                lambda: {"prediction": printout()["fixed"]},
                "Your prediction is what predict() says: the fixed part, the same for every "
                "firm. What do you know of firm 5?",
            ),
            Mistake(
                lambda: {"prediction": printout()["u"]},
                "Your prediction is û, the firm's deviation. A deviation from what?",
            ),
            Mistake(
                lambda: {"prediction": printout()["in_1980"]},
                "Your prediction is for t = 0, the year 1980. Three years have passed.",
            ),
        ),
        nudge="Which of the printed numbers are on the data's scale, and which know firm 5?",
        section="The summary, line by line",
        formula="τ₀₀: the row 'firm Var';  its SE: Std.Err. × √Scale;  prediction: γ₀₀ + γ₁₀·t + û",
        points=3,
    ),
    Exercise(
        "03.5",
        "Mend a colleague's league table",
        Several(flaw=Choice("abcd"), blup=Number(3), top=Choice(LONGEST)),
        truth=lambda: {"flaw": "b"} | only(hospitals(), "blup", "top"),
        why="two patients move a prediction a little, to {truth[blup]:.2f}, and the hospital on "
        "top now stands there on the evidence of 38.",
        mistakes=(
            Mistake(
                lambda: {"flaw": "a"},
                "In days tiny hospitals fill the top, too. What makes a "
                "mean extreme, whatever the scale?",
            ),
            Mistake(
                lambda: {"flaw": "c"},
                "A threshold hides small hospitals. It doesn't say why "
                "they came out on top, nor what to expect of them.",
            ),
            Mistake(
                lambda: {"flaw": "d"},
                "Look at the shortest stays, the other end of the list. "
                "How large are the hospitals there?",
            ),
            Mistake(
                lambda: {"blup": hospitals()["raw"]},
                "Your blup is the raw mean of two patients. How much of its distance from the "
                "other hospitals do you believe?",
            ),
            Mistake(
                lambda: {"blup": hospitals()["u"]},
                "Your blup is û, the deviation. Add the mean it deviates from.",
            ),
            Mistake(
                lambda: {"blup": hospitals()["centre"]},
                "Your blup is the fixed part, the same for every hospital; statsmodels' "
                "predict() gives that. Two patients say a little more.",
            ),
            Mistake(
                lambda: {"blup": hospitals()["by_sd"]},
                "In your blup λ is made of standard deviations. It is a share of variances.",
            ),
            Mistake(
                lambda: {"blup": hospitals()["by_icc"]},
                "In your blup λ is the ICC, the weight of one patient. There were two.",
            ),
            Mistake(
                lambda: {"top": LONGEST[0]},
                "On top you left the longest raw mean. How far up does its BLUP stay?",
            ),
            Mistake(
                lambda: {"top": LONGEST[1]},
                "That hospital isn't on top. Compute the BLUPs of all six: which one combines "
                "a long stay with many patients?",
                when=lambda given, truth: given["top"] not in (truth["top"], LONGEST[0]),
            ),
        ),
        nudge="If all hospitals were identical, which ones would you expect at both ends?",
        section="The most dangerous equation",
        formula="Var(ȳⱼ) = τ₀₀ + σ²/nⱼ;  BLUP = γ₀₀ + λⱼ·(ȳⱼ − γ₀₀), λⱼ = τ₀₀/(τ₀₀ + σ²/nⱼ)",
        points=3,
    ),
    Exercise(
        "03.6",
        "Two schools by eye",
        Several(
            difference=Number(2, within=0.02), sd=Number(2, within=0.015), verdict=Choice("abcd")
        ),
        truth=lambda: only(two_schools(), "difference", "sd") | {"verdict": "c"},
        why="the difference exceeds 1.96 times its standard deviation though the bars overlap; "
        "bars of ±1.4 SD would have shown it.",
        mistakes=(
            Mistake(
                lambda: {"verdict": "a"},
                "Two 95 % bars may overlap although the interval of the difference excludes "
                "zero. What is the standard deviation of a DIFFERENCE?",
            ),
            Mistake(
                lambda: {"verdict": "b"},
                "That compares each school with the mean of all. Of two schools, one may "
                "exclude that mean and the other not without the two differing surely.",
            ),
            Mistake(
                lambda: {"verdict": "d"},
                "Given one school's u its BLUP is pulled in, yes. And yet, given the data, the "
                "true difference is about normal around that of the BLUPs.",
            ),
            Mistake(
                lambda: {"difference": two_schools()["raw"]},
                "Your difference is that of the raw means. The bars stand around BLUPs.",
            ),
            Mistake(
                lambda: {"sd": two_schools()["sum"]},
                "You added two standard deviations. Of independent errors the variances add.",
            ),
            Mistake(
                lambda: {"sd": two_schools()["sd"] ** 2}, "Your sd is a variance: take its root."
            ),
            Mistake(
                lambda: {"sd": two_schools()["raw_se"]},
                "Your sd belongs to the difference of the raw means. BLUPs have their own "
                "standard deviations, in the column sd.",
            ),
            Mistake(
                lambda: {"sd": 1.96 * two_schools()["sd"]},
                "That is half of the difference's 95 % interval: the sd itself is wanted.",
            ),
        ),
        nudge="Which one interval would answer the question, and what must it exclude?",
        section="Comparing two groups by eye",
        formula="given the data, u₁ − u₂ has standard deviation √(s₁² + s₂²) around û₁ − û₂",
    ),
    Exercise(
        "03.7",
        "Choose: growing firms, or large firms?",
        Several(model=Choice("abcd"), why=Choice("pqrs"), fit=Fit()),
        truth=lambda: {"model": "c", "why": "q", "fit": with_parts("wages", "x + x_mean")},
        why="what a firm always was can't reach this slope any more; what changes within a firm "
        "along with its size still can.",
        mistakes=(
            Mistake(
                lambda: {"model": "a"},
                "A random intercept takes up what firms are only if that is uncorrelated with "
                "their size, Cov(u, x) = 0. How would you find out?",
            ),
            Mistake(
                lambda: {"model": "b"},
                "Robust standard errors repair standard errors. The "
                "slope still blends firms and years.",
            ),
            Mistake(
                lambda: {"model": "d"},
                "BLUPs are no data: each is pulled in and uncertain. And whom does a "
                "regression on the firm's mean compare?",
            ),
            Mistake(
                lambda: {"why": "p"},
                "Too much promised: what changes within a firm along "
                "with its size, such as the times, is still in it.",
            ),
            Mistake(
                lambda: {"why": "r"},
                "Beside the raw x the mean's coefficient is a difference "
                "of two slopes. And the question is about one firm.",
            ),
            Mistake(
                lambda: {"why": "s"},
                "Shrinkage improves predictions of single intercepts. It "
                "doesn't free a slope from what firms are.",
            ),
            Mistake(
                lambda: {"fit": with_parts("wages", "x")},
                "Your model has one slope for two questions; centring at the grand mean "
                "doesn't change that. What is to be added?",
            ),
            Mistake(
                lambda: {"fit": with_parts("wages", "x_within")},
                "Your slope is the one within firms, but the difference between large and "
                "small firms is left to u. Put the firm's mean in.",
            ),
            Mistake(
                lambda: {"fit": with_parts("wages", "x_mean")},
                "Your model has the firm's mean only: it compares firms, not years.",
            ),
            Mistake(
                lambda: {"fit": with_parts("wages", "x + x_mean", reml=False)},
                "The model is right, fitted by ML. REML was asked for.",
            ),
        ),
        nudge="Which comparison answers the question: a firm with itself, or with another one?",
        section="The assumption that carries it all: Cov(u, x) = 0",
        formula="y = γ₀₀ + γ₁₀·x + γ₀₁·x̄ⱼ + u₀ⱼ + e: γ₁₀ is the slope with a dummy for each group",
        points=3,
    ),
    Exercise(
        "03.8",
        "Your own schools",
        Several(
            within=Number(2), between=Number(2, within=0.07), contextual=Number(2, within=0.07)
        ),
        truth=lambda data: only(own_slopes(data), "within", "between", "contextual"),
        own_data=own_schools,
        why="one more hour goes with {truth[within]:.2f} points between pupils of one of your "
        "schools, and with {truth[between]:.2f} between the means of two schools.",
        mistakes=(
            Mistake(
                lambda data: {
                    "between": own_slopes(data)["contextual"] - own_slopes(data)["within"]
                },
                "Between minus within is the contextual effect; your between is less than "
                "that. Which two add up to the difference of two schools' means?",
            ),
            Mistake(
                lambda data: {"within": own_slopes(data)["blend"]},
                "Your slope within comes from a model with hours alone, a blend. What takes "
                "the comparison between schools out of it?",
            ),
            Mistake(
                lambda data: {"within": own_slopes(data)["pooled"]},
                "Your slope within is the pooled one of ordinary regression: it compares "
                "pupils of different schools as well.",
            ),
            Mistake(
                lambda data: {"contextual": own_slopes(data)["between"]},
                "As contextual effect you gave the one between schools. What does a school "
                "with more hours add for two pupils of the SAME hours?",
            ),
            Mistake(
                lambda data: {"between": own_slopes(data)["contextual"]},
                "As the effect between schools you gave the contextual one. With raw hours in "
                "the model the mean's coefficient isn't yet the whole difference.",
            ),
            Mistake(
                lambda data: {"between": own_slopes(data)["of_blups"]},
                "Your slope between comes from a regression of BLUPs on mean hours. BLUPs are "
                "pulled in, so the slope is too: put hours into the one model.",
            ),
        ),
        nudge="Whom do you compare: two pupils of a school, two schools, or equal pupils in two?",
        section="One predictor, three effects",
        formula="score ~ hours_within + hours_mean: within, between;  score ~ hours + hours_mean: "
        "within, contextual = between − within",
        points=3,
    ),
    Exercise(
        "03.9",
        "The report",
        Sentence(
            (
                Part(
                    "the slope within patients (with the word 'within' beside it), two decimals",
                    number="within",
                    decimals=2,
                    beside="within",
                ),
                Part("one end of its interval (within)", number="low", decimals=2),
                Part("the other end of its interval (within)", number="high", decimals=2),
                Part(
                    "the slope between patients (with the word 'between' beside it), two decimals",
                    number="between",
                    decimals=2,
                    beside="between",
                ),
                Part("one end of its interval (between)", number="between_low", decimals=2),
                Part("the other end of its interval (between)", number="between_high", decimals=2),
                Part(
                    "which way the slopes go (a minus, or a word such as lower)",
                    pattern=rf"lower|less|\bfell|\bfall|decreas|negative|minus|{MINUS}",
                ),
                Part(
                    "τ₀₀ (three decimals, with a word that says which it is)",
                    number="tau00",
                    decimals=3,
                    beside=between(),
                ),
                Part(
                    "σ² (three decimals, with a word that says which it is)",
                    number="sigma2",
                    decimals=3,
                    beside=within(),
                ),
                Part(
                    "the marginal R², named so",
                    number="marginal",
                    decimals=2,
                    pattern=r"marginal|R²_?m\b",
                ),
                Part(
                    "the conditional R², named so",
                    number="conditional",
                    decimals=2,
                    pattern=r"conditional|R²_?c\b",
                ),
                Part(
                    "how many visits", number="rows", of="visits|observations|rows|measurements|N"
                ),
                Part("how many patients", number="groups", of="patients|people|J"),
                Part("the scale: log bilirubin", pattern=r"\blog|\bln\b"),
                Part("the unit of albumin, g/dl", pattern=r"\bg ?(/|per) ?dl|\bgrams? per deci"),
                Part("the estimator", pattern=REML),
            )
        ),
        truth=lambda: numbers("pbc"),
        example=bilirubin,
        why="a reader sees two slopes with two meanings, and which R² says what albumin explains.",
        mistakes=(
            Mistake(
                lambda: bilirubin() + " Low albumin causes high bilirubin.",
                "Albumin was measured, not assigned: both may follow the same illness. Say "
                "that they go together.",
                when=claims_cause,
            ),
            Mistake(
                lambda: bilirubin(between=numbers("pbc")["contextual"]),
                "As the slope between patients you gave the contextual effect, the mean's "
                "coefficient beside raw albumin. What is to be added?",
                when=instead("contextual", "between"),
            ),
            Mistake(
                lambda: bilirubin(within=numbers("pbc")["blend"]),
                "Your slope is that of albumin alone, a blend of within and between.",
                when=instead("blend", "within"),
            ),
            Mistake(
                lambda: bilirubin(within=-numbers("pbc")["within"]),
                "One slope has a minus, the other one hasn't. Do they go different ways?",
                when=mixes_signs,
            ),
            Mistake(
                lambda: (
                    bilirubin()
                    + " The contextual effect is {between:.2f}.".format(**numbers("pbc"))
                ),
                "You call the slope between patients the contextual effect. What is to be taken "
                "off?",
                when=lambda given, truth: ascribes(
                    given, truth["between"], 2, "contextual", unless=r"\bbetween"
                ),
            ),
            Mistake(
                lambda: (
                    bilirubin()
                    + " Albumin explains {conditional:.0%} of it.".format(**numbers("pbc"))
                ),
                "The conditional R² counts the patients' intercepts as explained. Which one says "
                "what albumin explains?",
                when=lambda given, truth: ascribes(
                    given,
                    truth["conditional"],
                    2,
                    r"\bexplain",
                    unless="conditional|patients|intercept",
                ),
            ),
            Mistake(
                lambda: bilirubin(high=-numbers("pbc")["high"]),
                "One end of the interval within patients has lost its minus.",
                when=loses_a_sign("low", "high"),
            ),
            Mistake(
                lambda: bilirubin(between_high=-numbers("pbc")["between_high"]),
                "One end of the interval between patients has lost its minus.",
                when=loses_a_sign("between_low", "between_high"),
            ),
            Mistake(
                lambda: bilirubin(
                    **{name: numbers("pbc")[f"between_{name}"] for name in ("low", "high")}
                ),
                OUTSIDE,
                when=lies_outside(
                    "within", "low", "high", "between", "between_low", "between_high"
                ),
            ),
            Mistake(
                lambda: bilirubin().replace("95 %", "90 %"),
                "conf_int() gives 95 % intervals.",
                when=wrong_level,
            ),
            Mistake(
                lambda: bilirubin(tau00=numbers("pbc")["tau00_sd"]),
                "A standard deviation stands where a variance is asked for.",
                when=instead("tau00_sd", "tau00", 3),
            ),
            Mistake(
                lambda: bilirubin().replace("variance", "standard deviation"),
                "You call the variances standard deviations.",
                when=called_sd("tau00", 3),
            ),
            Mistake(
                lambda: bilirubin(marginal=numbers("pbc")["conditional"]),
                "Your R² counts the differences between patients as explained. Which R² says "
                "what albumin does?",
                when=instead("conditional", "marginal"),
            ),
            Mistake(
                lambda: bilirubin(
                    marginal=numbers("pbc")["conditional"], conditional=numbers("pbc")["marginal"]
                ),
                "The two R² have changed places. Which of them also counts the intercepts?",
                when=swaps_r2,
            ),
        ),
        nudge="Would a reader know what each slope compares, and which variances each R² counts?",
        section="How to report it",
        formula="N, J, estimator; γ₁₀ and γ₀₁ with 95 % CI; τ₀₀, σ²; marginal R² = σ_f²/(σ_f² + "
        "τ₀₀ + σ²), conditional R² = (σ_f² + τ₀₀)/(σ_f² + τ₀₀ + σ²)",
        points=3,
    ),
    Exercise(
        "03.10",
        "Open task: split a predictor you haven't met",
        Chosen(
            "data",
            data=Choice(OPEN),
            within=Number(3),
            contextual=Number(3),
            sentence=Sentence(
                (
                    Part(
                        "the slope within groups (say 'within'), two decimals",
                        number="within",
                        decimals=2,
                        pattern=r"within|inside|same (group|school|hospital|firm)",
                    ),
                    Part("one end of its 95 % interval", number="low", decimals=2),
                    Part("the other end of its interval", number="high", decimals=2),
                    Part("how many groups", number="groups"),
                    Part("how many rows", number="rows"),
                    Part("the estimator", pattern=REML),
                )
            ),
        ),
        truth=lambda: {
            name: only(numbers(name), "within", "contextual") | {"sentence": numbers(name)}
            for name in OPEN
        },
        example=open_answer,
        why="you asked what a slope compares before you believed it. Would one slope have done? Look "
        "whether the contextual effect's interval leaves zero out: where it doesn't, the data "
        "can't tell.",
        mistakes=(
            Mistake(
                lambda: open_answer(within=numbers("hsb")["blend"]),
                "Your slope within is a blend: the model has the predictor alone. What makes "
                "it a comparison within groups?",
                when=gives("within", "blend"),
            ),
            Mistake(
                lambda: open_answer(within=numbers("hsb")["between"]),
                "As the slope within you gave the one between groups.",
                when=gives("within", "between"),
            ),
            Mistake(
                lambda: open_answer(contextual=numbers("hsb")["between"]),
                "As contextual effect you gave the one between groups. Beside a group-mean "
                "centred predictor the mean's coefficient is that: take the slope within off.",
                when=gives("contextual", "between"),
            ),
        ),
        nudge="What is the predictor's mean in each group, and what is left when it is taken off?",
        section="One predictor, three effects",
        formula="y ~ x + x_mean, random intercepts: γ₁₀ within, γ₀₁ contextual = between − within",
        points=3,
    ),
)
