"""Chapter 12's exercises: what learners really compute, and what they are told."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, icc, is_right, load_data, my_data
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch12_schools.exercises import e02_table_to_review as two

SCOTS = (
    "We analysed {n:,} pupils in 100 primary schools with linear mixed models fitted by REML. The ICC "
    "was {icc:.2f}. A pupil one point of verbal ability above the school's mean scored {within} points higher "
    "(95% CI {ci}); a school one point higher scored {between} higher. Letting the slope be random "
    "(D = {d:.1f}) gave a singular fit. Pupils had not been allocated at random."
)
REVIEW = (
    "Your ICC is 0.39, and SES goes along with 67 % less variance between schools. The formula for a null "
    "model takes {least} to {most} schools for a standard error of 6.27. Were sampling weights used? "
    "The design is observational."
)
GROWTH = (
    "1,721 children of 60 schools gave 7,230 scores. Mean growth was {growth} a year, and {cost} less per "
    "ten percentage points of low-income pupils (95% CI {ci}). 46 % of what is left of growth's variance "
    "lay between schools. Random intercepts and random slopes at both levels, REML. An observational study."
)


@cache
def schools():
    """Ada's schools; the contextual effect from raw verbal ability, not as a difference."""
    data = my_data("Ada", "12.1")
    data["level"] = data.groupby("primary")["verbal"].transform("mean")
    null, split, context, slopes = (
        fit_lmm(f"attain ~ {fixed}", data, "primary", random)
        for fixed, random in (
            ("1", "1"),
            ("I(verbal - level) + level", "1"),
            ("verbal + level", "1"),
            ("I(verbal - level) + level", "1 + I(verbal - level)"),
        )
    )
    d = 2 * (slopes.llf - split.llf)
    return {
        "n": len(data),
        "icc": icc(null),
        "context": context.params["level"],  # with raw x, the mean's coefficient is the contextual
        "between": split.params["level"],
        "within": context.params["verbal"],
        "ends": context.conf_int().loc["verbal"],
        "d": d,
        "p": (stats.chi2.sf(d, 1) + stats.chi2.sf(d, 2)) / 2,
        "p_naive": stats.chi2.sf(d, 2),
    }


def scots_report(**wrong):
    n = schools()
    low, high = n["ends"]
    words = {"within": f"{n['within']:.3f}", "ci": f"{low:.3f} to {high:.3f}"}
    words |= {"between": f"{n['between']:.3f}"} | wrong
    return SCOTS.format(n=n["n"], icc=n["icc"], d=n["d"], **words)


def scots(**wrong):
    n = schools()
    words = {key: wrong.pop(key) for key in ("within", "ci", "between") if key in wrong}
    right = {key: n[key] for key in ("icc", "context", "d", "p")}
    return right | {"sentence": scots_report(**words)} | wrong


def review(**wrong):
    words = {key: wrong.get(key, value) for key, value in (("least", 90), ("most", 159))}
    right = {"icc": 0.39, "less": 0.67, "least": 90, "most": 159}
    return right | {"sentence": REVIEW.format(**words)} | wrong


def growth(**wrong):
    words = {"growth": "0.76", "cost": "0.015", "ci": "0.004 to 0.026"}
    words |= {key: wrong.pop(key) for key in ("cost", "ci") if key in wrong}
    right = {
        "growth": wrong.pop("growth_a_year", 0.76),
        "product": -0.015,
        "se_ratio": 2.3,
        "share": 0.46,
    }
    return right | {"sentence": GROWTH.format(**words)} | wrong


@pytest.mark.parametrize("key, answer", [("12.1", scots), ("12.2", review), ("12.3", growth)])
def test_a_report_in_other_words_is_right(key, answer):
    assert is_right(key, answer(), "Ada")


RANDOM_PART = "Random intercepts and random slopes at both levels"


@pytest.mark.parametrize(
    "random_part, right",
    [
        ("Random part: intercept and year for school and for child", True),
        (
            "Intercepts and yearly growth could vary: children and schools had slopes of their own",
            True,
        ),
        (
            "Intercepts and yearly growth were allowed to vary between schools and between children",
            True,
        ),
        ("A three-level model with random intercepts and slopes", True),
        ("Random intercepts for schools and children, and slopes of time for both", True),
        ("Random part: schools: intercept, year; children: intercept, year", True),
        ("Random intercepts and slopes of time for children only", False),
        ("Random slopes for children; of growth's variance 46 % lay between schools", False),
        ("Random intercepts for schools, random slopes for children", False),
        (
            "Random intercepts for schools and children and random slopes of time for children",
            False,
        ),
        ("Random intercepts and slopes for children in 60 schools", False),
        ("Random intercepts for both levels, random slopes for children", False),
    ],
)
def test_a_report_says_that_both_levels_have_slopes(random_part, right):
    sentence = GROWTH.format(growth="0.76", cost="0.015", ci="0.004 to 0.026")
    assert RANDOM_PART in sentence
    assert (
        is_right("12.3", growth(sentence=sentence.replace(RANDOM_PART, f"{random_part}. Fit")))
        == right
    )


def test_a_formula_written_out_is_one():
    written = REVIEW.format(least=90, most=159).replace(
        "The formula for a null model takes 90 to 159 schools for",
        "From J = (τ00 + σ²/n)/SE² with at least two pupils per school I get between 90 and 159 schools for",
    )
    assert "J =" in written and is_right("12.2", review(sentence=written))


@pytest.mark.parametrize("who", ["Ada", "Emmy", "12345"])
def test_everybody_s_schools_are_a_hundred_and_their_slopes_can_t_be_told_apart(who):
    data = my_data(who, "12.1")
    everybody = load_data("scotssec")
    assert data["primary"].nunique() == 100
    sizes = everybody.groupby("primary").size()
    assert (data.groupby("primary").size() == sizes[np.sort(data["primary"].unique())]).all()
    level = data.groupby("primary")["verbal"].transform("mean")
    data = data.assign(level=level, own=data["verbal"] - level)
    assert fit_lmm("attain ~ own + level", data, "primary", "1 + own").singular


def low_income():
    data = load_data("egsingle")
    mean = data.groupby("school")["lowinc"].first().mean()
    return data.assign(low=(data["lowinc"] - mean) / 10)


def without_schools():
    fit = fit_lmm("math ~ year * low", low_income(), "child", "1 + year")
    return growth(product=fit.params["year:low"])


def by_the_rows_mean():
    data = load_data("egsingle")
    data["low"] = (data["lowinc"] - data["lowinc"].mean()) / 10
    levels = {"school": "1 + year", "child": "1 + year"}
    return growth(growth_a_year=fit_lmm("math ~ year * low", data, random=levels).params["year"])


def by_secondary_school():
    fit = fit_lmm("attain ~ 1", my_data("Ada", "12.1"), "second")
    tau00 = fit.cov_re.iloc[0, 0]
    return scots(icc=tau00 / (tau00 + fit.sigma2))


@meets(
    [
        ("12.1", "by secondary school", by_secondary_school, "came later"),
        (
            "12.1",
            "between for context",
            lambda: scots(context=schools()["between"]),
            "beyond the slope",
        ),
        (
            "12.1",
            "a sum",
            lambda: scots(context=schools()["between"] + schools()["within"]),
            "is a difference",
        ),
        ("12.1", "plain χ²", lambda: scots(p=schools()["p_naive"]), "which mixture"),
        ("12.1", "D not doubled", lambda: scots(d=schools()["d"] / 2), "bare difference"),
        (
            "12.1",
            "slopes vary",
            lambda: scots(sentence="Slopes differ between schools. " + scots_report()),
            "What does your p say",
        ),
        (
            "12.1",
            "schools as a cause",
            lambda: scots(sentence=scots_report() + " 13 % of attainment is due to schools."),
            "dealt pupils out",
        ),
        (
            "12.1",
            "no slope between",
            lambda: scots(between=f"{schools()['context']:.3f}"),
            "slope between schools",
        ),
        ("12.2", "a ratio", lambda: review(icc=3530.9 / 5454.2), "divides by the total"),
        ("12.2", "what is left", lambda: review(less=1171.69 / 3530.90), "share that is left"),
        ("12.2", "SE not squared", lambda: review(least=563), "Its square"),
        ("12.2", "one pupil", lambda: review(most=228), "one pupil a school"),
        (
            "12.2",
            "accused",
            lambda: review(
                sentence=REVIEW.format(least=90, most=159) + " The numbers are fabricated."
            ),
            "asks a question",
        ),
        ("12.2", "row of model 2", lambda: review(least=89, most=282), "model 2's standard error"),
        ("12.2", "most of model 2", lambda: review(most=281), "model 2's standard error"),
        (
            "12.1",
            "one variance",
            lambda: scots(p=stats.chi2.sf(schools()["d"], 1) / 2),
            "brings a cov",
        ),
        ("12.3", "mean of rows", by_the_rows_mean, "mean of the rows"),
        (
            "12.3",
            "higher, with a minus in the interval",
            lambda: growth(
                sentence=growth()["sentence"].replace(
                    "0.015 less per ten percentage points of low-income pupils (95% CI 0.004 to 0.026)",
                    "0.015 higher per ten percentage points of low-income pupils (95% CI −0.026 to −0.004)",
                )
            ),
            "your words say the other",
        ),
        (
            "12.3",
            "so an effect",
            lambda: growth(
                sentence=growth()["sentence"]
                + " Nothing was assigned, so this is the effect of poverty."
            ),
            "names a cause",
        ),
        ("12.3", "per point", lambda: growth(product=-0.0015), "divide `lowinc` by 10"),
        ("12.3", "level", lambda: growth(product=-0.112), "difference in level"),
        ("12.3", "without schools", without_schools, "no schools"),
        ("12.3", "upside down", lambda: growth(se_ratio=0.43), "upside down"),
        ("12.3", "intercepts' share", lambda: growth(share=0.112), "intercepts' variance"),
        (
            "12.3",
            "interval without schools",
            lambda: growth(ci="0.014 to 0.023"),
            "without schools",
        ),
    ]
)
def test_wrong_answers_meet_their_words(key, answer, words):
    assert words in said_to(key, answer)


def test_the_table_to_review_is_typed_as_its_checks_have_it():
    path = Path(__file__).resolve().parents[2] / "solutions" / "12_schools.ipynb"
    shown = "".join("".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"])
    for number in (two.SE, two.TAU00, two.SIGMA2, two.TAU00_GIVEN_SES, two.SIGMA2_GIVEN_SES):
        assert str(number) in shown


def test_what_12_3_says_of_intervals_is_so():
    numbers = find("12.3").numbers_for()
    widths = [
        numbers[high] - numbers[low] for low, high in (("low", "high"), ("alone_low", "alone_high"))
    ]
    assert widths[1] < widths[0] / 2
    assert np.sign(numbers["low"]) == np.sign(numbers["high"]) == 1
