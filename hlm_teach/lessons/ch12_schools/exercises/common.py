"""What the reports of these exercises have in common."""

import re

from hlm_teach.feedback.vocabulary import NOT_CAUSAL


def without_slopes_let_vary(text: str) -> str:
    """The text without 'we let the slope vary', which says what was tried and not what was found."""
    return re.sub(r"(?i)\b(let|allow|permit)\w*\b[^.;]{0,40}\bvary\b", "", text)


# That nobody was assigned, with its 'not' inside.
NOT_ASSIGNED = rf"{NOT_CAUSAL}|\b(not|n't|never|nobody|no one)\b[^.;]{{0,30}}\b(deal|dealt)"
