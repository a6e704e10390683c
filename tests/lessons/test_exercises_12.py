"""Chapter 12's exercises: what learners really compute, and what they are told."""

import json
from pathlib import Path

import numpy as np
import pytest
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data
from hlm_teach.feedback.exercise import find
from hlm_teach.lessons.ch12_schools.exercises import e02_table_to_review as two

SCOTS = (
    "We analysed 3,435 pupils in 148 primary schools with linear mixed models fitted by REML. The ICC "
    "was 0.13. A pupil one point of verbal ability above the school's mean scored {within} points higher "
    "(95% CI {ci}); a school one point higher scored {between} higher. Letting the slope be random "
    "(D = 4.2) gave a singular fit. Pupils had not been allocated at random."
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


def scots(**wrong):
    words = {"within": "0.157", "ci": "0.152 to 0.163", "between": "0.212"}
    words |= {key: wrong.pop(key) for key in list(wrong) if key in words}
    right = {"icc": 0.13, "context": 0.054, "d": 4.2, "p": 0.083}
    return right | {"sentence": SCOTS.format(**words)} | wrong


def review(**wrong):
    words = {key: wrong.get(key, value) for key, value in (("least", 90), ("most", 159))}
    right = {"icc": 0.39, "less": 0.67, "least": 90, "most": 159}
    return right | {"sentence": REVIEW.format(**words)} | wrong


def growth(**wrong):
    words = {"growth": "0.76", "cost": "0.015", "ci": "0.004 to 0.026"}
    words |= {key: wrong.pop(key) for key in ("cost", "ci") if key in wrong}
    right = {"growth": 0.76, "product": -0.015, "se_ratio": 2.3, "share": 0.46}
    return right | {"sentence": GROWTH.format(**words)} | wrong


@pytest.mark.parametrize("key, answer", [("12.1", scots()), ("12.2", review()), ("12.3", growth())])
def test_a_report_in_other_words_is_right(key, answer):
    assert is_right(key, answer)


def low_income():
    data = load_data("egsingle")
    mean = data.groupby("school")["lowinc"].first().mean()
    return data.assign(low=(data["lowinc"] - mean) / 10)


def without_schools():
    fit = fit_lmm("math ~ year * low", low_income(), "child", "1 + year")
    return growth(product=fit.params["year:low"])


def by_secondary_school():
    fit = fit_lmm("attain ~ 1", load_data("scotssec"), "second")
    tau00 = fit.cov_re.iloc[0, 0]
    return scots(icc=tau00 / (tau00 + fit.sigma2))


@meets(
    [
        ("12.1", "by secondary school", by_secondary_school, "came later"),
        ("12.1", "between for context", lambda: scots(context=0.212), "beyond the slope"),
        ("12.1", "a sum", lambda: scots(context=0.369), "is a difference"),
        ("12.1", "plain χ²", lambda: scots(p=0.125), "which mixture"),
        ("12.1", "D not doubled", lambda: scots(d=2.1), "bare difference"),
        (
            "12.1",
            "slopes vary",
            lambda: scots(
                sentence="Slopes differ between schools. "
                + SCOTS.format(within="0.157", ci="0.152 to 0.163", between="0.212")
            ),
            "What does your p say",
        ),
        (
            "12.1",
            "schools as a cause",
            lambda: scots(
                sentence=SCOTS.format(within="0.157", ci="0.152 to 0.163", between="0.212")
                + " 13 % of attainment is due to schools."
            ),
            "dealt pupils out",
        ),
        ("12.1", "no slope between", lambda: scots(between="0.054"), "slope between schools"),
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
