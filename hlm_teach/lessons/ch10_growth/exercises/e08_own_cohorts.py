"""10.8 Your own cohorts: a curve, taken for slopes."""

import numpy as np
import pandas as pd

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.random_slopes import group_lines

LINE, CURVE = "words ~ from9", "words ~ from9 + I(from9**2)"


def draw_cohorts(rng: np.random.Generator) -> pd.DataFrame:
    """Eighty children of four cohorts, seen four years from age 6, 7, 8 or 9; one common bend."""
    child = np.repeat(np.arange(80), 4)
    x = child % 4 + np.tile(np.arange(4), 80) - 3
    u0 = rng.normal(0, np.sqrt(rng.uniform(30, 50)), size=80)
    u1 = rng.normal(0, np.sqrt(rng.uniform(1.3, 2.0)), size=80)
    curve = 60 + rng.uniform(5, 7) * x - rng.uniform(0.4, 0.6) * x**2
    words = curve + u0[child] + u1[child] * x + rng.normal(0, rng.uniform(1.7, 2.4), size=320)
    return pd.DataFrame({"child": child + 1, "age": x + 9, "from9": x, "words": words.round(1)})


def tau11(fit: LmmResult) -> float:
    return float(np.asarray(fit.cov_re)[1, 1])


def model(data: pd.DataFrame, formula: str, reml: bool = True) -> LmmResult:
    return fit_lmm(formula, data, "child", "1 + from9", reml=reml)


def serves(data: pd.DataFrame) -> bool:
    """Tell whether the bend takes a good part of the slopes' variance, and mistakes show."""
    fit = model(data, CURVE)
    bend_by_ols = np.polyfit(data["age"], data["words"], 2)[0]
    if fit.singular or not 1.2 < tau11(fit) < 2 or abs(fit.params.iloc[2] - bend_by_ols) < 0.02:
        return False
    return tau11(model(data, LINE)) - tau11(fit) > 0.3


def own_cohorts(rng: np.random.Generator) -> pd.DataFrame:
    """Cohorts whose common curve poses as slopes of the children's own."""
    return drawn_until(serves, draw_cohorts, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """Variance of slopes around a line and around a curve, the bend; and other estimates."""
    line, curve = model(data, LINE), model(data, CURVE)
    waves = data.assign(from9=data.groupby("child").cumcount())
    return {
        "line": tau11(line),
        "curve": tau11(curve),
        "bend": curve.params.iloc[2],
        "share": 1 - tau11(curve) / tau11(line),
        "line_intercepts": float(np.asarray(line.cov_re)[0, 0]),
        "curve_intercepts": float(np.asarray(curve.cov_re)[0, 0]),
        "line_sd": np.sqrt(tau11(line)),
        "curve_sd": np.sqrt(tau11(curve)),
        "curve_ml": tau11(model(data, CURVE, reml=False)),
        "by_wave": tau11(model(waves, CURVE)),
        "of_own_lines": group_lines(data, "words", "age", "child")["slope"].var(),
        "twice": 2 * curve.params.iloc[2],
        "bend_by_ols": np.polyfit(data["age"], data["words"], 2)[0],
    }


MISTAKES = (
    Mistake(
        {"line": "of_own_lines"},
        "Around the line you gave the variance of the children's own slopes, and luck is part of "
        "that.",
    ),
    Mistake(
        {"line": "line_intercepts"},
        "Around the line you gave the variance of intercepts. Which cell of cov_re is the slopes'?",
    ),
    Mistake(
        {"curve": "curve_intercepts"},
        "Around the curve you gave the variance of intercepts. Which cell of cov_re is the slopes'?",
    ),
    Mistake({"line": "line_sd"}, "Around the line you gave a standard deviation: square it."),
    Mistake({"curve": "curve_sd"}, "Around the curve you gave a standard deviation: square it."),
    Mistake({"curve": "curve_ml"}, "Around the curve you gave the ML estimate; REML is asked for."),
    Mistake(
        {"curve": "by_wave"},
        "You counted time by visits, 0 to 3. A bend in age is the same for all only if time is "
        "age: the cohorts are at different ages at their first visit.",
    ),
    Mistake(
        {"line": "curve", "curve": "line"},
        "Line and curve are swapped: which of them leaves more for the slopes to explain?",
    ),
    Mistake({"curve": "line"}, "Around the curve you gave the variance around the line again."),
    Mistake(
        {"bend": "twice"},
        "You doubled the coefficient of the square. The coefficient itself is asked for.",
    ),
    Mistake(
        {"bend": "bend_by_ols"},
        "Your bend is that of ordinary regression. The mixed model's is asked.",
    ),
)

EXERCISE = Exercise(
    "10.8",
    "Your own cohorts: a curve, taken for slopes",
    Several(line=Number(2), curve=Number(2), bend=Number(2)),
    numbers=numbers,
    own_data=own_cohorts,
    why="in your data {share:.0%} of the slopes' variance was a bend that all children share: the "
    "younger ones were seen where it is steep.",
    mistakes=MISTAKES,
    nudge="If all children followed one and the same curve, would lines through four visits each "
    "have one slope?",
    section="A slope that is a curve",
    formula='fit_lmm("words ~ from9 + I(from9**2)", data, "child", random="1 + from9")',
    points=3,
)
