"""Chapter 06's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from hlm_teach import fit_lmm, likelihood_ratio_test, load_data, my_data
from hlm_teach.feedback import is_right
from scipy import stats
from wrong_answers import meets, said_to

HSB = load_data("hsb")
TRACK = "math ~ ses_within + meanses + catholic"


def chi2(d, df):
    return stats.chi2.sf(d, df)


def right_p(d, df):
    """The mixture, as a learner would write it."""
    return 1.0 if d <= 0 else ((chi2(d, df - 1) if df > 1 else 0.0) + chi2(d, df)) / 2


def hips(**wrong):
    return {"D": 6.6, "df": 2, "df_alone": 1, "p": 0.024, "mixture_p": right_p} | wrong


def nothing_varies(**wrong):
    return {"zero": 50, "zero_slope": 0, "beyond": 3.2, "clinics": "often"} | wrong


def wages(**wrong):
    return {"k": 7, "aic": -1700.0, "bic": -1665.5, "nan": "b"} | wrong


def reml_d():
    """D of the share of pupils on the academic track, both fits by statsmodels' REML."""
    none, track = (smf.mixedlm(f, HSB, groups=HSB["school"]).fit() for f in
                   (TRACK, f"{TRACK} + pracad"))
    return {"what": "b", "D": 2 * (track.llf - none.llf), "p": 0.0036}


def industries(**wrong):
    return {"what": "c", "D": 4.19, "p_mixture": 0.020, "p_bootstrap": 0.012} | wrong


def mixed_criteria():
    """A REML log-likelihood set against ordinary regression's ML one."""
    firms = load_data("employment_uk").query("year == 1981")
    reml = fit_lmm("log_capital ~ 1", firms, "sector")
    return industries(D=2 * (reml.llf - smf.ols("log_capital ~ 1", firms).fit().llf))


def six(**wrong):
    return {"chance": 26.5, "corrected": 0.121, "report": "c", "plus": "q"} | wrong


def ladder(fixed="years", random="1 + years", reml=True, **wrong):
    fit = fit_lmm(f"protime ~ {fixed}", load_data("pbc"), "patient", random, reml=reml)
    return {"fit": fit, "p": 0.066, "aic": 4, "bic": 3} | wrong


def own(**wrong):
    """Ada's trial, the wrong parts computed from her fits."""
    data = my_data("Ada", "06.8")
    none = smf.ols("score ~ treated", data).fit()
    ml, reml = (fit_lmm("score ~ treated", data, "clinic", reml=r) for r in (False, True))
    d = 2 * (ml.llf - none.llf)
    by_chi2 = likelihood_ratio_test(fit_lmm("score ~ 1", data, "clinic", reml=False), ml)
    right = {"D": d, "p_naive": chi2(d, 1), "p_mixture": chi2(d, 1) / 2,
             "p_treated": reml.pvalues["treated"]}
    values = {"d": d, "none": none, "ml": ml, "reml": reml, "chi2": by_chi2.p_naive}
    return right | {name: compute(values) for name, compute in wrong.items()}


def orthodont(more="", **wrong):
    return {"data": "orthodont", "D": 4.18, "p": 0.082, "sentence": "In 27 children D was 4.18 by "
            "ML, and p = 0.082 from the mixture of two χ²." + more} | wrong


DIED = ("In 1,495 patients of 54 hospitals the stay on the log scale differed by −0.50 (95 % CI "
        "−0.63 to −0.36), variance between hospitals 0.084 (REML). D = {D} (ML, 2 df), p = {p}, "
        "a mixture of χ² with 1 and 2 df.")


def stay(more=""):
    return DIED.format(D="9.80", p="0.0046") + more


@pytest.mark.parametrize("key, answer", [
    ("06.9", stay(" This does not mean that death shortens the stay.")),
    ("06.9", stay().replace("54 hospitals", "fifty-four hospitals")),
    ("06.9", stay(" Survivors stayed longer.").replace("−0.50", "0.50")),
    ("06.9", stay().replace("a mixture of χ² with 1 and 2 df", "½χ²₁ + ½χ²₂")),
    ("06.10", lambda: orthodont(" This does not show that slopes are equal.")),
], ids=["denied", "number words", "the other way round", "in symbols", "no claim"])
def test_a_right_sentence_in_another_form_is_right(key, answer):
    assert is_right(key, answer() if callable(answer) else answer)


@meets([
    ("06.1", "no factor 2", lambda: hips(D=3.3, p=0.131), "bare difference"),
    ("06.1", "a slope is one parameter", lambda: hips(df=1, p=chi2(6.6, 1) / 2), "one parameter"),
    ("06.1", "halved whatever df is", lambda: hips(mixture_p=lambda D, df: chi2(D, df) / 2),
     "whatever df is"),
    ("06.1", "at zero", lambda: hips(mixture_p=lambda D, df: right_p(max(D, 1e-12), df)),
     "at least 0"),
    ("06.2", "half at zero in both", lambda: nothing_varies(zero_slope=50), "one variance alone"),
    ("06.2", "ML is enough", lambda: nothing_varies(clinics="right"), "eight clinics"),
    ("06.3", "σ² forgotten", lambda: wages(k=6, aic=-1702.0, bic=-1672.4), "in the header"),
    ("06.3", "firms as N", lambda: wages(bic=-1714.02 + 7 * np.log(140)), "number of firms"),
    ("06.3", "sign", lambda: wages(aic=1714.02 + 14), "wrong sign"),
    ("06.4", "a share, still REML", reml_d, "kept REML"),
    ("06.4", "halved", {"what": "b", "D": 8.46, "p": 0.0018}, "either sign"),
    ("06.5", "two criteria", mixed_criteria, "same criterion"),
    ("06.5", "b/B", lambda: industries(p_bootstrap=11 / 999), "one more draw"),
    ("06.5", "naive", lambda: industries(p_mixture=chi2(4.19, 1)), "naive p"),
    ("06.6", "six times 5 %", lambda: six(chance=30), "six times 5 %"),
    ("06.6", "a perfect correlation", lambda: six(plus="p"), "without any finding"),
    ("06.7", "age by AIC", lambda: ladder("years + age"), "AIC wasn't the rule"),
    ("06.7", "ML", lambda: ladder(reml=False), "fitted by ML"),
    ("06.7", "BIC itself", lambda: ladder(bic=6552.4), "a criterion's value"),
    ("06.7", "halved", lambda: ladder(p=chi2(3.368, 1) / 2), "halved the p"),
    ("06.8", "REML against ML", lambda: own(D=lambda v: 2 * (v["reml"].llf - v["none"].llf)),
     "same criterion"),
    ("06.8", "χ² for the treatment", lambda: own(p_treated=lambda v: v["chi2"]), "too often"),
    ("06.8", "naive", lambda: own(p_mixture=lambda v: chi2(v["d"], 1)), "gave the naive p"),
    ("06.9", "naive", DIED.format(D="9.80", p="0.0075"), "χ² with 2 df"),
    ("06.9", "no factor 2", DIED.format(D="4.90", p="0.0046"), "bare difference"),
    ("06.9", "longer", stay(" Those who died stayed longer."), "who stayed longer"),
    ("06.9", "no direction", stay().replace("−", ""), "which way round"),
    ("06.9", "another mixture", stay().replace("1 and 2 df", "0 and 1 df"), "one variance alone"),
    ("06.9", "one parameter", stay(" One parameter was tested."), "besides the variance"),
    ("06.9", "SD", stay().replace("variance between", "standard deviation between"), "You call the variance"),
    ("06.9", "no variation", stay(" The difference does not vary."), "fits worse"),
    ("06.9", "everywhere", stay(" It holds in all hospitals."), "true of every hospital"),
    ("06.9", "cause", stay(" Death lowers the stay."), "what brings it about"),
    ("06.10", "equal", lambda: orthodont(" So all children grow alike."), "no proof"),
    ("06.10", "a finding", lambda: orthodont(" The slopes vary significantly."), "Look at p"),
    ("06.10", "half of the naive p", lambda: orthodont(p=chi2(4.178, 2) / 2), "halved the p"),
])
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)
