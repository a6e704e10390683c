"""How reports name what exercise 3.9 asks for: pairs of numbers, and directions."""

import re

from hlm_teach.feedback import naming
from hlm_teach.feedback.comparing import Comparison
from hlm_teach.feedback.naming import Pair
from hlm_teach.feedback.reading import asserts

_PATIENT = r"(patient|person|individual|subject)s?['’]?s?"
_VISIT = r"(visit|observation|occasion|measurement|examination|time)s?"

# ---- pairs of numbers --------------------------------------------------------------------

_MEAN = r"(mean|average|level|value|norm)s?"
SLOPES = Pair(
    "within",
    "between",
    rf"\b((within|inside)[- ]|in (?=(the same|a|each|one)\b))((the|a|each|one|of|"
    rf"same) )*{_PATIENT}|(?<![a-z])within(?![a-z])",
    naming.BETWEEN,
    decimals=2,
    also=rf"\b(above|below|from|around|than|about) ((the|a|an|their|his|her|or|its|each|that) )*"
    rf"({_PATIENT} )?((own|usual|personal|individual|typical) )*({_MEAN}|it|usual)\b|"
    rf"\b(a|one|the same) {_PATIENT} visits|\bvisits (with|to) each other|"
    rf"\b(given|particular|single) {_PATIENT}|\b{_PATIENT} with (him|her|it|them)|"
    rf"\b(own|usual|personal) {_MEAN}|\bsame {_PATIENT}|\bdeviations?\b|\blongitudinal|\bcentred|"
    r"\b(from|over|across|between|among|at) (\w+ )?(visit|time|occasion)s?( to (visit|time))?\b|"
    r"\bfrom one visit|\bchanges?( in albumin)?\b|\bvisit[- ]level|\bγ_?\(?10|"
    rf"\b(a|one|each|an individual) {_PATIENT} (own )?albumin (rises|rose|increases|goes up|is|"
    rf"was)",
    other_also=rf"\b{_PATIENT} (with|whose|who|having|that differ|differing|are compared)\b|"
    rf"\b(mean|average|usual) (of )?(the )?({_PATIENT} )?albumin|\balbumin[ _]{_MEAN}|"
    rf"\bpatients (\w+ )?(differ|var)|"
    rf"\b(patient|person)[- ]?(mean|level|average)|\b{_PATIENT} ((own|usual) )?{_MEAN}|"
    rf"\b{_MEAN} (of|for) (the |a |each )?{_PATIENT}|\b(of|with|on|for) the {_MEAN}|"
    rf"\bcompar\w+ (\w+ )?(patient|person|individual|subject)s\b|\bcompared by|\b(their|group|"
    rf"cluster) {_MEAN}|\bon average|"
    rf"\b(different|one|two) {_PATIENT} (to|and|from|than|with) |\banother (patient|person)|"
    r"\bcross-sectional|\bγ_?\(?01",
    rivals=("tau00", "sigma2"),
    ends=(("low", "high"), ("between_low", "between_high")),
)
VARIANCES = Pair(
    "tau00",
    "sigma2",
    rf"(?!(between|among|across) (the )?{_VISIT}\b)({naming.BETWEEN})|{naming.OF_GROUPS}",
    rf"\b((within|inside)[- ]|in (?=(the same|a|each|one)\b))((the|a|each|one|of|"
    rf"same) )*{_PATIENT}|{naming.WITHIN}|{naming.OF_ROWS}|"
    rf"\b(between|among|across)[- ](the )?{_VISIT}\b( (with)?in .{{0,12}}{_PATIENT})?",
    decimals=3,
    also=rf"\bintercepts?|[σs](²|\^2)?[_ ]?[({{]?{_PATIENT}\b|"
    rf"(?<!same )(?<!one )(?<!\d )(?<!a )\b{_PATIENT}(?!\w)(?! \w+ \d{{3}})",
    other_also=rf"\bof[- ](the )?{_VISIT}\b( (with)?in .{{0,12}}{_PATIENT})?|\b{_VISIT}[- ]level|"
    rf"\b(same|one|a) {_PATIENT}|(?<!\d )\b{_VISIT}(?!\w)",
    rivals=("within", "between"),
)
R2S = Pair(
    "marginal",
    "conditional",
    r"\bmarg\w*|R²_?[({]?m\b",
    r"\bcond\w*|R²_?[({]?c\b",
    decimals=2,
    also=r"(?<!and )\bfixed (effects|part)( alone| only)?(?! and| plus)|\balbumin (alone|explain)|"
    r"\bwithout the (random|patient|intercept)\w*",
    other_also=r"\bfixed (effects )?(and|plus|with) random|\brandom effects|"
    r"\b(including|with|counting|plus) the (random|patient|intercept)\w*",
)
SIZES = Pair(
    "rows",
    "groups",
    r"\b(visit|observation|row|measurement|examination|occasion|record|time point|"
    r"data point)s?\b|\bn(?=\W{0,3}[=(])",
    r"\b(patient|people|person|individual|subject)s?\b|\b[jk](?=\W{0,3}[=(])|\bgroups\b|"
    r"\bclusters\b",
)

# ---- scales ------------------------------------------------------------------------------

G_PER_DL = r"\bg ?(/|per|[·*.]) ?d[lL]|\bg d[lL]|\bgrams? ?(/|per|a) ?(deci|d[lL]\b)"
ANOTHER_ALBUMIN = (
    r"\b(per|for( each| every)?) (0?\.1|10|100|5|two|five|ten) g ?/ ?dl|\b(log|ln)[ -]?\(?albumin|"
    r"\bslopes? of albumin on|\bper (unit|log unit) (of|in) (log )?bilirubin|\b(60|149) ?(%|per ?cent)|"
    r"\b(0?\.60|1\.49) ?(mg|µmol|umol)|"
    r"\b(per|one|1|each|a|every)[- ](mg ?(/|per) ?d?l|g ?(/|per) ?l|µg ?/ ?d?l|"
    r"standard deviation|SD|standardi[sz]ed|per ?cent|%)"
    r"(?![^.;]{0,20}bilirubin)"
)

# ---- directions --------------------------------------------------------------------------

DOWN = (
    r"\blower|\bless\b|\b(fell|falls?|falling)\b|decreas|declin|negativ|\bdrop|\breduc|"
    r"\binvers|\bopposite|"
    r"\bsmaller|\bdown|\bsank|\bsinks?\b|\bdiminish|\bminus"
)
_ALBUMIN_LESS = (
    r"\b(lower|less|fall\w*|drop\w*|decreas\w*|declin\w*|reduc\w*|loss|lacks?|lacking|"
    r"missing)\b[^.;]{0,25}\balbumin|"
    r"\balbumin\b[^.;,]{0,40}\b(lower|less|fell|falls|drops?|dropped|decreas\w*|declin\w*|sank|"
    r"sinks)\b"
)
_BILIRUBIN_MORE = (
    r"\bbilirubin\b (\w+ ){0,3}(rose|rises|rising|increases?d?|grew|grows|higher|greater)\b|"
    r"\b(higher|increases?d?|rise|growth|more) (of|in|by)? ?(the )?(log |"
    r"logarithm of )?[- ]?bilirubin|"
    r"\bpositive(ly)? (\w+ )?(relat|associat|correlat|slope|link|connect)|"
    r"\b(associat|relat|correlat|slope)\w* (is|are|was|were) (\w+ )?positive|"
    r"\b(0?\.60|1\.49) (log (units|points) )?(higher|more|greater)\b|\b(higher|more|"
    r"up) by (0?\.60|1\.49)"
)
_LESS = r"\b(low|lower|less|falling)"
_BOTH_LESS = rf"{_LESS} albumin\b[^.;]{{0,40}}{_LESS} (\w+ ){{0,2}}bilirubin"


def rises(text: str) -> bool:
    """Tell whether a sentence says that bilirubin is higher where albumin is, not where it is less.

    >>> rises("Log bilirubin rose by 0.60.")
    True
    >>> rises("With less albumin, log bilirubin rose by 0.60.")
    False
    """
    both_less = re.search(_BOTH_LESS, text, re.IGNORECASE) is not None
    return both_less or any(
        asserts(one, _BILIRUBIN_MORE)
        and re.search(r"albumin|slope|\d\.\d|relat|assoc", one, re.IGNORECASE)
        and not re.search(_ALBUMIN_LESS, one, re.IGNORECASE)
        for one in re.split(r"[.;!?](?=\s)", text)
    )


STEEPNESS = Comparison(
    low=r"\bwithin\b( the| a| one)?( same)?( patients?)?|\bsame patient",
    high=rf"({naming.BETWEEN})( the)?( patients)?",
    down=r"less steep|half as \w+|flatter|weaker|shallower|"
    r"less (strong|pronounced)\w*|closer to zero",
    up=r"(?<!less )(?<!half as )steep(er)?|(?<!less )strong(er|ly)|"
    r"(twice|times) as (steep|strong|large)|"
    r"(?<!half )more (so|strongly|pronounced|steeply)",
)

CAUSES = (
    r"\bcaus|\b(lowers|reduces|improves|raises)\b|\bleads? to|\b(would|will) (\w+ )?(lower|"
    r"reduce|fall|drop|decrease)|"
    r"\bmakes\b|\b(because of|due to|thanks to|owing to)\b|\bbrings? (about|down)|"
    r"\bas a result of|\bresponsible for|\bprotect|\b(affect(s|ed)?|influenc(es|ed)|impact(s|ed)?)\b|"
    r"\beffects? of (low|high|raising|a rise|an increase|more|giving)|"
    r"\b(giving|raising|supplementing|treating) (\w+ )?(albumin|patients)"
)
SAME_SLOPES = (
    r"\bslopes? (were|are|was|is) (about |nearly |almost )?(the same|equal|identical)\b|"
    r"\b(equally|just as) (strong|steep|large)\b|\bno difference between the (two )?slopes|\bslopes (do|did|does) ?(not|n't) differ"
)
R2_EXPLAINED_WRONGLY = (
    r"\bmarginal\b[^.;,0-9]{0,30}(fixed and random|random effects included|including the "
    r"(random|intercepts))|\bconditional\b[^.;,0-9]{0,30}(fixed effects (only|alone)|albumin alone)"
)
ANOTHER_UNIT_COUNTED = (
    r"\b1[,. ]?945 (\w+ )?(patients|people|persons|hospitals)\b|"
    r"\b312 (\w+ )?(visits|observations|hospitals|doctors|measurements)\b"
)
LARGER_WITHIN = (
    r"\bvarian\w+ within[^.;]{0,60}\b(larger|greater|higher|exceeds?)\b[^.;]{0,30}between|"
    r"\bvarian\w+ between[^.;]{0,60}\b(smaller|lower)\b[^.;]{0,30}within"
)
