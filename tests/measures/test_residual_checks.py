"""Residuals at both levels; bands that hold what the model gives, and tell what it doesn't."""

import numpy as np
import pytest

from hlm_teach import (
    fit_lmm,
    level_residuals,
    linearity_check,
    load_data,
    qq_check,
    residual_line_up,
    simulate_two_level,
    simulated_band,
    spread_check,
)
from hlm_teach.measures.simulated_band import null_curves


@pytest.fixture(scope="module")
def stays():
    return fit_lmm("log_los ~ died", load_data("medpar"), "hospital")


@pytest.fixture(scope="module")
def unequal():
    return fit_lmm("log_los ~ died", load_data("medpar"), "hospital", residual_sd="died")


@pytest.fixture(scope="module")
def sleep():
    return fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")


@pytest.mark.parametrize("name", ["stays", "sleep", "unequal"])
def test_residuals_are_the_fit_s(name, request):
    fit = request.getfixturevalue(name)
    people, groups = level_residuals(fit)
    np.testing.assert_allclose(people["residual"], fit.resid, atol=1e-9)
    np.testing.assert_allclose(people["fitted"], fit.fittedvalues, atol=1e-9)
    for effect in fit.random_effects:
        np.testing.assert_allclose(groups[effect], fit.random_effects[effect], atol=1e-9)
        sd = np.sqrt(fit.cov_re.loc[effect, effect] - fit.random_effects_se[effect] ** 2)
        expected = fit.random_effects[effect] / sd
        np.testing.assert_allclose(groups[f"standardised {effect}"], expected, rtol=1e-6)


def test_residuals_are_divided_by_their_own_sd(unequal):
    people, _ = level_residuals(unequal)
    died = load_data("medpar")["died"].to_numpy()
    ratio = (people["residual"] / people["standardised"]).to_numpy()
    for value, sd in unequal.residual_sd.items():
        assert ratio[died == value] == pytest.approx(sd)


def test_a_group_without_variance_has_no_standardised_effect():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff2"), "Batch")
    _, groups = level_residuals(fit)
    assert (groups["standardised Intercept"] == 0).all()


# ------------------------------------------------ bands


def test_a_band_holds_95_of_100_curves_as_wholes():
    rng = np.random.default_rng(1)
    curves = np.sort(rng.normal(size=(4000, 30)), axis=1)
    simulated, fresh = curves[:2000], curves[2000:]
    inside = [not simulated_band(curve, simulated).outside.any() for curve in fresh[:400]]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.035)  # Monte Carlo error 0.011
    band = simulated_band(fresh[0], simulated)
    pointwise = np.mean((simulated >= band.lower) & (simulated <= band.upper))
    assert pointwise > 0.99  # each point alone: wider than 95 %


def test_p_is_uniform_for_few_curves_of_many_points_too():
    rng, p = np.random.default_rng(3), []
    for _ in range(600):
        curves = np.sort(rng.normal(size=(40, 100)), axis=1)
        p.append(simulated_band(curves[0], curves[1:]).pvalue)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.027)
    assert np.mean(p) == pytest.approx(0.5125, abs=0.04)


def test_halves_judge_as_fairly():
    rng, p = np.random.default_rng(4), []
    for _ in range(600):
        curves = np.sort(rng.normal(size=(79, 100)), axis=1)
        p.append(null_curves(curves[1:]).hold(curves[0]).pvalue)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.027)


def test_p_and_band_agree():
    rng = np.random.default_rng(2)
    curves = rng.normal(size=(999, 8))
    for shift in (0.0, 1.0, 2.5, 4.0):
        band = simulated_band(rng.normal(size=8) + shift, curves)
        assert band.outside.any() == (band.pvalue <= 0.05)


def test_bands_say_what_they_want():
    with pytest.raises(ValueError, match="one row a simulated curve"):
        simulated_band(np.zeros(3), np.zeros((50, 4)))
    with pytest.raises(ValueError, match="39"):
        simulated_band(np.zeros(3), np.zeros((10, 3)))


# ------------------------------------------------ checks


def p_values(check, n: int, **design) -> np.ndarray:
    rng, found = np.random.default_rng(8), []
    for _ in range(n):
        data = simulate_two_level(n_groups=30, rng=rng, **design)
        found.append(check(fit_lmm("y ~ x", data, "group"), rng).pvalue)
    return np.array(found)


@pytest.mark.parametrize(
    "check",
    [
        lambda fit, rng: qq_check(fit, 1, rng=rng, n_sim=39),
        lambda fit, rng: qq_check(fit, 2, rng=rng, n_sim=39),
        lambda fit, rng: linearity_check(fit, "x", rng=rng, n_sim=39),
        lambda fit, rng: spread_check(fit, rng=rng, n_sim=39),
    ],
    ids=["Q-Q of individuals", "Q-Q of groups", "means", "spread"],
)
def test_where_the_model_is_true_one_in_twenty_is_alarmed(check):
    p = p_values(check, 80, group_size=8, tau00=1, sigma2=2)
    assert np.mean(p <= 0.05) <= 0.125  # three Monte Carlo errors above 0.05
    assert 0.4 < p.mean() < 0.6


def test_skewed_groups_are_noticed_where_groups_are_large_and_hardly_where_small():
    def check(fit, rng):
        return qq_check(fit, 2, rng=rng, n_sim=39)

    design = {"tau00": 1, "sigma2": 9, "u_distribution": "skewed"}
    large = np.mean(p_values(check, 20, group_size=40, **design) <= 0.05)
    small = np.mean(p_values(check, 20, group_size=3, **design) <= 0.05)
    assert large >= 0.6 > 0.35 >= small


def test_a_bow_and_a_funnel_are_noticed_and_mended():
    rng = np.random.default_rng(4)
    data = simulate_two_level(n_groups=40, group_size=20, tau00=1, sigma2=1, gamma10=1, rng=rng)
    bowed = data.assign(y=data["y"] + 0.4 * data["x"] ** 2)
    assert linearity_check(fit_lmm("y ~ x", bowed, "group"), "x", rng=rng).pvalue < 0.01
    mended = fit_lmm("y ~ x + I(x**2)", bowed, "group")
    assert linearity_check(mended, "x", rng=rng).pvalue > 0.05
    grown = data.assign(y=np.exp(data["y"] / 2))
    assert spread_check(fit_lmm("y ~ x", grown, "group"), rng=rng).pvalue < 0.01


def test_two_variances_are_seen_and_then_not(stays, unequal):
    rng = np.random.default_rng(5)
    before, after = (spread_check(fit, "died", rng=rng) for fit in (stays, unequal))
    assert before.n_outside == 2 and before.observed[1] / before.observed[0] > 1.4
    assert after.n_outside == 0 and after.pvalue > 0.2


def test_what_varies_between_groups_only_is_looked_at_in_groups():
    fit = fit_lmm("math ~ ses_within + ses_mean", load_data("hsb"), "school")
    check = linearity_check(fit, "ses_mean", rng=np.random.default_rng(1), n_sim=39)
    assert "school" in check.what
    people, groups = level_residuals(fit)
    x = load_data("hsb").groupby("school")["ses_mean"].first()
    low = x <= np.quantile(x, 1 / 8)
    mean = groups.loc[low[low].index, "standardised Intercept"].mean()
    assert check.observed[0] == pytest.approx(mean, abs=1e-9)


def test_few_values_are_looked_at_one_by_one(sleep):
    early = fit_lmm("cog ~ age", load_data("early"), "child")
    check = linearity_check(early, "age", rng=np.random.default_rng(1), n_sim=39)
    assert check.x.tolist() == [1.0, 1.5, 2.0]
    people, _ = level_residuals(early)
    by_age = people["standardised"].groupby(load_data("early")["age"]).mean()
    assert check.observed == pytest.approx(by_age.to_numpy(), abs=1e-9)


def test_points_carry_the_labels_of_their_groups(sleep):
    check = qq_check(sleep, 2, "Days", rng=np.random.default_rng(1), n_sim=39)
    _, groups = level_residuals(sleep)
    for label, value in zip(check.labels, check.observed, strict=True):
        assert groups.loc[label, "standardised Days"] == pytest.approx(value, abs=1e-9)
    assert check.outside_labels == tuple(
        label for label, out in zip(check.labels, check.band.outside, strict=True) if out
    )


def test_the_line_up_hides_the_real_residuals_somewhere(stays):
    _, groups = level_residuals(stays)
    own = np.sort(groups["standardised Intercept"])
    places = set()
    for seed in range(12):
        found = residual_line_up(stays, rng=np.random.default_rng(seed), n_panels=3)
        np.testing.assert_allclose(found.panels[found.real - 1], own, atol=1e-9)
        assert sum(np.allclose(panel, own) for panel in found.panels) == 1
        places.add(found.real)
    assert places == {1, 2, 3}


def test_what_cannot_be_asked_is_said(stays):
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="random effect"):
        qq_check(stays, 2, "died", rng=rng)
    with pytest.raises(ValueError, match="level"):
        qq_check(stays, 3, rng=rng)
    with pytest.raises(ValueError, match="n_sim"):
        qq_check(stays, rng=rng, n_sim=5)
    with pytest.raises((ValueError, KeyError), match="age"):
        linearity_check(stays, "age", rng=rng)
    crossed = fit_lmm("diameter ~ 1", load_data("penicillin"), random={"plate": "1", "sample": "1"})
    for check in (qq_check, residual_line_up):
        with pytest.raises(ValueError, match="one grouping"):
            check(crossed, rng=rng)
