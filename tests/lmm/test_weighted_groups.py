"""Groups that are left out or count several times: the fit that the rows written out would give."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data
from hlm_teach.lmm.weighted_groups import fit_weighted

MODELS = {
    "schools": ("math ~ ses_within + ses_mean", "hsb", "school", "1 + ses_within"),
    "hospitals": ("log_los ~ died", "medpar", "hospital", "1"),
    "curves": ("Reaction ~ Days", "sleepstudy", "Subject", "1 + Days + I(Days**2)"),
}


def written_out(data: pd.DataFrame, group: str, weights: np.ndarray, labels) -> pd.DataFrame:
    """Each group as often as it counts, every copy under a label of its own."""
    parts = [
        data[data[group] == label].assign(**{group: f"{label}-{copy}"})
        for label, count in zip(labels, weights, strict=True)
        for copy in range(count)
    ]
    return pd.concat(parts)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("reml", [True, False])
def test_weights_give_the_fit_of_the_rows_written_out(name, reml):
    formula, table, group, random = MODELS[name]
    data = load_data(table)
    engine = fit_lmm(formula, data, group, random, reml=reml)._engine
    weights = np.random.default_rng(5).integers(0, 4, size=(2, len(engine.labels)))
    found, possible = fit_weighted(engine, weights)
    assert possible.all()
    for row in range(2):
        again = fit_lmm(
            formula, written_out(data, group, weights[row], engine.labels), group, random, reml=reml
        )
        assert found.llf[row] == pytest.approx(again.llf, abs=1e-6)
        assert found.params[row] == pytest.approx(again.params.to_numpy(), rel=1e-6)
        assert found.sigma2[row] == pytest.approx(again.sigma2, rel=1e-6)
        np.testing.assert_allclose(found.cov_re[row], again.cov_re, rtol=1e-4, atol=1e-6)
        bse = np.sqrt(np.diag(found.cov_params[row]))
        assert bse == pytest.approx(again.bse.to_numpy(), rel=1e-5)


def test_each_group_once_is_the_fit_itself():
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    found, _ = fit_weighted(fit._engine, np.ones((1, 18), int))
    assert found.llf[0] == pytest.approx(fit.llf, abs=1e-9)
    assert found.params[0] == pytest.approx(fit.params.to_numpy(), rel=1e-9)


def test_what_cannot_be_estimated_is_said_and_left_out():
    """Without the only treated group its coefficient has nothing to stand on."""
    data = pd.DataFrame({"g": np.repeat(list("abcdef"), 4), "t": np.repeat([1, 0, 0, 0, 0, 0], 4)})
    data["y"] = np.random.default_rng(2).normal(size=24) + data["t"]
    engine = fit_lmm("y ~ t", data, "g")._engine
    found, possible = fit_weighted(engine, 1 - np.eye(6, dtype=int))
    assert possible.tolist() == [False] + [True] * 5
    assert len(found.llf) == 5
