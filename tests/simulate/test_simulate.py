"""Simulated data: the right moments on average, and the exact ones where that was asked for."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from hlm_teach import simulate_crossed, simulate_memory, simulate_two_level

MANY = 40_000  # groups; a variance then has a relative standard error of sqrt(2/J) = 0.7 %


def generator(seed=20260101):
    return np.random.default_rng(seed)


def simulate(**options):
    """Simulate with defaults that a test may override."""
    given = {"n_groups": 20, "group_size": 5, "tau00": 4.0, "sigma2": 9.0, "rng": generator()}
    return simulate_two_level(**{**given, **options})


def of_groups(data, column):
    return data.groupby("group")[column].first().to_numpy()


# --- shape -------------------------------------------------------------------------------------


def test_columns_and_labels():
    data = simulate(group_size=[3, 1, 7], n_groups=3)
    assert list(data.columns) == ["group", "x", "y"]
    assert data["group"].value_counts().sort_index().tolist() == [3, 1, 7]


def test_the_same_seed_gives_the_same_data_and_another_seed_other_data():
    pd.testing.assert_frame_equal(simulate(rng=generator(5)), simulate(rng=generator(5)))
    assert not simulate(rng=generator(5)).equals(simulate(rng=generator(6)))


def test_options_do_not_disturb_the_draws_they_do_not_concern():
    plain, with_w = simulate(), simulate(w="normal")
    np.testing.assert_array_equal(plain[["x", "y"]], with_w[["x", "y"]])
    np.testing.assert_allclose(simulate(gamma00=7)["y"], plain["y"] + 7)


def test_no_global_random_state_is_touched():
    before = np.random.get_state()[1].copy()
    simulate()
    np.testing.assert_array_equal(before, np.random.get_state()[1])


# --- moments: 4 standard errors of the Monte Carlo mean or variance ----------------------------


def test_variances_and_correlation_of_the_effects():
    data = simulate(n_groups=MANY, tau11=0.25, rho01=-0.6, keep_effects=True)
    u0, u1 = of_groups(data, "u0"), of_groups(data, "u1")
    four_se = 4 * np.sqrt(2 / MANY)
    assert u0.var() == pytest.approx(4, rel=four_se)
    assert u1.var() == pytest.approx(0.25, rel=four_se)
    assert np.corrcoef(u0, u1)[0, 1] == pytest.approx(-0.6, abs=4 / np.sqrt(MANY))
    assert data["e"].var() == pytest.approx(9, rel=4 * np.sqrt(2 / len(data)))
    np.testing.assert_allclose(data["y"], data["u0"] + data["u1"] * data["x"] + data["e"])


@pytest.mark.parametrize("x_icc", [-0.25, -0.1, 0.0, 0.3, 1.0])
def test_intraclass_correlation_of_x(x_icc):
    data = simulate(n_groups=MANY, x_icc=x_icc)
    x = data["x"].to_numpy().reshape(MANY, 5)
    pairs = (x.sum(axis=1) ** 2 - (x**2).sum(axis=1)).mean() / 20  # mean product of two members
    assert x.var() == pytest.approx(1, abs=4 * np.sqrt(2 / MANY))
    assert pairs == pytest.approx(x_icc, abs=4 * np.sqrt(2 / MANY))


def test_the_extremes_of_x_icc_are_exact():
    within, between = simulate(x_icc=-0.25), simulate(x_icc=1)
    assert within.groupby("group")["x"].mean().abs().max() < 1e-12
    assert between.groupby("group")["x"].nunique().eq(1).all() or (
        between.groupby("group")["x"].std().max() < 1e-12
    )


def test_fixed_effects_add_up():
    options = {"gamma00": 2, "gamma10": 0.5, "gamma01": 3, "gamma11": -1, "contextual": 1.5}
    data = simulate(**options, w="binary", keep_effects=True)
    x_mean = data.groupby("group")["x"].transform("mean")
    intercept = 2 + 3 * data["w"] + 1.5 * x_mean + data["u0"]
    slope = 0.5 - data["w"] + data["u1"]
    np.testing.assert_allclose(data["y"], intercept + slope * data["x"] + data["e"])
    assert of_groups(data, "w").sum() == 10 and set(data["w"]) == {0, 1}


def test_w_can_be_given_or_drawn():
    given = np.linspace(-1, 1, 20)
    np.testing.assert_array_equal(of_groups(simulate(w=given, gamma01=1), "w"), given)
    drawn = of_groups(simulate(n_groups=MANY, gamma11=1), "w")
    assert drawn.var() == pytest.approx(1, rel=4 * np.sqrt(2 / MANY))


def test_which_groups_are_treated_is_drawn():
    """Each is treated in half of all draws, wherever it stands: sizes may go with the place."""
    treated = np.array([of_groups(simulate(w="binary", rng=generator(s)), "w") for s in range(400)])
    assert (treated.sum(axis=1) == 10).all()
    assert np.abs(treated.mean(axis=0) - 0.5).max() < 4 * np.sqrt(0.25 / 400)


@pytest.mark.parametrize("sizes", [5, np.arange(1, MANY + 1) % 7 + 1])
def test_correlation_of_u_and_x(sizes):
    data = simulate(n_groups=MANY, group_size=sizes, corr_ux=0.5, x_icc=0.2, keep_effects=True)
    x_mean = data.groupby("group")["x"].mean().to_numpy()
    n = data.groupby("group").size().to_numpy()
    score = x_mean / np.sqrt((1 + (n - 1) * 0.2) / n)  # each mean over its own SD
    assert np.corrcoef(of_groups(data, "u0"), score)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert of_groups(data, "u0").var() == pytest.approx(4, rel=4 * np.sqrt(2 / MANY))


@pytest.mark.parametrize(
    ("shape", "skewness", "kurtosis"), [("normal", 0, 0), ("skewed", 2, 6), ("heavy-tailed", 0, 6)]
)
def test_shapes_keep_the_variances(shape, skewness, kurtosis):
    data = simulate(n_groups=MANY, u_distribution=shape, e_distribution=shape, keep_effects=True)
    u = of_groups(data, "u0")
    assert u.mean() == pytest.approx(0, abs=4 * 2 / np.sqrt(MANY))
    assert u.var() == pytest.approx(4, rel=4 * np.sqrt((kurtosis + 2) / MANY))
    assert data["e"].var() == pytest.approx(9, rel=4 * np.sqrt((kurtosis + 2) / len(data)))
    standard = (u - u.mean()) / u.std()
    assert (standard**3).mean() == pytest.approx(skewness, abs=0.35)
    assert ((standard**4).mean() - 3 > 2) == (kurtosis > 0)


def test_zero_variances_are_ordinary():
    data = simulate(tau00=0, sigma2=0, gamma00=3, gamma10=2)
    np.testing.assert_allclose(data["y"], 3 + 2 * data["x"])


# --- dropout -----------------------------------------------------------------------------------


def growth(**options):
    return simulate(n_groups=MANY, group_size=4, x_values=range(4), gamma10=1, tau11=0.2, **options)


def test_groups_leave_for_good_and_never_before_the_first_occasion():
    data = growth(dropout=0.3, dropout_slope=1)
    occasions = data.groupby("group")["x"].agg(["min", "max", "size"])
    assert len(occasions) == MANY
    assert (occasions["min"] == 0).all()
    assert (occasions["max"] + 1 == occasions["size"]).all()


def test_the_chance_of_leaving_depends_on_the_last_observed_value_as_stated():
    data = growth(gamma00=5, dropout=0.2, dropout_slope=0.8)
    at_risk = data[data["x"] < 3]
    last = at_risk["x"] == at_risk["group"].map(data.groupby("group")["x"].max())
    score = (at_risk["y"] - 5) / np.sqrt(4 + 9)
    stated = 1 / (1 + 4 * np.exp(-0.8 * score))  # odds 0.2/0.8 = 1/4
    surplus = (last - stated).groupby(pd.qcut(score, 8)).mean()
    assert surplus.abs().max() < 4 * np.sqrt(0.25 / (len(at_risk) / 8))


def test_without_slope_everyone_is_as_likely_to_leave():
    data = growth(dropout=0.25)
    left = 1 - (data["x"] == 1).sum() / MANY
    assert left == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / MANY))


def test_dropout_only_removes_rows():
    full, partial = growth(), growth(dropout=0.3)
    merged = partial.merge(full, on=["group", "x"], suffixes=("", "_full"))
    assert len(partial) < len(full) and len(merged) == len(partial)
    np.testing.assert_array_equal(merged["y"], merged["y_full"])


# --- exact data --------------------------------------------------------------------------------


def reml_criterion(parameters, data, fixed, random):
    """-2 log restricted likelihood, up to a constant, from its definition; complex-safe."""
    xtx, xty, yty, log_det, n_obs = 0, 0, 0, 0, 0
    covariance, sigma2 = parameters
    for _, group in data.groupby("group"):
        y = group["y"].to_numpy()
        design = np.column_stack([np.ones(len(y)), group["x"]])
        x, z = design[:, :fixed], design[:, :random]
        v = z @ covariance @ z.T + sigma2 * np.eye(len(y))
        solved = np.linalg.solve(v, np.column_stack([x, y]))
        xtx, xty = xtx + x.T @ solved[:, :-1], xty + x.T @ solved[:, -1]
        yty, log_det = yty + y @ solved[:, -1], log_det + np.log(np.linalg.det(v))
        n_obs += len(y)
    beta = np.linalg.solve(xtx, xty)
    return log_det + np.log(np.linalg.det(xtx)) + yty - xty @ beta, beta


def unpack(values, random):
    """Turn (τ_00, [τ_01, τ_11,] σ²) into G and σ²."""
    if random == 1:
        return np.array([[values[0]]]), values[1]
    return np.array([[values[0], values[1]], [values[1], values[2]]]), values[3]


def reml_estimates(data, start, fixed, random):
    """Find where the gradient of the criterion vanishes, from a start that is off."""

    def gradient(values):
        steps = np.eye(len(values)) * 1e-30j  # complex steps: derivatives without cancellation
        return [
            reml_criterion(unpack(values + step, random), data, fixed, random)[0].imag / 1e-30
            for step in steps
        ]

    solution = optimize.root(gradient, np.asarray(start) * 1.15, tol=1e-12)
    assert solution.success or np.abs(gradient(solution.x)).max() < 1e-8
    return solution.x, reml_criterion(unpack(solution.x, random), data, fixed, random)[1]


EXACT = {"n_groups": 7, "group_size": 5, "gamma00": 3.0, "sigma2": 2.0, "rng": generator(3)}


@pytest.mark.parametrize("x_values", [None, (0, 1, 2, 4, 9)])
@pytest.mark.parametrize("rho01", [-0.7, 0.0, 0.4])
def test_exact_random_slopes(x_values, rho01):
    data = simulate_two_level(
        **EXACT, exact=True, gamma10=-0.5, tau00=1.5, tau11=0.6, rho01=rho01, x_values=x_values
    )
    tau01 = rho01 * np.sqrt(1.5 * 0.6)
    truth = np.array([1.5, tau01, 0.6, 2.0])
    estimate, beta = reml_estimates(data, truth, fixed=2, random=2)
    np.testing.assert_allclose(estimate, truth, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(beta, [3.0, -0.5], rtol=1e-6)


@pytest.mark.parametrize("x_values", [None, (0, 1, 2, 4, 9)])
def test_exact_random_intercept_with_a_fixed_slope(x_values):
    data = simulate_two_level(**EXACT, exact=True, gamma10=-0.5, tau00=1.5, x_values=x_values)
    estimate, beta = reml_estimates(data, [1.5, 2.0], fixed=2, random=1)
    np.testing.assert_allclose(estimate, [1.5, 2.0], rtol=1e-6)
    np.testing.assert_allclose(beta, [3.0, -0.5], rtol=1e-6)


def test_exact_null_model():
    data = simulate_two_level(**EXACT, exact="null", tau00=1.5)
    estimate, beta = reml_estimates(data, [1.5, 2.0], fixed=1, random=1)
    np.testing.assert_allclose(estimate, [1.5, 2.0], rtol=1e-6)
    np.testing.assert_allclose(beta, [3.0], rtol=1e-6)


def test_exact_data_have_the_closed_form_moments():
    data = simulate_two_level(**EXACT, exact=True, gamma10=-0.5, tau00=1.5, tau11=0.6, rho01=0.4)
    x = data["x"].to_numpy().reshape(7, 5)
    y = data["y"].to_numpy().reshape(7, 5)
    np.testing.assert_allclose(x.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(x.var(axis=1, ddof=1), 1)
    slopes = (x * y).sum(axis=1) / 4
    residuals = y - y.mean(axis=1, keepdims=True) - slopes[:, None] * x
    assert y.mean(axis=1).var(ddof=1) == pytest.approx(1.5 + 2 / 5)
    assert slopes.var(ddof=1) == pytest.approx(0.6 + 2 / 4)
    assert (residuals**2).sum() == pytest.approx(2 * 7 * 3)


def test_exact_draws_differ_although_their_estimates_do_not():
    first, second = (
        simulate_two_level(**{**EXACT, "rng": generator(seed)}, exact=True, tau00=1)
        for seed in (1, 2)
    )
    assert np.abs(first["y"] - second["y"]).max() > 0.1


def test_exact_also_where_the_true_covariance_is_singular():
    data = simulate_two_level(**EXACT, exact=True, tau00=1.0, tau11=0.25, rho01=-1)
    lines = np.array([np.polyfit(g["x"], g["y"], 1)[::-1] for _, g in data.groupby("group")])
    expected = np.array([[1, -0.5], [-0.5, 0.25]]) + 2 * np.diag([1 / 5, 1 / 4])
    np.testing.assert_allclose(np.cov(lines, rowvar=False), expected)


# --- crossed -----------------------------------------------------------------------------------


def test_crossed_layout():
    data = simulate_crossed(
        n_rows=4, n_cols=3, tau_row=1, tau_col=1, sigma2=1, rng=generator(), n_per_cell=2
    )
    assert list(data.columns) == ["row", "col", "x", "y"]
    assert (pd.crosstab(data["row"], data["col"]) == 2).all(axis=None)
    assert pd.crosstab(data["row"], data["col"]).shape == (4, 3)


def test_crossed_variances():
    data = simulate_crossed(
        n_rows=700,
        n_cols=600,
        tau_row=2,
        tau_col=3,
        sigma2=4,
        rng=generator(),
        gamma00=5,
        gamma10=0.5,
    )
    rest = (data["y"] - 0.5 * data["x"]).to_numpy().reshape(700, 600)
    rows, cols = rest.mean(axis=1, keepdims=True), rest.mean(axis=0, keepdims=True)
    assert rows.var() == pytest.approx(2, rel=4 * np.sqrt(2 / 700))
    assert cols.var() == pytest.approx(3, rel=4 * np.sqrt(2 / 600))
    inner = rest - rows - cols + rest.mean()
    assert inner.var() == pytest.approx(4, rel=4 * np.sqrt(2 / rest.size))
    assert rest.mean() == pytest.approx(5, abs=4 * np.sqrt(2 / 700 + 3 / 600))


# --- memory ------------------------------------------------------------------------------------


def test_persons_with_memory_have_the_covariance_that_was_asked_for():
    y = simulate_memory(
        n_persons=MANY,
        n_times=4,
        tau00=2.0,
        tau11=0.3,
        phi=0.6,
        sigma2=1.5,
        gamma10=0.4,
        rng=generator(),
    )
    t = np.arange(4)
    lags = np.abs(np.subtract.outer(t, t))
    wanted = 2.0 + 0.3 * np.outer(t, t) + 1.5 * 0.6**lags
    np.testing.assert_allclose(np.cov(y.T), wanted, rtol=0.03)
    np.testing.assert_allclose(y.mean(axis=0), 0.4 * t, atol=0.05)
