"""What two reports of the chapter are read for."""

import re

from hlm_teach.feedback.reading import asserts

_OUT = (
    r"\b(exclud|remov|delet|discard|eliminat)(?!ing)\w*|"
    r"\bdropped\b(?! (to|from|by)\b)"
)
# 'After deletion of firm 119 the slope moves' tells what would be.
_WHAT_IF = r"\b(shift|mov|chang|influen|would|sensitiv|maximum|largest)"
# Each group left out and put back is what influence means.
_IN_TURN = r"\bin turn\b|\b(each|every|any|no|none|neither)\b|\bat a time\b|\bone by one\b|\bsuccessive|\ba firm\b"


def throws_out(text: str) -> bool:
    """Tell whether a report leaves out a group for good, not each in turn.

    >>> throws_out("Firm 119 was therefore excluded."), throws_out("Each firm was removed in turn.")
    (True, False)
    """
    sentences = re.split(r"[.;!?](?=\s|$)", text)
    return any(
        asserts(one, _OUT) and not re.search(rf"{_IN_TURN}|{_WHAT_IF}", one, re.IGNORECASE)
        for one in sentences
    )
