"""03.9 The report."""

import re

from hlm_teach.feedback.claims import called_sd, instead, lies_outside, loses_a_sign, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.phrases import CONF_INT_IS_95, OUTSIDE_ITS_INTERVAL, VARIANCES_CALLED_SDS
from hlm_teach.feedback.reading import FELL, MINUS, REML, ascribes, asserts, numbers_in, quotes

from .common import three_effects

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


def claims_cause(given: str, n: Numbers) -> bool:
    return asserts(
        given,
        r"\bcaus|\blowers|\breduces|\bleads? to|\b(would|will) (\w+ )?(lower|reduce)|"
        r"\bmakes\b",
    )


def mixes_signs(given: str, n: Numbers) -> bool:
    """Tell whether one of the two slopes has a minus and the other one hasn't."""
    signs = [
        {one.value > 0 for one in numbers_in(given) if quotes(one, n[name], 2)}
        for name in ("within", "between")
    ]
    in_words = re.search(
        r"\blower|\bless|\bfell|\bfall|decreas|declin|negative", given, re.IGNORECASE
    )
    return in_words is None and len(set.union(*signs)) == 2


def place_of(text: str, value: float) -> int:
    """Where a text has quoted a number with two decimals or more; -1 if nowhere."""
    ends = [one.span[1] for one in numbers_in(text) if quotes(one, value, 2)]
    return min(ends, default=-1)


def swaps_r2(given: str, n: Numbers) -> bool:
    """The words come in one order, their numbers in the other."""
    words = [given.lower().rfind(word) for word in ("marginal", "conditional")]
    places = [place_of(given, n[word]) for word in ("marginal", "conditional")]
    return min(words + places) >= 0 and (words[0] < words[1]) != (places[0] < places[1])


def calls_between_contextual(given: str, n: Numbers) -> bool:
    return ascribes(given, n["between"], 2, "contextual", unless=r"\bbetween")


def explains_by_conditional(given: str, n: Numbers) -> bool:
    return ascribes(
        given, n["conditional"], 2, r"\bexplain", unless="conditional|patients|intercept"
    )


MISTAKES = (
    Mistake(
        EXAMPLE + " Low albumin causes high bilirubin.",
        "Albumin was measured, not assigned: both may follow the same illness. Say "
        "that they go together.",
        when=claims_cause,
    ),
    Mistake(
        EXAMPLE.replace("{between:", "{contextual:"),
        "As the slope between patients you gave the contextual effect, the mean's "
        "coefficient beside raw albumin. What is to be added?",
        when=instead("contextual", "between"),
    ),
    Mistake(
        EXAMPLE.replace("{within:", "{blend:"),
        "Your slope is that of albumin alone, a blend of within and between.",
        when=instead("blend", "within"),
    ),
    Mistake(
        EXAMPLE.replace("{within:", "{minus_within:"),
        "One slope has a minus, the other one hasn't. Do they go different ways?",
        when=mixes_signs,
    ),
    Mistake(
        EXAMPLE + " The contextual effect is {between:.2f}.",
        "You call the slope between patients the contextual effect. What is to be taken off?",
        when=calls_between_contextual,
    ),
    Mistake(
        EXAMPLE + " Albumin explains {conditional:.0%} of it.",
        "The conditional R² counts the patients' intercepts as explained. Which one says "
        "what albumin explains?",
        when=explains_by_conditional,
    ),
    Mistake(
        EXAMPLE.replace("{high:", "{minus_high:"),
        "One end of the interval within patients has lost its minus.",
        when=loses_a_sign("low", "high"),
    ),
    Mistake(
        EXAMPLE.replace("{between_high:", "{minus_between_high:"),
        "One end of the interval between patients has lost its minus.",
        when=loses_a_sign("between_low", "between_high"),
    ),
    Mistake(
        EXAMPLE.replace("{low:", "{between_low:").replace("{high:", "{between_high:"),
        OUTSIDE_ITS_INTERVAL,
        when=lies_outside("within", "low", "high", "between", "between_low", "between_high"),
    ),
    Mistake(EXAMPLE.replace("95 %", "90 %"), CONF_INT_IS_95, when=wrong_level),
    Mistake(
        EXAMPLE.replace("{tau00:", "{tau00_sd:"),
        "A standard deviation stands where a variance is asked for.",
        when=instead("tau00_sd", "tau00", 3),
    ),
    Mistake(
        EXAMPLE.replace("variance", "standard deviation"),
        VARIANCES_CALLED_SDS,
        when=called_sd("tau00", 3),
    ),
    Mistake(
        EXAMPLE.replace("{marginal:", "{conditional:"),
        "Your R² counts the differences between patients as explained. Which R² says "
        "what albumin does?",
        when=instead("conditional", "marginal"),
    ),
    Mistake(
        EXAMPLE.replace(R2, "marginal R² {conditional:.2f}, conditional {marginal:.2f}"),
        "The two R² have changed places. Which of them also counts the intercepts?",
        when=swaps_r2,
    ),
)

EXERCISE = Exercise(
    "03.9",
    "The report",
    Sentence(
        (
            Part(
                "the slope within patients (with the word 'within' beside it), two decimals",
                number="within",
                decimals=2,
                beside=r"within|\bown (mean|average|level)|\bsame patient|\busual (level|value)",
            ),
            Part("one end of its interval (within)", number="low", decimals=2),
            Part("the other end of its interval (within)", number="high", decimals=2),
            Part(
                "the slope between patients (with the word 'between' beside it), two decimals",
                number="between",
                decimals=2,
                beside=r"between|\bpatients (with|whose)",
            ),
            Part("one end of its interval (between)", number="between_low", decimals=2),
            Part("the other end of its interval (between)", number="between_high", decimals=2),
            Part(
                "which way the slopes go (a minus, or a word such as lower)",
                pattern=rf"lower|less|{FELL}|{MINUS}",
            ),
            Part(
                "τ₀₀ (three decimals, with a word that says which it is)",
                number="tau00",
                decimals=3,
                beside=between(r"\bvar\w* (of |for )?(the )?patient", r"\bpatients?'?s? variance"),
            ),
            Part(
                "σ² (three decimals, with a word that says which it is)",
                number="sigma2",
                decimals=3,
                beside=within(),
            ),
            Part(
                "the marginal R², named so",
                number="marginal",
                decimals=2,
                pattern=r"marginal|R²_?m\b",
            ),
            Part(
                "the conditional R², named so",
                number="conditional",
                decimals=2,
                pattern=r"conditional|R²_?c\b",
            ),
            Part("how many visits", number="rows", of="visits|observations|rows|measurements|N"),
            Part("how many patients", number="groups", of="patients|people|J"),
            Part("the scale: log bilirubin", pattern=r"\blog|\bln\b"),
            Part("the unit of albumin, g/dl", pattern=r"\bg ?(/|per) ?dl|\bgrams? per deci"),
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
