"""Chapter 06's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from scipy import optimize, stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, likelihood_ratio_test, load_data, my_data
from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import UNREADABLE, verdict
from hlm_teach.lessons.ch06_model_comparison.exercises import (
    e06_six_slopes,
    e07_ladder,
    e08_own_trial,
)

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
    none, track = (
        smf.mixedlm(f, HSB, groups=HSB["school"]).fit() for f in (TRACK, f"{TRACK} + pracad")
    )
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
    d = likelihood_ratio_test(none, reml).statistic
    by_chi2 = likelihood_ratio_test(fit_lmm("score ~ 1", data, "clinic", reml=False), ml)
    right = {
        "D": d,
        "p_naive": chi2(d, 1),
        "p_mixture": chi2(d, 1) / 2,
        "p_treated": reml.pvalues["treated"],
    }
    values = {"d": d, "none": none, "ml": ml, "reml": reml, "chi2": by_chi2.p_naive}
    return right | {name: compute(values) for name, compute in wrong.items()}


def orthodont(more="", **wrong):
    return {
        "data": "orthodont",
        "D": 4.18,
        "p": 0.082,
        "sentence": "In 27 children D was 4.18 by "
        "ML, and p = 0.082 from the mixture of two χ²." + more,
    } | wrong


DIED = (
    "In 1,495 patients of 54 hospitals the stay on the log scale differed by −0.50 (95 % CI "
    "−0.63 to −0.36), variance between hospitals 0.084 (REML). D = {D} (ML, 2 df), p = {p}, "
    "a mixture of χ² with 1 and 2 df."
)


def stay(more=""):
    return DIED.format(D="9.80", p="0.0046") + more


@pytest.mark.parametrize(
    "key, answer",
    [
        ("06.9", stay(" This does not mean that death shortens the stay.")),
        ("06.9", stay().replace("54 hospitals", "fifty-four hospitals")),
        ("06.9", stay(" Survivors stayed longer.").replace("−0.50", "0.50")),
        ("06.9", stay().replace("a mixture of χ² with 1 and 2 df", "½χ²₁ + ½χ²₂")),
        ("06.9", stay().replace("D = 9.80 (ML, 2 df)", "D(2) = 9.80 (ML)")),
        ("06.9", stay().replace("a mixture of χ² with 1 and 2 df", "half χ²(1), half χ²(2)")),
        ("06.9", stay().replace("a mixture of χ²", "the average of the p-values of χ²")),
        ("06.9", "The null hypothesis was that the difference does not vary. " + stay()),
        ("06.9", stay(" If the difference did not vary, so large a D would be rare.")),
        ("06.9", stay(" H0 was τ₁₁ = 0 (the same difference in all hospitals).")),
        ("06.9", stay(" We conclude nothing about causes.")),
        ("06.9", stay(" In a test by ML (D = 9.80) and a mean of −0.50, all is said.")),
        ("06.9", stay(" It fitted better than the same difference in all hospitals.")),
        ("06.9", stay(" The model in which the difference did not vary fitted worse.")),
        (
            "06.9",
            stay(
                " Letting the difference vary lowers −2 log L by 9.80; the fixed effect of died is negative."
            ),
        ),
        ("06.9", stay(" Compared with those who died the others stayed longer.")),
        (
            "06.10",
            lambda: orthodont(
                " The improvement is non-significant, and falls short of being significant."
            ),
        ),
        (
            "06.10",
            lambda: orthodont(" It was tested against a model in which all slopes are equal."),
        ),
        ("06.10", lambda: orthodont(" This does not show that slopes are equal.")),
        (
            "06.10",
            lambda: orthodont(" The null hypothesis that the slopes do not vary is not rejected."),
        ),
        (
            "06.10",
            lambda: orthodont(
                " The data are compatible with slopes that do not vary, but don't prove it."
            ),
        ),
    ],
    ids=[
        "denied",
        "number words",
        "the other way round",
        "in symbols",
        "D(2)",
        "half and half",
        "average of p",
        "a null hypothesis",
        "a condition",
        "H0",
        "no cause",
        "both in one",
        "better than",
        "fitted worse",
        "lowers",
        "compared with",
        "non-significant",
        "the reduced model",
        "no claim",
        "not rejected",
        "compatible",
    ],
)
def test_a_right_sentence_in_another_form_is_right(key, answer):
    assert is_right(key, answer() if callable(answer) else answer)


@meets(
    [
        ("06.1", "no factor 2", lambda: hips(D=3.3, p=0.131), "bare difference"),
        (
            "06.1",
            "a slope is one parameter",
            lambda: hips(df=1, p=chi2(6.6, 1) / 2),
            "one parameter",
        ),
        (
            "06.1",
            "halved whatever df is",
            lambda: hips(mixture_p=lambda D, df: chi2(D, df) / 2),
            "whatever df is",
        ),
        (
            "06.1",
            "at zero",
            lambda: hips(mixture_p=lambda D, df: right_p(max(D, 1e-12), df)),
            "at least 0",
        ),
        (
            "06.2",
            "half at zero in both",
            lambda: nothing_varies(zero_slope=50),
            "one variance alone",
        ),
        ("06.2", "ML is enough", lambda: nothing_varies(clinics="right"), "eight clinics"),
        ("06.3", "σ² forgotten", lambda: wages(k=6, aic=-1702.0, bic=-1672.4), "in the header"),
        ("06.3", "firms as N", lambda: wages(bic=-1714.02 + 7 * np.log(140)), "number of firms"),
        ("06.2", "the level", lambda: nothing_varies(zero=5), "cry wolf"),
        ("06.2", "a share", lambda: nothing_varies(zero=0.5), "per cent are asked for"),
        ("06.3", "a price taken off", lambda: wages(aic=-1728.0), "takes the price"),
        ("06.3", "k for 2k", lambda: wages(aic=-1707.0), "charges 1"),
        ("06.3", "base 10", lambda: wages(bic=-1714.02 + 7 * np.log10(1031)), "base 10"),
        ("06.3", "2k·log N", lambda: wages(bic=-1714.02 + 14 * np.log(1031)), "2·log N"),
        ("06.3", "exchanged", lambda: wages(aic=-1665.5, bic=-1700.0), "changed places"),
        ("06.5", "other draws", lambda: industries(p_bootstrap=0.016), "other draws"),
        (
            "06.5",
            "exchanged",
            lambda: industries(p_mixture=0.012, p_bootstrap=0.020),
            "changed places",
        ),
        ("06.7", "REML across fixed parts", lambda: ladder(p=0.021), "two REML fits"),
        ("06.7", "two steps", lambda: ladder(p=0.090), "two steps at once"),
        ("06.7", "from 0", lambda: ladder(aic=3, bic=2), "count from 0"),
        (
            "06.8",
            "ML",
            lambda: own(p_treated=lambda v: v["ml"].pvalues["treated"]),
            "from the fit by ML",
        ),
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
        (
            "06.8",
            "REML against ML",
            lambda: own(D=lambda v: 2 * (v["reml"].llf - v["none"].llf)),
            "same criterion",
        ),
        (
            "06.8",
            "ML for the variance",
            lambda: own(D=lambda v: 2 * (v["ml"].llf - v["none"].llf)),
            "several times",
        ),
        ("06.8", "χ² for the treatment", lambda: own(p_treated=lambda v: v["chi2"]), "too often"),
        ("06.8", "naive", lambda: own(p_mixture=lambda v: chi2(v["d"], 1)), "gave the naive p"),
        ("06.9", "naive", DIED.format(D="9.80", p="0.0075"), "χ² with 2 df"),
        ("06.9", "no factor 2", DIED.format(D="4.90", p="0.0046"), "bare difference"),
        ("06.9", "longer", stay(" Those who died stayed longer."), "who stayed longer"),
        ("06.9", "no direction", stay().replace("−", ""), "which way round"),
        (
            "06.9",
            "another mixture",
            stay().replace("1 and 2 df", "0 and 1 df"),
            "one variance alone",
        ),
        (
            "06.9",
            "one parameter",
            stay(" One parameter was tested."),
            "How many parameters are new",
        ),
        ("06.9", "three", stay().replace("2 df)", "3 parameters)"), "How many parameters are new"),
        ("06.9", "the wrong variance", stay(" The residual variance is 0.084."), "Whose variance"),
        (
            "06.9",
            "2 and 3",
            stay().replace("1 and 2 df", "2 and 3 df"),
            "one degree of freedom more",
        ),
        (
            "06.9",
            "worse",
            stay(" A difference that varies fitted worse than a constant one."),
            "You deny",
        ),
        (
            "06.9",
            "outside",
            stay().replace("−0.50", "−0.36").replace("to −0.36", "to −0.50"),
            "doesn't hold it",
        ),
        (
            "06.9",
            "half of a tail",
            stay().replace("a mixture of χ² with 1 and 2 df", "half of χ² with 2 df"),
            "two tails",
        ),
        ("06.9", "days", stay(" They stayed 0.50 days less."), "nor days"),
        (
            "06.9",
            "SD",
            stay().replace("variance between", "standard deviation between"),
            "You call the variance",
        ),
        ("06.9", "no variation", stay(" The difference does not vary."), "fits worse"),
        ("06.9", "everywhere", stay(" It holds in all hospitals."), "true of every hospital"),
        ("06.9", "cause", stay(" Death lowers the stay."), "what brings it about"),
        (
            "06.9",
            "counts exchanged",
            stay().replace("1,495", "54", 1).replace("54 hospitals", "1,495 hospitals"),
            "how many patients; how many hospitals",
        ),
        (
            "06.9",
            "criteria exchanged",
            stay().replace("(REML)", "(ML)").replace("(ML, 2", "(REML, 2"),
            "changed places",
        ),
        ("06.9", "one df", stay().replace("2 df)", "1 df)"), "How many parameters are new"),
        ("06.9", "D with 1 df", stay(" Or: D = 9.80 with 1 df."), "besides the variance"),
        ("06.9", "D and the variance", stay(" The variance was 9.80."), "called a variance"),
        ("06.9", "D and p", DIED.format(D="0.005", p="9.80"), "p above 1"),
        ("06.9", "a minus lost", stay().replace("to −0.36", "to 0.36"), "lost its minus"),
        ("06.9", "another level", stay().replace("95 % CI", "90 % CI"), "95 % intervals"),
        (
            "06.9",
            "survivors",
            stay(" Survivors stayed shorter than patients who died."),
            "who stayed longer",
        ),
        ("06.9", "a share", stay(" They stayed 50 % shorter."), "exp of it"),
        (
            "06.9",
            "range of hospitals",
            stay(" In 95 % of the hospitals it lies between −0.63 and −0.36."),
            "single hospitals",
        ),
        (
            "06.9",
            "no evidence",
            stay(" There is no evidence that the difference varies."),
            "You deny",
        ),
        ("06.9", "not significant", stay(" The result is not significant."), "You deny"),
        ("06.9", "hardly", stay(" The difference hardly varies."), "You deny"),
        (
            "06.9",
            "p as a probability",
            stay(" The probability that the difference does not vary is 0.5 %."),
            "isn't the probability",
        ),
        ("06.10", "D and p", lambda: orthodont(" D = 0.082, p = 4.18."), "p above 1"),
        ("06.10", "rejected", lambda: orthodont(" The null hypothesis is rejected."), "Look at p"),
        (
            "06.10",
            "the optimiser",
            lambda: orthodont(" The optimiser failed, and this cannot be used."),
            "the optimiser found it",
        ),
        (
            "06.10",
            "one rate",
            lambda: orthodont(" So children grow at one and the same rate."),
            "no proof",
        ),
        ("06.10", "constant", lambda: orthodont(" Slopes are constant."), "no proof"),
        ("06.10", "zero", lambda: orthodont(" Hence the slope variance is zero."), "no proof"),
        ("06.10", "clearly", lambda: orthodont(" The slopes clearly vary."), "Look at p"),
        ("06.10", "equal", lambda: orthodont(" So all children grow alike."), "no proof"),
        ("06.10", "a finding", lambda: orthodont(" The slopes vary significantly."), "Look at p"),
        ("06.10", "half of the naive p", lambda: orthodont(p=chi2(4.178, 2) / 2), "halved the p"),
    ]
)
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


def test_a_chi2_with_no_degrees_of_freedom_is_pointed_out():
    said = verdict(find("06.1"), hips(mixture_p=lambda D, df: (chi2(D, df - 1) + chi2(D, df)) / 2))
    assert said.state == UNREADABLE and "0 df" in said.says


def two_residual_variances(parameters, slopes, free):
    """−2 log L (ML) of stays in hospitals; with `free` those who died have a σ² of their own."""
    data = load_data("medpar")
    root = np.array([[parameters[0], 0], [parameters[1] * slopes, parameters[2] * slopes]])
    sigma2 = np.exp(parameters[3:5] if free else parameters[[3, 3]])
    A, total = np.zeros((3, 3)), len(data) * np.log(2 * np.pi)
    for _, one in data.groupby("hospital"):
        X = np.column_stack([np.ones(len(one)), one["died"]])
        V = X @ root @ root.T @ X.T + np.diag(sigma2[one["died"].to_numpy()])
        stacked = np.column_stack([X, one["log_los"]])
        A += stacked.T @ np.linalg.solve(V, stacked)
        total += np.linalg.slogdet(V)[1]
    return total + A[2, 2] - A[2, :2] @ np.linalg.solve(A[:2, :2], A[:2, 2])


@pytest.mark.parametrize("free, D, p", [(False, 9.80, 0.0046), (True, 2.70, 0.18)])
def test_what_a_residual_variance_of_the_dead_does_to_the_reported_D(free, D, p):
    """The caution under 06.9, by a likelihood written out here; with one σ² it is fit_lmm's."""
    start = np.array([0.25, -0.05, 0.2, -0.6, 0.1])
    low, high = (
        optimize.minimize(two_residual_variances, start, (slopes, free), "L-BFGS-B").fun
        for slopes in (1, 0)
    )
    assert high - low == pytest.approx(D, abs=0.01)
    assert right_p(high - low, 2) == pytest.approx(p, abs=0.005)


def test_nobody_whose_other_parts_are_right_is_asked_whose_data_they_are():
    assert "this very name" not in said_to("06.8", own(p_treated=lambda v: 0.9))


# ---- what exercises leave out of a check, to answer quickly --------------------------------


def test_reading_has_the_largest_D_of_the_six_slopes():
    pupils = e06_six_slopes.six_slopes()
    d = {}
    for x in e06_six_slopes.PREDICTORS:
        one, full = (
            fit_lmm(f"points ~ {x}", pupils, "school", random, reml=False)
            for random in ("1", f"1 + {x}")
        )
        d[x] = full.llf - one.llf
    assert max(d, key=d.get) == "reading"


@pytest.mark.parametrize("criterion", ["aic", "bic"])
def test_no_lower_rung_of_the_ladder_is_best_by_aic_or_bic(criterion):
    data = load_data("pbc")
    found = [
        getattr(e07_ladder.rung(number, data, reml=False), criterion) for number in range(1, 6)
    ]
    assert find("06.7").numbers_for()[criterion] == 1 + np.argmin(found)
    assert found[0] > found[1] > found[2] + 100


def test_trials_are_passed_over_only_if_a_fit_would_say_so():
    """The grid's D lies hardly below D, and whatever it rules out, the fit rules out."""
    rng, passed_over = np.random.default_rng(44), 0  # trials near every edge
    for trial in (e08_own_trial.draw_trial(rng) for _ in range(40)):
        (d, z), exact = e08_own_trial.on_a_grid(trial), next(e08_own_trial.in_steps(trial))
        assert -1e-9 <= exact["D"] - d < 0.02
        assert 2 * stats.norm.sf(abs(z)) == pytest.approx(exact["z"], abs=0.02)
        assert exact["z"] <= exact["p_treated"]
        if not e08_own_trial.may_be_telling(trial):
            passed_over += 1
            assert not (0.7 < exact["D"] < 7 and 0.03 < exact["p_treated"] < 0.5)
    assert passed_over > 10
