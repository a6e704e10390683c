"""06.5 Mend it: do industries differ in capital?"""

import numpy as np
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import D_NOT_DOUBLED
from hlm_teach.lmm.bootstrap import bootstrap_statistics
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.likelihood_ratio import likelihood_ratio_test
from hlm_teach.lmm.result import LmmResult

from .common import gain, tail


def numbers() -> Numbers:
    """Does the capital of 1981 differ between nine industries? D and its p by three methods."""
    firms = load_data("employment_uk").query("year == 1981")
    none = smf.ols("log_capital ~ 1", firms).fit()
    one, by_ml = (fit_lmm("log_capital ~ 1", firms, "sector", reml=reml) for reml in (True, False))
    d = likelihood_ratio_test(none, one).statistic
    b = int(np.sum(bootstrap_statistics(none, one, 999, np.random.default_rng(2)) >= d))
    p, p_z = (b + 1) / 1000, 2 * stats.norm.sf(z_of(one))
    return {
        "what": "c",
        "D": d,
        "p_mixture": tail(d, 0, 1),
        "p_bootstrap": p,
        "D_ml": gain(none, by_ml),
        "D_mixed": gain(none, one),
        "undoubled": d / 2,
        "naive": tail(d, 1),
        "of_1_and_2": tail(d, 1, 2),
        "p_z": p_z,
        "half_p_z": p_z / 2,
        "b_alone": b / 1000,
        "below": 1 - p,
        "other_draws": p + 0.004,
    }


def z_of(fit: LmmResult) -> float:
    """The variance between industries by the standard error that statsmodels prints."""
    return float(fit.vcomp.iloc[0] / (fit.statsmodels.bse["sector Var"] * fit.sigma2))


def took_other_draws(given: dict, n: Numbers) -> bool:
    return 0.0006 < abs(given["p_bootstrap"] - n["p_bootstrap"]) < 0.012


MISTAKES = (
    Mistake(
        {"what": "a"},
        "One side would halve p and leave the fault: can z "
        "become large at all with nine industries?",
    ),
    Mistake(
        {"what": "b"},
        "t is for an estimate whose standard error doesn't "
        "depend on it. That of a variance grows with the "
        "variance.",
    ),
    Mistake(
        {"what": "d"},
        "ML would make the variance smaller and z no better. "
        "What does the standard error of a variance do when "
        "the variance grows?",
    ),
    Mistake(
        {"D": "D_ml"},
        "Your D is by ML. Legitimate, since the fixed parts are equal; here REML is asked for.",
    ),
    Mistake(
        {"D": "D_mixed"},
        "Your D sets a REML log-likelihood against the ML one of ordinary regression "
        "(its .llf). Both must be by the same criterion; likelihood_ratio_test sees "
        "to it.",
    ),
    Mistake({"D": "undoubled"}, D_NOT_DOUBLED),
    Mistake(
        {"p_mixture": "naive"},
        "Your p_mixture is the naive p. In half of the studies without variance D is zero.",
    ),
    Mistake(
        {"p_mixture": "of_1_and_2"},
        "You used the mixture of a slope with its covariance. Here one variance is "
        "tested, with nothing beside it.",
    ),
    Mistake({"p_mixture": "p_z"}, "Your p_mixture is the colleague's p of z."),
    Mistake(
        {"p_mixture": "half_p_z"},
        "Your p_mixture is the colleague's z with one side. Halved or not, z is no "
        "test of a variance: start from D.",
    ),
    Mistake(
        {"p_bootstrap": "b_alone"},
        "You divided b alone. Under the null your own data are one more draw: they "
        "belong into both counts.",
    ),
    Mistake(
        {"p_bootstrap": "below"},
        "You counted the draws below D. How often is a drawn D at least as large as yours?",
    ),
    Mistake(
        {"p_mixture": "p_bootstrap", "p_bootstrap": "p_mixture"},
        "The two p-values have changed places.",
    ),
    Mistake(
        {"p_bootstrap": "other_draws"},
        "Your p_bootstrap may come from other draws, and be as good. To be compared, "
        "it has to be 999 of them, by a fresh np.random.default_rng(2).",
        when=took_other_draws,
    ),
)

EXERCISE = Exercise(
    "06.5",
    "Mend it: do industries differ in capital?",
    Several(what=Choice("abcd"), D=Number(2), p_mixture=Number(3), p_bootstrap=Number(3)),
    numbers=numbers,
    why="by its bootstrap the same variance that z waved aside has p = "
    "{p_bootstrap:.3f}, and the mixture errs on the cautious side.",
    mistakes=MISTAKES,
    nudge="How large can an estimate divided by its standard error become if both grow together?",
    section="The referee: parametric bootstrap",
    formula="p_mixture = ½·P(χ²₁ ≥ D); p_bootstrap = (b + 1)/(B + 1)",
    points=3,
)
