"""Chapter 04's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data, my_data

HSB = load_data("hsb")
PBC = load_data("pbc")
UK = load_data("employment_uk")


def pain(**wrong):
    return {
        "rho0": -0.6,
        "between6": 7.2,
        "rho6": 0.45,
        "rho": lambda k: (-0.9 + 0.25 * k) / (0.5 * np.sqrt(9 - 1.8 * k + 0.25 * k**2)),
    } | wrong


def schools(**wrong):
    return {"sd_own": 1.24, "negative_true": 0.07, "negative_own": 0.17} | wrong


def printed(**wrong):
    """Exercise 04.3 from the numbers in the printout."""
    half = 1.96 * np.sqrt(0.340)
    return {
        "rho": -0.496 / np.sqrt(26.225 * 0.340),
        "low": 0.179 - half,
        "high": 0.179 + half,
        "claim": "b",
    } | wrong


def trial(random="1 + years", data=PBC, **options):
    return fit_lmm("platelet ~ years * treatment", data, "patient", random, **options)


def one_slope_gap():
    """The gap in Catholic schools by dummies and random intercepts alone."""
    data = HSB.assign(
        x=HSB["minority"] - HSB.groupby("school")["minority"].transform("mean"),
        public=1 - HSB["catholic"],
    )
    fit = fit_lmm("math ~ x * public", data, "school")
    low, high = fit.params["x"] - 1.96 * fit.bse["x"], fit.params["x"] + 1.96 * fit.bse["x"]
    return {"public": -5.11, "catholic": -2.11, "low": low, "high": high}


def raw_gap():
    fit = fit_lmm("math ~ minority * catholic", HSB, "school", "1 + minority")
    low, high = -3.10, -1.80
    return {
        "public": fit.params["minority"],
        "low": low,
        "high": high,
        "catholic": fit.params["minority"] + fit.params["minority:catholic"],
    }


def wages(**options):
    return fit_lmm("log_wage ~ x", UK.assign(x=UK["year"] - 1976), "firm", "1 + x", **options)


def own_slopes_of_albumin():
    slopes = [
        np.polyfit(patient["years"], patient["albumin"], 1)[0]
        for _, patient in PBC.groupby("patient")
        if len(patient) > 1
    ]
    return {"model": "c", "why": "q", "slope": np.mean(slopes)}


def classes(**wrong):
    data = my_data("Ada", "04.8")
    fit = fit_lmm("points ~ hours", data, "class", "1 + hours")
    g, mean = fit.cov_re.to_numpy(), fit.params["hours"]
    between = g[0, 0] + 10 * g[0, 1] + 25 * g[1, 1]
    right = {
        "tau11": g[1, 1],
        "low": mean - 1.96 * g[1, 1] ** 0.5,
        "high": mean + 1.96 * g[1, 1] ** 0.5,
        "share5": between / (between + fit.sigma2),
    }
    return right | {name: value(fit, g, data) for name, value in wrong.items()}


def lines_apart(fit, g, data):
    return np.var(
        [np.polyfit(one["hours"], one["points"], 1)[0] for _, one in data.groupby("class")], ddof=1
    )


FIRMS = (
    "Log employment fell by 0.047 a year (95 % CI {ci}); slopes had SD {sd}, 95 % of firms "
    "lay between {range}. In 1980 intercepts had SD 1.34 and correlated 0.05 with slopes; "
    "residual SD 0.123. REML, 1,031 firm-years of 140 firms."
)


def firms(**other):
    return FIRMS.format(
        **{"ci": "0.036 to 0.057", "sd": "0.058", "range": "−0.16 and 0.07"} | other
    )


def jaws(**wrong):
    return {
        "data": "orthodont",
        "rho": 0.21,
        "low": 0.216,
        "high": 1.104,
        "sentence": "In 27 children the mean slope was 0.66 mm a year, 95 % between 0.22 and "
        "1.10; level and slope correlated 0.21 at age 8 (REML).",
    } | wrong


@meets(
    [
        ("04.1", "covariance for correlation", lambda: pain(rho0=-0.9), "a covariance"),
        ("04.1", "no covariance", lambda: pain(between6=9 + 36 * 0.25), "covariance is missing"),
        ("04.1", "τ11·x", lambda: pain(between6=9 - 12 * 0.9 + 6 * 0.25), "negative variance"),
        ("04.1", "τ00 stays", lambda: pain(rho6=0.6 / (3 * 0.5)), "left τ₀₀ at week 0"),
        (
            "04.1",
            "τ00 stays in code",
            lambda: pain(rho=lambda k: (-0.9 + 0.25 * k) / 1.5),
            "Your function moves the covariance",
        ),
        (
            "04.1",
            "a number, no function",
            lambda: pain(rho6=0.5),
            "Right so far: 'rho0', 'between6'",
        ),
        (
            "04.2",
            "true spread",
            lambda: schools(sd_own=0.8, negative_own=0.067),
            "their luck as well",
        ),
        (
            "04.2",
            "the SD handed over",
            lambda: schools(negative_own=0.14),
            "handed a standard deviation",
        ),
        ("04.2", "per cent", lambda: schools(negative_true=6.7), "not in per cent"),
        ("04.3", "covariance", lambda: printed(rho=-0.496), "'firm x t Cov'"),
        (
            "04.3",
            "interval of the mean",
            lambda: printed(low=0.07, high=0.289),
            "not where firms lie",
        ),
        (
            "04.3",
            "variance as SD",
            lambda: printed(low=0.179 - 1.96 * 0.34, high=0.179 + 1.96 * 0.34),
            "before ±1.96",
        ),
        (
            "04.4",
            "the same model",
            lambda: {"what": "c", "fit": trial("1"), "p": 0.26},
            "colleague's model again",
        ),
        (
            "04.4",
            "missing counts as zero",
            lambda: {"what": "c", "p": 0.26, "fit": trial(data=PBC.fillna({"platelet": 0}))},
            "another number of rows",
        ),
        ("04.4", "ML", lambda: {"what": "c", "fit": trial(reml=False), "p": 0.26}, "fitted by ML"),
        ("04.5", "raw dummies", raw_gap, "taken off within each school"),
        ("04.5", "no random slope", one_slope_gap, "too narrow"),
        (
            "04.5",
            "the product",
            {"public": -5.11, "catholic": 2.99, "low": -2.83, "high": -1.40},
            "coefficient of the product",
        ),
        (
            "04.6",
            "tied to 1980",
            lambda: {
                "what": "b",
                "rho76": -0.55,
                "fit": fit_lmm("log_wage ~ t", UK, "firm", "1 + t", correlated=False),
            },
            "still forbidden",
        ),
        ("04.6", "at 1980", lambda: {"what": "b", "fit": wages(), "rho76": -0.27}, "the year 1980"),
        ("04.7", "own slopes", own_slopes_of_albumin, "plain mean"),
        ("04.8", "own lines", lambda: classes(tau11=lines_apart), "luck is part"),
        (
            "04.8",
            "share at zero",
            lambda: classes(share5=lambda fit, g, data: g[0, 0] / (g[0, 0] + fit.sigma2)),
            "at zero hours",
        ),
        ("04.9", "interval for firms", firms(range="−0.057 and −0.036"), "range of firms belongs"),
        ("04.9", "random intercepts", firms(ci="0.041 to 0.051"), "random intercepts alone"),
        (
            "04.9",
            "a variance",
            lambda: firms() + " Slopes had variance 0.058.",
            "a standard deviation a variance",
        ),
        ("04.9", "exchanged", lambda: firms() + " Intercepts had SD 0.058.", "changed places"),
        ("04.9", "no firm grew", lambda: firms() + " No firm grew.", "speaks against"),
        ("04.9", "every firm", lambda: firms() + " So every firm shrank.", "speaks against 'all'"),
        ("04.9", "rose", lambda: firms() + " It rose by 0.047 a year.", "rise or fall"),
        ("04.9", "a positive range", firms(range="0.160 and 0.067"), "where the range"),
        ("04.10", "age as it comes", jaws(rho=-0.61), "zero of the column"),
        ("04.10", "interval of the mean", jaws(low=0.514, high=0.807), "where the groups lie"),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("04.6", lambda: {"what": "(b)", "fit": wages(), "rho76": -0.55}),
        ("04.9", firms),
        (
            "04.9",
            lambda: firms() + " Not every firm shrank: employment rose in a good many of them.",
        ),
        ("04.10", jaws),
    ],
    ids=["another origin", "another sentence", "some rose", "rounded by hand"],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())
