"""What reports on the firms of 1979 claim wrongly: rules for the mistakes of 05.9."""

import re
from itertools import groupby

from hlm_teach.feedback.claims import lies_outside
from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.feedback.labels import another_outcome, asserted, label_of, labelled
from hlm_teach.feedback.reading import SD, VARIANCE, ascribes, asserts, numbers_in, quotes
from hlm_teach.feedback.vocabulary import REML_DENIED, RESIDUAL, SE

BY_SATTERTHWAITE = r"sat+erth?wait|(?<![\d.])139(?![\d.]*\d)"
BY_SECTORS = (
    r"\b[JK] ?([-−–]|minus) ?(1|one)\b|(?<![\d.])8(?![\d.]*\d)|\beight\b|"
    r"\b(sectors?|nine|9|groups?) ?([-−–]|minus|less) ?(one|1)\b"
)
PROFILE = (
    r"\bprofil|likelihood[- ](based |ratio )?(interval|CI\b|confidence|limit|profile)|"
    r"likelihood-based"
)


def claims_difference(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"(significant(ly)?|clearly) (differ|vari|vary)|differ(s|ed)? (significantly|clearly)",
    )


def swaps_intervals(given: str, n: Numbers) -> bool:
    """Tell whether each interval of the mean stands with the other's degrees of freedom.

    Read from the order of intervals and names; where that is unclear, from the clauses.
    """
    order = _order(given, n)
    if sorted(order) == sorted(("narrow", "wide", "many", "few")):
        pairs = [set(order[:2]), set(order[2:])]
        if order[0] in ("narrow", "wide") and order[1] in ("narrow", "wide"):
            pairs = [{order[0], order[2]}, {order[1], order[3]}]
        elif order[0] in ("many", "few") and order[1] in ("many", "few"):
            pairs = [{order[2], order[0]}, {order[3], order[1]}]
        return {"narrow", "few"} in pairs
    return ascribes(given, n["low8"], 2, BY_SATTERTHWAITE, unless=BY_SECTORS) or ascribes(
        given, n["low"], 2, BY_SECTORS, unless=BY_SATTERTHWAITE
    )


def _order(given: str, n: Numbers) -> list[str]:
    """In which order the two intervals and the names of their degrees of freedom come."""
    found = [(one.start(), "many") for one in re.finditer(BY_SATTERTHWAITE, given, re.IGNORECASE)]
    found += [(one.start(), "few") for one in re.finditer(BY_SECTORS, given, re.IGNORECASE)]
    for name, low, high in (("narrow", "low", "high"), ("wide", "low8", "high8")):
        quoted = numbers_in(given)
        found += [
            (one.span[0], name)
            for one, other in zip(quoted, quoted[1:])
            if quotes(one, n[low], 2) and quotes(other, n[high], 2)
        ]
    return [name for name, _ in groupby(name for _, name in sorted(found))]


def gives_other_df(given: str, n: Numbers) -> bool:
    few = r"\bJ ?[-−–] ?1 ?= ?(?!8(?!\.?\d))\d"
    many = (
        r"satterthwaite['’]?s? (8|eight)\b|"
        r"satterthwaite((?!\b(and|or|with|by|on|but|J)\b|"
        r"[),;:])[^.\d]){0,25}\b(?!139\b)\d{1,3}\s?(df|degrees)"
    )
    said = (
        r"satterthwaite['’]?s?[ ,(:]{0,2}(degrees of freedom|df|d\.f\.)[ (=:]{1,3}(of )?"
        r"(?!139)\d{1,3}\b(?!\.\d)(?! ?(df|degrees|[-–−] ?1))"
    )
    behind = r"\b(8|eight) (df |degrees of freedom )?\((after |by )?satterthwaite"
    return re.search(rf"{few}|{many}|{said}|{behind}|kenward", given, re.IGNORECASE) is not None


def puts_mean_outside(given: str, n: Numbers) -> bool:
    return lies_outside("mean", "low", "high")(given, n) or lies_outside("mean", "low8", "high8")(
        given, n
    )


def misnames_the_mean(given: str, n: Numbers) -> bool:
    name = rf"{SD}|{VARIANCE}|\bmedian|\bICC\b"
    unit = r"\b1\.18\d? ?(%|thousand )?(employees|people|workers|persons|jobs|firms)\b"
    return (
        labelled("mean", 2, name, unless=r"mean|average|intercept|γ")(given, n)
        or labelled("low", 2, SE, unless=r"CI|interval|limits")(given, n)
        or asserts(given, unit)
    )


def swaps_spreads(given: str, n: Numbers) -> bool:
    """Tell whether the SD within sectors is said to lie between them, or zero within them."""
    zeros = [one for one in numbers_in(given) if one.value == 0]
    return (
        ascribes(
            given, n["sd"], 2, "between (the )?sectors|between-sector", unless="within|residual"
        )
        or labelled(
            "sd", 2, r"between|\bamong (the )?sectors", unless="within|inside|residual|same"
        )(given, n)
        or labelled(
            "upper", 2, rf"\bwithin\b|{RESIDUAL}", unless=r"between|\bup to|interval|profil"
        )(given, n)
        or asserts(given, r"\bwithin[- ](the )?sectors?\b[^.;,\d]{0,30}\b(zero|nil)\b")
        or any(
            re.search(r"\bwithin\b", label_of(given, one))
            and not re.search(r"between|among|profil|interval|CI", label_of(given, one))
            and not re.match(r"\W*(between|among|across|for sectors)", given[one.span[1] :])
            for one in zeros
        )
    )


def takes_upper_for_variance(given: str, n: Numbers) -> bool:
    zero = r"\bvariance[^.;()]{0,40}?\b(0(\.0+)?|zero)\b ?\((?:(?!SD|standard dev)[^)])*0?\.45"
    return ascribes(given, n["upper"], 2, VARIANCE, unless=rf"{SD}|\bno (\w+ )?varianc") or (
        re.search(zero, given, re.IGNORECASE) is not None
    )


def takes_upper_for_estimate(given: str, n: Numbers) -> bool:
    ends = (
        r"\b(to|up|than|until|below|interval|CI|limit|between(?! (the )?sectors)|exceed\w*|"
        r"bound)\b|as (large|high|much|big)|≤|<"
    )
    return labelled("upper", 2, rf"{SD}|σ|τ|estimat", unless=ends)(given, n)


def names_another_level(given: str, n: Numbers) -> bool:
    return ascribes(given, n["sd"], 2, r"\bwithin (the )?firms\b", unless="sector|industr") or (
        ascribes(given, n["upper"], 2, r"\bbetween (the )?firms\b", unless="sector|industr")
    )


def calls_an_sd_an_se(given: str, n: Numbers) -> bool:
    between = rf"({SE})( of| for)?( the)? (between|among|sectors|intercepts)"
    return labelled("sd", 2, SE, unless=rf"{SD}|residual|σ")(given, n) or asserts(given, between)


def claims_failure(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bfail|(not|n't|non)[- ]?converge|\b(invalid|unusable|meaningless|worthless|useless)\b|"
        r"(must|should|has to|is|therefore to) be (discarded|ignored|dropped|thrown)",
    )


def denies_the_boundary(given: str, n: Numbers) -> bool:
    bound = r"(the |its |a |any )?(\w+ )?(boundary|edge|limit of)"
    return asserts(
        given,
        rf"\b(inside|within|off|above|away from|far from|clear of|not (at|on|near)) (of )?{bound}|"
        r"\b(no|not|non|without|isn't|wasn't)[- ]?(a |any |sign of |signs of )?singul|"
        r"(?<!rather than )\b(regular|interior|proper) (fit|solution|estimate|maximum|point)|"
        r"\b(is|was|i\.e\.|fully|quite) (regular|interior)\b|"
        r"\b(in|lies|is|was|fit|estimate) (in )?the interior\b|singularity (was|is) not",
    )


def denies_reml(given: str, n: Numbers) -> bool:
    """Tell whether the fit is said not to be by REML; the profile interval isn't."""
    return any(
        re.search(REML_DENIED, one, re.IGNORECASE) is not None
        for one in re.split(r"[.;,](?=\s)", given)
        if not re.search(r"profil", one, re.IGNORECASE)
    )


def goes_below_zero(given: str, n: Numbers) -> bool:
    return any(one.value < 0 and quotes(one, n["upper"], 2) for one in numbers_in(given))


counts_otherwise = asserted(
    r"\b(millions?|hundreds|billions?|tens of thousands)\b|\bin (persons|heads|single \w+)\b"
)
names_another_outcome = another_outcome("wages?|pay|output|capital|sales|turnover|profits?")
