"""What the reports of these exercises have in common."""

import re
from collections.abc import Mapping

from hlm_teach.feedback.reading import says
from hlm_teach.feedback.vocabulary import NOT_CAUSAL, RANDOM_SLOPES


def without_slopes_let_vary(text: str) -> str:
    """The text without 'we let the slope vary', which says what was tried and not what was found."""
    return re.sub(r"(?i)\b(let|allow|permit)\w*\b[^.;]{0,40}\bvary\b", "", text)


# That nobody was assigned, with its 'not' inside.
NOT_ASSIGNED = rf"{NOT_CAUSAL}|\b(not|n't|never|nobody|no one)\b[^.;]{{0,30}}\b(deal|dealt)"


_GROWTH = r"\b(slopes?|coefficients?|growth|rates?|trends?|lines?|trajector\w+)\b"
_SLOPES = (
    rf"{RANDOM_SLOPES}|\brandom\b[^.;]*({_GROWTH}|\b(year|time)\b)|"
    rf"({_GROWTH}|\b(year|time)\b)[^.;]*(\brandom|\b(free|allowed|let) to vary|\bof (their|its) own)|"
    rf"{_GROWTH}[^.;]*\bvar(y|ied|ies) (randomly |freely |at random )?(between|among|across|over|at|by)\b|"
    rf"\bvar(y|ied|ies) in (\w+ and )?(their )?{_GROWTH}|\b1 ?\+ ?(year|time)\b|\b(year|time) ?\|"
)
_SCHOOLS, _CHILDREN = (
    r"\bschools?\b",
    r"\b(?:child(?:ren)?|pupils?|students?|persons?|kids?|individuals?)\b",
)
_BOTH = (
    r"\b(both|each|all|two|every|either|same)( of the| the)? (\w+ )?levels?\b|\bthroughout\b|"
    r"\b(for|at|of|in|between|across|by) both\b|\bboth (also )?(with|have|had|having)\b|\b(2|two|II) and (level[- ])?(3|three|III)\b"
)
_ONE = rf"({_SCHOOLS}|{_CHILDREN}) (only|alone)\b|\bonly (\w+ )?(the )?({_SCHOOLS}|{_CHILDREN})"
# 'Slopes for children in 60 schools' are those of children; 'scores of children in schools' are data.
_NESTED = re.compile(
    rf"\b(for|between|among|across|per|by|slopes? of|time of) ({_CHILDREN}),? "
    r"(nested )?(with)?in (\w+ )?schools",
    re.IGNORECASE,
)


def slopes_at_both(text: str, truth: Mapping[str, float]) -> bool:
    """Tell whether slopes are said to vary between schools and between children.

    >>> slopes_at_both("Random intercepts and slopes for schools and for children.", {})
    True
    >>> slopes_at_both("Random intercepts for schools, random slopes for children.", {})
    False
    """
    said = [one for one in re.split(r"[.](?=\s|$)", text) if says(one, _SLOPES)]
    told = _NESTED.sub(r"\1 \2", " ".join(_of_slopes(one) for one in said))
    named = [_has(told, _SCHOOLS), _has(told, _CHILDREN)]
    if not any(named):  # 'intercepts for schools and children, and slopes'
        told = " ".join(said)
        named = [_has(told, _SCHOOLS), _has(told, _CHILDREN)]
    of_all = not any(named) and _has(text, r"\b(three|3|two|2)[- ]levels?\b")
    return not _has(told, _ONE) and (all(named) or of_all or _has(told, _BOTH))


def _of_slopes(sentence: str) -> str:
    """A sentence without what it says of intercepts alone, and of shares: 'intercepts for schools'."""
    pieces = re.split(r"[,;](?=\s)|\bbut\b|\band (?=(?:with )?(?:a )?random)", sentence)
    return ", ".join(
        one
        for one in pieces
        if not _has(one, r"varianc|%|per ?cent|\bshare")
        and (not _has(one, "intercept") or _has(one, rf"{_GROWTH}|\byear|\btime"))
    )


def _has(text: str, pattern: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
