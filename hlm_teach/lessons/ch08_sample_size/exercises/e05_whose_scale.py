"""08.5 Whose scale? A programme that changes a slope."""

import numpy as np

from hlm_teach._shared.noncentral_t import power_of_t
from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.power import groups_needed

EFFECT, PUPILS = 0.8, 25


def numbers() -> Numbers:
    """SD of SES within schools, the variance of slopes for one SD, and schools needed."""
    data = load_data("hsb")
    fit = fit_lmm("math ~ ses_within + ses_mean", data, "school", "1 + ses_within")
    sd = float(np.sqrt(np.mean(data["ses_within"] ** 2)))
    tau00, tau11 = (float(np.asarray(fit.cov_re)[i, i]) for i in (0, 1))

    def needed(tested: str, effect: float = EFFECT * sd, slopes: float = tau11 * sd**2) -> int:
        return groups_needed(
            tested, effect=effect, group_size=PUPILS, tau00=tau00, sigma2=fit.sigma2, tau11=slopes
        )

    def by_hand(schools: int) -> float:
        """Power if slopes didn't vary, with the degrees of freedom of schools."""
        se = np.sqrt(4 * fit.sigma2 / PUPILS / schools)
        return float(power_of_t(EFFECT * sd / se, schools - 2))

    schools = needed("cross-level")
    return {
        "sd": sd,
        "tau11": tau11 * sd**2,
        "schools": schools,
        "mean_slope": needed("within"),
        "sd_raw": data["ses"].std(),
        "sd_means": data.groupby("school", observed=True)["ses"].mean().std(),
        "variance": sd**2,
        "tau11_printed": tau11,
        "tau11_by_sd": tau11 * sd,
        "tau11_divided": tau11 / sd**2,
        "tau11_sd": np.sqrt(tau11) * sd,
        "unscaled": needed("cross-level", EFFECT, tau11),
        "effect_only": needed("cross-level", EFFECT * sd, tau11),
        "tau11_only": needed("cross-level", EFFECT),
        "equal_slopes": needed("cross-level", slopes=0.0),
        "equal_by_hand": next(j for j in range(4, 1000, 2) if by_hand(j) >= 0.8),
        "as_between": needed("between"),
        "an_arm": schools // 2,
        "odd": schools - 1,
        "too_few": schools - 2,
        "quarter": schools / 4,
        "mean_unscaled": needed("within", EFFECT, tau11),
        "mean_equal": needed("within", slopes=0.0),
    }


def takes_a_quarter(given: dict, n: Numbers) -> bool:
    """Tell whether the mean slope has a quarter of the schools, however that was rounded."""
    return abs(given["mean_slope"] - n["quarter"]) <= 0.6


MISTAKES = (
    Mistake(
        {"sd": "sd_raw"},
        "That is the SD of SES over all pupils; a part of it lies between schools. The formula "
        "wants the SD within.",
    ),
    Mistake(
        {"sd": "sd_means"}, "That is the SD of the schools' means. The one within is asked for."
    ),
    Mistake({"sd": "variance"}, "That is a variance: take its root."),
    Mistake(
        {"tau11": "tau11_printed"},
        "That is the variance of slopes for one unit of SES, as printed. For one SD a slope is "
        "another number, and so is its variance.",
    ),
    Mistake(
        {"tau11": "tau11_by_sd"},
        "Slopes are multiplied by the SD. What does that do to their variance?",
    ),
    Mistake(
        {"tau11": "tau11_divided"},
        "You divided. One SD is less than one unit here: for one SD the slopes are smaller.",
    ),
    Mistake({"tau11": "tau11_sd"}, "That is the slopes' standard deviation: square it."),
    Mistake(
        {"schools": "unscaled"},
        "You put effect and variance into the formula as they are, for one unit of SES. There x "
        "has SD 1 within schools.",
    ),
    Mistake(
        {"schools": "effect_only"},
        "You rescaled the effect and left the variance of slopes as printed.",
    ),
    Mistake(
        {"schools": "tau11_only"},
        "You rescaled the variance of slopes and left the effect for one unit of SES.",
    ),
    Mistake(
        {"schools": "equal_slopes"},
        "You left τ₁₁ at 0. In these schools slopes vary, and each school is one draw of them.",
    ),
    Mistake(
        {"schools": "equal_by_hand"},
        "You left τ₁₁ at 0, and kept to J − 2 degrees of freedom. In these schools slopes vary, "
        "and each school is one draw of them.",
    ),
    Mistake(
        {"schools": "as_between"},
        "That is for a programme that moves the scores. Here it moves a slope.",
    ),
    Mistake({"schools": "an_arm"}, "That many in each arm. How many in all?"),
    Mistake({"schools": "odd"}, "Half of the schools get the programme: an even number is needed."),
    Mistake({"schools": "too_few"}, "With so many schools power is still a little below 80 %."),
    Mistake(
        {"mean_slope": "mean_unscaled"},
        "For the mean slope you left effect and variance at one unit of SES.",
    ),
    Mistake({"mean_slope": "mean_equal"}, "For the mean slope you left τ₁₁ at 0."),
    Mistake(
        {"mean_slope": "quarter"},
        "You took a quarter of the schools. That is the variance; with fewer schools there are "
        "fewer degrees of freedom as well, and power is still a little below 80 %.",
        when=takes_a_quarter,
    ),
    Mistake(
        {"mean_slope": "schools"},
        "For the mean slope you gave the number for the programme. There no halves are compared.",
    ),
)

EXERCISE = Exercise(
    "08.5",
    "Whose scale? A programme that changes a slope",
    Several(
        sd=Number(2),
        tau11=Number(2),
        schools=Number(0, within=0.1),
        mean_slope=Number(0, within=0.1),
    ),
    numbers=numbers,
    why="a slope in all schools is found with {mean_slope} of them, the same change of it by a "
    "programme takes {schools}: halves are compared. In other units than the formula's the answer "
    "would have been {unscaled}.",
    mistakes=MISTAKES,
    nudge="The formula's x has SD 1 within groups. What is a slope for one unit of SES worth there?",
    section="Power: an effect against its luck",
    formula="for x in SDs: effect·SD and τ₁₁·SD²;  SE² = 4(τ₁₁ + σ²/n)/J across levels, "
    "(τ₁₁ + σ²/n)/J for the mean slope",
    points=3,
)
