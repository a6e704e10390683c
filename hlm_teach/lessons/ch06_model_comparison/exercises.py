"""Exercises to chapter 06: likelihood-ratio tests and model comparison."""

import re
from functools import cache

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import (
    OUTSIDE,
    called_sd,
    lies_outside,
    loses_a_sign,
    p_above_one,
    taken_for_range,
    wrong_level,
)
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.objects import Fit, Function
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import MINUS, REML, SD, VARIANCE, ascribes, asserts, holds
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.likelihood_ratio import bootstrap_statistics, likelihood_ratio_test
from hlm_teach.lmm.mixture import chi2_tail, critical_value
from hlm_teach.simulate.two_level import simulate_two_level

PREDICTORS = ["sleep", "homework", "sport", "screen", "music", "reading"]
SCHOOLS = "math ~ ses_within + meanses + catholic"
# The open task: formula, group, predictor whose slope may vary.
OPEN = {
    "orthodont": ("distance ~ age", "Subject", "age"),
    "medpar": ("log_los ~ age80", "hospital", "age80"),
    "hsb": ("math ~ female", "school", "female"),
    "employment_uk": ("log_wage ~ log_emp", "sector", "log_emp"),
}
LADDER = (
    ("1", "1"),
    ("years", "1"),
    ("years", "1 + years"),
    ("years + age", "1 + years"),
    ("years * age", "1 + years"),
)
ML = r"\bML\b|(?<!restricted )(?<!residual )maximum[- ]likelihood"
MIXTURE = (
    r"mixture|50\s?[:/]\s?50|½|\bhalf|(average|mean) of (the )?(p\b|p-val|tails|two|χ|chi)|\bchi-bar|χ̄|"
    r"(\b1/2|\b0?\.5)\b[^.;]{0,3}(χ|chi)"
)


# ---- what the truths and the mistakes are made of ----------------------------------------


def tail(d: float, *dfs: int) -> float:
    """Upper tail of D, averaged over χ² distributions with these degrees of freedom."""
    return float(chi2_tail(d, dfs))


def gain(small, large) -> float:
    """2(log L − log L), whatever the two fits are."""
    return 2 * (large.llf - small.llf)


def surgery() -> dict:
    d = 2 * (1312.4 - 1309.1)
    return {
        "D": d,
        "df": 2.0,
        "df_alone": 1.0,
        "p": tail(d, 1, 2),
        "mixture_p": lambda d, df: tail(d, df - 1, df),
    }


def at_5_percent() -> dict:
    """What the theory of many groups says of studies without variation, in per cent."""
    naive = critical_value([2])
    return {
        "zero": 50.0,
        "zero_slope": 0.0,
        "clinics": "often",
        "beyond": 100 * tail(naive, 1, 2),
        "beyond_half": 50 * tail(naive, 2),
        "beyond_one": 100 * tail(naive, 0, 1),
    }


@cache
def wages() -> dict:
    """A printed ML fit: log-likelihood, sizes, and the parameters of each sort."""
    fit = fit_lmm(
        "log_wage ~ t + log_capital", load_data("employment_uk"), "firm", "1 + t", reml=False
    )
    return {"llf": fit.llf, "N": fit.nobs, "J": fit.n_groups, "fixed": len(fit.params)}


def criteria(k: int = 7, size: str = "N", sign: int = -1, factor: float = 2) -> dict:
    """AIC and BIC, as they should be or as somebody computes them."""
    start = sign * factor * wages()["llf"]
    return {"aic": start + 2 * k, "bic": start + k * np.log(wages()[size])}


@cache
def track(reml: bool = False, scale: float = 100) -> dict:
    """Pupils on the academic track, in per cent: what they add to a model of schools."""
    hsb = load_data("hsb").assign(track=lambda d: scale * d["pracad"])
    small, large = (fit_lmm(f, hsb, "school", reml=reml) for f in (SCHOOLS, f"{SCHOOLS} + track"))
    d = gain(small, large)
    return {"D": d, "p": tail(d, 1), "p_t": large.pvalues["track"]}


@cache
def industries() -> dict:
    """Capital of the firms in 1981: does it differ between nine industries?"""
    firms = load_data("employment_uk").query("year == 1981")
    none = smf.ols("log_capital ~ 1", firms).fit()
    one, by_ml = (fit_lmm("log_capital ~ 1", firms, "sector", reml=reml) for reml in (True, False))
    d = likelihood_ratio_test(none, one).statistic
    drawn = bootstrap_statistics(none, one, 999, np.random.default_rng(2))
    z = one.cov_re.iloc[0, 0] / (one.statsmodels.bse["sector Var"] * one.sigma2)
    return {
        "D": d,
        "p_mixture": tail(d, 0, 1),
        "b": int(np.sum(drawn >= d)),
        "z": z,
        "D_ml": gain(none, by_ml),
        "D_mixed": gain(none, one),
        "p_z": 2 * stats.norm.sf(z),
    }


def bootstrap_p(add: int = 1, of: int = 1000) -> float:
    return (industries()["b"] + add) / of


def six_slopes() -> pd.DataFrame:
    """Thirty schools without any slope variance, six predictors of pupils."""
    rng, school = np.random.default_rng(662), np.repeat(np.arange(30), 20)
    pupils = pd.DataFrame(rng.normal(size=(600, 6)), columns=PREDICTORS).assign(school=school)
    luck = rng.normal(0, 2, 30)[school] + pupils["homework"] + rng.normal(0, 4, 600)
    return pupils.assign(points=50 + luck)


@cache
def smallest_p() -> dict:
    """The smallest of the six p-values, by the mixture and by naive χ²."""
    pupils = six_slopes()
    d = max(
        gain(
            *(
                fit_lmm(f"points ~ {x}", pupils, "school", random, reml=False)
                for random in ("1", f"1 + {x}")
            )
        )
        for x in PREDICTORS
    )
    return {"p": tail(d, 1, 2), "naive": tail(d, 2)}


@cache
def rung(number: int, reml: bool = False, correlated: bool = True):
    """A step of the ladder on prothrombin time in pbc, 1 to 5."""
    fixed, random = LADDER[number - 1]
    return fit_lmm(
        f"protime ~ {fixed}", load_data("pbc"), "patient", random, reml=reml, correlated=correlated
    )


def smallest(criterion: str) -> int:
    return min(range(1, 6), key=lambda number: getattr(rung(number), criterion))


def step_of_age(*dfs: int) -> float:
    return tail(gain(rung(3), rung(4)), *(dfs or (1,)))


# ---- data of one's own -------------------------------------------------------------------


def own_trial(rng: np.random.Generator) -> pd.DataFrame:
    """A trial in 8, 10 or 12 clinics, half of them treated; the clinics differ somewhat."""
    return drawn_until(is_telling, draw_trial, rng)


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


def is_telling(data: pd.DataFrame) -> bool:
    own = own_numbers(data)
    p_values = [own[name] for name in ("p_treated", "p_ml", "chi2", "z", "ols")]
    statistics = [own[name] for name in ("D", "D_ml", "D_mixed", "D_treated", "D_untreated")]
    return (
        0.7 < own["D"] < 7
        and 0.03 < own["p_treated"] < 0.5
        and closest(p_values + [own["p_treated"] / 2]) > 0.002
        and closest(statistics + [own["D"] / 2]) > 0.03
    )


def closest(values: list) -> float:
    """The smallest distance between two of the values."""
    return float(np.diff(np.sort(values)).min())


def own_numbers(data: pd.DataFrame) -> dict:
    """The answers to one's own trial, and what people compute in their place."""
    none = smf.ols("score ~ treated", data).fit()
    ml, reml = (fit_lmm("score ~ treated", data, "clinic", reml=reml) for reml in (False, True))
    d = likelihood_ratio_test(none, reml).statistic
    d_treated = gain(fit_lmm("score ~ 1", data, "clinic", reml=False), ml)
    return {
        "D": d,
        "p_naive": tail(d, 1),
        "p_mixture": tail(d, 0, 1),
        "p_treated": reml.pvalues["treated"],
        "D_mixed": gain(none, reml),
        "p_ml": ml.pvalues["treated"],
        "D_untreated": likelihood_ratio_test(
            smf.ols("score ~ 1", data).fit(), fit_lmm("score ~ 1", data, "clinic")
        ).statistic,
        "D_ml": gain(none, ml),
        "D_treated": d_treated,
        "chi2": tail(d_treated, 1),
        "z": reml.pvalues_z["treated"],
        "ols": none.pvalues["treated"],
    }


def own_truth(data: pd.DataFrame) -> dict:
    own = own_numbers(data)
    return {name: own[name] for name in ("D", "p_naive", "p_mixture", "p_treated")}


# ---- sentences ---------------------------------------------------------------------------


@cache
def died() -> dict:
    """Length of stay of those who died and the others: does the difference vary?"""
    one, ml, reml = (
        fit_lmm("log_los ~ died", load_data("medpar"), "hospital", random, reml=r)
        for random, r in (("1", False), ("1 + died", False), ("1 + died", True))
    )
    d, (low, high) = gain(one, ml), reml.conf_int().loc["died"]
    return {
        "D": d,
        "p": tail(d, 1, 2),
        "naive": tail(d, 2),
        "estimate": reml.params["died"],
        "low": low,
        "high": high,
        "tau11": reml.cov_re.iloc[1, 1],
        "patients": reml.nobs,
        "hospitals": reml.n_groups,
        "sd": np.sqrt(reml.cov_re.iloc[1, 1]),
    }


def died_sentence(**changed) -> str:
    n = died() | changed
    return (
        f"In {n['patients']:,} patients of {n['hospitals']} hospitals those who died differed "
        f"in log length of stay by {n['estimate']:.2f} (95 % CI {n['low']:.2f} to "
        f"{n['high']:.2f}; REML); the difference varied between hospitals with variance "
        f"{n['tau11']:.3f} (D = {n['D']:.2f}, ML, 2 parameters, p = {n['p']:.4f} from the "
        "mixture of χ² with 1 and 2 df)."
    )


def instead(name: str, decimals: int, of: str, numbers=died):
    """A rule: the text quotes number `name`, and nowhere the number `of` that is wanted."""
    return lambda given, truth: (
        holds(given, numbers()[name], decimals) and not holds(given, numbers()[of], decimals)
    )


def claims_cause(given: str, truth: dict) -> bool:
    return asserts(
        given,
        r"\bcause[sd]?\b|(?<!random )(?<!fixed )effect of|leads? to (a )?(short|long)|shortens|"
        r"\b(lowers|reduces) (the |their )?(stay|length|log)|because (they|of (death|dying))",
    )


def claims_longer(given: str, truth: dict) -> bool:
    """Tell whether those who died are said to have stayed longer."""
    return (
        asserts(given, r"\bdied\b[^.;,]*\b(longer|higher|more)\b")
        and not re.search(
            r"surviv|\b(than|of|with|unlike) (those|patients) who died", given, re.IGNORECASE
        )
    ) or asserts(given, r"\bsurviv((?!\bdied|\bdead|\bdeath)[^.;,])*\b(shorter|lower|less)\b")


def takes_one_variance(text: str) -> bool:
    """Tell whether the mixture is called that of a variance without a covariance."""
    return asserts(text, r"\b(0|zero) (df )?(and|or) (χ²? with )?(1|one)\b|χ²?([₀0]\b|\(0\))")


def denies_variation(given: str, truth: dict) -> bool:
    return asserts(
        given,
        r"(do|does|did)( not|n't) (vary|differ|(significantly )?(improve|fit))|"
        r"no evidence|\bconstant (one|difference)[^.;]*\b(fitted better|suffices)|"
        r"simpler model|constant across|"
        r"var(y|ies)\b[^.;]*fitted (no better|worse) than|\b(hardly|barely|scarcely) (var|differ)|"
        r"\b(not|in|non-?)\s?significant|(the|a) (same|constant) difference "
        r"(in|across|for) (all|every|each)|hospitals (are|were) (all )?(alike|the same)",
    )


def exchanges_criteria(given: str, truth: dict) -> bool:
    """Tell whether a sentence has D and only REML, or another the mean difference and only ML."""

    def only(criterion: str, other: str, sentence: str) -> bool:
        return (
            re.search(criterion, sentence, re.IGNORECASE) is not None
            and re.search(other, sentence, re.IGNORECASE) is None
        )

    for sentence in re.split(r"(?<=[.;])\s", given):
        test, mean = holds(sentence, truth["D"], 1), holds(sentence, truth["estimate"], 2)
        if test != mean and (only(REML, ML, sentence) if test else only(ML, REML, sentence)):
            return True
    return False


def other_df(given: str, truth: dict) -> bool:
    """Tell whether D is said to test one parameter, or three."""
    counted = asserts(
        given,
        r"\b(1|one|3|three) (more |new |extra |additional )?parameter|\bD ?\([13]\)|"
        r"\bdf ?= ?[13]\b(?! (and|or))",
    )
    return (
        counted
        or any(  # a df that isn't one of the mixture's
            not re.search(
                r"χ|chi|mixture|\b(and|of) $|[½+]",
                given[max(0, match.start() - 25) : match.start()],
            )
            for match in re.finditer(r"\b(1|one|3|three)[- ](df|d\.f|degree)", given)
        )
    )


def half_of_one_tail(text: str) -> bool:
    one_half = r"\bhalf (of )?(the |that )?((p|tail)[\w-]* )?(of |from )?(the )?(naive|χ|chi)"
    return (
        len(re.findall(r"\bhalf|½", text)) < 2
        and asserts(text, one_half)
        and not (asserts(text, r"\band (the )?(other )?half|mixture|average|mean of|½|\+"))
    )


def calls_d_a_variance(given: str, truth: dict) -> bool:
    return ascribes(
        given, truth["D"], 1, f"{VARIANCE}|τ", unless=rf"\bD\b|χ|chi|statistic|likelihood|{SD}"
    )


def half_of_it(given: str, truth: dict) -> bool:
    """Tell whether the difference of logarithms is read as a share or as days: 0.50 as 50 %."""
    return asserts(
        given,
        r"\b0?[.]50?\s?days?\b|\b50\s?(%|per ?cent) (shorter|less|lower|reduc|decreas)|"
        r"(i\.e\.|that is|or|by),? (about |some )?50\s?(%|per ?cent)(?! [^.;,]{0,20}(χ|chi))",
    )


def claims_equal(text: str) -> bool:
    """Tell whether a large p is taken for a proof that slopes are equal."""
    return asserts(
        text,
        r"(do|does|did)( not|n't) (vary|differ)(?! significant)|"
        r"(is|are|was|were|grow) (all )?(alike|equal|identical|the same|constant)\b|"
        r"(one|the same)( and the same)? (slope|rate)\b|\bproves?\b|"
        r"variance (is|was) (zero|0\b(?![.,]\d))|"
        r"there (is|are|was|were) no (variation|difference(?! that)|variance)",
    )


def claims_variation(text: str) -> bool:
    """Tell whether a large p is taken for evidence that slopes vary."""
    return (
        asserts(
            text,
            r"\bsignificant|\b(clearly|certainly|obviously) (vary|differ)|(strong|clear) evidence|"
            r"correlation of [−-]?1(\.0+)? (shows|means|proves)",
        )
        or re.search(r"(is|was|can be|must be) rejected|\b(we|I) reject", text) is not None
    )


def blames_the_optimiser(text: str) -> bool:
    """Tell whether a singular fit is called a failed one."""
    return asserts(
        text,
        r"optimi[sz]er (has )?(failed|stopped)|(did|has|does)( not|n't) converge|"
        r"(cannot|can't|can not|must not) be (used|trusted)|\binvalid",
    )


@cache
def all_years() -> float:
    """D of the slopes in sectors, with the rows of all years."""
    formula, group, x = OPEN["employment_uk"]
    return gain(
        *(
            fit_lmm(formula, load_data("employment_uk"), group, random, reml=False)
            for random in ("1", f"1 + {x}")
        )
    )


@cache
def open_fits(name: str) -> tuple:
    formula, group, x = OPEN[name]
    data = load_data(name)
    data = data.query("year == 1983") if name == "employment_uk" else data
    return tuple(
        fit_lmm(formula, data, group, random, reml=reml)
        for random, reml in (("1", False), (f"1 + {x}", False), ("1", True), (f"1 + {x}", True))
    )


def open_numbers(name: str) -> dict:
    one, ml, one_reml, reml = open_fits(name)
    d = gain(one, ml)
    return {
        "D": d,
        "p": tail(d, 1, 2),
        "naive": tail(d, 2),
        "single": tail(d, 0, 1),
        "half": tail(d, 2) / 2,
        "undoubled": d / 2,
        "D_reml": gain(one_reml, reml),
        "groups": ml.n_groups,
    }


def open_truth() -> dict:
    return {
        name: {
            "D": open_numbers(name)["D"],
            "p": open_numbers(name)["p"],
            "sentence": open_numbers(name),
        }
        for name in OPEN
    }


def open_answer(name: str = "orthodont", **parts) -> dict:
    n = open_numbers(name)
    return {
        "data": name,
        "D": n["D"],
        "p": n["p"],
        "sentence": (
            f"Slopes that vary between the {n['groups']} groups improved the fit by D = {n['D']:.2f} "
            f"(ML), p = {n['p']:.3f} from the mixture of χ² with 1 and 2 df."
        ),
    } | parts


def open_mistake(part: str, wrong: str, says: str) -> Mistake:
    """A mistake of the open task, recognised in whichever data set was chosen."""
    return Mistake(
        lambda: open_answer(**{part: open_numbers("orthodont")[wrong]}),
        says,
        when=lambda given, truth: Number(3 if part == "p" else 2).same(
            given[part], open_numbers(given["data"])[wrong]
        ),
    )


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "06.1",
        "A new pair of hips, by hand",
        Several(
            D=Number(1),
            df=Number(0),
            df_alone=Number(0),
            p=Number(3),
            mixture_p=Function(
                ((6.6, 2), (6.6, 1), (2.0, 1), (9.3, 2), (0.0, 2), (0.0, 1)),
                wanted="A function of D and df",
                undefined="Does it call chi2.sf with 0 df, which is nan? And do "
                "its arguments stand in the order D, df?",
            ),
        ),
        truth=surgery,
        why="half of the studies without slope variance would like a negative one, and your p of "
        "{truth[p]:.3f} knows it.",
        mistakes=(
            Mistake(
                lambda: {"D": surgery()["D"] / 2},
                "Your D is the bare difference of the log-likelihoods. χ² belongs to a "
                "multiple of it: which?",
            ),
            Mistake(
                lambda: {"D": -surgery()["D"]},
                "Your D is negative, and the larger model can't fit worse. Which of two "
                "negative numbers is the larger?",
            ),
            Mistake(
                lambda: {"df": 1.0},
                "You counted one parameter for the slope. In which matrix "
                "does its variance stand, and what else is new there?",
            ),
            Mistake(
                lambda: {"df": 3.0},
                "You counted three parameters. The mean slope is in both "
                "models: which parameters are new?",
            ),
            Mistake(
                lambda: {"df_alone": 2.0},
                "With correlated=False, G has zeros off its diagonal. Which of the two new "
                "parameters is left?",
            ),
            Mistake(
                lambda: {"p": tail(6.6, 2)},
                "Your p is the naive one. It allows the variance of slopes to be negative.",
            ),
            Mistake(
                lambda: {"p": tail(6.6, 2) / 2},
                "You halved the naive p. That is right for one variance alone. With a "
                "covariance, what does D do in the half of studies that would like a "
                "negative variance?",
            ),
            Mistake(
                lambda: {"p": tail(6.6, 1)},
                "Your p is from χ² with 1 df. That is one component of the mixture; which is "
                "the other?",
            ),
            Mistake(
                lambda: {"p": tail(6.6, 0, 1)},
                "Your p is for one variance without a covariance. Here D doesn't stay at zero "
                "in half of the studies.",
            ),
            Mistake(
                lambda: {"p": tail(6.6, 2, 3)},
                "Your mixture takes one degree of freedom more. Start from the number of "
                "parameters added: that is the larger of the two.",
            ),
            Mistake(
                lambda: {
                    "mixture_p": lambda d, df: (
                        ((stats.chi2.sf(d, df - 1) if df > 1 else 0.0) + stats.chi2.sf(d, df)) / 2
                    )
                },
                "Your function is right except at D = 0 with df 1: with what probability is D "
                "at least 0?",
            ),
            Mistake(
                lambda: {"mixture_p": lambda d, df: tail(d, df)},
                "Your function returns the naive p. Average the tails of two distributions.",
            ),
            Mistake(
                lambda: {"mixture_p": lambda d, df: stats.chi2.sf(d, df) / 2},
                "Your function halves the naive p whatever df is. With df 2, the other half of "
                "studies isn't at zero.",
            ),
            Mistake(
                lambda: {"mixture_p": lambda d, df: tail(d, df, df + 1)},
                "Your function takes df and one more. df counts the parameters added: what "
                "is left of them in the half of studies that would like a negative variance?",
            ),
            Mistake(
                lambda: {"mixture_p": lambda d, df: 2 * tail(d, df - 1, df)},
                "Your function adds the two tails. Each holds in half of the studies.",
            ),
        ),
        nudge="Which parameters does the larger model have that the smaller one hasn't, and which "
        "of them can't be negative?",
        section="A slope brings a covariance: 1 and 2",
        formula="D = −2(log L_reduced − log L_full); one variance: ½χ²₀ + ½χ²₁, with its "
        "covariance: ½χ²₁ + ½χ²₂; stats.chi2.sf(D, df)",
        points=3,
    ),
    Exercise(
        "06.2",
        "Before you run it: where nothing varies",
        Several(
            zero=Number(0, within=5),
            zero_slope=Number(0, within=5),
            beyond=Number(1),
            clinics=Choice(("seldom", "right", "often")),
        ),
        truth=lambda: {
            name: at_5_percent()[name] for name in ("zero", "zero_slope", "beyond", "clinics")
        },
        why="naive χ² errs to opposite sides: too cautious about a slope's variance and "
        "covariance ({truth[beyond]:.1f} % instead of 5 %), too bold about a fixed effect of few groups.",
        mistakes=(
            Mistake(
                lambda: {"zero": 0.5, "beyond": at_5_percent()["beyond"] / 100},
                "A share between 0 and 1 stands where per cent are asked for.",
                when=lambda given, truth: 0 < given["zero"] <= 1 or 0 < given["beyond"] < 0.1,
            ),
            Mistake(
                lambda: {"zero": 5.0},
                "5 % is how often a test is promised to cry wolf. How often is a variance "
                "estimated as zero if the truth is zero?",
                when=lambda given, truth: 1 < given["zero"] <= 5,
            ),
            Mistake(
                lambda: {"zero": 0.0},
                "In your studies no variance is estimated as zero. "
                "What becomes of those whose groups are more alike "
                "than luck alone makes them?",
            ),
            Mistake(
                lambda: {"zero": 100.0},
                "The true variance is zero in all studies, its estimate isn't: sometimes luck "
                "looks like a difference.",
            ),
            Mistake(
                lambda: {"zero_slope": 50.0},
                "That is the share with one variance alone. Here intercepts differ already: may "
                "a ward's slope be a small multiple of its intercept, and fit a little better?",
            ),
            Mistake(
                lambda: {"beyond": 5.0},
                "That is what naive χ² promises. Does D follow it, at the edge?",
            ),
            Mistake(
                lambda: {"beyond": at_5_percent()["beyond_half"]},
                "You halved the promise, or read off a table for fewer groups. Halving is right "
                "for a variance alone; by the theory of many groups the other half of these "
                "studies follows χ² with 1 df and sometimes lies beyond that point too.",
            ),
            Mistake(
                lambda: {"beyond": at_5_percent()["beyond_one"]},
                "You used the mixture of a single variance. Here a covariance is added.",
            ),
            Mistake(
                lambda: {"beyond": 100 * tail(critical_value([2]), 1)},
                "That is the tail of χ² with 1 df, which is one half of the mixture.",
            ),
            Mistake(
                lambda: {"clinics": "right"},
                "ML makes the comparison legitimate. Does χ² know that there are only eight "
                "clinics?",
            ),
            Mistake(
                lambda: {"clinics": "seldom"},
                "Too seldom is what happens to a variance at its edge. A treatment's effect "
                "may have either sign.",
            ),
        ),
        nudge="Is the tested value at the edge of what is possible, and are there many groups?",
        section="The boundary: a variance that can't be negative",
        formula="one variance: ½χ²₀ + ½χ²₁; slope and covariance: ½χ²₁ + ½χ²₂; fixed effect of "
        "groups (balanced, τ̂₀₀ > 0): D = J·log(1 + t²/(J − 2))",
    ),
    Exercise(
        "06.3",
        "Reading somebody's output: wages and capital",
        Several(
            k=Number(0), aic=Number(1, within=0.1), bic=Number(1, within=0.1), nan=Choice("abcd")
        ),
        truth=lambda: {"k": 7.0, **criteria(), "nan": "b"},
        why="with all {truth[k]:.0f} parameters counted you can compare this model with any other "
        "that was fitted by ML to the same rows of the same outcome, the log wage.",
        mistakes=(
            Mistake(
                lambda: {"k": 3.0},
                "You counted the fixed effects. The variances were estimated too.",
            ),
            Mistake(
                lambda: {"k": 4.0},
                "Of the random part you counted one parameter. How many "
                "rows of the printout belong to it, and what hides in the "
                "header?",
            ),
            Mistake(
                lambda: {"k": 5.0},
                "Two are missing. G has how many different entries, and "
                "what does 'Scale' stand for?",
            ),
            Mistake(
                lambda: {"k": 6.0},
                "One is missing: six rows are printed in the table, and "
                "one more estimate stands in the header.",
            ),
            Mistake(
                lambda: {"k": 8.0}, "One too many: G is symmetric, its covariance counts once."
            ),
            Mistake(
                lambda: {"k": 3.0 + 2 * wages()["J"]},
                "You counted the firms' own intercepts and slopes. They are predicted; "
                "estimated are their variances.",
            ),
            Mistake(
                lambda: {"aic": criteria(sign=1)["aic"]},
                "Your AIC has the log-likelihood with the wrong sign. It is positive here, "
                "which happens where the residuals are small, and −2 log L is negative.",
            ),
            Mistake(
                lambda: {"aic": criteria(factor=1)["aic"]},
                "Your AIC starts from −log L. Twice that is wanted.",
            ),
            Mistake(
                lambda: {"aic": criteria(k=6)["aic"]},
                "Your AIC charges for six parameters. Which was forgotten?",
            ),
            Mistake(
                lambda: {"aic": criteria(k=3)["aic"]},
                "Your AIC charges for the fixed effects only.",
            ),
            Mistake(
                lambda: {"aic": criteria(k=-7)["aic"]},
                "Your AIC takes the price of the parameters off. Smaller is better, so a price "
                "is added.",
            ),
            Mistake(
                lambda: {"aic": criteria(k=7 / 2)["aic"]},
                "Your AIC charges 1 for each parameter. AIC charges 2.",
            ),
            Mistake(
                lambda: {"aic": criteria()["bic"], "bic": criteria()["aic"]},
                "AIC and BIC have changed places. Which of them charges more?",
            ),
            Mistake(
                lambda: {"bic": criteria(k=-7)["bic"]},
                "Your BIC takes the price of the parameters off. Smaller is better, so a price "
                "is added.",
            ),
            Mistake(
                lambda: {"bic": criteria(k=2 * 7)["bic"]},
                "Your BIC charges 2·log N for each parameter. The 2 belongs to log L only.",
            ),
            Mistake(
                lambda: {"bic": criteria(k=7 / np.log(10))["bic"]},
                "Your BIC takes logarithms to base 10. The natural one is meant, np.log.",
            ),
            Mistake(
                lambda: {"bic": criteria(size="J")["bic"]},
                "Your BIC takes the number of firms. Some software does; statsmodels, lme4 and "
                "fit_lmm take the rows, and so does the task.",
            ),
            Mistake(
                lambda: {"bic": criteria(k=6)["bic"]},
                "Your BIC charges for six parameters. Which was forgotten?",
            ),
            Mistake(
                lambda: {"nan": "a"},
                "A fit by REML that converged perfectly shows nan as "
                "well. What is REML's likelihood made of?",
            ),
            Mistake(
                lambda: {"nan": "c"},
                "0.000 is a matter of the unit: 0.02 a year, an SD, is "
                "squared there. The ML fit prints the same and has an "
                "AIC.",
            ),
            Mistake(
                lambda: {"nan": "d"},
                "A positive log-likelihood is no fault: densities may "
                "exceed 1. By ML there is an AIC, and it is negative.",
            ),
        ),
        nudge="How many numbers were estimated in all, those in the header included?",
        section="AIC and BIC: what do they count?",
        formula="AIC = −2 log L + 2k,  BIC = −2 log L + k·log N,  k = fixed effects + variances + "
        "covariance + σ²",
    ),
    Exercise(
        "06.4",
        "Mend a colleague's test: the academic track",
        Several(what=Choice("abcd"), D=Number(2), p=Number(4)),
        truth=lambda: {"what": "b", "D": track()["D"], "p": track()["p"]},
        why="by ML a per cent and a share give the same D of {truth[D]:.2f}: a test must not "
        "depend on a unit.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "The edge concerns variances. The coefficient of track may have either sign.",
            ),
            Mistake(
                lambda: {"what": "c"},
                "A per cent is as good a unit as any. Ask rather why "
                "the unit should matter to a test at all.",
            ),
            Mistake(
                lambda: {"what": "d"},
                "With 160 schools χ² is fine for a fixed effect. With 6 it wouldn't be.",
            ),
            Mistake(
                lambda: {"D": track(reml=True)["D"]},
                "This D is the colleague's: both fits are still by REML.",
            ),
            Mistake(
                lambda: {"D": track(reml=True, scale=1)["D"]},
                "You counted the track as a share and kept REML. Another unit, another D: that "
                "is the symptom. What is the cure?",
            ),
            Mistake(
                lambda: {"D": track()["D"] / 2},
                "Your D is the bare difference of the log-likelihoods.",
            ),
            Mistake(
                lambda: {"D": -track()["D"]},
                "Your D is negative: full and reduced are the other way round.",
            ),
            Mistake(
                lambda: {"p": track()["p"] / 2},
                "You halved p. That is for a variance at its edge; a coefficient may have "
                "either sign.",
            ),
            Mistake(
                lambda: {"p": tail(track()["D"], 2)},
                "Your p counts two parameters. How many does track add?",
            ),
            Mistake(
                lambda: {"p": track(reml=True)["p_t"]},
                "Your p is that of the t test of the REML fit. A good test too, and it "
                "agrees; here the likelihood ratio is asked for.",
            ),
            Mistake(
                lambda: {"p": track(reml=True)["p"]},
                "This p is the colleague's: both fits are still by REML.",
            ),
        ),
        nudge="Would the colleague's D be the same if the track were a share, not a per cent?",
        section="ML for fixed effects: the software refuses the rest",
        formula="fit both with reml=False; D = −2(log L_reduced − log L_full) against χ² with as "
        "many df as coefficients are added",
    ),
    Exercise(
        "06.5",
        "Mend it: do industries differ in capital?",
        Several(what=Choice("abcd"), D=Number(2), p_mixture=Number(3), p_bootstrap=Number(3)),
        truth=lambda: {
            "what": "c",
            "D": industries()["D"],
            "p_mixture": industries()["p_mixture"],
            "p_bootstrap": bootstrap_p(),
        },
        why="by its bootstrap the same variance that z waved aside has p = "
        "{truth[p_bootstrap]:.3f}, and the mixture errs on the cautious side.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "One side would halve p and leave the fault: can z "
                "become large at all with nine industries?",
            ),
            Mistake(
                lambda: {"what": "b"},
                "t is for an estimate whose standard error doesn't "
                "depend on it. That of a variance grows with the "
                "variance.",
            ),
            Mistake(
                lambda: {"what": "d"},
                "ML would make the variance smaller and z no better. "
                "What does the standard error of a variance do when "
                "the variance grows?",
            ),
            Mistake(
                lambda: {"D": industries()["D_ml"]},
                "Your D is by ML. Legitimate, since the fixed parts are equal; here REML is "
                "asked for.",
            ),
            Mistake(
                lambda: {"D": industries()["D_mixed"]},
                "Your D sets a REML log-likelihood against the ML one of ordinary regression "
                "(its .llf). Both must be by the same criterion; likelihood_ratio_test sees "
                "to it.",
            ),
            Mistake(
                lambda: {"D": industries()["D"] / 2},
                "Your D is the bare difference of the log-likelihoods.",
            ),
            Mistake(
                lambda: {"p_mixture": tail(industries()["D"], 1)},
                "Your p_mixture is the naive p. In half of the studies without variance D is zero.",
            ),
            Mistake(
                lambda: {"p_mixture": tail(industries()["D"], 1, 2)},
                "You used the mixture of a slope with its covariance. Here one variance is "
                "tested, with nothing beside it.",
            ),
            Mistake(
                lambda: {"p_mixture": industries()["p_z"]},
                "Your p_mixture is the colleague's p of z.",
            ),
            Mistake(
                lambda: {"p_mixture": industries()["p_z"] / 2},
                "Your p_mixture is the colleague's z with one side. Halved or not, z is no "
                "test of a variance: start from D.",
            ),
            Mistake(
                lambda: {"p_bootstrap": bootstrap_p(add=0)},
                "You divided b alone. Under the null your own data are one more draw: they "
                "belong into both counts.",
            ),
            Mistake(
                lambda: {"p_bootstrap": 1 - bootstrap_p()},
                "You counted the draws below D. How often is a drawn D at least as large as yours?",
            ),
            Mistake(
                lambda: {"p_mixture": bootstrap_p(), "p_bootstrap": industries()["p_mixture"]},
                "The two p-values have changed places.",
            ),
            Mistake(
                lambda: {"p_bootstrap": bootstrap_p() + 0.004},
                "Your p_bootstrap may come from other draws, and be as good. To be compared, "
                "it has to be 999 of them, by a fresh np.random.default_rng(2).",
                when=lambda given, truth: (
                    0.0006 < abs(given["p_bootstrap"] - truth["p_bootstrap"]) < 0.012
                ),
            ),
        ),
        nudge="How large can an estimate divided by its standard error become if both grow "
        "together?",
        section="The referee: parametric bootstrap",
        formula="p_mixture = ½·P(χ²₁ ≥ D); p_bootstrap = (b + 1)/(B + 1)",
        points=3,
    ),
    Exercise(
        "06.6",
        "Six slopes, one finding",
        Several(chance=Number(1), corrected=Number(3), report=Choice("abcd"), plus=Choice("pqrs")),
        truth=lambda: {
            "chance": 100 * (1 - 0.95**6),
            "corrected": 6 * smallest_p()["p"],
            "report": "c",
            "plus": "q",
        },
        why="with six independent tests at their 5 % the smallest p would lie below 0.05 in "
        "{truth[chance]:.1f} % of such studies; only the number of tests, reported, lets a "
        "reader see it.",
        mistakes=(
            Mistake(
                lambda: {"chance": 6 * 5.0},
                "You added six times 5 %. That counts a study with two findings twice (for 30 "
                "tests it would give 150 %). In how many studies does none of six come up?",
            ),
            Mistake(lambda: {"chance": 5.0}, "That is the chance with one test. There were six."),
            Mistake(lambda: {"chance": 100 * 0.95**6}, "That is the chance that none comes up."),
            Mistake(lambda: {"chance": 100 * 0.05**6}, "That is the chance that all six come up."),
            Mistake(
                lambda: {"corrected": smallest_p()["p"]},
                "This p isn't corrected: it doesn't know of the five others.",
            ),
            Mistake(
                lambda: {"corrected": smallest_p()["p"] / 6},
                "You divided p. The threshold is divided, 0.05/6; a p-value goes the other way.",
            ),
            Mistake(
                lambda: {"corrected": 0.05 / 6},
                "That is the threshold to compare an uncorrected p with. The corrected p is "
                "asked for, which is compared with 0.05.",
            ),
            Mistake(
                lambda: {"corrected": 6 * smallest_p()["naive"]},
                "You corrected the naive p. One slope with its covariance has a mixture.",
            ),
            Mistake(
                lambda: {"corrected": 1 - (1 - smallest_p()["p"]) ** 6},
                "That is Šidák's correction, nearly the same, and exact where tests are "
                "independent; Bonferroni's is asked for.",
            ),
            Mistake(
                lambda: {"report": "a"},
                "The table's p was the smallest of six. What would "
                "it be worth if it had been chosen in advance, and "
                "was it?",
            ),
            Mistake(
                lambda: {"report": "b"},
                "A test that errs less in one way doesn't mend "
                "another fault. How many slopes were tried?",
            ),
            Mistake(
                lambda: {"report": "d"},
                "A further test of the same slope on the same data adds one more to the search.",
            ),
            Mistake(
                lambda: {"plus": "p"},
                "A slope that is perfectly tied to the level would be "
                "remarkable. Look at the other rows: how many of them "
                "have such a correlation, without any finding?",
            ),
            Mistake(
                lambda: {"plus": "r"},
                "The optimum lies at the edge; the optimiser found it. An edge is an estimate.",
            ),
            Mistake(
                lambda: {"plus": "s"},
                "Thirty schools can show a correlation. What can be "
                "seen of one if slopes don't vary?",
            ),
        ),
        nudge="If all six slopes are the same in every school, how often will the smallest of six "
        "p-values lie below 0.05?",
        section="Pitfalls",
        formula="P(at least one of m) = 1 − 0.95^m; Bonferroni: m·p, or the threshold 0.05/m",
        points=3,
    ),
    Exercise(
        "06.7",
        "Choose: a ladder planned in advance",
        Several(fit=Fit(), p=Number(3), aic=Number(0), bic=Number(0)),
        truth=lambda: {
            "fit": rung(3, reml=True),
            "p": step_of_age(),
            "aic": smallest("aic"),
            "bic": smallest("bic"),
        },
        why="test and BIC stop at rung {truth[bic]:.0f}, AIC at {truth[aic]:.0f}: which rule "
        "holds has to be said before anybody looks.",
        mistakes=(
            Mistake(
                lambda: {"fit": rung(4, reml=True)},
                "You took age in. By which p? A coefficient isn't at an edge, so nothing is "
                "halved; and AIC wasn't the rule.",
            ),
            Mistake(
                lambda: {"fit": rung(5, reml=True)},
                "You climbed to the top. By the rule one stops where a step's p isn't below 0.05.",
            ),
            Mistake(
                lambda: {"fit": rung(2, reml=True)},
                "You stopped before the slopes vary. How large is the D of that step?",
            ),
            Mistake(
                lambda: {"fit": rung(3)},
                "The right rung, fitted by ML. ML was for the steps; the model that goes into "
                "the report was asked for by REML.",
            ),
            Mistake(
                lambda: {"fit": rung(3, reml=True, correlated=False)},
                "You left out the covariance of intercepts and slopes. It was in the plan, "
                "and without it the model depends on where years are counted from.",
            ),
            Mistake(
                lambda: {"p": step_of_age(0, 1)},
                "You halved the p of the step that stops. The mixture is for a variance; a "
                "coefficient may have either sign.",
            ),
            Mistake(
                lambda: {"p": step_of_age(1, 2)},
                "That step adds a fixed effect, no slope and no covariance: χ², no mixture.",
            ),
            Mistake(
                lambda: {"p": step_of_age(2)},
                "Your p counts two parameters for the step that stops.",
            ),
            Mistake(
                lambda: {"p": tail(gain(rung(4), rung(5)), 1)},
                "That is the p of the step after. Which one is the first that isn't taken?",
            ),
            Mistake(
                lambda: {"aic": rung(4).aic},
                "That is a criterion's value. The number of the rung is asked for, 1 to 5.",
                when=lambda given, truth: max(abs(given["aic"]), abs(given["bic"])) > 5,
            ),
            Mistake(
                lambda: {"p": tail(2 * abs(rung(4, reml=True).llf - rung(3, reml=True).llf), 1)},
                "Your p sets two REML fits with different fixed parts against each other. The "
                "steps are by ML.",
            ),
            Mistake(
                lambda: {"p": tail(gain(rung(3), rung(5)), 2)},
                "You tested two steps at once. The next one alone decides.",
            ),
            Mistake(
                lambda: {"aic": smallest("bic"), "bic": smallest("aic")},
                "AIC and BIC have changed places. Which of them charges more?",
            ),
            Mistake(
                lambda: {"aic": smallest("aic") - 1, "bic": smallest("bic") - 1},
                "Did you count from 0, as Python does? The rungs are numbered from 1.",
            ),
            Mistake(
                lambda: {"aic": 3.0},
                "For AIC the next step is worth its price: the gain in "
                "−2 log L need only exceed 2 per parameter.",
            ),
            Mistake(
                lambda: {"aic": 5.0},
                "For AIC the last step doesn't pay: its gain in −2 log L is below 2.",
            ),
            Mistake(
                lambda: {"bic": 4.0},
                "That is the rung AIC takes. BIC asks log N for each parameter.",
            ),
            Mistake(
                lambda: {"bic": 2.0},
                "BIC asks 2·log N for slope and covariance, about 15. "
                "How much does −2 log L fall there?",
            ),
        ),
        nudge="Which steps add a variance, which a coefficient, and what is the null distribution "
        "of each?",
        section="A ladder of models on HSB",
        formula="a coefficient: χ²₁; slope and covariance: ½χ²₁ + ½χ²₂; compare(*fits) for AIC "
        "and BIC; final estimates by REML",
        points=3,
    ),
    Exercise(
        "06.8",
        "Your own trial",
        Several(D=Number(2), p_naive=Number(3), p_mixture=Number(3), p_treated=Number(3)),
        truth=own_truth,
        own_data=own_trial,
        why="your clinics' variance has p = {truth[p_mixture]:.3f} by the mixture; with so few "
        "clinics D is zero in more than half of the studies without variance, so that is on the "
        "cautious side.",
        mistakes=(
            Mistake(
                lambda data: {"D": own_numbers(data)["D_mixed"]},
                "Your D sets the REML log-likelihood of one model against the ML one of the "
                "other. Both must be by the same criterion; likelihood_ratio_test sees to it.",
            ),
            Mistake(
                lambda data: {"D": own_numbers(data)["D_ml"]},
                "Your D is by ML. Legitimate, but with so few clinics its p is several times "
                "too large; REML comes nearer, and is asked for.",
            ),
            Mistake(
                lambda data: {"D": own_numbers(data)["D"] / 2},
                "Your D is the bare difference of the log-likelihoods.",
            ),
            Mistake(
                lambda data: {"D": -own_numbers(data)["D"]},
                "Your D is negative: full and reduced are the other way round.",
            ),
            Mistake(
                lambda data: {"D": own_numbers(data)["D_treated"]},
                "Your D tests the treatment. The variance between clinics is to be tested "
                "first: which model has none?",
            ),
            Mistake(
                lambda data: {"D": own_numbers(data)["D_untreated"]},
                "Your D comes from models without the treatment. It belongs into both of them: "
                "else what it does counts as a difference between clinics.",
            ),
            Mistake(
                lambda data: {"p_naive": tail(own_numbers(data)["D"], 2)},
                "Your p_naive counts two parameters. How many does a random intercept add?",
            ),
            Mistake(
                lambda data: {"p_naive": own_numbers(data)["p_mixture"]},
                "As p_naive you gave the mixture's p. The naive one takes χ² as if a variance "
                "could be negative.",
            ),
            Mistake(
                lambda data: {"p_mixture": own_numbers(data)["p_naive"]},
                "As p_mixture you gave the naive p. In half of the studies without variance, "
                "or more, D is zero.",
            ),
            Mistake(
                lambda data: {"p_mixture": tail(own_numbers(data)["D"], 1, 2)},
                "You used the mixture of a slope with its covariance. A random intercept "
                "alone adds one variance.",
            ),
            Mistake(
                lambda data: {"p_treated": own_numbers(data)["chi2"]},
                "Your p_treated is from the likelihood ratio by ML and χ². With a dozen "
                "clinics or fewer it rejects too often.",
            ),
            Mistake(
                lambda data: {"p_treated": own_numbers(data)["p_ml"]},
                "Your p_treated is from the fit by ML, whose standard error is too small with "
                "so few clinics. REML was asked for.",
            ),
            Mistake(
                lambda data: {"p_treated": own_numbers(data)["z"]},
                "Your p_treated compares with the normal distribution. There are few clinics: "
                "use t.",
            ),
            Mistake(
                lambda data: {"p_treated": own_numbers(data)["ols"]},
                "Your p_treated is ordinary regression's: it counts patients, the treatment "
                "was given to clinics.",
            ),
            Mistake(
                lambda data: {"p_treated": own_numbers(data)["p_treated"] / 2},
                "You halved p_treated. The treatment may help or harm; only a variance has an "
                "edge.",
            ),
        ),
        nudge="Which of your two hypotheses lies at an edge, and which only suffers from few "
        "clinics?",
        section="ML is necessary for fixed effects, and not sufficient",
        formula="likelihood_ratio_test(smf.ols(…).fit(), fit_lmm(…)): D by REML; ½·P(χ²₁ ≥ D); "
        "treatment: pvalues of the REML fit",
        points=3,
    ),
    Exercise(
        "06.9",
        "The report",
        Sentence(
            (
                Part("D, with one decimal or more", number="D", decimals=1),
                Part(
                    "how many parameters D tests (df)",
                    pattern=(
                        r"(?<!and )\b(2|two)\b[^.;\d]{0,25}(param|df\b|d\.f|degrees)|(?<!and )df\s*[=:]?\s*2|"
                        r"\b(D|LR|LRT)\s?\(2\)"
                    ),
                ),
                Part("p, by the right null distribution, three decimals", number="p", decimals=3),
                Part("which null distribution", pattern=MIXTURE),
                Part("the mean difference, two decimals", number="estimate", decimals=2),
                Part(
                    "which way round it is (a minus, or a word)",
                    pattern=rf"shorter|\bless|lower|below|minus \d|negative|surviv|{MINUS}",
                ),
                Part("one end of its interval", number="low", decimals=2),
                Part("the other end of its interval", number="high", decimals=2),
                Part("the variance of the difference, three decimals", number="tau11", decimals=3),
                Part("how many patients", number="patients", of="patients|stays|N"),
                Part("how many hospitals", number="hospitals", of="hospitals|J"),
                Part("the estimator of the test, ML", pattern=ML),
                Part("the estimator of the estimates, REML", pattern=REML),
                Part("the scale: the logarithm of the stay", pattern=r"\blog|logarithm"),
            )
        ),
        truth=died,
        example=died_sentence,
        why="whoever reads it can redo your test and see how large the variation is.",
        mistakes=(
            Mistake(
                lambda: died_sentence(p=died()["naive"]),
                "The p is that of χ² with 2 df. A variance lies at the edge: which two "
                "distributions are averaged?",
                when=instead("naive", 3, "p"),
            ),
            Mistake(
                lambda: died_sentence(D=died()["D"] / 2),
                "The D in this sentence is the bare difference of the log-likelihoods.",
                when=instead("half_D", 1, "D", lambda: died() | {"half_D": died()["D"] / 2}),
            ),
            Mistake(
                lambda: died_sentence(tau11=died()["sd"]),
                "A standard deviation stands where the variance is asked for. Either would do "
                "in a paper that names it.",
                when=instead("sd", 3, "tau11"),
            ),
            Mistake(
                lambda: died_sentence() + " So death shortens the stay.",
                "Who dies differs from who doesn't in much besides. Describe the difference; "
                "these data don't say what brings it about.",
                when=claims_cause,
            ),
            Mistake(
                lambda: died_sentence() + " Those who died stayed longer.",
                "Look at the sign of the coefficient: who stayed longer?",
                when=claims_longer,
            ),
            Mistake(
                lambda: died_sentence().replace("1 and 2 df", "0 and 1 df"),
                "You name the mixture of one variance alone. The difference brought a "
                "covariance along.",
                when=lambda given, truth: takes_one_variance(given),
            ),
            Mistake(
                lambda: died_sentence().replace("1 and 2 df", "2 and 3 df"),
                "Your mixture takes one degree of freedom more. Start from the number of "
                "parameters added: that is the larger of the two.",
                when=lambda given, truth: asserts(given, r"\b(2|two) and (3|three)\b"),
            ),
            Mistake(
                lambda: died_sentence().replace("2 parameters", "one parameter"),
                "How many parameters are new? Which entry of G stands there besides the variance?",
                when=other_df,
            ),
            Mistake(
                lambda: died_sentence().replace(
                    "the mixture of χ² with 1 and 2 df", "half of χ² with 2 df"
                ),
                "Half of one tail is right for a variance alone. With a covariance two tails are "
                "averaged.",
                when=lambda given, truth: half_of_one_tail(given),
            ),
            Mistake(
                lambda: died_sentence(D=died()["p"], p=died()["D"]),
                "A p above 1? Which number is which?",
                when=lambda given, truth: p_above_one(given),
            ),
            Mistake(
                lambda: died_sentence() + " The residual variance is {tau11:.3f}.".format(**died()),
                "Whose variance is that? The one of the difference has another name here.",
                when=lambda given, truth: ascribes(
                    given, truth["tau11"], 3, "residual|intercept", unless="difference|slope"
                ),
            ),
            Mistake(
                lambda: died_sentence(D=died()["tau11"], tau11=died()["D"]),
                "D is called a variance here. Which number is which?",
                when=calls_d_a_variance,
            ),
            Mistake(
                lambda: "Both models by REML: D = {D:.2f}. Estimate by ML {estimate:.2f}.".format(
                    **died()
                ),
                "ML and REML have changed places: which of them is for the test here, which for "
                "the estimates?",
                when=exchanges_criteria,
            ),
            Mistake(
                lambda: died_sentence(high=-died()["high"]),
                "One end of your interval has lost its minus: as it stands, it has zero in it.",
                when=loses_a_sign("low", "high"),
            ),
            Mistake(
                lambda: died_sentence(estimate=died()["high"], high=died()["estimate"]),
                OUTSIDE,
                when=lies_outside("estimate", "low", "high"),
            ),
            Mistake(
                lambda: died_sentence().replace("95 % CI", "90 % CI"),
                "conf_int() gives 95 % intervals.",
                when=wrong_level,
            ),
            Mistake(
                lambda: died_sentence() + " They stayed 50 % shorter.",
                "A difference of logarithms is neither a share nor days: exp of it says how "
                "many times as long the stay was.",
                when=half_of_it,
            ),
            Mistake(
                lambda: (
                    died_sentence()
                    + " In 95 % of hospitals it lies between {low:.2f} and {high:.2f}.".format(
                        **died()
                    )
                ),
                "That interval is for the mean difference. How far single hospitals lie around "
                "it is said by the variance.",
                when=taken_for_range("hospitals", "low"),
            ),
            Mistake(
                lambda: (
                    died_sentence() + " The probability that the difference does not vary is small."
                ),
                "p isn't the probability of a hypothesis. It says how often a D as large would "
                "come up if the difference didn't vary.",
                when=lambda given, truth: asserts(
                    given,
                    r"(probability|chance) that (the|a|there|all|H|no)\b"
                    r"[^.;]{0,30}(differ|slope|varia|hypothes|null|H)",
                ),
            ),
            Mistake(
                lambda: died_sentence().replace("variance", "standard deviation"),
                "You call the variance of the difference a standard deviation.",
                when=called_sd("tau11", 3),
            ),
            Mistake(
                lambda: died_sentence() + " The difference does not vary.",
                "You deny that the difference varies, and your p says that a constant one fits "
                "worse.",
                when=denies_variation,
            ),
            Mistake(
                lambda: died_sentence() + " That holds in every hospital.",
                "A mean isn't true of every hospital. How far do hospitals spread around it, "
                "by the variance that you quote?",
                when=lambda given, truth: asserts(
                    given, r"in (every|each|all( the)?) hospitals?\b"
                ),
            ),
        ),
        nudge="Could a reader redo the test from your sentence, null distribution included?",
        section="How to report it",
        formula="N and J; D, df, null distribution, p (ML); estimate with 95 % CI and τ₁₁ (REML)",
        points=3,
    ),
    Exercise(
        "06.10",
        "Open task: another slope",
        Chosen(
            "data",
            data=Choice(tuple(OPEN)),
            D=Number(2),
            p=Number(3),
            sentence=Sentence(
                (
                    Part("D, with two decimals", number="D", decimals=2),
                    Part("p, with three decimals", number="p", decimals=3),
                    Part("which null distribution", pattern=MIXTURE),
                    Part("the estimator", pattern=ML),
                    Part("how many groups", number="groups"),
                )
            ),
        ),
        truth=open_truth,
        example=open_answer,
        why="in none of the four data sets is this p below 0.05, and in none does that prove all "
        "slopes equal: an interval for τ₁₁ would say how much they may differ.",
        mistakes=(
            open_mistake("D", "undoubled", "Your D is the bare difference of the log-likelihoods."),
            open_mistake(
                "D",
                "D_reml",
                "Your D is by REML. Legitimate, since the fixed parts are equal; here ML "
                "is asked for.",
            ),
            open_mistake(
                "p", "naive", "Your p is from χ² with 2 df, as if a variance could be negative."
            ),
            open_mistake(
                "p",
                "half",
                "You halved the p of χ² with 2 df. That is not the mixture "
                "of a slope with its covariance: what does D do in the half "
                "of studies that would like a negative variance?",
            ),
            open_mistake(
                "p",
                "single",
                "Your p is for one variance alone. The slope brings a covariance along.",
            ),
            Mistake(
                lambda: open_answer(
                    sentence=open_answer()["sentence"].replace("1 and 2 df", "0 and 1 df")
                ),
                "Your sentence names the mixture of one variance alone. The slope brings a "
                "covariance along.",
                when=lambda given, truth: takes_one_variance(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer(
                    sentence=open_answer()["sentence"] + " So the slopes do not vary."
                ),
                "A p above 0.05 is no proof that slopes are equal. What would show how much "
                "they may differ?",
                when=lambda given, truth: claims_equal(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer(
                    sentence=open_answer()["sentence"] + " Slopes vary significantly."
                ),
                "You say that slopes vary. Look at p again: is that what it says?",
                when=lambda given, truth: claims_variation(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer(
                    "employment_uk",
                    sentence=open_answer("employment_uk")["sentence"]
                    + " The fit is singular, so the optimiser failed.",
                ),
                "A singular fit is a fit: its optimum lies at the edge, and the optimiser found it.",
                when=lambda given, truth: blames_the_optimiser(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer(
                    sentence="ML with 27 groups: D = 0.082, p = 4.18 by the mixture."
                ),
                "Your sentence has a p above 1. Which number is which?",
                when=lambda given, truth: p_above_one(given["sentence"]),
            ),
            Mistake(
                lambda: open_answer("employment_uk", D=all_years()),
                "Your D is that of all years. Only the rows of 1983 are asked for: otherwise a firm "
                "counts seven times or more.",
                when=lambda given, truth: (
                    given["data"] == "employment_uk" and Number(2).same(given["D"], all_years())
                ),
            ),
        ),
        nudge="How many parameters does the random slope add, and which of them lies at an edge?",
        section="A slope brings a covariance: 1 and 2",
        formula="D = −2(log L_reduced − log L_full); p = ½·P(χ²₁ ≥ D) + ½·P(χ²₂ ≥ D)",
        points=3,
    ),
)
