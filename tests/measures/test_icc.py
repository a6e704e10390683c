"""Intraclass correlations, design effects, reliabilities: against lme4, against a second
computation, and by what must not change them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hlm_teach import (
    anova_icc,
    design_effect,
    effective_sample_size,
    fit_lmm,
    icc,
    load_data,
    mean_reliability,
    simulate_two_level,
)
from hlm_teach.measures.anova_icc import _exact_interval
from hlm_teach.measures.icc import vpc

SIZES = np.array([1, 2, 2, 3, 5, 8, 13, 21, 40])


def unbalanced(seed=1, **options):
    given = {"n_groups": len(SIZES), "group_size": SIZES, "tau00": 2.0, "sigma2": 5.0}
    return simulate_two_level(**{**given, **options}, rng=np.random.default_rng(seed))


# --- from a fit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "formula", "groups", "tau00", "sigma2"),
    # REML, lme4 1.1-31 with R 4.2.2
    [
        ("hsb", "math ~ 1", "school", 8.6140248041784, 39.1483218940486),
        ("medpar", "log_los ~ 1", "hospital", 0.0448931465993354, 0.750480793671051),
        ("hsb", "math ~ meanses", "school", 2.63870846354296, 39.1570819543191),
        ("dyestuff2", "Yield ~ 1", "Batch", 0.0, 13.8063096275862),
    ],
)
def test_icc_of_a_fit_against_lme4(name, formula, groups, tau00, sigma2):
    fit = fit_lmm(formula, load_data(name), groups)
    assert icc(fit) == pytest.approx(tau00 / (tau00 + sigma2), abs=1e-5)
    assert isinstance(icc(fit), float)


def test_icc_takes_statsmodels_own_results():
    fit = fit_lmm("math ~ 1", load_data("hsb"), "school")
    assert icc(fit.statsmodels) == pytest.approx(icc(fit), abs=1e-8)


def test_icc_refuses_models_that_have_no_single_one():
    sleep = load_data("sleepstudy")
    with pytest.raises(ValueError, match="random slopes.*depends on x.*vpc"):
        icc(fit_lmm("Reaction ~ Days", sleep, "Subject", random="1 + Days"))
    with pytest.raises(ValueError, match="slope of 'Days'.*depends on x"):
        icc(fit_lmm("Reaction ~ Days", sleep, "Subject", random="0 + Days"))
    with pytest.raises(
        ValueError, match="several grouping factors.*plate.*sample.*variance_shares"
    ):
        icc(fit_lmm("diameter ~ 1", load_data("penicillin"), ["plate", "sample"]))


def test_vpc_follows_the_variance_function():
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", random="1 + Days")
    # lme4 1.1-31: tau00 612.0897, tau01 9.6043, tau11 35.0717, sigma2 654.9410
    days = np.array([[0.0, 3.0], [-0.274, 9.0]])
    between = 612.089748 + 2 * 9.604335 * days + 35.071662 * days**2
    np.testing.assert_allclose(vpc(fit, days), between / (between + 654.941041), rtol=1e-5)
    assert isinstance(vpc(fit, 3), float)


def test_vpc_is_the_icc_where_only_intercepts_vary():
    fit = fit_lmm("math ~ ses", load_data("hsb"), "school")
    np.testing.assert_allclose(vpc(fit, [-2, 0, 2]), icc(fit))


# --- analysis of variance ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "outcome", "groups", "tau00", "sigma2"),
    # balanced, so lme4's REML estimates (1.1-31, R 4.2.2) are those of the analysis of variance
    [
        ("dyestuff", "Yield", "Batch", 1764.04994926988, 2451.25001099403),
        ("sim42", "Y", "school", 2.775655540983, 2.77110239354952),
        ("sleepstudy", "Reaction", "Subject", 1278.33769645589, 1958.86518529374),
    ],
)
def test_balanced_anova_is_reml(name, outcome, groups, tau00, sigma2):
    result = anova_icc(load_data(name), outcome, groups)
    assert result.tau00 == pytest.approx(tau00, rel=1e-6)
    assert result.sigma2 == pytest.approx(sigma2, rel=1e-6)
    assert result.icc == pytest.approx(tau00 / (tau00 + sigma2), rel=1e-6)
    assert result.n0 == result.group_sizes.iloc[0]


def test_mean_squares_against_scipys_f():
    data = unbalanced()
    result = anova_icc(data, "y", "group")
    f = stats.f_oneway(*(g["y"] for _, g in data.groupby("group"))).statistic
    assert result.msb / result.msw == pytest.approx(f)
    assert (result.n_groups, result.nobs) == (9, SIZES.sum())
    assert result.n0 == pytest.approx((95 - np.sum(SIZES**2) / 95) / 8)
    assert result.tau00 == pytest.approx((result.msb - result.msw) / result.n0)
    assert result.group_sizes.tolist() == SIZES.tolist()


def test_anova_estimates_are_unbiased():
    results = [anova_icc(unbalanced(seed, tau00=0.3), "y", "group") for seed in range(300)]
    for name, truth in (("tau00", 0.3), ("sigma2", 5.0)):
        estimates = np.array([getattr(result, name) for result in results])
        assert estimates.mean() == pytest.approx(truth, abs=4 * estimates.std() / np.sqrt(300))
    assert any(result.icc < 0 for result in results)  # the price of being unbiased


def test_balanced_interval_against_its_closed_form():
    result = anova_icc(load_data("dyestuff"), "Yield", "Batch", level=0.9)
    ratio = result.msb / result.msw / stats.f.ppf([0.95, 0.05], 5, 24)
    np.testing.assert_allclose(result.interval, (ratio - 1) / (ratio - 1 + 5), rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_unbalanced_interval_against_generalised_least_squares(seed):
    data = unbalanced(seed, tau00=25.0)  # far from 0, where the limits would be cut off
    result = anova_icc(data, "y", "group")
    y, z = data["y"].to_numpy(), pd.get_dummies(data["group"]).to_numpy(float)

    def pivot(rho):
        """F from the residual sum of squares under V = I + θZZ', without any group mean."""
        inverse = np.linalg.inv(np.eye(95) + rho / (1 - rho) * z @ z.T)
        centre = inverse.sum(axis=0) @ y / inverse.sum()
        rss = (y - centre) @ inverse @ (y - centre)
        return (rss - 86 * result.msw) / 8 / result.msw

    low, high = result.interval
    assert 0 < low < high < 1
    assert pivot(low) == pytest.approx(stats.f.ppf(0.975, 8, 86), rel=1e-7)
    assert pivot(high) == pytest.approx(stats.f.ppf(0.025, 8, 86), rel=1e-7)


@pytest.mark.parametrize("sizes", [np.full(8, 6), SIZES])
@pytest.mark.parametrize("rho", [0.1, 0.5])
def test_the_interval_covers_the_truth_as_often_as_it_says(sizes, rho):
    rng, n_studies, df = np.random.default_rng(7), 1000, sizes.sum() - len(sizes)
    means = rng.normal(0, np.sqrt(rho + (1 - rho) / sizes), (n_studies, len(sizes)))
    msw = (1 - rho) * rng.chisquare(df, n_studies) / df
    intervals = np.array([_exact_interval(m, sizes, s, 0.9) for m, s in zip(means, msw)])
    covered = (intervals[:, 0] <= rho) & (rho <= intervals[:, 1])
    assert covered.mean() == pytest.approx(0.9, abs=4 * np.sqrt(0.9 * 0.1 / n_studies))
    assert (intervals[:, 1] < rho).mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 / n_studies))


def test_the_interval_needs_only_means_and_mean_square():
    data = unbalanced()
    result = anova_icc(data, "y", "group")
    means = data.groupby("group")["y"].mean().to_numpy()
    np.testing.assert_allclose(
        _exact_interval(means, SIZES, result.msw, 0.95), result.interval, rtol=1e-9
    )


def test_a_negative_estimate_is_reported_and_its_interval_cut_off_at_zero():
    result = anova_icc(load_data("dyestuff2"), "Yield", "Batch")
    assert result.tau00 < 0 and result.icc < 0
    assert result.interval[0] == 0 < result.interval[1]
    assert any("negative" in note for note in result.notes)


def test_an_empty_interval_is_nan_and_said():
    data = pd.DataFrame({"g": list("aabbccdd"), "y": [-1, 1, -2, 2, -3, 3, -1, 1.001]})
    result = anova_icc(data, "y", "g")
    assert np.isnan(result.interval).all()
    assert any("empty" in note for note in result.notes)
    assert result.icc == pytest.approx(-1, abs=1e-3)  # the lowest an ICC can be in pairs


def test_a_wider_level_contains_a_narrower_one():
    data = load_data("hsb")
    narrow, wide = (anova_icc(data, "math", "school", level=level) for level in (0.5, 0.99))
    assert wide.interval[0] < narrow.interval[0] < narrow.icc < narrow.interval[1]
    assert narrow.interval[1] < wide.interval[1]


def test_hsb_by_anova():
    data = load_data("hsb")
    result = anova_icc(data, "math", "school")
    f = stats.f_oneway(*(g["math"] for _, g in data.groupby("school"))).statistic
    n0 = (7185 - data["school"].value_counts().pow(2).sum() / 7185) / 159
    assert result.icc == pytest.approx((f - 1) / (f - 1 + n0))
    # unequal groups: REML (lme4: 0.18035) weighs them otherwise and differs
    assert abs(result.icc - 0.18035) > 1e-3
    assert result.interval[0] < 0.18035 < result.interval[1]


@pytest.mark.parametrize("shift, scale", [(1e6, 1), (0, 1e-4), (-3, 1e5)])
def test_icc_ignores_origin_and_unit_of_the_outcome(shift, scale):
    data = unbalanced()
    moved = data.assign(y=shift + scale * data["y"])
    before, after = (anova_icc(each, "y", "group") for each in (data, moved))
    assert after.icc == pytest.approx(before.icc, rel=1e-7)
    np.testing.assert_allclose(after.interval, before.interval, rtol=1e-7)
    assert after.tau00 == pytest.approx(scale**2 * before.tau00, rel=1e-7)


def test_icc_ignores_the_order_of_rows_and_the_names_of_groups():
    data = unbalanced()
    shuffled = data.sample(frac=1, random_state=1)
    shuffled["group"] = "school " + (100 - shuffled["group"]).astype(str)
    before, after = (anova_icc(each, "y", "group") for each in (data, shuffled))
    assert after.icc == pytest.approx(before.icc, rel=1e-12)
    np.testing.assert_allclose(after.interval, before.interval, rtol=1e-9)


def test_categories_without_members_are_no_groups():
    data = unbalanced()
    labels = pd.Categorical(data["group"], categories=range(50))
    assert anova_icc(data.assign(group=labels), "y", "group").n_groups == len(SIZES)


def test_the_result_prints_rounded():
    result = anova_icc(load_data("dyestuff"), "Yield", "Batch")
    assert repr(result).startswith("AnovaIcc(icc=0.418, interval=(0.084, 0.848)")
    assert result.table().loc["icc"].tolist() == [0.418, 0.084, 0.848]


# --- design effect, effective sample size, reliability -----------------------------------------


def test_design_effect_is_the_inflated_variance_of_a_mean():
    rho = 0.3
    covariance = (1 - rho) * np.eye(95)
    ends = np.cumsum(SIZES)
    for start, end in zip(ends - SIZES, ends):
        covariance[start:end, start:end] += rho
    assert design_effect(rho, SIZES) == pytest.approx(covariance.sum() / 95)


def test_design_effect_of_equal_groups():
    assert design_effect(0.02, 100) == pytest.approx(2.98)
    assert design_effect(0.2, [20] * 30) == pytest.approx(design_effect(0.2, 20))
    assert design_effect(0, 50) == 1
    assert design_effect(0.7, 1) == 1
    assert design_effect(-0.25, 5) == pytest.approx(0)
    assert design_effect(0.1, pd.Series([3, 5], index=["a", "b"])) == pytest.approx(1.325)


def test_effective_sample_size():
    assert effective_sample_size(0.2, 20, n_groups=30) == pytest.approx(125)
    assert effective_sample_size(0.2, [20] * 30) == pytest.approx(125)
    assert effective_sample_size(1.0, [3, 3, 3]) == pytest.approx(3)
    assert effective_sample_size(0, SIZES) == 95


def test_reliability_is_the_share_of_variance_that_is_about_the_group():
    data = (
        simulate_two_level(
            n_groups=20_000,
            group_size=4,
            tau00=2,
            sigma2=8,
            keep_effects=True,
            rng=np.random.default_rng(1),
        )
        .groupby("group")[["y", "u0"]]
        .mean()
    )
    squared_correlation = data.corr().iloc[0, 1] ** 2
    assert squared_correlation == pytest.approx(mean_reliability(2, 8, 4), abs=0.02)


def test_reliability_keeps_the_shape_of_n():
    assert mean_reliability(4, 16, 4) == 0.5
    assert isinstance(mean_reliability(4, 16, 4), float)
    np.testing.assert_allclose(mean_reliability(4, 16, [1, 16]), [0.2, 0.8])
    by_school = mean_reliability(4, 16, pd.Series([4, 16], index=["a", "b"]))
    assert by_school.loc["b"] == pytest.approx(0.8)
    assert mean_reliability(0, 1, 10) == 0 and mean_reliability(1, 0, 10) == 1
