"""Chapter 05's exercises: what learners really compute, and what they are told."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from wrong_answers import meets, said_to

from hlm_teach import fit_lmm, is_right, load_data, my_data

HSB = load_data("hsb")
PBC = load_data("pbc").assign(calendar=lambda d: 1980 + d["years"])
STRENGTH = load_data("pastes")["strength"].to_numpy().reshape(10, 6)


def four_classes(**wrong):
    return {"reml": 47 / 3, "ml": 11, "tau00": 0, "sigma2": 54 / 11} | wrong


def seven_clinics(**wrong):
    return {"ml_mean": 2.57, "zeros": 0.27, "closer": "c"} | wrong


def pastes(covariance, mean=STRENGTH.mean(), factor=-2.0):
    """A learner's deviance: ten densities of scipy, with this covariance and this mean."""
    return lambda tau00, sigma2: (
        factor
        * sum(
            stats.multivariate_normal(
                np.full(6, np.mean(mean if mean is not None else batch)), covariance(tau00, sigma2)
            ).logpdf(batch)
            for batch in STRENGTH
        )
    )


def right_covariance(tau00, sigma2):
    return sigma2 * np.eye(6) + tau00


def searches(**wrong):
    return dict(zip("ABCDEF", ("inside", "short", "short", "edge", "impossible", "inside"))) | wrong


def mended(**wrong):
    fit = fit_lmm("log_bili ~ years", PBC, "patient", "1 + years")
    return {"what": "c", "fit": fit, "slope": 0.18} | wrong


def stopped():
    """A bare search with nothing but two steps allowed."""
    return smf.mixedlm("log_bili ~ calendar", PBC, groups="patient", re_formula="~ calendar").fit(
        method="nm", maxiter=2
    )


def by_statsmodels():
    x = PBC.assign(x=PBC["years"] - 3)
    return smf.mixedlm("log_bili ~ x", x, groups="patient", re_formula="~ x").fit(method="bfgs")


def size(**wrong):
    return {"what": "b", "moves": 6.91, "aic": -7.55} | wrong


def aic(formula):
    return fit_lmm(formula, HSB, "school").aic


def clinics(**wrong):
    data = my_data("Ada", "05.8")
    fits = [fit_lmm("minutes ~ 1", data, "clinic", reml=reml) for reml in (True, False)]
    low, high = fits[0].profile_intervals.iloc[0] ** 2
    right = {
        "reml": fits[0].cov_re.iloc[0, 0],
        "ml": fits[1].cov_re.iloc[0, 0],
        "low": low,
        "high": high,
        "covers": "b",
    }
    return right | {name: value(right, fits[0], data) for name, value in wrong.items()}


def printed(sign):
    return lambda right, fit, data: (
        right["reml"]
        + sign * 1.96 * float(fit.statsmodels.summary().tables[1]["Std.Err."].iloc[-1])
    )


FIRMS = (
    "Log employment (thousands) of 140 firms in nine sectors had a mean of 1.18 (REML; 95 % CI "
    "0.96 to 1.40 with 139 df, {eight} with 8 df). The variation between sectors was estimated as zero, a "
    "singular fit: SD 0, profile interval up to {upper}; SD within sectors {sd}."
)


def firms(more="", **other):
    return FIRMS.format(**{"eight": "0.92 to 1.44", "upper": "0.45", "sd": "1.34"} | other) + more


def wages(**wrong):
    return {
        "data": "employment_uk",
        "reml": 0.034,
        "ml": 0.030,
        "low": 0.01,
        "high": 0.09,
        "sentence": "Between 9 sectors the REML variance of log wages was 0.034, 95 % profile "
        "interval 0.01 to 0.09.",
    } | wrong


@meets(
    [
        ("05.1", "J for both", lambda: four_classes(reml=11), "as ML does"),
        ("05.1", "swapped", lambda: four_classes(reml=11, ml=47 / 3), "changed places"),
        ("05.1", "W/N by ML", lambda: four_classes(ml=(42 - 6) / 3), "W was divided by N"),
        ("05.1", "negative", lambda: four_classes(tau00=-1.33), "negative number"),
        ("05.1", "negative by ML", lambda: four_classes(tau00=-1.5), "negative number"),
        ("05.1", "σ² of inside", lambda: four_classes(sigma2=6), "as if the top lay inside"),
        ("05.2", "τ₀₀/J", lambda: seven_clinics(ml_mean=4 - 4 / 7), "luck of five patients"),
        ("05.2", "no n", lambda: seven_clinics(zeros=stats.f.cdf(30 / 34, 6, 28)), "n is missing"),
        (
            "05.2",
            "ML's zeros",
            lambda: seven_clinics(zeros=stats.f.cdf(0.6 * 7 / 6, 6, 28)),
            "ML's",
        ),
        ("05.2", "per cent", lambda: seven_clinics(zeros=27.2), "not in per cent"),
        ("05.2", "unbiased, so closer", lambda: seven_clinics(closer="a"), "before the cut"),
        ("05.3", "log-likelihood", lambda: pastes(right_covariance, factor=1), "log-likelihood"),
        ("05.3", "own means", lambda: pastes(right_covariance, mean=None), "each batch's own mean"),
        ("05.3", "diagonal", lambda: pastes(lambda t, s: (s + t) * np.eye(6)), "covary"),
        ("05.3", "SD", lambda: pastes(lambda t, s: right_covariance(t**2, s)), "squared tau00"),
        (
            "05.3",
            "another order",
            lambda: pastes(lambda s, t: right_covariance(t, s)),
            "other order",
        ),
        (
            "05.3",
            "no constant",
            lambda: lambda t, s: pastes(right_covariance)(t, s) - 60 * np.log(2 * np.pi),
            "constant N·log 2π",
        ),
        ("05.4", "z", (3131.5, 0.046, "d"), "printed p"),
        ("05.4", "pupils", lambda: (3131.5, 2 * stats.t.sf(3.877 / 1.941, 475), "d"), "printed p"),
        ("05.4", "J − 1", lambda: (3131.5, 2 * stats.t.sf(3.877 / 1.941, 11), "d"), "J − 1"),
        ("05.5", "trusts the flag", searches(B="inside"), "stands lower"),
        (
            "05.5",
            "trusts the warning",
            searches(D="short", A="short"),
            "above which nothing is known",
        ),
        ("05.5", "infinitely good", searches(E="inside"), "no data can have"),
        (
            "05.6",
            "no slopes",
            lambda: mended(fit=fit_lmm("log_bili ~ years", PBC, "patient")),
            "random slope is gone",
        ),
        ("05.6", "stopped again", lambda: mended(fit=stopped()), "far below"),
        ("05.6", "the printed slope", lambda: mended(slope=0.10), "the search had stopped, too"),
        (
            "05.7",
            "REML",
            lambda: size(
                aic=aic("math ~ minority + ses + catholic + school_size")
                - aic("math ~ minority + ses + catholic")
            ),
            "colleague's again",
        ),
        ("05.7", "the deviance", size(moves=13.82), "by half"),
        (
            "05.8",
            "SDs",
            lambda: clinics(
                low=lambda right, *_: right["low"] ** 0.5,
                high=lambda right, *_: right["high"] ** 0.5,
            ),
            "Square its ends",
        ),
        (
            "05.8",
            "the printed error",
            lambda: clinics(low=printed(-1), high=printed(1)),
            "Std.Err.",
        ),
        (
            "05.8",
            "means",
            lambda: clinics(
                reml=lambda right, fit, data: data.groupby("clinic")["minutes"].mean().var()
            ),
            "luck included",
        ),
        ("05.9", "variance", lambda: firms(upper="0.20"), "one of the variance"),
        (
            "05.9",
            "alike",
            lambda: firms(" So sectors do not differ."),
            "no proof that they are alike",
        ),
        ("05.9", "failed", lambda: firms(" The model failed to converge."), "not a failure"),
        ("05.9", "one interval", lambda: firms(eight="no other"), "with J − 1 degrees of freedom"),
        (
            "05.9",
            "swapped degrees of freedom",
            lambda: (
                firms()
                .replace("1.40 with 139", "1.40 with 8")
                .replace("1.44 with 8", "1.44 with 139")
            ),
            "have changed places",
        ),
        (
            "05.9",
            "swapped SDs",
            lambda: firms(" The SD between sectors is 1.34."),
            "within sectors stands",
        ),
        (
            "05.9",
            "a variance",
            lambda: firms(" The variance may reach 0.45."),
            "call it a variance",
        ),
        (
            "05.9",
            "no influence",
            lambda: firms(" Sector has no influence."),
            "no proof that they are alike",
        ),
        (
            "05.9",
            "counts",
            lambda: firms().replace("140 firms in nine", "9 firms in 140"),
            "how many firms",
        ),
        (
            "05.9",
            "the same mean",
            lambda: firms(" All sectors have the same mean."),
            "no proof that they",
        ),
        (
            "05.9",
            "no dependence",
            lambda: firms(" So size does not depend on the sector."),
            "no proof that they",
        ),
        (
            "05.9",
            "homogeneous",
            lambda: firms(" Sectors are homogeneous."),
            "no proof that they are alike",
        ),
        (
            "05.9",
            "zero only as an end",
            lambda: firms().replace(
                "zero, a singular fit: SD 0, profile interval up to",
                "0.30, a singular fit; profile interval 0 to",
            ),
            "estimated as zero",
        ),
        (
            "05.9",
            "firms in the mean's interval",
            lambda: firms(" So 95 % of firms lie between 0.96 and 1.40."),
            "about the mean",
        ),
        (
            "05.9",
            "REML's profile",
            lambda: firms().replace("profile interval", "profile interval by REML"),
            "from the ML deviance",
        ),
        (
            "05.9",
            "a finding",
            lambda: firms(" Sectors differ significantly."),
            "would show a difference",
        ),
        (
            "05.9",
            "denied",
            lambda: firms().replace("a singular", "not a singular"),
            "such a fit is called singular",
        ),
        ("05.9", "ML", lambda: firms().replace("REML", "ML, not REML"), "estimates by REML"),
        ("05.10", "all years", lambda: wages(reml=0.038, ml=0.034), "that of the whole file"),
        (
            "05.10",
            "SD in words",
            lambda: wages(sentence=wages()["sentence"].replace("variance", "standard deviation")),
            "calls the variance",
        ),
        (
            "05.10",
            "within",
            lambda: wages(sentence=wages()["sentence"].replace("Between 9", "Within 9")),
            "as the one within",
        ),
        (
            "05.10",
            "alike",
            lambda: wages(sentence=wages()["sentence"] + " The sectors do not differ."),
            "lower end of your interval",
        ),
        (
            "05.10",
            "REML's profile",
            lambda: wages(
                sentence=wages()["sentence"].replace("95 % profile", "95 % REML profile")
            ),
            "from the ML deviance",
        ),
        ("05.10", "ML alone", lambda: wages(ml=0.034), "Your ml is the REML estimate"),
        ("05.10", "SDs", lambda: wages(low=0.11, high=0.31), "Square its ends"),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_a_learners_wrong_answer_is_recognised(key, answer, words):
    assert words in said_to(key, answer)


@pytest.mark.parametrize(
    "key, answer",
    [
        ("05.1", four_classes),
        ("05.3", lambda: pastes(right_covariance)),
        ("05.6", lambda: mended(fit=by_statsmodels())),
        (
            "05.9",
            lambda: firms(" This does not mean that sectors do not differ, nor that it failed."),
        ),
        (
            "05.9",
            lambda: firms(" It would be wrong to say that sectors do not differ.").replace(
                "1.40", "1.4"
            ),
        ),
        ("05.9", lambda: firms(" Estimated is that sectors do not differ, with room for more.")),
        (
            "05.9",
            lambda: firms().replace(
                "with 139 df, 0.92 to 1.44 with 8 df", "(Satterthwaite) or 0.92 to 1.44 (J − 1)"
            ),
        ),
        (
            "05.9",
            lambda: firms(
                " If sectors are alike, 139 degrees of freedom are right; if they differ, fewer."
            ),
        ),
        (
            "05.9",
            lambda: firms(" That there is no variation between sectors can not be concluded."),
        ),
        ("05.9", lambda: firms(" About 95 % of firms are expected between −1.45 and 3.81.")),
        ("05.10", wages),
    ],
    ids=[
        "by fractions",
        "by scipy",
        "another origin, statsmodels",
        "another sentence",
        "a zero dropped",
        "estimated, not claimed",
        "or",
        "under a condition",
        "denied behind",
        "the range of firms",
        "by hand",
    ],
)
def test_a_right_answer_in_another_form_is_right(key, answer):
    assert is_right(key, answer())
