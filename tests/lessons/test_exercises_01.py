"""Chapter 01's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data, my_data

HSB = load_data("hsb")


def firms():
    data = load_data("employment_uk").sort_values(["firm", "year"])
    data["first_capital"] = data.groupby("firm")["log_capital"].transform("first")
    return data


def slopes(**wrong):
    data = firms()
    mean = data.groupby("firm")["log_capital"].transform("mean")
    right = {
        name: np.polyfit(x, data["log_wage"], 1)[0]
        for name, x in {
            "within": data["log_capital"] - mean,
            "between": mean,
            "pooled": data["log_capital"],
        }.items()
    }
    return right | {name: right[other] for name, other in wrong.items()}


def trial(**wrong):
    data = my_data("Ada", "01.8")
    fit = fit_lmm("score ~ treated", data, "clinic")
    return {
        "estimate": fit.params["treated"],
        "se": fit.bse["treated"],
        "p": fit.pvalues["treated"],
    } | wrong


def own_ols():
    return smf.ols("score ~ treated", my_data("Ada", "01.8")).fit()


RIGHT = (
    "In 7,185 pupils of 160 schools (random intercept, REML), schools with a high minority enrolment scored "
    "2.63 points lower than the others (95 % CI 1.63 to 3.63); the residual variance was 7.23 between and "
    "39.15 within schools."
)


@meets(
    [
        ("01.1", "SDs", (3**0.5 / (3**0.5 + 3), 7, 85.7), "share of standard deviations"),
        ("01.1", "paired with herself", (0.25, 7.25, 85.7), "paired with herself"),
        ("01.1", "villages", (0.25, 7, 24), "number of villages"),
        ("01.1", "rounded too far", (0.3, 7, 86), "'icc': Rounded too far"),
        ("01.2", "small ICC, no harm", ("right", "right", "large"), "how many patients a hospital"),
        ("01.2", "always too small", ("small", "right", "small"), "never meets them"),
        ("01.3", "variance ratio", (0.309, 0.709, 5.26), "factor is that of the variance"),
        ("01.3", "swapped", (0.709, 0.309, 2.29), "under each other's names"),
        ("01.4", "as printed", (4, 0.018), "Your p is the printed one"),
        ("01.4", "with very many df", (4, 2 * stats.t.sf(2.359, 118)), "or one as small"),
        ("01.4", "counts patients", (118, 0.078), "count patients"),
        ("01.4", "J − 1", (5, 2 * stats.t.sf(2.359, 5)), "took one off six"),
        (
            "01.5",
            "by industry",
            lambda: ("c", fit_lmm("log_wage ~ first_capital", firms(), "sector")),
            "groups by industry",
        ),
        (
            "01.5",
            "ML",
            lambda: ("c", fit_lmm("log_wage ~ first_capital", firms(), "firm", reml=False)),
            "fitted by ML",
        ),
        (
            "01.5",
            "without the predictor",
            lambda: ("c", fit_lmm("log_wage ~ 1", firms(), "firm")),
            "missing in the fixed part",
        ),
        ("01.6", "robust errors", ("c", "r"), "need many"),
        ("01.7", "pooled for within", lambda: slopes(within="pooled"), "gave the pooled one"),
        ("01.7", "between for within", lambda: slopes(within="between"), "the one between them"),
        ("01.8", "OLS p", lambda: trial(p=own_ols().pvalues["treated"]), "counts patients"),
        ("01.8", "OLS SE", lambda: trial(se=own_ols().bse["treated"]), "counts patients"),
        (
            "01.9",
            "no variances",
            "Schools lay 2.63 points lower (95 % CI 1.63 to 3.63) by REML in 160 schools.",
            "the variance between schools",
        ),
        (
            "01.9",
            "sizes swapped",
            "In 160 pupils of 7,185 schools they lay 2.63 points lower (95 % CI 1.63 "
            "to 3.63; REML; variances 7.23 and 39.15).",
            "Count again what the two numbers are",
        ),
        (
            "01.9",
            "the other way round",
            "In 7,185 pupils of 160 schools (REML) they scored 2.63 points "
            "higher (1.63 to 3.63; variances 7.23 and 39.15).",
            "Which schools lie higher",
        ),
        (
            "01.9",
            "variances exchanged",
            RIGHT.replace("7.23 between and 39.15", "39.15 between and 7.23"),
            "Two levels have changed places",
        ),
        (
            "01.9",
            "the others lower",
            RIGHT.replace("a high minority enrolment", "a low minority enrolment"),
            "Which schools lie higher",
        ),
        (
            "01.9",
            "make",
            RIGHT + " High-minority schools make pupils score lower.",
            "brings it about",
        ),
        ("01.9", "pupils", RIGHT + " Minority pupils scored lower.", "a property of schools"),
        (
            "01.9",
            "outside",
            RIGHT.replace("2.63 points", "1.63 points").replace("CI 1.63", "CI 2.63"),
            "doesn't hold it",
        ),
        ("01.9", "over zero", RIGHT.replace("CI 1.63", "CI −1.63"), "lost its minus"),
        ("01.9", "90 %", RIGHT.replace("95 %", "90 %"), "95 % intervals"),
        (
            "01.10",
            "swapped",
            {
                "data": "pbc",
                "ols_se": 0.1199,
                "multilevel_se": 0.0504,
                "sentence": "The 312 patients were compared in a multilevel model.",
            },
            "are swapped",
        ),
        ("01.4", "patients again", (116, 0.02), "count patients"),
        (
            "01.8",
            "ML",
            lambda: trial(
                se=fit_lmm("score ~ treated", my_data("Ada", "01.8"), "clinic", reml=False).bse[
                    "treated"
                ]
            ),
            "fit by ML",
        ),
        (
            "01.9",
            "a cause",
            "The effect of a high share of minority pupils was 2.63 points lower.",
            "not that the share brings it about",
        ),
        (
            "01.10",
            "OLS twice",
            {
                "data": "pbc",
                "ols_se": 0.0504,
                "multilevel_se": 0.0504,
                "sentence": "The 312 patients were compared in a multilevel model.",
            },
            "Your multilevel_se is ordinary",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize("name", [*"abcdef", "n75"])
def test_in_everybodys_trial_ordinary_regression_is_much_too_sure(name):
    data = my_data(name, "01.8")
    honest = fit_lmm("score ~ treated", data, "clinic").pvalues["treated"]
    assert smf.ols("score ~ treated", data).fit().pvalues["treated"] < honest / 2


LOWER = (
    "In 7,185 pupils of 160 schools (random intercept, REML), schools with {schools} scored 2.63 "
    "points lower than the others (95 % CI 1.63 to 3.63); the variance was {variances}."
)


@pytest.mark.parametrize(
    "schools, variances",
    [
        (
            "a higher proportion of minority pupils",
            "7.23 (between schools) and 39.15 (within schools)",
        ),
        (
            "a minority share above 40 %",
            "7.23 between and 39.15 within, with a random effect of school",
        ),
        (
            "a high minority share",
            "τ̂₀₀ = 7.23 and σ̂² = 39.15, which says nothing about whether the share causes it",
        ),
    ],
)
def test_a_right_report_with_other_variances_is_right(schools, variances):
    assert is_right("01.9", LOWER.format(schools=schools, variances=variances))


@pytest.mark.parametrize(
    "text",
    [
        RIGHT.replace(
            "schools with a high minority enrolment scored 2.63 points lower than the others",
            "the other schools scored 2.63 points higher than those with a high minority enrolment",
        ),
        RIGHT.replace(
            "schools with a high minority enrolment scored 2.63 points lower than the others",
            "schools with few minority pupils scored 2.63 points higher than the others",
        ),
        RIGHT.replace("(95 % CI 1.63 to 3.63)", "[95 % CI 1.63; 3.63]").replace("7,185", "7 185"),
        RIGHT + " We cannot conclude that enrolling minority pupils lowers a school's scores.",
        RIGHT.replace(
            "the residual variance was 7.23 between and 39.15 within schools",
            "Var(school) = 7.23, Var(residual) = 39.15",
        ),
    ],
    ids=["the others higher", "few", "brackets", "left open", "Var()"],
)
def test_a_right_report_in_other_words_is_right(text):
    assert is_right("01.9", text)
