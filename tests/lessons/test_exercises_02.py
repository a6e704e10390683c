"""Chapter 02's exercises: what learners really compute, and what they are told."""

import numpy as np
import statsmodels.formula.api as smf
from right_reports import REPORT
from wrong_answers import meets, said_to

from hlm_teach import anova_icc, load_data, my_data

HSB = load_data("hsb")
MEDPAR = load_data("medpar")


def by_means(data, outcome, group):
    """ICC from the raw variance of the means, pooled variance within."""
    groups = data.groupby(group)[outcome]
    between = groups.mean().var()
    within = ((data[outcome] - groups.transform("mean")) ** 2).sum() / (len(data) - groups.ngroups)
    return between / (between + within)


def statsmodels_hsb():
    fit = smf.mixedlm("math ~ 1", HSB, groups=HSB["school"]).fit(method="powell")
    return float(fit.cov_re.iloc[0, 0]), fit.scale


def classes(**wrong):
    return {"msb": 28 / 3, "msw": 10 / 3, "icc": 1.5 / (1.5 + 10 / 3)} | wrong


def wards(**wrong):
    data = my_data("Ada", "02.8")
    fit = smf.mixedlm("score ~ 1", data, groups=data["ward"]).fit(method="powell")
    tau00, sigma2, n = float(fit.cov_re.iloc[0, 0]), fit.scale, data.groupby("ward").size().min()
    return {
        "tau00": tau00,
        "icc": tau00 / (tau00 + sigma2),
        "reliability": tau00 / (tau00 + sigma2 / n),
    } | wrong


N = MEDPAR.groupby("hospital").size()


@meets(
    [
        (
            "02.1",
            "variance of the means",
            lambda: classes(icc=7 / 3 / (7 / 3 + 10 / 3)),
            "luck add",
        ),
        ("02.1", "N − 1", lambda: classes(msw=30 / 11), "divided by 11"),
        ("02.1", "another number", lambda: classes(icc=0.9), "Right so far: 'msb', 'msw'"),
        ("02.2", "no variance at all", 0, "luck of its own eight patients"),
        ("02.2", "SD", np.sqrt(5), "standard deviation"),
        ("02.3", "variance of the means", lambda: by_means(HSB, "math", "school"), "stands in for"),
        (
            "02.3",
            "SDs",
            lambda: np.sqrt(statsmodels_hsb()[0]) / np.sqrt(statsmodels_hsb()).sum(),
            "square first",
        ),
        ("02.3", "per cent", 18.04, "not in per cent"),
        ("02.3", "too short", 0.2, "Rounded too far"),
        ("02.3", "ML", 0.1785, "Close"),
        ("02.3", "analysis of variance", lambda: anova_icc(HSB, "math", "school").icc, "anova_icc"),
        ("02.4", "rounded too far", (0.045, 0.7505, 0.06), "'icc': Rounded too far"),
        ("02.5", "the colleague's number", ("b", 0.268), "colleague's own number"),
        ("02.7", "swapped", ("c", 0.790, 0.547), "days are swapped"),
        ("02.4", "the column beside", {"tau00": 0.022, "sigma2": 0.7505, "icc": 0.057}, "Std.Err."),
        (
            "02.4",
            "SDs",
            {"tau00": 0.045, "sigma2": 0.7505, "icc": 0.045**0.5 / (0.045**0.5 + 0.7505**0.5)},
            "share of standard dev",
        ),
        (
            "02.5",
            "still the raw means",
            lambda: ("b", by_means(MEDPAR, "log_los", "hospital")),
            "very thing to mend",
        ),
        ("02.5", "the wrong flaw", ("d", 0.0564), "luck of each mean is still in it"),
        ("02.5", "luck off, unweighted", ("b", 0.188), "took off the right luck"),
        ("02.6", "weighted", (3.535, 492), "weighs hospitals"),
        ("02.6", "average size", (1 + (N.mean() - 1) * 0.0564, 600), "average size"),
        ("02.6", "standard error", (3.535**0.5, 423), "factor for the standard error"),
        ("02.7", "one number", ("b", 0.547, 0.790), "the day somebody called 0"),
        (
            "02.8",
            "raw means",
            lambda: wards(tau00=my_data("Ada", "02.8").groupby("ward")["score"].mean().var()),
            "luck included",
        ),
        (
            "02.9",
            "no interval",
            "In 140 firms the ICC of log wages was 0.88 by REML.",
            "Missing or wrong: the lower end",
        ),
        (
            "02.9",
            "a reliability",
            REPORT["02.9"].replace("The ICC of log wages", "The reliability of log wages"),
            "of a group's mean",
        ),
        (
            "02.10",
            "raw means",
            lambda: {
                "data": "dyestuff",
                "icc": by_means(load_data("dyestuff"), "Yield", "Batch"),
                "sentence": "the ICC of 6 batches is large, "
                "with an interval from 0.1 to 0.9 by REML",
            },
            "luck included",
        ),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)
