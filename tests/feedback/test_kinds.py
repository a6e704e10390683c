"""Kinds of answers: what is read, what counts as the same, what is remarked."""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, load_data
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.judging import verdict
from hlm_teach.feedback.kinds.base import Unreadable
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit, Function
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.reading import MINUS, asserts, clauses_with, holds, numbers_in
from hlm_teach.lmm.bare_statsmodels import attempt


def refused(kind, answer):
    with pytest.raises(Unreadable) as caught:
        kind.read(answer)
    return str(caught.value)


# ---- numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        0.18,
        np.float64(0.18),
        np.float32(0.18),
        np.array(0.18),
        np.array([0.18]),
        [0.18],
        (0.18,),
        pd.Series([0.18]),
        pd.Series([0.18], index=["icc"]),
        pd.DataFrame({"icc": [0.18]}),
    ],
)
def test_one_number_in_any_wrapping_is_read(answer):
    assert Number().read(answer) == pytest.approx(0.18)


@pytest.mark.parametrize(
    "answer, words",
    [
        ("18%", "18 or 0.18, as"),
        ("0,18", "0.18 rather than"),
        ("about a fifth", "not the text"),
        ("J-2", "not the text"),
        ("<0.05", "not the text"),
        (None, "None"),
        (True, "truth value"),
        (float("nan"), "not a number"),
        (np.inf, "infinite"),
        (pd.Series([1, 2]), "a Series of 2"),
        (np.zeros((2, 3)), r"shape (2, 3)"),
        ([], "a list of 0"),
        (pd.DataFrame({"a": [1, 2]}), "2 rows and 1 columns"),
        (len, "with parentheses"),
        ({"icc": 0.18}, "a dict of 1"),
        (1j, "complex"),
        (np.array(["a"]), "not the text"),
    ],
)
def test_what_is_no_number_is_named(answer, words):
    assert words in refused(Number(), answer)


@pytest.mark.parametrize(
    "given, decimals, same",
    [
        (0.180, 3, True),
        (0.1804, 3, True),
        (0.1809, 3, True),
        (0.1811, 3, False),
        (0.18, 3, True),
        (0.2, 2, False),
        (0.1795, 3, False),
        (0.18036, 4, True),
    ],
)
def test_numbers_agree_to_the_decimals_asked_for(given, decimals, same):
    assert Number(decimals).same(given, 0.18036) is same


@pytest.mark.parametrize(
    "given, words",
    [
        (18.04, "hundred times"),
        (18.036, "hundred times"),
        (0.0018036, "hundredth"),
        (-0.1804, "sign"),
        (0.2, "Rounded too far"),
        (0.182, "five per cent"),
        (0.5, ""),
    ],
)
def test_remarks_on_a_number(given, words):
    said = Number(3).remark(given, 0.18036)
    assert words in said if words else said == ""


def test_one_for_a_share_is_no_rounding():
    """Who gives 1 for 0.94 says that all is shared; 0.9 is rounded."""
    assert Number(2).coarse(1, 0.94) == "" and Number(2).coarse(0.9, 0.94) != ""
    assert Number(2).coarse(1, 1.04) != ""


def test_what_is_said_of_a_function_names_its_arguments():
    named, bare = (Function(((0, 1), (2, 1)), names=names) for names in (("J", "n"), ()))
    assert "right for J = 0 and n = 1, not everywhere" in named.remark([1.0, 5.0], [1.0, 4.0])
    assert "right for (0, 1), not everywhere" in bare.remark([1.0, 5.0], [1.0, 4.0])


def test_a_count_is_told_what_counts_get_wrong():
    """A count isn't rounded on the way, nor got by another estimator."""
    said = Number(0, within=0.1).remark(44, 42)
    assert "one too many or too few" in said and "estimator" not in said


def test_of_a_truth_near_zero_nothing_is_a_hundred_times_as_large():
    assert Number(2).remark(0.02, 0.00007) == ""


def test_another_tolerance():
    assert Number(3, within=0.01).same(0.19, 0.181) and not Number(3).same(0.19, 0.181)


# ---- choices and several parts -----------------------------------------------------------


@pytest.mark.parametrize("answer", ["b", "B", " (b) ", "b."])
def test_a_letter_is_read(answer):
    assert Choice("abc").read(answer) == "b"


@pytest.mark.parametrize("answer", ["d", "ab", "", "bc", 2, None, ["b"]])
def test_other_letters_are_refused(answer):
    assert "'a', 'b', 'c'" in refused(Choice("abc"), answer)


def test_a_label_is_read_and_named_as_the_task_writes_it():
    labels = Choice(("F10", "M09"))
    assert [labels.read(one) for one in ("f10", "F10", " M09.")] == ["F10", "F10", "M09"]
    assert "'F10', 'M09'" in refused(labels, "M11")


BOTH = Several(within=Number(1), why=Choice("ab"))


@pytest.mark.parametrize(
    "answer",
    [
        {"within": 2.0, "why": "a"},
        {"why": "A", "within": 2, "more": 3},
        (2.0, "a"),
        [2.0, "a"],
        pd.Series({"within": 2.0, "why": "a"}),
        {"Within": 2.0, "WHY": "a"},
    ],
)
def test_parts_are_read_by_name_or_in_order(answer):
    assert BOTH.read(answer) == {"within": 2.0, "why": "a"}


@pytest.mark.parametrize(
    "answer, words",
    [
        ({"within": 2.0}, "Still without an answer: 'why'"),
        ({"within": ..., "why": "a"}, "'within'"),
        ({"within": "x", "why": 3}, "'within': A number, please"),
        (2.0, "2 things are wanted"),
        ("ab", "2 things"),
        ([1, 2, 3], "a list of 3"),
        (None, "None"),
    ],
)
def test_missing_and_unreadable_parts_are_named(answer, words):
    assert words in refused(BOTH, answer)


def test_what_is_right_so_far_and_what_is_not():
    said = BOTH.remark({"within": 2.0, "why": "b"}, {"within": 2.0, "why": "a"})
    assert said == "Right so far: 'within'. Not yet: 'why'."
    said = BOTH.remark({"within": 3.0, "why": "b"}, {"within": 2.0, "why": "a"})
    assert said == "None of the parts is right yet."


WITH_REPORT = Exercise(
    "99.1",
    "Two numbers and a report",
    Several(a=Number(2), b=Number(2), report=Sentence((Part("a", number="a", decimals=2),), "{a}")),
    numbers=lambda: {"a": 0.25, "b": 0.75, "turned": -0.25},
    why="So it is.",
    mistakes=(
        Mistake({"a": "turned"}, "Turned round."),
        Mistake(
            {"report": "It was {b}."}, "No a.", when=lambda given, n: "0.25" not in given["report"]
        ),
    ),
    nudge="?",
    section="?",
    formula="?",
)


@pytest.mark.parametrize(
    "a, b, said, near",
    [
        (0.25, 0.75, "Right so far: 'a', 'b'. Now the report.", True),
        (0.2, 0.75, "'a': Rounded too far, at the end or on the way: 2 decimals are wanted here. "
         "Right so far: 'b'. Not yet: 'a'.", True),
        (-0.25, 0.75, "Turned round. Right so far: 'b'. Not yet: 'a'.", False),
        (3, 0.75, "Right so far: 'b'. Not yet: 'a'.", False),
        (3, 4, "None of the parts is right yet.", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("later", ["later", " Later."])
def test_numbers_are_judged_while_the_report_comes_later(a, b, said, near, later):
    found = verdict(WITH_REPORT, {"a": a, "b": b, "report": later})
    assert (found.state, found.says, found.near) == ("wrong", said, near)


def test_a_report_alone_can_t_come_later():
    assert "whole sentence" in refused(Sentence(), "later")


def test_right_numbers_under_each_others_names():
    kind = Several(a=Number(2), b=Number(2))
    assert "each other's names" in kind.remark({"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 2.0})


def test_rounding_too_far_is_said_before_anything_else():
    kind = Several(a=Number(3), b=Number(2))
    assert "'a': Rounded too far" in kind.coarse({"a": 0.06, "b": 2.0}, {"a": 0.0564, "b": 2.0})
    assert kind.coarse({"a": 0.06, "b": 3.0}, {"a": 0.0564, "b": 2.0}) == ""


def test_the_truth_follows_the_learners_choice():
    of = {"x": {"mean": 1.0, "sum": 5.0}, "y": {"mean": 2.0, "sum": 9.0}}
    exercise = Exercise(
        "99.1",
        "Means",
        Chosen("data", data=Choice(["x", "y"]), mean=Number(1)),
        numbers=of.__getitem__,
        why="the mean of {data} is {mean}.",
        mistakes=(Mistake({"mean": "sum"}, "That is the sum."),),
        nudge="",
        section="",
        formula="",
    )

    def said(data, mean):
        return verdict(exercise, {"data": data, "mean": mean}).says

    assert said("y", 2.0) == "the mean of y is 2.0."
    assert "is 1.0" in said("x", 1.0) and "is 1.0" not in said("x", 2.0)
    assert said("y", 9.0).startswith("That is the sum") and "sum" not in said("y", 5.0)


# ---- fits --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sleep():
    return load_data("sleepstudy")


@pytest.fixture(scope="module")
def wanted(sleep):
    return Fit().read(fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days"))


def test_equivalent_formulas_and_statsmodels_own_fit_are_the_same(sleep, wanted):
    shifted = sleep.assign(late=sleep["Days"] - 4)
    assert Fit().same(
        Fit().read(fit_lmm("Reaction ~ late", shifted, "Subject", "1 + late")), wanted
    )
    other = smf.mixedlm("Reaction ~ Days", sleep, groups=sleep["Subject"], re_formula="~Days").fit(
        method="powell"
    )
    assert Fit().same(Fit().read(other), wanted)


@pytest.mark.parametrize(
    "call, words",
    [
        (dict(formula="Reaction ~ Days", random="1"), "something should vary"),
        (dict(formula="Reaction ~ 1", random="1 + Days"), "missing in the fixed part"),
        (dict(formula="Reaction ~ Days + I(Days**2)", random="1 + Days"), "holds too much"),
        (dict(formula="Reaction ~ Days", random="1 + Days", reml=False), "REML or ML"),
        (dict(formula="Reaction ~ Days", random="1 + Days", correlated=False), "too low"),
    ],
)
def test_what_is_other_about_a_fit_is_said(sleep, wanted, call, words):
    given = Fit().read(fit_lmm(data=sleep, groups="Subject", **call))
    assert not Fit().same(given, wanted) and words in Fit().remark(given, wanted)


def test_other_groups_and_other_rows_are_said(sleep, wanted):
    fewer = Fit().read(
        fit_lmm("Reaction ~ Days", sleep[sleep["Subject"] != "308"], "Subject", "1 + Days")
    )
    assert "rows" in Fit().remark(fewer, wanted) and "groups" in Fit().remark(fewer, wanted)


@pytest.mark.parametrize("answer", ["Reaction ~ Days", 3, None, pd.DataFrame({"a": [1]})])
def test_what_is_no_fit_is_named(answer):
    assert "fitted model itself" in refused(Fit(), answer)


def test_an_attempt_is_told_where_its_fit_is(sleep):
    tried = attempt(smf.mixedlm("Reaction ~ Days", sleep, groups="Subject").fit)
    assert "`result`" in refused(Fit(), tried) and Fit().read(tried.result)["nobs"] == 180


# ---- functions ---------------------------------------------------------------------------

SQUARE = Function(probes=((1.0,), (2.0,), (3.0,)), wanted="A function of x")


def test_a_function_is_tried():
    assert SQUARE.same(SQUARE.read(lambda x: x**2), [1.0, 4.0, 9.0])
    assert not SQUARE.same(SQUARE.read(lambda x: 2 * x), [1.0, 4.0, 9.0])
    assert "constant" in SQUARE.remark(SQUARE.read(lambda x: x**2 + 1), [1.0, 4.0, 9.0])


@pytest.mark.parametrize(
    "answer, words",
    [
        (4.0, "A function of x is wanted"),
        (lambda: 1, "raised TypeError"),
        (lambda x: 1 / (x - 2), "Called with (2), your function raised ZeroDivisionError"),
        (lambda x: None, "returned something else"),
        (lambda x: [x, x], "a list of 2"),
    ],
)
def test_what_a_function_does_wrong_is_said(answer, words):
    assert words in refused(SQUARE, answer)


# ---- sentences ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, values",
    [
        ("2.19 (95 % CI 1.94 to 2.44)", [2.19, 95, 1.94, 2.44]),
        ("2.0–2.4, 1.5-1.9", [2.0, 2.4, 1.5, 1.9]),
        ("(−1.5, 3) and -2", [-1.5, 3, -2]),
        ("7,185 pupils in 160 schools", [7185, 160]),
        ("7 185 pupils, 7\u202f185 pupils", [7185, 7185]),
        ("0.22 – 1.10", [0.22, 1.10]),
        ("a decline of 0.16 to a rise of 0.07", [-0.16, 0.07]),
        ("0,18 and .18", [0.18, 0.18]),
        ("0,059 between", [0.059]),
        ("six batches of five", [6, 5]),
        ("no number here", []),
    ],
)
def test_numbers_are_found_in_a_text(text, values):
    assert [quoted.value for quoted in numbers_in(text)] == values


@pytest.mark.parametrize(
    "text, percent",
    [
        ("85 to 91 % of it", True),
        ("an SD of 0.058 and 95 % of firms", False),
        ("SD: 0.058\n- 95 % of firms", False),
    ],
)
def test_a_percent_sign_serves_both_ends_of_a_range_only(text, percent):
    assert numbers_in(text)[0].percent is percent


@pytest.mark.parametrize(
    "text, parts",
    [
        ("0.60 [95 % CI −0.65; −0.54] within", 2),
        ("0.60 within, 1.49 between", 2),
        ("0.6 within or 1.4 between", 2),
        ("- within: 0.6\n- between: 1.4", 2),
        ("the CI [0.1, 0.2] within", 1),
    ],
)
def test_a_clause_ends_where_another_number_is_spoken_of(text, parts):
    assert len([clause for clause in clauses_with(text, "") if clause.strip()]) == parts


@pytest.mark.parametrize(
    "text, found",
    [
        ("ICC 0.18", True),
        ("18 % lay between", True),
        ("18%", True),
        ("18 per cent", True),
        ("ICC 0.180", True),
        ("ICC 0.2", False),
        ("ICC 0.19", False),
        ("ICC 18", False),
        ("20 %", False),
    ],
)
def test_a_number_counts_where_it_is_quoted_with_enough_decimals(text, found):
    assert holds(text, 0.1804, 2) is found


@pytest.mark.parametrize(
    "text, said",
    [
        ("Firms cause wages.", True),
        ("This does not mean that firms cause wages.", False),
        ("What firms cause remains open.", False),
        ("Both may be causes.", False),
        (
            "We cannot conclude from such a survey of many and various firms that they cause it.",
            False,
        ),
        ("Nobody says no. " + "x " * 30 + "Firms cause wages.", True),
        ("Wages differ.", False),
    ],
)
def test_a_claim_counts_unless_it_is_denied(text, said):
    assert asserts(text, r"\bcauses?\b") is said


@pytest.mark.parametrize(
    "text, found",
    [
        ("7,185 pupils of 160 schools", True),
        ("160 public schools, N = 7185", True),
        ("schools (J = 160)", True),
        ("160 pupils in 7,185 schools", False),
        ("160", False),
    ],
)
def test_a_number_must_count_what_it_is_said_to_count(text, found):
    assert holds(text, 160, 0, of="schools") is found


REPORT = Sentence((Part("the estimate", number="b", decimals=2), Part("points", pattern="point")))


def test_missing_parts_are_named():
    text = "The slope was two point two in this sample of schools."
    assert REPORT.missing(text, {"b": 2.19}) == ["the estimate"]
    assert "1 of 2 parts" in REPORT.remark(text, {"b": 2.19})
    assert REPORT.same("The mean slope over these schools was 2.19 points.", {"b": 2.19})


@pytest.mark.parametrize(
    "answer, words",
    [
        (2.19, "the number 2.19"),
        ("2.19 points", "whole"),
        (None, "None"),
        (["a", "b"], "a list of 2"),
        (["a"], "this has 1"),
    ],
)
def test_what_is_no_sentence_is_named(answer, words):
    assert words in refused(REPORT, answer)


@pytest.mark.parametrize(
    "text, right",
    [
        ("Slopes were −0.60 within patients and −1.49 between them in all.", True),
        ("The slope between patients was −0.60, that within them was −1.49 in all.", False),
        ("Within patients the slope was −0.60 (95 % CI −0.65 to −0.54), between them −1.49.", True),
    ],
)
def test_a_number_must_stand_beside_its_name(text, right):
    kind = Sentence(
        (
            Part("within", number="w", decimals=2, beside="within"),
            Part("between", number="b", decimals=2, beside="between"),
        )
    )
    assert kind.same(kind.read(text), {"w": -0.6, "b": -1.49}) is right


def test_a_function_that_rounds_is_told_so():
    assert "rounds what it returns" in SQUARE.remark([1.0, 4.0, 8.76], [1.0001, 4.0001, 8.7616])


def test_a_function_that_is_right_in_part_is_told_where():
    assert "right for (1), (2), not" in SQUARE.remark([1.0, 4.0, 8.0], [1.0, 4.0, 9.0])


def test_far_from_the_truth_is_no_rounding():
    assert Number(2).coarse(-1.0, -0.553) == "" and Number(2).coarse(0.3, 0.28) != ""


@pytest.mark.parametrize(
    "text, signed",
    [
        ("lay −3.1 points apart", True),
        ("lay - 3.1 points apart", True),
        ("(−1.5, 3)", True),
        ("from 2.0–2.4", False),
        ("from 2.0 – 2.4", False),
        ("3-level", False),
    ],
)
def test_a_minus_is_told_from_a_dash(text, signed):
    assert bool(re.search(MINUS, text)) is signed


@pytest.mark.parametrize(
    "text", ["7.2 (between schools), 39.1 (within)", "Between schools, it was 7.2, within 39.1"]
)
def test_a_number_keeps_the_words_that_name_it(text):
    assert [holds(clause, 7.2, 1) for clause in clauses_with(text, "between")] == [True]
    assert [holds(clause, 39.1, 1) for clause in clauses_with(text, "within")] == [True]


@pytest.mark.parametrize(
    "text", ["CI 85 to 91 %", "CI 85–91%", "CI 85 % to 91 %", "CI 0.85 to 0.91"]
)
def test_one_per_cent_sign_serves_both_ends(text):
    assert holds(text, 0.854, 2) and holds(text, 0.909, 2) and not holds(text, 0.7, 2)


@pytest.mark.parametrize(
    "text",
    [
        "The variances between and within schools were 7.23 and 39.15, respectively.",
        "It had variances of 7.23 and 39.15 between and within schools.",
        "Scores varied both between schools (variance 7.23, SD 2.69) and within schools (39.15).",
    ],
)
def test_numbers_in_pairs_and_in_brackets_have_their_names(text):
    for level, value in (("between", 7.23), ("within", 39.15)):
        alone = rf"^(?!.*\b{'within' if level == 'between' else 'between'}\b).*{level}"
        assert any(holds(clause, value, 2) for clause in clauses_with(text, alone))
        other = 46.38 - value
        assert not any(holds(clause, other, 2) for clause in clauses_with(text, alone))


def test_a_comma_parts_a_number_from_what_another_one_counts():
    text = "1031 firms, 140 observations"
    assert not holds(text, 140, 0, of="firms") and not holds(text, 1031, 0, of="observations")


def test_an_interval_keeps_its_degrees_of_freedom():
    text = "0.96 to 1.40, Satterthwaite df 139; 0.92 to 1.44, df 8"
    assert not any(holds(clause, 0.92, 2) for clause in clauses_with(text, "Satterthwaite"))
