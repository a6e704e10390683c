"""What reports on stays in hospital claim wrongly: rules for the mistakes of 06.9."""

import re

from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.feedback.labels import another_outcome, named_behind
from hlm_teach.feedback.reading import (
    REML,
    SD,
    VARIANCE,
    ascribes,
    asserts,
    holds,
    numbers_in,
    quotes,
)
from hlm_teach.feedback.vocabulary import RESIDUAL, SE

from .common import ML, takes_one_variance


def claims_cause(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bcause[sd]?\b|(?<!random )(?<!fixed )effect of|leads? to (a )?(short|long)|shortens|"
        r"\b(lowers|reduces) (the |their )?(stay|length|log)|because (they|of (death|dying))|"
        r"\b(is|was|are|were) responsible for\b|"
        r"\bdue to (their |the )?(death|dying)|\b(death|dying) (made|makes|cuts?|lowered|reduced|"
        r"shortened|decreas\w+|determin\w+)|(shortened|reduced|lowered) by (death|dying)",
    )


def claims_longer(given: str, n: Numbers) -> bool:
    """Tell whether those who died are said to have stayed longer."""
    up, down = r"\b(longer|higher|larger|greater)\b", r"\b(shorter|lower|less|smaller)\b"
    plainly = (
        r"((?!\bthan\b|compar|\brelative\b|\bversus\b)([^.;,(]|\.\d)){0,45}\b(in|for|among|of|by) "
    )
    dead, living = (
        r"(those |the )?(patients )?(who |that )?(died\b|deceased|dead\b|dying)",
        r"(those |the )?(patients )?(who |that )?(surviv|lived)",
    )
    return (
        (
            asserts(given, rf"\bdied\b[^.;,]*({up}|\bmore\b)")
            and not re.search(
                r"surviv|\b(than|of|with|unlike) (those|patients) who died", given, re.IGNORECASE
            )
        )
        or asserts(given, rf"\bsurviv((?!\bdied|\bdead|\bdeath)[^.;,])*{down}")
        or asserts(given, rf"{up}{plainly}{dead}|{down}{plainly}{living}")
    )


def turns_groups_round(given: str, n: Numbers) -> bool:
    """Tell whether a negative difference is one of survivors from the others."""
    dead, living = r"\b(died|dead|death|dying|die|deceased)\b", r"(?<!non-)(?<!not )\bsurviv"
    negative = any(one.value < 0 and quotes(one, n["estimate"], 2) for one in numbers_in(given))
    fewer = re.search(r"\b(shorter|lower|less|smaller|below)\b", given) is not None
    no_dead = re.search(dead, given, re.IGNORECASE) is None
    less_dead = (
        rf"{living}\w*( patients)? ?(minus|less|−|–|versus|vs\.?|compared (with|to)) "
        rf"[\w ]{{0,20}}{dead}"
    )
    return (no_dead and (negative or fewer) and asserts(given, living)) or (
        negative and asserts(given, less_dead)
    )


# A sentence with one of these words tests that the difference is constant, or leaves it open.
TESTED = (
    r"whether|\bif\b|hypothes|\bnull\b|H[0₀]|assum|\bwould\b|hard to|unlikely|implausib|incompatib|"
    r"contradict|against|better|worse|question|\?|\bunder\b|\bmodels? (in|with|whose|that|"
    r"of|where)|"
    r"\b(one|other|first|second|former|latter) (in|with|where|whose)\b|"
    r"compar\w*( \w+){0,3} (to|with)|reject|\btest|improbable|doubt"
)


def denies_variation(given: str, n: Numbers) -> bool:
    denied = (
        r"(?<!who )(do|does|did)( not|n't) (vary|differ\b(?! from)|"
        r"(significantly )?(improve|fit better))|"
        r"\b(is|was|are|were)(n't| not) (\w+ )?(different (between|across|among|in|"
        r"from hosp)|heterogen)|"
        r"no evidence|\bconstant (one|difference)[^.;]*\b(fitted better|suffices)|"
        r"simpler model|constant across|"
        r"var(y|ies)\b[^.;]*fitted (no better|worse) than|\b(hardly|barely|scarcely) (var|differ)|"
        r"\b(not|in|non-?)\s?significant|(the|a) (same|constant) difference "
        r"(in|across|for) (all|every|each)|hospitals (are|were) (all )?(alike|the same)|"
        r"\b(seems?|appears?|found|likely|said|is|are|was|were) not to (vary|differ)|"
        r"\bfits? (just |equally )?(as well|equally well)"
    )
    kept = (
        r"\b(can|could)( not|not|n't) be rejected|\b(not|n't|cannot|fail\w* to) reject|"
        r"\bretain(ed)?\b|"
        r"\b(null|hypothesis) (is|was) (kept|accepted|retained)|"
        r"\b(keep|kept|prefer(red)?|chose|favou?r(ed)?) the (simpler|smaller|reduced|constant|"
        r"model with (one|a constant|the same|a common))|"
        r"\b(simpler|smaller|reduced|constant)\b[^.;]{0,25}\b((is|was) (sufficient|enough|"
        r"adequate)|suffices)"
    )
    plainly = (
        r"\b(no|little) (\w+ )?(variation|heterogeneity)\b|"
        r"\b(is|was|were|are) (about |nearly )?(the same|equal|constant|identical) (in|"
        r"across|at|for|over|between)\b|"
        r"\b(same|constant) everywhere|\bhomogene|"
        r"\bhospitals (showed|show|had|have|shared?) (the same|one|a common)\b"
    )
    return (
        asserts(_untested(given), denied)
        or re.search(kept, given, re.IGNORECASE) is not None
        or any(
            asserts(one, plainly) and not re.search(TESTED, one, re.IGNORECASE)
            for one in re.split(r"(?<=[.;:!?])\s", given)
        )
    )


def _untested(given: str) -> str:
    """A text without its sentences that call a constant difference hard to believe."""
    hard = r"\b(hard to|unlikely|implausib|incompatib|contradict|improbable|reject(s|ed))"
    sentences = re.split(r"(?<=[.;])(?=\s)", given)
    return "".join(one for one in sentences if not re.search(hard, one, re.IGNORECASE))


def exchanges_criteria(given: str, n: Numbers) -> bool:
    """Tell whether a sentence has D and only REML, or another the mean difference and only ML."""

    def only(criterion: str, other: str, sentence: str) -> bool:
        return (
            re.search(criterion, sentence, re.IGNORECASE) is not None
            and re.search(other, sentence, re.IGNORECASE) is None
        )

    sentences = [one for ends in ("[.;]", "[.]") for one in re.split(rf"(?<={ends})\s", given)]
    for sentence in sentences:
        test, mean = holds(sentence, n["D"], 1), holds(sentence, n["estimate"], 2)
        if test != mean and (only(REML, ML, sentence) if test else only(ML, REML, sentence)):
            return True
    return asserts(
        given, r"\bREML for (the )?(tests?|comparison)\b|\b(tested|compared) (by|with|using) REML\b"
    )


def other_df(given: str, n: Numbers) -> bool:
    """Tell whether D is said to test one parameter, or three."""
    counted = asserts(
        given,
        r"\b(1|one|3|three) (more |new |extra |additional )?parameter|\bD ?\([13]\)|"
        r"\bdf ?= ?[13]\b(?! (and|or))",
    )
    return (
        counted
        or any(  # a df that isn't one of the mixture's
            not re.search(
                r"χ|chi|mixture|\b(and|of) $|[½+]",
                given[max(0, match.start() - 25) : match.start()],
            )
            for match in re.finditer(r"\b(1|one|3|three)[- ](df|d\.f|degree)", given)
        )
    )


def halves_one_tail(given: str, n: Numbers) -> bool:
    one_half = r"\bhalf (of )?(the |that )?((p|tail)[\w-]* )?(of |from )?(the )?(naive|χ|chi)"
    return (
        len(re.findall(r"\bhalf|½", given)) < 2
        and asserts(given, one_half)
        and not (asserts(given, r"\band (the )?(other )?half|mixture|average|mean of|½|\+"))
    )


def calls_d_a_variance(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["D"], 1, f"{VARIANCE}|τ", unless=rf"\bD\b|χ|chi|statistic|likelihood|{SD}"
    )


def half_of_it(given: str, n: Numbers) -> bool:
    """Tell whether the difference of logarithms is read as a share or as days: 0.50 as 50 %."""
    return asserts(
        given,
        r"\b0?[.]50?\s?days?\b|\b(half|twice) as long\b|\bhalf a day\b|\b50\s?(%|"
        r"per ?cent) (shorter|less|lower|reduc|decreas)|"
        r"(i\.e\.|that is|or|by),? (about |some )?50\s?(%|per ?cent)(?! [^.;,]{0,20}(χ|chi))",
    )


def mixes_for_one_variance(given: str, n: Numbers) -> bool:
    return takes_one_variance(given) or asserts(given, r"\b(0|zero) (df )?and (χ² with )?(2|two)\b")


def mixes_too_high(given: str, n: Numbers) -> bool:
    return asserts(given, r"\b(1|one|2|two) (df )?and (χ² with )?(3|three)\b")


def calls_it_another_variance(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["tau11"], 3, rf"{RESIDUAL}|intercept|\bmean\b", unless="difference|slope|varianc"
    ) or ascribes(given, n["tau11"], 3, rf"{RESIDUAL}|intercept", unless="difference|slope|died")


def calls_it_an_se(given: str, n: Numbers) -> bool:
    """Tell whether the variance of the difference is called an SE, a covariance or a share."""
    name = rf"{SE}|\bcovarian|\bICC|intraclass|\bcorrelat"
    return ascribes(given, n["tau11"], 3, name, unless=rf"{VARIANCE}|τ") or named_behind(
        "tau11", 3, rf"({name})\w* (of|between)"
    )(given, n)


def names_another_level(given: str, n: Numbers) -> bool:
    """Tell whether the difference is said to vary within hospitals, or from patient to patient."""
    within, patients = (
        r"\bwithin[- ](the )?hospitals?\b",
        r"\b(between|among|across|over) (the )?(individual )?patients\b"
        r"(?! (who|that|with(?! (a )?varianc)))",
    )
    return ascribes(
        given,
        n["tau11"],
        3,
        rf"{within}|{patients}",
        unless=r"(between|among|across|over) (the )?(54 )?hosp",
    ) or asserts(
        given,
        rf"\bvar(y|ies|ied|iation) ({patients}|{within})|"
        rf"\bvariance of (the )?patients\b(?! (who|that|with))",
    )


def gives_a_hypothesis_a_probability(given: str, n: Numbers) -> bool:
    supposed = r"(the|a|there|all|H|no)\b[^.;]{0,30}(differ|slope|varia|hypothes|null|H)"
    return asserts(
        given,
        rf"(probability|chance) (that|of (only |about )?0?\.\d+,?( that)?) {supposed}|"
        r"\b(hypothesis|H[0₀]|model|difference) (has|have|had|is true with) (a |"
        r"the )?(probabil|chance)|"
        r"\bwith (a )?(probability|certainty|chance) of 9\d|"
        r"\b9\d(\.\d+)? ?(%|per ?cent) (probab|certain|sure|likely|chance)",
    )


def says_every_hospital(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"(?<!same )(?<!equal )(?<!equally )\bin (every|each|all)( of)?( the)?( 54)? hospitals?\b|"
        r"\b(every|each) hospital (had|has|showed|shows) |"
        r"\b(shorter|lower|less|smaller|true|holds?) everywhere\b",
    )


def denies_difference(given: str, n: Numbers) -> bool:
    """Tell whether the mean difference is called zero."""
    return asserts(
        given,
        r"\bnot (significantly |statistically )?differ(ent)? from (zero|0|the others|each other)|"
        r"\bno (\w+ )?difference (between|in log stay between) (the )?(patients|those|survivors)",
    )


def has_a_negative_d(given: str, n: Numbers) -> bool:
    return any(holds(one[1], n["D"], 1) for one in re.finditer(r"\bD ?= ?[−–-] ?([\d.]+\d)", given))


def bounds_p_from_below(given: str, n: Numbers) -> bool:
    return asserts(given, r"\bp ?[>≥] ?0?\.00|\bp ?[>≥] ?0?\.05")


def tests_intercepts(given: str, n: Numbers) -> bool:
    """Tell whether a sentence with D says that intercepts vary, and nothing of the difference."""
    return any(
        re.search(r"\bintercepts? (var(y|ies|ied)|differ)", one, re.IGNORECASE)
        and not re.search(r"\bdifferences?\b|slope|\bdied\b|death", one, re.IGNORECASE)
        for one in re.split(r"(?<=[.;])\s", given)
        if holds(one, n["D"], 1)
    )


names_another_outcome = another_outcome("costs?|charges?|age|wages?|bills?|expenses")
