"""Gaps in a predictor: what each way does to both levels, by simulation and by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from hlm_teach import fit_lmm
from hlm_teach.measures.imputation import WAYS, fill_in, pooled_fit
from hlm_teach.simulate.two_level import simulate_two_level

ROWS, MEAN, REGRESSION, IGNORED, WITH_GROUPS = WAYS


def study(seed, by_y=1.0, n_groups=60):
    rng = np.random.default_rng(seed)
    full = simulate_two_level(
        n_groups=n_groups, group_size=12, tau00=1, sigma2=1, gamma10=1, x_icc=0.3, rng=rng
    )
    z = (full["y"] - full["y"].mean()) / full["y"].std()
    gone = rng.random(len(full)) < expit(-0.4 + by_y * z)
    return full, full.assign(x=full["x"].mask(gone)), rng


@pytest.fixture(scope="module")
def means():
    """Mean estimates of each way over 25 studies whose gaps depend on y, and their errors."""
    found = {way: [] for way in WAYS}
    for seed in range(25):
        _, gappy, rng = study(seed)
        for way in WAYS:
            found[way].append(pooled_fit(fill_in(gappy, way, rng=rng)))
    tables = {way: pd.concat(rows, axis=1) for way, rows in found.items()}
    mean = pd.DataFrame({way: table.mean(axis=1) for way, table in tables.items()})
    error = pd.DataFrame({way: table.std(axis=1) / 5 for way, table in tables.items()})
    return mean, error


def test_a_model_with_groups_finds_the_truth(means):
    mean, error = means
    for name, truth in (("slope", 1.0), ("tau00", 1.0), ("sigma2", 1.0)):
        assert abs(mean.loc[name, WITH_GROUPS] - truth) < 3.5 * error.loc[name, WITH_GROUPS]


@pytest.mark.parametrize("way", [REGRESSION, IGNORED])
def test_ignoring_the_groups_biases_tau00_downwards(means, way):
    mean, error = means
    assert mean.loc["tau00", way] < 1 - 3.5 * error.loc["tau00", way]


def test_the_mean_flattens_the_slope_and_the_rest_of_it_becomes_residual(means):
    mean, _ = means
    assert mean.loc["slope", MEAN] < 0.9 and mean.loc["sigma2", MEAN] > 1.2


def test_regression_makes_x_fit_y_too_well_and_left_out_rows_bias_where_gaps_depend_on_y(means):
    mean, error = means
    assert mean.loc["slope", REGRESSION] > 1 + 3.5 * error.loc["slope", REGRESSION]
    assert mean.loc["slope", ROWS] < 1 - 3.5 * error.loc["slope", ROWS]


def test_left_out_rows_do_no_harm_where_gaps_are_chance():
    found = pd.concat(
        [pooled_fit(fill_in(study(s, by_y=0.0)[1], ROWS, rng=study(s)[2])) for s in range(25)],
        axis=1,
    )
    for name in ("slope", "tau00"):
        assert abs(found.loc[name].mean() - 1) < 3.5 * found.loc[name].std() / 5


@pytest.mark.parametrize("way", WAYS[1:])
def test_what_was_there_is_kept_and_no_gap_is_left(way):
    full, gappy, rng = study(1, n_groups=12)
    tables = fill_in(gappy, way, rng=rng)
    there = gappy["x"].notna()
    assert len(tables) == (5 if way.startswith("imputed") else 1)
    for table in tables:
        assert table["x"].notna().all() and (table.loc[there, "x"] == full.loc[there, "x"]).all()
    assert gappy["x"].isna().sum() == (~there).sum()  # the given table is left alone


def test_mean_and_regression_by_hand():
    _, gappy, rng = study(2, n_groups=12)
    gone = gappy["x"].isna()
    assert fill_in(gappy, MEAN, rng=rng)[0].loc[gone, "x"].tolist() == pytest.approx(
        [gappy["x"].mean()] * gone.sum()
    )
    slope, intercept = np.polyfit(gappy.loc[~gone, "y"], gappy.loc[~gone, "x"], 1)
    filled = fill_in(gappy, REGRESSION, rng=rng)[0].loc[gone, "x"]
    assert filled.tolist() == pytest.approx((intercept + slope * gappy.loc[gone, "y"]).tolist())


def test_rubins_rules_by_hand():
    _, gappy, rng = study(3, n_groups=20)
    tables = fill_in(gappy, IGNORED, rng=rng)
    fits = [fit_lmm("y ~ x", table, "group") for table in tables]
    slopes, pooled = np.array([fit.params["x"] for fit in fits]), pooled_fit(tables)
    within = np.mean([fit.bse["x"] ** 2 for fit in fits])
    assert pooled["slope"] == pytest.approx(slopes.mean(), rel=1e-6)
    assert pooled["se"] ** 2 == pytest.approx(within + 1.2 * slopes.var(ddof=1), rel=1e-5)
    assert pooled["tau00"] == pytest.approx(
        np.mean([fit.cov_re.iloc[0, 0] for fit in fits]), rel=1e-4
    )


def test_what_cannot_be_filled_is_refused():
    _, gappy, rng = study(4, n_groups=12)
    with pytest.raises(ValueError, match="only x"):
        fill_in(gappy.assign(y=gappy["y"].mask(gappy.index == 0)), MEAN, rng=rng)
    with pytest.raises(ValueError, match="ten are needed"):
        fill_in(gappy.assign(x=gappy["x"].where(gappy.index < 9)), MEAN, rng=rng)
    with pytest.raises(ValueError, match="way"):
        fill_in(gappy, "by magic", rng=rng)
