"""Chapter 03's exercises: what learners really compute, and what they are told."""

import math

import numpy as np
import pytest
import statsmodels.formula.api as smf
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data, my_data
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import UNREADABLE, verdict

FIRMS = load_data("employment_uk")
FIRMS["emp_mean"] = FIRMS.groupby("firm")["log_emp"].transform("mean")
HSB = load_data("hsb")
HSB["share"] = HSB.groupby("school")["minority"].transform("mean")


def ward(**wrong):
    return {"lam": 0.4, "blup": 64, "sd": 3.46} | wrong


def printout(**wrong):
    return {"tau00": 1.776, "se": 0.230, "prediction": 4.25} | wrong


def by_hand(n, tau00, sigma2):
    """As the formula stands in the chapter; it can't be called with n = 0."""
    return math.sqrt(tau00 * (1 - tau00 / (tau00 + sigma2 / n)) + sigma2)


def wages(formula, **options):
    fit = smf.mixedlm(formula, FIRMS, groups=FIRMS["firm"]).fit(method="powell", **options)
    return {"model": "c", "why": "q", "fit": fit}


def slopes(**wrong):
    """Of Ada's schools, with dummies for schools and statsmodels."""
    data = my_data("Ada", "03.8")
    mean = data.groupby("school")["hours"].transform("mean")
    within = np.polyfit(data["hours"] - mean, data["score"], 1)[0]
    both = smf.mixedlm("score ~ hours + mean", data.assign(mean=mean), groups=data["school"])
    contextual = both.fit(method="powell").params["mean"]
    return {"within": within, "contextual": contextual, "between": within + contextual} | wrong


def slope_of_blups():
    data = my_data("Ada", "03.8")
    fit = smf.mixedlm("score ~ 1", data, groups=data["school"]).fit(method="powell")
    means = data.groupby("school")["hours"].mean()
    return np.polyfit(means, [fit.random_effects[school].iloc[0] for school in means.index], 1)[0]


def report(
    within="−0.60",
    between="−1.49",
    variances="0.784 between and 0.257 within",
    r2="marginal R² 0.22, conditional R² 0.81",
    more="",
):
    return (
        f"Log bilirubin of 312 patients at 1,945 visits fell within patients by {within} per "
        f"g/dl of albumin (CI −0.65 to −0.54) and between patients by {between} (−1.78 to "
        f"−1.20), by REML; variances {variances} patients; {r2}.{more}"
    )


def minority(**wrong):
    return {
        "data": "hsb",
        "within": -3.554,
        "contextual": -1.509,
        "sentence": (
            "Within the 160 schools of 7185 pupils minority pupils scored 3.55 points less (3.12 to "
            "3.99), by REML."
        ),
    } | wrong


@meets(
    [
        ("03.1", "SDs", ward(lam=20**0.5 / (20**0.5 + 30**0.5)), "share of variances"),
        ("03.1", "only the deviation", ward(blup=4), "Add the mean"),
        ("03.1", "towards 0", ward(blup=28), "Towards what"),
        ("03.1", "spread of BLUPs", ward(sd=8**0.5), "stays unknown of ONE ward"),
        (
            "03.2",
            "no spread lost",
            {"means": 12.7, "blups": 6.95, "tau00": 9.25},
            "pulled together",
        ),
        (
            "03.2",
            "variances can only fall",
            {"means": 12.7, "blups": 3.81, "tau00": 4.65},
            "not its direction",
        ),
        (
            "03.3",
            "new for known",
            lambda: lambda n, t, s: math.sqrt(t + s),
            "holds for a new hospital",
        ),
        (
            "03.3",
            "order of arguments",
            lambda: (
                lambda tau00, sigma2, n: math.sqrt(tau00 * sigma2 / (n * tau00 + sigma2) + sigma2)
            ),
            "another order",
        ),
        (
            "03.3",
            "the variances' order",
            lambda: (
                lambda n, sigma2, tau00: math.sqrt(tau00 * sigma2 / (n * tau00 + sigma2) + sigma2)
            ),
            "have changed places",
        ),
        ("03.4", "params", printout(tau00=54.541), "holds the ratio"),
        ("03.4", "Std.Err. as printed", printout(se=1.273), "on neither scale"),
        ("03.4", "predict()", printout(prediction=0.930), "the same for every firm"),
        ("03.5", "raw mean", ("b", 3.804, "32000"), "raw mean of two patients"),
        ("03.5", "the colleague's top", ("b", 2.132, "32003"), "longest raw mean"),
        ("03.6", "bars overlap", (3.54, 1.5, "a"), "may overlap although"),
        ("03.7", "one slope", lambda: wages("log_wage ~ log_emp"), "one slope for two questions"),
        ("03.7", "ML", lambda: wages("log_wage ~ log_emp + emp_mean", reml=False), "fitted by ML"),
        (
            "03.7",
            "in hundreds",
            lambda: wages("log_wage ~ I(log_emp / 100) + emp_mean"),
            "on another scale",
        ),
        (
            "03.8",
            "contextual for between",
            lambda: slopes(between=slopes()["contextual"]),
            "you gave the contextual one",
        ),
        ("03.8", "BLUPs as data", lambda: slopes(between=slope_of_blups()), "regression of BLUPs"),
        (
            "03.8",
            "within and between swapped",
            lambda: slopes(within=slopes()["between"], between=slopes()["within"]),
            "under each other's names",
        ),
        ("03.9", "one sign", report(within="0.60").replace("fell", "changed"), "other one hasn't"),
        (
            "03.9",
            "the contextual effect",
            report(more=" The contextual effect is −1.49."),
            "to be taken off",
        ),
        (
            "03.9",
            "explained",
            report(more=" Albumin explains 81 % of it."),
            "counts the patients' intercepts",
        ),
        (
            "03.9",
            "intervals exchanged",
            report().replace("(CI −0.65 to −0.54)", "(CI −1.78 to −1.20)"),
            "interval of another",
        ),
        ("03.9", "contextual for between", report(between="−0.89"), "gave the contextual effect"),
        ("03.9", "SDs", report(variances="0.886 between and 0.507 within"), "standard deviation"),
        (
            "03.9",
            "R² swapped",
            report(r2="marginal R² 0.81, conditional R² 0.22"),
            "changed places",
        ),
        ("03.9", "the R²", report(r2="R² 0.81"), "counts the differences between patients"),
        ("03.9", "cause", report(more=" Albumin lowers bilirubin."), "measured, not assigned"),
        (
            "03.10",
            "one slope",
            lambda: minority(
                within=fit_lmm("math ~ minority", HSB, groups="school").params["minority"]
            ),
            "a blend",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("03.1", [0.4, 64.0, 3.46]),
        ("03.4", printout()),
        ("03.5", ("(b)", 2.132, "32000")),
        ("03.6", (3.55, 1.49, "c")),
        ("03.9", report()),
        ("03.10", minority()),
        (
            "03.10",
            minority(
                sentence="Minority pupils scored 3.55 points less (3.12 to 3.99) than others of the "
                "same school; 7185 pupils, 160 schools, REML."
            ),
        ),
        ("03.9", report(r2="marginal and conditional R² were 22 % and 81 %")),
    ],
    ids=lambda value: value if value in ("03.1", "03.9") else None,
)
def test_answers_from_rounded_numbers_and_in_other_words_are_right(key, answer):
    assert is_right(key, answer)


@pytest.mark.parametrize(
    "formula", ["log_wage ~ log_emp + emp_mean", "log_wage ~ I(log_emp - emp_mean) + emp_mean"]
)
def test_either_way_of_splitting_is_the_same_model(formula):
    assert is_right("03.7", wages(formula))


def test_own_schools_by_another_computation():
    assert is_right("03.8", slopes(), "Ada")


def test_a_function_that_divides_by_no_patients_is_told_where():
    said = verdict(find("03.3"), by_hand)
    assert said.state == UNREADABLE and "(0, 20, 180)" in said.says and "Zero" in said.says
