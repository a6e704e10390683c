"""Data of each learner's own: drawn from a name, and drawn again from it by whoever knows it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

from .exercise import Exercise, Numbers, find


@guarded(
    who=guard.any_of(guard.whole(low=-(10**12), high=10**12), guard.text()), exercise=guard.hashable
)
def my_data(who: str | int, exercise: str) -> pd.DataFrame:
    """Return your own data set for an exercise: another one for every name or number.

    The same name gives the same data on every machine; capitals and spaces around it don't
    matter. `check` takes the name as its third argument and knows the answers for these data.

    Parameters
    ----------
    who : str or int
        Any name or number, such as a matriculation number.
    exercise : str
        Its key, "02.8".

    Returns
    -------
    DataFrame
        The exercise says what is in it.

    Raises
    ------
    TypeError
        If `who` is neither a text nor a whole number.
    ValueError
        If `who` is empty, or the exercise has no data of one's own.

    Examples
    --------
    >>> my_data("Ada", "02.8").equals(my_data(" ada ", "02.8"))
    True
    >>> my_data("Ada", "02.8").equals(my_data("Emmy", "02.8"))
    False
    """
    try:
        found = find(exercise)
    except KeyError as error:
        raise ValueError(f"exercise={exercise!r}: {error.args[0]}") from None
    if found.own_data is None:
        raise ValueError(
            f"exercise={exercise!r}: every learner has the same data there; the "
            "notebook shows how to load them"
        )
    return own_data(who, found)


def own_data(who: str | int, exercise: Exercise) -> pd.DataFrame:
    """Draw the data of one learner for one exercise, or copy those drawn before."""
    assert exercise.own_data is not None
    return _drawn(exercise.own_data, _seed(who, exercise.key)).copy()


def own_numbers(who: str | int, exercise: Exercise) -> Numbers:
    """The exercise's numbers for one learner's data, computed once a session."""
    assert exercise.own_data is not None
    return _numbers(exercise, _seed(who, exercise.key))


# Few are kept: a learner has one name, a grader doesn't come back to the last submission but one.
_KEPT = 16


@lru_cache(maxsize=_KEPT)
def _drawn(draw: Callable[[np.random.Generator], pd.DataFrame], seed: int) -> pd.DataFrame:
    return draw(np.random.default_rng(seed))


@lru_cache(maxsize=_KEPT)
def _numbers(exercise: Exercise, seed: int) -> Numbers:
    return exercise.numbers_for(_drawn(exercise.own_data, seed).copy())


def drawn_until(
    serves: Callable[[pd.DataFrame], bool],
    draw: Callable[[np.random.Generator], pd.DataFrame],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw data until they serve the exercise: no estimate of zero, say, where one is to be read.

    Raises
    ------
    RuntimeError
        If none of 200 drawings does: the exercise asks for something too rare.
    """
    for _ in range(200):
        data = draw(rng)
        if serves(data):
            return data
    raise RuntimeError("none of 200 drawings serves this exercise")


def _seed(who: str | int, key: str) -> int:
    if isinstance(who, bool) or not isinstance(who, (str, int)):
        raise TypeError(f"who must be a name or a whole number, not {type(who).__name__}: {who!r}")
    name = " ".join(unicodedata.normalize("NFKC", str(who)).casefold().split())
    if not name:
        raise ValueError("who is empty: any name or number will do")
    return int.from_bytes(hashlib.sha256(f"{key} {name}".encode()).digest()[:8], "big")
