"""REML with a prior: the same as REML where the prior is flat, off the edge where it is linear."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from hlm_teach import balanced_sums, fit_lmm, load_data, penalised_reml, sd_prior

SETS = [("dyestuff", "Yield ~ 1", "Batch"), ("dyestuff2", "Yield ~ 1", "Batch"),
        ("medpar", "log_los ~ hmo + died", "hospital"), ("hsb", "math ~ ses_within + ses_mean", "school")]  # fmt: skip


@pytest.mark.parametrize("name, formula, groups", SETS, ids=[s[0] for s in SETS])
def test_with_a_flat_prior_it_is_reml(name, formula, groups):
    data = load_data(name)
    fit, mode = (
        fit_lmm(formula, data, groups),
        penalised_reml(formula, data, groups, prior_tau=sd_prior("flat")),
    )
    scale = np.sqrt(fit.sigma2)
    assert mode.tau == pytest.approx(np.sqrt(fit.cov_re.iloc[0, 0]), abs=1e-4 * scale)
    assert mode.sigma == pytest.approx(scale, rel=1e-5)
    np.testing.assert_allclose(mode.params, fit.params, rtol=1e-4)
    np.testing.assert_allclose(mode.bse, fit.bse, rtol=1e-4)


def test_the_linear_prior_gives_the_highest_point_of_the_product():
    """Against the closed form of a balanced design, searched in other coordinates."""
    data = load_data("dyestuff2")
    sums = balanced_sums(data["Yield"].to_numpy().reshape(6, 5))

    def negative(point):
        sigma2, tau2 = np.exp(point)
        a = sigma2 + 5 * tau2
        return 0.5 * (
            24 * np.log(sigma2)
            + 5 * np.log(a)
            + sums.within / sigma2
            + sums.between / a
            - np.log(tau2)
        )

    best = np.exp(minimize(negative, [2.0, 0.0], method="BFGS").x)
    mode = penalised_reml("Yield ~ 1", data, "Batch")
    assert mode.tau == pytest.approx(np.sqrt(best[1]), rel=1e-4)
    assert mode.sigma == pytest.approx(np.sqrt(best[0]), rel=1e-4)


def test_it_is_never_zero_and_hardly_moves_where_groups_are_many():
    rng = np.random.default_rng(9)
    for _ in range(20):
        y = rng.standard_normal((5, 4))
        data = pd.DataFrame({"y": y.ravel(), "g": np.repeat(np.arange(5), 4)})
        assert penalised_reml("y ~ 1", data, "g").tau > 0.05
    hsb = load_data("hsb")
    reml = np.sqrt(fit_lmm("math ~ 1", hsb, "school").cov_re.iloc[0, 0])
    assert reml < penalised_reml("math ~ 1", hsb, "school").tau < 1.02 * reml


def test_refusals():
    with pytest.raises(TypeError, match="sd_prior"):
        penalised_reml("Yield ~ 1", load_data("dyestuff"), "Batch", prior_tau="linear")
    with pytest.raises(TypeError, match="one column"):
        penalised_reml("Yield ~ 1", load_data("dyestuff"), ["Batch"])
