"""11.8 Your own clinics: who decides?"""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.influence import Influence, influence


def draw_clinics(rng: np.random.Generator) -> pd.DataFrame:
    """Twenty clinics: one with a far level, one with odd doses, one small and noisy."""
    far, odd, small = rng.choice(20, 3, replace=False)
    sizes = rng.integers(6, 12, size=20)
    sizes[small] = 2
    clinic = np.repeat(np.arange(20), sizes)
    dose = rng.normal(12, 1, size=len(clinic)) + (clinic == odd) * rng.normal(
        0, 3, size=len(clinic)
    )
    u = rng.normal(0, 2, size=20)
    u[far], u[small] = rng.choice([-1, 1]) * rng.uniform(7, 9), rng.choice([-1, 1]) * 2
    slope = 2 + (np.arange(20) == odd) * rng.choice([-1.5, 1.5])
    luck = rng.normal(0, 4, size=len(clinic)) + (clinic == small) * np.sign(u[small]) * 7
    pain = 40 + slope[clinic] * (dose - 12) + u[clinic] + luck
    return pd.DataFrame({"clinic": clinic + 1, "dose": dose.round(1), "pain": pain.round(1)})


def looked_at(data: pd.DataFrame, reml: bool = True) -> tuple[LmmResult, Influence]:
    fit = fit_lmm("pain ~ dose", data, "clinic", reml=reml)
    return fit, influence(fit)


def tau00(fit: LmmResult) -> float:
    return float(np.asarray(fit.cov_re)[0, 0])


def farthest_mean(data: pd.DataFrame) -> int:
    """The clinic whose plain mean lies farthest out."""
    means = data.groupby("clinic")["pain"].mean()
    return int((means - data["pain"].mean()).abs().idxmax())


def serves(data: pd.DataFrame) -> bool:
    """Tell whether three clinics are far out in three ways, and mistakes show."""
    if data["clinic"].value_counts()[farthest_mean(data)] > 2:
        return False
    fit, found = looked_at(data)
    variances = found.without["variance(Intercept)"]
    between, effects = (variances - tau00(fit)).abs().idxmax(), found.cooks_distance.idxmax()
    if len({int(between), int(effects), farthest_mean(data)}) < 3 or variances.min() < 0.5:
        return False
    shift = found.shifts.loc[effects, "dose"]
    first, second = (variances - tau00(fit)).abs().nlargest(2)
    apart = first > max(0.1 * tau00(fit), 1.4 * second)
    return apart and abs(shift) > 0.3 and abs(shift - found.cooks_distance.max()) > 0.03


def own_clinics(rng: np.random.Generator) -> pd.DataFrame:
    """Clinics of which one decides the variance, another one the slope."""
    return drawn_until(serves, draw_clinics, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """Who moves τ₀₀, τ₀₀ without it, who moves the fixed effects, its shift; and misreadings."""
    fit, found = looked_at(data)
    by_ml = looked_at(data, reml=False)[1].without["variance(Intercept)"]
    variances = found.without["variance(Intercept)"]
    decides, effects = (variances - tau00(fit)).abs().idxmax(), found.cooks_distance.idxmax()
    shift = found.shifts.loc[effects, "dose"]
    return {
        "decides": int(decides),
        "tau00": variances[decides],
        "effects": int(effects),
        "shift": shift,
        "size": abs(shift),
        "whole": tau00(fit),
        "farthest": farthest_mean(data),
        "root": np.sqrt(variances[decides]),
        "ml": by_ml[decides],
        "other": variances[effects],
        "unscaled": shift * fit.bse["dose"],
        "unscaled_other_sign": -shift * fit.bse["dose"],
        "other_sign": -shift,
        "cook": found.cooks_distance.max(),
        "own_se": shift * fit.bse["dose"] / found.bse.loc[effects, "dose"],
    }


MISTAKES = (
    Mistake(
        {"decides": "effects", "effects": "decides"},
        "Two clinics have changed places: Cook's distance is about fixed effects.",
    ),
    Mistake(
        {"decides": "farthest"},
        "That clinic's plain mean lies farthest out. How many patients has it, and what does the "
        "model make of so few?",
    ),
    Mistake(
        {"decides": "effects"},
        "That clinic has the largest Cook's distance, which is about fixed effects. Whose absence "
        "changes the variance most?",
    ),
    Mistake(
        {"effects": "decides"},
        "That clinic moves the variance. Which one has the largest Cook's distance?",
    ),
    Mistake(
        {"effects": "farthest"},
        "That clinic's plain mean lies farthest out, and it has two patients. Which one has the "
        "largest Cook's distance?",
    ),
    Mistake(
        {"tau00": "whole"}, "Your tau00 is that of all clinics: leave out the one that decides."
    ),
    Mistake({"tau00": "root"}, "Your tau00 is a standard deviation: square it."),
    Mistake({"tau00": "ml"}, "Your tau00 is fitted by ML. REML is asked for."),
    Mistake(
        {"tau00": "other"},
        "Your tau00 is without the clinic of the largest Cook's distance. Leave out the one that "
        "decides the variance.",
    ),
    Mistake({"shift": "unscaled"}, "Your shift is in points per mg. Divide by the standard error."),
    Mistake(
        {"shift": "unscaled_other_sign"},
        "Your shift is in points per mg, and without the clinic less with it. Turn it round, and divide "
        "by the standard error.",
    ),
    Mistake(
        {"shift": "other_sign"}, "Your shift has the other sign: with the clinic, less without it."
    ),
    Mistake(
        {"shift": "cook"},
        "That is Cook's distance, of both fixed effects together. Asked for is the slope's shift.",
    ),
    Mistake(
        {"shift": "own_se"},
        "You divided by the standard error without the clinic. Take that of the whole fit, so that "
        "all clinics are measured alike.",
    ),
)

EXERCISE = Exercise(
    "11.8",
    "Your own clinics: who decides?",
    Several(
        decides=Number(0, within=0.1),
        tau00=Number(2),
        effects=Number(0, within=0.1),
        shift=Number(2),
    ),
    numbers=numbers,
    own_data=own_clinics,
    why="in your data one clinic takes τ₀₀ from {tau00:.1f} to {whole:.1f}, another one moves the "
    "slope by {size:.1f} standard errors, and the one whose plain mean lies farthest out decides neither.",
    mistakes=MISTAKES,
    nudge="Is the clinic that lies farthest out the one that decides? And what?",
    section="Groups that lie far out",
    formula='found = influence(fit): found.without["variance(Intercept)"];  found.cooks_distance;  '
    "shift = (γ̂ − γ̂ without)/SE(γ̂)",
    points=3,
)
