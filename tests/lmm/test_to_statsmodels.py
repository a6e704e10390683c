"""The genuine MixedLMResults, pinned against the installed statsmodels (0.15)."""

import pickle
import warnings

import numpy as np
import pytest
from reference_models import MODELS, fitted
from statsmodels.regression.mixed_linear_model import MixedLMResults, MixedLMResultsWrapper

from hlm_teach import fit_lmm, load_data


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("reml", [True, False])
def test_same_numbers(name, reml):
    fit = fitted(name, reml)
    result = fit.statsmodels
    assert isinstance(result, MixedLMResultsWrapper)
    assert isinstance(result._results, MixedLMResults)
    # at a singular fit a ridge keeps log|G| finite
    assert result.llf == pytest.approx(fit.llf, abs=1e-6 if fit.singular else 1e-9)
    np.testing.assert_allclose(result.fe_params, fit.params)
    np.testing.assert_allclose(result.bse_fe, fit.bse)
    assert result.scale == pytest.approx(fit.sigma2)
    if not isinstance(fit.cov_re, dict):
        np.testing.assert_allclose(result.cov_re, fit.cov_re, rtol=1e-6, atol=1e-8 * fit.sigma2)
    else:
        np.testing.assert_allclose(result.vcomp, fit.vcomp[result.model.exog_vc.names], rtol=1e-6)


@pytest.mark.parametrize("name", ["sleep_ri", "sleep_rs", "sleep_rs_unc", "medpar_ri"])
def test_what_is_derived_from_them(name):
    fit = fitted(name, False)
    result = fit.statsmodels
    np.testing.assert_allclose(result.fittedvalues, fit.fittedvalues, rtol=1e-8)
    assert result.aic == pytest.approx(fit.aic)
    label = fit.random_effects.index[3]
    np.testing.assert_allclose(
        result.random_effects[label], fit.random_effects.loc[label], rtol=1e-6, atol=1e-10
    )
    sd = np.sqrt(np.diag(result.random_effects_cov[label]))
    np.testing.assert_allclose(sd, fit.random_effects_se.loc[label], rtol=1e-6)
    assert "Mixed Linear Model Regression Results" in str(result.summary())
    assert result.conf_int().shape[1] == 2
    assert pickle.loads(pickle.dumps(result)).llf == pytest.approx(fit.llf, abs=1e-8)


def test_the_score_vanishes_there():
    """statsmodels' own derivative of its own likelihood is zero at our optimum."""
    result = fitted("sleep_rs", True).statsmodels
    at = result.params_object.get_packed(use_sqrt=True, has_fe=False)
    assert np.abs(result.model.score(at)).max() < 1e-4


def test_the_result_agrees_with_statsmodels_own_fit_where_that_succeeds():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.formula.api as smf

        own = smf.mixedlm("distance ~ age", load_data("orthodont"), groups="Subject").fit(
            method="powell", ftol=1e-12
        )
    ours = fit_lmm("distance ~ age", load_data("orthodont"), "Subject").statsmodels
    assert ours.llf == pytest.approx(own.llf, abs=1e-5)
    np.testing.assert_allclose(ours.params, own.params, rtol=1e-3)
    np.testing.assert_allclose(ours.bse, own.bse, rtol=2e-2)


def test_callers_functions_reach_statsmodels():
    def half(values):
        return values / 2

    fit = fit_lmm(
        "np.log(Reaction) ~ half(Days)", load_data("sleepstudy"), "Subject", "1 + half(Days)"
    )
    assert fit.statsmodels.llf == pytest.approx(fit.llf, abs=1e-8)


def test_no_warnings_and_nan_where_a_hessian_means_nothing():
    fit = fit_lmm("Yield ~ 1", load_data("dyestuff2"), "Batch")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(fit.statsmodels.bse["Batch Var"])


def test_a_fit_too_large_for_dense_components_says_so():
    rng = np.random.default_rng(1)
    import pandas as pd

    n = 9000
    frame = pd.DataFrame({"a": rng.integers(0, 1500, n), "b": rng.integers(0, 900, n)})
    frame["y"] = rng.normal(size=1500)[frame.a] + rng.normal(size=n)
    fit = fit_lmm("y ~ 1", frame, ["a", "b"])
    with pytest.raises(ValueError, match="too large"):
        fit.statsmodels  # noqa: B018
