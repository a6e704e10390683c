"""03.9 The report."""

from hlm_teach.feedback.claims import called_sd, in_another_unit, instead, states, taken_for_range
from hlm_teach.feedback.exercise import Exercise, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.naming import exchanged_in
from hlm_teach.feedback.phrases import (
    ANOTHER_UNIT,
    LEVELS_EXCHANGED,
    OTHER_WAY,
    VARIANCES_CALLED_SDS,
)
from hlm_teach.feedback.reading import FELL, MINUS, REML, ascribes, numbers_in, quotes
from hlm_teach.feedback.reports import (
    about_estimator,
    about_intervals,
    about_zero,
    any_of,
    exchanged,
    mistake,
    names_a_cause,
)
from hlm_teach.feedback.vocabulary import INTERVENES, MAINLY, MOST_OF_IT

from .common import three_effects
from .wordings import (
    ANOTHER_ALBUMIN,
    ANOTHER_UNIT_COUNTED,
    CAUSES,
    DOWN,
    G_PER_DL,
    LARGER_WITHIN,
    R2_EXPLAINED_WRONGLY,
    R2S,
    SAME_SLOPES,
    SIZES,
    SLOPES,
    STEEPNESS,
    VARIANCES,
    rises,
)

R2 = "marginal R² {marginal:.2f}, conditional {conditional:.2f}"
EXAMPLE = (
    "In {rows:,} visits of {groups} patients (random intercept, REML; albumin centred at the "
    "patient's mean) one g/dl of albumin went with {within:.2f} log bilirubin within patients "
    "(95 % CI {low:.2f} to {high:.2f}), between patients with {between:.2f} ({between_low:.2f} to "
    "{between_high:.2f}); variance between patients {tau00:.3f}, within {sigma2:.3f}; " + R2 + "."
)


def numbers() -> Numbers:
    """What a report on bilirubin and albumin may quote, and three numbers without their minus."""
    found = three_effects("pbc")
    return found | {f"minus_{name}": -found[name] for name in ("within", "high", "between_high")}


def mixes_signs(given: str, n: Numbers) -> bool:
    """Tell whether one of the two slopes has a minus and the other one hasn't."""
    signs = [
        {one.value > 0 for one in numbers_in(given) if quotes(one, n[name], 2)}
        for name in ("within", "between")
    ]
    in_words = states(DOWN)(given, n)
    return not in_words and len(set.union(*signs)) == 2


def calls_between_contextual(given: str, n: Numbers) -> bool:
    return ascribes(given, n["between"], 2, "contextual", unless=r"\bbetween")


def explains_by_conditional(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["conditional"], 2, r"\bexplain|\baccount", unless="conditional|patients|intercept"
    )


def exchanges_steepness(given: str, n: Numbers) -> bool:
    """Tell whether the slope within patients is said to be the steeper one."""
    return False in STEEPNESS.claims(given)


NOT_ASSIGNED = "Albumin was measured, not assigned: both may follow the same illness. Say that they go together."
MOST_WITHIN_PATIENTS = states(rf"{MOST_OF_IT}\bwithin|{MAINLY}within|{LARGER_WITHIN}")
MISTAKES = (
    mistake(
        EXAMPLE + " Low albumin causes high bilirubin.",
        NOT_ASSIGNED,
        any_of(lambda given, n: names_a_cause(given, CAUSES), states(INTERVENES)),
    ),
    mistake(
        EXAMPLE.replace("{between:", "{contextual:"),
        "As the slope between patients you gave the contextual effect, the mean's "
        "coefficient beside raw albumin. What is to be added?",
        instead("contextual", "between"),
    ),
    mistake(
        EXAMPLE.replace("{within:", "{blend:"),
        "Your slope is that of albumin alone, a blend of within and between.",
        instead("blend", "within"),
    ),
    mistake(
        EXAMPLE.replace("{within:", "{minus_within:"),
        "One slope has a minus, the other one hasn't. Do they go different ways?",
        mixes_signs,
    ),
    mistake(
        EXAMPLE + " The contextual effect is {between:.2f}.",
        "You call the slope between patients the contextual effect. What is to be taken off?",
        calls_between_contextual,
    ),
    mistake(
        EXAMPLE + " Albumin explains {conditional:.0%} of it.",
        "The conditional R² counts the patients' intercepts as explained. Which one says "
        "what albumin explains?",
        explains_by_conditional,
    ),
    mistake(
        exchanged(EXAMPLE, "tau00", "sigma2"),
        LEVELS_EXCHANGED,
        any_of(exchanged_in(SLOPES), exchanged_in(VARIANCES), MOST_WITHIN_PATIENTS),
    ),
    *about_intervals(
        EXAMPLE,
        ("within", "low", "high"),
        ("between", "between_low", "between_high"),
        turned="minus_high",
    ),
    mistake(
        EXAMPLE.replace("{tau00:", "{tau00_sd:"),
        "A standard deviation stands where a variance is asked for.",
        instead("tau00_sd", "tau00", 3),
    ),
    mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        VARIANCES_CALLED_SDS,
        called_sd("tau00", 3),
    ),
    mistake(
        EXAMPLE.replace("{marginal:", "{conditional:"),
        "Your R² counts the differences between patients as explained. Which R² says "
        "what albumin does?",
        instead("conditional", "marginal"),
    ),
    mistake(
        EXAMPLE.replace(R2, "marginal R² {conditional:.2f}, conditional {marginal:.2f}"),
        "The two R² have changed places. Which of them also counts the intercepts?",
        exchanged_in(R2S),
    ),
    mistake(
        EXAMPLE + " So the slope within patients is the steeper one.",
        "Which of the two slopes is the steeper one?",
        any_of(exchanges_steepness, states(SAME_SLOPES)),
    ),
    mistake(
        EXAMPLE + " Log bilirubin rose with albumin.", OTHER_WAY, lambda given, n: rises(given)
    ),
    mistake(
        EXAMPLE.replace("one g/dl", "one standard deviation"),
        ANOTHER_UNIT,
        any_of(states(ANOTHER_ALBUMIN), in_another_unit("within", "between", unit="")),
    ),
    mistake(
        EXAMPLE + " The marginal R² is that of fixed and random effects.",
        "The two R² have changed their meanings. Which of them also counts the intercepts?",
        states(R2_EXPLAINED_WRONGLY),
    ),
    mistake(
        EXAMPLE + " 95 % of patients lie between {low:.2f} and {high:.2f}.",
        "These intervals are for slopes. Neither patients nor visits lie in them.",
        taken_for_range("patients|people|visits", "low", "high", "between_low", "between_high"),
    ),
    mistake(
        EXAMPLE.replace("visits", "people"),
        "Count again what the two numbers are numbers of: what is a row, and what is a group?",
        states(ANOTHER_UNIT_COUNTED),
    ),
    about_zero(EXAMPLE, "Both intervals include zero."),
    about_estimator(EXAMPLE),
)

EXERCISE = Exercise(
    "03.9",
    "The report",
    Sentence(
        (
            Part(
                "the slope within patients, named so (two decimals)",
                number="within",
                decimals=2,
                pair=SLOPES,
            ),
            Part("one end of its interval (within)", number="low", decimals=2),
            Part("the other end of its interval (within)", number="high", decimals=2),
            Part(
                "the slope between patients, named so (two decimals)",
                number="between",
                decimals=2,
                pair=SLOPES,
            ),
            Part("one end of its interval (between)", number="between_low", decimals=2),
            Part("the other end of its interval (between)", number="between_high", decimals=2),
            Part(
                "which way the slopes go (a minus, or a word such as lower)",
                pattern=rf"{DOWN}|{FELL}|{MINUS}",
            ),
            Part(
                "τ₀₀ (three decimals, with a word that says which it is)",
                number="tau00",
                decimals=3,
                pair=VARIANCES,
            ),
            Part(
                "σ² (three decimals, with a word that says which it is)",
                number="sigma2",
                decimals=3,
                pair=VARIANCES,
            ),
            Part("the marginal R², named so", number="marginal", decimals=2, pair=R2S),
            Part("the conditional R², named so", number="conditional", decimals=2, pair=R2S),
            Part("how many visits", number="rows", pair=SIZES),
            Part("how many patients", number="groups", pair=SIZES),
            Part("the scale: log bilirubin", pattern=r"\blog|\bln\b"),
            Part("the unit of albumin, g/dl", pattern=G_PER_DL),
            Part("the estimator", pattern=REML),
        ),
        example=EXAMPLE,
    ),
    numbers=numbers,
    why="a reader sees two slopes with two meanings, and which R² says what albumin explains.",
    mistakes=MISTAKES,
    nudge="Would a reader know what each slope compares, and which variances each R² counts?",
    section="How to report it",
    formula="N, J, estimator; γ₁₀ and γ₀₁ with 95 % CI; τ₀₀, σ²; marginal R² = σ_f²/(σ_f² + "
    "τ₀₀ + σ²), conditional R² = (σ_f² + τ₀₀)/(σ_f² + τ₀₀ + σ²)",
    points=3,
)
