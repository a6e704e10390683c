"""Simple slopes against the coefficients of a refit with the moderator moved."""

import pandas as pd
import pytest
from reference_models import LME4

from hlm_teach import fit_lmm, load_data
from hlm_teach.measures.simple_slopes import simple_slopes

FORMULA = "math ~ (meanses + catholic) * ses_within"


@pytest.fixture(scope="module")
def hsb():
    return load_data("hsb")


@pytest.fixture(scope="module")
def fit(hsb):
    return fit_lmm(FORMULA, hsb, "school", "1 + ses_within")


def test_a_simple_slope_is_the_main_effect_with_the_moderators_moved(hsb, fit):
    moved = hsb.assign(meanses=hsb.meanses - 0.5, catholic=hsb.catholic - 1)
    refit = fit_lmm(FORMULA, moved, "school", "1 + ses_within")
    found = simple_slopes(fit, "ses_within", pd.DataFrame({"meanses": [0.5], "catholic": [1]}))
    interval = refit.conf_int().loc["ses_within"]
    assert found["slope"].item() == pytest.approx(refit.params["ses_within"], rel=1e-6)
    assert found["se"].item() == pytest.approx(refit.bse["ses_within"], rel=1e-5)
    assert found["df"].item() == pytest.approx(refit.df["ses_within"], rel=1e-3)
    assert found["lower"].item() == pytest.approx(interval["lower"], rel=1e-4)
    assert found["upper"].item() == pytest.approx(interval["upper"], rel=1e-4)


def test_at_zero_it_is_lme4s_coefficient(fit):
    found = simple_slopes(fit, "ses_within", pd.DataFrame({"meanses": [0.0], "catholic": [0]}))
    stored = LME4["hsb_iso"]["REML"]
    assert found["slope"].item() == pytest.approx(stored["fixef"]["cses"], rel=1e-5)
    assert found["se"].item() == pytest.approx(stored["se"]["cses"], rel=1e-5)


def test_catholic_schools_slopes_are_surely_positive_from_a_mean_of_minus_0_68_on(fit):
    """Chapter 4's region of significance; two Catholic schools lie on either side of its edge."""
    at = pd.DataFrame({"meanses": [-0.69, -0.68], "catholic": [1, 1]})
    below, above = simple_slopes(fit, "ses_within", at)["lower"]
    assert below < 0 < above


def test_bad_input_is_named(hsb, fit):
    at = pd.DataFrame({"meanses": [0.0], "catholic": [0]})
    with pytest.raises(TypeError, match="fit_lmm"):
        simple_slopes("fit", "ses_within", at)
    with pytest.raises(ValueError, match="female"):
        simple_slopes(fit, "female", at.assign(ses_within=0.0))
    square = fit_lmm("math ~ ses_within + I(ses_within**2)", hsb, "school")
    with pytest.raises(ValueError, match="linearly"):
        simple_slopes(square, "ses_within", at)
    with pytest.raises(ValueError):
        simple_slopes(fit, "ses_within", at[["meanses"]])
