"""Data of one's own: the same for a name everywhere, another for every other name."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from hlm_teach import my_data
from hlm_teach.feedback.exercise import chapters, exercises_of
from hlm_teach.feedback.judging import RIGHT, verdict
from hlm_teach.feedback.own_data import drawn_until

OWN = [
    exercise
    for chapter in chapters()
    for exercise in exercises_of(chapter)
    if exercise.own_data is not None
]
each = pytest.mark.parametrize("exercise", OWN, ids=[exercise.key for exercise in OWN])


@pytest.mark.parametrize("same", ["ada lovelace", " Ada  Lovelace ", "ADA LOVELACE"])
def test_capitals_and_spaces_do_not_matter(same):
    assert my_data(same, "02.8").equals(my_data("Ada Lovelace", "02.8"))


def test_a_number_and_its_digits_are_one_name():
    assert my_data(4711, "02.8").equals(my_data("4711", "02.8"))


@each
def test_every_name_has_data_of_its_own_with_answers_that_are_right(exercise):
    names = [f"learner {number}" for number in range(5)]
    drawn = [my_data(name, exercise.key) for name in names]
    assert len({pd.util.hash_pandas_object(data).sum() for data in drawn}) == len(names)
    for name, data in zip(names, drawn):
        right = exercise.right_answer(exercise.numbers_for(data))
        assert verdict(exercise, right, name).state == RIGHT
        assert verdict(exercise, right, "somebody else").state != RIGHT


@each
def test_what_my_data_hands_out_can_be_changed_without_harm(exercise):
    data = my_data("Ada", exercise.key)
    data.iloc[:, -1] = 0
    assert not my_data("Ada", exercise.key).equals(data)


def test_the_data_of_a_name_stay_as_they_are():
    """A learner's data must not change with a new version; the digest is of this very draw."""
    text = my_data("Ada", "02.8").to_csv(index=False, lineterminator="\n")
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == "8c5b13969ab0"


@pytest.mark.parametrize(
    "who, error",
    [
        ("", ValueError),
        ("  ", ValueError),
        (None, TypeError),
        (1.5, TypeError),
        (True, TypeError),
        (..., TypeError),
    ],
)
def test_what_is_no_name_is_refused(who, error):
    with pytest.raises(error, match="who"):
        my_data(who, "02.8")


@pytest.mark.parametrize(
    "key, words", [("02.3", "same data"), ("2.8", "did you mean"), (8, "a text such as")]
)
def test_an_exercise_without_own_data_is_named(key, words):
    with pytest.raises(ValueError, match=words):
        my_data("Ada", key)


def test_drawing_ends_where_nothing_serves():
    with pytest.raises(RuntimeError, match="200"):
        drawn_until(lambda data: False, lambda rng: pd.DataFrame(), np.random.default_rng(1))
