"""Exercises to chapter 02: intraclass correlation and variance partition."""

from functools import cache

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.claims import OUTSIDE, called_sd, lies_outside, wrong_level
from hlm_teach.feedback.exercise import Exercise, Mistake
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Chosen, Several
from hlm_teach.feedback.kinds.sentence import Part, Sentence, between, within
from hlm_teach.feedback.own_data import drawn_until
from hlm_teach.feedback.reading import REML, ascribes, asserts, holds
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.anova_icc import anova_icc
from hlm_teach.measures.design_effect import design_effect
from hlm_teach.measures.icc import icc, vpc
from hlm_teach.measures.reliability import mean_reliability
from hlm_teach.simulate.two_level import simulate_two_level

CLASSES = pd.DataFrame(
    {"class": list("AAAABBBBCCCC"), "mark": [2, 6, 3, 5, 5, 9, 8, 6, 4, 8, 5, 7]}
)
OPEN = {
    "orthodont": ("distance", "Subject"),
    "sleepstudy": ("Reaction", "Subject"),
    "pbc": ("log_bili", "patient"),
    "dyestuff": ("Yield", "Batch"),
}


# ---- what the truths and the mistakes are made of ----------------------------------------


@cache
def null(name: str, outcome: str, group: str):
    return fit_lmm(f"{outcome} ~ 1", load_data(name), groups=group)


def hsb():
    return null("hsb", "math", "school")


def medpar():
    return null("medpar", "log_los", "hospital")


def firms():
    return null("employment_uk", "log_wage", "firm")


def tau00(fit) -> float:
    return float(fit.cov_re.iloc[0, 0])


def share(between: float, within: float) -> float:
    return between / (between + within)


def share_of_sds(fit) -> float:
    return share(np.sqrt(tau00(fit)), np.sqrt(fit.sigma2))


def naive_icc(data: pd.DataFrame, outcome: str, group: str) -> float:
    """The raw variance of the means stands in for τ_00."""
    return share(data.groupby(group)[outcome].mean().var(), anova_icc(data, outcome, group).sigma2)


def popular_icc(data: pd.DataFrame, outcome: str, group: str) -> float:
    """Within = total − between·n/(n − 1), as some tutorials have it."""
    between = data.groupby(group)[outcome].mean().var()
    n = data.groupby(group).size().mean()
    return share(between, data[outcome].var() - between * n / (n - 1))


def wrong_df_icc() -> float:
    """Squares within the three classes divided by N − 1 instead of N − J."""
    within = CLASSES["mark"] - CLASSES.groupby("class")["mark"].transform("mean")
    msw = (within**2).sum() / (len(CLASSES) - 1)
    return share(CLASSES.groupby("class")["mark"].mean().var() - msw / 4, msw)


def classes():
    return anova_icc(CLASSES, "mark", "class")


def sizes_of_hospitals() -> np.ndarray:
    return load_data("medpar").groupby("hospital").size().to_numpy()


@cache
def tired():
    return fit_lmm("Reaction ~ Days", load_data("sleepstudy"), groups="Subject", random="1 + Days")


def share_on_day(day: float, *, covariance: float = 1, slope: float = 1) -> float:
    """VPC with parts of the variance between persons weighted wrongly."""
    g = tired().cov_re.to_numpy()
    between = g[0, 0] + covariance * 2 * day * g[0, 1] + slope * day**2 * g[1, 1]
    return share(between, tired().sigma2)


def firms_interval() -> tuple[float, float]:
    return anova_icc(load_data("employment_uk"), "log_wage", "firm").interval


def own_wards(rng: np.random.Generator) -> pd.DataFrame:
    """Thirty wards of 2 to 24 patients, a score for each patient; wards that differ visibly."""
    return drawn_until(lambda data: 0.1 < icc(own_fit(data)) < 0.5, draw_wards, rng)


def draw_wards(rng: np.random.Generator) -> pd.DataFrame:
    sizes = rng.integers(2, 25, size=30)
    data = simulate_two_level(
        n_groups=30,
        group_size=sizes.tolist(),
        gamma00=50,
        rng=rng,
        tau00=rng.uniform(6, 12),
        sigma2=rng.uniform(30, 60),
    )
    return data.rename(columns={"group": "ward", "y": "score"})[["ward", "score"]].round(1)


def own_fit(data: pd.DataFrame):
    return fit_lmm("score ~ 1", data, groups="ward")


def smallest(data: pd.DataFrame) -> int:
    return int(data.groupby("ward").size().min())


def own_truth(data: pd.DataFrame) -> dict:
    fit = own_fit(data)
    return {
        "tau00": tau00(fit),
        "icc": icc(fit),
        "reliability": mean_reliability(tau00(fit), fit.sigma2, smallest(data)),
    }


def printed_se(fit) -> float:
    """What the summary prints beside the variance."""
    return float(fit.statsmodels.bse.iloc[-1] * np.sqrt(fit.sigma2))


def means_less_luck() -> float:
    means = load_data("medpar").groupby("hospital")["log_los"].mean()
    return float(means.var() - medpar().sigma2 * (1 / sizes_of_hospitals()).mean())


def means_less_average_luck() -> float:
    means = load_data("medpar").groupby("hospital")["log_los"].mean()
    return float(means.var() - medpar().sigma2 / sizes_of_hospitals().mean())


def quotes_icc_of_sds(given: str, truth: dict) -> bool:
    return holds(given, share_of_sds(firms()), 2) and not holds(given, truth["icc"], 2)


def quotes_sd(given: str, truth: dict) -> bool:
    return holds(given, float(np.sqrt(truth["tau00"])), 3) and not holds(given, truth["tau00"], 3)


def exchanges_shares(given: str, truth: dict) -> bool:
    """Tell whether the ICC is said to lie within firms, or the rest between them."""
    return ascribes(
        given, truth["icc"], 2, r"\b(lay|lies|is) (within|between years)", unless="between firms"
    ) or ascribes(given, 1 - truth["icc"], 2, r"\bbetween", unless=r"\bwithin")


def claims_cause(given: str, truth: dict) -> bool:
    return asserts(
        given, r"\bcaus|\bfirms determine|\bdue to (the )?firms|\bfirms? explain|\bexplained by"
    )


# ---- the open task -----------------------------------------------------------------------


@cache
def open_fit(name: str):
    return null(name, *OPEN[name])


def open_truth() -> dict:
    truth = {}
    for name in OPEN:
        low, high = anova_icc(load_data(name), *OPEN[name]).interval
        truth[name] = {
            "icc": icc(open_fit(name)),
            "sentence": {
                "icc": icc(open_fit(name)),
                "groups": open_fit(name).n_groups,
                "low": low,
                "high": high,
            },
        }
    return truth


def open_naive(name: str) -> float:
    return naive_icc(load_data(name), *OPEN[name])


def open_answer(name: str = "pbc", **parts) -> dict:
    fit = open_fit(name)
    low, high = anova_icc(load_data(name), *OPEN[name]).interval
    sentence = (
        f"The null model with {fit.n_groups} groups, fitted by REML, gave an intraclass "
        f"correlation of {icc(fit):.3f} (95 % CI {low:.3f} to {high:.3f})."
    )
    return {"data": name, "icc": icc(fit), "sentence": sentence} | parts


# ---- the exercises -----------------------------------------------------------------------

EXERCISES = (
    Exercise(
        "02.1",
        "Three classes, by hand",
        Several(msb=Number(2), msw=Number(2), icc=Number(3)),
        truth=lambda: {"msb": classes().msb, "msw": classes().msw, "icc": classes().icc},
        why="an estimated {truth[icc]:.0%} of the variance of a mark lies between classes, and you have "
        "seen every step that a program takes to say so.",
        mistakes=(
            Mistake(
                lambda: {"icc": naive_icc(CLASSES, "mark", "class")},
                "This ICC takes the variance of the three means for τ₀₀. Four pupils stand "
                "behind each mean: what did their luck add?",
            ),
            Mistake(
                lambda: {"icc": share(np.sqrt(classes().tau00), np.sqrt(classes().sigma2))},
                "This ICC is a share of standard deviations. They don't add up to a total; "
                "variances do.",
            ),
            Mistake(
                lambda: {"icc": classes().tau00 / classes().sigma2},
                "This divides between by within. A share divides by the total of both.",
            ),
            Mistake(
                lambda: {"icc": share(classes().msb, classes().msw)},
                "This is made of the mean squares as they are. MSB estimates σ² + 4τ₀₀, not "
                "τ₀₀: take something off, then divide.",
            ),
            Mistake(
                lambda: {"msw": classes().msw * 9 / 11},
                "The squares within classes were divided by 11. Each class has spent one "
                "degree of freedom on its own mean: how many are left of 12?",
            ),
            Mistake(
                lambda: {"icc": wrong_df_icc()},
                "In this ICC the squares within classes were divided by 11. Each class has "
                "spent one degree of freedom on its own mean.",
            ),
            Mistake(
                lambda: {"msb": 2 * classes().msb},
                "This MSB is a sum of squares. A mean square is that sum divided by its "
                "degrees of freedom.",
            ),
            Mistake(
                lambda: {"msw": 9 * classes().msw},
                "This MSW is a sum of squares. A mean square is that sum divided by its "
                "degrees of freedom.",
            ),
            Mistake(
                lambda: {"msw": classes().msw * 9 / 12},
                "The squares within classes were divided by 12, the number of pupils. Each "
                "class has spent one degree of freedom on its own mean: how many are left?",
            ),
            Mistake(
                lambda: {"msb": classes().msb / 4},
                "This MSB is the variance of the three means. A mean square between groups "
                "counts each mean once for every pupil behind it.",
            ),
        ),
        nudge="How many numbers stand behind each mean, and how many means did you estimate?",
        section="Estimating it: analysis of variance",
        formula="MSB = n·Σ(ȳⱼ − ȳ)²/(J − 1),  MSW = ΣΣ(yᵢⱼ − ȳⱼ)²/(N − J),  "
        "τ̂₀₀ = (MSB − MSW)/n,  ICC = τ̂₀₀/(τ̂₀₀ + MSW)",
        points=3,
    ),
    Exercise(
        "02.2",
        "Before you run it: identical wards",
        Number(1),
        truth=lambda: 40 / 8,
        why="identical wards show means whose variance is {truth:.0f}, all of it luck; a league "
        "table of them would look convincing.",
        mistakes=(
            Mistake(
                lambda: 0.0,
                "The wards are identical, their means aren't: each carries the "
                "luck of its own eight patients.",
            ),
            Mistake(
                lambda: 40.0,
                "That is the variance of single patients. Eight of them are "
                "averaged: what does averaging do to a variance?",
            ),
            Mistake(
                lambda: np.sqrt(40 / 8), "That is a standard deviation; the variance is asked for."
            ),
            Mistake(
                lambda: 40 / np.sqrt(8),
                "Averaging n values divides the standard deviation by "
                "√n. What does it divide the variance by?",
            ),
            Mistake(
                lambda: 40 / 50,
                "You divided by the number of wards. Which number stands behind ONE mean?",
            ),
            Mistake(
                lambda: 40 / 7,
                "You divided by n − 1. That belongs to estimating a variance "
                "from eight values; here σ² is known.",
            ),
        ),
        nudge="With eight other patients in it, would a ward have the same mean? By how much would "
        "it move?",
        section="A mean carries luck",
        formula="E[Var(Ȳⱼ)] = τ₀₀ + σ²/n, here with τ₀₀ = 0",
    ),
    Exercise(
        "02.3",
        "How much of it lies between schools?",
        Number(3),
        truth=lambda: icc(hsb()),
        why="{truth:.0%} of the variance in mathematics lies between schools, and the same number "
        "is the correlation of two pupils of one school.",
        mistakes=(
            Mistake(
                lambda: naive_icc(load_data("hsb"), "math", "school"),
                "This is what you get when the variance of the school means stands in for "
                "τ₀₀. Which part of that variance is the luck of the pupils drawn?",
            ),
            Mistake(
                lambda: popular_icc(load_data("hsb"), "math", "school"),
                "This comes from 'within = total − between·n/(n − 1)'. Its 'between' is the "
                "raw variance of the means, luck included.",
            ),
            Mistake(
                lambda: share_of_sds(hsb()),
                "These look like standard deviations. Shares are shares of variance: square first.",
            ),
            Mistake(
                lambda: tau00(hsb()) / hsb().sigma2,
                "This divides between by within. A share divides by the total of both.",
            ),
            Mistake(
                lambda: 1 - icc(hsb()),
                "This is the share within schools. The other one is asked for.",
            ),
            Mistake(
                lambda: tau00(hsb()),
                "This is τ₀₀ itself, in squared points. How large is it "
                "beside the whole variance of a pupil?",
            ),
            Mistake(
                lambda: anova_icc(load_data("hsb"), "math", "school").icc,
                "This is the estimate by analysis of variance (anova_icc). A good one; REML "
                "was asked for, which weighs schools of unequal size otherwise.",
            ),
            Mistake(
                lambda: share(
                    load_data("hsb").groupby("school")["math"].mean().var(),
                    load_data("hsb").groupby("school")["math"].var().mean(),
                ),
                "This takes the variance of the school means and the mean of the variances "
                "within. The first has the luck of the pupils in it.",
            ),
            Mistake(
                lambda: icc(fit_lmm("math ~ ses", load_data("hsb"), groups="school")),
                "This is a conditional ICC, of a model with a pupil's SES in it. The question "
                "is about mathematics as it is: no predictors.",
            ),
            Mistake(
                lambda: icc(fit_lmm("math ~ ses_mean", load_data("hsb"), groups="school")),
                "This is a conditional ICC, of a model with the school's mean SES in it. The "
                "question is about mathematics as it is: no predictors.",
            ),
        ),
        nudge="Which two variances does the null model split a pupil's score into?",
        section="First reading: a share of variance",
        formula='ρ = τ₀₀/(τ₀₀ + σ²), both from fit_lmm("math ~ 1", …)',
    ),
    Exercise(
        "02.4",
        "Reading somebody's output",
        Several(tau00=Number(3), sigma2=Number(3), icc=Number(3, within=0.001)),
        truth=lambda: {"tau00": tau00(medpar()), "sigma2": medpar().sigma2, "icc": icc(medpar())},
        why="in any paper that prints both variances you can now compute the ICC yourself "
        "({truth[icc]:.3f} here, before rounding).",
        mistakes=(
            Mistake(
                lambda: {"tau00": printed_se(medpar())},
                "Your τ₀₀ is the number in the column Std.Err. The estimate stands left of it.",
            ),
            Mistake(
                lambda: {"tau00": tau00(medpar()) * medpar().sigma2},
                "Your τ₀₀ was multiplied by the scale. In the summary the variance is printed "
                "on the data's scale already.",
            ),
            Mistake(
                lambda: {"tau00": float(np.sqrt(tau00(medpar())))},
                "Your τ₀₀ is a square root: the row 'hospital Var' holds a variance already, "
                "as its name says.",
            ),
            Mistake(
                lambda: {"tau00": tau00(medpar()) ** 2},
                "You squared the printed number. 'hospital Var' is a variance already.",
            ),
            Mistake(
                lambda: {"sigma2": float(np.sqrt(medpar().sigma2))},
                "Your σ² is a square root. Scale is a variance already.",
            ),
            Mistake(
                lambda: {"sigma2": medpar().sigma2 ** 2},
                "You squared the printed number. Scale is a variance already.",
            ),
            Mistake(
                lambda: {"icc": share_of_sds(medpar())},
                "Your ICC is a share of standard deviations.",
            ),
            Mistake(
                lambda: {"icc": tau00(medpar()) / medpar().sigma2},
                "Your ICC divides between by within. A share divides by the total.",
            ),
        ),
        nudge="One of the two variances isn't in the table of coefficients. Where is it?",
        section="The null model, line by line",
        formula="τ₀₀ is the row 'hospital Var', σ² is 'Scale' in the header, ρ = τ₀₀/(τ₀₀ + σ²)",
    ),
    Exercise(
        "02.5",
        "Mend a colleague's analysis",
        Several(what=Choice("abcd"), icc=Number(3)),
        truth=lambda: {"what": "b", "icc": icc(medpar())},
        why="most of what looked like differences between hospitals came from the tiny ones, by luck "
        "and because they counted as much as the large: the ICC is {truth[icc]:.3f}.",
        mistakes=(
            Mistake(
                lambda: {"what": "a"},
                "Unequal sizes don't forbid an ICC; they matter for how "
                "it is estimated. What do the tiny hospitals do to a "
                "variance of means?",
            ),
            Mistake(
                lambda: {"what": "c"},
                "Taking the logarithm changes the question a little, "
                "not the flaw: the same recipe goes wrong on any "
                "scale.",
            ),
            Mistake(
                lambda: {"what": "d"},
                "With the hospitals weighted by size the number "
                "changes, and the luck of each mean is still in it.",
            ),
            Mistake(
                lambda: {"icc": naive_icc(load_data("medpar"), "log_los", "hospital")},
                "This ICC still has the raw variance of the means in it. That is the very "
                "thing to mend.",
            ),
            Mistake(
                lambda: {"icc": share(means_less_luck(), medpar().sigma2)},
                "You took off the right luck, σ²·mean(1/nⱼ). But a tiny hospital with an extreme "
                "mean still counts as much as a large one: let REML weigh them.",
            ),
            Mistake(
                lambda: {"icc": share(means_less_average_luck(), medpar().sigma2)},
                "You took σ²/mean(n) off. With unequal sizes the luck is σ²·mean(1/nⱼ), far "
                "more here, and even then the tiny hospitals count as much as the large: let "
                "REML weigh them.",
            ),
            Mistake(
                lambda: {
                    "icc": share(
                        load_data("medpar").groupby("hospital")["log_los"].mean().var(),
                        load_data("medpar").groupby("hospital")["log_los"].var().mean(),
                    )
                },
                "This is the colleague's own number. What is in the variance of his means, "
                "besides hospitals?",
            ),
            Mistake(
                lambda: {"icc": anova_icc(load_data("medpar"), "log_los", "hospital").icc},
                "This is the estimate by analysis of variance. It takes the luck off, too, and "
                "weighs hospitals otherwise; asked for is REML.",
            ),
            Mistake(
                lambda: {"icc": popular_icc(load_data("medpar"), "log_los", "hospital")},
                "This is the formula 'within = total − between·n/(n − 1)'. It keeps the raw "
                "variance of the means.",
            ),
            Mistake(
                lambda: {"icc": share_of_sds(medpar())},
                "This ICC is a share of standard deviations: square first.",
            ),
        ),
        nudge="One hospital has a single patient. What is the variance of its 'mean'?",
        section="Unequal groups: mean(1/n_j), not 1/mean(n)",
        formula="E[Var(Ȳⱼ)] = τ₀₀ + σ²·mean(1/nⱼ); REML estimates τ₀₀ without that luck",
    ),
    Exercise(
        "02.6",
        "What does this ICC cost?",
        Several(design_effect=Number(2), effective_n=Number(0, within=2)),
        truth=lambda: {
            "design_effect": design_effect(icc(medpar()), sizes_of_hospitals().tolist()),
            "effective_n": sizes_of_hospitals().sum()
            / design_effect(icc(medpar()), sizes_of_hospitals().tolist()),
        },
        why="an ICC that some texts call moderate or less makes 1,495 patients worth "
        "{truth[effective_n]:.0f} for a comparison of two groups of hospitals by plain means.",
        mistakes=(
            Mistake(
                lambda: {"design_effect": 1 + (sizes_of_hospitals().mean() - 1) * icc(medpar())},
                "You used the average size. Large hospitals hold more of the patients: weigh "
                "each size by its patients.",
            ),
            Mistake(
                lambda: {"design_effect": 1 + (sizes_of_hospitals().max() - 1) * icc(medpar())},
                "You used the largest hospital for all. Weigh each size by its patients.",
            ),
            Mistake(
                lambda: {
                    "design_effect": 1
                    + (sizes_of_hospitals() ** 2).sum() / sizes_of_hospitals().sum() * icc(medpar())
                },
                "Nearly: a patient doesn't share a hospital with himself. A 1 is to be taken "
                "off the size.",
            ),
            Mistake(
                lambda: {
                    "design_effect": float(
                        np.sqrt(design_effect(icc(medpar()), sizes_of_hospitals().tolist()))
                    )
                },
                "That is the factor for the standard error. The design effect is the factor "
                "for the variance: square it.",
            ),
            Mistake(
                lambda: {
                    "effective_n": float(
                        (
                            sizes_of_hospitals() / (1 + (sizes_of_hospitals() - 1) * icc(medpar()))
                        ).sum()
                    )
                },
                "That is what they are worth to a model that weighs hospitals. For plain means "
                "every patient counts alike.",
            ),
            Mistake(
                lambda: {
                    "effective_n": sizes_of_hospitals().sum()
                    / 2
                    / design_effect(icc(medpar()), sizes_of_hospitals().tolist())
                },
                "That is what one half of the patients is worth. All of them together are meant.",
            ),
            Mistake(
                lambda: {
                    "effective_n": sizes_of_hospitals().sum()
                    / np.sqrt(design_effect(icc(medpar()), sizes_of_hospitals().tolist()))
                },
                "You divided by the square root. N is divided by the design effect itself.",
            ),
            Mistake(
                lambda: {
                    "effective_n": len(sizes_of_hospitals())
                    / design_effect(icc(medpar()), sizes_of_hospitals().tolist())
                },
                "You divided the number of hospitals. It is the number of patients that is "
                "worth less.",
            ),
        ),
        nudge="In a hospital of which size does the typical patient lie?",
        section="Three fields side by side",
        formula="design effect = 1 + (Σnⱼ²/N − 1)·ρ,  effective N = N/design effect",
    ),
    Exercise(
        "02.7",
        "Choose: one ICC, or several?",
        Several(report=Choice("abcd"), day2=Number(3), day7=Number(3)),
        truth=lambda: {"report": "c", "day2": vpc(tired(), 2), "day7": vpc(tired(), 7)},
        why="from {truth[day2]:.0%} on day 2 to {truth[day7]:.0%} on day 7: whoever reports one "
        "number has chosen a day without saying so.",
        mistakes=(
            Mistake(
                lambda: {"report": "a"},
                "That ICC belongs to a model in which everybody slows "
                "down alike. The slopes differ, and with them the "
                "share.",
            ),
            Mistake(
                lambda: {"report": "b"},
                "That is the share on one day, the day somebody "
                "called 0. Where on the axis would you rather have "
                "it?",
            ),
            Mistake(
                lambda: {"report": "d"},
                "Averaged over the days a number comes out, and it "
                "describes no day. Show how the share moves.",
            ),
            Mistake(
                lambda: {"day7": share_on_day(7, covariance=0)},
                "On day 7 the covariance of intercept and slope is missing: 2xτ₀₁.",
            ),
            Mistake(
                lambda: {"day7": share_on_day(7, covariance=0.5)},
                "On day 7 the covariance counts once only. In the variance of a sum it counts "
                "twice: 2xτ₀₁.",
            ),
            Mistake(
                lambda: {"day7": share_on_day(7, slope=1 / 7)},
                "On day 7 the slope variance was multiplied by x. A variance takes the square "
                "of a factor.",
            ),
            Mistake(
                lambda: {
                    "day2": icc(
                        fit_lmm("Reaction ~ Days", load_data("sleepstudy"), groups="Subject")
                    )
                },
                "On day 2 you gave the ICC of the random-intercept model, which is the same "
                "on every day. Use the model in which slopes vary.",
            ),
            Mistake(
                lambda: {"day2": vpc(tired(), 0)},
                "On day 2 you gave the share of day 0, where the intercept is.",
            ),
            Mistake(
                lambda: {"day2": vpc(tired(), 7), "day7": vpc(tired(), 2)},
                "The two days are swapped.",
            ),
            Mistake(
                lambda: {"day2": 1 - vpc(tired(), 2), "day7": 1 - vpc(tired(), 7)},
                "These are the shares within persons.",
            ),
        ),
        nudge="In which model could the share of variance between persons be the same every day?",
        section="When there is no single ICC: the VPC as a function of x",
        formula="VPC(x) = (τ₀₀ + 2τ₀₁x + τ₁₁x²)/(τ₀₀ + 2τ₀₁x + τ₁₁x² + σ²); vpc(fit, x) computes "
        "it",
    ),
    Exercise(
        "02.8",
        "Your own wards",
        Several(tau00=Number(2), icc=Number(3), reliability=Number(3)),
        truth=own_truth,
        own_data=own_wards,
        why="in your data {truth[icc]:.0%} of the variance lies between wards, and a mean of the "
        "smallest ward is {truth[reliability]:.0%} signal.",
        mistakes=(
            Mistake(
                lambda data: {"tau00": data.groupby("ward")["score"].mean().var()},
                "Your τ₀₀ is the raw variance of the ward means, luck included.",
            ),
            Mistake(
                lambda data: {"tau00": float(np.sqrt(tau00(own_fit(data))))},
                "Your τ₀₀ is a standard deviation: square it.",
            ),
            Mistake(
                lambda data: {"icc": naive_icc(data, "score", "ward")},
                "Your ICC has the raw variance of the ward means in it, luck included.",
            ),
            Mistake(
                lambda data: {"icc": share_of_sds(own_fit(data))},
                "Your ICC is a share of standard deviations: square first.",
            ),
            Mistake(
                lambda data: {"icc": tau00(own_fit(data)) / own_fit(data).sigma2},
                "Your ICC divides between by within. A share divides by the total.",
            ),
            Mistake(
                lambda data: {"tau00": anova_icc(data, "score", "ward").tau00},
                "Your τ₀₀ is the one of the analysis of variance. REML was asked for.",
            ),
            Mistake(
                lambda data: {"tau00": own_fit(data).sigma2},
                "As τ₀₀ you gave σ², the variance within wards.",
            ),
            Mistake(
                lambda data: {"icc": anova_icc(data, "score", "ward").icc},
                "Your ICC is the one of the analysis of variance. REML was asked for.",
            ),
            Mistake(
                lambda data: {"reliability": icc(own_fit(data))},
                "As the reliability you gave the ICC. That is the reliability of a single "
                "patient; a mean of several is more reliable.",
            ),
            Mistake(
                lambda data: {
                    "reliability": mean_reliability(
                        tau00(own_fit(data)),
                        own_fit(data).sigma2,
                        int(data.groupby("ward").size().max()),
                    )
                },
                "That is the reliability of the LARGEST ward's mean.",
            ),
        ),
        nudge="Which of the three is about wards in truth, which about two patients, which about "
        "an average?",
        section="How far can you trust one group's mean?",
        formula="ρ = τ₀₀/(τ₀₀ + σ²),  λⱼ = τ₀₀/(τ₀₀ + σ²/nⱼ)",
        points=3,
    ),
    Exercise(
        "02.9",
        "The report",
        Sentence(
            (
                Part("the ICC, with two decimals or in per cent", number="icc", decimals=2),
                Part("the lower end of its interval", number="low", decimals=2),
                Part("the upper end of its interval", number="high", decimals=2),
                Part(
                    "τ₀₀ (three decimals, with a word that says which it is)",
                    number="tau00",
                    decimals=3,
                    beside=between("firm"),
                ),
                Part(
                    "σ² (three decimals, with a word that says which it is)",
                    number="sigma2",
                    decimals=3,
                    beside=within(),
                ),
                Part("how many firms", number="firms", of="firms|companies|J"),
                Part(
                    "how many observations",
                    number="years",
                    of="observations|rows|firm-years|years|wages|measurements|N",
                ),
                Part("the estimator", pattern=rf"{REML}|anova|analysis of variance"),
                Part("what varies: the logarithm of the wage", pattern=r"\blog|\bln\b"),
            )
        ),
        truth=lambda: {
            "icc": icc(firms()),
            "low": firms_interval()[0],
            "high": firms_interval()[1],
            "tau00": tau00(firms()),
            "sigma2": firms().sigma2,
            "firms": firms().n_groups,
            "years": firms().nobs,
        },
        example=lambda: (
            f"The log wages of {firms().nobs:,} firm-years in {firms().n_groups} firms had an "
            f"unconditional ICC of {icc(firms()):.2f} (95 % CI {firms_interval()[0]:.2f} to "
            f"{firms_interval()[1]:.2f}); REML estimates: variance between firms "
            f"{tau00(firms()):.3f}, within firms {firms().sigma2:.3f}."
        ),
        why="with both variances and an interval in it, a reader can recompute your ICC and see how "
        "sure you are.",
        mistakes=(
            Mistake(
                lambda: (
                    f"The ICC of log wages was {share_of_sds(firms()):.2f} in 140 firms "
                    "by REML estimation."
                ),
                "The ICC in this sentence is a share of standard deviations.",
                when=quotes_icc_of_sds,
            ),
            Mistake(
                lambda: (
                    f"The standard deviation between firms was {np.sqrt(tau00(firms())):.3f} "
                    f"and the ICC {icc(firms()):.2f} (REML)."
                ),
                "A standard deviation stands where the variance is asked for. Either would do "
                "in a paper that names it; here give variances, so that their share is the "
                "ICC.",
                when=quotes_sd,
            ),
            Mistake(
                lambda: f"The standard deviation between firms was {tau00(firms()):.3f} (REML).",
                "You call the variance between firms a standard deviation.",
                when=called_sd("tau00", 3),
            ),
            Mistake(
                lambda: "In firms the ICC was {1:.2f} (95 % CI {0:.2f} to {2:.2f}).".format(
                    icc(firms()), *firms_interval()
                ),
                OUTSIDE,
                when=lies_outside("icc", "low", "high"),
            ),
            Mistake(
                lambda: f"The ICC of log wages was {icc(firms()):.2f} (90 % CI), by REML.",
                "Asked for is a 95 % interval.",
                when=wrong_level,
            ),
            Mistake(
                lambda: (
                    f"In firms {icc(firms()):.0%} of the variance of log wages lay within firms (REML)."
                ),
                "The share between firms stands for the one within. Which one is the ICC?",
                when=exchanges_shares,
            ),
            Mistake(
                lambda: (
                    f"Firms cause {icc(firms()):.0%} of the variance of log wages (REML, "
                    f"{firms().n_groups} firms)."
                ),
                "A share of variance is no cause: firms and their workers choose each other. "
                "Say that it lies between firms.",
                when=claims_cause,
            ),
        ),
        nudge="Would a reader know how many, how sure, and on which scale?",
        section="How to report it",
        formula="outcome and scale, N and J, estimator, τ₀₀ and σ², ICC with its interval",
        points=3,
    ),
    Exercise(
        "02.10",
        "Open task: data you haven't met",
        Chosen(
            "data",
            data=Choice(tuple(OPEN)),
            icc=Number(3),
            sentence=Sentence(
                (
                    Part("the ICC, with two decimals or in per cent", number="icc", decimals=2),
                    Part("how many groups", number="groups"),
                    Part("the lower end of the interval", number="low", decimals=2),
                    Part("its upper end", number="high", decimals=2),
                    Part("the estimator", pattern=rf"{REML}|anova|analysis of variance"),
                )
            ),
        ),
        truth=open_truth,
        example=open_answer,
        why="you went from a new file to a sentence with everything in it that a reader needs.",
        mistakes=(
            Mistake(
                lambda: open_answer(icc=open_naive("pbc")),
                "The ICC has the raw variance of the group means in it, luck included.",
                when=lambda given, truth: Number(3).same(given["icc"], open_naive(given["data"])),
            ),
            Mistake(
                lambda: open_answer(icc=share_of_sds(open_fit("pbc"))),
                "The ICC is a share of standard deviations: square first.",
                when=lambda given, truth: Number(3).same(
                    given["icc"], share_of_sds(open_fit(given["data"]))
                ),
            ),
            Mistake(
                lambda: open_answer(icc=tau00(open_fit("pbc")) / open_fit("pbc").sigma2),
                "The ICC divides between by within. A share divides by the total.",
                when=lambda given, truth: Number(3).same(
                    given["icc"], tau00(open_fit(given["data"])) / open_fit(given["data"]).sigma2
                ),
            ),
        ),
        nudge="Which column is the group, and what would two members of one group share?",
        section="How to report it",
        formula="ρ = τ₀₀/(τ₀₀ + σ²) of the null model, with an interval",
        points=3,
    ),
)
