"""The exact false-positive rate against sums of squares, and against models fitted to data."""

import numpy as np
import pytest

from hlm_teach import fit_many
from hlm_teach.balanced.omitted_slope import omitted_slope_rate, simulate_slope_studies

TAU = {"mean slope": 0.1, "cross-level interaction": 0.2}


def fitted(tested, random, *, n_groups=12, group_size=10, n_studies=1500, seed=7):
    """Rejection rate of the tested coefficient in models fitted to simulated individuals."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-1, 1, group_size)
    x = np.tile(x / x.std(), n_groups)
    groups = np.repeat(np.arange(n_groups), group_size)
    u = rng.normal(size=(2, n_studies, n_groups)) * np.sqrt([2.0, TAU[tested]])[:, None, None]
    y = u[0][:, groups] + u[1][:, groups] * x + rng.normal(size=(n_studies, len(x)))
    columns = [np.ones(len(x)), x]
    if tested == "cross-level interaction":
        w = np.where(groups % 2, 1.0, -1.0)
        columns += [w, w * x]
    fits = fit_many(y, np.column_stack(columns), groups, random, progress=False)
    return fits.rejection_rate()[-1]


@pytest.mark.parametrize("tested", TAU)
def test_exact_rate_is_what_fitted_models_do(tested):
    exact = omitted_slope_rate(n_groups=12, group_size=10, tau11=TAU[tested], tested=tested)
    error = np.sqrt(exact * (1 - exact) / 1500)
    assert abs(fitted(tested, "1") - exact) < 3.5 * error
    assert exact > 0.10


def test_with_the_random_slope_the_level_holds():
    assert fitted("cross-level interaction", 1) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("tested", TAU)
@pytest.mark.parametrize("tau11", [0.0, 0.02, 0.3])
def test_exact_rate_is_what_the_sampler_gives(tested, tau11):
    design = {"n_groups": 20, "group_size": 15, "tau11": tau11, "sigma2": 0.8, "tested": tested}
    studies = simulate_slope_studies(n_studies=100_000, rng=np.random.default_rng(5), **design)
    assert studies.omitted.false_positives == pytest.approx(omitted_slope_rate(**design), abs=0.005)
    assert studies.included.false_positives == pytest.approx(0.05, abs=0.003)
    for analysis in (studies.omitted, studies.included):
        assert analysis.estimate.std() == pytest.approx(analysis.true_se, rel=0.01)


def test_without_slope_variance_the_rate_is_nominal():
    for level in (0.05, 0.01):
        assert omitted_slope_rate(n_groups=30, group_size=20, tau11=0, level=level) == (
            pytest.approx(level, abs=1e-6)
        )


def test_rates_come_in_the_shape_of_tau11_and_depend_on_the_ratio_to_sigma2():
    rates = omitted_slope_rate(n_groups=30, group_size=20, tau11=np.array([[0.0, 0.1]]))
    assert rates.shape == (1, 2)
    assert rates[0, 1] == pytest.approx(
        omitted_slope_rate(n_groups=30, group_size=20, tau11=0.4, sigma2=4.0)
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_groups": 3}, "n_groups"),
        ({"group_size": 2}, "group_size"),
        ({"tau11": -0.1}, "tau11"),
        ({"sigma2": 0}, "sigma2"),
        ({"tested": "slope"}, "tested"),
        ({"level": 2}, "level"),
    ],
)
def test_bad_input_is_named(wrong, words):
    good = {"n_groups": 30, "group_size": 20, "tau11": 0.1}
    with pytest.raises(ValueError, match=words):
        omitted_slope_rate(**(good | wrong))
