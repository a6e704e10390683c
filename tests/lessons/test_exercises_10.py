"""Chapter 10's exercises: what learners really compute, and what they are told."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, growth_slopes, is_right, load_data, my_data
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch10_growth.exercises import e06_slope_or_memory as four

PBC = load_data("pbc")
BEFORE = [18, 21, 24, 26, 27, 29, 31, 34, 22, None]
AFTER = [None, None, 27, 27, 31, 31, 32, 39, None, 30]


def grips(**wrong):
    return {"rows": 16, "t": 4.0, "change": 2.83} | wrong


def independent_t():
    first, second = ([one for one in side if one] for side in (AFTER, BEFORE))
    return grips(t=stats.ttest_ind(first, second).statistic)


def filled_with_means():
    first, second = (pd.Series(side, dtype=float) for side in (AFTER, BEFORE))
    return grips(change=(first.fillna(first.mean()) - second.fillna(second.mean())).mean())


def jaws(**wrong):
    """Exercise 10.2 from the numbers in the output."""
    return {
        "at8": 1.032 - 8 * 0.305,
        "at14": 1.032 - 14 * 0.305,
        "tau11": 3.25,
        "same": "c",
    } | wrong


def costs(**wrong):
    return {
        "cost": lambda q: 1 + q + q * (q - 1) / 2,
        "added": 3,
        "three": 2,
        "two": 1,
        "random": "b",
    } | wrong


def clotting(formula="protime ~ own + level + years", random="1 + years", **wrong):
    level = PBC.groupby("patient")["log_bili"].transform("mean")
    data = PBC.assign(level=level, own=PBC["log_bili"] - level)
    found = fit_lmm(formula, data, "patient", random).params
    within, between = found.get("own", 0.41), found.get("level", 0.53)
    return {"what": "c", "within": within, "between": between, "context": between - within} | wrong


def raw_and_its_mean():
    """The contextual effect, read as the slope between patients."""
    found = clotting("protime ~ log_bili + level + years")
    return {"what": "c", "within": 0.41, "between": found["between"], "context": 0.12}


def memory(**wrong):
    return {
        "residuals": 0.125,
        "scores": 0.685,
        "rho": lambda k: 0.64 + 0.36 / 2**k,
        "p": 0.069,
    } | wrong


def printed(**wrong):
    """Exercise 10.6 from the numbers in the table."""
    d = 2 * (2366.42 - 2363.08)
    return {
        "alone": 2 * (2529.60 - 2437.33),
        "beside": d,
        "p": (stats.chi2.sf(d, 1) + stats.chi2.sf(d, 2)) / 2,
        "claim": "c",
    } | wrong


def leavers(**wrong):
    return {"names": "q", "ols": "1", "slopes": "12", "slope": 0.0189} | wrong


def by_ordinary_regression():
    return leavers(slope=stats.linregress(PBC["years"], np.log(PBC["protime"])).slope)


def by_random_intercepts():
    data = PBC.assign(y=np.log10(PBC["protime"]) * np.log(10))
    return leavers(slope=fit_lmm("y ~ years", data, "patient").params["years"])


def cohorts(time="from9", **wrong):
    data = my_data("Ada", "10.8")
    data["wave"] = data["age"] - data.groupby("child")["age"].transform("min")
    line = fit_lmm("words ~ age", data, "child", "1 + age")
    curve = fit_lmm(f"words ~ {time} + I({time} ** 2)", data, "child", f"1 + {time}")
    right = {
        "line": line.cov_re.iloc[1, 1],
        "curve": curve.cov_re.iloc[1, 1],
        "bend": curve.params.iloc[2],
    }
    return right | {name: value(right, data) for name, value in wrong.items()}


def spread_of_lines(right, data):
    own = [np.polyfit(one["age"], one["words"], 1)[0] for _, one in data.groupby("child")]
    return np.var(own, ddof=1)


def of_intercepts(right, data):
    return fit_lmm("words ~ from9", data, "child", "1 + from9").cov_re.iloc[0, 0]


REPORT = (
    "Untreated children's scores declined by 21.1 points per year, and those of treated children "
    "by {gain} points per year less (95% CI {ci}). At one year of age the treated were ahead by "
    "{level} points (95% CI {level_ci}). Random intercepts and random slopes were perfectly negatively "
    "correlated; REML; 103 infants, 309 assessments."
)


def report(**other):
    return REPORT.format(
        **{"gain": "5.3", "ci": "0.3–10.3", "level": "6.9", "level_ci": "1.4–12.3"} | other
    )


AT_ONE = "At one year of age the treated were ahead by {level} points (95% CI {level_ci})."
IN_A_YEAR = "and those of treated children by {gain} points per year less (95% CI {ci})."
CORRELATED = "Random intercepts and random slopes were perfectly negatively correlated"


def said_otherwise(usual, words):
    """The report with one of its sentences in other words; an interval is put behind them."""
    interval = usual.partition(" (95%")[2]
    put = f"{words} (95%{interval}" if interval else words
    return REPORT.replace(usual, put).format(
        gain="5.3", ci="0.3–10.3", level="6.9", level_ci="1.4–12.3"
    )


def strata(**wrong):
    return {
        "data": "orthodont",
        "ratio": 0.47,
        "d": 18.5,
        "p": 0.00002,
        "sentence": "Girls' residuals had 0.47 times the SD of boys' (LRT, D = 18.5, p < 0.001, REML, "
        "27 children).",
    } | wrong


def treated(**wrong):
    return {
        "data": "early",
        "ratio": 1.10,
        "d": 1.0,
        "p": 0.325,
        "sentence": "The residual SD of treated children was 1.10 times that of the others, but the "
        "likelihood-ratio test had D = 1.0, p = 0.32 (103 children, REML).",
    } | wrong


@meets(
    [
        ("10.1", "every cell", lambda: grips(rows=20), "never happened"),
        ("10.1", "pairs only", lambda: grips(rows=12), "dropped whole patients"),
        ("10.1", "independent samples", independent_t, "independent samples"),
        ("10.1", "means filled in", filled_with_means, "different patients"),
        ("10.1", "change of the pairs", lambda: grips(change=16 / 6), "came twice"),
        ("10.2", "the row as it stands", lambda: jaws(at8=1.03), "at age = 0"),
        ("10.2", "exchanged", lambda: jaws(at8=-3.24, at14=-1.41), "ages have changed places"),
        ("10.2", "six years", lambda: jaws(at14=1.032 - 6 * 0.305), "length of the study"),
        ("10.2", "ten times", lambda: jaws(tau11=0.325), "by ten"),
        ("10.2", "the product alone", lambda: jaws(at8=-8 * 0.305), "product alone"),
        (
            "10.3",
            "no residual variance",
            lambda: costs(cost=lambda q: q * (q + 1) / 2),
            "forgets one variance",
        ),
        ("10.3", "one more variance", lambda: costs(added=1), "correlate"),
        ("10.3", "as many as visits", lambda: costs(three=3, two=2), "passes through"),
        ("10.3", "a slope of treated", lambda: costs(random="a"), "never varies"),
        ("10.4", "no years", lambda: clotting("protime ~ own + level", "1"), "years are missing"),
        ("10.4", "the contextual effect", raw_and_its_mean, "contextual effect, between less"),
        (
            "10.4",
            "years vary only",
            lambda: clotting("protime ~ own + level", "1 + years"),
            "around zero",
        ),
        ("10.4", "swapped", lambda: clotting(within=0.533, between=0.409), "swapped"),
        ("10.5", "two steps", lambda: memory(residuals=0.25), "How many steps"),
        ("10.5", "no levels", lambda: memory(scores=0.125), "level as well"),
        ("10.5", "correlations added", lambda: memory(scores=0.64 + 0.125), "Covariances add up"),
        (
            "10.5",
            "a function of the residuals",
            lambda: memory(rho=lambda k: 0.5**k),
            "levels are missing",
        ),
        (
            "10.5",
            "a function of SDs",
            lambda: memory(rho=lambda k: (4 + 3 * 0.5**k) / 7),
            "made of standard deviations",
        ),
        (
            "10.5",
            "right at once only",
            lambda: memory(rho=lambda k: 0.9**k),
            "right for k = 0, not everywhere",
        ),
        ("10.5", "multiplied", lambda: memory(scores=0.64 * 0.125), "are a sum"),
        ("10.5", "a covariance", lambda: memory(scores=17.125), "into a correlation"),
        ("10.5", "the other tail", lambda: memory(p=stats.chi2.cdf(3.3, 1)), "Which tail"),
        ("10.5", "D itself", lambda: memory(p=3.3), "D itself"),
        ("10.5", "halved", lambda: memory(p=0.0346), "can φ?"),
        (
            "10.5",
            "D not doubled",
            lambda: memory(p=stats.chi2.sf(512.40 - 510.75, 1)),
            "bare difference",
        ),
        ("10.6", "memory tested", lambda: printed(beside=148.5), "You tested memory beside"),
        ("10.6", "naive", lambda: printed(p=stats.chi2.sf(6.68, 2)), "at its boundary"),
        ("10.6", "so large a D", lambda: printed(claim="a"), "What is left of it"),
        ("10.7", "OLS everywhere", lambda: leavers(ols="123"), "whoever is left"),
        ("10.7", "likelihood heals all", lambda: leavers(slopes="123"), "No model of the record"),
        ("10.7", "OLS", by_ordinary_regression, "still there"),
        ("10.7", "random intercepts", by_random_intercepts, "at one rate"),
        ("10.8", "own lines", lambda: cohorts(line=spread_of_lines), "luck is part"),
        (
            "10.8",
            "an SD",
            lambda: cohorts(curve=lambda right, data: right["curve"] ** 0.5),
            "Around the curve you gave a standard deviation",
        ),
        (
            "10.8",
            "of intercepts",
            lambda: cohorts(line=of_intercepts),
            "the variance of intercepts",
        ),
        ("10.8", "by visits", lambda: cohorts(time="wave"), "counted time by visits"),
        ("10.9", "treated rose", report() + " Treated children's scores rose.", "Did the treated"),
        (
            "10.9",
            "untreated gained",
            report().replace("declined by 21.1", "gained 21.1"),
            "untreated children rise",
        ),
        (
            "10.9",
            "no effect",
            report() + " So the programme had no effect.",
            "Both of your intervals",
        ),
        ("10.9", "a minus too many", report(ci="-0.3 to 10.3"), "isn't its own"),
        ("10.9", "its slope", report(gain="15.9", ci="12.6–19.1"), "slope of treated children"),
        ("10.9", "at age 0", report(level="1.6"), "age 0"),
        ("10.9", "baseline", report() + " This was the difference at baseline.", "no baseline"),
        ("10.9", "intercepts alone", report(level_ci="1.9–11.8"), "random intercepts alone"),
        ("10.9", "exchanged", report(gain="6.9", level="5.3"), "changed places"),
        (
            "10.9",
            "by more",
            report().replace("per year less", "per year more"),
            "by more than the others",
        ),
        ("10.9", "behind", report().replace("ahead", "behind"), "Which of the two groups"),
        (
            "10.9",
            "arms exchanged",
            "The programme's children declined by 21.1 points a year. " + report(),
            "stands with the treated",
        ),
        ("10.10", "variances", lambda: strata(ratio=0.22), "one of variances"),
        (
            "10.10",
            "strata exchanged",
            lambda: strata(
                sentence="Boys' residuals had 0.47 times the SD of girls' (LRT, D = 18.5, "
                "p < 0.001, REML, 27 children)."
            ),
            "the other way round",
        ),
        (
            "10.10",
            "a ratio of variances",
            lambda: strata(
                sentence="The residual variance of girls was 0.47 times that of boys (likelihood-ratio "
                "test, D = 18.5, p < 0.001; 27 children, REML)."
            ),
            "as one of variances",
        ),
        *(
            (
                "10.10",
                f"no difference of {answer()['data']}",
                lambda answer=answer: answer(
                    sentence=answer()["sentence"] + " So the SDs do not differ."
                ),
                said,
            )
            for answer, said in ((strata, "What does your p say"), (treated, "no proof"))
        ),
        (
            "10.10",
            "not significantly",
            lambda: strata(sentence=strata()["sentence"] + " They do not differ significantly."),
            "What does your p say",
        ),
        ("10.10", "upside down", lambda: strata(ratio=2.14), "upside down"),
        ("10.10", "boundary", lambda: treated(p=0.162), "halved p"),
        (
            "10.10",
            "proof of none",
            lambda: treated(sentence=treated()["sentence"] + " The SDs are equal."),
            "no proof",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("10.1", grips),
        ("10.2", jaws),
        ("10.3", costs),
        ("10.4", clotting),
        ("10.5", memory),
        ("10.6", printed),
        ("10.7", leavers),
        ("10.9", report),
        (
            "10.9",
            lambda: (
                report()
                + " The intervention began before the first score, so age 1 is no baseline."
            ),
        ),
        ("10.9", lambda: report() + " A programme without effect would give 0 for both."),
        ("10.10", strata),
        ("10.10", treated),
        (
            "10.10",
            lambda: strata(
                sentence=strata()["sentence"]
                + " That both SDs are equal is rejected; the variances "
                "have the ratio 0.22."
            ),
        ),
        (
            "10.10",
            lambda: strata(
                sentence="Unlike boys, girls scatter little, 0.47 times the SD of boys, not of all "
                "girls and boys (LRT, D = 18.5, p < 0.001, REML, 27 children)."
            ),
        ),
        (
            "10.10",
            lambda: treated(sentence=treated()["sentence"] + " They did not differ significantly."),
        ),
        (
            "10.10",
            lambda: strata(
                sentence="Relative to boys, the SD of residuals was 0.47 times as large in girls "
                "(LRT, D = 18.5, p < 0.001, REML, 27 children)."
            ),
        ),
    ],
    ids=[
        "by hand",
        "from the output",
        "another formula",
        "other names",
        "rounded by hand",
        "from the table",
        "rounded",
        "another report",
        "no baseline",
        "without effect",
        "another sentence",
        "other data",
        "rejected",
        "boys named first",
        "no evidence",
        "relative to boys",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())


@pytest.mark.parametrize(
    "usual, words, said",
    [
        *(
            (AT_ONE, f"At age 1 {words}", "Which of the two groups")
            for words in (
                "treated children scored 6.9 points lower than untreated children",
                "treated children scored 6.9 points less than the others",
                "untreated children scored 6.9 points higher than treated ones",
                "controls were 6.9 points ahead of treated children",
                "the treated had a disadvantage of 6.9 points",
                "scores were lower by 6.9 points in treated children",
            )
        ),
        *(
            (IN_A_YEAR, words, "by more than the others")
            for words in (
                "and in the intervention group the decline was 5.3 points per year larger",
                "the decline of treated children was 5.3 points a year larger",
                "and the slope of the treated was 5.3 points a year lower",
                "which is 5.3 points a year less than treated children",
            )
        ),
        *(
            (
                CORRELATED,
                f"Random slopes; singular, with a correlation of intercepts and slopes {r}",
                said,
            )
            for r, said in (
                ("of 0", "read it again, with its sign"),
                ("of 0.98", "read it again, with its sign"),
                ("of 1", "other of its two boundaries"),
                ("that is estimated as +1", "other of its two boundaries"),
            )
        ),
    ],
)
def test_a_direction_turned_round_is_seen_in_many_words(usual, words, said):
    assert said in said_to("10.9", said_otherwise(usual, words))


@pytest.mark.parametrize(
    "usual, words",
    [
        *(
            (AT_ONE, f"At age 1 {words}")
            for words in (
                "untreated children scored 6.9 points lower than treated ones",
                "controls were 6.9 points behind treated children",
                "the treated had an advantage of 6.9 points over the others",
                "compared with controls, scores were 6.9 points higher in treated children",
                "treated children were 6.9 points ahead of the others, not behind",
            )
        ),
        *(
            (IN_A_YEAR, words)
            for words in (
                "so that untreated children fell by 5.3 points a year more",
                "which is 5.3 points a year more than treated children",
                "and the decline of the treated was 5.3 points a year lower",
                "and the slope of the treated was 5.3 points a year higher",
                "and the treated fell by 5.3 points a year more slowly",
            )
        ),
        *(
            (CORRELATED, f"Random slopes; singular, the correlation {words}")
            for words in (
                "of intercepts at 1 year and slopes was −1.00",
                "was not 0 but -1",
                "was at its lower boundary",
                "was minus one",
            )
        ),
    ],
)
def test_the_right_direction_is_right_in_many_words(usual, words):
    assert is_right("10.9", said_otherwise(usual, words))


# Of both effects, in ten orders; what turns each of them round.
IN_TEN_ORDERS = (
    (
        "Untreated children's decline was 21.1 points a year, 5.3 points a year steeper than "
        "that of treated children {slope}. At age 1 treated children lay 6.9 points above "
        "untreated ones {level}.",
        (("steeper", "flatter"), ("above", "below")),
    ),
    (
        "Treated children, who were 6.9 points ahead at age 1 {level}, lost 5.3 points a year"
        " less {slope} than the untreated, who lost 21.1 points a year.",
        (("ahead", "behind"), ("year less", "year more")),
    ),
    (
        "At age 1 the groups differed by 6.9 points in favour of the treated {level}. Scores "
        "fell by 21.1 points a year in the untreated and by 5.3 points a year less in the "
        "treated {slope}.",
        (("favour of the treated", "favour of the untreated"), ("year less", "year more")),
    ),
    (
        "The control group lost 21.1 points a year. The intervention slowed the decline by "
        "5.3 points a year {slope}, and at age 1 treated children scored 6.9 points more "
        "{level} than controls.",
        (("points more", "points less"),),
    ),
    (
        "At age 1, children with the intervention scored higher than children without it, by "
        "6.9 points {level}. Without it scores fell by 21.1 points a year; with it they fell "
        "less, by 5.3 points a year {slope}.",
        (("higher", "lower"), ("fell less", "fell more")),
    ),
    (
        "Scores of untreated children fell by 21.1 points a year, faster by 5.3 points a year"
        " {slope} than those of treated children, who were 6.9 points higher at age 1 "
        "{level}.",
        (("faster", "slower"), ("higher", "lower")),
    ),
    (
        "Untreated children lagged behind the treated by 6.9 points at age 1 {level}, and "
        "their scores fell by 21.1 points a year, 5.3 points a year more {slope}.",
        (("lagged behind", "were ahead of"), ("year more", "year less")),
    ),
    (
        "The slope of the untreated was −21.1 points a year; the slope of the treated was "
        "less negative by 5.3 points a year {slope}. At age 1 the treated had a lead of 6.9 "
        "points {level}.",
        (("less negative", "more negative"), ("lead", "deficit")),
    ),
    (
        "For untreated children cog dropped 21.1 points per year; the yearly drop was smaller"
        " by 5.3 points per year {slope} for treated children, who were better by 6.9 points "
        "{level} at age 1.",
        (("smaller", "larger"), ("better", "worse")),
    ),
    (
        "The change was −21.1 points a year without intervention and 5.3 points a year higher"
        " with it {slope}. At age 1 those without intervention scored 6.9 points lower "
        "{level}.",
        (("higher", "lower"), ("points lower", "points higher")),
    ),
)


def ten_orders(text):
    level, slope = "(95 % CI 1.4 to 12.3)", "(95 % CI 0.3 to 10.3)"
    return text.format(level=level, slope=slope) + (
        " Linear mixed model, random intercepts and slopes, singular (correlation −1), REML, 309 scores "
        "of 103 children."
    )


@pytest.mark.parametrize("text, turns", IN_TEN_ORDERS)
def test_both_directions_are_read_in_any_order(text, turns):
    assert is_right("10.9", ten_orders(text))
    for old, new in turns:
        assert "a sign." in said_to("10.9", ten_orders(text.replace(old, new)))


@pytest.mark.parametrize("p", [0.0, 0.00002])
def test_a_small_p_that_is_right_is_not_called_halved(p):
    assert "halved" not in said_to("10.10", strata(p=p, d=9.3))
    assert "bare difference" in said_to("10.10", strata(p=p, d=9.3))
    assert "halved" not in said_to("10.10", strata(p=p, sentence="Girls scatter less " * 5))


def test_an_own_answer_by_age_as_it_comes_is_right():
    assert is_right("10.8", cohorts("age"), "Ada")


def test_the_table_of_four_models_is_what_they_give():
    """The numbers of 10.6 are typed: two fits with memory are more than a check has time for."""
    firms = load_data("employment_uk")
    memory = {"residual": "ar1", "time": "t"}
    lines, slopes, lines_memory, slopes_memory = (
        fit_lmm("wage ~ t", firms, "firm", random, **residual)
        for residual in ({}, memory)
        for random in ("1", "1 + t")
    )
    found = [lines.llf, slopes.llf, lines_memory.llf, slopes_memory.llf]
    typed = [four.LINES, four.SLOPES, four.LINES_MEMORY, four.SLOPES_MEMORY]
    np.testing.assert_allclose(typed, found, rtol=0, atol=0.0051)
    spreads = [np.sqrt(fit.cov_re.iloc[1, 1]) for fit in (slopes, slopes_memory)]
    np.testing.assert_allclose([four.SD_ALONE, four.SD_BESIDE], spreads, rtol=0, atol=0.00051)


def test_what_10_6_tells_of_means_for_each_year_is_what_they_give():
    firms = load_data("employment_uk")
    memory = {"residual": "ar1", "time": "t"}
    level, slopes = (
        fit_lmm("wage ~ C(year)", firms, "firm", random, **memory) for random in ("1", "1 + t")
    )
    assert four.D_YEARS == pytest.approx(2 * (slopes.llf - level.llf), abs=0.0051)
    assert four.SD_YEARS == pytest.approx(np.sqrt(slopes.cov_re.iloc[1, 1]), abs=0.00051)


@pytest.mark.parametrize("visits", [2, 3])
def test_as_many_random_effects_as_visits_are_refused_and_one_less_is_not(visits):
    """What 10.3 counts by hand is what the engine refuses."""
    truth = find("10.3").numbers_for()
    most = {2: truth["two"], 3: truth["three"]}[visits]
    rng = np.random.default_rng(103)
    data = pd.DataFrame({"child": np.repeat(range(60), visits), "t": np.tile(range(visits), 60)})
    data["y"] = rng.normal(size=60)[data["child"]] + data["t"] + rng.normal(size=len(data))
    powers = ["1", "t", "I(t**2)"]
    fit_lmm("y ~ t", data, "child", " + ".join(powers[:most]))
    with pytest.raises(ValueError, match="cannot be told from the residuals"):
        fit_lmm("y ~ t", data, "child", " + ".join(powers[: most + 1]))


def clinic(rng):
    """A study of 300 patients whose values rise at rates of their own, and who left by which reason."""
    times, u = np.arange(6.0), rng.normal(size=(2, 300, 1)) * [[[2.0]], [[1.0]]]
    y = (1 + u[1]) * times + u[0] + rng.normal(size=(300, 6))
    coin = rng.random((300, 5)) < 0.25
    reasons = {"1": coin, "2": y[:, :-1] > 3, "3": y[:, 1:] > 3}  # seen, or still unseen
    table = {"group": np.repeat(range(300), 6), "x": np.tile(times, 300), "y": y.ravel()}
    stayed = {
        name: np.hstack([np.ones((300, 1), bool), np.cumsum(gone, axis=1) == 0]).ravel()
        for name, gone in reasons.items()
    }
    return pd.DataFrame(table), stayed


def test_the_answers_about_three_clinics_hold_in_simulated_ones():
    """Estimates of those who stayed less those of everybody, in twenty studies."""
    rng, off = np.random.default_rng(107), {name: [] for name in "123"}
    for _ in range(20):
        everybody, stayed = clinic(rng)
        whole = growth_slopes(everybody)["slope"]
        for name, there in stayed.items():
            off[name].append(growth_slopes(everybody[there])["slope"] - whole)
    truth = find("10.7").numbers_for()
    for name, found in off.items():
        errors = pd.DataFrame(found)
        z = errors.mean().abs() / (errors.std() / np.sqrt(len(errors)))
        for analysis, answer in (("ordinary regression", "ols"), ("random slopes", "slopes")):
            assert z[analysis] < 3 if name in truth[answer] else z[analysis] > 10, (name, z)
