"""The law of panel analyses against studies drawn and fitted, and against itself."""

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_many, simulate_two_level
from hlm_teach.balanced.endogenous import balanced_x, random_intercept_slope
from hlm_teach.balanced.panel_law import Z, panel_law

DESIGN = {"n_groups": 100, "group_size": 5, "tau00": 1.0, "sigma2": 1.0, "x_icc": 0.7}


def drawn(r: float, *, n_studies: int = 4000):
    """Studies drawn by their sums and analysed with estimated variances."""
    rng, j, n = np.random.default_rng(14), DESIGN["n_groups"], DESIGN["group_size"]
    mean_square = 0.7 + 0.3 / n
    s_w, s_b = j * n * (1 - mean_square), j * n * mean_square
    level2 = n * (1 - r**2) + 1
    b_w = rng.standard_normal(n_studies) / np.sqrt(s_w)
    b_b = r / np.sqrt(mean_square) + np.sqrt(level2 / s_b) * rng.standard_normal(n_studies)
    rss_w = rng.chisquare(j * (n - 1) - 1, n_studies)
    rss_b = level2 * rng.chisquare(j - 2, n_studies)
    random = random_intercept_slope(b_w, b_b, rss_w, rss_b, s_w, s_b, j, n)
    se_w = np.sqrt(rss_w / (j * (n - 1) - 1) / s_w)
    se_b = np.sqrt(rss_b / (j - 2) / s_b)
    return random, (b_w, se_w), np.abs(b_w - b_b) > Z * np.hypot(se_w, se_b)


@pytest.mark.parametrize("r", [0.0, 0.15, 0.3, 0.6])
def test_the_law_is_what_studies_with_estimated_variances_do(r):
    """Within four Monte Carlo errors and 0.015, which known variances may cost at J = 100."""
    law = panel_law(r, **DESIGN)
    (b_r, se_r), (b_w, se_w), rejects = drawn(r)
    holds_r, holds_w = np.abs(b_r) < Z * se_r, np.abs(b_w) < Z * se_w
    for share, wanted in (
        (holds_r, law.coverage["random"]),
        (holds_w, law.coverage["fixed"]),
        (np.where(rejects, holds_w, holds_r), law.coverage["hausman"]),
        (rejects, law.power),
    ):
        error = np.sqrt(wanted[0] * (1 - wanted[0]) / len(share))
        assert abs(share.mean() - wanted[0]) < 4 * error + 0.015
    assert b_r.mean() == pytest.approx(law.bias["random"][0], abs=4 * b_r.std() / 60 + 0.002)
    assert se_r.mean() == pytest.approx(law.se["random"][0], rel=0.02)


def test_the_random_slope_is_that_of_fitted_individuals():
    """Bias of pooled and random effects, of rows drawn one by one; four Monte Carlo errors."""
    rng, r, j, n = np.random.default_rng(3), 0.5, 100, 5
    x = balanced_x(n_groups=j, group_size=n, x_icc=0.7, rng=rng)
    score = x.mean(axis=1) / np.sqrt(np.mean(x.mean(axis=1) ** 2))
    u = r * score + np.sqrt(1 - r**2) * rng.standard_normal((400, j))
    y = (x + u[:, :, None] + rng.standard_normal((400, j, n))).reshape(400, -1)
    design = np.column_stack([np.ones(j * n), x.ravel()])
    fits = fit_many(y, design, np.repeat(np.arange(j), n))
    law = panel_law(r, **DESIGN)
    pooled = np.linalg.lstsq(design, y.T, rcond=None)[0][1]
    for found, name in ((fits.params[:, 1], "random"), (pooled, "pooled")):
        wanted = 1 + law.bias[name][0]
        assert found.mean() == pytest.approx(wanted, abs=4 * found.std() / 20 + 0.002)
        assert found.std() == pytest.approx(law.sd[name][0], rel=0.15)


def test_the_pooled_standard_error_is_ordinary_regression_s():
    rng = np.random.default_rng(8)
    data = simulate_two_level(
        n_groups=400, group_size=5, gamma10=1, tau00=1, sigma2=1, x_icc=0.7, rng=rng
    )
    data["x"] /= np.sqrt(np.mean((data["x"] - data["x"].mean()) ** 2))
    fit = smf.ols("y ~ x", data).fit()
    law = panel_law(0, **DESIGN | {"n_groups": 400})
    assert fit.bse["x"] == pytest.approx(law.se["pooled"][0], rel=0.06)


def test_without_correlation_all_are_right_and_the_choice_costs_a_little():
    law = panel_law(0, **DESIGN)
    assert all(abs(bias[0]) < 1e-12 for bias in law.bias.values())
    for name in ("between", "random", "fixed", "robust"):
        assert law.coverage[name][0] == pytest.approx(0.95, abs=1e-3)
    assert law.coverage["pooled"][0] < 0.8
    assert law.power[0] == pytest.approx(0.05, abs=1e-9)
    assert 0.9 < law.coverage["hausman"][0] < 0.95


def test_signs_and_scales_change_nothing():
    one = panel_law([0.3, -0.3], **DESIGN)
    for name in one.coverage:
        assert one.coverage[name][0] == pytest.approx(one.coverage[name][1])
    other = panel_law(0.3, **DESIGN | {"tau00": 9.0, "sigma2": 9.0})
    assert other.power[0] == pytest.approx(one.power[0])
    assert other.bias["random"][0] == pytest.approx(3 * one.bias["random"][0], rel=1e-6)


def test_no_firm_effects_leave_nothing_to_go_wrong():
    law = panel_law(0.9, **DESIGN | {"tau00": 0.0})
    for name in ("pooled", "random", "fixed"):
        assert law.coverage[name][0] == pytest.approx(0.95, abs=2e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_groups": 3}, "n_groups"),
        ({"group_size": 1}, "group_size"),
        ({"x_icc": 1.0}, "x_icc"),
        ({"sigma2": 0}, "sigma2"),
        ({"tau00": -1}, "tau00"),
    ],
)
def test_errors_name_the_argument(change, words):
    with pytest.raises(ValueError, match=words):
        panel_law(0.1, **DESIGN | change)
    with pytest.raises(ValueError, match="corr_ux"):
        panel_law(1.2, **DESIGN)
