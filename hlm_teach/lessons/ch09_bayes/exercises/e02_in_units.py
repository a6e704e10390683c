"""09.2 A prior, said aloud in units."""

import numpy as np
from scipy import stats

from hlm_teach.bayes.priors import sd_prior
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

END, LARGE, KPA = 10.0, 25.0, 0.1333


def numbers() -> Numbers:
    """The scale whose 95 % lie below 10 mmHg, in two units, and what two tails hold; and slips."""
    of_one = sd_prior("half-normal", 1.0).quantile(0.95)
    scale = END / of_one
    cauchy = 1 - 2 / np.pi * np.arctan(LARGE / scale)
    one_sided = float(stats.norm.ppf(0.95))
    return {
        "scale": scale,
        "kpa": scale * KPA,
        "tail": cauchy,
        "flat": "c",
        "end": END,
        "at_z": END / one_sided,
        "times": END * of_one,
        "third": END / 3,
        "by_rule": END / 2,
        "by_rule_kpa": END / 2 * KPA,
        "divided": scale / KPA,
        "squared": scale * KPA**2,
        "end_kpa": END * KPA,
        "of_normal": 2 * float(stats.norm.sf(LARGE / scale)),
        "one_tail": cauchy / 2,
        "below": 1 - cauchy,
        "at_end": 1 - 2 / np.pi * np.arctan(END / scale),
    }


def asks_beyond_ten(given: dict, n: Numbers) -> bool:
    """Tell whether the tail begins at 10: of a wrong scale another one may be as large."""
    return abs(given["scale"] - n["scale"]) < 0.006 and abs(given["tail"] - n["at_end"]) < 0.006


MISTAKES = (
    Mistake({"scale": "end"}, "You took the 95 % point for the scale. How many scales away is it?"),
    Mistake(
        {"scale": "at_z"},
        "You divided by the 95 % point of a whole normal distribution. A half-normal has all its "
        "weight on one side of 0: which share of the whole one lies beyond its 95 % point?",
    ),
    Mistake({"scale": "times"}, "You multiplied. The scale is smaller than the 95 % point."),
    Mistake(
        {"scale": "third"},
        "Beyond three scales there is hardly anything; below it is more than 95 %.",
    ),
    Mistake(
        {"scale": "by_rule", "kpa": "by_rule_kpa"},
        "You halved the 95 % point. '95 % below 2s' is a rule of thumb; for two decimals ask a "
        "half-normal of scale 1 for its own 95 % point.",
    ),
    Mistake({"kpa": "scale"}, "In kilopascals all numbers are smaller, the scale as well."),
    Mistake({"kpa": "divided"}, "You divided. One mmHg is only a part of a kilopascal."),
    Mistake(
        {"kpa": "squared"},
        "You changed units twice, as a variance would. The scale is a standard deviation's.",
    ),
    Mistake({"kpa": "end_kpa"}, "That is the 95 % point in kilopascals. And the scale?"),
    Mistake(
        {"tail": "of_normal"},
        "So little lies beyond 25 in the half-normal. The Cauchy's tail is longer.",
    ),
    Mistake({"tail": "one_tail"}, "You forgot that the half-Cauchy has all of its weight above 0."),
    Mistake({"tail": "below"}, "That is the share below 25."),
    Mistake({"tail": "at_end"}, "That is the share beyond 10.", when=asks_beyond_ten),
    Mistake(
        {"flat": "a"},
        "As much weight between 0 and 1 as between 9 and 10: of τ², or of τ? How far is it from 0² "
        "to 1², and from 9² to 10²?",
    ),
    Mistake(
        {"flat": "b"}, "Turn it round: large τ get the larger part. How far is it from 9² to 10²?"
    ),
    Mistake(
        {"flat": "d"},
        "Flat in one scale is not flat in another. How far is it from 0² to 1², and from 9² to "
        "10²?",
    ),
)

EXERCISE = Exercise(
    "09.2",
    "A prior, said aloud in units",
    Several(scale=Number(2), kpa=Number(3), tail=Number(2), flat=Choice("abcd")),
    numbers=numbers,
    why="a scale of {scale:.2f} is a statement about mmHg; the half-Cauchy of the same scale "
    "leaves {tail:.0%} for wards that differ by more than 25, which is where whole patients do.",
    mistakes=MISTAKES,
    nudge="Of a whole normal distribution, which share lies further out than the point that 95 % "
    "of a half-normal lie below?",
    section="A prior is a statement in units",
    formula="half-normal: 95 % point = 1.960·s;  half-Cauchy: P(τ > x) = 1 − (2/π)·arctan(x/s);  "
    'sd_prior("half-normal", s).quantile(0.95)',
)
