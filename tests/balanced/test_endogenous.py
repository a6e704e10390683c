"""Studies drawn by their sums alone are those that individuals, drawn one by one, would give."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach import fit_many
from hlm_teach.balanced.endogenous import balanced_x, simulate_endogenous


@pytest.mark.parametrize("n_groups", [5, 12])
def test_slopes_and_their_standard_errors_have_the_distribution_of_fitted_individuals(n_groups):
    """Two-sample Kolmogorov-Smirnov, p above 0.001 (fixed seeds); few groups tell most."""
    rng, n, r = np.random.default_rng(5), 4, 3000
    x = balanced_x(n_groups=n_groups, group_size=n, x_icc=0.4, rng=rng).ravel()
    group = np.repeat(np.arange(n_groups), n)
    u, e = rng.normal(size=(r, n_groups)), rng.normal(size=(r, n_groups * n))
    y = 0.5 * x + np.sqrt(2.0) * u[:, group] + np.sqrt(3.0) * e
    fitted = fit_many(y, np.column_stack([np.ones(len(x)), x]), group)
    drawn = simulate_endogenous(
        n_studies=r,
        n_groups=n_groups,
        group_size=n,
        gamma10=0.5,
        tau00=2.0,
        sigma2=3.0,
        x_icc=0.4,
        corr_ux=0.0,
        rng=rng,
    )
    assert stats.ks_2samp(drawn.random.estimate, fitted.params[:, 1]).pvalue > 0.001
    assert stats.ks_2samp(drawn.random.se, fitted.bse[:, 1]).pvalue > 0.001
