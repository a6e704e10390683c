"""How reports name what exercise 1.9 asks for: schools of two kinds, two variances, two sizes."""

from hlm_teach.feedback import naming
from hlm_teach.feedback.comparing import Comparison
from hlm_teach.feedback.naming import Pair
from hlm_teach.feedback.vocabulary import CAUSE

# ---- schools with himinty 1, and with himinty 0 -----------------------------------------

_MUCH = (
    r"(high|large|many|big|substantial|(more|greater|higher|larger) than|over|above|exceed\w*|>)"
)
_LITTLE = (
    r"(few|fewer|low|lower|small|little|without|at most|up to|no more than|not more than|less than|"
    r"below|under|≤|40 ?(%|per ?cent)( of)?( the)?( minority)?( \w+)? or (fewer|less|below|under))"
)
_PERCENT = r"( ?%| per ?cent)?( or more)?"
_ENROLLED = r"( of( the)? \w+)?( minority)?( pupils| students| children| enrol\w+)?"
_SHARE = rf"(minority|minorities|share|proportion|percentage|40)\b{_PERCENT}{_ENROLLED}"
_SCHOOLS = r"(schools?|those|ones) ?(with|having|that|where|in which|whose|enrolling|of|above|\()"
_GAP = (
    rf"(?:(?!\bschools|\bthan those|\bthe others?\b|\band without|\b{_MUCH}|\b{_LITTLE})"
    r"[^.;,]){0,40}"
)
FEW = (
    rf"{_SCHOOLS}{_GAP}(?<!no )(?<!not )\b{_LITTLE}\b({_GAP}{_SHARE})?|"
    r"\blow(er)?[- ](minority|share|proportion)(-share)?( schools)?|\bhiminty ?= ?0|"
    r"\b(comparison|reference) (schools|group)|"
    r"\bwithout (a |such a )?(large|high)[- ]\w+( share)?"
)
OTHERS = (
    r"\b(?<!each )other(s\b(?!')|( \d+)? (kinds? of )?schools)(['’] \w+)?|"
    r"\b(the|all) other\b(?! (hand|kind|way))|\brest\b(?! of the var)|"
    r"\bremain(ing|der)( \d+)? schools|\belsewhere\b"
)
HIGH = (
    rf"{_SCHOOLS}(?= and without)|(?<=school )(above|over) 40{_PERCENT}|(?<=schools )(above|"
    rf"over) 40{_PERCENT}|"
    rf"{_SCHOOLS}{_GAP}\b{_MUCH}\b({_GAP}{_SHARE})?|"
    r"\b(high|higher|large|heavy)[- ](minority|himinty)([- ]share)?( schools)?|"
    r"\bminority[- ](rich|heavy|dense|dominated)( schools)?|\bhiminty\b(?! ?= ?0)( ?= ?1)?|"
    rf"\b(share|proportion|percentage|enrol\w+)( of{_GAP})?( at the school)?( is| was)? "
    r"(over|above|exceed\w*|beyond|(more|greater|higher|larger) than) ?40|"
    rf"\b(high|large|higher)( \w+)? (share|proportion|percentage|enrol\w+)( of {_SHARE})?"
)
SCHOOLS = Comparison(low=HIGH, high=FEW, rest=OTHERS)

# ---- variances and sizes -----------------------------------------------------------------

_PUPIL = r"(pupil|student|child(ren)?)"
VARIANCES = Pair(
    "tau00",
    "sigma2",
    rf"(?!between[- ](the )?{_PUPIL})({naming.BETWEEN})([- ](the )?schools?)?|{naming.OF_GROUPS}",
    r"\b((within|inside)[- ]|in (?=(the same|a|each|one)\b))((the|a|each|one|of|same) )*schools?\b|"
    rf"\b(between|among)[- ](the )?{_PUPIL}\w*( (with)?in .{{0,12}}schools?)?|"
    rf"{naming.WITHIN}|{naming.OF_ROWS}",
    decimals=2,
    also=r"\bintercept|\b(at|on) the school\b|[σs](²|\^2)?[_ ]?[({]?school|"
    r"\bthe schools['’]|\bschools (differ|var)|"
    r"\bschool('s|s['’]?)?[- ](level|variance|means?|component|effects?)|"
    r"(?<!same )(?<!\d )(?<!the )(?<!their )(?<!\ba )(?<!each )(?<!one )(?<!its )"
    r"\bschools?\b(?!.{0,3}\d\d\d)|\b(from|of) school to school",
    other_also=rf"(?<!\d )\b{_PUPIL}(s\b|\b|[- ]level)|\b{_PUPIL}s? (with a var|differ|var)|"
    rf"\bof[- ](the )?{_PUPIL}\w*( (with)?in .{{0,12}}schools?)?|\bsame school|"
    r"\b(around|about|from) (the|their|each|its) (own )?school('s)?",
)
SHARES = Pair(
    "share",
    "rest",
    r"\b(between|among) (the )?schools|\bschool[- ]level|\bto schools\b",
    rf"\bwithin\b|\b(between|among) (the )?{_PUPIL}|\b{_PUPIL}[- ]level",
    decimals=2,
)
SIZES = Pair(
    "pupils", "schools", rf"\b{_PUPIL}|\bn(?=\W{{0,3}}[=(])", r"\bschools?|\b[jk](?=\W{0,3}[=(])"
)

# ---- what a comparison of schools doesn't say --------------------------------------------

CAUSES = (
    rf"{CAUSE}|\bcaus|(?<!random )(?<!fixed )\beffects? of (a|the|high|many|being|minor)|"
    r"\b(lowers|reduces|lost|costs?|harms?|drags?|hurts?|depress(es)?)\b|"
    r"\bwould (raise|lower|improve|increase|gain)|"
    r"\b(brings? about|brought about|as a result of|responsible for|affect(s|ed)?|influenc(es|"
    r"ed)|impact(s|ed)?)\b"
)
_SCORED = (
    r"\b(scored?s?|lay|lies?|had|were|was|is|are|did|do|does|perform\w*|achiev\w*|averaged?)\b"
)
PUPILS = (
    rf"(^|[.;,:(] ?|\b(that|a|an|each|because|so) |(?<!of )\bthe )(minority {_PUPIL}s?|"
    rf"{_PUPIL}s? (of|from|in|belonging to|(who|that) (belong to|are of|are in|come from)) "
    rf"(a|the) minorit\w+)\b[^.;,]{{0,20}}{_SCORED}"
    r"(?! (more than|over|above|\d+ ?(%|per)|an? majority|in the majority|enrolled|"
    r"concentrated|taught))|"
    rf"\bthan (the |their |other |an?other )*((non-?minority|white|majority) ({_PUPIL}|peer)|"
    r"\w+ (of|in|at) the same school)"
)
ANOTHER_SHARE = (
    r"\b(more than|over|above|exceed\w*|>|at least) ?(?!40\b)\d+ ?(%|"
    r"per ?cent)[^.;,0-9]{0,30}minorit|"
    r"\bminorit\w+ (\w+ ){0,3}(over|above|exceed\w*|(more|greater|"
    r"higher) than) (?!40\b)\d+ ?(%|per ?cent)"
)
ANOTHER_UNIT_COUNTED = (
    r"\b7[,. ]?185 (\w+ )?(schools|classes|teachers|districts)\b|"
    r"\b160 (\w+ )?(pupils|students|classes|teachers|districts)\b"
)
ANOTHER_OUTCOME = r"\b(reading|science|language|verbal|history) (scores?|achievement|test)"
