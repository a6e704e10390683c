"""05.2 Before you run it: seven clinics."""

from scipy import stats

from hlm_teach.balanced.estimators import estimator_law
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several

N_CLINICS, N, TAU00, SIGMA2 = 7, 5, 4.0, 30.0


def numbers() -> Numbers:
    """Averages of τ̂₀₀ by ML, chances of an estimate of zero, and what is taken for either."""
    reml, ml = (
        estimator_law(N_CLINICS, N, tau00=TAU00, sigma2=SIGMA2, reml=reml) for reml in (True, False)
    )
    stretched = SIGMA2 + N * TAU00
    return {
        "ml_mean": TAU00 + ml.bias_before,
        "zeros": reml.zero,
        "closer": "c",
        "shrunk_whole": TAU00 * (N_CLINICS - 1) / N_CLINICS,
        "sigma2_in_full": TAU00 - (TAU00 + SIGMA2) / N_CLINICS,
        "luck_alone": TAU00 - SIGMA2 / N / N_CLINICS,
        "too_large": TAU00 - ml.bias_before,
        "bias": ml.bias_before,
        "after_the_cut": TAU00 + ml.bias,
        "tau00": TAU00,
        "none": 0.0,
        "zeros_of_ml": ml.zero,
        "without_differences": zeros(1),
        "without_n": zeros(SIGMA2 / (SIGMA2 + TAU00)),
        "with_df_7": zeros(SIGMA2 / stretched, N_CLINICS),
        "not_zero": 1 - reml.zero,
    }


def zeros(ratio: float, df: int = N_CLINICS - 1) -> float:
    """P(F ≤ ratio) in the design of the seven clinics."""
    return float(stats.f.cdf(ratio, df, N_CLINICS * (N - 1)))


MISTAKES = (
    Mistake(
        {"ml_mean": "shrunk_whole"},
        "Your ml_mean shrinks τ₀₀ by (J − 1)/J. What is divided by J instead of J − 1 "
        "is B, and in B there is the luck of five patients, too.",
    ),
    Mistake(
        {"ml_mean": "sigma2_in_full"},
        "In your ml_mean σ² counts in full. A mean of five patients stands behind every clinic.",
    ),
    Mistake(
        {"ml_mean": "luck_alone"},
        "In your ml_mean the bias is σ²/n over J. Means also vary since clinics do.",
    ),
    Mistake(
        {"ml_mean": "too_large"},
        "The size of the bias is right. Does a larger divisor make B/J larger?",
    ),
    Mistake(
        {"ml_mean": "bias"}, "As ml_mean you gave the bias. Where does the average itself lie?"
    ),
    Mistake(
        {"ml_mean": "after_the_cut"},
        "Your ml_mean is the average after the cut at zero. Before it is asked for.",
    ),
    Mistake(
        {"ml_mean": "tau00"},
        "Your ml_mean is the truth itself. For which of the two estimators does that hold?",
    ),
    Mistake(
        {"zeros": "none"},
        "Clinics do differ, and still a study may estimate "
        "zero. When does B/(J − 1) fall below σ̂²?",
    ),
    Mistake({"zeros": "zeros_of_ml"}, "Your zeros are ML's. For REML, which divisor does B have?"),
    Mistake(
        {"zeros": "without_differences"},
        "Your zeros belong to clinics that do not differ: F was compared with 1. By "
        "which factor do real differences stretch the mean square between?",
    ),
    Mistake(
        {"zeros": "without_n"},
        "In your zeros the n is missing: n times the variance of a mean is σ² + nτ₀₀.",
    ),
    Mistake(
        {"zeros": "with_df_7"},
        "In your zeros F has J degrees of freedom. How many are between J means?",
    ),
    Mistake({"zeros": "not_zero"}, "That is the share of studies whose estimate is NOT zero."),
    Mistake(
        {"closer": "a"},
        "Unbiased is REML before the cut. What does cutting off negative values do to "
        "an average, and whose values scatter more?",
    ),
    Mistake(
        {"closer": "b"}, "Which way can an average move if negative values are replaced by zero?"
    ),
    Mistake(
        {"closer": "d"},
        "The directions are right. Which one has the longer tail to the right, and "
        "what does a square do to it?",
    ),
)

EXERCISE = Exercise(
    "05.2",
    "Before you run it: seven clinics",
    Several(ml_mean=Number(2), zeros=Number(2), closer=Choice("abcd")),
    numbers=numbers,
    why="{zeros:.0%} of such studies report no variation at all; the cut takes away "
    "REML's unbiasedness, and by mean squared error it wasn't the closer one even before.",
    mistakes=MISTAKES,
    nudge="What is the expectation of B, and what does each estimator divide it by?",
    section="Few groups: which estimator is better?",
    formula="E τ̂(ML) = τ₀₀ − (τ₀₀ + σ²/n)/J before the cut; P(τ̂(REML) = 0) = P(F ≤ σ²/(σ² + "
    "nτ₀₀)) with J − 1 and J(n − 1) degrees of freedom; scipy's stats.f.cdf",
    points=3,
)
