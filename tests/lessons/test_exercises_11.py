"""Chapter 11's exercises: what learners really compute, and what they are told."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import broken_rates, fit_lmm, influence, is_right, load_data, my_data, robust_se
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch11_checking.exercises import e07_a_slope_or_a_spread as seven

SLEEP, JAWS = load_data("sleepstudy"), load_data("orthodont")


def two_residuals(**wrong):
    return {"u": 6, "e": 14, "z": 9 / 24**0.5} | wrong


def alarms(**wrong):
    right = {"p": 0.06, "smallest": 0.01, "points": 60, "alarm": lambda k: 1 - 0.95**k, "most": 4}
    return right | wrong


def suffers(**wrong):
    return {"skewed": "c", "heavy": "d", "unequal": "b", "more": "q"} | wrong


def children(**wrong):
    return {"effects": "M13", "between": "M10", "within": "M09", "fall": 0.25} | wrong


def fall_without(child):
    """The fall of σ² by a fit of the other children's rows."""
    sigma2 = [
        fit_lmm("distance ~ age * Sex", data, "Subject").sigma2
        for data in (JAWS, JAWS[JAWS["Subject"] != child])
    ]
    return 1 - sigma2[1] / sigma2[0]


def luck(**wrong):
    return {
        "luck3": 0.75,
        "luck30": 9 / 39,
        "skew": lambda n: 2 * (n / (n + 9)) ** 1.5,
        "quiet": "b",
    } | wrong


def robust(**wrong):
    return {"ratio": 1.92, "slopes": 1.55, "what": "b"} | wrong


def by_ordinary_regression():
    return robust(slopes=stats.linregress(SLEEP["Days"], SLEEP["Reaction"]).stderr)


def plain_sandwich():
    fit = fit_lmm("Reaction ~ Days", SLEEP, "Subject")
    found = robust_se(fit, correction="CR0").loc["Days"]
    return robust(ratio=found["robust SE"] / found["SE"])


def printed(**wrong):
    """Exercise 11.7 from the numbers in the tables."""
    right = {"claimed": 7.94, "p": 0.012, "honest": 0.44, "ratio": 2.4, "claim": "c"}
    return right | wrong


def clinics(**wrong):
    """Exercise 11.8 by fits of the rows that are left."""
    data = my_data("Ada", "11.8")
    whole = fit_lmm("pain ~ dose", data, "clinic")
    fits = {
        one: fit_lmm("pain ~ dose", data[data["clinic"] != one], "clinic") for one in range(1, 21)
    }
    tau00 = pd.Series({one: fit.cov_re.iloc[0, 0] for one, fit in fits.items()})
    decides = (tau00 - whole.cov_re.iloc[0, 0]).abs().idxmax()
    effects = influence(whole).cooks_distance.idxmax()
    moved = whole.params["dose"] - fits[effects].params["dose"]
    right = {
        "decides": decides,
        "tau00": tau00[decides],
        "effects": effects,
        "shift": moved / whole.bse["dose"],
    }
    return right | {name: value(right, whole, tau00) for name, value in wrong.items()}


REPORT = (
    "Wages increased by {slope} per year (robust 95% CI {ci}). Its cluster-robust SE was {robust}; "
    "the model gave {se}. Leaving out one firm at a time shifted the slope by up to 0.6 SE (firm 119), "
    "and between-firm variance ranged from 25.0 to 26.8. REML; 1,031 observations, 140 firms."
)


def report(**other):
    return REPORT.format(
        **{"slope": "0.19", "ci": "0.08–0.29", "robust": "0.054", "se": "0.032"} | other
    )


def open_task(name="pastes", **wrong):
    icc, without, groups = {"pastes": (0.31, 0.15, 10), "sleepstudy": (0.59, 0.51, 18)}[name]
    return {
        "data": name,
        "icc": icc,
        "without": without,
        "change": {"pastes": -0.16, "sleepstudy": -0.08}[name],
        "sentence": f"With all {groups} groups the ICC was {icc}; leaving out each in turn, it fell to "
        f"{without} at the lowest. Fitted by REML.",
    } | wrong


@meets(
    [
        ("11.1", "plain mean", lambda: two_residuals(u=9), "luck of eight patients"),
        ("11.1", "by the ICC", lambda: two_residuals(u=9 * 0.2), "weight of a single patient"),
        ("11.1", "both pieces", lambda: two_residuals(e=20), "û and ê are still together"),
        ("11.1", "from the ward's mean", lambda: two_residuals(e=11), "plain mean"),
        ("11.1", "over root tau", lambda: two_residuals(z=6 / 4), "BLUPs are shrunk"),
        ("11.1", "raw over root tau", lambda: two_residuals(z=9 / 4), "luck comes on top"),
        (
            "11.1",
            "over what is left",
            lambda: two_residuals(z=6 / (1 / (1 / 16 + 8 / 64)) ** 0.5),
            "uncertainty that is left",
        ),
        ("11.2", "five of 99", lambda: alarms(p=5 / 99), "leaves out the real picture"),
        ("11.2", "six of 99", lambda: alarms(p=6 / 99), "but not among all"),
        ("11.2", "none", lambda: alarms(smallest=0), "No count of pictures"),
        ("11.2", "one side", lambda: alarms(points=30), "one side"),
        ("11.2", "added", lambda: alarms(alarm=lambda k: k / 20), "above one"),
        ("11.2", "no alarm", lambda: alarms(alarm=lambda k: 0.95**k), "no alarm at all"),
        (
            "11.2",
            "solved, rounded up",
            lambda: alarms(most=int(np.ceil(np.log(0.8) / np.log(0.95)))),
            "already above",
        ),
        ("11.3", "all harmed", lambda: suffers(skewed="a"), "mean of many"),
        ("11.3", "tails and tau", lambda: suffers(heavy="c"), "heavy tails here are days"),
        ("11.3", "spread and sigma", lambda: suffers(unequal="d"), "fair mean"),
        ("11.3", "many heal", lambda: suffers(more="p"), "fourth moment"),
        ("11.4", "odd visits", lambda: children(effects="M09"), "largest single residual"),
        ("11.4", "Cook for tau", lambda: children(between="M13"), "decides about fixed effects"),
        ("11.4", "second", lambda: children(within="M13"), "comes second"),
        ("11.4", "without M13", lambda: children(fall=fall_without("M13")), "another child"),
        ("11.4", "in SDs", lambda: children(fall=1 - (1 - 0.2546) ** 0.5), "residual SD"),
        ("11.5", "the group's share", lambda: luck(luck3=0.25), "share of the group"),
        ("11.5", "one member's", lambda: luck(luck30=0.9), "in a single one"),
        ("11.5", "as a variance", lambda: luck(skew=lambda n: 2 * n / (n + 9)), "like a variance"),
        ("11.5", "of a mean", lambda: luck(skew=lambda n: 2 / np.sqrt(n)), "one skewed value"),
        ("11.5", "quiet", lambda: luck(quiet="a"), "How much of û is u"),
        ("11.6", "upside down", lambda: robust(ratio=0.5203), "upside down"),
        ("11.6", "plain sandwich", plain_sandwich, "CR0"),
        ("11.6", "OLS", by_ordinary_regression, "knows no persons"),
        ("11.6", "slopes known", lambda: robust(slopes=5.9221 / 18**0.5), "each person's slope"),
        ("11.6", "all is well", lambda: robust(what="a"), "nothing else"),
        ("11.7", "not doubled", lambda: printed(claimed=941.37 - 937.40), "bare difference"),
        ("11.7", "SDs tested", lambda: printed(claimed=2 * (941.37 - 895.30)), "where slopes were"),
        ("11.7", "both", lambda: printed(honest=2 * (941.37 - 895.08)), "slopes and SDs together"),
        ("11.7", "naive", lambda: printed(p=stats.chi2.sf(7.94, 2)), "at its boundary"),
        ("11.7", "variances", lambda: printed(ratio=(9.76 / 4.07) ** 2), "one of variances"),
        ("11.7", "so small a p", lambda: printed(claim="a"), "trusts one SD"),
        ("11.8", "Cook decides", lambda: clinics(decides=lambda r, w, t: r["effects"]), "Cook's"),
        (
            "11.8",
            "the whole",
            lambda: clinics(tau00=lambda r, w, t: w.cov_re.iloc[0, 0]),
            "that of all clinics",
        ),
        (
            "11.8",
            "the other clinic",
            lambda: clinics(tau00=lambda r, w, t: t[r["effects"]]),
            "largest Cook's distance",
        ),
        (
            "11.8",
            "in points",
            lambda: clinics(shift=lambda r, w, t: r["shift"] * w.bse["dose"]),
            "points per mg",
        ),
        ("11.8", "turned round", lambda: clinics(shift=lambda r, w, t: -r["shift"]), "other sign"),
        ("11.9", "the model's interval", report(ci="0.13–0.25"), "the model's, which is narrower"),
        ("11.9", "errors exchanged", report(robust="0.032", se="0.054"), "changed places"),
        ("11.9", "met", report() + " All assumptions were satisfied.", "say the opposite"),
        ("11.9", "thrown out", report() + " We removed firm 119.", "throw a firm out"),
        (
            "11.9",
            "all mended",
            report() + " Robust errors also mend the ICC.",
            "that of a coefficient",
        ),
        ("11.9", "an SD", report().replace("firm variance", "firm SD"), "a standard deviation"),
        ("11.9", "unit", report().replace("0.6 SE", "0.6 pounds"), "In which unit"),
        (
            "11.8",
            "per mg, turned",
            lambda: clinics(shift=lambda r, w, t: -r["shift"] * w.bse["dose"]),
            "Turn it round",
        ),
        (
            "11.9",
            "thrown out for it",
            report() + " We removed firm 119 because it moved the slope.",
            "throw a firm out",
        ),
        (
            "11.9",
            "excluded since",
            report() + " Firm 119 was excluded since it changed the slope.",
            "throw a firm out",
        ),
        (
            "11.9",
            "slopes",
            report().replace("REML;", "Random intercepts and slopes, REML;"),
            "what was random",
        ),
        ("11.10", "the other end", lambda: open_task("sleepstudy", without=0.64), "still more"),
        (
            "11.10",
            "not each",
            lambda: open_task(
                sentence="With all 10 groups the ICC was 0.31 and without Batch E it was 0.15 (REML)."
            ),
            "each was left out",
        ),
        ("11.10", "a ratio", lambda: open_task(icc=0.45), "share divides by the total"),
        ("11.10", "turned round", lambda: open_task(change=0.16), "other sign"),
        ("11.10", "relative", lambda: open_task(change=0.1549 / 0.3105 - 1), "share of the ICC"),
        (
            "11.10",
            "thrown out",
            lambda: open_task(sentence=open_task()["sentence"] + " It was therefore dropped."),
            "no fault",
        ),
        (
            "11.10",
            "robust",
            lambda: open_task(sentence=open_task()["sentence"] + " The ICC is stable."),
            "both numbers",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("11.1", two_residuals),
        ("11.2", alarms),
        ("11.3", suffers),
        ("11.4", children),
        ("11.4", lambda: children(fall=fall_without("M09"))),
        ("11.5", luck),
        ("11.6", robust),
        ("11.7", printed),
        ("11.8", clinics),
        ("11.9", report),
        ("11.9", lambda: report() + " No firm was excluded; not all assumptions were met."),
        (
            "11.9",
            lambda: (
                report().replace("Leaving out one firm at a time", "Removing each firm in turn")
                + " The assumption of one common slope does not hold."
            ),
        ),
        (
            "11.9",
            lambda: report().replace(
                "ranged from 25.0 to 26.8", "was 26.8 at most and dropped to 25.0"
            ),
        ),
        (
            "11.9",
            lambda: report().replace(
                "ranged from 25.0 to 26.8.",
                "ranged from 25.0 to 26.8 when single firms are dropped.",
            ),
        ),
        ("11.9", lambda: report() + " Random slopes would be a remedy."),
        (
            "11.10",
            lambda: open_task(
                sentence="Dropping one batch at a time, of 10, the ICC went from 0.31 to 0.15 at the lowest (REML)."
            ),
        ),
        ("11.10", open_task),
        ("11.10", lambda: open_task("sleepstudy")),
        (
            "11.10",
            lambda: open_task(
                sentence=open_task()["sentence"].replace(
                    "leaving out each in turn", "when each batch was removed"
                )
            ),
        ),
        (
            "11.10",
            lambda: open_task(sentence=open_task()["sentence"] + " So the ICC isn't robust."),
        ),
    ],
    ids=[
        "by hand",
        "by hand, with a function",
        "letters",
        "rounded",
        "rows left out",
        "another formula",
        "rounded SEs",
        "from the tables",
        "rows left out, one fit a clinic",
        "another report",
        "denied",
        "removed in turn",
        "dropped to",
        "single firms dropped",
        "slopes as a remedy",
        "one at a time",
        "other data",
        "other data again",
        "each removed",
        "denied, in a sentence",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer(), "Ada")


@pytest.mark.parametrize(
    "name, kind",
    [
        ("skewed", "skewed groups"),
        ("heavy", "heavy-tailed residuals"),
        ("unequal", "unequal variances"),
    ],
)
def test_the_interval_that_11_3_names_fails_most_in_simulated_studies(name, kind):
    numbers = {"a": "gamma01", "b": "gamma10", "c": "tau00", "d": "sigma2"}
    rates = broken_rates(kind, 0.8, n_groups=40, n_studies=400, rng=np.random.default_rng(3))
    covers = rates["covers"]
    worst = numbers[find("11.3").numbers_for()[name]]
    assert covers.idxmin() == worst and covers.drop(worst).min() - covers[worst] > 5


def test_ten_times_as_many_persons_leave_the_interval_of_tau00_as_bad_and_no_other_worse():
    few, many = (
        broken_rates("skewed groups", 0.8, n_groups=n, n_studies=400, rng=np.random.default_rng(4))
        for n in (40, 400)
    )
    assert many["covers"]["tau00"] < few["covers"]["tau00"] + 3
    assert many["covers"].drop("tau00").min() > 91


@pytest.mark.parametrize("size", [3, 30])
def test_what_11_5_says_of_luck_and_skewness_holds_in_drawn_groups(size):
    rng, truth = np.random.default_rng(5), find("11.5").numbers_for()
    u, luck_ = rng.exponential(size=400_000) - 1, rng.normal(0, 3 / np.sqrt(size), 400_000)
    blups = size / (size + 9) * (u + luck_)
    assert stats.skew(blups) == pytest.approx(truth["skew"](size), abs=0.05)
    share = np.var(size / (size + 9) * luck_) / np.var(blups)
    assert share == pytest.approx(truth[f"luck{size}"], abs=0.01)


def lessons():
    """The data of 11.7, drawn as its notebook draws them."""
    rng = np.random.default_rng(117)
    school, late = np.repeat(np.arange(24), 12), np.tile([0] * 9 + [1] * 3, 24)
    luck_ = rng.normal(0, 3, 24)[school], rng.normal(0, 1, 288) * np.where(late == 1, 10, 4)
    score = (60 - 3 * late + luck_[0] + luck_[1]).round(1)
    return pd.DataFrame({"school": school + 1, "late": late, "score": score})


def test_the_tables_of_11_7_are_what_four_models_give():
    """Its numbers are typed: fits with two SDs are more than a check has time for."""
    fits = [
        fit_lmm("score ~ late", lessons(), "school", random, reml=False, residual_sd=column)
        for column in (None, "late")
        for random in ("1", "1 + late")
    ]
    typed = [seven.ONE, seven.ONE_SLOPES, seven.TWO, seven.TWO_SLOPES]
    np.testing.assert_allclose(typed, [fit.llf for fit in fits], rtol=0, atol=0.0051)
    sds = fits[2].residual_sd[[0, 1]]
    np.testing.assert_allclose([seven.EARLY, seven.LATE], sds, rtol=0, atol=0.0051)
