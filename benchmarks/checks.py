"""How long a check takes: every exercise, right and wrong, as ratios to the slowest.

    python benchmarks/checks.py [02 06.8 …]           a few seconds a chapter

A first check computes the exercise's numbers, a later one doesn't. Data of one's own were drawn
by `my_data` before; how long that took stands in a column of its own. Milliseconds are of the
processor, on this machine; compare ratios.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hlm_teach import lessons
from hlm_teach.feedback import exercise as exercises
from hlm_teach.feedback import own_data
from hlm_teach.feedback.exercise import Exercise, chapters, exercises_of
from hlm_teach.feedback.judging import RIGHT, WRONG, judge
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Sentence

WHO = ("Ada", "Emmy Noether", 4711)
NO_REPORT = "Eight words or more of which none reports anything at all."


def main(wanted: list[str]) -> None:
    rows = [_row(one) for one in _all() if not wanted or {one.key, one.chapter} & set(wanted)]
    table = pd.DataFrame(rows).set_index("exercise")
    slowest = table[["right", "wrong"]].max(axis=None)
    table["ratio"] = table["wrong"] / slowest
    print(table.to_string(formatters={"ratio": "{:.2f}".format}, float_format="{:.0f}".format))
    print(
        f"\nmilliseconds; the slowest first check: {slowest:.0f}, again: {table['again'].max():.0f}"
    )


def _all() -> list[Exercise]:
    return [one for chapter in chapters() for one in exercises_of(chapter)]


def _row(one: Exercise) -> dict:
    """The slowest of three learners, where data are one's own."""
    per_learner = pd.DataFrame(
        [_times(one, who) for who in (WHO if one.own_data is not None else WHO[:1])]
    )
    return {"exercise": one.key, **per_learner.max()}


def _times(one: Exercise, who: str | int) -> dict:
    right, wrong = _answers(one, who)
    return {
        "draw": _first(one, who, lambda: one.own_data and own_data.own_data(who, one), drawn=False),
        "right": _first(one, who, lambda: _judged(one, right, who, RIGHT)),
        "wrong": _first(one, who, lambda: _judged(one, wrong, who, WRONG)),
        "again": _milliseconds(lambda: _judged(one, wrong, who, WRONG)),
    }


def _judged(one: Exercise, answer: object, who: str | int, state: str) -> None:
    assert judge(one, answer, who).state == state, one.key


def _first(one: Exercise, who: str | int, work: Callable[[], object], drawn: bool = True) -> float:
    """Milliseconds of some work that nothing was computed for, but that data are drawn."""
    _forget()
    if drawn and one.own_data is not None:
        own_data.own_data(who, one)
    return _milliseconds(work)


def _answers(one: Exercise, who: str | int) -> tuple:
    """A right answer and one that no mistake explains, as plain data."""
    data = (own_data.own_data(who, one),) if one.own_data is not None else ()
    right = one.kind.read(one.right_answer(one.numbers_for(*data)))
    return right, _spoilt(one.kind, right)


def _spoilt(kind, right):
    if isinstance(kind, Several):
        only = all(isinstance(one, Choice) for one in kind.kinds.values())
        return {
            name: value
            if isinstance(kind.kinds[name], Choice) and not only
            else _spoilt(kind.kinds[name], value)
            for name, value in right.items()
        }
    if isinstance(kind, Choice):
        return next(option for option in kind.options if option != right)
    if isinstance(kind, Sentence):
        return NO_REPORT
    if isinstance(right, dict):  # a fit
        return right | {"llf": right["llf"] - 1000}
    if isinstance(right, list):  # a function's values
        return [7.7 * value + 12345.678 for value in right]
    return 7.7 * right + 12345.678


def _forget() -> None:
    """Empty every cache that checks fill: those of feedback and of the exercises' modules."""
    for module in (exercises, own_data, *_modules()):
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value.__module__ == module.__name__:
                if module is not exercises or value.__name__ == "_computed":
                    value.cache_clear()


def _modules() -> list:
    return [
        import_module(found.name)
        for found in walk_packages(lessons.__path__, f"{lessons.__name__}.")
        if ".exercises" in found.name
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main(sys.argv[1:])
