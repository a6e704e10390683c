"""14.1 Eleven firms: what to do when the test doesn't reject, and clusters are few."""

import re

import statsmodels.formula.api as smf
from statsmodels.datasets import grunfeld

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence
from hlm_teach.feedback.phrases import LEVELS_EXCHANGED, OTHER_WAY
from hlm_teach.feedback.reading import ascribes, asserts, holds
from hlm_teach.feedback.reports import about_intervals, mistake
from hlm_teach.feedback.vocabulary import CAUSE, CLUSTERED, WITHIN
from hlm_teach.measures.cluster_robust import cluster_robust
from hlm_teach.measures.within_slopes import within_slopes

MODEL = "invest ~ value + capital"
EXAMPLE = (
    "In {firms} firms over {years} years a dollar more of capital went with more investment a year: by "
    "fixed effects {fixed:.2f} dollars (95 % CI {low:.2f} to {high:.2f}, standard errors clustered by "
    "firm, CR2, t on {df:.1f} degrees of freedom). With so few clusters that interval is wide, and the "
    "data leave open whether there is any association."
)


def numbers() -> Numbers:
    """Slope of capital in Grunfeld's firms, its standard errors, and what is taken for them."""
    data = grunfeld.load_pandas().data
    within = within_slopes(MODEL, data, "firm").loc["capital"]
    pooled = smf.ols(MODEL, data)
    whole = cluster_robust(data["invest"], pooled.exog, data["firm"])
    return {
        "fixed": within["estimate"],
        "usual": within["SE"],
        "clustered": within["clustered"],
        "df": within["df"],
        "claim": "c",
        "low": within["lower"],
        "high": within["upper"],
        "firms": data["firm"].nunique(),
        "years": data["year"].nunique(),
        "pooled": whole.params[0, 2],
        "pooled_clustered": whole.bse[0, 2],
        "pooled_usual": pooled.fit().bse["capital"],
        "of_value": within_slopes(MODEL, data, "firm").loc["value", "clustered"],
        "firms_less_one": data["firm"].nunique() - 1,
        "usual_low": within["estimate"] - 1.96 * within["SE"],
        "usual_high": within["estimate"] + 1.96 * within["SE"],
        "z_low": within["estimate"] - 1.96 * within["clustered"],
        "z_high": within["estimate"] + 1.96 * within["clustered"],
    }


def quotes_ends(low: str, high: str):
    """A rule: the report gives this interval and not the clustered one with its own t."""
    return lambda given, n: (
        holds(given["report"], n[low], 2)
        and holds(given["report"], n[high], 2)
        and not holds(given["report"], n["high"], 2)
    )


LEFT_OPEN = (
    r"\bopen\b|imprecise|whether there|\bnot? (settled|decided|evidence)|uncertain|undecided|inconclusive|compatible|\bzero\b|"
    r"\b(can('t|not)|(do|does|could)(n't| not)|cannot|nothing)\b[^.;]{0,40}"
    r"(tell|told|say|said|settle|suffice|rule|exclude|decide|show|know)|\b(in|covers?|contains?|includes?) 0\b|"
    r"\bmay be (none|zero)|nothing is settled"
)


def claims_an_effect(given: dict, n: Numbers) -> bool:
    """Tell whether an interval with zero inside is told as an effect that was found."""
    return asserts(given["report"], rf"\bsignificant(ly)?\b|\b(raises?|raised)\b|{CAUSE}")


# What an interval includes, or can't rule out, isn't claimed; after 'so' it is.
_AMONG_OTHERS = (
    r"\b(includ\w*|h[eo]lds?|cover\w*|contain\w*|(compatible|consistent|agrees?) with|rul(e|es|ed|ing) "
    r"out|exclud\w+|possib\w+|allows?)\b((?!\b(so|and|hence|thus|therefore)\b)[^.;,]){0,20}"
)


def claims_none(given: dict, n: Numbers) -> bool:
    """Tell whether a relation is said to be absent, and not only to lie within the interval."""
    none = r"(?<!at )\b(no (effect|association|relation)|not associated)\b"
    return asserts(re.sub(rf"{_AMONG_OTHERS}{none}", "", given["report"], flags=re.I), none)


MISTAKES = (
    Mistake(
        {"fixed": "pooled"},
        "Your slope is that of all rows in one pot. The one within firms is asked for.",
    ),
    Mistake(
        {"usual": "pooled_usual"},
        "Your usual standard error is that of the pooled slope. Firms' dummies change it, too.",
    ),
    Mistake(
        {"clustered": "usual"},
        "That is the usual standard error again. The column `clustered` is asked for.",
    ),
    Mistake(
        {"clustered": "pooled_clustered"},
        "Your clustered standard error belongs to the pooled slope. The firms are in no model there.",
    ),
    Mistake(
        {"clustered": "of_value"},
        "That is the clustered standard error of `value`. Which row is capital's?",
    ),
    Mistake(
        {"df": "firms_less_one"},
        "Clusters less one is the rule of thumb. CR2 has degrees of freedom of its own, which count "
        "how much each firm contributes.",
    ),
    Mistake(
        {"claim": "a"}, "A p of that size is no proof. How much could a test of eleven firms see?"
    ),
    Mistake(
        {"claim": "b"},
        "The test doesn't reject. And had it rejected, what would it have said of pooled regression?",
    ),
    Mistake(
        {"claim": "d"},
        "p is how often a true null hypothesis gives an H this large. How probable the hypothesis is, it "
        "doesn't say.",
    ),
    Mistake(
        {"report": EXAMPLE.replace("{low:", "{usual_low:").replace("{high:", "{usual_high:")},
        "Your interval is made of the usual standard error. What do these residuals do from one year "
        "to the next?",
        when=quotes_ends("usual_low", "usual_high"),
    ),
    Mistake(
        {"report": EXAMPLE.replace("{low:", "{z_low:").replace("{high:", "{z_high:")},
        "The standard error is clustered, but you went 1.96 of them to either side. What is t, on the "
        "degrees of freedom that you found?",
        when=quotes_ends("z_low", "z_high"),
    ),
    *about_intervals(EXAMPLE, ("fixed", "low", "high"), part="report", open_at_zero=True),
    mistake(
        EXAMPLE + " So investment is lower by {fixed:.2f} dollars.",
        OTHER_WAY,
        lambda given, n: (
            ascribes(given, n["fixed"], 2, r"\bless\b|fewer|lower", unless=r"\bmore\b|higher")
            or asserts(given, f"{100 * n['fixed']:.0f} cents less")
        ),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("by fixed effects", "between firms"),
        LEVELS_EXCHANGED,
        lambda given, n: ascribes(
            given, n["fixed"], 2, r"\bbetween firms", unless=r"\bwithin|fixed"
        ),
        part="report",
    ),
    mistake(
        EXAMPLE.replace("clustered by firm", "clustered by year"),
        "By what are residuals alike: what did you cluster by?",
        lambda given, n: asserts(given, r"\bcluster\w* (by|on|at the) years?\b"),
        part="report",
    ),
    mistake(
        EXAMPLE + " The interval excludes zero.",
        "Where is zero: inside your interval, or outside?",
        lambda given, n: asserts(
            given,
            r"\bexcludes? (0|zero)|probability of 95|\b95 ?% (prob|the slope)|slope is positive",
        ),
        part="report",
    ),
    Mistake(
        {"report": EXAMPLE + " Capital raised investment significantly."},
        "Your report has found an effect. Is zero inside its interval, and who decides on capital?",
        when=claims_an_effect,
    ),
    Mistake(
        {"report": EXAMPLE + " So there is no association."},
        "An interval as wide as that proves nothing absent. What does it leave open?",
        when=claims_none,
    ),
)

EXERCISE = Exercise(
    "14.1",
    "Eleven firms: when the test doesn't reject",
    Several(
        fixed=Number(3),
        usual=Number(3),
        clustered=Number(3),
        df=Number(1),
        claim=Choice("abcd"),
        report=Sentence(
            (
                Part("the slope within firms (two decimals)", number="fixed", decimals=2),
                Part("that it is within firms", pattern=WITHIN),
                Part("the lower end of its interval", number="low", decimals=2, signed=True),
                Part("the upper end of its interval", number="high", decimals=2),
                Part("that errors were clustered", pattern=CLUSTERED),
                Part("the degrees of freedom", number="df", decimals=1),
                Part("how many firms", number="firms", of="firms|companies|clusters"),
                Part("how many years", number="years", of="years|annual|waves|T"),
                Part("what the interval leaves open", pattern=LEFT_OPEN),
            ),
            example=EXAMPLE,
        ),
    ),
    numbers=numbers,
    why="the same slope, {fixed:.2f}, looks certain with a standard error of {usual:.3f} and open with "
    "{clustered:.3f} on {df:.1f} degrees of freedom: capital moved in one or two of the {firms} firms "
    "above all, and residuals remember. Nothing in Hausman's test would have told you.",
    mistakes=MISTAKES,
    nudge="How many firms does the slope really rest on, and what do their residuals do from year to "
    "year?",
    section="Residuals that remember",
    formula='within_slopes("invest ~ value + capital", data, "firm"): estimate, SE, clustered, df, '
    "lower, upper",
    points=3,
)
