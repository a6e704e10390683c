"""The sampler of studies with an effect: against fits of drawn data, and against the formula."""

import numpy as np
import pytest

from hlm_teach import fit_many, power, sampling_distribution, simulate_power_studies
from hlm_teach.balanced.power_studies import TESTED, pool_below

CASES = [(tested, tau11) for tested in TESTED for tau11 in (0.0, 0.1)]
J, N, VARIANCES = 12, 6, {"tau00": 0.2, "sigma2": 0.8}


def design(tested, tau11, j=J, n=N):
    """X, groups, column tested and random part, written out independently of the planner."""
    groups = np.repeat(np.arange(j), n)
    z = np.tile((np.arange(n) - (n - 1) / 2) / np.std(np.arange(n)), j)
    ones, arm = np.ones(j * n), (groups >= j / 2).astype(float)
    if tested == "between":
        return np.column_stack([ones, arm]), groups, 1, "1"
    columns = [ones, z] if tested == "within" else [ones, z, arm, arm * z]
    return np.column_stack(columns), groups, len(columns) - 1, 1 if tau11 else "1"


def squares(y, x, tested, slopes):
    """Mean squares and df by least squares on group means and group slopes, one outcome."""
    rows = y.reshape(J, N)
    z = x[:N, 1] if tested != "between" else None
    arm = np.column_stack([np.ones(J), np.arange(J) >= J / 2])
    basis = arm[:, :1] if tested == "within" else arm
    left = lambda v: v - basis @ np.linalg.lstsq(basis, v, rcond=None)[0]  # noqa: E731
    means = left(rows.mean(1))
    total = ((rows - rows.mean(1, keepdims=True)) ** 2).sum()
    strata, df = [N * means @ means], [J - basis.shape[1]]
    if tested == "between":
        return np.array([*strata, total]), np.array([*df, J * (N - 1)])
    own = rows @ z / N
    if slopes:
        resid = left(own)
        strata.append(N * resid @ resid)
        df.append(J - basis.shape[1])
        rest, rest_df = total - N * own @ own, J * (N - 2)
    else:
        fit = own - left(own)
        rest, rest_df = total - N * fit @ fit, J * (N - 1) - basis.shape[1]
    return np.array([*strata, rest]), np.array([*df, rest_df])


@pytest.mark.parametrize(("tested", "tau11"), CASES)
@pytest.mark.parametrize("tau00", [0.0, 0.5])
def test_pooled_mean_squares_are_the_fitted_standard_errors(tested, tau11, tau00):
    """With τ_00 = 0 about half of the fits are singular, and pooling is what REML does."""
    rng = np.random.default_rng(3)
    x, groups, column, random = design(tested, tau11)
    y = rng.normal(size=(40, J * N)) + np.sqrt(tau00) * rng.normal(size=(40, J))[:, groups]
    if random != "1":
        y += np.sqrt(tau11) * rng.normal(size=(40, J))[:, groups] * x[:, 1]
    fits = fit_many(y, x, groups, random, correlated=False, progress=False)
    place = {"between": 0}.get(tested, 1)
    units = J * N / (1 if tested == "within" else 4)
    for r in range(40):
        sums, df = squares(y[r], x, tested, random != "1")
        reml, pooled = pool_below((sums / df)[None, :], df.astype(float))
        assert np.sqrt(reml[0, place] / units) == pytest.approx(fits.bse[r, column], rel=1e-4)
        assert fits.df[r, column] == pytest.approx(pooled[0, place], rel=2e-2)


@pytest.mark.parametrize(("tested", "tau11"), CASES)
def test_power_by_formula_is_what_the_sampler_and_the_fits_find(tested, tau11):
    study = {"effect": 0.45, "n_groups": 20, "group_size": 8, **VARIANCES, "tau11": tau11}
    found = simulate_power_studies(
        tested, n_studies=40_000, rng=np.random.default_rng(1), **study
    ).found()
    assert found == pytest.approx(power(tested, **study), abs=0.01)
    x, groups, column, random = design(tested, tau11, 20, 8)
    params = np.zeros(x.shape[1])
    params[column] = 0.45
    fits = sampling_distribution(
        x,
        groups,
        random,
        params=params,
        cov_re=np.diag([0.2, tau11]) if random != "1" else 0.2,
        sigma2=0.8,
        n_replicates=3000,
        rng=np.random.default_rng(2),
        correlated=False,
        progress=False,
    )
    assert fits.rejection_rate()[column] == pytest.approx(found, abs=0.03)


def test_without_an_effect_the_level_holds():
    study = {"effect": 0.0, "n_groups": 20, "group_size": 10, "tau00": 0.5, "sigma2": 0.5}
    found = simulate_power_studies(
        "between", n_studies=100_000, rng=np.random.default_rng(1), **study
    )
    assert found.found() == pytest.approx(0.05, abs=0.003)
    assert found.tau00.mean() == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_groups": 7}, "even"),
        ({"n_groups": 3}, "n_groups"),
        ({"group_size": 2}, "group_size"),
        ({"sigma2": 0.0}, "sigma2"),
        ({"tau11": -0.1}, "tau11"),
        ({"n_studies": 0}, "n_studies"),
    ],
)
def test_bad_input_is_named(wrong, words):
    study = {"effect": 0.3, "n_groups": 8, "group_size": 5, **VARIANCES, "n_studies": 3}
    with pytest.raises(ValueError, match=words):
        simulate_power_studies("between", rng=np.random.default_rng(1), **(study | wrong))
