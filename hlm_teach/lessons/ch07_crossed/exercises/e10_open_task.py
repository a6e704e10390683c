"""07.10 Open task: from the grid to the sentence."""

from collections.abc import Callable

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import EXCHANGED, Pair
from hlm_teach.feedback.reading import REML, asserts
from hlm_teach.feedback.reports import exchanged, mistake

from .common import intercepts, shares_of, without_denial

# The model and its two groupings; the second by its ids as they come; how the two stand.
OPEN = {
    "pastes": ("strength ~ 1", "batch", "batch:cask", "cask", "nested"),
    "employment_uk": ("log_capital ~ 1", "sector", "firm", "firm", "nested"),
    "fhch2010": ("np.log(rt) ~ 1", "id", "item", "item", "partly"),
}
WORDS = {"nested": "nested", "partly": "partly crossed", "crossed": "fully crossed"}
EXAMPLE = (
    "Of the variance {first:.1%} lay between the {n_first} units of the first grouping and "
    "{second:.1%} between the {n_second} of the second; the two are {stand}. Random intercepts, "
    "REML, {rows:,} observations."
)


def numbers(name: str) -> Numbers:
    """`shares_of` both groupings of the data that were chosen, rightly and wrongly named."""
    model, first, second, ids, design = OPEN[name]
    fit, by_ids = intercepts(name, model, first, second), intercepts(name, model, first, ids)
    found = shares_of(fit, "first", "second")
    as_they_come = shares_of(by_ids, "first", "second")
    return found | {
        "design": design,
        "pair": found["both"] if design == "nested" else found["second"],
        "stand": WORDS[design],
        "stand_wrongly": WORDS["crossed" if design == "nested" else "nested"],
        "first_by_ids": as_they_come["first"],
        "second_by_ids": as_they_come["second"],
        "first_variance": float(fit.vcomp.iloc[0]),
        "second_variance": float(fit.vcomp.iloc[1]),
        "n_first": fit.n_groups[first],
        "n_second": fit.n_groups[second],
        "rows": len(load_data(name)),
    }


def takes(part: str, name: str) -> Callable[[dict, Numbers], bool]:
    """A rule: this number stands for a part, and isn't right by chance in the data chosen."""
    return lambda given, n: abs(given[part] - n[name]) < 0.001 < abs(n[part] - n[name])


def calls_it(design: str) -> Callable[[dict, Numbers], bool]:
    """A rule: this design is named, and isn't that of the data chosen."""
    return lambda given, n: given["design"] == design != n["design"]


FIRST, SECOND = r"\bfirst\b", r"\bsecond\b"
SHARES = {
    name: Pair("first", "second", rf"{first}|{FIRST}", rf"{second}|{SECOND}", decimals=2)
    for name, first, second in (
        ("pastes", r"\bbatch(es)?\b", r"\bcasks?\b"),
        ("employment_uk", r"\bsectors?\b|\bindustr(y|ies)\b", r"\bfirms?\b|\bcompan(y|ies)\b"),
        (
            "fhch2010",
            r"\b(persons?|people|readers?|participants?|subjects?|individuals?|speakers?|ids?)\b",
            r"\b(words?|items?)\b",
        ),
    )
}


def exchanges_shares(given: str, n: Numbers) -> bool:
    return SHARES[n["data"]].told(given, n) == EXCHANGED


def says_another_design(given: dict, n: Numbers) -> bool:
    other = r"\bcross(ed|-?classified)" if n["design"] == "nested" else r"\bnest(ed|ing)\b"
    return asserts(without_denial(given["sentence"]), other)


MISTAKES = (
    Mistake(
        {"design": "crossed"},
        "Fully crossed would mean that every unit of the one grouping meets every unit of the "
        "other. Count the empty cells, and ask what the ids mean.",
        when=calls_it("crossed"),
    ),
    Mistake(
        {"design": "partly"},
        "Partly crossed would mean that units of the second grouping occur in several of the "
        "first. Do they, once equal ids of different things are told apart?",
        when=calls_it("partly"),
    ),
    Mistake(
        {"design": "nested"},
        "Nested would mean that every unit of the second grouping belongs to one of the first. "
        "Take one of them: how many does it meet?",
        when=calls_it("nested"),
    ),
    Mistake(
        {"first": "first_by_ids", "second": "second_by_ids"},
        "The ids were taken as they come: one cask a, one b, one c for all batches. Is cask a of "
        "one batch the cask a of another?",
        when=takes("first", "first_by_ids"),
    ),
    Mistake({"first": "second", "second": "first"}, "The two groupings have changed places."),
    Mistake(
        {"first": "first_variance", "second": "second_variance"},
        "Both are variances. Which share of the variance of an observation is each?",
    ),
    Mistake(
        {"first": "first_of_sds", "second": "second_of_sds"},
        "The shares are of standard deviations: square first.",
    ),
    Mistake(
        {"first": "first_less_other"},
        "In the first share the second grouping's variance is missing from the total.",
    ),
    Mistake(
        {"second": "second_less_other"},
        "In the second share the first grouping's variance is missing from the total.",
    ),
    Mistake(
        {"pair": "second"},
        "Two observations in one unit of a nested grouping are in one unit of the other as well: "
        "what do they share?",
        when=takes("pair", "second"),
    ),
    Mistake(
        {"pair": "both"},
        "Two persons reading one word share the word, and not the person. Which variance is in "
        "both times?",
        when=takes("pair", "both"),
    ),
    Mistake({"pair": "first"}, "That pair shares a unit of the first grouping, not of the second."),
    mistake(
        exchanged(EXAMPLE, "first", "second"),
        "In your sentence the two shares have changed places: which grouping has which?",
        exchanges_shares,
        part="sentence",
    ),
    Mistake(
        {"sentence": EXAMPLE.replace("{stand}", "{stand_wrongly}")},
        "The sentence names another design than these data have. Draw the grid with units that "
        "are really the same in one line.",
        when=says_another_design,
    ),
)

EXERCISE = Exercise(
    "07.10",
    "Open task: from the grid to the sentence",
    Chosen(
        "data",
        data=Choice(tuple(OPEN)),
        design=Choice(("nested", "crossed", "partly")),
        first=Number(3),
        second=Number(3),
        pair=Number(3),
        sentence=Sentence(
            (
                Part(
                    "the first grouping's share, in per cent or with two decimals",
                    number="first",
                    decimals=2,
                ),
                Part("the second grouping's share", number="second", decimals=2),
                Part("how many units the first grouping has", number="n_first"),
                Part("how many the second has", number="n_second"),
                Part("how many observations", number="rows"),
                Part(
                    "how the two stand to each other",
                    pattern=r"\bnest(ed|ing)\b|\bcross(ed|-?cl)|\b(within|inside) (the |each |their |one |\d+ )*(batch|sector)",
                ),
                Part("the estimator", pattern=REML),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you looked at the grid before you fitted, and your sentence says how the groupings "
    "stand; without that nobody could tell what the shares mean.",
    mistakes=MISTAKES,
    nudge="In how many units of the first grouping does one unit of the second occur?",
    section="How to report it",
    formula="shares of τ_first + τ_second + σ²; a pair correlates by the sum of the shares of all "
    "that it has in common",
    points=3,
)
