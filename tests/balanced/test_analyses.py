"""Tests, intervals and false positives of many analysed studies tell one story."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach.balanced.analyses import Analyses
from hlm_teach.balanced.endogenous import simulate_endogenous

RNG = np.random.default_rng(1)
ESTIMATE, SE = 2 + RNG.standard_normal(500), RNG.uniform(0.5, 1.5, 500)


@pytest.mark.parametrize("df", [3, 40, np.inf])
@pytest.mark.parametrize("truth", [0.0, 2.0])
def test_p_values_are_those_of_t_around_the_truth(df, truth):
    law = stats.norm if np.isinf(df) else stats.t(df)
    found = Analyses(ESTIMATE, SE, df, truth=truth)
    np.testing.assert_allclose(found.p, 2 * law.sf(np.abs(ESTIMATE - truth) / SE), rtol=1e-10)
    np.testing.assert_allclose(found.half_width, law.ppf(0.975) * SE)


@pytest.mark.parametrize("df", [3, 40, np.inf])
def test_an_interval_misses_where_the_test_rejects(df):
    found = Analyses(ESTIMATE, SE, df, truth=2.0)
    np.testing.assert_array_equal(found.misses, found.p < 0.05)
    assert 0 < found.false_positives == np.mean(found.p < 0.05) < 1
    assert found.coverage == pytest.approx(1 - found.false_positives)


def test_coverage_is_of_the_true_slope_not_of_zero():
    studies = simulate_endogenous(
        n_studies=4000,
        n_groups=50,
        group_size=10,
        gamma10=2,
        tau00=4,
        sigma2=36,
        x_icc=0.2,
        corr_ux=0.0,
        rng=np.random.default_rng(2),
    )
    assert studies.within.truth == studies.random.truth == 2
    assert studies.within.coverage == pytest.approx(0.95, abs=0.015)
