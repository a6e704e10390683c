"""Which random terms can be fitted together: errors before the work, notes after it."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from hlm_teach._shared.arrays import Array

from .blocks import MAX_COLUMNS, Term, expected_cost

_SLOW = 30.0  # seconds from which a reader should know why


def check_terms(x: Array, terms: list[Term]) -> None:
    """Refuse what cannot be told apart, or would take too long.

    Raises
    ------
    ValueError
        A term with one level, with too few levels for its effects or for the fixed effects that
        vary between them, or with as many effects as rows; two terms that divide the rows in the
        same way; more effects than the dense part of the factorisation takes.
    """
    for term in terms:
        _check_levels(x, term)
    for first, second in combinations(terms, 2):
        if _nested(first, second) and _nested(second, first):
            raise ValueError(
                f"random terms: {first.name!r} and {second.name!r} divide the rows in the same "
                "way; keep one of them"
            )
    _check_size(terms)


def _check_levels(x: Array, term: Term) -> None:
    name, q, n = term.name, term.z.shape[1], len(term.codes)
    if term.n_levels < 2:
        raise ValueError(f"groups: {name!r} has one level only; leave it out")
    if term.n_levels >= n:
        raise ValueError(
            f"groups: {name!r} has a level of its own for every row; "
            "it cannot be told from the residuals"
        )
    if term.n_levels * q >= n:
        raise ValueError(
            f"{n} rows for {term.n_levels} levels of {name!r} × {q} random effects: with no more "
            "rows than random effects they cannot be told from the residuals"
        )
    between = int(np.sum([_constant_within(column, term) for column in x.T]))
    if term.n_levels <= max(q, between):
        raise ValueError(
            f"{name!r} has {term.n_levels} levels, too few for {between} fixed effects that are "
            f"constant within them and {q} random effects a level: use fewer of them"
        )


def _constant_within(column: Array, term: Term) -> bool:
    first = np.zeros(term.n_levels)
    first[term.codes[::-1]] = column[::-1]
    return bool(np.array_equal(first[term.codes], column))


def _nested(inner: Term, outer: Term) -> bool:
    """Does every level of `inner` occur in one level of `outer` only?"""
    return _constant_within(outer.codes.astype(float), inner)


def _check_size(terms: list[Term]) -> None:
    cost = expected_cost(terms)
    if cost.n_columns <= MAX_COLUMNS:
        return
    largest = max(terms, key=lambda term: term.n_levels * term.z.shape[1])
    raise ValueError(
        f"random terms: beside the largest ({largest.name!r}) the others have {cost.n_columns} "
        f"effects in all, which fit_lmm factors densely: about {cost.gigabytes:.0f} GB and "
        f"{cost.seconds / 60:.0f} minutes or more. It stops at {MAX_COLUMNS}. Fit a sample of the "
        "levels, leave a term out, or use lme4 in R, which keeps that part sparse"
    )


def structure_notes(terms: list[Term]) -> list[str]:
    """Which grouping is nested in which, and which are crossed."""
    sentences = []
    for first, second in combinations(terms, 2):
        if _nested(second, first):
            sentences.append(f"{second.name} is nested in {first.name}.")
        elif _nested(first, second):
            sentences.append(f"{first.name} is nested in {second.name}.")
        else:
            sentences.append(
                f"{first.name} and {second.name} are crossed: levels of one occur with several "
                "levels of the other. If labels are used again and should be nested, name the "
                f"combination of both: '{first.name}:{second.name}'."
            )
    return sentences


def cost_notes(terms: list[Term]) -> list[str]:
    """What the fit costs, where that is worth knowing."""
    cost = expected_cost(terms)
    if cost.seconds < _SLOW:
        return []
    return [
        f"{cost.n_columns} random effects beside those of the largest term: time grows with "
        "their cube, memory with their square. lme4 in R keeps that part sparse."
    ]
