"""Three poolings: against the fitted model, against simulation, and by what must hold."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data
from hlm_teach.measures.shrinkage import (
    break_even_u,
    errors_given_u,
    expected_errors,
    held_out_errors,
    pool,
)


@pytest.mark.parametrize(
    "name, outcome, group", [("hsb", "math", "school"), ("medpar", "log_los", "hospital")]
)
def test_pooling_by_hand_equals_the_fit(name, outcome, group):
    data = load_data(name)
    fit = fit_lmm(f"{outcome} ~ 1", data, group)
    means = data.groupby(group)[outcome].agg(["mean", "size"])
    pooled = pool(means["mean"], means["size"], tau00=fit.cov_re.iloc[0, 0], sigma2=fit.sigma2)
    assert pooled.gamma00 == pytest.approx(fit.params["Intercept"], rel=1e-9)
    assert np.allclose(pooled.partial - pooled.gamma00, fit.random_effects["Intercept"], atol=1e-8)
    assert np.allclose(pooled.se, fit.random_effects_se["Intercept"], rtol=1e-8)
    assert pooled.complete == pytest.approx(data[outcome].mean(), rel=1e-12)


def test_ends_of_the_scale():
    none = pool([1, 5], [2, 8], tau00=0, sigma2=3)
    assert np.allclose(none.partial, none.gamma00) and none.gamma00 == pytest.approx(none.complete)
    full = pool([1, 5], [2, 8], tau00=3, sigma2=0)
    assert np.allclose(full.partial, [1, 5]) and (full.se == 0).all()


def test_errors_are_those_of_simulated_groups():
    rng, n, tau, sigma2 = np.random.default_rng(1), 5, 4.0, 30.0
    u = np.sqrt(tau) * rng.standard_normal(400_000)
    means = u + np.sqrt(sigma2 / n) * rng.standard_normal(400_000)
    partial = pool(means, np.full(400_000, n), tau00=tau, sigma2=sigma2, gamma00=0).partial
    seen = [np.mean(u**2), np.mean((means - u) ** 2), np.mean((partial - u) ** 2)]
    assert np.allclose(expected_errors(n, tau00=tau, sigma2=sigma2).iloc[0], seen, rtol=0.01)
    assert np.var(partial) == pytest.approx(tau * tau / (tau + sigma2 / n), rel=0.01)


def test_errors_given_u_average_to_the_expected_ones_and_cross_where_said():
    rng, given = np.random.default_rng(2), {"tau00": 4.0, "sigma2": 30.0, "n": 5}
    u = 2 * rng.standard_normal(200_000)
    average = errors_given_u(u, **given).mean()
    expected = expected_errors(5, tau00=4.0, sigma2=30.0).iloc[0]
    assert average["partial"] == pytest.approx(expected["partial"], rel=0.01)
    at = errors_given_u(break_even_u(**given), **given).iloc[0]
    assert at["partial"] == pytest.approx(at["none"], rel=1e-12)


def test_held_out_errors_are_the_expected_ones_plus_the_luck_of_the_target():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(400), 12)
    y = 2 * rng.standard_normal(400)[group] + 5 * rng.standard_normal(len(group))
    errors = held_out_errors(
        pd.DataFrame({"y": y, "g": group}), "y", "g", n_train=4, n_splits=20, rng=rng
    ).mean()
    expected = expected_errors(4, tau00=4, sigma2=25).iloc[0] + 25 / 8
    assert np.allclose(errors[expected.index], expected, rtol=0.12)


def test_held_out_errors_are_exact_where_there_is_nothing_to_guess():
    group = np.repeat(np.arange(6), 4)
    y = 10.0 * group + np.tile([-1e-3, 1e-3, 1e-3, -1e-3], 6)  # schools apart, pupils alike
    errors = held_out_errors(
        pd.DataFrame({"y": y, "g": group}), "y", "g", rng=np.random.default_rng(4)
    )
    assert errors[["none", "partial"]].to_numpy().max() < 1e-4
    assert errors["complete"].tolist() == pytest.approx((10 * np.arange(6) - 25.0) ** 2, rel=1e-3)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: pool([1, 2], [3], tau00=1, sigma2=1), "one finite mean"),
        (lambda: pool([1, np.nan], [3, 3], tau00=1, sigma2=1), "one finite mean"),
        (lambda: pool([1, 2], [3, 3], tau00=-1, sigma2=1), "tau00"),
        (lambda: pool([1, 2], [3, 3], tau00=0, sigma2=0), "both variances"),
        (
            lambda: held_out_errors(
                load_data("medpar"), "los", "hospital", rng=np.random.default_rng(1)
            ),
            "too few to learn",
        ),
        (
            lambda: held_out_errors(
                load_data("hsb"), "maths", "school", rng=np.random.default_rng(1)
            ),
            "not a column",
        ),
    ],
)
def test_what_does_not_fit_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
