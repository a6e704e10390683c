"""How reports name what exercise 3.9 asks for: slopes, variances and R² in pairs, and directions."""

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
    rf"\b(with)?in(side)?[- ](the |a |each |one |of )?(same )?{_PATIENT}|(?<![a-z])within(?![a-z])",
    naming.BETWEEN,
    decimals=2,
    also=rf"\b(above|below|from|around|than|about) ((the|a|an|their|his|her|or|its|each|that) )*"
    rf"({_PATIENT} )?((own|usual|personal|individual|typical) )*({_MEAN}|it|usual)\b|"
    rf"\b(own|usual|personal) {_MEAN}|\bsame {_PATIENT}|\bdeviations?\b|\blongitudinal|\bcentred|"
    r"\b(from|over|across|between|among|at) (\w+ )?(visit|time|occasion)s?( to (visit|time))?\b|"
    r"\bfrom one visit|\bchanges?( in albumin)?\b|\bvisit[- ]level|\bγ_?\(?10|"
    rf"\b(a|one|each|an individual) {_PATIENT} (own )?albumin (rises|rose|increases|goes up|is|was)",
    other_also=rf"\b{_PATIENT} (with|whose|who|having|that differ|differing|are compared)\b|"
    rf"\b(mean|average|usual) (of )?(the )?({_PATIENT} )?albumin|\balbumin {_MEAN}|"
    rf"\b(patient|person)[- ]?(mean|level|average)|\b{_PATIENT} ((own|usual) )?{_MEAN}|"
    rf"\b{_MEAN} (of|for) (the |a |each )?{_PATIENT}|\b(of|with|on|for) the {_MEAN}|"
    rf"\bcompar\w+ (\w+ )?(patient|person|individual|subject)s\b|\bcompared by|\b(their|group|cluster) {_MEAN}|\bon average|"
    rf"\b(different|one|two) {_PATIENT} (to|and|from|than|with) |\banother (patient|person)|"
    r"\bcross-sectional|\bγ_?\(?01",
    rivals=("tau00", "sigma2"),
)
VARIANCES = Pair(
    "tau00",
    "sigma2",
    rf"(?!(between|among|across) (the )?{_VISIT}\b)({naming.BETWEEN})|{naming.OF_GROUPS}",
    rf"\b(with)?in(side)?[- ](the |a |each |one |of )?(same )?{_PATIENT}|{naming.WITHIN}|{naming.OF_ROWS}|"
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
    r"\b(visit|observation|row|measurement|examination|occasion|record|time point|data point)s?\b|\bn(?=\W{0,3}[=(])",
    r"\b(patient|people|person|individual|subject)s?\b|\b[jk](?=\W{0,3}[=(])|\bgroups\b|\bclusters\b",
)

# ---- scales ------------------------------------------------------------------------------

G_PER_DL = (
    r"\bg ?(/|per|[·*.]) ?d[lL]|\bg d[lL]|\bgrams? ?(/|per|a) ?(deci|d[lL]\b)"
)
ANOTHER_ALBUMIN = (
    r"\b(per|one|1|each|a|every)[- ](mg ?(/|per) ?d?l|g ?(/|per) ?l|µg ?/ ?d?l|standard deviation|SD|standardi[sz]ed|per ?cent|%)"
    r"(?![^.;]{0,20}bilirubin)"
)

# ---- directions --------------------------------------------------------------------------

DOWN = (
    r"\blower|\bless\b|\b(fell|falls?|falling)\b|decreas|declin|negativ|\bdrop|\breduc|\binvers|\bopposite|"
    r"\bsmaller|\bdown|\bsank|\bsinks?\b|\bdiminish|\bminus"
)
_ALBUMIN_LESS = (
    r"\b(lower|less|fall\w*|drop\w*|decreas\w*|declin\w*|reduc\w*|loss|lacks?|lacking|missing)\b[^.;]{0,25}\balbumin|"
    r"\balbumin\b[^.;,]{0,40}\b(lower|less|fell|falls|drops?|dropped|decreas\w*|declin\w*|sank|sinks)\b"
)
_BILIRUBIN_MORE = (
    r"\bbilirubin\b (\w+ ){0,3}(rose|rises|rising|increases?d?|grew|grows|higher|greater)\b|"
    r"\b(higher|increases?d?|rise|growth|more) (of|in|by)? ?(the )?(log |logarithm of )?[- ]?bilirubin|"
    r"\bpositive(ly)? (\w+ )?(relat|associat|correlat|slope|link|connect)|"
    r"\b(0?\.60|1\.49) (log (units|points) )?(higher|more|greater)\b|\b(higher|more|up) by (0?\.60|1\.49)"
)
_BOTH_LESS = (
    r"\b(low|lower|less|falling) albumin\b[^.;]{0,40}\b(low|lower|less|falling) (\w+ ){0,2}bilirubin"
)


def rises(text: str) -> bool:
    """Tell whether a sentence says that bilirubin is higher where albumin is, not where it is less.

    >>> rises("Log bilirubin rose by 0.60."), rises("With less albumin, log bilirubin rose by 0.60.")
    (True, False)
    """
    both_less = re.search(_BOTH_LESS, text, re.IGNORECASE) is not None
    return both_less or any(
        asserts(one, _BILIRUBIN_MORE) and not re.search(_ALBUMIN_LESS, one, re.IGNORECASE)
        for one in re.split(r"[.;!?](?=\s)", text)
    )


STEEPNESS = Comparison(
    low=r"\bwithin\b( the| a| one)?( same)?( patients?)?|\bsame patient",
    high=rf"({naming.BETWEEN})( the)?( patients)?",
    down=r"less steep|half as \w+|flatter|weaker|shallower|less (strong|pronounced)\w*|closer to zero",
    up=r"(?<!less )(?<!half as )steep(er)?|(?<!less )strong(er|ly)|(twice|times) as (steep|strong|large)|"
    r"(?<!half )more (so|strongly|pronounced|steeply)",
)

CAUSES = (
    r"\bcaus|\b(lowers|reduces|improves|raises)\b|\bleads? to|\b(would|will) (\w+ )?(lower|reduce|fall|drop|decrease)|"
    r"\bmakes\b|\b(because of|due to|thanks to|owing to)\b|\bbrings? (about|down)|\bresults? in\b|"
    r"\bas a result of|\bresponsible for|\bproduces?\b|\beffects? of (low|high|raising|a rise|an increase|more|giving)|"
    r"\b(giving|raising|supplementing|treating) (\w+ )?(albumin|patients)"
)
