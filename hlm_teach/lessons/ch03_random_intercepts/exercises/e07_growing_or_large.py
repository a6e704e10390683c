"""03.7 Choose: growing firms, or large firms?"""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.objects import Fit
from hlm_teach.feedback.kinds.parts import Choice, Several

from .common import with_parts


def numbers() -> Numbers:
    """Wages by a firm's size in the year and its mean size, and four models taken for that."""
    return {
        "model": "c",
        "why": "q",
        "fit": with_parts("wages", "x + x_mean"),
        "blend": with_parts("wages", "x"),
        "within": with_parts("wages", "x_within"),
        "between": with_parts("wages", "x_mean"),
        "by_ml": with_parts("wages", "x + x_mean", reml=False),
    }


MISTAKES = (
    Mistake(
        {"model": "a"},
        "A random intercept takes up what firms are only if that is uncorrelated with "
        "their size, Cov(u, x) = 0. How would you find out?",
    ),
    Mistake(
        {"model": "b"},
        "Robust standard errors repair standard errors. The slope still blends firms and years.",
    ),
    Mistake(
        {"model": "d"},
        "BLUPs are no data: each is pulled in and uncertain. And whom does a "
        "regression on the firm's mean compare?",
    ),
    Mistake(
        {"why": "p"},
        "Too much promised: what changes within a firm along "
        "with its size, such as the times, is still in it.",
    ),
    Mistake(
        {"why": "r"},
        "Beside the raw x the mean's coefficient is a difference "
        "of two slopes. And the question is about one firm.",
    ),
    Mistake(
        {"why": "s"},
        "Shrinkage improves predictions of single intercepts. It "
        "doesn't free a slope from what firms are.",
    ),
    Mistake(
        {"fit": "blend"},
        "Your model has one slope for two questions; centring at the grand mean "
        "doesn't change that. What is to be added?",
    ),
    Mistake(
        {"fit": "within"},
        "Your slope is the one within firms, but the difference between large and "
        "small firms is left to u. Put the firm's mean in.",
    ),
    Mistake(
        {"fit": "between"}, "Your model has the firm's mean only: it compares firms, not years."
    ),
    Mistake({"fit": "by_ml"}, "The model is right, fitted by ML. REML was asked for."),
)

EXERCISE = Exercise(
    "03.7",
    "Choose: growing firms, or large firms?",
    Several(model=Choice("abcd"), why=Choice("pqrs"), fit=Fit()),
    numbers=numbers,
    why="what a firm always was can't reach this slope any more; what changes within a firm "
    "along with its size still can.",
    mistakes=MISTAKES,
    nudge="Which comparison answers the question: a firm with itself, or with another one?",
    section="The assumption that carries it all: Cov(u, x) = 0",
    formula="y = γ₀₀ + γ₁₀·x + γ₀₁·x̄ⱼ + u₀ⱼ + e: γ₁₀ is the slope with a dummy for each group",
    points=3,
)
