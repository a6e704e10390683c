"""Which random terms a call of `fit_lmm` asks for, before any data are looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One random term as it was asked for."""

    group: str  # a column, or "school:class"
    formula: str  # "1 + freq"
    correlated: bool


def asked_terms(
    groups: str | list[str] | tuple[str, ...] | None,
    random: str | Mapping[str, str],
    correlated: bool | Mapping[str, bool],
) -> tuple[Asked, ...]:
    """The terms of ``groups="school", random="1 + ses"``, of ``groups=["a", "b"]`` and of
    ``random={"subject": "1 + freq", "item": "1"}``.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was given and what is wanted.

    Examples
    --------
    >>> [term.group for term in asked_terms(None, {"subject": "1 + freq", "item": "1"}, True)]
    ['subject', 'item']
    """
    by_group = _by_group(groups, random)
    for group, formula in by_group.items():
        if not isinstance(group, str) or not isinstance(formula, str):
            raise TypeError(
                "random must be a string, or a dict such as {'subject': '1 + freq', 'item': '1'}; "
                f"it holds {group!r}: {formula!r}"
            )
        if "|" in formula:
            raise ValueError(bar_message("random", formula))
        if "/" in group:
            outer, inner = (part.strip() for part in group.split("/", 1))
            raise ValueError(
                f"{group!r} is lme4's way to nest. Write both terms: "
                f"random={{{outer!r}: {formula!r}, {f'{outer}:{inner}'!r}: {formula!r}}}"
            )
    flags = _correlated_by_group(correlated, list(by_group))
    return tuple(Asked(group, formula, flags[group]) for group, formula in by_group.items())


def _by_group(
    groups: str | list[str] | tuple[str, ...] | None, random: str | Mapping[str, str]
) -> dict[str, str]:
    if isinstance(random, Mapping):
        return _from_mapping(groups, random)
    if not isinstance(random, str):
        raise TypeError(
            "random must be a string, or a dict of strings by grouping, "
            f"not {type(random).__name__}"
        )
    if "|" in random:
        raise ValueError(bar_message("random", random))
    names = [groups] if isinstance(groups, str) else groups
    if (
        not isinstance(names, list | tuple)
        or not names
        or not all(isinstance(name, str) for name in names)
    ):
        raise TypeError(
            f"groups must be a column name or a list of column names, not {groups!r}; or leave it "
            "out and give random by grouping, {'subject': '1 + freq', 'item': '1'}"
        )
    if len(set(names)) < len(names):
        raise ValueError(f"groups={list(names)} names a column twice")
    if len(names) > 1 and random.strip() != "1":
        wanted = {name: random if i == 0 else "1" for i, name in enumerate(names)}
        raise ValueError(
            f"groups={list(names)} gives random intercepts only. Say what varies by which "
            f"grouping: leave groups out and write random={wanted!r}"
        )
    return dict.fromkeys(names, random)


def _from_mapping(
    groups: str | list[str] | tuple[str, ...] | None, random: Mapping[str, str]
) -> dict[str, str]:
    if groups is not None:
        raise ValueError(
            f"random={dict(random)!r} names the groupings itself: leave out groups={groups!r}"
        )
    if not random:
        raise ValueError("random={} has no term; for example {'subject': '1 + freq', 'item': '1'}")
    return dict(random)


def _correlated_by_group(
    correlated: bool | Mapping[str, bool], names: list[str]
) -> dict[str, bool]:
    if not isinstance(correlated, Mapping):
        return dict.fromkeys(names, bool(correlated))
    unknown = [name for name in correlated if name not in names]
    if unknown:
        raise ValueError(
            f"correlated has {unknown}, which is no grouping of the model; the groupings are {names}"
        )
    return {name: bool(correlated.get(name, True)) for name in names}


# ---------------------------------------------------------------- lme4's bars

_BAR = re.compile(r"\(?\s*([^|()]+?)\s*(\|+)\s*([\w.:/]+)\s*\)?")


def bar_message(argument: str, text: str) -> str:
    """What to write instead of lme4's ``(1 + x | g)``."""
    found = [(effects, bar, group) for effects, bar, group in _BAR.findall(text)]
    if not found:
        return f"{argument}={text!r}: leave out the '|'; groups and random say what varies by group"
    fixed = re.sub(r"\s*\+?\s*\([^()]*\|[^()]*\)", "", text).strip()
    if fixed.endswith("~"):
        fixed += " 1"
    shown = f"'{fixed}', data, " if argument == "formula" else "formula, data, "
    return (
        f"{argument}={text!r} uses lme4's '|'. Write the same model as "
        f"fit_lmm({shown}{_as_arguments(found)})"
    )


def _as_arguments(found: list[tuple[str, str, str]]) -> str:
    """The arguments of fit_lmm that say what the bars said."""
    terms: dict[str, str] = {}
    apart = set()
    for effects, bar, group in found:
        parts = group.split("/")
        for depth in range(len(parts)):
            name = ":".join(parts[: depth + 1])
            terms[name] = effects
            if bar == "||":
                apart.add(name)
    if len(terms) == 1:
        ((name, effects),) = terms.items()
        return f"groups='{name}', random='{effects}'" + (", correlated=False" if apart else "")
    flags = (
        ""
        if not apart
        else ", correlated=False"
        if apart == set(terms)
        else (f", correlated={dict.fromkeys(sorted(apart), False)}")
    )
    return f"random={terms!r}{flags}"
