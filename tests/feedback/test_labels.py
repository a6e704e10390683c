"""Numbers and the words around them: which words count as a number's name."""

import pytest

from hlm_teach.feedback.labels import (
    another_level,
    another_outcome,
    before_its_interval,
    called_se,
    labelled,
    loses_its_minus,
    named_behind,
    near,
    says_credible,
)

TRUTH = {"slope": -0.047, "low": -0.057, "high": -0.036, "sd": 0.058, "from": -0.16}
SIGNED = near("from", 2, "firms", signed=True)
RULES = {
    "labelled": labelled("sd", 3, "intercept", unless="slope"),
    "behind": named_behind("sd", 3, "SE of"),
    "near": near("low", 3, r"\bCI\b"),
    "signed": SIGNED,
    "se": called_se(("sd", 3)),
    "minus": loses_its_minus("slope", "low", 3),
    "before": before_its_interval("low", "high", ("sd", 3), decimals=3),
    "credible": says_credible,
    "level": another_level,
    "outcome": another_outcome("wages?"),
}


@pytest.mark.parametrize(
    ("rule", "holds", "holds_not"),
    [
        ("labelled", "SD of intercepts 0.058", "SD of intercepts 1.34, of slopes 0.058"),
        ("behind", "It was 0.058 (SE of slopes)", "It was 0.058 (SD of slopes), SE of"),
        ("near", "95 % CI, −0.057 to −0.036", "It was −0.057. The 95 % CI is another."),
        ("signed", "95 % of firms from 0.16 below zero on", "95 % of firms from 0.16 on"),
        ("se", "The standard error of slopes was 0.058", "SE 0.005, SD of slopes 0.058"),
        ("minus", "It was 0.047 (−0.057 to −0.036)", "It fell by 0.047 (−0.057 to −0.036)"),
        ("before", "0.058 (95 % CI −0.057 to −0.036)", "SD 0.058. −0.047 (CI −0.057 to −0.036)"),
        ("credible", "a credible interval from", "not a credible interval"),
        ("level", "99 % CI 0.1 to 0.2", "95 % CI 0.1 to 0.99"),
        ("outcome", "log of real wages", "log employment and wages"),
    ],
)
def test_a_rule_holds_of_what_it_says_and_of_nothing_near_it(rule, holds, holds_not):
    assert RULES[rule](holds, TRUTH)
    assert not RULES[rule](holds_not, TRUTH)
