"""Chapter 14's exercises: what learners really compute, and what they are told."""

import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.datasets import grunfeld
from wrong_answers import meets, said_to

from hlm_teach import cluster_robust, fit_lmm, is_right, load_data, my_data
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import RIGHT, verdict
from hlm_teach.feedback.own_data import own_numbers

GRUNFELD = grunfeld.load_pandas().data
INVEST = "invest ~ value + capital"
FIRMS = load_data("employment_uk")
FIRMS["intensity"] = FIRMS["log_capital"] - FIRMS["log_emp"]
FIRMS["wage_mean"] = FIRMS.groupby("firm")["log_wage"].transform("mean")
ELEVEN = (
    "Fixed effects for 11 firms and 20 years: a dollar of capital goes with 0.31 dollars of investment, "
    "95 % CI −0.09 to 0.71, cluster-robust (CR2) with t on 1.8 degrees of freedom; the data leave it open."
)
INTENSITY = (
    "Between industries lay 0.34 of the variance. Within firms the elasticity was 0.31 (95 % CI 0.01 to "
    "0.61, clustered by firm, year effects taken out), between firms 0.76; Mundlak's test has p = 0.064, "
    "which leaves it open whether they differ. 140 firms, 1,031 firm-years."
)


def eleven(**wrong):
    """Exercise 14.1 from the table in the output."""
    right = {"fixed": 0.3100, "usual": 0.0165, "clustered": 0.0827, "df": 1.8, "claim": "c"}
    return right | {"report": ELEVEN} | wrong


def pooled_and_robust():
    model = smf.ols(INVEST, GRUNFELD)
    robust = cluster_robust(GRUNFELD["invest"], model.exog, GRUNFELD["firm"])
    return eleven(clustered=robust.bse[0, 2])


def bank():
    data = my_data("Ada", "14.2")
    data["staff_mean"] = data.groupby("branch")["log_staff"].transform("mean")
    return data.assign(both=data["town"] * 10_000 + data["year"])


def branches(**wrong):
    """Exercise 14.2 with dummies for branches, and CR2 of the model with dummies."""
    data, model = bank(), "log_loans ~ log_staff + rate + C(year)"
    dummies = smf.ols(model + " + C(branch)", data)
    slope = dummies.fit().params["log_staff"]
    fit = fit_lmm(model + " + staff_mean", data, ["branch", "both"])
    ends = fit.conf_int().loc["rate"]
    robust = cluster_robust(data["log_loans"], dummies.exog, data["branch"])
    at = dummies.exog_names.index("log_staff")
    low, high = slope + stats.t.ppf([0.025, 0.975], robust.df[at]) * robust.bse[0, at]
    report = (
        f"Within branches (60 branches, 10 towns) the elasticity of lending to staff was {slope:.2f} (95 % CI "
        f"{low:.2f} to {high:.2f}, cluster-robust). The rate had {fit.params['rate']:.3f} (95 % CI "
        f"{ends['lower']:.3f} to {ends['upper']:.3f}) on {fit.df['rate']:.0f} degrees of freedom, with random "
        "intercepts for branches and town-years."
    )
    right = {"within": slope, "se": fit.bse["rate"], "df": fit.df["rate"], "report": report}
    return right | wrong


def with_towns_alone():
    model = "log_loans ~ log_staff + rate + C(year) + staff_mean"
    return branches(df=fit_lmm(model, bank(), ["branch", "town"]).df["rate"])


def pooled_slope():
    return intensity(
        within=smf.ols("intensity ~ log_wage + C(year)", FIRMS).fit().params["log_wage"]
    )


def between_of_all_industries():
    fit = fit_lmm("intensity ~ log_wage + C(year) + wage_mean", FIRMS, "firm")
    return intensity(between=fit.params["log_wage"] + fit.params["wage_mean"])


def as_if_the_branch_s():
    fit = fit_lmm("log_loans ~ log_staff + rate + C(year) + staff_mean", bank(), "branch")
    return branches(se=fit.bse["rate"])


def random_effects():
    fit = fit_lmm("log_loans ~ log_staff + rate + C(year)", bank(), "branch")
    return branches(within=fit.params["log_staff"])


def intensity(**wrong):
    """Exercise 14.3 from dummies and a model with both groupings."""
    model = "intensity ~ log_wage + C(year)"
    fit = fit_lmm(model + " + wage_mean", FIRMS, ["sector", "firm"])
    right = {
        "industries": 0.335,
        "within": smf.ols(model + " + C(firm)", FIRMS).fit().params["log_wage"],
        "clustered": 0.1473,
        "between": fit.params["log_wage"] + fit.params["wage_mean"],
    }
    return right | {"report": INTENSITY} | wrong


def usual_error():
    model = smf.ols("intensity ~ log_wage + C(year) + C(firm)", FIRMS).fit()
    return intensity(clustered=model.bse["log_wage"])


@pytest.mark.parametrize(
    ("key", "answer"), [("14.1", eleven), ("14.2", branches), ("14.3", intensity)]
)
def test_right_answers_by_another_way(key, answer):
    assert is_right(key, answer(), "Ada")


@meets(
    [
        ("14.1", "robust, but pooled", pooled_and_robust, "pooled slope"),
        ("14.1", "eleven clusters less one", eleven(df=10.0), "rule of thumb"),
        ("14.1", "p of the hypothesis", eleven(claim="d"), "How probable the hypothesis is"),
        (
            "14.1",
            "zero inside, so nothing",
            eleven(report=ELEVEN + " The interval includes zero, so there is no association."),
            "proves nothing absent",
        ),
        ("14.2", "towns alone", with_towns_alone, "only what is constant"),
        ("14.3", "pooled", pooled_slope, "the pooled one"),
        ("14.3", "no industries", between_of_all_industries, "all industries"),
        (
            "14.3",
            "years not taken out",
            intensity(report=INTENSITY.replace(", year effects taken out", "")),
            "years were taken out",
        ),
        ("14.1", "p as proof", eleven(claim="a"), "no proof"),
        (
            "14.1",
            "usual interval",
            eleven(report=ELEVEN.replace("−0.09 to 0.71", "0.28 to 0.34")),
            "usual standard error",
        ),
        (
            "14.1",
            "1.96 clustered errors",
            eleven(report=ELEVEN.replace("−0.09 to 0.71", "0.15 to 0.47")),
            "1.96 of them",
        ),
        (
            "14.1",
            "nothing is there",
            eleven(report=ELEVEN + " There is no association."),
            "proves nothing absent",
        ),
        ("14.2", "as if the branch's", as_if_the_branch_s, "a branch's own"),
        ("14.2", "random effects", random_effects, "plain random effects"),
        ("14.3", "usual error", usual_error, "usual one"),
        ("14.3", "contextual for between", intensity(between=0.457), "exceeds within"),
        (
            "14.3",
            "p above 0.05 as equality",
            intensity(report=INTENSITY + " So both are equal, the two slopes are the same."),
            "proves no equality",
        ),
        (
            "14.3",
            "a cause",
            intensity(report=INTENSITY + " High wages caused mechanisation."),
            "which comes first",
        ),
    ]
)
def test_wrong_answers_meet_their_words(key, answer, words):
    assert words in said_to(key, answer)


def test_cautious_words_are_no_claims():
    """What denies a claim isn't the claim."""
    for words in (
        " It isn't significant at 5 %.",
        " This doesn't show that capital raised investment.",
        " The interval includes no relation at all.",
        " It is possible that there is no effect.",
    ):
        assert is_right("14.1", eleven(report=ELEVEN + words))
    assert is_right("14.3", intensity(report=INTENSITY + " No cause can be read from this."))


@pytest.mark.parametrize("who", range(1, 21))
def test_no_right_report_is_taken_for_a_blend(who):
    """Of some names the slope of random effects rounds to an end of the interval."""
    exercise = find("14.2")
    numbers = own_numbers(who, exercise)
    right = exercise.right_answer(numbers)
    for way in ("{:.2f}", "{:.2f} per cent", "{:.2f} %"):
        within = f"{numbers['within']:.2f}"
        report = right["report"].replace(f"{within},", f"{way.format(numbers['within'])},", 1)
        said = verdict(exercise, right | {"report": report}, who)
        assert said.state == RIGHT, said.says


def test_own_data_have_their_levels():
    data = my_data("Emmy", "14.2")
    assert data.groupby(["town", "year"])["rate"].nunique().eq(1).all()
    assert data.groupby("branch")["town"].nunique().eq(1).all()
    assert len(data) == 420 and data["branch"].nunique() == 60
