"""The table that puts both roads side by side quotes both."""

import numpy as np
import pytest

from hlm_teach import beside_reml, fit_lmm, grid_posterior, load_data


def test_it_quotes_the_fit_and_the_posterior():
    model = "log_los ~ hmo", load_data("medpar"), "hospital"
    fit, posterior = fit_lmm(*model), grid_posterior(*model)
    table = beside_reml(fit, posterior)
    assert list(table.index) == ["Intercept", "hmo", "tau", "sigma"]
    assert table.loc["hmo", ("REML", "upper")] == fit.conf_int().loc["hmo", "upper"]
    assert table.loc["tau", ("REML", "estimate")] ** 2 == pytest.approx(fit.cov_re.iloc[0, 0])
    assert (
        table.loc["tau", ("REML", "lower")] == fit.profile_intervals.loc["sd(Intercept)", "lower"]
    )
    own = posterior.table()
    np.testing.assert_array_equal(
        table["posterior"], own.loc[table.index, ["mean", "lower", "upper"]]
    )


def test_with_many_groups_both_roads_meet():
    model = "math ~ ses_within + ses_mean", load_data("hsb"), "school"
    table = beside_reml(fit_lmm(*model), grid_posterior(*model))
    width = table["REML"]["upper"] - table["REML"]["lower"]
    np.testing.assert_array_less(
        (table["posterior"]["mean"] - table["REML"]["estimate"]).abs(), 0.05 * width
    )


def test_other_models_are_refused():
    data = load_data("medpar")
    posterior = grid_posterior("log_los ~ hmo", data, "hospital")
    with pytest.raises(ValueError, match="the same formula"):
        beside_reml(fit_lmm("log_los ~ died", data, "hospital"), posterior)
