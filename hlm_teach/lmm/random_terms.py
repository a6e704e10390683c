"""Which random terms a call of `fit_lmm` asks for, before any data are looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hlm_teach._shared.checks import check_bool, shortened


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
                f"it holds {shortened(group)}: {shortened(formula)}"
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
    if len(random) > 2000:
        raise ValueError(f"random has {len(random)} letters; what varies by group is shorter")
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
        return dict.fromkeys(names, check_bool(correlated, "correlated"))
    unknown = [name for name in correlated if name not in names]
    if unknown:
        raise ValueError(
            f"correlated has {unknown}, which is no grouping of the model; the groupings are {names}"
        )
    return {name: check_bool(correlated.get(name, True), f"correlated[{name!r}]") for name in names}


# ---------------------------------------------------------------- lme4's bars


def bar_message(argument: str, text: str) -> str:
    """What to write instead of lme4's ``(1 + x | g)``."""
    bars, rest = _bars(text)
    start = f"{argument}={text if len(text) < 150 else text[:149] + '…'!r} uses lme4's '|'"
    if not bars:
        return f"{start}: leave it out; groups and random say what varies by group"
    try:
        arguments = _as_arguments(bars)
    except ValueError as error:
        return f"{start}. {error}"
    shown = f"'{_tidy(rest)}', data, " if argument == "formula" else "formula, data, "
    return f"{start}. Write the same model as fit_lmm({shown}{arguments})"


def _bars(text: str) -> tuple[list[tuple[str, str, str]], str]:
    """(effects, bar, group) of every bar, and the text without them."""
    pieces, rest, depth, start = [], "", 0, 0
    for i, sign in enumerate(text):
        if sign == "(":
            if depth == 0:
                start = i
            depth += 1
        if depth == 0:
            rest += sign
        if sign == ")" and depth:
            depth -= 1
            if depth == 0:
                inside = text[start + 1 : i]
                if "|" in inside:
                    pieces.append(inside)
                else:
                    rest += f"({inside})"
    if not pieces and "|" in rest:  # without parentheses: "1 + x | g"
        before, _, after = rest.rpartition("|")
        left, _, right = before.rpartition("~")
        pieces, rest = [f"{right}|{after}"], f"{left} ~ 1" if left else ""
    found = []
    for piece in pieces:
        effects, bar, group = piece.partition("||") if "||" in piece else piece.partition("|")
        if effects.strip() and group.strip() and "|" not in group:
            found.append((effects.strip(), bar, group.strip()))
    return found, rest


def _tidy(formula: str) -> str:
    """A formula without the operators that a bar has left behind."""
    left, tilde, right = formula.partition("~")
    right = re.sub(r"\s+", " ", right).strip()
    right = re.sub(r"(\+\s*)+", "+ ", right)
    right = re.sub(r"^[+*:\s]+|[+*:\s]+$", "", right).strip()
    return f"{left.strip()} ~ {right or '1'}" if tilde else formula.strip()


def _as_arguments(bars: list[tuple[str, str, str]]) -> str:
    """The arguments of fit_lmm that say what the bars said.

    Raises
    ------
    ValueError
        For effects of one grouping in several blocks that are correlated within.
    """
    terms: dict[str, list[str]] = {}
    apart: set[str] = set()
    for effects, bar, group in bars:
        parts = [part.strip() for part in group.split("/")]
        for depth in range(len(parts)):
            name = ":".join(parts[: depth + 1]).replace(" ", "")
            terms.setdefault(name, []).append(effects)
            if bar == "||":
                apart.add(name)
    random = {name: _one_term(name, blocks, apart) for name, blocks in terms.items()}
    apart |= {name for name, blocks in terms.items() if len(blocks) > 1}
    if len(random) == 1:
        ((name, effects),) = random.items()
        return f"groups='{name}', random='{effects}'" + (", correlated=False" if apart else "")
    flags = (
        ""
        if not apart
        else ", correlated=False"
        if apart == set(random)
        else f", correlated={dict.fromkeys(sorted(apart), False)}"
    )
    return f"random={random!r}{flags}"


def _one_term(group: str, blocks: list[str], apart: set[str]) -> str:
    """Independent blocks of one grouping as one term: "1" and "0 + x" as "1 + x"."""
    if len(blocks) == 1:
        return blocks[0]
    effects: list[str] = []
    for block in blocks:
        words = [word.strip() for word in block.split("+")]
        own = [word for word in words if word not in ("0", "1", "-1")]
        intercept = "0" not in words and "-1" not in block.replace(" ", "")
        own = (["1"] if intercept else []) + own
        if len(own) > 1 and group not in apart:
            raise ValueError(
                f"The effects of {group!r} stand in several blocks, each correlated within: "
                "fit_lmm has one term a grouping, correlated as a whole or, with "
                "correlated=False, not at all"
            )
        effects += [word for word in own if word not in effects]
    return " + ".join(effects if "1" in effects else ["0", *effects])
