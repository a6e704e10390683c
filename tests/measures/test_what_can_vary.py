"""What varies within groups, what between them, and what fit_lmm says about it."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data, what_can_vary


def _row(table, column, grouping=None):
    found = table[table["column"] == column]
    if grouping is not None:
        found = found[found["grouping"] == grouping]
    return found.squeeze()


def test_schools():
    hsb = load_data("hsb")
    table = what_can_vary(hsb, "school")
    assert set(table["column"]) == set(hsb.columns) - {"school"}
    within = {"math", "ses", "ses_within", "minority", "female"}
    assert set(table.loc[table["varies"] == "within", "column"]) == within
    assert (
        table["random_slope"] == np.where(table["varies"] == "within", "estimable", "impossible")
    ).all()
    female = _row(table, "female")
    mixed = hsb.groupby("school").female.nunique() > 1
    assert (female["groups"], female["groups_varying"]) == (160, mixed.sum())


def test_replications():
    """Every person reads every word once: a slope a person of condition, none of the word."""
    people, words = np.meshgrid(np.arange(4), np.arange(6), indexing="ij")
    data = pd.DataFrame({"person": people.ravel(), "word": [f"w{i}" for i in words.ravel()]})
    data["rare"] = words.ravel() % 2
    data["old"] = people.ravel() % 2
    table = what_can_vary(data, ["person", "word"])
    assert _row(table, "rare", "person")["random_slope"] == "estimable"
    assert _row(table, "rare", "person")["replications"] == 3
    assert _row(table, "word", "person")["random_slope"] == "confounded with the residual"
    assert _row(table, "word", "person")["replications"] == 1
    assert _row(table, "rare", "word")["varies"] == "between"
    assert _row(table, "old", "word")["random_slope"] == "estimable"


def test_two_measurements_a_person_leave_nothing_for_the_residual():
    data = pd.DataFrame({"person": np.repeat(np.arange(5), 2), "time": np.tile([0.0, 1.0], 5)})
    assert _row(what_can_vary(data, "person"), "time")["random_slope"] == (
        "confounded with the residual"
    )
    one_more = pd.concat([data, pd.DataFrame({"person": [0], "time": [2.0]})])
    assert _row(what_can_vary(one_more, "person"), "time")["random_slope"] == "estimable"


def test_the_same_verdict_as_the_fit():
    """What is called confounded cannot be fitted; what is estimable can."""
    rng = np.random.default_rng(2)
    two = pd.DataFrame({"g": np.repeat(np.arange(9), 2), "x": np.tile([0.0, 1.0], 9)})
    three = pd.DataFrame({"g": np.repeat(np.arange(9), 3), "x": np.tile([0.0, 1.0, 2.0], 9)})
    for data in (two, three):
        data["y"] = rng.standard_normal(len(data))
    assert _row(what_can_vary(two, "g"), "x")["random_slope"] == "confounded with the residual"
    with pytest.raises(ValueError, match=r"Intercept, x.*what_can_vary"):
        fit_lmm("y ~ x", two, "g", "1 + x")
    assert _row(what_can_vary(three, "g"), "x")["random_slope"] == "estimable"
    assert fit_lmm("y ~ x", three, "g", "1 + x").converged


def test_a_slope_of_a_group_level_predictor_is_said():
    fit = fit_lmm("math ~ catholic", load_data("hsb"), "school", "1 + catholic")
    (note,) = [n for n in fit.notes if "Random slope" in n]
    for words in ("catholic", "one value in every school", "Leave catholic out", "what_can_vary"):
        assert words in note
    clean = fit_lmm("math ~ ses", load_data("hsb"), "school", "1 + ses")
    assert not [n for n in clean.notes if "Random slope" in n]


def test_a_computed_group_mean_does_not_vary_within():
    """Rounding errors of a mean that is computed row by row are no variation."""
    hsb = load_data("hsb")
    noisy = hsb.assign(mean=hsb.ses_mean * (1 + 1e-15 * np.arange(len(hsb)) % 3))
    assert _row(what_can_vary(noisy, "school"), "mean")["varies"] == "between"
    fit = fit_lmm("math ~ mean", noisy, "school", "1 + mean")
    assert any("one value in every school" in note for note in fit.notes)


def test_a_slope_that_rests_on_few_groups_is_said():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"g": np.repeat(np.arange(12), 6), "y": rng.standard_normal(72)})
    data["x"] = np.where(data.g < 3, rng.standard_normal(72), 0.0)
    fit = fit_lmm("y ~ x", data, "g", "1 + x")
    assert any("varies within 3 of 12" in note for note in fit.notes)


def test_constants_missing_values_and_labels_used_again():
    pastes = load_data("pastes").assign(one=1.0, nothing=np.nan)
    pastes.loc[0, "one"] = np.nan
    table = what_can_vary(pastes, ["batch", "batch:cask"])
    assert _row(table, "one", "batch")["varies"] == "constant"
    assert _row(table, "nothing", "batch")["random_slope"] == "impossible"
    assert _row(table, "sample", "batch:cask")["varies"] == "between"
    assert _row(table, "strength", "batch:cask")["groups"] == 30
    assert _row(table, "cask", "batch")["varies"] == "within"
    assert table["why"].str.endswith(".").all()


def test_a_column_that_is_a_whole_number_is_a_slope_and_a_text_is_a_factor():
    data = pd.DataFrame({"g": [1, 1, 1, 2, 2, 2], "n": [1, 2, 3] * 2, "t": list("abc") * 2})
    table = what_can_vary(data, "g")
    assert _row(table, "n")["random_slope"] == "estimable"
    assert _row(table, "t")["random_slope"] == "confounded with the residual"


@pytest.mark.parametrize(
    ("groups", "words"), [("skool", "Did you mean 'school'"), ([], "no column"), ("one", "1 group")]
)
def test_errors(groups, words):
    data = pd.DataFrame({"school": [1, 1, 2, 2], "x": range(4), "one": 1})
    with pytest.raises(ValueError, match=words):
        what_can_vary(data, groups)


def test_data_must_be_a_table():
    with pytest.raises(TypeError, match="DataFrame"):
        what_can_vary([1, 2], "school")
