"""How reports name what exercise 2.9 asks for: two variances, two sizes, and what an ICC means."""

from hlm_teach.feedback import naming
from hlm_teach.feedback.naming import Pair

_FIRM = r"(firm|compan(y|ies)|enterprise|employer)s?"
_YEAR = r"(year|observation|row|time|occasion|measurement|wage)s?"
VARIANCES = Pair(
    "tau00",
    "sigma2",
    rf"(?!(between|among) (the )?{_YEAR}\b)({naming.BETWEEN})([- ](the )?{_FIRM})?|"
    rf"{naming.OF_GROUPS}",
    rf"\b((within|inside)[- ]|in (?=(the same|a|each|one)\b))((the|a|each|one|of|same) )*{_FIRM}\b|"
    rf"\b(between|among)[- ](the )?{_YEAR}\b( (with)?in .{{0,12}}{_FIRM})?|"
    rf"{naming.WITHIN}|{naming.OF_ROWS}",
    decimals=3,
    also=rf"\bintercept|[σs](²|\^2)?[_ ]?[({{]?{_FIRM}|"
    rf"(?<!same )(?<!one )(?<!\ba )(?<!each )(?<!\d )\b{_FIRM}\b(?!-years)"
    r"(?! \(?[jJ]? ?=? ?\d\d\d)",
    other_also=rf"\b{_YEAR}[- ]level|"
    rf"(?<!\d )\b{_YEAR} ((with)?in|of) (\w+ )?{_FIRM}|\b(same|one) {_FIRM}|"
    rf"\([^()]{{0,8}}\b{_YEAR}\)|\byear[- ](to|by)[- ]year\b|\bover (the years|time)\b|"
    rf"\bof the {_YEAR}\b",
    rivals=("icc", "low", "high"),
)
SIZES = Pair(
    "years",
    "firms",
    rf"\b{_FIRM}[- ]years?\b|\b(observation|row|year|wage|measurement|time|record|data point|"
    rf"case)s?\b|"
    r"\bn(?=\W{0,3}[=(])",
    rf"\b{_FIRM}\b(?!-)|\b[jk](?=\W{{0,3}}[=(])|\bgroups\b|\bclusters\b",
)
_WAGE = r"(wage|pay\b|earning)"
LOG_WAGE = rf"\b(log|ln)[^.;]{{0,60}}\b{_WAGE}|{_WAGE}[^.;]{{0,60}}\b(log|ln)|log_wage"

# ---- what an ICC doesn't say -------------------------------------------------------------

_SAME = r"(two|any two|different|distinct|separate|randomly (chosen|drawn))"
ALIKE_FIRMS = (
    rf"\bcorrelations? (between|among|across) (the )?(140 )?{_FIRM}\b|"
    rf"\b{_SAME} (\w+ )?{_FIRM}\b(?:(?!than|same firm|within)[^.;]){{0,60}}\b(correlat|alike|"
    rf"similar|resembl)|"
    rf"\bcorrelat(?:(?!than|same|within)[^.;]){{0,60}}\b(between|of|across|among|for|in|"
    rf"from) (the )?({_SAME} )+{_FIRM}"
)
UNLIKE = (
    r"\b(var(y|ied|ies)|chang|differ|fluctuat)\w* (a lot|greatly|strongly|much|considerably|widely) "
    r"(from year|over (the years|time)|within)|"
    r"\b(little|small|hardly any|negligible|few) (difference|variation|variance)\w* between (the )?firms|"
    rf"\b{_FIRM} (\w+ )?(pay|have) (\w+ )?(similar|the same|equal) |"
    rf"\b{_FIRM} (\w+ )?(account|contribut)\w* (\w+ )?(for |to )?(only )?(a )?(very )?"
    r"(little|small|tiny|minor|hardly)\b|\b(need|require)\w* no (multilevel|mixed|random)|"
    r"\bno (multilevel|mixed)( \w+)? model (is|was) (needed|necessary|required)|"
    r"\b(hardly|barely|scarcely|little|no|not|n't) (\w+ )?(more )?(alike|similar|cluster\w*|"
    r"correlated)\b|"
    r"\bresembl\w*[^.;]{0,25}\b(little|hardly|barely)|\blittle in common|\b(weak(ly)?|"
    r"negligible|slight(ly)?|low|small) (\w+ )?(cluster|correlat|ICC|intraclass)|"
    r"\b(can|could|may|might|should) (?!not\b)(\w+ )?be "
    r"(treated|regarded|analy[sz]ed|taken|considered|seen) as (if )?(\w+ ){0,2}independent|"
    r"\b(are|were|is) (nearly |almost |practically |largely |approximately |"
    r"virtually )?independent\b|"
    rf"\b{_FIRM} (hardly|barely|scarcely|do not|don't|did not|didn't) (\w+ )?(differ|matter|var)|"
    r"\b(no|little) need (for|of) (a )?(multilevel|mixed|random)|"
    r"\b(clustering|grouping|firms?) (can|could|may) (?!not\b)(\w+ )?be (ignored|neglected)"
)
ADJUSTED = (
    r"\b(adjust(ed|ment|ing)|controll(ed|ing)|account(ed|ing)|corrected|allow(ed|ing)) for\b|"
    r"\bconditional (on|upon|ICC|intra)|\b(net of|holding|given (the )?(year|sector|industry|"
    r"size))\b"
)
CAUSES = (
    rf"\bcaus|\b{_FIRM} (\w+ )?(determin|driv|set|mak|decid|produc)(e|es|s)?\b(?! up)|"
    rf"\b(due to|because of|owing to|thanks to) (the |which |their )?{_FIRM}|"
    rf"(?<!random )\beffects? of (the |a )?{_FIRM}|\b(produced by|determined by|driven by|"
    rf"made by)\b"
)
SHARE_OF_FIRMS = (
    r"\b(8\d|9\d)(\.\d)? ?(%|per ?cent) of (the |all |these |their )*"
    rf"({_FIRM}|workers|employees)\b(?! (log )?wage|['’])"
)
ANOTHER_UNIT_COUNTED = (
    r"\b1[,. ]?031 (\w+ )?(workers|employees|people|persons|individuals|firms|companies)\b(?!-)|"
    r"\b140 (\w+ )?(workers|employees|people|persons|individuals|years|observations|industries)\b"
)
