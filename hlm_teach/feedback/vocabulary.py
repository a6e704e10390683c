"""The many words for one thing: regular expressions that several chapters' reports are read by."""

# ---- what varied, and what was left out --------------------------------------------------

RANDOM_INTERCEPTS = (
    r"random(?:[^.;]|\.\d){0,40}intercept|intercepts? of (their|its) own|intercepts?\b(?:[^.;]|"
    r"\.\d){0,40}(random|var(y|ied|ies)|differ)|"
    r"(var(y|ied|ies)|differ|own|specific|(SD|deviation)s? of)\b(?:[^.;]|\.\d){0,40}intercept|"
    r"\(1 ?\| ?\w+\)"
)
# Between patients, children, schools: 'patients differed in intercepts and slopes' says as much.
RANDOM_SLOPES = (
    r"random(?:[^.;]|\.\d){0,60}slope|slopes?\b(?:[^.;]|\.\d){0,40}(random|var(y|ied|ies)|differ)|"
    r"\b(var(y|ied|ies)|differ\w*|own|individual|\w+-specific)\b(?:[^.;]|\.\d){0,40}slope|"
    r"random effects?\b(?:[^.;]|\.\d){0,40}\b(year|time|age)\b"
)
LEAVING_OUT = (
    r"le(ft|ave|aving)[- ]([\w-]+[- ]){0,4}out|omi(t|ss)|remov|exclu[ds]|delet|\bdropp(ed|ing)|"
    r"\b(case|jack)[- ]?(knife|deletion)|one (\w+ )?at a time|one by one|in turn"
)
LEFT_OUT = rf"{LEAVING_OUT}|without|influen"

# ---- how it was estimated ----------------------------------------------------------------

CREDIBLE = r"\bcredib|posterior (interval|probab)|\bCrI|probability(?:[^.;]|\.\d){0,20}95|95 ?%(?:[^.;]|\.\d){0,4}prob"
CLUSTERED = r"cluster|\bCR[0-3]\b|robust|sandwich"
# A comparison of a unit with itself at other times.
WITHIN = (
    r"\bwithin\b|fixed[- ]effects?|\bfollow\w* \w+ over|\bthe same \w+|\bfrom year to year|"
    r"\bwith (itself|themselves)\b|\bholding (?:[^.;]|\.\d){0,30}constant|\bin years (with|"
    r"when|of)\b|\b(a|each) \w+'s (own )?"
)

# ---- numbers, and what they are ----------------------------------------------------------

LOG = r"\blog|\bln\b|\bln\("
SE = r"standard[- ]errors?|(?<!\w)s\.?e\.?s?\b(?! ?[-–])"
RESIDUAL = r"\bresiduals?\b(?! (max|ML\b|likelihood))"
CONFIDENCE = r"\bC\.?I\b|\bCI95|confiden|\bconf\b|interval|\blimits?\b|\bbounds?\b"
COMPANIES = r"firms?|company|companies|enterprises?|businesses"
# Besides what `FELL` of reading has.
DOWNWARD = (
    r"\breduc|\bcontract|\bdownward|\blos[est]|\bloss|\bcut\b|\bshed|\bbelow\b|\bsmaller|\blower|"
    r"\bless\b|\bshort|\bdropp?|\bearlier|\b(go|going|gone|went|come|came) down|\bdown by"
)
DENIED_CHANGE = (
    r"\bnot (significantly |statistically |clearly )?differ(ent)? from (zero|0)|"
    r"\b(do|does|did)(n't| not) (\w+ )?(change|fall|differ from (zero|0))|"
    r"\bno (\w+ )?(change|decline|trend)\b|\bunchanged|\b(not|in|"
    r"non)[- ]?(statistically )?significant|"
    r"n't significant|remain(s|ed)? (stable|constant|the same)|\bstagna"
)

REML_DENIED = (
    r"\b(not( by| with| using)?|no|rather than|instead of|in place of) (REML|restricted max)|"
    r"\b(REML|restricted maximum likelihood)( estimation)? (was|is|were) (not|never)\b"
)
MOST_OF_IT = (
    r"\b(most|the (bulk|majority|(larger|greater|main|lion's) (part|share))) of (the |this |"
    r"that |all )?"
    r"(\w+ ){0,2}varia(nce|tion|bility)\b[^.;,]{0,50}"
)
MAINLY = r"\b(mainly|mostly|chiefly|predominantly|primarily|largely|above all) "
INTERVENES = (
    r"\b(raising|lowering|increasing|reducing|giving|moving|if [^.;,]{0,40}\b"
    r"(rais|lower|increas|reduc|giv|gave|treat|took|tak|mov)\w*)[^.;]{0,60}\b(will|would)\b"
)
HOLDS_ZERO = (
    r"\b(compatible|consistent) with (no|zero)\b|"
    r"\b(zero|0) (?:(?!not\b|never\b|outside\b)[a-z]+ ){0,4}(inside|in|within|part of|among|"
    r"covered|"
    r"included|contained)\b|"
    r"\b(intervals?|CIs?|limits|ranges?|they|which|both|it|and)\b"
    r"(?:(?!not\b|n't|neither|nor\b|none|no\b|without|exclud)[^.;()]){0,40}"
    r"\b(includ|contain|cover|cross|span|overlap|straddl|compris|hold)\w* (also )?(zero|"
    r"0(?![.\d]))|"
    r"(\b(not|non|in|no longer)|n't)[ -]?(\w+ )?significant|\bfails? to reach|\bnon-?significan|"
    r"\bno (\w+ )?(difference|association|relation\w*|gap) (was|is|were|between|can|could|at all)|"
    r"\bp ?> ?0?\.05|\bp ?[=≈] ?0?\.(0[6-9]|[1-9])|\b(zero|no difference) (can|"
    r"could) ?not be (ruled out|excluded)|"
    r"\b(can|could) (as well |well |also )?be (zero|chance)\b|\b(due to|explained by) chance\b"
)

# ---- what follows, and what doesn't ------------------------------------------------------

_DENIED = r"\b(not|cannot|no|nor|never|nobody|no one|nothing|none|without)\b|n't\b|\bimpossible\b"
_NOT_TOLD = (
    r"caus|\beffects?\b|reason|responsib|identif|attribut|separat|distinguish|derive|ruled out|"
    r"told apart|\bapart\b|randomi[sz]|(random|by) (lot|allocation|assignment)|assign|allocat|"
    r"experiment|\b(tell|show|say|know|answer)\w* (us )?(what|whether|if|why|it)\b|"
    r"what would happen|"
    r"\banswer(\b|able)|\btell\b|\bdecided?\b|\bknow\b|\bshows? that\b|\bsaid\b|\bsay\b|"
    r"\bknown\b|\bclear\b|settle|establish|determin|entangl"
)
# That no cause is shown, in one of many ways to say it.
NOT_CAUSAL = (
    r"observational|cross-sectional|correlational|non-?experimental|\bdescri(be|ption|ptive)|"
    r"\bassociations?( only|\b(?:[^.;]|\.\d){0,20}not)|\bonly (an )?association|"
    r"these are associations|"
    r"\bcho(se|ose|ice)|confound|\b(unknown|unclear|undecided)\b|\bselection\b|(cause|"
    r"effect)s? (remain|is|are|left) (un|open)|"
    r"(leaves?|stays?|remains?) open|(reason|cause)s?(?:[^.;]|\.\d){0,40}unknown|"
    rf"(remain|is|are) un(known|identified)|({_DENIED})(?:[^.;]|\.\d){{0,60}}({_NOT_TOLD})|"
    rf"\bwhat [\w ]{{1,60}}({_DENIED})(?:[^.;]|\.\d){{0,20}}\b(tell|show|say|know|answer)"
)
CAUSE = (
    r"\bcaus(e|es|ed|ing)\b|\b(because of|due to|thanks to|owing to)\b|\b(leads?|led) to\b|"
    r"\b(makes?|made) (?!up\b)(\w+ ){1,3}(grow|rise|fall|stay|learn|do|score|perform|achieve|earn|attain|"
    r"buy|borrow|lend|"
    r"invest|more|"
    r"less|better|worse|longer)\b"
)
DEALT_OUT = (
    r"\b(pupils|children|patients|schools|families|firms) (were|are) (all )?"
    r"((randomly|by lot) )?(assigned|allocated|randomi[sz]ed)\b"
)
