"""Intervals of variances and of their shares."""

import numpy as np
import pytest
from reference_models import fitted
from scipy import optimize, stats

from hlm_teach import fit_lmm, icc_interval, load_data, vpc
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.likelihood import evaluate
from hlm_teach.lmm.response import make_response
from hlm_teach.lmm.share_intervals import _SharePath

RISE = stats.chi2.ppf(0.95, 1)


def _ratio_profile(fit):
    """REML deviance of a random-intercept model at an ICC, σ² and β profiled out by algebra."""
    frame = fit.frame
    design = make_design(frame.fixed, frame.random_design, frame.group_labels)
    response = make_response(design, frame.outcome)
    size = abs(design.z_basis[0, 0])

    def deviance(rho):
        relative = np.full((1, 1, 1), np.sqrt(rho / (1 - rho)) / size)
        at = evaluate(design, response, relative, reml=fit.reml, derivatives=0)
        return float(at.deviance[0])

    return deviance


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", ["dyestuff", "sleep_null", "medpar_null", "hsb_null", "sim42_ri"])
def test_icc_interval_is_the_profile_of_the_ratio(name, reml):
    fit = fitted(name, reml)
    deviance, found = _ratio_profile(fit), icc_interval(fit)
    floor = deviance(found["icc"])
    for end in (found["lower"], found["upper"]):
        assert deviance(end) - floor == pytest.approx(RISE, abs=2e-4)
    assert found["lower"] < found["icc"] < found["upper"]


def test_known_intervals():
    """Six batches, eighteen people: the ends that a profile with σ² held still would miss."""
    dyestuff, sleep = (
        icc_interval(fitted("dyestuff", True)),
        icc_interval(fitted("sleep_null", True)),
    )
    assert dyestuff[["lower", "upper"]].round(3).tolist() == [0.069, 0.819]
    assert sleep["upper"] == pytest.approx(0.608, abs=5e-4)


def test_interval_of_a_variance_that_is_zero():
    found = icc_interval(fitted("dyestuff2", True))
    assert found["icc"] == found["lower"] == 0
    deviance = _ratio_profile(fitted("dyestuff2", True))
    assert deviance(found["upper"]) - deviance(0.0) == pytest.approx(RISE, abs=2e-4)


def test_coverage_of_the_icc_interval():
    """Balanced, six groups of five, ρ = 0.42: the profile holds its level where σ² moves along.
    The deviance is that of two mean squares, so that a thousand studies cost nothing."""
    rng = np.random.default_rng(12)
    j, n, rho = 6, 5, 0.42
    between = (n * rho / (1 - rho) + 1) * rng.chisquare(j - 1, 2000)
    within = rng.chisquare(j * (n - 1), 2000)

    def deviance(r):
        inflated = n * r / (1 - r) + 1
        return (j - 1) * np.log(inflated) + (j * n - 1) * np.log(between / inflated + within)

    grid = np.linspace(0, 0.995, 400)
    lowest = np.min([deviance(r) for r in grid], axis=0)
    covered = np.mean(deviance(rho) - lowest < RISE)
    assert covered == pytest.approx(0.941, abs=0.012)
    # and that deviance is the package's
    assert deviance(0.3)[0] - deviance(0.6)[0] == pytest.approx(
        _balanced_difference(between[0], within[0], j, n), abs=1e-8
    )


def _balanced_difference(between, within, j, n):
    """D(0.3) − D(0.6) of a study with these sums of squares, by the engine."""
    import pandas as pd

    means = np.arange(j) - (j - 1) / 2
    means *= np.sqrt(between / (n * np.sum(means**2)))
    inside = np.arange(n) - (n - 1) / 2
    inside *= np.sqrt(within / (j * np.sum(inside**2)))
    data = pd.DataFrame(
        {"g": np.repeat(range(j), n), "y": np.repeat(means, n) + np.tile(inside, j)}
    )
    deviance = _ratio_profile(fit_lmm("y ~ 1", data, "g"))
    return deviance(0.3) - deviance(0.6)


# ---------------------------------------------------------------- any share


def _constrained(fit, share, value):
    """The lowest criterion at a given share, by another optimiser with a constraint."""
    profile = fit.criterion_profile
    unit = np.maximum(np.abs(profile.best), 1e-3 * profile.best[-1])
    found = optimize.minimize(
        lambda p: profile.deviance(p * unit)[0],
        profile.best / unit,
        jac=lambda p: profile.deviance(p * unit)[1] * unit,
        bounds=[(low / u, high / u) for (low, high), u in zip(profile.bounds, unit, strict=True)],
        constraints={"type": "eq", "fun": lambda p: share(p * unit) - value},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert found.success
    return found.fun - profile.deviance(profile.best)[0]


@pytest.mark.parametrize("days", [0.0, 6.0])
def test_shares_with_a_random_slope(days):
    fit = fitted("sleep_rs", True)
    table = fit.share_intervals(at={"Days": days})
    assert table.loc["Subject", "share"] == pytest.approx(vpc(fit, days))

    def share(p):
        between = p[0] ** 2 + 2 * days * p[2] * p[0] * p[1] + days**2 * p[1] ** 2
        return between / (between + p[3] ** 2)

    for end in table.loc["Subject", ["lower", "upper"]]:
        assert _constrained(fit, share, end) == pytest.approx(RISE, abs=2e-3)
    residual, subject = table.loc["residual"], table.loc["Subject"]
    assert residual["lower"] == pytest.approx(1 - subject["upper"])
    assert residual["share"] == pytest.approx(1 - subject["share"])


@pytest.mark.parametrize("name", ["penicillin", "pastes"])
def test_shares_of_several_factors(name):
    fit = fitted(name, True)
    table = fit.share_intervals()
    assert table["share"].sum() == pytest.approx(1)
    assert table["variance"].tolist() == [*fit.vcomp, fit.sigma2]
    for i, row in enumerate(table.index):
        for end in table.loc[row, ["lower", "upper"]]:
            rise = _constrained(fit, lambda p, i=i: p[i] ** 2 / np.sum(p**2), end)
            if end == 0:
                assert rise < RISE
            else:
                assert rise == pytest.approx(RISE, abs=2e-3), (row, end)


def test_shares_do_not_depend_on_units():
    sleep = load_data("sleepstudy")
    other = sleep.assign(Reaction=sleep.Reaction / 1000, Days=sleep.Days * 24)
    first = fitted("sleep_rs", True).share_intervals(at={"Days": 3})
    again = fit_lmm("Reaction ~ Days", other, "Subject", "1 + Days").share_intervals(
        at={"Days": 72}
    )
    columns = ["share", "lower", "upper"]
    assert again[columns].to_numpy() == pytest.approx(first[columns].to_numpy(), abs=2e-4)


def test_level():
    fit = fitted("dyestuff", True)
    wide, narrow = icc_interval(fit, 0.99), icc_interval(fit, 0.5)
    assert wide["lower"] < narrow["lower"] < narrow["upper"] < wide["upper"]


@pytest.mark.parametrize(
    ("name", "at", "words"),
    [
        ("sleep_rs", None, "every random slope \\(Days\\)"),
        ("sleep_rs", {"Day": 3}, "every random slope"),
        ("dyestuff", {"Days": 3}, "has none"),
    ],
)
def test_where_shares_depend_on_x(name, at, words):
    with pytest.raises(ValueError, match=words):
        fitted(name, True).share_intervals(at=at)


def test_icc_interval_asks_for_one_intercept():
    with pytest.raises(ValueError, match="random slopes"):
        icc_interval(fitted("sleep_rs", True))
    with pytest.raises(ValueError, match="between 0 and 1"):
        icc_interval(fitted("dyestuff", True), 95)
    with pytest.raises(TypeError, match="fit_lmm"):
        icc_interval(fitted("dyestuff", True).statsmodels)


# ---------------------------------------------------------------- variances


def test_profile_intervals_of_variances_are_the_squares_of_those_of_sds():
    fit = fitted("sleep_rs", True)
    table = fit.variance_intervals()
    assert list(table.index) == ["Intercept", "Days", "residual"]
    sds = fit.profile_intervals.loc[["sd(Intercept)", "sd(Days)", "sd(residual)"]]
    assert table[["lower", "upper"]].to_numpy() == pytest.approx(sds.to_numpy() ** 2, rel=1e-4)
    assert table["estimate"].tolist() == [*fit.vcomp, fit.sigma2]


def test_wald_on_the_log_scale_in_a_balanced_study():
    """SE(τ̂)² = (2/n²)[(nτ̂ + σ̂²)²/(J − 1) + σ̂⁴/(J(n − 1))], the variance of two mean squares."""
    fit = fitted("dyestuff", True)
    tau, s, j, n = fit.vcomp.item(), fit.sigma2, 6, 5
    se = np.sqrt(2 / n**2 * ((n * tau + s) ** 2 / (j - 1) + s**2 / (j * (n - 1))))
    se_s = s * np.sqrt(2 / (j * (n - 1)))
    table = fit.variance_intervals("wald-log")
    for name, value, error in [("Intercept", tau, se), ("residual", s, se_s)]:
        width = 1.959963984540054 * error / value
        assert table.loc[name, "lower"] == pytest.approx(value * np.exp(-width), rel=1e-6)
        assert table.loc[name, "upper"] == pytest.approx(value * np.exp(width), rel=1e-6)
    assert table.loc["Intercept", ["lower", "upper"]].round().tolist() == [359, 8667]


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", ["sleep_rs", "sleep_rs_unc", "pastes", "penicillin"])
def test_wald_log_against_the_curvature(name, reml):
    """The expected information is close to the observed one, the second derivatives of the
    criterion in the SDs, by differences; not equal, so the room is wide."""
    fit = fitted(name, reml)
    profile = fit.criterion_profile
    k = len(profile.best)
    step = 1e-4 * np.maximum(np.abs(profile.best), 1e-2)
    hessian = np.array(
        [
            (
                profile.deviance(profile.best + step[i] * np.eye(k)[i])[1]
                - profile.deviance(profile.best - step[i] * np.eye(k)[i])[1]
            )
            / (2 * step[i])
            for i in range(k)
        ]
    )
    covariance = np.linalg.inv((hessian + hessian.T) / 4)
    table = fit.variance_intervals("wald-log")
    used = [i for i, p in enumerate(profile.parameters) if p.kind != "cor"]
    for i, (_, row) in zip(used, table.iterrows(), strict=True):
        observed = 2 * np.sqrt(covariance[i, i]) / profile.best[i]  # SE of log variance
        ours = np.log(row["upper"] / row["estimate"]) / 1.959963984540054
        assert ours == pytest.approx(observed, rel=0.12)


def test_a_variance_of_zero_has_no_logarithm():
    table = fitted("dyestuff2", True).variance_intervals("wald-log")
    assert table.loc["Intercept", ["lower", "upper"]].isna().all()
    assert np.isfinite(table.loc["residual"]).all()


def test_unknown_method():
    with pytest.raises(ValueError, match="'wald-log'"):
        fitted("dyestuff", True).variance_intervals("wald")


@pytest.mark.parametrize("ratio", [1e-3, 0.5, 3.0])
def test_gradient_along_the_shares(ratio):
    fit = fitted("sleep_rs", True)
    weights = {"Subject": {"Intercept": 1.0, "Days": 3.0}}
    path = _SharePath(fit.criterion_profile, frozenset({"Subject"}), weights)
    values = np.array([ratio, *(path.best[1:] * [1.1, 0.8, 1.2])])
    gradient = path.deviance(values)[1]
    for i in range(len(values)):
        step = np.zeros(len(values))
        step[i] = 1e-5 * values[i]
        rise = path.deviance(values + step)[0] - path.deviance(values - step)[0]
        assert gradient[i] == pytest.approx(rise / (2 * step[i]), rel=1e-3, abs=1e-3)
