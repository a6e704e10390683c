"""Which test to trust where groups are few, from simulated studies.

hlm_teach/data/few_groups.json holds how often 5 % tests of absent effects rejected, by number of
groups, with random slopes and without, balanced and not; benchmarks/few_groups.py made it and says
how. This module turns its rows into a sentence, and, with those of few_groups_remedies.json, into a
table.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

METHODS = {"normal": "z", "satterthwaite": "Satterthwaite", "kenward-roger": "Kenward-Roger"}
REMEDIES = ("CR2", "wild bootstrap", "permutation", "aggregation")
_MOST_GROUPS = 45  # beyond these the table, which ends at 30, says nothing
_TOO_OFTEN, _CAUTIOUS = 0.065, 0.035  # 5 % tests that reject more, or less, than this


@cache
def rejection_rates() -> tuple[dict, ...]:
    """The rows of the table: groups, slopes, balanced, effect ("w" between groups, "x" within,
    "both"), method, rejected, found, singular, rejected_if_singular (None: too few were)."""
    text = resources.files("hlm_teach.data").joinpath("few_groups.json").read_text("utf-8")
    return tuple(json.loads(text)["rows"])


def which_test(n_groups: int, *, slopes: bool, singular: bool) -> str:
    """What simulated studies of about this size say of z, Satterthwaite and Kenward-Roger.

    Examples
    --------
    >>> print(which_test(100, slopes=True, singular=True))
    Which p-value to trust: Satterthwaite's degrees of freedom take the boundary as known, \
Kenward and Roger's do not: compare fit.with_df('kenward-roger').
    """
    sizes = sorted({row["groups"] for row in rejection_rates()})
    nearest = min(sizes, key=lambda size: abs(np.log(size / n_groups)))
    if n_groups > _MOST_GROUPS or (singular and not _has_singular(nearest, slopes)):
        return (
            "Which p-value to trust: Satterthwaite's degrees of freedom take the boundary as "
            "known, Kenward and Roger's do not: compare fit.with_df('kenward-roger')."
        )
    between, within = (_rates(nearest, slopes, singular, effect) for effect in ("w", "x"))
    kind = ("random slopes" if slopes else "random intercepts") + " and a singular fit" * singular
    return (
        f"Which p-value to trust: in simulated studies with {nearest} groups (ICC 0.2), {kind}, "
        f"5 % tests of an absent effect between groups rejected in {_in_words(between)}; "
        f"within groups in {_in_words(within)}. Between groups {_verdict(between)} "
        "fit.with_df(...) changes the method."
    )


def _has_singular(n_groups: int, slopes: bool) -> bool:
    return any(
        row["rejected_if_singular"] is not None
        for row in rejection_rates()
        if row["groups"] == n_groups and row["slopes"] == slopes
    )


def _rates(n_groups: int, slopes: bool, singular: bool, effect: str) -> dict[str, list[float]]:
    """By method, the rates of the balanced and the unbalanced studies (of the singular fits among
    them, where there were enough)."""
    rates: dict[str, list[float]] = {method: [] for method in METHODS}
    for row in rejection_rates():
        if (row["groups"], row["slopes"], row["effect"]) == (n_groups, slopes, effect):
            if_singular = row["rejected_if_singular"]
            use = singular and if_singular is not None
            rates[row["method"]].append(if_singular if use else row["rejected"])
    return rates


def _in_words(rates: dict[str, list[float]]) -> str:
    """'15-17 % (z), 9 % (Satterthwaite), 0-2 % (Kenward-Roger)'."""
    return ", ".join(f"{_range(values)} % ({METHODS[m]})" for m, values in rates.items())


def _range(values: list[float]) -> str:
    low, high = (round(100 * value) for value in (min(values), max(values)))
    return f"{low}" if low == high else f"{low}-{high}"


def _verdict(rates: dict[str, list[float]]) -> str:
    """Who rejects too often, who holds the level, who is cautious."""
    means = {METHODS[method]: float(np.mean(values)) for method, values in rates.items()}
    often = [name for name, rate in means.items() if rate > _TOO_OFTEN]
    cautious = [name for name, rate in means.items() if rate < _CAUTIOUS]
    level = [name for name in means if name not in often + cautious]
    parts = [
        _said(often, "rejects too often", "reject too often"),
        _said(level, "holds the level", "hold the level"),
        _said(cautious, "is cautious", "are cautious") + ": little is found" * bool(cautious),
    ]
    return "; ".join(part for part in parts if part) + "."


def _said(names: list[str], of_one: str, of_several: str) -> str:
    """'z and Satterthwaite reject too often', or nothing where there is no name."""
    if len(names) < 2:
        return f"{names[0]} {of_one}" if names else ""
    return f"{', '.join(names[:-1])} and {names[-1]} {of_several}"


@cache
def remedy_rates() -> tuple[dict, ...]:
    """As `rejection_rates`, for CR2, the wild cluster bootstrap, permutation and aggregation."""
    text = resources.files("hlm_teach.data").joinpath("few_groups_remedies.json").read_text("utf-8")
    return tuple(json.loads(text)["rows"])


@guarded(
    effect=guard.one_of("between", "within"),
    slopes=guard.flag,
    balanced=guard.flag,
    what=guard.one_of("rejected", "found"),
)
def few_groups_table(
    *, effect: str, slopes: bool, balanced: bool, what: str = "rejected"
) -> pd.DataFrame:
    """What seven 5 % tests do where groups are few, from 4,000 simulated studies for each cell.

    Studies of 4 to 30 groups with 10 members (or 3 to 25: not balanced), τ_00 = 0.25, σ² = 1, so
    ICC 0.2, and τ_11 = 0.1 where slopes vary. benchmarks/few_groups.py made the first three rows
    and benchmarks/few_groups_remedies.py the others, from draws of its own; they say how.

    Parameters
    ----------
    effect : {"between", "within"}
        A difference between two arms of groups, or the slope of x.
    slopes, balanced : bool
        Whether slopes of x vary; whether groups are equal in size.
    what : {"rejected", "found"}
        How often an absent effect is reported, or one of 1 (between) or 0.5 (within) found.

    Returns
    -------
    DataFrame
        In percent, one row a method, one column a number of groups. The Monte-Carlo standard error
        of a 5 is 0.3 (rejected), of a 50 is 1.1 (found).

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.

    >>> table = few_groups_table(effect="between", slopes=False, balanced=True)
    >>> table.loc[["z", "permutation"], 4].tolist()
    [13.5, 0.0]
    """
    names = METHODS | {name: name for name in REMEDIES}
    rows = [
        {"method": names[row["method"]], "groups": row["groups"], what: 100 * row[what]}
        for row in (*rejection_rates(), *remedy_rates())
        if row["effect"] == {"between": "w", "within": "x"}[effect]
        and (row["slopes"], row["balanced"]) == (slopes, balanced)
    ]
    table = pd.DataFrame(rows).pivot(index="method", columns="groups", values=what)
    return table.loc[list(names.values())].round(1)
