"""06.8 Your own trial."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import D_IS_NEGATIVE, D_NOT_DOUBLED
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.likelihood_ratio import likelihood_ratio_test
from hlm_teach.simulate.two_level import simulate_two_level

from .common import gain, tail

# Of either, no two may be about equal: each mistake is to be told from the others.
P_VALUES = ("p_treated", "half_p", "z", "ols", "p_ml", "chi2")
STATISTICS = ("D", "half_D", "D_mixed", "D_ml", "D_treated", "D_untreated")


def own_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial in 8, 10 or 12 clinics, half of them treated; the clinics differ somewhat."""
    return drawn_until(lambda data: may_be_telling(data) and is_telling(data), draw_trial, rng)


def draw_trial(rng: np.random.Generator) -> pd.DataFrame:
    n_groups = int(rng.choice([8, 10, 12]))
    sizes = rng.integers(8, 21, size=n_groups)
    drawn = simulate_two_level(
        n_groups=n_groups,
        group_size=sizes.tolist(),
        gamma00=50,
        rng=rng,
        gamma01=rng.uniform(2, 6),
        w=np.arange(n_groups) % 2,
        tau00=rng.uniform(3, 9),
        sigma2=rng.uniform(40, 60),
    )
    data = drawn.rename(columns={"group": "clinic", "y": "score", "w": "treated"})
    return data[["clinic", "treated", "score"]].round(1).astype({"treated": int})


def may_be_telling(data: pd.DataFrame) -> bool:
    """Tell without a fit of most trials that aren't telling.

    D on the grid lies below D, by less than 0.02; and p by t is larger than p by z.
    """
    d, z = on_a_grid(data)
    return 0.65 < d < 7 and abs(z) > 0.6


def on_a_grid(data: pd.DataFrame) -> tuple[float, float]:
    """D by REML and z of the treatment, from the best of a grid of τ₀₀/σ² and not the optimum.

    Clinics' means have the variances σ²(1/n + τ₀₀/σ²), and either arm has a mean of its own.
    """
    clinic, y = data["clinic"].to_numpy(), data["score"].to_numpy()
    n = np.bincount(clinic)
    mean, treated = (np.bincount(clinic, column) / n for column in (y, data["treated"]))
    ratios = np.concatenate([[0], np.exp(np.arange(-9, 3, 0.05))])[:, None]
    arms = np.array([1 - treated, treated])[:, None, :]
    weights = arms / (1 / n + ratios)  # arm, ratio, clinic
    total = weights.sum(axis=2)
    of_arm = weights @ mean / total
    squares = (weights * (mean - of_arm[:, :, None]) ** 2).sum(axis=(0, 2))
    squares += np.sum((y - mean[clinic]) ** 2)
    determinants = np.log1p(n * ratios).sum(axis=1) + np.log(total).sum(axis=0)
    deviance = (len(y) - 2) * np.log(squares) + determinants
    best = deviance.argmin()
    se = np.sqrt(squares[best] / (len(y) - 2) * (1 / total[:, best]).sum())
    return float(deviance[0] - deviance[best]), float((of_arm[1, best] - of_arm[0, best]) / se)


def is_telling(data: pd.DataFrame) -> bool:
    """Tell whether D and p are middling and mistakes told apart; once not, no more is fitted."""
    seen: Numbers = {}
    for more in in_steps(data):
        seen |= more
        if not (
            0.7 < seen["D"] < 7
            and 0.03 < seen["p_treated"] < 0.5
            and closest(seen[name] for name in P_VALUES if name in seen) > 0.002
            and closest(seen[name] for name in STATISTICS if name in seen) > 0.03
        ):
            return False
    return True


def closest(values: Iterable[float]) -> float:
    """The smallest distance between two of the values."""
    return float(np.diff(np.sort(list(values))).min())


def in_steps(data: pd.DataFrame) -> Iterator[Numbers]:
    """The answers to one's own trial, and what people compute in their place, fit by fit."""
    none = smf.ols("score ~ treated", data).fit()
    reml = fit_lmm("score ~ treated", data, "clinic")
    d, p = likelihood_ratio_test(none, reml).statistic, reml.pvalues["treated"]
    yield {
        "D": d,
        "half_D": d / 2,
        "D_mixed": gain(none, reml),
        "p_treated": p,
        "half_p": p / 2,
        "z": reml.pvalues_z["treated"],
        "ols": none.pvalues["treated"],
    }
    ml = fit_lmm("score ~ treated", data, "clinic", reml=False)
    yield {"D_ml": gain(none, ml), "p_ml": ml.pvalues["treated"]}
    d_treated = gain(fit_lmm("score ~ 1", data, "clinic", reml=False), ml)
    yield {"D_treated": d_treated, "chi2": tail(d_treated, 1)}
    pair = smf.ols("score ~ 1", data).fit(), fit_lmm("score ~ 1", data, "clinic")
    yield {"D_untreated": likelihood_ratio_test(*pair).statistic}


def numbers(data: pd.DataFrame) -> Numbers:
    """All of `in_steps`, and p of the variance by four distributions."""
    found = {name: value for step in in_steps(data) for name, value in step.items()}
    d = found["D"]
    return found | {
        "p_naive": tail(d, 1),
        "p_mixture": tail(d, 0, 1),
        "negative": -d,
        "of_2": tail(d, 2),
        "of_1_and_2": tail(d, 1, 2),
    }


MISTAKES = (
    Mistake(
        {"D": "D_mixed"},
        "Your D sets the REML log-likelihood of one model against the ML one of the "
        "other. Both must be by the same criterion; likelihood_ratio_test sees to it.",
    ),
    Mistake(
        {"D": "D_ml"},
        "Your D is by ML. Legitimate, but with so few clinics its p is several times "
        "too large; REML comes nearer, and is asked for.",
    ),
    Mistake({"D": "half_D"}, D_NOT_DOUBLED),
    Mistake({"D": "negative"}, D_IS_NEGATIVE),
    Mistake(
        {"D": "D_treated"},
        "Your D tests the treatment. The variance between clinics is to be tested "
        "first: which model has none?",
    ),
    Mistake(
        {"D": "D_untreated"},
        "Your D comes from models without the treatment. It belongs into both of them: "
        "else what it does counts as a difference between clinics.",
    ),
    Mistake(
        {"p_naive": "of_2"},
        "Your p_naive counts two parameters. How many does a random intercept add?",
    ),
    Mistake(
        {"p_naive": "p_mixture"},
        "As p_naive you gave the mixture's p. The naive one takes χ² as if a variance "
        "could be negative.",
    ),
    Mistake(
        {"p_mixture": "p_naive"},
        "As p_mixture you gave the naive p. In half of the studies without variance, "
        "or more, D is zero.",
    ),
    Mistake(
        {"p_mixture": "of_1_and_2"},
        "You used the mixture of a slope with its covariance. A random intercept "
        "alone adds one variance.",
    ),
    Mistake(
        {"p_treated": "chi2"},
        "Your p_treated is from the likelihood ratio by ML and χ². With a dozen "
        "clinics or fewer it rejects too often.",
    ),
    Mistake(
        {"p_treated": "p_ml"},
        "Your p_treated is from the fit by ML, whose standard error is too small with "
        "so few clinics. REML was asked for.",
    ),
    Mistake(
        {"p_treated": "z"},
        "Your p_treated compares with the normal distribution. There are few clinics: use t.",
    ),
    Mistake(
        {"p_treated": "ols"},
        "Your p_treated is ordinary regression's: it counts patients, the treatment "
        "was given to clinics.",
    ),
    Mistake(
        {"p_treated": "half_p"},
        "You halved p_treated. The treatment may help or harm; only a variance has an edge.",
    ),
)

EXERCISE = Exercise(
    "06.8",
    "Your own trial",
    Several(D=Number(2), p_naive=Number(3), p_mixture=Number(3), p_treated=Number(3)),
    numbers=numbers,
    own_data=own_trial,
    why="your clinics' variance has p = {p_mixture:.3f} by the mixture; with so few "
    "clinics D is zero in more than half of the studies without variance, so that is on the "
    "cautious side.",
    mistakes=MISTAKES,
    nudge="Which of your two hypotheses lies at an edge, and which only suffers from few clinics?",
    section="ML is necessary for fixed effects, and not sufficient",
    formula="likelihood_ratio_test(smf.ols(…).fit(), fit_lmm(…)): D by REML; ½·P(χ²₁ ≥ D); "
    "treatment: pvalues of the REML fit",
    points=3,
)
