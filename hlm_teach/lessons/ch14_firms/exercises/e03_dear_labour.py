"""14.3 Dear labour, more machines? Capital per worker in the British firms."""

import numpy as np
import statsmodels.formula.api as smf

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import exchanges_levels, in_another_unit
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import ANOTHER_UNIT, LEVELS_EXCHANGED, OTHER_WAY
from hlm_teach.feedback.reading import ascribes, asserts, holds
from hlm_teach.feedback.reports import about_intervals, any_of, exchanged, mistake
from hlm_teach.feedback.vocabulary import CAUSE, CLUSTERED, WITHIN
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.variance_shares import variance_shares
from hlm_teach.measures.within_slopes import within_slopes

MODEL = "intensity ~ log_wage + C(year)"
LEVELS = {"sector": "1", "firm": "1"}
EXAMPLE = (
    "In {firms} firms ({rows} firm-years) {industries:.2f} of the variance of log capital per worker lay "
    "between industries. Within firms, ten per cent higher wages went with {ten:.1f} % more capital per "
    "worker (elasticity {within:.2f}, 95 % CI {low:.2f} to {high:.2f}; firm and year effects, standard "
    "errors clustered by firm). Between firms of an industry the elasticity was {between:.2f}; the two "
    "weren't clearly different (Mundlak's test, p = {p:.3f})."
)
# Years that were taken out, not the unit of a count: '1,031 firm-years'.
YEARS = r"(?<!firm-)(?<!firm )\byears?\b|\byearly|\bannual"


def numbers() -> Numbers:
    """Shares of variance, the elasticity within and between firms; and what is taken for them."""
    data = load_data("employment_uk")
    data["intensity"] = data["log_capital"] - data["log_emp"]
    data["wage_mean"] = data.groupby("firm")["log_wage"].transform("mean")
    shares = variance_shares(fit_lmm("intensity ~ 1", data, random=LEVELS))
    within = within_slopes(MODEL, data, "firm").loc["log_wage"]
    mundlak = fit_lmm(MODEL + " + wage_mean", data, random=LEVELS)
    firms_alone = fit_lmm(MODEL + " + wage_mean", data, "firm")
    pooled = smf.ols(MODEL, data).fit()
    usual = within["estimate"] + 1.96 * np.array([-1, 1]) * within["SE"]
    return {
        "industries": shares["sector"],
        "within": within["estimate"],
        "clustered": within["clustered"],
        "between": mundlak.params["log_wage"] + mundlak.params["wage_mean"],
        "low": within["lower"],
        "high": within["upper"],
        "p": mundlak.pvalues["wage_mean"],
        "ten": 100 * (1.1 ** within["estimate"] - 1),
        "firms": data["firm"].nunique(),
        "rows": len(data),
        "of_firms": shares["firm"],
        "two_levels": shares["sector"] + shares["firm"],
        "without_years": within_slopes("intensity ~ log_wage", data, "firm")["estimate"].iloc[0],
        "contextual": mundlak.params["wage_mean"],
        "pooled": pooled.params["log_wage"],
        "without_sectors": firms_alone.params["log_wage"] + firms_alone.params["wage_mean"],
        "usual": within["SE"],
        "usual_low": usual[0],
        "usual_high": usual[1],
        "df": within["df"],
    }


def quotes_usual(given: dict, n: Numbers) -> bool:
    """Tell whether the interval is the one of the usual standard error."""
    return all(
        holds(given["report"], n[end], 2) for end in ("usual_low", "usual_high")
    ) and not all(holds(given["report"], n[end], 2) for end in ("low", "high"))


def claims_equality(given: dict, n: Numbers) -> bool:
    """Tell whether a p above 0.05 is taken for a proof that both slopes are equal."""
    claim = r"\b(are|were|is|was) (equal|the same|identical)\b|\bno difference\b|\bdid(n't| not) differ\b"
    return asserts(given["report"], claim)


def claims_a_cause(given: dict, n: Numbers) -> bool:
    return asserts(given["report"], rf"{CAUSE}|\bmade firms\b")


MISTAKES = (
    Mistake(
        {"industries": "of_firms"},
        "That is the share of firms within industries. Which of the three levels is asked for?",
    ),
    Mistake(
        {"industries": "two_levels"},
        "That is the share of industries and firms together. Industries alone are asked for.",
    ),
    Mistake(
        {"within": "without_years"},
        "Your slope has no years beside it: what drifts in all firms at once is in it.",
    ),
    Mistake(
        {"clustered": "usual"},
        "Your standard error is the usual one. Residuals of neighbouring years are alike: cluster.",
    ),
    Mistake(
        {"between": "contextual"},
        "The coefficient of the mean, beside the wage itself, is how much between exceeds within. The "
        "slope between firms is asked for.",
    ),
    Mistake({"within": "pooled"}, "Your slope is the pooled one. Within firms is asked for."),
    Mistake(
        {"between": "without_sectors"},
        "Your slope between firms compares firms of all industries. Let industries have an intercept.",
    ),
    Mistake({"between": "within"}, "Between firms you gave the slope within them again."),
    Mistake(
        {"report": EXAMPLE.replace("{low:", "{usual_low:").replace("{high:", "{usual_high:")},
        "Your interval is made of the usual standard error; the clustered one is more than twice as "
        "large.",
        when=quotes_usual,
    ),
    mistake(
        exchanged(EXAMPLE, "within", "between"),
        LEVELS_EXCHANGED,
        any_of(
            exchanges_levels("within", "between"),
            lambda given, n: ascribes(
                given, n["industries"], 2, r"\bfirms\b", unless=r"industr|sector|rest"
            ),
        ),
        part="report",
    ),
    *about_intervals(EXAMPLE, ("within", "low", "high"), others=("between",), part="report"),
    mistake(
        EXAMPLE + " So higher wages go with less capital, by {ten:.1f} %.",
        OTHER_WAY,
        lambda given, n: asserts(
            given, r"\bhigher wages[^.;]{0,40}\bless\b|\bgo up[^.;]{0,30}\bless\b|\d ?% less"
        ),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("({rows}", "(an elasticity of {within:.2f} pounds; {rows}"),
        ANOTHER_UNIT,
        in_another_unit("within", "between", unit="%"),
        part="report",
    ),
    mistake(
        EXAMPLE + " So the difference is significant, and random effects may be used.",
        "A p of that size settles nothing, in either direction. What does it leave open?",
        lambda given, n: asserts(
            given,
            r"(?<!not )(?<!in)\bsignificant\b|null hypothesis has|\brandom effects (may|can|are)|"
            r"\bprobability (of|that) (the )?(null|6)",
        ),
        part="report",
    ),
    Mistake(
        {"report": EXAMPLE + " So the two slopes are the same."},
        "A p of that size proves no equality. Look at how far apart the two are, and how sure you are "
        "of either.",
        when=claims_equality,
    ),
    Mistake(
        {"report": EXAMPLE + " Dear labour made firms buy machines."},
        "Firms with better machines may pay more, too. Does this model know which comes first?",
        when=claims_a_cause,
    ),
)

EXERCISE = Exercise(
    "14.3",
    "Dear labour, more machines?",
    Several(
        industries=Number(2),
        within=Number(2),
        clustered=Number(3),
        between=Number(2),
        report=Sentence(
            (
                Part("the share between industries", number="industries", decimals=2),
                Part("the elasticity within firms", number="within", decimals=2, elasticity=True),
                Part("that it is within firms", pattern=WITHIN),
                Part("the lower end of its interval", number="low", decimals=2, signed=True),
                Part("the upper end of its interval", number="high", decimals=2),
                Part("that errors were clustered", pattern=CLUSTERED),
                Part("that years were taken out", pattern=YEARS),
                Part("the elasticity between firms", number="between", decimals=2, elasticity=True),
                Part("the p of the difference (two decimals or more)", number="p", decimals=2),
                Part("how many firms", number="firms", of="firms|companies"),
                Part(
                    "how many rows", number="rows", of="firm-years|rows|observations|years|in all|N"
                ),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="you know now at which level machines differ, that the elasticity within firms is {within:.2f} "
    "give or take {clustered:.2f}, and that {between:.2f} between firms may or may not be something "
    "else. Two cautions: employment is part of the outcome, so an error in it is as well; and the test "
    "itself takes residuals as independent.",
    mistakes=MISTAKES,
    nudge="At which level do you compare, and what do residuals of neighbouring years do to how sure you "
    "are?",
    section="Fixed effects, robust standard errors, or both?",
    formula='within_slopes(model, firms, "firm");  fit_lmm(model + " + wage_mean", firms, '
    'random={"sector": "1", "firm": "1"}): between = slope + coefficient of the mean',
    points=3,
)
