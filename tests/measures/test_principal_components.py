"""Principal components of G: put together again, and where a fit is singular."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data, principal_components


def test_the_components_make_the_matrix_again():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(4, 4))
    g = pd.DataFrame(root @ root.T, list("abcd"), list("abcd"))
    found = principal_components(g)
    directions = found[list("abcd")].to_numpy()
    np.testing.assert_allclose(directions.T * found["sd"].to_numpy() ** 2 @ directions, g)
    assert found["sd"].is_monotonic_decreasing and (directions.max(axis=1) > 0).all()
    assert found["cumulative"].iloc[-1] == pytest.approx(1)
    np.testing.assert_allclose(found["share"] * np.trace(g), found["sd"] ** 2)


def test_a_singular_fit_has_a_component_of_zero():
    """sim42: lme4 1.1-31 finds the correlation +1 (tests/oracle/models.json)."""
    fit = fit_lmm("Y ~ X", load_data("sim42"), "school", random="1 + X")
    assert fit.singular
    found = principal_components(fit.cov_re)
    assert found["sd"].iloc[1] < 1e-3 * found["sd"].iloc[0]


def test_sleepstudy_as_lme4_has_it():
    """sdev of rePCA times sigma: the roots of the eigenvalues of lme4's G (models.json)."""
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", random="1 + Days")
    roots = np.sqrt(np.linalg.eigvalsh([[612.1, 9.60], [9.60, 35.07]]))[::-1]
    np.testing.assert_allclose(principal_components(fit.cov_re)["sd"], roots, rtol=1e-3)


def test_nothing_varies():
    assert np.isnan(principal_components(np.zeros((2, 2)))["share"]).all()


@pytest.mark.parametrize("wrong", [[[1, 2], [3, 4]], [[1, 2], [2, 1]], [1, 2], [[np.nan]], []])
def test_no_covariance_matrix_is_refused(wrong):
    with pytest.raises(ValueError, match="cov_re"):
        principal_components(wrong)


def test_text_is_refused():
    with pytest.raises(TypeError, match="cov_re"):
        principal_components("G")
