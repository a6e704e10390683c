"""The note on which test to trust says what the stored simulations say, and they say what theory
says where there is one."""

import numpy as np
import pandas as pd
import pytest
from benchmark import benchmark
from small_sample_models import data, fitted

from hlm_teach import few_groups_table, fit_lmm, load_data, power
from hlm_teach.lmm.few_groups import rejection_rates, which_test

RATES = pd.DataFrame(rejection_rates())
SE = 0.0035  # of a rate of 0.05 among 4,000 studies


def _rate(**where):
    found = RATES[np.logical_and.reduce([RATES[key] == value for key, value in where.items()])]
    return found["rejected"].item()


def test_the_table_is_complete():
    shape = ["groups", "slopes", "balanced", "effect", "method"]
    assert len(RATES) == 5 * 2 * 2 * 3 * 3
    assert not RATES.duplicated(shape).any()
    assert set(RATES["groups"]) == {4, 6, 10, 20, 30}


def test_a_within_group_effect_in_a_balanced_study_has_an_exact_test():
    """Random intercepts, balanced: t on N − J − 1 degrees of freedom, whatever the variance."""
    for groups in (4, 6, 10, 20, 30):
        rate = _rate(groups=groups, slopes=False, balanced=True, effect="x", method="kenward-roger")
        assert rate == pytest.approx(0.05, abs=3 * SE)


def test_z_rejects_too_often_and_kenward_roger_never_does():
    z = RATES[(RATES["method"] == "normal") & (RATES["effect"] == "w")]
    assert (z["rejected"] > 0.055).all()
    assert (RATES.loc[RATES["method"] == "kenward-roger", "rejected"] < 0.05 + 3 * SE).all()


def test_the_rates_can_be_had_again():
    """A few hundred studies of one cell, simulated anew by the benchmark's own code."""
    rows = pd.DataFrame(
        benchmark("few_groups").cell(6, False, True, 3000, np.random.default_rng(99))
    )
    for row in rows.itertuples():
        stored = _rate(groups=6, slopes=False, balanced=True, effect=row.effect, method=row.method)
        assert row.rejected == pytest.approx(stored, abs=0.03)


def test_the_note_quotes_the_table():
    note = which_test(6, slopes=True, singular=False)
    for method, name in [("normal", "z"), ("kenward-roger", "Kenward-Roger")]:
        rates = [
            _rate(groups=6, slopes=True, balanced=b, effect="w", method=method) for b in (0, 1)
        ]
        low, high = (round(100 * r) for r in (min(rates), max(rates)))
        assert f"{low}-{high} % ({name})" in note
    assert "z and Satterthwaite reject too often; Kenward-Roger is cautious" in note
    assert len(note) < 600


def test_verdicts_follow_the_numbers():
    assert "Satterthwaite and Kenward-Roger hold the level" in which_test(
        10, slopes=False, singular=False
    )
    assert "z, Satterthwaite and Kenward-Roger reject too often" in which_test(
        10, slopes=False, singular=True
    )
    # between the sizes of the table the nearest (on a log scale) is quoted
    assert "studies with 20 groups" in which_test(18, slopes=True, singular=False)
    # too few singular fits, or too many groups: no numbers
    for groups in (30, 160):
        assert "%" not in which_test(groups, slopes=False, singular=True)


def _about(fit):
    return [note for note in fit.notes if note.startswith("Which p-value")]


def test_where_the_note_appears():
    (note,) = _about(fitted("few_rs"))
    assert "6 groups (ICC 0.2), random slopes" in note
    assert "random intercepts" in _about(fit_lmm("y ~ x", data("few"), "group"))[0]
    (note,) = _about(fit_lmm("Y ~ X", load_data("sim42"), "school", "1 + X"))
    assert "singular fit" in note
    hsb = load_data("hsb")
    assert _about(fit_lmm("math ~ ses", hsb, "school", "1 + ses")) == []
    (note,) = _about(fitted("penicillin"))
    assert "6 groups" in note  # of two groupings the smaller counts


# ---- remedies ----------------------------------------------------------------------------

KINDS = [(slopes, balanced) for slopes in (False, True) for balanced in (True, False)]


@pytest.mark.parametrize("effect", ["between", "within"])
def test_one_mean_a_group_is_an_exact_test_in_balanced_studies(effect):
    for slopes in (False, True):
        table = few_groups_table(effect=effect, slopes=slopes, balanced=True)
        assert (abs(table.loc["aggregation"] - 5) < 100 * 3.3 * SE).all()
        assert (abs(table.loc["CR2"] - table.loc["aggregation"]) < 1e-9).all()  # the same test


def test_too_few_arrangements_can_reject_nothing():
    """Two-sided: 2 of 6 and 2 of 20 ways to choose the arms; 2 of 16 and 2 of 64 ways to flip."""
    for slopes, balanced in KINDS:
        between = few_groups_table(effect="between", slopes=slopes, balanced=balanced)
        within = few_groups_table(effect="within", slopes=slopes, balanced=balanced)
        assert (between.loc["permutation", [4, 6]] == 0).all()
        assert within.loc["permutation", 4] == 0
        assert abs(within.loc["permutation", 6] - 100 / 32) < 100 * 3.3 * SE
        assert (between.loc["permutation", [10, 20, 30]] < 5 + 100 * 3.3 * SE).all()


def test_what_aggregation_finds_is_the_noncentral_t():
    found = few_groups_table(effect="between", slopes=False, balanced=True, what="found")
    for groups in (4, 6, 10, 20, 30):
        exact = power("between", effect=1.0, n_groups=groups, group_size=10, tau00=0.25, sigma2=1.0)
        se = np.sqrt(exact * (1 - exact) / 2000)
        assert abs(found.loc["aggregation", groups] / 100 - exact) < 3.5 * se + 0.001


def test_the_table_of_seven_holds_the_stored_rates():
    table = few_groups_table(effect="between", slopes=True, balanced=False)
    assert table.shape == (7, 5)
    rate = _rate(groups=6, slopes=True, balanced=False, effect="w", method="normal")
    assert table.loc["z", 6] == pytest.approx(100 * rate, abs=0.051)
    with pytest.raises(ValueError, match="effect"):
        few_groups_table(effect="w", slopes=True, balanced=False)
