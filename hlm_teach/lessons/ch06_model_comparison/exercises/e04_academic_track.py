"""06.4 Mend a colleague's test: the academic track."""

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import D_IS_NEGATIVE, D_NOT_DOUBLED
from hlm_teach.lmm.fit import fit_lmm

from .common import gain, tail

SCHOOLS = "math ~ ses_within + meanses + catholic"


def numbers() -> Numbers:
    """What the share of pupils on the track adds by ML; by REML, in per cent and as a share."""
    hsb = load_data("hsb").assign(track=lambda d: 100 * d["pracad"])
    d = gain(*(fit_lmm(SCHOOLS + added, hsb, "school", reml=False) for added in ("", " + track")))
    small, in_percent, as_share = (
        fit_lmm(SCHOOLS + added, hsb, "school") for added in ("", " + track", " + pracad")
    )
    return {
        "what": "b",
        "D": d,
        "p": tail(d, 1),
        "D_reml": gain(small, in_percent),
        "D_reml_of_share": gain(small, as_share),
        "undoubled": d / 2,
        "negative": -d,
        "half": tail(d, 1) / 2,
        "of_2": tail(d, 2),
        "of_t": in_percent.pvalues["track"],
        "p_reml": tail(gain(small, in_percent), 1),
    }


MISTAKES = (
    Mistake(
        {"what": "a"}, "The edge concerns variances. The coefficient of track may have either sign."
    ),
    Mistake(
        {"what": "c"},
        "A per cent is as good a unit as any. Ask rather why "
        "the unit should matter to a test at all.",
    ),
    Mistake(
        {"what": "d"}, "With 160 schools χ² is fine for a fixed effect. With 6 it wouldn't be."
    ),
    Mistake({"D": "D_reml"}, "This D is the colleague's: both fits are still by REML."),
    Mistake(
        {"D": "D_reml_of_share"},
        "You counted the track as a share and kept REML. Another unit, another D: that "
        "is the symptom. What is the cure?",
    ),
    Mistake({"D": "undoubled"}, D_NOT_DOUBLED),
    Mistake({"D": "negative"}, D_IS_NEGATIVE),
    Mistake(
        {"p": "half"},
        "You halved p. That is for a variance at its edge; a coefficient may have either sign.",
    ),
    Mistake({"p": "of_2"}, "Your p counts two parameters. How many does track add?"),
    Mistake(
        {"p": "of_t"},
        "Your p is that of the t test of the REML fit. A good test too, and it "
        "agrees; here the likelihood ratio is asked for.",
    ),
    Mistake({"p": "p_reml"}, "This p is the colleague's: both fits are still by REML."),
)

EXERCISE = Exercise(
    "06.4",
    "Mend a colleague's test: the academic track",
    Several(what=Choice("abcd"), D=Number(2), p=Number(4)),
    numbers=numbers,
    why="by ML a per cent and a share give the same D of {D:.2f}: a test must not "
    "depend on a unit.",
    mistakes=MISTAKES,
    nudge="Would the colleague's D be the same if the track were a share, not a per cent?",
    section="ML for fixed effects: the software refuses the rest",
    formula="fit both with reml=False; D = −2(log L_reduced − log L_full) against χ² with as "
    "many df as coefficients are added",
)
