"""11.6 Mend it: robust, or a model that says so?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.robust_se import robust_se


def numbers() -> Numbers:
    """Robust SE over the model's, SE with random slopes; and what is taken for them."""
    data = load_data("sleepstudy")
    flat, slopes = (fit_lmm("Reaction ~ Days", data, "Subject", r) for r in ("1", "1 + Days"))
    se, robust = robust_se(flat).loc["Days", ["SE", "robust SE"]]
    ordinary = _ordinary_se(data["Days"].to_numpy(float), data["Reaction"].to_numpy(float))
    sd = float(np.sqrt(np.asarray(slopes.cov_re)[1, 1]))
    return {
        "ratio": robust / se,
        "slopes": slopes.bse["Days"],
        "what": "b",
        "upside_down": se / robust,
        "squared": (robust / se) ** 2,
        "sandwich": robust_se(flat, correction="CR0").loc["Days", "robust SE"] / se,
        "ordinary_ratio": robust / ordinary,
        "robust": robust,
        "flat": se,
        "ordinary": ordinary,
        "sd": sd,
        "sd_only": sd / np.sqrt(slopes.n_groups),
        "level": slopes.bse["Intercept"],
    }


def _ordinary_se(x: np.ndarray, y: np.ndarray) -> float:
    """SE of the slope of ordinary regression."""
    return float(np.sqrt(np.polyfit(x, y, 1, cov=True)[1][0, 0]))


MISTAKES = (
    Mistake({"ratio": "upside_down"}, "Your ratio is upside down: robust over the model's."),
    Mistake({"ratio": "squared"}, "Your ratio is one of variances. Of standard errors it is less."),
    Mistake(
        {"ratio": "sandwich"},
        "That is the plain sandwich, CR0, which with 18 persons is too small. Leave `correction` "
        "as it is.",
    ),
    Mistake(
        {"ratio": "ordinary_ratio"},
        "You divided by the standard error of ordinary regression. The multilevel model has one "
        "of its own.",
    ),
    Mistake({"ratio": "robust"}, "That is the robust standard error itself. Divide it."),
    Mistake(
        {"slopes": "flat"},
        "That is the standard error with random intercepts alone. What if persons slow down at "
        "rates of their own?",
    ),
    Mistake(
        {"slopes": "ordinary"},
        "That is the standard error of ordinary regression, which knows no persons.",
    ),
    Mistake(
        {"slopes": "sd"}, "That is the SD of persons' slopes. How sure is the mean of 18 of them?"
    ),
    Mistake(
        {"slopes": "sd_only"},
        "That is √(τ₁₁/18), as if each person's slope were known. Days add luck of their own.",
    ),
    Mistake({"slopes": "level"}, "That is the standard error of the intercept."),
    Mistake(
        {"what": "a"},
        "The slope's interval is mended by that, and nothing else: σ², the ICC, forecasts for a "
        "person still come from the model that was contradicted.",
    ),
    Mistake(
        {"what": "c"}, "Few persons make a robust standard error unreliable, not larger by so much."
    ),
    Mistake(
        {"what": "d"},
        "The shape of e hardly touches a slope. What about variances that grow from the first day "
        "to the last?",
    ),
)

EXERCISE = Exercise(
    "11.6",
    "Mend it: robust, or a model that says so?",
    Several(ratio=Number(2), slopes=Number(2), what=Choice("abcd")),
    numbers=numbers,
    why="the robust standard error was {ratio:.2f} times the model's because slopes vary, and a model "
    "that says so gives {slopes:.2f} by itself. (With the same days for everybody the two agree "
    "nearly exactly; elsewhere roughly.) A difference is a finding.",
    mistakes=MISTAKES,
    nudge="What have 18 persons that one common slope doesn't allow?",
    section="Remedies, side by side",
    formula='robust_se(fit).loc["Days"];  fit_lmm("Reaction ~ Days", data, "Subject", "1 + Days").bse',
)
