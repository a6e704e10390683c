"""What a check costs, in fits and not in seconds: so it doesn't depend on what else a machine does."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from statsmodels.regression.linear_model import OLS

from hlm_teach.feedback import exercise as exercises
from hlm_teach.feedback import own_data as drawing
from hlm_teach.feedback.exercise import chapters, exercises_of, find
from hlm_teach.feedback.judging import RIGHT, verdict
from hlm_teach.feedback.own_data import drawn_until, own_data, own_numbers
from hlm_teach.lmm import many, one_term, residuals, several_terms

EXERCISES = [exercise for chapter in chapters() for exercise in exercises_of(chapter)]
OWN = [exercise for exercise in EXERCISES if exercise.own_data is not None]
# A fit takes 10 to 15 ms on a common machine, and a check may take 200 ms.
MOST_FITS = 8
# One whose residuals have memory, or several SDs, is a search that takes ten times as long.
MOST_SEARCHES = 1
# While data are drawn: of those that don't serve, and of those that do.
MOST_FITS_A_DRAW, MOST_FITS_OF_THE_LAST = 1, 6


def named(chosen):
    return pytest.mark.parametrize("exercise", chosen, ids=[one.key for one in chosen])


@pytest.fixture
def fits(monkeypatch):
    """A list that grows by one with each fit."""
    done = []

    def counted(function):
        def call(*arguments, **options):
            done.append(function.__name__)
            return function(*arguments, **options)

        return call

    for module in (one_term, many):
        monkeypatch.setattr(module, "fit_profiled", counted(module.fit_profiled))
    monkeypatch.setattr(several_terms, "BlockedFit", counted(several_terms.BlockedFit))
    monkeypatch.setattr(residuals, "search", counted(residuals.search))
    monkeypatch.setattr(OLS, "fit", counted(OLS.fit))
    return done


@pytest.fixture(autouse=True)
def afresh():
    """Nothing is computed yet, as at the first check of a session."""
    for module in (exercises, drawing, *_modules()):
        for name, value in vars(module).items():
            if hasattr(value, "cache_clear") and name not in ("_folders", "exercises_of"):
                value.cache_clear()


def _modules():
    return [module for name, module in sys.modules.items() if "ch" in name and ".exercises" in name]


def right_answer(exercise, who="Ada"):
    """A right answer, from the very numbers that a check computes and keeps."""
    own = exercise.own_data is not None
    return exercise.right_answer(own_numbers(who, exercise) if own else exercise.numbers_for())


def test_fits_are_counted(fits):
    verdict(find("02.3"), 0.1)
    assert len(fits) == 3  # the null model, and two with a predictor
    verdict(find("10.10"), dict.fromkeys(("ratio", "d", "p"), 0.1) | _IN_WORDS)
    assert fits.count("search") == 1  # a residual SD for each stratum


_IN_WORDS = {"data": "orthodont", "sentence": "Eight words or more of which none reports anything."}


def test_fits_of_several_terms_are_counted(fits):
    verdict(find("07.4"), 0.1)
    assert not fits  # a number where a dict is wanted: nothing is computed
    verdict(find("07.4"), dict.fromkeys(find("07.4").kind.kinds, 0.1))
    assert fits == ["BlockedFit"]


@named(EXERCISES)
def test_a_first_check_takes_few_fits_and_a_second_none(exercise, fits):
    if exercise.own_data is not None:
        own_data("Ada", exercise)
    already = len(fits)
    answer = _unlike(right_answer(exercise))
    verdict(exercise, answer, "Ada")
    assert len(fits) - already <= MOST_FITS
    assert fits.count("search") <= MOST_SEARCHES
    already = len(fits)
    verdict(exercise, answer, "Ada")
    assert len(fits) == already


def _unlike(answer):
    """An answer whose numbers no mistake leads to."""
    if isinstance(answer, dict):
        return {part: _unlike(value) for part, value in answer.items()}
    return 7.7 * answer + 12345.678 if isinstance(answer, float) else answer


@named(OWN)
def test_the_numbers_of_a_learner_are_computed_once(exercise, fits):
    answer = right_answer(exercise)
    assert verdict(exercise, answer, "Ada").state == RIGHT
    already = len(fits)
    assert verdict(exercise, answer, " ada ").state == RIGHT
    assert len(fits) == already
    assert verdict(exercise, answer, "Emmy").state != RIGHT


@pytest.mark.parametrize("key, report", [("12.1", "sentence"), ("13.2", "report")])
def test_naming_what_a_report_is_accepted_without_takes_no_fits(key, report, fits):
    exercise = find(key)
    answer = right_answer(exercise)
    more = answer | {report: f"{answer[report]} Pigs can fly far. Cows swim well."}
    already = len(fits)
    found = verdict(exercise, more, "Ada")
    assert found.state == RIGHT and found.unjudged[-2:] == ("Pigs can fly far.", "Cows swim well.")
    assert already and len(fits) == already


@named(OWN)
@pytest.mark.parametrize("who", ["Ada", "Emmy Noether", 4711])
def test_data_are_drawn_with_few_fits(exercise, who, fits, monkeypatch):
    drawn = []

    def counted(serves, draw, rng):
        return drawn_until(lambda data: drawn.append(1) or serves(data), draw, rng)

    monkeypatch.setattr(import_module(exercise.own_data.__module__), "drawn_until", counted)
    own_data(who, exercise)
    assert drawn
    assert len(fits) <= MOST_FITS_A_DRAW * len(drawn) + MOST_FITS_OF_THE_LAST


BLOCKED = """
import sys
for name in ("IPython", "ipywidgets", "matplotlib"):
    sys.modules[name] = None
from hlm_teach.feedback.exercise import chapters, exercises_of
from hlm_teach.feedback.judging import verdict
for chapter in chapters():
    for exercise in exercises_of(chapter):
        assert verdict(exercise, ...).state == "blank"
from hlm_teach.feedback.exercise import find
assert verdict(find("02.3"), 0.1804).state == "right"
assert verdict(find("02.3"), 0.2).state == "wrong"
"""


def test_exercises_are_judged_where_nothing_can_be_displayed():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", BLOCKED], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
