"""14.2 Your own bank: whose variable is unemployment?"""

import re

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from hlm_teach.feedback.claims import falls, rises
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.phrases import LEVELS_EXCHANGED, OTHER_WAY
from hlm_teach.feedback.reading import (
    FELL,
    MINUS,
    ascribes,
    asserts,
    holds,
    without_elasticity_s_per_cent,
)
from hlm_teach.feedback.reports import about_intervals, any_of, mistake
from hlm_teach.feedback.vocabulary import CAUSE, CLUSTERED, WITHIN
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.within_slopes import within_slopes

TOWNS, BRANCHES, YEARS = 10, 60, 7
MODEL = "log_loans ~ log_staff + rate + C(year)"
EXAMPLE = (
    "In {branches} branches in {towns} towns over {years} years, lending of a branch rose with its "
    "staff (elasticity within branches {within:.2f}, 95 % CI {low:.2f} to {high:.2f}, clustered by "
    "branch). A point more of unemployment in the town went with a change of {rate:.3f} in log lending "
    "(95 % CI {rate_low:.3f} to {rate_high:.3f}, t on {df:.0f} degrees of freedom; random intercepts "
    "for branches and for the town-years)."
)


def draw_branches(rng: np.random.Generator) -> pd.DataFrame:
    """Sixty branches in ten towns; larger branches also have better sites; town-years differ."""
    town, z = np.arange(BRANCHES) % TOWNS, rng.standard_normal((2, BRANCHES))
    r = rng.uniform(0.5, 0.7)
    u = 0.5 * (r * z[0] + np.sqrt(1 - r**2) * z[1])
    own = 0.25 * rng.standard_normal((BRANCHES, YEARS))
    staff = 2 + rng.uniform(0.5, 0.7) * z[0][:, None] + own
    walk = rng.normal(0, 0.7, (TOWNS, YEARS)).cumsum(axis=1)
    rate = 7 + walk + rng.normal(0, 1, (TOWNS, 1))
    shared = rng.uniform(0.10, 0.13) * rng.standard_normal((TOWNS, YEARS))
    e = 0.15 * rng.standard_normal((BRANCHES, YEARS))
    for t in range(1, YEARS):
        e[:, t] = 0.5 * e[:, t - 1] + np.sqrt(0.75) * e[:, t]
    towns = rng.uniform(-0.06, -0.03) * rate + shared
    loans = 3 + u[:, None] + rng.uniform(0.2, 0.3) * staff + towns[town] + e
    branch, when = np.divmod(np.arange(BRANCHES * YEARS), YEARS)
    return pd.DataFrame(
        {
            "branch": 101 + branch,
            "town": 1 + town[branch],
            "year": 2016 + when,
            "log_loans": loans.ravel().round(3),
            "log_staff": staff.ravel().round(3),
            "rate": rate[town].ravel().round(1),
        }
    )


def serves(data: pd.DataFrame) -> bool:
    """Tell whether random effects differ from fixed effects by enough to be told apart."""
    within = within_slopes(MODEL, data, "branch").loc["log_staff", "estimate"]
    random = fit_lmm(MODEL, data, "branch").params["log_staff"]
    return random - within > 0.02


def own_branches(rng: np.random.Generator) -> pd.DataFrame:
    """Branches whose staff goes with their site, in towns whose years differ."""
    return drawn_until(serves, draw_branches, rng)


def numbers(data: pd.DataFrame) -> Numbers:
    """Slope of staff within branches; unemployment as the town-year's, and as the branch's own."""
    data = data.assign(
        staff_mean=data.groupby("branch")["log_staff"].transform("mean"),
        town_year=data["town"].astype(str) + " " + data["year"].astype(str),
    )
    within = within_slopes(MODEL, data, "branch")
    staff = within.loc["log_staff"]
    alone = fit_lmm(MODEL + " + staff_mean", data, "branch")
    right = fit_lmm(MODEL + " + staff_mean", data, random={"branch": "1", "town_year": "1"})
    ends, wrong = right.conf_int().loc["rate"], alone.conf_int().loc["rate"]
    of_towns = fit_lmm(MODEL + " + staff_mean", data, random={"branch": "1", "town": "1"})
    pooled = smf.ols(MODEL, data)
    return {
        "within": staff["estimate"],
        "se": right.bse["rate"],
        "df": right.df["rate"],
        "rate": right.params["rate"],
        "low": staff["lower"],
        "high": staff["upper"],
        "rate_low": ends["lower"],
        "rate_high": ends["upper"],
        "branches": BRANCHES,
        "towns": TOWNS,
        "years": YEARS,
        "random": fit_lmm(MODEL, data, "branch").params["log_staff"],
        "pooled": np.linalg.lstsq(pooled.exog, pooled.endog)[0][
            pooled.exog_names.index("log_staff")
        ],
        "between": right.params["log_staff"] + right.params["staff_mean"],
        "se_alone": alone.bse["rate"],
        "df_alone": alone.df["rate"],
        "df_of_towns": of_towns.df["rate"],
        "wrong_low": wrong["lower"],
        "wrong_high": wrong["upper"],
    }


def quotes_branch_s_own(given: dict, n: Numbers) -> bool:
    """Tell whether the interval of the rate comes from the model without town-years."""
    return all(
        holds(given["report"], n[end], 3) for end in ("wrong_low", "wrong_high")
    ) and not all(holds(given["report"], n[end], 3) for end in ("rate_low", "rate_high"))


def quotes_the_blend(given: dict, n: Numbers) -> bool:
    text = without_elasticity_s_per_cent(given["report"])
    return holds(text, n["random"], 2) and not holds(text, n["within"], 2)


def takes_the_mean_for_an_effect(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], rf"{CAUSE}|\bbecause (unemployment|people)")


MISTAKES = (
    Mistake(
        {"within": "random"},
        "Your slope is that of plain random effects, which mixes movements of a branch with "
        "differences between branches.",
    ),
    Mistake({"within": "pooled"}, "Your slope is the pooled one. Within branches is asked for."),
    Mistake(
        {"within": "between"},
        "Your slope compares branches with each other. Within branches is asked for.",
    ),
    Mistake(
        {"se": "se_alone"},
        "Without something that branches of a town share in one year, the rate counts as a branch's "
        "own. A random intercept of the town alone takes out only what is constant.",
    ),
    Mistake(
        {"df": "df_alone"},
        "So many degrees of freedom, for a variable of which there are far fewer values? Let town-years "
        "have an effect of their own.",
    ),
    Mistake(
        {"df": "df_of_towns"},
        "A random intercept of the town takes out only what is constant there. The rate changes from "
        "year to year: who shares its values?",
    ),
    Mistake(
        {
            "report": EXAMPLE.replace("{rate_low:", "{wrong_low:").replace(
                "{rate_high:", "{wrong_high:"
            )
        },
        "The interval of unemployment comes from a model in which town-years have no effect of their "
        "own.",
        when=quotes_branch_s_own,
    ),
    Mistake(
        {"report": EXAMPLE.replace("{within:", "{random:")},
        "Your elasticity within branches is that of plain random effects, a blend.",
        when=quotes_the_blend,
    ),
    *about_intervals(EXAMPLE, ("within", "low", "high"), part="report"),
    mistake(
        EXAMPLE + " So lending fell by {within:.2f}.",
        OTHER_WAY,
        any_of(
            falls("within"),
            lambda given, n: n["rate"] < 0 and rises("rate", decimals=3)(given, n),
            lambda given, n: (
                n["rate"] < 0 and not re.search(rf"{FELL}|{MINUS}|\b(less|low)", given)
            ),
        ),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("elasticity within", "elasticity between"),
        LEVELS_EXCHANGED,
        lambda given, n: ascribes(
            given, n["within"], 2, r"\bbetween branches", unless=r"\bwithin|fixed"
        ),
        part="report",
    ),
    Mistake(
        {"report": EXAMPLE + " Lending fell because of unemployment."},
        "What makes a town's lending fall may make its unemployment rise. Does this model know which?",
        when=takes_the_mean_for_an_effect,
    ),
)

EXERCISE = Exercise(
    "14.2",
    "Your own bank: whose variable is unemployment?",
    Several(
        within=Number(2),
        se=Number(3),
        df=Number(0),
        report=Sentence(
            (
                Part(
                    "the elasticity within branches", number="within", decimals=2, elasticity=True
                ),
                Part("that it is within branches", pattern=WITHIN),
                Part("the lower end of its interval", number="low", decimals=2, signed=True),
                Part("the upper end of its interval", number="high", decimals=2),
                Part("that its errors were clustered", pattern=CLUSTERED),
                Part("the coefficient of the rate (three decimals)", number="rate", decimals=3),
                Part("the lower end of its interval (rate)", number="rate_low", decimals=3),
                Part("the upper end of its interval (rate)", number="rate_high", decimals=3),
                Part("the degrees of freedom of the rate", number="df"),
                Part(
                    "that town-years have an effect of their own",
                    pattern=r"towns?([- ]|( ?[×x*:] ?)|-by-)(and[- ])?years?|years? (in|of|within) (a |the )?towns?|"
                    r"\b(each|every) town (and|in each|in every) year|\btown in a given year|"
                    r"town and (each )?year",
                ),
                Part("how many branches", number="branches", of="branches|branch"),
                Part("how many towns", number="towns", of="towns"),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    own_data=own_branches,
    why="a variable has the degrees of freedom of the level at which it varies ({df:.0f}, not "
    "{df_alone:.0f}), and the branch's staff, which varies within branches, needs them out of the way "
    "({within:.2f}, not {random:.2f}).",
    mistakes=MISTAKES,
    nudge="At which level does each of the two predictors vary, and who shares what at that level?",
    section="Whose variable is output?",
    formula='within_slopes(model, data, "branch");  fit_lmm(model + " + staff_mean", data, '
    'random={"branch": "1", "town_year": "1"})',
    points=3,
)
