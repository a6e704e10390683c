"""Degrees of freedom and profile intervals against lmerTest 3.1-3 and lme4 1.1-31
(tests/oracle/inference.json)."""

import numpy as np
import pytest
from reference_models import INFERENCE, by_lme4_term, fitted, lme4_term
from scipy import stats

from hlm_teach import fit_lmm, fit_many, simulate_two_level
from hlm_teach.lmm.r_squared import r_squared


@pytest.mark.parametrize("name", list(INFERENCE["ddf"]))
def test_satterthwaite(name):
    fit = fitted(name, True)
    df, p = by_lme4_term(fit.df), by_lme4_term(fit.pvalues)
    for row in INFERENCE["ddf"][name]["Satterthwaite"]:
        term = ":".join(sorted(row["term"].split(":")))
        # lmerTest takes its Hessian by differences; where a correlation is weakly determined
        # (hsb_iso) that costs it the fourth digit
        assert df[term] == pytest.approx(row["df"], rel=2e-4), term
        assert np.log(p[term]) == pytest.approx(np.log(row["Pr(>|t|)"]), rel=1e-4), term


def test_satterthwaite_is_exact_where_an_exact_test_exists():
    """Balanced data: a mean on J − 1, a within-group slope on N − J − 1 degrees of freedom."""
    assert fitted("dyestuff", True).df["Intercept"] == pytest.approx(5, abs=1e-6)
    assert fitted("sleep_ri", True).df["Days"] == pytest.approx(180 - 18 - 1, abs=1e-4)
    assert fitted("sleep_rs", True).df["Days"] == pytest.approx(17, abs=1e-3)


def test_satterthwaite_counts_groups_however_many_rows_stand_in_them():
    """6 groups of 400: θ bends the deviance hundreds of times less than σ² does, yet counts."""
    options = {"n_groups": 6, "group_size": 400, "tau00": 4.0, "sigma2": 1.0}
    pupils = simulate_two_level(**options, exact="null", rng=np.random.default_rng(1))
    fit = fit_lmm("y ~ 1", pupils, "group")
    assert fit.df["Intercept"] == pytest.approx(5, abs=1e-4)
    many = fit_many(pupils["y"], np.ones((2400, 1)), pupils["group"])
    assert many.df[0, 0] == pytest.approx(5, abs=1e-4)


def test_satterthwaite_of_a_singular_fit_takes_the_zero_as_known():
    assert fitted("dyestuff2", True).df["Intercept"] == pytest.approx(29, abs=1e-6)


def test_degrees_of_freedom_of_a_contrast():
    fit = fitted("sleep_rs", True)
    assert fit.df_of([0, 1]) == pytest.approx(fit.df["Days"])
    # the mean at the average day is the mean of 18 subject means
    assert fit.df_of([1, 4.5]) == pytest.approx(17, abs=1e-2)


@pytest.mark.parametrize("name", list(INFERENCE["profile"]))
def test_profile_intervals(name):
    fit = fitted(name, True)
    ours = {}
    for label, row in fit.profile_intervals.iterrows():
        kind, inside = label.rstrip(")").split("(")
        ours[(kind, tuple(sorted(lme4_term(t) for t in inside.split(", "))))] = row
    checked = 0
    for row in INFERENCE["profile"][name]["rows"]:
        key = _profile_key(row["term"])
        if key is None:
            continue
        mine = ours[key]
        # lme4 interpolates its profile by splines: 2e-4 of the interval's length
        room = 2e-4 * (row["upper"] - row["lower"])
        assert mine["lower"] == pytest.approx(row["lower"], abs=room), row
        assert mine["upper"] == pytest.approx(row["upper"], abs=room), row
        checked += 1
    assert checked == len(ours)


def _profile_key(term):
    if term == "sigma":
        return "sd", ("residual",)
    if term.startswith(("sd_", "cor_")):
        kind, inside = term.split("|")[0].split("_", 1)
        parts = inside.split(".") if kind == "cor" else [inside]
        return kind, tuple(sorted(parts))
    return None  # profile intervals of fixed effects are not offered


def test_profile_interval_by_its_definition():
    """At each end the ML deviance, all else re-optimised, is 3.84 above its minimum."""
    from scipy.optimize import minimize_scalar

    fit = fitted("dyestuff", True)
    profile = fit.profiled_deviance
    floor = profile.deviance(profile.best)[0]
    for end in fit.profile_intervals.loc["sd(Intercept)"]:
        other = minimize_scalar(
            lambda s, end=end: profile.deviance(np.array([end, s]))[0],
            bounds=(10, 200),
            method="bounded",
            options={"xatol": 1e-9},
        )
        assert other.fun - floor == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-4)
    assert list(fit.profile_intervals.index) == ["sd(Intercept)", "sd(residual)"]


@pytest.mark.parametrize("name", ["sleep_rs", "sleep_rs_unc", "hsb_rc", "penicillin"])
def test_gradient_of_the_profiled_deviance(name):
    profile = fitted(name, True).profiled_deviance
    best, deviance = profile.best, profile.deviance
    point = best * np.linspace(0.8, 1.2, len(best))
    _, gradient = deviance(point)
    for i in range(len(point)):
        step = np.zeros(len(point))
        step[i] = 1e-5 * max(abs(point[i]), 1e-2)
        slope = (deviance(point + step)[0] - deviance(point - step)[0]) / (2 * step[i])
        assert gradient[i] == pytest.approx(slope, rel=1e-4, abs=1e-3)


def test_wald_intervals():
    fit = fitted("sleep_rs", True)
    half = stats.t.ppf(0.975, fit.df["Days"]) * fit.bse["Days"]
    assert fit.conf_int().loc["Days", "upper"] == pytest.approx(fit.params["Days"] + half)
    assert (fit.pvalues_z <= fit.pvalues).all()


def test_r_squared_of_no_variance_at_all_but_the_residual():
    assert r_squared(0.0, 0.0, 2.0) == {"marginal": 0.0, "conditional": 0.0}
