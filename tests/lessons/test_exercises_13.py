"""Chapter 13's exercises meet answers worked out as a learner would, and reports in other words."""

import re

import numpy as np
import pandas as pd
import pytest
from wrong_answers import meets, said_to

from hlm_teach import arm_slopes, fit_lmm, is_right, load_data, my_data, simulate_trial
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch13_patients.exercises.e03_own_hospitals import tidy
from hlm_teach.measures.icc import icc


def with_logs(who="Ada"):
    trial = my_data(who, "13.1")
    return trial.assign(log_marker=np.log(trial["marker"]))


def trial(who="Ada", **wrong):
    """Exercise 13.1 by a formula with a product column of one's own."""
    data = with_logs(who).assign(product=lambda d: d["years"] * d["arm"])
    fit = fit_lmm("log_marker ~ years + product", data, "patient", "1 + years")
    ratio, (low, high) = np.exp(fit.params["product"]), np.exp(fit.conf_int().loc["product"])
    report = (
        f"In {fit.n_groups} patients with {fit.nobs:,} measurements, the yearly factor was "
        f"{ratio:.3f} times that of usual care (95% CI {low:.3f}–{high:.3f}). Mixed model by REML with random "
        "intercepts and random slopes; arms constrained to a common baseline mean. Values after leaving "
        "were taken as missing at random. "
    )
    right = {"ratio": ratio, "low": low, "high": high, "trust": "b", "report": report}
    return right | {
        name: value(right) if callable(value) else value for name, value in wrong.items()
    }


def trial_said(words):
    return trial(report=lambda right: words + " " + right["report"])


def of_completers():
    data = with_logs().rename(columns={"patient": "group", "years": "x", "log_marker": "y"})
    last = data.groupby("group")["x"].transform("max")
    return trial(ratio=np.exp(arm_slopes(data[last == 6])["difference"].iloc[2]))


def by_random_intercepts():
    fit = fit_lmm("log_marker ~ years + years:arm", with_logs(), "patient")
    return trial(ratio=np.exp(fit.params["years:arm"]))


def by_arms_apart():
    fit = fit_lmm("log_marker ~ years * arm", with_logs(), "patient", "1 + years")
    return trial(ratio=np.exp(fit.params["years:arm"]))


def multiplies_the_marker(right):
    said = re.sub(
        "the yearly factor was ([0-9.]+) times that of usual care",
        r"the drug multiplied the marker by \1",
        right["report"],
    )
    assert "multiplied" in said
    return said


def jaws(**wrong):
    """Exercise 13.2 from rounded numbers."""
    report = (
        "Girls' jaws grew 0.30 mm per year slower (95 % CI 0.09 to 0.52) in a linear mixed model with random "
        "intercepts fitted by REML to 108 distances of 27 children. The residual SD of girls was 0.47 of "
        "that of boys. Without M09, who scattered most, girls grew 0.29 mm per year slower. Nobody was "
        "assigned to a sex."
    )
    return {
        "gap": -0.305,
        "child": "M09",
        "without": -0.292,
        "ratio": 0.468,
        "report": report,
    } | wrong


def hospitals(who="Ada", **wrong):
    """Exercise 13.3 with dummies made by hand."""
    data = my_data(who, "13.3")
    data["y"] = np.log(data["days"])
    for kind in ("urgent", "emergency"):
        data[kind] = (data["admission"] == kind).astype(int)
    table = pd.crosstab(data["hospital"], data["admission"], normalize="index")
    odd = table["emergency"].idxmax()
    rest = data[data["hospital"] != odd]
    full, fewer = (fit_lmm("y ~ urgent + emergency + age", d, "hospital") for d in (data, rest))
    shares = [icc(fit_lmm("y ~ 1", d, "hospital")) for d in (data, rest)]
    ratios = [np.exp(fit.params["emergency"]) for fit in (full, fewer)]
    low, high = np.exp(fewer.conf_int().loc["emergency"])
    report = (
        f"Among N = {full.nobs} patients in {full.n_groups} hospitals the ICC was {shares[0]:.3f}; excluding "
        f"hospital {odd}, which admitted emergencies only, {shares[1]:.3f}. Without it the stays of emergencies "
        f"were {ratios[1]:.2f} times those of elective patients (95 % CI {low:.2f} to {high:.2f}), with it "
        f"{ratios[0]:.2f} times. REML. Whether that hospital or its admissions take long these data can't tell."
    )
    right = {
        "hospital": odd,
        "icc_all": shares[0],
        "icc_without": shares[1],
        "ratio_all": ratios[0],
        "ratio_without": ratios[1],
        "report": report,
    }
    return right | {
        name: value(right) if callable(value) else value for name, value in wrong.items()
    }


def of_urgent():
    data = my_data("Ada", "13.3").assign(y=lambda d: np.log(d["days"]))
    fit = fit_lmm("y ~ C(admission, Treatment('elective')) + age", data, "hospital")
    return np.exp(fit.params.filter(like="urgent").iloc[0])


def hospitals_said(words):
    return hospitals(report=lambda right: words + " " + right["report"])


@meets(
    [
        (
            "13.1",
            "logarithms",
            lambda: trial(ratio=lambda r: np.log(r["ratio"])),
            "difference of log",
        ),
        ("13.1", "upside down", lambda: trial(ratio=lambda r: 1 / r["ratio"]), "upside down"),
        ("13.1", "completers", of_completers, "Who was drawn by lot"),
        ("13.1", "random intercepts", by_random_intercepts, "rates of their own"),
        (
            "13.1",
            "ends in logarithms",
            lambda: trial(low=lambda r: np.log(r["low"]), high=lambda r: np.log(r["high"])),
            "still logarithms",
        ),
        ("13.1", "each slope", lambda: trial(trust="a"), "Compare with the difference"),
        ("13.1", "a mean", lambda: trial_said("The mean marker rose."), "What is it?"),
        ("13.1", "survival", lambda: trial_said("Treated patients lived longer."), "survival"),
        ("13.1", "steeper", lambda: trial_said("The drug increased the rise."), "steeper"),
        (
            "13.1",
            "nothing of leaving",
            lambda: trial(report=lambda r: r["report"].split("Values")[0]),
            "left",
        ),
        ("13.1", "arms apart", by_arms_apart, "start apart"),
        ("13.1", "a level", lambda: trial(report=multiplies_the_marker), "with every year"),
        ("13.2", "row of Sex", lambda: jaws(gap=1.032), "row of `Sex`"),
        (
            "13.2",
            "SDs turned round",
            lambda: jaws(
                report=jaws()["report"].replace(
                    "The residual SD of girls was 0.47 of that of boys",
                    "Boys' residual SD was 0.47 times girls'",
                )
            ),
            "turned round",
        ),
        (
            "13.2",
            "so an effect",
            lambda: jaws(report=jaws()["report"] + " So sex has an effect."),
            "effect of sex",
        ),
        (
            "13.2",
            "a difference, no more",
            lambda: jaws(
                report=jaws()["report"].replace(
                    "Nobody was assigned to a sex", "It is a difference"
                )
            ),
            "nobody was assigned",
        ),
        (
            "13.3",
            "urgent",
            lambda: hospitals(ratio_all=of_urgent(), ratio_without=of_urgent()),
            "those of urgent patients",
        ),
        (
            "13.3",
            "upside down",
            lambda: hospitals(
                ratio_all=lambda r: 1 / r["ratio_all"],
                ratio_without=lambda r: 1 / r["ratio_without"],
            ),
            "upside down",
        ),
        ("13.2", "girls' slope", lambda: jaws(gap=0.480), "girls' own slope"),
        ("13.2", "the other way", lambda: jaws(gap=0.305), "boys less girls"),
        ("13.2", "M13", lambda: jaws(child="m13", without=-0.227), "Without M13"),
        ("13.2", "variances", lambda: jaws(ratio=0.219), "one of variances"),
        ("13.2", "upside down", lambda: jaws(ratio=2.137), "upside down"),
        (
            "13.2",
            "one SD",
            lambda: jaws(report=jaws()["report"].replace("0.09 to 0.52", "0.06 to 0.55")),
            "one residual SD",
        ),
        (
            "13.2",
            "an outlier",
            lambda: jaws(report="M09 is an outlier. " + jaws()["report"]),
            "isn't an error",
        ),
        (
            "13.2",
            "an effect",
            lambda: jaws(report="The effect of sex was clear. " + jaws()["report"]),
            "Nobody drew lots",
        ),
        ("13.3", "conditional", lambda: hospitals(icc_all=adjusted()), "leave them out"),
        (
            "13.3",
            "all twice",
            lambda: hospitals(icc_without=lambda r: r["icc_all"]),
            "of all hospitals",
        ),
        (
            "13.3",
            "logarithms",
            lambda: hospitals(ratio_without=lambda r: np.log(r["ratio_without"])),
            "difference of logarithms",
        ),
        ("13.3", "blame", lambda: hospitals_said("One hospital is slow."), "blames the hospital"),
        ("13.3", "cause", lambda: hospitals_said("Emergencies cause long stays."), "drawn by lot"),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


def adjusted():
    given, _ = tidy(my_data("Ada", "13.3"))
    return icc(fit_lmm("log_days ~ admission + age", given, "hospital"))


@pytest.mark.parametrize("who", ["Ada", "Emmy Noether", 4711])
def test_answers_worked_out_in_other_ways_are_right(who):
    assert is_right("13.1", trial(who), who)
    assert is_right("13.3", hospitals(who), who)


def test_rounded_numbers_and_another_report_are_right():
    assert is_right("13.2", jaws())


GREW = "Girls' jaws grew 0.30 mm per year slower"


@pytest.mark.parametrize(
    "words, right",
    [
        ("Girls' jaws grew more slowly, by 0.30 mm per year", True),
        ("Boys' jaws grew 0.30 mm per year faster", True),
        ("In girls jaws grew 0.30 mm per year less than in boys", True),
        ("Jaws' growth differed by −0.30 mm per year (girls less boys)", True),
        ("Girls' jaws grew 0.30 mm per year faster", False),
        ("Girls grow faster than boys: jaws grew by 0.30 mm per year more than boys'", False),
        ("Boys' jaws grew 0.30 mm per year slower than those of girls", False),
        ("Jaws grew by 0.30 mm per year more in girls than in boys", False),
    ],
)
def test_a_report_says_which_of_them_grow_less(words, right):
    report = jaws()["report"]
    assert GREW in report
    assert is_right("13.2", jaws(report=report.replace(GREW, words))) == right


@pytest.mark.parametrize(
    "words, right",
    [
        ("no difference between arms at time zero", True),
        ("arms share one intercept", True),
        ("no arm effect at entry", True),
        ("a difference between arms at entry", False),
        ("arms apart", False),
    ],
)
def test_a_report_says_that_arms_start_alike(words, right):
    report = trial()["report"].replace("arms constrained to a common baseline mean", words)
    assert words in report and is_right("13.1", trial(report=report), "Ada") == right


def test_m09_is_the_one_whose_leaving_lowers_the_residual_variance_most():
    """The exercise fits two of 27 leavings: here are all."""
    data, model, product = load_data("orthodont"), "distance ~ age * Sex", "age:Sex[T.Female]"
    fits = {
        who: fit_lmm(model, data[data["Subject"] != who], "Subject")
        for who in data["Subject"].unique()
    }
    sigma2 = pd.Series({who: fit.sigma2 for who, fit in fits.items()})
    gaps = pd.Series({who: fit.params[product] for who, fit in fits.items()})
    full = fit_lmm(model, data, "Subject").params[product]
    assert sigma2.idxmin() == "M09" == find("13.2").numbers_for()["child"]
    assert (gaps - full).abs().idxmax() == "M13" and (gaps < 0).all()


@pytest.mark.parametrize("who", ["Ada", "Emmy Noether"])
def test_the_hospital_with_emergencies_only_carries_most_of_the_icc(who):
    given, odd = tidy(my_data(who, "13.3"))
    shares = pd.Series(
        {
            one: icc(fit_lmm("log_days ~ 1", given[given["hospital"] != one], "hospital"))
            for one in given["hospital"].unique()
        }
    )
    assert shares.idxmin() == odd


def test_in_own_trials_the_difference_is_nearer_the_truth_than_the_slopes():
    """What the exercise says of its data, in 40 of them: choice b."""
    rng, off = np.random.default_rng(131), []
    for _ in range(40):
        data = simulate_trial(
            n_per_arm=90,
            visits=range(7),
            tau11=0.02,
            dropout=0.07,
            effect=-0.12,
            steepness=(1, 1),
            rng=rng,
        )
        found = arm_slopes(data).loc["random slopes"]
        off.append([found["arm0"] - 0.18, found["arm1"] - 0.06, found["difference"] + 0.12])
    bias, error = np.mean(off, axis=0), np.std(off, axis=0) / np.sqrt(40)
    assert (bias[:2] < -3 * error[:2]).all() and abs(bias[2]) < 3 * error[2]
