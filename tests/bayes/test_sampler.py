"""The stored record of real sampler runs agrees with the grid where its diagnostics say it should."""

import numpy as np
import pytest

from hlm_teach import compare_with_grid, sampled_posterior
from hlm_teach.bayes import bambi_run, sampler

GOOD = ["medpar", "dyestuff2, non-centred", "dyestuff2, smaller steps"]


@pytest.mark.parametrize("name", GOOD)
def test_good_runs_agree_with_the_grid_within_monte_carlo_error(name):
    record = sampled_posterior(name, stored=True)
    assert record.table["r_hat"].max() < 1.01
    assert record.table[["ess_bulk", "ess_tail"]].min(axis=None) > 400
    assert compare_with_grid(record)["distance"].abs().max() < 4


def test_the_centred_run_is_caught_by_its_diagnostics():
    record = sampled_posterior("dyestuff2, centred", stored=True)
    tau = record.table.loc["tau"]
    assert tau["r_hat"] > 1.01 and tau["ess_tail"] < 100 and record.divergences > 50
    exact = sampler.grid_of(record.run).table().loc["tau", "lower"]
    assert tau["lower"] > 2 * exact  # the neck of the funnel was missed
    lost = record.draws.query("divergent")["tau"]
    assert len(lost) == record.divergences and lost.median() < record.draws["tau"].median()


def test_a_record_says_that_it_is_one_and_what_made_it():
    record = sampled_posterior("medpar", stored=True)
    assert not record.live and "stored record of a real run" in record.origin()
    assert "bambi 0.2" in record.origin() and "Python 3." in record.origin()


def test_every_run_is_in_the_record_with_the_settings_it_would_be_run_with():
    for name, run in sampler.RUNS.items():
        assert sampled_posterior(name, stored=True).run == run


def test_the_setting_keeps_the_sampler_out(monkeypatch):
    monkeypatch.setenv("HLM_TEACH_BAMBI", "stored")
    assert not sampler.bambi_is_here()
    monkeypatch.setattr(sampler, "find_spec", lambda name: object())
    monkeypatch.setenv("HLM_TEACH_BAMBI", "")
    assert sampler.bambi_is_here()


def test_a_disagreement_shows():
    record = sampled_posterior("medpar", stored=True)
    wrong = record.table.assign(mean=record.table["mean"] + 6 * record.table["mcse"])
    shifted = sampler.SampledPosterior(record.run, wrong, 0, record.draws, False, "")
    assert compare_with_grid(shifted)["distance"].abs().max() > 5


def test_draws_that_are_kept_belong_to_their_chains():
    flags = np.zeros((4, 1000), bool)
    flags[2, 7] = True
    values = np.arange(4000.0).reshape(4, 1000)
    kept = bambi_run._some(values, values, flags)
    assert (kept["tau"] // 1000 == kept["chain"]).all() and kept["divergent"].sum() == 1
    assert kept.loc[kept["divergent"], "tau"].item() == 2007
