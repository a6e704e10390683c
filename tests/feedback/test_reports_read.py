"""How reports are read: typos and numbers levelled, numbers told apart, groups compared."""

import pytest
from right_reports import REPORT

from hlm_teach.feedback.claims import rises, states
from hlm_teach.feedback.comparing import Comparison
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import RIGHT, verdict
from hlm_teach.feedback.kinds.sentence import Part
from hlm_teach.feedback.naming import APART, BETWEEN, EXCHANGED, UNNAMED, WITHIN, Pair
from hlm_teach.feedback.spelling import tidied

TRUTH = {"tau00": 0.78, "sigma2": 0.26, "slope": 1.49}
VARIANCES = Pair("tau00", "sigma2", BETWEEN, WITHIN, 2, also="wards", other_also="nurses")


@pytest.mark.parametrize(
    "text, told",
    [
        ("The variance was 0.78 between wards and 0.26 within.", APART),
        ("The variances between and within wards were 0.78 and 0.26.", APART),
        ("0.78 and 0.26 were the variances between and within wards.", APART),
        ("Within wards (0.26) they varied less than between wards (0.78).", APART),
        ("σ² = 0.26, τ00 = 0.78", APART),
        ("The variance was 0.78 for wards; for nurses it was 0.26.", APART),
        ("The variance was 0.78 between wards, and otherwise 0.26.", APART),
        ("We are sure that it's between 0.1 and 0.9. Within: 0.26. Between: 0.78.", APART),
        ("The variance was 0.26 between wards and 0.78 within.", EXCHANGED),
        ("The variances between and within wards were 0.26 and 0.78.", EXCHANGED),
        ("The variance was 0.26 for wards; for nurses it was 0.78.", EXCHANGED),
        ("The variances were 0.78 and 0.26.", UNNAMED),
        ("Nothing was found between wards.", UNNAMED),
    ],
)
def test_two_numbers_are_told_apart_by_their_names(text, told):
    assert VARIANCES.told(text, TRUTH) == told


@pytest.mark.parametrize(
    "text, wrong",
    [
        ("Growth was higher by 0.015 (0.004 to 0.026).", True),
        ("Growth was 0.015 points a year higher (95 % CI −0.026 to −0.004).", True),
        ("Growth was 0.015 points higher, 95 % CI −0.026 to −0.004.", True),
        ("Growth was faster in poorer schools: by −0.015 (−0.026 to −0.004).", True),
        ("In low-income schools growth was 0.015 higher.", True),
        ("Growth was lower by 0.015.", False),
        ("Ten points more gave −0.015 (−0.026 to −0.004).", False),
        ("Per ten points more, growth differed by − 0.015.", False),
        ("Ten points more low-income: growth changed by −0.015 [−0.026, −0.004].", False),
        ("More poverty went with minus 0.015.", False),
    ],
)
def test_a_minus_of_the_number_itself_says_that_it_fell(text, wrong):
    assert rises("cost", decimals=3)(text, {"cost": 0.0151}) == wrong


def test_a_name_that_belongs_to_a_rival_does_not_count():
    text = "The slope was 1.49 within wards, the variances 0.78 and 0.26."
    without, with_rival = (
        Pair("tau00", "sigma2", BETWEEN, WITHIN, 2, rivals=rivals) for rivals in ((), ("slope",))
    )
    assert without.told(text, TRUTH) == EXCHANGED
    assert with_rival.told(text, TRUTH) == UNNAMED


def test_a_name_behind_an_interval_names_its_estimate():
    pair = Pair("one", "other", WITHIN, BETWEEN, 2, ends=(("low", "high"), ()))
    text = "One g more within a ward (0.54 to 0.65) is 0.60 less within, and 1.49 less."
    assert pair.told(text, {"one": 0.6, "other": 1.49, "low": 0.54, "high": 0.65}) == APART


def test_a_part_of_a_pair_is_missing_where_the_two_are_exchanged():
    part = Part("between", number="tau00", decimals=2, pair=VARIANCES)
    assert part.is_in("0.78 between wards and 0.26 within", TRUTH)
    assert not part.is_in("0.26 between wards and 0.78 within", TRUTH)


@pytest.mark.parametrize(
    "text, tidy",
    [
        ("betwen wards, whithin wards, residaul varaince", "between wards, within wards"),
        ("unconditional, conditional, conditonal", "unconditional, conditional, conditional"),
        ("the patient's visits", "the patient's visits"),
        ("−2.63 ± 1.00", "−2.63 (-3.63 to -1.63)"),
        ("2·63, 7'185 and 7.185 beside 2,63", "2.63, 7185 and 7185 beside 2,63"),
        ("7.185 alone", "7.185 alone"),
        ("three hundred and twelve patients", "312 patients"),
    ],
)
def test_typos_and_ways_to_write_numbers_are_levelled(text, tidy):
    assert tidied(text).startswith(tidy)


WARDS = Comparison(low="small wards?", high="large wards?", rest="the others?")


@pytest.mark.parametrize(
    "text, claims",
    [
        ("Small wards lay 2 below the others", [True]),
        ("Large wards lay 2 below the others", [False]),
        ("In large wards scores were higher than in small wards", [True]),
        ("Scores were 2 lower in large wards", [False]),
        ("Compared to large wards, small wards did 2 better", [False]),
        ("Small wards are outperformed by large wards", [True]),
        ("Large wards are outperformed by the others", [False]),
        ("Of small and large wards, 2 points in favour of the latter", [True]),
        ("Small wards fell short of large wards", [True]),
        ("Small wards were not better", []),
        ("They did better", []),
    ],
)
def test_who_lies_lower_is_read_from_the_subject(text, claims):
    assert WARDS.claims(text) == claims


def test_a_modal_verb_does_not_leave_a_claim_open():
    rule = states(r"\b(can|could) be treated as independent")
    assert rule("They could be treated as independent.", {})
    assert not rule("It's not that they could be treated as independent.", {})


@pytest.mark.parametrize(
    "key, more",
    [
        ("01.9", "The interval does not include zero."),
        ("01.9", "Most of the remaining variance lies within schools."),
        ("01.9", "This doesn't mean that a minority pupil scores lower than another pupil."),
        ("02.9", "Observations of the same firm are therefore not independent."),
        ("02.9", "Only 12 % of the variance lies within firms."),
        ("03.9", "The slope between patients is more than twice as steep as the one within."),
        ("03.9", "Bilirubin rises as the disease gets worse."),
        ("03.9", "Neither interval includes zero."),
    ],
)
def test_a_right_report_may_say_more(key, more):
    assert verdict(find(key), f"{REPORT[key]} {more}").state == RIGHT


@pytest.mark.parametrize(
    "key, more, words",
    [
        ("01.9", "The interval covers zero.", "no difference"),
        ("01.9", "Most of the variance lies between schools.", "Two levels"),
        ("01.9", "Minority pupils thus score lower than the others.", "property of schools"),
        ("01.9", "So the minority share affects achievement.", "not that the share"),
        ("02.9", "So the observations can be analysed as independent.", "hardly alike"),
        ("02.9", "That is, 88 % of the firms pay the same wages.", "share of the firms"),
        ("02.9", "Two different firms thus have correlated wages.", "one and the same firm"),
        ("03.9", "The slope within patients is steeper than the one between.", "steeper one"),
        ("03.9", "So bilirubin rises with albumin.", "Which way"),
        ("03.9", "Albumin accounts for 81 % of the variance.", "patients' intercepts"),
        ("03.9", "The model was fitted by ML rather than REML.", "estimates by REML"),
    ],
)
def test_a_right_report_is_spoiled_by_a_contradiction(key, more, words):
    found = verdict(find(key), f"{REPORT[key]} {more}")
    assert found.state != RIGHT and words in found.says


@pytest.mark.parametrize(
    "key, named, unnamed",
    [
        ("01.9", "variance between schools 7.23, within schools 39.15", "variances 7.23 and 39.15"),
        ("02.9", "variance between firms 0.059, within firms 0.008", "variances 0.059 and 0.008"),
        ("03.9", "variances 0.784 between and 0.257 within", "variances 0.784 and 0.257"),
        ("03.9", "marginal R² 0.22, conditional R² 0.81", "R² 0.22 and 0.81"),
        ("03.9", "1,945 visits of 312 patients", "sizes 1,945 and 312"),
    ],
)
def test_numbers_without_a_name_are_missed(key, named, unnamed):
    assert named in REPORT[key]
    found = verdict(find(key), REPORT[key].replace(named, unnamed))
    assert found.state != RIGHT and "Missing or wrong" in found.says
