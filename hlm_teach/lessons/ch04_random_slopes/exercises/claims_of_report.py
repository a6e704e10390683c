"""What reports on the employment of firms claim wrongly: rules for the mistakes of 04.9."""

import re

from hlm_teach.feedback.claims import called_variance, in_another_unit
from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.feedback.labels import another_outcome, labelled, near
from hlm_teach.feedback.reading import FELL, MINUS, ascribes, asserts, holds, says
from hlm_teach.feedback.reports import names_a_cause
from hlm_teach.feedback.vocabulary import CONFIDENCE, DENIED_CHANGE, DOWNWARD, RESIDUAL

ALL_FIRMS = r"\b(all|every|each)( of (the|these|our))?( \w+)? (firms?|company|companies)\b"
# '95 % of firms fall in this range' says nothing of which way employment goes.
FALLING = rf"(?!\bfalls? (in|within|into|between|inside|from)\b)(?:{FELL})|{DOWNWARD}"
OTHER_TIMES = (
    r"\b(monthly|weekly|quarterly|daily)\b|\b(a|per|each|every) (month|week|quarter|day|decade)\b"
)
SHRINKING = r"(shrank|shrunk|shrinks?|fell|lost|cut|declined|decreased|reduced|contracted)"

OTHER_UNITS = (
    r"intercepts|observations|rows|measurements|years|sectors|industries|employees|workers|people"
)


def takes_interval_for_firms(given: str, n: Numbers) -> bool:
    said = re.search(
        r"95\s?(%|per ?cent) of (all |the |these |british |uk )*(firms|slopes)", given, re.I
    )
    right = holds(given, n["from"], 2) and holds(given, n["to"], 2)
    return said is not None and not right


def quotes_intervals_without_slopes(given: str, n: Numbers) -> bool:
    return (
        holds(given, n["parallel_low"], 3)
        and holds(given, n["parallel_high"], 3)
        and not (holds(given, n["low"], 3) and holds(given, n["high"], 3))
    )


def gives_variance(given: str, n: Numbers) -> bool:
    return holds(given, n["tau11"], 3) and not holds(given, n["sd"], 3)


def says_all_firms(given: str, n: Numbers) -> bool:
    rising = r"\bno (firms?|company|one) (grew|rose|increased|gained|expanded)"
    them = rf"\bin ({ALL_FIRMS[2:]}|(all|every one|each) of them\b)"
    return (
        asserts(given, rf"{ALL_FIRMS} {SHRINKING}")
        or says(given, rising)
        or any(
            asserts(one, rf"\b{SHRINKING}[^;:]*{them}")
            and not re.search(r"differ|\bvar|\bown\b", one)
            for one in re.split(r"(?<=[.;!?])\s", given)
        )
    )


def says_alike(given: str, n: Numbers) -> bool:
    """Tell whether the slopes of firms are said not to differ."""
    return asserts(
        given,
        r"\b(slopes?|trends?|firms?|changes?)\b[^.;]{0,20}\b(hardly|barely|scarcely|"
        r"do not|does not|"
        r"did not|don't|doesn't|didn't) (differ|var)|"
        rf"{ALL_FIRMS} (followed|follow|had|have|shared?|showed?) (the same|a common|one)|"
        r"\b(slopes|trends|firms) (are|were) (all )?(alike|the same|equal|identical|parallel)|"
        r"\bno (\w+ )?(differences?|variation|heterogeneity) (between|among|across|of|in)\b",
    )


def says_rose(given: str, n: Numbers) -> bool:
    """Tell whether the mean slope is said to go up."""
    unless = r"\b(some|many|few|fifth|faster)\b|\bfell|shr[aiu]nk|declin|decreas"
    rose = r"\brose\b|\bgrew\b|\bincreas|\bgained|\bclimb|\bwent up|\bgone up|\bexpanded"
    growth = r"\bgrowth|\bgain\b|\brise\b|\bupward|\bpositive"
    return ascribes(given, n["slope"], 3, rose, unless=unless) or ascribes(
        given, n["slope"], 3, growth, unless=rf"{unless}|model|{MINUS}"
    )


def denies_change(given: str, n: Numbers) -> bool:
    """Tell whether the mean slope is called zero or not significant; of some firms it may be."""
    return any(
        asserts(sentence, DENIED_CHANGE)
        for sentence in re.split(r"(?<=[.;!?])\s", given)
        if not re.search(r"\b(some|many|every|all|not each|correlat)", sentence, re.IGNORECASE)
    )


def takes_range_of_others(given: str, n: Numbers) -> bool:
    """Tell whether the range of firms is said to hold 95 % of something else."""
    return any(
        all(holds(given[one.end() : one.end() + 50], n[end], 2) for end in ("from", "to"))
        for one in re.finditer(
            rf"\b95\s?(%|per ?cent) of (the |all )?(firms?[’']? )?({OTHER_UNITS})\b",
            given,
            re.IGNORECASE,
        )
    )


def calls_an_sd_a_variance(given: str, n: Numbers) -> bool:
    return any(
        called_variance(name, decimals)(given, n)
        for name, decimals in (("sd", 3), ("sd0", 2), ("residual", 3))
    )


def calls_the_range_an_interval(given: str, n: Numbers) -> bool:
    of_firms = (
        r"(CI|confidence interval)s? (of|for) (the |95 % of )?firms|"
        r"95 ?% (chance|probability|certainty) that the (mean|average|true)"
    )
    before = labelled("from", 2, r"\bCI\b|confidence (interval|limits)", unless=r"\d|range")
    return asserts(given, of_firms) or before(given, n)


def leaves_slopes_out(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bintercepts? (only|alone)\b|\bonly (random )?intercepts?\b|\bcommon slope|"
        r"\bslopes? (is|was|are|were) (held )?(fixed|constant)",
    )


def exchanges_spreads(given: str, n: Numbers) -> bool:
    """Tell whether an SD of slopes, of intercepts or of residuals is said to be another one."""
    slopes, firms = r"\bslope|\btrend", r"\b(between|among)([- ]the)?[- ](firms?|companies)\b"
    return (
        ascribes(given, n["sd"], 3, f"intercept|{RESIDUAL}", unless=slopes)
        or labelled("sd", 3, f"intercept|{RESIDUAL}", unless=slopes)(given, n)
        or ascribes(
            given, n["sd0"], 2, rf"{slopes}|{RESIDUAL}", unless="intercept|level|size|correl"
        )
        or ascribes(given, n["residual"], 3, rf"{slopes}|{firms}", unless="residual|within|error")
        or ascribes(given, n["sd"], 3, r"\bwithin([- ](a|the|each))?[- ]firms?\b", unless=firms)
        or ascribes(given, n["sd"], 3, r"\b(sectors|industries|years)\b", unless="firm")
        or labelled("sd", 3, r"\b(sectors|industries)\b")(given, n)
        or ascribes(given, n["residual"], 3, r"\bcorrel", unless="residual|within|error")
        or ascribes(given, n["rho"], 2, RESIDUAL, unless=r"\bcorr|ρ|\br\b")
    )


def misnames_the_correlation(given: str, n: Numbers) -> bool:
    covariance = labelled("rho", 2, r"covarian|regress", unless="correl")
    close = r"(strong|high|close|tight|marked)(ly)?"
    return (
        covariance(given, n)
        or ascribes(
            given,
            n["rho"],
            2,
            r"covarian|coefficient|regress",
            unless=r"correl|\bcorr?\b|\br\b|ρ|rho",
        )
        or asserts(
            given,
            rf"(correlat|relat|associat)\w* {close}\b|\b{close} (correlat|relat|associat)|"
            r"(correlat|relat|associat)\w* (negativ|inverse)|(negativ|"
            r"inverse)(ly)? (correl|relat|assoc)|"
            r"correlat\w*[^.;\d]{0,20}[\d.]* with (the )?residual|"
            r"\b(slopes?|intercepts?) and (the )?residuals correlat|"
            r"\b(larger|bigger|smaller) firms \w+ (much|clearly|markedly|considerably) ",
        )
    )


def at_another_time(given: str, n: Numbers) -> bool:
    """Tell whether the correlation is said to hold in another year, or in any."""
    other = r"\b19(7\d|8[1-9])\b|\b(first|last|final|mean|middle|average) year\b"
    sentences = re.split(r"(?<=[.;!?])\s", given)
    return any(
        re.search(other, one, re.IGNORECASE) is not None
        for one in sentences
        if holds(one, n["rho"], 2) and holds(one, n["sd0"], 2) and "1980" not in one
    ) or any(
        asserts(
            one,
            r"\b(in|at|of|for) (any|every|all|each) (other )?(years?|times?)\b|"
            r"whole period|whatever the year",
        )
        for one in sentences
        if re.search(r"correlat|\bρ|\br =", one)
    )


def names_the_interval(given: str, n: Numbers) -> bool:
    """Tell whether the interval is named by its lower end, or anywhere if it stands by its mean."""
    end = r"[−–-]?0?[.,]0\d+"
    beside = near("low", 3, CONFIDENCE)(given, n)
    return beside or (
        holds(given, n["low"], 3)
        and re.search(rf"{end}( to |, | ?; ?| ?[–…] ?){end}", given) is not None
        and re.search(r"\bCIs?\b|confidence", given) is not None
    )


def counts_in_other_times(given: str, n: Numbers) -> bool:
    behind = in_another_unit("slope", unit="%|points?", decimals=3)
    of_range = in_another_unit("from", "to", unit="%|points?", decimals=2)
    return behind(given, n) or of_range(given, n) or asserts(given, OTHER_TIMES)


def claims_a_cause(given: str, n: Numbers) -> bool:
    """Tell whether something is said to have brought about the change."""
    spread = r"(the )?(firm|random|sampl|round|within|between|differ|resid|error|chance)"
    return names_a_cause(
        given, rf"\bcaus(e|es|ed|ing)\b|\b(because of|due to|thanks to|owing to) (?!{spread})"
    )


names_another_outcome = another_outcome("wages?|pay|output|capital|sales|turnover|profits?")
