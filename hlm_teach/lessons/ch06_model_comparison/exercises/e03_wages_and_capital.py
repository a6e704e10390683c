"""06.3 Reading somebody's output: wages and capital."""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import AIC_FOR_BIC
from hlm_teach.lmm.fit import fit_lmm


def numbers() -> Numbers:
    """AIC and BIC of a printed ML fit with seven parameters, and how else they are computed."""
    firms = load_data("employment_uk")
    fit = fit_lmm("log_wage ~ t + log_capital", firms, "firm", "1 + t", reml=False)
    deviance, log_n, n_firms = -2 * fit.llf, np.log(fit.nobs), firms["firm"].nunique()
    return {
        "k": 7.0,
        "aic": deviance + 2 * 7,
        "bic": deviance + 7 * log_n,
        "nan": "b",
        "k_of_firms": 3.0 + 2 * n_firms,
        "aic_other_sign": -deviance + 2 * 7,
        "aic_of_llf": deviance / 2 + 2 * 7,
        "aic_of_6": deviance + 2 * 6,
        "aic_of_3": deviance + 2 * 3,
        "aic_less": deviance - 2 * 7,
        "aic_at_1": deviance + 7,
        "bic_less": deviance - 7 * log_n,
        "bic_at_2": deviance + 2 * 7 * log_n,
        "bic_base_10": deviance + 7 * np.log10(fit.nobs),
        "bic_of_firms": deviance + 7 * np.log(n_firms),
        "bic_of_6": deviance + 6 * log_n,
    }


MISTAKES = (
    Mistake({"k": 3.0}, "You counted the fixed effects. The variances were estimated too."),
    Mistake(
        {"k": 4.0},
        "Of the random part you counted one parameter. How many "
        "rows of the printout belong to it, and what hides in the "
        "header?",
    ),
    Mistake(
        {"k": 5.0},
        "Two are missing. G has how many different entries, and what does 'Scale' stand for?",
    ),
    Mistake(
        {"k": 6.0},
        "One is missing: six rows are printed in the table, and "
        "one more estimate stands in the header.",
    ),
    Mistake({"k": 8.0}, "One too many: G is symmetric, its covariance counts once."),
    Mistake(
        {"k": "k_of_firms"},
        "You counted the firms' own intercepts and slopes. They are predicted; "
        "estimated are their variances.",
    ),
    Mistake(
        {"aic": "aic_other_sign"},
        "Your AIC has the log-likelihood with the wrong sign. It is positive here, "
        "which happens where the residuals are small, and −2 log L is negative.",
    ),
    Mistake({"aic": "aic_of_llf"}, "Your AIC starts from −log L. Twice that is wanted."),
    Mistake({"aic": "aic_of_6"}, "Your AIC charges for six parameters. Which was forgotten?"),
    Mistake({"aic": "aic_of_3"}, "Your AIC charges for the fixed effects only."),
    Mistake(
        {"aic": "aic_less"},
        "Your AIC takes the price of the parameters off. Smaller is better, so a price is added.",
    ),
    Mistake({"aic": "aic_at_1"}, "Your AIC charges 1 for each parameter. AIC charges 2."),
    Mistake({"aic": "bic", "bic": "aic"}, AIC_FOR_BIC),
    Mistake(
        {"bic": "bic_less"},
        "Your BIC takes the price of the parameters off. Smaller is better, so a price is added.",
    ),
    Mistake(
        {"bic": "bic_at_2"},
        "Your BIC charges 2·log N for each parameter. The 2 belongs to log L only.",
    ),
    Mistake(
        {"bic": "bic_base_10"},
        "Your BIC takes logarithms to base 10. The natural one is meant, np.log.",
    ),
    Mistake(
        {"bic": "bic_of_firms"},
        "Your BIC takes the number of firms. Some software does; statsmodels, lme4 and "
        "fit_lmm take the rows, and so does the task.",
    ),
    Mistake({"bic": "bic_of_6"}, "Your BIC charges for six parameters. Which was forgotten?"),
    Mistake(
        {"nan": "a"},
        "A fit by REML that converged perfectly shows nan as "
        "well. What is REML's likelihood made of?",
    ),
    Mistake(
        {"nan": "c"},
        "0.000 is a matter of the unit: 0.02 a year, an SD, is "
        "squared there. The ML fit prints the same and has an "
        "AIC.",
    ),
    Mistake(
        {"nan": "d"},
        "A positive log-likelihood is no fault: densities may "
        "exceed 1. By ML there is an AIC, and it is negative.",
    ),
)

EXERCISE = Exercise(
    "06.3",
    "Reading somebody's output: wages and capital",
    Several(k=Number(0), aic=Number(1, within=0.1), bic=Number(1, within=0.1), nan=Choice("abcd")),
    numbers=numbers,
    why="with all {k:.0f} parameters counted you can compare this model with any other "
    "that was fitted by ML to the same rows of the same outcome, the log wage.",
    mistakes=MISTAKES,
    nudge="How many numbers were estimated in all, those in the header included?",
    section="AIC and BIC: what do they count?",
    formula="AIC = −2 log L + 2k,  BIC = −2 log L + k·log N,  k = fixed effects + variances + "
    "covariance + σ²",
)
