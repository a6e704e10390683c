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
_ONE_BY_ONE = r"\bin turn\b|\b(each|every|any|single)\b|\bat a time\b|\bone by one\b|\bsuccessive"
_IN_TURN = rf"{_ONE_BY_ONE}|\b(no|none|neither)\b|\ba firm\b|\bwhen\b[^.;]{{0,40}}\bdropped"
# Said outright, whatever it is said to have moved: 'we removed firm 119', 'excluded because it …'.
_DONE = r"(removed|excluded|dropped|deleted|discarded|eliminated|threw out)\b(?! (no|none)\b)"
_FOR_GOOD = (
    rf"(?<!when )(?<!if )(?<!after )(?<!once )\bwe (have |had )?((then|therefore|also) )?{_DONE}|"
    rf"\b{_DONE}[^.;]{{0,40}}\b(because|since)\b"
)


def throws_out(text: str) -> bool:
    """Tell whether a report leaves out a group for good, not each in turn.

    >>> throws_out("Firm 119 was therefore excluded."), throws_out("Each firm was removed in turn.")
    (True, False)
    >>> throws_out("We removed firm 119 because it moved the slope."), throws_out("We removed no firm.")
    (True, False)
    """
    sentences = re.split(r"[.;!?](?=\s|$)", text)
    return any(
        (asserts(one, _FOR_GOOD) and not re.search(_ONE_BY_ONE, one, re.IGNORECASE))
        or (asserts(one, _OUT) and not re.search(rf"{_IN_TURN}|{_WHAT_IF}", one, re.IGNORECASE))
        for one in sentences
    )
