"""How reports name the two groups of exercise 10.9, and what they say of the one and the other."""

import re

from hlm_teach.feedback.comparing import Comparison

_GROUP = r"( (group|arm|children|infants|ones|kids|sample))?"
_DONE = r"(early )?(intervention|treatment|programme?)"
UNTREATED = (
    rf"\b(untreated|non-?treated|not treated|controls?|comparison){_GROUP}\b|"
    rf"\b(without|no|outside) (the |an? |any )?{_DONE}\b|\bwithout it\b"
)
TREATED = (
    rf"\btreated{_GROUP}\b|\b{_DONE}(?! (had|has|effect|contrast|began|started|was)){_GROUP}\b|"
    r"\bwith it\b"
)
OTHERS = rf"\bothers\b|\bthe other{_GROUP}\b|\bthe rest\b"

LEVEL = Comparison(low=UNTREATED, high=TREATED, rest=OTHERS)
# Whoever has the smaller decline lies low here: 'untreated children fell by 5.3 a year more'.
DECLINE = Comparison(
    low=TREATED,
    high=UNTREATED,
    rest=OTHERS,
    down=r"less|slower|slowly|smaller|lower|flatter|shallower|weaker|fewer",
    up=r"more(?! slow)|faster|steeper|larger|greater|higher|stronger|quicker|worse",
)
SLOPE = Comparison(
    low=UNTREATED,
    high=TREATED,
    rest=OTHERS,
    down=r"lower|steeper|more negative|worse|less (favou?rable|positive)",
    up=r"higher|better|less (steep|negative)|shallower|flatter|more (favou?rable|positive)",
)
_FALLING = r"\b(fell|fall(s|ing)?|fallen|dropp?(s|ed|ing)?|declin\w+|decreas\w+|lost|los(e|es|ing|s)|sank)\b"
_SLOPING = r"\b(slopes?|changed?|changes|interaction|rates?|trends?|trajector\w+)\b"


def contradicts_level(text: str, level: str) -> bool:
    """Tell whether treated children are said to have scored less than the others at age 1.

    >>> contradicts_level("At age 1 controls were 6.9 points ahead of treated children.", "6.9")
    True
    """
    text = re.sub(r",? (at|by) (the )?age( of)? (1|one)( year)?\b", "", text)
    return False in LEVEL.claims(text, about=re.escape(level))


def compared_slopes(text: str, gain: str) -> list[bool]:
    """Tell of each comparison of the changes in a year whether it goes the right way.

    A decline that is 5.3 larger is a slope that is 5.3 lower; so what is compared must be known:
    the last of these words before the number.

    >>> compared_slopes("The decline of treated children was 5.3 points a year larger.", "5.3")
    [False]
    >>> compared_slopes("Untreated children fell by 5.3 points a year more.", "5.3")
    [True]
    """
    found = []
    for sentence in re.split(r"[.;!?](?=\s)", text):
        before = re.split(rf"(?<![\d.]){re.escape(gain)}", sentence)[0]
        words = [*re.finditer(rf"(?P<fall>{_FALLING})|{_SLOPING}", before, re.IGNORECASE)]
        if words:
            compared = DECLINE if words[-1]["fall"] else SLOPE
            found += compared.claims(sentence, about=re.escape(gain))
    return found


_SIZE = r"(?P<minus>[−–-] ?|minus )?\+?(?P<size>\d?\.\d+|[01]|one|zero)\b(?!\.\d| ?(%|years?|of|boundary))"


def correlations(text: str) -> list[float]:
    """The correlations that a text gives, no years of age among them.

    >>> correlations("Level at age 1 and slope correlated by minus one, a correlation of -1.0")
    [-1.0, -1.0]
    """
    text = re.sub(r"\bages?( of)? (\d|one)[\d., and]*|\bnot \w+,? but\b", "", text)
    found = re.finditer(
        rf"\b(correlat\w*|r(?= ?=))(?:(?!correlat|absolute)[^.;\d−–-]){{0,70}}?(?<![\w.]){_SIZE}",
        text,
        re.IGNORECASE,
    )
    words = {"one": "1", "zero": "0"}
    sizes = [(one["minus"], words.get(one["size"].lower(), one["size"])) for one in found]
    return [-float(size) if minus else float(size) for minus, size in sizes]
